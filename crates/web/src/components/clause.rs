//! Links to clauses (条款): every reason, date and verdict leads back to the text it rests on.

use maud::{Markup, html};
use regulation::model::{ClauseId, Rulebook};

/// Where a clause can be read, and how it is cited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Citation {
    /// Its id.
    pub id: ClauseId,
    /// Address of the clause in the regulation's page; empty where the clause is unknown.
    pub href: String,
    /// As people cite it: the numbers of its headings, else the id.
    pub label: String,
    /// What it says, shortened.
    pub text: String,
}

/// So much of a clause's text is shown beside its citation.
const TEXT_CHARS: usize = 120;

/// Finds clauses in the regulations in force; of those cited alike, the first.
#[must_use]
pub fn cite(rulebook: &Rulebook, clauses: &[ClauseId]) -> Vec<Citation> {
    let mut found: Vec<Citation> = Vec::new();
    for citation in clauses.iter().map(|id| cite_one(rulebook, id)) {
        if !found.iter().any(|known| known.label == citation.label) {
            found.push(citation);
        }
    }
    found
}

fn cite_one(rulebook: &Rulebook, id: &str) -> Citation {
    let found = rulebook.regulations.values().find_map(|regulation| {
        regulation.clauses.iter().find(|clause| clause.id == id).map(|clause| (regulation, clause))
    });
    match found {
        None => Citation { id: id.to_owned(), href: String::new(), label: id.to_owned(), text: String::new() },
        Some((regulation, clause)) => Citation {
            id: id.to_owned(),
            href: format!("/gazette/{}#{id}", regulation.id),
            label: number(&clause.headings).unwrap_or_else(|| id.to_owned()),
            text: shortened(&clause.text),
        },
    }
}

fn shortened(text: &str) -> String {
    let cut: String = text.chars().take(TEXT_CHARS).collect();
    if cut.len() < text.len() { cut + "…" } else { cut }
}

/// The printed number of a clause out of its headings: `四、程序` and `（三）乡镇审批` give `四（三）`.
fn number(headings: &[String]) -> Option<String> {
    let numbers: String = headings.iter().filter_map(|heading| leading_number(heading)).collect();
    (!numbers.is_empty()).then_some(numbers)
}

fn leading_number(heading: &str) -> Option<String> {
    const NUMERALS: &str = "一二三四五六七八九十百";
    if let Some(rest) = heading.strip_prefix('（') {
        let (inner, _) = rest.split_once('）')?;
        return inner.chars().all(|c| NUMERALS.contains(c)).then(|| format!("（{inner}）"));
    }
    if let Some(rest) = heading.strip_prefix('第') {
        let (inner, _) = rest.split_once('条')?;
        return inner.chars().all(|c| NUMERALS.contains(c) || c.is_ascii_digit()).then(|| format!("第{inner}条"));
    }
    let (inner, _) = heading.split_once('、')?;
    (!inner.is_empty() && inner.chars().all(|c| NUMERALS.contains(c))).then(|| inner.to_owned())
}

/// Links to clauses in one line; nothing without clauses.
#[must_use]
pub fn clauses(citations: &[Citation]) -> Markup {
    html! {
        @if !citations.is_empty() {
            span class="clauses" {
                @for citation in citations {
                    @if citation.href.is_empty() { span class="clause soft" { (citation.label) } }
                    @else { a class="clause" href=(citation.href) title=(citation.text) { (citation.label) } }
                }
            }
        }
    }
}

/// Examples for the style guide.
#[must_use]
pub fn examples() -> Markup {
    let known =
        Citation {
            id: "xx-4.3".into(), href: "#".into(), label: "四（三）".into(), text: "应当在五日内审查。".into()
        };
    let unknown = Citation { id: "xx-9".into(), href: String::new(), label: "xx-9".into(), text: String::new() };
    html! { p { "应当在五日内审查。" (clauses(&[known, unknown])) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_headings() {
        let headings = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        assert_eq!(number(&headings(&["四、办理流程", "（三）乡镇审批", "受理"])).as_deref(), Some("四（三）"));
        assert_eq!(number(&headings(&["第十二条 公示"])).as_deref(), Some("第十二条"));
        assert_eq!(number(&headings(&["总则", "一个说明、两个说明"])), None);
    }
}
