//! Break-glass on pages and for programs: proved anew, told at once, ended at its hour or before, reviewed, and named beside every act.

use crate::county::{Answer, Browser, PASSWORD, START, Sample};
use axum::http::StatusCode;
use jiff::ToSpan;
use serde_json::json;

const WRONG: &str = "not the password";

/// Files the form as far as its last page; the address of that page.
pub async fn filled(browser: &mut Browser) -> String {
    let page = browser.get("/services/emergency/apply?act=take").await;
    let token = page.token();
    let begun = browser.post("/services/emergency/apply", &[("act", "take"), ("_token", &token)]).await;
    let step = begun.location;
    let token = browser.get(&step).await.token();
    let fields =
        [("taken", "post-county-agriculture"), ("for-hours", "3"), ("reason", "汛情报不出去"), ("_token", &token)];
    let saved = browser.post(&step, &fields).await;
    saved.location
}

async fn sent(browser: &mut Browser, review: &str, fields: &[(&str, &str)]) -> Answer {
    let token = browser.get(review).await.token();
    let mut all = fields.to_vec();
    all.push(("_token", &token));
    browser.post(&review.replace("/review", "/submit"), &all).await
}

/// Takes the county's post for three hours; the matter's address.
async fn taken(browser: &mut Browser) -> String {
    let review = filled(browser).await;
    let answer = sent(browser, &review, &[("_password", PASSWORD)]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    answer.location.trim_end_matches("/receipt").to_owned()
}

async fn text(browser: &mut Browser, path: &str) -> String {
    let answer = browser.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
    answer.text()
}

#[tokio::test]
async fn a_post_is_taken_with_the_password_and_told_to_those_who_watch() {
    let sample = Sample::of_emergencies();
    let mut window = sample.browser("window").await;
    let review = filled(&mut window).await;
    for (fields, said) in [
        (&[][..], "请输入登录密码"),
        (&[("_password", "")][..], "请输入登录密码"),
        (&[("_password", WRONG)][..], "现在的密码不对"),
    ] {
        let answer = sent(&mut window, &review, fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        let page = answer.text();
        assert!(page.contains(said) && page.contains("name=\"_password\""), "{page}");
        assert!(!page.contains(WRONG), "what was typed is not shown again");
    }
    assert!(!text(&mut window, "/account").await.contains("应急"), "nothing was taken");
    let matter = taken(&mut window).await;
    assert!(text(&mut window, "/account").await.contains("county/agriculture（应急至12:00）"));
    for who in ["security", "audit", "county-agriculture"] {
        let mut browser = sample.browser(who).await;
        if who != "audit" {
            let desk = text(&mut browser, "/desk").await;
            assert!(desk.contains("应急取得") && desk.contains(&matter), "{who} is told: {desk}");
        }
        assert!(text(&mut browser, &matter).await.contains("汛情报不出去"), "{who}");
    }
    let mut stranger = sample.browser("neighbour").await;
    assert_eq!(stranger.get(&matter).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn acts_in_it_say_so_until_its_hour_and_the_review_stays_open_until_it_is_noted() {
    let sample = Sample::of_emergencies();
    let mut assistant = sample.browser("assistant").await;
    let (_, drafted) =
        assistant.json("POST", "/api/v1/matters", None, &json!({"procedure": "paper", "place": "999900"})).await;
    let paper = drafted["id"].as_str().unwrap_or_else(|| panic!("{drafted}")).to_owned();
    let mut window = sample.browser("window").await;
    let matter = taken(&mut window).await;
    let (_, session) = window.json("GET", "/api/v1/session", None, &json!(null)).await;
    let posts = session["posts"].as_array().unwrap_or_else(|| panic!("{session}"));
    assert!(posts.iter().any(|post| post["id"] == "post-county-agriculture"), "{session}");
    let approved = window.act(&format!("/matters/{paper}"), "approve", &[]).await;
    assert_eq!(approved.status, StatusCode::SEE_OTHER, "{}", approved.text());
    let page = text(&mut window, &format!("/matters/{paper}")).await;
    assert!(page.contains("（应急）"), "{page}");
    let (_, shown) = window.json("GET", &format!("/api/v1/matters/{paper}"), None, &json!(null)).await;
    let timeline = shown["timeline"].as_array().unwrap_or_else(|| panic!("{shown}"));
    let actor = &timeline.last().expect("an act was done")["actor"];
    assert_eq!(actor["by_the_hour"], json!({"kind": "应急", "until": "2022-02-14T12:00:00"}), "{shown}");

    let mut audit = sample.browser("audit").await;
    let page = text(&mut audit, "/admin/emergencies").await;
    for part in ["正在进行", "其间办的：", "批准", "汛情报不出去", &matter] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(text(&mut audit, "/admin").await.contains("<b>1</b>正在进行的应急授权"));
    sample.advance(START.saturating_add(3.hours()));
    assert!(!text(&mut window, "/account").await.contains("应急"), "it ends by itself");
    sample.advance(sample.now().saturating_add(1.minute()));
    let admin = text(&mut audit, "/admin").await;
    assert!(admin.contains("<b>1</b>待办") && admin.contains("<b>0</b>正在进行的应急授权"), "{admin}");
    assert!(text(&mut audit, "/admin/emergencies").await.contains("已结束，待查看"));
    let reviewed = audit.act(&matter, "review", &[]).await;
    assert_eq!(reviewed.status, StatusCode::SEE_OTHER, "{}", reviewed.text());
    assert!(text(&mut audit, "/admin").await.contains("<b>0</b>待办"));
    assert!(text(&mut audit, "/admin/emergencies").await.contains("已查看"));
}

#[tokio::test]
async fn the_security_administrator_ends_it_and_the_next_request_has_nothing_of_it() {
    let sample = Sample::of_emergencies();
    let (mut window, mut security) = (sample.browser("window").await, sample.browser("security").await);
    let matter = taken(&mut window).await;
    let ended = security.act(&matter, "stop", &[]).await;
    assert_eq!(ended.status, StatusCode::SEE_OTHER, "{}", ended.text());
    assert!(!text(&mut window, "/account").await.contains("应急"));
    assert!(text(&mut security, "/admin/emergencies").await.contains("已结束，待查看"));
    for who in ["system", "window", ""] {
        let status = sample.browser(who).await.get("/admin/emergencies").await.status;
        assert!(status == StatusCode::NOT_FOUND || status == StatusCode::SEE_OTHER, "{who}: {status}");
    }
}

#[tokio::test]
async fn a_program_proves_who_its_user_is_once_for_each_act() {
    let sample = Sample::of_emergencies();
    let mut window = sample.browser("window").await;
    let body = |proof: serde_json::Value| {
        let form = json!({"taken": "post-county-agriculture", "for-hours": "3", "reason": "汛情"});
        json!({"procedure": "emergency", "place": "999900", "form": form, "proof": proof})
    };
    for proof in [json!(null), json!({"password": WRONG})] {
        let (_, said) = window.json("POST", "/api/v1/matters", None, &body(proof)).await;
        assert_eq!(said["reasons"][0]["code"], "identity-not-proved", "{said}");
    }
    let right = body(json!({"password": PASSWORD}));
    let (status, first) = window.json("POST", "/api/v1/matters", Some("take-1"), &right).await;
    assert_eq!(status, StatusCode::CREATED, "{first}");
    let (_, again) = window.json("POST", "/api/v1/matters", Some("take-1"), &right).await;
    assert_eq!(again["id"], first["id"], "{again}");
}
