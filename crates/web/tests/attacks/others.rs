//! What belongs to others, asked for by its right id (IDOR): over every address that has an id in it.

use crate::county::{Browser, Sample};
use crate::{APPLY, Applied, PRIVATE, acts, approved};
use serde_json::json;
use store::StoreExt;
use store::pages::{Cut, MatterQuery};
use web::router::PAGES;

/// The neighbour's invented identity number.
const OTHER_NUMBER: &str = "999999198109300029";

/// Whom none of it concerns: not signed in, another resident, and officers of another village and another township.
const STRANGERS: [&str; 4] = ["", "neighbour", "other-village-head", "other-window"];

/// An address with the ids of somebody's real things.
fn filled(route: &str, applied: &Applied) -> String {
    let mut path = route.to_owned();
    for (name, value) in [
        ("/matters/{id}", format!("/matters/{}", applied.matter)),
        ("/documents/{id}", format!("/documents/{}", applied.document)),
        ("/documents/{document}", format!("/documents/{}", applied.document)),
        ("/procedures/{id}", "/procedures/stall-application".to_owned()),
        ("/registers/{name}", "/registers/stallholders".to_owned()),
        ("/forms/{form}/", "/forms/stall-form/".to_owned()),
        ("{matter}", applied.matter.clone()),
        ("{draft}", applied.draft.clone()),
        ("{digest}", applied.file.clone()),
        ("{register}", "stallholders".to_owned()),
        ("{key}", "s1".to_owned()),
        ("{step}", "1".to_owned()),
        ("{act}", "withdraw".to_owned()),
        ("{form}", "stall-form.pdf".to_owned()),
        ("{field}", "helpers".to_owned()),
        ("{regulation}", "stalls".to_owned()),
        ("{procedure}", "stall-application".to_owned()),
        ("{view}", "applications".to_owned()),
        ("{code}", "9999010101".to_owned()),
        ("{post}", "post-window".to_owned()),
    ] {
        path = path.replace(name, &value);
    }
    // What this county has none of.
    let parts = path.split('/').map(|part| if part.starts_with('{') { "1" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

fn routes(wanted: &str) -> Vec<(String, String)> {
    let pages = PAGES.iter().flat_map(|route| route.methods.iter().map(|method| (*method, route.path)));
    let pages = pages.map(|(method, path)| (method.to_owned(), path.to_owned()));
    let all = pages.chain(web::api::addresses());
    all.filter(|(method, path)| (method == "GET") == (wanted == "GET") && path.contains('{')).collect()
}

fn tells(text: &str) -> Option<&'static str> {
    PRIVATE.into_iter().find(|private| text.contains(private))
}

/// The keeper of the name list of the neighbouring village may not read this one either.
#[tokio::test]
async fn nothing_of_others_is_read_by_its_id() {
    let sample = Sample::new();
    let applied = approved(&sample).await;
    let mut owner = sample.browser("resident").await;
    let mut told = 0;
    for (_, route) in routes("GET") {
        let path = filled(&route, &applied);
        told += usize::from(tells(&owner.get(&path).await.text()).is_some());
        for person in STRANGERS {
            let answer = sample.browser(person).await.get(&path).await;
            // A notice once displayed names its applicant, and so does the page of a public document.
            let found = tells(&answer.text());
            assert!(found.is_none(), "{person} reads {found:?} at {path}: {}", answer.status);
        }
    }
    assert!(told >= 6, "the owner reads their own at {told} addresses");
}

#[tokio::test]
async fn nothing_of_others_is_changed_by_its_id() {
    let sample = Sample::new();
    let applied = approved(&sample).await;
    let before = acts(&sample);
    let draft = |sample: &Sample| sample.store.read(|snapshot| snapshot.draft("resident", &applied.draft)).unwrap();
    let kept = draft(&sample).unwrap();
    for person in STRANGERS {
        let mut browser = sample.browser(person).await;
        let token = token(&mut browser).await;
        for (method, route) in routes("POST") {
            let path = filled(&route, &applied);
            if path.contains("/check") {
                continue;
            }
            if path.starts_with("/api/") {
                let (status, answer) =
                    browser.json(&method, &path, None, &json!({ "act": "withdraw", "form": {} })).await;
                assert!(status.is_client_error(), "{person} {method} {path}: {status} {answer}");
            } else {
                let fields = [("_token", token.as_str()), ("_confirmed", "yes"), ("applicant-name", "窃取")];
                let answer = browser.post(&path, &fields).await;
                let found = tells(&answer.text());
                assert!(found.is_none(), "{person} reads {found:?} at {path}");
            }
        }
    }
    assert_eq!(acts(&sample), before, "no act was done");
    assert_eq!(draft(&sample).unwrap(), kept, "nor a draft changed or dropped");
}

async fn token(browser: &mut Browser) -> String {
    let token = browser.get(APPLY).await.token();
    if token.is_empty() { browser.get("/sign-in").await.token() } else { token }
}

#[tokio::test]
async fn an_upload_of_somebody_is_not_filed_by_another() {
    let sample = Sample::new();
    let applied = approved(&sample).await;
    let mut thief = sample.browser("neighbour").await;
    let begun = thief.fill(APPLY, APPLY, &[("about.holder", "s2")]).await;
    let draft = begun.location.trim_end_matches("/1").to_owned();
    let applicant = [("applicant-name", "何邻居"), ("applicant-id", OTHER_NUMBER), ("applicant-phone", "10000000002")];
    let stall = [("goods", "food"), ("area", "9"), ("needs-power", "no")];
    let stolen =
        json!({ "name": "x.pdf", "media": "application/pdf", "bytes": 21, "size": 21, "digest": applied.file });
    let stolen = stolen.to_string();
    for (step, answers) in [(1, &applicant[..]), (2, &stall), (3, &[("health-paper", stolen.as_str())])] {
        let page = format!("{draft}/{step}");
        thief.fill(&page, &page, answers).await;
    }
    thief.fill(&format!("{draft}/review"), &format!("{draft}/submit"), &[("signature", "yes")]).await;
    // Wherever it was taken in, its content is nowhere given out.
    let filed = sample.store.read(|snapshot| snapshot.matters(&MatterQuery::default(), &Cut::first(9))).unwrap();
    let matters = filed.lines.into_iter().map(|line| format!("/matters/{}", line.id));
    for place in matters.chain(["/registers/stallholders/s2".to_owned(), "/registers/stallholders/s1".to_owned()]) {
        let answer = thief.get(&format!("{place}/files/{}", applied.file)).await;
        assert!(!answer.text().contains("体检合格"), "{place}");
    }
    let own = sample.browser("resident").await.get(&format!("{}/files/{}", applied.address(), applied.file)).await;
    assert!(own.text().contains("体检合格"), "its owner has it");
}

/// Ids and codes are drawn at random and long: nobody finds one by counting.
#[tokio::test]
async fn ids_do_not_follow_from_one_another() {
    let sample = Sample::new();
    let applied = approved(&sample).await;
    for id in [&applied.matter, &applied.draft] {
        let drawn = id.rsplit('-').next().unwrap();
        assert!(drawn.len() >= 12 && drawn.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{id}");
    }
    assert_eq!(applied.file.len(), 64, "a file is asked for by the digest of what is in it");
}
