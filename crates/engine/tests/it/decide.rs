//! Decisions looked at fact by fact.

use crate::world::{VILLAGE, application, in_post, memory, owner, record, text};
use engine::event::{ClockState, Desk};
use engine::offer::{available_acts, available_starts};
use engine::rights::{Access, Viewer, may_see};
use engine::{Act, Actor, Event, Memory, Outcome, RefusalKind, Target, World, decide};
use jiff::civil::{DateTime, date};
use regulation::expr::{Record, Unit, Value};
use std::collections::BTreeMap;

fn on(month: i8, day: i8) -> DateTime {
    date(2022, month, day).at(10, 0, 0, 0)
}

fn ids() -> Vec<String> {
    (1..20).map(|number| format!("x{number}")).collect()
}

fn apply_for(form: Record) -> Act {
    Act {
        target: Target::Start {
            procedure: "dog-licence".into(),
            place: VILLAGE.into(),
            about: BTreeMap::from([("home".into(), Value::Key("h1".into()))]),
        },
        name: "apply".into(),
        actor: owner(),
        form,
        fresh_ids: ids(),
        proved: false,
    }
}

fn act(name: &str, actor: Actor, form: Record) -> Act {
    let target = Target::Matter { id: "x1".into(), seen: None };
    Act { target, name: name.into(), actor, form, fresh_ids: ids(), proved: false }
}

fn done(memory: &mut Memory, act: &Act, now: DateTime) -> Vec<Event> {
    match decide(memory, act, now) {
        Outcome::Done(decision) => {
            memory.apply_all(&decision.events);
            decision.events
        }
        Outcome::Refused(refusal) => panic!("{refusal:?}"),
    }
}

fn refused(memory: &Memory, act: &Act, now: DateTime) -> RefusalKind {
    match decide(memory, act, now) {
        Outcome::Done(decision) => panic!("{:?}", decision.events),
        Outcome::Refused(refusal) => refusal.kind,
    }
}

fn applied() -> Memory {
    let mut memory = memory();
    done(&mut memory, &apply_for(application(date(2022, 3, 1))), on(3, 1));
    memory
}

#[test]
fn an_application_brings_about_these_facts_in_this_order() {
    let mut memory = memory();
    let events = done(&mut memory, &apply_for(application(date(2022, 3, 1))), on(3, 1));
    let kinds: Vec<&str> = events.iter().map(kind).collect();
    assert_eq!(kinds, ["opened", "filed", "acted", "numbered", "issued", "entered", "clock-started"]);
    let matter = memory.matter("x1").unwrap();
    assert_eq!(matter.owner.as_deref(), Some("homes/h1"));
    assert_eq!(matter.seq, 1);
    assert_eq!(matter.acts[0].party, "home/head");
    let desk = Desk::Office { level: "village".into(), desk: "head".into(), place: VILLAGE.into() };
    assert_eq!(matter.desks, [desk]);
}

fn kind(event: &Event) -> &'static str {
    match event {
        Event::Opened { .. } => "opened",
        Event::Filed { .. } => "filed",
        Event::Acted { .. } => "acted",
        Event::Numbered { .. } => "numbered",
        Event::Issued { .. } => "issued",
        Event::Entered { .. } => "entered",
        Event::ClockStarted { .. } => "clock-started",
        _ => "other",
    }
}

#[test]
fn a_rule_of_one_row_is_said_once_with_its_values() {
    let mut memory = memory();
    memory.set_parameter("dogs", "max-dogs", date(2022, 1, 1), Value::Number(0.into(), Unit::none()));
    let Outcome::Refused(refusal) = decide(&memory, &apply_for(application(date(2022, 3, 1))), on(3, 1)) else {
        panic!("a household that may keep no dog was allowed one");
    };
    let said: Vec<&str> = refusal.reasons.iter().map(|reason| reason.code.as_str()).collect();
    assert_eq!(said, ["within-limit"]);
    assert!(!refusal.reasons[0].values.is_empty(), "{:?}", refusal.reasons[0]);
}

#[test]
fn refusals_by_kind() {
    let memory = applied();
    let empty = Record::new();
    let with = |target: Target, name: &str, actor: Actor| Act {
        target,
        name: name.into(),
        actor,
        form: empty.clone(),
        fresh_ids: ids(),
        proved: false,
    };
    let matter = |seen| Target::Matter { id: "x1".into(), seen };
    let clock = |clock| Target::Clock { matter: "x1".into(), clock };
    let start = |procedure: &str| Target::Start {
        procedure: procedure.into(),
        place: VILLAGE.into(),
        about: BTreeMap::from([("home".into(), Value::Key("h1".into()))]),
    };
    let register = |row: Option<&str>| Target::Register {
        register: "homes".into(),
        row: row.map(str::to_owned),
        place: VILLAGE.into(),
    };
    let nowhere = Target::Matter { id: "x9".into(), seen: None };
    for (act, now, expected) in [
        (with(nowhere, "pass", in_post("head")), on(3, 2), RefusalKind::Unknown),
        (with(matter(None), "fly", in_post("head")), on(3, 2), RefusalKind::Unknown),
        (with(start("cats"), "apply", owner()), on(3, 2), RefusalKind::Unknown),
        (with(start("dog-licence"), "fly", owner()), on(3, 2), RefusalKind::Unknown),
        (with(matter(Some(0)), "pass", in_post("head")), on(3, 2), RefusalKind::Stale),
        (with(matter(Some(1)), "approve", in_post("head")), on(3, 2), RefusalKind::State),
        (with(matter(Some(1)), "pass", in_post("far-head")), on(3, 2), RefusalKind::Rights),
        (with(matter(Some(1)), "pass", Actor::Clock), on(3, 20), RefusalKind::Rights),
        (with(clock(0), "", in_post("head")), on(3, 20), RefusalKind::Rights),
        (with(clock(0), "", Actor::Clock), on(3, 7), RefusalKind::State),
        (with(clock(7), "", Actor::Clock), on(3, 20), RefusalKind::Unknown),
        (with(matter(None), "pass", in_post("head")), on(3, 9), RefusalKind::Stale),
        (with(matter(None), "ask-more", in_post("head")), on(3, 2), RefusalKind::Form),
        (with(register(Some("h9")), "change", in_post("clerk")), on(3, 2), RefusalKind::Unknown),
        (with(register(None), "enter", in_post("clerk")), on(3, 2), RefusalKind::Form),
        (with(register(None), "burn", in_post("clerk")), on(3, 2), RefusalKind::Unknown),
    ] {
        assert_eq!(refused(&memory, &act, now), expected, "{act:?}");
    }
}

#[test]
fn a_post_counts_only_while_held_and_only_when_acted_in() {
    let memory = applied();
    let personally = Actor::Person { person: "head".into(), post: None };
    assert_eq!(refused(&memory, &act("pass", personally, Record::new()), on(3, 2)), RefusalKind::Rights);
    let borrowed = Actor::Person { person: "clerk".into(), post: Some("post-head".into()) };
    assert_eq!(refused(&memory, &act("pass", borrowed, Record::new()), on(3, 2)), RefusalKind::Rights);
    let before_appointment = date(2021, 12, 31).at(10, 0, 0, 0);
    assert_eq!(refused(&memory, &act("pass", in_post("head"), Record::new()), before_appointment), RefusalKind::Rights);
}

#[test]
fn another_persons_electronic_signature_is_refused() {
    let memory = memory();
    let mut forged = apply_for(application(date(2022, 3, 1)));
    forged.actor = in_post("clerk");
    assert_eq!(refused(&memory, &forged, on(3, 1)), RefusalKind::Form);
}

#[test]
fn a_clock_fires_once() {
    let mut memory = applied();
    let fire = Act {
        target: Target::Clock { matter: "x1".into(), clock: 0 },
        name: String::new(),
        actor: Actor::Clock,
        form: Record::new(),
        fresh_ids: ids(),
        proved: false,
    };
    let late = on(3, 20);
    done(&mut memory, &fire, late);
    let matter = memory.matter("x1").unwrap();
    assert_eq!(matter.step.as_deref(), Some("joint-check"));
    assert_eq!(
        matter.last_act("pass").unwrap().on,
        date(2022, 3, 8),
        "dated the day after the last day, however late it fires"
    );
    assert!(matches!(matter.clocks[0].state, ClockState::Expired { at, .. } if at == date(2022, 3, 8).at(0, 0, 0, 0)));
    assert_eq!(refused(&memory, &fire, late), RefusalKind::State);
}

#[test]
fn offers_name_what_may_be_done_and_why_not() {
    let memory = applied();
    let matter = memory.matter("x1").unwrap();
    let offers = |actor: &Actor| {
        let offers = available_acts(&memory, &matter, actor, on(3, 2));
        offers.into_iter().map(|offer| (offer.act, offer.allowed.is_ok())).collect::<Vec<_>>()
    };
    let all =
        |pass, ask, withdraw| vec![("pass".to_owned(), pass), ("ask-more".into(), ask), ("withdraw".into(), withdraw)];
    assert_eq!(offers(&in_post("head")), all(true, true, false));
    assert_eq!(offers(&owner()), all(false, false, true));
    assert_eq!(offers(&in_post("far-head")), all(false, false, false));
    let about = BTreeMap::from([("home".to_owned(), Value::Key("h1".into()))]);
    let starts = available_starts(&memory, "dog-licence", VILLAGE, &about, &owner(), on(3, 2));
    assert!(starts[0].allowed.is_ok());
}

#[test]
fn who_sees_what() {
    let memory = applied();
    let matter = memory.matter("x1").unwrap();
    for (viewer, expected) in [
        (Viewer::acting(&owner()), Access::Full),
        (Viewer::acting(&in_post("head")), Access::Full),
        (Viewer::acting(&in_post("mayor")), Access::Full),
        (Viewer::acting(&in_post("far-head")), Access::None),
        (Viewer::acting(&Actor::Person { person: "head".into(), post: None }), Access::None),
        (Viewer::public(), Access::None),
    ] {
        assert_eq!(may_see(&memory, &viewer, &matter, on(3, 2)), expected, "{viewer:?}");
    }
}

#[test]
fn numbers_have_no_gaps_after_refusals() {
    let mut memory = memory();
    for number in 1..=3 {
        let mut broken = apply_for(application(date(2022, 3, 1)));
        broken.form.remove("chip");
        assert_eq!(refused(&memory, &broken, on(3, 1)), RefusalKind::Form);
        let mut next = apply_for(application(date(2022, 3, 1)));
        next.fresh_ids = (0..9).map(|id| format!("y{number}-{id}")).collect();
        done(&mut memory, &next, on(3, 1));
        let matter = memory.matter(&format!("y{number}-0")).unwrap();
        assert_eq!(matter.number.as_deref(), Some(format!("犬999999100-2022-{number:05}").as_str()));
    }
}

#[test]
fn derived_and_unknown_fields_are_not_accepted() {
    let memory = memory();
    for name in ["shot-count", "nonsense"] {
        let mut act = apply_for(application(date(2022, 3, 1)));
        act.form.insert(name.into(), text("9"));
        match decide(&memory, &act, on(3, 1)) {
            Outcome::Refused(refusal) => assert_eq!(refusal.fields[0].field, name),
            Outcome::Done(_) => panic!("{name} was accepted"),
        }
    }
}

#[test]
fn nested_rows_are_examined_with_their_paths() {
    let memory = memory();
    let mut act = apply_for(application(date(2022, 3, 1)));
    let wrong = record([("vaccine", text("狂犬")), ("given-on", Value::Date(date(2020, 1, 1)))]);
    act.form.insert("shots".into(), Value::Records([wrong].into()));
    match decide(&memory, &act, on(3, 1)) {
        Outcome::Refused(refusal) => {
            let fields: Vec<&str> = refusal.fields.iter().map(|fault| fault.field.as_str()).collect();
            assert_eq!(fields, ["shots.1.given-on", "shots.1.due-on"]);
        }
        Outcome::Done(_) => panic!("accepted"),
    }
}
