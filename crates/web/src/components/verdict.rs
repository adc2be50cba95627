//! Verdicts (判定): each condition, whether it holds, the values looked at, the clause.

use super::clause::{Citation, clauses};
use super::icon;
use crate::lang::Lang;
use maud::{Markup, html};

/// Whether a condition holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// Yes.
    Yes,
    /// No.
    No,
    /// Something is missing.
    Open,
}

/// One condition looked at.
#[derive(Debug, Clone)]
pub struct Line {
    /// Whether it holds.
    pub holds: Holds,
    /// What was asked or why it fails.
    pub says: String,
    /// Values looked at: name, value.
    pub values: Vec<(String, String)>,
    /// Clauses.
    pub citations: Vec<Citation>,
    /// What to do next.
    pub hint: Option<String>,
}

/// Conditions in order.
#[must_use]
pub fn verdict(lang: Lang, lines: &[Line]) -> Markup {
    html! { ul class="verdict" { @for line in lines { li { (mark(lang, line.holds)) (text(lang, line)) } } } }
}

fn mark(lang: Lang, holds: Holds) -> Markup {
    let (drawing, words) = match holds {
        Holds::Yes => (icon::tick(), lang.say("符合：", "Met: ")),
        Holds::No => (icon::cross(), lang.say("不符合：", "Not met: ")),
        Holds::Open => (icon::open_question(), lang.say("尚不能确定：", "Not known yet: ")),
    };
    html! { (drawing) span class="hidden-visually" { (words) } }
}

fn text(lang: Lang, line: &Line) -> Markup {
    html! {
        p { (line.says) " " (clauses(&line.citations)) }
        @let known: Vec<_> = line.values.iter().filter(|(name, _)| is_label(name)).collect();
        @if !known.is_empty() {
            p class="small soft" {
                @for (place, (name, value)) in known.into_iter().enumerate() {
                    @if place > 0 { (lang.say("；", "; ")) }
                    (name) (lang.say("：", ": ")) (value)
                }
            }
        }
        @if let Some(hint) = &line.hint { p class="small" { (lang.say("怎么办：", "What to do: ")) (hint) } }
    }
}

/// Examples for the style guide.
#[must_use]
pub fn examples() -> Markup {
    let line = |holds, says: &str, values: &[(&str, &str)]| Line {
        holds,
        says: says.into(),
        values: values.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
        citations: vec![Citation {
            id: "xx-3.2".into(),
            href: "#".into(),
            label: "三（二）".into(),
            text: String::new(),
        }],
        hint: None,
    };
    verdict(
        Lang::Zh,
        &[
            line(Holds::Yes, "申请人是本集体成员", &[]),
            line(Holds::No, "申请面积超过每户上限", &[("申请面积", "220 平方米"), ("上限", "200 平方米")]),
            line(Holds::Open, "现有面积还没有填写", &[]),
        ],
    )
}

/// Whether people know a value by this name: what has no label is called by its code, which is written in ASCII.
fn is_label(name: &str) -> bool {
    !name.chars().any(|c| c.is_ascii_lowercase() || c == '(')
}

#[cfg(test)]
mod tests {
    use super::is_label;

    #[test]
    fn values_known_only_by_their_code_are_not_shown() {
        assert!(is_label("申请面积") && is_label("现有人均面积（平方米）"));
        assert!(!is_label("none(joint-opinion where …)") && !is_label("record-meeting.on"));
    }
}
