//! `/matters/{id}/receipt`: it was received; its number, what comes next and by when, and the papers to take along.

use super::View;
use crate::components::{button, why};
use crate::layout::{self, Nav};
use crate::problem::Problem;
use crate::site::{Running, look};
use crate::visit::Visitor;
use axum::extract::{Path, State};
use maud::{Markup, html};
use std::sync::Arc;

/// The page.
pub async fn show(state: State<Arc<Running>>, visitor: Visitor, Path(id): Path<String>) -> Result<Markup, Problem> {
    look(&state, move |snapshot| View::open(snapshot, &visitor, &id)?.receipt()).await
}

impl View<'_> {
    fn receipt(&self) -> Result<Markup, Problem> {
        let lang = self.lang();
        let names = self.names();
        let matter = &self.matter;
        let heading = lang.say("收件回执", "Receipt");
        let content = html! {
            div class="receipt" {
                h1 { (lang.say("已收到您的申请", "Received")) }
                p { (self.title()?) }
                @if let Some(number) = &matter.number { p class="file-number" { (number) } }
                p class="soft" { (lang.moment(matter.opened_at)) }
            }
            @if let Some(step) = &matter.step {
                h2 { (lang.say("接下来", "What happens next")) }
                p { (lang.say("下一环节：", "Next step: ")) b { (names.step(&self.procedure, step)) } (lang.say("，由 ", ", with ")) (self.desks()) (lang.say(" 办理。", ".")) }
            }
            @if let Some(clock) = self.nearest() {
                p { @if clock.hour.is_some() { (lang.say("截止：", "Until: ")) } @else { (lang.say("最后一日：", "Last day: ")) } b { (lang.until(clock.until())) } " " (self.cited(&clock.clauses)) }
                (why::why(lang, &clock.why))
            }
            (self.documents()?)
            div class="row no-print" {
                (button::link(lang.say("查看办理进度", "Follow the matter"), &format!("/matters/{}", matter.id)))
                (button::print(lang.say("打印回执", "Print")))
            }
        };
        Ok(layout::page(self.visitor, Nav::Track, heading, &content))
    }
}
