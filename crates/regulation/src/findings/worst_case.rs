//! The worst-case statutory duration (承诺时限) of a procedure: the longest way through its steps. Each is taken once, and
//! once more after a step that suspends it.

use super::case::Case;
use super::ways::targets;
use crate::checking::Parts;
use crate::expr::ast::{Ast, AstKind, Operator};
use crate::expr::{Expr, Type, Value, parse};
use crate::model::{Consequence, Deadline, DeadlineEnd, Name, Parameter, Procedure, Step, WorstCase};
use calendar::{Term, Unit};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Ways tried at most; regulations have some dozens.
const MAX_WAYS: usize = 20_000;

/// The worst case of a procedure; none where the law sets no term at all. `parameters` are those of all regulations.
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
    if days == 0 {
        return None;
    }
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
    /// Counted from an event before this step, so that it is not added to what has passed.
    from_start: bool,
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
        let visits = self.path.iter().filter(|visited| **visited == name).count();
        let last = self.path.last().and_then(|last| self.case.model.step(last));
        let returns = last.is_some_and(|last| last.suspends.iter().any(|suspended| suspended == name));
        if visits > usize::from(returns) || self.ways > MAX_WAYS {
            return;
        }
        let days = match self.terms.get(name).cloned().flatten() {
            // After a suspension the rest of the term runs, not the whole again.
            _ if visits > 0 => days,
            Some(length) if length.from_start => days.max(length.days),
            Some(length) => days.saturating_add(length.days),
            None => days,
        };
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
    let dates = Dates { procedure, parameters };
    match &deadline.end {
        DeadlineEnd::After { term, event } => {
            let term = dates.longest(&tree(term)?)?;
            let waited = dates.later(&tree(event)?, 0).map_or(0, |(_, days)| days);
            Some(Length { term, days: days(term).saturating_add(waited), from_start: false })
        }
        DeadlineEnd::On(date) => {
            let (term, days) = dates.later(&tree(date)?, 0)?;
            let waits_for_notice = date.reads().members.iter().any(|(of, _)| matches!(of, Type::Document { .. }));
            Some(Length { term, days, from_start: !waits_for_notice })
        }
    }
}

fn tree(expr: &Expr) -> Option<Ast> {
    parse(&expr.text, expr.span()).ok()
}

/// Facts that are followed from one to the next, at most.
const MAX_FACTS: usize = 6;

/// How far dates lie after the events that they rest on.
struct Dates<'a> {
    procedure: &'a Procedure,
    parameters: &'a BTreeMap<Name, Arc<Parameter>>,
}

impl Dates<'_> {
    /// A literal term, or the longest value of a parameter.
    fn longest(&self, ast: &Ast) -> Option<Term> {
        match &ast.kind {
            AstKind::Term(term) => return Some(*term),
            AstKind::Call(function, arguments) if function == "as-of" => return self.longest(arguments.first()?),
            _ => {}
        }
        let parameter = self.parameters.get(&ast.to_string())?;
        let terms = parameter.values.iter().filter_map(|(_, value)| match value {
            Value::Term(term) => Some(*term),
            _ => None,
        });
        terms.max_by_key(|term| days(*term))
    }

    /// The longest term in a date, and the days in all: `grant.on + 2 years` is two years, the last day of a notice is
    /// its display term. Where there are several ways, the longest counts.
    fn later(&self, ast: &Ast, facts: usize) -> Option<(Term, u32)> {
        match &ast.kind {
            AstKind::Counted { term, date, .. } => self.sum(term, date, facts),
            AstKind::Arithmetic(Operator::Plus, date, term) => self.sum(term, date, facts),
            AstKind::Arithmetic(_, date, _) => self.later(date, facts),
            AstKind::Default(one, other) => self.longer(one, other, facts),
            AstKind::If { then, otherwise, .. } => self.longer(then, otherwise, facts),
            AstKind::Member(of, member) if member == "last-day" => {
                let document = self.procedure.documents.get(of.as_name()?)?;
                let term = self.longest(&tree(document.display.as_ref()?)?)?;
                Some((term, days(term)))
            }
            AstKind::Call(function, arguments) if matches!(function.as_str(), "month-end" | "moment") => {
                self.later(arguments.first()?, facts)
            }
            AstKind::Name(name) if facts < MAX_FACTS => {
                let fact = self.procedure.facts.iter().find(|fact| fact.name == *name)?;
                self.later(&tree(&fact.value)?, facts + 1)
            }
            _ => None,
        }
    }

    fn sum(&self, term: &Ast, date: &Ast, facts: usize) -> Option<(Term, u32)> {
        let before = self.later(date, facts);
        let Some(term) = self.longest(term) else { return before };
        let own = days(term);
        match before {
            Some((longer, days)) if days > own => Some((longer, days.saturating_add(own))),
            Some((_, days)) => Some((term, days.saturating_add(own))),
            None => Some((term, own)),
        }
    }

    fn longer(&self, one: &Ast, other: &Ast, facts: usize) -> Option<(Term, u32)> {
        let both = [self.later(one, facts), self.later(other, facts)];
        both.into_iter().flatten().max_by_key(|(_, days)| *days)
    }
}

/// Calendar days at most, without holidays: working days as seven for five, months of 31 and years of 366 days.
fn days(term: Term) -> u32 {
    let length = term.length;
    match term.unit {
        Unit::Minutes => length.div_ceil(24 * 60),
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
