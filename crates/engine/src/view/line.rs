//! The lines of a view: where they come from, and what expressions see of one.

mod fund;

use super::{Asked, Looked, Period, Subject};
use crate::act::Actor;
use crate::county::County;
use crate::env::{RecordEnv, Scope};
use crate::event::{Clock, ClockKind, ClockState, IssuedDocument};
use crate::matter::{ActRecord, Matter};
use crate::rights::party_name;
use crate::world::{PLACE, World};
use jiff::civil::{Date, DateTime};
use regulation::expr::{Env, Layer, Thing, Type, Unit, Value};
use regulation::model::view::{Source, View};
use regulation::model::{Party, Regulation, Step};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Matters looked at through one scope: what they share is computed once, and what it holds stays small.
const CHUNK: usize = 256;

/// Names of a line besides those of its matter, row or place.
type Names = BTreeMap<&'static str, Value>;

/// Dimensions of a line of a fund, with their types.
type Dimensions = BTreeMap<String, (Type, Value)>;

/// What is done with each line; `false` ends it.
pub(super) type Visit<'v> = dyn FnMut(&dyn Env, &Subject, &str) -> bool + 'v;

/// What a question is put to.
pub(super) struct Ground<'g> {
    pub(super) world: &'g dyn World,
    pub(super) regulation: &'g Arc<Regulation>,
    pub(super) asked: &'g Asked,
    /// Looks at personal data, where the view is about them.
    pub(super) looked: &'g [Looked],
}

impl Ground<'_> {
    /// Shows every line of a source within the area asked for.
    pub(super) fn each(&self, view: &View, visit: &mut Visit<'_>) {
        match &view.source {
            Source::Rows(register) => self.rows(register, visit),
            Source::Places(level) => self.places(level, visit),
            Source::Subs(path) => self.subs(path, visit),
            Source::Postings(fund) => self.postings(fund, visit),
            Source::Tenures => self.tenures(visit),
            Source::Readings => self.readings(visit),
            Source::Sheet(_) => {}
            source => self.matters(view, source, visit),
        }
    }

    fn in_area(&self, place: &str) -> bool {
        self.world.county().contains(&self.asked.area, place)
    }

    fn shown(&self, outer: &dyn Env, names: &Names, subject: &Subject, place: &str, visit: &mut Visit<'_>) -> bool {
        visit(&LineEnv { outer, names, dimensions: &Dimensions::new(), period: self.asked.period }, subject, place)
    }

    fn matters(&self, view: &View, source: &Source, visit: &mut Visit<'_>) {
        let open = view.only.as_ref().is_some_and(|only| only.asks_open());
        for procedure in source.procedures() {
            let found = |about: Option<(&str, &Value)>| match open {
                true => self.world.open_matters(procedure, about),
                false => self.world.matters(procedure, about),
            };
            for ids in self.ids(found).chunks(CHUNK) {
                let scope = Scope::new(self.world, self.asked.now);
                for id in ids {
                    let Some(env) = scope.matter(id) else { continue };
                    let matter = env.matter();
                    let subject = Subject::Matter(id.clone());
                    let steps =
                        env.frame.procedure.as_ref().map(|procedure| procedure.steps.as_slice()).unwrap_or_default();
                    for mut names in lines_of(matter, steps, source, self.world.county(), self.asked.now) {
                        names.insert("procedure", Value::Code(procedure.clone()));
                        if !self.shown(&env, &names, &subject, &matter.place, visit) {
                            return;
                        }
                    }
                }
            }
        }
    }

    /// Matters in the area: by the index of places, unless it is the whole county.
    fn ids(&self, found: impl Fn(Option<(&str, &Value)>) -> Vec<String>) -> Vec<String> {
        let county = self.world.county();
        if self.asked.area == county.code {
            return found(None);
        }
        let places = county.present().filter(|place| self.in_area(&place.code));
        places.flat_map(|place| found(Some((PLACE, &Value::Key(place.code.clone()))))).collect()
    }

    fn rows(&self, register: &str, visit: &mut Visit<'_>) {
        let Some((_, model)) = self.world.rulebook().register(register) else { return };
        let fields = [model.fields.as_slice()];
        for keys in self.world.rows(register, None).chunks(CHUNK) {
            let scope = Scope::new(self.world, self.asked.now);
            for key in keys {
                let Some(row) = self.world.row(register, key).filter(|row| self.in_area(&row.place)) else { continue };
                let base = scope.bare(self.regulation, &row.place);
                let env = RecordEnv::new(&base, &base, &row.record, &fields);
                let subject = Subject::Row { register: register.to_owned(), key: key.clone() };
                if !self.shown(&env, &Names::new(), &subject, &row.place, visit) {
                    return;
                }
            }
        }
    }

    fn places(&self, level: &str, visit: &mut Visit<'_>) {
        let scope = Scope::new(self.world, self.asked.now);
        let places = self.world.county().present();
        for place in places.filter(|place| place.level == level && self.in_area(&place.code)) {
            let env = scope.bare(self.regulation, &place.code);
            let names = Names::from([("here", Value::Thing(Thing::Place(place.code.clone())))]);
            if !self.shown(&env, &names, &Subject::Place(place.code.clone()), &place.code, visit) {
                return;
            }
        }
    }

    /// A tenure belongs to the place of its post.
    fn tenures(&self, visit: &mut Visit<'_>) {
        let scope = Scope::new(self.world, self.asked.now);
        let (county, now) = (self.world.county(), self.asked.now);
        for (n, tenure) in county.appointments.iter().enumerate().filter(|(_, tenure)| !tenure.is_void()) {
            let Some(post) = county.posts.get(&tenure.post).filter(|post| self.in_area(&post.place)) else { continue };
            let env = scope.bare(self.regulation, &post.place);
            let it = Thing::Tenure(n.to_string());
            let own = |name: &'static str| (name, env.member(&it, name));
            let mut names: Names =
                ["post", "person", "from", "to", "until", "kind", "behalf", "matter"].map(own).into();
            names.insert("current", Value::Bool(county.gives(tenure, now)));
            if !self.shown(&env, &names, &Subject::None, &post.place, visit) {
                return;
            }
        }
    }

    /// A look belongs to the place of the post through which somebody looked.
    fn readings(&self, visit: &mut Visit<'_>) {
        let scope = Scope::new(self.world, self.asked.now);
        let county = self.world.county();
        let env = scope.bare(self.regulation, &county.code);
        for looked in self.looked {
            let post = county.posts.get(&looked.post);
            let place = post.map_or(&county.code, |post| &post.place);
            let names = Names::from([
                ("subject", Value::Text(looked.subject.clone())),
                ("on", Value::Date(looked.at.date())),
                ("at", Value::Moment(looked.at)),
                ("by", person(&looked.person)),
                ("post", post.map_or(Value::Missing, |post| Value::Text(post.title.clone()))),
                ("kind", Value::Code(looked.kind.clone())),
                ("why", Value::Text(looked.why.clone())),
            ]);
            if self.in_area(place) && !self.shown(&env, &names, &Subject::None, place, visit) {
                return;
            }
        }
    }
}

/// The lines that a matter gives, with their own names.
fn lines_of(matter: &Matter, steps: &[Step], source: &Source, county: &County, now: DateTime) -> Vec<Names> {
    match source {
        Source::Clocks(_) => {
            let deadlines = matter.clocks.iter().filter(|clock| !matches!(clock.kind, ClockKind::Reminder(_)));
            let step = |clock: &Clock| steps.iter().find(|step| step.name == clock.step);
            deadlines.map(|clock| of_clock(matter, clock, step(clock), county, now)).collect()
        }
        Source::Acts(_) => matter.acts.iter().map(|record| of_act(record, county)).collect(),
        Source::Documents(_) => matter.documents.iter().map(|issued| of_document(matter, issued)).collect(),
        _ => vec![Names::new()],
    }
}

/// A deadline. It is late once its last day, or its moment, has passed without what it waits for; what the clock does in somebody's place was
/// not done in time. One that stands still is neither.
fn of_clock(matter: &Matter, clock: &Clock, step: Option<&Step>, county: &County, now: DateTime) -> Names {
    let (until, today) = (clock.until(), now.date());
    let settled = match &clock.state {
        ClockState::Running | ClockState::Suspended { .. } => None,
        ClockState::Stopped(on) => Some(*on),
        ClockState::Expired { at, stopped } => match clock.kind {
            ClockKind::Act(_) => Some(at.date()),
            _ => *stopped,
        },
    };
    let suspended = matches!(clock.state, ClockState::Suspended { .. });
    let late = match (settled, &clock.state) {
        (_, ClockState::Expired { .. }) => true,
        (Some(on), _) => on > clock.due,
        (None, _) => !suspended && until.is_over(now),
    };
    let in_time = match settled {
        Some(_) => Value::Bool(!late),
        None if late => Value::Bool(false),
        None => Value::Missing,
    };
    let by = settled.and_then(|on| settling(matter, clock, on));
    // Who let it pass, where nobody met it: the office whose step it is.
    let own = || step.and_then(|step| step.by.iter().find(|by| matches!(by.party, Party::Office { .. })));
    let office = match by {
        Some(record) => office(county, &record.party),
        None => own().map_or(Value::Missing, |by| office(county, &party_name(&by.party))),
    };
    // A fixed date counts from nothing.
    let begun = clock.term.and(clock.event_on);
    let since_begun = |end: Date| begun.map_or(Value::Missing, |from| days(from, end));
    let left = settled.is_none() && !suspended;
    Names::from([
        ("clock", Value::Text(clock.name.clone())),
        ("clock-step", Value::Code(clock.step.clone())),
        ("begun", begun.map_or(Value::Missing, |on| clock.event_at.map_or(Value::Date(on), Value::Moment))),
        ("due", clock.hour.map_or(Value::Date(clock.due), |time| Value::Moment(clock.due.to_datetime(time)))),
        ("settled-on", settled.map_or(Value::Missing, Value::Date)),
        ("settled-by", by.map_or(Value::Missing, |record| actor(&record.actor))),
        ("office", office),
        ("running", Value::Bool(settled.is_none())),
        ("suspended", Value::Bool(suspended)),
        ("late", Value::Bool(late)),
        ("in-time", in_time),
        ("days", since_begun(settled.unwrap_or(today))),
        ("days-left", if left { days(today, clock.due) } else { Value::Missing }),
        ("hours-left", if left { hours(now, until.ends_at()) } else { Value::Missing }),
    ])
}

/// The act with which a deadline was met: the last one of its step on that day that a person did.
fn settling<'m>(matter: &'m Matter, clock: &Clock, on: Date) -> Option<&'m ActRecord> {
    let did = |record: &&Arc<ActRecord>| {
        record.on == on && record.step.as_ref() == Some(&clock.step) && record.actor != Actor::Clock
    };
    matter.acts.iter().rev().find(did).map(Arc::as_ref)
}

fn of_act(record: &ActRecord, county: &County) -> Names {
    Names::from([
        ("act", Value::Code(record.act.clone())),
        ("on", Value::Date(record.on)),
        ("at", Value::Moment(record.at)),
        ("by", actor(&record.actor)),
        ("by-clock", Value::Bool(record.actor == Actor::Clock)),
        ("office", office(county, &record.party)),
        ("at-step", record.step.clone().map_or(Value::Missing, Value::Code)),
    ])
}

fn of_document(matter: &Matter, issued: &IssuedDocument) -> Names {
    let codes = issued.reasons.iter().map(|reason| reason.code.clone()).collect();
    Names::from([
        ("document", Value::Code(issued.name.clone())),
        ("document-number", issued.number.clone().map_or(Value::Missing, Value::Text)),
        ("act", Value::Code(issued.act.clone())),
        ("on", Value::Date(issued.on)),
        ("by", actor(&issued.signer)),
        ("voided", Value::Bool(issued.voided.is_some())),
        ("voided-on", issued.voided.map_or(Value::Missing, Value::Date)),
        ("reasons", Value::Number(issued.reasons.len().into(), Unit::none())),
        ("reason-codes", Value::Codes(codes)),
        ("signed", Value::Bool(issued.signed.is_some())),
        ("fields-changed", Value::Number(fields_changed(matter, issued).into(), Unit::none())),
    ])
}

/// How many fields that were filed when a document was issued have another value since: of each form, and where several parties file it of
/// each party's, the latest filing by then and the latest of all.
fn fields_changed(matter: &Matter, issued: &IssuedDocument) -> usize {
    let issuing = |record: &Arc<ActRecord>| record.act == issued.act && record.on == issued.on;
    let Some(signed_at) = matter.acts.iter().rposition(issuing) else { return 0 };
    let mut changed = 0;
    for filings in matter.forms.values() {
        let parties: BTreeSet<_> = filings.iter().map(|filing| &filing.party).collect();
        for party in parties {
            let own = || filings.iter().rev().filter(|filing| filing.party == *party);
            let (Some(then), Some(now)) = (own().find(|filing| filing.act <= signed_at), own().next()) else {
                continue;
            };
            let names: BTreeSet<_> = then.record.keys().chain(now.record.keys()).collect();
            changed += names.into_iter().filter(|name| then.record.get(*name) != now.record.get(*name)).count();
        }
    }
    changed
}

fn days(from: Date, to: Date) -> Value {
    let days = from.until(to).map_or(0, |span| span.get_days());
    Value::Number(days.into(), Unit::none())
}

/// Whole hours from one moment to another; below nought once it has passed.
fn hours(from: DateTime, to: DateTime) -> Value {
    let seconds = to.duration_since(from).as_secs();
    Value::Number(seconds.div_euclid(3_600).into(), Unit::none())
}

fn person(id: &str) -> Value {
    Value::Thing(Thing::Person(id.to_owned()))
}

/// Whoever acted in a post. People who act for themselves are no officers, and their names no figures.
fn actor(actor: &Actor) -> Value {
    match actor {
        Actor::Person { person: id, post: Some(_) } => person(id),
        Actor::Person { .. } | Actor::Clock => Value::Missing,
    }
}

/// What the county calls the office of a recorded party (`township/window`); missing for people who act for themselves.
fn office(county: &County, party: &str) -> Value {
    let known = party.split_once('/').and_then(|(level, desk)| county.desks.get(&(level.to_owned(), desk.to_owned())));
    known.map_or(Value::Missing, |desk| Value::Text(desk.name.clone()))
}

/// The environment of a line: its own names first, then those around it.
struct LineEnv<'l> {
    outer: &'l dyn Env,
    names: &'l Names,
    /// Of a line of a fund.
    dimensions: &'l Dimensions,
    period: Option<Period>,
}

impl Layer for LineEnv<'_> {
    fn outer(&self) -> &dyn Env {
        self.outer
    }

    fn answer(&self, name: &str) -> Option<Value> {
        let dimension = || self.dimensions.get(name).map(|(_, value)| value);
        let own = self.names.get(name).or_else(dimension).cloned();
        own.or_else(|| match name {
            "report-from" => Some(Value::Date(self.period?.from)),
            "report-to" => Some(Value::Date(self.period?.to)),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Event;
    use crate::matter::Filing;
    use jiff::civil::date;
    use regulation::expr::Record;

    fn signed() -> Actor {
        Actor::Person { person: "head".into(), post: Some("head".into()) }
    }

    fn act(name: &str, day: i8) -> Arc<ActRecord> {
        Arc::new(ActRecord {
            act: name.into(),
            actor: signed(),
            party: "township/head".into(),
            on: date(2022, 3, day),
            at: date(2022, 3, day).at(10, 0, 0, 0),
            step: None,
            clauses: Vec::new(),
            warnings: Vec::new(),
        })
    }

    fn filing(act: usize, party: Option<&str>, fields: &[(&str, i64)]) -> Arc<Filing> {
        let number = |value: i64| Value::Number(value.into(), Unit::none());
        let record: Record = fields.iter().map(|(name, value)| ((*name).to_owned(), number(*value))).collect();
        Arc::new(Filing { act, party: party.map(str::to_owned), record: Arc::new(record) })
    }

    /// Asked for on the 1st, corrected on the 2nd, decided on the 3rd.
    fn decided() -> (Matter, IssuedDocument) {
        let opened = Event::Opened {
            matter: "m".into(),
            regulation: "works".into(),
            version: "v".into(),
            procedure: "work".into(),
            number: None,
            place: "999999".into(),
            owner: None,
            about: BTreeMap::new(),
            instance: None,
            at: date(2022, 3, 1).at(9, 0, 0, 0),
        };
        let mut matter = Matter::opened(&opened).expect("it was opened");
        matter.acts = vec![act("ask", 1), act("correct", 2), act("decide", 3)];
        matter.forms.insert(
            "request".into(),
            vec![filing(0, None, &[("a", 1), ("b", 1)]), filing(1, None, &[("a", 2), ("b", 1)])],
        );
        matter
            .forms
            .insert("opinion".into(), vec![filing(2, Some("one"), &[("c", 1)]), filing(2, Some("other"), &[("c", 2)])]);
        let issued = IssuedDocument {
            id: "d".into(),
            name: "decision".into(),
            number: None,
            act: "decide".into(),
            on: date(2022, 3, 3),
            display: None,
            signed: None,
            signer: signed(),
            data: Record::new(),
            paragraphs: Vec::new(),
            reasons: Vec::new(),
            voided: None,
        };
        (matter, issued)
    }

    #[test]
    fn what_was_changed_before_a_signature_does_not_count() {
        let (matter, issued) = decided();
        assert_eq!(fields_changed(&matter, &issued), 0);
    }

    #[test]
    fn what_was_changed_after_it_counts_field_by_field_and_party_by_party() {
        let (mut matter, issued) = decided();
        matter.acts.push(act("edit", 3));
        let again = [filing(3, None, &[("a", 2), ("b", 7), ("new", 1)])];
        matter.forms.get_mut("request").expect("it was filed").extend(again);
        matter.forms.get_mut("opinion").expect("it was filed").push(filing(3, Some("other"), &[("c", 3)]));
        // Filed for the first time after the signature: nothing that was signed for was changed.
        matter.forms.insert("later".into(), vec![filing(3, None, &[("d", 1)])]);
        assert_eq!(fields_changed(&matter, &issued), 3, "b, a field that was not there, and one party's c");
    }
}
