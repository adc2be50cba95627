//! Pages of a list (翻页): by key, so that a list that changes meanwhile skips nothing.

use crate::lang::Lang;
use maud::{Markup, html};

/// Links to the first page and to the next one.
#[must_use]
pub fn pagination(lang: Lang, first: Option<&str>, next: Option<&str>) -> Markup {
    html! {
        @if first.is_some() || next.is_some() {
            nav class="pages no-print" aria-label=(lang.say("翻页", "Pages")) {
                @if let Some(href) = first { a class="button secondary" href=(href) { (lang.say("回到第一页", "First page")) } }
                @if let Some(href) = next { a class="button secondary" rel="next" href=(href) { (lang.say("下一页", "Next page")) } }
            }
        }
    }
}

/// Examples for the style guide.
#[must_use]
pub fn examples() -> Markup {
    pagination(Lang::Zh, Some("#"), Some("#"))
}
