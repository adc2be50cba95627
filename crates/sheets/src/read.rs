//! Reading: which sheet of a file holds the table, where it begins, and its rows.

use crate::cell::Cell;
use crate::csv;
use crate::guard;
use calamine::{Dimensions, Reader, SheetVisible, Xlsx};
use std::collections::BTreeMap;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Rows among which the headings are looked for: titles and remarks stand above them.
pub(crate) const HEADINGS_WITHIN: usize = 30;

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

    pub(crate) fn no_headings() -> Self {
        Unreadable::new(
            "文件里没有找到表头。请使用模板，表头的文字不要改动。",
            "No headings were found: use the template and keep its headings.",
        )
    }

    pub(crate) fn too_many_rows(most: usize) -> Self {
        Unreadable::new(
            format!("表里超过 {most} 行。请分成几个文件上传。"),
            format!("The table has more than {most} rows: split it."),
        )
    }

    fn old() -> Self {
        Unreadable::new(
            "这是旧格式的 .xls、.et 文件，或者加了密码。请在 Excel 或 WPS 里取消密码，另存为 .xlsx 再上传。",
            "This is an old .xls or .et file, or has a password: remove it, save the file as .xlsx and upload that.",
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
            let mut book = Xlsx::new(Cursor::new(bytes)).map_err(|_| Unreadable::damaged())?;
            find(&mut book, known, limits)
        }
        // The container of old workbooks, and of new ones with a password.
        [0xD0, 0xCF, 0x11, 0xE0, ..] => Err(Unreadable::old()),
        _ => match csv::text(bytes) {
            Some(text) => csv::read(&text, known, limits),
            None => Err(Unreadable::damaged()),
        },
    }));
    read.unwrap_or_else(|_| Err(Unreadable::damaged()))
}

/// A workbook of the one kind that is read: cell by cell, so that two cells in far corners do not fill the memory.
type Book<'b> = Xlsx<Cursor<&'b [u8]>>;

/// Told each row that is not blank: its number from 0 and its cells; `false` ends the reading.
type See<'s> = &'s mut dyn FnMut(u32, Vec<Cell>) -> Result<bool, Unreadable>;

/// Sheets, those that people see first.
fn sheets(book: &Book<'_>) -> Vec<String> {
    let named = |visible: bool| {
        let wanted = book.sheets_metadata().iter();
        wanted.filter(move |sheet| (sheet.visible == SheetVisible::Visible) == visible).map(|sheet| sheet.name.clone())
    };
    named(true).chain(named(false)).collect()
}

fn rows(book: &mut Book<'_>, sheet: &str, limits: &Limits, see: See<'_>) -> Result<(), Unreadable> {
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

/// A row whose cells come in one by one. Formatted cells without anything in them do not make it longer.
#[derive(Default)]
struct Pending {
    number: u32,
    cells: Vec<Cell>,
}

impl Pending {
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
        let done = std::mem::replace(self, Pending { number, cells: Vec::new() });
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

fn find(book: &mut Book<'_>, known: &dyn Fn(&str) -> bool, limits: &Limits) -> Result<Sheet, Unreadable> {
    let mut best: Option<Headings> = None;
    let mut filled = Vec::new();
    for sheet in sheets(book) {
        let mut looked_at = 0;
        rows(book, &sheet, limits, &mut |row, cells| {
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
        return Err(Unreadable::no_headings());
    };
    filled.retain(|sheet| *sheet != headings.sheet);
    let rows = below(book, &headings, limits)?;
    Ok(Sheet { name: headings.sheet, others: filled, heading_row: headings.row + 1, headings: headings.texts, rows })
}

fn below(book: &mut Book<'_>, headings: &Headings, limits: &Limits) -> Result<Vec<Row>, Unreadable> {
    let mut found = Vec::new();
    rows(book, &headings.sheet, limits, &mut |row, cells| {
        if row > headings.row {
            found.push(Row { number: row + 1, cells });
        }
        if found.len() <= limits.rows {
            return Ok(true);
        }
        Err(Unreadable::too_many_rows(limits.rows))
    })?;
    let merged = book.merge_cells_by_sheet_name(&headings.sheet).unwrap_or_default();
    spread(&mut found, &merged, headings.row, limits);
    Ok(found)
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
