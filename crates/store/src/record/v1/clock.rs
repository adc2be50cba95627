//! Clocks and the reasons for their dates.

use jiff::civil::{Date, DateTime, Time};
use serde::{Deserialize, Serialize};

/// A clock as started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    /// Clauses.
    pub clauses: Vec<String>,
    /// Last day.
    pub due: Date,
    /// Moment of the event, where the deadline rests on one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_at: Option<DateTime>,
    /// Day of the event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_on: Option<Date>,
    /// Time of the last day at which a deadline ends, or a reminder is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hour: Option<Time>,
    /// Id within the matter.
    pub id: u32,
    /// Kind.
    pub kind: ClockKind,
    /// Name.
    pub name: String,
    /// Beyond the known holidays.
    pub provisional: bool,
    /// Last day before rolling.
    pub raw: Date,
    /// State.
    pub state: ClockState,
    /// Step.
    pub step: String,
    /// Term, as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub term: Option<String>,
    /// Why.
    pub why: Vec<Why>,
}

/// Kind of clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClockKind {
    /// The clock does this act.
    Act(String),
    /// An alarm to these besides the step's parties.
    Alarm(Vec<Party>),
    /// Reminder number.
    Reminder(u32),
}

/// State of a clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClockState {
    /// Ran out.
    Expired {
        /// When.
        at: DateTime,
        /// Done at last on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        stopped: Option<Date>,
    },
    /// Running.
    Running,
    /// Stopped on.
    Stopped(Date),
    /// Standing still since a day.
    Suspended(Date),
    /// Standing still since a moment.
    SuspendedAt {
        /// Moment.
        at: DateTime,
        /// Legal day.
        on: Date,
    },
}

/// A party of a regulation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Party {
    /// Consequence of another act.
    Act {
        /// Act.
        act: String,
        /// Procedure.
        procedure: String,
    },
    /// Any signed-in person.
    Anyone,
    /// The clock.
    Clock,
    /// An office's desk.
    Office {
        /// Desk.
        desk: String,
        /// Level.
        level: String,
    },
    /// Whoever holds the post that a field names.
    Post {
        /// The field.
        field: String,
        /// What has it.
        of: String,
    },
    /// The person behind a subject.
    Subject {
        /// About.
        about: String,
        /// Role.
        role: String,
    },
}

/// One reason for a date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// A year without a published arrangement.
    Assumed(i16),
    /// A working day counted.
    Counted {
        /// Day.
        day: Day,
        /// Its number.
        number: u32,
    },
    /// The end.
    Ends(Date),
    /// The end at a moment.
    EndsAt(DateTime),
    /// The day of the event.
    EventDay {
        /// Whether it counts.
        counted: bool,
        /// Day.
        on: Date,
    },
    /// No corresponding day in the last month.
    NoCorrespondingDay {
        /// Last day of the month.
        month_end: Date,
        /// Day of the month that is missing.
        wanted: i8,
    },
    /// A day off on which the term would have ended.
    PassedOver(Day),
    /// A term in hours ran.
    Ran {
        /// From this moment.
        from: DateTime,
        /// Term, as text.
        term: String,
        /// To this moment.
        to: DateTime,
    },
    /// The event fell on a day off.
    ReceivedOnDayOff {
        /// The day it counts for.
        counts_on: Date,
        /// Day.
        day: Day,
    },
    /// Where the end moved.
    RolledTo(Day),
    /// A day off left out.
    Skipped(Day),
    /// A term summarised.
    Span {
        /// First day that counts.
        first: Date,
        /// Last day before rolling.
        last: Date,
        /// Term, as text.
        term: String,
    },
    /// A term in hours stood still.
    StoodStill {
        /// From this moment.
        from: DateTime,
        /// To this moment.
        to: DateTime,
        /// The moment at which it ends therefore.
        until: DateTime,
    },
    /// Standing still.
    Suspended {
        /// First day that did not count.
        from: Date,
        /// Last day that follows.
        last: Date,
        /// What was left, as text.
        remaining: String,
        /// The day it ran again.
        to: Date,
    },
}

/// One day of the arrangement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    /// Rests on a year without arrangement.
    pub assumed: bool,
    /// Day.
    pub date: Date,
    /// Why.
    pub why: DayWhy,
    /// Working.
    pub working: bool,
}

/// Why a day is working or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DayWhy {
    /// Festival.
    Holiday(String),
    /// Worked in exchange.
    MakeUp(String),
    /// Monday to Friday.
    Ordinary,
    /// Saturday or Sunday.
    Weekend,
}
