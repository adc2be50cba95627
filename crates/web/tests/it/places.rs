//! Places that have ended: what people see of them, and where an old code leads.

use crate::county::{OLD_TOWNSHIP, Sample};
use axum::http::StatusCode;
use serde_json::{Value, json};

async fn asked(sample: &Sample, path: &str) -> Value {
    let (status, answer) = sample.browser("").await.json("GET", path, None, &json!({})).await;
    assert_eq!(status, StatusCode::OK, "{path}: {answer}");
    answer
}

fn codes(answer: &Value, level: &str) -> Vec<String> {
    let items = answer["items"].as_array().unwrap().iter().filter(|item| item["level"] == level);
    items.map(|item| item["code"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn everybody_may_know_the_places_of_a_day_and_what_became_of_them() {
    let sample = Sample::new();
    let today = asked(&sample, "/api/v1/places").await;
    assert_eq!(codes(&today, "township"), ["999901", "999902"]);
    let before = asked(&sample, "/api/v1/places?on=2021-03-23").await;
    assert_eq!(codes(&before, "township"), ["999901", "999902", OLD_TOWNSHIP]);
    let parent = |answer: &Value| {
        let items = answer["items"].as_array().unwrap();
        items.iter().find(|item| item["code"] == "99990102").unwrap()["parent"].as_str().unwrap().to_owned()
    };
    assert_eq!((parent(&before).as_str(), parent(&today).as_str()), (OLD_TOWNSHIP, "999901"));
    let history = before["history"].as_array().unwrap();
    let merged = json!({ "on": "2021-03-24", "place": OLD_TOWNSHIP, "kind": "merged", "from": null, "to": "999901" });
    assert!(history.len() == 2 && history.contains(&merged), "{history:?}");

    let page = sample.browser("").await.get("/places").await.text();
    assert!(page.contains("<b>2</b>乡镇") && page.contains("撤销，整建制并入东河镇（999901）"), "{page}");
    assert!(page.contains("由南坪乡划归东河镇") && !page.contains("以下是"), "{page}");
    assert!(!page.contains("href=\"/places/999901\""), "what is under way there is not for everybody: {page}");
    let page = sample.browser("window").await.get("/places?on=2021-03-23").await.text();
    assert!(page.contains("<b>3</b>乡镇") && page.contains("以下是2021年3月23日的区划和名称"), "{page}");
    assert!(page.contains("href=\"/places/999901\""), "their own township: {page}");
    let answer = sample.browser("").await.get("/places?on=soon").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn an_old_code_leads_to_the_place_that_took_it_in() {
    let sample = Sample::new();
    let mut window = sample.browser("window").await;
    let page = window.get(&format!("/places/{OLD_TOWNSHIP}")).await.text();
    assert!(page.contains("<h1>东河镇</h1>") && page.contains("南坪乡自2021年3月24日起并入东河镇"), "{page}");
    let rows = window.get(&format!("/registers/stallholders?place={OLD_TOWNSHIP}")).await;
    let all = window.get("/registers/stallholders?place=999901").await;
    assert_eq!(rows.status, StatusCode::OK);
    assert_eq!(
        rows.text().matches("/registers/stallholders/").count(),
        all.text().matches("/registers/stallholders/").count()
    );
}
