//! Days and moments at which one asks who holds a post.

use jiff::civil::{Date, DateTime};

/// A day, or a moment of it. Rights are asked for a moment; lists of holders for a day, on which nobody counts who has a post by the hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct When {
    day: Date,
    at: Option<DateTime>,
}

impl When {
    /// The day.
    #[must_use]
    pub fn day(self) -> Date {
        self.day
    }

    /// The moment, if one was asked for.
    #[must_use]
    pub fn at(self) -> Option<DateTime> {
        self.at
    }
}

impl From<Date> for When {
    fn from(day: Date) -> Self {
        When { day, at: None }
    }
}

impl From<DateTime> for When {
    fn from(at: DateTime) -> Self {
        When { day: at.date(), at: Some(at) }
    }
}

/// The moments between which a tenure by the hour gives its post (时段): the first belongs to it, the last does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    /// Since.
    pub from: DateTime,
    /// Until.
    pub until: DateTime,
}

impl Hours {
    /// Whether a moment lies within.
    #[must_use]
    pub fn cover(&self, at: DateTime) -> bool {
        self.from <= at && at < self.until
    }
}
