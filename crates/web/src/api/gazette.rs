//! `/gazette`: regulations with their clauses, and which of them run here.

use super::model::Model;
use super::{Answered, ok};
use crate::forms::json;
use crate::forms::names::Names;
use crate::forms::show::show as shown;
use crate::problem::Problem;
use crate::site::{App, Running, work};
use crate::visit::Visitor;
use axum::extract::{Path, State};
use engine::parameter::parameter;
use regulation::model::{Clause, ClauseStatus, Parameter, Regulation};
use serde_json::{Value, json};
use std::sync::Arc;
use store::Snapshot;

/// All regulations in force.
pub(super) async fn list(state: State<Arc<Running>>, visitor: Visitor) -> Answered {
    let app: App = state;
    let answer = work(&app, move |app| {
        app.read(|snapshot| {
            let names = Names { world: snapshot.world(), lang: visitor.lang };
            let regulations = names.world.rulebook().regulations.values().filter(|one| visitor.reads(one));
            let items: Vec<Value> = regulations.map(|regulation| head(names, regulation)).collect();
            Ok(json!({ "items": items }))
        })
    })
    .await?;
    Ok(ok(answer))
}

/// One regulation whole.
pub(super) async fn show(state: State<Arc<Running>>, visitor: Visitor, Path(id): Path<String>) -> Answered {
    let app: App = state;
    let answer = work(&app, move |app| app.read(|snapshot| whole(snapshot, &visitor, &id))).await?;
    Ok(ok(answer))
}

fn whole(snapshot: &dyn Snapshot, visitor: &Visitor, id: &str) -> Result<Value, Problem> {
    let names = Names { world: snapshot.world(), lang: visitor.lang };
    let known = &names.world.rulebook().regulations;
    let Some(regulation) = known.get(id).filter(|found| visitor.reads(found)) else {
        let ids: Vec<&str> = known.values().filter(|one| visitor.reads(one)).map(|one| one.id.as_str()).collect();
        let ids = ids.join(", ");
        return Err(Problem::not_found("没有这份规定", "There is no such regulation")
            .hint(format!("现有：{ids}"), format!("There are: {ids}")));
    };
    let model = Model { names, regulation };
    let mut answer = head(names, regulation);
    answer["clauses"] = regulation.clauses.iter().map(clause).collect();
    answer["parameters"] =
        regulation.parameters.values().map(|one| parameter_line(names, regulation, one, visitor)).collect();
    answer["procedures"] = regulation.procedures.values().map(|procedure| model.procedure_line(procedure)).collect();
    answer["registers"] = regulation
        .registers
        .values()
        .map(|register| json!({ "register": register.name, "title": names.lang.label(&register.title) }))
        .collect();
    Ok(answer)
}

fn head(names: Names<'_>, regulation: &Regulation) -> Value {
    json!({
        "id": regulation.id,
        "title": names.lang.label(&regulation.title),
        "number": regulation.number,
        "issuer": regulation.issuer,
        "issued": regulation.issued.to_string(),
        "effective": regulation.effective.to_string(),
        "until": regulation.until.map(|until| until.to_string()),
        "trial": regulation.trial,
        "basis": regulation.basis,
        "version": regulation.version,
        "url": format!("{}/gazette/{}", super::ROOT, regulation.id),
    })
}

fn clause(clause: &Clause) -> Value {
    json!({
        "id": clause.id,
        "headings": clause.headings,
        "text": clause.text,
        "status": status_name(clause.status),
        "blocks": clause.blocks,
    })
}

fn status_name(status: ClauseStatus) -> &'static str {
    match status {
        ClauseStatus::Implemented => "implemented",
        ClauseStatus::Narrative => "narrative",
        ClauseStatus::Uncovered => "uncovered",
        ClauseStatus::NotApplied => "not-applied",
    }
}

fn parameter_line(names: Names<'_>, regulation: &Regulation, defined: &Parameter, visitor: &Visitor) -> Value {
    let value = parameter(names.world, regulation, &defined.name, visitor.now.date());
    json!({
        "name": defined.name,
        "label": names.lang.label(&defined.label),
        "value": json::value(&value),
        "text": shown(names, &defined.ty, &value),
        "clauses": defined.clauses,
    })
}
