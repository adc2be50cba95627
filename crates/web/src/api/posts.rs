//! `/posts`: which posts there are, who holds them on a day, and by which acts (岗位、任职).

use super::query::Query;
use super::{Answered, ok};
use crate::forms::names::Names;
use crate::posts::{Standing, Term, Wanted, found, let_through, lying, terms};
use crate::problem::Problem;
use crate::site::{App, Running, work};
use crate::visit::Visitor;
use axum::extract::{Path, State};
use engine::county::{Appointment, Post};
use jiff::civil::Date;
use serde_json::{Value, json};
use std::sync::Arc;
use store::Snapshot;
use store::pages::CountyLine;

/// The posts wanted, vacant ones first.
pub(super) async fn list(state: State<Arc<Running>>, visitor: Visitor, query: Query) -> Answered {
    let app: App = state;
    visitor.signed_in()?;
    let get = |name: &str| query.get(name).map(str::to_owned);
    let wanted = Wanted {
        place: get("place"),
        office: get("office"),
        vacant: query.get("vacant") == Some("yes"),
        text: get("text"),
        on: query.date("on")?.unwrap_or(visitor.now.date()),
    };
    let answer = work(&app, move |app| app.read(|snapshot| all(snapshot, &visitor, &wanted))).await?;
    Ok(ok(answer))
}

/// One post with its history.
pub(super) async fn one(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path(id): Path<String>,
    query: Query,
) -> Answered {
    let app: App = state;
    visitor.signed_in()?;
    let on = query.date("on")?.unwrap_or(visitor.now.date());
    let answer = work(&app, move |app| app.read(|snapshot| of_post(snapshot, &visitor, &id, on))).await?;
    Ok(ok(answer))
}

fn all(snapshot: &dyn Snapshot, visitor: &Visitor, wanted: &Wanted) -> Result<Value, Problem> {
    let_through(snapshot, visitor)?;
    let standings = found(snapshot, wanted);
    let items = standings.iter().map(|standing| post(snapshot, visitor, standing)).collect::<Result<Vec<_>, _>>()?;
    Ok(json!({ "items": items, "on": wanted.on.to_string() }))
}

fn of_post(snapshot: &dyn Snapshot, visitor: &Visitor, id: &str, on: Date) -> Result<Value, Problem> {
    let_through(snapshot, visitor)?;
    let county = snapshot.world().county();
    let not_found = || Problem::not_found("没有这个岗位", "There is no such post");
    let found = county.posts.get(id).ok_or_else(not_found)?;
    let mut answer = post(snapshot, visitor, &Standing { post: found, holders: county.holders(id, on) })?;
    let terms = terms(snapshot, id)?;
    answer["on"] = json!(on.to_string());
    answer["tenures"] = terms.iter().map(|own| term(snapshot, visitor, own)).collect();
    Ok(answer)
}

fn post(snapshot: &dyn Snapshot, visitor: &Visitor, standing: &Standing<'_>) -> Result<Value, Problem> {
    let names = Names { world: snapshot.world(), lang: visitor.lang };
    let Standing { post, holders } = standing;
    let Post { id, title, level, desk, place, many, until } = post;
    Ok(json!({
        "id": id,
        "title": title,
        "office": format!("{level}/{desk}"),
        "office_name": names.office(level, desk),
        "place": place,
        "place_name": names.place_path(place),
        "many": many,
        "until": until.map(|until| until.to_string()),
        "vacant": holders.is_empty(),
        "holders": holders.iter().map(|tenure| held(names, tenure)).collect::<Vec<_>>(),
        "todo": lying(snapshot, post, visitor.now.date())?,
    }))
}

fn held(names: Names<'_>, tenure: &Appointment) -> Value {
    json!({
        "person": tenure.person,
        "name": names.person(&tenure.person),
        "from": tenure.from.to_string(),
        "to": tenure.to.map(|to| to.to_string()),
        "kind": tenure.kind,
    })
}

fn term(snapshot: &dyn Snapshot, visitor: &Visitor, term: &Term<'_>) -> Value {
    let mut answer = held(Names { world: snapshot.world(), lang: visitor.lang }, term.tenure);
    answer["given_by"] = term.given.as_ref().map_or(Value::Null, act);
    answer["taken_by"] = term.taken.as_ref().map_or(Value::Null, act);
    answer
}

fn act(line: &CountyLine) -> Value {
    json!({
        "act": line.act,
        "matter": line.matter,
        "on": line.on.to_string(),
        "clauses": line.clauses,
        "seq": line.seq,
    })
}
