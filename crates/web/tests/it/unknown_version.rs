//! A matter that began under a version of its regulation which this program does not have: an older node, or a county moved to one.

use crate::county::{IDENTITY_NUMBER, STALLS, Sample};
use crate::program::Program;
use axum::http::StatusCode;
use engine::{Act, Actor, Target};
use serde_json::json;
use store::{Request, StoreExt};

#[tokio::test]
async fn a_matter_under_an_unknown_version_is_read_by_who_took_part_and_acted_on_by_nobody() {
    let sample = Sample::new();
    let form = json!({
        "applicant-name": "林示例",
        "applicant-id": IDENTITY_NUMBER,
        "applicant-phone": "10000000001",
        "helpers": [],
        "goods": "cloth",
        "area": "10",
        "needs-power": false,
        "signature": true,
    });
    let begun = json!({ "procedure": "stall-application", "form": form });
    let begun = Program::of(&sample, "resident").await.post("/api/v1/matters", begun).await;
    let id = begun.body["id"].as_str().unwrap().to_owned();
    let sample = sample.restarted_under(&format!("{}\n", STALLS.1));

    let mut resident = sample.browser("resident").await;
    let page = resident.get(&format!("/matters/{id}")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    let text = page.text();
    assert!(text.contains("不能办理") && text.contains("升级程序") && text.contains("集市摊位"), "{text}");
    assert!(!text.contains(IDENTITY_NUMBER), "{text}");
    assert_eq!(resident.get(&format!("/matters/{id}/acts/withdraw")).await.status, StatusCode::CONFLICT);
    let told = Program::of(&sample, "resident").await.get(&format!("/api/v1/matters/{id}")).await;
    assert_eq!((told.status, told.body["code"].as_str()), (StatusCode::NOT_FOUND, Some("unknown-version")));

    // Nobody can say here whether others may see it.
    let mut village = sample.browser("village-head").await;
    assert_eq!(village.get(&format!("/matters/{id}")).await.status, StatusCode::NOT_FOUND);
    let act = Act {
        target: Target::Matter { id, seen: None },
        name: "pass".into(),
        actor: Actor::Person { person: "village-head".into(), post: Some("post-village-head".into()) },
        form: Default::default(),
        fresh_ids: Vec::new(),
        proved: false,
    };
    let answer = sample.store.submit(Request { key: None, act, now: sample.now() }).unwrap();
    let refusal = answer.refusal().expect("nobody acts on it");
    assert_eq!(refusal.reasons[0].code, "unknown-version", "{refusal:?}");
    for path in ["/", "/services", "/desk", "/notices", "/gazette/stalls"] {
        assert_eq!(village.get(path).await.status, StatusCode::OK, "{path}");
    }
    assert_eq!(resident.get("/track").await.status, StatusCode::OK);
}
