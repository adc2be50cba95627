//! Events on the wire.

use super::act::Actor;
use super::clock::{Clock, Why};
use super::county::Change;
use super::document::{Document, Reason};
use super::posted::PostedLines;
use super::seal::Sealable;
use super::value::{Record, Value};
use jiff::civil::{Date, DateTime, Time};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A fact. Variants and fields say what [`engine::Event`] says, and two more that only the store knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each field is documented once, at the engine's event")]
pub enum Event {
    /// An act was done.
    Acted {
        act: String,
        actor: Actor,
        at: DateTime,
        clauses: Vec<String>,
        matter: String,
        on: Date,
        party: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<String>,
        warnings: Vec<Reason>,
    },
    /// A clock ran out.
    ClockExpired { alarm: Vec<Desk>, at: DateTime, clock: u32, matter: String },
    /// A clock goes on.
    ClockResumed {
        clock: u32,
        due: Date,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hour: Option<Time>,
        matter: String,
        on: Date,
        raw: Date,
        why: Vec<Why>,
    },
    /// A clock runs.
    ClockStarted { clock: Clock, matter: String },
    /// A clock was stopped.
    ClockStopped { clock: u32, matter: String, on: Date },
    /// A clock stands still.
    ClockSuspended {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<DateTime>,
        clock: u32,
        matter: String,
        on: Date,
    },
    /// Posts and their holders changed.
    County { change: Change, matter: String, on: Date },
    /// A regulation's text came into force.
    Enacted { matter: String, on: Date, regulation: String, text: String, version: String },
    /// The matter is over.
    Ended { end: String, matter: String, on: Date },
    /// The matter comes to a step.
    Entered {
        matter: String,
        on: Date,
        parties: Vec<Desk>,
        step: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        suspended: Option<String>,
    },
    /// A form was filed.
    Filed {
        form: String,
        matter: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        party: Option<String>,
        record: Record,
    },
    /// The keys of a person were destroyed (依法删除): what they sealed is erased. By an act on a matter, or by the operator's own program.
    Forgotten {
        keys: Vec<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        matter: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on: Option<Date>,
        owner: String,
    },
    /// A document was issued.
    Issued { document: Document, matter: String },
    /// A day's looks at personal data (查阅记录), counted and with their digest: what is taken away or altered later shows.
    Looked { count: u64, day: Date, digest: String },
    /// A note was struck out.
    NoteStruck { actor: Actor, at: DateTime, matter: String, note: u32, reason: Sealable<String> },
    /// A note was written among those who handle the matter.
    Noted {
        actor: Actor,
        at: DateTime,
        desks: Vec<Desk>,
        matter: String,
        persons: Vec<String>,
        posts: Vec<String>,
        text: Sealable<String>,
    },
    /// A number of a series was used.
    Numbered { number: u64, series: String },
    /// A matter begins.
    Opened {
        about: BTreeMap<String, Value>,
        at: DateTime,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        instance: Option<Instance>,
        matter: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        number: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        owner: Option<String>,
        place: String,
        procedure: String,
        regulation: String,
        version: String,
    },
    /// An entry was posted on a fund.
    Posted {
        act: u32,
        clauses: Vec<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        credit: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        debit: Option<String>,
        entry: String,
        fund: String,
        lines: PostedLines,
        matter: String,
        number: u64,
        on: Date,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reverses: Option<u64>,
    },
    /// A reminder was sent.
    Reminded { clock: u32, matter: String, on: Date },
    /// A regulation's force ended.
    Revoked { matter: String, on: Date, regulation: String, version: String },
    /// The matter lies at other desks.
    Routed { matter: String, parties: Vec<Desk> },
    /// A register row has a new version.
    RowChanged {
        actor: Actor,
        key: String,
        on: Date,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        owner: Option<String>,
        place: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        record: Option<Record>,
        register: String,
    },
    /// A message.
    Told { at: DateTime, desks: Vec<Desk>, matter: String, persons: Vec<String>, text: Sealable<String> },
    /// A document lost its force.
    Voided { act: String, document: String, matter: String, on: Date },
}

/// For which duty, unit and period a matter was opened (期次).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Instance {
    /// Duty.
    pub duty: String,
    /// First day.
    pub from: Date,
    /// Name of the period.
    pub name: String,
    /// Time on the last day by which it is to be done, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<Time>,
    /// Last day, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Date>,
    /// Place code or row key.
    pub unit: String,
    /// The next one begins only after its end.
    pub waits: bool,
}

/// A party resolved at a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Desk {
    /// Everyone signed in.
    Anyone,
    /// The clock.
    Clock,
    /// An office's desk.
    Office {
        /// Desk.
        desk: String,
        /// Level.
        level: String,
        /// Place.
        place: String,
    },
    /// A person.
    Person(String),
}

impl Event {
    /// The matter that the event belongs to.
    #[must_use]
    pub fn matter(&self) -> Option<&str> {
        match self {
            Event::Acted { matter, .. }
            | Event::ClockExpired { matter, .. }
            | Event::ClockResumed { matter, .. }
            | Event::ClockStarted { matter, .. }
            | Event::ClockStopped { matter, .. }
            | Event::ClockSuspended { matter, .. }
            | Event::County { matter, .. }
            | Event::Enacted { matter, .. }
            | Event::Ended { matter, .. }
            | Event::Entered { matter, .. }
            | Event::Filed { matter, .. }
            | Event::Issued { matter, .. }
            | Event::NoteStruck { matter, .. }
            | Event::Noted { matter, .. }
            | Event::Opened { matter, .. }
            | Event::Posted { matter, .. }
            | Event::Reminded { matter, .. }
            | Event::Revoked { matter, .. }
            | Event::Routed { matter, .. }
            | Event::Told { matter, .. }
            | Event::Voided { matter, .. } => Some(matter),
            Event::Forgotten { matter, .. } => matter.as_deref(),
            Event::Looked { .. } | Event::Numbered { .. } | Event::RowChanged { .. } => None,
        }
    }
}

impl From<&engine::Instance> for Instance {
    fn from(own: &engine::Instance) -> Self {
        let engine::Instance { duty, unit, from, to, time, name, waits } = own.clone();
        Instance { duty, from, name, time, to, unit, waits }
    }
}

impl From<&Instance> for engine::Instance {
    fn from(own: &Instance) -> Self {
        let Instance { duty, from, name, time, to, unit, waits } = own.clone();
        engine::Instance { duty, unit, from, to, time, name, waits }
    }
}
