//! What an erasure by an act on a matter looks like in the journal, for ever.

use crate::golden::{Backwards, Known, as_written};
use engine::Event;
use jiff::civil::{date, datetime};
use store::record;
use store::record::v1::{self, Closed, Head, Payload, Writing};

fn erased() -> Event {
    Event::Erased { matter: "m7".into(), owner: "homes/h1".into(), on: date(2032, 2, 10) }
}

fn payload() -> Payload {
    let known = Known::new();
    let mut sealing = Backwards;
    let mut writing = Writing { privacy: &known, sealing: &mut sealing };
    let mut event = writing.event(&erased()).unwrap();
    if let v1::Event::Forgotten { keys, .. } = &mut event {
        // Whoever destroys them knows which they are.
        keys.push("homes/h1".into());
        keys.push("homes/h1~2".into());
    }
    Payload {
        act: Head {
            actor: v1::Actor::Person { person: "p2".into(), post: Some("c-cyber".into()) },
            at: datetime(2032, 2, 10, 10, 0, 0, 0),
            clauses: vec!["pd-2".into()],
            county: "999999".into(),
            documents: Vec::new(),
            key: None,
            kind: "matter".into(),
            matter: Some("m7".into()),
            name: "confirm".into(),
            on: date(2032, 2, 10),
            published: Default::default(),
            regulation: Some("erasures".into()),
            seq: 21,
            subject: "m7".into(),
            titles: Default::default(),
            version: Some("ab".into()),
        },
        events: vec![event],
        format: record::FORMAT,
    }
}

#[test]
fn an_erasure_by_an_act_reads_back_for_ever() {
    let (_, read) = as_written("v1-erased.json", &payload());
    assert_eq!(read.events[0].opened(&Closed).unwrap(), Some(erased()));
    assert_eq!(read.events[0].matter(), Some("m7"));
}
