//! Workbooks: their sheets row by row, and what merged cells stand for.

use crate::cell::Cell;
use crate::read::{Headings, Limits, Row, Unreadable};
use calamine::{Dimensions, Reader, SheetVisible, Xlsx};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

/// A workbook of the one kind that is read: cell by cell, so that two cells in far corners do not fill the memory.
pub(crate) type Book<'b> = Xlsx<Cursor<&'b [u8]>>;

/// Told each row that is not blank; `false` ends the reading.
type See<'s> = &'s mut dyn FnMut(Row) -> Result<bool, Unreadable>;

/// Rows of headings one below the other, at most.
const HEADING_ROWS_MAX: u32 = 4;

/// Sheets, those that people see first.
pub(crate) fn sheets(book: &Book<'_>) -> Vec<String> {
    let named = |visible: bool| {
        let wanted = book.sheets_metadata().iter();
        wanted.filter(move |sheet| (sheet.visible == SheetVisible::Visible) == visible).map(|sheet| sheet.name.clone())
    };
    named(true).chain(named(false)).collect()
}

/// Gives the rows of a sheet out, one by one.
pub(crate) fn rows(book: &mut Book<'_>, sheet: &str, limits: &Limits, see: See<'_>) -> Result<(), Unreadable> {
    // A chart or a macro sheet has no cells; it is not what is looked for.
    let Ok(mut reader) = book.worksheet_cells_reader(sheet) else { return Ok(()) };
    let mut row = Pending::default();
    loop {
        let cell = reader.next_cell().map_err(|_| Unreadable::damaged())?;
        let Some(cell) = cell else { break };
        let (at, column) = cell.get_position();
        if at != row.number
            && let Some(done) = row.next(at)
            && !see(done)?
        {
            return Ok(());
        }
        row.put(column, Cell::from(cell.get_value()), limits);
    }
    if let Some(done) = row.next(0) {
        see(done)?;
    }
    Ok(())
}

/// A row whose cells come in one by one, its number from 0. Formatted cells without anything in them do not make it longer.
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
    fn next(&mut self, number: u32) -> Option<Row> {
        let done = std::mem::replace(self, Pending { number, cells: Vec::new() });
        (!done.cells.is_empty()).then_some(Row { number: done.number + 1, cells: done.cells })
    }
}

/// The merged cells of a sheet.
pub(crate) fn merged(book: &mut Book<'_>, sheet: &str) -> Vec<Dimensions> {
    book.merge_cells_by_sheet_name(sheet).unwrap_or_default()
}

/// The rows that the headings take up of which `row` (from 1) is one: merged cells reach over several, and below a heading that is merged
/// sideways its parts have headings of their own.
pub(crate) fn reach(rows: &[Row], merged: &[Dimensions], row: u32) -> (u32, u32) {
    let texts = |number: u32| rows.iter().find(|row| row.number == number).map_or(&[][..], |row| &row.cells);
    let count = |number: u32| texts(number).iter().filter(|cell| !cell.is_empty()).count();
    let over = |number: u32| merged.iter().filter(move |area| area.start.0 < number && number <= area.end.0 + 1);
    let aside = |number: u32| over(number).filter(move |area| area.start.1 < area.end.1 && area.end.0 + 1 == number);
    // A row of parts has nothing but parts: a first row of data would have more.
    let parts_of = |upper: u32| {
        let columns: BTreeSet<usize> =
            aside(upper).flat_map(|area| area.start.1 as usize..=area.end.1 as usize).take(1_000).collect();
        let lower = texts(upper + 1).iter().enumerate().filter(|(_, cell)| !cell.is_empty());
        count(upper) > 1
            && !columns.is_empty()
            && count(upper + 1) > 0
            && lower.into_iter().all(|(at, _)| columns.contains(&at))
    };
    let (mut first, mut last) = (row, row);
    for area in over(row).filter(|area| count(area.start.0 + 1) > 1) {
        (first, last) = (first.min(area.start.0 + 1), last.max(area.end.0 + 1));
    }
    if first > 1 && parts_of(first - 1) {
        first -= 1;
    }
    if parts_of(last) {
        last += 1;
    }
    if last - first < HEADING_ROWS_MAX { (first, last) } else { (row, row) }
}

/// The headings by column: what stands above it in each of their rows, merged cells counting for each that they cover.
pub(crate) fn headings(rows: &[Row], merged: &[Dimensions], at: &Headings, limits: &Limits) -> Vec<String> {
    let mut found: Vec<Vec<String>> = Vec::new();
    for number in at.first..=at.last {
        let row = rows.iter().find(|row| row.number == number);
        let mut cells: Vec<Cell> = row.map(|row| row.cells.clone()).unwrap_or_default();
        for area in merged.iter().filter(|area| area.start.0 < number && number <= area.end.0 + 1) {
            cover(&mut cells, rows, area, limits);
        }
        if found.len() < cells.len() {
            found.resize(cells.len(), Vec::new());
        }
        for (parts, cell) in found.iter_mut().zip(&cells) {
            let text = cell.text();
            if !text.is_empty() && parts.last() != Some(&text) {
                parts.push(text);
            }
        }
    }
    found.into_iter().map(|parts| parts.join(" ")).collect()
}

fn cover(cells: &mut Vec<Cell>, rows: &[Row], area: &Dimensions, limits: &Limits) {
    let first = rows.iter().find(|row| row.number == area.start.0 + 1);
    let Some(value) = first.and_then(|row| row.cells.get(area.start.1 as usize)).filter(|cell| !cell.is_empty()) else {
        return;
    };
    let end = (area.end.1 as usize).min(limits.columns.saturating_sub(1));
    if cells.len() <= end {
        cells.resize(end + 1, Cell::Empty);
    }
    for cell in cells.get_mut(area.start.1 as usize..=end).into_iter().flatten() {
        *cell = value.clone();
    }
}

/// What stands in merged cells stands in each of them, downwards: one village name beside ten households. Sideways it stays in the
/// first column, since the others are other columns. Merged cells alone do not make a row.
pub(crate) fn spread(rows: &mut [Row], merged: &[Dimensions], heading_row: u32, limits: &Limits) {
    if merged.is_empty() {
        return;
    }
    let places: BTreeMap<u32, usize> = rows.iter().enumerate().map(|(place, row)| (row.number - 1, place)).collect();
    for area in merged {
        let ((first, column), (last, _)) = (area.start, area.end);
        let column = column as usize;
        if last <= first || first < heading_row || column >= limits.columns {
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
