//! Drafts of regulations: who may write them, what is said of them, and that nothing written is lost; and a text that comes into force.

use crate::county::{Browser, Sample, nine};
use axum::http::StatusCode;
use jiff::civil::date;
use store::StoreExt;

/// A draft that begins with the regulation of stalls; its address.
async fn begun(clerk: &mut Browser, from: &str) -> String {
    let answer = clerk.fill("/editor", "/editor", &[("from", from)]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    answer.location
}

fn stalls(sample: &Sample) -> String {
    sample.store.read(|snapshot| Ok(snapshot.world().rulebook().regulations["stalls"].source.to_string())).unwrap()
}

async fn read(browser: &mut Browser, path: &str) -> String {
    let answer = browser.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
    answer.text()
}

#[tokio::test]
async fn only_posts_that_may_file_a_text_may_draft_one() {
    let sample = Sample::of_law();
    for (person, status) in [
        ("", StatusCode::SEE_OTHER),
        ("resident", StatusCode::FORBIDDEN),
        ("village-head", StatusCode::FORBIDDEN),
        ("county-agriculture", StatusCode::OK),
    ] {
        let got = sample.browser(person).await.get("/editor").await.status;
        let anonymous = person.is_empty() && got == StatusCode::UNAUTHORIZED;
        assert!(got == status || anonymous, "{person}: {got}");
    }
    // Nobody else sees it.
    let draft = begun(&mut sample.browser("county-agriculture").await, "stalls").await;
    assert_eq!(sample.browser("township-head").await.get(&draft).await.status, StatusCode::FORBIDDEN);
    // Where no regulation takes texts, nobody drafts any.
    assert_eq!(Sample::new().browser("county-agriculture").await.get("/editor").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn findings_preview_and_changes_follow_what_is_written() {
    let sample = Sample::of_law();
    let mut clerk = sample.browser("county-agriculture").await;
    let draft = begun(&mut clerk, "stalls").await;
    assert!(read(&mut clerk, &draft).await.contains("没有错误"));
    assert!(read(&mut clerk, &format!("{draft}/changes")).await.contains("没有变化"));

    let broken = stalls(&sample).replace("max-area: { value: 12 m²", "max-area: { value: 12 miles²");
    let token = clerk.get(&draft).await.token();
    let live = clerk.post(&format!("{draft}/findings"), &[("_token", &token), ("text", &broken)]).await.text();
    assert!(live.contains("处错误") && live.contains("data-line"), "{live}");
    // Looking at findings saves nothing.
    assert!(read(&mut clerk, &draft).await.contains("没有错误"));

    let text = stalls(&sample).replace("12 m²", "15 m²");
    assert_eq!(
        clerk.fill(&draft, &draft, &[("text", &text), ("name", "摊位放宽")]).await.status,
        StatusCode::SEE_OTHER
    );
    let page = read(&mut clerk, &draft).await;
    assert!(page.contains("摊位放宽") && page.contains("15 m²"), "{page}");
    let changes = read(&mut clerk, &format!("{draft}/changes")).await;
    assert!(changes.contains("摊位面积上限") && changes.contains("15 m²") && changes.contains("12 m²"), "{changes}");
    assert!(changes.contains("影响谁"), "{changes}");
    let preview = read(&mut clerk, &format!("{draft}/preview")).await;
    assert!(
        preview.contains("这是草稿") && preview.contains("集市摊位管理办法") && preview.contains("<svg"),
        "{preview}"
    );

    assert_eq!(
        clerk.fill(&draft, &draft, &[("text", &broken)]).await.status,
        StatusCode::SEE_OTHER,
        "a draft may have errors"
    );
    assert!(read(&mut clerk, &format!("{draft}/preview")).await.contains("先改正错误"));
    let file = clerk.get(&format!("{draft}/text")).await;
    assert_eq!(file.text(), broken);
}

#[tokio::test]
async fn another_window_and_a_text_too_long_lose_nothing() {
    let sample = Sample::of_law();
    let mut clerk = sample.browser("county-agriculture").await;
    let draft = begun(&mut clerk, "stalls").await;
    let old = clerk.get(&draft).await;
    assert_eq!(clerk.fill(&draft, &draft, &[("text", "第一个窗口")]).await.status, StatusCode::SEE_OTHER);
    let token = old.token();
    let behind = clerk.post(&draft, &[("_token", &token), ("revision", "1"), ("text", "第二个窗口")]).await;
    assert_eq!(behind.status, StatusCode::CONFLICT);
    assert!(behind.text().contains("第一个窗口") && behind.text().contains("第二个窗口"), "{}", behind.text());
    assert!(read(&mut clerk, &draft).await.contains("第一个窗口"));
    // Knowing it, the second one may have it so.
    assert_eq!(
        clerk.post(&draft, &[("_token", &token), ("revision", "2"), ("text", "第二个窗口")]).await.status,
        StatusCode::SEE_OTHER
    );
    assert!(read(&mut clerk, &draft).await.contains("第二个窗口"));

    let long = "长".repeat(regulation::trial::TEXT_MAX as usize + 1);
    let answer = clerk.post(&draft, &[("_token", &token), ("revision", "3"), ("text", &long)]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(read(&mut clerk, &draft).await.contains("第二个窗口"));

    assert_eq!(clerk.post(&format!("{draft}/drop"), &[("_token", &token)]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(clerk.get(&draft).await.status, StatusCode::NOT_FOUND);
    for _ in 0..30 {
        begun(&mut clerk, "").await;
    }
    assert_eq!(clerk.post("/editor", &[("_token", &token)]).await.status, StatusCode::CONFLICT);
    // Residents' drafts are elsewhere.
    assert!(!read(&mut clerk, "/track").await.contains("regulation-text"));
}

#[tokio::test]
async fn a_text_that_was_signed_comes_into_force_at_midnight() {
    let sample = Sample::of_law();
    let mut clerk = sample.browser("county-agriculture").await;
    let text = stalls(&sample).replace("12 m²", "15 m²");
    let form =
        serde_json::json!({ "law-text": stalls(&sample), "law-number": "示政发〔2022〕8号", "law-from": "2022-02-21" });
    let body = serde_json::json!({ "procedure": "lawmaking", "place": "999900", "form": form });
    let (status, begun_) = clerk.json("POST", "/api/v1/matters", None, &body).await;
    assert_eq!(status, StatusCode::CREATED, "{begun_}");
    let matter = begun_["id"].as_str().unwrap().to_owned();

    // The draft goes with it: the editor leads to the form of the act, filled in.
    let draft = begun(&mut clerk, "stalls").await;
    clerk.fill(&draft, &draft, &[("text", &text)]).await;
    let page = read(&mut clerk, &draft).await;
    let amend = format!("/matters/{matter}/acts/amend");
    assert!(page.contains(&amend), "{page}");
    let token = clerk.get(&draft).await.token();
    let filled = clerk.post(&amend, &[("_token", &token), ("_again", "yes"), ("law-text", &text)]).await;
    assert_eq!(filled.status, StatusCode::OK, "{}", filled.text());
    assert!(filled.text().contains("15 m²"), "{}", filled.text());
    let refused = serde_json::json!({ "act": "amend", "form": { "law-text": text.replace("15 m²", "15 miles"), "law-number": "示政发〔2022〕8号", "law-from": "2022-02-21" } });
    let acts = format!("/api/v1/matters/{matter}/acts");
    let (status, told) = clerk.json("POST", &acts, None, &refused).await;
    assert_eq!(
        (status, told["errors"][0]["field"].as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, Some("law-text")),
        "{told}"
    );
    let good = serde_json::json!({ "act": "amend", "form": { "law-text": text, "law-number": "示政发〔2022〕8号", "law-from": "2022-02-21" } });
    assert_eq!(clerk.json("POST", &acts, None, &good).await.0, StatusCode::OK);

    sample.advance(date(2022, 2, 20).at(23, 59, 59, 0));
    assert!(read(&mut clerk, "/gazette/stalls").await.contains("示政发〔2022〕1号"));
    sample.advance(nine(date(2022, 2, 21)));
    let regulation = read(&mut clerk, "/gazette/stalls").await;
    assert!(regulation.contains("示政发〔2022〕8号") && regulation.contains("2022年2月21日"), "{regulation}");
}
