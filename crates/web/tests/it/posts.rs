//! Posts and their holders on pages and for programs: they follow acts at once.

use crate::county::{Browser, START, Sample};
use axum::http::StatusCode;
use engine::{Act, Actor, Target};
use jiff::civil::{Date, date};
use regulation::expr::{Record, Value};
use serde_json::json;
use std::collections::BTreeMap;
use store::{Request, StoreExt, Submitted};

fn key(id: &str) -> Value {
    Value::Key(id.into())
}

/// An act that starts a matter, by whoever decides on appointments here.
fn start(sample: &Sample, procedure: &str, act: &str, fields: &[(&str, Value)]) -> String {
    let form: Record = fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    let target = Target::Start { procedure: procedure.into(), place: "999900".into(), about: BTreeMap::new() };
    let actor = Actor::Person { person: "county-agriculture".into(), post: Some("post-county-agriculture".into()) };
    let act = Act { target, name: act.into(), actor, form, fresh_ids: Vec::new(), proved: false };
    match sample.store.submit(Request { key: None, act, now: START }).unwrap() {
        Submitted::Done(receipt) => receipt.subject,
        Submitted::Refused(refusal) => panic!("{refusal:#?}"),
    }
}

fn change(sample: &Sample, kind: &str, post: &str, person: &str, from: Date) -> String {
    let mut fields = vec![("kind", Value::Code(kind.into())), ("post", key(post)), ("from", Value::Date(from))];
    if !person.is_empty() {
        fields.push(("person", key(person)));
    }
    start(sample, "change", "decide", &fields)
}

async fn text(browser: &mut Browser, path: &str) -> String {
    let answer = browser.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
    answer.text()
}

#[tokio::test]
async fn who_is_relieved_has_nothing_of_the_post_from_the_next_request_on() {
    let sample = Sample::of_posts();
    let matter = start(&sample, "errand", "entrust", &[("deputy", key("post-window"))]);
    let (mut window, mut neighbour) = (sample.browser("window").await, sample.browser("neighbour").await);
    let (page, act) = (format!("/matters/{matter}"), format!("/matters/{matter}/acts/finish"));
    assert!(text(&mut window, "/desk").await.contains(&page));
    assert_eq!(window.get(&act).await.status, StatusCode::OK);
    assert_eq!(neighbour.get(&page).await.status, StatusCode::NOT_FOUND);
    let token = window.get(&act).await.token();

    // The last day was yesterday. Both sessions stay open.
    change(&sample, "relieve", "post-window", "", date(2022, 2, 13));
    change(&sample, "appoint", "post-window", "neighbour", date(2022, 2, 14));
    let late = window.post(&act, &[("_token", &token)]).await;
    assert!(late.status.is_client_error(), "{}", late.status);
    assert_eq!(window.get(&page).await.status, StatusCode::NOT_FOUND);
    assert_eq!(window.get("/posts").await.status, StatusCode::FORBIDDEN);
    let desk = text(&mut neighbour, "/desk").await;
    assert!(desk.contains(&page) && desk.contains("township/window"), "{desk}");
    let token = neighbour.get(&act).await.token();
    let answer = neighbour.post(&act, &[("_token", &token)]).await;
    assert!(answer.status.is_redirection() || answer.status.is_success(), "{}: {}", answer.status, answer.text());
}

#[tokio::test]
async fn vacant_posts_come_first_with_what_lies_there() {
    let sample = Sample::of_posts();
    start(&sample, "errand", "entrust", &[("deputy", key("post-window"))]);
    let matter = change(&sample, "relieve", "post-window", "", date(2022, 2, 13));
    let mut head = sample.browser("township-head").await;
    let page = text(&mut head, "/posts").await;
    let (vacant, held) = (page.find("township/window").unwrap(), page.find("周村长").unwrap());
    assert!(vacant < held && page.contains("7个岗位，1个空缺"), "{page}");
    let row = &page[page.find("<tr class=\"late\"").unwrap()..];
    assert!(row[..row.find("</tr>").unwrap()].contains("township/window"), "what lies at a vacant post stands out");
    let of_village = text(&mut head, "/posts?place=99990101").await;
    assert!(of_village.contains("village/head") && !of_village.contains("/posts/post-window\""), "{of_village}");
    assert!(text(&mut head, "/posts?vacant=yes").await.contains("共1个岗位"));
    assert!(text(&mut head, "/posts?q=%E5%91%A8%E6%9D%91%E9%95%BF").await.contains("共1个岗位"));

    let one = text(&mut head, "/posts/post-window").await;
    assert!(one.contains("马窗口") && one.contains(&format!("/matters/{matter}")) && one.contains("空缺"), "{one}");
    assert!(one.contains("posts#po-1"), "the clause of the act: {one}");
    assert_eq!(head.get("/posts/none").await.status, StatusCode::NOT_FOUND);
    assert_eq!(sample.browser("resident").await.get("/posts").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn programs_ask_who_held_a_post_on_a_day() {
    let sample = Sample::of_posts();
    change(&sample, "swap", "post-window", "neighbour", date(2022, 3, 1));
    let mut head = sample.browser("township-head").await;
    let mut ask = async |path: &str| {
        let (status, answer) = head.json("GET", path, None, &json!({})).await;
        (status.as_u16(), answer)
    };
    let (_, now) = ask("/api/v1/posts/post-window").await;
    assert_eq!((now["holders"][0]["name"].as_str(), now["vacant"].as_bool()), (Some("马窗口"), Some(false)));
    assert_eq!(now["holders"][0]["to"], "2022-02-28");
    let (_, then) = ask("/api/v1/posts/post-window?on=2022-03-01").await;
    assert_eq!(then["holders"][0]["person"], "neighbour");
    assert_eq!(then["tenures"][0]["given_by"]["clauses"][0], "po-1");
    assert_eq!(then["tenures"][1]["taken_by"]["act"], "decide");
    let (_, all) = ask("/api/v1/posts?office=township/window&on=2022-03-01").await;
    assert_eq!(all["items"].as_array().unwrap().len(), 2);
    assert_eq!(ask("/api/v1/posts?on=soon").await.0, 400);
    assert_eq!(ask("/api/v1/posts/none").await.0, 404);
}

#[tokio::test]
async fn an_officer_finds_the_way_to_a_deputy_and_is_not_asked_for_a_place() {
    let sample = Sample::of_posts();
    let mut head = sample.browser("township-head").await;
    let start = "/services/delegation/apply?act=delegate";
    for page in ["/account", "/posts/post-township-head", "/desk"] {
        let shown = text(&mut head, page).await;
        assert!(shown.contains(&start.replace('&', "&amp;")), "{page}: {shown}");
    }
    assert!(!text(&mut head, "/posts/post-window").await.contains(start), "of another's post nobody is deputised");
    let asked = text(&mut head, start).await;
    assert!(!asked.contains("name=\"place\""), "it lies where the post is: {asked}");
    let apply = "/services/delegation/apply";
    let begun = head.fill(start, apply, &[]).await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.text());
    let form = text(&mut head, &begun.location).await;
    assert!(form.contains("value=\"post-township-head\" selected"), "one's own post is chosen: {form}");
    assert!(!form.contains("value=\"post-county-agriculture\""), "others' posts are not offered: {form}");
}
