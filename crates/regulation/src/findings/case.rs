//! What the static checks look at: the outline, the compiled parts, and each procedure with both.

use super::Sink;
use crate::blocks::Block;
use crate::checking::Parts;
use crate::model::{Act, Duty, Fund, Procedure, Register, Step, To};
use crate::scope::{Outline, ProcedureNames, View};
use crate::span::Span;

/// Everything there is to check.
pub(crate) struct Checks<'a> {
    pub outline: &'a Outline<'a>,
    pub parts: &'a [Parts],
    pub base: &'a View<'a>,
    /// Where reading found errors.
    pub mistakes: &'a [Span],
    pub sink: &'a Sink,
}

/// A procedure as written and as compiled.
#[derive(Clone, Copy)]
pub(super) struct Case<'a> {
    pub names: &'a ProcedureNames<'a>,
    pub model: &'a Procedure,
}

/// Every procedure.
pub(super) fn all<'a>(outline: &'a Outline<'a>, parts: &'a [Parts]) -> impl Iterator<Item = Case<'a>> {
    let models = parts.iter().flat_map(|parts| parts.procedures.values());
    models.filter_map(move |model| Some(Case { names: outline.procedures.get(&model.name)?, model }))
}

impl<'a> Checks<'a> {
    pub fn cases(&self) -> impl Iterator<Item = Case<'a>> {
        all(self.outline, self.parts)
    }

    /// The view of a procedure.
    pub fn view(&self, case: Case<'a>) -> View<'a> {
        self.base.of_procedure(&case.model.name)
    }

    /// Every duty.
    pub fn duties(&self) -> impl Iterator<Item = &'a Duty> {
        self.parts.iter().flat_map(|parts| parts.duties.values()).map(|duty| &**duty)
    }

    /// Whether there is an error within a place.
    pub fn has_mistake(&self, place: &Span) -> bool {
        let inside = |span: &Span| span.file == place.file && place.start <= span.start && span.end <= place.end;
        self.mistakes.iter().any(inside)
    }

    pub fn fund(&self, name: &str) -> Option<&'a Fund> {
        self.parts.iter().find_map(|parts| parts.funds.get(name)).map(|fund| &**fund)
    }

    pub fn register(&self, name: &str) -> Option<&'a Register> {
        self.parts.iter().find_map(|parts| parts.registers.get(name)).map(|register| &**register)
    }

    pub fn procedure(&self, name: &str) -> Option<&'a Procedure> {
        self.parts.iter().find_map(|parts| parts.procedures.get(name)).map(|procedure| &**procedure)
    }
}

impl<'a> Case<'a> {
    /// Acts possible at a step: its own and those of any step.
    pub fn acts_at(&self, step: &'a Step) -> impl Iterator<Item = &'a Act> {
        let any = self.model.acts.iter().filter(move |act| !act.not_at.contains(&step.name));
        step.acts.iter().chain(any)
    }

    /// Whether every `to` of the procedure could be read. If not, findings about the way of a matter would mislead.
    pub fn ways_are_known(&self) -> bool {
        let written = self.names.acts.iter().filter(|act| act.node.get("to").is_some()).count();
        let read = self.model.all_acts().filter(|(_, act)| act.to.is_some()).count();
        let targets = self.model.all_acts().filter_map(|(_, act)| act.to.as_ref()).flat_map(To::targets);
        let known = |name: &str| self.model.step(name).is_some() || self.model.end(name).is_some();
        let all_known = targets.into_iter().all(known);
        all_known && written == read && self.names.acts.len() == self.model.all_acts().count()
    }
}

/// The place of a key's name in a block, or the block's head.
pub(super) fn key_span<'b>(block: &'b Block, path: &[&str]) -> &'b Span {
    let mut node = &block.node;
    let mut span = block.head();
    for key in path {
        let Some((words, below)) = node.entries().iter().find(|(name, _)| name.text == *key) else { break };
        span = &words.span;
        node = below;
    }
    span
}
