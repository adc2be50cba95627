//! `/`: search, services, notices now on display, regulations.

use crate::components::table::{Column, table};
use crate::forms::names::Names;
use crate::layout::{self, Nav};
use crate::problem::Problem;
use crate::site::{App, Running, work};
use crate::visit::Visitor;
use axum::extract::State;
use axum::http::Uri;
use maud::{Markup, html};
use regulation::model::{ElementKind, Procedure, Regulation, Rulebook};
use std::sync::Arc;
use store::Snapshot;
use store::pages::Cut;

/// Notices shown on the home page.
const NOTICES: usize = 5;
/// Hits shown by a search.
const HITS: usize = 40;

/// The page.
pub async fn show(state: State<Arc<Running>>, visitor: Visitor, uri: Uri) -> Result<Markup, Problem> {
    let app: App = state;
    let query = crate::visit::query_value(&uri, "q").unwrap_or_default().trim().to_owned();
    work(&app, move |app| app.read(|snapshot| page(snapshot, &visitor, &query))).await
}

fn page(snapshot: &dyn Snapshot, visitor: &Visitor, query: &str) -> Result<Markup, Problem> {
    let lang = visitor.lang;
    let rulebook = snapshot.world().rulebook();
    let title = lang.say("办事和公报", "Services and gazette");
    let content = html! {
        h1 { (title) }
        p class="lead" { (lang.say(
            "这里的每一项服务都直接按已印发的规定运行：条件、期限、结论都可以追到条款。",
            "Each service here runs directly on the regulation as issued: conditions, time limits and decisions lead back to their clauses.",
        )) }
        form class="search" role="search" method="get" action="/" {
            input class="input" type="search" name="q" value=(query) aria-label=(lang.say("搜索办事、规定和条款", "Search services, regulations and clauses")) placeholder=(lang.say("想办什么？例如：建房", "What do you need?"));
            button class="button" type="submit" { (lang.say("搜索", "Search")) }
        }
        @if !query.is_empty() { (hits(visitor, rulebook, query)) }
        h2 { (lang.say("办事", "Services")) }
        (services(visitor, rulebook))
        h2 { (lang.say("正在公示", "Notices on display")) }
        (notices(snapshot, visitor)?)
        h2 { (lang.say("最近印发", "Recently issued")) }
        (regulations(visitor, rulebook))
    };
    Ok(layout::page(visitor, Nav::Home, title, &content))
}

/// Procedures offered to residents.
pub fn offered(rulebook: &Rulebook) -> impl Iterator<Item = (&Arc<Regulation>, &Arc<Procedure>)> {
    rulebook
        .regulations
        .values()
        .flat_map(|regulation| regulation.procedures.values().map(move |procedure| (regulation, procedure)))
        .filter(|(_, procedure)| procedure.service)
}

/// The services as cards.
#[must_use]
pub fn services(visitor: &Visitor, rulebook: &Rulebook) -> Markup {
    let lang = visitor.lang;
    html! {
        ul class="cards" {
            @for (regulation, procedure) in offered(rulebook) {
                li {
                    a class="card" href=(format!("/services/{}", procedure.name)) {
                        h3 { (lang.label(&procedure.title)) }
                        p class="soft small" { (lang.label(&regulation.title)) }
                        @if let Some(worst) = &procedure.worst_case {
                            p { (super::services::promise(lang, worst)) }
                        }
                    }
                }
            }
        }
    }
}

fn notices(snapshot: &dyn Snapshot, visitor: &Visitor) -> Result<Markup, Problem> {
    let lang = visitor.lang;
    let page = snapshot.notices(visitor.now.date(), &Cut::first(NOTICES))?;
    Ok(html! {
        @if page.lines.is_empty() { p class="soft" { (lang.say("现在没有公示。", "Nothing is on display now.")) } }
        @else {
            (super::notices::list(snapshot, visitor, &page.lines))
            p { a href="/notices" { (lang.say("全部公示", "All notices")) } }
        }
    })
}

/// The regulations, the newest first.
#[must_use]
pub fn regulations(visitor: &Visitor, rulebook: &Rulebook) -> Markup {
    let lang = visitor.lang;
    let mut newest: Vec<&Arc<Regulation>> = rulebook.regulations.values().collect();
    newest.sort_by(|one, other| other.issued.cmp(&one.issued).then_with(|| one.id.cmp(&other.id)));
    let columns = [
        Column::text(lang.say("规定", "Regulation")),
        Column::text(lang.say("文号", "Number")),
        Column::text(lang.say("印发", "Issued")),
        Column::text(lang.say("施行", "In force from")),
    ];
    let rows: Vec<Vec<Markup>> = newest
        .iter()
        .map(|regulation| {
            vec![
                html! { a href=(format!("/gazette/{}", regulation.id)) { (lang.label(&regulation.title)) } @if regulation.trial { " " span class="tag" { (lang.say("试行", "trial")) } } },
                html! { (regulation.number) },
                html! { time { (lang.date(regulation.issued)) } },
                html! { time { (lang.date(regulation.effective)) } },
            ]
        })
        .collect();
    table(lang.say("规定", "Regulations"), &columns, &rows)
}

fn hits(visitor: &Visitor, rulebook: &Rulebook, query: &str) -> Markup {
    let lang = visitor.lang;
    let services: Vec<_> = offered(rulebook)
        .filter(|(_, procedure)| contains(&procedure.title.zh, query) || contains(lang.label(&procedure.title), query))
        .collect();
    let clauses = found_clauses(rulebook, query);
    html! {
        section aria-label=(lang.say("搜索结果", "Results")) {
            h2 { (lang.say("搜索结果", "Results")) }
            @if services.is_empty() && clauses.is_empty() {
                p { (lang.say("没有找到。换一个词试试，或从下面的服务中选择。", "Nothing found. Try another word, or choose a service below.")) }
            }
            ul {
                @for (_, procedure) in &services {
                    li { span class="tag accent" { (lang.say("办事", "service")) } " " a href=(format!("/services/{}", procedure.name)) { (lang.label(&procedure.title)) } }
                }
                @for (regulation, anchor, text) in &clauses {
                    li {
                        span class="tag" { (lang.say("条款", "clause")) } " "
                        a href=(format!("/gazette/{}{anchor}", regulation.id)) { (lang.label(&regulation.title)) }
                        br; span class="soft" { (excerpt(text, query)) }
                    }
                }
            }
        }
    }
}

fn found_clauses<'a>(rulebook: &'a Rulebook, query: &str) -> Vec<(&'a Arc<Regulation>, String, &'a str)> {
    let mut found = Vec::new();
    for regulation in rulebook.regulations.values() {
        for element in &regulation.text {
            let readable = !matches!(element.kind, ElementKind::Block { .. } | ElementKind::Table(_));
            if readable && contains(&element.text, query) && found.len() < HITS {
                let anchor = element.clauses.first().map_or_else(String::new, |clause| format!("#{clause}"));
                found.push((regulation, anchor, element.text.as_str()));
            }
        }
    }
    found
}

fn contains(text: &str, query: &str) -> bool {
    text.to_lowercase().contains(&query.to_lowercase())
}

/// The text around the first place where the query occurs, that place marked.
fn excerpt(text: &str, query: &str) -> Markup {
    const AROUND: usize = 30;
    let Some(start) = text.find(query) else { return html! { (text.chars().take(2 * AROUND).collect::<String>()) } };
    let before: Vec<char> = text[..start].chars().collect();
    let after: Vec<char> = text[start + query.len()..].chars().collect();
    let front: String = before[before.len().saturating_sub(AROUND)..].iter().collect();
    let back: String = after.iter().take(AROUND).collect();
    html! { @if before.len() > AROUND { "…" } (front) mark { (query) } (back) @if after.len() > AROUND { "…" } }
}

/// `/services`: the services alone.
pub async fn services_page(state: State<Arc<Running>>, visitor: Visitor) -> Result<Markup, Problem> {
    let app: App = state;
    work(&app, move |app| {
        app.read(|snapshot| {
            let title = visitor.lang.say("办事", "Services");
            let content = html! { h1 { (title) } (services(&visitor, snapshot.world().rulebook())) };
            Ok(layout::page(&visitor, Nav::Services, title, &content))
        })
    })
    .await
}

/// `/gazette`: the regulations alone.
pub async fn gazette_page(state: State<Arc<Running>>, visitor: Visitor) -> Result<Markup, Problem> {
    let app: App = state;
    work(&app, move |app| {
        app.read(|snapshot| {
            let title = visitor.lang.say("规定", "Regulations");
            let content = html! { h1 { (title) } (regulations(&visitor, snapshot.world().rulebook())) };
            Ok(layout::page(&visitor, Nav::Gazette, title, &content))
        })
    })
    .await
}

/// Names for a page that reads a snapshot.
#[must_use]
pub fn names<'a>(snapshot: &'a dyn Snapshot, visitor: &Visitor) -> Names<'a> {
    Names { world: snapshot.world(), lang: visitor.lang }
}
