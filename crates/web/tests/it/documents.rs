//! Documents: to each reader those that they may read, on the page as for programs, and notices page by page.

use crate::county::{IDENTITY_NUMBER, Sample};
use axum::http::StatusCode;
use serde_json::{Value, json};
use store::StoreExt;

/// An application that the village has checked, so that both notices are on display.
async fn displayed(sample: &Sample) -> String {
    let matter = crate::rights::begin(sample).await;
    let acts = format!("/api/v1/matters/{matter}/acts");
    let mut head = sample.browser("village-head").await;
    let (status, done) = head.json("POST", &acts, None, &json!({ "act": "pass" })).await;
    assert_eq!(status, StatusCode::OK, "{done}");
    matter
}

fn names(documents: &Value) -> Vec<&str> {
    documents.as_array().unwrap().iter().map(|one| one["document"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_public_is_told_of_no_document_that_it_may_not_read() {
    let sample = Sample::of_memos();
    let matter = displayed(&sample).await;
    let path = format!("/api/v1/matters/{matter}");
    for (who, expected) in [
        ("", vec!["stall-notice"]),
        ("neighbour", vec!["stall-notice"]),
        ("village-head", vec!["stall-notice", "stall-memo"]),
    ] {
        let mut browser = sample.browser(who).await;
        let (status, seen) = browser.json("GET", &path, None, &Value::Null).await;
        assert_eq!(status, StatusCode::OK, "{who}: {seen}");
        assert_eq!(names(&seen["documents"]), expected, "{who}");
        let page = browser.get(&format!("/matters/{matter}")).await.text();
        assert_eq!(page.matches(".pdf\">PDF</a>").count(), expected.len(), "{who}: {page}");
    }
}

#[tokio::test]
async fn a_page_of_notices_is_full_although_others_may_not_be_read() {
    let sample = Sample::of_memos();
    for _ in 0..4 {
        displayed(&sample).await;
    }
    let mut public = sample.browser("").await;
    let (mut path, mut pages) = ("/api/v1/notices?limit=1".to_owned(), Vec::new());
    loop {
        let (status, page) = public.json("GET", &path, None, &Value::Null).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        pages.push(page["items"].as_array().unwrap().len());
        assert!(names(&page["items"]).iter().all(|name| *name == "stall-notice"), "{page}");
        match page["next"].as_str() {
            Some(next) if pages.len() < 9 => path = next.to_owned(),
            _ => break,
        }
    }
    assert_eq!((&pages[..4], pages.iter().sum::<usize>()), (&[1, 1, 1, 1][..], 4), "{pages:?}");
}

#[tokio::test]
async fn rows_of_a_list_are_covered_as_other_answers_are() {
    let sample = Sample::new();
    let form = json!({
        "applicant-name": "林示例", "applicant-id": IDENTITY_NUMBER, "applicant-phone": "10000000001", "goods": "cloth", "area": "10",
        "helpers": [{ "helper-name": "帮工甲", "helper-phone": "10000000007" }], "needs-power": false, "signature": true,
    });
    let body = json!({ "procedure": "stall-application", "about": { "holder": "s1" }, "form": form });
    let (status, matter) = sample.browser("resident").await.json("POST", "/api/v1/matters", None, &body).await;
    assert_eq!(status, StatusCode::CREATED, "{matter}");
    let page = format!("/matters/{}", matter["id"].as_str().unwrap());
    for who in ["village-head", "resident", "county-agriculture"] {
        let mut browser = sample.browser(who).await;
        let covered = browser.get(&page).await.text();
        assert!(covered.contains("10*******07") && !covered.contains("10000000007"), "{who}: {covered}");
        let opened = browser.get(&format!("{page}?show=personal")).await.text();
        let opens = who == "resident";
        assert_eq!(opened.contains("10000000007"), opens, "{who}: {opened}");
        assert_eq!(opened.contains("10000000001"), opens, "{who}: as the applicant's own: {opened}");
    }
}

#[tokio::test]
async fn a_page_opens_what_the_purpose_needs_and_notes_each_kind() {
    let sample = Sample::new();
    let page = crate::trouble::applied(&sample).await;
    let id = page.trim_start_matches("/matters/").to_owned();
    let mut head = sample.browser("village-head").await;
    let form = head.get(&page).await.text();
    assert!(form.contains("value=\"verify\"") && form.contains("value=\"contact\""), "{form}");
    assert!(!form.contains("value=\"pay\"") && !form.contains("value=\"care\""), "nothing of these is there: {form}");
    for (purpose, why, status) in [
        ("", "核对", StatusCode::BAD_REQUEST),
        ("pay", "核对", StatusCode::BAD_REQUEST),
        ("verify", " ", StatusCode::BAD_REQUEST),
        ("verify", "与证件核对", StatusCode::OK),
    ] {
        let token = head.get(&page).await.token();
        let fields = [("purpose", purpose), ("why", why), ("_token", token.as_str())];
        let answer = head.post(&page, &fields).await;
        assert_eq!(answer.status, status, "{purpose} {why}: {}", answer.text());
        assert_eq!(answer.text().contains(IDENTITY_NUMBER), status == StatusCode::OK, "{purpose}");
        assert!(!answer.text().contains("10000000001"), "what the purpose does not need stays covered");
    }
    let noted = sample.store.read(|snapshot| snapshot.readings(&id, 9)).unwrap();
    let noted: Vec<(&str, &str, &str)> =
        noted.iter().map(|one| (one.post.as_str(), one.kind.as_str(), one.why.as_str())).collect();
    assert_eq!(noted, [("post-village-head", "identity", "核对身份：与证件核对")]);
    let mut county = sample.browser("county-agriculture").await;
    let token = county.get(&page).await.token();
    let fields = [("purpose", "verify"), ("why", "核对"), ("_token", token.as_str())];
    let answer = county.post(&page, &fields).await;
    assert!(answer.status.is_client_error() && !answer.text().contains(IDENTITY_NUMBER), "{}", answer.status);
}

#[tokio::test]
async fn who_sees_a_matter_covered_gets_neither_words_nor_paper_of_its_documents() {
    let sample = Sample::of_memos();
    let matter = displayed(&sample).await;
    let path = format!("/api/v1/matters/{matter}");
    let (_, seen) = sample.browser("village-head").await.json("GET", &path, None, &Value::Null).await;
    let address = |name: &str| {
        let found = seen["documents"].as_array().unwrap().iter().find(|one| one["document"] == name).unwrap();
        format!("/documents/{}", found["id"].as_str().unwrap())
    };
    let (memo, notice) = (address("stall-memo"), address("stall-notice"));
    let mut above = sample.browser("county-agriculture").await;
    let page = above.get(&memo).await.text();
    assert!(page.contains("部分内容已遮盖") && !page.contains(".pdf"), "{page}");
    assert_eq!(above.get(&format!("{memo}.pdf")).await.status, StatusCode::FORBIDDEN);
    assert_eq!(above.get(&format!("{memo}.proof")).await.status, StatusCode::NOT_FOUND);
    let (_, told) = above.json("GET", &format!("/api/v1{memo}"), None, &Value::Null).await;
    assert_eq!(told["paragraphs"], json!([]), "{told}");
    // No address is given of what would not be handed out.
    assert_eq!((&told["pdf"], &told["covered"]), (&Value::Null, &json!(true)), "{told}");
    let (_, whole) = above.json("GET", &path, None, &Value::Null).await;
    for one in whole["documents"].as_array().unwrap() {
        assert_eq!(one["pdf"].is_null(), one["document"] == "stall-memo", "{whole}");
    }
    assert!(seen["documents"].as_array().unwrap().iter().all(|one| one["pdf"].is_string()), "{seen}");
    // What hangs on the wall is covered for nobody.
    let shown = above.get(&notice).await.text();
    assert!(!shown.contains("部分内容已遮盖") && shown.contains(".pdf"), "{shown}");
    let page = above.get(&format!("/matters/{matter}")).await.text();
    assert_eq!(page.matches(".pdf\">PDF</a>").count(), 1, "{page}");
    let taking_part = sample.browser("village-head").await.get(&memo).await.text();
    assert!(!taking_part.contains("部分内容已遮盖") && taking_part.contains(".pdf"), "{taking_part}");
}
