//! What a change of places looks like in the journal, for ever.

use crate::golden::{Backwards, Known, as_written};
use engine::Event;
use engine::county::{Change, Place};
use jiff::civil::{date, datetime};
use store::record;
use store::record::v1::{self, Closed, Head, Payload, Writing};

fn changes() -> Vec<Event> {
    let on = date(2022, 3, 24);
    let founded = Place {
        code: "999999003".into(),
        name: "新区街道".into(),
        short: "新".into(),
        level: "township".into(),
        parent: Some("999999".into()),
        from: Some(on),
        ..Place::default()
    };
    let (place, into) = ("999999002".to_owned(), "999999003".to_owned());
    let all = [
        Change::Founded(founded),
        Change::Merged { place: place.clone(), into: into.clone(), from: on, keeps_posts: false },
        Change::Merged { place: "999999004".into(), into: into.clone(), from: on, keeps_posts: true },
        Change::Moved { place: "999999001001".into(), into, from: on },
        Change::Renamed { place: "999999001".into(), name: "示例街道".into(), short: "示".into(), from: on },
    ];
    all.map(|change| Event::County { matter: "m5".into(), on, change }).into()
}

fn payload() -> Payload {
    let known = Known::new();
    let mut sealing = Backwards;
    let mut writing = Writing { privacy: &known, sealing: &mut sealing };
    Payload {
        act: Head {
            actor: v1::Actor::Clock,
            at: datetime(2022, 3, 24, 0, 0, 0, 0),
            clauses: vec!["m-1".into()],
            county: "999999".into(),
            documents: Vec::new(),
            key: None,
            kind: "clock".into(),
            matter: Some("m5".into()),
            name: "effect".into(),
            on: date(2022, 3, 24),
            published: Default::default(),
            regulation: Some("mergers".into()),
            seq: 12,
            subject: "m5".into(),
            titles: Default::default(),
            version: Some("abc".into()),
        },
        events: changes().iter().map(|event| writing.event(event).unwrap()).collect(),
        format: record::FORMAT,
    }
}

#[test]
fn changes_of_places_of_version_1_stay_as_they_were_written() {
    let (_, read) = as_written("v1-places.json", &payload());
    let opened: Vec<Event> = read.events.iter().filter_map(|event| event.opened(&Closed).unwrap()).collect();
    assert_eq!(opened, changes());
}
