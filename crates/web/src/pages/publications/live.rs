//! Which clauses of a published text run here: the regulation of the same number counts its clauses as the paper does.

use super::text::Shown;
use crate::lang::Lang;
use gazette::body;
use maud::{Markup, html};
use regulation::model::{ClauseStatus, Element, ElementKind, Regulation};
use std::collections::BTreeMap;

/// The regulation that runs a text, with the clauses that a block carries out by their anchors on paper.
pub(crate) struct Runs {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    clauses: BTreeMap<String, String>,
}

impl Runs {
    /// The way to a clause in a text is read off its headings, which are those of the paper. A heading leads to the first clause under it
    /// that a block carries out.
    pub fn of(regulation: &Regulation) -> Runs {
        let runs = |id: &str| {
            let clause = regulation.clauses.iter().find(|clause| clause.id == id);
            clause.is_some_and(|clause| clause.status == ClauseStatus::Implemented)
        };
        let readable = |element: &&Element| !matches!(element.kind, ElementKind::Block { .. } | ElementKind::Table(_));
        let elements = regulation.text.iter().filter(readable);
        let written: Vec<(Option<&String>, &str)> = elements
            .filter_map(|element| Some((element.clauses.first(), element.text.lines().next()?.trim())))
            .filter(|(_, line)| !line.is_empty())
            .collect();
        let text: Vec<&str> = written.iter().map(|(_, line)| *line).collect();
        let sections = body::read(&text.join("\n"));
        let mut clauses = BTreeMap::new();
        // A line that is read as a table would set them off against each other.
        if sections.len() == written.len() {
            let mut anchor = None;
            for ((id, _), section) in written.iter().zip(&sections) {
                anchor = section.anchor.clone().or(anchor);
                if let (Some(anchor), Some(id)) = (&anchor, id.filter(|id| runs(id))) {
                    clauses.entry(anchor.clone()).or_insert_with(|| id.clone());
                }
            }
        }
        Runs { id: regulation.id.clone(), title: regulation.title.zh.clone(), clauses }
    }

    /// The address at which a clause of the paper runs. What a notice issues counts anew: `s4-2` is the second 四、of the text.
    fn address(&self, anchor: &str) -> Option<String> {
        let plain = anchor.split_once('-').filter(|(_, again)| again.chars().all(|sign| sign.is_ascii_digit()));
        let clause = self.clauses.get(plain.map_or(anchor, |(first, _)| first))?;
        Some(format!("/gazette/{}#{clause}", self.id))
    }
}

/// A link beside a clause that runs.
pub(super) fn link(lang: Lang, shown: &Shown, anchor: Option<&str>) -> Markup {
    let address = shown.runs.as_ref().zip(anchor).and_then(|(runs, anchor)| runs.address(anchor));
    html! {
        @if let Some(address) = address { " " a class="tag no-print" href=(address) { (lang.say("正在运行", "runs here")) } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use regulation::{SourceFile, check};

    #[test]
    fn a_clause_of_the_paper_leads_to_the_one_that_runs() {
        let text = "---\nid: s\ntitle: 示例\nnumber: 1\nissuer: o\nissued: 2022-01-01\neffective: 2022-01-01\n---\n\
                    # 一、总则 {#s-1 .narrative}\n## （一）收费\n\n摊位要收费。 {#s-1.1}\n```yaml parameter\nfee: 5 yuan\n```\n\
                    # 二、附则 {#s-2 .narrative}\n";
        let checked = check(&[SourceFile { name: "s.md".into(), text: text.into() }]);
        let runs = Runs::of(&checked.rulebook.regulations["s"]);
        assert_eq!(runs.address("s1.1").as_deref(), Some("/gazette/s#s-1.1"));
        assert_eq!(runs.address("s1.1-2").as_deref(), Some("/gazette/s#s-1.1"));
        assert_eq!(runs.address("s1").as_deref(), Some("/gazette/s#s-1"), "its section is carried out");
        assert_eq!(runs.address("s2"), None, "it asks nothing of software");
        assert_eq!(runs.address("f1-s1.1"), None, "an annex is not the text");
    }
}
