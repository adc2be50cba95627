//! Duties: each instance at its own instant, however late the machine comes to it, and the same after a rebuild.

use crate::fixture::*;
use engine::{Act, Target, World};
use jiff::civil::{Date, DateTime, date, datetime};
use regulation::expr::{Unit, Value};
use store::{Batch, Batched, Settings, Sqlite, Store, StoreExt};

const REGULATION: &str = include_str!("../../../engine/tests/it/watch/regulation.md");

fn watched(data: &std::path::Path) -> Sqlite {
    Sqlite::open(Settings { data: data.to_owned(), county_key: KEY, library: library_of("watch", REGULATION) }).unwrap()
}

fn at(month: i8, day: i8) -> DateTime {
    datetime(2022, month, day, 9, 0, 0, 0)
}

/// First day, last day and end of each instance, the oldest first.
fn periods(store: &Sqlite, duty: &str, unit: &str) -> Vec<(Date, Option<Date>, Option<String>)> {
    let lines = store.read(|snapshot| snapshot.instances(duty, unit, 99)).unwrap();
    lines.into_iter().rev().map(|line| (line.from, line.to.map(|to| to.on), line.ended.map(|(end, _)| end))).collect()
}

fn acts(store: &Sqlite) -> Vec<(String, String, DateTime, Date)> {
    let acts = store.read(|snapshot| Ok(snapshot.journal(&store::pages::Cut::first(999))?.lines)).unwrap();
    acts.into_iter().rev().map(|act| (act.kind, act.name, act.at, act.on)).collect()
}

fn present(store: &Sqlite, duty: &str, unit: &str) -> String {
    store.read(|snapshot| snapshot.instances(duty, unit, 1)).unwrap().remove(0).matter
}

#[test]
fn the_clock_opens_each_instance_at_its_own_instant() {
    let folder = tempfile::tempdir().unwrap();
    let store = watched(folder.path());
    store.tick(at(2, 1)).unwrap();
    assert!(acts(&store).is_empty(), "not in force yet");
    let ticked = store.tick(at(4, 12)).unwrap();
    assert_eq!((ticked.refused, ticked.not_begun), (Vec::new(), Vec::new()));
    let months = [(10, 2, 28), (1, 3, 31), (1, 4, 30)];
    let expected: Vec<_> = months
        .iter()
        .map(|(from, month, to)| {
            let end = (*month < 4).then(|| "missed".to_owned());
            (date(2022, *month, *from), Some(date(2022, *month, *to)), end)
        })
        .collect();
    assert_eq!(periods(&store, "town-meeting", TOWN), expected);
    let begun = acts(&store).into_iter().filter(|act| act.0 == "duty" && act.1 == "begin");
    let april = begun.filter(|act| act.2.date() >= date(2022, 3, 15)).collect::<Vec<_>>();
    assert_eq!(april, [("duty".into(), "begin".into(), datetime(2022, 4, 1, 0, 0, 0, 0), date(2022, 4, 1))]);
    assert_eq!(periods(&store, "village-round", VILLAGE).len(), 1, "the first one waits");
}

#[test]
fn a_rest_is_made_up_for_day_by_day() {
    let live = |ticks: &[DateTime]| {
        let folder = tempfile::tempdir().unwrap();
        let store = watched(folder.path());
        store.tick(at(2, 1)).unwrap();
        ticks.iter().for_each(|now| drop(store.tick(*now).unwrap()));
        let mut acts = acts(&store);
        // Acts of one instant stand in the order of their matters' ids, which chance makes.
        acts.sort_by(|a, b| (a.2, &a.0, &a.1).cmp(&(b.2, &b.0, &b.1)));
        acts
    };
    let days: Vec<DateTime> = (0..100).map(|n| at(2, 1).checked_add(jiff::Span::new().days(n)).unwrap()).collect();
    let daily = live(&days);
    assert_eq!(live(&[days[40], days[99]]), daily);
    assert!(daily.len() > 10, "{daily:#?}");
}

#[test]
fn what_began_before_the_store_knew_it_begins_today() {
    let folder = tempfile::tempdir().unwrap();
    let store = watched(folder.path());
    store.tick(at(6, 15)).unwrap();
    assert_eq!(periods(&store, "town-meeting", TOWN), [(date(2022, 6, 1), Some(date(2022, 6, 30)), None)]);
    assert_eq!(periods(&store, "village-round", VILLAGE), [(date(2022, 6, 16), Some(date(2022, 6, 25)), None)]);
}

#[test]
fn the_next_one_begins_when_the_last_was_done_and_a_rebuild_agrees() {
    let folder = tempfile::tempdir().unwrap();
    let store = watched(folder.path());
    store.tick(at(2, 11)).unwrap();
    let round = present(&store, "village-round", VILLAGE);
    let filed = record([("round-on", Value::Date(date(2022, 2, 14)))]);
    done(&store, request(None, on(&round, None, "zhou", "record", filed), at(2, 15)));
    store.tick(at(2, 15)).unwrap();
    assert_eq!(periods(&store, "village-round", VILLAGE).len(), 1, "at the next look");
    store.tick(at(2, 16)).unwrap();
    let expected = [
        (date(2022, 2, 12), Some(date(2022, 2, 21)), Some("done".to_owned())),
        (date(2022, 2, 15), Some(date(2022, 2, 24)), None),
    ];
    assert_eq!(periods(&store, "village-round", VILLAGE), expected);
    let live = store.projection_digests().unwrap();
    store.rebuild(&mut |_, _| ()).unwrap();
    assert_eq!(store.projection_digests().unwrap(), live);
    let length = acts(&store).len();
    store.tick(at(2, 16)).unwrap();
    assert_eq!(acts(&store).len(), length, "a rebuild does not look again");
}

#[test]
fn a_restart_looks_no_day_twice() {
    let folder = tempfile::tempdir().unwrap();
    {
        let store = watched(folder.path());
        store.tick(at(2, 11)).unwrap();
    }
    let store = watched(folder.path());
    let length = acts(&store).len();
    store.tick(at(2, 11)).unwrap();
    assert_eq!(acts(&store).len(), length);
    store.tick(at(3, 1)).unwrap();
    assert_eq!(periods(&store, "town-meeting", TOWN).len(), 2);
}

#[test]
fn nobody_but_the_clock_opens_an_instance() {
    let folder = tempfile::tempdir().unwrap();
    let store = watched(folder.path());
    let act = Act {
        target: Target::Duty { duty: "village-round".into(), unit: VILLAGE.into() },
        name: String::new(),
        actor: actor("zhou"),
        form: record([]),
        fresh_ids: Vec::new(),
        proved: false,
    };
    let answer = store.submit(request(None, act, at(3, 1))).unwrap();
    assert_eq!(answer.refusal().unwrap().reasons[0].code, "clock-only");
}

const FIRMS: &str = concat!(
    include_str!("../../benches/duties/firms.md"),
    include_str!("../../benches/duties/alert.md"),
    include_str!("../../benches/duties/reports.md"),
    include_str!("../../benches/duties/items.md")
);

fn with_firms(data: &std::path::Path) -> Sqlite {
    Sqlite::open(Settings { data: data.to_owned(), county_key: KEY, library: library_of("watch", FIRMS) }).unwrap()
}

fn enter_firm(code: &str) -> Act {
    Act {
        target: Target::Register { register: "firms".into(), row: None, place: VILLAGE.into() },
        name: "enter".into(),
        actor: actor("wu"),
        form: record([
            ("code", text(code)),
            ("size", Value::Number(5.into(), Unit::none())),
            ("seat", Value::Key(VILLAGE.into())),
        ]),
        fresh_ids: Vec::new(),
        proved: false,
    }
}

#[test]
fn who_comes_while_nothing_is_due_is_found_by_the_next_look() {
    let folder = tempfile::tempdir().unwrap();
    let store = with_firms(folder.path());
    done(&store, request(None, enter_firm("a"), at(1, 13)));
    (14..=17).for_each(|day| drop(store.tick(at(1, day)).unwrap()));
    assert_eq!(periods(&store, "weekly", "a").len(), 1);
    done(&store, request(None, enter_firm("b"), at(1, 17)));
    store.tick(at(1, 17)).unwrap();
    assert_eq!(periods(&store, "weekly", "b"), [], "at the next look");
    store.tick(at(1, 18)).unwrap();
    assert_eq!(periods(&store, "weekly", "b").len(), 1);
    store.tick(at(1, 20)).unwrap();
    assert_eq!(periods(&store, "weekly", "a").len(), 2, "a week ends on Wednesday");
    assert_eq!(periods(&store, "weekly", "b").len(), 2);
}

#[test]
fn a_look_that_is_cut_short_leaves_nobody_out() {
    let folder = tempfile::tempdir().unwrap();
    let store = with_firms(folder.path());
    let mut firms = (0..501).map(|n| Ok(enter_firm(&format!("f{n:04}"))));
    let next = Box::new(move |_: &dyn World| firms.next());
    let batch = Batch { key: "firms".into(), now: at(1, 13), next, progress: Box::new(|_| ()) };
    assert!(matches!(store.submit_all(batch).unwrap(), Batched::Done { acts: 501, .. }));
    let mut fired = 0;
    loop {
        let ticked = store.tick(at(1, 14)).unwrap();
        fired += ticked.fired;
        if ticked.fired == 0 {
            break;
        }
    }
    assert_eq!(fired, 2 * 501);
    assert!((0..501).all(|n| periods(&store, "weekly", &format!("f{n:04}")).len() == 1));
}
