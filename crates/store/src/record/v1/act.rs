//! The payload of one journal row: the act's head and what it brought about.

use super::document::Proof;
use super::event::Event;
use super::posted::PostedLines;
use super::publication::Publication;
use super::seal::Sealable;
use crate::record::{COLUMNS, FORMAT};
use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a journal row's leaf commits to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payload {
    /// Who did what when.
    pub act: Head,
    /// What it brought about, in order.
    pub events: Vec<Event>,
    /// Version of this format.
    pub format: u32,
}

/// The head of an act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Who.
    pub actor: Actor,
    /// Moment of recording, county local time.
    pub at: DateTime,
    /// Clauses it rests on.
    pub clauses: Vec<String>,
    /// County.
    pub county: String,
    /// What proves the documents that it issued, in the order of their events.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<Proof>,
    /// The idempotency key it came with, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<KeyUse>,
    /// `start`, `matter`, `register`, `clock` or `system`.
    pub kind: String,
    /// The matter it was done to or started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matter: Option<String>,
    /// Name of the act.
    pub name: String,
    /// Legal date.
    pub on: Date,
    /// What matters publish since this act, where it changed; nothing (`null`) = taken back.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub published: BTreeMap<String, Option<Publication>>,
    /// The regulation it was done under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub regulation: Option<String>,
    /// Place in the journal, from 1 without gaps.
    pub seq: u64,
    /// The matter, row or owner it concerned.
    pub subject: String,
    /// New titles of matters, where they changed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub titles: BTreeMap<String, Sealable<String>>,
    /// Version of the regulation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// Who acted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Actor {
    /// The clock.
    Clock,
    /// A person, in a post or for themselves.
    Person {
        /// Person.
        person: String,
        /// Post.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        post: Option<String>,
    },
}

/// An idempotency key and what it was used for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyUse {
    /// The key as sent.
    pub key: String,
    /// SM3 commitment, under the row's salt, to the request.
    pub request: String,
}

impl Payload {
    /// What is written of an act today: in the earliest format that can say it, so that whatever reads that one reads it.
    #[must_use]
    pub fn new(act: Head, events: Vec<Event>) -> Self {
        let columns = |event: &Event| matches!(event, Event::Posted { lines: PostedLines::Columns(_), .. });
        let format = if events.iter().any(columns) { COLUMNS } else { FORMAT };
        Payload { act, events, format }
    }
}

impl Actor {
    /// One text for one actor, whatever post they act in: what an idempotency key is unique for.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Actor::Clock => "",
            Actor::Person { person, .. } => person,
        }
    }
}
