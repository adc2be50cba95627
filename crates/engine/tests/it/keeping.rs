//! Terms of keeping, and erasing by two persons: what one key seals goes together, and only when all of it may go.

use crate::world::{VILLAGE, county, record, rulebook_of, text};
use calendar::Holidays;
use engine::county::{Appointment, Post};
use engine::keeping::{Kept, concerns, hindrances, holdings_said, of_matter, of_row, said, sees};
use engine::{Act, Actor, Event, Memory, Outcome, Refusal, Target, World, decide};
use jiff::civil::{Date, date};
use regulation::expr::{Record, Value};
use std::collections::BTreeMap;

const TEXT: &str = include_str!("../../../regulation/tests/fixtures/erasures.md");
const HOME: &str = "homes/h1";

fn memory() -> Memory {
    let mut county = county();
    let posts = [("head", "village", "head", VILLAGE), ("clerk", "village", "assistant", VILLAGE)];
    for (person, level, desk, place) in posts.into_iter().chain([("vet", "township", "vet", "999999100")]) {
        let id = format!("post-{person}");
        let (level, place) = (level.to_owned(), place.to_owned());
        let post = Post { id: id.clone(), title: desk.into(), level, desk: desk.into(), place, ..Post::default() };
        county.posts.insert(id.clone(), post);
        let from = date(2022, 1, 1);
        county.appointments.push(Appointment { person: person.into(), post: id, from, ..Appointment::default() });
    }
    let mut memory = Memory::new(rulebook_of("erasures.md", TEXT), county, Holidays::built_in());
    for (register, key, on) in [("enter", "h1", date(2022, 1, 1)), ("enter", "h2", date(2022, 1, 1))] {
        let owner = Value::Key(format!("owner-{key}"));
        let form = record([("code", text(key)), ("head", owner), ("address", text("村东一号"))]);
        let target = Target::Register { register: "homes".into(), row: None, place: VILLAGE.into() };
        done(&mut memory, act(target, register, "clerk", form), on);
    }
    memory
}

fn act(target: Target, name: &str, person: &str, form: Record) -> Act {
    let post = (!person.starts_with("owner")).then(|| format!("post-{person}"));
    let actor = Actor::Person { person: person.into(), post };
    Act { target, name: name.into(), actor, form, fresh_ids: vec![], proved: true }
}

fn tried(memory: &Memory, mut act: Act, on: Date) -> Outcome {
    if matches!(act.target, Target::Start { .. } | Target::Matter { .. }) {
        let seen = memory.all_matters().map(|matter| matter.documents.len() + 1).sum::<usize>();
        act.fresh_ids = vec![format!("id-{seen}"), format!("id-{seen}-b")];
    }
    decide(memory, &act, on.at(9, 0, 0, 0))
}

fn done(memory: &mut Memory, act: Act, on: Date) -> String {
    match tried(memory, act, on) {
        Outcome::Done(decision) => {
            memory.apply_all(&decision.events);
            decision.subject
        }
        Outcome::Refused(refusal) => panic!("{refusal:?}"),
    }
}

fn refused(memory: &Memory, act: Act, on: Date) -> Refusal {
    match tried(memory, act, on) {
        Outcome::Refused(refusal) => refusal,
        Outcome::Done(decision) => panic!("{:?}", decision.events),
    }
}

fn codes(refusal: &Refusal) -> Vec<&str> {
    refusal.reasons.iter().map(|reason| reason.code.as_str()).collect()
}

fn start(procedure: &str, name: &str, person: &str, home: Option<&str>, form: Record) -> Act {
    let about: BTreeMap<String, Value> =
        home.map(|home| ("home".to_owned(), Value::Key(home.into()))).into_iter().collect();
    act(Target::Start { procedure: procedure.into(), place: VILLAGE.into(), about }, name, person, form)
}

fn visited(memory: &mut Memory, home: &str, on: Date) -> String {
    done(memory, start("visit", "call", "head", Some(home), record([("words", text("电话"))])), on)
}

fn on(matter: &str, name: &str, person: &str) -> Act {
    act(Target::Matter { id: matter.into(), seen: None }, name, person, Record::new())
}

fn left(memory: &mut Memory, home: &str, on: Date) {
    let target = Target::Register { register: "homes".into(), row: Some(home.into()), place: VILLAGE.into() };
    done(memory, act(target, "change", "clerk", record([("left-on", Value::Date(on))])), on);
}

fn proposed(memory: &mut Memory, owner: &str, by: &str, on: Date) -> String {
    done(memory, start("erasure", "propose", by, None, record([("whose", text(owner))])), on)
}

fn against(memory: &Memory, owner: &str, on: Date) -> Vec<(String, String)> {
    let found = hindrances(memory, owner, on.at(9, 0, 0, 0)).into_iter();
    found.map(|reason| (reason.code, reason.zh)).collect()
}

#[test]
fn a_term_runs_from_the_day_that_is_said_and_ends_with_its_last_day() {
    let mut memory = memory();
    let row = |memory: &Memory, on: Date| {
        let (row, closed) = memory.last_row("homes", "h1").unwrap();
        of_row(memory, "homes", &row, closed, on.at(0, 0, 0, 0))
    };
    assert_eq!(row(&memory, date(2030, 1, 1)).kept, Kept::Begins);
    left(&mut memory, "h1", date(2022, 2, 28));
    let kept = row(&memory, date(2024, 2, 28));
    assert_eq!((&kept.kept, kept.clauses.as_slice()), (&Kept::Until(date(2024, 2, 28)), &["er-1".to_owned()][..]));
    assert!(!kept.kept.is_over(date(2024, 2, 28)) && kept.kept.is_over(date(2024, 2, 29)));
    let visit = visited(&mut memory, "h1", date(2022, 3, 1));
    let of = |memory: &Memory| of_matter(memory, &memory.matter(&visit).unwrap(), date(2022, 3, 9).at(0, 0, 0, 0));
    assert_eq!(of(&memory).kept, Kept::Begins, "what goes on is kept");
    done(&mut memory, on(&visit, "finish", "head"), date(2022, 3, 2));
    assert_eq!((of(&memory).kept, of(&memory).clauses), (Kept::Until(date(2025, 3, 2)), vec!["er-2".to_owned()]));
}

#[test]
fn a_row_that_was_closed_is_kept_from_that_day_on() {
    let mut memory = memory();
    let target = |row: Option<&str>| Target::Register {
        register: "keys".into(),
        row: row.map(str::to_owned),
        place: VILLAGE.into(),
    };
    let form = record([("key-no", text("k1")), ("who", text("某甲"))]);
    done(&mut memory, act(target(None), "enter", "clerk", form), date(2022, 1, 5));
    assert_eq!(against(&memory, "keys/k1", date(2025, 1, 1))[0].0, "term-not-begun");
    done(&mut memory, act(target(Some("k1")), "close", "clerk", Record::new()), date(2022, 6, 1));
    assert_eq!(against(&memory, "keys/k1", date(2023, 6, 1))[0].1, "《钥匙名册》的1份保存期限未满，最晚到2023年6月1日");
    assert_eq!(against(&memory, "keys/k1", date(2023, 6, 2)), []);
}

#[test]
fn what_belongs_together_goes_together_or_not_at_all() {
    let mut memory = memory();
    let today = date(2026, 1, 5);
    left(&mut memory, "h1", date(2022, 2, 1));
    let visits = [visited(&mut memory, "h1", date(2022, 2, 2)), visited(&mut memory, "h1", date(2022, 2, 3))];
    done(&mut memory, on(&visits[0], "finish", "head"), date(2023, 2, 1));
    assert_eq!(holdings_said(&memory, HOME).as_deref(), Some("住户名册1条、走访2件"));
    let found = against(&memory, HOME, today);
    assert_eq!(
        found.iter().map(|(code, _)| code.as_str()).collect::<Vec<_>>(),
        ["still-open", "term-not-over"],
        "{found:?}"
    );
    assert_eq!(found[0].1, "《走访》还有1件没有办结");
    done(&mut memory, on(&visits[1], "finish", "head"), date(2023, 3, 1));
    assert_eq!(
        against(&memory, HOME, today),
        [("term-not-over".to_owned(), "《走访》的2份保存期限未满，最晚到2026年3月1日".to_owned())]
    );
    assert_eq!(against(&memory, HOME, date(2026, 3, 2)), []);
    done(&mut memory, start("title-deed", "grant", "head", Some("h1"), record([("words", text("契"))])), today);
    assert_eq!(against(&memory, HOME, date(2099, 1, 5))[0].1, "《房契》的1份永久保存");
    assert_eq!(against(&memory, "homes/h9", today)[0].0, "unknown-owner");
    assert_eq!(against(&memory, "matter:no", today)[0].0, "unknown-owner");
}

#[test]
fn one_proposes_another_confirms_and_nothing_is_left_to_erase() {
    let mut memory = memory();
    left(&mut memory, "h1", date(2022, 2, 1));
    let day = date(2024, 2, 2);
    let by_vet = proposed(&mut memory, HOME, "vet", day);
    assert_eq!(codes(&refused(&memory, on(&by_vet, "confirm", "vet"), day)), ["separation-of-duties"]);
    let matter = proposed(&mut memory, HOME, "head", day);
    assert_eq!(codes(&refused(&memory, on(&matter, "decline", "vet"), day)).len(), 1, "nothing stands against it");
    let outcome = tried(&memory, on(&matter, "confirm", "vet"), day);
    let Outcome::Done(decision) = outcome else { panic!("{outcome:?}") };
    let erased = decision.events.iter().position(|event| matches!(event, Event::Erased { owner, .. } if owner == HOME));
    let issued = decision.events.iter().find_map(|event| match event {
        Event::Issued { document, .. } => Some(document.data.clone()),
        _ => None,
    });
    let proof = issued.unwrap();
    assert_eq!(proof["held"], text("住户名册1条"), "counted before it went");
    let both = [&proof["proposed-by"], &proof["confirmed-by"]].map(Value::as_text);
    assert_eq!(both, [Some("head"), Some("vet")]);
    assert!(erased.is_some());
    memory.apply_all(&decision.events);
    assert!(!memory.has_sealed(HOME) && memory.has_sealed("homes/h2"));
    assert_eq!(against(&memory, HOME, day)[0].0, "nothing-sealed");
    let again = proposed(&mut memory, HOME, "head", day);
    assert_eq!(codes(&refused(&memory, on(&again, "confirm", "vet"), day)), ["nothing-sealed"]);
    assert_eq!(holdings_said(&memory, HOME), None);
}

#[test]
fn erasure_is_refused_with_every_reason_while_a_term_runs() {
    let mut memory = memory();
    let matter = proposed(&mut memory, HOME, "head", date(2022, 2, 2));
    assert_eq!(codes(&refused(&memory, on(&matter, "confirm", "vet"), date(2022, 2, 2))), ["term-not-begun"]);
    done(&mut memory, on(&matter, "decline", "vet"), date(2022, 2, 2));
}

#[test]
fn a_matter_of_nobodys_row_is_an_owner_of_its_own() {
    let mut memory = memory();
    let tip = done(
        &mut memory,
        start("tip", "tell-it", "owner-h2", None, record([("words", text("电话"))])),
        date(2022, 2, 2),
    );
    let owner = format!("matter:{tip}");
    assert_eq!(holdings_said(&memory, &owner).as_deref(), Some("反映1件"));
    let now = date(2022, 2, 3).at(9, 0, 0, 0);
    assert!(concerns(&memory, &owner, "owner-h2", now) && !concerns(&memory, &owner, "owner-h1", now));
    assert!(concerns(&memory, HOME, "owner-h1", now) && !concerns(&memory, HOME, "owner-h2", now));
    let asked = |by: &str| start("erasure", "ask-it", by, None, record([("whose", text(&owner))]));
    assert_eq!(refused(&memory, asked("owner-h1"), date(2022, 2, 3)).reasons.len(), 1, "it is not theirs");
    assert!(matches!(tried(&memory, asked("owner-h2"), date(2022, 2, 3)), Outcome::Done(_)));
    assert!(!concerns(&memory, "homes/none", "owner-h1", now));
    done(&mut memory, on(&tip, "answer", "head"), date(2022, 2, 3));
    assert_eq!(against(&memory, &owner, date(2023, 2, 3))[0].0, "term-not-over");
    assert_eq!(against(&memory, &owner, date(2023, 2, 4)), []);
}

#[test]
fn matters_of_a_row_that_is_no_more_are_somebodys_only_if_each_is() {
    let mut memory = memory();
    let now = date(2022, 2, 2).at(9, 0, 0, 0);
    let mut told = |by: &str| {
        let act = start("tip", "tell-it", by, None, record([("words", text("电话"))]));
        let outcome = tried(&memory, act, now.date());
        let Outcome::Done(mut decision) = outcome else { panic!("{outcome:?}") };
        for event in &mut decision.events {
            if let Event::Opened { owner, .. } = event {
                *owner = Some("gone/x1".into());
            }
        }
        memory.apply_all(&decision.events);
        ["owner-h1", "owner-h2"].map(|person| concerns(&memory, "gone/x1", person, now))
    };
    assert_eq!(told("owner-h1"), [true, false]);
    assert_eq!(told("owner-h2"), [false, false]);
}

#[test]
fn whoever_sees_part_of_it_is_told_of_it_and_others_are_not() {
    let mut memory = memory();
    let now = date(2022, 2, 2).at(9, 0, 0, 0);
    let deed = start("title-deed", "grant", "head", Some("h1"), record([("words", text("契"))]));
    let deed = done(&mut memory, deed, now.date());
    for (person, expected) in
        [("head", true), ("clerk", true), ("owner-h1", true), ("owner-h2", false), ("vet", false), ("nobody", false)]
    {
        assert_eq!(sees(&memory, HOME, person, now), expected, "{person}");
    }
    assert!(!sees(&memory, "homes/h9", "clerk", now) && !sees(&memory, &format!("matter:{deed}"), "clerk", now));
    let visit = start("tip", "tell-it", "owner-h2", None, record([("words", text("电话"))]));
    let alone = format!("matter:{}", done(&mut memory, visit, now.date()));
    let seen = ["head", "owner-h2", "owner-h1", "vet"].map(|person| sees(&memory, &alone, person, now));
    assert_eq!(seen, [true, true, false, false]);
}

#[test]
fn how_long_something_is_kept_is_said_in_words() {
    let memory = memory();
    let rulebook = memory.rulebook();
    let (regulation, homes) = rulebook.register("homes").unwrap();
    let scope = engine::env::Scope::new(&memory, date(2022, 2, 2).at(0, 0, 0, 0));
    let env = scope.bare(regulation, &"999999".to_owned());
    let words = |keep: &regulation::model::Keep| said(keep, &env).zh;
    assert_eq!(words(homes.keep.as_ref().unwrap()), "2年（自迁出日起）");
    assert_eq!(words(regulation.procedures["visit"].keep.as_ref().unwrap()), "3年（自办结或者注销之日起）");
    assert_eq!(words(regulation.procedures["title-deed"].keep.as_ref().unwrap()), "永久");
}
