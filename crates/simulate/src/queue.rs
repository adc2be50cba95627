//! What is to happen when (日程): virtual time goes from one moment to the next at which something does.

use crate::arrive::Arrival;
use engine::act::MatterId;
use engine::event::Desk;
use jiff::civil::DateTime;
use std::collections::BTreeMap;

/// Something that is to happen.
#[derive(Debug, Clone)]
pub(crate) enum Happening {
    /// A clock of a matter runs out.
    Clock(MatterId, u32),
    /// A day begins.
    Day,
    /// Somebody comes, or comes again.
    Arrive(Box<Arrival>),
    /// A desk takes something up.
    Ready(MatterId, Desk, u64),
    /// A desk has done its work on something.
    Work(MatterId, Desk, u64),
}

impl Happening {
    /// At the same moment clocks go first, then the day, then people.
    fn rank(&self) -> u8 {
        match self {
            Happening::Clock(..) => 0,
            Happening::Day => 1,
            _ => 2,
        }
    }
}

/// Everything that is to happen, in order.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    at: BTreeMap<(DateTime, u8, u64), Happening>,
    count: u64,
}

impl Queue {
    pub(crate) fn push(&mut self, at: DateTime, happening: Happening) {
        self.count += 1;
        self.at.insert((at, happening.rank(), self.count), happening);
    }

    pub(crate) fn pop(&mut self) -> Option<(DateTime, Happening)> {
        self.at.pop_first().map(|((at, ..), happening)| (at, happening))
    }
}
