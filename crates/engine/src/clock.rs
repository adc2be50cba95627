//! Clocks (时钟): the deadlines and reminders of the step where a matter is.
//!
//! A clock starts when the date it counts from is known, at the latest after the act that makes it known. It is never recomputed when a
//! parameter or holiday arrangement changes; it starts anew when the date it counts from changes (a notice is posted again, a validity is
//! extended). It ends with its last day, or, where its term is in hours or its end a moment, at that moment. It stops when its step is left, and
//! stands still while the matter is at a step that suspends its own.

mod end;
mod light;
mod plan;
mod timeline;

pub use light::{Light, light, running};
pub use timeline::{Entry, EntryKind, timeline};

pub(crate) use end::until_of;
pub(crate) use plan::{
    Leaving, calling, calling_again, changes, is_late, leaving, restarting, resuming, stay, stopping,
};

use crate::event::{Clock, ClockKind, ClockState};
use crate::matter::Matter;
use calendar::Until;
use jiff::civil::DateTime;

impl Clock {
    /// When it ends: with its last day, or at a moment of it.
    #[must_use]
    pub fn until(&self) -> Until {
        Until { on: self.due, time: self.hour }
    }

    /// The moment at which it fires: a reminder at its time of its day, a deadline at 00:00 after its last day (Civil Code art. 203), or the
    /// second after its last moment.
    #[must_use]
    pub fn fires_at(&self) -> DateTime {
        match self.kind {
            ClockKind::Reminder(_) => self.due.to_datetime(self.hour.unwrap_or_default()),
            ClockKind::Alarm(_) | ClockKind::Act(_) => self.until().over_at(),
        }
    }

    /// Running and past the moment at which it fires.
    #[must_use]
    pub fn is_due(&self, now: DateTime) -> bool {
        self.state == ClockState::Running && self.fires_at() <= now
    }
}

/// The clocks of a matter that are to fire, with the moments at which they should have, earliest first.
///
/// A clock whose act is refused stays running and is due again: what its act waits for may have come about. Whoever fires clocks tries
/// such a clock again each day and after each act that touches the matter or one that it is about.
#[must_use]
pub fn due_clocks(matter: &Matter, now: DateTime) -> Vec<(DateTime, u32)> {
    let due = matter.clocks.iter().filter(|clock| clock.is_due(now));
    let mut moments: Vec<(DateTime, u32)> = due.map(|clock| (clock.fires_at(), clock.id)).collect();
    moments.sort_unstable();
    moments
}
