//! The interface for programs.

use crate::county::{Browser, IDENTITY_NUMBER, PASSWORD, Sample};
use axum::http::StatusCode;
use serde_json::{Value, json};

fn form() -> Value {
    json!({
        "applicant-name": "林示例",
        "applicant-id": IDENTITY_NUMBER,
        "applicant-phone": "10000000001",
        "helpers": [{ "helper-name": "林帮工" }],
        "goods": "cloth",
        "area": "10.5",
        "needs-power": false,
        "signature": true,
    })
}

async fn start(browser: &mut Browser, key: &str, form: Value) -> (StatusCode, Value) {
    let body = json!({ "procedure": "stall-application", "about": { "holder": "s1" }, "form": form });
    browser.json("POST", "/api/v1/matters", Some(key), &body).await
}

#[tokio::test]
async fn a_matter_is_started_acted_on_and_followed() {
    let sample = Sample::new();
    let mut resident = sample.browser("").await;
    let (status, session) =
        resident.json("POST", "/api/v1/session", None, &json!({ "name": "resident", "password": PASSWORD })).await;
    assert_eq!((status, session["person"].as_str()), (StatusCode::OK, Some("resident")), "{session}");

    let (status, matter) = start(&mut resident, "a", form()).await;
    assert_eq!(status, StatusCode::CREATED, "{matter}");
    assert_eq!(matter["state"], "village-check");
    assert_eq!(matter["form"]["area"], "10.5");
    assert_eq!(matter["form"]["applicant-id"], "999999********0014");
    let clock = &matter["clocks"][0];
    assert_eq!(clock["due"], "2022-02-21", "{clock}");
    assert!(clock["why"].as_array().is_some_and(|why| !why.is_empty()));
    let path = format!("/api/v1/matters/{}", matter["id"].as_str().unwrap());

    // The same request under the same key happens once.
    let (status, again) = start(&mut resident, "a", form()).await;
    assert_eq!((status, &again["id"], &again["receipt"]["repeated"]), (StatusCode::OK, &matter["id"], &json!(true)));

    let mut village = sample.browser("village-head").await;
    let (_, seen) = village.json("GET", &path, None, &Value::Null).await;
    assert_eq!(seen["acts"][0]["allowed"], json!(true), "{seen}");
    let acts = format!("{path}/acts");
    let (status, stale) = village.json("POST", &acts, None, &json!({ "act": "pass", "seen": 0 })).await;
    assert_eq!((status, stale["type"].as_str()), (StatusCode::CONFLICT, Some("urn:gongbao:problem:stale")));
    let (status, passed) = village.json("POST", &acts, Some("p"), &json!({ "act": "pass", "seen": seen["seq"] })).await;
    assert_eq!((status, passed["step"].as_str()), (StatusCode::OK, Some("display")), "{passed}");
    let (_, notices) = Browser::new(sample.router.clone()).json("GET", "/api/v1/notices", None, &Value::Null).await;
    assert_eq!(notices["notices"][0]["display"]["last_day"], "2022-02-21", "{notices}");

    let (status, ticked) = village.json("POST", "/api/v1/clock", None, &json!({ "now": "2022-02-22" })).await;
    assert_eq!((status, ticked["now"].as_str()), (StatusCode::OK, Some("2022-02-22T09:00:00")), "{ticked}");
    let mut window = sample.browser("window").await;
    let (_, desk) = window.json("GET", "/api/v1/desk", None, &Value::Null).await;
    assert_eq!((desk["count"].as_u64(), desk["lines"][0]["step"].as_str()), (Some(1), Some("decision")), "{desk}");
    let (status, approved) = window.json("POST", &acts, None, &json!({ "act": "approve" })).await;
    assert_eq!((status, approved["state"].as_str()), (StatusCode::OK, Some("approved")), "{approved}");
    let certificate =
        approved["documents"].as_array().unwrap().iter().find(|document| document["name"] == "stall-permit").unwrap();
    assert_eq!(certificate["number"], "摊证2022-0001号");
}

#[tokio::test]
async fn a_wrong_form_names_every_field() {
    let sample = Sample::new();
    let mut resident = sample.browser("resident").await;
    let mut wrong = form();
    wrong["applicant-id"] = json!("999999197904120015");
    wrong["area"] = json!("0");
    wrong["goods"] = json!("food");
    wrong["helpers"] = json!([{ "helper-phone": "10000000002" }]);
    let (status, problem) = start(&mut resident, "b", wrong).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{problem}");
    let fields: Vec<&str> =
        problem["fields"].as_array().unwrap().iter().map(|fault| fault["field"].as_str().unwrap()).collect();
    for expected in ["applicant-id", "area", "health-paper", "helpers.1.helper-name"] {
        assert!(fields.contains(&expected), "{expected} is not among {fields:?}");
    }
}

#[tokio::test]
async fn a_refusal_carries_its_clause() {
    let sample = Sample::new();
    let mut resident = sample.browser("resident").await;
    let mut large = form();
    large["area"] = json!("15");
    let (_, matter) = start(&mut resident, "c", large).await;
    let acts = format!("/api/v1/matters/{}/acts", matter["id"].as_str().unwrap());
    sample.browser("village-head").await.json("POST", &acts, None, &json!({ "act": "pass" })).await;
    sample.advance(crate::county::nine(jiff::civil::date(2022, 2, 22)));
    let mut window = sample.browser("window").await;
    let (status, problem) = window.json("POST", &acts, None, &json!({ "act": "approve" })).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        (problem["clauses"][0].as_str(), problem["reasons"][0]["code"].as_str()),
        (Some("st-2.b"), Some("area-fits")),
        "{problem}"
    );
    let (status, problem) = resident.json("POST", &acts, None, &json!({ "act": "approve" })).await;
    assert_eq!(
        (status, problem["type"].as_str()),
        (StatusCode::FORBIDDEN, Some("urn:gongbao:problem:rights")),
        "{problem}"
    );
}

#[tokio::test]
async fn strangers_do_not_learn_that_a_matter_exists() {
    let sample = Sample::new();
    let mut resident = sample.browser("resident").await;
    let (_, matter) = start(&mut resident, "d", form()).await;
    let path = format!("/api/v1/matters/{}", matter["id"].as_str().unwrap());
    for stranger in ["", "neighbour", "other-village-head", "other-window"] {
        let (status, problem) = sample.browser(stranger).await.json("GET", &path, None, &Value::Null).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{stranger}: {problem}");
    }
    let act = json!({ "act": "pass" });
    let (status, _) = sample.browser("").await.json("POST", &format!("{path}/acts"), None, &act).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn reading_personal_data_in_full_is_logged() {
    let sample = Sample::new();
    let mut resident = sample.browser("resident").await;
    let (_, matter) = start(&mut resident, "e", form()).await;
    let id = matter["id"].as_str().unwrap();
    let mut village = sample.browser("village-head").await;
    let (_, full) = village.json("GET", &format!("/api/v1/matters/{id}?show=personal"), None, &Value::Null).await;
    assert_eq!(full["form"]["applicant-id"], IDENTITY_NUMBER);
    let page = village.get(&format!("/matters/{id}?show=personal")).await.text();
    assert!(page.contains(IDENTITY_NUMBER));
    let readings = store::StoreExt::read(sample.store.as_ref(), |snapshot| snapshot.readings(id, 10)).unwrap();
    assert!(
        readings.iter().any(|reading| reading.person == "village-head" && reading.kind == "identity"),
        "{readings:?}"
    );
}

#[tokio::test]
async fn every_route_is_described() {
    let sample = Sample::new();
    let (_, described) = sample.browser("").await.json("GET", "/api/v1/openapi.json", None, &Value::Null).await;
    assert_eq!(described["openapi"], "3.1.0");
    for route in web::router::API {
        for method in route.methods {
            let operation = &described["paths"][format!("/api/v1{}", route.path)][method.to_lowercase()];
            assert!(
                operation["summary"].as_str().is_some_and(|summary| !summary.is_empty()),
                "{method} {}",
                route.path
            );
        }
    }
}
