//! Cases written in Markdown, and the runner's own reports.

use crate::world::{county, rulebook, rulebook_of, two_townships};
use calendar::Holidays;
use engine::case::{Report, run};

const FIXTURES: &str = include_str!("dogs/fixtures.md");

fn report(text: &str) -> Report {
    run(text, FIXTURES, &rulebook(), &county(), &Holidays::built_in())
}

#[test]
fn dogs() {
    let report = report(include_str!("dogs/cases.md"));
    let failures: Vec<String> = report.failures.iter().map(ToString::to_string).collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
    assert_eq!(report.cases, 15);
    assert!(report.ids.contains_key("dg-t2") && report.ids.contains_key("dg-5.1"));
}

#[test]
fn stalls() {
    let rulebook = rulebook_of("stalls.md", include_str!("stalls/regulation.md"));
    let fixtures = include_str!("stalls/fixtures.md");
    let report = run(include_str!("stalls/cases.md"), fixtures, &rulebook, &county(), &Holidays::built_in());
    let failures: Vec<String> = report.failures.iter().map(ToString::to_string).collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn lists() {
    let rulebook = rulebook_of("lists.md", include_str!("lists/regulation.md"));
    let fixtures = include_str!("lists/fixtures.md");
    let report = run(include_str!("lists/cases.md"), fixtures, &rulebook, &county(), &Holidays::built_in());
    let failures: Vec<String> = report.failures.iter().map(ToString::to_string).collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
    assert_eq!(report.cases, 2);
}

#[test]
fn rates() {
    let rulebook = rulebook_of("rates.md", include_str!("rates/regulation.md"));
    let fixtures = include_str!("rates/fixtures.md");
    let report = run(include_str!("rates/cases.md"), fixtures, &rulebook, &county(), &Holidays::built_in());
    let failures: Vec<String> = report.failures.iter().map(ToString::to_string).collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
    assert_eq!(report.cases, 2);
}

#[test]
fn posts() {
    let rulebook = rulebook_of("posts.md", include_str!("../../../regulation/tests/fixtures/posts.md"));
    let fixtures = include_str!("posts/fixtures.md");
    let report = run(include_str!("posts/cases.md"), fixtures, &rulebook, &county(), &Holidays::built_in());
    let failures: Vec<String> = report.failures.iter().map(ToString::to_string).collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
    assert_eq!(report.cases, 3);
}

#[test]
fn watch() {
    let rulebook = rulebook_of("watch.md", include_str!("watch/regulation.md"));
    let fixtures = include_str!("watch/fixtures.md");
    let report = run(include_str!("watch/cases.md"), fixtures, &rulebook, &county(), &Holidays::built_in());
    let failures: Vec<String> = report.failures.iter().map(ToString::to_string).collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
    assert_eq!(report.cases, 8);
}

#[test]
fn alarms() {
    let rulebook = rulebook_of("alarms.md", include_str!("alarms/regulation.md"));
    let fixtures = include_str!("alarms/fixtures.md");
    let report = run(include_str!("alarms/cases.md"), fixtures, &rulebook, &county(), &Holidays::built_in());
    let failures: Vec<String> = report.failures.iter().map(ToString::to_string).collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
    assert_eq!(report.cases, 8);
}

#[test]
fn upkeep() {
    let rulebook = rulebook_of("upkeep.md", include_str!("upkeep/regulation.md"));
    let fixtures = include_str!("upkeep/fixtures.md");
    let report = run(include_str!("upkeep/cases.md"), fixtures, &rulebook, &county(), &Holidays::built_in());
    let failures: Vec<String> = report.failures.iter().map(ToString::to_string).collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
    assert_eq!(report.cases, 4);
}

#[test]
fn failures_say_line_expected_and_happened() {
    let text = "## 错 {dg-1}\n\n| 日期 | 谁 | 动作 | 内容 | 结果 |\n|---|---|---|---|---|\n";
    for (line, happened) in [
        ("| 2022-03-01 | 犬主 | apply | | → notice |", "→ village-check"),
        ("| 2022-03-01 | 犬主 | apply | | due c-village = 2022-03-06 |", "2022-03-07"),
        ("| 2022-03-01 | 犬主 | apply | | refused form |", "办成"),
        ("| 2022-03-01 | 犬主 | apply | chip= | ok |", "请填写“芯片号”"),
        ("| 2022-03-01 | 犬主 | apply | | own-dogs = 3 |", "0"),
        ("| 2022-03-01 | 犬主 | apply | | issued licence |", "没有有效的 licence"),
        ("| 2022-03-01 | 谁呀 | apply | | ok |", "人员中没有“谁呀”"),
        ("| 2022-03-01 | 犬主 | bark | | ok |", "没有事项可以“bark”"),
        ("| 2022-13-01 | 犬主 | apply | | ok |", "2022-13-01"),
        ("| 2022-03-01 | 犬主 | at nowhere | | ok |", "没有“nowhere”"),
    ] {
        let report = report(&format!("{text}{line}\n"));
        assert_eq!(report.failures.len(), 1, "{line}");
        assert_eq!(report.failures[0].line, 5, "{line}");
        assert!(report.failures[0].happened.contains(happened), "{line}: {}", report.failures[0]);
    }
}

#[test]
fn nonsense_is_reported_not_panicked_at() {
    for text in
        ["", "|", "| a |\n|", "# {", "## x {}\n|日期|\n|---|\n|2022|", "---\nplace: nowhere\n---\n## 人员\n|名|\n"]
    {
        let _ = report(text);
    }
}

/// A township that is merged, renamed, loses a village: the whole of it in cases.
#[test]
fn mergers() {
    let rulebook = rulebook_of("mergers.md", include_str!("mergers/regulation.md"));
    let fixtures = include_str!("mergers/fixtures.md");
    let county = two_townships();
    let report = run(include_str!("mergers/cases.md"), fixtures, &rulebook, &county, &Holidays::built_in());
    let failures: Vec<String> = report.failures.iter().map(ToString::to_string).collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
    assert_eq!(report.cases, 17);
}
