//! A run (运行): virtual time goes by, people come, offices work, clocks run out, all through [`engine::decide`] and [`engine::apply`].

use crate::chance::Chance;
use crate::fill::{Filler, Pool};
use crate::learn::{Found, Learned};
use crate::measure::Measured;
use crate::people;
use crate::plan::{Plan, Start, scope};
use crate::queue::{Happening, Queue};
use crate::work::{Task, Visit};
use engine::act::MatterId;
use engine::event::{ClockState, Desk};
use engine::{Act, Actor, Event, Memory, Outcome, Target, World, decide, printings};
use jiff::civil::{Date, DateTime};
use regulation::expr::Record;
use regulation::model::{Form, Name, Party, Register};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

/// Residents that the synthetic county has at least, besides one for each who is expected to come.
const RESIDENTS: u64 = 400;
const RESIDENTS_MOST: u64 = 200_000;
/// Ids handed to a decision at first; more where they do not suffice.
const FEW_IDS: usize = 4;
const MANY_IDS: usize = 192;

/// Told how far a run has come.
pub trait Watch {
    /// A day of the run is over: the day, matters open, acts done. Whether to go on.
    fn day(&mut self, day: Date, open: usize, acts: u64) -> bool;
}

/// Who need not be told.
impl Watch for () {
    fn day(&mut self, _: Date, _: usize, _: u64) -> bool {
        true
    }
}

/// A county on virtual time.
pub(crate) struct Run<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) world: Memory,
    pub(crate) now: DateTime,
    pub(crate) queue: Queue,
    pub(crate) learned: Learned,
    pub(crate) residents: Vec<String>,
    /// Keys of rows ever entered, by register.
    pub(crate) rows: BTreeMap<Name, Vec<String>>,
    /// Matters ever opened, by procedure.
    pub(crate) matters: BTreeMap<Name, Vec<MatterId>>,
    /// Registers as forms, made when first needed.
    pub(crate) register_forms: BTreeMap<Name, Arc<Form>>,
    /// Posts of each desk.
    pub(crate) posts: BTreeMap<Desk, Vec<String>>,
    pub(crate) tasks: BTreeMap<(MatterId, Desk), Task>,
    pub(crate) visits: BTreeMap<MatterId, Visit>,
    /// When each clerk of a desk is free again.
    pub(crate) clerks: BTreeMap<Desk, Vec<DateTime>>,
    /// Clocks whose act was refused: tried again each day and after each act on their matter.
    pub(crate) waiting: BTreeSet<(MatterId, u32)>,
    pub(crate) scope: BTreeSet<Name>,
    pub(crate) open: usize,
    pub(crate) measured: Measured,
    pub(crate) arrivals: Vec<crate::arrive::Arrival>,
    /// Whether people come by themselves; else those that were recorded do.
    pub(crate) draws: bool,
    pub(crate) serial: u64,
    /// Whoever came in the run that is followed, once each.
    pub(crate) seen: BTreeSet<u64>,
    pub(crate) token: u64,
    /// The county as it was before the first act.
    pub(crate) county: engine::County,
    /// Every act done, with its moment, where the plan asks for it.
    pub(crate) acts: Vec<(DateTime, Act)>,
}

/// What is filled in and decided.
pub(crate) struct Asked<'p> {
    pub(crate) key: (Name, Name),
    pub(crate) forms: Vec<Arc<Form>>,
    pub(crate) place: &'p str,
    /// Whose hands the values are in: an applicant, a clerk, the holder of a row.
    pub(crate) person: &'p str,
    pub(crate) pool: Rc<Pool>,
    pub(crate) serial: String,
    pub(crate) chance: Chance,
    pub(crate) act: Act,
}

impl Asked<'_> {
    fn filler<'f>(
        &'f self,
        world: &'f Memory,
        residents: &'f [String],
        rows: &'f BTreeMap<Name, Vec<String>>,
        now: DateTime,
        presets: Record,
    ) -> Filler<'f> {
        let post = match &self.act.actor {
            Actor::Person { post: Some(post), .. } => world.county().posts.get(post),
            _ => None,
        };
        Filler {
            world,
            now,
            place: self.place,
            person: self.person,
            residents,
            rows,
            pool: &self.pool,
            presets,
            desk: post.map(|post| post.desk.as_str()),
            serial: self.serial.clone(),
            chance: self.chance.clone(),
        }
    }
}

impl<'a> Run<'a> {
    /// The county as it begins: its people in their posts, printed rows and its own rows in force.
    pub(crate) fn new(start: &Start, plan: &'a Plan) -> Self {
        let mut county = start.county.clone();
        let residents = people::people(&mut county, &start.rulebook, plan.seed, residents(plan));
        let mut world = Memory::new(start.rulebook.clone(), county.clone(), start.holidays.clone());
        for ((regulation, parameter), values) in &start.overrides {
            for (from, value) in values {
                world.set_parameter(regulation, parameter, *from, value.clone());
            }
        }
        let mut learned = Learned::default();
        for (key, records) in &start.samples {
            learned.teach(key.clone(), records.clone(), plan.from);
        }
        let mut run = Run {
            plan,
            world,
            now: plan.from.at(0, 0, 0, 0),
            queue: Queue::default(),
            learned,
            residents,
            rows: BTreeMap::new(),
            matters: BTreeMap::new(),
            register_forms: BTreeMap::new(),
            posts: BTreeMap::new(),
            tasks: BTreeMap::new(),
            visits: BTreeMap::new(),
            clerks: BTreeMap::new(),
            waiting: BTreeSet::new(),
            scope: scope(&start.rulebook, &plan.procedures),
            open: 0,
            measured: Measured::default(),
            arrivals: Vec::new(),
            draws: true,
            serial: 0,
            seen: BTreeSet::new(),
            token: 0,
            county,
            acts: Vec::new(),
        };
        run.begin(start);
        run
    }

    /// The acts kept, the state they led to, and the county in which they began.
    pub(crate) fn kept(self) -> (Vec<(DateTime, Act)>, Memory, engine::County) {
        (self.acts, self.world, self.county)
    }

    fn begin(&mut self, start: &Start) {
        for (moment, act) in printings(&start.rulebook) {
            self.now = moment;
            self.try_act(act);
        }
        for row in &start.rows {
            let Some((regulation, register)) = start.rulebook.register(&row.register) else { continue };
            self.now = regulation.effective.at(8, 0, 0, 0);
            let Some(actor) = self.keeper(&Arc::clone(register), &row.place) else { continue };
            let target = Target::Register { register: row.register.clone(), row: None, place: row.place.clone() };
            let form = row.record.clone();
            self.try_act(Act { target, name: "enter".to_owned(), actor, form, fresh_ids: Vec::new(), proved: true });
        }
        self.now = self.plan.from.at(0, 0, 0, 0);
        self.queue.push(self.now, Happening::Day);
    }

    /// Lets time go by until the end, or until whoever watches says so. Whether it came to the end.
    pub(crate) fn go(&mut self, watch: &mut dyn Watch) -> bool {
        let until = self.plan.until.at(0, 0, 0, 0);
        while let Some((at, happening)) = self.queue.pop().filter(|(at, _)| *at < until) {
            self.now = at;
            match happening {
                Happening::Clock(matter, clock) => _ = self.fire(&matter, clock),
                Happening::Day => {
                    self.day();
                    if !watch.day(at.date(), self.open, self.measured.acts) {
                        return false;
                    }
                }
                Happening::Arrive(arrival) => self.arrive(*arrival),
                Happening::Ready(matter, desk, token) => self.take_up(matter, desk, token),
                Happening::Work(matter, desk, token) => self.work(&matter, &desk, token),
            }
        }
        self.now = until;
        true
    }

    /// Does an act as it stands; whether it was done.
    pub(crate) fn try_act(&mut self, mut act: Act) -> bool {
        match decided(&self.world, &mut act, self.now, self.plan.seed) {
            Outcome::Done(decision) => {
                self.commit(act, &decision.events);
                true
            }
            Outcome::Refused(_) => false,
        }
    }

    /// Looks for a form with which an act is accepted. Nothing is done yet.
    pub(crate) fn search(&mut self, asked: &mut Asked<'_>) -> Found {
        let presets = self.presets(asked);
        let Run { world, learned, residents, rows, now, plan, .. } = self;
        let mut act = asked.act.clone();
        let mut filler = asked.filler(world, residents, rows, *now, presets);
        let found = learned.search(&asked.key, &asked.forms, &mut filler, |record| {
            act.form.clone_from(record);
            decided(&*world, &mut act, *now, plan.seed)
        });
        asked.act = act;
        found
    }

    /// A form as somebody fills it in who asks nobody.
    pub(crate) fn unasked(&self, asked: &Asked<'_>) -> Record {
        let mut filler = asked.filler(&self.world, &self.residents, &self.rows, self.now, self.presets(asked));
        self.learned.unasked(&asked.key, &asked.forms, &mut filler)
    }

    /// Makes an accepted act part of the state, and sees to what follows from it.
    pub(crate) fn commit(&mut self, act: Act, events: &[Event]) {
        self.world.apply_all(events);
        self.measured.acts += 1;
        let mut touched = BTreeSet::new();
        for event in events {
            if let Some(matter) = event.matter() {
                touched.insert(matter.to_owned());
            }
            self.note(event);
        }
        if self.plan.keep_acts {
            self.acts.push((self.now, act));
        }
        for matter in &touched {
            self.refresh(matter);
        }
        self.retry(&touched);
    }

    fn note(&mut self, event: &Event) {
        match event {
            Event::Opened { matter, procedure, .. } => {
                self.matters.entry(procedure.clone()).or_default().push(matter.clone());
                self.open += 1;
                self.measured.opened(procedure);
            }
            Event::Entered { matter, step, .. } => {
                let visit = self.visits.entry(matter.clone()).or_default();
                let left = visit.enter(step, self.now);
                if let Some((step, since)) = left {
                    self.measured.left(&self.world, matter, &step, since, self.now);
                }
            }
            Event::Ended { matter, .. } => {
                self.open = self.open.saturating_sub(1);
                if let Some(state) = self.world.matter(matter) {
                    self.measured.ended(&state.procedure);
                }
                if let Some((step, since)) = self.visits.remove(matter).and_then(|visit| visit.ended()) {
                    self.measured.left(&self.world, matter, &step, since, self.now);
                }
            }
            Event::ClockStarted { matter, clock } => {
                self.queue.push(clock.fires_at().max(self.now), Happening::Clock(matter.clone(), clock.id));
            }
            Event::ClockResumed { matter, clock, .. } => {
                let state = self.world.matter(matter);
                let own = state.as_ref().and_then(|state| state.clocks.iter().find(|own| own.id == *clock));
                if let Some(own) = own.filter(|own| own.state == ClockState::Running) {
                    self.queue.push(own.fires_at().max(self.now), Happening::Clock(matter.clone(), *clock));
                }
            }
            Event::RowChanged { register, key, record: Some(_), .. } => {
                let is_new = engine::Memory::history(&self.world, register, key).count() == 1;
                if is_new {
                    self.rows.entry(register.clone()).or_default().push(key.clone());
                }
            }
            Event::County { .. } => self.posts.clear(),
            _ => {}
        }
    }

    /// The holders of a desk today, with their posts, beginning at one of them.
    pub(crate) fn holders(&mut self, desk: &Desk, first: usize) -> Vec<Actor> {
        let today = self.now.date();
        let county = self.world.county();
        let posts = self.posts.entry(desk.clone()).or_insert_with(|| {
            let sits = county.posts.values().filter(|post| post.sits_at() == *desk && county.is_of_business(&post.id));
            sits.map(|post| post.id.clone()).collect()
        });
        let mut actors: Vec<Actor> = posts
            .iter()
            .filter_map(|post| {
                let held = county.holders(post, today);
                let person = held.first()?.person.clone();
                Some(Actor::Person { person, post: Some(post.clone()) })
            })
            .collect();
        if !actors.is_empty() {
            let places = actors.len();
            actors.rotate_left(first % places);
        }
        actors
    }

    /// Who keeps a register at a place.
    pub(crate) fn keeper(&mut self, register: &Register, place: &str) -> Option<Actor> {
        let offices: Vec<Desk> = register
            .keepers
            .iter()
            .filter_map(|by| match &by.party {
                Party::Office { level, desk } => {
                    let place = self.world.county().at_level(place, level)?.code.clone();
                    Some(Desk::Office { level: level.clone(), desk: desk.clone(), place })
                }
                _ => None,
            })
            .collect();
        offices.iter().find_map(|desk| self.holders(desk, 0).into_iter().next())
    }

    /// A day begins: what is printed, the duties whose turn it is, clocks that wait, who comes today.
    fn day(&mut self) {
        for act in engine::unprinted(&self.world, self.now.date()) {
            self.try_act(act);
        }
        self.begin_duties();
        let waiting: Vec<(MatterId, u32)> = self.waiting.iter().cloned().collect();
        for (matter, clock) in waiting {
            self.fire(&matter, clock);
        }
        if self.draws {
            self.expect_arrivals();
        }
        self.measured.day(self.now.date(), &self.tasks);
        let tomorrow = self.now.date().tomorrow().unwrap_or(Date::MAX);
        self.queue.push(tomorrow.at(0, 0, 0, 0), Happening::Day);
    }

    fn begin_duties(&mut self) {
        let rulebook = self.world.rulebook();
        let duties: Vec<Name> = rulebook
            .duties()
            .filter(|(_, duty)| self.scope.contains(&duty.opens.procedure))
            .map(|(_, duty)| duty.name.clone())
            .collect();
        for duty in duties {
            let Some((_, model)) = self.world.rulebook().duty(&duty).map(|(of, duty)| (of, Arc::clone(duty))) else {
                continue;
            };
            for unit in engine::duty::units(&self.world, &model) {
                let latest = self.world.latest_instance(&duty, &unit).and_then(|id| self.world.matter(&id));
                let sleeps =
                    |matter: &engine::Matter| engine::duty::next_on(matter).is_none_or(|next| next > self.now.date());
                if latest.as_deref().is_some_and(sleeps) || !engine::duty::is_due(&self.world, &duty, &unit, self.now) {
                    continue;
                }
                let target = Target::Duty { duty: duty.clone(), unit };
                let actor = Actor::Clock;
                self.try_act(Act {
                    target,
                    name: String::new(),
                    actor,
                    form: Record::new(),
                    fresh_ids: Vec::new(),
                    proved: true,
                });
            }
        }
    }

    /// Whether a clock that is due would act, if it were asked.
    pub(crate) fn would_fire(&self, matter: &str, clock: u32) -> bool {
        let target = Target::Clock { matter: matter.to_owned(), clock };
        let (actor, form) = (Actor::Clock, Record::new());
        let mut act = Act { target, name: String::new(), actor, form, fresh_ids: Vec::new(), proved: true };
        matches!(decided(&self.world, &mut act, self.now, self.plan.seed), Outcome::Done(_))
    }

    /// Lets a clock act if it is due; whether it did.
    pub(crate) fn fire(&mut self, matter: &str, clock: u32) -> bool {
        let key = (matter.to_owned(), clock);
        let state = self.world.matter(matter).filter(|state| state.is_open());
        let own = state.as_ref().and_then(|state| state.clocks.iter().find(|own| own.id == clock));
        if !own.is_some_and(|own| own.is_due(self.now)) {
            self.waiting.remove(&key);
            return false;
        }
        let target = Target::Clock { matter: matter.to_owned(), clock };
        let (actor, form) = (Actor::Clock, Record::new());
        self.waiting.remove(&key);
        let done = self.try_act(Act { target, name: String::new(), actor, form, fresh_ids: Vec::new(), proved: true });
        if !done {
            self.waiting.insert(key);
        }
        done
    }

    /// Tries the clocks that wait in these matters again.
    fn retry(&mut self, touched: &BTreeSet<MatterId>) {
        for matter in touched {
            let from = (matter.clone(), 0);
            let of = self.waiting.range(from..).take_while(|(own, _)| own == matter).cloned();
            for (matter, clock) in of.collect::<Vec<_>>() {
                self.fire(&matter, clock);
            }
        }
    }
}

/// What an act comes to, with as many fresh ids as it takes. They follow from what it is done to, so that the same cause has the same ids in every run.
pub(crate) fn decided(world: &Memory, act: &mut Act, now: DateTime, seed: u64) -> Outcome {
    let cause = match &act.target {
        Target::Start { procedure, place, .. } => format!("{procedure}/{place}/{now}"),
        Target::Matter { id, .. } | Target::Clock { matter: id, .. } | Target::Note { matter: id, .. } => {
            format!("{id}/{}", world.matter(id).map_or(0, |matter| matter.seq))
        }
        Target::Register { register, .. } | Target::Printed { register } => format!("{register}/{now}"),
        Target::Duty { duty, unit } => format!("{duty}/{unit}/{now}"),
    };
    let who = match &act.actor {
        Actor::Person { person, .. } => person.as_str(),
        Actor::Clock => "",
    };
    let mut chance = Chance::of(seed, &["id", &cause, who, &act.name]);
    let stem = format!("s{:013x}", chance.below(1 << 52));
    let mut wanted = FEW_IDS;
    loop {
        let known = act.fresh_ids.iter().take_while(|id| id.starts_with(&stem)).count();
        act.fresh_ids.truncate(known);
        act.fresh_ids.extend((known..wanted).map(|number| format!("{stem}{number}")));
        let outcome = decide(world, act, now);
        if !outcome.lacks_ids() || wanted > 100_000 {
            return outcome;
        }
        wanted = (wanted * 4).max(MANY_IDS);
    }
}

fn residents(plan: &Plan) -> u64 {
    let days = u64::try_from(plan.until.since(plan.from).map_or(0, |span| span.get_days())).unwrap_or_default();
    let rates = plan.procedures.iter().map(|name| plan.assumptions.number(crate::assumptions::ARRIVALS, &[name]));
    let rate: u64 = rates.map(u64::from).sum();
    (RESIDENTS + rate * days / 1000).min(RESIDENTS_MOST)
}
