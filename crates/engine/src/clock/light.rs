//! Lights (红黄绿灯): how close a deadline is.

use crate::event::{Clock, ClockKind, ClockState};
use calendar::{Holidays, Rules, Term, Unit, Until};
use jiff::ToSpan;
use jiff::civil::{Date, DateTime};

/// How close a deadline is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Light {
    /// In good time, done in time, or standing still.
    Green,
    /// Two working days or fewer before the last day, or the last day itself; of a moment, eight hours or fewer before it.
    Yellow,
    /// Past the last day.
    Red,
}

/// An office's day, in hours: so long before its moment a deadline is near.
const NEAR_HOURS: i64 = 8;

/// The light of a clock at a moment.
#[must_use]
pub fn light(clock: &Clock, now: DateTime, holidays: &Holidays) -> Light {
    match clock.state {
        ClockState::Suspended { .. } => Light::Green,
        ClockState::Stopped(on) => past(clock, on),
        ClockState::Expired { .. } if matches!(clock.kind, ClockKind::Reminder(_)) => Light::Green,
        ClockState::Expired { .. } => Light::Red,
        ClockState::Running => running(clock.until(), now, holidays),
    }
}

fn past(clock: &Clock, on: Date) -> Light {
    if on > clock.due { Light::Red } else { Light::Green }
}

/// The light of a deadline that runs.
#[must_use]
pub fn running(until: Until, now: DateTime, holidays: &Holidays) -> Light {
    if until.is_over(now) {
        return Light::Red;
    }
    if is_near(until, now, holidays) { Light::Yellow } else { Light::Green }
}

fn is_near(until: Until, now: DateTime, holidays: &Holidays) -> bool {
    if until.time.is_some() {
        return until.ends_at().checked_sub(NEAR_HOURS.hours()).is_ok_and(|near| near <= now);
    }
    let two_days = Term::new(2, Unit::WorkingDays);
    let from = calendar::before(until.on, two_days, &Rules::default(), holidays).unwrap_or(until.on);
    now.date() >= from
}
