//! Reading: which sheet of a file holds the table, where it begins, and its rows.

use crate::cell::Cell;
use crate::guard;
use calamine::{Dimensions, Reader, SheetVisible, Xls, Xlsx};
use std::collections::BTreeMap;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Rows among which the headings are looked for: titles and remarks stand above them.
const HEADINGS_WITHIN: usize = 30;

/// What a file may come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file.
    pub bytes: usize,
    /// Rows that are not blank.
    pub rows: usize,
    /// Columns.
    pub columns: usize,
    /// Bytes that it unpacks to.
    pub unpacked: u64,
    /// Bytes that its texts unpack to.
    pub texts: u64,
}

impl Default for Limits {
    /// 20 MB and 200,000 rows; a row of twenty cells unpacks to some two thousand bytes.
    fn default() -> Self {
        Limits { bytes: 20 * 1024 * 1024, rows: 200_000, columns: 500, unpacked: 600 << 20, texts: 120 << 20 }
    }
}

/// Why a file is no use, in both languages, with what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl Unreadable {
    fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Unreadable { zh: zh.into(), en: en.into() }
    }

    pub(crate) fn damaged() -> Self {
        Unreadable::new(
            "文件已损坏或不是 Excel 文件。请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。",
            "The file is damaged or no Excel file: open it, save it as .xlsx and upload that.",
        )
    }

    pub(crate) fn too_large() -> Self {
        Unreadable::new(
            "文件展开后过大，未予读取。请只保留需要导入的工作表，分成几个文件上传。",
            "The file unpacks to too much: keep the sheet to import and split it into several files.",
        )
    }

    fn locked() -> Self {
        Unreadable::new(
            "文件有密码，无法读取。请取消密码后再上传。",
            "The file has a password: remove it and upload the file again.",
        )
    }
}

/// The table found in a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// The sheet it stands on.
    pub name: String,
    /// Other sheets that hold something and were not read.
    pub others: Vec<String>,
    /// The row of the headings, from 1.
    pub heading_row: u32,
    /// The headings by column; empty where a column has none.
    pub headings: Vec<String>,
    /// The rows below that are not blank.
    pub rows: Vec<Row>,
}

/// A row.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its number in the sheet, from 1.
    pub number: u32,
    /// Cells by column; as many as reach to the last that is not empty.
    pub cells: Vec<Cell>,
}

/// Finds the table whose headings `known` knows best, and reads it.
///
/// # Errors
/// If the file cannot be read, is larger than the limits, or has no such heading.
pub fn read(bytes: &[u8], known: &dyn Fn(&str) -> bool, limits: &Limits) -> Result<Sheet, Unreadable> {
    if bytes.len() > limits.bytes {
        let most = limits.bytes >> 20;
        return Err(Unreadable::new(
            format!("文件超过 {most} MB。请分成几个文件上传。"),
            format!("The file is larger than {most} MB: split it."),
        ));
    }
    // A damaged file must cost its reader an answer, not the service a thread.
    let read = catch_unwind(AssertUnwindSafe(|| match bytes {
        [b'P', b'K', ..] => {
            guard::check(bytes, limits)?;
            find(&mut Workbook::Xlsx(Xlsx::new(Cursor::new(bytes)).map_err(|error| xlsx_fault(&error))?), known, limits)
        }
        [0xD0, 0xCF, 0x11, 0xE0, ..] => {
            find(&mut Workbook::Xls(Xls::new(Cursor::new(bytes)).map_err(|error| xls_fault(&error))?), known, limits)
        }
        _ => Err(Unreadable::damaged()),
    }));
    read.unwrap_or_else(|_| Err(Unreadable::damaged()))
}

fn xlsx_fault(error: &calamine::XlsxError) -> Unreadable {
    match error {
        calamine::XlsxError::Password => Unreadable::locked(),
        _ => Unreadable::damaged(),
    }
}

fn xls_fault(error: &calamine::XlsError) -> Unreadable {
    match error {
        calamine::XlsError::Password => Unreadable::locked(),
        _ => Unreadable::damaged(),
    }
}

/// The two kinds of workbook that offices have.
enum Workbook<'b> {
    Xlsx(Xlsx<Cursor<&'b [u8]>>),
    Xls(Xls<Cursor<&'b [u8]>>),
}

/// Told each row that is not blank: its number from 0 and its cells; `false` ends the reading.
type See<'s> = &'s mut dyn FnMut(u32, Vec<Cell>) -> Result<bool, Unreadable>;

impl Workbook<'_> {
    /// Sheets with cells, those that people see first.
    fn sheets(&self) -> Vec<String> {
        let metadata = match self {
            Workbook::Xlsx(book) => book.sheets_metadata(),
            Workbook::Xls(book) => book.sheets_metadata(),
        };
        let named = |visible: bool| {
            let wanted = metadata.iter().filter(move |sheet| (sheet.visible == SheetVisible::Visible) == visible);
            wanted.map(|sheet| sheet.name.clone())
        };
        named(true).chain(named(false)).collect()
    }

    fn rows(&mut self, sheet: &str, limits: &Limits, see: See<'_>) -> Result<(), Unreadable> {
        match self {
            Workbook::Xlsx(book) => xlsx_rows(book, sheet, limits, see),
            Workbook::Xls(book) => xls_rows(book, sheet, limits, see),
        }
    }

    fn merged(&mut self, sheet: &str) -> Vec<Dimensions> {
        match self {
            Workbook::Xlsx(book) => book.merge_cells_by_sheet_name(sheet).unwrap_or_default(),
            Workbook::Xls(book) => book.merge_cells_by_sheet_name(sheet).unwrap_or_default(),
        }
    }
}

fn xlsx_rows(book: &mut Xlsx<Cursor<&[u8]>>, sheet: &str, limits: &Limits, see: See<'_>) -> Result<(), Unreadable> {
    // A chart or a macro sheet has no cells; it is not what is looked for.
    let Ok(mut reader) = book.worksheet_cells_reader(sheet) else { return Ok(()) };
    let mut row = Pending::default();
    loop {
        let cell = reader.next_cell().map_err(|_| Unreadable::damaged())?;
        let Some(cell) = cell else { break };
        let (at, column) = cell.get_position();
        if at != row.number
            && let Some((number, cells)) = row.next(at)
            && !see(number, cells)?
        {
            return Ok(());
        }
        row.put(column, Cell::from(cell.get_value()), limits);
    }
    if let Some((number, cells)) = row.next(0) {
        see(number, cells)?;
    }
    Ok(())
}

fn xls_rows(book: &mut Xls<Cursor<&[u8]>>, sheet: &str, limits: &Limits, see: See<'_>) -> Result<(), Unreadable> {
    let Ok(range) = book.worksheet_range(sheet) else { return Ok(()) };
    let (first_row, first_column) = range.start().unwrap_or_default();
    for (at, cells) in (first_row..).zip(range.rows()) {
        let mut row = Pending::at(at);
        for (column, data) in (first_column..).zip(cells) {
            row.put(column, Cell::from(data), limits);
        }
        if let Some((number, cells)) = row.next(0)
            && !see(number, cells)?
        {
            return Ok(());
        }
    }
    Ok(())
}

/// A row whose cells come in one by one. Formatted cells without anything in them do not make it longer.
#[derive(Default)]
struct Pending {
    number: u32,
    cells: Vec<Cell>,
}

impl Pending {
    fn at(number: u32) -> Pending {
        Pending { number, cells: Vec::new() }
    }

    fn put(&mut self, column: u32, cell: Cell, limits: &Limits) {
        let column = column as usize;
        if cell.is_empty() || column >= limits.columns {
            return;
        }
        if self.cells.len() <= column {
            self.cells.resize(column + 1, Cell::Empty);
        }
        self.cells[column] = cell;
    }

    /// Gives the row out, unless it is blank, and goes on to another.
    fn next(&mut self, number: u32) -> Option<(u32, Vec<Cell>)> {
        let done = std::mem::replace(self, Pending::at(number));
        (!done.cells.is_empty()).then_some((done.number, done.cells))
    }
}

/// Where headings were found: how many are known, the sheet, the row from 0, the headings.
struct Headings {
    known: usize,
    sheet: String,
    row: u32,
    texts: Vec<String>,
}

fn find(book: &mut Workbook<'_>, known: &dyn Fn(&str) -> bool, limits: &Limits) -> Result<Sheet, Unreadable> {
    let mut best: Option<Headings> = None;
    let mut filled = Vec::new();
    for sheet in book.sheets() {
        let mut looked_at = 0;
        book.rows(&sheet, limits, &mut |row, cells| {
            let texts: Vec<String> = cells.iter().map(Cell::text).collect();
            let count = texts.iter().filter(|text| known(text)).count();
            if count > best.as_ref().map_or(0, |best| best.known) {
                best = Some(Headings { known: count, sheet: sheet.clone(), row, texts });
            }
            looked_at += 1;
            Ok(looked_at < HEADINGS_WITHIN)
        })?;
        if looked_at > 0 {
            filled.push(sheet);
        }
    }
    let Some(headings) = best else {
        return Err(Unreadable::new(
            "文件里没有找到表头。请使用本簿的模板，表头的文字不要改动。",
            "No headings were found: use the template of this register and keep its headings.",
        ));
    };
    filled.retain(|sheet| *sheet != headings.sheet);
    let rows = below(book, &headings, limits)?;
    Ok(Sheet { name: headings.sheet, others: filled, heading_row: headings.row + 1, headings: headings.texts, rows })
}

fn below(book: &mut Workbook<'_>, headings: &Headings, limits: &Limits) -> Result<Vec<Row>, Unreadable> {
    let mut rows = Vec::new();
    book.rows(&headings.sheet, limits, &mut |row, cells| {
        if row > headings.row {
            rows.push(Row { number: row + 1, cells });
        }
        if rows.len() <= limits.rows {
            return Ok(true);
        }
        let most = limits.rows;
        Err(Unreadable::new(
            format!("表里超过 {most} 行。请分成几个文件上传。"),
            format!("The table has more than {most} rows: split it."),
        ))
    })?;
    let merged = book.merged(&headings.sheet);
    spread(&mut rows, &merged, headings.row, limits);
    Ok(rows)
}

/// What stands in merged cells stands in each of them, downwards: one village name beside ten households. Sideways it stays in the
/// first column, since the others are other columns. Merged cells alone do not make a row.
fn spread(rows: &mut [Row], merged: &[Dimensions], heading_row: u32, limits: &Limits) {
    if merged.is_empty() {
        return;
    }
    let places: BTreeMap<u32, usize> = rows.iter().enumerate().map(|(place, row)| (row.number - 1, place)).collect();
    for area in merged {
        let ((first, column), (last, _)) = (area.start, area.end);
        let column = column as usize;
        if last <= first || first <= heading_row || column >= limits.columns {
            continue;
        }
        let value = places.get(&first).and_then(|place| rows[*place].cells.get(column).cloned());
        let Some(value) = value.filter(|value| !value.is_empty()) else { continue };
        for (_, place) in places.range(first + 1..=last) {
            let cells = &mut rows[*place].cells;
            if cells.len() <= column {
                cells.resize(column + 1, Cell::Empty);
            }
            cells[column] = value.clone();
        }
    }
}
