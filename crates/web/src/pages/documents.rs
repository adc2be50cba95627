//! `/documents/{id}`, `/documents/{id}.pdf`, `/documents/{id}.proof`: an issued document as page, as paper, and what proves it.

use super::home::names;
use crate::components::banner::{Tone, banner};
use crate::components::crumbs::crumbs;
use crate::components::summary::summary;
use crate::components::{button, clause, why};
use crate::disposition::{saved, shown};
use crate::forms::mask::{cover, is_masked};
use crate::forms::show::{content, show as shown_as};
use crate::layout::{self, Nav};
use crate::looking::{Bounds, look_through};
use crate::problem::Problem;
use crate::site::{App, Running, work};
use crate::typeset;
use crate::visit::Visitor;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use engine::rights::{Access, Viewer, may_see_document};
use maud::{Markup, html};
use regulation::model::Document;
use std::sync::Arc;
use store::pages::{Cut, DocumentLine, Page};
use store::{Fault, Snapshot};

/// The page; the paper where the address ends with `.pdf`, its proof where it ends with `.proof`.
pub async fn show(state: State<Arc<Running>>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, Problem> {
    let app: App = state;
    work(&app, move |app| match id.rsplit_once('.') {
        Some((id, "pdf")) => paper(app, &visitor, id),
        Some((id, "proof")) => app.read(|snapshot| proof(snapshot, &visitor, id)),
        _ => app.read(|snapshot| Ok(page(snapshot, &visitor, &seen(snapshot, &visitor, &id)?).into_response())),
    })
    .await
}

/// The visitor as the engine's rights know them.
#[must_use]
pub fn viewer(visitor: &Visitor) -> Viewer {
    match &visitor.person {
        None => Viewer::public(),
        Some(person) => {
            let posts = person.holdings().map(|post| post.id.clone()).collect();
            Viewer { person: Some(person.id.clone()), posts }
        }
    }
}

/// An issued document that a visitor may read.
pub struct Seen {
    /// The document, and where it stands.
    pub line: DocumentLine,
    /// Its matter.
    pub matter: Arc<engine::Matter>,
    /// What the regulation says of it.
    pub model: Arc<Document>,
    /// How much of it they may read.
    pub access: Access,
    /// Personal data in it is covered for them: its own words and its paper, which hold whatever they hold, are not given out.
    pub covered: bool,
}

/// A document that this visitor may see; for others it does not exist.
pub fn seen(snapshot: &dyn Snapshot, visitor: &Visitor, id: &str) -> Result<Seen, Problem> {
    let missing = || Problem::not_found("没有这份文书，或者您无权查看", "No such document, or not for you to see");
    let line = snapshot.document(id)?.ok_or_else(missing)?;
    let matter = snapshot.world().matter(&line.matter).ok_or_else(missing)?;
    readable(snapshot, visitor, &matter, line).ok_or_else(missing)
}

/// The documents of a matter that this visitor may see, in the order in which they were issued.
pub fn of_matter(
    snapshot: &dyn Snapshot,
    visitor: &Visitor,
    matter: &Arc<engine::Matter>,
) -> Result<Vec<Seen>, Problem> {
    let lines = snapshot.documents(&matter.id)?.into_iter();
    Ok(lines.filter_map(|line| readable(snapshot, visitor, matter, line)).collect())
}

fn readable(
    snapshot: &dyn Snapshot,
    visitor: &Visitor,
    matter: &Arc<engine::Matter>,
    line: DocumentLine,
) -> Option<Seen> {
    let world = snapshot.world();
    let regulation = world.regulation(&matter.regulation, &matter.version)?;
    let model = Arc::clone(regulation.procedures.get(&matter.procedure)?.documents.get(&line.document.name)?);
    let access = may_see_document(world, &viewer(visitor), matter, &model, visitor.now);
    // The rights are those of the last of its name: one that it replaced is not on display with it.
    let is_past = line.document.display.is_some() && !line.document.is_shown(visitor.now.date());
    let may = access > Access::Public || (access == Access::Public && !is_past);
    // What everybody reads is covered for nobody.
    let is_public =
        || !is_past && may_see_document(world, &Viewer::public(), matter, &model, visitor.now) == Access::Public;
    let covered = access == Access::Masked && !is_public();
    may.then(|| Seen { line, matter: Arc::clone(matter), model, access, covered })
}

/// Notices fetched at a time, and looked at for one page.
const LOOKED_AT: Bounds = Bounds { chunk: 50, page: 1_000 };

/// A page of the notices on display today, of those that this visitor may read: some are for everybody, some for the owners of an estate, say.
pub fn on_display(snapshot: &dyn Snapshot, visitor: &Visitor, cut: &Cut) -> Result<Page<Seen>, Fault> {
    let fetch = |cut: &Cut| snapshot.notices(visitor.now.date(), cut);
    let fit = |line: DocumentLine| {
        let matter = snapshot.world().matter(&line.matter);
        Ok(matter.and_then(|matter| readable(snapshot, visitor, &matter, line)))
    };
    look_through(cut, LOOKED_AT, fetch, fit)
}

/// The title of a document as the reader's language has it.
#[must_use]
pub fn title(snapshot: &dyn Snapshot, visitor: &Visitor, line: &DocumentLine) -> String {
    let world = snapshot.world();
    let model = world.matter(&line.matter).and_then(|matter| {
        let regulation = world.regulation(&matter.regulation, &matter.version)?;
        let document = regulation.procedures.get(&matter.procedure)?.documents.get(&line.document.name)?;
        Some(visitor.lang.label(&document.title).to_owned())
    });
    model.unwrap_or_else(|| line.document.name.clone())
}

fn page(snapshot: &dyn Snapshot, visitor: &Visitor, seen: &Seen) -> Markup {
    let lang = visitor.lang;
    let Seen { line, model, access, .. } = seen;
    let (document, covered) = (&line.document, seen.covered);
    let title = lang.label(&model.title);
    let provable = *access == Access::Full && snapshot.is_provable(&document.id).unwrap_or_default();
    let content = html! {
        (crumbs(lang, &[]))
        h1 { (title) @if let Some(number) = &document.number { " " (number) } }
        @if let Some(on) = document.voided { (banner(Tone::Late, lang.say("已失效", "No longer in force"), &html! { p { (lang.date(on)) } })) }
        @if let Some(display) = &document.display { (display_banner(visitor, display)) }
        @if covered { (banner(Tone::Plain, lang.say("部分内容已遮盖", "Partly covered"), &html! { p { (lang.say("您的岗位只能看到遮盖后的内容；正文和 PDF 请向承办单位索取。", "Your post sees personal data covered; ask the office in charge for the text and the PDF.")) } })) }
        @else { @for paragraph in &document.paragraphs { p { (paragraph) } } }
        (summary(&lines(snapshot, visitor, seen)))
        @if !document.reasons.is_empty() && !covered {
            h2 { (lang.say("理由", "Reasons")) }
            ul { @for reason in &document.reasons { li { (lang.say(&reason.zh, &reason.en)) " " (clause::clauses(&clause::cite(snapshot.world().rulebook(), &reason.clauses))) } } }
        }
        @if !model.remedies.is_empty() {
            h2 { (lang.say("救济途径", "Remedies")) }
            ul { @for remedy in &model.remedies { li { (lang.say(&typeset::in_chinese(remedy), remedy)) } } }
        }
        @if !covered { p class="row" { (button::link(lang.say("下载 PDF", "PDF"), &format!("/documents/{}.pdf", document.id))) } }
        @if let Some((label, standing)) = super::log::standing(snapshot, visitor, line.seq) { p class="small soft" { (label) (lang.say("：", ": ")) (standing) } }
        @if provable { p class="small soft" { a href=(format!("/documents/{}.proof", document.id)) { (lang.say("下载这份文书的离线证明", "Offline proof of this document")) } } }
        p class="small soft" { (lang.say("核验码：", "Verification code: ")) a href=(format!("/verify/{}", line.code)) { code { (line.code) } } }
    };
    layout::page(visitor, Nav::Other, title, &content)
}

fn display_banner(visitor: &Visitor, display: &engine::event::Display) -> Markup {
    let lang = visitor.lang;
    let now = display.from <= visitor.now.date() && visitor.now.date() <= display.last_day;
    let heading = if now {
        lang.say("正在公示", "On display now")
    } else {
        lang.say("公示已结束", "The display is over")
    };
    let content = html! {
        p { (lang.date(display.from)) (lang.say("张贴，最后一日是", " posted; the last day is ")) b { (lang.day(display.last_day)) } }
        (why::why(lang, &display.why))
    };
    banner(Tone::Plain, heading, &content)
}

fn lines(snapshot: &dyn Snapshot, visitor: &Visitor, seen: &Seen) -> Vec<(String, Markup)> {
    let Seen { line, matter, model, .. } = seen;
    let document = &line.document;
    let names = names(snapshot, visitor);
    let world = snapshot.world();
    let mut lines = Vec::new();
    for (name, expr) in &model.data {
        let Some(value) = document.data.get(name).filter(|value| !value.is_missing()) else { continue };
        let label = typeset::label(world, matter, model, name, expr);
        let hide = seen.covered && !expr.personal().is_empty();
        let value = if hide {
            html! { (cover(&shown_as(names, &expr.ty, value))) }
        } else {
            content(names, &expr.ty, value, &is_masked)
        };
        lines.push((label, value));
    }
    if let Some(desk) = &document.signed {
        lines.push((visitor.lang.say("签发", "Issued by").to_owned(), html! { (names.desk(desk)) }));
    }
    lines.push((visitor.lang.say("日期", "Date").to_owned(), html! { (visitor.lang.date(document.on)) }));
    lines
}

/// The proof as text, for whoever may read the document in full: it holds what the document says.
fn proof(snapshot: &dyn Snapshot, visitor: &Visitor, id: &str) -> Result<Response, Problem> {
    let Seen { line, access, .. } = seen(snapshot, visitor, id)?;
    let proof = if access == Access::Full { snapshot.document_proof(&line.document.id)? } else { None };
    let missing = || {
        Problem::not_found(
            "这份文书还没有证明，或者您只能看到一部分",
            "There is no proof of it yet, or you see only part of it",
        )
        .hint(
            "签发后一分钟内会进入公示树；以前签发的文书没有这种证明。",
            "It enters the log within a minute; documents issued earlier have no such proof.",
        )
    };
    let name = saved("document.proof", &format!("{id}.proof"));
    let headers = [(CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, name)];
    Ok((StatusCode::OK, headers, proof.ok_or_else(missing)?.to_string()).into_response())
}

fn paper(app: &Running, visitor: &Visitor, id: &str) -> Result<Response, Problem> {
    let (bytes, name) = app.read(|snapshot| {
        let seen = seen(snapshot, visitor, id)?;
        if seen.covered {
            let (zh, en) = (
                "您的岗位只能看到遮盖后的内容，不能取得这份文书的 PDF",
                "Your post sees this document covered, not its PDF",
            );
            return Err(Problem::forbidden(zh, en).hint("请向承办单位索取。", "Ask the office in charge for it."));
        }
        let Seen { line, matter, model, .. } = seen;
        let bytes = typeset::issued(app, snapshot, &line, &matter, &model)?;
        let name = line.document.number.clone().unwrap_or_else(|| model.title.zh.clone());
        Ok((bytes, name))
    })?;
    Ok(pdf(&bytes, &name))
}

/// A PDF that browsers show, and save under a name.
#[must_use]
pub fn pdf(bytes: &[u8], name: &str) -> Response {
    let disposition = shown("document.pdf", &format!("{name}.pdf"));
    (StatusCode::OK, [(CONTENT_TYPE, "application/pdf".to_owned()), (CONTENT_DISPOSITION, disposition)], bytes.to_vec())
        .into_response()
}
