//! Work (办理): who has what on the desk, when they take it up, what they do with it.
//!
//! A desk has a task for each matter that lies with it. It is taken up some working days after it came, by whichever clerk is free first, and done
//! when its minutes have gone by within office hours. What to do is drawn: the first act that leads on is the usual one, others have shares.

use crate::assumptions::{
    CLERKS, CUT_SHORT, LATE, LATE_DAYS, MINUTES, PICKUP, REPLY_DAYS, SEND_BACK, SIDE, SILENT, WEIGHT_OF_ACT,
};
use crate::chance::Chance;
use crate::fill::Pool;
use crate::hours::working_days_after;
use crate::learn::Found;
use crate::queue::Happening;
use crate::run::{Asked, Run};
use engine::act::MatterId;
use engine::env::Scope;
use engine::event::{ClockKind, ClockState, Desk};
use engine::{Act, Actor, Matter, RefusalKind, Target, World, rights};
use jiff::ToSpan as _;
use jiff::civil::DateTime;
use regulation::expr::Record;
use regulation::model::{self, Name, Procedure, Step, To};
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

/// The weight of the usual act; others have shares of it.
const USUAL: u32 = 1_000;
const STAYS: u32 = 500;
const AGAIN: u32 = 3;
const LEADS_ON: u32 = 250;
/// Acts of one stay at most: nobody goes on for ever.
const PATIENCE: usize = 60;
/// After so many vain looks others are called.
const RESORT: u32 = 2;
/// After so many, when weeks have gone by, what nobody does of themselves is done because nothing else can be.
const GIVES_UP: u32 = 6;
/// Working days until a desk looks again at something that cannot be done yet, at most.
const LONGEST_WAIT: u32 = 10;

/// A matter on a desk.
#[derive(Debug, Clone)]
pub(crate) struct Task {
    token: u64,
    /// Number of the stay for which it is there.
    visit: u64,
    /// How often nothing could be done.
    vain: u32,
}

/// Where a matter stays, and since when.
#[derive(Debug, Clone, Default)]
pub(crate) struct Visit {
    step: Option<(Name, DateTime)>,
    number: u64,
    /// Acts seen when it came here.
    acts: usize,
    /// Side acts were thought of.
    considered: bool,
}

impl Visit {
    /// The matter comes to a step; the one it left, with the moment since when.
    pub(crate) fn enter(&mut self, step: &str, at: DateTime) -> Option<(Name, DateTime)> {
        self.number += 1;
        self.considered = false;
        self.acts = usize::MAX;
        self.step.replace((step.to_owned(), at))
    }

    /// The step at which it ended.
    pub(crate) fn ended(self) -> Option<(Name, DateTime)> {
        self.step
    }
}

/// How a desk leans to an act.
#[derive(Debug, Clone, Copy)]
struct Leaning {
    /// Its share where the usual one has a thousand.
    weight: u32,
    /// It is the desk's turn to do it.
    is_turn: bool,
    /// Nobody does it only because nothing else can be done: it takes back, comes beside the way, or was done already.
    is_rare: bool,
}

/// An act that a desk may do.
struct Choice {
    act: model::Act,
    weight: u32,
    is_rare: bool,
}

impl Run<'_> {
    /// Sees to who has a matter on the desk after something happened to it.
    pub(crate) fn refresh(&mut self, id: &str) {
        let Some(matter) = self.world.matter(id) else { return };
        let Some(procedure) = matter.is_open().then(|| self.procedure(&matter)).flatten() else {
            self.drop_tasks(id, &BTreeSet::new());
            return;
        };
        let visit = self.visits.entry(id.to_owned()).or_default();
        if visit.acts == usize::MAX {
            visit.acts = matter.acts.len();
        }
        let (number, done_since) = (visit.number, visit.acts);
        let considers = !std::mem::replace(&mut visit.considered, true);
        if matter.acts.len().saturating_sub(done_since) > PATIENCE {
            self.drop_tasks(id, &BTreeSet::new());
            return;
        }
        let (mut main, side) = self.desks(&matter, &procedure, done_since);
        if considers {
            let mut chance = Chance::of(self.plan.seed, &["side", id, &number.to_string()]);
            main.extend(side.into_iter().filter(|(_, share)| chance.happens(*share)).map(|(desk, _)| desk));
        } else {
            let kept = side.into_keys().filter(|desk| self.tasks.contains_key(&(id.to_owned(), desk.clone())));
            main.extend(kept.collect::<Vec<_>>());
        }
        if main.is_empty() && !self.has_task(id) {
            let (_, side) = self.desks(&matter, &procedure, done_since);
            main.extend(side.into_iter().filter(|(_, share)| *share >= LEADS_ON).map(|(desk, _)| desk));
        }
        self.drop_tasks(id, &main);
        for desk in main {
            let key = (id.to_owned(), desk);
            if self.tasks.get(&key).is_none_or(|task| task.visit != number) {
                self.schedule(&matter, &procedure, key, number, 0);
            }
        }
    }

    pub(crate) fn procedure(&self, matter: &Matter) -> Option<Arc<Procedure>> {
        let regulation = self.world.regulation(&matter.regulation, &matter.version)?;
        regulation.procedures.get(&matter.procedure).cloned()
    }

    fn drop_tasks(&mut self, id: &str, but: &BTreeSet<Desk>) {
        let from = (id.to_owned(), Desk::Office { level: String::new(), desk: String::new(), place: String::new() });
        let of = self.tasks.range(from..).take_while(|((matter, _), _)| matter == id);
        let gone: Vec<_> = of.filter(|((_, desk), _)| !but.contains(desk)).map(|(key, _)| key.clone()).collect();
        for key in gone {
            self.tasks.remove(&key);
        }
    }

    /// The desks whose turn it is, and those that only may do something, with the share, in thousandths, in which they do.
    fn desks(
        &self,
        matter: &Matter,
        procedure: &Procedure,
        done_since: usize,
    ) -> (BTreeSet<Desk>, BTreeMap<Desk, u32>) {
        let (mut main, mut side) = (BTreeSet::new(), BTreeMap::new());
        for (_, desks, leaning) in self.leanings(matter, procedure, done_since) {
            for desk in desks {
                if leaning.is_turn {
                    main.insert(desk);
                } else {
                    let share: &mut u32 = side.entry(desk).or_default();
                    *share = leaning.weight.max(*share);
                }
            }
        }
        side.retain(|desk, _| !main.contains(desk));
        (main, side)
    }

    /// The acts that may be done with a matter where it stands, the desks that may do each, and how they lean to it.
    fn leanings<'p>(
        &self,
        matter: &Matter,
        procedure: &'p Procedure,
        done_since: usize,
    ) -> Vec<(&'p model::Act, Vec<Desk>, Leaning)> {
        let step = matter.step.as_deref().and_then(|name| procedure.step(name));
        let scope = Scope::new(&self.world, self.now);
        let Some(env) = scope.matter(&matter.id) else { return Vec::new() };
        let done = matter.acts.get(done_since..).unwrap_or_default();
        let desks = |step: Option<&Step>, act: &model::Act| -> Vec<Desk> {
            let is_each = rights::is_each(step, act);
            // What each does once, nobody does again.
            let has_done = |party: &&model::Party| {
                let name = rights::party_name(party);
                is_each && done.iter().any(|record| record.act == act.name && record.party == name)
            };
            let parties = rights::competent(&env, rights::parties(step, act)).into_iter();
            let desks = parties.filter(|party| !has_done(party)).flat_map(|party| rights::desks(&env, party));
            desks.filter(|desk| *desk != Desk::Clock).collect()
        };
        let of_step = step.into_iter().flat_map(|step| &step.acts);
        let mut found: Vec<_> = of_step
            .map(|act| {
                let is_done = !rights::is_each(step, act) && done.iter().any(|record| record.act == act.name);
                (act, desks(step, act), self.leaning(procedure, step, act, is_done))
            })
            .collect();
        let barred = |act: &model::Act| act.not_at.iter().any(|name| Some(name) == matter.step.as_ref());
        let weight = spread(self.plan.assumptions.number(SIDE, &[&procedure.name]), procedure.steps.len());
        let beside = Leaning { weight, is_turn: false, is_rare: true };
        found.extend(procedure.acts.iter().filter(|act| !barred(act)).map(|act| (act, desks(None, act), beside)));
        found
    }

    fn leaning(&self, procedure: &Procedure, step: Option<&Step>, act: &model::Act, is_done: bool) -> Leaning {
        let leaning = |weight: u32, is_turn: bool, is_rare: bool| Leaning { weight, is_turn, is_rare };
        match moves(act, procedure, step) {
            Moves::Not if is_done => leaning(AGAIN, false, true),
            Moves::Not if undoes(act) => leaning(self.plan.assumptions.number(SIDE, &[&procedure.name]), false, true),
            Moves::Not => leaning(STAYS, act.by.is_empty() || rights::is_each(step, act), false),
            _ if is_usual(act, step, procedure) => leaning(USUAL, true, false),
            Moves::End => {
                let here = |step: &&Step| step.acts.iter().any(|own| own.name == act.name);
                let share = self.plan.assumptions.number(CUT_SHORT, &[&procedure.name]);
                leaning(spread(share, procedure.steps.iter().filter(here).count()), false, false)
            }
            Moves::Back => leaning(self.plan.assumptions.number(SEND_BACK, &[&procedure.name]), false, false),
            Moves::On => leaning(LEADS_ON, false, false),
        }
    }

    /// Decides when a desk takes something up.
    fn schedule(&mut self, matter: &Matter, procedure: &Procedure, key: (MatterId, Desk), visit: u64, vain: u32) {
        self.token += 1;
        let token = self.token;
        let name = name_of(&key.1);
        let parts = [matter.id.as_str(), &name, &visit.to_string(), &matter.acts.len().to_string()];
        let mut chance = Chance::of(self.plan.seed, &[&["turn"], &parts[..]].concat());
        let at = match &key.1 {
            Desk::Office { level, desk, .. } => self.office_time(matter, &format!("{level}/{desk}"), &mut chance, vain),
            _ => self.reply_time(matter, procedure, &mut chance, vain),
        };
        self.tasks.insert(key.clone(), Task { token, visit, vain });
        if let Some(at) = at {
            self.queue.push(at, Happening::Ready(key.0, key.1, token));
        }
    }

    /// When an office takes something up: within some working days; where it is late, after the last day of what runs.
    fn office_time(&self, matter: &Matter, office: &str, chance: &mut Chance, vain: u32) -> Option<DateTime> {
        let assumptions = &self.plan.assumptions;
        let holidays = self.world.holidays();
        let open = assumptions.hours.open(self.now, holidays);
        if vain > 0 {
            let day = working_days_after(open.date(), (1 << vain.min(8)).min(LONGEST_WAIT), holidays);
            return Some(assumptions.hours.moment(day, chance.below(500)));
        }
        let some = |most: u32, chance: &mut Chance| u32::try_from(chance.below(u64::from(most) + 1)).unwrap_or(0);
        let (mut from, mut days) = (open.date(), some(assumptions.number(PICKUP, &[office]), chance));
        if chance.happens(assumptions.number(LATE, &[office])) {
            let running = matter
                .clocks
                .iter()
                .filter(|clock| clock.state == ClockState::Running && !matches!(clock.kind, ClockKind::Reminder(_)));
            from = running.map(|clock| clock.due).max().map_or(from, |due| due.max(from));
            days = 1 + some(assumptions.number(LATE_DAYS, &[office]).saturating_sub(1), chance);
        }
        if days == 0 {
            return Some(open);
        }
        Some(assumptions.hours.moment(working_days_after(from, days, holidays), chance.below(1000)))
    }

    /// When somebody who is no office answers; never, where they are silent and the law goes on without them.
    fn reply_time(&self, matter: &Matter, procedure: &Procedure, chance: &mut Chance, vain: u32) -> Option<DateTime> {
        let most = u64::from(self.plan.assumptions.number(REPLY_DAYS, &[&procedure.name]));
        let mut days = chance.below(most + 1) + u64::from(vain * 3).min(60);
        if vain == 0 && chance.happens(self.plan.assumptions.number(SILENT, &[&procedure.name])) {
            let goes_on = |clock: &engine::event::Clock| {
                clock.state == ClockState::Running && matches!(clock.kind, ClockKind::Act(_))
            };
            if matter.clocks.iter().any(|clock| goes_on(clock)) {
                return None;
            }
            days += 30 + chance.below(60);
        }
        let day = self.now.date().saturating_add(i64::try_from(days).unwrap_or(0).days());
        let minutes = i64::try_from(chance.below(13 * 60)).unwrap_or(0);
        let soon = self.now.saturating_add(20.minutes());
        Some(day.at(8, 0, 0, 0).saturating_add(minutes.minutes()).max(soon))
    }

    /// A desk takes something up: the clerk who is free first begins, and is done when the minutes have gone by.
    pub(crate) fn take_up(&mut self, id: MatterId, desk: Desk, token: u64) {
        let key = (id, desk);
        if self.tasks.get(&key).is_none_or(|task| task.token != token) {
            return;
        }
        let (id, desk) = key;
        let Desk::Office { level, desk: name, .. } = &desk else {
            self.work(&id, &desk, token);
            return;
        };
        let office = format!("{level}/{name}");
        let assumptions = &self.plan.assumptions;
        let matter = self.world.matter(&id);
        let procedure = matter.as_ref().map_or("", |matter| matter.procedure.as_str());
        let step = matter.as_ref().and_then(|matter| matter.step.clone()).unwrap_or_default();
        let minutes = assumptions.number(MINUTES, &[&format!("{procedure}.{step}"), procedure, &office]);
        let count = usize::try_from(assumptions.number(CLERKS, &[&office]).clamp(1, 10_000)).unwrap_or(1);
        let free = self.clerks.entry(desk.clone()).or_insert_with(|| vec![DateTime::MIN; count]);
        let first = free.iter_mut().min().expect("a desk has a clerk");
        let holidays = self.world.holidays();
        let begins = assumptions.hours.open(self.now.max(*first), holidays);
        let done = assumptions.hours.done(begins, i64::from(minutes), holidays);
        *first = done;
        self.measured.worked(&desk, minutes, self.now, begins, done);
        self.queue.push(done, Happening::Work(id, desk, token));
    }

    /// A desk does something with a matter: what was drawn, else what can be done.
    pub(crate) fn work(&mut self, id: &str, desk: &Desk, token: u64) {
        let key = (id.to_owned(), desk.clone());
        let Some(task) = self.tasks.get(&key).filter(|task| task.token == token).cloned() else { return };
        let Some(matter) = self.world.matter(id).filter(|matter| matter.is_open()) else { return };
        let Some(procedure) = self.procedure(&matter) else { return };
        self.tasks.remove(&key);
        let parts =
            [id, &name_of(desk), &task.visit.to_string(), &matter.acts.len().to_string(), &task.vain.to_string()];
        let mut chance = Chance::of(self.plan.seed, &[&["work"], &parts[..]].concat());
        let mut choices = self.choices(&matter, &procedure, desk);
        let (mut first, pool) = (None, OnceCell::new());
        while let Some(place) = drawn(&choices, &mut chance) {
            let choice = choices.swap_remove(place);
            match self.attempt(&matter, &procedure, desk, &choice.act, &pool, &mut chance) {
                Ok(()) => return,
                Err(Some(refusal)) if first.is_none() => first = Some((choice.act.name.clone(), refusal)),
                Err(_) => {}
            }
            if task.vain < GIVES_UP {
                choices.retain(|choice| !choice.is_rare);
            }
        }
        if let Some((act, refusal)) = first.filter(|_| task.vain == 0) {
            self.measured.could_not(&procedure.name, &act, &refusal);
        }
        self.tasks.insert(key.clone(), task.clone());
        self.schedule(&matter, &procedure, key, task.visit, task.vain + 1);
        if task.vain == RESORT {
            self.resort(&matter, &procedure, task.visit);
        }
    }

    /// Where those whose turn it is get nowhere, whoever else can lead the matter on takes it up.
    fn resort(&mut self, matter: &Matter, procedure: &Procedure, visit: u64) {
        let usually = self.plan.assumptions.number(SIDE, &[&procedure.name]);
        let (_, side) = self.desks(matter, procedure, matter.acts.len());
        for (desk, _) in side.into_iter().filter(|(_, share)| *share > usually) {
            let key = (matter.id.clone(), desk);
            if !self.tasks.contains_key(&key) {
                self.schedule(matter, procedure, key, visit, 0);
            }
        }
    }

    /// The acts that a desk may do with a matter where it stands.
    fn choices(&self, matter: &Matter, procedure: &Procedure, desk: &Desk) -> Vec<Choice> {
        let done_since = self.visits.get(&matter.id).map_or(0, |visit| visit.acts);
        let leanings = self.leanings(matter, procedure, done_since).into_iter();
        let own = leanings.filter(|(_, desks, _)| desks.contains(desk));
        own.map(|(act, _, leaning)| {
            let given = self.plan.assumptions.own(WEIGHT_OF_ACT, &format!("{}.{}", procedure.name, act.name));
            Choice { act: act.clone(), weight: given.unwrap_or(leaning.weight), is_rare: leaning.is_rare }
        })
        .collect()
    }

    /// Tries an act by whoever sits at the desk; the refusal, where it is one that says something.
    fn attempt(
        &mut self,
        matter: &Arc<Matter>,
        procedure: &Procedure,
        desk: &Desk,
        act: &model::Act,
        pool: &OnceCell<Rc<Pool>>,
        chance: &mut Chance,
    ) -> Result<(), Option<Box<engine::Refusal>>> {
        let mut refused = None;
        let mut actors = self.actors(desk, chance.index(64));
        if *desk == Desk::Anyone {
            // Whoever began it is the likeliest to go on with it.
            actors.extend(matter.acts.first().map(|first| first.actor.clone()));
            actors.reverse();
        }
        for actor in actors {
            let Actor::Person { person, .. } = actor.clone() else { continue };
            let target = Target::Matter { id: matter.id.clone(), seen: None };
            let wanted =
                Act { target, name: act.name.clone(), actor, form: Record::new(), fresh_ids: Vec::new(), proved: true };
            let mut asked = Asked {
                key: (procedure.name.clone(), act.name.clone()),
                forms: self.forms(act),
                place: &matter.place,
                person: &person,
                pool: Rc::clone(pool.get_or_init(|| Rc::new(self.pool_at(procedure, matter)))),
                serial: format!("{}{}", &matter.id[..matter.id.len().min(9)], matter.acts.len()),
                chance: chance.clone(),
                act: wanted,
            };
            match self.search(&mut asked) {
                Found::Accepted(form, decision) => {
                    self.measured.acted(desk);
                    self.commit(Act { form, ..asked.act }, &decision.events);
                    return Ok(());
                }
                Found::Refused(_, refusal) if refusal.kind == RefusalKind::Rights => refused = Some(refusal),
                Found::Refused(_, refusal) if refusal.kind == RefusalKind::Stale => {
                    // The law has acted already: its clock goes first.
                    self.retry_all(&matter.id);
                    return Err(None);
                }
                Found::Refused(_, refusal) => return Err(Some(refusal)),
            }
        }
        Err(refused)
    }

    /// Fires whatever of a matter is due.
    fn retry_all(&mut self, id: &str) {
        let due = self.world.matter(id).map(|matter| engine::clock::due_clocks(&matter, self.now)).unwrap_or_default();
        for (_, clock) in due {
            self.fire(id, clock);
        }
    }

    fn has_task(&self, id: &str) -> bool {
        let from = (id.to_owned(), Desk::Office { level: String::new(), desk: String::new(), place: String::new() });
        self.tasks.range(from..).next().is_some_and(|((matter, _), _)| matter == id)
    }

    /// Whether somebody can go on with an open matter where it stands, or another matter's act does.
    pub(crate) fn has_way_on(&self, matter: &Matter) -> bool {
        let Some(procedure) = self.procedure(matter) else { return false };
        let (main, side) = self.desks(matter, &procedure, matter.acts.len());
        let step = matter.step.as_deref().and_then(|name| procedure.step(name));
        let acts = step.into_iter().flat_map(|step| step.acts.iter().map(move |act| (Some(step), act)));
        let mut acts = acts.chain(procedure.acts.iter().map(|act| (None, act)));
        let follows = |by: &model::By| matches!(by.party, model::Party::Act { .. });
        !main.is_empty() || !side.is_empty() || acts.any(|(step, act)| rights::parties(step, act).iter().any(follows))
    }
}

/// A share in thousandths over the steps at which an act may come: a matter that goes through many of them sees it no more often than one with one.
fn spread(share: u32, steps: usize) -> u32 {
    share.div_ceil(u32::try_from(steps.max(1)).unwrap_or(u32::MAX))
}

/// Where an act leads, seen from a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moves {
    Not,
    Back,
    On,
    End,
}

pub(crate) fn moves(act: &model::Act, procedure: &Procedure, step: Option<&Step>) -> Moves {
    let Some(to) = &act.to else { return Moves::Not };
    if matches!(to, To::Back) {
        return Moves::On;
    }
    let place = |name: &str| procedure.steps.iter().position(|step| step.name == name);
    let here = step.and_then(|step| place(&step.name));
    let targets = to.targets();
    let steps: Vec<usize> = targets.iter().filter_map(|name| place(name)).collect();
    match (targets.is_empty(), steps.is_empty()) {
        (true, _) => Moves::Not,
        (false, true) => Moves::End,
        (false, false) if targets.iter().any(|name| procedure.end(name).is_some()) => Moves::On,
        (false, false) => {
            let suspends = |target: &usize| {
                here.is_some_and(|here| procedure.steps[*target].suspends.contains(&procedure.steps[here].name))
            };
            let back = |target: &usize| here.is_some_and(|here| *target <= here) || suspends(target);
            if steps.iter().all(back) { Moves::Back } else { Moves::On }
        }
    }
}

/// Whether an act takes back what stands: a document, a clock.
fn undoes(act: &model::Act) -> bool {
    !act.void.is_empty() || !act.stops.is_empty()
}

/// Whether an act is the usual one of a step: the first that people do and that leads on; where none leads on, the first that leads anywhere.
fn is_usual(act: &model::Act, step: Option<&Step>, procedure: &Procedure) -> bool {
    let human = |by: &model::By| !matches!(by.party, model::Party::Clock | model::Party::Act { .. });
    let acts = step.into_iter().flat_map(|step| &step.acts);
    let by_people: Vec<&model::Act> = acts.filter(|act| rights::parties(step, act).iter().any(human)).collect();
    let on = by_people.iter().find(|act| matches!(moves(act, procedure, step), Moves::On | Moves::End));
    let usual = on.or_else(|| by_people.iter().find(|act| moves(act, procedure, step) != Moves::Not));
    usual.is_some_and(|usual| std::ptr::eq(*usual, act))
}

fn drawn(choices: &[Choice], chance: &mut Chance) -> Option<usize> {
    let mut left = chance.below(choices.iter().map(|choice| u64::from(choice.weight)).sum());
    for (place, choice) in choices.iter().enumerate() {
        if left < u64::from(choice.weight) {
            return Some(place);
        }
        left -= u64::from(choice.weight);
    }
    // Only those are left that nobody does of themselves.
    None
}

/// A desk as a text, for draws.
fn name_of(desk: &Desk) -> String {
    match desk {
        Desk::Office { level, desk, place } => format!("{level}/{desk}@{place}"),
        Desk::Person(person) => person.clone(),
        Desk::Anyone => "anyone".to_owned(),
        Desk::Clock => "clock".to_owned(),
    }
}

/// Tasks by desk, counted.
pub(crate) fn by_desk(tasks: &BTreeMap<(MatterId, Desk), Task>) -> BTreeMap<&Desk, usize> {
    let mut counted = BTreeMap::new();
    for (_, desk) in tasks.keys() {
        *counted.entry(desk).or_default() += 1;
    }
    counted
}
