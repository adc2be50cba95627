//! Stages (进度): where a matter stands among the stages that its procedure names.

use crate::lang::Lang;
use maud::{Markup, html};

/// How far a stage is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Past.
    Done,
    /// The matter is here.
    Now,
    /// Still to come.
    Ahead,
}

/// The stages in order.
#[must_use]
pub fn stages(lang: Lang, stages: &[(String, Progress)]) -> Markup {
    html! {
        @if !stages.is_empty() {
            ol class="stages" aria-label=(lang.say("办理进度", "Progress")) {
                @for (name, progress) in stages {
                    @match progress {
                        Progress::Done => { li class="done" { (name) span class="hidden-visually" { (lang.say("（已完成）", " (done)")) } } }
                        Progress::Now => { li class="now" aria-current="step" { (name) } }
                        Progress::Ahead => { li { (name) } }
                    }
                }
            }
        }
    }
}

/// The steps of a form, the present one marked.
#[must_use]
pub fn form_steps(lang: Lang, names: &[String], present: usize) -> Markup {
    html! {
        @if names.len() > 1 {
            p class="step-count" { (place_words(lang, present, names.len())) }
            ol class="steps" aria-label=(lang.say("填写步骤", "Steps")) {
                @for (place, name) in names.iter().enumerate() {
                    li aria-current=[(place == present).then_some("step")] { (place + 1) ". " (name) }
                }
            }
        }
    }
}

fn place_words(lang: Lang, present: usize, all: usize) -> String {
    match lang {
        Lang::Zh => format!("第 {} 步，共 {all} 步", present + 1),
        Lang::En => format!("Step {} of {all}", present + 1),
    }
}

/// Examples for the style guide.
#[must_use]
pub fn examples() -> Markup {
    let example = ["申请", "公示", "审查", "决定"].into_iter().zip([
        Progress::Done,
        Progress::Done,
        Progress::Now,
        Progress::Ahead,
    ]);
    let names: Vec<_> = example.map(|(name, progress)| (name.to_owned(), progress)).collect();
    html! {
        (stages(Lang::Zh, &names))
        (form_steps(Lang::Zh, &["申请人".into(), "现有情况".into(), "确认".into()], 1))
    }
}
