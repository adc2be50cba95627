//! Reading: which sheet of a file holds the table, where it begins, and its rows.

use crate::book::{self, Book};
use crate::cell::Cell;
use crate::csv;
use crate::guard;
use calamine::{Reader, Xlsx};
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

    /// Nothing in the file looks like a table.
    #[must_use]
    pub fn no_table() -> Self {
        Unreadable::new(
            "文件里没有找到表格：要有一行表头，下面是记录。",
            "No table was found: it has a row of headings with the records below.",
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

    fn too_many_bytes(most: usize) -> Self {
        let most = most >> 20;
        Unreadable::new(
            format!("文件超过 {most} MB。请分成几个文件上传。"),
            format!("The file is larger than {most} MB: split it."),
        )
    }

    fn old() -> Self {
        Unreadable::new(
            "这是旧格式的 .xls、.et 文件，或者加了密码。请在 Excel 或 WPS 里取消密码，另存为 .xlsx 再上传。",
            "This is an old .xls or .et file, or has a password: remove it, save the file as .xlsx and upload that.",
        )
    }
}

/// Where the headings of a table stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Headings {
    /// The sheet.
    pub sheet: String,
    /// Their first row, from 1.
    pub first: u32,
    /// Their last row: below it the table begins.
    pub last: u32,
}

/// The table found in a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// The sheet it stands on.
    pub name: String,
    /// Other sheets that hold something and were not read.
    pub others: Vec<String>,
    /// The last row of the headings, from 1.
    pub heading_row: u32,
    /// The headings by column, those of several rows one behind the other; empty where a column has none.
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

/// The first rows of a sheet, as far as headings are looked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Top {
    /// The sheet.
    pub sheet: String,
    /// Its first rows that are not blank.
    pub rows: Vec<Row>,
}

/// Finds the table whose headings `known` knows best, and reads it.
///
/// # Errors
/// If the file cannot be read, is larger than the limits, or has no such heading.
pub fn read(bytes: &[u8], known: &dyn Fn(&str) -> bool, limits: &Limits) -> Result<Sheet, Unreadable> {
    let mut file = File::open(bytes, limits)?;
    let tops = file.tops()?;
    let (sheet, row) = best_known(&tops, known).ok_or_else(Unreadable::no_headings)?;
    let at = Headings { sheet: sheet.to_owned(), first: row, last: row };
    file.read(&at)
}

/// The sheet and the row, the first of several, in which `known` knows the most texts.
#[must_use]
pub fn best_known<'t>(tops: &'t [Top], known: &dyn Fn(&str) -> bool) -> Option<(&'t str, u32)> {
    let rows = tops.iter().flat_map(|top| top.rows.iter().map(move |row| (top, row)));
    let counted = rows.map(|(top, row)| (row.cells.iter().filter(|cell| known(&cell.text())).count(), top, row));
    let best = counted.filter(|(count, ..)| *count > 0).rev().max_by_key(|(count, ..)| *count);
    best.map(|(_, top, row)| (top.sheet.as_str(), row.number))
}

/// A file that was opened: it can be looked at before its table is read.
pub struct File<'b> {
    opened: Opened<'b>,
    limits: Limits,
}

enum Opened<'b> {
    Book(Box<Book<'b>>),
    Lines(Vec<Row>),
}

/// A damaged file must cost its reader an answer, not the service a thread.
fn held<T>(reading: impl FnOnce() -> Result<T, Unreadable>) -> Result<T, Unreadable> {
    catch_unwind(AssertUnwindSafe(reading)).unwrap_or_else(|_| Err(Unreadable::damaged()))
}

impl<'b> File<'b> {
    /// Opens a file, after what it unpacks to was counted.
    ///
    /// # Errors
    /// If it cannot be read, or is larger than the limits.
    pub fn open(bytes: &'b [u8], limits: &Limits) -> Result<File<'b>, Unreadable> {
        if bytes.len() > limits.bytes {
            return Err(Unreadable::too_many_bytes(limits.bytes));
        }
        let opened = held(|| match bytes {
            [b'P', b'K', ..] => {
                guard::check(bytes, limits)?;
                let book = Xlsx::new(Cursor::new(bytes)).map_err(|_| Unreadable::damaged())?;
                Ok(Opened::Book(Box::new(book)))
            }
            // The container of old workbooks, and of new ones with a password.
            [0xD0, 0xCF, 0x11, 0xE0, ..] => Err(Unreadable::old()),
            _ => match csv::text(bytes) {
                Some(text) => csv::rows(&text, limits).map(Opened::Lines),
                None => Err(Unreadable::damaged()),
            },
        })?;
        Ok(File { opened, limits: limits.clone() })
    }

    /// The first rows of each sheet that holds something, those that people see first.
    ///
    /// # Errors
    /// If the file is damaged.
    pub fn tops(&mut self) -> Result<Vec<Top>, Unreadable> {
        match &mut self.opened {
            Opened::Book(book) => held(|| tops(book, &self.limits)),
            Opened::Lines(rows) => {
                let first = rows.iter().take(HEADINGS_WITHIN).cloned().collect();
                Ok(vec![Top { sheet: csv::NAME.to_owned(), rows: first }])
            }
        }
    }

    /// All rows of the headings of which a row of a sheet is one.
    ///
    /// # Errors
    /// If the file is damaged.
    pub fn headings(&mut self, top: &Top, row: u32) -> Result<Headings, Unreadable> {
        let (first, last) = match &mut self.opened {
            Opened::Book(book) => held(|| Ok(book::reach(&top.rows, &book::merged(book, &top.sheet), row)))?,
            Opened::Lines(_) => (row, row),
        };
        Ok(Headings { sheet: top.sheet.clone(), first, last })
    }

    /// Reads the table below some headings.
    ///
    /// # Errors
    /// If the file is damaged or has too many rows.
    pub fn read(&mut self, at: &Headings) -> Result<Sheet, Unreadable> {
        let (all, merged, others) = match &mut self.opened {
            Opened::Book(book) => held(|| {
                let rows = all(book, &at.sheet, &self.limits)?;
                let others = filled(book, &self.limits)?;
                Ok((rows, book::merged(book, &at.sheet), others))
            })?,
            Opened::Lines(rows) => (rows.clone(), Vec::new(), Vec::new()),
        };
        let headings = book::headings(&all, &merged, at, &self.limits);
        let mut rows: Vec<Row> = all.into_iter().filter(|row| row.number > at.last).collect();
        if rows.len() > self.limits.rows {
            return Err(Unreadable::too_many_rows(self.limits.rows));
        }
        book::spread(&mut rows, &merged, at.last, &self.limits);
        let others = others.into_iter().filter(|sheet| *sheet != at.sheet).collect();
        Ok(Sheet { name: at.sheet.clone(), others, heading_row: at.last, headings, rows })
    }
}

fn tops(book: &mut Book<'_>, limits: &Limits) -> Result<Vec<Top>, Unreadable> {
    let mut tops = Vec::new();
    for sheet in book::sheets(book) {
        let mut first = Vec::new();
        book::rows(book, &sheet, limits, &mut |row| {
            first.push(row);
            Ok(first.len() < HEADINGS_WITHIN)
        })?;
        if !first.is_empty() {
            tops.push(Top { sheet, rows: first });
        }
    }
    Ok(tops)
}

fn all(book: &mut Book<'_>, sheet: &str, limits: &Limits) -> Result<Vec<Row>, Unreadable> {
    let mut found = Vec::new();
    book::rows(book, sheet, limits, &mut |row| {
        found.push(row);
        // Titles and headings stand above the rows that are counted.
        if found.len() <= limits.rows + HEADINGS_WITHIN {
            return Ok(true);
        }
        Err(Unreadable::too_many_rows(limits.rows))
    })?;
    Ok(found)
}

/// Sheets that hold something.
fn filled(book: &mut Book<'_>, limits: &Limits) -> Result<Vec<String>, Unreadable> {
    let mut found = Vec::new();
    for sheet in book::sheets(book) {
        let mut holds = false;
        book::rows(book, &sheet, limits, &mut |_| {
            holds = true;
            Ok(false)
        })?;
        if holds {
            found.push(sheet);
        }
    }
    Ok(found)
}
