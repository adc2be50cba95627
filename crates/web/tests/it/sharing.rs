//! Shared data: keys that offices make, what a grant opens, what is noted of it, and what a program meets that goes too far.

use crate::county::{Answer, IDENTITY_NUMBER, Sample, invented_identity, nine};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use jiff::ToSpan;
use jiff::civil::date;
use serde_json::{Value, json};
use store::{Sharing, StoreExt};
use tower::ServiceExt;

const ROWS: &str = "/api/v1/shares/stall-shares/stall-names/rows";

/// What a program was answered: status, body, and a header of it.
struct Told {
    status: StatusCode,
    body: Value,
    etag: String,
    retry_after: String,
}

/// A program asks with a key.
async fn ask(sample: &Sample, path: &str, key: &str, had: Option<&str>) -> Told {
    let mut request = Request::get(path);
    if !key.is_empty() {
        request = request.header(header::AUTHORIZATION, format!("Bearer {key}"));
    }
    if let Some(had) = had {
        request = request.header(header::IF_NONE_MATCH, had);
    }
    let response = sample.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let text = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let (status, etag, retry_after) = (response.status(), text(header::ETAG), text(header::RETRY_AFTER));
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    Told { status, body: serde_json::from_slice(&bytes).unwrap_or(Value::Null), etag, retry_after }
}

/// The page on which an officer of the county makes a key, and the key.
async fn make_key(sample: &Sample, label: &str) -> (Answer, String) {
    make_key_of(sample, "county-agriculture", label).await
}

async fn make_key_of(sample: &Sample, officer: &str, label: &str) -> (Answer, String) {
    let mut officer = sample.browser(officer).await;
    let token = officer.get("/admin/keys").await.token();
    let made = officer.post("/admin/keys", &[("_token", &token), ("label", label), ("days", "90")]).await;
    let key = made
        .text()
        .split("class=\"secret\">")
        .nth(1)
        .and_then(|rest| rest.split('<').next())
        .unwrap_or_default()
        .to_owned();
    (made, key)
}

/// The owner enters a grant.
async fn grant(sample: &Sample, number: &str, changes: &Value) {
    let mut record = json!({
        "no": number, "of": "stall-names", "to": "county/agriculture", "since": "2022-02-14", "until": "2022-03-14", "purpose": "核对补贴对象",
    });
    record.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    let body = json!({ "place": "999901", "record": record });
    let (status, answer) =
        sample.browser("window").await.json("POST", "/api/v1/registers/stall-grants/rows", None, &body).await;
    assert_eq!(status, StatusCode::CREATED, "{answer}");
}

fn keys_of(told: &Told) -> Vec<&str> {
    told.body["items"].as_array().unwrap().iter().map(|item| item["key"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn an_office_with_a_grant_takes_what_it_names_and_everybody_concerned_sees_it() {
    let sample = Sample::of_shares();
    let (made, key) = make_key(&sample, "补贴系统").await;
    assert_eq!((made.status, key.len()), (StatusCode::CREATED, "gongbao-key-".len() + 64), "{}", made.text());
    let again = sample.browser("county-agriculture").await.get("/admin/keys").await.text();
    assert!(again.contains("补贴系统") && !again.contains(&key), "it is shown once: {again}");
    assert!(
        sample.store.read(|snapshot| snapshot.access_keys()).unwrap().iter().all(|kept| !kept.digest.contains(&key))
    );

    let told = ask(&sample, ROWS, &key, None).await;
    assert_eq!((told.status, &told.body["reasons"][0]["code"]), (StatusCode::FORBIDDEN, &json!("no-grant")));
    grant(&sample, "g1", &json!({ "columns": "code，place" })).await;
    let told = ask(&sample, ROWS, &key, None).await;
    assert_eq!((told.status, &told.body["grant"]), (StatusCode::OK, &json!("g1")), "{}", told.body);
    assert_eq!(told.body["items"][0]["record"], json!({ "code": "s1", "place": "9999010101" }));
    let told = ask(&sample, &format!("{ROWS}?fields=head-name"), &key, None).await;
    assert_eq!((told.status, &told.body["reasons"][0]["code"]), (StatusCode::FORBIDDEN, &json!("beyond-grant")));
    let told =
        ask(&sample, &format!("{ROWS}?head-name=何邻居").replace("何邻居", "%E4%BD%95%E9%82%BB%E5%B1%85"), &key, None)
            .await;
    assert_eq!(told.status, StatusCode::BAD_REQUEST, "what is not granted is not found by either: {}", told.body);

    // Named in the grant, and for longer than the first: the personal column comes, and is told to whom it belongs.
    grant(&sample, "g2", &json!({ "columns": "code head-name", "until": "2022-03-20" })).await;
    let told = ask(&sample, &format!("{ROWS}?code=s1"), &key, None).await;
    assert_eq!(told.body["items"][0]["record"], json!({ "code": "s1", "head-name": "林示例" }), "{}", told.body);
    let readings = sample.browser("resident").await.get("/readings").await.text();
    assert!(
        readings.contains("核对补贴对象") && readings.contains("county/agriculture") && readings.contains("g2"),
        "{readings}"
    );
    assert!(
        !sample.browser("neighbour").await.get("/readings").await.text().contains("核对补贴对象"),
        "hers was not taken"
    );

    let mut owner = sample.browser("window").await;
    let uses = owner.get("/shares/stall-shares/stall-names/uses").await.text();
    assert!(
        uses.contains("补贴系统")
            && uses.contains("县农业农村局")
            && uses.contains("code、head-name")
            && uses.contains("g1"),
        "{uses}"
    );
    let uses = sample.store.read(|snapshot| snapshot.share_uses("stall-names", 10)).unwrap();
    let seen: Vec<(Option<&str>, u64)> = uses.iter().map(|one| (one.grant.as_deref(), one.rows)).collect();
    assert_eq!(seen.len(), 2, "what was refused is no use: {seen:?}");
    assert!(seen.contains(&(Some("g1"), 2)) && seen.contains(&(Some("g2"), 1)), "{seen:?}");
    for who in ["county-agriculture", "village-head", "resident"] {
        let page = sample.browser(who).await.get("/shares/stall-shares/stall-names/uses").await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{who}");
    }
}

#[tokio::test]
async fn a_key_that_is_revoked_or_over_and_a_grant_that_ended_open_nothing() {
    let sample = Sample::of_shares();
    let (_, key) = make_key(&sample, "甲").await;
    let (_, other) = make_key(&sample, "乙").await;
    grant(&sample, "g1", &json!({})).await;
    for wrong in ["", "x", &key[..key.len() - 1], &format!("{key}0")] {
        let told = ask(&sample, ROWS, wrong, None).await;
        assert_eq!((told.status, &told.body["code"]), (StatusCode::UNAUTHORIZED, &json!("access-key")), "{wrong}");
    }
    assert_eq!(ask(&sample, ROWS, &key, None).await.status, StatusCode::OK);

    let id = sample
        .store
        .read(|snapshot| snapshot.access_keys())
        .unwrap()
        .into_iter()
        .find(|kept| kept.label == "甲")
        .unwrap()
        .id;
    let mut stranger = sample.browser("window").await;
    let token = stranger.get("/verify").await.token();
    let answer = stranger.post("/admin/keys", &[("_token", &token), ("id", &id)]).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND, "a township keeps no keys of the county");
    let mut officer = sample.browser("county-agriculture").await;
    let token = officer.get("/admin/keys").await.token();
    officer.post("/admin/keys", &[("_token", &token), ("id", &id)]).await;
    let told = ask(&sample, ROWS, &key, None).await;
    assert_eq!((told.status, &told.body["code"]), (StatusCode::UNAUTHORIZED, &json!("key-revoked")));
    assert!(!sample.store.revoke_access_key(&id, nine(date(2022, 2, 15)), "x").unwrap(), "once is for good");
    assert_eq!(ask(&sample, ROWS, &other, None).await.status, StatusCode::OK, "another key of the office goes on");

    sample.advance(nine(date(2022, 3, 14)));
    assert_eq!(ask(&sample, ROWS, &other, None).await.status, StatusCode::OK, "the last day counts");
    sample.advance(nine(date(2022, 3, 15)));
    let told = ask(&sample, ROWS, &other, None).await;
    assert_eq!((told.status, &told.body["reasons"][0]["code"]), (StatusCode::FORBIDDEN, &json!("grant-ended")));
    grant(&sample, "g2", &json!({ "until": "2023-03-15", "ended": "2022-03-15" })).await;
    assert_eq!(ask(&sample, ROWS, &other, None).await.status, StatusCode::FORBIDDEN, "ended early");
    grant(&sample, "g3", &json!({ "until": "2023-03-15", "to": "county/market" })).await;
    assert_eq!(ask(&sample, ROWS, &other, None).await.status, StatusCode::FORBIDDEN, "another office's");
    grant(&sample, "g4", &json!({ "until": "2023-03-15", "since": "2022-05-01" })).await;
    assert_eq!(ask(&sample, ROWS, &other, None).await.status, StatusCode::FORBIDDEN, "not yet");
    sample.advance(nine(date(2022, 2, 14).saturating_add(90.days())));
    let told = ask(&sample, ROWS, &other, None).await;
    assert_eq!((told.status, &told.body["code"]), (StatusCode::UNAUTHORIZED, &json!("key-ended")));
}

#[tokio::test]
async fn a_flood_from_one_key_is_held_back_and_others_are_not() {
    let sample = Sample::of_shares();
    let (_, key) = make_key(&sample, "甲").await;
    let (_, other) = make_key(&sample, "乙").await;
    let path = "/api/v1/shares/stall-shares/stalls-asked-for/rows";
    let mut answered = std::collections::BTreeMap::new();
    // A thousand in one second of the county's clock.
    for _ in 0..1_000 {
        *answered.entry(ask(&sample, path, &key, None).await.status.as_u16()).or_insert(0) += 1;
    }
    assert_eq!(answered, [(200, 120), (429, 880)].into());
    let told = ask(&sample, path, &key, None).await;
    assert_eq!((told.retry_after.as_str(), &told.body["code"]), ("60", &json!("too-many")));
    assert_eq!(ask(&sample, path, &other, None).await.status, StatusCode::OK);
    assert_eq!(ask(&sample, path, "made-up", None).await.status, StatusCode::UNAUTHORIZED);
    sample.advance(date(2022, 2, 14).at(9, 1, 0, 0));
    assert_eq!(ask(&sample, path, &key, None).await.status, StatusCode::OK);
    assert_eq!(sample.store.read(|snapshot| snapshot.share_uses("stalls-asked-for", 500)).unwrap().len(), 122);
}

#[tokio::test]
async fn only_what_changed_comes_after_a_place_in_the_journal() {
    let sample = Sample::of_shares();
    let (_, key) = make_key(&sample, "甲").await;
    grant(&sample, "g1", &json!({})).await;
    let first = ask(&sample, &format!("{ROWS}?since=0"), &key, None).await;
    assert_eq!((keys_of(&first), &first.body["next"]), (vec!["s1", "s2"], &Value::Null), "{}", first.body);
    let page = ask(&sample, &format!("{ROWS}?since=0&limit=1"), &key, None).await;
    assert_eq!(keys_of(&page), ["s1"]);
    let rest = ask(&sample, page.body["next"].as_str().unwrap(), &key, None).await;
    assert_eq!(keys_of(&rest), ["s2"]);
    let since = format!("{ROWS}?since={}", first.body["seq"]);
    let none = ask(&sample, &since, &key, None).await;
    assert_eq!(keys_of(&none), Vec::<&str>::new());

    let mut assistant = sample.browser("assistant").await;
    let moved = json!({ "record": { "place": "9999010101", "head-name": "林改名" } });
    assistant.json("PATCH", "/api/v1/registers/stallholders/rows/s1", None, &moved).await;
    assistant.json("DELETE", "/api/v1/registers/stallholders/rows/s2", None, &json!({})).await;
    let changed = ask(&sample, &since, &key, None).await;
    assert_eq!(keys_of(&changed), ["s1", "s2"], "{}", changed.body);
    assert_eq!(changed.body["items"][1], json!({ "key": "s2", "gone": true }));
    assert_eq!(ask(&sample, &format!("{ROWS}?since=soon"), &key, None).await.status, StatusCode::BAD_REQUEST);

    let outside = json!({ "place": "9999010101", "record": {
        "code": "x9", "head-name": "不在其中", "identity-number": invented_identity(9), "place": "9999010101",
    } });
    let (status, answer) = assistant.json("POST", "/api/v1/registers/stallholders/rows", None, &outside).await;
    assert_eq!(status, StatusCode::CREATED, "{answer}");
    let changed = ask(&sample, &since, &key, None).await;
    assert_eq!(keys_of(&changed), ["s1", "s2"], "a row that was never a part of it has no key there: {}", changed.body);

    let told = ask(&sample, ROWS, &key, None).await;
    let same = ask(&sample, ROWS, &key, Some(&told.etag)).await;
    assert_eq!((same.status, same.body), (StatusCode::NOT_MODIFIED, Value::Null));
}

#[tokio::test]
async fn rows_that_are_matters_are_shared_as_far_as_they_fit() {
    let sample = Sample::of_shares();
    let (_, key) = make_key(&sample, "甲").await;
    let mut begun = Vec::new();
    for area in ["10", "4"] {
        let form = json!({
            "applicant-name": "林示例", "applicant-id": IDENTITY_NUMBER, "applicant-phone": "10000000001", "goods": "cloth", "area": area,
            "needs-power": false, "signature": true,
        });
        let body = json!({ "procedure": "stall-application", "about": { "holder": "s1" }, "form": form });
        let (status, matter) = sample.browser("resident").await.json("POST", "/api/v1/matters", None, &body).await;
        assert_eq!(status, StatusCode::CREATED, "{matter}");
        begun.push(matter["id"].as_str().unwrap().to_owned());
    }
    let path = "/api/v1/shares/stall-shares/stalls-asked-for/rows";
    let told = ask(&sample, path, &key, None).await;
    let records: Vec<&Value> =
        told.body["items"].as_array().unwrap().iter().map(|item| &item["record"]["asked"]).collect();
    assert_eq!((records, &told.body["grant"]), (vec![&json!("10")], &Value::Null), "{}", told.body);
    let changed = ask(&sample, &format!("{path}?since=0"), &key, None).await;
    assert_eq!(
        keys_of(&changed),
        ["摊申2022-0001"],
        "of the other, which never fitted, nothing is told: {}",
        changed.body
    );
    for matter in &begun {
        let (status, done) = sample
            .browser("resident")
            .await
            .json("POST", &format!("/api/v1/matters/{matter}/acts"), None, &json!({ "act": "withdraw" }))
            .await;
        assert_eq!(status, StatusCode::OK, "{done}");
    }
    let changed = ask(&sample, &format!("{path}?since={}", changed.body["seq"]), &key, None).await;
    assert_eq!(changed.body["items"], json!([{ "key": "摊申2022-0001", "gone": true }]), "what was there is gone");
    let closed = ask(&sample, "/api/v1/shares/stall-shares/stall-papers/rows", &key, None).await;
    assert_eq!((closed.status, &closed.body["reasons"][0]["code"]), (StatusCode::FORBIDDEN, &json!("not-shared")));
    assert!(closed.body["detail"].as_str().unwrap().contains("第十三条"), "{}", closed.body);
}

#[tokio::test]
async fn the_catalogue_stands_on_a_page_a_sheet_and_in_dcat() {
    let sample = Sample::of_shares();
    let mut anybody = sample.browser("").await;
    let page = anybody.get("/shares").await.text();
    assert!(page.contains("经营户") && page.contains("有条件共享") && page.contains("含个人信息"), "{page}");
    assert!(!anybody.get("/shares?terms=not-shared").await.text().contains("/shares/stall-shares/stall-names\""));
    let one = anybody.get("/shares/stall-shares/stall-names").await.text();
    assert!(one.contains("head-name") && one.contains("准许共享") && !one.contains("授权和使用记录"), "{one}");
    assert_eq!(anybody.get("/shares/stalls/stall-names").await.status, StatusCode::NOT_FOUND);
    assert_eq!(anybody.get("/shares/-/excel").await.bytes[..2], *b"PK");
    let program = crate::program::Program::new(&sample).await;
    let list = program.get("/api/v1/shares").await.body;
    let one = program.get("/api/v1/shares/stall-shares/stall-names").await.body;
    assert_eq!((&one["key"], &one["fields"][1]["released_by"]), (&json!(["code"]), &json!("ss-2")), "{one}");
    assert_eq!(list["items"].as_array().unwrap().len(), 3);
    let dcat: Value = serde_json::from_slice(&anybody.get("/api/v1/catalogue").await.bytes).unwrap();
    let sets = dcat["dcat:dataset"].as_array().unwrap();
    let of = |name: &str| sets.iter().find(|set| set["dct:identifier"] == json!(name)).unwrap();
    assert_eq!(dcat["@type"], "dcat:Catalog");
    assert!(of("stall-papers")["dcat:distribution"].is_null() && of("stall-names")["dcat:distribution"].is_array());
    assert_eq!(of("stall-names")["dct:modified"]["@value"], "2022-02-14");

    // Nothing changed for more than two months.
    sample.advance(nine(date(2022, 4, 18)));
    assert!(sample.browser("").await.get("/shares/stall-shares/stall-names").await.text().contains("逾期未更新"));
}

#[tokio::test]
async fn the_owner_sees_which_rows_break_the_rules() {
    let sample = Sample::of_shares();
    let page = sample.browser("window").await.get("/shares/stall-shares/stall-names/quality").await.text();
    assert!(page.contains("编号s2不合规") && !page.contains("编号s1不合规") && page.contains("看了 2 条"), "{page}");
    let page = sample.browser("county-agriculture").await.get("/shares/stall-shares/stall-names/quality").await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    let page = sample.browser("").await.get("/shares/stall-shares/stall-names/quality").await;
    assert!(page.status == StatusCode::SEE_OTHER || page.status == StatusCode::UNAUTHORIZED, "{}", page.status);
}

#[tokio::test]
async fn a_key_needs_a_name_and_a_term_and_an_office_of_the_county() {
    let sample = Sample::of_shares();
    let mut officer = sample.browser("county-agriculture").await;
    let token = officer.get("/admin/keys").await.token();
    for wrong in [vec![("label", ""), ("days", "90")], vec![("label", "甲"), ("days", "99999")], vec![("label", "甲")]]
    {
        let answer = officer.post("/admin/keys", &[&[("_token", token.as_str())], wrong.as_slice()].concat()).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong:?}");
    }
    for who in ["village-head", "resident"] {
        assert_eq!(sample.browser(who).await.get("/admin/keys").await.status, StatusCode::NOT_FOUND, "{who}");
    }
    assert!(sample.store.read(|snapshot| snapshot.access_keys()).unwrap().is_empty());
}

#[tokio::test]
async fn an_office_of_a_township_has_keys_and_grants_of_its_own() {
    let sample = Sample::of_shares();
    let (made, key) = make_key_of(&sample, "window", "东河镇台账").await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    assert!(made.text().contains("东河镇便民服务中心"), "{}", made.text());
    let (_, other) = make_key_of(&sample, "other-window", "西岭乡台账").await;
    let page = sample.browser("other-window").await.get("/admin/keys").await.text();
    assert!(page.contains("西岭乡台账") && !page.contains("东河镇台账"), "each sees its own: {page}");
    grant(&sample, "g1", &json!({ "to": "township/window@999901", "columns": "code" })).await;
    let told = ask(&sample, ROWS, &key, None).await;
    assert_eq!((told.status, &told.body["grant"]), (StatusCode::OK, &json!("g1")), "{}", told.body);
    let told = ask(&sample, ROWS, &other, None).await;
    assert_eq!((told.status, &told.body["reasons"][0]["code"]), (StatusCode::FORBIDDEN, &json!("no-grant")));
    let open = "/api/v1/shares/stall-shares/stalls-asked-for/rows";
    assert_eq!(ask(&sample, open, &other, None).await.status, StatusCode::OK, "what is open needs no grant");
    let seen = sample.browser("window").await.get("/shares/stall-shares/stall-names/uses").await.text();
    assert!(seen.contains("东河镇便民服务中心") && seen.contains("g1"), "{seen}");
}
