//! `/matters/{id}/notes`: notes among those who handle a matter (内部留言).

use super::acting::actors;
use super::body::Body;
use super::matter_view::existing;
use super::matters::unknown_matter;
use super::table::{Open, Operation, Takes, reading, writing};
use super::{Answered, ROOT, created, idempotency_key, ok};
use crate::forms::names::Names;
use crate::pages::documents::viewer;
use crate::pages::matter::notes::{called, noting};
use crate::problem::Problem;
use crate::site::{App, Running, look, submit};
use crate::visit::Visitor;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::routing::{get, post};
use engine::decide::note::{MENTION, REASON, TEXT};
use engine::matter::Note;
use engine::rights::{may_note, mentions, reads_notes};
use engine::{Act, Actor, Matter};
use regulation::expr::{Record, Value as Answer};
use serde_json::{Value, json};
use std::sync::Arc;
use store::{Snapshot, Submitted};

/// Their lines in the table.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation {
            open: Open::SignedIn,
            problems: &[404],
            ..reading(
                "/matters/{id}/notes",
                "listNotes",
                "事项",
                "事项的内部留言和可以提到的岗位；只给经办岗位",
                "Notes",
                get(list),
            )
        },
        writing(
            "/matters/{id}/notes",
            "writeNote",
            "事项",
            "写一条内部留言；申请人和公众看不到",
            Takes::Once("WriteNote"),
            (201, Some("Notes")),
            post(write),
        ),
        writing(
            "/matters/{id}/notes/{note}/strike",
            "strikeNote",
            "事项",
            "划去本人写的一条内部留言，注明理由；原文保留",
            Takes::Once("StrikeNote"),
            (200, Some("Notes")),
            post(strike),
        ),
    ]
}

async fn list(state: State<Arc<Running>>, visitor: Visitor, Path(id): Path<String>) -> Answered {
    visitor.signed_in()?;
    Ok(ok(look(&state, move |snapshot| notes(snapshot, &visitor, &id)).await?))
}

async fn write(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Answered {
    visitor.signed_in()?;
    body.only(&[TEXT, MENTION, "post"])?;
    let mentioned = body.texts(MENTION)?.into_iter().map(Answer::Text).collect();
    let form = [(TEXT.to_owned(), Answer::Text(body.text(TEXT)?)), (MENTION.to_owned(), Answer::List(mentioned))];
    let answer = done(state, &visitor, (&id, None), &headers, &body, form.into()).await?;
    Ok(created(&format!("{ROOT}/matters/{id}/notes"), answer))
}

async fn strike(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path((id, note)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Answered {
    visitor.signed_in()?;
    body.only(&[REASON, "post"])?;
    let form = [(REASON.to_owned(), Answer::Text(body.text(REASON)?))];
    let note = note.parse().map_err(|_| Problem::not_found("没有这条留言", "No such note"))?;
    Ok(ok(done(state, &visitor, (&id, Some(note)), &headers, &body, form.into()).await?))
}

/// Does it, and answers with the notes as they stand then.
async fn done(
    app: App,
    visitor: &Visitor,
    (id, note): (&str, Option<u32>),
    headers: &HeaderMap,
    body: &Body,
    form: Record,
) -> Result<Value, Problem> {
    let person = visitor.signed_in()?;
    let key = idempotency_key(headers)?;
    let actors = actors(person, body.optional_text("post")?.as_deref())?;
    let act = app.read(|snapshot| asked(snapshot, visitor, (id, note), actors, form))?;
    match submit(&app, act, key).await? {
        Submitted::Refused(refusal) => Err(refusal.into()),
        Submitted::Done(_) => app.read(|snapshot| notes(snapshot, visitor, id)),
    }
}

/// The act, by the first of these actors who writes notes there. For whoever none of them is, there is no such matter.
fn asked(
    snapshot: &dyn Snapshot,
    visitor: &Visitor,
    (id, note): (&str, Option<u32>),
    actors: Vec<Actor>,
    form: Record,
) -> Result<Act, Problem> {
    let (matter, ..) = existing(snapshot, id)?;
    let may = |actor: &Actor| may_note(snapshot.world(), actor, &matter, visitor.now).is_ok();
    let actor = actors.into_iter().find(may).ok_or_else(|| unknown_matter().of_refused_look(id))?;
    Ok(noting(&matter.id, note, actor, form))
}

fn notes(snapshot: &dyn Snapshot, visitor: &Visitor, id: &str) -> Result<Value, Problem> {
    let world = snapshot.world();
    let (matter, ..) = existing(snapshot, id)?;
    if !reads_notes(world, &viewer(visitor), &matter, visitor.now) {
        return Err(unknown_matter().of_refused_look(id));
    }
    let names = Names { world, lang: visitor.lang };
    let offered = mentions(world, &matter, visitor.now);
    let offered: Vec<Value> =
        offered.iter().map(|one| json!({ "code": one.code(), "name": called(names, one) })).collect();
    let written: Vec<Value> = matter.notes.iter().enumerate().map(|(at, one)| note(names, &matter, at, one)).collect();
    Ok(json!({ "notes": written, "may_mention": offered }))
}

fn note(names: Names<'_>, matter: &Matter, number: usize, note: &Note) -> Value {
    let (person, post) = match &note.actor {
        Actor::Person { person, post } => (Some(person), post.as_ref()),
        Actor::Clock => (None, None),
    };
    let desks = note.desks.iter().map(|desk| names.desk(desk));
    let mentioned: Vec<String> = desks.chain(note.posts.iter().map(|post| names.post(post))).collect();
    json!({
        "matter": matter.id,
        "note": number,
        "at": note.at.to_string(),
        "person": person,
        "name": person.map(|person| names.acting(person, post.map(String::as_str), note.at)),
        "post": post,
        "text": note.text,
        "mentions": mentioned,
        "struck": note.struck.as_ref().map(|struck| json!({ "at": struck.at.to_string(), "reason": struck.reason })),
    })
}
