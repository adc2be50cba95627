//! From the wire to the engine's types, opening seals on the way.
//!
//! What was sealed with a destroyed key reads as [`erased`]: a text in place of the value, so that pages show it and
//! no expression mistakes it for a value of the field's type.

use super::*;
use crate::fault::Fault;
use engine::event::{self, IssuedDocument};
use regulation::expr::{self, Thing, Unit};
use regulation::model;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Stands where personal data was erased.
pub const ERASED: &str = "已依法删除";

/// The value that stands where personal data was erased (已依法删除).
#[must_use]
pub fn erased() -> expr::Value {
    expr::Value::Text(ERASED.to_owned())
}

/// Opens what [`Sealing`] sealed.
pub trait Opening {
    /// The canonical text that was sealed; `None` if its key was destroyed.
    ///
    /// # Errors
    /// If the key or the sealed bytes are damaged.
    fn open(&self, sealed: &Sealed) -> Result<Option<String>, Fault>;
}

/// Opens nothing: everything sealed reads as erased.
pub struct Closed;

impl Opening for Closed {
    fn open(&self, _: &Sealed) -> Result<Option<String>, Fault> {
        Ok(None)
    }
}

fn damaged(what: impl ToString) -> Fault {
    Fault::unreadable("a sealed leaf", what)
}

impl<T: serde::de::DeserializeOwned + Clone> Sealable<T> {
    /// The plain form; `None` if erased.
    ///
    /// # Errors
    /// As [`Opening::open`].
    pub fn opened(&self, opening: &dyn Opening) -> Result<Option<T>, Fault> {
        match self {
            Sealable::Plain(plain) => Ok(Some(plain.clone())),
            Sealable::Sealed(sealed) => match opening.open(sealed)? {
                Some(text) => serde_json::from_str(&text).map(Some).map_err(damaged),
                None => Ok(None),
            },
        }
    }
}

impl Value {
    /// The engine's value.
    ///
    /// # Errors
    /// As [`Opening::open`], or if a number, unit or term cannot be read.
    pub fn opened(&self, opening: &dyn Opening) -> Result<expr::Value, Fault> {
        use expr::Value as To;
        Ok(match self {
            Value::Missing => To::Missing,
            Value::Bool(yes) => To::Bool(*yes),
            Value::Text(text) => To::Text(text.clone()),
            Value::Code(code) => To::Code(code.clone()),
            Value::Codes(codes) => To::Codes(codes.iter().cloned().collect::<BTreeSet<_>>()),
            Value::Date(date) => To::Date(*date),
            Value::Moment(moment) => To::Moment(*moment),
            Value::Number { number, unit } => To::Number(
                number.parse().map_err(|error| Fault::unreadable(format!("number `{number}`"), error))?,
                read_unit(unit)?,
            ),
            Value::Term(term) => To::Term(read_term(term)?),
            Value::File(file) => To::File(expr::FileRef {
                name: file.name.clone(),
                digest: file.digest.clone(),
                size: file.size,
                media: file.media.clone(),
            }),
            Value::Signature(signature) => To::Signature(expr::Signature {
                name: signature.name.clone(),
                person: signature.person.clone(),
                on: signature.on,
                method: signature.method.clone(),
            }),
            Value::Plot(plot) => To::Plot(plot_from(plot)?.into()),
            Value::Figures(figures) => To::Figures(Arc::new(figures.into())),
            Value::Key(key) => To::Key(key.clone()),
            Value::Rows(rows) => {
                To::Records(rows.iter().map(|row| open_record(row, opening)).collect::<Result<_, _>>()?)
            }
            Value::List(values) => {
                To::List(values.iter().map(|value| value.opened(opening)).collect::<Result<_, _>>()?)
            }
            Value::Thing(thing) => To::Thing(thing_from(thing)),
            Value::Sealed(sealed) => match opening.open(sealed)? {
                Some(text) => serde_json::from_str::<Value>(&text).map_err(damaged)?.opened(&Closed)?,
                None => erased(),
            },
        })
    }
}

/// A record with its seals opened.
///
/// # Errors
/// As [`Value::opened`].
pub(crate) fn open_record(record: &Record, opening: &dyn Opening) -> Result<expr::Record, Fault> {
    record.iter().map(|(name, value)| Ok((name.clone(), value.opened(opening)?))).collect()
}

/// A plot that was journaled stays readable whatever is asked of new ones.
fn plot_from(plot: &value::Plot) -> Result<plots::Plot, Fault> {
    let read = match plot {
        value::Plot::Surveyed { corners, zone } => {
            let corners = corners.iter().map(|[north, east]| plots::Corner { north: *north, east: *east }).collect();
            plots::Boundary::recorded(*zone, corners).map(plots::Plot::Surveyed)
        }
        value::Plot::Measured { bounds, east_west, north_south } => {
            Some(plots::Plot::Measured(plots::Measured::recorded(*east_west, *north_south, bounds.clone())))
        }
    };
    read.ok_or_else(|| Fault::unreadable("plot", "it has no corners or no zone"))
}

fn thing_from(thing: &value::Thing) -> Thing {
    match thing.clone() {
        value::Thing::Matter(id) => Thing::Matter(id),
        value::Thing::Act { act, matter } => Thing::Act { matter, act },
        value::Thing::Form { form, matter } => Thing::Form { matter, form },
        value::Thing::Document { document, matter } => Thing::Document { matter, document },
        value::Thing::Row { key, register } => Thing::Row { register, key },
        value::Thing::Sub { account, key } => Thing::Sub { account: account.into(), key: key.into() },
        value::Thing::Place(code) => Thing::Place(code),
        value::Thing::Person(id) => Thing::Person(id),
        value::Thing::Post(id) => Thing::Post(id),
        value::Thing::Tenure(place) => Thing::Tenure(place),
    }
}

fn read_term(text: &str) -> Result<calendar::Term, Fault> {
    let unreadable = || Fault::unreadable(format!("term `{text}`"), "expected a length and a unit");
    let (length, unit) = text.split_once(' ').ok_or_else(unreadable)?;
    let unit = match unit {
        "minutes" => calendar::Unit::Minutes,
        "hours" => calendar::Unit::Hours,
        "days" => calendar::Unit::Days,
        "working-days" => calendar::Unit::WorkingDays,
        "weeks" => calendar::Unit::Weeks,
        "months" => calendar::Unit::Months,
        "years" => calendar::Unit::Years,
        _ => return Err(unreadable()),
    };
    Ok(calendar::Term::new(length.parse().map_err(|_| unreadable())?, unit))
}

/// Reads what [`Unit::code`] writes: base symbols with powers (`m²`, `m^4`), joined by `·`.
fn read_unit(code: &str) -> Result<Unit, Fault> {
    if code.is_empty() {
        return Ok(Unit::none());
    }
    let mut unit = Unit::none();
    for part in code.split('·') {
        let (symbol, power) =
            read_power(part).ok_or_else(|| Fault::unreadable(format!("unit `{code}`"), "bad power"))?;
        let base = Unit::symbol(symbol);
        for _ in 0..power.unsigned_abs() {
            unit = if power > 0 { unit.times(&base) } else { unit.per(&base) };
        }
    }
    Ok(unit)
}

fn read_power(part: &str) -> Option<(&str, i8)> {
    if let Some(symbol) = part.strip_suffix('²') {
        return Some((symbol, 2));
    }
    if let Some(symbol) = part.strip_suffix('³') {
        return Some((symbol, 3));
    }
    match part.split_once('^') {
        Some((symbol, power)) => Some((symbol, power.parse().ok()?)),
        None => Some((part, 1)),
    }
}

impl Event {
    /// The engine's event; `None` for what only the store knows.
    ///
    /// # Errors
    /// As [`Value::opened`].
    pub fn opened(&self, opening: &dyn Opening) -> Result<Option<engine::Event>, Fault> {
        use engine::Event as To;
        Ok(Some(match self {
            Event::Forgotten { matter: Some(matter), on: Some(on), owner, .. } => {
                To::Erased { matter: matter.clone(), owner: owner.clone(), on: *on }
            }
            Event::Forgotten { .. } | Event::Looked { .. } => return Ok(None),
            Event::Opened { about, at, instance, matter, number, owner, place, procedure, regulation, version } => {
                To::Opened {
                    matter: matter.clone(),
                    regulation: regulation.clone(),
                    version: version.clone(),
                    procedure: procedure.clone(),
                    number: number.clone(),
                    place: place.clone(),
                    about: open_record(about, opening)?,
                    owner: owner.clone(),
                    instance: instance.as_ref().map(engine::Instance::from),
                    at: *at,
                }
            }
            Event::Filed { form, matter, party, record } => To::Filed {
                matter: matter.clone(),
                form: form.clone(),
                record: Arc::new(open_record(record, opening)?),
                party: party.clone(),
            },
            Event::Acted { act, actor, at, clauses, matter, on, party, step, warnings } => To::Acted {
                matter: matter.clone(),
                act: act.clone(),
                actor: actor.into(),
                party: party.clone(),
                on: *on,
                at: *at,
                step: step.clone(),
                clauses: clauses.clone(),
                warnings: open_reasons(warnings, opening)?,
            },
            Event::Entered { matter, on, parties, step, suspended } => To::Entered {
                matter: matter.clone(),
                step: step.clone(),
                on: *on,
                parties: parties.iter().map(event::Desk::from).collect(),
                suspended: suspended.clone(),
            },
            Event::Ended { end, matter, on } => To::Ended { matter: matter.clone(), end: end.clone(), on: *on },
            Event::Issued { document, matter } => {
                To::Issued { matter: matter.clone(), document: document.opened(opening)? }
            }
            Event::Voided { act, document, matter, on } => {
                To::Voided { matter: matter.clone(), document: document.clone(), on: *on, act: act.clone() }
            }
            Event::Numbered { number, series } => To::Numbered { series: series.clone(), number: *number },
            Event::RowChanged { actor, key, on, owner, place, record, register } => To::RowChanged {
                register: register.clone(),
                key: key.clone(),
                place: place.clone(),
                record: record.as_ref().map(|record| open_record(record, opening)).transpose()?,
                on: *on,
                actor: actor.into(),
                owner: owner.clone(),
            },
            Event::Posted { .. } => To::Posted { posting: Arc::new(self.posting(opening)?) },
            Event::Told { at, desks, matter, persons, text } => To::Told {
                matter: matter.clone(),
                persons: persons.clone(),
                desks: desks.iter().map(event::Desk::from).collect(),
                text: text.opened(opening)?.unwrap_or_else(|| ERASED.to_owned()),
                at: *at,
            },
            Event::Noted { actor, at, desks, matter, persons, posts, text } => To::Noted {
                matter: matter.clone(),
                actor: actor.into(),
                at: *at,
                text: text.opened(opening)?.unwrap_or_else(|| ERASED.to_owned()),
                desks: desks.iter().map(event::Desk::from).collect(),
                posts: posts.clone(),
                persons: persons.clone(),
            },
            Event::NoteStruck { actor, at, matter, note, reason } => To::NoteStruck {
                matter: matter.clone(),
                note: *note,
                actor: actor.into(),
                at: *at,
                reason: reason.opened(opening)?.unwrap_or_else(|| ERASED.to_owned()),
            },
            Event::Enacted { matter, on, regulation, text, version } => To::Enacted {
                matter: matter.clone(),
                regulation: regulation.clone(),
                version: version.clone(),
                text: text.clone(),
                on: *on,
            },
            Event::County { change, matter, on } => {
                To::County { matter: matter.clone(), on: *on, change: change.into() }
            }
            Event::Routed { matter, parties } => {
                To::Routed { matter: matter.clone(), parties: parties.iter().map(event::Desk::from).collect() }
            }
            Event::Revoked { matter, on, regulation, version } => To::Revoked {
                matter: matter.clone(),
                regulation: regulation.clone(),
                version: version.clone(),
                on: *on,
            },
            clock => clock.opened_clock()?,
        }))
    }

    fn posting(&self, opening: &dyn Opening) -> Result<engine::Posting, Fault> {
        let Event::Posted { act, clauses, credit, debit, entry, fund, lines, matter, number, on, reverses } = self
        else {
            unreachable!("`Event::opened` reads {self:?} itself")
        };
        Ok(engine::Posting {
            fund: fund.clone(),
            number: *number,
            entry: entry.clone(),
            on: *on,
            debit: debit.clone(),
            credit: credit.clone(),
            lines: lines.opened(opening)?,
            matter: matter.clone(),
            act: *act,
            reverses: *reverses,
            clauses: clauses.clone(),
        })
    }

    fn opened_clock(&self) -> Result<engine::Event, Fault> {
        use engine::Event as To;
        Ok(match self {
            Event::ClockStarted { clock, matter } => {
                To::ClockStarted { matter: matter.clone(), clock: clock.opened()? }
            }
            Event::ClockSuspended { at, clock, matter, on } => {
                To::ClockSuspended { matter: matter.clone(), clock: *clock, on: *on, at: *at }
            }
            Event::ClockResumed { clock, due, hour, matter, on, raw, why } => To::ClockResumed {
                matter: matter.clone(),
                clock: *clock,
                on: *on,
                raw: *raw,
                due: *due,
                hour: *hour,
                why: open_whys(why)?,
            },
            Event::ClockStopped { clock, matter, on } => {
                To::ClockStopped { matter: matter.clone(), clock: *clock, on: *on }
            }
            Event::ClockExpired { alarm, at, clock, matter } => To::ClockExpired {
                matter: matter.clone(),
                clock: *clock,
                at: *at,
                alarm: alarm.iter().map(event::Desk::from).collect(),
            },
            Event::Reminded { clock, matter, on } => To::Reminded { matter: matter.clone(), clock: *clock, on: *on },
            other => unreachable!("`Event::opened` reads {other:?} itself"),
        })
    }
}

impl From<&IssuedDocument> for super::Body {
    fn from(document: &IssuedDocument) -> Self {
        let reason = |reason: &engine::Reason| (reason.code.clone(), reason.clauses.clone(), reason.zh.clone());
        super::Body {
            data: document.data.iter().map(|(name, value)| (name.clone(), Value::from(value))).collect(),
            display: document.display.as_ref().map(|display| (display.from, display.last_day)),
            name: document.name.clone(),
            paragraphs: document.paragraphs.clone(),
            reasons: document.reasons.iter().map(reason).collect(),
            signed: document.signed.as_ref().map(super::Desk::from),
        }
    }
}

impl Document {
    /// The engine's document.
    ///
    /// # Errors
    /// As [`Value::opened`].
    pub fn opened(&self, opening: &dyn Opening) -> Result<IssuedDocument, Fault> {
        Ok(IssuedDocument {
            id: self.id.clone(),
            name: self.name.clone(),
            number: self.number.clone(),
            act: self.act.clone(),
            on: self.on,
            display: match &self.display {
                Some(display) => Some(event::Display {
                    from: display.from,
                    last_day: display.last_day,
                    why: open_whys(&display.why)?,
                }),
                None => None,
            },
            signed: self.signed.as_ref().map(event::Desk::from),
            signer: (&self.signer).into(),
            data: open_record(&self.data, opening)?,
            paragraphs: self.paragraphs.opened(opening)?.unwrap_or_else(|| vec![ERASED.to_owned()]),
            reasons: open_reasons(&self.reasons, opening)?,
            voided: self.voided,
        })
    }
}

fn open_reasons(reasons: &[Reason], opening: &dyn Opening) -> Result<Vec<engine::Reason>, Fault> {
    let open = |reason: &Reason| {
        let said = reason.said.opened(opening)?.unwrap_or_else(|| Said {
            en: "erased by law".to_owned(),
            hint: None,
            values: Vec::new(),
            zh: ERASED.to_owned(),
        });
        Ok(engine::Reason {
            code: reason.code.clone(),
            clauses: reason.clauses.clone(),
            zh: said.zh,
            en: said.en,
            values: said.values,
            hint: said.hint.map(model::Label::from),
        })
    };
    reasons.iter().map(open).collect()
}

impl Clock {
    fn opened(&self) -> Result<event::Clock, Fault> {
        Ok(event::Clock {
            id: self.id,
            name: self.name.clone(),
            step: self.step.clone(),
            kind: match &self.kind {
                ClockKind::Alarm(parties) => event::ClockKind::Alarm(parties.iter().map(model::Party::from).collect()),
                ClockKind::Act(act) => event::ClockKind::Act(act.clone()),
                ClockKind::Reminder(number) => event::ClockKind::Reminder(*number),
            },
            event_on: self.event_on,
            event_at: self.event_at,
            term: self.term.as_deref().map(read_term).transpose()?,
            raw: self.raw,
            due: self.due,
            hour: self.hour,
            provisional: self.provisional,
            why: open_whys(&self.why)?,
            clauses: self.clauses.clone(),
            state: match &self.state {
                ClockState::Running => event::ClockState::Running,
                ClockState::Suspended(on) => event::ClockState::Suspended { on: *on, at: None },
                ClockState::SuspendedAt { at, on } => event::ClockState::Suspended { on: *on, at: Some(*at) },
                ClockState::Stopped(on) => event::ClockState::Stopped(*on),
                ClockState::Expired { at, stopped } => event::ClockState::Expired { at: *at, stopped: *stopped },
            },
        })
    }
}

fn open_whys(whys: &[Why]) -> Result<Vec<calendar::Why>, Fault> {
    whys.iter().map(open_why).collect()
}

fn open_why(why: &Why) -> Result<calendar::Why, Fault> {
    use calendar::Why as To;
    Ok(match why {
        Why::Assumed(year) => To::Assumed { year: *year },
        Why::Counted { day, number } => To::Counted { day: day.into(), number: *number },
        Why::Ends(on) => To::Ends { on: *on },
        Why::EndsAt(at) => To::EndsAt { at: *at },
        Why::EventDay { counted, on } => To::EventDay { on: *on, counted: *counted },
        Why::NoCorrespondingDay { month_end, wanted } => {
            To::NoCorrespondingDay { wanted: *wanted, month_end: *month_end }
        }
        Why::PassedOver(day) => To::PassedOver { day: day.into() },
        Why::ReceivedOnDayOff { counts_on, day } => To::ReceivedOnDayOff { day: day.into(), counts_on: *counts_on },
        Why::RolledTo(day) => To::RolledTo { day: day.into() },
        Why::Skipped(day) => To::Skipped { day: day.into() },
        Why::Span { first, last, term } => To::Span { first: *first, last: *last, term: read_term(term)? },
        Why::Ran { from, term, to } => To::Ran { from: *from, to: *to, term: read_term(term)? },
        Why::StoodStill { from, to, until } => To::StoodStill { from: *from, to: *to, until: *until },
        Why::Suspended { from, last, remaining, to } => {
            To::Suspended { from: *from, to: *to, remaining: read_term(remaining)?, last: *last }
        }
    })
}

impl From<&Day> for calendar::Day {
    fn from(day: &Day) -> Self {
        calendar::Day {
            date: day.date,
            working: day.working,
            why: match &day.why {
                DayWhy::Ordinary => calendar::DayWhy::Ordinary,
                DayWhy::Weekend => calendar::DayWhy::Weekend,
                DayWhy::Holiday(name) => calendar::DayWhy::Holiday(name.clone()),
                DayWhy::MakeUp(name) => calendar::DayWhy::MakeUp(name.clone()),
            },
            assumed: day.assumed,
        }
    }
}

impl From<&Party> for model::Party {
    fn from(party: &Party) -> Self {
        match party.clone() {
            Party::Office { desk, level } => model::Party::Office { level, desk },
            Party::Subject { about, role } => model::Party::Subject { about, role },
            Party::Post { field, of } => model::Party::Post { of, field },
            Party::Anyone => model::Party::Anyone,
            Party::Clock => model::Party::Clock,
            Party::Act { act, procedure } => model::Party::Act { procedure, act },
        }
    }
}

impl From<&Actor> for engine::Actor {
    fn from(actor: &Actor) -> Self {
        match actor {
            Actor::Person { person, post } => engine::Actor::Person { person: person.clone(), post: post.clone() },
            Actor::Clock => engine::Actor::Clock,
        }
    }
}

impl From<&Desk> for event::Desk {
    fn from(desk: &Desk) -> Self {
        match desk.clone() {
            Desk::Office { desk, level, place } => event::Desk::Office { level, desk, place },
            Desk::Person(person) => event::Desk::Person(person),
            Desk::Anyone => event::Desk::Anyone,
            Desk::Clock => event::Desk::Clock,
        }
    }
}
