//! The interface for programs: the whole way of an application, and everything that can be wrong on it.

use crate::county::{IDENTITY_NUMBER, PASSWORD, Sample};
use crate::program::{Program, Reply};
use axum::http::StatusCode;
use serde_json::{Value, json};
use store::StoreExt;

const MATTERS: &str = "/api/v1/matters";

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

/// Starts as the resident; place and holder follow from who that is.
async fn start(program: &Program, form: Value) -> Reply {
    program.post(MATTERS, json!({ "procedure": "stall-application", "form": form })).await
}

async fn started(sample: &Sample) -> String {
    let reply = start(&Program::of(sample, "resident").await, form()).await;
    assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.body);
    format!("{MATTERS}/{}", reply.body["id"].as_str().unwrap())
}

async fn advance(program: &Program, now: &str) -> Reply {
    program.post("/api/v1/clock", json!({ "now": now })).await
}

/// Status, code, and the first clause named.
pub fn told(reply: &Reply) -> (u16, &str, Option<&str>) {
    assert!(reply.body["hint"].as_str().is_some_and(|hint| !hint.is_empty()), "no hint: {}", reply.body);
    (reply.status.as_u16(), reply.body["code"].as_str().unwrap_or_default(), reply.body["clauses"][0].as_str())
}

fn wrong_fields(reply: &Reply) -> Vec<&str> {
    reply.body["errors"].as_array().unwrap().iter().filter_map(|fault| fault["field"].as_str()).collect()
}

#[tokio::test]
async fn an_application_goes_its_whole_way() {
    let sample = Sample::new();
    let resident = Program::of(&sample, "resident").await;
    let procedure = resident.get("/api/v1/procedures/stall-application").await.body;
    assert_eq!(procedure["start"][0]["forms"][0]["fields"][6]["unit"], "m²");
    assert_eq!(procedure["steps"][0]["due"][0]["term"], "5 days");
    let schema = resident.get("/api/v1/procedures/stall-application/schema").await.body;
    assert_eq!(schema["$defs"]["helper-row"]["properties"]["helper-name"]["x-personal"], "identity");
    assert!(schema["required"].as_array().unwrap().contains(&json!("area")));

    let begun = start(&resident, form()).await.body;
    assert_eq!((begun["state"].as_str(), begun["state_label"].as_str()), (Some("village-check"), Some("村级核对")));
    assert_eq!((begun["number"].as_str(), begun["seq"].as_u64()), (Some("摊申2022-0001"), Some(1)));
    let path = format!("{MATTERS}/{}", begun["id"].as_str().unwrap());
    let acts = format!("{path}/acts");

    let own = resident.get(&path).await.body;
    assert_eq!(
        (own["form"]["applicant-id"].as_str(), own["place"].as_str()),
        (Some(IDENTITY_NUMBER), Some("9999010101"))
    );
    assert_eq!((own["about"]["holder"].as_str(), own["form"]["area"].as_str()), (Some("s1"), Some("10.5")));
    let clock = &own["clocks"][0];
    assert_eq!((clock["due"].as_str(), clock["light"].as_str()), (Some("2022-02-21"), Some("green")), "{clock}");
    assert!(clock["why"].as_array().is_some_and(|why| !why.is_empty()));
    let can: Vec<&str> = own["acts"].as_array().unwrap().iter().filter_map(|act| act["act"].as_str()).collect();
    assert_eq!(can, ["withdraw"]);

    let village = Program::of(&sample, "village-head").await;
    for (program, listed) in [(&resident, 1), (&village, 1), (&Program::of(&sample, "neighbour").await, 0)] {
        let all = program.get(&format!("{MATTERS}?open=yes&procedure=stall-application")).await.body;
        assert_eq!(all["items"].as_array().unwrap().len(), listed, "{all}");
    }
    let seen = village.get(&path).await.body;
    assert_eq!(seen["acts"][1]["forms"][0]["fields"][0]["name"], "reasons");
    assert_eq!(seen["acts"][0]["post"], "post-village-head");
    let passed = village.once(&acts, "p", json!({ "act": "pass", "seen": seen["seq"] })).await;
    assert_eq!(passed.body["state"], "display", "{}", passed.body);
    assert_eq!(passed.body["documents"][0]["last_day"], "2022-02-21");

    let anybody = Program::new(&sample).await;
    let notice = anybody.get("/api/v1/notices").await.body["items"][0].clone();
    assert_eq!(
        (notice["data"]["applicant"]["value"].as_str(), notice["place"].as_str()),
        (Some("林示例"), Some("9999010101"))
    );
    assert_eq!(anybody.get(&path).await.body["access"], "public");

    let ticked = advance(&anybody, "2022-02-22T09:00:00").await.body;
    assert_eq!((ticked["now"].as_str(), ticked["fired"].as_u64()), (Some("2022-02-22T09:00:00"), Some(1)), "{ticked}");
    // What was answered under a key is answered again, whatever has happened since.
    let again = village.once(&acts, "p", json!({ "act": "pass", "seen": seen["seq"] })).await.body;
    assert_eq!(again["repeated"], true);
    for member in ["state", "seq", "documents", "receipt"] {
        assert_eq!(again[member], passed.body[member], "{member}");
    }

    let window = Program::of(&sample, "window").await;
    let desk = window.get("/api/v1/desk").await.body;
    assert_eq!(
        (desk["counts"]["all"].as_u64(), desk["items"][0]["step"].as_str()),
        (Some(1), Some("decision")),
        "{desk}"
    );
    let approved = window.post(&acts, json!({ "act": "approve" })).await.body;
    assert_eq!((approved["state"].as_str(), approved["open"].as_bool()), (Some("approved"), Some(false)), "{approved}");
    let permit = resident.get(approved["documents"][0]["url"].as_str().unwrap()).await.body;
    assert_eq!(
        (permit["number"].as_str(), permit["data"]["area"]["text"].as_str()),
        (Some("摊证2022-0001号"), Some("10.5 平方米"))
    );
    let genuine = anybody.get(&format!("/api/v1/verify/{}", permit["verification_code"].as_str().unwrap())).await.body;
    assert_eq!((genuine["in_force"].as_bool(), genuine["number"].as_str()), (Some(true), Some("摊证2022-0001号")));

    let timeline = resident.get(&path).await.body["timeline"].clone();
    let acts: Vec<&str> = timeline.as_array().unwrap().iter().filter_map(|entry| entry["act"].as_str()).collect();
    assert_eq!(acts, ["apply", "pass", "display-over", "approve"]);
}

#[tokio::test]
async fn a_wrong_form_names_every_field_at_once() {
    let sample = Sample::new();
    let resident = Program::of(&sample, "resident").await;
    let mut wrong = form();
    wrong["applicant-id"] = json!("999999197904120015");
    wrong["area"] = json!("much");
    wrong["goods"] = json!("food");
    wrong["helpers"] = json!([{ "helper-phone": "10000000002" }, "林帮工"]);
    wrong["signature"] = json!("何邻居");
    wrong["colour"] = json!("red");
    let reply = start(&resident, wrong).await;
    assert_eq!((reply.status.as_u16(), reply.body["code"].as_str()), (422, Some("form")));
    let fields = wrong_fields(&reply);
    for expected in
        ["applicant-id", "area", "health-paper", "helpers.1.helper-name", "helpers.2", "signature", "colour"]
    {
        assert_eq!(fields.iter().filter(|field| **field == expected).count(), 1, "{expected} in {fields:?}");
    }
    let area = reply.body["errors"].as_array().unwrap().iter().find(|fault| fault["field"] == "area").unwrap();
    assert_eq!((area["label"].as_str(), area["clause"].as_str()), (Some("面积"), Some("st-2.a")));
    let english = resident
        .ask(
            "POST",
            MATTERS,
            &[("accept-language", "en")],
            Some(json!({ "procedure": "stall-application" }).to_string()),
        )
        .await;
    // A label without English is given as it is.
    assert_eq!(english.body["errors"][0]["message"], "fill in “姓名”", "{}", english.body);
    let next = "Mend what is said beside the fields and send it again";
    assert_eq!((&english.body["hint"], &english.body["reasons"][0]["hint"]), (&json!(next), &json!(next)));
}

#[tokio::test]
async fn numbers_are_read_as_they_are_written() {
    let sample = Sample::new();
    let resident = Program::of(&sample, "resident").await;
    let body = json!({ "procedure": "stall-application", "form": form() }).to_string();
    // No binary fraction is 0.1; as text it is.
    let sent = body.replace("\"10.5\"", "0.1");
    let reply = resident.ask("POST", MATTERS, &[], Some(sent)).await;
    let matter = resident.get(reply.headers["location"].to_str().unwrap()).await.body;
    assert_eq!(matter["form"]["area"], "0.1");
    let too_fine = resident.ask("POST", MATTERS, &[], Some(body.replace("\"10.5\"", "0.1000000000000000055"))).await;
    assert_eq!((too_fine.status.as_u16(), wrong_fields(&too_fine)), (422, vec!["area"]));
}

#[tokio::test]
async fn what_cannot_be_read_is_said_with_its_place() {
    let sample = Sample::new();
    let resident = Program::of(&sample, "resident").await;
    let raw = async |headers: &[(&str, &str)], body: &str| {
        resident.ask("POST", MATTERS, headers, Some(body.to_owned())).await
    };
    let reply = raw(&[], "{\n  \"procedure\": stall\n}").await;
    assert_eq!((told(&reply).0, reply.body["title"].as_str()), (400, Some("第 2 行第 16 列起不是合法的 JSON")));
    assert_eq!(told(&raw(&[], "[]").await).0, 400);
    let unknown = raw(&[], r#"{"procedure": "stall-application", "from": {}}"#).await;
    assert_eq!((told(&unknown).1, wrong_fields(&unknown)), ("unknown-member", vec!["from"]));
    assert_eq!(told(&raw(&[("content-type", "text/plain")], "{}").await).0, 415);
    assert_eq!(told(&raw(&[], &format!("{{\"procedure\": \"{}\"}}", "x".repeat(1024 * 1024))).await).0, 413);
    assert_eq!(told(&raw(&[("idempotency-key", " ")], r#"{"procedure": "stall-application"}"#).await).0, 400);
}

#[tokio::test]
async fn wrong_procedures_places_and_subjects_are_refused() {
    let sample = Sample::new();
    let resident = Program::of(&sample, "resident").await;
    let with = async |more: Value| {
        let mut body = json!({ "procedure": "stall-application", "form": form() });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        resident.post(MATTERS, body).await
    };
    let unknown = with(json!({ "procedure": "stall" })).await;
    assert_eq!(told(&unknown).0, 404);
    assert!(unknown.body["hint"].as_str().unwrap().contains("stall-application"));
    assert_eq!(told(&with(json!({ "act": "pass" })).await).0, 404);
    for (more, field) in [
        (json!({ "place": "110000" }), "place"),
        (json!({ "about": { "holder": "s9" } }), "about.holder"),
        (json!({ "about": { "house": "s1" } }), "about.house"),
        (json!({ "about": { "holder": 1 } }), "about.holder"),
    ] {
        let reply = with(more).await;
        assert_eq!((told(&reply).0, wrong_fields(&reply)), (422, vec![field]));
    }
    // Somebody else's household: the act is for its head.
    assert_eq!(told(&with(json!({ "about": { "holder": "s2" } })).await).0, 403);
    assert_eq!(told(&with(json!({ "post": "post-window" })).await).1, "not-your-post");
    // Who has no row of their own must say about what.
    let village = Program::of(&sample, "village-head").await;
    let reply = start(&village, form()).await;
    assert_eq!((told(&reply).0, wrong_fields(&reply)), (422, vec!["about.holder"]));
}

#[tokio::test]
async fn wrong_acts_are_refused_with_their_clause() {
    let sample = Sample::new();
    let path = started(&sample).await;
    let acts = format!("{path}/acts");
    let (resident, village) = (Program::of(&sample, "resident").await, Program::of(&sample, "village-head").await);
    let act = |name: &str| json!({ "act": name });
    assert_eq!(told(&resident.post(&acts, act("pass")).await).0, 403);
    assert_eq!(told(&village.post(&acts, act("dance")).await).0, 404);
    let early = village.post(&acts, act("approve")).await;
    assert_eq!(told(&early), (409, "state", Some("st-3.a")));
    assert_eq!(told(&village.post(&acts, json!({ "act": "pass", "seen": 0 })).await).1, "stale");
    for stranger in ["neighbour", "other-village-head", "other-window"] {
        let stranger = Program::of(&sample, stranger).await;
        assert_eq!(told(&stranger.post(&acts, act("pass")).await).0, 403);
        assert_eq!(told(&stranger.get(&path).await).0, 404);
    }
    let anybody = Program::new(&sample).await;
    assert_eq!(told(&anybody.post(&acts, act("pass")).await).0, 401);
    assert_eq!(told(&anybody.get(&path).await).0, 404);
    assert_eq!(told(&village.post(&format!("{MATTERS}/none/acts"), act("pass")).await).0, 404);
    let empty = village.post(&acts, json!({ "act": "send-back", "form": { "reasons": " " } })).await;
    assert_eq!((told(&empty).0, wrong_fields(&empty)), (422, vec!["reasons"]));

    let key = village.once(&acts, "k", json!({ "act": "send-back", "form": { "reasons": "面积不实" } })).await;
    assert_eq!(key.body["state"], "refused", "{}", key.body);
    let reused = village.once(&acts, "k", json!({ "act": "send-back", "form": { "reasons": "别的" } })).await;
    assert_eq!(told(&reused).1, "key-reused");
    let closed = village.post(&acts, act("pass")).await;
    assert_eq!((told(&closed).0, closed.body["reasons"][0]["code"].as_str()), (409, Some("closed")));
}

#[tokio::test]
async fn a_condition_that_fails_names_its_clause_and_values() {
    let sample = Sample::new();
    let resident = Program::of(&sample, "resident").await;
    let mut large = form();
    large["area"] = json!(15);
    let id = start(&resident, large).await.body["id"].as_str().unwrap().to_owned();
    let acts = format!("{MATTERS}/{id}/acts");
    Program::of(&sample, "village-head").await.post(&acts, json!({ "act": "pass" })).await;
    advance(&resident, "2022-02-22").await;
    let reply = Program::of(&sample, "window").await.post(&acts, json!({ "act": "approve" })).await;
    assert_eq!(told(&reply), (422, "condition", Some("st-2.b")));
    let reason = &reply.body["reasons"][0];
    assert_eq!(reason["code"], "area-fits");
    assert!(reason["values"].as_object().is_some_and(|values| !values.is_empty()), "{reason}");
}

#[tokio::test]
async fn personal_data_is_covered_until_somebody_says_why() {
    let sample = Sample::new();
    let path = started(&sample).await;
    let village = Program::of(&sample, "village-head").await;
    let seen = village.get(&path).await.body;
    assert_eq!(seen["form"]["applicant-id"], "999999********0014");
    assert!(seen["masked"].as_array().unwrap().contains(&json!("applicant-id")));
    let offered: Vec<&str> =
        seen["purposes"].as_array().unwrap().iter().filter_map(|one| one["name"].as_str()).collect();
    assert_eq!(offered, ["verify", "contact"], "{}", seen["purposes"]);
    for refused in [
        "reveal=identity",
        "reveal=identity&why=check",
        "reveal=everything&why=x&reveal_for=verify",
        "reveal_for=verify",
        "reveal_for=verify&why=%20",
        "reveal_for=pay&why=check",
        "reveal_for=everything&why=check",
        "reveal_for=verify&reveal=identity,contact&why=check",
    ] {
        assert_eq!(told(&village.get(&format!("{path}?{refused}")).await).0, 400, "{refused}");
    }
    let open = village.get(&format!("{path}?reveal_for=verify&why=check")).await.body;
    assert_eq!(open["form"]["applicant-id"], IDENTITY_NUMBER);
    assert_ne!(open["form"]["applicant-phone"], "10000000001");
    let id = path.rsplit('/').next().unwrap();
    let readings = sample.store.read(|snapshot| snapshot.readings(id, 10)).unwrap();
    let logged: Vec<_> =
        readings.iter().map(|one| (one.person.as_str(), one.kind.as_str(), one.why.as_str())).collect();
    assert_eq!(logged, [("village-head", "identity", "核对身份：check")]);
}

#[tokio::test]
async fn a_look_is_through_the_post_that_is_asked_for_and_names_it() {
    let sample = Sample::of_several_posts();
    let path = started(&sample).await;
    let row = "/api/v1/registers/stallholders/rows/s1";
    let officer = Program::of(&sample, "other-village-head").await;
    for post in ["post-other-village-head", "self"] {
        for (path, reveal) in [(&*path, ""), (row, ""), (row, "&reveal_for=verify&why=check")] {
            assert_eq!(told(&officer.get(&format!("{path}?post={post}{reveal}")).await).0, 404, "{path} {post}");
        }
    }
    let matter = path.rsplit('/').next().unwrap();
    let looks = |subject: &str| -> Vec<String> {
        let looks = sample.store.read(|snapshot| snapshot.readings(subject, 10)).unwrap();
        looks.into_iter().map(|one| one.post).collect()
    };
    assert!(looks(matter).is_empty(), "nobody is refused what another post shows them");
    let reveal = "reveal_for=verify&why=check";
    let seen = officer.get(&format!("{path}?{reveal}")).await.body;
    assert_eq!(seen["form"]["applicant-id"], IDENTITY_NUMBER);
    assert_eq!(looks(matter), ["post-second-head"]);
    let seen = officer.get(&format!("{row}?post=post-second-assistant&{reveal}")).await.body;
    assert_eq!(seen["record"]["identity-number"], IDENTITY_NUMBER);
    assert_eq!(looks("stallholders/s1"), ["post-second-assistant"]);
}

#[tokio::test]
async fn registers_are_read_and_kept_by_those_who_may() {
    let sample = Sample::new();
    let (assistant, window) = (Program::of(&sample, "assistant").await, Program::of(&sample, "window").await);
    let rows = "/api/v1/registers/stallholders";
    let found = window.get(&format!("{rows}?head-name=%E4%BD%95%E9%82%BB%E5%B1%85")).await.body;
    assert_eq!(
        (found["items"].as_array().unwrap().len(), found["items"][0]["key"].as_str()),
        (1, Some("s2")),
        "{found}"
    );
    assert_eq!(found["items"][0]["record"]["identity-number"], "999999********0029");
    let unknown = window.get(&format!("{rows}?colour=red")).await;
    assert_eq!((told(&unknown).0, wrong_fields(&unknown)), (400, vec!["colour"]));
    let page = window.get(&format!("{rows}?limit=1")).await.body;
    let next = window.get(page["next"].as_str().unwrap()).await.body;
    assert_eq!((page["items"][0]["key"].as_str(), next["items"][0]["key"].as_str()), (Some("s1"), Some("s2")));
    assert_eq!(told(&Program::of(&sample, "resident").await.get(rows).await).0, 403);
    assert_eq!(told(&Program::new(&sample).await.get(rows).await).0, 401);

    let record = json!({ "code": "s3", "head-name": "邹新户", "identity-number": "999999198502140033", "place": "9999010101", "head": "neighbour" });
    let body = json!({ "place": "9999010101", "record": record });
    assert_eq!(told(&window.post(&format!("{rows}/rows"), body.clone()).await).0, 403);
    let entered = assistant.once(&format!("{rows}/rows"), "e", body.clone()).await;
    assert_eq!((entered.status.as_u16(), entered.body["key"].as_str()), (201, Some("s3")), "{}", entered.body);
    assert_eq!(assistant.once(&format!("{rows}/rows"), "e", body.clone()).await.body["repeated"], true);
    assert_eq!(told(&assistant.post(&format!("{rows}/rows"), body).await).0, 409);
    let row = entered.headers["location"].to_str().unwrap();
    let change = json!({ "record": { "head-name": "邹改名", "head": null } }).to_string();
    assert_eq!(assistant.ask("PATCH", row, &[], Some(change)).await.status, StatusCode::OK);
    let changed = assistant.get(row).await.body;
    assert_eq!(
        (changed["record"]["head-name"].as_str(), changed["history"].as_array().unwrap().len()),
        (Some("邹改名"), 2)
    );
    assert!(changed["record"].get("head").is_none(), "{changed}");
    assert_eq!(
        told(&assistant.ask("PATCH", row, &[], Some(json!({ "record": { "place": "nowhere" } }).to_string())).await).0,
        422
    );
    assert_eq!(assistant.ask("DELETE", row, &[], None).await.status, StatusCode::OK);
    assert_eq!(told(&assistant.get(row).await).0, 404);
}

#[tokio::test]
async fn a_self_check_says_what_would_have_to_change_and_keeps_nothing() {
    let sample = Sample::new();
    let anybody = Program::new(&sample).await;
    let check = async |form: Value| {
        anybody.post("/api/v1/self-check", json!({ "procedure": "stall-application", "form": form })).await.body
    };
    assert_eq!(check(json!({ "area": 12 })).await["verdict"], "eligible");
    assert_eq!(check(json!({})).await["verdict"], "undetermined");
    let large = check(json!({ "area": "12.01" })).await;
    assert_eq!(
        (large["verdict"].as_str(), large["change"][0][0]["needed"].as_str()),
        (Some("ineligible"), Some("area <= 12 m²")),
        "{large}"
    );
    assert_eq!(large["reasons"][0]["clause"], "st-2.b");
    let other = json!({ "procedure": "stall-application", "form": {}, "about": { "holder": "s1" } });
    assert_eq!(told(&anybody.post("/api/v1/self-check", other.clone()).await).0, 401);
    assert_eq!(told(&Program::of(&sample, "neighbour").await.post("/api/v1/self-check", other).await).0, 403);
}

#[tokio::test]
async fn files_are_kept_by_kind_and_named_in_forms() {
    let sample = Sample::new();
    let resident = Program::of(&sample, "resident").await;
    let upload = async |name: &str, bytes: &[u8], more: &str| {
        let mut body = Vec::new();
        if !more.is_empty() {
            body.extend_from_slice(
                format!("--b\r\nContent-Disposition: form-data; name=\"procedure\"\r\n\r\n{more}\r\n").as_bytes(),
            );
        }
        body.extend_from_slice(
            format!("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n").as_bytes(),
        );
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n--b--\r\n");
        resident.send("POST", "/api/v1/files", &[("content-type", "multipart/form-data; boundary=b")], Some(body)).await
    };
    let kept = upload("健康证明.pdf", b"%PDF-1.7 sample", "stall-application").await;
    assert_eq!((kept.status.as_u16(), kept.body["media"].as_str()), (201, Some("application/pdf")), "{}", kept.body);
    let mut food = form();
    food["goods"] = json!("food");
    food["health-paper"] = kept.body.clone();
    let begun = start(&resident, food).await;
    let matter = resident.get(begun.headers["location"].to_str().unwrap()).await.body;
    assert_eq!(matter["form"]["health-paper"], kept.body);
    assert_eq!(told(&upload("run.html", b"<script>", "stall-application").await).0, 415);
    assert_eq!(told(&upload("x.pdf", b"%PDF-1.7", "").await).0, 400);
    assert_eq!(told(&resident.post("/api/v1/files", json!({})).await).0, 415);
}

#[tokio::test]
async fn sessions_open_close_and_lock() {
    let sample = Sample::new();
    let program = Program::of(&sample, "window").await;
    let session = program.get("/api/v1/session").await.body;
    assert_eq!((session["posts"][0]["id"].as_str(), session.get("csrf")), (Some("post-window"), None));
    assert_eq!(program.ask("DELETE", "/api/v1/session", &[], None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(told(&program.get("/api/v1/session").await), (401, "sign-in-first", None));
    let anybody = Program::new(&sample).await;
    for _ in 0..5 {
        let wrong = anybody.post("/api/v1/session", json!({ "name": "window", "password": "guess" })).await;
        assert_eq!(told(&wrong).0, 401);
    }
    let locked = anybody.post("/api/v1/session", json!({ "name": "window", "password": PASSWORD })).await;
    assert_eq!(told(&locked), (429, "locked", None));
}

#[tokio::test]
async fn the_sites_cookie_writes_only_with_the_form_token() {
    let sample = Sample::new();
    let path = started(&sample).await;
    let mut browser = sample.browser("village-head").await;
    let cookie = browser.cookie();
    let program = Program::new(&sample).await;
    let body = Some(json!({ "act": "pass" }).to_string());
    let acts = format!("{path}/acts");
    let without = program.ask("POST", &acts, &[("cookie", &cookie)], body.clone()).await;
    assert_eq!(told(&without), (403, "form-token", None));
    let token = program.ask("GET", "/api/v1/session", &[("cookie", &cookie)], None).await.body["csrf"]
        .as_str()
        .unwrap()
        .to_owned();
    let with = program.ask("POST", &acts, &[("cookie", &cookie), ("x-csrf-token", &token)], body).await;
    assert_eq!(with.status, StatusCode::OK, "{}", with.body);
    assert_eq!(browser.get("/desk").await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_clock_only_goes_forward() {
    let sample = Sample::new();
    let anybody = Program::new(&sample).await;
    assert_eq!(told(&advance(&anybody, "2022-02-13T09:00:00").await), (409, "clock-back", None));
    assert_eq!(told(&advance(&anybody, "2022-02-30").await).0, 400);
    assert_eq!(anybody.get("/api/v1/clock").await.body, json!({ "now": "2022-02-14T09:00:00", "stands": true }));
}

#[tokio::test]
async fn every_described_address_answers_and_no_other() {
    let sample = Sample::new();
    let anybody = Program::new(&sample).await;
    for (method, path) in web::api::addresses() {
        let path = path
            .replace("{id}", "none")
            .replace("{name}", "none")
            .replace("{key}", "none")
            .replace("{code}", "none")
            .replace("{regulation}", "none");
        let body = (method != "GET").then(|| "{}".to_owned());
        let reply = anybody.ask(&method, &path, &[], body).await;
        assert!(
            !matches!(reply.body["code"].as_str(), Some("no-such-address" | "method" | "fault")),
            "{method} {path}: {}",
            reply.body
        );
    }
    assert_eq!(told(&anybody.get("/api/v1/nowhere").await), (404, "no-such-address", None));
    assert_eq!(told(&anybody.ask("PUT", "/api/v1/matters", &[], None).await), (405, "method", None));
    let gazette = anybody.get("/api/v1/gazette/stalls").await.body;
    let clause = gazette["clauses"].as_array().unwrap().iter().find(|clause| clause["id"] == "st-2.b").unwrap();
    assert_eq!(clause["status"], "implemented");
    assert_eq!(anybody.get("/api/v1/gazette").await.body["items"][0]["id"], "stalls");
    assert_eq!(anybody.get("/api/v1/procedures").await.body["items"][0]["regulation"]["id"], "stalls");
    let registers = anybody.get("/api/v1/registers").await.body;
    let register = registers["items"].as_array().unwrap().iter().find(|one| one["register"] == "stallholders").unwrap();
    assert_eq!(register["keepers"][0], "village/assistant");
}
