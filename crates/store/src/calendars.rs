//! Calendar addresses (日历订阅): with one, a program of its owner reads the deadlines of one of their posts and nothing else. Only the digest
//! of its secret is kept.

use crate::fault::Fault;
use crate::identity::DoorEvent;
use jiff::ToSpan;
use jiff::civil::DateTime;

/// A use is noted again after so many minutes: each note is a write.
const NOTED_AFTER_MINUTES: i64 = 15;

/// A calendar address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// Id.
    pub id: String,
    /// [`trust::token_digest`] of its secret.
    pub digest: String,
    /// Whose.
    pub person: String,
    /// Of which of their posts.
    pub post: String,
    /// Made at.
    pub made: DateTime,
    /// Last used at; none: never.
    pub used: Option<DateTime>,
    /// The network it was used from last, masked.
    pub address: String,
    /// The program that used it last, as it names itself.
    pub agent: String,
}

impl Calendar {
    /// Whether a use at a moment is to be noted.
    #[must_use]
    pub fn to_note(&self, now: DateTime) -> bool {
        self.used.is_none_or(|used| used.saturating_add(NOTED_AFTER_MINUTES.minutes()) <= now)
    }
}

/// Writing them. Each returns once it is on disk. They all end with the sessions of their owner: when the password is changed, the account is
/// closed, or somebody ends every session.
#[expect(clippy::missing_errors_doc, reason = "each fails only if the database or the disk cannot be written")]
pub trait Calendars {
    /// Keeps a new one.
    fn put_calendar(&self, calendar: Calendar, event: DoorEvent) -> Result<(), Fault>;
    /// Notes a use: when, from which network, by which program.
    fn use_calendar(&self, id: &str, now: DateTime, address: &str, agent: &str) -> Result<(), Fault>;
    /// Ends one; `false`: the person has no such.
    fn drop_calendar(&self, person: &str, id: &str, event: DoorEvent) -> Result<bool, Fault>;
}

/// Reading them, at one moment.
#[expect(clippy::missing_errors_doc, reason = "each fails only if the database cannot be read")]
pub trait CalendarReading {
    /// The one with this digest.
    fn calendar(&self, digest: &str) -> Result<Option<Calendar>, Fault>;
    /// Those of a person, the oldest first.
    fn calendars(&self, person: &str) -> Result<Vec<Calendar>, Fault>;
}
