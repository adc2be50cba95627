//! The deadlines (期限) of a matter that still run: the last day of each, and why.

use super::View;
use crate::components::light::{Light, days_left, light};
use crate::components::why;
use crate::lang::Lang;
use engine::event::{Clock, ClockKind, ClockState};
use maud::{Markup, html};

impl View<'_> {
    pub(super) fn clocks(&self) -> Markup {
        let lang = self.lang();
        let shown: Vec<&Clock> = self
            .matter
            .clocks
            .iter()
            .map(AsRef::as_ref)
            .filter(|clock| !matches!(clock.kind, ClockKind::Reminder(_)) && is_live(clock))
            .collect();
        html! {
            @if !shown.is_empty() {
                h2 { (lang.say("期限", "Deadlines")) }
                @for clock in shown { (self.clock(clock)) }
            }
        }
    }

    fn clock(&self, clock: &Clock) -> Markup {
        let lang = self.lang();
        let names = self.names();
        let model = self.procedure.step(&clock.step).and_then(|step| {
            step.due.iter().find(|deadline| deadline.name == clock.name).map(|deadline| (step, deadline))
        });
        let drawing = self.drawing();
        html! {
            div class="panel" {
                p class="spread" {
                    b { (names.step(&self.procedure, &clock.step)) (lang.say("：最后一日 ", ": last day ")) (lang.day(clock.due)) }
                    (light(self.light(clock), &self.clock_words(clock)))
                }
                @if let Some((step, deadline)) = model { p class="soft" { (drawing.deadline(step, deadline)) " " (self.cited(&clock.clauses)) } }
                @if clock.provisional { p class="small" { (lang.say("按尚未公布的节假日安排推算，公布后可能变动。", "Computed without a published holiday arrangement; it may change.")) } }
                (why::why(lang, &clock.why))
            }
        }
    }

    fn clock_words(&self, clock: &Clock) -> String {
        let lang = self.lang();
        match clock.state {
            ClockState::Suspended(on) => match lang {
                Lang::Zh => format!("自{}起中止", lang.date(on)),
                Lang::En => format!("standing still since {}", lang.date(on)),
            },
            _ => days_left(lang, Some(clock.due), self.visitor.now.date()),
        }
    }

    pub(super) fn light(&self, clock: &Clock) -> Light {
        Light::of_clock(clock, self.visitor.now.date(), self.snapshot.world().holidays())
    }

    pub(super) fn nearest(&self) -> Option<&Clock> {
        let deadline = |clock: &&Clock| !matches!(clock.kind, ClockKind::Reminder(_)) && is_live(clock);
        self.matter.clocks.iter().map(AsRef::as_ref).filter(deadline).min_by_key(|clock| clock.due)
    }
}

fn is_live(clock: &Clock) -> bool {
    matches!(clock.state, ClockState::Running | ClockState::Suspended(_) | ClockState::Expired { stopped: None, .. })
}
