//! What is taken down of a public view: cells as people read them, the total, and what may not be printed.

use crate::views::{NOW, WEST, empty, three, work};
use crate::world::VILLAGE;
use engine::figures::{ROWS_MAX, printable, taken};
use engine::{Memory, World};
use jiff::civil::date;
use regulation::expr::Figures;
use regulation::model::Label;

fn cells(figures: &Figures) -> Vec<Vec<&str>> {
    figures.rows.iter().map(|row| row.iter().map(|cell| cell.zh.as_str()).collect()).collect()
}

fn refused(memory: &Memory, written: &str) -> String {
    taken(memory, written, NOW).expect_err("what is asked for is refused").zh
}

#[test]
fn groups_come_with_their_total_in_both_languages() {
    let memory = three();
    let figures = taken(&memory, "works/spent/2022", NOW).unwrap();
    let (village, west) = (memory.county().path(VILLAGE), memory.county().path(WEST));
    let expected = [
        vec![village.as_str(), "道路", "150.00 元"],
        vec![&village, "供水", "100.00 元"],
        vec![&west, "供电", "7.00 元"],
        vec!["合计", "", "157.00 元"],
    ];
    assert_eq!(cells(&figures), expected, "a line of two kinds counts once in the total");
    assert!(figures.has_total);
    assert_eq!(figures.rows[3][0].en.as_deref(), Some("Total"));
    assert_eq!(figures.caption_zh(), "各村造价（2022年，数据截至2022年5月20日）");
    assert_eq!(figures.caption_en(), "Costs by village (2022, as of 2022-05-20)");
    assert_eq!(figures.note, Some(Label { zh: "只计已报的".into(), en: None }));
    assert_eq!(figures.columns.iter().map(|column| column.is_number).collect::<Vec<_>>(), [false, false, true]);
    assert_eq!((figures.view.as_str(), figures.reference().as_str()), ("works/spent", "works/spent/2022"));
}

#[test]
fn without_a_period_it_is_the_present_one_and_time_is_said_in_words() {
    let memory = three();
    let figures = taken(&memory, "works/by-month", NOW).unwrap();
    assert_eq!(figures.period.as_deref(), Some("2022"));
    assert_eq!(cells(&figures), [["2022年3月", "1"], ["2022年4月", "2"], ["合计", "3"]]);
    assert_eq!(figures.rows[0][0].en.as_deref(), Some("2022-03"));
    let quarter = taken(&memory, "works/by-month/2022-Q1", NOW).unwrap();
    assert_eq!(cells(&quarter), [["2022年3月", "1"]], "one row is its own total");
    assert!(!quarter.has_total);
    assert!(taken(&memory, "works/by-month/2021", NOW).unwrap().rows.is_empty());
}

#[test]
fn lines_are_listed_up_to_a_bound() {
    let mut memory = three();
    let listed = taken(&memory, "works/listed", NOW).unwrap();
    assert_eq!(cells(&listed), [["丙", "是"], ["乙", "否"], ["甲", "是"]]);
    assert_eq!((listed.period, listed.has_total), (None, false));
    for number in 3..ROWS_MAX {
        work(&mut memory, &format!("{number:06}"), VILLAGE, date(2022, 4, 1), (1, &["road"]), None);
    }
    assert_eq!(taken(&memory, "works/listed", NOW).unwrap().rows.len(), ROWS_MAX);
    work(&mut memory, "多", VILLAGE, date(2022, 4, 1), (1, &["road"]), None);
    assert_eq!(
        refused(&memory, "works/listed"),
        format!("：报表“工程一览”有{}行，刊印的至多200行；请缩短期间，或者选分组汇总的报表", ROWS_MAX + 1)
    );
    assert!(taken(&memory, "works/spent/2022", NOW).is_ok(), "however many lines it sums up");
}

#[test]
fn what_is_not_open_to_everybody_is_refused_with_its_reason() {
    let memory = empty();
    for (written, reason) in [
        ("works/money/2022", "“造价”不对公众开放"),
        ("works/both", "是几张报表的汇总"),
        ("works/none", "没有报表“works/none”"),
        ("none/spent", "没有报表“none/spent”"),
        ("works", "没有报表“works/”"),
        ("", "没有报表“/”"),
        ("works/spent/上月", "看不懂期间“上月”"),
        ("works/spent/2022/03", "看不懂期间“2022/03”"),
        ("works/spent/2023", "期间“2023”还没有开始"),
        ("works/listed/2022", "没有期间"),
    ] {
        let said = refused(&memory, written);
        assert!(said.contains(reason), "{written}: {said}");
    }
    let before = taken(&memory, "works/spent", date(2022, 2, 9).at(9, 0, 0, 0)).unwrap_err();
    assert!(before.zh.contains("这一天没有施行"), "{before:?}");
    let offered: Vec<&str> = printable(memory.rulebook(), NOW.date()).map(|(_, view)| view.name.as_str()).collect();
    assert_eq!(offered, ["by-month", "listed", "spent"]);
}
