//! What is offered to whoever starts something: what the regulation says, and nothing of anybody else's.

use crate::county::{START, Sample};
use axum::http::StatusCode;
use engine::{Act, Actor, Target};
use regulation::expr::{Record, Value};
use std::collections::BTreeMap;
use store::{StoreExt, Submitted};

const ENTRY: &str = "/services/entry/apply";
const REPORT: &str = "/services/report/apply";

fn submit(sample: &Sample, target: Target, name: &str, (person, post): (&str, bool), form: &[(&str, Value)]) {
    let act = Act {
        target,
        name: name.into(),
        actor: Actor::Person { person: person.into(), post: post.then(|| format!("post-{person}")) },
        form: form.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect::<Record>(),
        fresh_ids: vec![format!("{person}-{name}-{}", form.len())],
        proved: false,
    };
    let answer = sample.store.submit(store::Request { key: None, act, now: START }).unwrap();
    assert!(matches!(answer, Submitted::Done(_)), "{answer:?}");
}

fn fair(sample: &Sample, head: &str, village: &str, name: &str) {
    let target = Target::Start { procedure: "fair".into(), place: village.into(), about: BTreeMap::new() };
    submit(sample, target, "set-up", (head, true), &[("fair-name", Value::Text(name.into()))]);
}

/// Two villages with a fair each; a trader in the first.
fn county() -> Sample {
    let sample = Sample::of_fairs();
    let place = "9999010101";
    for (code, head) in [("t1", "resident"), ("t2", "neighbour")] {
        let row = [
            ("code", Value::Text(code.into())),
            ("head", Value::Key(head.into())),
            ("place", Value::Key(place.into())),
        ];
        let target = Target::Register { register: "traders".into(), row: None, place: place.into() };
        submit(&sample, target, "enter", ("assistant", true), &row);
    }
    fair(&sample, "village-head", "99990101", "上庄春会");
    fair(&sample, "other-village-head", "99990102", "下庄春会");
    sample
}

#[tokio::test]
async fn a_trader_chooses_among_what_fits_where_they_live() {
    let sample = county();
    let mut trader = sample.browser("resident").await;
    let page = trader.get(ENTRY).await.text();
    assert!(page.contains("上庄春会（庙2022-001）") && !page.contains("下庄春会"), "{page}");
    assert!(page.contains("不选"), "it may be left out: {page}");

    let begun = trader.fill(ENTRY, ENTRY, &[("about.trader", "t1"), ("about.at-fair", "village-head-set-up-1")]).await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.text());
    let draft = begun.location.trim_end_matches("/1").to_owned();
    let review = format!("{draft}/review");
    assert_eq!(trader.get(&begun.location).await.location, review, "an act without a form asks nothing");
    let done = trader.fill(&review, &format!("{draft}/submit"), &[]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    let matter = done.location.trim_start_matches("/matters/").trim_end_matches("/receipt").to_owned();
    let kept = sample.store.read(|snapshot| snapshot.matter(&matter)).unwrap().unwrap();
    assert_eq!(kept.about["at-fair"], Value::Text("village-head-set-up-1".into()));
}

#[tokio::test]
async fn where_nothing_fits_nothing_is_asked() {
    let sample = county();
    let target = Target::Matter { id: "village-head-set-up-1".into(), seen: None };
    submit(&sample, target, "close", ("village-head", true), &[]);
    let page = sample.browser("resident").await.get(ENTRY).await.text();
    assert!(page.contains("about.trader") && !page.contains("about.at-fair"), "{page}");
}

#[tokio::test]
async fn nobody_is_offered_what_is_somebody_elses() {
    let sample = county();
    let fair = ("at-fair".to_owned(), Value::Text("village-head-set-up-1".into()));
    let about = BTreeMap::from([("trader".to_owned(), Value::Key("t2".into())), fair]);
    let target = Target::Start { procedure: "entry".into(), place: "9999010101".into(), about };
    submit(&sample, target, "enter", ("neighbour", false), &[]);
    let theirs = sample.browser("resident").await.get(REPORT).await.text();
    assert!(theirs.contains("上庄春会") && !theirs.contains("进2022-001"), "{theirs}");
    // What is offered of a fair is offered as soon as a fair is.
    let own = sample.browser("neighbour").await.get(REPORT).await.text();
    assert!(own.contains("上庄春会") && own.contains("进2022-001"), "{own}");
}

#[tokio::test]
async fn who_may_know_a_number_can_type_it_where_nothing_tells_what_fits() {
    // Nothing tells where somebody lives who has neither a post nor a row.
    let page = Sample::of_fairs().browser("neighbour").await.get(REPORT).await.text();
    assert!(page.contains("name=\"about.of-fair\"") && page.contains("name=\"about.of-entry\""), "{page}");
    assert!(page.contains("知道编号的，填写编号"), "{page}");
}
