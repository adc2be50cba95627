//! How messages leave: addresses that people confirm, webhooks that offices keep, and what did not arrive.

use crate::county::{Browser, IDENTITY_NUMBER, Sample, nine};
use axum::http::StatusCode;
use jiff::civil::date;
use serde_json::json;
use store::outbox::{Attempt, ContactState, DeliveryState};
use store::{Outbox, StoreExt};

async fn wish(browser: &mut Browser, fields: &[(&str, &str)]) -> crate::county::Answer {
    let token = browser.get("/account").await.token();
    browser.post("/account", &[&[("_token", token.as_str())], fields].concat()).await
}

#[tokio::test]
async fn an_address_counts_once_its_code_came_back() {
    let sample = Sample::new();
    let contact = || sample.store.read(|snapshot| snapshot.contact("resident")).unwrap();
    let mut resident = sample.browser("resident").await;
    for wrong in ["", "someone", "a@b", "a@b.cn\nBcc: x@y.cn", "<a@b.cn>"] {
        let answer = wish(&mut resident, &[("do", "address"), ("address", wrong)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
    assert!(contact().is_none());
    let answer = wish(&mut resident, &[("do", "address"), ("address", "resident＠mail.example")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    let asked = contact().unwrap();
    assert_eq!(
        (asked.address.as_str(), asked.state, asked.code.len()),
        ("resident@mail.example", ContactState::Asked, 6)
    );
    let page = resident.get("/account").await.text();
    assert!(page.contains("r***@mail.example") && !page.contains(&asked.code), "{page}");

    let other = if asked.code == "000000" { "000001" } else { "000000" };
    let wrong = wish(&mut resident, &[("do", "code"), ("code", other)]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(contact().unwrap().tries, 1);
    let typed = format!(" {} {}", &asked.code[..3], &asked.code[3..]);
    let right = wish(&mut resident, &[("do", "code"), ("code", &typed)]).await;
    assert_eq!(right.status, StatusCode::SEE_OTHER, "{}", right.text());
    let confirmed = contact().unwrap();
    assert_eq!((confirmed.state, confirmed.own, confirmed.code.as_str()), (ContactState::Confirmed, true, ""));

    wish(&mut resident, &[("do", "choices")]).await;
    assert!(!contact().unwrap().own);
    wish(&mut resident, &[("do", "remove")]).await;
    assert!(contact().is_none());
}

#[tokio::test]
async fn five_wrong_codes_end_the_code() {
    let sample = Sample::new();
    let contact = || sample.store.read(|snapshot| snapshot.contact("resident")).unwrap().unwrap();
    let mut resident = sample.browser("resident").await;
    wish(&mut resident, &[("do", "address"), ("address", "r@mail.example")]).await;
    let code = contact().code;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        wish(&mut resident, &[("do", "code"), ("code", wrong)]).await;
    }
    let late = wish(&mut resident, &[("do", "code"), ("code", &code)]).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(contact().state, ContactState::Asked);
    // A code of yesterday does not hold either.
    wish(&mut resident, &[("do", "address"), ("address", "r@mail.example")]).await;
    let code = contact().code;
    sample.advance(nine(date(2022, 2, 16)));
    let late = wish(&mut resident, &[("do", "code"), ("code", &code)]).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
}

async fn keep(browser: &mut Browser, fields: &[(&str, &str)]) -> crate::county::Answer {
    let token = browser.get("/admin/webhooks").await.token();
    browser.post("/admin/webhooks", &[&[("_token", token.as_str())], fields].concat()).await
}

#[tokio::test]
async fn offices_of_the_county_keep_webhooks_and_see_a_secret_once() {
    let sample = Sample::new();
    let webhooks = || sample.store.read(|snapshot| snapshot.webhooks()).unwrap();
    assert_eq!(sample.browser("village-head").await.get("/admin/webhooks").await.status, StatusCode::NOT_FOUND);
    let mut county = sample.browser("county-agriculture").await;
    for url in ["http://example.gov.cn/", "https://10.0.0.1/", "https://localhost/", "nonsense"] {
        let refused = keep(&mut county, &[("do", "add"), ("url", url), ("topics", "matter.opened")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{url}");
    }
    let none = keep(&mut county, &[("do", "add"), ("url", "https://example.gov.cn/hook")]).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY, "an event must be chosen");
    assert!(webhooks().is_empty());

    let added = keep(
        &mut county,
        &[("do", "add"), ("url", "https://example.gov.cn/hook"), ("topics", "matter.opened"), ("topics", "act.done")],
    )
    .await;
    assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.text());
    let [webhook] = &webhooks()[..] else { panic!("one webhook") };
    let secret = trust::print_webhook_secret(&webhook.secret);
    assert!(county.get(&added.location).await.text().contains(&secret));
    assert!(!county.get("/admin/webhooks").await.text().contains(&secret), "only once");

    let id = webhook.id.clone();
    let rotated = keep(&mut county, &[("do", "rotate"), ("id", &id)]).await;
    let [after] = &webhooks()[..] else { panic!("one webhook") };
    assert_ne!(after.secret, webhook.secret);
    assert_eq!(after.former.as_ref().map(|(secret, _)| secret), Some(&webhook.secret));
    assert!(county.get(&rotated.location).await.text().contains(&trust::print_webhook_secret(&after.secret)));
    keep(&mut county, &[("do", "pause"), ("id", &id)]).await;
    assert!(!webhooks()[0].active);
    keep(&mut county, &[("do", "drop"), ("id", &id)]).await;
    assert!(webhooks().is_empty());
}

#[tokio::test]
async fn what_did_not_arrive_is_shown_on_its_matter_and_sent_again_by_its_office() {
    let sample = Sample::new();
    let mut head = sample.browser("village-head").await;
    wish(&mut head, &[("do", "address"), ("address", "head@mail.example")]).await;
    let contact = sample.store.read(|snapshot| snapshot.contact("village-head")).unwrap().unwrap();
    wish(&mut head, &[("do", "code"), ("code", &contact.code)]).await;
    sample.store.queue_deliveries(nine(date(2022, 2, 14))).unwrap();

    let form = json!({
        "applicant-name": "林示例", "applicant-id": IDENTITY_NUMBER, "applicant-phone": "10000000001", "goods": "cloth", "area": "10",
        "needs-power": false, "signature": true,
    });
    let body = json!({ "procedure": "stall-application", "about": { "holder": "s1" }, "form": form });
    let (_, begun) = sample.browser("resident").await.json("POST", "/api/v1/matters", None, &body).await;
    let matter = begun["id"].as_str().unwrap().to_owned();
    let late = nine(date(2022, 2, 22));
    sample.advance(late);
    sample.store.queue_deliveries(late).unwrap();
    let due = sample.store.due_deliveries(late, 9).unwrap();
    let told = due.first().expect("the village head is told that the check is late");
    assert_eq!((told.key.target.as_str(), told.matter.as_str()), ("village-head", matter.as_str()));
    assert!(sample.store.claim_delivery(told, late, late).unwrap());
    let given_up = Attempt { state: DeliveryState::GivenUp, next: None, answer: "550".into() };
    assert!(sample.store.end_delivery(told, given_up).unwrap());

    let page = head.get(&format!("/matters/{matter}")).await.text();
    assert!(
        page.contains("没送到，不再试") && page.contains("对方应答 550") && page.contains("上庄村村委会"),
        "{page}"
    );
    let resident = sample.browser("resident").await.get(&format!("/matters/{matter}")).await.text();
    assert!(!resident.contains("没送到"), "whose mail failed concerns the office only");

    assert!(head.get("/deliveries").await.text().contains("周村长"));
    let mut other = sample.browser("other-village-head").await;
    assert!(other.get("/deliveries").await.text().contains("都送到了"));
    let message = format!("{}-{}", told.key.seq, told.key.n);
    let again = [("to", "village-head"), ("message", message.as_str())];
    let token = other.get("/deliveries").await.token();
    let refused = other.post("/deliveries", &[&[("_token", token.as_str())], &again[..]].concat()).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND, "another village cannot");
    let token = head.get("/deliveries").await.token();
    let sent = head.post("/deliveries", &[&[("_token", token.as_str())], &again[..]].concat()).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text());
    let state = sample.store.read(|snapshot| Ok(snapshot.deliveries(&matter)?.first().map(|one| one.state))).unwrap();
    assert_eq!(state, Some(DeliveryState::Queued));
}
