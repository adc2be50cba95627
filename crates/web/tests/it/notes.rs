//! Notes of a matter on its page, on the page of notes and for programs: only for those who handle it.

use crate::county::{Answer, Browser, PUBLIC_URL, START, Sample};
use crate::rights::begin;
use axum::http::StatusCode;
use serde_json::{Value, json};
use store::outbox::{Contact, ContactState};
use store::{Outbox, StoreExt};
use web::outgoing::mail::letter;

const WORDS: &str = "摊位图上的面积对不上，请再量一次";
const WINDOW: &str = "township/window/999901";

async fn write(browser: &mut Browser, matter: &str, fields: &[(&str, &str)]) -> Answer {
    let address = format!("/matters/{matter}/notes");
    let page = browser.get(&address).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    let token = page.token();
    browser.post(&address, &[&[("_token", token.as_str())], fields].concat()).await
}

#[tokio::test]
async fn a_note_is_read_by_those_who_handle_the_matter_and_by_nobody_else() {
    let sample = Sample::new();
    let matter = begin(&sample).await;
    let mut head = sample.browser("village-head").await;
    let page = head.get(&format!("/matters/{matter}/notes")).await.text();
    assert!(page.contains(&format!("value=\"{WINDOW}\"")), "{page}");
    assert!(
        !page.contains("village/head/99990102") && !page.contains("林示例</span>"),
        "only those who read them: {page}"
    );
    let sent = write(&mut head, &matter, &[("text", WORDS), ("mention", WINDOW)]).await;
    assert_eq!(sent.location, format!("/matters/{matter}#notes"), "{}", sent.text());

    for (person, sees) in [("village-head", true), ("window", true), ("township-head", true), ("resident", false)] {
        let mut browser = sample.browser(person).await;
        let page = browser.get(&format!("/matters/{matter}")).await;
        assert_eq!(page.status, StatusCode::OK, "{person}");
        assert_eq!(page.text().contains(WORDS), sees, "{person}");
        let (status, whole) = browser.json("GET", &format!("/api/v1/matters/{matter}"), None, &Value::Null).await;
        assert_eq!(status, StatusCode::OK);
        assert!(!whole.to_string().contains(WORDS), "a matter as programs see it has no notes: {person}");
        assert_eq!(whole["timeline"].as_array().map(Vec::len), Some(1), "{person}");
        let notes = browser.json("GET", &format!("/api/v1/matters/{matter}/notes"), None, &Value::Null).await;
        assert_eq!(notes.0, if sees { StatusCode::OK } else { StatusCode::NOT_FOUND }, "{person}");
        assert_eq!(notes.1.to_string().contains(WORDS), sees);
    }
    for person in ["", "resident", "other-village-head", "other-window", "county-agriculture"] {
        let answer = sample.browser(person).await.get(&format!("/matters/{matter}/notes")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{person}");
    }
    let everything = sample.browser("resident").await.get("/track/everything").await.text();
    assert!(!everything.contains(WORDS), "nor in the copy of what is kept about them");
}

#[tokio::test]
async fn whoever_is_mentioned_finds_it_on_the_desk() {
    let sample = Sample::new();
    let matter = begin(&sample).await;
    let mut head = sample.browser("village-head").await;
    write(&mut head, &matter, &[("text", WORDS), ("mention", WINDOW)]).await;
    let desk = sample.browser("window").await.get("/desk").await.text();
    assert!(desk.contains("周村长在内部留言里提到了您或者您的岗位"), "{desk}");
    assert!(!desk.contains(WORDS), "its words are read on the matter");
    let other = sample.browser("township-head").await.get("/desk").await.text();
    assert!(!other.contains("内部留言"), "who is not mentioned is not told");
}

#[tokio::test]
async fn a_mail_about_a_note_says_that_there_is_one_and_no_word_of_it() {
    let sample = Sample::new();
    let matter = begin(&sample).await;
    let contact = Contact {
        person: "window".into(),
        address: "window@mail.example".into(),
        code: String::new(),
        state: ContactState::Confirmed,
        asked: START,
        until: START,
        tries: 0,
        own: true,
        posts: true,
    };
    sample.store.put_contact(contact).unwrap();
    sample.store.queue_deliveries(START).unwrap();
    let mut head = sample.browser("village-head").await;
    write(&mut head, &matter, &[("text", WORDS), ("mention", WINDOW)]).await;
    sample.store.queue_deliveries(START).unwrap();
    let letters = sample.store.read(|snapshot| {
        let queued = snapshot.deliveries(&matter)?;
        queued.iter().map(|one| letter(snapshot, one, PUBLIC_URL)).collect::<Result<Vec<_>, _>>()
    });
    let [Some(letter)] = &letters.unwrap()[..] else { panic!("one letter") };
    assert!(letter.text.contains("内部留言") && !letter.text.contains(WORDS), "{}", letter.text);
    assert!(letter.text.contains(&format!("{PUBLIC_URL}/matters/{matter}")) && !letter.html.contains(WORDS));
}

#[tokio::test]
async fn what_is_wrong_with_a_note_is_said_and_what_was_typed_stays() {
    let sample = Sample::new();
    let matter = begin(&sample).await;
    let mut head = sample.browser("village-head").await;
    for (fields, said) in [
        (vec![("text", "")], "请填写留言"),
        (vec![("text", WORDS), ("mention", "village/head/99990102")], "不能查看这一事项的内部留言"),
    ] {
        let answer = write(&mut head, &matter, &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        let page = answer.text();
        assert!(page.contains(said) && page.contains(fields[0].1), "{page}");
    }
    write(&mut head, &matter, &[("text", WORDS)]).await;
    let mut window = sample.browser("window").await;
    let foreign = write(&mut window, &matter, &[("strike", "0"), ("reason", "不是我写的")]).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    let none = write(&mut head, &matter, &[("strike", "0"), ("reason", " ")]).await;
    assert!(none.status == StatusCode::UNPROCESSABLE_ENTITY && none.text().contains("请填写划去的理由"));
    let struck = write(&mut head, &matter, &[("strike", "0"), ("reason", "看错了摊位")]).await;
    assert_eq!(struck.status, StatusCode::SEE_OTHER, "{}", struck.text());
    let page = window.get(&format!("/matters/{matter}")).await.text();
    assert!(page.contains(&format!("<s>{WORDS}</s>")) && page.contains("看错了摊位"), "{page}");
}

#[tokio::test]
async fn programs_write_and_strike_out_notes_once() {
    let sample = Sample::new();
    let matter = begin(&sample).await;
    let address = format!("/api/v1/matters/{matter}/notes");
    let mut head = sample.browser("village-head").await;
    let body = json!({ "text": WORDS, "mention": [WINDOW] });
    for _ in 0..2 {
        let (status, answer) = head.json("POST", &address, Some("one"), &body).await;
        assert_eq!(status, StatusCode::CREATED, "{answer}");
        assert_eq!(answer["notes"].as_array().map(Vec::len), Some(1), "sent twice, written once");
    }
    for wrong in [json!({ "text": WORDS, "mention": "window" }), json!({ "mention": [] }), json!({ "text": 3 })] {
        assert_eq!(head.json("POST", &address, None, &wrong).await.0, StatusCode::BAD_REQUEST, "{wrong}");
    }
    let unknown = json!({ "text": WORDS, "mention": ["nobody"] });
    assert_eq!(head.json("POST", &address, None, &unknown).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    let mut resident = sample.browser("resident").await;
    assert_eq!(resident.json("POST", &address, None, &body).await.0, StatusCode::NOT_FOUND);
    let strike = json!({ "reason": "看错了摊位" });
    let (status, answer) = head.json("POST", &format!("{address}/0/strike"), None, &strike).await;
    assert_eq!((status, &answer["notes"][0]["struck"]["reason"]), (StatusCode::OK, &strike["reason"]), "{answer}");
    assert_eq!(head.json("POST", &format!("{address}/x/strike"), None, &strike).await.0, StatusCode::NOT_FOUND);
}
