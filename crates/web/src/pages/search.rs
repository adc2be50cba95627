//! Search (搜索): services, one's own matters, notices on display, the gazette, clauses.

use super::home::offered;
use crate::problem::Problem;
use crate::visit::Visitor;
use engine::rights::Access;
use maud::{Markup, html};
use regulation::model::{ElementKind, Regulation, Rulebook};
use std::sync::Arc;
use store::Snapshot;
use store::pages::{Cut, MatterQuery};
use store::publications::{PublicationQuery, Wanted};

/// Hits of a kind that are shown.
const HITS: usize = 40;
/// Publications among the hits; the gazette's own search has all of them.
const PUBLICATIONS: usize = 10;

/// Services, matters that this visitor may see, notices and clauses that a query finds.
pub fn hits(snapshot: &dyn Snapshot, visitor: &Visitor, query: &str) -> Result<Markup, Problem> {
    let lang = visitor.lang;
    let rulebook = snapshot.world().rulebook();
    let services: Vec<_> = offered(rulebook)
        .filter(|(_, procedure)| contains(&procedure.title.zh, query) || contains(lang.label(&procedure.title), query))
        .collect();
    let matters = found_matters(snapshot, visitor, query)?;
    let notices = found_notices(snapshot, visitor, query)?;
    let clauses = found_clauses(rulebook, query);
    let wanted = PublicationQuery { wanted: Wanted::read(query), ..PublicationQuery::default() };
    let publications = snapshot.publications(&wanted, visitor.now.date(), 0, PUBLICATIONS)?.lines;
    let nothing = services.is_empty()
        && matters.is_empty()
        && notices.is_empty()
        && clauses.is_empty()
        && publications.is_empty();
    Ok(html! {
        section aria-label=(lang.say("搜索结果", "Results")) {
            h2 { (lang.say("搜索结果", "Results")) }
            @if nothing {
                p { (lang.say("没有找到。换一个词试试，或从下面的服务中选择。", "Nothing found. Try another word, or choose a service below.")) }
            }
            ul {
                @for (_, procedure) in &services {
                    li { span class="tag accent" { (lang.say("办事", "service")) } " " a href=(format!("/services/{}", procedure.name)) { (lang.label(&procedure.title)) } }
                }
                @for (id, title) in &matters {
                    li { span class="tag accent" { (lang.say("事项", "matter")) } " " a href=(format!("/matters/{id}")) { (title) } }
                }
                @for (id, title) in &notices {
                    li { span class="tag accent" { (lang.say("公示", "notice")) } " " a href=(format!("/documents/{id}")) { (title) } }
                }
                @for line in &publications {
                    li { span class="tag accent" { (lang.say("公报", "gazette")) } " " a href=(super::publications::address(line)) { (line.title) } @if let Some(number) = &line.number { " " span class="soft" { (number) } } }
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
    })
}

/// Clauses of regulations that run which have a word.
#[must_use]
pub fn clauses(visitor: &Visitor, rulebook: &Rulebook, word: &str) -> Markup {
    let lang = visitor.lang;
    let clauses = found_clauses(rulebook, word);
    html! {
        @if !clauses.is_empty() {
            h2 { (lang.say("正在运行的规定里", "In the regulations that run")) }
            ul class="plain entries" {
                @for (regulation, anchor, text) in &clauses {
                    li {
                        a href=(format!("/gazette/{}{anchor}", regulation.id)) { (lang.label(&regulation.title)) } " " span class="soft small" { (anchor.trim_start_matches('#')) }
                        p class="small" { (excerpt(text, word)) }
                    }
                }
            }
        }
    }
}

/// Matters whose number or title has the words, as far as this visitor may see them.
fn found_matters(snapshot: &dyn Snapshot, visitor: &Visitor, query: &str) -> Result<Vec<(String, String)>, Problem> {
    if visitor.person.is_none() {
        return Ok(Vec::new());
    }
    let wanted = MatterQuery { text: Some(query.to_owned()), ..MatterQuery::default() };
    let lines = snapshot.matters(&wanted, &Cut::first(HITS))?.lines;
    let mut found = Vec::new();
    for line in lines {
        let Ok(view) = super::matter::View::open(snapshot, visitor, &line.id, false) else { continue };
        if view.access >= Access::Masked {
            found.push((line.id, format!("{} {}", view.title()?, line.number.unwrap_or_default())));
        }
    }
    Ok(found)
}

/// Notices on display whose title, number or place has the words.
fn found_notices(snapshot: &dyn Snapshot, visitor: &Visitor, query: &str) -> Result<Vec<(String, String)>, Problem> {
    let lines = snapshot.notices(visitor.now.date(), &Cut::first(HITS))?.lines;
    let names = super::home::names(snapshot, visitor);
    let titled = lines.iter().map(|line| {
        let matter = snapshot.world().matter(&line.matter);
        let place = matter.map_or_else(String::new, |matter| names.place_path(&matter.place));
        let title = super::documents::title(snapshot, visitor, line);
        (line.document.id.clone(), format!("{title} {} {place}", line.document.number.clone().unwrap_or_default()))
    });
    Ok(titled.filter(|(_, title)| contains(title, query)).collect())
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
