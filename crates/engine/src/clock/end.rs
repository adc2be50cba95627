//! Where a deadline ends and when a reminder is sent: by days as statutory time counts them, by hours from moment to moment.

use crate::env::MatterEnv;
use crate::eval;
use crate::parameter::{counting_rules, reminder_time};
use calendar::{Roll, Rules, Term, TimeError, Until, Why};
use jiff::civil::{Date, DateTime, Time};
use regulation::expr::{Env, Value};
use regulation::model::{Deadline, DeadlineEnd, RemindAt, Reminder};

/// What a deadline rests on: a day, or a moment of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Base {
    pub(super) on: Date,
    pub(super) at: Option<DateTime>,
}

impl Base {
    fn of(value: &Value) -> Option<Base> {
        value.as_date().map(|on| Base { on, at: value.as_moment() })
    }
}

/// Where a deadline ends, and on what it rests.
pub(super) struct End {
    pub(super) base: Base,
    pub(super) term: Option<Term>,
    pub(super) raw: Date,
    pub(super) until: Until,
    pub(super) provisional: bool,
    pub(super) why: Vec<Why>,
}

/// A date as the end of its day, a moment as itself.
pub(crate) fn until_of(value: &Value) -> Option<Until> {
    let on = value.as_date()?;
    Some(value.as_moment().map_or(Until::day(on), Until::moment))
}

/// The reason for an end that stands as it is.
pub(super) fn ends(until: Until) -> Why {
    match until.time {
        None => Why::Ends { on: until.on },
        Some(_) => Why::EndsAt { at: until.ends_at() },
    }
}

/// The end of a deadline; unknown while what it rests on is.
pub(super) fn end_of(env: &MatterEnv<'_, '_>, deadline: &Deadline) -> Result<Option<End>, TimeError> {
    match &deadline.end {
        DeadlineEnd::On(date) => {
            let value = eval::value(date, env);
            let found = until_of(&value).zip(Base::of(&value));
            Ok(found.map(|(until, base)| End {
                base,
                term: None,
                raw: until.on,
                until,
                provisional: false,
                why: vec![ends(until)],
            }))
        }
        DeadlineEnd::After { term, event } => {
            let event = eval::value(event, env);
            match (eval::value(term, env), Base::of(&event)) {
                (Value::Term(term), Some(base)) if term.unit.is_of_clock() => hours_after(base, term),
                (Value::Term(term), Some(base)) => days_after(env, base.on, term).map(Some),
                _ => Ok(None),
            }
        }
    }
}

fn days_after(env: &MatterEnv<'_, '_>, event_on: Date, term: Term) -> Result<End, TimeError> {
    let due = calendar::due(event_on, term, &rules(env), env.world().holidays())?;
    Ok(End {
        base: Base { on: event_on, at: None },
        term: Some(term),
        raw: due.raw,
        until: Until::day(due.on),
        provisional: due.provisional,
        why: due.why,
    })
}

/// Hours run from the moment to the second, through nights and days off; from a mere day they cannot run.
fn hours_after(base: Base, term: Term) -> Result<Option<End>, TimeError> {
    let Some(from) = base.at else {
        return Ok(None);
    };
    let to = calendar::due_at(from, term)?;
    let why = vec![Why::Ran { from, to, term }, Why::EndsAt { at: to }];
    Ok(Some(End { base, term: Some(term), raw: to.date(), until: Until::moment(to), provisional: false, why }))
}

/// How the regulation counts days.
pub(super) fn rules(env: &MatterEnv<'_, '_>) -> Rules {
    counting_rules(env.world(), &env.frame.regulation, env.today())
}

/// The same without moving an end past days off.
pub(super) fn still(env: &MatterEnv<'_, '_>) -> Rules {
    Rules { roll: Roll::None, ..rules(env) }
}

/// The terms of a reminder: one, or as many as a parameter lists. None while the parameter is empty.
pub(super) fn terms(env: &MatterEnv<'_, '_>, reminder: &Reminder) -> Vec<Term> {
    let as_term = |value: Value| match value {
        Value::Term(term) => Some(term),
        _ => None,
    };
    let Some(terms) = reminder.at.terms() else {
        return Vec::new();
    };
    match eval::value(terms, env) {
        Value::List(values) => values.into_iter().filter_map(as_term).collect(),
        value => as_term(value).into_iter().collect(),
    }
}

/// When a reminder is sent: a day and the time of it, 00:00 without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sending {
    pub(super) on: Date,
    pub(super) time: Option<Time>,
}

impl Sending {
    fn at(moment: DateTime) -> Sending {
        Sending { on: moment.date(), time: Some(moment.time()) }
    }

    /// At the regulation's usual time of a day.
    pub(super) fn usual(env: &MatterEnv<'_, '_>, on: Date) -> Sending {
        Sending { on, time: reminder_time(env.world(), &env.frame.regulation, env.today()) }
    }

    /// Midnight where no time is said.
    pub(super) fn moment(self) -> DateTime {
        self.on.to_datetime(self.time.unwrap_or_default())
    }
}

/// When a reminder is sent; it never rolls. Unknown while the deadline it precedes is.
pub(super) fn sending(
    env: &MatterEnv<'_, '_>,
    reminder: &Reminder,
    term: Option<Term>,
    first: Option<Until>,
) -> Result<Option<Sending>, TimeError> {
    let Some(term) = term else {
        return Ok(first.map(|until| on_last_day(env, until)));
    };
    let (before, hours) = (matches!(reminder.at, RemindAt::Before(_)), term.unit.is_of_clock());
    let Some(until) = first.filter(|_| before) else {
        return if before { Ok(None) } else { after_entering(env, term).map(Some) };
    };
    Ok(Some(if hours {
        Sending::at(calendar::before_at(until.ends_at(), term)?)
    } else {
        Sending::usual(env, calendar::before(until.on, term, &still(env), env.world().holidays())?)
    }))
}

/// On the last day at the usual time; at its beginning where the deadline ends before that time.
fn on_last_day(env: &MatterEnv<'_, '_>, until: Until) -> Sending {
    let usual = Sending::usual(env, until.on);
    if usual.moment() < until.ends_at() { usual } else { Sending { time: None, ..usual } }
}

fn after_entering(env: &MatterEnv<'_, '_>, term: Term) -> Result<Sending, TimeError> {
    if term.unit.is_of_clock() {
        return calendar::due_at(env.now(), term).map(Sending::at);
    }
    let day = calendar::due_on(env.matter().entered_on, term, &still(env), env.world().holidays())?;
    Ok(Sending::usual(env, day))
}

/// When those above are called after a deadline has passed.
pub(super) fn call_after(env: &MatterEnv<'_, '_>, passed: Until, term: Term) -> Result<Sending, TimeError> {
    if term.unit.is_of_clock() {
        return calendar::due_at(passed.ends_at(), term).map(Sending::at);
    }
    let day = calendar::due_on(passed.on, term, &still(env), env.world().holidays())?;
    Ok(Sending::usual(env, day))
}
