//! `/matters/{id}/acts/{act}`: the form of an act, and doing it.

use super::confirm::{self, CONFIRMED, Confirming};
use super::{View, find, later, offers, parts};
use crate::components::clause::{cite, clauses};
use crate::components::crumbs::crumbs;
use crate::components::error_summary::error_summary;
use crate::components::reasons::reasons;
use crate::components::{banner, button};
use crate::forms::ask::{Asking, Choosing};
use crate::forms::filing::Filing;
use crate::forms::list_view::Shown;
use crate::forms::lists::{self, KeptSheets};
use crate::forms::names::Names;
use crate::forms::read::Signer;
use crate::forms::{rows, uploads};
use crate::identity::proving::{self, Proof};
use crate::layout::{self, Nav, token};
use crate::pages::drafts::many_files;
use crate::pages::process::Drawing;
use crate::problem::Problem;
use crate::registers::offered::Chooser;
use crate::sent::{AGAIN, Answers, Sent, SignedSent, take};
use crate::site::{App, Running, look, submit as do_act, work, work_of};
use crate::visit::{Person, Visitor};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use engine::rights::Access;
use engine::{Actor, FieldFault, Outcome, Refusal, RefusalKind, Target};
use jiff::Span;
use maud::{Markup, html};
use regulation::expr::{Record, Value};
use std::sync::Arc;
use store::aside::Draft;
use store::{Snapshot, Submitted};

/// The answer that carries the idempotency key: a form sent twice is done once.
const KEY: &str = "_key";
/// A sheet sent for an act that was not done is dropped after so many days.
const SHEET_DAYS: i64 = 2;
/// The answer of the button that keeps the form for later.
const LATER: &str = "_later";
/// A form of so many fields can be kept for later.
const LONG: usize = 6;
/// The answer that says which state of the matter the reader saw.
const SEEN: &str = "_seen";

/// The form.
pub async fn show(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path((id, act)): Path<(String, String)>,
) -> Result<Markup, Problem> {
    let app: App = state;
    work(&app, move |app| {
        let key = app.fresh();
        app.read(|snapshot| {
            let filing = filing(snapshot, &visitor, &id, &act).map_err(|problem| moved_on(problem, &id))?;
            match later::of(snapshot, &visitor, &id, &act)? {
                Some(kept) => {
                    let filing = filing.with_sheets(&kept.sheets);
                    page(snapshot, &visitor, &filing, &kept.answers, (&kept.key, None))
                }
                None => page(snapshot, &visitor, &filing, &filing.presets(), (&key, None)),
            }
        })
    })
    .await
}

/// The act, in the first capacity in which this visitor may do it; or why they may not.
pub fn filing<'a>(snapshot: &'a dyn Snapshot, visitor: &Visitor, id: &str, act: &str) -> Result<Filing<'a>, Problem> {
    visitor.signed_in()?;
    let (matter, access) = find(snapshot, visitor, id)?;
    let offer = offers(snapshot, visitor, &matter).into_iter().find(|offer| offer.act.act == act);
    match offer {
        Some(offer) => match offer.actor {
            Some(actor) => Filing::on_matter(snapshot.world(), &matter, act, actor, visitor.now),
            None => Err(refused(offer.reasons)),
        },
        None if access < Access::Masked => {
            Err(Problem::not_found("没有这个事项，或者您无权查看", "No such matter, or not for you to see"))
        }
        None => {
            Err(Problem::new(StatusCode::CONFLICT, "state", "事项现在的状态不能做这一步", "Not possible at this step")
                .hint("请回到事项页面查看现在可以办理的动作。", "See on the matter's page what is possible now."))
        }
    }
}

fn refused(reasons: Vec<engine::Reason>) -> Problem {
    let by_post = reasons.iter().any(|reason| reason.code == "not-your-desk" || reason.code == "separation-of-duties");
    let kind = if by_post { RefusalKind::Rights } else { RefusalKind::Condition };
    Problem::from(Refusal { kind, reasons, fields: Vec::new() })
}

fn page(
    snapshot: &dyn Snapshot,
    visitor: &Visitor,
    filing: &Filing<'_>,
    answers: &Answers,
    (key, refusal): (&str, Option<&Refusal>),
) -> Result<Markup, Problem> {
    let lang = visitor.lang;
    let person = visitor.signed_in()?;
    let Target::Matter { id, seen } = &filing.target else {
        return Err(Problem::not_found("没有这个事项", "No such matter"));
    };
    let (record, unread) = filing.read(answers, Some(&Signer::of(person, visitor.now)));
    let asked = filing.asked(&record);
    let of_rows = filing.faults_of_rows(&record, unread);
    let mut all = refusal.map(|refusal| refusal.fields.clone()).unwrap_or_default();
    all.extend(of_rows.iter().filter(|fault| !all.contains(fault)).cloned().collect::<Vec<_>>());
    let faults = lists::summed(filing.lists(), all);
    let faults = faults.as_slice();
    let names = Names { world: filing.world, lang };
    let kept = format!("/drafts/{key}/lists");
    let sheets = Some(Shown { lists: filing.lists(), faults: &of_rows, address: &kept });
    let choosing = Some(Choosing { chooser: Chooser { snapshot, visitor }, filed: Some((filing, &record)) });
    let asking = Asking { sheets, choosing, ..filing.asking(lang, answers, faults, &asked, &person.name) };
    let label = lang.label(&filing.act.label);
    let address = format!("/matters/{id}/acts/{}", filing.act.name);
    let for_oneself = matches!(filing.actor, Actor::Person { post: None, .. });
    let view = View::open(snapshot, visitor, id)?;
    let called = view.title()?;
    let content = html! {
        (crumbs(lang, &[(&names.matter(id), &format!("/matters/{id}"))]))
        h1 { (label) }
        p class="lead" { (called) }
        // Those who see no more of the matter than its notices read these first.
        @if view.access < Access::Masked { (view.documents()?) } @else if for_oneself { (view.led_here()?) }
        p class="soft" { (acting(visitor, &filing.actor)) " " (clauses(&cite(filing.world.rulebook(), &filing.act.clauses))) }
        (error_summary(lang, faults))
        @if let Some(refusal) = refusal.filter(|refusal| says_more(refusal)) { (why_not(visitor, filing, refusal)) }
        (effects(visitor, filing))
        form method="post" action=(address) enctype="multipart/form-data" data-asked=(format!("{address}/asked"))
            data-matter=[(!filing.act.identify).then(|| format!("/matters/{id}"))] data-title=(called) data-label=(label) {
            (token(visitor))
            input type="hidden" name=(KEY) value=(key);
            @if let Some(seen) = seen { input type="hidden" name=(SEEN) value=(seen); }
            (parts::drawn(filing, &asking))
            @if filing.act.identify { (proving::fields(snapshot, visitor)?) }
            div class="row" {
                (button::submit(label))
                @if filing.fields().len() >= LONG { (button::secondary(lang.say("先存下，以后再填", "Save for later"), LATER, "yes")) }
                a href=(format!("/matters/{id}")) { (lang.say("不办了，返回", "Cancel")) }
            }
        }
    };
    Ok(layout::page(visitor, Nav::Desk, label, &content))
}

pub(super) fn acting(visitor: &Visitor, actor: &Actor) -> String {
    let lang = visitor.lang;
    let Actor::Person { post: Some(post), .. } = actor else {
        return lang.say("以本人身份办理", "In your own name").to_owned();
    };
    let posts = visitor.person.iter().flat_map(Person::holdings);
    let title = posts.into_iter().find(|holding| holding.id == *post).map_or(post.as_str(), |holding| &holding.title);
    match lang {
        crate::lang::Lang::Zh => format!("以“{title}”身份办理"),
        crate::lang::Lang::En => format!("As {title}"),
    }
}

/// A refusal of a form only says how many of its fields are wrong; the summary above names them.
fn says_more(refusal: &Refusal) -> bool {
    refusal.kind != RefusalKind::Form && !refusal.reasons.is_empty()
}

fn why_not(visitor: &Visitor, filing: &Filing<'_>, refusal: &Refusal) -> Markup {
    let lang = visitor.lang;
    html! {
        div class="errors" role="alert" tabindex="-1" data-errors {
            h2 { (lang.say("没有办成", "Not done")) }
            (reasons(lang, filing.world.rulebook(), &refusal.reasons))
        }
    }
}

/// What the act will bring about: where it leads, who then has it and until when, what it issues.
fn effects(visitor: &Visitor, filing: &Filing<'_>) -> Markup {
    let lang = visitor.lang;
    let procedure = &filing.procedure;
    let names = Names { world: filing.world, lang };
    let drawing = Drawing { names, regulation: &filing.regulation, procedure, on: visitor.now.date(), now: None };
    let targets = filing.act.to.as_ref().map(regulation::model::To::targets).unwrap_or_default();
    let issued = filing.act.issue.iter().filter_map(|(name, _)| procedure.documents.get(name));
    let issued: Vec<_> = issued.collect();
    let documents: Vec<&str> = issued.iter().map(|document| lang.label(&document.title)).collect();
    let ends = targets.iter().any(|name| procedure.end(name).is_some());
    let several = targets.len() > 1;
    let asks_once = targets.iter().all(|name| procedure.end(name).is_some()) && ends
        || issued.iter().any(|document| confirm::is_relied_on(document))
        || !filing.act.void.is_empty()
        || !filing.act.erase.is_empty();
    let erased =
        if filing.act.erase.is_empty() { Vec::new() } else { confirm::erased(names, &filing.attempt(Record::new())) };
    html! {
        @if !targets.is_empty() || !documents.is_empty() || !erased.is_empty() {
            (banner::banner(if ends { banner::Tone::Care } else { banner::Tone::Plain }, lang.say("办理后", "What this does"), &html! {
                ul {
                    @for name in &targets { li { @if several { (lang.say("视情形，", "Depending on the case: ")) } (leads_to(&drawing, name)) } }
                    @for document in &documents { li { (lang.say("出具：", "Issues: ")) (document) } }
                    @for said in &erased { li { b { (said) } } }
                }
                p class="small" { @if asks_once { (lang.say("办了不能撤回，所以还会再问一次，确认以后才办。", "It cannot be taken back: you are asked once more before it is done.")) } @else { (lang.say("办理记入记录。", "It goes on record.")) } }
            }))
        }
    }
}

fn leads_to(drawing: &Drawing<'_>, name: &str) -> Markup {
    let lang = drawing.names.lang;
    let label = drawing.names.step(drawing.procedure, name);
    html! {
        @match drawing.procedure.step(name) {
            None => { (lang.say("事项办结：", "closes the matter: ")) b { (label) } }
            Some(step) => {
                (lang.say("进入", "goes on to ")) b { (label) }
                @if !step.by.is_empty() { (lang.say("，由", ", with ")) (drawing.parties(&step.by)) (lang.say("办理", "")) }
                @for deadline in step.due.iter().filter(|deadline| drawing.runs(deadline)) { (lang.say("，", ", ")) (drawing.deadline(step, deadline)) }
            }
        }
    }
}

/// Does the act.
pub async fn submit(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path((id, act)): Path<(String, String)>,
    SignedSent(sent): SignedSent,
) -> Result<Response, Problem> {
    let app: App = state;
    let reader = visitor.clone();
    let (matter, name) = (id.clone(), act.clone());
    let length = uploads::length(&app, &sent);
    let prepared = work_of(length, &app, move |app| match done_before(app, &reader, &matter, &name, &sent)? {
        Some(done) => Ok(done),
        None => prepare(app, &reader, &matter, &name, sent),
    });
    let (request, answers, key) = match prepared.await? {
        Prepared::Page(page) => return Ok(*page),
        Prepared::Act { request, answers, key, .. } => (*request, answers, key),
    };
    match do_act(&app, request, Some(key.clone())).await.map_err(|problem| done_already(problem, &id))? {
        Submitted::Done(_) => {
            work(&app, move |app| {
                later::drop(app, visitor.signed_in()?, &key)?;
                Ok(Redirect::to(&format!("/matters/{id}")).into_response())
            })
            .await
        }
        Submitted::Refused(refusal) if can_be_mended(refusal.kind) => {
            look(&app, move |snapshot| {
                let filing = filing(snapshot, &visitor, &id, &act).map_err(|problem| moved_on(problem, &id))?;
                let filing = filing.with_sheets(&sheets_of(snapshot, &visitor, &key)?);
                let page = page(snapshot, &visitor, &filing, &answers, (&key, Some(&refusal)))?;
                Ok((Problem::from(refusal).status, page).into_response())
            })
            .await
        }
        Submitted::Refused(refusal) => Err(moved_on(Problem::from(refusal), &id)),
    }
}

/// Whether the form, filled in as it was, helps: somebody else's act in between does not take away what was typed.
fn can_be_mended(kind: RefusalKind) -> bool {
    matches!(kind, RefusalKind::Form | RefusalKind::Condition | RefusalKind::Stale | RefusalKind::Time)
}

fn moved_on(problem: Problem, id: &str) -> Problem {
    problem.next(&format!("/matters/{id}"), "查看事项现在的情况", "See how the matter stands now")
}

/// The page of a form that was sent before is still open in the browser, and is sent again with other answers.
fn done_already(problem: Problem, id: &str) -> Problem {
    if problem.code != "key-reused" {
        return problem;
    }
    let done = Problem::new(
        problem.status,
        "done-already",
        "这一步刚才已经办好，这次改动没有生效",
        "This was done already; the change was not taken",
    );
    moved_on(done, id)
}

/// A form sent twice (a second click, the back button) is the same request once more, though the act may not be offered now.
fn done_before(
    app: &Running,
    visitor: &Visitor,
    id: &str,
    act: &str,
    sent: &Sent,
) -> Result<Option<Prepared>, Problem> {
    let (Some(person), Some(key)) = (&visitor.person, sent.text(KEY)) else { return Ok(None) };
    app.read(|snapshot| {
        let Some((_, post)) = snapshot.done_under(&person.id, key)?.filter(|(subject, _)| subject == id) else {
            return Ok(None);
        };
        let (matter, _) = find(snapshot, visitor, id)?;
        let actor = crate::site::actor(&person.id, post.as_deref());
        let filing = Filing::on_matter(snapshot.world(), &matter, act, actor, visitor.now)?;
        let filing = filing.with_sheets(&sheets_of(snapshot, visitor, key)?);
        let mut answers = sent.answers.clone();
        let seen = take_control(&mut answers).seen;
        let filing = filing.seen(seen);
        let (record, _) = filing.read(&answers, Some(&Signer::of(person, visitor.now)));
        let request = Box::new(filing.request(record));
        Ok(Some(Prepared::Act { request, answers, key: key.to_owned(), is_due: false }))
    })
}

/// Either a page (the form once more, or the question whether it should really be done), or the act to do; `is_due`: once its doer has proved who
/// they are.
enum Prepared {
    Page(Box<Response>),
    Act { request: Box<engine::Act>, answers: Answers, key: String, is_due: bool },
}

/// What a form says besides its fields.
struct Control {
    key: Option<String>,
    seen: Option<u64>,
    confirmed: bool,
    again: bool,
    later: bool,
    proof: Proof,
}

fn take_control(answers: &mut Answers) -> Control {
    Control {
        key: take(answers, KEY),
        seen: take(answers, SEEN).and_then(|seen| seen.parse().ok()),
        confirmed: take(answers, CONFIRMED).is_some(),
        again: take(answers, AGAIN).is_some(),
        later: take(answers, LATER).is_some(),
        proof: Proof::take(answers),
    }
}

fn prepare(app: &Running, visitor: &Visitor, id: &str, act: &str, mut sent: Sent) -> Result<Prepared, Problem> {
    let person = visitor.signed_in()?;
    let control = take_control(&mut sent.answers);
    let key = control.key.unwrap_or_else(|| app.fresh());
    let (new, kept_out) = lists::take(app, &mut sent);
    let (holder, many) = app.read(|snapshot| {
        let filing = filing(snapshot, visitor, id, act).map_err(|problem| moved_on(problem, id))?;
        Ok((filing.holder(), many_files(&filing)))
    })?;
    let mut faults = uploads::keep(app, holder.as_deref(), &mut sent, |field| many.contains(field), visitor.now)?;
    faults.extend(kept_out);
    let mut answers = sent.answers;
    let (read, given_up) = lists::pressed(&mut answers);
    let again = rows::press(&mut answers) || control.again || read.is_some() || given_up.is_some() || !new.is_empty();
    let kept = keep_sheets(app, visitor, (id, act), &key, (new, given_up), &mut answers, &mut faults)?;
    if control.later && faults.is_empty() {
        let name = app.read(|snapshot| Ok(format!("{}/{act}", find(snapshot, visitor, id)?.0.procedure)))?;
        later::keep(app, visitor, (id, name), (&key, &answers, &kept))?;
        let to = if visitor.is_staff() { format!("/matters/{id}") } else { "/track".to_owned() };
        return Ok(Prepared::Page(Box::new(Redirect::to(&to).into_response())));
    }
    let prepared = app.read(|snapshot| {
        let filing = filing(snapshot, visitor, id, act).map_err(|problem| moved_on(problem, id))?.seen(control.seen);
        let filing = filing.with_sheets(&kept);
        if again && faults.is_empty() {
            return Ok(Prepared::Page(Box::new(
                page(snapshot, visitor, &filing, &answers, (&key, None))?.into_response(),
            )));
        }
        let (record, unread) = filing.read(&answers, Some(&Signer::of(person, visitor.now)));
        faults.extend(unread);
        if !faults.is_empty() {
            let refusal = Refusal { kind: RefusalKind::Form, reasons: Vec::new(), fields: faults };
            let page = page(snapshot, visitor, &filing, &answers, (&key, Some(&refusal)))?;
            return Ok(Prepared::Page(Box::new((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())));
        }
        // Proving who they are is more than a second click.
        if !control.confirmed
            && !filing.act.identify
            && let Some(page) = to_confirm(snapshot, visitor, &filing, &record, (&answers, &key))?
        {
            return Ok(Prepared::Page(Box::new(page.into_response())));
        }
        let is_due = filing.act.identify && matches!(filing.attempt(record.clone()), Outcome::Done(_));
        Ok(Prepared::Act { request: Box::new(filing.request(record)), answers, key, is_due })
    })?;
    match prepared {
        Prepared::Act { request, answers, key, is_due: true } => {
            let Some(said) = proving::wrong(app, visitor, &control.proof)? else {
                let request = Box::new(engine::Act { proved: true, ..*request });
                return Ok(Prepared::Act { request, answers, key, is_due: false });
            };
            app.read(|snapshot| {
                let filing = filing(snapshot, visitor, id, act).map_err(|problem| moved_on(problem, id))?;
                let filing = filing.with_sheets(&kept);
                let page = page(snapshot, visitor, &filing, &answers, (&key, Some(&proving::refusal(&said))))?;
                Ok(Prepared::Page(Box::new((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())))
            })
        }
        prepared => Ok(prepared),
    }
}

/// The sheets kept for a form that is being filled in, by its key.
fn sheets_of(snapshot: &dyn Snapshot, visitor: &Visitor, key: &str) -> Result<KeptSheets, Problem> {
    let draft = snapshot.draft(&visitor.signed_in()?.id, key)?;
    Ok(draft.map(|draft| lists::from_record(&draft.record)).unwrap_or_default())
}

/// Keeps the sheets that came with a form, sealed with their sender's key, until it is filed; those of forms left lying are dropped.
fn keep_sheets(
    app: &Running,
    visitor: &Visitor,
    (id, act): (&str, &str),
    key: &str,
    (new, given_up): (KeptSheets, Option<String>),
    answers: &mut Answers,
    faults: &mut Vec<FieldFault>,
) -> Result<KeptSheets, Problem> {
    let person = visitor.signed_in()?;
    let (change, name, old) = app.read(|snapshot| {
        let filing = filing(snapshot, visitor, id, act).map_err(|problem| moved_on(problem, id))?;
        let change = lists::change(&filing, sheets_of(snapshot, visitor, key)?, new, given_up);
        let mut old = snapshot.drafts(&person.id)?;
        let stale = visitor.now.saturating_sub(Span::new().days(SHEET_DAYS));
        old.retain(|draft| draft.matter.is_some() && !later::is_kept(draft) && draft.id != key && draft.saved < stale);
        Ok((change, format!("{}/{act}", filing.procedure.name), old))
    })?;
    answers.extend(change.typed);
    faults.extend(change.faults);
    if change.changed {
        let mut record = lists::to_record(&change.sheets);
        let text = serde_json::to_string(answers).map_err(|fault| Problem::fault(&anyhow::Error::new(fault)))?;
        record.insert("answers".into(), Value::Text(text));
        let (person, key) = (person.id.clone(), key.to_owned());
        let draft = Draft { person, id: key, name, matter: Some(id.to_owned()), saved: visitor.now, record };
        app.store().put_draft(draft)?;
        for draft in old {
            app.store().drop_draft(&draft.person, &draft.id)?;
        }
    }
    Ok(change.sheets)
}

/// The page that asks once more, if the act would be done and has consequences that cannot be taken back.
fn to_confirm(
    snapshot: &dyn Snapshot,
    visitor: &Visitor,
    filing: &Filing<'_>,
    record: &Record,
    (answers, key): (&Answers, &str),
) -> Result<Option<Markup>, Problem> {
    let Target::Matter { id, seen } = &filing.target else { return Ok(None) };
    let Outcome::Done(decision) = filing.attempt(record.clone()) else { return Ok(None) };
    let names = Names { world: filing.world, lang: visitor.lang };
    let title = confirm::title(snapshot, names, id)?;
    let consequences = confirm::consequences(names, &filing.imagined(record), &title, &decision);
    if consequences.is_empty() {
        return Ok(None);
    }
    let mut answers = answers.clone();
    answers.insert(KEY.into(), vec![key.to_owned()]);
    answers.extend(seen.map(|seen| (SEEN.to_owned(), vec![seen.to_string()])));
    let asked = Confirming { matter: id, title: &title, consequences: &consequences, answers: &answers };
    Ok(Some(confirm::page(visitor, filing, &asked)))
}

/// Which conditional fields are asked, for the answers on the page now.
pub async fn asked(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path((id, act)): Path<(String, String)>,
    SignedSent(sent): SignedSent,
) -> Result<Response, Problem> {
    look(&state, move |snapshot| {
        let person = visitor.signed_in()?;
        let filing = filing(snapshot, &visitor, &id, &act)?;
        let filing = match sent.text(KEY) {
            Some(key) => filing.with_sheets(&sheets_of(snapshot, &visitor, key)?),
            None => filing,
        };
        let (record, _) = filing.read(&sent.answers, Some(&Signer::of(person, visitor.now)));
        Ok(filing.asked_now(&record))
    })
    .await
}
