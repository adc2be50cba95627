//! `/desk`: what lies on the desks where somebody sits (待办).

use super::acting::actors;
use super::clock::moment_of;
use super::matter_view::desk;
use super::query::{Query, page};
use super::{Answered, ok};
use crate::forms::names::Names;
use crate::problem::Problem;
use crate::site::{App, Running, work};
use crate::visit::{Person, Visitor};
use axum::extract::State;
use engine::event::Desk;
use engine::rights::desks_of;
use jiff::civil::DateTime;
use serde_json::{Value, json};
use std::sync::Arc;
use store::Snapshot;
use store::pages::{Cut, Todo, TodoQuery};

/// A page of the to-do list and how much there is: of all one's desks, or of one post.
pub(super) async fn show(state: State<Arc<Running>>, visitor: Visitor, query: Query) -> Answered {
    let app: App = state;
    let person = visitor.signed_in()?.clone();
    let post = query.get("post").map(str::to_owned);
    actors(&person, post.as_deref())?;
    let cut = query.cut()?;
    let wanted = TodoQuery {
        desks: Vec::new(),
        procedure: query.get("procedure").map(str::to_owned),
        step: query.get("step").map(str::to_owned),
        place: query.get("place").map(str::to_owned),
        due_by: query.date("due_by")?,
        text: query.get("text").map(str::to_owned),
    };
    let answer = work(&app, move |app| {
        app.read(|snapshot| {
            let desks = desks(snapshot, &person, post.as_deref(), &visitor);
            list(snapshot, &visitor, &TodoQuery { desks, ..wanted }, &cut)
        })
    })
    .await?;
    Ok(ok(answer))
}

fn desks(snapshot: &dyn Snapshot, person: &Person, post: Option<&str>, visitor: &Visitor) -> Vec<Desk> {
    let Some(post) = post else { return desks_of(snapshot.world().county(), &person.id, visitor.now) };
    match person.holdings().find(|held| held.id == post) {
        Some(held) => {
            vec![Desk::Office { level: held.level.clone(), desk: held.desk.clone(), place: held.place.clone() }]
        }
        None => vec![Desk::Person(person.id.clone())],
    }
}

fn list(snapshot: &dyn Snapshot, visitor: &Visitor, wanted: &TodoQuery, cut: &Cut) -> Result<Value, Problem> {
    let names = Names { world: snapshot.world(), lang: visitor.lang };
    let now = visitor.now;
    let count = snapshot.todo_count(&wanted.desks, now)?;
    let found = snapshot.todo(wanted, cut)?;
    let mut answer = page(visitor, &found, |todo| line(names, todo, now));
    answer["desks"] = wanted.desks.iter().map(|one| desk(names, one)).collect();
    answer["counts"] = json!({ "all": count.all, "late": count.late });
    Ok(answer)
}

fn line(names: Names<'_>, todo: &Todo, now: DateTime) -> Value {
    let procedure = names.world.rulebook().procedure(&todo.procedure).map(|(_, procedure)| procedure);
    json!({
        "matter": todo.matter,
        "number": todo.number,
        "title": todo.title,
        "procedure": todo.procedure,
        "procedure_title": procedure.map(|procedure| names.lang.label(&procedure.title)),
        "step": todo.step,
        "step_label": procedure.map(|procedure| names.step(procedure, &todo.step)),
        "place": todo.place,
        "place_name": names.place_path(&todo.place),
        "desk": desk(names, &todo.desk),
        "entered_on": todo.entered_on.to_string(),
        "due": todo.due.map(|due| due.on.to_string()),
        "due_at": todo.due.and_then(moment_of),
        "late": todo.due.is_some_and(|due| due.is_over(now)),
    })
}
