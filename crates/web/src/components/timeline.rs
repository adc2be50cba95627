//! Timelines (办理过程): what happened, by whom, when, under which clause.

use maud::{Markup, html};

/// One entry.
#[derive(Debug, Clone)]
pub struct Entry {
    /// When, as people read it.
    pub when: String,
    /// What happened.
    pub title: Markup,
    /// More: the actor, clauses, reasons.
    pub body: Markup,
    /// The clock did it.
    pub by_clock: bool,
    /// It was late.
    pub late: bool,
}

/// Entries in the order given.
#[must_use]
pub fn timeline(entries: &[Entry]) -> Markup {
    html! {
        ol class="timeline" {
            @for entry in entries {
                li class=(class(entry)) {
                    p { b { (entry.title) } }
                    p class="when-at" { (entry.when) }
                    (entry.body)
                }
            }
        }
    }
}

fn class(entry: &Entry) -> &'static str {
    match (entry.late, entry.by_clock) {
        (true, _) => "late",
        (false, true) => "clock",
        (false, false) => "act",
    }
}

/// Examples for the style guide.
#[must_use]
pub fn examples() -> Markup {
    let entry = |when: &str, title: &str, by: &str, by_clock, late| Entry {
        when: when.into(),
        title: html! { (title) },
        body: html! { p { (by) } },
        by_clock,
        late,
    };
    timeline(&[
        entry("2022年2月14日 09:12", "提交申请", "李某某（户主）", false, false),
        entry("2022年2月21日 10:00", "张贴公示", "组长", false, false),
        entry("2022年3月8日 00:00", "期限届满", "系统时钟", true, true),
    ])
}
