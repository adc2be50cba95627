//! Random walks (随机办理): people with every post of the county begin what they may, do whatever lies before them with whatever filled in, rows
//! are entered, clocks run out, duties fall due. `decide` answers each time, says why not, and what it lets happen leaves a county in which every
//! open matter is somewhere.

use super::rights::{HERE, seated};
use super::{CHECKED, county};
use calendar::{Holidays, Term, Unit as TermUnit};
use engine::clock::due_clocks;
use engine::offer::available_acts;
use engine::rights::{Viewer, may_see, parties};
use engine::{Act, Actor, Matter, Memory, Outcome, Target, World, decide, duty, printings, publication};
use jiff::ToSpan;
use jiff::civil::{DateTime, date};
use regulation::expr::{FileRef, Record, Signature, Type, Unit, Value};
use regulation::model::{AboutTarget, By, Field, Name, Party, Procedure};
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

/// Steps of a walk, at most.
const STEPS_MAX: usize = 40;
/// People without a post.
const RESIDENTS: [&str; 2] = ["resident-1", "resident-2"];

/// The county with somebody in every post, and what is printed in the regulations.
static BASE: LazyLock<Memory> = LazyLock::new(|| {
    let county = county();
    let desks: Vec<(String, String)> = county.desks.keys().cloned().collect();
    let mut county = seated(county, desks);
    county.people.extend(RESIDENTS.map(|person| (person.to_owned(), "林示例".to_owned())));
    let mut world = Memory::new(CHECKED.rulebook.clone(), county, Holidays::built_in());
    for (moment, act) in printings(&CHECKED.rulebook) {
        match decide(&world, &act, moment) {
            Outcome::Done(decision) => world.apply_all(&decision.events),
            Outcome::Refused(refusal) => panic!("{refusal:?}"),
        }
    }
    world
});

/// Choices drawn from random bytes; when they run out, always the first.
struct Dice<'a>(std::slice::Iter<'a, u8>);

impl Dice<'_> {
    fn roll(&mut self, sides: usize) -> usize {
        self.0.next().map_or(0, |byte| usize::from(*byte) % sides.max(1))
    }

    /// One of many, more than a byte tells apart.
    fn pick<'t, T>(&mut self, from: &'t [T]) -> Option<&'t T> {
        let wide = self.roll(256) * 256 + self.roll(256);
        (!from.is_empty()).then(|| &from[wide % from.len()])
    }
}

struct Walk<'a> {
    world: Memory,
    dice: Dice<'a>,
    now: DateTime,
    next: u32,
    done: usize,
}

impl Walk<'_> {
    fn walk(&mut self) {
        for _ in 0..STEPS_MAX {
            if self.dice.0.len() == 0 {
                return;
            }
            match self.dice.roll(8) {
                0 => self.keep(),
                1 | 2 => self.start(),
                3 => self.pass_time(),
                4 => self.fall_due(),
                _ => self.go_on(),
            }
        }
    }

    fn decided(&mut self, mut act: Act) {
        loop {
            let from = self.next + act.fresh_ids.len() as u32;
            act.fresh_ids.extend((from..from + 64).map(|number| format!("x{number}")));
            match decide(&self.world, &act, self.now) {
                outcome if outcome.lacks_ids() => {}
                Outcome::Done(decision) => {
                    self.next += act.fresh_ids.len() as u32;
                    self.world.apply_all(&decision.events);
                    self.done += 1;
                    return;
                }
                Outcome::Refused(refusal) => {
                    let said = refusal.reasons.iter().all(|reason| !reason.zh.is_empty() && !reason.en.is_empty());
                    let named = refusal.fields.iter().all(|fault| !fault.zh.is_empty() && !fault.en.is_empty());
                    assert!(
                        said && named && refusal.reasons.len() + refusal.fields.len() > 0,
                        "{refusal:?} of {act:?}"
                    );
                    return;
                }
            }
        }
    }

    /// Whoever a party may be; now and then somebody else.
    fn actor(&mut self, by: &[By], matter: Option<&Matter>) -> Actor {
        let person = |person: &str| Actor::Person { person: person.to_owned(), post: None };
        let party = self.dice.pick(by).map(|by| by.party.clone());
        match (self.dice.roll(12), party) {
            (11, _) | (_, Some(Party::Post { .. })) => {
                let posts: Vec<String> = self.world.county().posts.keys().cloned().collect();
                let post = self.dice.pick(&posts).cloned().unwrap_or_default();
                Actor::Person { person: post.clone(), post: Some(post) }
            }
            (_, Some(Party::Office { level, desk })) => {
                let post = format!("{level}/{desk}");
                Actor::Person { person: post.clone(), post: Some(post) }
            }
            (_, Some(Party::Subject { .. })) if matter.is_some_and(|matter| !matter.acts.is_empty()) => {
                matter.map_or(Actor::Clock, |matter| matter.acts[0].actor.clone())
            }
            (_, Some(Party::Clock | Party::Act { .. })) => Actor::Clock,
            _ => person(RESIDENTS[self.dice.roll(2)]),
        }
    }
}

/// What is done.
impl Walk<'_> {
    fn keep(&mut self) {
        let registers: Vec<_> =
            CHECKED.rulebook.regulations.values().flat_map(|regulation| regulation.registers.values()).collect();
        let Some(register) = self.dice.pick(&registers).copied() else { return };
        let actor = self.actor(&register.keepers, None);
        let rows = self.world.rows(&register.name, None);
        let (row, name) = match self.dice.roll(5) {
            0 => (self.dice.pick(&rows).cloned(), "change"),
            1 => (self.dice.pick(&rows).cloned(), "close"),
            _ => (None, "enter"),
        };
        let form = self.form(&register.fields, &actor, 0);
        let target = Target::Register { register: register.name.clone(), row, place: HERE.to_owned() };
        self.decided(Act { target, name: name.to_owned(), actor, form, fresh_ids: Vec::new(), proved: true });
    }

    fn start(&mut self) {
        let procedures: Vec<_> =
            CHECKED.rulebook.regulations.values().flat_map(|regulation| regulation.procedures.values()).collect();
        let Some(procedure) = self.dice.pick(&procedures).copied() else { return };
        let Some(act) = self.dice.pick(&procedure.start).cloned() else { return };
        let actor = self.actor(&act.by, None);
        let about = procedure.about.iter().map(|about| {
            let value = match &about.target {
                AboutTarget::Register(register) => self.row(register),
                AboutTarget::Procedure(procedure) => Value::Text(self.matter(procedure)),
            };
            (about.name.clone(), value)
        });
        let about: BTreeMap<Name, Value> = about.collect();
        let form = self.forms(&act.forms, &actor);
        let target = Target::Start { procedure: procedure.name.clone(), place: HERE.to_owned(), about };
        self.decided(Act { target, name: act.name.clone(), actor, form, fresh_ids: Vec::new(), proved: true });
    }

    fn go_on(&mut self) {
        let open: Vec<Arc<Matter>> = self.world.all_matters().filter(|matter| matter.is_open()).cloned().collect();
        let Some(matter) = self.dice.pick(&open).cloned() else { return };
        let Some((_, procedure)) = CHECKED.rulebook.procedure(&matter.procedure) else { return };
        let step = matter.step.as_deref().and_then(|step| procedure.step(step));
        let own = step.into_iter().flat_map(|step| step.acts.iter().map(move |act| (Some(step), act)));
        let acts: Vec<_> = own.chain(procedure.acts.iter().map(|act| (None, act))).collect();
        let Some((of, act)) = self.dice.pick(&acts).copied() else { return };
        let actor = self.actor(parties(of, act), Some(&matter));
        let form = self.forms(&act.forms, &actor);
        let target = Target::Matter { id: matter.id.clone(), seen: None };
        self.decided(Act {
            target,
            name: act.name.clone(),
            actor: actor.clone(),
            form,
            fresh_ids: Vec::new(),
            proved: true,
        });
        let Some(now) = self.world.matter(&matter.id) else { return };
        _ = available_acts(&self.world, &now, &actor, self.now);
        _ = may_see(&self.world, &Viewer::acting(&actor), &now, self.now);
        _ = publication(&self.world, &matter.id, self.now);
    }

    fn by_clock(&mut self, target: Target) {
        let (name, form) = (Name::new(), Record::new());
        self.decided(Act { target, name, actor: Actor::Clock, form, fresh_ids: Vec::new(), proved: true });
    }

    fn pass_time(&mut self) {
        let days = [0, 1, 2, 5, 10, 15, 30, 60, 90, 365, 1_000, 4_000][self.dice.roll(12)];
        let hours = i64::try_from(self.dice.roll(24)).unwrap_or_default();
        self.now = self.now.checked_add(days.days().hours(hours)).unwrap_or(self.now);
        let due = self.world.all_matters().filter(|matter| matter.is_open());
        let due = due
            .flat_map(|matter| due_clocks(matter, self.now).into_iter().map(|(_, clock)| (matter.id.clone(), clock)));
        for (matter, clock) in due.collect::<Vec<_>>() {
            self.by_clock(Target::Clock { matter, clock });
        }
    }

    fn fall_due(&mut self) {
        let duties: Vec<_> = CHECKED.rulebook.duties().collect();
        let Some((_, duty)) = self.dice.pick(&duties).copied() else { return };
        let units = duty::units(&self.world, duty);
        let Some(unit) = self.dice.pick(&units).cloned() else { return };
        self.by_clock(Target::Duty { duty: duty.name.clone(), unit });
    }
}

/// What is filled in.
impl Walk<'_> {
    fn row(&mut self, register: &str) -> Value {
        let rows = self.world.rows(register, None);
        Value::Key(self.dice.pick(&rows).cloned().unwrap_or_else(|| "nobody".to_owned()))
    }

    fn matter(&mut self, procedure: &str) -> String {
        let matters = self.world.matters(procedure, None);
        self.dice.pick(&matters).cloned().unwrap_or_else(|| "nothing".to_owned())
    }

    fn forms(&mut self, forms: &[Name], actor: &Actor) -> Record {
        let forms = forms.iter().filter_map(|form| CHECKED.rulebook.form(form));
        forms.flat_map(|(_, form)| self.form(&form.fields, actor, 0)).collect()
    }

    /// A form as somebody fills it in who leaves out some fields and gets some wrong.
    fn form(&mut self, fields: &[Field], actor: &Actor, depth: usize) -> Record {
        let mut record = Record::new();
        for field in fields.iter().filter(|field| field.derived.is_none()) {
            let value = match self.dice.roll(24) {
                22 => continue,
                23 => self.odd(),
                _ => self.value(&field.ty, actor, depth),
            };
            record.insert(field.name.clone(), value);
        }
        record
    }

    /// A value of whatever type, at the edge of what there is.
    fn odd(&mut self) -> Value {
        let text = |text: &str| Value::Text(text.to_owned());
        match self.dice.roll(14) {
            0 => Value::Missing,
            1 => Value::Number(Decimal::MAX, Unit::symbol("yuan")),
            2 => Value::Number(Decimal::MIN, Unit::symbol("m²")),
            3 => Value::Number(Decimal::new(1, 28), Unit::none()),
            4 => text(""),
            5 => text("<script>\u{0}\u{202e}{applicant-name}</script>"),
            6 => Value::Date(jiff::civil::Date::MIN),
            7 => Value::Date(jiff::civil::Date::MAX),
            8 => Value::Moment(DateTime::MAX),
            9 => Value::Term(Term::new(u32::MAX, TermUnit::Years)),
            10 => Value::Key("../x".to_owned()),
            11 => Value::Records([Record::new()].into()),
            12 => Value::List(vec![Value::Missing, Value::Bool(true), text("x")]),
            _ => Value::Code("no-such-code".to_owned()),
        }
    }

    fn number(&mut self, unit: &Unit, whole: bool) -> Value {
        let places = if whole { 0 } else { self.dice.roll(3) as u32 };
        let number = [0, 1, 2, 3, 7, 12, 60, 100, 150, 180, 200, 1_000, 12_345, 1_000_000, -1][self.dice.roll(15)];
        Value::Number(Decimal::new(number, places), unit.clone())
    }

    fn value(&mut self, ty: &Type, actor: &Actor, depth: usize) -> Value {
        let Actor::Person { person, .. } = actor else { return Value::Missing };
        let days = [0, 0, 0, 1, -1, -30, 30, 400][self.dice.roll(8)];
        let on = self.now.date().checked_add(days.days()).unwrap_or(self.now.date());
        match ty {
            Type::Bool | Type::Agreed => Value::Bool(self.dice.roll(4) != 3),
            Type::Number { unit, whole } => self.number(unit, *whole),
            Type::Text { .. } => Value::Text(["村东空地", "一", "说明\n两行"][self.dice.roll(3)].to_owned()),
            Type::PersonName => Value::Text("林示例".to_owned()),
            Type::Phone => Value::Text("10000000001".to_owned()),
            Type::IdNumber => Value::Text("999999197904120014".to_owned()),
            Type::CreditCode => Value::Text("11999999MB0000000X".to_owned()),
            Type::BankCard => Value::Text("6222000000000000000".to_owned()),
            Type::OneOf(codes) => self.dice.pick(codes).map_or(Value::Missing, |(code, _)| Value::Code(code.clone())),
            Type::SomeOf(codes) => {
                let some = (0..=self.dice.roll(3)).filter_map(|_| self.dice.pick(codes).map(|(code, _)| code.clone()));
                Value::Codes(some.collect())
            }
            Type::Date => Value::Date(on),
            Type::Moment => Value::Moment(on.at(10, 30, 0, 0)),
            Type::Term => Value::Term(Term::new(self.dice.roll(90) as u32 + 1, TermUnit::Days)),
            Type::TermOf(unit) => Value::Term(Term::new(self.dice.roll(24) as u32 + 1, *unit)),
            Type::File => {
                let (name, digest) = ("证.pdf".to_owned(), "0".repeat(64));
                Value::File(FileRef { name, digest, size: 9, media: "application/pdf".to_owned() })
            }
            Type::Signature => {
                let name = self.world.county().people.get(person).cloned().unwrap_or_default();
                let method = "electronic".to_owned();
                Value::Signature(Signature { name, person: person.clone(), on: self.now.date(), method })
            }
            Type::Plot => {
                let north = 4_133_000 + self.dice.roll(40);
                let (south, east) = (north - 15, 37_516_000 + self.dice.roll(40));
                let text = format!("{north} {east}; {north} {}; {south} {}; {south} {east}", east + 12, east + 12);
                plots::read(&text).map_or(Value::Missing, |plot| Value::Plot(Arc::new(plot)))
            }
            Type::Place => Value::Key(HERE.to_owned()),
            Type::Person => Value::Key(RESIDENTS[self.dice.roll(2)].to_owned()),
            Type::Post => {
                let posts: Vec<String> = self.world.county().posts.keys().cloned().collect();
                self.dice.pick(&posts).map_or(Value::Missing, |post| Value::Key(post.clone()))
            }
            Type::Row(register) => self.row(register),
            Type::Matter(procedure) => Value::Text(self.matter(procedure)),
            Type::Records(form) if depth < 2 => self.records(form, actor, depth),
            Type::List(of) => Value::List((0..=self.dice.roll(2)).map(|_| self.value(of, actor, depth + 1)).collect()),
            _ => Value::Missing,
        }
    }

    fn records(&mut self, form: &str, actor: &Actor, depth: usize) -> Value {
        let Some((_, form)) = CHECKED.rulebook.form(form) else { return Value::Missing };
        let rows = 1 + self.dice.roll(3);
        Value::Records((0..rows).map(|_| self.form(&form.fields, actor, depth + 1)).collect())
    }
}

/// Every open matter is at a step of its procedure, every other one has ended.
fn hold(world: &Memory) {
    for matter in world.all_matters() {
        let (_, procedure): (_, &Arc<Procedure>) = CHECKED.rulebook.procedure(&matter.procedure).unwrap();
        let at = matter.step.as_deref().map(|step| procedure.step(step).is_some());
        let ended = matter.ended.as_ref().map(|(end, _)| procedure.end(end).is_some());
        assert!(matches!((at, ended), (Some(true), None) | (None, Some(true))), "{} is nowhere: {matter:?}", matter.id);
    }
}

#[test]
fn no_walk_makes_decide_panic() {
    let bytes = bolero::produce::<Vec<u8>>().with().len(0..4_000_usize);
    bolero::check!().with_iterations(60).with_generator(bytes).for_each(|bytes| {
        let (world, now) = (BASE.clone(), date(2022, 6, 1).at(9, 0, 0, 0));
        let mut walk = Walk { world, dice: Dice(bytes.iter()), now, next: 1, done: 0 };
        walk.walk();
        hold(&walk.world);
    });
}

/// The walks come somewhere: of a few hundred, enough of what they try is done.
#[test]
fn walks_do_not_end_at_the_first_door() {
    let mut done = 0;
    for seed in 0..40_u32 {
        // A small generator of its own, so that this test does the same every time.
        let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(12_345);
        let mut byte = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        let bytes: Vec<u8> = (0..3_000).map(|_| byte()).collect();
        let (world, now) = (BASE.clone(), date(2022, 6, 1).at(9, 0, 0, 0));
        let mut walk = Walk { world, dice: Dice(bytes.iter()), now, next: 1, done: 0 };
        walk.walk();
        done += walk.done;
    }
    assert!(done > 100, "{done} acts were done");
}
