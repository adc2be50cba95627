//! Lights (红黄绿灯): how close a deadline is.

use crate::event::{Clock, ClockKind, ClockState};
use calendar::{Holidays, Rules, Term, Unit};
use jiff::civil::Date;

/// How close a deadline is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Light {
    /// In good time, done in time, or standing still.
    Green,
    /// Two working days or fewer before the last day, or the last day itself.
    Yellow,
    /// Past the last day.
    Red,
}

/// The light of a clock on a day.
#[must_use]
pub fn light(clock: &Clock, today: Date, holidays: &Holidays) -> Light {
    match clock.state {
        ClockState::Suspended(_) => Light::Green,
        ClockState::Stopped(on) => past(clock, on),
        ClockState::Expired { .. } if matches!(clock.kind, ClockKind::Reminder(_)) => Light::Green,
        ClockState::Expired { .. } => Light::Red,
        ClockState::Running if today > clock.due => Light::Red,
        ClockState::Running => near(clock, today, holidays),
    }
}

fn past(clock: &Clock, on: Date) -> Light {
    if on > clock.due { Light::Red } else { Light::Green }
}

fn near(clock: &Clock, today: Date, holidays: &Holidays) -> Light {
    let two_days = Term::new(2, Unit::WorkingDays);
    let from = calendar::before(clock.due, two_days, &Rules::default(), holidays).unwrap_or(clock.due);
    if today >= from { Light::Yellow } else { Light::Green }
}
