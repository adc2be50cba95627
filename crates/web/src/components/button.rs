//! Buttons (按钮): one main button to a page; a link that leads to a form looks like one too.

use maud::{Markup, html};

/// The main button of a form.
#[must_use]
pub fn submit(label: &str) -> Markup {
    html! { button class="button" type="submit" { (label) } }
}

/// A further button of a form, with the name and value that tell which was pressed.
#[must_use]
pub fn secondary(label: &str, name: &str, value: &str) -> Markup {
    html! { button class="button secondary" type="submit" name=(name) value=(value) formnovalidate { (label) } }
}

/// The main button of a page that asks once more, with the name and value that say so.
#[must_use]
pub fn confirm(label: &str, name: &str, value: &str) -> Markup {
    html! { button class="button" type="submit" name=(name) value=(value) { (label) } }
}

/// A link that starts something.
#[must_use]
pub fn link(label: &str, href: &str) -> Markup {
    html! { a class="button" href=(href) { (label) } }
}

/// A link to something less important.
#[must_use]
pub fn secondary_link(label: &str, href: &str) -> Markup {
    html! { a class="button secondary" href=(href) { (label) } }
}

/// Prints the page; shown only where scripts run.
#[must_use]
pub fn print(label: &str) -> Markup {
    html! { button class="button secondary no-print" type="button" data-print hidden { (label) } }
}

/// Examples for the style guide.
#[must_use]
pub fn examples() -> Markup {
    html! {
        div class="row" { (submit("提交申请")) (secondary("保存草稿", "then", "save")) (secondary_link("返回", "#")) }
        div class="row" { button class="button" type="button" disabled { "暂不能办理" } button class="button grave" type="button" { "撤回申请" } }
    }
}
