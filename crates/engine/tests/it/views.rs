//! Views over an invented regulation of works and estates: sums, groups, periods, areas, and what bounds them.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

use crate::world::{VILLAGE, county, in_post, record, rulebook_of, text};
use calendar::Holidays;
use engine::rights::{Viewer, view_areas};
use engine::view::{Asked, KEPT_MAX, Looked, Period, Report, Subject, report};
use engine::{Actor, Event, Memory, World};
use jiff::ToSpan;
use jiff::civil::{Date, DateTime, date};
use regulation::expr::{Unit, Value};
use regulation::model::Regulation;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub const WEST: &str = "999999100202";
pub const NOW: DateTime = date(2022, 5, 20).at(9, 0, 0, 0);

pub fn empty() -> Memory {
    let mut county = county();
    county.desks.insert(("township".into(), "head".into()), "镇长".into());
    Memory::new(rulebook_of("works.md", include_str!("views/regulation.md")), county, Holidays::built_in())
}

/// A work reported on a day, paid on another.
pub fn work(memory: &mut Memory, id: &str, place: &str, on: Date, bill: (i64, &[&str]), paid: Option<Date>) {
    let (cost, kinds) = bill;
    let version = memory.rulebook().regulations["works"].version.clone();
    let matter = || id.to_owned();
    let acted = |act: &str, step: Option<&str>, on: Date, actor: Actor, party: &str| Event::Acted {
        matter: matter(),
        act: act.into(),
        actor,
        party: party.into(),
        on,
        at: on.at(10, 0, 0, 0),
        step: step.map(str::to_owned),
        clauses: Vec::new(),
        warnings: Vec::new(),
    };
    let clock = engine::event::Clock {
        id: 0,
        name: "c-pay".into(),
        step: "pay".into(),
        kind: engine::event::ClockKind::Alarm(Vec::new()),
        event_on: Some(on),
        event_at: None,
        term: Some("10 days".parse().unwrap()),
        hour: None,
        raw: on.saturating_add(10.days()),
        due: on.saturating_add(10.days()),
        provisional: false,
        why: Vec::new(),
        clauses: Vec::new(),
        state: engine::event::ClockState::Running,
    };
    let kinds: BTreeSet<String> = kinds.iter().map(|kind| (*kind).to_owned()).collect();
    memory.apply_all(&[
        Event::Opened {
            matter: matter(),
            regulation: "works".into(),
            version,
            procedure: "work".into(),
            number: Some(id.into()),
            place: place.into(),
            about: BTreeMap::new(),
            owner: None,
            instance: None,
            at: on.at(10, 0, 0, 0),
        },
        Event::Filed {
            matter: matter(),
            form: "bill".into(),
            record: Arc::new(record([
                ("cost", Value::Number(cost.into(), Unit::symbol("yuan"))),
                ("kinds", Value::Codes(kinds)),
                ("until", Value::Date(date(2022, 5, 1))),
            ])),
            party: None,
        },
        acted("report", None, on, in_post("head"), "village/head"),
        Event::Entered { matter: matter(), step: "pay".into(), on, parties: Vec::new(), suspended: None },
        Event::ClockStarted { matter: matter(), clock },
    ]);
    if let Some(paid) = paid {
        memory.apply_all(&[
            acted("pay", Some("pay"), paid, in_post("mayor"), "township/head"),
            Event::ClockStopped { matter: matter(), clock: 0, on: paid },
            Event::Ended { matter: matter(), end: "paid".into(), on: paid },
        ]);
    }
}

/// Three works, two of them paid.
pub fn three() -> Memory {
    let mut memory = empty();
    work(&mut memory, "甲", VILLAGE, date(2022, 3, 31), (100, &["road", "water"]), Some(date(2022, 4, 5)));
    work(&mut memory, "乙", VILLAGE, date(2022, 4, 1), (50, &["road"]), None);
    work(&mut memory, "丙", WEST, date(2022, 4, 2), (7, &["power"]), Some(date(2022, 4, 30)));
    memory
}

fn ask(memory: &Memory, view: &str, change: impl FnOnce(&mut Asked)) -> Report {
    let regulation = &memory.rulebook().regulations["works"];
    let view = &regulation.views[view];
    let mut asked = Asked::new(view, "999999", NOW);
    change(&mut asked);
    report(memory, regulation, view, &asked, &Vec::<Looked>::new())
}

fn period(text: &str) -> Option<Period> {
    Some(Period::read(text).unwrap())
}

/// The figure of a group, or of all where there is no key.
fn figure(memory: &Memory, report: &Report, view: &str, key: &str, column: &str) -> String {
    let (index, _) = memory.rulebook().regulations["works"].views[view].column(column).unwrap();
    let group = report.groups.iter().find(|group| group.key == key);
    let values =
        if key.is_empty() { &report.total } else { &group.unwrap_or_else(|| panic!("{key} in {report:#?}")).values };
    if values[index].is_missing() { "–".into() } else { values[index].show() }
}

#[test]
fn a_line_with_several_values_belongs_to_several_groups_and_counts_once_in_the_total() {
    let memory = three();
    let all = ask(&memory, "money", |asked| asked.period = period("2022"));
    let of = |key: &str, column: &str| figure(&memory, &all, "money", key, column);
    assert_eq!((of("999999100201 / road", "works"), of("999999100201 / water", "works")), ("2".into(), "1".into()));
    assert_eq!(
        (of("", "works"), of("", "cost"), of("", "mean")),
        ("3".into(), "157.00 yuan".into(), "52.30 yuan".into())
    );
    assert_eq!(of("", "paid"), "66.7 percent");
    assert_eq!(of("", "dearest"), "甲");
    assert_eq!((all.found, all.late), (3, 1), "one is open and past its day");
    let first = all.groups.iter().map(|group| group.key.as_str()).next();
    assert_eq!(first, Some("999999100201 / road"), "150 yuan: the largest sum comes first");
}

#[test]
fn the_period_has_both_its_ends_and_the_area_nothing_else() {
    let memory = three();
    let count = |change: &dyn Fn(&mut Asked)| ask(&memory, "money", change).found;
    assert_eq!(count(&|asked| asked.period = period("2022-Q1")), 1);
    assert_eq!(count(&|asked| asked.period = period("2022-Q2")), 2);
    assert_eq!(count(&|asked| asked.period = period("2022-03-31..2022-04-01")), 2);
    assert_eq!(count(&|_| {}), 2, "by default the present quarter");
    let in_west = |asked: &mut Asked| (asked.area, asked.period) = (WEST.into(), period("2022"));
    assert_eq!(count(&in_west), 1);
    let months = ask(&memory, "by-month", |_| {});
    let keys: Vec<&str> = months.groups.iter().map(|group| group.key.as_str()).collect();
    assert_eq!(keys, ["2022-03", "2022-04"]);
}

#[test]
fn behind_a_group_stand_its_own_lines_in_order() {
    let memory = three();
    let lines = |group: &str| {
        let report = ask(&memory, "money", |asked| (asked.period, asked.group) = (period("2022"), Some(group.into())));
        let name = |line: &engine::view::Line| match &line.subject {
            Subject::Matter(id) => id.clone(),
            other => panic!("{other:?}"),
        };
        report.lines.iter().map(name).collect::<Vec<_>>()
    };
    assert_eq!(lines("999999100201 / road"), ["甲", "乙"]);
    assert_eq!(lines("999999100201 / water"), ["甲"]);
    assert_eq!(lines(Asked::EVERY), ["甲", "乙", "丙"], "each once");
    assert_eq!(lines("nonsense"), [""; 0]);
}

#[test]
fn deadlines_are_lines_with_who_kept_them() {
    let memory = three();
    let april = ask(&memory, "clocks", |asked| asked.period = period("2022-04"));
    let of = |key: &str, column: &str| figure(&memory, &april, "clocks", key, column);
    assert_eq!(of("镇长 / mayor", "in-time"), "50 percent", "one after five days, one after twenty-eight");
    assert_eq!((of("镇长 / mayor", "days"), of("镇长 / mayor", "worst")), ("16.5".into(), "丙".into()));
    assert_eq!(of("镇长 / none", "in-time"), "0 percent", "nobody has paid: the office whose step it is");
    assert_eq!(april.late, 2);
    let may = ask(&memory, "clocks", |asked| asked.period = period("2022-05"));
    assert_eq!(may.found, 0, "what was missed counts in the month of its last day");
}

#[test]
fn shares_leave_out_what_is_not_known_unless_told_otherwise() {
    let mut memory = empty();
    for (key, place, managed, homes) in
        [("e1", VILLAGE, Some(true), 10), ("e2", VILLAGE, None, 90), ("e3", WEST, Some(false), 5)]
    {
        let mut row = record([
            ("code", text(key)),
            ("mode", Value::Code("self".into())),
            ("homes", Value::Number(homes.into(), Unit::none())),
        ]);
        row.extend(managed.map(|managed| ("managed".to_owned(), Value::Bool(managed))));
        memory.apply(&Event::RowChanged {
            register: "estates".into(),
            key: key.into(),
            place: place.into(),
            record: Some(row),
            on: date(2022, 1, 1),
            actor: Actor::Clock,
            owner: None,
        });
    }
    let targets = ask(&memory, "targets", |_| {});
    let of = |key: &str, column: &str| figure(&memory, &targets, "targets", key, column);
    assert_eq!((of(VILLAGE, "reached"), of(VILLAGE, "known")), ("50 percent".into(), "100 percent".into()));
    assert_eq!((of("", "reached"), of("", "largest")), ("33.3 percent".into(), "90".into()));
    assert_eq!(targets.groups.last().map(|group| group.key.as_str()), Some(WEST));
}

#[test]
fn what_is_missing_is_found_place_by_place() {
    let mut memory = empty();
    work(&mut memory, "甲", VILLAGE, date(2022, 3, 31), (100, &["road"]), None);
    let without = ask(&memory, "without", |_| {});
    assert_eq!(without.lines.iter().map(|line| line.place.as_str()).collect::<Vec<_>>(), [WEST]);
    assert_eq!(ask(&memory, "without", |asked| asked.period = period("2021")).found, 2);
}

#[test]
fn an_office_may_ask_about_its_own_places() {
    let memory = crate::world::memory();
    let works = empty();
    let regulation = &works.rulebook().regulations["works"];
    let areas = |person: &str, view: &str| {
        let viewer = Viewer::everywhere(memory.county(), person, NOW.date());
        view_areas(memory.county(), &viewer, (regulation, &regulation.views[view]), NOW.date())
    };
    assert_eq!(areas("head", "money"), [VILLAGE]);
    assert_eq!(areas("far-head", "money"), [WEST]);
    assert_eq!(areas("vet", "money"), ["999999100"], "any post of the level");
    assert_eq!(areas("clerk", "money"), [""; 0], "another post of the village");
    assert_eq!(areas("owner", "money"), [""; 0]);
    assert_eq!(areas("owner", "by-month"), ["999999"], "everybody");
    let closed = Regulation { public: false, ..Regulation::clone(regulation) };
    let of_closed = |person: &str| {
        let viewer = Viewer::everywhere(memory.county(), person, NOW.date());
        view_areas(memory.county(), &viewer, (&closed, &closed.views["by-month"]), NOW.date())
    };
    assert_eq!(of_closed("owner"), [""; 0], "a public report of a regulation that is not public is not open");
    assert_eq!(of_closed("clerk"), ["999999"], "officers may read the regulation, and so its public reports");
    let later = view_areas(
        memory.county(),
        &Viewer::everywhere(memory.county(), "head", NOW.date()),
        (regulation, &regulation.views["money"]),
        date(2031, 1, 1),
    );
    assert_eq!(later, [""; 0], "the post is over");
}

#[test]
fn more_lines_than_are_kept_are_summed_up_all_the_same() {
    let many = 2 * KEPT_MAX + 1;
    let mut memory = empty();
    for number in 0..many {
        let place = if number % 3 == 0 { WEST } else { VILLAGE };
        work(&mut memory, &format!("{number:06}"), place, date(2022, 4, 1), (1, &["road"]), None);
    }
    let all = ask(&memory, "money", |asked| asked.group = Some(Asked::EVERY.into()));
    assert_eq!((all.found, all.lines.len(), all.cut), (many as u64, KEPT_MAX, true));
    assert_eq!(figure(&memory, &all, "money", "", "cost"), format!("{many}.00 yuan"));
    let west = ask(&memory, "money", |asked| asked.area = WEST.into());
    assert_eq!((west.found, west.lines.len(), west.cut), (many.div_ceil(3) as u64, 0, false));
}
