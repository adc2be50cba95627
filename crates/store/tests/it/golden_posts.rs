//! What a post held on somebody's behalf, or by the hour, looks like in the journal, for ever.

use crate::golden::{Backwards, Known, as_written};
use engine::Event;
use engine::county::{Appointment, Change, Hours};
use jiff::civil::{date, datetime};
use store::record;
use store::record::v1::{self, Closed, Head, Payload, Writing};

fn changes() -> Vec<Event> {
    let on = date(2022, 1, 27);
    let tenure = |only: &[&str]| Appointment {
        person: "p2".into(),
        post: "po-1".into(),
        from: on,
        to: Some(date(2022, 2, 10)),
        kind: Some("代理".into()),
        matter: Some("m6".into()),
        behalf: Some("p1".into()),
        only: only.iter().map(|name| (*name).to_owned()).collect(),
        hours: None,
    };
    [tenure(&[]), tenure(&["签发", "errand.finish"])]
        .map(|tenure| Event::County { matter: "m6".into(), on, change: Change::Appointed(tenure) })
        .into()
}

/// The end of one.
fn ended() -> Vec<Event> {
    let on = date(2022, 1, 31);
    let change = Change::Relieved { post: "po-1".into(), person: "p2".into(), last: on, behalf: Some("p1".into()) };
    vec![Event::County { matter: "m6".into(), on, change }]
}

/// A post by the hour, and its end before its hour.
fn by_the_hour() -> Vec<Event> {
    let at = |hour| datetime(2022, 1, 27, hour, 0, 0, 0);
    let tenure = Appointment {
        person: "p3".into(),
        post: "po-1".into(),
        from: date(2022, 1, 27),
        to: Some(date(2022, 1, 27)),
        kind: Some("应急".into()),
        matter: Some("m6".into()),
        hours: Some(Hours { from: at(10), until: at(14) }),
        ..Appointment::default()
    };
    let cut = Change::Cut { post: "po-1".into(), person: "p3".into(), at: at(11) };
    let on = date(2022, 1, 27);
    [Change::Appointed(tenure), cut].map(|change| Event::County { matter: "m6".into(), on, change }).into()
}

fn payload(changes: &[Event]) -> Payload {
    let known = Known::new();
    let mut sealing = Backwards;
    let mut writing = Writing { privacy: &known, sealing: &mut sealing };
    Payload {
        act: Head {
            actor: v1::Actor::Clock,
            at: datetime(2022, 1, 27, 10, 0, 0, 0),
            clauses: vec!["po-3".into()],
            county: "999999".into(),
            documents: Vec::new(),
            key: None,
            kind: "clock".into(),
            matter: Some("m6".into()),
            name: "effect".into(),
            on: date(2022, 1, 27),
            published: Default::default(),
            regulation: Some("posts".into()),
            seq: 13,
            subject: "m6".into(),
            titles: Default::default(),
            version: Some("ab".into()),
        },
        events: changes.iter().map(|event| writing.event(event).unwrap()).collect(),
        format: record::FORMAT,
    }
}

#[test]
fn posts_of_version_1_stay_as_they_were_written() {
    for (name, changes) in [
        ("v1-delegation.json", changes()),
        ("v1-delegation-ended.json", ended()),
        ("v1-by-the-hour.json", by_the_hour()),
    ] {
        let (_, read) = as_written(name, &payload(&changes));
        let opened: Vec<Event> = read.events.iter().filter_map(|event| event.opened(&Closed).unwrap()).collect();
        assert_eq!(opened, changes);
    }
}
