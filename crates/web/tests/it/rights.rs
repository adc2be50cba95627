//! Rights as one table: who gets what answer from which address, and who may do which act at which step. A change shows as
//! a difference of the snapshot; a route without a line here fails the test.

use crate::county::{ADMINISTRATORS, Browser, IDENTITY_NUMBER, PEOPLE, Sample, nine};
use axum::http::StatusCode;
use jiff::civil::date;
use serde_json::{Value, json};
use std::fmt::Write;
use store::StoreExt;
use web::router::PAGES;

pub async fn begin(sample: &Sample) -> String {
    let form = json!({
        "applicant-name": "林示例", "applicant-id": IDENTITY_NUMBER, "applicant-phone": "10000000001", "goods": "cloth", "area": "10",
        "needs-power": false, "signature": true,
    });
    let body = json!({ "procedure": "stall-application", "about": { "holder": "s1" }, "form": form });
    let (status, matter) = sample.browser("resident").await.json("POST", "/api/v1/matters", None, &body).await;
    assert_eq!(status, StatusCode::CREATED, "{matter}");
    matter["id"].as_str().unwrap().to_owned()
}

/// The address with names filled in; a route whose names are unknown here must be added.
fn sample_path(route: &str, matter: &str) -> String {
    let mut path = route.to_owned();
    for (name, value) in [
        ("/matters/{id}", format!("/matters/{matter}")),
        ("/procedures/{id}", "/procedures/stall-application".into()),
        ("{name}", "stallholders".into()),
        // Closing comes before what else is done to rows.
        ("/{key}/close", "/s2/close".into()),
    ] {
        path = path.replace(name, &value);
    }
    for (name, value) in [
        ("{regulation}", "stalls"),
        ("{procedure}", "stall-application"),
        ("{draft}", "none"),
        ("{duty}", "none"),
        ("{post}", "post-window"),
        ("{fund}", "none"),
        ("{account}", "none"),
        ("{kind}", "excel"),
        ("{issue}", "2022-1"),
        ("{series}", "none"),
        ("{year}", "2022"),
        ("{serial}", "1"),
        ("{step}", "1"),
        ("{view}", "applications"),
        ("{share}", "none"),
        ("{matter}", matter),
        ("{digest}", "none"),
        ("{import}", "none"),
        ("{field}", "none"),
        ("{form}", "stall-form.pdf"),
        ("{act}", "pass"),
        ("{code}", "99990101"),
        ("{register}", "stallholders"),
        ("{key}", "s1"),
        ("{note}", "0"),
        ("{file}", "none.ics"),
        ("{id}", "none"),
        ("{document}", "none"),
        ("{*path}", "0/000"),
        ("{seq}", "1"),
        ("{old}", "0"),
        ("{new}", "0"),
    ] {
        path = path.replace(name, value);
    }
    assert!(!path.contains('{'), "{path} has a name without a sample: add one, and look at the table again");
    path
}

async fn ask(browser: &mut Browser, method: &str, path: &str) -> StatusCode {
    if path.starts_with("/api/") {
        return browser.json(method, path, None, &json!({})).await.0;
    }
    if method == "GET" {
        return browser.get(path).await.status;
    }
    let token = browser.get("/verify").await.token();
    let token = if token.is_empty() { browser.get("/services/stall-application/check").await.token() } else { token };
    browser.post(path, &[("_token", &token)]).await.status
}

#[tokio::test]
async fn who_gets_what_answer_from_which_address() {
    let mut table = format!("{:<58}", "");
    let people = std::iter::once("").chain(PEOPLE.iter().map(|person| person.0));
    let people: Vec<&str> = people.chain(ADMINISTRATORS.iter().map(|person| person.0)).collect();
    let pages =
        PAGES.iter().flat_map(|route| route.methods.iter().map(|method| ((*method).to_owned(), route.path.to_owned())));
    let lines: Vec<(String, String)> = pages
        .chain(web::api::addresses())
        .filter(|(method, path)| method != "DELETE" && !path.starts_with("/sign-"))
        .collect();
    let mut answers: Vec<Vec<u16>> = vec![Vec::new(); lines.len()];
    for person in &people {
        let sample = Sample::administered();
        let matter = begin(&sample).await;
        let mut browser = sample.browser(person).await;
        // Reading comes first, so that what is done changes nothing that is read.
        for reading in [true, false] {
            for (line, (method, route)) in lines.iter().enumerate() {
                if (method == "GET") == reading {
                    let path = sample_path(route, &matter);
                    answers[line].push(ask(&mut browser, method, &path).await.as_u16());
                }
            }
        }
        write!(table, " {:>12}", if person.is_empty() { "public" } else { person.get(..12).unwrap_or(person) })
            .unwrap();
    }
    for ((method, route), codes) in lines.iter().zip(&answers) {
        let address = format!("{method:<5} {route}");
        write!(table, "\n{address:<58}").unwrap();
        for code in codes {
            write!(table, " {code:>12}").unwrap();
        }
    }
    insta::assert_snapshot!("routes", table);
}

#[tokio::test]
async fn who_may_do_which_act_at_which_step() {
    let sample = Sample::new();
    let matter = begin(&sample).await;
    let mut table = String::new();
    let acts = format!("/api/v1/matters/{matter}/acts");
    for (step, by, act) in [
        ("village-check", "village-head", "pass"),
        ("display", "", ""),
        ("decision", "window", "approve"),
        ("approved", "", ""),
    ] {
        if step == "decision" {
            sample.advance(nine(date(2022, 2, 22)));
        }
        for (person, ..) in std::iter::once(("", "", "", "", "")).chain(PEOPLE) {
            let (status, seen) = sample
                .browser(person)
                .await
                .json("GET", &format!("/api/v1/matters/{matter}"), None, &Value::Null)
                .await;
            let allowed: Vec<&str> = seen["acts"]
                .as_array()
                .map(|acts| acts.iter().filter_map(|act| act["act"].as_str()).collect())
                .unwrap_or_default();
            let sees = match status {
                StatusCode::OK if seen.get("form").is_some() => "sees",
                StatusCode::OK => "sees what is public",
                _ => "sees nothing",
            };
            let notes = format!("/api/v1/matters/{matter}/notes");
            let reads = sample.browser(person).await.json("GET", &notes, None, &Value::Null).await.0;
            let notes = if reads == StatusCode::OK { "notes" } else { "" };
            let who = if person.is_empty() { "public" } else { person };
            writeln!(table, "{step:<14} {who:<20} {sees:<20} {notes:<6}{}", allowed.join(" ")).unwrap();
        }
        if !act.is_empty() {
            let (status, done) = sample.browser(by).await.json("POST", &acts, None, &json!({ "act": act })).await;
            assert_eq!(status, StatusCode::OK, "{done}");
        }
    }
    insta::assert_snapshot!("acts", table);
}

#[tokio::test]
async fn another_village_is_refused_and_the_look_is_noted_hs_t111() {
    let sample = Sample::new();
    let matter = begin(&sample).await;
    let page = sample.browser("other-village-head").await.get(&format!("/matters/{matter}")).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    let mut other = sample.browser("other-window").await;
    assert_eq!(
        other.json("GET", &format!("/api/v1/matters/{matter}"), None, &json!({})).await.0,
        StatusCode::NOT_FOUND
    );
    let noted = sample.store.read(|snapshot| snapshot.readings(&matter, 10)).unwrap();
    let refused = noted.iter().filter(|reading| reading.kind == "refused").map(|reading| reading.person.as_str());
    assert_eq!(refused.collect::<std::collections::BTreeSet<_>>(), ["other-village-head", "other-window"].into());
}
