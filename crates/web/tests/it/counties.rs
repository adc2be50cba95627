//! Two counties in one process: what happens at the host of one does not exist at that of the other.

use crate::county::{Browser, IDENTITY_NUMBER, Sample, encode};
use crate::program::{Program, Reply};
use axum::Router;
use axum::extract::Request;
use axum::http::header::HOST;
use axum::http::{HeaderValue, StatusCode};
use serde_json::{Value, json};
use store::aside::Upload;
use store::{Aside, StoreExt};
use tower::ServiceExt;
use web::counties::{Housed, Province, Reporting, by_host};

const MATTERS: &str = "/api/v1/matters";
const EAST: &str = "east.example";
const WEST: &str = "west.example";
const PROVINCE: &str = "province.example";
const BROKEN: &str = "broken.example";

/// Whatever is asked of a router, asked at a host.
fn at(router: &Router, host: &'static str) -> Router {
    let router = router.clone();
    Router::new().fallback(async move |mut request: Request| {
        request.headers_mut().insert(HOST, HeaderValue::from_static(host));
        router.oneshot(request).await
    })
}

/// Two counties alike in everything but their data, a third out of service, and the process that has all of them, and a host for the province.
fn housed() -> ([Sample; 2], Router) {
    let mut samples = [Sample::new(), Sample::new()];
    let house = |host: &str| Housed {
        name: format!("县 {host}"),
        public_url: format!("https://{host}"),
        hosts: vec![host.to_owned()],
    };
    let open = [EAST, WEST].iter().zip(&samples).map(|(host, sample)| (house(host), Some(sample.router.clone())));
    let reporting =
        |(host, sample): (&&str, &Sample)| Reporting { name: format!("县 {host}"), store: sample.store.clone() };
    let province = Province {
        name: "样例省".into(),
        hosts: vec![PROVINCE.to_owned()],
        counties: [EAST, WEST].iter().zip(&samples).map(reporting).collect(),
        clock: samples[0].clock.clone(),
    };
    let all = by_host(open.chain([(house(BROKEN), None)]).collect(), Some(province));
    for (host, sample) in [EAST, WEST].into_iter().zip(&mut samples) {
        sample.router = at(&all, host);
    }
    (samples, all)
}

fn application() -> Value {
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
    json!({ "procedure": "stall-application", "form": form })
}

fn id(reply: &Reply) -> String {
    assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.body);
    reply.body["id"].as_str().unwrap().to_owned()
}

fn acts(sample: &Sample) -> u64 {
    sample.store.read(|snapshot| snapshot.journal_length()).unwrap()
}

#[tokio::test]
async fn a_matter_of_one_county_does_not_exist_at_the_host_of_another() {
    let ([east, west], _) = housed();
    let of_east = id(&Program::of(&east, "resident").await.post(MATTERS, application()).await);
    let before = acts(&west);
    for name in ["resident", "village-head", "county-agriculture"] {
        let (mut browser, program) = (west.browser(name).await, Program::of(&west, name).await);
        for path in ["", "/archive.zip", "/receipt", "/acts/pass", "/forms/stall-application"] {
            let page = browser.get(&format!("/matters/{of_east}{path}")).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{name} {path}");
        }
        assert_eq!(program.get(&format!("{MATTERS}/{of_east}")).await.status, StatusCode::NOT_FOUND);
        let act = program.post(&format!("{MATTERS}/{of_east}/acts"), json!({ "act": "pass", "form": {} })).await;
        assert_eq!(act.status, StatusCode::NOT_FOUND, "{name}: {}", act.body);
    }
    assert_eq!(acts(&west), before, "nothing happened there");
    assert!(!west.browser("").await.get(&format!("/?q={}", encode("摊位"))).await.text().contains(&of_east));
    assert_eq!(Program::of(&east, "village-head").await.get(&format!("{MATTERS}/{of_east}")).await.status, 200);
}

#[tokio::test]
async fn who_signed_in_at_one_county_is_nobody_at_another() {
    let ([east, west], _) = housed();
    let mut there = east.browser("village-head").await;
    let token = there.get("/account").await.token();
    let cookie = there.cookie();
    let (name, session) = cookie.split(';').find_map(|pair| pair.trim().split_once('=')).unwrap();
    let mut here = Browser::new(west.router.clone());
    here.put_cookie(name, session);
    for path in ["/account", "/desk"] {
        let page = here.get(path).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{path}");
        assert!(page.location.starts_with("/sign-in"), "{path}: {}", page.location);
    }
    // The token of a form belongs to the session, which is not known here.
    let sent = here.post("/account/sessions", &[("_token", &token), ("end", "all")]).await;
    assert!(sent.status != StatusCode::OK && !sent.location.starts_with("/account"), "{}", sent.status);
    let mut program = Program::new(&west).await;
    program.take(session);
    assert_eq!(program.get("/api/v1/session").await.body["person"], Value::Null);
    let begun = program.post(MATTERS, application()).await;
    assert_eq!(begun.status, StatusCode::UNAUTHORIZED, "{}", begun.body);
    // There it still holds.
    assert_eq!(there.get("/account").await.status, StatusCode::OK);
}

#[tokio::test]
async fn one_idempotency_key_is_two_acts_at_two_counties() {
    let ([east, west], _) = housed();
    let (here, there) = (Program::of(&east, "resident").await, Program::of(&west, "resident").await);
    let first = id(&here.once(MATTERS, "one-key", application()).await);
    let other = id(&there.once(MATTERS, "one-key", application()).await);
    assert_ne!(first, other);
    let again = here.once(MATTERS, "one-key", application()).await;
    assert_eq!(again.body["id"], first.as_str(), "sent twice it happened once");
}

#[tokio::test]
async fn drafts_and_files_of_one_county_are_not_had_at_another() {
    let ([east, west], _) = housed();
    let apply = "/services/stall-application/apply";
    let begun = east.browser("resident").await.fill(apply, apply, &[("about.holder", "s1")]).await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER);
    let mut here = west.browser("resident").await;
    assert_eq!(here.get(&begun.location).await.status, StatusCode::NOT_FOUND, "{}", begun.location);
    let upload = Upload {
        holder: Some("stallholders/s1".to_owned()),
        name: "a.png".into(),
        media: "image/png".into(),
        bytes: b"invented photograph".to_vec(),
        now: east.now(),
    };
    let file = east.store.put_file(upload).unwrap();
    let of_west = id(&Program::of(&west, "resident").await.post(MATTERS, application()).await);
    for path in
        [format!("/matters/{of_west}/files/{}", file.digest), format!("/gazette/items/{of_west}/files/{}", file.digest)]
    {
        assert_eq!(here.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn an_unknown_host_gets_the_list_of_counties() {
    let (_samples, all) = housed();
    for host in ["elsewhere.example", "east.example.", "east.example.elsewhere.example"] {
        let mut browser = Browser::new(at(&all, host));
        let page = browser.get("/").await;
        assert_eq!(page.status, StatusCode::OK);
        let text = page.text();
        assert!(text.contains("https://east.example") && text.contains("https://west.example"), "{text}");
        assert!(text.contains("暂停服务") && !text.contains("https://broken.example"), "{text}");
        assert!(page.headers.contains_key("content-security-policy"));
        for path in ["/desk", "/sign-in", "/api/v1/session", "/matters/x"] {
            assert_eq!(browser.get(path).await.status, StatusCode::MISDIRECTED_REQUEST, "{host} {path}");
        }
        assert_eq!(browser.get("/assets/gongbao.css").await.status, StatusCode::OK);
    }
    let english = Browser::new(at(&all, "elsewhere.example")).get("/?lang=en").await;
    assert!(english.text().contains("Choose your county"), "{}", english.text());
}

#[tokio::test]
async fn a_county_out_of_service_says_so_and_the_others_go_on() {
    let (_samples, all) = housed();
    let page = Browser::new(at(&all, BROKEN)).get("/desk").await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.text().contains("县 broken.example") && page.headers.contains_key("retry-after"), "{}", page.text());
    assert_eq!(Browser::new(at(&all, EAST)).get("/").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_province_sees_how_matters_stand_and_nobody_in_them() {
    let ([east, _west], all) = housed();
    let of_east = id(&Program::of(&east, "resident").await.post(MATTERS, application()).await);
    let mut browser = Browser::new(at(&all, PROVINCE));
    let figures: Value = serde_json::from_str(&browser.get("/statistics.json").await.text()).unwrap();
    let mut expected = json!([{
        "procedure": "stall-application", "title": "", "opened": { "about": 0, "few": 1 }, "closed": { "about": 0, "few": 0 },
        "on_time": { "about": 0, "few": 0 }, "on_time_percent": null, "open": { "about": 0, "few": 1 }, "late": { "about": 0, "few": 0 },
    }]);
    expected[0]["title"] = figures["counties"][0]["procedures"][0]["title"].clone();
    assert_eq!((&figures["counties"][0]["procedures"], &figures["totals"]), (&expected, &expected), "{figures:#}");
    assert_eq!(figures["counties"][1]["procedures"], json!([]), "nothing has happened in the other");
    assert_eq!(figures["missing"], json!(["县 broken.example"]));
    let (page, sheet) = (browser.get("/statistics").await.text(), browser.get("/statistics.csv").await.text());
    for text in [&page, &sheet] {
        assert!(text.contains("&lt;5") || text.contains("<5"), "{text}");
        assert!(text.contains("县 broken.example") && text.contains("不在合计内"), "{text}");
        for said in ["林示例", IDENTITY_NUMBER, of_east.as_str()] {
            assert!(!text.contains(said), "{said}: {text}");
        }
    }
    // Nothing else of a county is had there, and nothing of the province at a county.
    for path in ["/desk", "/api/v1/matters", "/gazette"] {
        assert_eq!(browser.get(path).await.status, StatusCode::MISDIRECTED_REQUEST, "{path}");
    }
    assert_eq!(east.browser("").await.get("/statistics").await.status, StatusCode::NOT_FOUND);
}
