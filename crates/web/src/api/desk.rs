//! `/desk`: what lies on somebody's desks, the most pressing first.

use crate::components::light::Light;
use crate::problem::Problem;
use crate::site::{App, Running, work};
use crate::visit::{Visitor, query_value};
use axum::extract::State;
use axum::http::Uri;
use axum::response::Json;
use engine::rights::desks_of;
use serde_json::{Value, json};
use std::sync::Arc;
use store::pages::{Cut, Todo, TodoQuery};

/// Lines on a page.
const LINES: usize = 100;

/// The list: `?procedure=&step=&after=`.
pub async fn show(state: State<Arc<Running>>, visitor: Visitor, uri: Uri) -> Result<Json<Value>, Problem> {
    let app: App = state;
    let (procedure, step, after) =
        (query_value(&uri, "procedure"), query_value(&uri, "step"), query_value(&uri, "after"));
    work(&app, move |app| {
        app.read(|snapshot| {
            let person = visitor.signed_in()?;
            let today = visitor.now.date();
            let desks = desks_of(snapshot.world().county(), &person.id, today);
            let count = snapshot.todo_count(&desks, today)?;
            let query = TodoQuery { desks, procedure, step, ..TodoQuery::default() };
            let page = snapshot.todo(&query, &Cut { limit: LINES, after })?;
            let line = |todo: &Todo| {
                json!({
                    "matter": todo.matter, "number": todo.number, "title": todo.title, "procedure": todo.procedure, "step": todo.step,
                    "place": todo.place, "entered_on": todo.entered_on.to_string(), "due": todo.due.map(|due| due.to_string()),
                    "light": Light::of(todo.due, today, snapshot.world().holidays()).code(),
                })
            };
            let lines: Vec<Value> = page.lines.iter().map(line).collect();
            Ok(Json(json!({ "count": count.all, "late": count.late, "lines": lines, "next": page.next })))
        })
    })
    .await
}
