//! The deadlines (期限) of a matter that still run: the last day of each, and why.

use super::View;
use crate::components::light::{Light, light, time_left};
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
                    b { (names.step(&self.procedure, &clock.step)) (colon(lang, clock)) (lang.until(clock.until())) }
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
            ClockState::Suspended { on, at } => {
                let since = at.map_or_else(|| lang.date(on), |at| lang.moment(at));
                match lang {
                    Lang::Zh => format!("自{since}起中止"),
                    Lang::En => format!("standing still since {since}"),
                }
            }
            _ => time_left(lang, Some(clock.until()), self.visitor.now),
        }
    }

    pub(super) fn light(&self, clock: &Clock) -> Light {
        Light::of_clock(clock, self.visitor.now, self.snapshot.world().holidays())
    }

    pub(super) fn nearest(&self) -> Option<&Clock> {
        let deadline = |clock: &&Clock| !matches!(clock.kind, ClockKind::Reminder(_)) && is_live(clock);
        self.matter.clocks.iter().map(AsRef::as_ref).filter(deadline).min_by_key(|clock| clock.until())
    }
}

/// Between a step and the end of its deadline.
fn colon(lang: Lang, clock: &Clock) -> &'static str {
    match clock.hour {
        None => lang.say("：最后一日 ", ": last day "),
        Some(_) => lang.say("：截止 ", ": until "),
    }
}

fn is_live(clock: &Clock) -> bool {
    matches!(
        clock.state,
        ClockState::Running | ClockState::Suspended { .. } | ClockState::Expired { stopped: None, .. }
    )
}
