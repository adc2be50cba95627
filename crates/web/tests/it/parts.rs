//! Who reads only the rows that are theirs: neither lists, filters, sheets, the interface nor a row's own address show another's.

use crate::county::{Browser, Sample};
use axum::http::StatusCode;
use serde_json::Value;

const ROWS: &str = "/registers/cared-for";

async fn sample() -> Sample {
    let sample = Sample::of_text("split.md", include_str!("fixtures/split.md"));
    let mut keeper = sample.browser("assistant").await;
    for (code, person, desk) in
        [("r1", "测试甲", "village-head"), ("r2", "测试乙", "window"), ("r3", "测试丙", "window")]
    {
        let fields = [("code", code), ("person", person), ("desk", desk), ("at", "99990101")];
        let enter = format!("{ROWS}/-/enter");
        let answer = keeper.fill(&enter, &enter, &fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    }
    sample
}

/// Whose names a text has.
fn named(text: &str) -> Vec<&'static str> {
    ["测试甲", "测试乙", "测试丙"].into_iter().filter(|name| text.contains(name)).collect()
}

async fn at(browser: &mut Browser, path: &str) -> Vec<&'static str> {
    let answer = browser.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
    named(&answer.text())
}

#[tokio::test]
async fn each_desk_reads_its_own_rows_and_no_other() {
    let sample = sample().await;
    for (who, expected) in [
        ("village-head", vec!["测试甲"]),
        ("window", vec!["测试乙", "测试丙"]),
        ("township-head", vec!["测试甲", "测试乙", "测试丙"]),
        ("assistant", vec!["测试甲", "测试乙", "测试丙"]),
    ] {
        let mut browser = sample.browser(who).await;
        assert_eq!(at(&mut browser, ROWS).await, expected, "{who}");
        assert_eq!(at(&mut browser, &format!("{ROWS}?sort=-code")).await, expected, "{who} in another order");
        // Asking for the other's rows finds none of them.
        for (desk, theirs) in [("village-head", vec!["测试甲"]), ("window", vec!["测试乙", "测试丙"])] {
            let both: Vec<&str> = theirs.into_iter().filter(|name| expected.contains(name)).collect();
            assert_eq!(at(&mut browser, &format!("{ROWS}?c.desk={desk}")).await, both, "{who} asks for {desk}");
        }
        let (status, rows) = browser.json("GET", "/api/v1/registers/cared-for", None, &Value::Null).await;
        assert_eq!((status, named(&rows.to_string())), (StatusCode::OK, expected.clone()), "{who} as a program");
        for (key, name) in [("r1", "测试甲"), ("r2", "测试乙")] {
            let shown = if expected.contains(&name) { StatusCode::OK } else { StatusCode::NOT_FOUND };
            assert_eq!(browser.get(&format!("{ROWS}/{key}")).await.status, shown, "{who} at {key}");
            let address = format!("/api/v1/registers/cared-for/rows/{key}");
            assert_eq!(browser.json("GET", &address, None, &Value::Null).await.0, shown, "{who} at {address}");
        }
    }
}

#[tokio::test]
async fn a_desk_of_none_of_them_reads_nothing() {
    let sample = sample().await;
    for who in ["other-village-head", "county-agriculture", "resident"] {
        let mut browser = sample.browser(who).await;
        let answer = browser.get(ROWS).await;
        assert!(named(&answer.text()).is_empty(), "{who}");
        assert_eq!(browser.get(&format!("{ROWS}/r1")).await.status, StatusCode::NOT_FOUND, "{who}");
    }
}

#[tokio::test]
async fn a_sheet_holds_the_rows_of_ones_own_desk_and_no_other() {
    let sample = sample().await;
    for (who, expected) in
        [("village-head", vec!["r1"]), ("window", vec!["r2", "r3"]), ("township-head", vec!["r1", "r2", "r3"])]
    {
        let mut browser = sample.browser(who).await;
        for query in ["", "?sort=-code", "?c.desk=window&c.desk=village-head"] {
            let answer = browser.get(&format!("{ROWS}/-/excel{query}")).await;
            assert_eq!((answer.status, answer.media.as_str()), (StatusCode::OK, sheets::MEDIA), "{who} {query}");
            assert_eq!(keys(&answer.bytes), expected, "{who} {query}");
        }
    }
    let nobody = sample.browser("resident").await.get(&format!("{ROWS}/-/excel")).await;
    assert_eq!(nobody.status, StatusCode::FORBIDDEN);
}

/// The keys of the rows of a sheet, in order.
fn keys(bytes: &[u8]) -> Vec<String> {
    let sheet = sheets::read(bytes, &|text| text == "编号", &sheets::Limits::default()).unwrap();
    let column = sheet.headings.iter().position(|heading| heading == "编号").unwrap();
    let mut keys: Vec<String> = sheet.rows.iter().map(|row| row.cells[column].text()).collect();
    keys.sort();
    keys
}
