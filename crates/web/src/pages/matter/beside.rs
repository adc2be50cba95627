//! What stands beside a matter, and what can be started there: what brings its step to an end, and what is about it.

use super::View;
use crate::components::button;
use crate::layout::encode;
use crate::problem::Problem;
use engine::offer::available_starts;
use maud::{Markup, html};
use regulation::expr::Value;
use regulation::model::{About, AboutTarget, Name, Party, Procedure};
use std::collections::BTreeMap;
use store::pages::{Cut, MatterQuery};

/// At most so many matters about this one are named, per procedure: the newest.
const NAMED_MAX: usize = 20;

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
            let subjects = self.shared_subjects(procedure, about);
            let query: String = subjects
                .iter()
                .filter_map(|(name, value)| Some(format!("&about.{name}={}", encode(value.as_text()?))))
                .collect();
            self.add_starts(&procedure.name, &subjects, &query, None, &mut found);
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

    /// Matters that this one is about, and those about it (相关事项), as far as the visitor may see them.
    pub(super) fn related(&self) -> Result<Markup, Problem> {
        let mut ids: Vec<String> = Vec::new();
        for about in &self.procedure.about {
            let value = self.matter.about.get(&about.name).and_then(Value::as_text);
            ids.extend(value.filter(|_| matches!(about.target, AboutTarget::Procedure(_))).map(str::to_owned));
        }
        let wanted = AboutTarget::Procedure(self.procedure.name.clone());
        let rulebook = self.snapshot.world().rulebook();
        for procedure in rulebook.regulations.values().flat_map(|regulation| regulation.procedures.values()) {
            for about in procedure.about.iter().filter(|about| about.target == wanted) {
                let about = Some((about.name.clone(), self.matter.id.clone()));
                let query = MatterQuery { procedure: Some(procedure.name.clone()), about, ..MatterQuery::default() };
                ids.extend(
                    self.snapshot.matters(&query, &Cut::first(NAMED_MAX))?.lines.into_iter().map(|line| line.id),
                );
            }
        }
        let lang = self.lang();
        let seen: Vec<View<'_>> =
            ids.iter().filter_map(|id| View::open(self.snapshot, self.visitor, id).ok()).collect();
        Ok(html! {
            @if !seen.is_empty() {
                h2 { (lang.say("相关事项", "Related matters")) }
                ul { @for view in &seen { li { (view.as_a_line()?) } } }
            }
        })
    }

    /// What a list of related matters says of one: its title only to those who read it on its own page.
    fn as_a_line(&self) -> Result<Markup, Problem> {
        let (lang, names) = (self.lang(), self.names());
        let state = match (&self.matter.ended, &self.matter.step) {
            (Some((end, _)), _) => names.step(&self.procedure, end),
            (None, Some(step)) => names.step(&self.procedure, step),
            (None, None) => String::new(),
        };
        let (kind, title) = (lang.label(&self.procedure.title), self.title()?);
        Ok(html! {
            a href={ "/matters/" (self.matter.id) } { (kind) }
            @if let Some(number) = &self.matter.number { " " (number) }
            @if title != kind { " " (title) }
            span class="soft" { (lang.say("：", ": ")) (state) }
        })
    }

    /// What a procedure about this matter would be about: the matter, and what both are about (the same household).
    fn shared_subjects(&self, procedure: &Procedure, here: &About) -> BTreeMap<Name, Value> {
        let own = crate::pages::subjects::value_of(&here.target, &self.matter.id);
        let shared = procedure.about.iter().filter(|other| other.name != here.name).filter_map(|other| {
            let mine = self.procedure.about.iter().find(|mine| mine.target == other.target)?;
            Some((other.name.clone(), self.matter.about.get(&mine.name)?.clone()))
        });
        shared.chain([(here.name.clone(), own)]).collect()
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
