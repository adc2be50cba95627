//! The store against the engine's own memory: the same acts in the same order must be answered alike and leave the same state.
//!
//! Random acts, most of them refused, by random people over months, with the clock firing in between.

use crate::fixture::*;
use engine::clock::due_clocks;
use engine::{Act, Actor, Matter, Memory, Outcome, Target, World, decide};
use jiff::Span;
use jiff::civil::{Date, DateTime, date};
use regulation::expr::{Record, Value};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{Sqlite, Store, StoreExt, Submitted};

const HOMES: [&str; 4] = ["h0", "h1", "h2", "h3"];
const PEOPLE: [&str; 9] = ["zhou", "wu", "zheng", "wang", "feng", "chen", "wei", "resident-h0", "resident-h1"];
const ACTS: [&str; 16] = [
    "pass",
    "pass",
    "ask-more",
    "resubmit",
    "visit-home",
    "give-opinion",
    "give-opinion",
    "extend",
    "post",
    "take-down",
    "close-notice",
    "approve",
    "refuse",
    "withdraw",
    "dismiss",
    "uphold",
];

/// A small linear congruential generator: the same numbers on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    fn pick<'a>(&mut self, among: &[&'a str]) -> &'a str {
        among[self.roll(among.len())]
    }
}

struct Twins {
    store: Sqlite,
    memory: Memory,
    acts: u32,
}

impl Twins {
    /// Does an act on both; says whether it happened.
    fn act(&mut self, mut act: Act, now: DateTime) -> bool {
        self.acts += 1;
        act.fresh_ids = (0..8).map(|n| format!("{:05}-{n}", self.acts)).collect();
        let expected = decide(&self.memory, &act, now);
        let answer = self.store.submit(request(None, act.clone(), now)).unwrap();
        match (expected, answer) {
            (Outcome::Done(decision), Submitted::Done(receipt)) => {
                assert_eq!(receipt.subject, decision.subject);
                assert_eq!((receipt.warnings, receipt.clauses), (decision.warnings, decision.clauses));
                self.memory.apply_all(&decision.events);
                true
            }
            (Outcome::Refused(expected), Submitted::Refused(found)) => {
                assert_eq!(
                    (found.kind, found.reasons, found.fields),
                    (expected.kind, expected.reasons, expected.fields)
                );
                false
            }
            (expected, found) => panic!("{act:?} at {now}: expected {expected:?}, found {found:?}"),
        }
    }

    /// Fires what is due on both.
    fn tick(&mut self, now: DateTime) -> u64 {
        let fired = self.store.tick(now).unwrap();
        assert_eq!(fired.refused, Vec::new());
        let mut expected = 0;
        while let Some((moment, matter, clock)) = self.next_due(now) {
            let act = Act {
                target: Target::Clock { matter, clock },
                name: String::new(),
                actor: Actor::Clock,
                form: Record::new(),
                fresh_ids: (0..8).map(|n| format!("clock-{moment}-{n}")).collect(),
                proved: false,
            };
            let Outcome::Done(decision) = decide(&self.memory, &act, moment) else {
                panic!("{act:?} is refused");
            };
            self.memory.apply_all(&decision.events);
            expected += 1;
        }
        assert_eq!(fired.fired, expected);
        expected
    }

    fn next_due(&self, now: DateTime) -> Option<(DateTime, String, u32)> {
        let due = self.memory.all_matters().flat_map(|matter| {
            due_clocks(matter, now).into_iter().map(|(moment, clock)| (moment, matter.id.clone(), clock))
        });
        due.min()
    }

    fn compare(&self) {
        self.store
            .read(|snapshot| {
                let world = snapshot.world();
                for expected in self.memory.all_matters() {
                    let found = snapshot.matter(&expected.id)?.expect("the store has it too");
                    assert_eq!(without_ids(&found), without_ids(expected));
                }
                for procedure in ["dog-licence", "dog-objection", "dog-visit"] {
                    assert_eq!(world.matters(procedure, None), self.memory.matters(procedure, None));
                }
                for home in HOMES {
                    let home = Value::Key(home.to_owned());
                    let home = Some(("home", &home));
                    assert_eq!(world.matters("dog-licence", home), self.memory.matters("dog-licence", home));
                    assert_eq!(world.rows("dogs", home), self.memory.rows("dogs", home));
                }
                for key in self.memory.rows("dogs", None) {
                    assert_eq!(world.row("dogs", &key), self.memory.row("dogs", &key));
                }
                snapshot.fault()
            })
            .unwrap();
    }
}

/// Documents that the clock issues have ids by chance.
fn without_ids(matter: &Matter) -> Matter {
    let mut matter = matter.clone();
    for document in &mut matter.documents {
        Arc::make_mut(document).id.clear();
    }
    matter
}

fn form(name: &str, dice: &mut Dice, today: Date) -> Record {
    let opinion = if dice.roll(4) == 0 { "fail" } else { "pass" };
    match name {
        "resubmit" => apply("h1", "again").form,
        "visit-home" => record([("visited-on", Value::Date(today)), ("fenced", Value::Bool(dice.roll(2) == 0))]),
        "give-opinion" => record([("result", Value::Code(opinion.to_owned())), ("remark", text("见说明"))]),
        "pass" | "post" | "close-notice" | "approve" => Record::new(),
        _ => reasons(),
    }
}

fn object(licence: &str) -> Act {
    Act {
        target: Target::Start {
            procedure: "dog-objection".to_owned(),
            place: VILLAGE.to_owned(),
            about: BTreeMap::from([("licence".to_owned(), text(licence))]),
        },
        name: "object".to_owned(),
        actor: actor("resident-h3"),
        form: record([("facts", text("夜间吠叫"))]),
        fresh_ids: Vec::new(),
        proved: false,
    }
}

fn live(seed: u64) -> (usize, u64) {
    let (_folder, store) = fresh();
    let library = library();
    let memory = Memory::new(library.rulebook.clone(), library.county.clone(), library.holidays.clone());
    let mut twins = Twins { store, memory, acts: 0 };
    let mut dice = Dice(seed);
    for home in HOMES {
        assert!(twins.act(enter_home(home), start()));
    }
    let (mut now, mut happened, mut fired) = (start(), 0, 0);
    while now.date() < date(2022, 9, 1) {
        now = now.checked_add(Span::new().hours(dice.roll(40) as i64).minutes(7)).unwrap();
        fired += twins.tick(now);
        let matters: Vec<String> = twins.memory.all_matters().map(|matter| matter.id.clone()).collect();
        let act = match dice.roll(8) {
            0 if matters.len() < 30 => apply(dice.pick(&HOMES), &format!("chip-{}", twins.acts)),
            1 if !matters.is_empty() => object(&matters[dice.roll(matters.len())]),
            _ if !matters.is_empty() => {
                let name = dice.pick(&ACTS);
                let person = dice.pick(&PEOPLE);
                on(&matters[dice.roll(matters.len())], None, person, name, form(name, &mut dice, now.date()))
            }
            _ => continue,
        };
        happened += usize::from(twins.act(act, now));
    }
    twins.compare();
    let live = twins.store.projection_digests().unwrap();
    twins.store.rebuild(&mut |_, _| ()).unwrap();
    assert_eq!(twins.store.projection_digests().unwrap(), live);
    (happened, fired)
}

#[test]
fn the_store_and_memory_live_alike() {
    for seed in [1, 2, 3] {
        let (happened, fired) = live(seed);
        assert!(happened > 20 && fired > 20, "seed {seed}: too little happened: {happened} acts, {fired} clocks");
    }
}
