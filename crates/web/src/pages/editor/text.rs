//! `/editor/{draft}`: the text, what the check says of it, and where it can be filed.

use super::findings::list;
use super::{Kept, NAME_MAX, drafter, kept};
use crate::components::banner::{Tone, banner};
use crate::components::button;
use crate::components::crumbs::crumbs;
use crate::disposition::saved;
use crate::layout::{self, Nav, token};
use crate::pages::matter::offers;
use crate::problem::Problem;
use crate::sent::{AGAIN, Sent, SignedSent};
use crate::site::{App, Running, long_work};
use crate::visit::Visitor;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};
use engine::rights::{TextAct, text_acts};
use maud::{Markup, html};
use regulation::trial::TEXT_MAX;
use std::sync::Arc;
use store::Snapshot;
use store::pages::{Cut, MatterQuery};

/// Matters looked at for a place to file the text.
const LOOKED_AT: usize = 20;

/// The page.
pub async fn show(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path(draft): Path<String>,
) -> Result<Response, Problem> {
    let app: App = state;
    long_work(&app, move |app| {
        app.read(|snapshot| {
            let draft = kept(snapshot, &visitor, &draft)?;
            Ok(page(app, snapshot, &visitor, &draft, None)?.into_response())
        })
    })
    .await
}

/// Why a text was not saved.
enum Unsaved {
    /// Another window saved meanwhile.
    Behind(Kept),
    /// It is longer than a regulation may be.
    TooLong(usize),
}

fn page(
    app: &Running,
    snapshot: &dyn Snapshot,
    visitor: &Visitor,
    draft: &Kept,
    unsaved: Option<&Unsaved>,
) -> Result<Markup, Problem> {
    let lang = visitor.lang;
    let trial = app.trials.of(snapshot.world().rulebook(), &draft.text);
    let here = format!("/editor/{}", draft.id);
    let content = html! {
        (crumbs(lang, &[(lang.say("起草规定", "Draft regulations"), "/editor")]))
        h1 { (draft.name) }
        @if let Some(unsaved) = unsaved { (why_unsaved(visitor, unsaved)) }
        p class="no-print" {
            a href="#findings" {
                (lang.count(trial.errors().count(), "处错误", "error", "errors")) (lang.say("，看检查结果和下一步", ": findings and what is next"))
            }
        }
        div class="columns two-one" {
            form method="post" action=(here) data-check=(format!("{here}/findings")) {
                (token(visitor))
                input type="hidden" name="revision" value=(draft.revision);
                div class="field" {
                    label for="f-name" { (lang.say("草稿名称", "Name of the draft")) }
                    input class="input" id="f-name" name="name" value=(draft.name) maxlength=(NAME_MAX);
                }
                div class="field" {
                    label for="f-text" { (lang.say("文本（Markdown）", "Text (Markdown)")) }
                    div { textarea class="input source" id="f-text" name="text" rows="30" maxlength=(TEXT_MAX) spellcheck="false" wrap="off" aria-describedby="f-place" { "\n" (draft.text) } }
                    p class="soft small" id="f-place" data-place=(lang.say("光标在第#行", "At line #")) {}
                }
                div class="row" {
                    (button::submit(lang.say("保存并检查", "Save and check")))
                    @if unsaved.is_none() { span class="soft small" { (lang.say("保存于 ", "saved ")) (lang.moment(draft.saved)) } }
                }
            }
            aside class="aside" {
                section id="findings" aria-live="polite" aria-label=(lang.say("检查结果", "Findings")) { (list(lang, &trial)) }
                @if unsaved.is_none() {
                    nav class="row" aria-label=(lang.say("草稿", "Draft")) {
                        a href=(format!("{here}/preview")) { (lang.say("预览", "Preview")) }
                        a href=(format!("{here}/changes")) { (lang.say("修改了什么、影响谁", "What changes for whom")) }
                        a href=(format!("{here}/text")) { (lang.say("下载", "Download")) }
                    }
                    @if trial.regulation().is_some() { (filing(snapshot, visitor, draft)?) }
                    form method="post" action=(format!("{here}/drop")) { (token(visitor)) p { (button::secondary(lang.say("删除草稿", "Delete the draft"), "drop", "yes")) } }
                }
            }
        }
    };
    Ok(layout::page(visitor, Nav::Desk, &draft.name, &content))
}

fn why_unsaved(visitor: &Visitor, unsaved: &Unsaved) -> Markup {
    let lang = visitor.lang;
    match unsaved {
        Unsaved::Behind(stored) => banner(
            Tone::Care,
            lang.say("没有保存：另一个窗口保存过", "Not saved: another window saved meanwhile"),
            &html! {
                p { (lang.say("下面是您刚才写的；另一个窗口保存的在折叠里。再按保存，就以下面的为准。", "Below is what you wrote just now; what the other window saved is folded away. Saving again keeps what is below.")) }
                details {
                    summary { (lang.say("另一个窗口保存的文本，", "The text of the other window, ")) (lang.moment(stored.saved)) }
                    textarea class="input source" rows="12" readonly wrap="off" aria-label=(lang.say("另一个窗口保存的文本", "The text of the other window")) { "\n" (stored.text) }
                }
            },
        ),
        Unsaved::TooLong(length) => banner(
            Tone::Care,
            lang.say("没有保存：文本太长", "Not saved: the text is too long"),
            &html! {
                p { (lang.say("最多60万字，现有 ", "600,000 characters at most; it has ")) (length) (lang.say(" 字。请分成几份规定。", ". Make several regulations of it.")) }
            },
        ),
    }
}

/// The matters with which the text can be filed now, each with a button that leads to the form of the act.
fn filing(snapshot: &dyn Snapshot, visitor: &Visitor, draft: &Kept) -> Result<Markup, Problem> {
    let lang = visitor.lang;
    let acts = text_acts(snapshot.world().rulebook());
    let mut places = Vec::new();
    for one in &acts {
        places.extend(matters(snapshot, visitor, one)?.into_iter().map(|(id, title)| (one, id, title)));
    }
    Ok(html! {
        section class="panel" {
            h2 { (lang.say("附到公文", "File it")) }
            @if places.is_empty() { p class="soft" { (lang.say("您现在没有可以附上它的公文：", "You have no document that can take it now:")) } }
            @for (one, id, title) in &places {
                form method="post" action=(format!("/matters/{id}/acts/{}", one.act.name)) {
                    (token(visitor))
                    input type="hidden" name=(AGAIN) value="yes";
                    textarea name=(one.field.name) hidden aria-hidden="true" { "\n" (draft.text) }
                    p { (title) }
                    p { (button::submit(lang.label(&one.act.label))) }
                }
            }
            @for procedure in started(&acts) {
                p { a href=(format!("/services/{}/apply", procedure.name)) { (lang.say("新立：", "New: ")) (lang.label(&procedure.title)) } }
            }
        }
    })
}

fn started<'a>(acts: &[TextAct<'a>]) -> Vec<&'a regulation::model::Procedure> {
    let mut procedures: Vec<&regulation::model::Procedure> = Vec::new();
    for one in acts {
        if !procedures.iter().any(|known| known.name == one.procedure.name) {
            procedures.push(one.procedure);
        }
    }
    procedures
}

/// The latest matters on which this visitor may do the act now.
fn matters(snapshot: &dyn Snapshot, visitor: &Visitor, one: &TextAct<'_>) -> Result<Vec<(String, String)>, Problem> {
    let query = MatterQuery {
        procedure: Some(one.procedure.name.clone()),
        step: one.step.map(|step| step.name.clone()),
        open: Some(true),
        ..MatterQuery::default()
    };
    let mut found = Vec::new();
    for line in snapshot.matters(&query, &Cut::first(LOOKED_AT))?.lines {
        let Some(matter) = snapshot.matter(&line.id)? else { continue };
        let offered = offers(snapshot, visitor, &matter);
        if offered.iter().any(|offer| offer.act.act == one.act.name && offer.actor.is_some()) {
            found.push((line.id, line.title.or(line.number).unwrap_or_default()));
        }
    }
    Ok(found)
}

/// Saves the text, and shows what the check says of it.
pub async fn save(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path(id): Path<String>,
    SignedSent(sent): SignedSent,
) -> Result<Response, Problem> {
    let app: App = state;
    long_work(&app, move |app| {
        let (draft, unsaved) = app.read(|snapshot| {
            let stored = kept(snapshot, &visitor, &id)?;
            Ok(written(&visitor, &sent, stored))
        })?;
        if let Some(unsaved) = unsaved {
            let page = app.read(|snapshot| page(app, snapshot, &visitor, &draft, Some(&unsaved)))?;
            let status = match unsaved {
                Unsaved::Behind(_) => StatusCode::CONFLICT,
                Unsaved::TooLong(_) => StatusCode::UNPROCESSABLE_ENTITY,
            };
            return Ok((status, page).into_response());
        }
        let person = visitor.signed_in()?;
        app.store().put_draft(draft.draft(person))?;
        // The page that follows is shown at once.
        app.read(|snapshot| Ok(app.trials.of(snapshot.world().rulebook(), &draft.text)))?;
        Ok(Redirect::to(&format!("/editor/{id}")).into_response())
    })
    .await
}

/// The draft as it was sent, and why it cannot be kept so.
fn written(visitor: &Visitor, sent: &Sent, stored: Kept) -> (Kept, Option<Unsaved>) {
    let seen: u64 = sent.text("revision").and_then(|seen| seen.parse().ok()).unwrap_or_default();
    let text = sent.text("text").unwrap_or_default().replace("\r\n", "\n");
    let name: String = sent.text("name").unwrap_or_default().trim().chars().take(NAME_MAX).collect();
    let name = if name.is_empty() { stored.name.clone() } else { name };
    let length = text.chars().count();
    let draft = Kept { name, text, revision: stored.revision + 1, saved: visitor.now, ..stored.clone() };
    if length > TEXT_MAX as usize {
        return (Kept { revision: stored.revision, ..draft }, Some(Unsaved::TooLong(length)));
    }
    if seen != stored.revision && stored.text != draft.text {
        return (Kept { revision: stored.revision, ..draft }, Some(Unsaved::Behind(stored)));
    }
    (draft, None)
}

/// What the check says of a text that is being written: a part of the page.
pub async fn findings(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path(_): Path<String>,
    SignedSent(sent): SignedSent,
) -> Result<Markup, Problem> {
    let app: App = state;
    long_work(&app, move |app| {
        app.read(|snapshot| {
            drafter(snapshot.world(), &visitor)?;
            let text = sent.text("text").unwrap_or_default();
            Ok(list(visitor.lang, &app.trials.of(snapshot.world().rulebook(), text)))
        })
    })
    .await
}

/// Deletes a draft.
pub async fn drop(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path(id): Path<String>,
    SignedSent(_): SignedSent,
) -> Result<Response, Problem> {
    let app: App = state;
    long_work(&app, move |app| {
        app.read(|snapshot| kept(snapshot, &visitor, &id))?;
        app.store().drop_draft(&visitor.signed_in()?.id, &id)?;
        Ok(Redirect::to("/editor").into_response())
    })
    .await
}

/// The text as a file.
pub async fn download(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let app: App = state;
    long_work(&app, move |app| {
        let draft = app.read(|snapshot| kept(snapshot, &visitor, &id))?;
        let file = regulation::trial::id_of(&draft.text).unwrap_or_else(|| "draft".to_owned());
        let disposition = saved("draft.md", &format!("{file}.md"));
        let media = "text/markdown; charset=utf-8".to_owned();
        Ok(([(CONTENT_TYPE, media), (CONTENT_DISPOSITION, disposition)], draft.text).into_response())
    })
    .await
}
