//! Deadlines in hours and at a time of day: fired at their second, listed in order of time, the same after a rebuild.

use crate::fixture::*;
use calendar::Until;
use engine::event::Desk;
use engine::{Act, Target};
use jiff::civil::{DateTime, datetime};
use regulation::expr::{Record, Value};
use std::collections::BTreeMap;
use store::pages::{Cut, TodoQuery};
use store::{Settings, Sqlite, Store, StoreExt};

const REGULATION: &str = include_str!("../../../engine/tests/it/alarms/regulation.md");

fn alarms(data: &std::path::Path) -> Sqlite {
    Sqlite::open(Settings { data: data.to_owned(), county_key: KEY, library: library_of("alarms", REGULATION) })
        .unwrap()
}

fn at(day: i8, hour: i8, minute: i8, second: i8) -> DateTime {
    datetime(2022, 3, day, hour, minute, second, 0)
}

fn report(store: &Sqlite, id: &str, urgent: bool, now: DateTime) {
    let act = Act {
        target: Target::Start { procedure: "danger".into(), place: VILLAGE.into(), about: BTreeMap::new() },
        name: "report".into(),
        actor: actor("zhou"),
        form: Record::from([("urgent".into(), Value::Bool(urgent))]),
        fresh_ids: (0..8).map(|number| format!("{id}-{number}")).collect(),
        proved: false,
    };
    done(store, request(None, act, now));
}

fn head() -> Desk {
    Desk::Office { level: "village".into(), desk: "head".into(), place: VILLAGE.into() }
}

fn dangers() -> TodoQuery {
    TodoQuery { desks: vec![head()], procedure: Some("danger".into()), ..TodoQuery::default() }
}

fn ends(store: &Sqlite) -> Vec<Option<Until>> {
    let query = dangers();
    let lines = store.read(|snapshot| snapshot.todo(&query, &Cut::first(9))).unwrap().lines;
    lines.into_iter().map(|line| line.due).collect()
}

fn late(store: &Sqlite, now: DateTime) -> u64 {
    store.read(|snapshot| snapshot.todo_count(&[head()], now)).unwrap().late
}

#[test]
fn a_deadline_in_hours_fires_in_the_second_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = alarms(folder.path());
    // Weekly reports that nobody made are late already.
    store.tick(at(1, 9, 0, 0)).unwrap();
    let before = late(&store, at(1, 9, 0, 0));
    report(&store, "a", false, at(1, 9, 0, 0));
    // Half an hour before, and an hour after it began, somebody was reminded.
    assert_eq!(store.tick(at(1, 13, 0, 0)).unwrap().fired, 2);
    assert_eq!(late(&store, at(1, 13, 0, 0)), before);
    assert_eq!(store.tick(at(1, 13, 0, 1)).unwrap().fired, 1);
    assert_eq!(late(&store, at(1, 13, 0, 1)), before + 1);
    let journal = store.read(|snapshot| snapshot.journal(&Cut::first(1))).unwrap().lines;
    assert_eq!((journal[0].at, journal[0].on), (at(1, 13, 0, 1), at(1, 0, 0, 0).date()));
}

#[test]
fn lists_are_in_order_of_time() {
    let folder = tempfile::tempdir().unwrap();
    let store = alarms(folder.path());
    report(&store, "late", false, at(1, 9, 30, 0));
    report(&store, "urgent", true, at(1, 10, 0, 0));
    let moment = |hour, minute| Some(Until::moment(at(1, hour, minute, 0)));
    assert_eq!(ends(&store), [moment(12, 0), moment(13, 30)]);
    let first = dangers();
    let page = store.read(|snapshot| snapshot.todo(&first, &Cut::first(1))).unwrap();
    let next = Cut { after: page.next, ..Cut::first(1) };
    let second = store.read(|snapshot| snapshot.todo(&first, &next)).unwrap();
    assert_eq!(second.lines[0].due, moment(13, 30));
    let by = TodoQuery { due_by: Some(at(1, 0, 0, 0).date()), ..first.clone() };
    assert_eq!(store.read(|snapshot| snapshot.todo(&by, &Cut::first(9))).unwrap().lines.len(), 2, "by that day");
    let before = TodoQuery { due_by: at(1, 0, 0, 0).date().yesterday().ok(), ..first };
    assert!(store.read(|snapshot| snapshot.todo(&before, &Cut::first(9))).unwrap().lines.is_empty());
}

#[test]
fn a_weekly_report_is_late_after_five_and_projections_are_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let store = alarms(folder.path());
    store.tick(at(3, 9, 0, 0)).unwrap();
    let weekly = |number| store.read(|snapshot| snapshot.instances("weekly", VILLAGE, number)).unwrap();
    let present = weekly(1).remove(0);
    assert_eq!((present.to, present.due), (Some(Until::moment(at(9, 17, 0, 0))), Some(Until::moment(at(9, 17, 0, 0)))));
    store.tick(at(9, 17, 0, 0)).unwrap();
    let before = late(&store, at(9, 17, 0, 0));
    store.tick(at(9, 17, 0, 1)).unwrap();
    assert_eq!(late(&store, at(9, 17, 0, 1)), before + 1);
    done(&store, request(None, on(&present.matter, None, "zhou", "send", Record::new()), at(9, 18, 0, 0)));
    let sent = weekly(1).remove(0);
    assert!(sent.ended.is_some() && sent.late, "ended on the last day, but after five");
    store.tick(at(10, 9, 0, 0)).unwrap();
    let next = weekly(1).remove(0);
    done(&store, request(None, on(&next.matter, None, "zhou", "send", Record::new()), at(16, 17, 0, 0)));
    assert!(!weekly(1).remove(0).late, "at five is in time");
    let live = store.projection_digests().unwrap();
    store.rebuild(&mut |_, _| ()).unwrap();
    assert_eq!(store.projection_digests().unwrap(), live);
    assert_eq!(weekly(1).remove(0).to, Some(Until::moment(at(16, 17, 0, 0))));
}
