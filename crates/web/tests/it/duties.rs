//! The duties of an invented regulation: who sees whose, and who is behind.

use crate::county::{START, Sample};
use axum::http::StatusCode;
use jiff::civil::date;
use serde_json::json;

#[tokio::test]
async fn everybody_sees_the_duties_of_their_own_area_and_the_public_none() {
    let sample = Sample::watched();
    sample.advance(START);
    let mut village = sample.browser("village-head").await;
    let page = village.get("/duties").await.text();
    assert!(page.contains("村巡护") && page.contains("距上次不超过10日"), "{page}");
    assert!(!page.contains("乡镇例会"), "a village has no part in the meetings of its township");
    let page = village.get("/duties/village-round").await.text();
    assert!(page.contains("2022年2月15日至2022年2月24日") && page.contains("还有 10 日"), "{page}");
    assert_eq!(page.matches("/matters/").count(), 1, "the village's own and no other: {page}");
    assert_eq!(village.get("/duties/town-meeting").await.status, StatusCode::NOT_FOUND);
    let page = sample.browser("township-head").await.get("/duties/village-round").await.text();
    assert_eq!(page.matches("/matters/").count(), 2, "both villages of the township: {page}");
    for stranger in ["", "resident"] {
        let answer = sample.browser(stranger).await.get("/duties").await;
        assert!(!answer.text().contains("村巡护"), "{stranger}");
    }
}

#[tokio::test]
async fn who_is_behind_stands_first() {
    let sample = Sample::watched();
    sample.advance(START);
    let mut far = sample.browser("other-village-head").await;
    let page = far.get("/duties/village-round").await.text();
    let matter = page.split("/matters/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    sample.advance(date(2022, 2, 20).at(9, 0, 0, 0));
    let done = json!({ "act": "record", "form": { "round-on": "2022-02-20" } });
    let (status, answer) = far.json("POST", &format!("/api/v1/matters/{matter}/acts"), Some("k"), &done).await;
    assert!(status.is_success(), "{answer}");
    sample.advance(date(2022, 3, 1).at(9, 0, 0, 0));
    let mut head = sample.browser("township-head").await;
    let page = head.get("/duties/village-round").await.text();
    let (late, in_time) = (page.find("已逾期 5 日").unwrap(), page.find("还有 1 日").unwrap());
    assert!(late < in_time, "{page}");
    assert!(page.contains("已巡护"), "the period before, done in time: {page}");
    assert!(head.get("/duties").await.text().contains("1 个逾期"));
    let (status, answer) = head.json("GET", "/api/v1/duties", None, &json!({})).await;
    assert_eq!(status, StatusCode::OK);
    let rounds = answer["items"].as_array().unwrap().iter().find(|item| item["duty"] == "village-round").unwrap();
    let lights: Vec<&str> =
        rounds["units"].as_array().unwrap().iter().map(|unit| unit["light"].as_str().unwrap()).collect();
    assert_eq!(lights, ["red", "yellow"]);
    assert_eq!(rounds["units"][1]["instances"][1]["ended"], "done");
    assert_eq!(rounds["units"][1]["instances"][1]["late"], false);
}
