//! Arrivals (来件): who comes with what, where, and in what state their papers are.

use crate::assumptions::{ARRIVALS, FAULTS, REPLY_DAYS, RETURNING, UNFIT, WEIGHT};
use crate::chance::Chance;
use crate::fill::{Model, Pool};
use crate::learn::Found;
use crate::plan::{is_for_people, lowest_level};
use crate::queue::Happening;
use crate::run::{Asked, Run, decided};
use engine::env::{Scope, imagined};
use engine::event::Desk;
use engine::offer::{Begun, offered_subjects};
use engine::{Act, Actor, Matter, Outcome, Target, World, rights};
use jiff::ToSpan as _;
use regulation::expr::{Record, Value};
use regulation::model::{About, AboutTarget, Form, Name, Need, Procedure, Register, Regulation};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

/// Levels of places from below.
const LEVELS: [&str; 4] = ["group", "village", "township", "county"];
/// How often a subject at the right place is looked for.
const LOOKS: usize = 8;

/// Somebody comes.
#[derive(Debug, Clone)]
pub(crate) struct Arrival {
    pub(crate) procedure: Name,
    pub(crate) serial: u64,
    /// What they hand in, once that is known: when they come again, or when another run saw them.
    pub(crate) paper: Option<Paper>,
}

/// What somebody hands in.
#[derive(Debug, Clone)]
pub(crate) struct Paper {
    pub(crate) at: jiff::civil::DateTime,
    pub(crate) act: Act,
    /// Fields were spoilt on purpose: no counter would have let it pass.
    pub(crate) spoilt: bool,
    /// It is a subject that is entered in its register, not a matter.
    pub(crate) is_row: bool,
    /// It was accepted.
    pub(crate) accepted: bool,
}

/// What a matter that would begin is about, and where.
struct Beginning {
    place: String,
    about: BTreeMap<Name, Value>,
    pool: Rc<Pool>,
}

impl Run<'_> {
    /// Who comes today.
    pub(crate) fn expect_arrivals(&mut self) {
        let day = self.now.date();
        let flood = self.plan.assumptions.flood(day);
        let works = self.world.holidays().is_working_day(day);
        for name in self.scope.clone() {
            let Some((regulation, procedure)) = self.world.rulebook().procedure(&name) else { continue };
            if !regulation.is_in_force(day) || !procedure.start.iter().any(|act| is_for_people(&act.by)) {
                continue;
            }
            let official = is_official(procedure);
            let mut chance = Chance::of(self.plan.seed, &["arrivals", &name, &day.to_string()]);
            let rate = u64::from(self.plan.assumptions.number(ARRIVALS, &[&name])) * flood / 1000;
            let count = chance.count(rate);
            for _ in 0..count {
                self.serial += 1;
                let share = chance.below(1000);
                let at = match (official, works) {
                    // What an office begins on a day off, it begins on the next day.
                    (true, false) => continue,
                    (true, true) => self.plan.assumptions.hours.moment(day, share),
                    (false, _) => day.at(7, 0, 0, 0).saturating_add(i64::try_from(share).unwrap_or(0).minutes()),
                };
                let arrival = Arrival { procedure: name.clone(), serial: self.serial, paper: None };
                self.queue.push(at, Happening::Arrive(Box::new(arrival)));
            }
        }
    }

    /// Somebody is there.
    pub(crate) fn arrive(&mut self, arrival: Arrival) {
        match &arrival.paper {
            Some(_) if self.draws => self.come_again(arrival),
            Some(_) => self.follow(arrival),
            None => self.come(&arrival),
        }
    }

    fn come(&mut self, arrival: &Arrival) {
        let Some((regulation, procedure)) = self.world.rulebook().procedure(&arrival.procedure) else { return };
        let (regulation, procedure) = (Arc::clone(regulation), Arc::clone(procedure));
        let serial = arrival.serial.to_string();
        let mut chance = Chance::of(self.plan.seed, &["arrival", &arrival.procedure, &serial]);
        let Some(beginning) = self.beginning(&procedure, &serial, &mut chance) else {
            self.measured.without_subject(&procedure.name);
            return;
        };
        self.measured.came(&procedure.name);
        let starts: Vec<_> = procedure.start.iter().filter(|act| is_for_people(&act.by)).collect();
        let first = chance.index(starts.len());
        let mut refused = None;
        for act in (0..starts.len()).map(|place| starts[(first + place) % starts.len()]) {
            for actor in self.starters(&regulation, &procedure, act, &beginning, &mut chance) {
                let target = Target::Start {
                    procedure: procedure.name.clone(),
                    place: beginning.place.clone(),
                    about: beginning.about.clone(),
                };
                let wanted = Act {
                    target,
                    name: act.name.clone(),
                    actor,
                    form: Record::new(),
                    fresh_ids: Vec::new(),
                    proved: true,
                };
                match self.hand_in(arrival, &procedure, act, wanted, &beginning, &mut chance) {
                    None => return,
                    Some(refusal) => refused = Some((act.name.clone(), refusal)),
                }
            }
        }
        match refused {
            Some((act, (wanted, refusal))) => {
                self.measured.turned_away(&procedure.name, &act, &refusal);
                self.keep(arrival, wanted, false, false);
            }
            None => self.measured.without_subject(&procedure.name),
        }
    }

    /// Hands in a form; the refusal, if it comes to one.
    fn hand_in(
        &mut self,
        arrival: &Arrival,
        procedure: &Procedure,
        act: &regulation::model::Act,
        wanted: Act,
        beginning: &Beginning,
        chance: &mut Chance,
    ) -> Option<(Act, Box<engine::Refusal>)> {
        let forms = self.forms(act);
        let person = match &wanted.actor {
            Actor::Person { person, .. } => person.clone(),
            Actor::Clock => String::new(),
        };
        let mut asked = Asked {
            key: (procedure.name.clone(), act.name.clone()),
            forms,
            place: &beginning.place,
            person: &person,
            pool: Rc::clone(&beginning.pool),
            serial: format!("{:06}", arrival.serial),
            chance: chance.clone(),
            act: wanted,
        };
        let unfit = !asked.forms.is_empty() && chance.happens(self.plan.assumptions.number(UNFIT, &[&procedure.name]));
        let found = if unfit { self.first_try(&mut asked) } else { self.search(&mut asked) };
        match found {
            Found::Accepted(form, decision) => {
                let wanted = Act { form, ..asked.act };
                if chance.happens(self.plan.assumptions.number(FAULTS, &[&procedure.name]))
                    && let Some(spoilt) = self.spoilt(&asked.forms, &wanted, chance)
                {
                    self.send_home(arrival, procedure, wanted, spoilt, chance);
                    return None;
                }
                self.measured.accepted(&procedure.name, true);
                self.keep(arrival, wanted.clone(), false, true);
                self.commit(wanted, &decision.events);
                None
            }
            Found::Refused(form, refusal) => Some((Act { form, ..asked.act }, refusal)),
        }
    }

    /// A form as it comes, without asking before.
    fn first_try(&mut self, asked: &mut Asked<'_>) -> Found {
        let form = self.unasked(asked);
        asked.act.form = form.clone();
        match decided(&self.world, &mut asked.act, self.now, self.plan.seed) {
            Outcome::Done(decision) => Found::Accepted(form, Box::new(decision)),
            Outcome::Refused(refusal) => Found::Refused(form, Box::new(refusal)),
        }
    }

    /// The wrong form is refused at the counter; they come again with the right one.
    fn send_home(
        &mut self,
        arrival: &Arrival,
        procedure: &Procedure,
        right: Act,
        (spoilt, refusal): (Act, Box<engine::Refusal>),
        chance: &mut Chance,
    ) {
        self.measured.sent_home(&procedure.name, &right.name, &refusal);
        self.keep(arrival, spoilt, true, false);
        let days = 1 + chance.below(u64::from(self.plan.assumptions.number(REPLY_DAYS, &[&procedure.name])));
        let at = self.now.saturating_add(i64::try_from(days).unwrap_or(1).days());
        let paper = Paper { at, act: right, spoilt: false, is_row: false, accepted: true };
        let again = Arrival { paper: Some(paper), ..arrival.clone() };
        self.queue.push(at, Happening::Arrive(Box::new(again)));
    }

    /// They come again with the form that was right some days ago, its dates moved on.
    fn come_again(&mut self, arrival: Arrival) {
        let Some(mut paper) = arrival.paper.clone() else { return };
        match self.handed_in(&arrival, &mut paper) {
            Found::Accepted(form, decision) => {
                let act = Act { form, ..paper.act };
                self.measured.accepted(&arrival.procedure, false);
                self.keep(&arrival, act.clone(), false, true);
                self.commit(act, &decision.events);
            }
            Found::Refused(form, refusal) => {
                self.measured.turned_away(&arrival.procedure, &paper.act.name, &refusal);
                self.keep(&arrival, Act { form, ..paper.act }, false, false);
            }
        }
    }

    /// A paper as it stands; where that is refused, what it takes to have it accepted. Its act takes the ids that were decided with: those of an
    /// earlier try are of another moment, and whoever does the acts again would come to other matters.
    fn handed_in(&mut self, arrival: &Arrival, paper: &mut Paper) -> Found {
        let first = decided(&self.world, &mut paper.act, self.now, self.plan.seed);
        let act = paper.act.clone();
        let refusal = match first {
            Outcome::Done(decision) => return Found::Accepted(act.form, Box::new(decision)),
            Outcome::Refused(refusal) => refusal,
        };
        let Target::Start { procedure, place, about } = &act.target else {
            return Found::Refused(act.form, Box::new(refusal));
        };
        let Some((_, model)) = self.world.rulebook().procedure(procedure) else {
            return Found::Refused(act.form, Box::new(refusal));
        };
        let model = Arc::clone(model);
        let Some(rule) = model.start.iter().find(|rule| rule.name == act.name) else {
            return Found::Refused(act.form, Box::new(refusal));
        };
        let (place, about) = (place.clone(), about.clone());
        let person = match &act.actor {
            Actor::Person { person, .. } => person.clone(),
            Actor::Clock => String::new(),
        };
        let serial = arrival.serial.to_string();
        let mut asked = Asked {
            key: (model.name.clone(), rule.name.clone()),
            forms: self.forms(rule),
            place: &place,
            person: &person,
            pool: Rc::new(self.pool_of(&model, &about)),
            serial: format!("{:06}", arrival.serial),
            chance: Chance::of(self.plan.seed, &["again", &arrival.procedure, &serial]),
            act,
        };
        let form = asked.act.form.clone();
        self.learned.show(&asked.key, Model { record: form, on: paper.at.date(), proven: true });
        let found = self.search(&mut asked);
        paper.act.fresh_ids = asked.act.fresh_ids;
        found
    }

    /// Somebody whom another run saw comes to this one: with the same papers, changed only where these are refused.
    fn follow(&mut self, arrival: Arrival) {
        let Some(mut paper) = arrival.paper.clone() else { return };
        if paper.is_row {
            self.try_act(paper.act);
            return;
        }
        if self.seen.insert(arrival.serial) {
            self.measured.came(&arrival.procedure);
        }
        let mut act = paper.act.clone();
        if paper.spoilt || !paper.accepted {
            match decided(&self.world, &mut act, self.now, self.plan.seed) {
                Outcome::Done(decision) => {
                    self.measured.accepted(&arrival.procedure, true);
                    self.commit(act, &decision.events);
                }
                Outcome::Refused(refusal) if paper.spoilt => {
                    self.measured.sent_home(&arrival.procedure, &act.name, &refusal);
                }
                Outcome::Refused(refusal) => {
                    self.measured.turned_away(&arrival.procedure, &act.name, &refusal);
                }
            }
            return;
        }
        if let Outcome::Refused(refusal) = decided(&self.world, &mut act, self.now, self.plan.seed) {
            self.measured.sent_home(&arrival.procedure, &act.name, &refusal);
        }
        match self.handed_in(&arrival, &mut paper) {
            Found::Accepted(form, decision) => {
                self.measured.accepted(&arrival.procedure, form == paper.act.form);
                self.commit(Act { form, ..paper.act }, &decision.events);
            }
            Found::Refused(_, refusal) => {
                self.measured.turned_away(&arrival.procedure, &paper.act.name, &refusal);
            }
        }
    }

    fn keep(&mut self, arrival: &Arrival, act: Act, spoilt: bool, accepted: bool) {
        let paper = Paper { at: self.now, act, spoilt, is_row: false, accepted };
        self.arrivals.push(Arrival { paper: Some(paper), ..arrival.clone() });
    }

    /// The right form with something wrong: a field left out that must be there, or one that is not asked for. Only what is indeed refused.
    fn spoilt(&mut self, forms: &[Arc<Form>], right: &Act, chance: &mut Chance) -> Option<(Act, Box<engine::Refusal>)> {
        let needed: Vec<&Name> = forms
            .iter()
            .flat_map(|form| &form.fields)
            .filter(|field| !matches!(field.need, Need::May) && right.form.contains_key(&field.name))
            .map(|field| &field.name)
            .collect();
        let mut wrong = right.clone();
        wrong.form.remove(*chance.pick(&needed)?);
        match decided(&self.world, &mut wrong, self.now, self.plan.seed) {
            Outcome::Done(_) => None,
            Outcome::Refused(refusal) => Some((wrong, Box::new(refusal))),
        }
    }

    pub(crate) fn forms(&self, act: &regulation::model::Act) -> Vec<Arc<Form>> {
        let known = act.forms.iter().filter_map(|name| self.world.rulebook().form(name));
        known.map(|(_, form)| Arc::clone(form)).collect()
    }

    /// Who may do a starting act, in some order.
    fn starters(
        &mut self,
        regulation: &Arc<Regulation>,
        procedure: &Procedure,
        act: &regulation::model::Act,
        beginning: &Beginning,
        chance: &mut Chance,
    ) -> Vec<Actor> {
        let matter = Matter {
            about: beginning.about.clone(),
            ..imagined(regulation, &procedure.name, &beginning.place, self.now)
        };
        let scope = Scope::new(&self.world, self.now);
        let Some(env) = scope.imagined(matter) else { return Vec::new() };
        let parties = rights::competent(&env, &act.by);
        let mut desks: Vec<Desk> = parties.into_iter().flat_map(|party| rights::desks(&env, party)).collect();
        drop(env);
        drop(scope);
        desks.retain(|desk| *desk != Desk::Clock);
        if !desks.is_empty() {
            let first = chance.index(desks.len());
            desks.rotate_left(first);
        }
        desks.truncate(3);
        let first = chance.index(64);
        desks.iter().flat_map(|desk| self.actors(desk, first)).collect()
    }

    /// Who acts for a desk: its holders, the person, or some resident.
    pub(crate) fn actors(&mut self, desk: &Desk, first: usize) -> Vec<Actor> {
        match desk {
            Desk::Office { .. } => self.holders(desk, first),
            Desk::Person(person) => vec![Actor::Person { person: person.clone(), post: None }],
            Desk::Anyone => {
                let person = self.residents[first % self.residents.len()].clone();
                vec![Actor::Person { person, post: None }]
            }
            Desk::Clock => Vec::new(),
        }
    }

    /// What a new matter is about and where it lies; `None` where there is nothing for it to be about.
    fn beginning(&mut self, procedure: &Arc<Procedure>, serial: &str, chance: &mut Chance) -> Option<Beginning> {
        let level = lowest_level(procedure, &LEVELS).unwrap_or("county");
        let mut beginning =
            Beginning { place: self.some_place(level, chance)?, about: BTreeMap::new(), pool: Rc::default() };
        let mut settled = false;
        for about in &procedure.about {
            if about.optional && chance.happens(500) {
                continue;
            }
            let found = self.subject(procedure, about, &beginning, settled, serial, chance);
            match found {
                Some((value, place)) => {
                    beginning.about.insert(about.name.clone(), value);
                    if !settled && let Some(place) = self.below(&place, level, chance) {
                        beginning.place = place;
                        settled = true;
                    }
                }
                None if about.optional => {}
                None => return None,
            }
        }
        beginning.pool = Rc::new(self.pool_of(procedure, &beginning.about));
        Some(beginning)
    }

    /// A place of that level at, above or below another.
    fn below(&self, place: &str, level: &str, chance: &mut Chance) -> Option<String> {
        let county = self.world.county();
        if county.at_level(place, level).is_some() {
            return Some(place.to_owned());
        }
        let within: Vec<&String> = county
            .present()
            .filter(|own| own.level == level && county.contains(place, &own.code))
            .map(|own| &own.code)
            .collect();
        chance.pick(&within).map(|code| (*code).clone())
    }

    /// A place of a level, by the weights supposed.
    fn some_place(&self, level: &str, chance: &mut Chance) -> Option<String> {
        let county = self.world.county();
        let places: Vec<(&String, u64)> = county
            .present()
            .filter(|place| place.level == level)
            .map(|place| {
                let above = LEVELS.iter().filter_map(|level| county.at_level(&place.code, level));
                let codes: Vec<&str> = above.map(|above| above.code.as_str()).collect();
                (&place.code, u64::from(self.plan.assumptions.number(WEIGHT, &codes)))
            })
            .collect();
        let mut left = chance.below(places.iter().map(|(_, weight)| weight).sum());
        for (code, weight) in &places {
            if left < *weight {
                return Some((*code).clone());
            }
            left -= weight;
        }
        places.first().map(|(code, _)| (*code).clone())
    }

    /// Something that a matter may be about, with its place.
    fn subject(
        &mut self,
        procedure: &Procedure,
        about: &About,
        beginning: &Beginning,
        settled: bool,
        serial: &str,
        chance: &mut Chance,
    ) -> Option<(Value, String)> {
        if about.offer.is_some() {
            let begun = Begun { place: &beginning.place, about: &beginning.about };
            let asker = Actor::Person { person: self.residents[0].clone(), post: None };
            let offered = offered_subjects(&self.world, &procedure.name, about, &begun, &asker, self.now);
            if let Some(key) = chance.pick(&offered) {
                return self.subject_at(about, key);
            }
        }
        if let AboutTarget::Register(register) = &about.target {
            let returning = chance.happens(self.plan.assumptions.number(RETURNING, &[&procedure.name]));
            if !settled
                && !returning
                && let Some(key) = self.new_row(register, serial, chance)
            {
                return self.subject_at(about, &key);
            }
        }
        self.known_subject(about, beginning, settled, chance)
    }

    fn subject_at(&self, about: &About, key: &str) -> Option<(Value, String)> {
        match &about.target {
            AboutTarget::Register(register) => {
                self.world.row(register, key).map(|row| (Value::Key(key.to_owned()), row.place.clone()))
            }
            AboutTarget::Procedure(_) => {
                self.world.matter(key).map(|matter| (Value::Text(key.to_owned()), matter.place.clone()))
            }
        }
    }

    /// Something that is there already: at the place of what the matter is about besides, if it can be had there.
    fn known_subject(
        &self,
        about: &About,
        beginning: &Beginning,
        settled: bool,
        chance: &mut Chance,
    ) -> Option<(Value, String)> {
        let (AboutTarget::Register(name) | AboutTarget::Procedure(name)) = &about.target;
        let keys = match &about.target {
            AboutTarget::Register(_) => self.rows.get(name)?,
            AboutTarget::Procedure(_) => self.matters.get(name)?,
        };
        // Lately opened matters are the ones that something follows from.
        let recent = if matches!(about.target, AboutTarget::Procedure(_)) {
            &keys[keys.len().saturating_sub(40)..]
        } else {
            keys
        };
        let county = self.world.county();
        let mut last = None;
        for _ in 0..LOOKS {
            let found = self.subject_at(about, chance.pick(recent)?);
            let Some((value, place)) = found else { continue };
            let near = county.contains(&place, &beginning.place) || county.contains(&beginning.place, &place);
            if !settled || near {
                return Some((value, place));
            }
            last = Some((value, place));
        }
        last
    }

    /// A new row of a register that offices keep by hand, like one that is there: its key.
    fn new_row(&mut self, register: &str, serial: &str, chance: &mut Chance) -> Option<String> {
        let register = Arc::clone(self.world.rulebook().register(register)?.1);
        if register.keepers.is_empty() || register.rows_of.is_some() || !register.printed.is_empty() {
            return None;
        }
        let pattern = self.rows.get(&register.name).and_then(|keys| chance.pick(keys)).cloned();
        let pattern = pattern.and_then(|key| self.world.row(&register.name, &key))?;
        let actor = self.keeper(&register, &pattern.place)?;
        let number = usize::try_from(serial.parse::<u64>().unwrap_or_default()).unwrap_or_default();
        let person = self.residents[number % self.residents.len()].clone();
        let forms = vec![self.as_form(&register)];
        let target = Target::Register { register: register.name.clone(), row: None, place: pattern.place.clone() };
        let act =
            Act { target, name: "enter".to_owned(), actor, form: Record::new(), fresh_ids: Vec::new(), proved: true };
        let mut record = pattern.record.clone();
        // A key is never taken over.
        register.key.iter().for_each(|name| _ = record.remove(name));
        let key = ("register".to_owned(), register.name.clone());
        self.learned.show(&key, Model { record, on: self.now.date(), proven: true });
        let mut asked = Asked {
            key,
            forms,
            place: &pattern.place,
            person: &person,
            pool: Rc::default(),
            serial: format!("{number:06}"),
            chance: chance.clone(),
            act,
        };
        // All that is said of people in the row is said of this one.
        let everybody = std::mem::replace(&mut self.residents, vec![person.clone()]);
        let found = self.search(&mut asked);
        self.residents = everybody;
        let Found::Accepted(form, decision) = found else { return None };
        let act = Act { form, ..asked.act };
        let paper = Paper { at: self.now, act: act.clone(), spoilt: false, is_row: true, accepted: true };
        self.arrivals.push(Arrival { procedure: register.name.clone(), serial: number as u64, paper: Some(paper) });
        self.commit(act, &decision.events);
        self.rows.get(&register.name)?.last().cloned()
    }

    /// A register as a form to be filled in.
    fn as_form(&mut self, register: &Register) -> Arc<Form> {
        let made = self.register_forms.entry(register.name.clone()).or_insert_with(|| {
            Arc::new(Form {
                name: register.name.clone(),
                title: register.title.clone(),
                fields: register.fields.clone(),
                layout: None,
                clauses: register.clauses.clone(),
                span: register.span.clone(),
            })
        });
        Arc::clone(made)
    }
}

/// Whether offices begin a procedure, and nobody else.
fn is_official(procedure: &Procedure) -> bool {
    let mut by = procedure.start.iter().flat_map(|act| &act.by);
    by.all(|by| !matches!(by.party, regulation::model::Party::Subject { .. } | regulation::model::Party::Anyone))
}
