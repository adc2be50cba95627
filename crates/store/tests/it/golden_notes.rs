//! What notes look like in the journal, for ever.

use crate::golden::{Backwards, Known, as_written};
use engine::event::Desk;
use engine::{Actor, Event};
use jiff::civil::{date, datetime};
use store::record;
use store::record::v1::{self, Closed, ERASED, Head, Payload, Writing};

fn events() -> Vec<Event> {
    let actor = Actor::Person { person: "p1".into(), post: Some("t-planning".into()) };
    let at = datetime(2022, 3, 24, 9, 30, 0, 0);
    let office = Desk::Office { level: "township".into(), desk: "planning".into(), place: "999999001".into() };
    vec![
        Event::Noted {
            matter: "m1".into(),
            actor: actor.clone(),
            at,
            text: "请再核一次四至".into(),
            desks: vec![office],
            posts: vec!["t-head".into()],
            persons: vec!["p2".into()],
        },
        Event::NoteStruck { matter: "m1".into(), note: 0, actor, at, reason: "写到别的事项里了".into() },
    ]
}

fn payload() -> Payload {
    let known = Known::new();
    let mut sealing = Backwards;
    let mut writing = Writing { privacy: &known, sealing: &mut sealing };
    Payload {
        act: Head {
            actor: v1::Actor::Person { person: "p1".into(), post: Some("t-planning".into()) },
            at: datetime(2022, 3, 24, 9, 30, 0, 0),
            clauses: Vec::new(),
            county: "999999".into(),
            documents: Vec::new(),
            key: None,
            kind: "note".into(),
            matter: Some("m1".into()),
            name: "note".into(),
            on: date(2022, 3, 24),
            published: Default::default(),
            regulation: Some("homestead".into()),
            seq: 12,
            subject: "m1".into(),
            titles: Default::default(),
            version: Some("ab".into()),
        },
        events: events().iter().map(|event| writing.event(event).unwrap()).collect(),
        format: record::FORMAT,
    }
}

#[test]
fn notes_of_version_1_stay_as_they_were_written() {
    let (_, read) = as_written("v1-notes.json", &payload());
    let opened: Vec<Event> = read.events.iter().filter_map(|event| event.opened(&Backwards).unwrap()).collect();
    assert_eq!(opened, events());
    let closed = read.events[0].opened(&Closed).unwrap();
    assert!(matches!(closed, Some(Event::Noted { text, .. }) if text == ERASED), "without its key");
}
