//! `/procedures`: what can be done here, with which forms, by which steps.

use super::model::Model;
use super::query::Query;
use super::{Answered, ok};
use crate::forms::names::Names;
use crate::problem::Problem;
use crate::site::{App, Running, work};
use crate::visit::Visitor;
use axum::extract::{Path, State};
use regulation::model::{Field, Procedure, Rulebook};
use serde_json::{Value, json};
use std::sync::Arc;
use store::Snapshot;

/// All procedures.
pub(super) async fn list(state: State<Arc<Running>>, visitor: Visitor) -> Answered {
    let app: App = state;
    let list = work(&app, move |app| app.read(|snapshot| Ok(all(snapshot, &visitor)))).await?;
    Ok(ok(list))
}

fn all(snapshot: &dyn Snapshot, visitor: &Visitor) -> Value {
    let names = Names { world: snapshot.world(), lang: visitor.lang };
    let regulations = names.world.rulebook().regulations.values().filter(|one| visitor.reads(one));
    let lines: Vec<Value> = regulations
        .flat_map(|regulation| {
            let model = Model { names, regulation };
            regulation.procedures.values().map(move |procedure| model.procedure_line(procedure))
        })
        .collect();
    json!({ "items": lines })
}

/// One procedure.
pub(super) async fn show(state: State<Arc<Running>>, visitor: Visitor, Path(id): Path<String>) -> Answered {
    let app: App = state;
    let procedure = work(&app, move |app| {
        app.read(|snapshot| one(snapshot, &visitor, &id, |model, procedure| Ok(model.procedure(procedure))))
    })
    .await?;
    Ok(ok(procedure))
}

/// The JSON Schema of a starting form: of the act named, else of the first that people do.
pub(super) async fn schema(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path(id): Path<String>,
    query: Query,
) -> Answered {
    let app: App = state;
    let schema = work(&app, move |app| {
        app.read(|snapshot| one(snapshot, &visitor, &id, |model, procedure| start_schema(&model, procedure, &query)))
    })
    .await?;
    Ok(ok(schema))
}

fn start_schema(model: &Model<'_>, procedure: &Procedure, query: &Query) -> Result<Value, Problem> {
    let wanted = query.get("act");
    let act = procedure.start.iter().find(|act| wanted.is_none_or(|wanted| act.name == wanted));
    let act =
        act.ok_or_else(|| Problem::not_found("这一程序没有这个起始动作", "The procedure has no such starting act"))?;
    let forms = model.forms_of(act);
    let fields: Vec<&Field> = forms.iter().flat_map(|form| &form.fields).collect();
    let mut schema = model.schema(model.names.lang.label(&act.label), &fields);
    schema["$id"] = json!(format!("{}/procedures/{}/schema?act={}", super::ROOT, procedure.name, act.name));
    Ok(schema)
}

fn one(
    snapshot: &dyn Snapshot,
    visitor: &Visitor,
    id: &str,
    write: impl FnOnce(Model<'_>, &Procedure) -> Result<Value, Problem>,
) -> Result<Value, Problem> {
    let names = Names { world: snapshot.world(), lang: visitor.lang };
    let found = names.world.rulebook().procedure(id).filter(|(regulation, _)| visitor.reads(regulation));
    let Some((regulation, procedure)) = found else {
        return Err(unknown(names.world.rulebook()));
    };
    write(Model { names, regulation }, procedure)
}

/// No procedure of that name; the hint lists those there are.
pub(crate) fn unknown(rulebook: &Rulebook) -> Problem {
    let known: Vec<&str> = rulebook
        .regulations
        .values()
        .filter(|one| one.public)
        .flat_map(|one| one.procedures.keys())
        .map(String::as_str)
        .collect();
    let known = known.join(", ");
    Problem::not_found("没有这个程序", "There is no such procedure")
        .hint(format!("现有：{known}"), format!("There are: {known}"))
}
