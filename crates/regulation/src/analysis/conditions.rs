//! Whether conditions can hold together.
//!
//! Sound, not complete: what is not understood (queries, sums, texts) is taken as a question that may be answered either
//! way, the same way each time it is asked in the same words. So “impossible” is certain and “possible” is not.

use crate::expr::Type;
use crate::expr::ast::{Ast, AstKind, Comparison};
use jiff::civil::Date;
use rust_decimal::Decimal;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// More cases than this are not looked at; then anything is possible.
const MAX_CASES: usize = 2_000;

/// Whether these conditions can be as wanted (`true` = holds, `false` = does not) in one and the same matter, all values
/// that they compare being known. `type_of` gives the type of a part of an expression.
pub(crate) fn possible(wanted: &[(&Ast, bool)], type_of: &dyn Fn(&Ast) -> Type) -> bool {
    let mut search = Search { type_of, cases: 0 };
    let open = wanted.iter().map(|(ast, holds)| (*ast, *holds)).collect();
    search.case(open, BTreeMap::new())
}

struct Search<'a> {
    type_of: &'a dyn Fn(&Ast) -> Type,
    cases: usize,
}

/// What is known of one question, by its words.
#[derive(Clone, Default)]
struct Known {
    given: Option<bool>,
    values: Option<Values>,
}

/// The values that are still possible.
#[derive(Clone)]
enum Values {
    Of(BTreeSet<String>),
    Between(Interval),
}

#[derive(Clone, Default)]
struct Interval {
    /// Lower end and whether it belongs.
    from: Option<(Decimal, bool)>,
    /// Upper end and whether it belongs.
    to: Option<(Decimal, bool)>,
    not: BTreeSet<Decimal>,
}

type State = BTreeMap<String, Known>;

impl Search<'_> {
    /// Whether one case can be: works off the open conditions, splitting where one of several must hold.
    fn case(&mut self, mut open: Vec<(&Ast, bool)>, mut state: State) -> bool {
        self.cases += 1;
        if self.cases > MAX_CASES {
            return true;
        }
        while let Some((ast, holds)) = open.pop() {
            match (&ast.kind, holds) {
                (AstKind::Not(inner), _) => open.push((inner, !holds)),
                (AstKind::And(all), true) | (AstKind::Or(all), false) => {
                    open.extend(all.iter().map(|one| (one, holds)))
                }
                (AstKind::Or(all), true) | (AstKind::And(all), false) => {
                    return all.iter().any(|one| {
                        let mut open = open.clone();
                        open.push((one, holds));
                        self.case(open, state.clone())
                    });
                }
                _ => {
                    if !self.question(ast, holds, &mut state) {
                        return false;
                    }
                }
            }
        }
        true
    }

    /// Adds the answer to a question; false if it contradicts what is known.
    fn question(&self, ast: &Ast, holds: bool, state: &mut State) -> bool {
        match &ast.kind {
            AstKind::Bool(yes) => *yes == holds,
            AstKind::Given(of) => give(state, of, holds),
            AstKind::Missing(of) => give(state, of, !holds),
            AstKind::Compare(comparison, left, right) => {
                let comparison = if holds { *comparison } else { comparison.opposite() };
                self.compare(comparison, left, right, state)
            }
            AstKind::In { item, list, negated } => self.contained(item, list, holds != *negated, state),
            _ => answer(state, ast.to_string(), holds),
        }
    }

    fn compare(&self, comparison: Comparison, left: &Ast, right: &Ast, state: &mut State) -> bool {
        if let Some(literal) = literal(right) {
            return compare_literal(comparison, left, &literal, state);
        }
        if let Some(literal) = literal(left) {
            return compare_literal(comparison.mirrored(), right, &literal, state);
        }
        for (subject, code) in [(left, right), (right, left)] {
            if let (Some(codes), Some(code)) = ((self.type_of)(subject).codes(), code.as_name())
                && comparison.is_equality()
                && codes.iter().any(|(known, _)| known == code)
            {
                let all = codes.iter().map(|(known, _)| known.clone());
                let chosen = all.filter(|known| (known == code) == (comparison == Comparison::Equal));
                return give(state, subject, true) && narrow(state, subject.to_string(), chosen.collect());
            }
        }
        relate(comparison, left, right, state)
    }

    fn contained(&self, item: &Ast, list: &Ast, inside: bool, state: &mut State) -> bool {
        let ty = (self.type_of)(item);
        let (AstKind::List(all), Type::OneOf(codes)) = (&list.kind, &ty) else {
            return answer(state, format!("{item} in {list}"), inside);
        };
        let named: Option<BTreeSet<&str>> = all.iter().map(Ast::as_name).collect();
        let known = |code: &str| codes.iter().any(|(known, _)| known == code);
        match named {
            Some(named) if named.iter().all(|code| known(code)) => {
                let chosen = codes.iter().filter(|(code, _)| named.contains(code.as_str()) == inside);
                let chosen = chosen.map(|(code, _)| code.clone()).collect();
                give(state, item, true) && narrow(state, item.to_string(), chosen)
            }
            _ => answer(state, format!("{item} in {list}"), inside),
        }
    }
}

fn compare_literal(comparison: Comparison, subject: &Ast, literal: &Literal, state: &mut State) -> bool {
    let known = give(state, subject, true);
    match literal {
        Literal::Bool(yes) => known && answer(state, subject.to_string(), *yes == (comparison == Comparison::Equal)),
        Literal::Point(point) => known && bound(state, subject.to_string(), comparison, *point),
    }
}

/// A value written down.
enum Literal {
    Bool(bool),
    Point(Decimal),
}

fn literal(ast: &Ast) -> Option<Literal> {
    match &ast.kind {
        AstKind::Bool(yes) => Some(Literal::Bool(*yes)),
        // Units were checked before: numbers are compared only within one unit.
        AstKind::Number(number, _) => Some(Literal::Point(*number)),
        AstKind::Date(date) => Some(Literal::Point(day(*date))),
        AstKind::Negate(inner) => match literal(inner)? {
            Literal::Point(point) => Some(Literal::Point(-point)),
            Literal::Bool(_) => None,
        },
        _ => None,
    }
}

/// Days since a fixed day.
fn day(date: Date) -> Decimal {
    let days = date.since(Date::constant(2000, 1, 1)).map(|span| span.get_days()).unwrap_or_default();
    Decimal::from(days)
}

fn give(state: &mut State, of: &Ast, given: bool) -> bool {
    let known = state.entry(of.to_string()).or_default();
    match known.given {
        Some(before) => before == given,
        None => {
            known.given = Some(given);
            true
        }
    }
}

fn answer(state: &mut State, question: String, yes: bool) -> bool {
    narrow(state, question, BTreeSet::from([if yes { "yes" } else { "no" }.to_string()]))
}

fn narrow(state: &mut State, subject: String, to: BTreeSet<String>) -> bool {
    let known = state.entry(subject).or_default();
    let left: BTreeSet<String> = match &known.values {
        Some(Values::Of(before)) => before.intersection(&to).cloned().collect(),
        // Compared with numbers before: a different kind of question in the same words.
        Some(Values::Between(_)) => return true,
        None => to,
    };
    let some = !left.is_empty();
    known.values = Some(Values::Of(left));
    some
}

/// `left <= right` where neither is written down: one of less, equal, greater.
fn relate(comparison: Comparison, left: &Ast, right: &Ast, state: &mut State) -> bool {
    let (first, second) = (left.to_string(), right.to_string());
    let (comparison, first, second) =
        if first <= second { (comparison, first, second) } else { (comparison.mirrored(), second, first) };
    let orders = [("less", Ordering::Less), ("equal", Ordering::Equal), ("greater", Ordering::Greater)];
    let same = first == second;
    let holding = orders.iter().filter(|(_, order)| comparison.holds(*order) && (!same || order.is_eq()));
    let holding = holding.map(|(name, _)| name.to_string()).collect();
    give(state, left, true) && give(state, right, true) && narrow(state, format!("{first} ? {second}"), holding)
}

fn bound(state: &mut State, subject: String, comparison: Comparison, point: Decimal) -> bool {
    let known = state.entry(subject).or_default();
    let mut interval = match known.values.take() {
        Some(Values::Between(interval)) => interval,
        Some(other) => {
            known.values = Some(other);
            return true;
        }
        None => Interval::default(),
    };
    match comparison {
        Comparison::Equal => {
            interval.raise(point, true);
            interval.lower(point, true);
        }
        Comparison::Unequal => {
            interval.not.insert(point);
        }
        Comparison::Less => interval.lower(point, false),
        Comparison::AtMost => interval.lower(point, true),
        Comparison::Greater => interval.raise(point, false),
        Comparison::AtLeast => interval.raise(point, true),
    }
    let some = !interval.is_empty();
    known.values = Some(Values::Between(interval));
    some
}

impl Interval {
    fn raise(&mut self, point: Decimal, belongs: bool) {
        let tighter = self.from.is_none_or(|(from, had)| point > from || (point == from && had && !belongs));
        if tighter {
            self.from = Some((point, belongs));
        }
    }

    fn lower(&mut self, point: Decimal, belongs: bool) {
        let tighter = self.to.is_none_or(|(to, had)| point < to || (point == to && had && !belongs));
        if tighter {
            self.to = Some((point, belongs));
        }
    }

    fn is_empty(&self) -> bool {
        let (Some((from, from_belongs)), Some((to, to_belongs))) = (self.from, self.to) else { return false };
        match from.cmp(&to) {
            Ordering::Less => false,
            Ordering::Greater => true,
            Ordering::Equal => !(from_belongs && to_belongs) || self.not.contains(&from),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::parse;
    use crate::model::Label;
    use crate::span::Span;
    use std::sync::Arc;

    fn ast(text: &str) -> Ast {
        parse(text, &Span::new(&Arc::from("x.md"), 0, text.len())).expect("test conditions can be read")
    }

    fn types(ast: &Ast) -> Type {
        let code = |code: &str| (code.to_string(), Label::default());
        match ast.to_string().as_str() {
            "kind" => Type::OneOf([code("a"), code("b"), code("c")].into()),
            "ok" | "sure" => Type::Bool,
            _ => Type::Unknown,
        }
    }

    fn can(text: &str) -> bool {
        possible(&[(&ast(text), true)], &types)
    }

    #[test]
    fn finds_what_can_never_hold() {
        for impossible in [
            "x < 3 and x > 5",
            "x < 3 and x >= 3",
            "x == 3 and x != 3",
            "kind == a and kind == b",
            "kind != a and kind != b and kind != c",
            "kind in [a, b] and kind == c",
            "kind not in [a, b, c]",
            "ok and not ok",
            "ok == yes and ok == no",
            "x > limit and x <= limit",
            "x > limit and limit > x",
            "x missing and x > 3",
            "on >= 2022-03-01 and on < 2022-02-01",
            "(kind == a or kind == b) and kind == c",
            "not (x < 3 or x >= 3)",
            "x > x",
            "no",
        ] {
            assert!(!can(impossible), "{impossible}");
        }
    }

    #[test]
    fn lets_the_rest_be() {
        for possible in [
            "x < 3 and y > 5",
            "x <= 3 and x >= 3",
            "kind != a and kind != b",
            "kind == a or kind == b",
            "ok and not sure",
            "x > limit or x <= limit",
            "x given and x > 3",
            "some(rows where x == 3) and not some(rows where x == 4)",
            "count(rows) > 1 and count(rows) < 5",
        ] {
            assert!(can(possible), "{possible}");
        }
    }
}
