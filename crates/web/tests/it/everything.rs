//! Everything kept about somebody, to take along.

use crate::county::{Answer, IDENTITY_NUMBER, Sample};
use axum::http::StatusCode;
use serde_json::{Value, json};
use std::io::{Cursor, Read};

fn file(archive: &Answer, name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(&archive.bytes)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

#[tokio::test]
async fn somebody_takes_a_copy_of_everything_kept_about_them_and_nobody_else_does() {
    let sample = Sample::new();
    let form = json!({
        "applicant-name": "林示例", "applicant-id": IDENTITY_NUMBER, "applicant-phone": "10000000001", "goods": "cloth", "area": "10",
        "needs-power": false, "signature": true,
    });
    let body = json!({ "procedure": "stall-application", "about": { "holder": "s1" }, "form": form });
    let mut resident = sample.browser("resident").await;
    let (status, matter) = resident.json("POST", "/api/v1/matters", None, &body).await;
    assert_eq!(status, StatusCode::CREATED, "{matter}");
    let id = matter["id"].as_str().unwrap();
    // An officer opens personal data, and says why.
    let opened = format!("/api/v1/matters/{id}?reveal_for=verify&why=check");
    assert_eq!(sample.browser("village-head").await.get(&opened).await.status, StatusCode::OK);

    let archive = resident.get("/track/everything").await;
    assert_eq!((archive.status, archive.media.as_str()), (StatusCode::OK, "application/zip"), "{}", archive.text());
    let data: Value = serde_json::from_str(&file(&archive, "data.json")).unwrap();
    assert_eq!(data["rows"][0]["record"]["identity-number"], IDENTITY_NUMBER, "{data:#}");
    assert_eq!(data["matters"][0]["id"], id, "{data:#}");
    assert!(data["matters"][0].to_string().contains("10000000001"), "one's own is not covered: {data:#}");
    assert!(data["looks"].as_array().unwrap().iter().any(|look| look["why"] == "核对身份：check"), "{data:#}");
    assert_eq!(data["door"]["sessions"][0]["network"], "192.0.2.*", "{data:#}");
    assert_eq!(data["door"]["devices"].as_array().map(Vec::len), Some(1), "{data:#}");
    assert_eq!(data["door"]["events"][0]["what"], "signed-in", "{data:#}");
    let page = file(&archive, "index.html");
    assert!(page.contains(IDENTITY_NUMBER) && page.contains("林示例") && !page.contains("<script"), "{page}");

    let others = sample.browser("neighbour").await.get("/track/everything").await;
    let data = file(&others, "data.json");
    assert!(data.contains("何邻居") && !data.contains("林示例") && !data.contains(IDENTITY_NUMBER), "{data}");
    let nobody = sample.browser("").await.get("/track/everything").await;
    assert_eq!(nobody.status, StatusCode::SEE_OTHER);
    assert_eq!(resident.get("/track/everything").await.status, StatusCode::OK);
    assert_eq!(resident.get("/track/everything").await.status, StatusCode::TOO_MANY_REQUESTS, "it looks through a lot");
}
