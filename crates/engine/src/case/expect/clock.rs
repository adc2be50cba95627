//! Results about clocks: last days, days counted, states, reminders.

use super::{asking, current, listed, sides};
use crate::case::player::{Player, time_of};
use crate::case::value::relative_date;
use crate::event::{Clock, ClockKind, ClockState};
use crate::matter::Matter;
use calendar::{Term, Until, Why, parse_date};
use jiff::civil::Date;
use regulation::expr::Env;
use std::collections::BTreeSet;
use std::sync::Arc;

pub(super) fn latest_clock<'m>(matter: &'m Matter, name: &str) -> Result<&'m Clock, String> {
    let found = matter.clocks.iter().rev().find(|clock| clock.name == name).map(Arc::as_ref);
    found.ok_or_else(|| {
        let names: BTreeSet<&str> = matter.clocks.iter().map(|clock| clock.name.as_str()).collect();
        format!("没有时钟 {name}（有 {}）", names.into_iter().collect::<Vec<_>>().join("、"))
    })
}

pub(super) fn same_date(found: Date, text: &str, today: Date) -> Result<(), String> {
    if relative_date(text, today) == Some(found) { Ok(()) } else { Err(found.to_string()) }
}

pub(super) fn due(player: &mut Player<'_>, text: &str) -> Result<(), String> {
    let (name, end) = sides(text)?;
    same_end(latest_clock(&*current(player)?, name)?.until(), end, player.now.date())
}

/// A last day as `2022-03-04` or `today + 3 days`; a moment with its time behind the day.
fn same_end(found: Until, text: &str, today: Date) -> Result<(), String> {
    let (day, time) = match text.rsplit_once(' ') {
        Some((day, time)) if time.contains(':') => (day, Some(time)),
        _ => (text, None),
    };
    let wanted = relative_date(day, today).map(|on| Until { on, time: time.and_then(time_of) });
    let said = || found.time.map_or(found.on.to_string(), |time| format!("{} {}", found.on, time.strftime("%H:%M:%S")));
    if wanted == Some(found) { Ok(()) } else { Err(said()) }
}

pub(super) fn raw(player: &mut Player<'_>, text: &str) -> Result<(), String> {
    let (name, date) = sides(text)?;
    same_date(latest_clock(&*current(player)?, name)?.raw, date, player.now.date())
}

/// `TERM after DATE = LAST DAY`, by the counting rules of the regulation; also for days before it was in force.
pub(super) fn term(player: &mut Player<'_>, text: &str) -> Result<(), String> {
    let (counting, wanted) = sides(text)?;
    let unread = || "应写成 推算 5 working-days after 2022-01-27 = 2022-02-08".to_owned();
    let (term, event_on) = counting.split_once(" after ").ok_or_else(unread)?;
    let (term, event_on): (Term, Date) = match (term.trim().parse(), parse_date(event_on.trim())) {
        (Ok(term), Ok(event_on)) => (term, event_on),
        _ => return Err(unread()),
    };
    match asking(player, |env| env.due(event_on, term))? {
        Some(due) => same_date(due.on, wanted, player.now.date()),
        None => Err("推算不出".to_owned()),
    }
}

pub(super) fn counted(player: &mut Player<'_>, text: &str) -> Result<(), String> {
    let (name, dates) = sides(text)?;
    let matter = current(player)?;
    let display = matter.last_document(name).and_then(|document| document.display.as_ref());
    let why = match display {
        Some(display) => &display.why,
        None => &latest_clock(&matter, name)?.why,
    };
    let days = why.iter().filter_map(|why| match why {
        Why::Counted { day, .. } => Some(day.date.to_string()),
        _ => None,
    });
    let days: Vec<String> = days.collect();
    if days == listed(dates) { Ok(()) } else { Err(days.join(", ")) }
}

pub(super) fn state_of(clock: &Clock) -> &'static str {
    match clock.state {
        ClockState::Running => "running",
        ClockState::Suspended { .. } => "suspended",
        ClockState::Stopped(_) => "stopped",
        ClockState::Expired { .. } => "expired",
    }
}

pub(super) fn clock_state(player: &mut Player<'_>, text: &str) -> Result<(), String> {
    let (name, state) = sides(text)?;
    let matter = current(player)?;
    let found = state_of(latest_clock(&matter, name)?);
    if found == state { Ok(()) } else { Err(found.to_owned()) }
}

pub(super) fn no_clock(player: &mut Player<'_>, name: &str) -> Result<(), String> {
    match current(player) {
        Ok(matter) if matter.clocks.iter().any(|clock| clock.name == name) => Err(format!("有时钟 {name}")),
        _ => Ok(()),
    }
}

pub(super) fn reminders(player: &mut Player<'_>, text: &str) -> Result<(), String> {
    let matter = current(player)?;
    let sent = |clock: &&Arc<Clock>| {
        matches!(clock.kind, ClockKind::Reminder(_)) && matches!(clock.state, ClockState::Expired { .. })
    };
    let found = matter.clocks.iter().filter(sent).count();
    let wanted = text.trim_start_matches('=').trim();
    if found.to_string() == wanted { Ok(()) } else { Err(found.to_string()) }
}
