//! Matters near a plot (相邻宗地): from the plots that an index knows, those filed in forms, to the matters that show them.
//!
//! A permit shows the plot of the application it is about: the index finds the application, and what is about the application is looked up.

use crate::act::MatterId;
use crate::world::World;
use plots::Plot;
use regulation::expr::{Expr, NameKind, Reads, Type, Value};
use regulation::model::{AboutTarget, Procedure, Rulebook};
use std::collections::BTreeSet;

/// Facts and subjects followed one after another, at most.
const DEEPEST: usize = 6;

/// Over how many subjects one after another a plot may have come into a field of a procedure: 0 if it is filed there. `None` where it may come
/// from a register or a query, which the index of forms does not know.
pub(super) fn hops(rulebook: &Rulebook, procedure: &str, field: &str) -> Option<usize> {
    Trace { rulebook, left: DEEPEST }.field(procedure, field)
}

#[derive(Clone, Copy)]
struct Trace<'t> {
    rulebook: &'t Rulebook,
    left: usize,
}

impl Trace<'_> {
    fn field(self, name: &str, field: &str) -> Option<usize> {
        let deeper = Trace { left: self.left.checked_sub(1)?, ..self };
        let (_, procedure) = self.rulebook.procedure(name)?;
        if let Some(fact) = procedure.facts.iter().find(|fact| fact.name == field) {
            return deeper.expr(procedure, &fact.value);
        }
        if self.rulebook.form(field).is_some() {
            return Some(0);
        }
        let mut forms = procedure.start.iter().flat_map(|act| &act.forms);
        let found = forms.find_map(|form| self.rulebook.form(form)?.1.field(field));
        match &found?.derived {
            Some(derived) => deeper.expr(procedure, derived),
            None => Some(0),
        }
    }

    fn expr(self, procedure: &Procedure, expr: &Expr) -> Option<usize> {
        let Reads { names, members, collections, hits } = expr.reads();
        if !collections.is_empty() || !hits.is_empty() {
            return None;
        }
        let mut deepest = 0;
        for (name, kind) in names {
            let hops = match kind {
                NameKind::Field | NameKind::Fact => self.field(&procedure.name, name)?,
                NameKind::Form | NameKind::About | NameKind::Parameter | NameKind::Today => 0,
                _ => return None,
            };
            deepest = deepest.max(hops);
        }
        for (of, name) in members {
            let hops = match of {
                Type::Form(_) => 0,
                Type::Matter(other) => 1 + self.field(other, name)?,
                _ => return None,
            };
            deepest = deepest.max(hops);
        }
        Some(deepest)
    }
}

/// Matters of a procedure that may show a plot in an area, filed in them or in what they are about: for pictures of what lies there.
#[must_use]
pub fn matters_near(world: &dyn World, procedure: &str, area: &Plot) -> Vec<MatterId> {
    matters(world, procedure, 1, area)
}

/// Matters of a procedure that show a plot which may share land with this one, filed in them or so many subjects away.
pub(super) fn matters(world: &dyn World, procedure: &str, hops: usize, plot: &Plot) -> Vec<MatterId> {
    let rulebook = world.rulebook();
    let mut found: BTreeSet<MatterId> = BTreeSet::new();
    let mut frontier: Vec<(String, MatterId)> = world
        .matters_near(plot)
        .into_iter()
        .filter_map(|id| Some((world.matter(&id)?.procedure.clone(), id)))
        .collect();
    for hop in 0..=hops {
        found.extend(frontier.iter().filter(|(of, _)| of == procedure).map(|(_, id)| id.clone()));
        if hop < hops {
            frontier = frontier.iter().flat_map(|(of, id)| about(world, rulebook, of, id)).collect();
        }
    }
    found.into_iter().collect()
}

/// The matters about a matter.
fn about(world: &dyn World, rulebook: &Rulebook, of: &str, id: &str) -> Vec<(String, MatterId)> {
    let target = AboutTarget::Procedure(of.to_owned());
    let value = Value::Text(id.to_owned());
    let procedures = rulebook.regulations.values().flat_map(|regulation| regulation.procedures.values());
    let mut found = Vec::new();
    for procedure in procedures {
        for about in procedure.about.iter().filter(|about| about.target == target) {
            let ids = world.matters(&procedure.name, Some((&about.name, &value)));
            found.extend(ids.into_iter().map(|id| (procedure.name.clone(), id)));
        }
    }
    found
}
