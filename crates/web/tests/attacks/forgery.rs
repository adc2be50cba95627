//! Requests that another site's page sends with a visitor's cookie, sessions that somebody else chose, links that lead away.

use crate::county::{Answer, PASSWORD, Sample};
use crate::{APPLY, acts, approved};
use axum::http::{StatusCode, header};
use serde_json::json;
use web::router::PAGES;

/// Addresses that only compute: whoever calls them learns what everybody may, and nothing changes.
const COMPUTE: [&str; 3] = ["/services/{procedure}/check", "/services/{procedure}/check/asked", "/plots/plan"];

/// A route's address with names filled in; none of them exists, for the token is looked at before.
fn address(route: &str) -> String {
    fn named(part: &str) -> &str {
        match part {
            "{step}" => "1",
            part if part.starts_with('{') => "stall-application",
            part => part,
        }
    }
    route.split('/').map(named).collect::<Vec<_>>().join("/")
}

fn is_signed_in(answer: &Answer) -> bool {
    answer.text().contains("/sign-out")
}

#[tokio::test]
async fn no_form_is_taken_without_its_token() {
    let sample = Sample::new();
    let before = acts(&sample);
    for person in ["resident", "window", "county-agriculture"] {
        let mut browser = sample.browser(person).await;
        let posts = PAGES.iter().filter(|route| route.methods.contains(&"POST") && !COMPUTE.contains(&route.path));
        for route in posts {
            for token in ["", "00000000000000000000000000000000"] {
                let answer = browser.post(&address(route.path), &[("_token", token), ("name", "x")]).await;
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{person} {} {token}", route.path);
            }
        }
        assert!(is_signed_in(&browser.get("/").await), "nor is anybody signed out");
    }
    assert_eq!(acts(&sample), before);
}

#[tokio::test]
async fn no_page_of_another_site_sends_anything() {
    let sample = Sample::new();
    let mut resident = sample.browser("resident").await;
    let token = resident.get(APPLY).await.token();
    let body = format!("_token={token}&about.holder=s1").into_bytes();
    let form = ("content-type", "application/x-www-form-urlencoded");
    for foreign in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        for route in PAGES.iter().filter(|route| route.methods.contains(&"POST")) {
            let answer = resident.send_raw("POST", &address(route.path), &[form, foreign], body.clone()).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{} {foreign:?}", route.path);
            assert!(answer.text().contains("别的网站"), "{}", answer.text());
        }
        for (method, path) in web::api::addresses().iter().filter(|(method, _)| method != "GET") {
            let headers = [("content-type", "application/json"), foreign];
            let answer = resident.send_raw(method, &address(path), &headers, b"{}".to_vec()).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{method} {path} {foreign:?}");
        }
    }
    let own = [form, ("origin", crate::county::PUBLIC_URL)];
    let answer = resident.send_raw("POST", APPLY, &own, body).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "a page of our own does: {}", answer.text());
}

#[tokio::test]
async fn another_site_cannot_sign_its_visitor_in_as_somebody() {
    let sample = Sample::new();
    let mut visitor = sample.browser("").await;
    let body = json!({ "name": "resident", "password": PASSWORD }).to_string().into_bytes();
    // What a page can send without asking first: no type, or one of a form.
    for kind in [None, Some("text/plain"), Some("application/x-www-form-urlencoded")] {
        let mut headers = vec![("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")];
        headers.extend(kind.map(|kind| ("content-type", kind)));
        let answer = visitor.send_raw("POST", "/api/v1/session", &headers, body.clone()).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{kind:?}");
    }
    assert!(!is_signed_in(&visitor.get("/").await));
}

#[tokio::test]
async fn cookies_are_closed_to_scripts_and_to_other_sites() {
    for (sample, name, more) in [(Sample::new(), "gongbao=", ""), (Sample::encrypted(), "__Host-gongbao=", "; Secure")]
    {
        let mut browser = sample.browser("").await;
        let asked = browser.get("/?lang=en&view=large").await;
        let page = browser.get("/sign-in").await;
        let signed =
            browser.post("/sign-in", &[("name", "resident"), ("password", PASSWORD), ("_token", &page.token())]).await;
        let cookies: Vec<&str> = [&asked, &signed]
            .iter()
            .flat_map(|answer| answer.headers.get_all(header::SET_COOKIE))
            .map(|cookie| cookie.to_str().unwrap())
            .collect();
        assert!(cookies.iter().any(|cookie| cookie.starts_with(name)), "{cookies:?}");
        for cookie in cookies {
            let expected = format!("; Path=/; HttpOnly; SameSite=Lax{more}");
            assert!(cookie.contains(&expected) && !cookie.contains("Domain"), "{cookie}");
        }
        let kept = signed.headers.contains_key(header::STRICT_TRANSPORT_SECURITY);
        assert_eq!(kept, !more.is_empty(), "browsers keep to HTTPS where it is said to be the only way");
    }
}

#[tokio::test]
async fn a_session_that_somebody_chose_before_is_worth_nothing_after_signing_in() {
    const CHOSEN: &str = "0123456789abcdef0123456789abcdef";
    let sample = Sample::new();
    let mut victim = sample.browser("").await;
    victim.put_cookie("gongbao", CHOSEN);
    let token = victim.get("/sign-in").await.token();
    let done = victim.post("/sign-in", &[("name", "resident"), ("password", PASSWORD), ("_token", &token)]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    assert!(is_signed_in(&victim.get("/").await) && !victim.cookie().contains(CHOSEN));
    let mut thief = sample.browser("").await;
    thief.put_cookie("gongbao", CHOSEN);
    assert!(!is_signed_in(&thief.get("/").await));

    let stolen = victim.cookie();
    let token = victim.get("/track").await.token();
    victim.post("/sign-out", &[("_token", &token)]).await;
    let (name, value) = stolen.split(';').find_map(|pair| pair.trim().split_once('=')).unwrap();
    thief.put_cookie(name, value);
    assert!(!is_signed_in(&thief.get("/").await), "a session that was ended stays ended");
}

#[tokio::test]
async fn no_link_leads_away_after_signing_in() {
    let sample = Sample::new();
    for back in [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "/\t/evil.example/",
        "/\n/evil.example/",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/desk\r\nSet-Cookie: gongbao=x",
        "",
    ] {
        let mut browser = sample.browser("").await;
        let token = browser.get("/sign-in").await.token();
        let fields = [("name", "resident"), ("password", PASSWORD), ("_token", token.as_str()), ("back", back)];
        let answer = browser.post("/sign-in", &fields).await;
        assert_eq!((answer.status, answer.location.as_str()), (StatusCode::SEE_OTHER, "/"), "{back:?}");
    }
    let mut browser = sample.browser("").await;
    for asked in ["//evil.example/x", "/\\evil.example/x", "///evil.example", "//evil.example/drafts/a/1"] {
        let page = browser.get(asked).await.text();
        assert!(!page.contains("=\"//") && !page.contains("=\"/\\"), "{asked}: {page}");
    }
}

#[tokio::test]
async fn pages_say_to_browsers_what_is_not_allowed() {
    let sample = Sample::new();
    let applied = approved(&sample).await;
    let mut resident = sample.browser("resident").await;
    let file = format!("{}/files/{}", applied.address(), applied.file);
    for path in ["/", "/nowhere", "/assets/gongbao.js", "/api/v1/openapi.json", applied.address().as_str(), &file] {
        let answer = resident.get(path).await;
        for (name, holds) in [
            ("content-security-policy", "default-src 'none'"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("permissions-policy", "camera=()"),
        ] {
            let said = answer.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
            assert!(said.contains(holds), "{path}: {name} is {said:?}");
        }
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(!policy.contains("unsafe") && !policy.contains('*'), "{policy}");
    }
    let private = resident.get(&applied.address()).await;
    assert_eq!(private.headers["cache-control"], "no-store", "nothing of a matter stays in a shared browser");
}

#[tokio::test]
async fn other_credentials_do_not_stand_in_for_the_token() {
    let sample = Sample::new();
    let before = acts(&sample);
    let mut resident = sample.browser("resident").await;
    let body = json!({ "procedure": "stall-application", "form": {} }).to_string();
    for credentials in ["Basic eDp5", "Bearer", "bearer x", "Digest x"] {
        let headers = [("content-type", "application/json"), ("authorization", credentials)];
        let answer = resident.send_raw("POST", "/api/v1/matters", &headers, body.clone().into_bytes()).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{credentials}: {}", answer.text());
        assert!(answer.text().contains("form-token"), "{credentials}: {}", answer.text());
    }
    assert_eq!(acts(&sample), before);
}
