//! Asking before applying.

use crate::world::{VILLAGE, application, memory, text};
use engine::{Actor, Event, Memory, Question, Verdict, ask};
use jiff::civil::date;
use regulation::expr::{Record, Value};
use std::collections::BTreeMap;

fn question(form: Record) -> Question<'static> {
    Question {
        procedure: "dog-licence",
        act: None,
        place: VILLAGE.into(),
        about: BTreeMap::from([("home".into(), Value::Key("h1".into()))]),
        form,
    }
}

fn keep_dogs(memory: &mut Memory, count: usize) {
    for number in 0..count {
        memory.apply(&Event::RowChanged {
            register: "dogs".into(),
            key: format!("k{number}"),
            place: VILLAGE.into(),
            record: Some(crate::world::record([
                ("chip", text(&format!("k{number}"))),
                ("home", Value::Key("h1".into())),
                ("state", Value::Code("kept".into())),
            ])),
            on: date(2022, 1, 1),
            actor: Actor::Clock,
            owner: None,
        });
    }
}

#[test]
fn eligible_ineligible_undetermined() {
    let now = date(2022, 3, 1).at(10, 0, 0, 0);
    let mut world = memory();
    let whole = application(date(2022, 3, 1));
    assert_eq!(ask(&world, &question(whole.clone()), now).unwrap().verdict, Verdict::Eligible);

    let mut partial = whole.clone();
    partial.remove("weight");
    let answer = ask(&world, &question(partial), now).unwrap();
    assert_eq!(answer.verdict, Verdict::Undetermined);
    assert!(answer.missing.contains(&"weight".to_owned()), "{:?}", answer.missing);

    keep_dogs(&mut world, 2);
    let answer = ask(&world, &question(whole), now).unwrap();
    assert_eq!(answer.verdict, Verdict::Ineligible);
    let hits: Vec<&str> = answer.rules.iter().flat_map(|rule| rule.against()).map(|row| row.code.as_str()).collect();
    assert!(hits.contains(&"over-limit"), "{hits:?}");
    assert!(!answer.change.is_empty());
}

#[test]
fn unknown_procedures_are_refused() {
    let mut asked = question(Record::new());
    asked.procedure = "cats";
    assert!(ask(&memory(), &asked, date(2022, 3, 1).at(0, 0, 0, 0)).is_err());
}
