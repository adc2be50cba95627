//! Banners (提示条): one thing the reader should know before going on.

use maud::{Markup, html};

/// How grave it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// To be known.
    Plain,
    /// Something succeeded.
    Good,
    /// Mind this.
    Care,
    /// A last day has passed.
    Late,
}

/// A banner with a heading and any content.
#[must_use]
pub fn banner(tone: Tone, heading: &str, content: &Markup) -> Markup {
    let class = match tone {
        Tone::Plain => "banner",
        Tone::Good => "banner good",
        Tone::Care => "banner care",
        Tone::Late => "banner late",
    };
    html! { div class=(class) role="status" { h2 { (heading) } (content) } }
}

/// Examples for the style guide.
#[must_use]
pub fn examples() -> Markup {
    html! {
        (banner(Tone::Plain, "公示进行中", &html! { p { "公示期至2022年2月28日届满，期间任何人可以提出异议。" } }))
        (banner(Tone::Good, "已提交", &html! { p { "您的申请已经收到。" } }))
        (banner(Tone::Care, "需要补正", &html! { p { "请在收到通知后补齐下列材料。" } }))
        (banner(Tone::Late, "已逾期", &html! { p { "最后一日是2022年2月24日，已超过3日。" } }))
    }
}
