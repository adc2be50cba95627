//! What is written is what is read: digits, days and text that looks like a formula.

use jiff::civil::date;
use rust_decimal::Decimal;
use sheets::{Cell, Column, Kind, Limits, Out, TemplateColumn, Value, Writer, read, template};
use std::io::Read;

fn column(heading: &str, kind: Kind) -> Column {
    Column { heading: heading.to_owned(), kind, width: 12 }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// A part of the packed file.
fn part(bytes: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

fn written(rows: &[Vec<Out>]) -> Vec<u8> {
    let columns = [column("编号", Kind::Text), column("面积（平方米）", Kind::Number), column("日期", Kind::Date)];
    let mut writer = Writer::new("台账[1]", &columns).unwrap();
    for row in rows {
        writer.row(row).unwrap();
    }
    writer.finish("说明", &[("登记簿".to_owned(), "摊位台账".to_owned())]).unwrap()
}

#[test]
fn what_is_written_is_read_again() {
    let long = Decimal::from_i128_with_scale(1_234_567_890_123_456, 0);
    let rows = [
        vec![
            text("999999197904120014").into(),
            Value::Number(Decimal::new(1250, 2)).into(),
            Value::Date(date(2022, 3, 1)).into(),
        ],
        vec![text("00123").into(), Value::Number(long).into(), Value::Date(date(1899, 1, 2)).into()],
        vec![text("=1+1").into(), Value::Empty.into(), Out { value: text("错"), wrong: true }],
    ];
    let bytes = written(&rows);
    let sheet = read(&bytes, &|heading| heading == "编号", &Limits::default()).unwrap();
    assert_eq!((sheet.name.as_str(), sheet.others.as_slice()), ("台账1", &["说明".to_owned()][..]));
    assert_eq!(sheet.headings, ["编号", "面积（平方米）", "日期"]);
    let cells: Vec<Vec<String>> = sheet.rows.iter().map(|row| row.cells.iter().map(Cell::text).collect()).collect();
    assert_eq!(
        cells,
        [
            vec!["999999197904120014", "12.5", "2022-03-01"],
            vec!["00123", "1234567890123456", "1899-01-02"],
            vec!["=1+1", "", "错"],
        ]
    );
    assert!(sheet.rows.iter().all(|row| matches!(row.cells[0], Cell::Text(_))), "keys are text");
    let xml = part(&bytes, "xl/worksheets/sheet1.xml");
    assert!(!xml.contains("<f>"), "nothing that was typed becomes a formula: {xml}");
    assert!(xml.contains("topLeftCell=\"A2\"") && xml.contains("state=\"frozen\""), "the headings stay in sight");
}

#[test]
fn a_template_offers_choices_and_marks_its_example() {
    let fill = |heading: &str, choices: Vec<String>| TemplateColumn {
        column: column(heading, Kind::Text),
        must: true,
        note: "必填。".to_owned(),
        choices,
        example: "【示例】0001".to_owned(),
    };
    let many: Vec<String> = (0..100).map(|number| format!("第{number}种情形")).collect();
    let few = vec!["露天".to_owned(), "棚内".to_owned()];
    let columns = [fill("编号", Vec::new()), fill("种类", few), fill("情形", many)];
    let bytes = template("摊位台账", &columns, "填表说明", &[("用法".to_owned(), "逐行填写".to_owned())]).unwrap();
    let xml = part(&bytes, "xl/worksheets/sheet1.xml");
    assert!(xml.contains("\"露天,棚内\"") && xml.contains("'选项'!$A$1:$A$100"), "{xml}");
    assert!(part(&bytes, "xl/workbook.xml").contains("state=\"hidden\""));
    assert!(part(&bytes, "xl/comments1.xml").contains("必填。"));
    let sheet = read(&bytes, &|heading| heading == "编号", &Limits::default()).unwrap();
    assert_eq!(
        (sheet.name.as_str(), sheet.rows.len(), sheet.rows[0].cells[0].text().as_str()),
        ("摊位台账", 1, "【示例】0001")
    );
}
