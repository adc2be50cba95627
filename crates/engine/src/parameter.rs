//! Parameters (参数) as in force on a day, and the rules of statutory time that follow from them.

use crate::world::World;
use calendar::{BeyondData, Cutoff, Roll, Rules};
use jiff::civil::{Date, Time};
use regulation::expr::Value;
use regulation::model::{CUTOFF, Parameter, REMIND_AT, Regulation};

/// The value of a parameter on a day: the county's own where it has one in force, else the regulation's.
///
/// A name that the regulation does not define is looked for in the regulations it uses. Missing if nobody defines it, or if
/// its first value applies only later.
#[must_use]
pub fn parameter(world: &dyn World, regulation: &Regulation, name: &str, on: Date) -> Value {
    if let Some(parameter) = regulation.parameters.get(name) {
        return in_force(world, &regulation.id, parameter, on);
    }
    let used = regulation.uses.iter().filter_map(|id| world.rulebook().regulations.get(id));
    let found = used.filter_map(|used| used.parameters.get(name).map(|parameter| (&used.id, parameter))).next();
    found.map_or(Value::Missing, |(id, parameter)| in_force(world, id, parameter, on))
}

fn in_force(world: &dyn World, regulation: &str, parameter: &Parameter, on: Date) -> Value {
    let overrides = world.overrides(regulation, &parameter.name);
    if let Some((_, value)) = overrides.iter().rev().find(|(from, _)| *from <= on) {
        return value.clone();
    }
    let own = parameter.values.iter().rev().find(|(from, _)| from.is_none_or(|from| from <= on));
    own.map_or(Value::Missing, |(_, value)| value.clone())
}

/// How terms are counted under a regulation on a day: the parameters `deadline.roll-to-working-day`, `deadline.day-type`,
/// `deadline.beyond-data` and `receipt.non-working-day`; the Civil Code where they are not defined.
#[must_use]
pub fn counting_rules(world: &dyn World, regulation: &Regulation, on: Date) -> Rules {
    let value = |name: &str| parameter(world, regulation, name, on);
    let is = |name: &str, code: &str| value(name).as_text() == Some(code);
    Rules {
        roll: if value("deadline.roll-to-working-day") == Value::Bool(false) { Roll::None } else { Roll::default() },
        count_event_day: false,
        days_are_working_days: is("deadline.day-type", "all-working"),
        receipt_next_working_day: is("receipt.non-working-day", "next-working-day"),
        beyond_data: if is("deadline.beyond-data", "refuse") { BeyondData::Refuse } else { BeyondData::default() },
    }
}

/// The hour at which a day ends for what arrives on it ([`CUTOFF`]): 24:00 where no regulation says otherwise.
#[must_use]
pub fn cutoff(world: &dyn World, regulation: &Regulation, on: Date) -> Cutoff {
    let value = parameter(world, regulation, CUTOFF, on);
    value.as_text().and_then(|text| text.parse().ok()).unwrap_or(Cutoff::MIDNIGHT)
}

/// The time of day at which reminders are sent ([`REMIND_AT`]); none where no regulation says so, and then they are sent as their day begins.
#[must_use]
pub fn reminder_time(world: &dyn World, regulation: &Regulation, on: Date) -> Option<Time> {
    let value = parameter(world, regulation, REMIND_AT, on);
    value.as_text().and_then(|text| calendar::parse_time(text).ok())
}

/// How the days of a public notice (公示) are counted: as other terms, and with the day of posting if
/// `public-notice.count-posting-day` says so.
#[must_use]
pub fn display_rules(world: &dyn World, regulation: &Regulation, on: Date) -> Rules {
    let counts = parameter(world, regulation, "public-notice.count-posting-day", on);
    Rules { count_event_day: counts.is_true(), ..counting_rules(world, regulation, on) }
}
