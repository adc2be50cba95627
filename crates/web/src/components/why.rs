//! “为什么是这一天”: each day counted or left out on the way to a last day.

use crate::lang::Lang;
use calendar::Why;
use maud::{Markup, html};

/// The reasons for a date, folded away until asked for.
#[must_use]
pub fn why(lang: Lang, reasons: &[Why]) -> Markup {
    html! {
        @if !reasons.is_empty() {
            details {
                summary { (lang.say("为什么是这一天", "Why this date")) }
                ol class="days" { @for reason in reasons { li class=[off(reason)] { span { (sentence(lang, reason)) } } } }
            }
        }
    }
}

/// One reason as a sentence.
#[must_use]
pub fn sentence(lang: Lang, reason: &Why) -> String {
    match lang {
        Lang::Zh => reason.zh(),
        Lang::En => reason.en(),
    }
}

fn off(reason: &Why) -> Option<&'static str> {
    matches!(reason, Why::Skipped { .. } | Why::PassedOver { .. }).then_some("off")
}

/// Examples for the style guide: five working days over the Spring Festival.
#[must_use]
pub fn examples() -> Markup {
    let posted_on = jiff::civil::date(2022, 1, 28);
    let term = calendar::Term::new(5, calendar::Unit::WorkingDays);
    let due = calendar::due(posted_on, term, &calendar::Rules::default(), &calendar::Holidays::built_in());
    html! { @if let Ok(due) = due { p { (Lang::Zh.day(due.on)) } (why(Lang::Zh, &due.why)) } }
}
