//! What programs see of a matter, a document and a verdict.

use super::problem::reason;
use crate::components::light::Light;
use crate::forms::{json, mask};
use crate::pages::matter::{View, offers};
use crate::problem::Problem;
use engine::event::{Clock, ClockKind, ClockState, Desk};
use engine::matter::ActRecord;
use engine::rights::{Access, may_see_document};
use engine::verdict::{RuleVerdict, verdicts};
use engine::{Actor, env::Scope};
use regulation::expr::{Record, Type, Value as Answer};
use regulation::model::{Field, Form};
use serde_json::{Map, Value, json};
use store::pages::DocumentLine;

/// A matter, as far as this visitor may see it.
pub fn matter(view: &View<'_>) -> Result<Value, Problem> {
    let matter = &view.matter;
    let names = view.names();
    let ended = matter
        .ended
        .as_ref()
        .map(|(end, on)| json!({ "end": end, "label": names.step(&view.procedure, end), "on": on.to_string() }));
    let mut out = Map::from_iter([
        ("id".to_owned(), json!(matter.id)),
        ("number".to_owned(), json!(matter.number)),
        ("title".to_owned(), json!(view.title()?)),
        ("procedure".to_owned(), json!(matter.procedure)),
        ("regulation".to_owned(), json!(matter.regulation)),
        ("version".to_owned(), json!(matter.version)),
        ("place".to_owned(), json!(matter.place)),
        ("opened_at".to_owned(), json!(matter.opened_at.to_string())),
        ("seq".to_owned(), json!(matter.seq)),
        ("state".to_owned(), json!(matter.step.as_ref().or(matter.ended.as_ref().map(|(end, _)| end)))),
        ("step".to_owned(), json!(matter.step)),
        ("step_label".to_owned(), json!(matter.step.as_ref().map(|step| names.step(&view.procedure, step)))),
        ("entered_on".to_owned(), json!(matter.entered_on.to_string())),
        ("ended".to_owned(), json!(ended)),
        ("desks".to_owned(), matter.desks.iter().map(desk).collect()),
        ("acts".to_owned(), acts(view)),
        ("documents".to_owned(), documents(view)?),
    ]);
    if view.access >= Access::Masked {
        out.insert("about".into(), json::record(&matter.about));
        out.insert("clocks".into(), matter.clocks.iter().map(|one| clock(view, one)).collect());
        out.insert("verdicts".into(), judged(view));
        out.insert("history".into(), matter.acts.iter().map(|record| history(view, record)).collect());
        out.insert("form".into(), started(view));
        out.insert("forms".into(), filed(view));
    }
    Ok(Value::Object(out))
}

fn desk(desk: &Desk) -> Value {
    match desk {
        Desk::Office { level, desk, place } => json!({ "level": level, "desk": desk, "place": place }),
        Desk::Person(person) => json!({ "person": person }),
        Desk::Anyone => json!({ "anyone": true }),
        Desk::Clock => json!({ "clock": true }),
    }
}

fn acts(view: &View<'_>) -> Value {
    let offers = offers(view.snapshot, view.visitor, &view.matter);
    offers
        .iter()
        .map(|offer| {
            let post = match &offer.actor {
                Some(Actor::Person { post, .. }) => post.clone(),
                _ => None,
            };
            json!({
                "act": offer.act.act,
                "label": offer.act.label.zh,
                "forms": offer.act.forms,
                "allowed": offer.actor.is_some(),
                "post": post,
                "reasons": offer.reasons.iter().map(reason).collect::<Vec<_>>(),
            })
        })
        .collect()
}

fn clock(view: &View<'_>, clock: &Clock) -> Value {
    let (kind, act) = match &clock.kind {
        ClockKind::Alarm(_) => ("alarm", None),
        ClockKind::Act(act) => ("act", Some(act)),
        ClockKind::Reminder(_) => ("reminder", None),
    };
    let (state, on) = match &clock.state {
        ClockState::Running => ("running", None),
        ClockState::Suspended(on) => ("suspended", Some(on.to_string())),
        ClockState::Stopped(on) => ("stopped", Some(on.to_string())),
        ClockState::Expired { at, .. } => ("expired", Some(at.to_string())),
    };
    json!({
        "id": clock.id,
        "name": clock.name,
        "step": clock.step,
        "kind": kind,
        "act": act,
        "event_on": clock.event_on.map(|on| on.to_string()),
        "term": clock.term.map(|term| term.to_string()),
        "raw": clock.raw.to_string(),
        "due": clock.due.to_string(),
        "provisional": clock.provisional,
        "state": state,
        "since": on,
        "light": Light::of_clock(clock, view.visitor.now.date(), view.snapshot.world().holidays()).code(),
        "clauses": clock.clauses,
        "why": clock.why.iter().map(calendar::Why::zh).collect::<Vec<_>>(),
        "why_en": clock.why.iter().map(calendar::Why::en).collect::<Vec<_>>(),
    })
}

fn judged(view: &View<'_>) -> Value {
    let scope = Scope::new(view.snapshot.world(), view.visitor.now);
    let Some(env) = scope.matter(&view.matter.id) else { return Value::Array(Vec::new()) };
    let rules = crate::pages::services::checked_rules(&view.procedure);
    verdicts(&env, rules.iter().map(|rule| rule.name.as_str())).iter().map(verdict).collect()
}

/// What a rule says, row by row.
pub fn verdict(verdict: &RuleVerdict) -> Value {
    let rows = verdict.rows.iter().map(|row| {
        let values: Map<String, Value> = row.values.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        json!({ "code": row.code, "holds": row.holds, "candidate": row.candidate, "because": row.because, "clauses": row.clauses, "values": values })
    });
    json!({ "rule": verdict.rule, "title": verdict.title, "holds": verdict.holds, "clauses": verdict.clauses, "rows": rows.collect::<Vec<_>>() })
}

fn history(view: &View<'_>, record: &ActRecord) -> Value {
    let label = view.procedure.all_acts().find(|(_, act)| act.name == record.act).map(|(_, act)| act.label.zh.clone());
    let person = match &record.actor {
        Actor::Person { person, .. } => Some(person),
        Actor::Clock => None,
    };
    json!({
        "act": record.act,
        "label": label,
        "party": record.party,
        "person": person,
        "on": record.on.to_string(),
        "at": record.at.to_string(),
        "step": record.step,
        "clauses": record.clauses,
        "warnings": record.warnings.iter().map(reason).collect::<Vec<_>>(),
    })
}

fn started(view: &View<'_>) -> Value {
    let forms: Vec<_> =
        view.procedure.start.iter().flat_map(|act| &act.forms).filter_map(|name| view.form(name)).collect();
    let fields: Vec<&Field> = forms.iter().flat_map(|form| &form.fields).collect();
    record(view, &fields, &view.matter.root)
}

fn filed(view: &View<'_>) -> Value {
    let forms = view.matter.forms.iter().map(|(name, filings)| {
        let fields: Vec<&Field> = view.form(name).map(|form| form.fields.iter().collect()).unwrap_or_default();
        let filings = filings.iter().map(|filing| json!({ "act": filing.act, "party": filing.party, "record": record(view, &fields, &filing.record) }));
        (name.clone(), Value::Array(filings.collect()))
    });
    Value::Object(forms.collect())
}

/// A record with its personal data masked unless it was asked for in full.
fn record(view: &View<'_>, fields: &[&Field], record: &Record) -> Value {
    let shown = record.iter().map(|(name, answer)| {
        let field = fields.iter().find(|field| field.name == *name);
        (name.clone(), field.map_or_else(|| json::value(answer), |field| value(view, field, answer)))
    });
    Value::Object(shown.collect())
}

fn value(view: &View<'_>, field: &Field, answer: &Answer) -> Value {
    if let (Type::Records(form), Answer::Records(rows)) = (&field.ty, answer)
        && let Some(form) = view.form(form)
    {
        let form: &Form = form;
        let fields: Vec<&Field> = form.fields.iter().collect();
        return rows.iter().map(|row| record(view, &fields, row)).collect();
    }
    let shown = json::value(answer);
    match (mask::is_covered(field, view.access, view.unmasked()), shown.as_str()) {
        (false, _) => shown,
        (true, Some(text)) => json!(mask::cover(text)),
        (true, None) => Value::Null,
    }
}

fn documents(view: &View<'_>) -> Result<Value, Problem> {
    let world = view.snapshot.world();
    let viewer = crate::pages::documents::viewer(view.visitor);
    let lines = view.snapshot.documents(&view.matter.id)?;
    let seen = lines.iter().filter(|line| {
        let model = view.procedure.documents.get(&line.document.name);
        model
            .is_some_and(|model| may_see_document(world, &viewer, &view.matter, model, view.visitor.now) > Access::None)
    });
    Ok(seen
        .map(|line| {
            document(line, view.procedure.documents.get(&line.document.name).map(|model| model.title.zh.as_str()))
        })
        .collect())
}

/// An issued document.
pub fn document(line: &DocumentLine, title: Option<&str>) -> Value {
    let document = &line.document;
    let display = document.display.as_ref().map(|display| {
        json!({
            "from": display.from.to_string(),
            "last_day": display.last_day.to_string(),
            "why": display.why.iter().map(calendar::Why::zh).collect::<Vec<_>>(),
        })
    });
    json!({
        "id": document.id,
        "matter": line.matter,
        "name": document.name,
        "title": title,
        "number": document.number,
        "act": document.act,
        "on": document.on.to_string(),
        "display": display,
        "paragraphs": document.paragraphs,
        "reasons": document.reasons.iter().map(reason).collect::<Vec<_>>(),
        "voided": document.voided.map(|on| on.to_string()),
        "pdf": format!("/documents/{}.pdf", document.id),
    })
}
