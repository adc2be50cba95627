//! Who looked at whose personal data: searched and taken out by the audit administrator, who is watched in turn.

use crate::county::{Browser, START, Sample, encode};
use axum::http::StatusCode;
use jiff::ToSpan;
use jiff::civil::DateTime;
use store::aside::Reading;
use store::{Aside, StoreExt};

fn look(sample: &Sample, person: &str, subject: &str, kind: &str, why: &str, at: DateTime) {
    let reading = Reading {
        subject: subject.into(),
        at,
        person: person.into(),
        post: format!("post-{person}"),
        kind: kind.into(),
        why: why.into(),
    };
    sample.store.log_reading(reading).unwrap();
}

/// A few looks of this week, one of last month.
fn looked(sample: &Sample) {
    look(sample, "window", "stallholders/s1", "identity", "核对身份", START);
    look(sample, "window", "stallholders/s2", "contact", "=HYPERLINK(\"x\")", START.saturating_add(1.minute()));
    look(sample, "assistant", "stallholders/s1", "contact", "约时间看摊位", START.saturating_sub(1.day()));
    look(sample, "assistant", "stallholders/s2", "identity", "上个月的", START.saturating_sub(30.days()));
}

async fn found(browser: &mut Browser, query: &str) -> String {
    let answer = browser.get(&format!("/admin/looks{query}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{query}: {}", answer.text());
    let page = answer.text();
    page.split("<table").nth(1).and_then(|rest| rest.split("</table>").next()).unwrap_or_default().to_owned()
}

#[tokio::test]
async fn looks_are_searched_by_day_person_subject_and_reason_and_searching_is_noted() {
    let sample = Sample::administered();
    looked(&sample);
    let mut audit = sample.browser("audit").await;
    const ALL: [&str; 4] = ["核对身份", "HYPERLINK", "约时间看摊位", "上个月的"];
    let resident = encode("林示例");
    for (query, expected) in [
        (String::new(), vec![0, 1, 2]),
        ("?from=2022-01-01&to=2022-02-14".into(), vec![0, 1, 2, 3]),
        ("?from=2022-02-14&to=2022-02-14".into(), vec![0, 1]),
        (format!("?who={}", encode("马窗口")), vec![0, 1]),
        ("?who=assistant&from=2022-01-01".into(), vec![2, 3]),
        ("?of=stallholders/s1".into(), vec![0, 2]),
        (format!("?of={resident}"), vec![0, 2]),
        (format!("?of={resident}&who=window"), vec![0]),
        ("?kind=contact".into(), vec![1, 2]),
        (format!("?why={}", encode("摊位")), vec![2]),
        ("?who=nobody-at-all".into(), vec![]),
        ("?of=nothing&why=%25".into(), vec![]),
    ] {
        let table = found(&mut audit, &query).await;
        let shown: Vec<usize> = (0..ALL.len()).filter(|place| table.contains(ALL[*place])).collect();
        assert_eq!(shown, expected, "{query}: {table}");
    }
    let noted = sample.store.read(|snapshot| snapshot.readings_by("audit", 50)).unwrap();
    assert!(
        noted.iter().all(|one| one.kind == "looks" && one.subject.starts_with("looks/") && one.post == "post-audit")
    );
    let table = found(&mut audit, "?who=audit").await;
    assert!(table.contains("查阅记录"), "whoever watches is watched: {table}");
    let own = found(&mut audit, "?kind=looks").await;
    assert!(own.contains("沈审计"), "{own}");
}

#[tokio::test]
async fn who_looked_is_for_the_audit_administrator_alone() {
    let sample = Sample::administered();
    looked(&sample);
    for page in ["/admin/looks", "/admin/looks/excel", "/admin/looks/csv"] {
        for who in ["system", "security", "window", "resident"] {
            assert_eq!(sample.browser(who).await.get(page).await.status, StatusCode::NOT_FOUND, "{who} at {page}");
        }
        let before = sample.store.read(|snapshot| snapshot.readings_by("audit", 50)).unwrap().len();
        sample.clock.set_to(sample.now().saturating_add(1.second()));
        assert_eq!(sample.browser("audit").await.get(page).await.status, StatusCode::OK, "{page}");
        let after = sample.store.read(|snapshot| snapshot.readings_by("audit", 50)).unwrap().len();
        assert_eq!(after, before + 1, "{page} is noted");
    }
}

#[tokio::test]
async fn looks_leave_as_sheets_in_which_nothing_is_a_formula() {
    let sample = Sample::administered();
    looked(&sample);
    let mut audit = sample.browser("audit").await;
    let csv = audit.get("/admin/looks/csv?from=2022-01-01").await;
    assert!(csv.media.starts_with("text/csv"), "{}", csv.media);
    let text = csv.text();
    assert_eq!(text.lines().count(), 5, "{text}");
    assert!(
        text.contains("'=HYPERLINK") && !text.contains(",=HYPERLINK") && text.contains("stallholders/s1"),
        "{text}"
    );
    let excel = audit.get("/admin/looks/excel?from=2022-01-01").await;
    assert!(excel.bytes.starts_with(b"PK"), "a sheet");
}
