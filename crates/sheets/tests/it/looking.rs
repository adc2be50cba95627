//! Old ledgers: titles above headings in several rows with merged cells, and tables whose headings nobody knows beforehand.

use rust_xlsxwriter::{Format, Workbook};
use sheets::{Cell, File, Headings, Limits, Sheet, best_known};

/// A title, a line with the unit, headings in two rows (one merged sideways, the others downwards), two rows, a total.
fn ledger() -> Vec<u8> {
    let format = Format::new();
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("台账").unwrap();
    sheet.merge_range(0, 0, 0, 4, "某镇宅基地台账", &format).unwrap();
    sheet.write_string(1, 4, "单位：平方米").unwrap();
    for (column, heading) in [(0, "序号"), (1, "户主"), (4, "备注")] {
        sheet.merge_range(2, column, 3, column, heading, &format).unwrap();
    }
    sheet.merge_range(2, 2, 2, 3, "面积", &format).unwrap();
    sheet.write_string(3, 2, "宅基地").unwrap().write_string(3, 3, "建筑").unwrap();
    for (row, name) in [(4, "林示例"), (5, "何邻居")] {
        sheet.write_number(row, 0, f64::from(row - 3)).unwrap().write_string(row, 1, name).unwrap();
        sheet.write_number(row, 2, 120.5).unwrap().write_number(row, 3, 80.0).unwrap();
    }
    sheet.write_string(6, 0, "合计").unwrap().write_number(6, 2, 241.0).unwrap();
    book.add_worksheet().set_name("说明").unwrap().write_string(0, 0, "填表说明").unwrap();
    book.save_to_buffer().unwrap()
}

fn texts(sheet: &Sheet) -> Vec<Vec<String>> {
    sheet.rows.iter().map(|row| row.cells.iter().map(Cell::text).collect()).collect()
}

#[test]
fn headings_of_two_rows_are_found_from_either() {
    let bytes = ledger();
    let mut file = File::open(&bytes, &Limits::default()).unwrap();
    let tops = file.tops().unwrap();
    assert_eq!(tops.iter().map(|top| top.sheet.as_str()).collect::<Vec<_>>(), ["台账", "说明"]);
    let at = Headings { sheet: "台账".into(), first: 3, last: 4 };
    for row in [3, 4] {
        assert_eq!(file.headings(&tops[0], row).unwrap(), at, "from row {row}");
    }
    let sheet = file.read(&at).unwrap();
    assert_eq!(sheet.headings, ["序号", "户主", "面积 宅基地", "面积 建筑", "备注"]);
    assert_eq!(texts(&sheet)[0], ["1", "林示例", "120.5", "80"]);
    assert_eq!((sheet.rows.len(), sheet.others.as_slice()), (3, &["说明".to_owned()][..]));
    assert_eq!(best_known(&tops, &|text| text == "建筑"), Some(("台账", 4)));
}

#[test]
fn a_first_row_of_data_is_no_heading() {
    let format = Format::new();
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_string(0, 0, "编号").unwrap().write_string(0, 1, "户主").unwrap();
    sheet.merge_range(0, 2, 0, 3, "备注", &format).unwrap();
    sheet.write_string(1, 0, "a1").unwrap().write_string(1, 1, "林示例").unwrap().write_string(1, 2, "无").unwrap();
    let bytes = book.save_to_buffer().unwrap();
    let mut file = File::open(&bytes, &Limits::default()).unwrap();
    let tops = file.tops().unwrap();
    let at = file.headings(&tops[0], 1).unwrap();
    assert_eq!((at.first, at.last), (1, 1));
    assert_eq!(texts(&file.read(&at).unwrap()), [["a1", "林示例", "无"]]);
}

#[test]
fn headings_may_be_anywhere_somebody_says() {
    let mut file = File::open("甲,乙\n1,2\n3,4\n".as_bytes(), &Limits::default()).unwrap();
    let read = |file: &mut File<'_>, first, last| file.read(&Headings { sheet: "CSV".into(), first, last }).unwrap();
    let second = read(&mut file, 2, 2);
    assert_eq!(
        (second.headings.as_slice(), texts(&second)),
        (&["1".to_owned(), "2".into()][..], vec![vec!["3".into(), "4".into()]])
    );
    let none = read(&mut file, 900, 900);
    assert!(none.headings.is_empty() && none.rows.is_empty());
}
