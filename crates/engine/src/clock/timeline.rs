//! The timeline (办理过程) of a matter: what was done when, and what is due.

use crate::event::{ClockKind, ClockState};
use crate::matter::Matter;
use jiff::civil::{Date, DateTime};
use regulation::model::Name;

/// One line of a timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Legal date.
    pub on: Date,
    /// Moment of recording, where there is one; of a deadline that ends at a moment, that moment.
    pub at: Option<DateTime>,
    /// What.
    pub kind: EntryKind,
}

/// What a line of a timeline is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryKind {
    /// An act was done: index into [`Matter::acts`].
    Act(usize),
    /// A document was issued: index into [`Matter::documents`].
    Issued(usize),
    /// A document lost its force or was taken down.
    Voided(usize),
    /// The last day of a clock that is still running or went off: index into [`Matter::clocks`].
    LastDay(usize),
    /// The matter ended.
    Ended(Name),
}

/// The lines of a matter in order of their dates; on one day acts come before what they brought about.
#[must_use]
pub fn timeline(matter: &Matter) -> Vec<Entry> {
    let acts = matter.acts.iter().enumerate().map(|(index, record)| Entry {
        on: record.on,
        at: Some(record.at),
        kind: EntryKind::Act(index),
    });
    let day = |on: Date, kind: EntryKind| Entry { on, at: None, kind };
    let issued =
        matter.documents.iter().enumerate().map(|(index, document)| day(document.on, EntryKind::Issued(index)));
    let voided = matter.documents.iter().enumerate();
    let voided = voided.filter_map(|(index, document)| document.voided.map(|on| day(on, EntryKind::Voided(index))));
    let deadlines = matter.clocks.iter().enumerate().filter(|(_, clock)| {
        let shown = matches!(clock.state, ClockState::Running | ClockState::Expired { .. });
        shown && !matches!(clock.kind, ClockKind::Reminder(_))
    });
    let deadlines = deadlines.map(|(index, clock)| Entry {
        on: clock.due,
        at: clock.hour.map(|time| clock.due.to_datetime(time)),
        kind: EntryKind::LastDay(index),
    });
    let ended = matter.ended.iter().map(|(end, on)| day(*on, EntryKind::Ended(end.clone())));
    let mut entries: Vec<Entry> = acts.chain(issued).chain(voided).chain(deadlines).chain(ended).collect();
    entries.sort_by_key(|entry| entry.on);
    entries
}
