//! Rows of registers are chosen by what they are called: from a list while they are few, else by a search that works without scripts.

use crate::county::{START, Sample};
use axum::http::StatusCode;
use engine::{Act, Actor, Target};
use regulation::expr::{Record, Value};
use store::{StoreExt, Submitted};

const APPLY: &str = "/services/lot-use/apply";

fn enter(sample: &Sample, code: &str, name: &str, kind: &str) {
    let form =
        [("code", Value::Text(code.into())), ("name", Value::Text(name.into())), ("kind", Value::Code(kind.into()))];
    let act = Act {
        target: Target::Register { register: "lots".into(), row: None, place: "999901".into() },
        name: "enter".into(),
        actor: Actor::Person { person: "window".into(), post: Some("post-window".into()) },
        form: form.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Record>(),
        fresh_ids: Vec::new(),
        proved: false,
    };
    let answer = sample.store.submit(store::Request { key: None, act, now: START }).unwrap();
    assert!(matches!(answer, Submitted::Done(_)), "{answer:?}");
}

/// A county with three lots, two of the same name.
fn county() -> Sample {
    let sample = Sample::of_text("choosing.md", include_str!("fixtures/choosing.md"));
    enter(&sample, "L1", "东广场", "open");
    enter(&sample, "L2", "西棚", "roofed");
    enter(&sample, "L3", "西棚", "roofed");
    sample
}

#[tokio::test]
async fn an_office_chooses_a_row_by_its_name() {
    let sample = county();
    let mut window = sample.browser("window").await;
    let page = window.get(APPLY).await.text();
    assert!(page.contains("value=\"L1\"") && page.contains("<span>东广场</span>"), "by its name alone: {page}");
    assert!(page.contains("西棚（L2）") && page.contains("西棚（L3）"), "two of a name are told apart: {page}");
    let begun = window.fill(APPLY, APPLY, &[("about.lot", "L1")]).await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.text());

    let form = window.get(&begun.location).await.text();
    assert!(form.contains("<option value=\"L1\""), "{form}");
    assert!(!form.contains("value=\"L2\""), "what its check refuses is no choice: {form}");
    // Who may not read the register is told nothing of it.
    let other = sample.browser("village-head").await.get(APPLY).await.text();
    assert!(!other.contains("东广场"), "{other}");
}

#[tokio::test]
async fn many_rows_are_looked_for_by_name() {
    let sample = county();
    for number in 0..200 {
        enter(&sample, &format!("N{number}"), &format!("河滩{number}号"), "open");
    }
    let mut window = sample.browser("window").await;
    let page = window.get(APPLY).await.text();
    assert!(page.contains("_words.about.lot"), "there are too many for a list alone: {page}");
    // Words without the button are a search as well: nothing is lost by pressing the wrong one.
    let found = window.fill(APPLY, APPLY, &[("_words.about.lot", "河滩7号")]).await;
    assert_eq!(found.status, StatusCode::OK);
    assert!(found.text().contains("<option value=\"N7\" selected>河滩7号</option>"), "{}", found.text());
    assert!(!found.text().contains("河滩8号"), "{}", found.text());
    let nothing = window.fill(APPLY, APPLY, &[("_words.about.lot", "没有这块"), ("_find", "about.lot")]).await.text();
    assert!(nothing.contains("没有找到"), "{nothing}");

    let begun = window.fill(APPLY, APPLY, &[("_words.about.lot", "河滩7号"), ("about.lot", "N7")]).await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.text());
    let step = begun.location.clone();
    let spare = [("user", "马窗口"), ("_words.spare", "河滩9号")];
    let searched = window.fill(&step, &step, &spare).await.text();
    assert!(searched.contains("河滩9号</option>") && searched.contains("value=\"马窗口\""), "{searched}");
}
