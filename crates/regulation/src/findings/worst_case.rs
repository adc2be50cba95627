//! The worst-case statutory duration (承诺时限) of a procedure: the longest way through its steps, each taken once.

use super::case::Case;
use super::ways::targets;
use crate::check::Parts;
use crate::expr::{Expr, Type, Value};
use crate::model::{Consequence, Deadline, DeadlineEnd, Name, Parameter, Procedure, Step, WorstCase};
use calendar::{Term, Unit};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Ways tried at most; regulations have some dozens.
const MAX_WAYS: usize = 20_000;

/// The worst case of a procedure. `parameters` are those of all regulations.
pub(super) fn of_procedure(case: Case<'_>, parameters: &BTreeMap<Name, Arc<Parameter>>) -> Option<WorstCase> {
    if case.model.steps.is_empty() {
        return None;
    }
    let terms: BTreeMap<&str, Option<Length>> =
        case.model.steps.iter().map(|step| (step.name.as_str(), length(step, case.model, parameters))).collect();
    let mut search = Search { case, terms, ways: 0, path: Vec::new(), best: (0, Vec::new()) };
    let first: Vec<&str> = case.model.start.iter().flat_map(|act| targets(act, None)).collect();
    first.into_iter().for_each(|step| search.visit(step, 0));
    let (days, path) = search.best;
    let term = |name: &str| search.terms.get(name).cloned().flatten();
    Some(WorstCase {
        days,
        unlimited: path.iter().filter(|name| term(name).is_none()).map(|name| name.to_string()).collect(),
        path: path.into_iter().map(|name| (name.to_string(), term(name).map(|length| length.term))).collect(),
    })
}

/// How long a step may take.
#[derive(Debug, Clone)]
struct Length {
    /// The term of its own deadline.
    term: Term,
    /// Days in all, with the display of a notice that it waits for.
    days: u32,
}

struct Search<'a> {
    case: Case<'a>,
    terms: BTreeMap<&'a str, Option<Length>>,
    ways: usize,
    path: Vec<&'a str>,
    best: (u32, Vec<&'a str>),
}

impl<'a> Search<'a> {
    fn visit(&mut self, name: &'a str, days: u32) {
        let Some(step) = self.case.model.step(name) else {
            self.arrive(days);
            return;
        };
        self.ways += 1;
        if self.path.contains(&name) || self.ways > MAX_WAYS {
            return;
        }
        let days = days.saturating_add(self.terms.get(name).cloned().flatten().map_or(0, |length| length.days));
        self.path.push(name);
        let mut onward: Vec<&str> = self.case.acts_at(step).flat_map(|act| targets(act, Some(step))).collect();
        onward.sort_unstable();
        onward.dedup();
        onward.into_iter().for_each(|target| self.visit(target, days));
        self.path.pop();
    }

    fn arrive(&mut self, days: u32) {
        let longer = (days, self.path.len()) > (self.best.0, self.best.1.len());
        if longer {
            self.best = (days, self.path.clone());
        }
    }
}

/// A deadline that the clock enforces binds; otherwise the longest that is given.
fn length(step: &Step, procedure: &Procedure, parameters: &BTreeMap<Name, Arc<Parameter>>) -> Option<Length> {
    let of = |deadline: &&Deadline| deadline_length(deadline, procedure, parameters);
    let enforced = step.due.iter().filter(|deadline| matches!(deadline.consequence, Consequence::Act(_)));
    let shortest_enforced = enforced.filter_map(|deadline| of(&deadline)).min_by_key(|length| length.days);
    shortest_enforced.or_else(|| step.due.iter().filter_map(|deadline| of(&deadline)).max_by_key(|length| length.days))
}

fn deadline_length(
    deadline: &Deadline,
    procedure: &Procedure,
    parameters: &BTreeMap<Name, Arc<Parameter>>,
) -> Option<Length> {
    let DeadlineEnd::After { term, event } = &deadline.end else { return None };
    let term = longest(term, parameters)?;
    Some(Length { term, days: days(term).saturating_add(display(event, procedure, parameters)) })
}

/// A literal term, or the longest value of a parameter.
fn longest(expr: &Expr, parameters: &BTreeMap<Name, Arc<Parameter>>) -> Option<Term> {
    if let Some(Value::Term(term)) = expr.as_literal() {
        return Some(*term);
    }
    let parameter = parameters.get(expr.as_root()?)?;
    let terms = parameter.values.iter().filter_map(|(_, value)| match value {
        Value::Term(term) => Some(*term),
        _ => None,
    });
    terms.max_by_key(|term| days(*term))
}

/// The display term of the notices whose last day the event is.
fn display(event: &Expr, procedure: &Procedure, parameters: &BTreeMap<Name, Arc<Parameter>>) -> u32 {
    let shown = event.reads().members.iter().filter_map(|(of, member)| match of {
        Type::Document { document, .. } if member == "last-day" => procedure.documents.get(document),
        _ => None,
    });
    let terms = shown.filter_map(|document| longest(document.display.as_ref()?, parameters));
    terms.map(days).sum()
}

/// Calendar days at most, without holidays: working days as seven for five, months of 31 and years of 366 days.
fn days(term: Term) -> u32 {
    let length = term.length;
    match term.unit {
        Unit::Hours => length.div_ceil(24),
        Unit::Days => length,
        Unit::WorkingDays => length.saturating_mul(7).div_ceil(5),
        Unit::Weeks => length.saturating_mul(7),
        Unit::Months => length.saturating_mul(31),
        Unit::Years => length.saturating_mul(366),
    }
}

/// Fills in the worst case of every procedure.
pub(super) fn fill(parts: &mut [Parts], worst: BTreeMap<Name, WorstCase>) {
    for procedure in parts.iter_mut().flat_map(|parts| parts.procedures.values_mut()) {
        if let Some(worst_case) = worst.get(&procedure.name) {
            Arc::make_mut(procedure).worst_case = Some(worst_case.clone());
        }
    }
}
