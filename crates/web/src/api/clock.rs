//! `/clock`: the county's time; and the clocks of matters as JSON.

use super::body::{Body, wrong_member};
use super::{Answered, ok};
use crate::forms::names::Names;
use crate::lang::Lang;
use crate::problem::Problem;
use crate::site::{App, Running};
use crate::training;
use crate::visit::Visitor;
use axum::extract::State;
use calendar::{Holidays, Until, Why};
use engine::Matter;
use engine::clock::{Light, light};
use engine::event::{Clock, ClockKind, ClockState};
use jiff::civil::{Date, DateTime};
use serde_json::{Value, json};
use std::sync::Arc;

/// What time it is in the county, and whether the clock stands.
pub(super) async fn show(State(app): State<Arc<Running>>) -> Answered {
    Ok(ok(json!({ "now": app.now().to_string(), "stands": app.site.clock.stands() })))
}

/// Advances a standing clock; what falls due on the way happens, each at its own moment.
pub(super) async fn set(state: State<Arc<Running>>, visitor: Visitor, body: Body) -> Answered {
    let app: App = state;
    body.only(&["now"])?;
    let now = read_moment(&body.text("now")?)?;
    let ticked = training::advance(&app, visitor.now, now).await?;
    let refused: Vec<Value> = ticked
        .refused
        .iter()
        .map(|(matter, clock, why)| json!({ "matter": matter, "clock": clock, "reason": why }))
        .collect();
    let not_begun: Vec<Value> =
        ticked.not_begun.iter().map(|(duty, unit, why)| json!({ "duty": duty, "unit": unit, "reason": why })).collect();
    Ok(ok(json!({ "now": now.to_string(), "fired": ticked.fired, "refused": refused, "not_begun": not_begun })))
}

/// A moment of county time; a date alone is its first moment.
fn read_moment(text: &str) -> Result<DateTime, Problem> {
    // County time is that of Asia/Shanghai: its own offset may stand behind, no other.
    let text = text.strip_suffix("+08:00").unwrap_or(text);
    let moment = text.parse::<DateTime>().or_else(|_| text.parse::<Date>().map(|date| date.at(0, 0, 0, 0)));
    let plain = !text.ends_with('Z') && !text.get(10..).unwrap_or_default().contains(['+', '-']);
    moment.ok().filter(|_| plain).ok_or_else(|| {
        wrong_member("now", "应是本县时间，如 2022-03-01T09:00:00", "must be county time such as 2022-03-01T09:00:00")
    })
}

/// A clock of a matter, with its date and why.
pub(crate) fn clock(names: Names<'_>, clock: &Clock, now: DateTime, holidays: &Holidays) -> Value {
    let (state, since) = state(&clock.state);
    let (kind, act) = match &clock.kind {
        ClockKind::Alarm(_) => ("alarm", None),
        ClockKind::Act(act) => ("act", Some(act)),
        ClockKind::Reminder(_) => ("reminder", None),
    };
    json!({
        "id": clock.id,
        "clock": clock.name,
        "step": clock.step,
        "kind": kind,
        "act": act,
        "state": state,
        "since": since,
        "from": clock.event_on.map(|on| on.to_string()),
        "from_at": clock.event_at.map(|at| at.to_string()),
        "term": clock.term.map(|term| term.to_string()),
        "due": clock.due.to_string(),
        "due_at": moment_of(clock.until()),
        "fires_at": clock.fires_at().to_string(),
        "provisional": clock.provisional,
        "why": clock.why.iter().map(|why| sentence(names.lang, why)).collect::<Vec<_>>(),
        "light": light_name(light(clock, now, holidays)),
        "clauses": clock.clauses,
    })
}

/// The moment at which a deadline ends; null where it ends with its day.
pub(crate) fn moment_of(until: Until) -> Option<String> {
    until.time.map(|_| until.ends_at().to_string())
}

/// Why a date is what it is, in one sentence.
pub(crate) fn sentence(lang: Lang, why: &Why) -> String {
    match lang {
        Lang::Zh => why.zh(),
        Lang::En => why.en(),
    }
}

fn state(state: &ClockState) -> (&'static str, Option<String>) {
    match state {
        ClockState::Running => ("running", None),
        ClockState::Suspended { on, at } => ("suspended", Some(at.map_or(on.to_string(), |at| at.to_string()))),
        ClockState::Stopped(on) => ("stopped", Some(on.to_string())),
        ClockState::Expired { at, .. } => ("expired", Some(at.to_string())),
    }
}

/// The worst light of the clocks that still count: those running, and alarms not yet answered.
pub(crate) fn worst(matter: &Matter, now: DateTime, holidays: &Holidays) -> Light {
    let counts = |clock: &&Arc<Clock>| {
        matches!(
            clock.state,
            ClockState::Running | ClockState::Suspended { .. } | ClockState::Expired { stopped: None, .. }
        )
    };
    let counting = matter.clocks.iter().filter(counts).filter(|_| matter.is_open());
    counting.map(|clock| light(clock, now, holidays)).max().unwrap_or(Light::Green)
}

/// The name of a light.
pub(crate) fn light_name(light: Light) -> &'static str {
    match light {
        Light::Green => "green",
        Light::Yellow => "yellow",
        Light::Red => "red",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_county_time() {
        let read = |text: &str| read_moment(text).ok().map(|moment| moment.to_string());
        assert_eq!(read("2022-03-01T09:00:00").as_deref(), Some("2022-03-01T09:00:00"));
        assert_eq!(read("2022-03-01T09:00").as_deref(), Some("2022-03-01T09:00:00"));
        assert_eq!(read("2022-03-01T09:00:00+08:00").as_deref(), Some("2022-03-01T09:00:00"));
        assert_eq!(read("2022-03-01").as_deref(), Some("2022-03-01T00:00:00"));
        for wrong in ["2022-03-01T09:00:00Z", "2022-03-01T09:00:00+09:00", "2022-02-30", "tomorrow"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
