//! `/matters/{id}/acts/{act}`: the form of an act, and doing it.

use super::{find, offers};
use crate::components::clause::{cite, clauses};
use crate::components::crumbs::crumbs;
use crate::components::error_summary::error_summary;
use crate::components::reasons::reasons;
use crate::components::{banner, button};
use crate::forms::filing::Filing;
use crate::forms::names::Names;
use crate::forms::read::Signer;
use crate::forms::{rows, uploads};
use crate::layout::{self, Nav, token};
use crate::pages::drafts::many_files;
use crate::pages::process::Drawing;
use crate::problem::Problem;
use crate::sent::{Answers, Sent};
use crate::site::{App, Running, look, submit as do_act, work};
use crate::visit::Visitor;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use engine::rights::Access;
use engine::{Actor, Refusal, RefusalKind, Target};
use maud::{Markup, html};
use regulation::model::Field;
use std::sync::Arc;
use store::{Snapshot, Submitted};

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
            let filing = filing(snapshot, &visitor, &id, &act)?;
            let answers = filing.presets();
            page(&visitor, &filing, &answers, &key, None)
        })
    })
    .await
}

/// The act, in the first capacity in which this visitor may do it; or why they may not.
fn filing<'a>(snapshot: &'a dyn Snapshot, visitor: &Visitor, id: &str, act: &str) -> Result<Filing<'a>, Problem> {
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
    visitor: &Visitor,
    filing: &Filing<'_>,
    answers: &Answers,
    key: &str,
    refusal: Option<&Refusal>,
) -> Result<Markup, Problem> {
    let lang = visitor.lang;
    let person = visitor.signed_in()?;
    let Target::Matter { id, seen } = &filing.target else {
        return Err(Problem::not_found("没有这个事项", "No such matter"));
    };
    let (record, _) = filing.read(answers, Some(&Signer::of(person, visitor.now)));
    let asked = filing.asked(&record);
    let faults = refusal.map(|refusal| refusal.fields.as_slice()).unwrap_or_default();
    let names = Names { world: filing.world, lang };
    let asking = filing.asking(lang, answers, faults, &asked, &person.name);
    let label = lang.label(&filing.act.label);
    let address = format!("/matters/{id}/acts/{}", filing.act.name);
    let fields: Vec<&Field> = filing.fields();
    let content = html! {
        (crumbs(lang, &[(&names.matter(id), &format!("/matters/{id}"))]))
        h1 { (label) }
        p class="soft" { (acting(visitor, &filing.actor)) " " (clauses(&cite(filing.world.rulebook(), &filing.act.clauses))) }
        (error_summary(lang, faults))
        @if let Some(refusal) = refusal.filter(|refusal| !refusal.reasons.is_empty()) { (why_not(visitor, filing, refusal)) }
        (effects(visitor, filing))
        form method="post" action=(address) enctype="multipart/form-data" data-asked=(format!("{address}/asked")) {
            (token(visitor))
            input type="hidden" name="_key" value=(key);
            @if let Some(seen) = seen { input type="hidden" name="_seen" value=(seen); }
            (asking.fields(&fields, ""))
            div class="row" {
                (button::submit(label))
                a href=(format!("/matters/{id}")) { (lang.say("不办了，返回", "Cancel")) }
            }
        }
    };
    Ok(layout::page(visitor, Nav::Desk, label, &content))
}

fn acting(visitor: &Visitor, actor: &Actor) -> String {
    let lang = visitor.lang;
    let Actor::Person { post: Some(post), .. } = actor else {
        return lang.say("以本人身份办理", "In your own name").to_owned();
    };
    let posts = visitor.person.iter().flat_map(|person| &person.posts);
    let title = posts.into_iter().find(|holding| holding.id == *post).map_or(post.as_str(), |holding| &holding.title);
    match lang {
        crate::lang::Lang::Zh => format!("以“{title}”身份办理"),
        crate::lang::Lang::En => format!("As {title}"),
    }
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
    let documents: Vec<&str> = issued.map(|document| lang.label(&document.title)).collect();
    let ends = targets.iter().any(|name| procedure.end(name).is_some());
    let several = targets.len() > 1;
    html! {
        @if !targets.is_empty() || !documents.is_empty() {
            (banner::banner(if ends { banner::Tone::Care } else { banner::Tone::Plain }, lang.say("办理后", "What this does"), &html! {
                ul {
                    @for name in &targets { li { @if several { (lang.say("视情形，", "Depending on the case: ")) } (leads_to(&drawing, name)) } }
                    @for document in &documents { li { (lang.say("出具：", "Issues: ")) (document) } }
                }
                p class="small" { (lang.say("办理后记入不可更改的记录，不能撤回；请核对后再办。", "It is entered in a record that cannot be changed or taken back: check first.")) }
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
                (lang.say("进入", "goes on to ")) b { (label) } (lang.say("，由", ", with ")) (drawing.parties(&step.by)) (lang.say("办理", ""))
                @for deadline in &step.due { (lang.say("，", ", ")) (drawing.deadline(step, deadline)) }
            }
        }
    }
}

/// Does the act.
pub async fn submit(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path((id, act)): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, Problem> {
    let app: App = state;
    let reader = visitor.clone();
    let (matter, name) = (id.clone(), act.clone());
    let prepared = work(&app, move |app| prepare(app, &reader, &matter, &name, sent)).await?;
    let (request, answers, key) = match prepared {
        Prepared::Page(page) => return Ok(*page),
        Prepared::Act { request, answers, key } => (*request, answers, key),
    };
    match do_act(&app, request, Some(key.clone())).await? {
        Submitted::Done(_) => Ok(Redirect::to(&format!("/matters/{id}")).into_response()),
        Submitted::Refused(refusal) if matches!(refusal.kind, RefusalKind::Form | RefusalKind::Condition) => {
            let page = work(&app, move |app| {
                app.read(|snapshot| {
                    let filing = filing(snapshot, &visitor, &id, &act)?;
                    page(&visitor, &filing, &answers, &key, Some(&refusal))
                })
            })
            .await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Submitted::Refused(refusal) => Err(Problem::from(refusal)),
    }
}

/// Either the form once more (a row added, an answer that cannot be read), or the act to do.
enum Prepared {
    Page(Box<Response>),
    Act { request: Box<engine::Act>, answers: Answers, key: String },
}

fn prepare(app: &Running, visitor: &Visitor, id: &str, act: &str, mut sent: Sent) -> Result<Prepared, Problem> {
    let person = visitor.signed_in()?;
    let mut take = |name: &str| sent.answers.remove(name).and_then(|mut texts| texts.pop());
    let (key, seen) = (take("_key"), take("_seen"));
    let key = key.filter(|key| !key.is_empty()).unwrap_or_else(|| app.fresh());
    let (holder, many) = app.read(|snapshot| {
        let filing = filing(snapshot, visitor, id, act)?;
        Ok((filing.holder(), many_files(&filing)))
    })?;
    uploads::keep(app, holder.as_deref(), &mut sent, |field| many.contains(field), visitor.now)?;
    let mut answers = sent.answers;
    let pressed = rows::press(&mut answers);
    app.read(|snapshot| {
        let mut filing = filing(snapshot, visitor, id, act)?;
        if let (Target::Matter { seen: known, .. }, Some(seen)) =
            (&mut filing.target, seen.and_then(|seen| seen.parse().ok()))
        {
            *known = Some(seen);
        }
        if pressed {
            return Ok(Prepared::Page(Box::new(page(visitor, &filing, &answers, &key, None)?.into_response())));
        }
        let (record, faults) = filing.read(&answers, Some(&Signer::of(person, visitor.now)));
        if !faults.is_empty() {
            let refusal = Refusal { kind: RefusalKind::Form, reasons: Vec::new(), fields: faults };
            let page = page(visitor, &filing, &answers, &key, Some(&refusal))?;
            return Ok(Prepared::Page(Box::new((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())));
        }
        Ok(Prepared::Act { request: Box::new(filing.request(record)), answers, key })
    })
}

/// Which conditional fields are asked, for the answers on the page now.
pub async fn asked(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path((id, act)): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, Problem> {
    look(&state, move |snapshot| {
        let person = visitor.signed_in()?;
        let filing = filing(snapshot, &visitor, &id, &act)?;
        let (record, _) = filing.read(&sent.answers, Some(&Signer::of(person, visitor.now)));
        Ok(filing.asked_now(&record))
    })
    .await
}
