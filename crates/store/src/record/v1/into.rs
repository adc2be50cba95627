//! From the engine's types to the wire, sealing what is personal on the way.

use super::*;
use crate::fault::Fault;
use crate::personal::{Privacy, fund_holder};
use crate::record::write;
use engine::event::{self, IssuedDocument};
use regulation::expr::{self, Thing};
use regulation::model;
use std::collections::BTreeMap;

/// Seals under the key of a holder, making the key if there is none yet.
pub trait Sealing {
    /// The sealed form of some canonical text.
    ///
    /// # Errors
    /// If a new key cannot be stored or no chance can be drawn.
    fn seal(&mut self, holder: &str, plain: &str) -> Result<Sealed, Fault>;
}

/// Writes events of one act: what is personal by the regulation, and the seals.
pub struct Writing<'a> {
    /// Who may be read where.
    pub privacy: &'a dyn Privacy,
    /// The seals.
    pub sealing: &'a mut dyn Sealing,
}

impl Writing<'_> {
    /// An event on the wire.
    ///
    /// # Errors
    /// As [`Sealing::seal`].
    pub fn event(&mut self, event: &engine::Event) -> Result<Event, Fault> {
        use engine::Event as From;
        Ok(match event {
            From::Opened { matter, regulation, version, procedure, number, place, about, owner, instance, at } => {
                Event::Opened {
                    about: about.iter().map(|(name, value)| (name.clone(), Value::from(value))).collect(),
                    at: *at,
                    instance: instance.as_ref().map(Instance::from),
                    matter: matter.clone(),
                    number: number.clone(),
                    owner: owner.clone(),
                    place: place.clone(),
                    procedure: procedure.clone(),
                    regulation: regulation.clone(),
                    version: version.clone(),
                }
            }
            From::Filed { matter, form, record, party } => Event::Filed {
                form: form.clone(),
                matter: matter.clone(),
                party: party.clone(),
                record: self.filed(matter, form, record)?,
            },
            From::Acted { matter, act, actor, party, on, at, step, clauses, warnings } => Event::Acted {
                act: act.clone(),
                actor: actor.into(),
                at: *at,
                clauses: clauses.clone(),
                matter: matter.clone(),
                on: *on,
                party: party.clone(),
                step: step.clone(),
                warnings: self.reasons(&self.privacy.holder(matter), warnings)?,
            },
            From::Issued { matter, document } => {
                Event::Issued { document: self.document(matter, document)?, matter: matter.clone() }
            }
            From::RowChanged { register, key, place, record, on, actor, owner } => Event::RowChanged {
                actor: actor.into(),
                key: key.clone(),
                on: *on,
                owner: owner.clone(),
                place: place.clone(),
                record: match record {
                    Some(record) => Some(self.row(register, key, owner.as_deref(), record)?),
                    None => None,
                },
                register: register.clone(),
            },
            From::Posted { posting } => self.posted(posting)?,
            From::Told { matter, persons, desks, text, at } => Event::Told {
                at: *at,
                desks: desks.iter().map(Desk::from).collect(),
                matter: matter.clone(),
                persons: persons.clone(),
                text: self.sealable(&self.privacy.holder(matter), text.clone())?,
            },
            From::Noted { matter, actor, at, text, desks, posts, persons } => Event::Noted {
                actor: actor.into(),
                at: *at,
                desks: desks.iter().map(Desk::from).collect(),
                matter: matter.clone(),
                persons: persons.clone(),
                posts: posts.clone(),
                text: self.sealable(&self.privacy.holder(matter), text.clone())?,
            },
            From::NoteStruck { matter, note, actor, at, reason } => Event::NoteStruck {
                actor: actor.into(),
                at: *at,
                matter: matter.clone(),
                note: *note,
                reason: self.sealable(&self.privacy.holder(matter), reason.clone())?,
            },
            open => Event::open(open),
        })
    }

    /// A text such as a matter's title, sealed.
    ///
    /// # Errors
    /// As [`Sealing::seal`].
    pub fn sealable<T: serde::Serialize>(&mut self, holder: &str, plain: T) -> Result<Sealable<T>, Fault> {
        Ok(Sealable::Sealed(self.sealing.seal(holder, &write(&plain))?))
    }

    /// A posting; keys of sub-accounts that tell something about a person are sealed with the key of the fund, since books are kept
    /// longer than what people may have erased.
    fn posted(&mut self, posting: &engine::Posting) -> Result<Event, Fault> {
        let seals = |account: &Option<String>| {
            account.as_ref().is_some_and(|account| self.privacy.account(&posting.fund, account))
        };
        let seals = Sides { credit: seals(&posting.credit), debit: seals(&posting.debit) };
        let holder = fund_holder(&posting.fund);
        Ok(Event::Posted {
            act: posting.act,
            clauses: posting.clauses.clone(),
            credit: posting.credit.clone(),
            debit: posting.debit.clone(),
            entry: posting.entry.clone(),
            fund: posting.fund.clone(),
            lines: PostedLines::of(&posting.lines, &holder, seals, self.sealing)?,
            matter: posting.matter.clone(),
            number: posting.number,
            on: posting.on,
            reverses: posting.reverses,
        })
    }

    fn filed(&mut self, matter: &str, form: &str, record: &expr::Record) -> Result<Record, Fault> {
        let privacy = self.privacy;
        let holder = privacy.holder(matter);
        let fields = privacy.form(matter, form);
        self.record(&holder, fields, record, &|form| privacy.form(matter, form))
    }

    fn row(&mut self, register: &str, key: &str, owner: Option<&str>, record: &expr::Record) -> Result<Record, Fault> {
        let privacy = self.privacy;
        let holder = row_holder(register, key, owner);
        self.record(&holder, privacy.register(register), record, &|form| privacy.row_form(register, form))
    }

    /// Seals personal fields one by one; fields that the regulation does not know are sealed too.
    fn record<'f>(
        &mut self,
        holder: &str,
        fields: Option<&'f [model::Field]>,
        record: &expr::Record,
        nested: &dyn Fn(&str) -> Option<&'f [model::Field]>,
    ) -> Result<Record, Fault> {
        let mut written = Record::new();
        for (name, value) in record {
            let field = fields.and_then(|fields| fields.iter().find(|field| field.name == *name));
            written.insert(name.clone(), self.field(holder, field, value, nested)?);
        }
        Ok(written)
    }

    fn field<'f>(
        &mut self,
        holder: &str,
        field: Option<&'f model::Field>,
        value: &expr::Value,
        nested: &dyn Fn(&str) -> Option<&'f [model::Field]>,
    ) -> Result<Value, Fault> {
        match (field, value) {
            (_, expr::Value::Missing) => Ok(Value::Missing),
            (Some(field), _) if is_personal(field) => self.sealed(holder, value),
            (Some(field), expr::Value::Records(rows)) => {
                let inner = match &field.ty {
                    expr::Type::Records(form) => nested(form),
                    _ => None,
                };
                let rows = rows.iter().map(|row| self.record(holder, inner, row, nested)).collect::<Result<_, _>>()?;
                Ok(Value::Rows(rows))
            }
            (Some(_), _) => Ok(Value::from(value)),
            (None, _) => self.sealed(holder, value),
        }
    }

    fn sealed(&mut self, holder: &str, value: &expr::Value) -> Result<Value, Fault> {
        Ok(Value::Sealed(self.sealing.seal(holder, &write(&Value::from(value)))?))
    }

    fn document(&mut self, matter: &str, document: &IssuedDocument) -> Result<Document, Fault> {
        let holder = self.privacy.holder(matter);
        let mut data = Record::new();
        for (name, value) in &document.data {
            let value = if self.privacy.document(matter, &document.name, name) {
                self.sealed(&holder, value)?
            } else {
                Value::from(value)
            };
            data.insert(name.clone(), value);
        }
        Ok(Document {
            act: document.act.clone(),
            data,
            display: document.display.as_ref().map(Display::from),
            id: document.id.clone(),
            name: document.name.clone(),
            number: document.number.clone(),
            on: document.on,
            paragraphs: match document.paragraphs.as_slice() {
                [] => Sealable::Plain(Vec::new()),
                paragraphs => self.sealable(&holder, paragraphs.to_vec())?,
            },
            reasons: self.reasons(&holder, &document.reasons)?,
            signed: document.signed.as_ref().map(Desk::from),
            signer: (&document.signer).into(),
            voided: document.voided,
        })
    }

    fn reasons(&mut self, holder: &str, reasons: &[engine::Reason]) -> Result<Vec<Reason>, Fault> {
        let mut written = Vec::new();
        for reason in reasons {
            let said = Said {
                en: reason.en.clone(),
                hint: reason.hint.as_ref().map(|hint| hint.zh.clone()),
                values: reason.values.clone(),
                zh: reason.zh.clone(),
            };
            written.push(Reason {
                clauses: reason.clauses.clone(),
                code: reason.code.clone(),
                said: self.sealable(holder, said)?,
            });
        }
        Ok(written)
    }
}

/// Marked as personal, or of a type that can hold nothing else.
fn is_personal(field: &model::Field) -> bool {
    use expr::Type;
    let by_type =
        matches!(field.ty, Type::PersonName | Type::Phone | Type::IdNumber | Type::BankCard | Type::Signature);
    by_type || field.personal.is_some()
}

/// Whose key seals a register row: the owner's, or one of the row's own.
#[must_use]
pub fn row_holder(register: &str, key: &str, owner: Option<&str>) -> String {
    engine::keeping::row_owner(register, key, owner)
}

impl Event {
    /// Events that say nothing about a person.
    fn open(event: &engine::Event) -> Event {
        use engine::Event as From;
        match event {
            // Which keys these are is known to whoever destroys them.
            From::Erased { matter, owner, on } => {
                Event::Forgotten { keys: Vec::new(), matter: Some(matter.clone()), on: Some(*on), owner: owner.clone() }
            }
            From::Entered { matter, step, on, parties, suspended } => Event::Entered {
                matter: matter.clone(),
                on: *on,
                parties: parties.iter().map(Desk::from).collect(),
                step: step.clone(),
                suspended: suspended.clone(),
            },
            From::Enacted { matter, regulation, version, text, on } => Event::Enacted {
                matter: matter.clone(),
                on: *on,
                regulation: regulation.clone(),
                text: text.clone(),
                version: version.clone(),
            },
            From::County { matter, on, change } => {
                Event::County { change: change.into(), matter: matter.clone(), on: *on }
            }
            From::Routed { matter, parties } => {
                Event::Routed { matter: matter.clone(), parties: parties.iter().map(Desk::from).collect() }
            }
            From::Revoked { matter, regulation, version, on } => Event::Revoked {
                matter: matter.clone(),
                on: *on,
                regulation: regulation.clone(),
                version: version.clone(),
            },
            From::Ended { matter, end, on } => Event::Ended { end: end.clone(), matter: matter.clone(), on: *on },
            From::ClockStarted { matter, clock } => Event::ClockStarted { clock: clock.into(), matter: matter.clone() },
            From::ClockSuspended { matter, clock, on, at } => {
                Event::ClockSuspended { at: *at, clock: *clock, matter: matter.clone(), on: *on }
            }
            From::ClockResumed { matter, clock, on, raw, due, hour, why } => Event::ClockResumed {
                clock: *clock,
                due: *due,
                hour: *hour,
                matter: matter.clone(),
                on: *on,
                raw: *raw,
                why: why.iter().map(Why::from).collect(),
            },
            From::ClockStopped { matter, clock, on } => {
                Event::ClockStopped { clock: *clock, matter: matter.clone(), on: *on }
            }
            From::ClockExpired { matter, clock, at, alarm } => Event::ClockExpired {
                alarm: alarm.iter().map(Desk::from).collect(),
                at: *at,
                clock: *clock,
                matter: matter.clone(),
            },
            From::Reminded { matter, clock, on } => Event::Reminded { clock: *clock, matter: matter.clone(), on: *on },
            From::Voided { matter, document, on, act } => {
                Event::Voided { act: act.clone(), document: document.clone(), matter: matter.clone(), on: *on }
            }
            From::Numbered { series, number } => Event::Numbered { number: *number, series: series.clone() },
            From::Opened { .. }
            | From::Filed { .. }
            | From::Acted { .. }
            | From::Issued { .. }
            | From::RowChanged { .. }
            | From::Posted { .. }
            | From::Told { .. }
            | From::Noted { .. }
            | From::NoteStruck { .. } => {
                unreachable!("`Writing::event` writes these itself, because they may be sealed")
            }
        }
    }
}

impl From<&expr::Value> for Value {
    fn from(value: &expr::Value) -> Self {
        use expr::Value as From;
        match value {
            From::Missing => Value::Missing,
            From::Bool(yes) => Value::Bool(*yes),
            From::Number(number, unit) => Value::Number { number: number.to_string(), unit: unit.code() },
            From::Text(text) => Value::Text(text.clone()),
            From::Code(code) => Value::Code(code.clone()),
            From::Codes(codes) => Value::Codes(codes.clone()),
            From::Date(date) => Value::Date(*date),
            From::Moment(moment) => Value::Moment(*moment),
            From::Term(term) => Value::Term(term_text(*term)),
            From::File(file) => Value::File(value::File {
                digest: file.digest.clone(),
                media: file.media.clone(),
                name: file.name.clone(),
                size: file.size,
            }),
            From::Signature(signature) => Value::Signature(value::Signature {
                method: signature.method.clone(),
                name: signature.name.clone(),
                on: signature.on,
                person: signature.person.clone(),
            }),
            From::Plot(plot) => Value::Plot(plot_into(plot)),
            From::Figures(figures) => Value::Figures(figures.as_ref().into()),
            From::Key(key) => Value::Key(key.clone()),
            From::Records(rows) => Value::Rows(rows.iter().map(plain_record).collect()),
            From::List(values) => Value::List(values.iter().map(Value::from).collect()),
            From::Thing(thing) => Value::Thing(thing_into(thing)),
        }
    }
}

/// A record in the open that is only printed: drafts (which are sealed as a whole) and requests (which are only hashed).
pub(crate) struct Printed<'a>(pub(crate) &'a BTreeMap<String, expr::Value>);

impl serde::Serialize for Printed<'_> {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_map(self.0.iter().map(|(name, value)| (name, Value::from(value))))
    }
}

fn plain_record(record: &BTreeMap<String, expr::Value>) -> Record {
    record.iter().map(|(name, value)| (name.clone(), Value::from(value))).collect()
}

fn plot_into(plot: &plots::Plot) -> value::Plot {
    match plot {
        plots::Plot::Surveyed(boundary) => value::Plot::Surveyed {
            corners: boundary.corners().iter().map(|corner| [corner.north, corner.east]).collect(),
            zone: boundary.zone().number(),
        },
        plots::Plot::Measured(measured) => value::Plot::Measured {
            bounds: measured.bounds().clone(),
            east_west: measured.east_west(),
            north_south: measured.north_south(),
        },
    }
}

fn thing_into(thing: &Thing) -> value::Thing {
    match thing.clone() {
        Thing::Matter(id) => value::Thing::Matter(id),
        Thing::Act { matter, act } => value::Thing::Act { act, matter },
        Thing::Form { matter, form } => value::Thing::Form { form, matter },
        Thing::Document { matter, document } => value::Thing::Document { document, matter },
        Thing::Row { register, key } => value::Thing::Row { key, register },
        Thing::Sub { account, key } => value::Thing::Sub { account: account.to_string(), key: key.to_string() },
        Thing::Place(code) => value::Thing::Place(code),
        Thing::Person(id) => value::Thing::Person(id),
        Thing::Post(id) => value::Thing::Post(id),
        Thing::Tenure(place) => value::Thing::Tenure(place),
    }
}

/// `5 working-days`: the length, a space and the unit in the plural; one word per unit whatever the length.
fn term_text(term: calendar::Term) -> String {
    let unit = match term.unit {
        calendar::Unit::Minutes => "minutes",
        calendar::Unit::Hours => "hours",
        calendar::Unit::Days => "days",
        calendar::Unit::WorkingDays => "working-days",
        calendar::Unit::Weeks => "weeks",
        calendar::Unit::Months => "months",
        calendar::Unit::Years => "years",
    };
    format!("{} {unit}", term.length)
}

impl From<&engine::Actor> for Actor {
    fn from(actor: &engine::Actor) -> Self {
        match actor {
            engine::Actor::Person { person, post } => Actor::Person { person: person.clone(), post: post.clone() },
            engine::Actor::Clock => Actor::Clock,
        }
    }
}

impl From<&event::Desk> for Desk {
    fn from(desk: &event::Desk) -> Self {
        match desk {
            event::Desk::Office { level, desk, place } => {
                Desk::Office { desk: desk.clone(), level: level.clone(), place: place.clone() }
            }
            event::Desk::Person(person) => Desk::Person(person.clone()),
            event::Desk::Anyone => Desk::Anyone,
            event::Desk::Clock => Desk::Clock,
        }
    }
}

impl From<&event::Display> for Display {
    fn from(display: &event::Display) -> Self {
        Display { from: display.from, last_day: display.last_day, why: display.why.iter().map(Why::from).collect() }
    }
}

impl From<&event::Clock> for Clock {
    fn from(clock: &event::Clock) -> Self {
        Clock {
            clauses: clock.clauses.clone(),
            due: clock.due,
            event_at: clock.event_at,
            event_on: clock.event_on,
            hour: clock.hour,
            id: clock.id,
            kind: match &clock.kind {
                event::ClockKind::Alarm(parties) => ClockKind::Alarm(parties.iter().map(Party::from).collect()),
                event::ClockKind::Act(act) => ClockKind::Act(act.clone()),
                event::ClockKind::Reminder(number) => ClockKind::Reminder(*number),
            },
            name: clock.name.clone(),
            provisional: clock.provisional,
            raw: clock.raw,
            state: match &clock.state {
                event::ClockState::Running => ClockState::Running,
                event::ClockState::Suspended { on, at: None } => ClockState::Suspended(*on),
                event::ClockState::Suspended { on, at: Some(at) } => ClockState::SuspendedAt { at: *at, on: *on },
                event::ClockState::Stopped(on) => ClockState::Stopped(*on),
                event::ClockState::Expired { at, stopped } => ClockState::Expired { at: *at, stopped: *stopped },
            },
            step: clock.step.clone(),
            term: clock.term.map(term_text),
            why: clock.why.iter().map(Why::from).collect(),
        }
    }
}

impl From<&model::Party> for Party {
    fn from(party: &model::Party) -> Self {
        match party.clone() {
            model::Party::Office { level, desk } => Party::Office { desk, level },
            model::Party::Subject { about, role } => Party::Subject { about, role },
            model::Party::Post { of, field } => Party::Post { field, of },
            model::Party::Anyone => Party::Anyone,
            model::Party::Clock => Party::Clock,
            model::Party::Act { procedure, act } => Party::Act { act, procedure },
        }
    }
}

impl From<&calendar::Why> for Why {
    fn from(why: &calendar::Why) -> Self {
        use calendar::Why as From;
        match why {
            From::ReceivedOnDayOff { day, counts_on } => {
                Why::ReceivedOnDayOff { counts_on: *counts_on, day: day.into() }
            }
            From::EventDay { on, counted } => Why::EventDay { counted: *counted, on: *on },
            From::Counted { day, number } => Why::Counted { day: day.into(), number: *number },
            From::Skipped { day } => Why::Skipped(day.into()),
            From::Span { first, last, term } => Why::Span { first: *first, last: *last, term: term_text(*term) },
            From::NoCorrespondingDay { wanted, month_end } => {
                Why::NoCorrespondingDay { month_end: *month_end, wanted: *wanted }
            }
            From::PassedOver { day } => Why::PassedOver(day.into()),
            From::RolledTo { day } => Why::RolledTo(day.into()),
            From::Suspended { from, to, remaining, last } => {
                Why::Suspended { from: *from, last: *last, remaining: term_text(*remaining), to: *to }
            }
            From::Assumed { year } => Why::Assumed(*year),
            From::Ends { on } => Why::Ends(*on),
            From::EndsAt { at } => Why::EndsAt(*at),
            From::Ran { from, to, term } => Why::Ran { from: *from, term: term_text(*term), to: *to },
            From::StoodStill { from, to, until } => Why::StoodStill { from: *from, to: *to, until: *until },
        }
    }
}

impl From<&calendar::Day> for Day {
    fn from(day: &calendar::Day) -> Self {
        Day {
            assumed: day.assumed,
            date: day.date,
            why: match &day.why {
                calendar::DayWhy::Ordinary => DayWhy::Ordinary,
                calendar::DayWhy::Weekend => DayWhy::Weekend,
                calendar::DayWhy::Holiday(name) => DayWhy::Holiday(name.clone()),
                calendar::DayWhy::MakeUp(name) => DayWhy::MakeUp(name.clone()),
            },
            working: day.working,
        }
    }
}
