//! `/services/{procedure}/apply`: for whom and where, before the form begins.

use super::documents::viewer;
use super::drafts::Plan;
use super::subjects::{Choosing, place_of, value_of};
use crate::components::button;
use crate::components::crumbs::crumbs;
use crate::components::error_summary::error_summary;
use crate::forms::field::{Control, Field, LineKind, field};
use crate::forms::rows;
use crate::lang::Lang;
use crate::layout::{self, Nav, token};
use crate::problem::Problem;
use crate::registers::offered::Offered;
use crate::sent::{AGAIN, Answers, SignedSent, first, take};
use crate::site::{App, Running, look, work};
use crate::visit::{Person, Visitor};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use engine::offer::available_starts;
use engine::rights::may_be_offered;
use engine::{Actor, County, FieldFault};
use maud::{Markup, html};
use regulation::expr::Value;
use regulation::model::{About, AboutTarget, Name, Party, Procedure};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::Snapshot;

/// More choices than these become a list to choose from.
const RADIOS_MAX: usize = 12;

/// The page.
pub async fn show(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    visitor.signed_in()?;
    let answers = pairs.into_iter().map(|(name, value)| (name, vec![value])).collect();
    look(&state, move |snapshot| {
        let (_, procedure) = super::services::procedure(snapshot, &visitor, &id)?;
        Ok(page(snapshot, &visitor, procedure, &answers, &[])?.into_response())
    })
    .await
}

/// Begins a draft.
pub async fn begin(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path(id): Path<String>,
    SignedSent(mut sent): SignedSent,
) -> Result<Response, Problem> {
    let app: App = state;
    let again = take(&mut sent.answers, AGAIN).is_some() | rows::press(&mut sent.answers);
    work(&app, move |app| {
        let person = visitor.signed_in()?.clone();
        let chosen = app.read(|snapshot| {
            let (_, procedure) = super::services::procedure(snapshot, &visitor, &id)?;
            if again {
                return Ok(Err(page(snapshot, &visitor, procedure, &sent.answers, &[])?));
            }
            match choose(snapshot, &visitor, &person, procedure, &sent.answers)? {
                Ok(plan) => Ok(Ok(plan)),
                Err(faults) => Ok(Err(page(snapshot, &visitor, procedure, &sent.answers, &faults)?)),
            }
        })?;
        match chosen {
            Ok(plan) => {
                let handed_on = handed_on(&sent.answers).collect();
                let draft = super::drafts::begin(app, &person, &plan, handed_on, visitor.now)?;
                Ok(Redirect::to(&format!("/drafts/{draft}/1")).into_response())
            }
            // Whoever looks for something has done nothing wrong.
            Err(page) if again => Ok(page.into_response()),
            Err(page) => Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response()),
        }
    })
    .await
}

/// Before the names of fields that a link fills in.
const HANDED_ON: &str = "field.";

/// What whoever came by a link has filled in already: field and text.
fn handed_on(answers: &Answers) -> impl Iterator<Item = (&str, &str)> {
    let given = answers.iter().filter_map(|(name, texts)| Some((name.strip_prefix(HANDED_ON)?, texts.first()?)));
    given.map(|(name, text)| (name, text.as_str()))
}

/// Everybody in whose name somebody can act: themselves, then each post.
#[must_use]
pub fn actors(person: &Person) -> Vec<Actor> {
    let own = crate::site::actor(&person.id, None);
    std::iter::once(own).chain(person.holdings().map(|post| crate::site::actor(&person.id, Some(&post.id)))).collect()
}

fn page(
    snapshot: &dyn Snapshot,
    visitor: &Visitor,
    procedure: &Procedure,
    answers: &Answers,
    faults: &[FieldFault],
) -> Result<Markup, Problem> {
    let lang = visitor.lang;
    let person = visitor.signed_in()?;
    let title = lang.label(&procedure.title);
    let mut asked = Vec::new();
    let choosing = Choosing {
        snapshot,
        names: super::home::names(snapshot, visitor),
        person,
        visitor,
        procedure,
        about: chosen(snapshot, procedure, answers)?,
        now: visitor.now,
    };
    for about in &procedure.about {
        asked.extend(about_field(&choosing, visitor, about, answers, faults)?);
    }
    if let Some(places) = place_field(snapshot, visitor, person, procedure, answers, faults) {
        asked.push(places);
    }
    let act = first(answers, "act").unwrap_or_default();
    let content = html! {
        (crumbs(lang, &[(lang.say("办事", "Services"), "/services"), (title, &format!("/services/{}", procedure.name))]))
        h1 { (title) }
        (error_summary(lang, faults))
        form method="post" action=(format!("/services/{}/apply", procedure.name)) {
            (token(visitor))
            input type="hidden" name="act" value=(act);
            @for (name, value) in handed_on(answers) { input type="hidden" name=(format!("{HANDED_ON}{name}")) value=(value); }
            @if person.posts.is_empty() { @if let Some(place) = first(answers, "place") { input type="hidden" name="place" value=(place); } }
            @for one in &asked { (field(lang, one)) }
            (button::submit(lang.say("开始填写", "Begin")))
        }
        p class="soft" { (lang.say("填写中随时自动保存为草稿，可以分几次填完。", "What you fill in is kept as a draft; you can finish later.")) }
    };
    Ok(layout::page(visitor, Nav::Services, title, &content))
}

fn drawn(lang: Lang, path: String, label: &str, optional: bool, faults: &[FieldFault], control: Control) -> Field {
    let fault = faults.iter().find(|fault| fault.field == path).map(|fault| lang.say(&fault.zh, &fault.en).to_owned());
    Field { path, label: label.to_owned(), number: None, hint: None, optional, fault, conditional: false, control }
}

/// The subjects that the answers name already.
fn chosen(snapshot: &dyn Snapshot, procedure: &Procedure, answers: &Answers) -> Result<BTreeMap<Name, Value>, Problem> {
    let mut about = BTreeMap::new();
    for subject in &procedure.about {
        let typed = first(answers, &format!("about.{}", subject.name)).unwrap_or_default().trim().to_owned();
        if let Some(key) = read_subject(snapshot, subject, typed)? {
            about.insert(subject.name.clone(), value_of(&subject.target, &key));
        }
    }
    Ok(about)
}

/// The field of a subject; none for one that may be left out while nothing is on offer.
fn about_field(
    choosing: &Choosing<'_>,
    visitor: &Visitor,
    about: &About,
    answers: &Answers,
    faults: &[FieldFault],
) -> Result<Option<Field>, Problem> {
    let lang = visitor.lang;
    let names = choosing.names;
    let path = format!("about.{}", about.name);
    let label = about_label(choosing.snapshot, lang, about);
    let words = first(answers, &rows::words(&path)).unwrap_or_default().trim().to_owned();
    let Offered { mut options, more } = choosing.listed(about, &words)?;
    let mut value = first(answers, &path).unwrap_or_default().to_owned();
    let known = options.iter().any(|(key, _)| *key == value);
    if !value.is_empty() && !known {
        // Somebody came here from a notice, a matter or a row: it is named as far as everybody may see it.
        let may_know = may_be_offered(names.world, &viewer(visitor), &about.target, &value, visitor.now);
        let called = match &about.target {
            AboutTarget::Procedure(_) => names.matter(&value),
            AboutTarget::Register(register) if may_know => names.open_row(register, &value),
            AboutTarget::Register(_) => value.clone(),
        };
        let chosen = (value.clone(), called);
        match &about.target {
            AboutTarget::Procedure(_) => options = vec![chosen],
            AboutTarget::Register(_) if !options.is_empty() => options.insert(0, chosen),
            AboutTarget::Register(_) => {}
        }
    }
    if let ([(only, _)], true, false) = (options.as_slice(), value.is_empty(), about.optional) {
        value = only.clone();
    }
    if about.optional && about.offer.is_some() && options.is_empty() && choosing.is_settled(about)? {
        return Ok(None);
    }
    let hint = options.is_empty() && !more && words.is_empty();
    let hint = hint.then(|| typed(lang, about).to_owned());
    let control = match more || !words.is_empty() {
        true => Control::Find { words, options, value, more },
        false => choice(lang, about, options, value),
    };
    Ok(Some(Field { hint, ..drawn(lang, path, &label, about.optional, faults, control) }))
}

/// One of what is offered; a line to type into where nothing is.
fn choice(lang: Lang, about: &About, mut options: Vec<(String, String)>, value: String) -> Control {
    match options.len() {
        0 => Control::Line { value, kind: LineKind::Text, unit: None },
        1..=RADIOS_MAX => {
            if about.optional {
                options.push((String::new(), lang.say("不选", "None").to_owned()));
            }
            Control::Radios { options, value }
        }
        _ => Control::Select { options, value },
    }
}

fn typed(lang: Lang, about: &About) -> &'static str {
    match about.offer {
        None => lang.say("请填写编号", "Give its code or number"),
        Some(_) => lang.say(
            "现在没有可选的；知道编号的，填写编号。",
            "There is nothing to choose from now; if you know its number, give that.",
        ),
    }
}

/// What a subject is called: the title of its register or procedure.
fn about_label(snapshot: &dyn Snapshot, lang: Lang, about: &About) -> String {
    let rulebook = snapshot.world().rulebook();
    match &about.target {
        AboutTarget::Register(name) => {
            rulebook.register(name).map(|(_, register)| lang.label(&register.title).to_owned())
        }
        AboutTarget::Procedure(name) => {
            rulebook.procedure(name).map(|(_, procedure)| lang.label(&procedure.title).to_owned())
        }
    }
    .unwrap_or_else(|| about.name.clone())
}

/// Asked only where no subject has a place: the places of one's posts and below.
fn place_field(
    snapshot: &dyn Snapshot,
    visitor: &Visitor,
    person: &Person,
    procedure: &Procedure,
    answers: &Answers,
    faults: &[FieldFault],
) -> Option<Field> {
    let county = snapshot.world().county();
    if procedure.about.iter().any(|about| !about.optional) || is_of_county(county, procedure) {
        return None;
    }
    let lang = visitor.lang;
    let names = super::home::names(snapshot, visitor);
    // Who holds no post comes with the place of what they come about, and has none to choose from.
    if person.posts.is_empty() && first(answers, "place").is_some_and(|place| county.places.contains_key(place)) {
        return None;
    }
    let own: BTreeSet<&str> = person.posts.iter().map(|post| post.place.as_str()).collect();
    let options = if names_no_office(procedure) {
        own.iter().map(|place| ((*place).to_owned(), names.place_path(place))).collect()
    } else {
        names.places_in(&own.iter().copied().collect::<Vec<_>>())
    };
    if names_no_office(procedure) && options.len() <= 1 {
        return None;
    }
    let value = first(answers, "place").unwrap_or_default().to_owned();
    let control = Control::Select { options, value };
    Some(drawn(lang, "place".into(), lang.say("地点", "Place"), false, faults, control))
}

/// Whether no office has a hand in a procedure: where it happens means nothing then, and the place is that of one's own post.
fn names_no_office(procedure: &Procedure) -> bool {
    offices(procedure).next().is_none()
}

/// The levels of the offices that have a hand in a procedure.
fn offices(procedure: &Procedure) -> impl Iterator<Item = &Name> {
    let steps = procedure.steps.iter().flat_map(|step| &step.by);
    let acts = procedure.all_acts().flat_map(|(_, act)| &act.by);
    steps.chain(acts).filter_map(|by| match &by.party {
        Party::Office { level, .. } => Some(level),
        _ => None,
    })
}

/// Whether only offices of the county itself have a hand in a procedure: then it happens in the county, and nobody is asked where.
fn is_of_county(county: &County, procedure: &Procedure) -> bool {
    let mut levels = offices(procedure);
    let own = county.places.get(&county.code).map(|place| &place.level);
    levels.next().is_some_and(|first| Some(first) == own && levels.all(|level| Some(level) == own))
}

/// The plan for a draft: subjects, place, start act and actor; or what is missing.
fn choose(
    snapshot: &dyn Snapshot,
    visitor: &Visitor,
    person: &Person,
    procedure: &Procedure,
    answers: &Answers,
) -> Result<Result<Plan, Vec<FieldFault>>, Problem> {
    let world = snapshot.world();
    let mut about: BTreeMap<Name, Value> = BTreeMap::new();
    let mut place = first(answers, "place").filter(|place| !place.is_empty()).map(str::to_owned);
    let mut faults = Vec::new();
    for subject in &procedure.about {
        let path = format!("about.{}", subject.name);
        let typed = first(answers, &path).unwrap_or_default().trim().to_owned();
        let key = read_subject(snapshot, subject, typed)?;
        match key {
            Some(key) => {
                place = place.or_else(|| place_of(world, &subject.target, &key));
                about.insert(subject.name.clone(), value_of(&subject.target, &key));
            }
            None if subject.optional => {}
            None => faults.push(missing(&path, &about_label(snapshot, Lang::Zh, subject))),
        }
    }
    if place.is_none() && is_of_county(world.county(), procedure) {
        place = Some(world.county().code.clone());
    }
    if place.is_none() && names_no_office(procedure) {
        let own: BTreeSet<&String> = person.posts.iter().map(|post| &post.place).collect();
        place = match own.len() {
            0 => Some(world.county().code.clone()),
            1 => own.first().map(|place| (*place).clone()),
            _ => None,
        };
    }
    if place.is_none() && faults.is_empty() {
        faults.push(missing("place", "地点"));
    }
    let Some(place) = place.filter(|_| faults.is_empty()) else { return Ok(Err(faults)) };
    let wanted = first(answers, "act").filter(|act| !act.is_empty());
    let mut refused = Vec::new();
    for actor in actors(person) {
        for start in available_starts(world, &procedure.name, &place, &about, &actor, visitor.now) {
            if wanted.is_some_and(|wanted| wanted != start.act) {
                continue;
            }
            match start.allowed {
                Ok(_) => {
                    return Ok(Ok(Plan { procedure: procedure.name.clone(), act: start.act, place, about, actor }));
                }
                Err(reasons) => refused.extend(reasons),
            }
        }
    }
    Err(not_now(refused))
}

/// Why nothing can be started: by the conditions where some stand against it, else because it is not this person's to do.
fn not_now(reasons: Vec<engine::Reason>) -> Problem {
    let mut conditions: Vec<engine::Reason> = Vec::new();
    for reason in reasons.iter().filter(|reason| reason.code != "not-your-desk") {
        if !conditions.contains(reason) {
            conditions.push(reason.clone());
        }
    }
    if conditions.is_empty() {
        return Problem { reasons, ..Problem::forbidden("这项业务不能由您发起", "You cannot start this") };
    }
    let refused = Problem::new(StatusCode::FORBIDDEN, "forbidden", "现在还不能发起", "This cannot be started now")
        .hint(
            "情况变化后可以再来办理；在办的事项见“我的事项”。",
            "Come back when things have changed; see your matters.",
        );
    Problem { reasons: conditions, ..refused }
}

/// A subject by key, by id, or for matters by number.
fn read_subject(snapshot: &dyn Snapshot, subject: &About, typed: String) -> Result<Option<String>, Problem> {
    if typed.is_empty() {
        return Ok(None);
    }
    Ok(match &subject.target {
        AboutTarget::Register(register) => snapshot.row(register, &typed)?.map(|line| line.row.key),
        AboutTarget::Procedure(procedure) => {
            let by_id = snapshot.matter_line(&typed)?.map(|line| line.id);
            let query = store::pages::MatterQuery {
                text: Some(typed.clone()),
                procedure: Some(procedure.clone()),
                ..store::pages::MatterQuery::default()
            };
            match by_id {
                Some(id) => Some(id),
                None => {
                    let found = snapshot.matters(&query, &store::pages::Cut::first(2))?.lines;
                    found.into_iter().find(|line| line.number.as_deref() == Some(typed.as_str())).map(|line| line.id)
                }
            }
        }
    })
}

fn missing(path: &str, label: &str) -> FieldFault {
    FieldFault {
        field: path.to_owned(),
        label: label.into(),
        zh: format!("请选择或填写“{label}”，编号要与登记的一致"),
        en: "choose or give it as registered".into(),
        clauses: Vec::new(),
    }
}
