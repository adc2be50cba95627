//! `/places`: the county's places on a day, and what became of them (行政区划).

use super::query::Query;
use super::{Answered, ok};
use crate::pages::divisions::day_asked;
use crate::site::{Running, look};
use crate::visit::Visitor;
use axum::extract::State;
use engine::County;
use engine::county::{Place, Turn, TurnKind};
use jiff::civil::Date;
use serde_json::{Value, json};
use std::sync::Arc;

/// Everybody may know.
pub(super) async fn list(state: State<Arc<Running>>, visitor: Visitor, query: Query) -> Answered {
    let on = day_asked(query.get("on"), visitor.now.date())?;
    look(&state, move |snapshot| Ok(ok(all(snapshot.world().county(), on)))).await
}

fn all(county: &County, on: Date) -> Value {
    let then = county.on(on);
    json!({
        "on": on.to_string(),
        "items": then.present().map(|one| place(&then, one)).collect::<Vec<_>>(),
        "history": county.turns().iter().map(turn).collect::<Vec<_>>(),
    })
}

fn place(county: &County, place: &Place) -> Value {
    json!({
        "code": place.code,
        "name": place.name,
        "short": place.short,
        "level": place.level,
        "parent": county.parent(place).map(|parent| &parent.code),
        "from": place.from.map(|from| from.to_string()),
    })
}

fn turn(turn: &Turn) -> Value {
    let (kind, from, to) = match &turn.kind {
        TurnKind::Founded => ("founded", None, None),
        TurnKind::Merged { into } => ("merged", None, Some(into)),
        TurnKind::Renamed { from, to } => ("renamed", Some(from), Some(to)),
        TurnKind::Moved { from, to } => ("moved", Some(from), Some(to)),
    };
    json!({ "on": turn.on.to_string(), "place": turn.place, "kind": kind, "from": from, "to": to })
}
