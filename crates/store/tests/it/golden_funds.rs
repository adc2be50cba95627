//! What a posting looks like in the journal, for ever.

use crate::golden::{Backwards, Known, as_written};
use engine::Event;
use engine::books::{Line, Posting};
use jiff::civil::{date, datetime};
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

fn payload() -> Payload {
    let known = Known::new();
    let mut sealing = Backwards;
    let mut writing = Writing { privacy: &known, sealing: &mut sealing };
    Payload {
        act: Head {
            actor: v1::Actor::Clock,
            at: datetime(2022, 7, 5, 9, 0, 0, 0),
            clauses: vec!["up-2.1".into()],
            county: "999999".into(),
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
        },
        events: postings().iter().map(|event| writing.event(event).unwrap()).collect(),
        format: record::FORMAT,
    }
}

#[test]
fn postings_of_version_1_stay_as_they_were_written() {
    let (kept, read) = as_written("v1-funds.json", &payload());
    assert!(!kept.contains("某甲"), "a personal key is sealed");
    let opened: Vec<Event> = read.events.iter().map(|event| event.opened(&Backwards).unwrap().unwrap()).collect();
    assert_eq!(opened, postings());
    let Some(Event::Posted { posting }) = read.events[1].opened(&Closed).unwrap() else { panic!() };
    assert_eq!(&*posting.lines[0].credit, "已依法删除");
}
