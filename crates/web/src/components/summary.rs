//! Summary lists (摘要): a label and its value, line by line.

use maud::{Markup, html};

/// Lines of label and content.
#[must_use]
pub fn summary(lines: &[(String, Markup)]) -> Markup {
    html! { dl class="summary" { @for (label, content) in lines { div { dt { (label) } dd { (content) } } } } }
}

/// Examples for the style guide.
#[must_use]
pub fn examples() -> Markup {
    summary(&[
        ("编号".into(), html! { "示例-2022-00001" }),
        ("申请人".into(), html! { "李某某" }),
        ("身份号码".into(), html! { "999999********001X" }),
    ])
}
