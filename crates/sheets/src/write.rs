//! Writing: a table row by row, and a sheet that says where it comes from.

use jiff::civil::Date;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::{Color, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

/// Digits that a number in a sheet keeps; longer ones are written as text.
const EXACT_DIGITS: usize = 15;
/// Sheets begin their calendar here; earlier days are written as text.
const FIRST_YEAR: i16 = 1900;
/// Characters of a cell at most; what is longer is cut, since a file with more is refused as damaged.
const CELL_MAX: usize = 32_767;
/// Widths of columns, in characters.
const WIDTHS: std::ops::RangeInclusive<usize> = 8..=40;

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Heading, with the unit where there is one.
    pub heading: String,
    /// What stands in it.
    pub kind: Kind,
    /// Width in letters of the Latin alphabet; a Chinese one takes two.
    pub width: usize,
}

/// What stands in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text, also such as looks like a number: `00123`, an identity number, `=1+1`.
    Text,
    /// Numbers.
    Number,
    /// Days.
    Date,
}

/// What to write into a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing.
    Empty,
    /// Text as it stands.
    Text(String),
    /// A number.
    Number(Decimal),
    /// A day.
    Date(Date),
}

/// A cell to write.
#[derive(Debug, Clone, PartialEq)]
pub struct Out {
    /// What.
    pub value: Value,
    /// Coloured as wrong.
    pub wrong: bool,
}

impl From<Value> for Out {
    fn from(value: Value) -> Self {
        Out { value, wrong: false }
    }
}

/// Formats of cells.
struct Formats {
    heading: Format,
    text: Format,
    number: Format,
    date: Format,
    wrong: Format,
}

impl Formats {
    fn new() -> Self {
        let text = || Format::new().set_num_format("@");
        Formats {
            heading: Format::new()
                .set_bold()
                .set_text_wrap()
                .set_align(FormatAlign::VerticalCenter)
                .set_background_color(Color::RGB(0x00E9_F0F6))
                .set_border_bottom(FormatBorder::Thin),
            text: text(),
            number: Format::new(),
            date: Format::new().set_num_format("yyyy-mm-dd"),
            wrong: text().set_background_color(Color::RGB(0x00FD_F3DC)).set_font_color(Color::RGB(0x007D_5200)),
        }
    }
}

/// A file being written. Rows go to a nameless temporary file as they come; only the packed result is held.
pub struct Writer {
    book: Workbook,
    formats: Formats,
    kinds: Vec<Kind>,
    rows: u32,
}

impl Writer {
    /// Begins a file with a table: headings that stay in sight, columns as wide as told.
    ///
    /// # Errors
    /// If the name of the sheet is not possible, or the temporary file cannot be written.
    pub fn new(sheet: &str, columns: &[Column]) -> Result<Self, XlsxError> {
        let formats = Formats::new();
        let mut book = Workbook::new();
        let table = book.add_worksheet_with_constant_memory()?;
        table.set_name(sheet_name(sheet))?;
        table.set_freeze_panes(1, 0)?;
        for (place, column) in (0..).zip(columns) {
            table.set_column_width(place, column.width.clamp(*WIDTHS.start(), *WIDTHS.end()) as f64)?;
            if column.kind == Kind::Text {
                // What people add below stays text too.
                table.set_column_format(place, &formats.text)?;
            }
        }
        for (place, column) in (0..).zip(columns) {
            table.write_string_with_format(0, place, cut(&column.heading), &formats.heading)?;
        }
        Ok(Writer { book, formats, kinds: columns.iter().map(|column| column.kind).collect(), rows: 0 })
    }

    /// Adds a row.
    ///
    /// # Errors
    /// If the temporary file cannot be written, or a sheet can have no more rows.
    pub fn row(&mut self, cells: &[Out]) -> Result<(), XlsxError> {
        self.rows += 1;
        let table = self.book.worksheet_from_index(0)?;
        for (place, (cell, kind)) in (0..).zip(cells.iter().zip(&self.kinds)) {
            write(table, (self.rows, place), cell, *kind, &self.formats)?;
        }
        Ok(())
    }

    /// Ends the file with a sheet of labels and texts: where the table comes from.
    ///
    /// # Errors
    /// If it cannot be packed.
    pub fn finish(mut self, about: &str, lines: &[(String, String)]) -> Result<Vec<u8>, XlsxError> {
        let sheet = self.book.add_worksheet();
        sheet.set_name(sheet_name(about))?;
        sheet.set_column_width(0, 14)?;
        sheet.set_column_width(1, 80)?;
        let wrapped = Format::new().set_num_format("@").set_text_wrap();
        for (row, (label, text)) in (0..).zip(lines) {
            sheet.write_string_with_format(row, 0, cut(label), &self.formats.heading)?;
            sheet.write_string_with_format(row, 1, cut(text), &wrapped)?;
        }
        self.book.save_to_buffer()
    }
}

fn write(
    table: &mut Worksheet,
    (row, column): (u32, u16),
    cell: &Out,
    kind: Kind,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let text_format = if cell.wrong { &formats.wrong } else { &formats.text };
    match &cell.value {
        Value::Empty if cell.wrong => table.write_blank(row, column, text_format)?,
        Value::Empty => table,
        Value::Number(number) if kind == Kind::Number && is_exact(*number) => {
            let format = if cell.wrong { &formats.wrong } else { &formats.number };
            table.write_number_with_format(row, column, number.to_f64().unwrap_or_default(), format)?
        }
        Value::Date(day) if kind == Kind::Date && day.year() >= FIRST_YEAR && !cell.wrong => {
            let moment = ExcelDateTime::from_ymd(
                day.year().unsigned_abs(),
                day.month().unsigned_abs(),
                day.day().unsigned_abs(),
            )?;
            table.write_datetime_with_format(row, column, &moment, &formats.date)?
        }
        other => table.write_string_with_format(row, column, cut(&plain(other)), text_format)?,
    };
    Ok(())
}

fn plain(value: &Value) -> String {
    match value {
        Value::Empty => String::new(),
        Value::Text(text) => text.clone(),
        Value::Number(number) => number.normalize().to_string(),
        Value::Date(day) => day.to_string(),
    }
}

fn is_exact(number: Decimal) -> bool {
    number.normalize().mantissa().unsigned_abs().to_string().len() <= EXACT_DIGITS
}

/// At most so many characters as a cell takes.
fn cut(text: &str) -> String {
    if text.encode_utf16().count() <= CELL_MAX {
        return text.to_owned();
    }
    // A character is at most two units.
    text.chars().take(CELL_MAX / 2).collect()
}

/// A name that a sheet can have: without the signs of formulas, at most 31 characters.
pub(crate) fn sheet_name(name: &str) -> String {
    let plain: String = name.chars().filter(|sign| !"[]:*?/\\'".contains(*sign)).take(31).collect();
    if plain.trim().is_empty() { "Sheet1".to_owned() } else { plain }
}

/// The letters of a column counted from 0: `A`, `Z`, `AA`.
///
/// ```
/// assert_eq!((sheets::column_name(0), sheets::column_name(27)), ("A".to_owned(), "AB".to_owned()));
/// ```
#[must_use]
pub fn column_name(place: usize) -> String {
    let mut name = Vec::new();
    let mut rest = place + 1;
    while rest > 0 {
        rest -= 1;
        name.push(b'A' + u8::try_from(rest % 26).unwrap_or_default());
        rest /= 26;
    }
    name.reverse();
    String::from_utf8(name).unwrap_or_default()
}
