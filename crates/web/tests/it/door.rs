//! The door: who guesses waits and nobody else does, sessions are seen and ended, passwords follow the county's rules.

use crate::api::told;
use crate::county::{Answer, Browser, PASSWORD, START, Sample};
use crate::program::Program;
use axum::http::StatusCode;
use jiff::ToSpan;
use serde_json::json;
use store::aside::GoingOn;
use store::aside::{Account, Given};
use store::identity::DoorKind;
use store::{Aside, StoreExt};

const NEW: &str = "River-Ab-975";

/// At a moment, however long nobody was there.
pub fn going(now: jiff::civil::DateTime) -> GoingOn {
    GoingOn { now, idle_minutes: None }
}

async fn try_in(browser: &mut Browser, name: &str, password: &str) -> Answer {
    let token = browser.get("/sign-in").await.token();
    browser.post("/sign-in", &[("name", name), ("password", password), ("_token", &token)]).await
}

fn account(sample: &Sample, person: &str) -> Account {
    sample.store.read(|snapshot| snapshot.account(person)).unwrap().unwrap()
}

#[tokio::test]
async fn a_stranger_cannot_lock_the_owner_out() {
    let sample = Sample::new();
    let mut owner = sample.browser("resident").await;
    let token = owner.get("/track").await.token();
    owner.post("/sign-out", &[("_token", &token)]).await;

    let mut stranger = sample.browser("").await;
    for _ in 0..5 {
        assert_eq!(try_in(&mut stranger, "resident", "guess").await.status, StatusCode::UNAUTHORIZED);
    }
    let waits = try_in(&mut stranger, "resident", PASSWORD).await;
    assert!(
        waits.text().contains("09:15 以后再试"),
        "even the right password, once too many were wrong: {}",
        waits.text()
    );
    assert_eq!(
        try_in(&mut stranger, "neighbour", PASSWORD).await.status,
        StatusCode::SEE_OTHER,
        "another name is free"
    );

    assert_eq!(
        try_in(&mut owner, "resident", PASSWORD).await.status,
        StatusCode::SEE_OTHER,
        "same address, known device"
    );
    let mut elsewhere = sample.browser("").await;
    elsewhere.address = "198.51.100.7".into();
    assert_eq!(try_in(&mut elsewhere, "resident", PASSWORD).await.status, StatusCode::SEE_OTHER, "another address");
}

#[tokio::test]
async fn a_known_device_has_to_wait_as_well_and_ever_longer() {
    let sample = Sample::new();
    let mut owner = sample.browser("resident").await;
    let token = owner.get("/track").await.token();
    owner.post("/sign-out", &[("_token", &token)]).await;
    for _ in 0..5 {
        try_in(&mut owner, "resident", "guess").await;
    }
    sample.clock.set_to(START.saturating_add(15.minutes()));
    assert_eq!(try_in(&mut owner, "resident", "guess").await.status, StatusCode::UNAUTHORIZED);
    assert!(try_in(&mut owner, "resident", PASSWORD).await.text().contains("以后再试"), "the wait is longer now");
    sample.clock.set_to(START.saturating_add(25.hours()));
    assert_eq!(try_in(&mut owner, "resident", PASSWORD).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn nobodys_name_is_answered_as_somebodys() {
    let sample = Sample::new();
    let mut browser = sample.browser("").await;
    for name in ["resident", "no-such-name"] {
        for _ in 0..5 {
            assert!(try_in(&mut browser, name, "guess").await.text().contains("用户名或密码不对"));
        }
        assert!(try_in(&mut browser, name, "guess").await.text().contains("以后再试"));
    }
    let (noted, _) =
        sample.store.read(|snapshot| snapshot.door_events_within(START.date(), START.date(), &|_| true, 99)).unwrap();
    let wrong: Vec<_> = noted.iter().filter(|event| event.what == DoorKind::Wrong).collect();
    assert_eq!(wrong.iter().filter(|event| event.person.as_deref() == Some("resident")).count(), 5);
    assert_eq!(wrong.iter().filter(|event| event.person.is_none()).count(), 5);
    assert!(wrong.iter().all(|event| event.address == "192.0.2.*"), "{wrong:?}");
}

#[tokio::test]
async fn many_names_from_one_address_have_to_wait() {
    let sample = Sample::new();
    let mut browser = sample.browser("").await;
    for n in 0..50 {
        assert_eq!(try_in(&mut browser, &format!("name-{n}"), "guess").await.status, StatusCode::UNAUTHORIZED);
    }
    assert!(try_in(&mut browser, "name-50", "guess").await.text().contains("以后再试"));
}

#[tokio::test]
async fn sessions_are_seen_and_ended() {
    let sample = Sample::new();
    let mut here = sample.browser("window").await;
    let mut phone = sample.browser("window").await;
    let mut other = sample.browser("resident").await;
    let page = here.get("/account/sessions").await.text();
    assert!(page.contains("192.0.2.*") && page.contains("本机") && page.contains("登录记录"), "{page}");
    let ended = here.fill("/account/sessions", "/account/sessions", &[]).await;
    assert_eq!(ended.location, "/account/sessions", "{}", ended.text());
    assert_eq!(phone.get("/account").await.status, StatusCode::SEE_OTHER);
    assert_eq!(here.get("/desk").await.status, StatusCode::OK);
    let sessions = sample.store.read(|snapshot| snapshot.sessions("resident", going(START))).unwrap();
    let token = here.get("/account/sessions").await.token();
    let foreign = [("_token", token.as_str()), ("do", "end"), ("id", &sessions[0].digest)];
    assert_eq!(here.post("/account/sessions", &foreign).await.status, StatusCode::NOT_FOUND, "nobody ends another's");
    assert_eq!(other.get("/track").await.status, StatusCode::OK);
    assert_eq!(here.post("/account/sessions", &[("_token", &token)]).await.status, StatusCode::BAD_REQUEST);
    let english = here.get("/account/sessions?lang=en").await.text();
    assert!(english.contains("Ended other sessions"), "{english}");
}

#[tokio::test]
async fn a_session_that_nobody_used_is_listed_nowhere() {
    let sample = Sample::running();
    let mut here = sample.browser("window").await;
    sample.browser("window").await;
    let rows = |page: &str| page.matches("192.0.2.*").count();
    let before = rows(&here.get("/account/sessions").await.text());
    sample.clock.set_to(START.saturating_add(30.minutes()));
    here.get("/desk").await;
    sample.clock.set_to(START.saturating_add(45.minutes()));
    let page = here.get("/account/sessions").await.text();
    assert_eq!(rows(&page), before - 1, "the other is over: {page}");
    assert!(page.contains("只在这里登录"), "{page}");
}

#[tokio::test]
async fn programs_see_and_end_sessions_too() {
    let sample = Sample::new();
    let (first, second) = (Program::of(&sample, "window").await, Program::of(&sample, "window").await);
    let listed = first.get("/api/v1/account/sessions").await.body;
    let sessions = listed["sessions"].as_array().unwrap();
    assert_eq!((sessions.len(), sessions.iter().filter(|one| one["here"] == true).count()), (2, 1));
    let other = sessions.iter().find(|one| one["here"] == false).unwrap()["id"].as_str().unwrap();
    let path = format!("/api/v1/account/sessions/{other}");
    assert_eq!(first.ask("DELETE", &path, &[], None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(first.ask("DELETE", &path, &[], None).await.status, StatusCode::NOT_FOUND);
    assert_eq!(second.get("/api/v1/session").await.status, StatusCode::UNAUTHORIZED);
    let third = Program::of(&sample, "window").await;
    let rest = first.ask("DELETE", "/api/v1/account/sessions", &[], None).await;
    assert_eq!(rest.status, StatusCode::NO_CONTENT);
    assert_eq!(third.get("/api/v1/session").await.status, StatusCode::UNAUTHORIZED);
    let weak = first.post("/api/v1/account/password", json!({ "current": PASSWORD, "new": "short" })).await;
    assert_eq!((told(&weak).0, weak.body["errors"][0]["field"].as_str()), (422, Some("new")), "{}", weak.body);
    let done = first.post("/api/v1/account/password", json!({ "current": PASSWORD, "new": NEW })).await;
    assert_eq!(done.status, StatusCode::NO_CONTENT, "{}", done.body);
}

#[tokio::test]
async fn a_new_password_ends_every_other_session() {
    let sample = Sample::new();
    let mut here = sample.browser("window").await;
    let mut phone = sample.browser("window").await;
    let form = |current, wished, again| [("current", current), ("wished", wished), ("again", again)];
    const PAGE: &str = "/account/password";
    for (fields, says) in [
        (form("guess", NEW, NEW), "现在的密码不对"),
        (form(PASSWORD, NEW, "River-Ab-976"), "不一样"),
        (form(PASSWORD, "short", "short"), "10 至 128"),
        (form(PASSWORD, PASSWORD, PASSWORD), "三种"),
    ] {
        let refused = here.fill(PAGE, PAGE, &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().contains(says), "{says}: {}", refused.text());
    }
    assert_eq!(here.fill(PAGE, PAGE, &form(PASSWORD, NEW, NEW)).await.status, StatusCode::SEE_OTHER);
    assert_eq!(phone.get("/account").await.status, StatusCode::SEE_OTHER);
    assert_eq!(here.get("/desk").await.status, StatusCode::OK);
    let back = here.fill(PAGE, PAGE, &form(NEW, PASSWORD, PASSWORD)).await;
    assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY);
    let same = here.fill(PAGE, PAGE, &form(NEW, NEW, NEW)).await;
    assert!(same.text().contains("最近用过"), "{}", same.text());
    let mut fresh = sample.browser("").await;
    assert_eq!(try_in(&mut fresh, "window", PASSWORD).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(try_in(&mut fresh, "window", NEW).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn an_open_browser_does_not_give_away_the_password() {
    let sample = Sample::new();
    let mut here = sample.browser("window").await;
    const PAGE: &str = "/account/password";
    for _ in 0..5 {
        here.fill(PAGE, PAGE, &[("current", "guess"), ("wished", NEW), ("again", NEW)]).await;
    }
    let right = here.fill(PAGE, PAGE, &[("current", PASSWORD), ("wished", NEW), ("again", NEW)]).await;
    assert!(right.text().contains("09:15 以后再试"), "{}", right.text());
    let mut waited = here.clone();
    sample.clock.set_to(START.saturating_add(15.minutes()));
    let done = waited.fill(PAGE, PAGE, &[("current", PASSWORD), ("wished", NEW), ("again", NEW)]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "then it works: {}", done.text());
}

#[tokio::test]
async fn a_password_from_an_administrator_only_sets_ones_own() {
    let sample = Sample::new();
    sample.store.put_account(Account { given: Given::Office, ..account(&sample, "window") }).unwrap();
    let mut window = sample.browser("").await;
    let first = try_in(&mut window, "window", PASSWORD).await;
    assert!(first.text().contains("管理员给的"), "{}", first.text());
    assert_eq!(window.get("/desk").await.location, "/account/password?back=/desk", "no page before that");
    let (status, told) = window.json("GET", "/api/v1/desk", None, &json!({})).await;
    assert_eq!((status, told["code"].as_str()), (StatusCode::FORBIDDEN, Some("sign-in-due")));
    let page = "/account/password?back=/desk";
    let done = window.fill(page, "/account/password", &[("current", PASSWORD), ("wished", NEW), ("again", NEW)]).await;
    assert_eq!((done.status, done.location.as_str()), (StatusCode::SEE_OTHER, "/desk"), "{}", done.text());
    assert_eq!(window.get("/desk").await.status, StatusCode::OK);
    assert_eq!(account(&sample, "window").given, Given::Own);
}

#[tokio::test]
async fn the_password_of_a_sample_account_stays() {
    let sample = Sample::new();
    sample.store.put_account(Account { given: Given::Demo, ..account(&sample, "window") }).unwrap();
    let mut window = sample.browser("window").await;
    const PAGE: &str = "/account/password";
    let answer = window.fill(PAGE, PAGE, &[("current", PASSWORD), ("wished", NEW), ("again", NEW)]).await;
    assert!(answer.text().contains("公开的"), "{}", answer.text());
}

#[tokio::test]
async fn under_a_running_clock_sessions_end_and_passwords_grow_old() {
    let sample = Sample::running();
    let mut window = sample.browser("window").await;
    sample.clock.set_to(START.saturating_add(30.minutes()));
    assert_eq!(window.get("/desk").await.status, StatusCode::OK);
    sample.clock.set_to(START.saturating_add(50.minutes()));
    assert_eq!(window.get("/desk").await.status, StatusCode::OK, "it was used in between");
    sample.clock.set_to(START.saturating_add(90.minutes()));
    assert_eq!(window.get("/account").await.status, StatusCode::SEE_OTHER, "not used for half an hour");
    let mut busy = sample.browser("window").await;
    for minutes in (100..100 + 12 * 60).step_by(20) {
        sample.clock.set_to(START.saturating_add(i64::from(minutes).minutes()));
        busy.get("/desk").await;
    }
    sample.clock.set_to(START.saturating_add((90 + 12 * 60).minutes()));
    assert_eq!(busy.get("/account").await.status, StatusCode::SEE_OTHER, "no session lasts longer than twelve hours");
    sample.clock.set_to(START.saturating_add(90.days()));
    let mut window = sample.browser("").await;
    assert!(try_in(&mut window, "window", PASSWORD).await.text().contains("每 90 天"));
    let mut resident = sample.browser("").await;
    assert_eq!(
        try_in(&mut resident, "resident", PASSWORD).await.status,
        StatusCode::SEE_OTHER,
        "residents keep theirs"
    );
}
