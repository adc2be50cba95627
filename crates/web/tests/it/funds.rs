//! Funds on pages and for programs: keepers see everything, readers totals, owners their own.

use crate::county::{Browser, START, Sample, nine};
use axum::http::StatusCode;
use engine::{Act, Actor, Target};
use jiff::civil::date;
use regulation::expr::{Record, Unit, Value};
use serde_json::json;
use std::collections::BTreeMap;
use store::{Request, StoreExt, Submitted};

fn window(target: Target, name: &str, form: Record) -> Act {
    let actor = Actor::Person { person: "window".into(), post: Some("post-window".into()) };
    Act { target, name: name.into(), actor, form, fresh_ids: Vec::new(), proved: false }
}

fn done(sample: &Sample, act: Act) -> String {
    match sample.store.submit(Request { key: None, act, now: START }).unwrap() {
        Submitted::Done(receipt) => receipt.subject,
        Submitted::Refused(refusal) => panic!("{refusal:#?}"),
    }
}

fn started(sample: &Sample, procedure: &str, name: &str, form: Record) -> String {
    let target = Target::Start { procedure: procedure.into(), place: "99990101".into(), about: BTreeMap::new() };
    done(sample, window(target, name, form))
}

fn record<const N: usize>(fields: [(&str, Value); N]) -> Record {
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn yuan(text: &str) -> Value {
    Value::Number(text.parse().unwrap(), Unit::symbol("yuan"))
}

/// Two households with deposits; a use frozen over both.
fn kept() -> Sample {
    let sample = Sample::of_funds();
    for (code, holder, amount) in [("U1", "resident", "5292.60"), ("U2", "neighbour", "1000.00")] {
        let target = Target::Register { register: "homes".into(), row: None, place: "999901".into() };
        let area = Value::Number("100".parse().unwrap(), Unit::symbol("m²"));
        let row = record([("code", Value::Text(code.into())), ("area", area), ("holder", Value::Key(holder.into()))]);
        done(&sample, window(target, "enter", row));
        let slip = record([
            ("of-home", Value::Key(code.into())),
            ("amount", yuan(amount)),
            ("value-date", Value::Date(date(2022, 2, 10))),
        ]);
        let matter = started(&sample, "deposit", "claim", slip);
        done(&sample, window(Target::Matter { id: matter, seen: None }, "receive", Record::new()));
    }
    let use_form = record([("use-no", Value::Text("打井".into())), ("approved", yuan("300.01"))]);
    started(&sample, "use", "approve", use_form);
    sample
}

async fn text(browser: &mut Browser, path: &str) -> String {
    let answer = browser.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
    answer.text()
}

#[tokio::test]
async fn a_keeper_sees_the_trial_balance_down_to_each_line() {
    let sample = kept();
    let mut keeper = sample.browser("window").await;
    assert!(text(&mut keeper, "/funds").await.contains("公共井维护资金"));
    let page = text(&mut keeper, "/funds/upkeep").await;
    assert!(page.contains("借贷平衡") && page.contains("6,292.60") && page.contains("备查"), "{page}");
    let page = text(&mut keeper, "/funds/upkeep/frozen").await;
    assert!(page.contains("150.01") && page.contains("150.00") && page.contains("余额合计"), "{page}");
    let page = text(&mut keeper, "/funds/upkeep/frozen?home=U2&use=%E6%89%93%E4%BA%95").await;
    assert!(page.contains("150.00") && !page.contains(">150.01<"), "{page}");
    let page = text(&mut keeper, "/funds/upkeep/free/statement?home=U1").await;
    for shown in ["期初余额", "缴存", "5,292.60", "冻结", "150.01", "5,142.59"] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    let page = text(&mut keeper, "/funds/upkeep/free/statement?home=U1&from=2022-02-11&to=2022-02-28").await;
    assert!(!page.contains("缴存") && page.contains("5,292.60"), "brought forward: {page}");
    let page = text(&mut keeper, "/funds/upkeep/bank").await;
    assert!(page.contains("/funds/upkeep/bank/statement"), "an account without dimensions is its own sub-account");
}

#[tokio::test]
async fn readers_see_totals_and_owners_their_own() {
    let sample = kept();
    let mut public = sample.browser("").await;
    let page = text(&mut public, "/funds/upkeep").await;
    assert!(page.contains("6,292.60") && !page.contains("/funds/upkeep/free"), "{page}");
    for path in ["/funds/upkeep/free", "/funds/upkeep/free/statement?home=U1", "/funds/mine"] {
        assert_eq!(public.get(path).await.status, StatusCode::SEE_OTHER, "{path} asks to sign in");
    }
    let mut owner = sample.browser("resident").await;
    let page = text(&mut owner, "/funds/mine").await;
    assert!(page.contains("5,142.59") && page.contains("150.01") && !page.contains("U2"), "{page}");
    let page = text(&mut owner, "/funds/upkeep/free/statement?home=U1").await;
    assert!(page.contains("5,142.59") && page.contains("我的账户"), "{page}");
    for path in ["/funds/upkeep/free", "/funds/upkeep/free/statement?home=U2", "/funds/none"] {
        assert_eq!(owner.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn what_pages_show_goes_out_as_files() {
    let sample = kept();
    let mut keeper = sample.browser("window").await;
    let csv = keeper.get("/funds/upkeep/free/statement/-/csv?home=U1").await;
    assert_eq!(csv.status, StatusCode::OK);
    let lines: Vec<String> = csv.text().trim_start_matches('\u{feff}').lines().map(str::to_owned).collect();
    assert_eq!(lines[0], "起息日,摘要,借方（元）,贷方（元）,余额（元）,凭证");
    assert!(lines[2].starts_with("2022-02-10,缴存,,5292.60,5292.60,"), "{}", lines[2]);
    for path in
        ["/funds/upkeep/-/excel", "/funds/upkeep/frozen/-/excel", "/funds/upkeep/free/statement/-/excel?home=U1"]
    {
        let file = keeper.get(path).await;
        assert_eq!((file.status, file.media.as_str()), (StatusCode::OK, sheets::MEDIA), "{path}");
    }
    for path in ["/funds/upkeep/-/pdf", "/funds/upkeep/frozen/-/pdf", "/funds/upkeep/free/statement/-/pdf?home=U1"] {
        let file = keeper.get(path).await;
        assert_eq!((file.status, file.media.as_str()), (StatusCode::OK, "application/pdf"), "{path}");
        assert!(file.bytes.starts_with(b"%PDF-"), "{path}");
    }
    let trial = keeper.get("/funds/upkeep/-/csv").await.text();
    assert!(trial.contains("合计,,6592.61,6592.61,"), "{trial}");
    assert_eq!(keeper.get("/funds/upkeep/-/doc").await.status, StatusCode::NOT_FOUND);
    let mut public = sample.browser("").await;
    assert_eq!(public.get("/funds/upkeep/-/csv").await.status, StatusCode::OK);
    assert_eq!(public.get("/funds/upkeep/free/statement/-/pdf?home=U1").await.status, StatusCode::SEE_OTHER);
    assert_eq!(public.get("/funds/upkeep/frozen/-/csv").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn programs_get_the_same_answers() {
    let sample = kept();
    sample.advance(nine(date(2022, 2, 15)));
    let get = async |who: &str, path: &str| sample.browser(who).await.json("GET", path, None, &json!(null)).await;
    let (status, fund) = get("", "/api/v1/funds/upkeep").await;
    assert_eq!((status, &fund["access"]), (StatusCode::OK, &json!("totals")), "{fund}");
    assert_eq!((&fund["accounts"][0]["account"], &fund["accounts"][0]["debits"]), (&json!("bank"), &json!("6292.60")));
    let (_, list) = get("window", "/api/v1/funds").await;
    assert_eq!((&list["items"][0]["fund"], &list["items"][0]["access"]), (&json!("upkeep"), &json!("full")));
    let (_, page) = get("window", "/api/v1/funds/upkeep/accounts/free?limit=1").await;
    assert_eq!((&page["items"][0]["dimensions"]["home"], &page["after"]), (&json!("U1"), &json!("U1")), "{page}");
    let (_, page) = get("window", "/api/v1/funds/upkeep/accounts/free?limit=1&after=U1").await;
    assert_eq!((&page["items"][0]["balance"], &page["after"]), (&json!("850.00"), &json!(null)), "{page}");
    let (_, statement) = get("resident", "/api/v1/funds/upkeep/accounts/free/statement?home=U1").await;
    assert_eq!((&statement["before"], &statement["after"]), (&json!("0.00"), &json!("5142.59")), "{statement}");
    assert_eq!(statement["lines"][1]["side"], "debit");
    let (_, mine) = get("resident", "/api/v1/funds/mine").await;
    assert_eq!(mine["items"].as_array().map(Vec::len), Some(3), "free, frozen and the memo: {mine}");
    for (who, path, expected) in [
        ("", "/api/v1/funds/mine", 401),
        ("neighbour", "/api/v1/funds/upkeep/accounts/free/statement?home=U1", 404),
        ("neighbour", "/api/v1/funds/upkeep/accounts/free", 404),
        ("window", "/api/v1/funds/upkeep/accounts/free/statement", 400),
        ("window", "/api/v1/funds/none", 404),
    ] {
        assert_eq!(get(who, path).await.0.as_u16(), expected, "{who} {path}");
    }
}
