//! Small drawings that carry a meaning by shape as well as by colour. Always beside a text that says the same.

use maud::{Markup, html};

/// A tick.
#[must_use]
pub fn tick() -> Markup {
    html! { svg class="yes" viewBox="0 0 16 16" aria-hidden="true" { path d="M2.5 8.5l3.5 3.5 7.5-8" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"; } }
}

/// A cross.
#[must_use]
pub fn cross() -> Markup {
    html! { svg class="no" viewBox="0 0 16 16" aria-hidden="true" { path d="M3.5 3.5l9 9M12.5 3.5l-9 9" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round"; } }
}

/// An open question.
#[must_use]
pub fn open_question() -> Markup {
    html! { svg class="open" viewBox="0 0 16 16" aria-hidden="true" { circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="2" stroke-dasharray="3 2"; } }
}
