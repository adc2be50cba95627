//! Answers that travel on, hidden in a page: to be confirmed, or to be gone on with after signing in again.

use crate::components::button;
use crate::layout::token;
use crate::sent::{AGAIN, Answers, Kept};
use crate::visit::Visitor;
use maud::{Markup, html};

/// Answers as hidden fields.
#[must_use]
pub fn hidden(answers: &Answers) -> Markup {
    html! {
        @for (name, texts) in answers {
            @for text in texts { input type="hidden" name=(name) value=(text); }
        }
    }
}

/// A form that brings back what was typed, for another look; nothing is done by it.
#[must_use]
pub fn go_on(visitor: &Visitor, kept: &Kept) -> Markup {
    let lang = visitor.lang;
    html! {
        p class="lead" { (lang.say("刚才填写的内容没有丢，可以接着办。", "What you typed is not lost: you can go on with it.")) }
        @if !kept.files.is_empty() {
            p { (lang.say("刚才选的文件要重新选一次：", "The files have to be chosen once more: ")) (kept.files.join(lang.say("、", ", "))) }
        }
        form method="post" action=(kept.address) {
            (token(visitor))
            input type="hidden" name=(AGAIN) value="yes";
            (hidden(&kept.answers))
            (button::submit(lang.say("接着办", "Go on")))
        }
    }
}
