//! CSV: read as Excel, WPS and other programs write it (UTF-8 or GB18030, parted by commas, semicolons or tabs), written as they all read it.

use crate::cell::Cell;
use crate::read::{Limits, Row, Unreadable};
use crate::write::Value;
use encoding_rs::GB18030;
use std::borrow::Cow;

/// The mark that UTF-8 files of Excel begin with.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// The text of a file; `None` if it is none.
pub(crate) fn text(bytes: &[u8]) -> Option<Cow<'_, str>> {
    if bytes.is_empty() || bytes.contains(&0) {
        return None;
    }
    let bytes = bytes.strip_prefix(MARK).unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(Cow::Borrowed(text)),
        Err(_) => GB18030.decode_without_bom_handling_and_without_replacement(bytes),
    }
}

/// A table as CSV in UTF-8 with the mark that Excel needs to read Chinese. A text that Excel would take for a formula gets a `'` in front.
#[must_use]
pub fn csv_table(headings: &[&str], rows: &[Vec<Value>]) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(MARK.to_vec());
    let lines = rows.iter().map(|row| row.iter().map(written).collect());
    let headings: Vec<String> = headings.iter().map(|heading| harmless(heading)).collect();
    for line in std::iter::once(headings).chain(lines) {
        writer.write_record(&line).expect("memory takes every line, and lines are as long as the headings");
    }
    writer.into_inner().expect("memory takes every line")
}

fn written(value: &Value) -> String {
    match value {
        Value::Empty => String::new(),
        Value::Text(text) => harmless(text),
        Value::Number(number) => number.to_string(),
        Value::Date(day) => day.to_string(),
    }
}

fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

/// What the one sheet of such a file is called.
pub(crate) const NAME: &str = "CSV";

/// The lines that are not blank.
pub(crate) fn rows(text: &str, limits: &Limits) -> Result<Vec<Row>, Unreadable> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(text))
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for (line, record) in (1..).zip(reader.records()) {
        let record = record.map_err(|_| Unreadable::damaged())?;
        let mut cells: Vec<Cell> = record.iter().take(limits.columns).map(cell).collect();
        while cells.last().is_some_and(Cell::is_empty) {
            cells.pop();
        }
        if !cells.is_empty() {
            rows.push(Row { number: line, cells });
        }
        if rows.len() > limits.rows {
            return Err(Unreadable::too_many_rows(limits.rows));
        }
    }
    Ok(rows)
}

/// A number that the program that wrote the file had shortened (`1.10105E+17`) has lost its digits; others are text as they stand.
fn cell(text: &str) -> Cell {
    let plain = text.trim();
    let shortened = plain.split_once(['E', 'e']).is_some_and(|(digits, power)| {
        let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        number(digits) && power.strip_prefix('+').is_some_and(number)
    });
    match plain.parse::<f64>() {
        Ok(lost) if shortened => Cell::Lost(lost),
        _ => Cell::of_text(plain.strip_prefix('\'').unwrap_or(plain)),
    }
}

/// What parts the first line: the sign that stands there most.
fn delimiter(text: &str) -> u8 {
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |sign: u8| line.bytes().filter(|byte| *byte == sign).count();
    [b',', b'\t', b';'].into_iter().rev().max_by_key(|sign| count(*sign)).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::{Sheet, read};

    fn read_it(bytes: &[u8]) -> Sheet {
        let known = |text: &str| ["编号", "姓名"].contains(&text);
        read(bytes, &known, &Limits::default()).unwrap()
    }

    fn texts(sheet: &Sheet) -> Vec<(u32, Vec<String>)> {
        sheet.rows.iter().map(|row| (row.number, row.cells.iter().map(Cell::text).collect())).collect()
    }

    #[test]
    fn what_is_written_is_quoted_and_never_runs() {
        let row: Vec<Value> = ["a,b", "他说\"好\"", "=1+1", "-cmd", "@x"].map(|text| Value::Text(text.into())).into();
        let figures =
            vec![Value::Number("-5.00".parse().unwrap()), Value::Date(jiff::civil::date(2022, 3, 1)), Value::Empty];
        let written = csv_table(&["甲", "乙", "丙", "+丁", "戊", "数", "日", "空"], &[[row, figures].concat()]);
        let expected =
            "\u{feff}甲,乙,丙,'+丁,戊,数,日,空\r\n\"a,b\",\"他说\"\"好\"\"\",'=1+1,'-cmd,'@x,-5.00,2022-03-01,\r\n";
        assert_eq!(String::from_utf8(written).unwrap(), expected);
    }

    #[test]
    fn what_excel_writes_is_read_in_both_encodings() {
        let table = "某镇名单,,\r\n编号,姓名,备注\r\n1,林示例,\"两行\r\n备注\"\r\n,,\r\n0002, 测试乙 ,\r\n";
        let (gbk, _, _) = GB18030.encode(table);
        for bytes in [table.as_bytes().to_vec(), [MARK, table.as_bytes()].concat(), gbk.into_owned()] {
            let sheet = read_it(&bytes);
            assert_eq!(sheet.headings, ["编号", "姓名", "备注"]);
            let row = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
            let found = texts(&sheet);
            assert_eq!(found[0], (3, row(&["1", "林示例", "两行\r\n备注"])));
            assert_eq!(found[1].1, row(&["0002", "测试乙"]));
            assert_eq!(found.len(), 2);
        }
    }

    #[test]
    fn tabs_semicolons_and_shortened_numbers() {
        assert_eq!(texts(&read_it("编号;姓名\n1;甲\n".as_bytes()))[0].1, ["1", "甲"]);
        let sheet = read_it("编号\t姓名\n1.10105E+17\t甲\n'0012\t乙\n".as_bytes());
        assert!(matches!(sheet.rows[0].cells[0], Cell::Lost(_)));
        assert_eq!(sheet.rows[1].cells[0].text(), "0012");
    }

    #[test]
    fn what_is_no_table_is_said() {
        assert!(text(b"\x00\x01").is_none());
        assert!(text(b"").is_none());
        assert!(read(b"a,b\n1,2\n", &|_| false, &Limits::default()).is_err());
    }
}
