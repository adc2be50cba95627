//! A checked sheet given back (标出问题的表): as it was sent, its bad cells coloured, and what is wrong with each row in a column of its own.

use super::reading::CellFault;
use super::sheet::REASONS;
use sheets::{Column, Kind, Out, Sheet, Value, Writer, XlsxError};
use std::collections::BTreeMap;

/// A sheet with its faults marked, by row of the table; `done` says in its last line that nothing has happened yet.
///
/// # Errors
/// If the sheet cannot be written.
pub fn mark(
    sheet: &Sheet,
    file: &str,
    faults: &BTreeMap<usize, Vec<CellFault>>,
    done: &str,
) -> Result<Vec<u8>, XlsxError> {
    let earlier = sheet.headings.iter().position(|heading| heading.trim() == REASONS);
    let kept: Vec<usize> = (0..sheet.headings.len()).filter(|column| Some(*column) != earlier).collect();
    let text = |heading: &str, width| Column { heading: heading.to_owned(), kind: Kind::Text, width };
    let mut columns: Vec<Column> = kept
        .iter()
        .map(|column| text(&sheet.headings[*column], sheet.headings[*column].chars().count() * 2 + 6))
        .collect();
    columns.push(text(REASONS, 40));
    let mut writer = Writer::new(&sheet.name, &columns)?;
    for (at, row) in sheet.rows.iter().enumerate() {
        let faults = faults.get(&at).map(Vec::as_slice).unwrap_or_default();
        let is_wrong = |column: usize| faults.iter().any(|fault| fault.column == Some(column));
        let cell = |column: &usize| {
            let text = row.cells.get(*column).map(sheets::Cell::text).unwrap_or_default();
            let value = if text.is_empty() { Value::Empty } else { Value::Text(text) };
            Out { value, wrong: is_wrong(*column) }
        };
        let mut cells: Vec<Out> = kept.iter().map(cell).collect();
        let said: Vec<String> = faults.iter().map(in_words).collect();
        let value = if said.is_empty() { Value::Empty } else { Value::Text(said.join("；")) };
        cells.push(Out { value, wrong: !faults.is_empty() });
        writer.row(&cells)?;
    }
    let lines = [
        ("文件", file.to_owned()),
        ("有问题的行", faults.len().to_string()),
        ("怎样改", format!("改好标色的格，再上传本表；“{REASONS}”一栏不用删。{done}")),
    ];
    writer.finish("说明", &lines.map(|(label, text)| (label.to_owned(), text)))
}

fn in_words(fault: &CellFault) -> String {
    if fault.label.is_empty() || fault.zh.contains(&fault.label) {
        fault.zh.clone()
    } else {
        format!("{}：{}", fault.label, fault.zh)
    }
}
