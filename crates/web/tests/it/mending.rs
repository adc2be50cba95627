//! What a resident is asked to mend: the notice's items first, the rest folded, and a form that can be finished later; and what is said of it
//! before and after.

use crate::county::{Browser, START, Sample};
use axum::http::StatusCode;
use engine::{Act, Actor, Target};
use regulation::expr::{Record, Value};
use serde_json::json;
use store::{StoreExt, Submitted};

const CHECK: &str = "/services/garden/check";

/// A county with a grower.
fn county() -> Sample {
    let sample = Sample::of_text("mending.md", include_str!("fixtures/mending.md"));
    let form = [
        ("code", Value::Text("g1".into())),
        ("head", Value::Key("resident".into())),
        ("head-name", Value::Text("林示例".into())),
        ("place", Value::Key("9999010101".into())),
    ];
    let act = Act {
        target: Target::Register { register: "growers".into(), row: None, place: "9999010101".into() },
        name: "enter".into(),
        actor: Actor::Person { person: "assistant".into(), post: Some("post-assistant".into()) },
        form: form.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Record>(),
        fresh_ids: Vec::new(),
        proved: false,
    };
    let answer = sample.store.submit(store::Request { key: None, act, now: START }).unwrap();
    assert!(matches!(answer, Submitted::Done(_)), "{answer:?}");
    sample
}

/// An application that the window has sent back with two items.
async fn sent_back(sample: &Sample) -> String {
    let form = json!({ "applicant-name": "林示例", "area": "10", "kind": "new", "applicant-sign": true });
    let body = json!({ "procedure": "garden", "about": { "grower": "g1" }, "form": form });
    let (status, matter) = sample.browser("resident").await.json("POST", "/api/v1/matters", None, &body).await;
    assert_eq!(status, StatusCode::CREATED, "{matter}");
    let matter = format!("/matters/{}", matter["id"].as_str().unwrap());
    let items = [
        ("_rows.want-items", "2"),
        ("want-items.1.item", "面积"),
        ("want-items.1.requirement", "写明长宽"),
        ("want-items.2.item", "四至"),
        ("want-items.2.requirement", "写明邻户"),
    ];
    let asked = sample.browser("window").await.act(&matter, "want", &items).await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.text());
    matter
}

async fn mending(resident: &mut Browser, matter: &str) -> String {
    resident.get(&format!("{matter}/acts/mend")).await.text()
}

#[tokio::test]
async fn the_items_of_the_notice_come_first_and_what_was_filed_is_folded() {
    let sample = county();
    let matter = sent_back(&sample).await;
    let mut resident = sample.browser("resident").await;
    let page = mending(&mut resident, &matter).await;
    assert!(page.contains("先看：") && page.contains("补正告知书"), "the notice is at hand: {page}");
    assert!(page.contains("name=\"answers.1.item\" type=\"text\" value=\"面积\""), "{page}");
    assert!(page.contains("value=\"写明邻户\"") && page.contains("name=\"answers.2.papers\""), "{page}");
    let (first, folded) = page.split_once("要改申请里填的：菜地申请表").unwrap();
    assert!(first.contains("answers.2.answer") && !first.contains("name=\"area\""), "{page}");
    assert!(folded.contains("name=\"area\" type=\"text\" value=\"10\""), "{page}");
    let (folded, signed) = folded.split_once("</details>").unwrap();
    assert!(!folded.contains("applicant-sign") && signed.contains("applicant-sign"), "it is signed anew: {page}");
}

#[tokio::test]
async fn a_form_kept_for_later_comes_back_and_goes_when_it_is_filed() {
    let sample = county();
    let matter = sent_back(&sample).await;
    let mut resident = sample.browser("resident").await;
    let address = format!("{matter}/acts/mend");
    let answers = [
        ("_rows.answers", "2"),
        ("answers.1.item", "面积"),
        ("answers.1.answer", "长四米宽二点五米"),
        ("answers.2.item", "四至"),
        ("answers.2.answer", "东邻何家"),
        ("applicant-name", "林示例"),
        ("area", "10"),
        ("kind", "new"),
    ];
    let later = [&answers[..], &[("_later", "yes")]].concat();
    let kept = resident.fill(&address, &address, &later).await;
    assert_eq!((kept.status, kept.location.as_str()), (StatusCode::SEE_OTHER, "/track"), "{}", kept.text());
    let track = resident.get("/track").await.text();
    assert!(track.contains(&format!("href=\"{address}\"")), "it is among the drafts: {track}");
    assert!(mending(&mut resident, &matter).await.contains("长四米宽二点五米"));
    // Nobody else gets it.
    assert_eq!(sample.browser("neighbour").await.get(&address).await.status, StatusCode::NOT_FOUND);

    let signed = [&answers[..], &[("applicant-sign", "yes")]].concat();
    let done = resident.fill(&address, &address, &signed).await;
    assert_eq!((done.status, &done.location), (StatusCode::SEE_OTHER, &matter), "{}", done.text());
    assert!(!resident.get("/track").await.text().contains(&address), "the draft has gone");
}

#[tokio::test]
async fn no_clock_is_promised_that_does_not_run() {
    let sample = county();
    let form = json!({ "applicant-name": "林示例", "area": "10", "kind": "new", "applicant-sign": true });
    let body = json!({ "procedure": "garden", "about": { "grower": "g1" }, "form": form });
    let (_, matter) = sample.browser("resident").await.json("POST", "/api/v1/matters", None, &body).await;
    let address = format!("/matters/{}/acts/want", matter["id"].as_str().unwrap());
    let page = sample.browser("window").await.get(&address).await.text();
    assert!(page.contains("进入<b>待补正</b>") && !page.contains("逾期了结"), "{page}");
    let service = sample.browser("").await.get("/services/garden").await.text();
    assert!(!service.contains("逾期自动"), "nor on the figure: {service}");
}

#[tokio::test]
async fn the_self_check_takes_papers_as_given_and_says_what_to_bring() {
    let sample = county();
    let mut anybody = sample.browser("").await;
    let questions = anybody.get(CHECK).await.text();
    assert!(questions.contains("name=\"area\"") && !questions.contains("name=\"deed\""), "{questions}");
    let good = anybody.fill(CHECK, CHECK, &[("area", "10"), ("kind", "again")]).await.text();
    assert!(good.contains("符合条件") && !good.contains("不符合条件"), "{good}");
    assert!(good.contains("申请时带上") && good.contains("旧约"), "{good}");
    let new = anybody.fill(CHECK, CHECK, &[("area", "10"), ("kind", "new")]).await.text();
    assert!(!new.contains("申请时带上"), "a new garden needs no paper: {new}");
    let large = anybody.fill(CHECK, CHECK, &[("area", "20"), ("kind", "new")]).await.text();
    let (_, ways) = large.split_once("怎样就符合").unwrap();
    let first = ways.split("</li>").next().unwrap();
    assert!(first.contains("面积不大于12 平方米（现为 20 平方米）"), "what was typed is what one changes: {first}");
}

#[tokio::test]
async fn who_begins_something_for_an_office_is_not_called_the_person_concerned() {
    let sample = county();
    let body = json!({ "procedure": "memo", "place": "999901", "form": { "memo-text": "明日停水" } });
    let mut window = sample.browser("window").await;
    let (status, memo) = window.json("POST", "/api/v1/matters", None, &body).await;
    assert_eq!(status, StatusCode::CREATED, "{memo}");
    let matter = format!("/matters/{}", memo["id"].as_str().unwrap());
    let done = window.act(&matter, "send", &[]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    let page = window.get(&matter).await.text();
    assert!(page.contains("township/window") && !page.contains("当事人 马窗口"), "{page}");
}
