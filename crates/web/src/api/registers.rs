//! `/registers/{name}`: rows of a register that this visitor may read, personal data masked.

use crate::pages::registers::{Line, closed, lines, register, scope, shown_value};
use crate::problem::Problem;
use crate::site::{App, Running, work};
use crate::visit::{Visitor, query_value};
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Json;
use engine::rights::Access;
use regulation::model::Register;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use store::pages::{Cut, RowQuery};

/// Rows on a page.
const LINES: usize = 100;

/// The rows: `?q=&after=`.
pub async fn show(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path(name): Path<String>,
    uri: Uri,
) -> Result<Json<Value>, Problem> {
    let app: App = state;
    let (text, after) = (query_value(&uri, "q").filter(|text| !text.is_empty()), query_value(&uri, "after"));
    work(&app, move |app| {
        app.read(|snapshot| {
            let register = register(snapshot, &name)?;
            let (place, access) = scope(snapshot, &visitor, register).ok_or_else(|| closed(&visitor))?;
            let query = RowQuery { register: name.clone(), place, text, ..RowQuery::default() };
            let page = lines(snapshot, &visitor, register, &query, &Cut { limit: LINES, after })?;
            let rows: Vec<Value> = page.lines.iter().map(|line| row(register, access, line)).collect();
            Ok(Json(json!({ "register": name, "title": register.title.zh, "rows": rows, "next": page.next })))
        })
    })
    .await
}

fn row(register: &Register, access: Access, line: &Line) -> Value {
    let columns: Map<String, Value> = register
        .fields
        .iter()
        .filter_map(|field| {
            line.record.get(&field.name).map(|value| (field.name.clone(), shown_value(field, access, value)))
        })
        .collect();
    json!({ "key": line.key, "columns": columns })
}
