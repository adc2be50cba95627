//! Bread crumbs (所在位置).

use crate::lang::Lang;
use maud::{Markup, html};

/// The way here: links from the home page down; the page itself is its heading.
#[must_use]
pub fn crumbs(lang: Lang, way: &[(&str, &str)]) -> Markup {
    html! {
        nav class="crumbs" aria-label=(lang.say("所在位置", "Breadcrumb")) {
            ol {
                li { a href="/" { (lang.say("首页", "Home")) } }
                @for (label, href) in way { li { a href=(href) { (label) } } }
            }
        }
    }
}
