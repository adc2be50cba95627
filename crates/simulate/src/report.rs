//! The report for programs (`docs/formats/simulation.md`): every figure of a run, and nothing that differs between two runs of the same seed.

use crate::Outcome;
use crate::assumptions::Assumptions;
use crate::measure::{Place, Refused, Week};
use crate::plan::Plan;
use crate::summary::{OfClock, OfOffice, OfProcedure, OfStep, Spread, Summary};
use regulation::model::Label;
use serde_json::{Map, Value, json};

/// The version of the format.
const FORMAT: u32 = 1;
/// Refusals listed, at most.
pub const REFUSALS: usize = 60;

/// The report of a run, and of the run under a draft beside it.
#[must_use]
pub fn report(plan: &Plan, outcome: &Outcome) -> Value {
    let mut report = json!({
        "format": FORMAT,
        "procedures": plan.procedures,
        "from": plan.from.to_string(),
        "until": plan.until.to_string(),
        "seed": plan.seed,
        "assumptions": assumptions(&plan.assumptions),
        "in_force": summary(&outcome.in_force),
    });
    if let Some(draft) = &outcome.draft {
        report["draft"] = summary(draft);
    }
    report
}

fn assumptions(assumptions: &Assumptions) -> Value {
    let line = |line: crate::assumptions::Line| json!({ "setting": line.setting, "for": line.of, "value": line.value });
    assumptions.lines().into_iter().map(line).collect()
}

fn summary(summary: &Summary) -> Value {
    json!({
        "until": summary.until.to_string(),
        "whole": summary.whole,
        "acts": summary.acts,
        "procedures": summary.procedures.iter().map(procedure).collect::<Vec<_>>(),
        "offices": summary.offices.iter().map(office).collect::<Vec<_>>(),
        "weeks": summary.weeks.iter().map(week).collect::<Vec<_>>(),
        "refusals": summary.refusals.iter().take(REFUSALS).map(refusal).collect::<Vec<_>>(),
        "broken": summary.broken.iter().map(|broken| json!({
            "what": broken.what,
            "procedure": broken.procedure,
            "step": broken.step,
            "matter": broken.matter,
            "count": broken.count,
        })).collect::<Vec<_>>(),
    })
}

fn label(label: &Label) -> Value {
    json!({ "zh": label.zh, "en": label.en })
}

/// Days with one decimal, as numbers: exact in text since they are whole tenths.
fn days(tenths: u32) -> Value {
    let text = format!("{}.{}", tenths / 10, tenths % 10);
    text.parse().map_or(Value::Null, |number: serde_json::Number| Value::Number(number))
}

fn spread(spread: &Spread) -> Value {
    if spread.count == 0 {
        return Value::Null;
    }
    json!({
        "count": spread.count,
        "p50": days(spread.p50),
        "p90": days(spread.p90),
        "p99": days(spread.p99),
        "max": days(spread.most),
    })
}

fn procedure(of: &OfProcedure) -> Value {
    json!({
        "id": of.name,
        "title": label(&of.title),
        "wanted": of.wanted,
        "regulation": of.regulation,
        "version": of.version,
        "came": of.came.came,
        "without_subject": of.came.without_subject,
        "sent_home": of.came.sent_home,
        "turned_away": of.came.turned_away,
        "accepted": of.came.accepted,
        "accepted_at_once": of.came.at_once,
        "opened": of.opened,
        "open": of.open,
        "on_time_permille": of.rate(),
        "days": spread(&of.days),
        "ends": of.ends.iter().map(|end| json!({ "id": end.name, "label": label(&end.label), "count": end.count })).collect::<Vec<_>>(),
        "steps": of.steps.iter().map(step).collect::<Vec<_>>(),
        "deadlines": of.clocks.iter().map(clock).collect::<Vec<_>>(),
        "acts": of.acts.iter().map(|act| json!({
            "id": act.name,
            "label": label(&act.label),
            "by_people": act.by_people,
            "by_clock": act.by_clock,
        })).collect::<Vec<_>>(),
    })
}

fn step(of: &OfStep) -> Value {
    json!({ "id": of.name, "label": label(&of.label), "days": spread(&of.days), "open": of.open })
}

fn clock(of: &OfClock) -> Value {
    json!({
        "id": of.name,
        "step": label(&of.step),
        "terms": of.terms,
        "clauses": of.clauses,
        "in_time": of.in_time,
        "late": of.late,
        "running": of.running,
        "on_time_permille": of.rate(),
        "days": spread(&of.days),
    })
}

fn office(of: &OfOffice) -> Value {
    json!({
        "name": of.name,
        "desk": of.desk,
        "place": of.place,
        "acts": of.office.acts,
        "minutes": of.office.minutes,
        "busiest_week": of.office.peak.1.map(|monday| json!({ "from": monday.to_string(), "minutes": of.office.peak.0 })),
        "most_on_desk": of.office.most,
        "load_permille": of.load,
        "waits": spread(&of.waits),
    })
}

fn week(week: &Week) -> Value {
    let open: Map<String, Value> = week.open.iter().map(|(name, count)| (name.clone(), json!(count))).collect();
    json!({ "from": week.from.to_string(), "open": open, "on_desks": week.waiting })
}

fn refusal(refused: &Refused) -> Value {
    let place = match refused.place {
        Place::Counter => "counter",
        Place::Door => "door",
        Place::Desk => "desk",
    };
    json!({
        "procedure": refused.procedure,
        "act": refused.act,
        "where": place,
        "code": refused.code,
        "clauses": refused.clauses,
        "example": refused.zh,
        "count": refused.count,
    })
}
