//! What can be started beside a matter: what brings its step to an end, and what is about it.

use super::View;
use crate::components::button;
use crate::layout::encode;
use engine::offer::available_starts;
use maud::{Markup, html};
use regulation::expr::Value;
use regulation::model::{AboutTarget, Name, Party};
use std::collections::BTreeMap;

/// Something to start: address and label.
type Start = (String, String);

impl View<'_> {
    /// What ends the present step from outside: a record made elsewhere, of which its act is a consequence.
    pub(super) fn elsewhere(&self) -> Markup {
        let lang = self.lang();
        let step = self.matter.step.as_deref().and_then(|name| self.procedure.step(name));
        let causes =
            step.into_iter().flat_map(|step| &step.acts).flat_map(|act| &act.by).filter_map(|by| match &by.party {
                Party::Act { procedure, act } => Some((procedure, act)),
                _ => None,
            });
        let mut found: Vec<Start> = Vec::new();
        for (procedure, cause) in causes {
            let query = format!("&place={}", encode(&self.matter.place));
            self.add_starts(procedure, &BTreeMap::new(), &query, Some(cause), &mut found);
        }
        html! {
            @if !found.is_empty() {
                section class="no-print" {
                    h2 { (lang.say("这样办成", "How to get this done")) }
                    p class="row" { @for (href, label) in &found { (button::link(label, href)) } }
                }
            }
        }
    }

    /// Procedures that can be started about this matter: extension, objection.
    pub(super) fn what_else(&self) -> Markup {
        let lang = self.lang();
        let rulebook = self.snapshot.world().rulebook();
        let mut found: Vec<Start> = Vec::new();
        for procedure in rulebook.regulations.values().flat_map(|regulation| regulation.procedures.values()) {
            let wanted = AboutTarget::Procedure(self.procedure.name.clone());
            let Some(about) = procedure.about.iter().find(|about| about.target == wanted) else { continue };
            let value = crate::pages::subjects::value_of(&about.target, &self.matter.id);
            let subject = BTreeMap::from([(about.name.clone(), value)]);
            let query = format!("&about.{}={}", about.name, encode(&self.matter.id));
            self.add_starts(&procedure.name, &subject, &query, None, &mut found);
        }
        html! {
            @if !found.is_empty() {
                section class="no-print" {
                    h2 { (lang.say("与本事项有关，可以另行发起", "What you can start about this")) }
                    ul { @for (href, label) in found { li { a href=(href) { (label) } } } }
                }
            }
        }
    }

    /// The starting acts of a procedure that the visitor may do here; `only` one of them.
    fn add_starts(
        &self,
        procedure: &str,
        about: &BTreeMap<Name, Value>,
        query: &str,
        only: Option<&Name>,
        found: &mut Vec<Start>,
    ) {
        let Some(person) = &self.visitor.person else { return };
        let world = self.snapshot.world();
        for actor in crate::pages::apply::actors(person) {
            let starts = available_starts(world, procedure, &self.matter.place, about, &actor, self.visitor.now);
            for start in starts.into_iter().filter(|start| only.is_none_or(|only| start.act == *only)) {
                let href = format!("/services/{procedure}/apply?act={}{query}", start.act);
                if start.allowed.is_ok() && !found.iter().any(|(known, _)| *known == href) {
                    found.push((href, self.lang().label(&start.label).to_owned()));
                }
            }
        }
    }
}
