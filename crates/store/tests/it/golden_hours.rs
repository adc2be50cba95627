//! What a deadline in hours and a period that ends at a time of day look like in the journal, for ever.

use crate::golden::{Backwards, Known, as_written, duty_payload};
use calendar::{Term, Unit, Why};
use engine::Event;
use engine::event::{Clock, ClockKind, ClockState};
use jiff::civil::{DateTime, date, datetime};
use std::collections::BTreeMap;
use store::record::v1::{Payload, Writing};

fn at(hour: i8, minute: i8) -> DateTime {
    datetime(2022, 3, 9, hour, minute, 0, 0)
}

fn clock(state: ClockState) -> Clock {
    let term = Term::new(90, Unit::Minutes);
    Clock {
        id: 0,
        name: "c-arrive".into(),
        step: "waiting".into(),
        kind: ClockKind::Alarm(Vec::new()),
        event_on: Some(date(2022, 3, 9)),
        event_at: Some(at(9, 0)),
        term: Some(term),
        raw: date(2022, 3, 9),
        due: date(2022, 3, 9),
        hour: Some(at(10, 30).time()),
        provisional: false,
        why: vec![Why::Ran { from: at(9, 0), to: at(10, 30), term }, Why::EndsAt { at: at(10, 30) }],
        clauses: vec!["al-1".into()],
        state,
    }
}

fn events() -> Vec<Event> {
    let (matter, on) = ("m4".to_owned(), date(2022, 3, 9));
    let instance = engine::Instance {
        duty: "weekly".into(),
        unit: "999999001001".into(),
        from: date(2022, 3, 3),
        to: Some(on),
        time: Some(at(17, 0).time()),
        name: "2022年3月3日至2022年3月9日".into(),
        waits: false,
    };
    let until = at(10, 50);
    vec![
        Event::Opened {
            matter: matter.clone(),
            regulation: "alarms".into(),
            version: "ab".into(),
            procedure: "weekly".into(),
            number: None,
            place: "999999001001".into(),
            about: BTreeMap::new(),
            owner: None,
            instance: Some(instance),
            at: at(0, 0),
        },
        Event::ClockStarted { matter: matter.clone(), clock: clock(ClockState::Running) },
        Event::ClockStarted { matter: matter.clone(), clock: clock(ClockState::Suspended { on, at: Some(at(9, 40)) }) },
        Event::ClockSuspended { matter: matter.clone(), clock: 0, on, at: Some(at(9, 40)) },
        Event::ClockResumed {
            matter,
            clock: 0,
            on,
            raw: on,
            due: on,
            hour: Some(until.time()),
            why: vec![Why::StoodStill { from: at(9, 40), to: at(10, 0), until }, Why::EndsAt { at: until }],
        },
    ]
}

#[test]
fn hours_of_version_1_stay_as_they_were_written() {
    let known = Known::new();
    let mut sealing = Backwards;
    let mut writing = Writing { privacy: &known, sealing: &mut sealing };
    let written = events().iter().map(|event| writing.event(event).unwrap()).collect();
    let (_, read) = as_written("v1-hours.json", &Payload { events: written, ..duty_payload() });
    let opened: Vec<Event> = read.events.iter().filter_map(|event| event.opened(&Backwards).unwrap()).collect();
    assert_eq!(opened, events());
}
