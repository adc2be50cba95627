//! `/drafts/{id}`: a form in steps, kept after each; then a last look, the signature, and it is filed.

mod last_look;

use last_look::{faults_by_step, obstacles, proved, warnings};

use crate::components::error_summary::error_summary;
use crate::components::{button, stages::form_steps, summary};
use crate::forms::ask::{Asking, Choosing};
use crate::forms::filing::{Filing, Section};
use crate::forms::list_view::Shown;
use crate::forms::lists::{self, KeptSheets, List};
use crate::forms::names::Names;
use crate::forms::read::Signer;
use crate::forms::{rows, show, uploads};
use crate::identity::proving::{self, Proof};
use crate::layout::{self, Nav, token};
use crate::problem::Problem;
use crate::registers::offered::Chooser;
use crate::sent::{AGAIN, Answers, SignedSent, take};
use crate::site::{App, Running, look, submit as do_act, work, work_of};
use crate::visit::{Person, Visitor};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use engine::{Actor, FieldFault, Outcome, World};
use jiff::civil::DateTime;
use maud::{Markup, html};
use regulation::expr::{Record, Type, Value};
use regulation::model::{Field, Name};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::aside::Draft;
use store::{Snapshot, Submitted};

/// What a draft will start.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Procedure.
    pub procedure: Name,
    /// Start act.
    pub act: Name,
    /// Place.
    pub place: String,
    /// Subjects.
    pub about: BTreeMap<Name, Value>,
    /// Who, and in which post.
    pub actor: Actor,
}

impl Plan {
    fn filing<'a>(&self, world: &'a dyn World, now: DateTime) -> Result<Filing<'a>, Problem> {
        Filing::start(world, (&self.procedure, &self.act), &self.place, self.about.clone(), self.actor.clone(), now)
    }

    fn record(&self) -> Record {
        let mut record = Record::from([("place".to_owned(), Value::Text(self.place.clone()))]);
        if let Actor::Person { post: Some(post), .. } = &self.actor {
            record.insert("post".into(), Value::Text(post.clone()));
        }
        record.extend(self.about.iter().map(|(name, value)| (format!("about.{name}"), value.clone())));
        record
    }

    fn read(draft: &Draft) -> Option<Plan> {
        let (procedure, act) = draft.name.split_once('/')?;
        let text = |name: &str| draft.record.get(name).and_then(Value::as_text).map(str::to_owned);
        let about = draft
            .record
            .iter()
            .filter_map(|(name, value)| Some((name.strip_prefix("about.")?.to_owned(), value.clone())));
        let actor = crate::site::actor(&draft.person, text("post").as_deref());
        Some(Plan {
            procedure: procedure.to_owned(),
            act: act.to_owned(),
            place: text("place")?,
            about: about.collect(),
            actor,
        })
    }
}

/// A draft as pages use it.
struct Opened {
    id: String,
    plan: Plan,
    answers: Answers,
    sheets: KeptSheets,
}

impl Opened {
    fn filing<'a>(&self, world: &'a dyn World, now: DateTime) -> Result<Filing<'a>, Problem> {
        Ok(self.plan.filing(world, now)?.with_sheets(&self.sheets))
    }
}

/// Begins a draft with the presets of its form, and what a link filled in of its texts; its id.
pub fn begin(
    app: &Running,
    person: &Person,
    plan: &Plan,
    handed_on: Vec<(&str, &str)>,
    now: DateTime,
) -> Result<String, Problem> {
    let answers = app.read(|snapshot| Ok(plan.filing(snapshot.world(), now)?.presets_with(&handed_on)))?;
    let id = app.fresh();
    keep(app, &person.id, &Opened { id: id.clone(), plan: plan.clone(), answers, sheets: KeptSheets::new() }, now)?;
    Ok(id)
}

fn keep(app: &Running, person: &str, opened: &Opened, now: DateTime) -> Result<(), Problem> {
    let mut record = opened.plan.record();
    let answers = serde_json::to_string(&opened.answers).map_err(|fault| Problem::fault(&anyhow::Error::new(fault)))?;
    record.insert("answers".into(), Value::Text(answers));
    record.append(&mut lists::to_record(&opened.sheets));
    let name = format!("{}/{}", opened.plan.procedure, opened.plan.act);
    app.store().put_draft(Draft {
        person: person.to_owned(),
        id: opened.id.clone(),
        name,
        matter: None,
        saved: now,
        record,
    })?;
    Ok(())
}

/// The idempotency key of filing a draft.
fn key(id: &str) -> String {
    format!("draft-{id}")
}

/// Where a draft that was filed leads: a second click and the back button come here.
fn receipt_of(snapshot: &dyn Snapshot, visitor: &Visitor, id: &str) -> Result<Option<Response>, Problem> {
    let done = snapshot.done_under(&visitor.signed_in()?.id, &key(id))?;
    Ok(done.map(|(matter, _)| Redirect::to(&format!("/matters/{matter}/receipt")).into_response()))
}

/// Shows a draft, or where it led.
fn with_draft(
    snapshot: &dyn Snapshot,
    visitor: &Visitor,
    id: &str,
    show: impl FnOnce(&Filing<'_>, &Opened) -> Result<Response, Problem>,
) -> Result<Response, Problem> {
    if let Some(receipt) = receipt_of(snapshot, visitor, id)? {
        return Ok(receipt);
    }
    let opened = open(snapshot, visitor.signed_in()?, id)?;
    show(&opened.filing(snapshot.world(), visitor.now)?, &opened)
}

fn open(snapshot: &dyn Snapshot, person: &Person, id: &str) -> Result<Opened, Problem> {
    let missing = || {
        Problem::new(
            StatusCode::NOT_FOUND,
            "no-draft",
            "这份表已经提交，或者已经删除",
            "This form was filed, or deleted",
        )
        .hint("已提交的不会重复提交，在“我的事项”里可以看到。", "What was filed is among your matters, once.")
        .next("/track", "去我的事项", "My matters")
    };
    let draft = snapshot.draft(&person.id, id)?.ok_or_else(missing)?;
    let plan = Plan::read(&draft).ok_or_else(missing)?;
    let answers = answers_of(&draft);
    Ok(Opened { id: id.to_owned(), plan, answers, sheets: lists::from_record(&draft.record) })
}

/// `/drafts/{id}/{step}`: a page of the form.
pub async fn step(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path((id, step)): Path<(String, usize)>,
) -> Result<Response, Problem> {
    look(&state, move |snapshot| {
        with_draft(snapshot, &visitor, &id, |filing, opened| {
            if filing.sections().is_empty() {
                // What asks nothing is only looked over and sent.
                return Ok(Redirect::to(&format!("/drafts/{}/review", opened.id)).into_response());
            }
            Ok(step_page(snapshot, &visitor, filing, opened, step, &[])?.into_response())
        })
    })
    .await
}

fn no_step() -> Problem {
    Problem::not_found("表单没有这一步", "The form has no such step")
}

fn step_names(visitor: &Visitor, sections: &[Section<'_>]) -> Vec<String> {
    let last = visitor.lang.say("核对并提交", "Check and file").to_owned();
    sections.iter().map(|section| visitor.lang.label(&section.title).to_owned()).chain(std::iter::once(last)).collect()
}

fn step_page(
    snapshot: &dyn Snapshot,
    visitor: &Visitor,
    filing: &Filing<'_>,
    opened: &Opened,
    step: usize,
    faults: &[FieldFault],
) -> Result<Markup, Problem> {
    let lang = visitor.lang;
    let sections = filing.sections();
    let section = step.checked_sub(1).and_then(|place| sections.get(place)).ok_or_else(no_step)?;
    let person = visitor.signed_in()?;
    let (record, unread) = filing.read(&opened.answers, Some(&Signer::of(person, visitor.now)));
    let asked = filing.asked(&record);
    let of_rows = filing.faults_of_rows(&record, unread);
    let mut all = faults.to_vec();
    all.extend(of_rows.iter().filter(|fault| !faults.contains(fault)).cloned());
    let faults = &lists::summed(filing.lists(), all);
    let address = format!("/drafts/{}/lists", opened.id);
    let sheets = Some(Shown { lists: filing.lists(), faults: &of_rows, address: &address });
    let choosing = Some(Choosing { chooser: Chooser { snapshot, visitor }, filed: Some((filing, &record)) });
    let asking = Asking { sheets, choosing, ..filing.asking(lang, &opened.answers, faults, &asked, &person.name) };
    let fields: Vec<Field> = section.fields.iter().map(|field| Field { group: None, ..Field::clone(field) }).collect();
    let shown: Vec<&Field> = fields.iter().collect();
    let content = html! {
        p class="soft" { (lang.label(&filing.procedure.title)) }
        (form_steps(lang, &step_names(visitor, &sections), step - 1))
        h1 { (lang.label(&section.title)) }
        (error_summary(lang, faults))
        form method="post" action=(format!("/drafts/{}/{step}", opened.id)) enctype="multipart/form-data" data-asked=(format!("/drafts/{}/asked", opened.id)) {
            (token(visitor))
            (asking.fields(&shown, ""))
            div class="row" {
                (button::submit(lang.say("保存并继续", "Save and go on")))
                (button::secondary(lang.say("保存，以后再填", "Save for later"), "_then", "later"))
                @if step > 1 { (button::secondary(lang.say("上一步", "Back"), "_then", "back")) }
            }
        }
    };
    Ok(layout::page(visitor, Nav::Services, lang.label(&section.title), &content))
}

/// Keeps a page of the form and goes on.
pub async fn save(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path((id, step)): Path<(String, usize)>,
    SignedSent(sent): SignedSent,
) -> Result<Response, Problem> {
    let app: App = state;
    work_of(uploads::length(&app, &sent), &app, move |app| {
        let person = visitor.signed_in()?.clone();
        let (mut opened, holder, many) = app.read(|snapshot| {
            let opened = open(snapshot, &person, &id)?;
            let filing = opened.filing(snapshot.world(), visitor.now)?;
            let many = many_files(&filing);
            Ok((opened, filing.holder(), many))
        })?;
        let mut sent = sent;
        let (sheets, kept_out) = lists::take(app, &mut sent);
        let (read, given_up) = lists::pressed(&mut sent.answers);
        let mut refused = uploads::keep(app, holder.as_deref(), &mut sent, |field| many.contains(field), visitor.now)?;
        refused.extend(kept_out);
        let mut wish = take_wish(&mut sent.answers);
        app.read(|snapshot| {
            merge(snapshot.world(), &mut opened, step, sent.answers, visitor.now)?;
            let filing = opened.plan.filing(snapshot.world(), visitor.now)?;
            let change = lists::change(&filing, std::mem::take(&mut opened.sheets), sheets, given_up);
            if change.changed || read.is_some() {
                wish = Wish::Again;
            }
            opened.sheets = change.sheets;
            opened.answers.extend(change.typed);
            refused.extend(change.faults);
            Ok(())
        })?;
        keep(app, &person.id, &opened, visitor.now)?;
        app.read(|snapshot| {
            if refused.is_empty() {
                return after_save(snapshot, &visitor, &person, &opened, step, &wish);
            }
            let filing = opened.filing(snapshot.world(), visitor.now)?;
            wrong_step(snapshot, &visitor, &filing, &opened, step, &refused)
        })
    })
    .await
}

/// What the pressed button asks for.
enum Wish {
    On,
    Back,
    Later,
    Again,
}

fn take_wish(answers: &mut Answers) -> Wish {
    // A row was added or taken away, or the form comes back from the sign-in page.
    if rows::press(answers) || take(answers, AGAIN).is_some() {
        return Wish::Again;
    }
    match answers.remove("_then").and_then(|mut texts| texts.pop()).as_deref() {
        Some("back") => Wish::Back,
        Some("later") => Wish::Later,
        _ => Wish::On,
    }
}

/// Names of the fields that take several files.
#[must_use]
pub fn many_files(filing: &Filing<'_>) -> BTreeSet<String> {
    let fields = filing.fields().into_iter();
    fields
        .filter(|field| matches!(&field.ty, Type::List(element) if **element == Type::File))
        .map(|field| field.name.clone())
        .collect()
}

/// Puts the answers of one page in place of those it had.
fn merge(world: &dyn World, opened: &mut Opened, step: usize, answers: Answers, now: DateTime) -> Result<(), Problem> {
    let filing = opened.plan.filing(world, now)?;
    let sections = filing.sections();
    let section = step.checked_sub(1).and_then(|place| sections.get(place)).ok_or_else(no_step)?;
    let names: Vec<&str> = section.fields.iter().map(|field| field.name.as_str()).collect();
    opened.answers.retain(|path, _| !belongs(path, &names));
    opened.answers.extend(answers.into_iter().filter(|(path, _)| belongs(path, &names)));
    Ok(())
}

fn belongs(path: &str, names: &[&str]) -> bool {
    let path = ["_rows.", "_words.", "_found."].iter().find_map(|before| path.strip_prefix(before)).unwrap_or(path);
    names.iter().any(|name| path == *name || path.strip_prefix(name).is_some_and(|rest| rest.starts_with('.')))
}

fn wrong_step(
    snapshot: &dyn Snapshot,
    visitor: &Visitor,
    filing: &Filing<'_>,
    opened: &Opened,
    step: usize,
    faults: &[FieldFault],
) -> Result<Response, Problem> {
    let page = step_page(snapshot, visitor, filing, opened, step, faults)?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

fn after_save(
    snapshot: &dyn Snapshot,
    visitor: &Visitor,
    person: &Person,
    opened: &Opened,
    step: usize,
    wish: &Wish,
) -> Result<Response, Problem> {
    let filing = opened.filing(snapshot.world(), visitor.now)?;
    let sections = filing.sections();
    let to = |place: usize| Redirect::to(&format!("/drafts/{}/{place}", opened.id)).into_response();
    match wish {
        Wish::Again => return Ok(step_page(snapshot, visitor, &filing, opened, step, &[])?.into_response()),
        Wish::Back => return Ok(to(step.saturating_sub(1).max(1))),
        Wish::Later => return Ok(Redirect::to("/track").into_response()),
        Wish::On => {}
    }
    let names: Vec<&str> = sections[step - 1].fields.iter().map(|field| field.name.as_str()).collect();
    let (record, faults) = filing.read(&opened.answers, Some(&Signer::of(person, visitor.now)));
    let mut faults = filing.refusal(&record, faults).map(|refusal| refusal.fields).unwrap_or_default();
    faults.retain(|fault| belongs(&fault.field, &names));
    if !faults.is_empty() {
        return wrong_step(snapshot, visitor, &filing, opened, step, &faults);
    }
    if step < sections.len() {
        Ok(to(step + 1))
    } else {
        Ok(Redirect::to(&format!("/drafts/{}/review", opened.id)).into_response())
    }
}

/// `/drafts/{id}/asked`: which conditional fields are asked, for the answers on the page now.
pub async fn asked(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path(id): Path<String>,
    SignedSent(sent): SignedSent,
) -> Result<Response, Problem> {
    look(&state, move |snapshot| {
        let person = visitor.signed_in()?;
        let mut opened = open(snapshot, person, &id)?;
        opened.answers.extend(sent.answers);
        let filing = opened.filing(snapshot.world(), visitor.now)?;
        let (record, _) = filing.read(&opened.answers, Some(&Signer::of(person, visitor.now)));
        Ok(filing.asked_now(&record))
    })
    .await
}

/// `/drafts/{id}/review`: everything once more, then sign and file.
pub async fn review(state: State<Arc<Running>>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, Problem> {
    look(&state, move |snapshot| {
        with_draft(snapshot, &visitor, &id, |filing, opened| {
            Ok(review_page(snapshot, &visitor, filing, opened, &[])?.into_response())
        })
    })
    .await
}

fn review_page(
    snapshot: &dyn Snapshot,
    visitor: &Visitor,
    filing: &Filing<'_>,
    opened: &Opened,
    signing: &[FieldFault],
) -> Result<Markup, Problem> {
    let lang = visitor.lang;
    let person = visitor.signed_in()?;
    let sections = filing.sections();
    let (record, faults) = filing.read(&opened.answers, Some(&Signer::of(person, visitor.now)));
    let refusal = filing.refusal(&record, faults);
    let faults = refusal.as_ref().map(|refusal| refusal.fields.clone()).unwrap_or_default();
    let faults = lists::summed(filing.lists(), faults);
    let complete = faults.is_empty();
    let title = lang.say("核对并提交", "Check and file");
    let content = html! {
        p class="soft" { (lang.label(&filing.procedure.title)) }
        (form_steps(lang, &step_names(visitor, &sections), sections.len()))
        h1 { (title) }
        @if !complete { (faults_by_step(visitor, &sections, opened, &faults)) }
        (error_summary(lang, signing))
        @if let Some(refusal) = refusal.as_ref().filter(|refusal| !refusal.reasons.is_empty()) { (obstacles(visitor, filing, refusal)) }
        (warnings(visitor, filing, &record))
        @for (place, section) in sections.iter().enumerate() {
            div class="spread" { h2 { (lang.label(&section.title)) } a href=(format!("/drafts/{}/{}", opened.id, place + 1)) { (lang.say("修改", "Change")) span class="hidden-visually" { (lang.label(&section.title)) } } }
            @let lines = lines(visitor, filing, section, &record);
            @if lines.is_empty() { p class="soft" { (lang.say("没有填写", "Nothing was filled in")) } } @else { (summary::summary(&lines)) }
        }
        form method="post" action=(format!("/drafts/{}/submit", opened.id)) {
            (token(visitor))
            @if complete {
                h2 { (lang.say("签名并提交", "Sign and file")) }
                (sign(visitor, filing, person, signing))
                @if filing.act.identify { (proving::fields(snapshot, visitor)?) }
                div class="row" { (button::submit(lang.label(&filing.act.label))) }
            }
        }
        form method="post" action=(format!("/drafts/{}/drop", opened.id)) {
            (token(visitor))
            button class="link-button" type="submit" { (lang.say("删除这份草稿", "Delete this draft")) }
        }
    };
    Ok(layout::page(visitor, Nav::Services, title, &content))
}

fn lines(visitor: &Visitor, filing: &Filing<'_>, section: &Section<'_>, record: &Record) -> Vec<(String, Markup)> {
    let names = Names { world: filing.world, lang: visitor.lang };
    let given = section.fields.iter().filter_map(|field| record.get(&field.name).map(|value| (field, value)));
    given
        .map(|(field, value)| {
            let shown = match filing.lists().get(&field.name) {
                Some(list) => html! { (list.file) (visitor.lang.say("，", ", ")) (visitor.lang.count(list.records.len(), "行", "row", "rows")) },
                // What one is writing oneself is covered nowhere.
                None => show::content(names, &field.ty, value, &|_| false),
            };
            (visitor.lang.label(&field.label).to_owned(), shown)
        })
        .collect()
}

fn sign(visitor: &Visitor, filing: &Filing<'_>, person: &Person, faults: &[FieldFault]) -> Markup {
    let fields = filing.signatures();
    let plain: Vec<Field> = fields.into_iter().map(|field| Field { group: None, ..field.clone() }).collect();
    let shown: Vec<&Field> = plain.iter().collect();
    let (answers, asked) = (Answers::new(), BTreeSet::new());
    filing.asking(visitor.lang, &answers, faults, &asked, &person.name).fields(&shown, "")
}

/// Files the form.
pub async fn submit(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path(id): Path<String>,
    SignedSent(mut sent): SignedSent,
) -> Result<Response, Problem> {
    let app: App = state;
    if take(&mut sent.answers, AGAIN).is_some() {
        return Ok(Redirect::to(&format!("/drafts/{id}/review")).into_response());
    }
    let proof = Proof::take(&mut sent.answers);
    let person = visitor.signed_in()?.clone();
    let (reader, draft) = (visitor.clone(), id.clone());
    let prepared = look(&app, move |snapshot| {
        let person = reader.signed_in()?;
        if let Some(receipt) = receipt_of(snapshot, &reader, &draft)? {
            return Ok(Err(receipt));
        }
        let mut opened = open(snapshot, person, &draft)?;
        opened.answers.extend(sent.answers);
        let filing = opened.filing(snapshot.world(), reader.now)?;
        let (record, _) = filing.read(&opened.answers, Some(&Signer::of(person, reader.now)));
        let is_due = filing.act.identify && matches!(filing.attempt(record.clone()), Outcome::Done(_));
        Ok(Ok((filing.request(record), is_due)))
    });
    let act = match prepared.await? {
        Ok((act, false)) => act,
        Ok((act, true)) => match proved(&app, &visitor, &id, act, proof).await? {
            Ok(act) => act,
            Err(page) => return Ok(page),
        },
        Err(receipt) => return Ok(receipt),
    };
    match do_act(&app, act, Some(key(&id))).await? {
        Submitted::Done(receipt) => {
            let to = format!("/matters/{}/receipt", receipt.subject);
            work(&app, move |app| Ok(app.store().drop_draft(&person.id, &id)?)).await?;
            Ok(Redirect::to(&to).into_response())
        }
        Submitted::Refused(refusal) => {
            look(&app, move |snapshot| {
                with_draft(snapshot, &visitor, &id, |filing, opened| {
                    let page = review_page(snapshot, &visitor, filing, opened, &refusal.fields)?;
                    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
                })
            })
            .await
        }
    }
}

/// A list with the faults of its cells.
type Checked = (Arc<List>, Vec<FieldFault>);

/// The list that a field of a draft has from a sheet, with what is wrong with its rows.
pub fn list_of(
    snapshot: &dyn Snapshot,
    visitor: &Visitor,
    person: &Person,
    id: &str,
    field: &str,
) -> Result<Option<Checked>, Problem> {
    let Some(draft) = snapshot.draft(&person.id, id)? else { return Ok(None) };
    let (filing, answers) = match (&draft.matter, draft.name.split_once('/')) {
        (Some(matter), Some((_, act))) => {
            let filing = super::matter::act::filing(snapshot, visitor, matter, act)?;
            (filing.with_sheets(&lists::from_record(&draft.record)), answers_of(&draft))
        }
        _ => {
            let opened = open(snapshot, person, id)?;
            (opened.filing(snapshot.world(), visitor.now)?, opened.answers)
        }
    };
    let (record, unread) = filing.read(&answers, Some(&Signer::of(person, visitor.now)));
    let faults = filing.faults_of_rows(&record, unread);
    Ok(filing.lists().get(field).map(|list| (Arc::clone(list), faults)))
}

/// The answers that a draft keeps.
#[must_use]
pub fn answers_of(draft: &Draft) -> Answers {
    let text = draft.record.get("answers").and_then(Value::as_text).unwrap_or("{}");
    serde_json::from_str(text).unwrap_or_default()
}

/// Deletes a draft.
pub async fn drop(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path(id): Path<String>,
    SignedSent(mut sent): SignedSent,
) -> Result<Response, Problem> {
    let app: App = state;
    if take(&mut sent.answers, AGAIN).is_some() {
        return Ok(Redirect::to(&format!("/drafts/{id}/review")).into_response());
    }
    work(&app, move |app| {
        app.store().drop_draft(&visitor.signed_in()?.id, &id)?;
        Ok(Redirect::to("/track").into_response())
    })
    .await
}
