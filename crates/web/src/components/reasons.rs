//! Reasons (理由): why something is refused or should be minded, each with its clauses and what to do next.

use super::clause::{cite, clauses};
use crate::lang::Lang;
use engine::Reason;
use maud::{Markup, html};
use regulation::model::Rulebook;

/// Reasons as a list.
#[must_use]
pub fn reasons(lang: Lang, rulebook: &Rulebook, reasons: &[Reason]) -> Markup {
    html! {
        ul { @for reason in reasons { li {
            (lang.say(&reason.zh, &reason.en)) " " (clauses(&cite(rulebook, &reason.clauses)))
            @if let Some(hint) = &reason.hint { br; span class="soft" { (lang.label(hint)) } }
        } } }
    }
}

/// Examples for the style guide.
#[must_use]
pub fn examples() -> Markup {
    let reason = Reason {
        code: "over-area".into(),
        clauses: Vec::new(),
        zh: "申请面积 220 平方米，超过每户上限 200 平方米".into(),
        en: "220 m² is more than the limit of 200 m²".into(),
        values: Vec::new(),
        hint: Some("请减少申请面积后再提交".into()),
    };
    reasons(Lang::Zh, &Rulebook::default(), &[reason])
}
