//! Second factors: setting one up, signing in with it, recovery, and posts that must have one.

use crate::api::told;
use crate::county::{Answer, Browser, PASSWORD, START, Sample, seconds_at};
use crate::door::going;
use crate::program::Program;
use axum::http::StatusCode;
use jiff::ToSpan;
use serde_json::json;
use store::aside::{Account, Given};
use store::identity::DoorKind;
use store::{Aside, StoreExt};

const PAGE: &str = "/account/second-factor";

async fn sign_in(browser: &mut Browser, name: &str) -> Answer {
    let token = browser.get("/sign-in").await.token();
    browser.post("/sign-in", &[("name", name), ("password", PASSWORD), ("_token", &token)]).await
}

/// What the app on somebody's telephone shows now.
fn app_code(sample: &Sample, person: &str) -> String {
    let factor = sample.store.read(|snapshot| snapshot.factor(person)).unwrap().unwrap();
    trust::totp_code(&factor.secret.unwrap(), seconds_at(sample.now()))
}

fn later(sample: &Sample, seconds: i64) {
    sample.clock.set_to(sample.now().saturating_add(seconds.seconds()));
}

/// The recovery codes on a page.
fn codes(page: &str) -> Vec<String> {
    page.split("<li><code>").skip(1).filter_map(|rest| Some(rest.split('<').next()?.to_owned())).collect()
}

async fn set_up(sample: &Sample, browser: &mut Browser, person: &str) -> Vec<String> {
    let begun = browser.fill(PAGE, PAGE, &[("_password", PASSWORD)]).await;
    let page = begun.text();
    assert!(page.contains("<svg") && page.contains("class=\"secret\""), "{page}");
    let mut form = begun.hidden(PAGE);
    form.push(("code".into(), app_code(sample, person)));
    let pairs: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let done = browser.post(PAGE, &pairs).await;
    let codes = codes(&done.text());
    assert_eq!(codes.len(), 10, "{}", done.text());
    later(sample, 30);
    codes
}

async fn code(browser: &mut Browser, page: &Answer, code: &str) -> Answer {
    let mut form = page.hidden("/sign-in/code");
    form.push(("code".into(), code.to_owned()));
    let pairs: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post("/sign-in/code", &pairs).await
}

#[tokio::test]
async fn signing_in_asks_for_the_code_and_takes_each_once() {
    let sample = Sample::new();
    let mut window = sample.browser("window").await;
    set_up(&sample, &mut window, "window").await;
    let mut other = sample.browser("").await;
    let asked = sign_in(&mut other, "window").await;
    assert!(asked.text().contains("输入验证码"), "{}", asked.text());
    assert_eq!(other.get("/desk").await.location, "/sign-in/code?back=/desk", "a password alone leads nowhere");
    assert_eq!(other.get("/account/password").await.location, "/sign-in/code?back=/account/password");
    assert_eq!(code(&mut other, &asked, "000000").await.status, StatusCode::UNAUTHORIZED);
    let right = app_code(&sample, "window");
    assert_eq!(code(&mut other, &asked, &right).await.status, StatusCode::SEE_OTHER);
    assert_eq!(other.get("/desk").await.status, StatusCode::OK);
    let mut third = sample.browser("").await;
    let asked = sign_in(&mut third, "window").await;
    let again = code(&mut third, &asked, &right).await;
    assert!(again.text().contains("已经用过"), "{}", again.text());
    later(&sample, 30);
    let next = app_code(&sample, "window");
    assert_eq!(code(&mut third, &asked, &next).await.status, StatusCode::SEE_OTHER);
    let events = window.get("/account/sessions").await.text();
    for words in ["待输验证码", "验证码输错", "启用双因素"] {
        assert!(events.contains(words), "{words}: {events}");
    }
}

#[tokio::test]
async fn the_token_of_the_first_step_leads_nowhere_after_the_second() {
    let sample = Sample::new();
    set_up(&sample, &mut sample.browser("window").await, "window").await;
    let mut other = sample.browser("").await;
    let asked = sign_in(&mut other, "window").await;
    let first = other.cookie();
    let next = app_code(&sample, "window");
    assert_eq!(code(&mut other, &asked, &next).await.status, StatusCode::SEE_OTHER);
    assert_eq!(other.get("/desk").await.status, StatusCode::OK);
    let mut who_knew_it = sample.browser("").await;
    for pair in first.split("; ") {
        let (name, value) = pair.split_once('=').unwrap();
        who_knew_it.put_cookie(name, value);
    }
    assert!(who_knew_it.get("/desk").await.location.starts_with("/sign-in"), "the token was another one");
}

#[tokio::test]
async fn a_recovery_code_serves_once() {
    let sample = Sample::new();
    let mut window = sample.browser("window").await;
    let codes = set_up(&sample, &mut window, "window").await;
    for (n, status) in [(0, StatusCode::SEE_OTHER), (0, StatusCode::UNAUTHORIZED), (1, StatusCode::SEE_OTHER)] {
        let mut other = sample.browser("").await;
        let asked = sign_in(&mut other, "window").await;
        assert_eq!(code(&mut other, &asked, &codes[n].to_uppercase()).await.status, status);
    }
    assert!(window.get(PAGE).await.text().contains("还剩恢复码：8"));
    let token = window.get(PAGE).await.token();
    let renew = |code: String| {
        [("do".to_owned(), "codes".to_owned()), ("code".to_owned(), code), ("_token".to_owned(), token.clone())]
    };
    let form = renew(codes[2].clone());
    let pairs: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let fresh = crate::factor::codes(&window.post(PAGE, &pairs).await.text());
    assert_eq!(fresh.len(), 10);
    let mut other = sample.browser("").await;
    let asked = sign_in(&mut other, "window").await;
    assert_eq!(code(&mut other, &asked, &codes[3]).await.status, StatusCode::UNAUTHORIZED, "earlier ones are void");
}

#[tokio::test]
async fn wrong_codes_have_to_wait_and_lock_no_known_device() {
    let sample = Sample::new();
    let mut window = sample.browser("window").await;
    set_up(&sample, &mut window, "window").await;
    let mut thief = sample.browser("").await;
    thief.address = "198.51.100.7".into();
    let asked = sign_in(&mut thief, "window").await;
    for _ in 0..5 {
        code(&mut thief, &asked, "000000").await;
    }
    let right = app_code(&sample, "window");
    assert!(code(&mut thief, &asked, &right).await.text().contains("以后再试"));
    let token = window.get("/track").await.token();
    window.post("/sign-out", &[("_token", &token)]).await;
    let asked = sign_in(&mut window, "window").await;
    assert_eq!(code(&mut window, &asked, &right).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn posts_that_must_have_a_second_factor_set_it_up_first() {
    let sample = Sample::asking_for_factors(&["township/head"]);
    let mut head = sample.browser("").await;
    let first = sign_in(&mut head, "township-head").await;
    assert!(first.text().contains("您的岗位必须用双因素"), "{}", first.text());
    assert_eq!(head.get("/desk").await.location, "/account/second-factor?back=/desk");
    assert!(!first.text().contains("name=\"_password\""), "the password was typed a moment ago: {}", first.text());
    set_up(&sample, &mut head, "township-head").await;
    assert_eq!(head.get("/desk").await.status, StatusCode::OK);
    let events = sample.store.read(|snapshot| snapshot.door_events("township-head", 9)).unwrap();
    let entered = events.iter().filter(|event| event.what == DoorKind::SignedIn).count();
    assert_eq!(entered, 1, "they came in once: {events:?}");
    let page = head.get(PAGE).await;
    assert!(page.text().contains("不能停用"), "{}", page.text());
    let right = app_code(&sample, "township-head");
    let form = [("do", "remove"), ("code", right.as_str()), ("_token", &page.token())];
    assert_eq!(head.post(PAGE, &form).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let mut window = sample.browser("").await;
    assert_eq!(sign_in(&mut window, "window").await.status, StatusCode::SEE_OTHER, "other posts need none");
}

#[tokio::test]
async fn whoever_finds_a_browser_open_sets_up_no_factor() {
    let sample = Sample::new();
    let mut window = sample.browser("window").await;
    for (typed, says) in [("", "请输入登录密码"), ("guess", "现在的密码不对")] {
        let refused = window.fill(PAGE, PAGE, &[("_password", typed)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().contains(says) && !refused.text().contains("<svg"), "{}", refused.text());
    }
    assert_eq!(sample.store.read(|snapshot| snapshot.factor("window")).unwrap(), None);
    // Its owner begins, and leaves it lying.
    window.fill(PAGE, PAGE, &[("_password", PASSWORD)]).await;
    let token = window.get(PAGE).await.token();
    for code in ["000000".to_owned(), app_code(&sample, "window")] {
        let lying = window.post(PAGE, &[("do", "confirm"), ("code", &code), ("_token", &token)]).await;
        assert_eq!(lying.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(!lying.text().contains("class=\"secret\"") && codes(&lying.text()).is_empty(), "{}", lying.text());
    }
    set_up(&sample, &mut window, "window").await;
}

#[tokio::test]
async fn security_takes_a_lost_factor_away() {
    let sample = Sample::administered();
    let mut window = sample.browser("window").await;
    set_up(&sample, &mut window, "window").await;
    let mut security = sample.browser("security").await;
    set_up(&sample, &mut security, "security").await;
    const SESSIONS: &str = "/admin/sessions";
    let token = security.get(SESSIONS).await.token();
    for (login, says) in [("no-such", "没有这个用户名"), ("resident", "没有启用双因素"), ("security", "自己的双因素")]
    {
        let form = [("do", "factor"), ("login", login), ("_token", token.as_str())];
        let refused = security.post(SESSIONS, &form).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{login}");
        assert!(refused.text().contains(says), "{login}: {}", refused.text());
    }
    let form = [("do", "factor"), ("login", "window"), ("_token", token.as_str())];
    for other in ["system", "audit", "window"] {
        let mut browser = if other == "window" { window.clone() } else { sample.browser(other).await };
        let token = browser.get("/track").await.token();
        let form = [("do", "factor"), ("login", "window"), ("_token", token.as_str())];
        assert_eq!(browser.post(SESSIONS, &form).await.status, StatusCode::NOT_FOUND, "{other}");
    }
    assert_eq!(security.post(SESSIONS, &form).await.location, SESSIONS);
    assert_eq!(window.get("/account").await.status, StatusCode::SEE_OTHER, "their sessions end");
    let alone = sign_in(&mut sample.browser("").await, "window").await;
    assert_eq!(alone.status, StatusCode::SEE_OTHER, "the password alone lets them in: {}", alone.text());
    let events = sample.store.read(|snapshot| snapshot.door_events("window", 9)).unwrap();
    let removed = events.iter().find(|event| event.what == DoorKind::FactorRemoved).unwrap();
    assert_eq!(removed.by.as_deref(), Some("security"));
}

#[tokio::test]
async fn a_program_leaves_also_where_it_came_in_only_half_way() {
    let sample = Sample::asking_for_factors(&["township/window"]);
    let mut program = Program::new(&sample).await;
    let half = program.post("/api/v1/session", json!({ "name": "window", "password": PASSWORD })).await;
    assert_eq!((half.status, half.body["due"].as_str()), (StatusCode::CREATED, Some("second-factor")));
    program.take(half.body["token"].as_str().unwrap());
    let sessions = || sample.store.read(|snapshot| snapshot.sessions("window", going(START))).unwrap().len();
    assert_eq!(sessions(), 1);
    let left = program.ask("DELETE", "/api/v1/session", &[], None).await;
    assert_eq!((left.status, sessions()), (StatusCode::NO_CONTENT, 0));
    assert_eq!(program.ask("DELETE", "/api/v1/session", &[], None).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_second_factor_is_taken_away_with_its_code_alone() {
    let sample = Sample::new();
    let mut window = sample.browser("window").await;
    set_up(&sample, &mut window, "window").await;
    let token = window.get(PAGE).await.token();
    let remove = |code: &str| {
        vec![
            ("do".to_owned(), "remove".to_owned()),
            ("code".to_owned(), code.to_owned()),
            ("_token".to_owned(), token.clone()),
        ]
    };
    for (code, status) in
        [("000000".to_owned(), StatusCode::UNPROCESSABLE_ENTITY), (app_code(&sample, "window"), StatusCode::SEE_OTHER)]
    {
        let form = remove(&code);
        let pairs: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(window.post(PAGE, &pairs).await.status, status);
    }
    assert_eq!(sign_in(&mut sample.browser("").await, "window").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn programs_send_the_code_along() {
    let sample = Sample::new();
    let mut window = sample.browser("window").await;
    set_up(&sample, &mut window, "window").await;
    let program = Program::new(&sample).await;
    let form = |code: Option<&str>| {
        let mut form = json!({ "name": "window", "password": PASSWORD });
        if let Some(code) = code {
            form["code"] = json!(code);
        }
        form
    };
    assert_eq!(told(&program.post("/api/v1/session", form(None)).await), (401, "code", None));
    assert_eq!(told(&program.post("/api/v1/session", form(Some("000000"))).await), (401, "code", None));
    let sessions = sample.store.read(|snapshot| snapshot.sessions("window", going(START))).unwrap();
    assert_eq!(sessions.len(), 1, "what did not come in has no session");
    let done = program.post("/api/v1/session", form(Some(&app_code(&sample, "window")))).await;
    assert_eq!((done.status, done.body["due"].is_null()), (StatusCode::CREATED, true), "{}", done.body);
}

#[tokio::test]
async fn a_sample_account_has_none() {
    let sample = Sample::asking_for_factors(&["staff"]);
    let account = sample.store.read(|snapshot| snapshot.account("window")).unwrap().unwrap();
    sample.store.put_account(Account { given: Given::Demo, ..account }).unwrap();
    let mut window = sample.browser("window").await;
    let answer = window.fill(PAGE, PAGE, &[]).await;
    assert!(answer.text().contains("大家共用"), "{}", answer.text());
}
