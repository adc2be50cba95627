//! The conditions (条件) of a matter: how the merits stand, and what each act of the step needs.

use super::View;
use crate::lang::Lang;
use crate::pages::conditions;
use engine::env::Scope;
use engine::verdict::verdicts;
use maud::{Markup, html};

impl View<'_> {
    pub(super) fn verdicts(&self) -> Markup {
        let lang = self.lang();
        let scope = Scope::new(self.snapshot.world(), self.visitor.now);
        let Some(env) = scope.matter(&self.matter.id) else { return html! {} };
        // Without rules on the merits there is nothing to say before an act asks for it.
        let found = verdicts(&env, self.procedure.merits.iter().map(String::as_str));
        let step = self.matter.step.as_deref().unwrap_or_default();
        let guards = conditions::guards(&env, &self.procedure, step);
        html! {
            @if !found.is_empty() {
                h2 { (lang.say("条件核对", "Conditions")) }
                (conditions::shown(self.snapshot, lang, &found))
            }
            @if !guards.is_empty() && self.visitor.is_staff() {
                details class="no-print" {
                    summary { (lang.say("这一环节各项办理的前提", "What each act of this step needs")) }
                    ul { @for (act, rules) in &guards {
                        li { b { (lang.label(&act.label)) } ul { @for one in verdicts(&env, rules.iter().map(|rule| rule.name.as_str())) {
                            li { (lang.label(&one.title)) (lang.say("：", ": ")) (ready(lang, one.holds)) " " (self.cited(&one.clauses)) }
                        } } }
                    } }
                }
            }
        }
    }
}

/// Whether what an act needs is there, in words.
fn ready(lang: Lang, holds: Option<bool>) -> &'static str {
    match holds {
        Some(true) => lang.say("已具备", "ready"),
        Some(false) | None => lang.say("尚不具备", "not yet"),
    }
}
