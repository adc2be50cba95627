//! `/matters`: starting a matter, reading it, acting on it.

use super::{Object, idempotency_key, view};
use crate::forms::filing::Filing;
use crate::forms::read::{Reader, Signer};
use crate::pages::apply::actors;
use crate::pages::matter::{View, find, offers};
use crate::pages::subjects::{offered, place_of, value_of};
use crate::problem::Problem;
use crate::site::{App, Running, actor, submit, work};
use crate::visit::{Person, Visitor, query_value};
use axum::extract::{Path, State};
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Json, Response};
use engine::offer::available_starts;
use engine::{Actor, FieldFault, Outcome, Refusal, RefusalKind, Target};
use regulation::expr::{Record, Value as Answer};
use regulation::model::{Field, Name, Procedure};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{Receipt, Snapshot, Submitted};

/// Starts a matter: `{procedure, place?, about?, form, act?, post?}`.
pub async fn start(
    state: State<Arc<Running>>,
    visitor: Visitor,
    headers: HeaderMap,
    body: Object,
) -> Result<Response, Problem> {
    let app: App = state;
    let reader = visitor.clone();
    let act = work(&app, move |app| app.read(|snapshot| prepare_start(snapshot, &reader, &body))).await?;
    let receipt = done(submit(&app, act, idempotency_key(&headers)).await?)?;
    let status = if receipt.repeated { StatusCode::OK } else { StatusCode::CREATED };
    let location = format!("/api/v1/matters/{}", receipt.subject);
    let body = answer(&app, visitor, receipt.subject.clone(), receipt).await?;
    Ok((status, [(LOCATION, location)], Json(body)).into_response())
}

fn done(submitted: Submitted) -> Result<Receipt, Problem> {
    match submitted {
        Submitted::Done(receipt) => Ok(receipt),
        Submitted::Refused(refusal) => Err(Problem::from(refusal)),
    }
}

/// The matter after an act, with the act's receipt.
async fn answer(app: &App, visitor: Visitor, matter: String, receipt: Receipt) -> Result<Value, Problem> {
    let receipt = json!({
        "seq": receipt.seq,
        "at": receipt.at.to_string(),
        "clauses": receipt.clauses,
        "warnings": receipt.warnings.iter().map(super::problem::reason).collect::<Vec<_>>(),
        "leaf": receipt.leaf.to_string(),
        "repeated": receipt.repeated,
    });
    work(app, move |app| {
        app.read(|snapshot| {
            let mut body = match View::open(snapshot, &visitor, &matter, false) {
                Ok(view) => view::matter(&view)?,
                // Who starts something for others may not be allowed to follow it.
                Err(_) => json!({ "id": matter }),
            };
            body["receipt"] = receipt;
            Ok(body)
        })
    })
    .await
}

fn prepare_start(snapshot: &dyn Snapshot, visitor: &Visitor, body: &Object) -> Result<engine::Act, Problem> {
    let person = visitor.signed_in()?;
    let world = snapshot.world();
    let (_, procedure) = crate::pages::services::procedure(snapshot, &body.text("procedure")?)?;
    let about = subjects(snapshot, visitor, person, procedure, &body.object("about")?)?;
    let own_place = || {
        let places =
            procedure.about.iter().filter_map(|one| place_of(world, &one.target, about.get(&one.name)?.as_text()?));
        places.into_iter().next()
    };
    let place = body
        .maybe("place")
        .or_else(own_place)
        .ok_or_else(|| Problem::unreadable("缺少 place", "`place` is missing"))?;
    let (act, actor) = starter(snapshot, visitor, person, procedure, (&place, &about), body)?;
    let filing = Filing::start(world, (&procedure.name, &act), &place, about, actor, visitor.now)?;
    request(&filing, visitor, person, &body.object("form")?)
}

/// Subjects by name; one that is left out is the only one that the person has.
fn subjects(
    snapshot: &dyn Snapshot,
    visitor: &Visitor,
    person: &Person,
    procedure: &Procedure,
    given: &Map<String, Value>,
) -> Result<BTreeMap<Name, Answer>, Problem> {
    if let Some(unknown) = given.keys().find(|name| !procedure.about.iter().any(|about| about.name == **name)) {
        return Err(Problem::unreadable(
            format!("about 中没有 {unknown} 这一项"),
            format!("`about` has no `{unknown}`"),
        ));
    }
    let names = crate::pages::home::names(snapshot, visitor);
    let mut about = BTreeMap::new();
    for subject in &procedure.about {
        let key = match given.get(&subject.name).and_then(Value::as_str) {
            Some(key) => Some(key.to_owned()),
            None if subject.optional => None,
            None => match offered(snapshot, names, &person.id, subject)?.as_slice() {
                [(only, _)] => Some(only.clone()),
                _ => None,
            },
        };
        if let Some(key) = key {
            about.insert(subject.name.clone(), value_of(&subject.target, &key));
        }
    }
    Ok(about)
}

/// The start act and who does it: those asked for, or the first that is possible.
fn starter(
    snapshot: &dyn Snapshot,
    visitor: &Visitor,
    person: &Person,
    procedure: &Procedure,
    (place, about): (&str, &BTreeMap<Name, Answer>),
    body: &Object,
) -> Result<(Name, Actor), Problem> {
    let (wanted, post) = (body.maybe("act"), body.maybe("post"));
    let possible = match &post {
        Some(post) => vec![actor(&person.id, Some(post))],
        None => actors(person),
    };
    let mut reasons = Vec::new();
    for actor in possible {
        for start in available_starts(snapshot.world(), &procedure.name, place, about, &actor, visitor.now) {
            if wanted.as_ref().is_some_and(|wanted| *wanted != start.act) {
                continue;
            }
            match start.allowed {
                Ok(_) => return Ok((start.act, actor)),
                Err(found) => reasons.extend(found),
            }
        }
    }
    if reasons.is_empty() {
        return Err(Problem::not_found("没有这个发起动作", "There is no such start act"));
    }
    reasons.dedup();
    let by_post = reasons.iter().any(|reason| reason.code == "not-your-desk");
    let kind = if by_post { RefusalKind::Rights } else { RefusalKind::Condition };
    Err(Problem::from(Refusal { kind, reasons, fields: Vec::new() }))
}

/// The act as the store takes it; if an answer cannot be read, every fault of the form at once.
fn request(
    filing: &Filing<'_>,
    visitor: &Visitor,
    person: &Person,
    form: &Map<String, Value>,
) -> Result<engine::Act, Problem> {
    let signer = Signer { person: person.id.clone(), name: person.name.clone(), on: visitor.now.date() };
    let reader = Reader { rulebook: filing.world.rulebook(), signer: Some(&signer) };
    let fields: Vec<&Field> = filing.forms.iter().flat_map(|form| &form.fields).collect();
    let mut faults = Vec::new();
    let record = reader.object(&fields, form, "", &mut faults);
    if faults.is_empty() {
        return Ok(filing.request(record));
    }
    Err(Problem::from(Refusal {
        kind: RefusalKind::Form,
        reasons: Vec::new(),
        fields: all_faults(filing, record, faults),
    }))
}

fn all_faults(filing: &Filing<'_>, record: Record, mut faults: Vec<FieldFault>) -> Vec<FieldFault> {
    if let Outcome::Refused(refusal) = filing.attempt(record) {
        let further = refusal.fields.into_iter().filter(|fault| !faults.iter().any(|known| known.field == fault.field));
        let further: Vec<FieldFault> = further.collect();
        faults.extend(further);
    }
    faults
}

/// A matter.
pub async fn show(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path(id): Path<String>,
    uri: Uri,
) -> Result<Json<Value>, Problem> {
    let app: App = state;
    let unmasked = query_value(&uri, "show").as_deref() == Some("personal");
    work(&app, move |app| {
        let (body, reading) = app.read(|snapshot| {
            let view = View::open(snapshot, &visitor, &id, unmasked)?;
            Ok((view::matter(&view)?, view.reading()))
        })?;
        if let Some(reading) = reading {
            app.store().log_reading(reading)?;
        }
        Ok(Json(body))
    })
    .await
}

/// Acts: `{act, form?, seen?, post?}`.
pub async fn act(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Object,
) -> Result<Json<Value>, Problem> {
    let app: App = state;
    let (reader, matter) = (visitor.clone(), id.clone());
    let act = work(&app, move |app| app.read(|snapshot| prepare_act(snapshot, &reader, &matter, &body))).await?;
    let receipt = done(submit(&app, act, idempotency_key(&headers)).await?)?;
    Ok(Json(answer(&app, visitor, id, receipt).await?))
}

fn prepare_act(snapshot: &dyn Snapshot, visitor: &Visitor, id: &str, body: &Object) -> Result<engine::Act, Problem> {
    let person = visitor.signed_in()?;
    let (matter, _) = find(snapshot, visitor, id)?;
    let name = body.text("act")?;
    let asked_for = body.maybe("post").map(|post| actor(&person.id, Some(&post)));
    let offer = || {
        offers(snapshot, visitor, &matter).into_iter().find(|offer| offer.act.act == name).and_then(|offer| offer.actor)
    };
    // Who may not do it is told so by the engine, with every reason; then the capacity does not matter.
    let own = || actors(person).into_iter().next_back().unwrap_or_else(|| actor(&person.id, None));
    let actor = asked_for.or_else(offer).unwrap_or_else(own);
    let mut filing = Filing::on_matter(snapshot.world(), &matter, &name, actor, visitor.now)?;
    if let Target::Matter { seen, .. } = &mut filing.target {
        *seen = body.0.get("seen").and_then(Value::as_u64);
    }
    request(&filing, visitor, person, &body.object("form")?)
}
