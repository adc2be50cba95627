//! The value of an expression: total, exact, in three-valued logic. What is not known is [`Value::Missing`]; a condition
//! is only decided when it comes out the same whatever the missing values are.

mod extreme;
mod holders;
mod kept;
mod ledger;
mod place;

pub(super) use kept::{handle, identity};

use super::Env;
use super::ast::{Comparison, Operator};
use super::check::{percent, term_kind};
use super::functions;
use super::ratio::Ratio;
use super::typed::{Expr, Function, Kind, Narrowed, Node, Query, Source};
use super::types::Type;
use super::value::{Record, Thing, Value};
use crate::model::Name;
use calendar::Term;
use jiff::civil::Date;
use std::cmp::Ordering;
use std::collections::BTreeSet;

impl Expr {
    /// The value of the expression; missing if it depends on something missing, divides by zero or overflows.
    #[must_use]
    pub fn eval(&self, env: &dyn Env) -> Value {
        Evaluator::new(env).value(self.node())
    }

    /// The elements of a list or query, in order; none where it is not known which they are.
    #[must_use]
    pub fn elements(&self, env: &dyn Env) -> Vec<Value> {
        self.known_elements(env).unwrap_or_default()
    }

    /// The elements of a list or query; `None` when it is not known which they are. A list that was not filled in has none.
    #[must_use]
    pub fn known_elements(&self, env: &dyn Env) -> Option<Vec<Value>> {
        Evaluator::new(env).list(self.node())
    }

    /// Whether the condition holds: missing does not.
    #[must_use]
    pub fn holds(&self, env: &dyn Env) -> bool {
        Evaluator::new(env).truth(self.node()) == Some(true)
    }
}

/// Evaluates nodes of one expression against one environment.
pub(crate) struct Evaluator<'a> {
    pub(super) env: &'a dyn Env,
    /// Elements that enclosing queries look at, outermost first.
    elements: Vec<Value>,
    /// What parts of their conditions come to that are the same for every element.
    fixed: Vec<(&'a Node, Value)>,
}

impl<'a> Evaluator<'a> {
    pub(crate) fn new(env: &'a dyn Env) -> Self {
        Evaluator { env, elements: Vec::new(), fixed: Vec::new() }
    }

    pub(crate) fn value(&mut self, node: &'a Node) -> Value {
        if self.is_kept(node) { self.fixed(node).clone() } else { self.computed(node) }
    }

    /// Whether a node is the same for every element of the queries that look at one just now.
    fn is_kept(&self, node: &Node) -> bool {
        node.is_fixed && !self.elements.is_empty()
    }

    /// The value of a part of a condition that does not look at the element: computed for the first of them.
    fn fixed(&mut self, node: &'a Node) -> &Value {
        let known = self.fixed.iter().position(|(own, _)| std::ptr::eq(*own, node));
        let place = known.unwrap_or_else(|| {
            let value = self.computed(node);
            self.fixed.push((node, value));
            self.fixed.len() - 1
        });
        &self.fixed[place].1
    }

    fn computed(&mut self, node: &'a Node) -> Value {
        match &node.kind {
            Kind::Literal(value) => Value::clone(value),
            Kind::Parameter(name) => self.env.parameter(name, self.env.today()),
            Kind::Root(name) => self.env.root(name),
            Kind::Today => Value::Date(self.env.today()),
            Kind::It { up } => self.element(*up).clone(),
            Kind::ElementField { up, of, name } => self.member(self.element(*up), of, name),
            Kind::Member { of, name } => {
                let handle = self.value(of);
                self.member(&handle, &of.ty, name)
            }
            Kind::AsOf { parameter, date } => match self.date(date) {
                Some(date) => self.env.parameter(parameter, date),
                None => Value::Missing,
            },
            Kind::Hits(rule) => self.env.hits(rule),
            Kind::Rows { of, columns } => {
                self.rows(of, columns).map_or(Value::Missing, |rows| Value::Records(rows.into()))
            }
            Kind::Default(left, right) => {
                let left = self.value(left);
                if left.is_missing() { self.value(right) } else { left }
            }
            Kind::If { then, condition, otherwise } => match self.truth(condition) {
                Some(true) => self.value(then),
                Some(false) => self.value(otherwise),
                None => Value::Missing,
            },
            Kind::Negate(_) | Kind::Arithmetic(..) => self.number_value(node),
            Kind::Shift { date, term, back } => self.shift(date, term, *back, &node.ty).unwrap_or_default(),
            Kind::Due { term, date } => self.due(term, date, &node.ty).unwrap_or_default(),
            Kind::List(_) | Kind::Project { .. } | Kind::Query(_) | Kind::Split { .. } | Kind::Ranked { .. } => {
                self.listed(node).map_or(Value::Missing, Value::List)
            }
            Kind::Call(function, arguments) => self.call(*function, arguments, node),
            Kind::Not(_)
            | Kind::And(_)
            | Kind::Or(_)
            | Kind::Compare(..)
            | Kind::In { .. }
            | Kind::Given(_)
            | Kind::Missing(_)
            | Kind::Changed(_) => truth_value(self.truth(node)),
            Kind::Mistake => Value::Missing,
        }
    }

    /// Whether a condition holds; `None` when that is not known.
    pub(crate) fn truth(&mut self, node: &'a Node) -> Option<bool> {
        match &node.kind {
            Kind::Not(of) => self.truth(of).map(|yes| !yes),
            Kind::And(all) => all_of(all.iter().map(|one| self.truth(one))),
            Kind::Or(all) => any_of(all.iter().map(|one| self.truth(one))),
            Kind::Compare(comparison, left, right) => self.compare(*comparison, left, right),
            Kind::In { item, list, negated } => self.contained(item, list).map(|yes| yes != *negated),
            Kind::Given(of) => self.is_given(of),
            Kind::Missing(of) => self.is_given(of).map(|yes| !yes),
            Kind::Changed(fields) => Some(fields.iter().any(|field| self.env.changed(field))),
            Kind::Call(Function::Some, arguments) => self.some(&arguments[0]),
            Kind::Call(Function::None, arguments) => self.some(&arguments[0]).map(|yes| !yes),
            Kind::Call(Function::Each, arguments) => self.each(&arguments[0]),
            _ => match self.value(node) {
                Value::Bool(yes) => Some(yes),
                _ => None,
            },
        }
    }

    /// The element of the query so many levels out. The checker made sure that there is one.
    fn element(&self, up: usize) -> &Value {
        self.elements.len().checked_sub(up + 1).map_or(&Value::Missing, |index| &self.elements[index])
    }

    fn is_given(&mut self, of: &'a Node) -> Option<bool> {
        let value = self.value(of);
        let unticked = of.ty == Type::Agreed && value == Value::Bool(false);
        let given = !value.is_missing() && !unticked;
        if given || !self.is_pending(of) { Some(given) } else { None }
    }

    /// Whether a node looks at something that could not have happened yet.
    fn is_pending(&self, node: &'a Node) -> bool {
        match &node.kind {
            Kind::Root(name) => self.env.pending(name),
            Kind::Member { of, .. } | Kind::Project { of, .. } => self.is_pending(of),
            _ => false,
        }
    }

    pub(super) fn member(&self, of: &Value, ty: &Type, name: &str) -> Value {
        match (of, ty) {
            (Value::Records(rows), Type::Form(_)) => {
                rows.first().and_then(|row| row.get(name)).cloned().unwrap_or_default()
            }
            (Value::List(pair), Type::Share(of, added)) => self.share_member(pair, of, *added, name),
            (Value::Plot(plot), _) => functions::of_plot(plot, name).unwrap_or_default(),
            (Value::Figures(figures), _) => figures.member(name).unwrap_or_default(),
            (Value::Thing(thing), _) => self.env.member(thing, name),
            _ => match handle(of, ty) {
                Some(thing) => self.env.member(&thing, name),
                None => Value::Missing,
            },
        }
    }

    fn date(&mut self, node: &'a Node) -> Option<Date> {
        self.value(node).as_date()
    }

    fn term(&mut self, node: &'a Node) -> Option<Term> {
        match self.value(node) {
            Value::Term(term) => Some(term),
            _ => None,
        }
    }

    /// The corresponding day, or the moment: hours lead from a moment to a moment, and days keep its time where a moment is wanted.
    fn shift(&mut self, date: &'a Node, term: &'a Node, back: bool, wanted: &Type) -> Option<Value> {
        let start = self.value(date);
        let term = self.term(term)?;
        if term.unit.is_of_clock() {
            let at = start.as_moment()?;
            let end = if back { calendar::before_at(at, term) } else { calendar::due_at(at, term) };
            return end.ok().map(Value::Moment);
        }
        let date = start.as_date()?;
        let day = match (back, term.unit) {
            (true, calendar::Unit::WorkingDays) => self.env.before(date, term),
            (true, _) => functions::minus(date, term),
            (false, _) => calendar::plus(date, term).ok(),
        }?;
        Some(match start.as_moment().filter(|_| *wanted == Type::Moment) {
            Some(at) => Value::Moment(day.to_datetime(at.time())),
            None => Value::Date(day),
        })
    }

    /// The last day, or the moment at which the term ends; of days where a moment is wanted, the end of the last one.
    fn due(&mut self, term: &'a Node, date: &'a Node, wanted: &Type) -> Option<Value> {
        let event = self.value(date);
        let term = self.term(term)?;
        if term.unit.is_of_clock() {
            return calendar::due_at(event.as_moment()?, term).ok().map(Value::Moment);
        }
        let due = self.env.due(event.as_date()?, term)?;
        Some(if *wanted == Type::Moment { Value::Moment(due.expires_at()) } else { Value::Date(due.on) })
    }

    fn number_value(&mut self, node: &'a Node) -> Value {
        let number = self.number(node).and_then(Ratio::decimal);
        match (number, &node.ty) {
            (Some(number), Type::Number { unit, .. }) => Value::Number(number, unit.clone()),
            _ => Value::Missing,
        }
    }

    /// A number as an exact fraction, through choices and sums.
    pub(super) fn number(&mut self, node: &'a Node) -> Option<Ratio> {
        match &node.kind {
            Kind::Negate(of) => self.number(of).map(Ratio::negated),
            Kind::Arithmetic(operator, left, right) => self.arithmetic(*operator, left, right),
            Kind::Default(left, right) => match self.number(left) {
                Some(number) => Some(number),
                None => self.number(right),
            },
            Kind::If { then, condition, otherwise } => match self.truth(condition)? {
                true => self.number(then),
                false => self.number(otherwise),
            },
            Kind::Call(Function::Round(places), arguments) => self.number(&arguments[0])?.rounded(*places),
            Kind::Call(Function::Floor, arguments) => self.number(&arguments[0]).map(Ratio::floor),
            Kind::Call(Function::Ceil, arguments) => self.number(&arguments[0]).map(Ratio::ceil),
            Kind::Call(Function::Sum, arguments) if self.total(&arguments[0]).is_some() => self.total(&arguments[0]),
            Kind::Call(Function::Sum, arguments) => {
                let list = self.list(&arguments[0])?;
                list.iter().try_fold(Ratio::whole(0), |sum, value| sum.plus(ratio(value)?))
            }
            Kind::Call(function @ (Function::Min | Function::Max), arguments) => {
                self.extreme_number(*function, arguments)
            }
            _ => ratio(&self.value(node)),
        }
    }

    fn arithmetic(&mut self, operator: Operator, left: &'a Node, right: &'a Node) -> Option<Ratio> {
        let left_number = self.number(left)?;
        let right_number = self.number(right)?;
        match operator {
            Operator::Plus => left_number.plus(right_number),
            Operator::Minus => left_number.minus(right_number),
            Operator::Over => left_number.divided_by(right_number),
            Operator::Times => {
                let product = left_number.times(right_number)?;
                let percents = [left, right].iter().any(|side| side.ty.unit() == Some(&percent()));
                if percents { product.divided_by(Ratio::whole(100)) } else { Some(product) }
            }
        }
    }

    fn compare(&mut self, comparison: Comparison, left: &'a Node, right: &'a Node) -> Option<bool> {
        let numbers = left.ty.unit().is_some() && right.ty.unit().is_some();
        if numbers {
            let left = self.number(left)?;
            return Some(comparison.holds(left.cmp(&self.number(right)?)));
        }
        let left_value = self.settled(left);
        let right_value = self.settled(right);
        if comparison.is_equality() {
            let same = equal(&left_value, &right_value)?;
            return Some(same == (comparison == Comparison::Equal));
        }
        order(&left_value, &right_value).map(|order| comparison.holds(order))
    }

    /// Whether a list has an item: undecided if the item, or a member that might be it, is missing.
    fn contained(&mut self, item: &'a Node, list: &'a Node) -> Option<bool> {
        let item = self.settled(item);
        if item.is_missing() {
            return None;
        }
        if self.is_kept(list) && !list.ty.element().is_some_and(|element| element.is_place()) {
            return match self.fixed(list) {
                Value::Missing => None,
                Value::List(values) => any_of(values.iter().map(|value| equal(&item, value))),
                other => any_of(elements(other.clone()).iter().map(|value| equal(&item, value))),
            };
        }
        let values = match &list.kind {
            Kind::List(_) | Kind::Project { .. } | Kind::Query(_) => self.list(list)?,
            _ => match self.value(list) {
                Value::Missing => return None,
                value => elements(value),
            },
        };
        let values = self.settled_all(list, values);
        any_of(values.iter().map(|value| equal(&item, value)))
    }

    fn call(&mut self, function: Function, arguments: &'a [Node], node: &'a Node) -> Value {
        match function {
            Function::Some | Function::None | Function::Each => truth_value(self.truth(node)),
            Function::Distinct => truth_value(self.distinct(&arguments[0])),
            Function::Count => match self.list(&arguments[0]) {
                Some(list) => functions::whole(list.len() as i128),
                None => Value::Missing,
            },
            Function::First => self.list(&arguments[0]).and_then(|list| list.into_iter().next()).unwrap_or_default(),
            Function::Only => match self.list(&arguments[0]).map(<[Value; 1]>::try_from) {
                Some(Ok([only])) => only,
                _ => Value::Missing,
            },
            Function::Sum | Function::Round(_) | Function::Floor | Function::Ceil => self.number_value(node),
            Function::CodeOn | Function::NameOn => self.place_on(function, arguments).unwrap_or_default(),
            Function::BalanceOn | Function::DaySum => self.of_days(function, arguments).unwrap_or_default(),
            Function::Holder | Function::Holds => self.of_post(function, arguments).unwrap_or_default(),
            Function::Holdings | Function::Hindrances | Function::Concerns | Function::Sees => {
                self.of_owner(function, arguments)
            }
            Function::Min | Function::Max if node.ty.unit().is_some() => self.number_value(node),
            Function::Min | Function::Max => self.extreme(function, arguments),
            _ => {
                let values: Vec<Value> = arguments.iter().map(|argument| self.value(argument)).collect();
                functions::of_values(function, &values)
            }
        }
    }

    fn some(&mut self, list: &'a Node) -> Option<bool> {
        if let Kind::Query(query) = &list.kind
            && let Some(condition) = &query.condition
        {
            let candidates = self.candidates(query, true)?;
            return any_of(candidates.into_iter().map(|element| self.test(element, condition)));
        }
        let values = self.list(list)?;
        if list.ty.element().is_some_and(|element| matches!(element, Type::Bool | Type::Agreed)) {
            return any_of(values.iter().map(truth_of));
        }
        Some(!values.is_empty())
    }

    fn each(&mut self, list: &'a Node) -> Option<bool> {
        if let Kind::Query(query) = &list.kind
            && let Some(condition) = &query.condition
        {
            let candidates = self.candidates(query, false)?;
            return all_of(candidates.into_iter().map(|element| self.test(element, condition)));
        }
        all_of(self.list(list)?.iter().map(truth_of))
    }

    /// Whether no two values of a list are the same: undecided if one that might be is missing.
    fn distinct(&mut self, list: &'a Node) -> Option<bool> {
        let values = self.list(list).map(|values| self.settled_all(list, values))?;
        if let Some(identities) = values.iter().map(text_or_missing).collect::<Option<Vec<&str>>>() {
            return distinct_texts(&identities);
        }
        let pairs = values
            .iter()
            .enumerate()
            .flat_map(|(index, value)| values[index + 1..].iter().map(move |other| equal(value, other)));
        any_of(pairs).map(|twice| !twice)
    }

    fn test(&mut self, element: Value, condition: &'a Node) -> Option<bool> {
        self.enter(element);
        let truth = self.truth(condition);
        self.leave();
        truth
    }

    /// The members of a list; `None` when it is not known which they are.
    pub(super) fn list(&mut self, node: &'a Node) -> Option<Vec<Value>> {
        if self.is_kept(node) && node.kind.is_list() {
            return match self.fixed(node) {
                Value::List(all) => Some(all.clone()),
                _ => None,
            };
        }
        self.listed(node)
    }

    fn listed(&mut self, node: &'a Node) -> Option<Vec<Value>> {
        match &node.kind {
            Kind::List(all) => Some(all.iter().map(|one| self.value(one)).collect()),
            Kind::Project { of, name } => {
                let element = of.ty.element()?;
                let list = self.list(of)?;
                Some(list.iter().map(|value| self.member(value, &element, name)).collect())
            }
            Kind::Query(query) => self.selected(query),
            Kind::Split { amount, of, weight, tie } => self.split(amount, of, weight, tie),
            Kind::Ranked { of, keys } => self.ranked(of, keys),
            _ => match elements(self.value(node)) {
                empty if empty.is_empty() && self.is_pending(node) => None,
                elements => Some(elements),
            },
        }
    }

    /// A row for each element, of what is known of it.
    fn rows(&mut self, of: &'a Node, columns: &[Name]) -> Option<Vec<Record>> {
        let element = of.ty.element()?;
        let values = self.list(of)?;
        let row = |value: &Value| {
            let cells = columns.iter().map(|column| (column.clone(), self.member(value, &element, column)));
            cells.filter(|(_, cell)| !cell.is_missing()).collect()
        };
        Some(values.iter().map(row).collect())
    }

    fn selected(&mut self, query: &'a Query) -> Option<Vec<Value>> {
        let mut candidates = self.candidates(query, true)?;
        let Some(condition) = &query.condition else {
            return Some(candidates);
        };
        let mut known = true;
        candidates.retain(|element| {
            let truth = self.test(element.clone(), condition);
            known &= truth.is_some();
            truth == Some(true)
        });
        known.then_some(candidates)
    }

    /// Looks at an element of a query; [`Self::leave`] goes back out.
    pub(super) fn enter(&mut self, element: Value) {
        self.elements.push(element);
    }

    pub(super) fn leave(&mut self) {
        self.elements.pop();
    }

    /// The elements to look at: through the index where the query has one and may use it.
    pub(super) fn candidates(&mut self, query: &'a Query, narrow: bool) -> Option<Vec<Value>> {
        let collection = match &query.source {
            Source::List(list) => return self.list(list),
            Source::Collection(name) => name,
        };
        let env = self.env;
        let find = |narrowed: Option<(&str, &Value)>| match query.open && narrow {
            true => env.open_candidates(collection, narrowed),
            false => env.candidates(collection, narrowed),
        };
        let Some(narrowed) = query.narrowed.as_ref().filter(|_| narrow) else {
            return Some(find(None).into_iter().map(Value::Thing).collect());
        };
        let (field, values) = match narrowed {
            Narrowed::Equal { field, values } => (field, self.outside(values)),
            Narrowed::Near { field, plot, above } => {
                let found = self.near(collection, field, plot, above);
                return Some(found.into_iter().map(Value::Thing).collect());
            }
        };
        let mut found = BTreeSet::new();
        let mut all = Vec::new();
        for value in values {
            if value.is_missing() {
                return None;
            }
            let things = find(Some((field, &kept::as_kept(value))));
            all.extend(things.into_iter().filter(|thing| found.insert(thing.clone())));
        }
        Some(all.into_iter().map(Value::Thing).collect())
    }

    /// Values that stand inside the condition of a query and do not depend on its element: one level further in than the query.
    fn outside(&mut self, nodes: impl IntoIterator<Item = &'a Node>) -> Vec<Value> {
        self.enter(Value::Missing);
        let values = nodes.into_iter().map(|node| self.value(node)).collect();
        self.leave();
        values
    }

    /// The elements whose plot may share more land with this one than that: everywhere, should the law ask for less than nothing.
    fn near(&mut self, collection: &str, field: &str, plot: &'a Node, above: &'a Node) -> Vec<Thing> {
        match self.outside([plot, above]).as_slice() {
            [Value::Plot(plot), Value::Number(above, _)] if !above.is_sign_negative() => {
                self.env.near(collection, field, plot)
            }
            // Of a plot that is not known nobody can tell where it lies, and it shares nothing.
            [Value::Missing, Value::Number(above, _)] if !above.is_sign_negative() => Vec::new(),
            _ => self.env.candidates(collection, None),
        }
    }
}

/// The text that identifies a value; empty where it is missing.
fn text_or_missing(value: &Value) -> Option<&str> {
    if value.is_missing() { Some("") } else { identity(value) }
}

/// Whether no two texts are the same, in the time that long lists allow; an empty one may be the same as any other.
fn distinct_texts(texts: &[&str]) -> Option<bool> {
    let given: Vec<&str> = texts.iter().copied().filter(|text| !text.trim().is_empty()).collect();
    let different: BTreeSet<&str> = given.iter().copied().collect();
    match different.len() == given.len() {
        false => Some(false),
        true => (texts.len() < 2 || given.len() == texts.len()).then_some(true),
    }
}

/// Holds if all do; undecided if none fails but one is undecided.
pub(crate) fn all_of(truths: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut all = Some(true);
    for truth in truths {
        match truth {
            Some(false) => return Some(false),
            Some(true) => {}
            None => all = None,
        }
    }
    all
}

/// Holds if one does; undecided if none holds but one is undecided.
pub(crate) fn any_of(truths: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    all_of(truths.map(|truth| truth.map(|yes| !yes))).map(|none| !none)
}

pub(crate) fn truth_value(truth: Option<bool>) -> Value {
    truth.map_or(Value::Missing, Value::Bool)
}

fn truth_of(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(yes) => Some(*yes),
        _ => None,
    }
}

pub(super) fn ratio(value: &Value) -> Option<Ratio> {
    match value {
        Value::Number(number, _) => Some(Ratio::of(*number)),
        _ => None,
    }
}

/// The members of a list value. What was not filled in has none.
fn elements(value: Value) -> Vec<Value> {
    match value {
        Value::List(values) => values,
        Value::Records(rows) => rows.iter().map(|row| Value::Records([row.clone()].into())).collect(),
        Value::Codes(codes) => codes.into_iter().map(Value::Code).collect(),
        _ => Vec::new(),
    }
}

/// Whether two values are the same; `None` if one is missing or they cannot be compared.
pub(crate) fn equal(left: &Value, right: &Value) -> Option<bool> {
    if left.is_missing() || right.is_missing() {
        return None;
    }
    match (left, right) {
        (Value::Date(_) | Value::Moment(_), _) | (Value::Term(_), Value::Term(_)) => {
            order(left, right).map(Ordering::is_eq)
        }
        (Value::Number(left, _), Value::Number(right, _)) => Some(left == right),
        _ => match (identity(left), identity(right)) {
            (Some(left), Some(right)) => Some(left == right),
            _ => Some(left == right),
        },
    }
}

/// The order of two dates, moments, terms or numbers.
pub(crate) fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Moment(left), Value::Moment(right)) => Some(left.cmp(right)),
        (Value::Term(left), Value::Term(right)) => term_order(*left, *right),
        (Value::Number(left, _), Value::Number(right, _)) => Some(left.cmp(right)),
        _ => Some(left.as_date()?.cmp(&right.as_date()?)),
    }
}

/// Terms compare where their units convert exactly: hours are sixty minutes, weeks seven days, years twelve months.
fn term_order(left: Term, right: Term) -> Option<Ordering> {
    if term_kind(left.unit) != term_kind(right.unit) {
        return None;
    }
    let size = |term: Term| {
        u64::from(term.length)
            * match term.unit {
                calendar::Unit::Hours => 60,
                calendar::Unit::Weeks => 7,
                calendar::Unit::Years => 12,
                _ => 1,
            }
    };
    Some(size(left).cmp(&size(right)))
}
