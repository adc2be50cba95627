//! The store (存储): journal first. An act is appended with its facts in the same transaction as everything that answers
//! questions about them; all of that can be made anew from the journal.
//!
//! - [`contract`]: what every store promises; [`pages`]: what can be read; [`aside`] and [`outbox`]:
//!   what lies beside the journal; [`sharing`]: what other offices have of shares.
//! - [`Sqlite`]: the store on SQLite, with one writer thread and group commit.
//! - [`identity`]: who comes in.
//! - [`log`]: the journal as a transparency log.
//! - [`publications`], [`search`]: what is public, and how it is found.
//! - [`record`]: the journal's wire format, versioned, apart from the engine's types (`docs/formats/journal.md`).
//! - [`Library`]: what it is told from outside.
//!
//! Chance comes from here and nowhere else. Personal data is sealed before it is written anywhere.
#![warn(missing_docs)]

pub mod aside;
pub mod calendars;
mod chance;
pub mod contract;
mod db;
mod due_key;
pub mod factor;
mod fault;
pub mod identity;
pub mod keeping;
mod library;
pub mod log;
pub mod lru;
pub mod measure;
pub mod outbox;
pub mod pages;
pub mod passkey;
mod personal;
mod postgres;
pub mod publications;
pub mod record;
mod ring;
pub mod search;
pub mod sharing;
mod sql;
mod sqlite;
mod words;

pub use aside::Aside;
pub use calendars::{CalendarReading, Calendars};
pub use contract::{
    Batch, Batched, Forget, INDEXED_BYTES_MAX, KEY_BYTES_MAX, KnownLog, Receipt, Request, Rotated, Store, StoreExt,
    Submitted, Ticked, Verification,
};
pub use db::postgres::Address;
pub use factor::{FactorReading, Factors};
pub use fault::Fault;
pub use identity::{Identity, IdentityReading};
pub use library::{Earlier, Force, Library};
pub use log::{Log, LogReading};
pub use outbox::Outbox;
pub use pages::Snapshot;
pub use passkey::{PasskeyReading, Passkeys};
pub use personal::Privacy;
pub use postgres::copy::{backup_from_server, restore_to_server};
pub use ring::COUNTY_KEY_BYTES;
pub use sharing::Sharing;
pub use sql::{Database, Server, Settings, Sqlite, is_begun};
pub use sqlite::{DATABASE, FILES, backup, county_of_backup, restore};
