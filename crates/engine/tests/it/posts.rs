//! Posts and their holders: who may hold one when, that rights and to-dos follow, and that a journal gives the same county again.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

use crate::world::{county, record, rulebook_of, text};
use calendar::Holidays;
use engine::county::{Appointment, County, Post};
use engine::event::Desk;
use engine::offer::available_acts;
use engine::{Act, Actor, Event, Memory, Outcome, Target, World, decide};
use jiff::ToSpan;
use jiff::civil::{Date, DateTime, date};
use proptest::prelude::*;
use regulation::expr::{Record, Value};
use std::collections::BTreeMap;

const PEOPLE: [&str; 4] = ["wei", "an", "bo", "clerk"];

pub(crate) fn start_of_posts() -> Memory {
    over(county_of_posts())
}

pub(crate) fn over(county: County) -> Memory {
    let text = include_str!("../../../regulation/tests/fixtures/posts.md");
    Memory::new(rulebook_of("posts.md", text), county, Holidays::built_in())
}

pub(crate) fn county_of_posts() -> County {
    let mut county = county();
    for person in PEOPLE {
        county.people.insert(person.into(), person.into());
    }
    for (id, desk) in [("po-clerk", "personnel"), ("po-a", "deputy-a"), ("po-b", "deputy-b")] {
        county.desks.insert(("county".into(), desk.into()), desk.into());
        let post = Post {
            id: id.into(),
            title: id.into(),
            level: "county".into(),
            desk: desk.into(),
            place: "999999".into(),
            ..Post::default()
        };
        county.posts.insert(id.into(), post);
    }
    for (person, post) in [("clerk", "po-clerk"), ("wei", "po-a")] {
        let from = date(2021, 1, 1);
        let tenure = Appointment { person: person.into(), post: post.into(), from, ..Appointment::default() };
        county.appointments.push(tenure);
    }
    county
}

pub(crate) fn at(day: Date) -> DateTime {
    day.at(10, 0, 0, 0)
}

pub(crate) fn by(person: &str, post: &str) -> Actor {
    Actor::Person { person: person.into(), post: Some(post.into()) }
}

pub(crate) fn start(procedure: &str, act: &str, form: Record, n: usize) -> Act {
    let fresh_ids = (0..4).map(|part| format!("id-{n}-{part}")).collect();
    let target = Target::Start { procedure: procedure.into(), place: "999999".into(), about: BTreeMap::new() };
    Act { target, name: act.into(), actor: by("clerk", "po-clerk"), form, fresh_ids, proved: false }
}

pub(crate) fn key(id: &str) -> Value {
    Value::Key(id.into())
}

/// Tries a change; the code of the first reason where it is refused.
pub(crate) fn change(
    memory: &mut Memory,
    today: Date,
    kind: &str,
    fields: &[(&str, Value)],
) -> Result<Vec<Event>, String> {
    let mut form = record([("kind", Value::Code(kind.into()))]);
    form.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    let n = memory.all_matters().count();
    match decide(memory, &start("change", "decide", form, n), at(today)) {
        Outcome::Done(decision) => {
            memory.apply_all(&decision.events);
            Ok(decision.events)
        }
        Outcome::Refused(refusal) => Err(refusal.reasons[0].code.clone()),
    }
}

pub(crate) fn refused(memory: &mut Memory, today: Date, kind: &str, fields: &[(&str, Value)]) -> String {
    change(memory, today, kind, fields).unwrap_err()
}

pub(crate) fn holders(memory: &Memory, post: &str, on: Date) -> Vec<String> {
    memory.county().holders(post, on).iter().map(|tenure| tenure.person.clone()).collect()
}

pub(crate) const TODAY: Date = date(2022, 1, 27);

#[test]
fn a_post_holds_one_person_from_day_to_day() {
    let mut memory = start_of_posts();
    let from = |day| ("from", Value::Date(day));
    let (a, b) = (("post", key("po-a")), ("post", key("po-b")));
    let an = ("person", key("an"));
    assert_eq!(refused(&mut memory, TODAY, "appoint", &[a.clone(), an.clone(), from(TODAY)]), "post-filled");
    let early = ("to", Value::Date(date(2022, 1, 1)));
    let before = [b.clone(), an.clone(), from(TODAY), early];
    assert_eq!(refused(&mut memory, TODAY, "appoint", &before), "ends-before-it-begins");
    assert_eq!(refused(&mut memory, TODAY, "relieve", &[b.clone(), from(TODAY)]), "nobody-relieved");
    let not_he = [a.clone(), ("whose", key("bo")), from(TODAY)];
    assert_eq!(refused(&mut memory, TODAY, "relieve", &not_he), "nobody-relieved");
    let nobody = ("person", key("stranger"));
    assert_eq!(refused(&mut memory, TODAY, "appoint", &[b.clone(), nobody, from(TODAY)]), "no-such-person");

    // One act relieves and appoints: the later effect sees the earlier.
    let in_march = date(2022, 3, 1);
    change(&mut memory, TODAY, "swap", &[a.clone(), an.clone(), from(in_march)]).unwrap();
    assert_eq!(holders(&memory, "po-a", date(2022, 2, 28)), ["wei"]);
    assert_eq!(holders(&memory, "po-a", in_march), ["an"]);
    assert_eq!(memory.county().posts_of("an", date(2022, 2, 28)).count(), 0, "not before its day");

    // Who acts in a post stands beside its holder; the holder's relief leaves them.
    let acting = [a.clone(), ("person", key("bo")), from(TODAY)];
    change(&mut memory, TODAY, "act", &acting).unwrap();
    assert_eq!(holders(&memory, "po-a", TODAY), ["wei", "bo"]);
    assert_eq!(refused(&mut memory, TODAY, "act", &[a.clone(), ("person", key("clerk")), from(TODAY)]), "post-filled");
    change(&mut memory, TODAY, "relieve", &[a.clone(), from(date(2022, 2, 10))]).unwrap();
    assert_eq!(holders(&memory, "po-a", date(2022, 2, 11)), ["bo"]);
    change(&mut memory, TODAY, "relieve", &[a.clone(), from(date(2022, 2, 20))]).unwrap();
    assert!(holders(&memory, "po-a", date(2022, 2, 21)).is_empty());
}

#[test]
fn posts_are_made_and_ended() {
    let mut memory = start_of_posts();
    let from = ("from", Value::Date(TODAY));
    let new = |code: &str, at: &str| {
        [("code", text(code)), ("titled", text("督查专员")), ("at", text(at)), ("from", Value::Date(TODAY))]
    };
    assert_eq!(refused(&mut memory, TODAY, "establish", &new("po-a", "county/deputy-a")), "post-exists");
    assert_eq!(refused(&mut memory, TODAY, "establish", &new("po-c", "county/nothing")), "no-such-office");
    change(&mut memory, TODAY, "establish", &new("po-c", "county/deputy-a")).unwrap();
    let post = &memory.county().posts["po-c"];
    assert_eq!((post.title.as_str(), post.place.as_str()), ("督查专员", "999999"));
    let c = ("post", key("po-c"));
    change(&mut memory, TODAY, "appoint", &[c.clone(), ("person", key("bo")), from.clone()]).unwrap();
    change(&mut memory, TODAY, "abolish", &[c.clone(), ("from", Value::Date(date(2022, 1, 31)))]).unwrap();
    assert_eq!(holders(&memory, "po-c", date(2022, 1, 31)), ["bo"]);
    assert!(holders(&memory, "po-c", date(2022, 2, 1)).is_empty());
    let later = [c.clone(), ("person", key("an")), ("from", Value::Date(date(2022, 2, 1)))];
    assert_eq!(refused(&mut memory, TODAY, "appoint", &later), "post-abolished");
    // After its last day it is not offered to forms any more.
    assert_eq!(refused(&mut memory, date(2022, 2, 2), "abolish", &[c, from]), "form");
}

fn errand(memory: &mut Memory) -> String {
    let form = record([("deputy", key("po-a"))]);
    let Outcome::Done(decision) = decide(memory, &start("errand", "entrust", form, 90), at(TODAY)) else { panic!() };
    memory.apply_all(&decision.events);
    decision.subject
}

fn may(memory: &Memory, matter: &str, person: &str, post: &str, act: &str, on: Date) -> bool {
    let matter = memory.matter(matter).unwrap();
    let offers = available_acts(memory, &matter, &by(person, post), at(on));
    offers.iter().any(|offer| offer.act == act && offer.allowed.is_ok())
}

fn desk(name: &str) -> Vec<Desk> {
    vec![Desk::Office { level: "county".into(), desk: name.into(), place: "999999".into() }]
}

pub(crate) fn do_act(
    memory: &mut Memory,
    matter: &str,
    actor: Actor,
    name: &str,
    form: Record,
    on: Date,
) -> Vec<Event> {
    let target = Target::Matter { id: matter.into(), seen: None };
    match decide(memory, &Act { target, name: name.into(), actor, form, fresh_ids: Vec::new(), proved: false }, at(on))
    {
        Outcome::Done(decision) => {
            memory.apply_all(&decision.events);
            decision.events
        }
        Outcome::Refused(refusal) => panic!("{refusal:?}"),
    }
}

#[test]
fn a_matter_follows_the_post_that_a_field_names_and_whoever_holds_it() {
    let mut memory = start_of_posts();
    let id = errand(&mut memory);
    assert_eq!(memory.matter(&id).unwrap().desks, desk("deputy-a"));
    assert!(may(&memory, &id, "wei", "po-a", "finish", TODAY) && !may(&memory, &id, "an", "po-a", "finish", TODAY));

    // The holder changes: nothing happens to the matter, its rights are the new holder's at 00:00.
    let first = date(2022, 1, 30);
    let swap = [("post", key("po-a")), ("person", key("an")), ("from", Value::Date(first))];
    change(&mut memory, TODAY, "swap", &swap).unwrap();
    let eve = date(2022, 1, 29);
    assert!(may(&memory, &id, "wei", "po-a", "finish", eve) && !may(&memory, &id, "wei", "po-a", "finish", first));
    assert!(may(&memory, &id, "an", "po-a", "finish", first) && !may(&memory, &id, "an", "po-a", "finish", eve));

    // The field changes: the matter lies at the other desk, at the same step, and its clock runs on.
    let to_b = [("post", key("po-b")), ("person", key("bo")), ("from", Value::Date(TODAY))];
    change(&mut memory, TODAY, "appoint", &to_b).unwrap();
    let events = do_act(&mut memory, &id, by("an", "po-a"), "hand-on", record([("next", key("po-b"))]), first);
    assert!(events.contains(&Event::Routed { matter: id.clone(), parties: desk("deputy-b") }), "{events:?}");
    let told = events.iter().any(|event| matches!(event, Event::Told { desks, .. } if *desks == desk("deputy-b")));
    assert!(told, "{events:?}");
    assert!(!events.iter().any(|event| matches!(event, Event::ClockStarted { .. } | Event::Entered { .. })));
    assert!(may(&memory, &id, "bo", "po-b", "finish", first) && !may(&memory, &id, "an", "po-a", "finish", first));

    // Its deadline passes: the alarm rings at the desk of the post.
    let clock = memory.matter(&id).unwrap().clocks[0].id;
    let target = Target::Clock { matter: id.clone(), clock };
    let fire = Act {
        target,
        name: String::new(),
        actor: Actor::Clock,
        form: Record::new(),
        fresh_ids: Vec::new(),
        proved: false,
    };
    let Outcome::Done(late) = decide(&memory, &fire, at(date(2022, 3, 1))) else { panic!() };
    let alarms = |event: &Event| matches!(event, Event::ClockExpired { alarm, .. } if *alarm == desk("deputy-b"));
    assert!(late.events.iter().any(alarms), "{:?}", late.events);
    do_act(&mut memory, &id, by("bo", "po-b"), "finish", Record::new(), first);
}

/// What the clerk tries.
fn tries() -> impl Strategy<Value = Vec<(usize, usize, usize, i64, Option<i64>, i64)>> {
    let one = (0usize..5, 0usize..3, 0usize..4, -20i64..60, proptest::option::of(-5i64..60), 0i64..10);
    proptest::collection::vec(one, 1..40)
}

fn tenures(county: &County) -> Vec<Appointment> {
    county.appointments.to_vec()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_is_decided_one_post_has_one_holder_and_the_facts_give_the_county_again(tries in tries()) {
        let mut memory = start_of_posts();
        let mut facts = Vec::new();
        let mut today = TODAY;
        for (kind, post, person, from, length, days) in tries {
            today = today.checked_add(days.days()).unwrap();
            let kind = ["appoint", "relieve", "swap", "abolish", "act"][kind];
            let first = today.checked_add(from.days()).unwrap();
            let mut fields = vec![("post", key(["po-a", "po-b", "po-clerk"][post])), ("from", Value::Date(first))];
            if post == 2 && kind != "act" {
                continue;
            }
            if matches!(kind, "appoint" | "swap" | "act") {
                fields.push(("person", key(PEOPLE[person])));
            }
            if let Some(length) = length.filter(|_| kind == "appoint") {
                fields.push(("to", Value::Date(first.checked_add(length.days()).unwrap())));
            }
            if let Ok(events) = change(&mut memory, today, kind, &fields) {
                facts.extend(events);
            }
        }
        for post in ["po-a", "po-b", "po-clerk"] {
            for offset in -30..120 {
                let on = TODAY.checked_add(i64::from(offset).days()).unwrap();
                let held = memory.county().holders(post, on);
                let own = held.iter().filter(|tenure| !tenure.is_acting()).count();
                prop_assert!(own <= 1 && held.len() - own <= 1, "{post} on {on}: {held:?}");
            }
        }
        let mut again = start_of_posts();
        again.apply_all(&facts);
        prop_assert_eq!(tenures(again.county()), tenures(memory.county()));
        prop_assert_eq!(&again.county().posts, &memory.county().posts);
    }
}
