//! Places that have ended: what people see of them, and where an old code leads.

use crate::county::{Browser, OLD_TOWNSHIP, START, Sample};
use axum::http::StatusCode;
use jiff::civil::date;
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

/// A permit asked for in 西岭乡 and a shop there; the county has 西岭乡 become part of 东河镇 on the first of March.
async fn merged() -> (Sample, String, Browser) {
    let sample = Sample::of_mergers();
    sample.advance(START);
    let lodge = json!({ "procedure": "permit", "place": "99990201", "form": {} });
    let (status, matter) = sample.browser("resident").await.json("POST", "/api/v1/matters", None, &lodge).await;
    assert_eq!(status, StatusCode::CREATED, "{matter}");
    let mut other = sample.browser("other-window").await;
    let shop = json!({ "place": "999902", "record": { "code": "s1", "seat": "99990201" } });
    let (status, row) = other.json("POST", "/api/v1/registers/shops/rows", Some("s1"), &shop).await;
    assert_eq!(status, StatusCode::CREATED, "{row}");
    let form = json!({ "kind": "merge", "of": "999902", "target": "999901", "moved": false, "since": "2022-03-01" });
    let propose = json!({ "procedure": "change", "form": form });
    let mut county = sample.browser("county-agriculture").await;
    let (status, change) = county.json("POST", "/api/v1/matters", None, &propose).await;
    assert_eq!(status, StatusCode::CREATED, "{change}");
    let id = matter["id"].as_str().unwrap().to_owned();
    assert!(other.get("/desk").await.text().contains(&id), "the old window has it to do");
    sample.advance(date(2022, 3, 1).at(0, 0, 0, 0));
    (sample, id, other)
}

#[tokio::test]
async fn what_began_in_the_old_township_is_done_in_the_new_one() {
    let (sample, id, mut other) = merged().await;
    let mut window = sample.browser("window").await;
    let desk = window.get("/desk").await.text();
    assert!(desk.contains(&id) && desk.contains("999902-2022-001"), "the number stays: {desk}");
    let page = window.get(&format!("/matters/{id}")).await.text();
    assert!(page.contains("由 东河镇便民服务中心 办理") && !page.contains("西岭乡"), "{page}");
    // The session of the old window is open all the while; it has no post any more.
    assert!(!other.get("/desk").await.text().contains(&id));
    assert!(!other.get(&format!("/matters/{id}")).await.status.is_success());
    let act = json!({ "act": "grant", "form": {} });
    let (status, _) = other.json("POST", &format!("/api/v1/matters/{id}/acts"), Some("g0"), &act).await;
    assert!(status.is_client_error());
    let (status, granted) = window.json("POST", &format!("/api/v1/matters/{id}/acts"), Some("g1"), &act).await;
    assert!(status.is_success(), "{granted}");
}

#[tokio::test]
async fn registers_and_forms_know_the_new_township_only() {
    let (sample, ..) = merged().await;
    let mut window = sample.browser("window").await;
    for place in ["999901", "999902"] {
        let page = window.get(&format!("/registers/shops?place={place}")).await.text();
        assert!(page.contains("/registers/shops/s1"), "{place}: {page}");
    }
    let form = window.get("/registers/shops/-/enter").await.text();
    assert!(form.contains("东河镇岭头村") && !form.contains("西岭乡"), "{form}");
    let lodge = json!({ "procedure": "permit", "place": "999902", "form": {} });
    let (status, refused) = sample.browser("resident").await.json("POST", "/api/v1/matters", None, &lodge).await;
    assert_eq!(status, StatusCode::CONFLICT, "{refused}");
    assert_eq!(refused["reasons"][0]["code"], "place-ended");
    let page = sample.browser("").await.get("/places").await.text();
    assert!(page.contains("<b>1</b>乡镇") && page.contains("西岭乡"), "{page}");
}

#[tokio::test]
async fn a_place_counts_every_matter_and_names_those_that_its_reader_sees() {
    let sample = Sample::new();
    let matter = crate::rights::begin(&sample).await;
    let address = format!("/matters/{matter}");
    for (who, names) in [("village-head", true), ("county-agriculture", true), ("assistant", false)] {
        let page = sample.browser(who).await.get("/places/99990101").await.text();
        assert!(page.contains("<b>1</b>正在办理"), "{who}: {page}");
        assert_eq!(page.contains(&address), names, "{who}: {page}");
    }
    // Late, on the place and at the head of the desk.
    sample.advance(date(2022, 4, 1).at(9, 0, 0, 0));
    for (who, names) in [("village-head", true), ("assistant", false)] {
        let mut browser = sample.browser(who).await;
        for path in ["/places/99990101", "/desk"] {
            let page = browser.get(path).await.text();
            assert_eq!(page.contains(&address), names, "{who} {path}: {page}");
        }
    }
}
