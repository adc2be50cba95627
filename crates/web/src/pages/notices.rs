//! `/notices`: what is on public display now, until when, and how to object.

use super::documents::Seen;
use super::home::names;
use crate::components::pagination::pagination;
use crate::components::table::{Column, table};
use crate::layout::{self, Nav};
use crate::problem::Problem;
use crate::site::{Running, look};
use crate::visit::{Visitor, query_value};
use axum::extract::State;
use axum::http::Uri;
use engine::offer::available_starts;
use engine::{Matter, World};
use maud::{Markup, html};
use regulation::expr::Value;
use regulation::model::{AboutTarget, Act, Party, Procedure, Rulebook};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::Snapshot;
use store::pages::{Cut, DocumentLine};

/// Notices on a page.
const LINES: usize = 30;

/// The page.
pub async fn show(state: State<Arc<Running>>, visitor: Visitor, uri: Uri) -> Result<Markup, Problem> {
    let after = query_value(&uri, "after");
    look(&state, move |snapshot| page(snapshot, &visitor, after)).await
}

fn page(snapshot: &dyn Snapshot, visitor: &Visitor, after: Option<String>) -> Result<Markup, Problem> {
    let lang = visitor.lang;
    let first = after.as_ref().map(|_| "/notices");
    let notices = super::documents::on_display(snapshot, visitor, &Cut { limit: LINES, after })?;
    let next = notices.next.as_ref().map(|next| format!("/notices?after={}", layout::encode(next)));
    let title = lang.say("正在公示", "Notices on display");
    let content = html! {
        h1 { (title) }
        p class="lead" { (lang.say(
            "公示期内任何人都可以提出异议；公示的内容只有规定允许公开的部分。",
            "While a notice is on display anybody may object; it shows only what the regulation allows to be public.",
        )) }
        @if notices.lines.is_empty() { p class="soft" { (lang.say("现在没有公示。", "Nothing is on display now.")) } }
        @else { (list(snapshot, visitor, &notices.lines)) }
        (pagination(lang, first, next.as_deref()))
    };
    Ok(layout::page(visitor, Nav::Notices, title, &content))
}

/// Notices as a table.
#[must_use]
pub fn list(snapshot: &dyn Snapshot, visitor: &Visitor, notices: &[Seen]) -> Markup {
    let lang = visitor.lang;
    let columns = [
        Column::text(lang.say("公示", "Notice")),
        Column::text(lang.say("地点", "Place")),
        Column::text(lang.say("自", "From")),
        Column::text(lang.say("最后一日", "Last day")),
        Column::text(lang.say("异议", "Objection")),
    ];
    let rows: Vec<Vec<Markup>> = notices.iter().map(|notice| row(snapshot, visitor, notice)).collect();
    table(lang.say("公示", "Notices"), &columns, &rows)
}

fn row(snapshot: &dyn Snapshot, visitor: &Visitor, notice: &Seen) -> Vec<Markup> {
    let lang = visitor.lang;
    let world = snapshot.world();
    let Seen { line: DocumentLine { document, .. }, matter, model, .. } = notice;
    let place = names(snapshot, visitor).place_path(&matter.place);
    let objection =
        objection(world.rulebook(), &matter.procedure).filter(|found| is_open(visitor, world, matter, *found));
    vec![
        html! { a href=(format!("/documents/{}", document.id)) { (lang.label(&model.title)) @if let Some(number) = &document.number { " " (number) } } },
        html! { (place) },
        html! { @if let Some(display) = &document.display { time { (lang.date(display.from)) } } },
        html! { @if let Some(display) = &document.display { time { (lang.date(display.last_day)) } } },
        html! { @if let Some((procedure, act, about)) = objection {
            a href=(format!("/services/{}/apply?act={}&about.{}={}", procedure.name, act.name, about, layout::encode(&matter.id))) { (lang.label(&act.label)) }
        } },
    ]
}

/// Whether the procedure could be started now about the matter, by whoever reads.
fn is_open(visitor: &Visitor, world: &dyn World, matter: &Matter, found: (&Procedure, &Act, &str)) -> bool {
    let (procedure, act, about) = found;
    let subject = BTreeMap::from([(about.to_owned(), Value::Text(matter.id.clone()))]);
    let actor = crate::site::actor(visitor.person_id().unwrap_or_default(), None);
    let starts = available_starts(world, &procedure.name, &matter.place, &subject, &actor, visitor.now);
    starts.iter().any(|start| start.act == act.name && start.allowed.is_ok())
}

/// A procedure that anybody may start about a matter of another one: an objection, a complaint. Its act and about name.
#[must_use]
pub fn objection<'a>(rulebook: &'a Rulebook, about: &str) -> Option<(&'a Procedure, &'a Act, &'a str)> {
    let all = rulebook.regulations.values().flat_map(|regulation| regulation.procedures.values());
    all.map(AsRef::as_ref).find_map(|procedure: &Procedure| {
        let points = procedure.about.iter().find(|one| one.target == AboutTarget::Procedure(about.to_owned()))?;
        let act = procedure.start.iter().find(|act| act.by.iter().any(|by| by.party == Party::Anyone))?;
        Some((procedure, act, points.name.as_str()))
    })
}
