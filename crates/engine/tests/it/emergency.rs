//! Break-glass: a post by the hour, from moment to moment; what it gives, what it never gives, and how it ends.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

use crate::posts::{by, key};
use crate::world::{county, record, rulebook_of, text};
use calendar::Holidays;
use engine::county::{Administration, Appointment, Change, County, Post};
use engine::rights::{
    Access, Viewer, desks_of, emergency, is_officer, key_offices, masked_kinds, may_draft, may_read_register, may_see,
    opened, own_offices, purposes,
};
use engine::{Act, Actor, Event, Memory, Outcome, Target, World, decide};
use jiff::civil::{DateTime, date};
use regulation::expr::{Record, Value};
use regulation::model::Personal;
use std::collections::BTreeMap;

const POSTS: [(&str, &str); 5] = [
    ("po-agriculture", "agriculture"),
    ("po-water", "water"),
    ("po-security", "security-admin"),
    ("po-audit", "audit-admin"),
    ("po-system", "system-admin"),
];

fn nine() -> DateTime {
    date(2022, 1, 27).at(9, 0, 0, 0)
}

fn clock(hour: i8, minute: i8) -> DateTime {
    date(2022, 1, 27).at(hour, minute, 0, 0)
}

/// Holders of each post are called like its desk; Wei has none.
fn people() -> County {
    let mut county = county();
    county.people.insert("wei".into(), "魏".into());
    for (id, desk) in POSTS {
        county.people.insert(desk.into(), desk.into());
        county.desks.insert(("county".into(), desk.into()), desk.into());
        let (level, place) = ("county".into(), "999999".into());
        let post = Post { id: id.into(), title: desk.into(), level, desk: desk.into(), place, ..Post::default() };
        county.posts.insert(id.into(), post);
        let from = date(2021, 1, 1);
        county.appointments.push(Appointment { person: desk.into(), post: id.into(), from, ..Appointment::default() });
    }
    for (post, kind) in [
        ("po-security", Administration::Security),
        ("po-audit", Administration::Audit),
        ("po-system", Administration::System),
    ] {
        county.administrations.insert(post.into(), kind);
    }
    county
}

fn memory() -> Memory {
    let text = include_str!("../../../regulation/tests/fixtures/emergency.md");
    Memory::new(rulebook_of("emergency.md", text), people(), Holidays::built_in())
}

fn oneself(person: &str) -> Actor {
    Actor::Person { person: person.into(), post: None }
}

fn starting(memory: &Memory, procedure: &str, act: &str, actor: Actor, form: Record) -> Act {
    let n = memory.all_matters().count();
    let fresh_ids = (0..4).map(|part| format!("id-{n}-{part}")).collect();
    let target = Target::Start { procedure: procedure.into(), place: "999999".into(), about: BTreeMap::new() };
    Act { target, name: act.into(), actor, form, fresh_ids, proved: true }
}

fn on(matter: &str, act: &str, actor: Actor) -> Act {
    let target = Target::Matter { id: matter.into(), seen: None };
    Act { target, name: act.into(), actor, form: Record::new(), fresh_ids: Vec::new(), proved: true }
}

/// Does an act; its subject, or the code of the first reason against it.
fn done(memory: &mut Memory, act: &Act, now: DateTime) -> Result<String, String> {
    match decide(memory, act, now) {
        Outcome::Done(decision) => {
            memory.apply_all(&decision.events);
            Ok(decision.subject)
        }
        Outcome::Refused(refusal) => Err(refusal.reasons[0].code.clone()),
    }
}

fn taking(memory: &Memory, person: &str, post: &str, hours: u32) -> Act {
    let term = calendar::Term::new(hours, calendar::Unit::Hours);
    let form = record([("taken", key(post)), ("for-hours", Value::Term(term)), ("reason", text("汛情"))]);
    starting(memory, "emergency", "take", oneself(person), form)
}

fn take(memory: &mut Memory, person: &str, post: &str, hours: u32) -> Result<String, String> {
    let act = taking(memory, person, post, hours);
    done(memory, &act, nine())
}

/// Whether somebody may approve, in the post of agriculture, what somebody else drafted.
fn may_approve(memory: &Memory, person: &str, now: DateTime) -> Result<(), String> {
    let mut memory = memory.clone();
    let draft = starting(&memory, "paper", "draft", oneself("wei"), Record::new());
    let paper = done(&mut memory, &draft, nine()).unwrap();
    done(&mut memory, &on(&paper, "approve", by(person, "po-agriculture")), now).map(|_| ())
}

const NOT: &str = "not-your-desk";

#[test]
fn a_post_is_had_from_the_moment_of_the_act_to_the_hour_and_not_a_second_longer() {
    let mut memory = memory();
    assert_eq!(may_approve(&memory, "water", nine()), Err(NOT.to_owned()));
    take(&mut memory, "water", "po-agriculture", 3).unwrap();
    let last = date(2022, 1, 27).at(11, 59, 59, 0);
    for (now, expected) in [(nine(), Ok(())), (last, Ok(())), (clock(12, 0), Err(NOT.to_owned()))] {
        assert_eq!(may_approve(&memory, "water", now), expected, "{now}");
    }
    let county = memory.county();
    let holders: Vec<&str> =
        county.holders("po-agriculture", nine().date()).iter().map(|one| one.person.as_str()).collect();
    assert_eq!(holders, ["agriculture"], "it fills the post for nobody");
    assert_eq!(may_approve(&memory, "agriculture", nine()), Ok(()), "the holder acts as before");
    let under = emergency(county, &by("water", "po-agriculture"), nine()).unwrap();
    assert_eq!((under.person.as_str(), under.kind.as_deref()), ("water", Some("应急")));
    for actor in [by("agriculture", "po-agriculture"), by("water", "po-water"), oneself("water"), Actor::Clock] {
        assert!(emergency(county, &actor, nine()).is_none(), "{actor:?}");
    }
    assert!(emergency(county, &by("water", "po-agriculture"), clock(12, 0)).is_none());
}

#[test]
fn an_hour_after_midnight_is_still_within() {
    let mut memory = memory();
    let act = taking(&memory, "water", "po-agriculture", 4);
    let late = date(2022, 1, 27).at(23, 0, 0, 0);
    done(&mut memory, &act, late).unwrap();
    let next = |hour| date(2022, 1, 28).at(hour, 0, 0, 0);
    assert_eq!(may_approve(&memory, "water", next(2)), Ok(()));
    assert_eq!(may_approve(&memory, "water", next(3)), Err(NOT.to_owned()));
}

#[test]
fn it_is_for_the_staff_and_never_for_a_post_that_administers_the_system() {
    let mut memory = memory();
    for (person, post, hours, code) in [
        ("wei", "po-agriculture", 3, "not-on-the-staff"),
        ("security", "po-agriculture", 3, "not-on-the-staff"),
        ("water", "po-security", 3, "post-of-administrator"),
        ("water", "po-audit", 3, "post-of-administrator"),
        ("water", "po-water", 3, "post-held"),
    ] {
        let person = if person == "security" { "security-admin" } else { person };
        assert_eq!(take(&mut memory, person, post, hours), Err(code.to_owned()), "{person} {post}");
    }
    take(&mut memory, "water", "po-agriculture", 3).unwrap();
    assert_eq!(take(&mut memory, "water", "po-agriculture", 1), Err("post-held".to_owned()));
    let change = Change::Abolished { post: "po-water".into(), last: nine().date() };
    memory.apply(&Event::County { matter: "m".into(), on: nine().date(), change });
    let act = taking(&memory, "agriculture", "po-water", 3);
    assert_eq!(
        done(&mut memory, &act, date(2022, 1, 28).at(9, 0, 0, 0)),
        Err("form".to_owned()),
        "a post that has ended is not even a choice"
    );
}

#[test]
fn who_leaves_the_staff_or_administers_the_system_since_has_it_no_longer() {
    let next = |hour| date(2022, 1, 28).at(hour, 0, 0, 0);
    let (matter, on) = ("m".to_owned(), nine().date());
    let relieved = Change::Relieved { post: "po-water".into(), person: "water".into(), last: on, behalf: None };
    let from = date(2022, 1, 28);
    let promoted = Appointment { person: "water".into(), post: "po-system".into(), from, ..Appointment::default() };
    for change in [relieved, Change::Appointed(promoted)] {
        let mut memory = memory();
        let act = taking(&memory, "water", "po-agriculture", 12);
        let late = date(2022, 1, 27).at(22, 0, 0, 0);
        done(&mut memory, &act, late).unwrap();
        assert_eq!(may_approve(&memory, "water", next(1)), Ok(()));
        memory.apply(&Event::County { matter: matter.clone(), on, change });
        let sees = |now: DateTime| {
            let viewer = Viewer { person: Some("water".into()), posts: vec!["po-agriculture".into()] };
            let rooms = memory.rulebook().register("rooms").unwrap().1.clone();
            may_read_register(&memory, &viewer, &rooms, None, "999999", now)
        };
        assert_eq!([sees(late), sees(next(1))], [Access::Full, Access::None]);
        assert_eq!(may_approve(&memory, "water", next(1)), Err(NOT.to_owned()));
        let actor = by("water", "po-agriculture");
        assert!(emergency(memory.county(), &actor, late).is_some(), "what was done under it is still called so");
    }
}

#[test]
fn whoever_did_not_prove_who_they_are_takes_nothing() {
    let mut memory = memory();
    let act = Act { proved: false, ..taking(&memory, "water", "po-agriculture", 3) };
    assert_eq!(done(&mut memory, &act, nine()), Err("identity-not-proved".to_owned()));
    assert_eq!(may_approve(&memory, "water", nine()), Err(NOT.to_owned()));
    let draft = Act { proved: false, ..starting(&memory, "paper", "draft", oneself("wei"), Record::new()) };
    assert!(done(&mut memory, &draft, nine()).is_ok(), "other acts do not ask");
}

#[test]
fn who_drafted_does_not_approve_in_a_post_taken_in_an_emergency() {
    let mut memory = memory();
    let draft = starting(&memory, "paper", "draft", oneself("water"), Record::new());
    let paper = done(&mut memory, &draft, nine()).unwrap();
    take(&mut memory, "water", "po-agriculture", 3).unwrap();
    let approve = on(&paper, "approve", by("water", "po-agriculture"));
    assert_eq!(done(&mut memory, &approve, nine()), Err("separation-of-duties".to_owned()));
}

#[test]
fn it_is_ended_at_once_by_security_by_the_holder_and_by_whoever_took_it_and_by_nobody_else() {
    for who in [by("security-admin", "po-security"), by("agriculture", "po-agriculture"), oneself("water")] {
        let mut memory = memory();
        let matter = take(&mut memory, "water", "po-agriculture", 3).unwrap();
        for other in [by("audit-admin", "po-audit"), by("system-admin", "po-system"), oneself("wei")] {
            assert_eq!(done(&mut memory, &on(&matter, "stop", other), clock(10, 0)), Err(NOT.to_owned()));
        }
        assert_eq!(may_approve(&memory, "water", clock(10, 0)), Ok(()));
        done(&mut memory, &on(&matter, "stop", who.clone()), clock(10, 0)).unwrap();
        assert_eq!(may_approve(&memory, "water", clock(10, 0)), Err(NOT.to_owned()), "{who:?}");
        assert!(emergency(memory.county(), &by("water", "po-agriculture"), clock(9, 30)).is_some(), "what was is kept");
        let review = |person: &str, post: &str| on(&matter, "review", by(person, post));
        let by_security = done(&mut memory, &review("security-admin", "po-security"), clock(11, 0));
        assert_eq!(by_security, Err(NOT.to_owned()), "who ended it does not review it");
        done(&mut memory, &review("audit-admin", "po-audit"), clock(11, 0)).unwrap();
    }
}

#[test]
fn administrators_see_what_names_them_and_nothing_else() {
    let mut memory = memory();
    let matter = take(&mut memory, "water", "po-agriculture", 3).unwrap();
    let draft = starting(&memory, "paper", "draft", oneself("wei"), Record::new());
    let paper = done(&mut memory, &draft, nine()).unwrap();
    let sees = |memory: &Memory, person: &str, id: &str| {
        let viewer = Viewer::everywhere(memory.county(), person, nine());
        may_see(memory, &viewer, &memory.matter(id).unwrap(), nine())
    };
    for (person, expected) in [
        ("security-admin", [Access::Full, Access::None]),
        ("audit-admin", [Access::Full, Access::None]),
        ("system-admin", [Access::None, Access::None]),
        ("agriculture", [Access::Full, Access::Full]),
        ("water", [Access::Full, Access::Full]),
        ("wei", [Access::None, Access::Full]),
    ] {
        assert_eq!([&matter, &paper].map(|id| sees(&memory, person, id)), expected, "{person}");
    }
    let desks = desks_of(memory.county(), "security-admin", nine());
    assert_eq!(desks.len(), 2, "their own and the office's: {desks:?}");
}

#[test]
fn it_gives_what_the_post_sees_and_keeps_and_nothing_that_outlasts_it() {
    let mut memory = memory();
    take(&mut memory, "water", "po-agriculture", 3).unwrap();
    let (_, rooms) = memory.rulebook().register("rooms").unwrap();
    let rooms = rooms.clone();
    let reads = |memory: &Memory, now: DateTime| {
        let viewer = Viewer { person: Some("water".into()), posts: vec!["po-agriculture".into()] };
        may_read_register(memory, &viewer, &rooms, None, "999999", now)
    };
    assert_eq!([reads(&memory, nine()), reads(&memory, clock(12, 0))], [Access::Full, Access::None]);
    let enter = |room: &str| {
        let target = Target::Register { register: "rooms".into(), row: None, place: "999999".into() };
        let (actor, form) = (by("water", "po-agriculture"), record([("room", text(room))]));
        Act { target, name: "enter".into(), actor, form, fresh_ids: Vec::new(), proved: false }
    };
    assert!(done(&mut memory, &enter("301"), nine()).is_ok());
    assert_eq!(done(&mut memory, &enter("302"), clock(12, 0)), Err(NOT.to_owned()));
    let (county, day) = (memory.county(), nine().date());
    assert_eq!((own_offices(county, "water", day).len(), key_offices(county, "water", day).len()), (1, 1), "its own");
    assert!(!county.holds_oneself("water", "po-agriculture", day), "so it is not delegated");
    assert!(!county.has_wholly("water", "po-agriculture", day) && !may_draft(&memory, "water", day));
    assert!(is_officer(county, "water", day));
}

#[test]
fn a_register_opens_personal_data_for_its_own_purposes_and_others_for_the_usual() {
    let memory = memory();
    let (_, rooms) = memory.rulebook().register("rooms").unwrap();
    let masked = masked_kinds(&rooms.fields);
    let offered: Vec<&str> = purposes(&rooms.purposes, &masked).iter().map(|one| one.name.as_str()).collect();
    assert_eq!(offered, ["check-in"]);
    let opens = opened(Access::Full, &rooms.purposes[0], &masked);
    assert_eq!(Vec::from_iter(opens), [Personal::Identity], "of what it names, what is there");
    let (_, paper) = memory.rulebook().procedure("paper").unwrap();
    let usual: Vec<&str> = paper.purposes.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(usual, ["verify", "contact", "pay", "care"]);
}
