//! `/duties`: what recurs, and how it stands for each unit (职责).

use super::clock::moment_of;
use super::{Answered, ok};
use crate::forms::names::Names;
use crate::pages::duties::{Standing, is_behind, rhythm, standings};
use crate::problem::Problem;
use crate::site::{App, Running, work};
use crate::visit::Visitor;
use axum::extract::State;
use regulation::model::{Duty, Each};
use serde_json::{Value, json};
use std::sync::Arc;
use store::Snapshot;
use store::pages::InstanceLine;

/// Every duty of which the caller may see an instance, with its units, those behind first.
pub(super) async fn list(state: State<Arc<Running>>, visitor: Visitor) -> Answered {
    let app: App = state;
    visitor.signed_in()?;
    let answer = work(&app, move |app| app.read(|snapshot| all(snapshot, &visitor))).await?;
    Ok(ok(answer))
}

fn all(snapshot: &dyn Snapshot, visitor: &Visitor) -> Result<Value, Problem> {
    let names = Names { world: snapshot.world(), lang: visitor.lang };
    let mut items = Vec::new();
    for (regulation, duty) in snapshot.world().rulebook().duties() {
        let standings = standings(snapshot, visitor, duty)?;
        if standings.is_empty() {
            continue;
        }
        items.push(json!({
            "duty": duty.name,
            "title": visitor.lang.label(&duty.title),
            "rhythm": rhythm(snapshot, visitor, regulation, duty),
            "regulation": regulation.id,
            "procedure": duty.opens.procedure,
            "clauses": duty.clauses,
            "units": standings.iter().map(|standing| unit(names, duty, standing)).collect::<Vec<_>>(),
        }));
    }
    Ok(json!({ "items": items }))
}

fn unit(names: Names<'_>, duty: &Duty, standing: &Standing) -> Value {
    let name = match &duty.each {
        Each::Place { .. } => names.place_path(&standing.unit),
        Each::Row { register, .. } => names.row(register, &standing.unit),
    };
    json!({
        "unit": standing.unit,
        "name": name,
        "place": standing.place,
        "light": standing.light.code(),
        "instances": standing.instances.iter().map(instance).collect::<Vec<_>>(),
    })
}

fn instance(line: &InstanceLine) -> Value {
    json!({
        "matter": line.matter,
        "period": line.name,
        "from": line.from.to_string(),
        "to": line.to.map(|to| to.on.to_string()),
        "to_at": line.to.and_then(moment_of),
        "due": line.due.map(|due| due.on.to_string()),
        "due_at": line.due.and_then(moment_of),
        "step": line.step,
        "ended": line.ended.as_ref().map(|(end, _)| end),
        "ended_on": line.ended.as_ref().map(|(_, on)| on.to_string()),
        "late": is_behind(line),
    })
}
