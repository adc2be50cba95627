//! What a posting looks like in the journal, for ever: its lines one by one in format 1, in columns in format 2.

use crate::golden::{Backwards, Known, as_written, golden};
use engine::Event;
use engine::books::{Line, Posting};
use jiff::civil::{date, datetime};
use std::fs;
use std::sync::Arc;
use store::record;
use store::record::v1::{self, Closed, Head, Payload, Writing};

fn postings() -> Vec<Event> {
    let line = |debit: &str, credit: &str, fen| Line { debit: debit.into(), credit: credit.into(), fen };
    let posting = Posting {
        fund: "upkeep".into(),
        number: 7,
        entry: "freeze".into(),
        on: date(2022, 7, 5),
        debit: Some("free".into()),
        credit: Some("frozen".into()),
        lines: vec![line("U1", "U1\u{1f}打井", 331_654), line("U2", "U2\u{1f}打井", 384_855)],
        matter: "m3".into(),
        act: 0,
        reverses: None,
        clauses: vec!["up-2.1".into()],
    };
    let sealed = Posting {
        number: 8,
        entry: "close".into(),
        credit: Some("owed".into()),
        lines: vec![line("U3", "某甲", 175_046)],
        reverses: Some(6),
        ..posting.clone()
    };
    let noted = Posting {
        number: 9,
        debit: Some("unpaid".into()),
        credit: None,
        lines: vec![line("U3", "", 1)],
        ..posting.clone()
    };
    [posting, sealed, noted].map(|posting| Event::Posted { posting: Arc::new(posting) }).into()
}

/// What format 2 tells apart besides: a side that all lines have in common, and seals of each line.
fn more_postings() -> Vec<Event> {
    let [Event::Posted { posting: open }, Event::Posted { posting: sealed }, _] = &postings()[..] else { panic!() };
    let line = |debit: &str, credit: &str, fen| Line { debit: debit.into(), credit: credit.into(), fen };
    let common = Posting {
        number: 10,
        lines: vec![line("U1", "U1\u{1f}打井", 1), line("U1", "U1\u{1f}打井", 2)],
        ..(**open).clone()
    };
    let each =
        Posting { number: 11, lines: vec![line("U3", "某甲", 3), line("U3", "某乙", 4)], ..(**sealed).clone() };
    postings().into_iter().chain([common, each].map(|posting| Event::Posted { posting: Arc::new(posting) })).collect()
}

fn payload(events: &[Event]) -> Payload {
    let known = Known::new();
    let mut sealing = Backwards;
    let mut writing = Writing { privacy: &known, sealing: &mut sealing };
    let head = Head {
        actor: v1::Actor::Clock,
        at: datetime(2022, 7, 5, 9, 0, 0, 0),
        clauses: vec!["up-2.1".into()],
        county: "999999".into(),
        documents: Vec::new(),
        key: None,
        kind: "start".into(),
        matter: Some("m3".into()),
        name: "approve".into(),
        on: date(2022, 7, 5),
        published: Default::default(),
        regulation: Some("upkeep".into()),
        seq: 12,
        subject: "m3".into(),
        titles: Default::default(),
        version: Some("ab".into()),
    };
    Payload::new(head, events.iter().map(|event| writing.event(event).unwrap()).collect())
}

fn opened(payload: &Payload) -> Vec<Event> {
    payload.events.iter().map(|event| event.opened(&Backwards).unwrap().unwrap()).collect()
}

/// What reads without a key in place of a sealed sub-account.
fn without_key(event: &v1::Event) -> String {
    let Some(Event::Posted { posting }) = event.opened(&Closed).unwrap() else { panic!() };
    posting.lines.last().unwrap().credit.to_string()
}

#[test]
fn postings_of_version_1_stay_readable() {
    let kept = fs::read_to_string(golden("v1-funds.json")).unwrap();
    let read = record::read(1, &kept, "golden").unwrap();
    assert_eq!(opened(&read), postings());
    assert_eq!(record::canonical::print(&serde_json::to_value(&read).unwrap()), kept, "and read as they were written");
    assert_eq!(without_key(&read.events[1]), "已依法删除");
}

#[test]
fn postings_of_version_2_stay_as_they_were_written() {
    let (kept, read) = as_written("v2-funds.json", &payload(&more_postings()));
    assert_eq!(read.format, 2);
    assert!(!kept.contains("某甲") && !kept.contains("某乙"), "a personal key is sealed");
    assert_eq!(opened(&read), more_postings());
    assert_eq!(
        (without_key(&read.events[1]), without_key(&read.events[4])),
        ("已依法删除".into(), "已依法删除".into())
    );
}

#[test]
fn damaged_columns_are_a_fault() {
    let kept = fs::read_to_string(golden("v2-funds.json")).unwrap();
    let damaged = |from: &str, to: &str| {
        assert!(kept.contains(from), "{from}");
        record::read(2, &kept.replace(from, to), "golden")
    };
    let one_short = damaged("\"fen\":[331654,384855]", "\"fen\":[331654]").unwrap();
    assert!(one_short.events[0].opened(&Backwards).is_err(), "two sub-accounts for one amount");
    for (from, to) in [
        ("\"fen\":[1,2]", "\"fen\":[1,0.5]"),
        ("\"credit\":\"U1\\u001f打井\"", "\"credit\":7"),
        ("\"sealed\":[", "\"seals\":["),
        ("\"lines\":{", "\"lines\":{\"more\":1,"),
    ] {
        assert!(damaged(from, to).is_err(), "{to}");
    }
}
