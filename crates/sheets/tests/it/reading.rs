//! Files that people make by hand: titles above, blank formatted rows, merged cells, formulas, other sheets; and files that mean harm.

use proptest::prelude::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};
use sheets::{Cell, Limits, Sheet, Unreadable, read};
use std::io::{Cursor, Write};
use std::sync::LazyLock;
use zip::write::SimpleFileOptions;

fn known(heading: &str) -> bool {
    ["编号", "姓名", "村"].contains(&heading)
}

fn read_it(bytes: &[u8]) -> Result<Sheet, Unreadable> {
    read(bytes, &known, &Limits::default())
}

fn texts(sheet: &Sheet) -> Vec<(u32, Vec<String>)> {
    sheet.rows.iter().map(|row| (row.number, row.cells.iter().map(Cell::text).collect())).collect()
}

/// A table on the second sheet, under a title, with blank formatted rows, a merged village, and numbers of every kind.
fn by_hand() -> Vec<u8> {
    let mut book = Workbook::new();
    let border = Format::new().set_border(rust_xlsxwriter::FormatBorder::Thin);
    book.add_worksheet().set_name("封面").unwrap().write_string(0, 0, "某镇").unwrap();
    let sheet = book.add_worksheet();
    sheet.set_name("Sheet2").unwrap();
    sheet.merge_range(0, 0, 0, 3, "某镇户名册", &border).unwrap();
    for (column, heading) in (0..).zip(["编号", "村", "姓名", "备注"]) {
        sheet.write_string(2, column, heading).unwrap();
    }
    sheet.merge_range(3, 1, 4, 1, "上庄村", &border).unwrap();
    sheet.write_number(3, 0, 101).unwrap().write_string(3, 2, " 林示例　").unwrap();
    sheet.write_formula(4, 0, Formula::new("=A4+1").set_result("102")).unwrap();
    let date = ExcelDateTime::from_ymd(2022, 3, 1).unwrap();
    sheet.write_datetime_with_format(4, 3, &date, &Format::new().set_num_format("yyyy/m/d")).unwrap();
    for row in 5..4_000 {
        sheet.write_blank(row, 0, &border).unwrap().write_blank(row, 30, &border).unwrap();
    }
    sheet.write_number(4_000, 0, 999_999_197_904_120_000_f64).unwrap();
    sheet.write_boolean(4_000, 2, true).unwrap();
    sheet.write_formula(4_001, 0, Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
    book.save_to_buffer().unwrap()
}

#[test]
fn a_table_made_by_hand_is_found_and_read() {
    let sheet = read_it(&by_hand()).unwrap();
    assert_eq!((sheet.name.as_str(), sheet.heading_row), ("Sheet2", 3));
    assert_eq!(sheet.others, ["封面"]);
    let row = |number, cells: &[&str]| (number, cells.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
    assert_eq!(
        texts(&sheet),
        [
            row(4, &["101", "上庄村", "林示例"]),
            row(5, &["102", "上庄村", "", "2022-03-01"]),
            row(4_001, &["999999197904120000", "", "是"]),
            row(4_002, &["#DIV/0!"]),
        ]
    );
    assert!(matches!(sheet.rows[2].cells[0], Cell::Lost(_)), "digits that are gone are not made up");
    assert!(matches!(sheet.rows[3].cells[0], Cell::Fault(_)));
}

#[test]
fn what_is_no_table_is_refused_with_what_to_do() {
    let mut book = Workbook::new();
    book.add_worksheet().write_string(0, 0, "别的").unwrap();
    let other = book.save_to_buffer().unwrap();
    for (bytes, said) in [
        (&other[..], "表头"),
        (b"PK\x03\x04 not really", "损坏"),
        (b"name,number\n", "表头"),
        (b"MZ\x90\0 a program", "损坏"),
        (b"", "损坏"),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 short", "另存为 .xlsx"),
    ] {
        let refused = read_it(bytes).unwrap_err();
        assert!(refused.zh.contains(said) && !refused.en.is_empty(), "{refused:?}");
    }
    let small = Limits { bytes: 100, ..Limits::default() };
    assert!(read(&other, &known, &small).unwrap_err().zh.contains("MB"));
    let few = Limits { rows: 3, ..Limits::default() };
    assert!(read(&by_hand(), &known, &few).unwrap_err().zh.contains("超过 3 行"));
}

#[test]
fn a_small_file_that_unpacks_to_much_is_refused_before_it_is_read() {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("xl/worksheets/sheet1.xml", SimpleFileOptions::default()).unwrap();
    for _ in 0..64 {
        archive.write_all(&vec![b' '; 1 << 20]).unwrap();
    }
    let bytes = archive.finish().unwrap().into_inner();
    assert!(bytes.len() < 200_000);
    let limits = Limits { unpacked: 32 << 20, ..Limits::default() };
    assert!(read(&bytes, &known, &limits).unwrap_err().zh.contains("过大"));
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("xl/styles.xml", SimpleFileOptions::default()).unwrap();
    for _ in 0..33 {
        archive.write_all(&vec![b' '; 1 << 20]).unwrap();
    }
    let styles = archive.finish().unwrap().into_inner();
    assert!(read_it(&styles).unwrap_err().zh.contains("过大"), "what is held in memory is bounded more tightly");
    let texts = Limits { texts: 1, ..Limits::default() };
    assert!(read(&by_hand(), &known, &texts).unwrap_err().zh.contains("过大"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A file that was damaged on its way is read or refused; nothing else happens.
    #[test]
    fn damaged_files_never_panic(at in 0_usize..6_000, with in any::<u8>(), cut in 0_usize..6_000) {
        static MADE: LazyLock<Vec<u8>> = LazyLock::new(by_hand);
        let mut bytes = MADE.clone();
        let length = bytes.len();
        bytes[at % length] ^= with;
        let _ = read_it(&bytes);
        bytes.truncate(cut % length);
        let _ = read_it(&bytes);
    }
}
