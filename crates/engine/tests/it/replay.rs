//! Whatever is tried, nothing panics, every prefix of the journal replays, and numbers have no gaps.

use crate::world::{VILLAGE, application, in_post, memory, owner, record, text};
use engine::clock::due_clocks;
use engine::{Act, Actor, Event, Memory, Outcome, Target, World, decide};
use jiff::ToSpan;
use jiff::civil::{DateTime, date};
use proptest::prelude::*;
use regulation::expr::{Record, Value};
use std::collections::BTreeMap;

const ACTS: [&str; 16] = [
    "apply",
    "pass",
    "ask-more",
    "resubmit",
    "withdraw",
    "visit-home",
    "give-opinion",
    "extend",
    "post",
    "take-down",
    "close-notice",
    "approve",
    "refuse",
    "object",
    "uphold",
    "record",
];
const PEOPLE: [&str; 7] = ["owner", "head", "clerk", "vet", "police", "mayor", "far-head"];

fn actor(who: usize) -> Actor {
    match PEOPLE[who % PEOPLE.len()] {
        "owner" => owner(),
        person => in_post(person),
    }
}

/// A form that fits the act, or one that does not.
fn form(act: &str, now: DateTime, wrong: bool) -> Record {
    if wrong {
        return record([("text", Value::Bool(true)), ("weight", text("重"))]);
    }
    match act {
        "apply" | "resubmit" => application(now.date()),
        "visit-home" | "record" => record([("visited-on", Value::Date(now.date())), ("fenced", Value::Bool(true))]),
        "give-opinion" => record([("result", Value::Code("pass".into()))]),
        "object" => record([("facts", text("虚构"))]),
        "ask-more" | "withdraw" | "extend" | "take-down" | "refuse" | "uphold" => record([("text", text("虚构"))]),
        _ => Record::new(),
    }
}

fn target(act: &str, ids: &[String]) -> Target {
    let latest = ids.last().cloned().unwrap_or_default();
    let about = |name: &str, value| BTreeMap::from([(name.to_owned(), value)]);
    match act {
        "apply" => Target::Start {
            procedure: "dog-licence".into(),
            place: VILLAGE.into(),
            about: about("home", Value::Key("h1".into())),
        },
        "object" => Target::Start {
            procedure: "dog-objection".into(),
            place: VILLAGE.into(),
            about: about("licence", Value::Text(latest)),
        },
        _ => Target::Matter { id: latest, seen: None },
    }
}

/// A run of a county: what is tried, and the journal of what happened.
struct Course {
    memory: Memory,
    journal: Vec<Event>,
    ids: Vec<String>,
    now: DateTime,
    tries: usize,
}

impl Course {
    fn try_act(&mut self, target: Target, name: &str, actor: Actor, form: Record) {
        self.tries += 1;
        let fresh_ids = (0..20).map(|number| format!("t{}-{number}", self.tries)).collect();
        let act = Act { target, name: name.into(), actor, form, fresh_ids, proved: false };
        if let Outcome::Done(decision) = decide(&self.memory, &act, self.now) {
            self.memory.apply_all(&decision.events);
            for event in decision.events {
                if let Event::Opened { matter, .. } = &event {
                    self.ids.push(matter.clone());
                }
                self.journal.push(event);
            }
        }
    }

    fn fire_due(&mut self) {
        let due: Vec<(String, u32)> = self
            .memory
            .all_matters()
            .flat_map(|matter| due_clocks(matter, self.now).into_iter().map(|(_, clock)| (matter.id.clone(), clock)))
            .collect();
        for (matter, clock) in due {
            self.try_act(Target::Clock { matter, clock }, "", Actor::Clock, Record::new());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_courses(steps in prop::collection::vec((0..ACTS.len(), 0..PEOPLE.len(), 0..9_i32, 0..8_u8), 1..60)) {
        let mut course =
            Course { memory: memory(), journal: Vec::new(), ids: Vec::new(), now: date(2022, 3, 1).at(9, 0, 0, 0), tries: 0 };
        for (act, who, days, luck) in steps {
            course.now = course.now.checked_add(days.days()).unwrap();
            course.fire_due();
            let name = ACTS[act];
            let target = target(name, &course.ids);
            let form = form(name, course.now, luck == 0);
            course.try_act(target, name, actor(who), form);
        }
        let mut replayed = memory();
        for event in &course.journal {
            replayed.apply(event);
        }
        for id in &course.ids {
            prop_assert_eq!(replayed.matter(id), course.memory.matter(id));
        }
        prop_assert_eq!(replayed.rows("dogs", None), course.memory.rows("dogs", None));
        gapless(&course.journal)?;
    }
}

fn gapless(journal: &[Event]) -> Result<(), TestCaseError> {
    let mut last: BTreeMap<&str, u64> = BTreeMap::new();
    for event in journal {
        if let Event::Numbered { series, number } = event {
            let before = last.insert(series, *number).unwrap_or(0);
            prop_assert_eq!(*number, before + 1, "{}", series);
        }
    }
    Ok(())
}
