//! Search (搜索): services, one's own matters, notices on display, the gazette, clauses.

use super::home::offered;
use super::publications::shown::{excerpt, has_all, words_of};
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
    let wanted = PublicationQuery { wanted: Wanted::read(query), ..PublicationQuery::default() };
    let words = words_of(&wanted.wanted);
    let read = rulebook.regulations.values().filter(|one| visitor.reads(one));
    let clauses = found_clauses(read, &words);
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
                        br; span class="soft" { (excerpt(text, &words)) }
                    }
                }
            }
        }
    })
}

/// Clauses of regulations that run which have all of the words.
#[must_use]
pub fn clauses(visitor: &Visitor, rulebook: &Rulebook, wanted: &Wanted) -> Markup {
    let lang = visitor.lang;
    let words = words_of(wanted);
    let read = rulebook.regulations.values().filter(|one| visitor.reads(one));
    let clauses = found_clauses(read, &words);
    html! {
        @if !clauses.is_empty() {
            h2 { (lang.say("正在运行的规定里", "In the regulations that run")) }
            ul class="plain entries" {
                @for (regulation, anchor, text) in &clauses {
                    li {
                        a href=(format!("/gazette/{}{anchor}", regulation.id)) { (lang.label(&regulation.title)) } " " span class="soft small" { (anchor.trim_start_matches('#')) }
                        p class="small" { (excerpt(text, &words)) }
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
        let Ok(view) = super::matter::View::open(snapshot, visitor, &line.id) else { continue };
        if view.access >= Access::Masked {
            found.push((line.id, format!("{} {}", view.title()?, line.number.unwrap_or_default())));
        }
    }
    Ok(found)
}

/// Notices on display whose title, number or place has the words.
fn found_notices(snapshot: &dyn Snapshot, visitor: &Visitor, query: &str) -> Result<Vec<(String, String)>, Problem> {
    let notices = super::documents::on_display(snapshot, visitor, &Cut::first(HITS))?.lines;
    let names = super::home::names(snapshot, visitor);
    let titled = notices.iter().map(|notice| {
        let (document, title) = (&notice.line.document, visitor.lang.label(&notice.model.title));
        let (number, place) = (document.number.as_deref().unwrap_or_default(), names.place_path(&notice.matter.place));
        (document.id.clone(), format!("{title} {number} {place}"))
    });
    Ok(titled.filter(|(_, title)| contains(title, query)).collect())
}

fn found_clauses<'a>(
    regulations: impl Iterator<Item = &'a Arc<Regulation>>,
    words: &[Vec<char>],
) -> Vec<(&'a Arc<Regulation>, String, &'a str)> {
    let mut found = Vec::new();
    if words.is_empty() {
        return found;
    }
    for regulation in regulations {
        for element in &regulation.text {
            let readable = !matches!(element.kind, ElementKind::Block { .. } | ElementKind::Table(_));
            if readable && found.len() < HITS && has_all(&element.text, words) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use regulation::{SourceFile, check};

    #[test]
    fn a_clause_has_all_the_words_whatever_stands_between_them() {
        let text = "---\nid: s\ntitle: 示例\nnumber: 1\nissuer: o\nissued: 2022-01-01\neffective: 2022-01-01\n---\n\
                    # 一、摊位 {#s-1 .narrative}\n\n摊位的Ａ类面积以十二平方米为限。 {#s-1.1 .narrative}\n";
        let checked = check(&[SourceFile { name: "s.md".into(), text: text.into() }]);
        let found = |typed: &str| {
            let words = words_of(&Wanted::read(typed));
            found_clauses(checked.rulebook.regulations.values(), &words)
                .into_iter()
                .map(|(_, anchor, _)| anchor)
                .collect::<Vec<_>>()
        };
        assert_eq!(found("面积 摊位"), ["#s-1.1"]);
        assert_eq!(found("a类"), ["#s-1.1"]);
        assert_eq!(found("摊位"), ["#s-1", "#s-1.1"]);
        assert!(found("摊位 学校").is_empty() && found("").is_empty());
    }
}
