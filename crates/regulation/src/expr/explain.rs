//! Why an expression has its value: every sub-condition, the values seen as people read them, and what was missing.

use super::Env;
use super::ast::Operator;
use super::eval::{Evaluator, all_of, any_of, truth_value};
use super::ratio::Ratio;
use super::show::NOT_FILLED_IN;
use super::typed::{Expr, Function, Kind, Node};
use super::types::Type;
use super::value::{Thing, Value};

/// Elements of a query that are explained, at most.
const MOST_WITNESSES: usize = 3;

/// A value and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Explained {
    /// The value, as [`Expr::eval`] gives it.
    pub value: Value,
    /// The (sub-)expression as written.
    pub text: String,
    /// One Chinese sentence with the values seen and the outcome.
    pub zh: String,
    /// Names and quotients with the values seen.
    pub values: Vec<(String, String)>,
    /// The sub-conditions, in reading order.
    pub children: Vec<Explained>,
    /// What was missing, if that is why the value is.
    pub missing: Vec<String>,
}

impl Explained {
    /// The values seen here and in every sub-condition, each once.
    #[must_use]
    pub fn all_values(&self) -> Vec<(String, String)> {
        let mut all = self.values.clone();
        for pair in self.children.iter().flat_map(Explained::all_values) {
            if !all.contains(&pair) {
                all.push(pair);
            }
        }
        all
    }
}

impl Expr {
    /// The value with every sub-condition, the values seen and what was missing.
    #[must_use]
    pub fn explain(&self, env: &dyn Env) -> Explained {
        Explainer { evaluator: Evaluator::new(env) }.explain(self.node())
    }

    /// The value as people read it: places and people by name, matters and documents by number.
    #[must_use]
    pub fn shown(&self, env: &dyn Env) -> String {
        let value = Evaluator::new(env).value(self.node());
        shown(&value, &self.node().ty, env)
    }

    /// The same for readers of English.
    #[must_use]
    pub fn shown_en(&self, env: &dyn Env) -> String {
        let value = Evaluator::new(env).value(self.node());
        shown_by(&value, &self.node().ty, env, Value::en, ", ")
    }
}

struct Explainer<'a> {
    evaluator: Evaluator<'a>,
}

impl<'a> Explainer<'a> {
    fn explain(&mut self, node: &'a Node) -> Explained {
        match &node.kind {
            Kind::And(all) => {
                let children = self.all(all);
                let truth = all_of(children.iter().map(truth));
                compound(node, truth, "以下各项都成立", children)
            }
            Kind::Or(all) => {
                let children = self.all(all);
                let truth = any_of(children.iter().map(truth));
                compound(node, truth, "以下至少一项成立", children)
            }
            Kind::Not(of) => {
                let child = self.explain(of);
                let truth = truth(&child).map(|yes| !yes);
                compound(node, truth, "以下不成立", vec![child])
            }
            Kind::If { then, condition, otherwise } => self.choice(node, then, condition, otherwise),
            _ => self.atom(node),
        }
    }

    fn all(&mut self, nodes: &'a [Node]) -> Vec<Explained> {
        nodes.iter().map(|node| self.explain(node)).collect()
    }

    fn choice(&mut self, node: &'a Node, then: &'a Node, condition: &'a Node, otherwise: &'a Node) -> Explained {
        let condition = self.explain(condition);
        let chosen = match truth(&condition) {
            Some(true) => self.explain(then),
            Some(false) => self.explain(otherwise),
            None => {
                let missing = condition.missing.clone();
                let zh = outcome(&node.text, &Value::Missing, &missing);
                return explained(node, Value::Missing, zh, Vec::new(), vec![condition], missing);
            }
        };
        let value = chosen.value.clone();
        let zh = format!("按所选情形，{}", chosen.zh);
        let missing = chosen.missing.clone();
        explained(node, value, zh, Vec::new(), vec![condition, chosen], missing)
    }

    /// A condition or value without sub-conditions, except what decided a query.
    fn atom(&mut self, node: &'a Node) -> Explained {
        let value = self.evaluator.value(node);
        let mut seen = Seen::default();
        self.see(node, &mut seen);
        let children = self.witnesses(node);
        if value != Value::Missing {
            seen.missing.clear();
        } else if seen.missing.is_empty() {
            seen.missing = self.causes(node, &children);
        }
        let said = self.say(node);
        let zh = if node.ty.is_condition() || value == Value::Missing {
            outcome(&said, &value, &seen.missing)
        } else {
            said
        };
        explained(node, value, zh, seen.values, children, seen.missing)
    }

    /// The elements that decided a query, or left it open: a few of them, each with its condition explained.
    fn witnesses(&mut self, node: &'a Node) -> Vec<Explained> {
        let Kind::Call(function, arguments) = &node.kind else {
            return Vec::new();
        };
        let decisive = match function {
            Function::Some | Function::None => Some(true),
            Function::Each => Some(false),
            _ => None,
        };
        let [Node { kind: Kind::Query(query), .. }] = arguments.as_slice() else {
            return Vec::new();
        };
        let Some(condition) = &query.condition else {
            return Vec::new();
        };
        let elements = self.evaluator.candidates(query, *function != Function::Each).unwrap_or_default();
        let mut found = Vec::new();
        for element in elements {
            self.evaluator.enter(element);
            let truth = self.evaluator.truth(condition);
            if truth.is_none() || (truth == decisive && decisive.is_some()) {
                found.push(self.explain(condition));
            }
            self.evaluator.leave();
            if found.len() == MOST_WITNESSES {
                break;
            }
        }
        found
    }

    /// Why a value is missing although nothing directly looked at is: an element's field, or what cannot be computed.
    fn causes(&mut self, node: &'a Node, witnesses: &[Explained]) -> Vec<String> {
        let mut causes: Vec<String> = witnesses.iter().flat_map(|witness| witness.missing.clone()).collect();
        self.faults(node, &mut causes);
        if causes.is_empty() {
            causes.push(name(node));
        }
        causes.dedup();
        causes
    }

    /// Divisions by zero and results too large to keep.
    fn faults(&mut self, node: &'a Node, faults: &mut Vec<String>) {
        if let Kind::Arithmetic(operator, left, right) = &node.kind {
            let operands = (self.evaluator.number(left), self.evaluator.number(right));
            let zero = operands.1 == Some(Ratio::whole(0));
            if *operator == Operator::Over && zero {
                faults.push(format!("{}（除数为零）", node.text));
            } else if operands.0.is_some() && operands.1.is_some() && self.evaluator.number(node).is_none() {
                faults.push(format!("{}（数值超出范围）", node.text));
            }
        }
        if !is_query_call(node) {
            node.children().into_iter().for_each(|child| self.faults(child, faults));
        }
    }

    /// Notes the values that a node looks at.
    fn see(&mut self, node: &'a Node, seen: &mut Seen) {
        let connects = matches!(
            node.kind,
            Kind::Compare(..)
                | Kind::In { .. }
                | Kind::Given(_)
                | Kind::Missing(_)
                | Kind::Not(_)
                | Kind::And(_)
                | Kind::Or(_)
                | Kind::Literal(_)
                | Kind::List(_)
                | Kind::Mistake
        );
        if !connects {
            let value = self.evaluator.value(node);
            let shown = shown(&value, &node.ty, self.evaluator.env);
            seen.add(name(node), shown, value == Value::Missing && is_name(node));
        }
        let opaque = is_name(node) || is_query_call(node) || matches!(node.kind, Kind::Query(_));
        if !opaque {
            node.children().into_iter().for_each(|child| self.see(child, seen));
        }
    }

    /// The node as a phrase with the values seen.
    fn say(&mut self, node: &'a Node) -> String {
        match &node.kind {
            Kind::Compare(comparison, left, right) => {
                format!("{}{}{}", self.operand(left), comparison.zh(), self.operand(right))
            }
            Kind::In { item, list, negated } => {
                let verb = if *negated { "不属于" } else { "属于" };
                format!("{}{verb}{}", self.operand(item), self.operand(list))
            }
            Kind::Given(of) => format!("{}已有", name(of)),
            Kind::Missing(of) => format!("{}没有", name(of)),
            Kind::Call(Function::Some, arguments) => format!("有 {}", arguments[0].text),
            Kind::Call(Function::None, arguments) => format!("没有 {}", arguments[0].text),
            Kind::Call(Function::Each, arguments) => format!("每一项都符合 {}", arguments[0].text),
            Kind::Call(Function::Distinct, arguments) => format!("{} 各不相同", arguments[0].text),
            _ if node.ty.is_condition() => name(node),
            _ => self.operand(node),
        }
    }

    /// A side of a comparison: `申请面积（190 平方米）`; a literal is only its value.
    fn operand(&mut self, node: &'a Node) -> String {
        let value = self.evaluator.value(node);
        let shown = shown(&value, &node.ty, self.evaluator.env);
        match &node.kind {
            Kind::Literal(_) | Kind::List(_) => shown,
            _ if shown == NOT_FILLED_IN => format!("{}{shown}", name(node)),
            _ => format!("{}（{shown}）", name(node)),
        }
    }
}

/// Values looked at, each once, and the names of those that were missing.
#[derive(Default)]
struct Seen {
    values: Vec<(String, String)>,
    missing: Vec<String>,
}

impl Seen {
    fn add(&mut self, name: String, shown: String, missing: bool) {
        if missing && !self.missing.contains(&name) {
            self.missing.push(name.clone());
        }
        let pair = (name, shown);
        if !self.values.contains(&pair) {
            self.values.push(pair);
        }
    }
}

/// How people call a node: its label, or as written.
fn name(node: &Node) -> String {
    node.label.as_ref().unwrap_or(&node.text).to_string()
}

/// Names and members: what a regulation's author would look up when it is missing.
fn is_name(node: &Node) -> bool {
    matches!(
        node.kind,
        Kind::Parameter(_)
            | Kind::Root(_)
            | Kind::Today
            | Kind::It { .. }
            | Kind::ElementField { .. }
            | Kind::Member { .. }
            | Kind::Project { .. }
            | Kind::AsOf { .. }
            | Kind::Hits(_)
    )
}

/// Calls that look at the elements of a list, whose conditions have no values of their own here.
fn is_query_call(node: &Node) -> bool {
    let aggregate = |function: &Function| {
        matches!(
            function,
            Function::Count
                | Function::Some
                | Function::None
                | Function::Each
                | Function::Distinct
                | Function::Sum
                | Function::First
                | Function::Only
                | Function::BalanceOn
                | Function::DaySum
        )
    };
    matches!(&node.kind, Kind::Call(function, _) if aggregate(function))
}

fn truth(explained: &Explained) -> Option<bool> {
    match explained.value {
        Value::Bool(yes) => Some(yes),
        _ => None,
    }
}

fn compound(node: &Node, truth: Option<bool>, said: &str, children: Vec<Explained>) -> Explained {
    let mut missing: Vec<String> = Vec::new();
    if truth.is_none() {
        for name in children.iter().filter(|child| child.value == Value::Missing).flat_map(|child| &child.missing) {
            if !missing.contains(name) {
                missing.push(name.clone());
            }
        }
    }
    let value = truth_value(truth);
    let zh = outcome(said, &value, &missing);
    explained(node, value, zh, Vec::new(), children, missing)
}

fn explained(
    node: &Node,
    value: Value,
    zh: String,
    values: Vec<(String, String)>,
    children: Vec<Explained>,
    missing: Vec<String>,
) -> Explained {
    Explained { value, text: node.text.to_string(), zh, values, children, missing }
}

/// A phrase with its outcome.
fn outcome(said: &str, value: &Value, missing: &[String]) -> String {
    match value {
        Value::Bool(true) => format!("{said}：成立"),
        Value::Bool(false) => format!("{said}：不成立"),
        _ if missing.is_empty() => format!("{said}：无法判断"),
        _ => format!("{said}：缺少{}，无法判断", missing.join("、")),
    }
}

/// A value as people read it, looking up the names of places and people and the numbers of matters and documents.
pub(super) fn shown(value: &Value, ty: &Type, env: &dyn Env) -> String {
    shown_by(value, ty, env, Value::zh, "、")
}

fn shown_by(value: &Value, ty: &Type, env: &dyn Env, say: fn(&Value, &Type) -> String, between: &str) -> String {
    if let Value::List(values) = value {
        let element = ty.element().unwrap_or(Type::Unknown);
        let each = values.iter().map(|value| shown_by(value, &element, env, say, between));
        return each.collect::<Vec<_>>().join(between);
    }
    let named = called(value, ty).map(|(thing, member)| env.member(&thing, member)).filter(|name| !name.is_missing());
    match named {
        Some(name) => say(&name, &Type::Unknown),
        None => say(value, ty),
    }
}

/// The member that a handle is called by.
fn called(value: &Value, ty: &Type) -> Option<(Thing, &'static str)> {
    let member = match ty {
        Type::Place | Type::Person | Type::Post => "name",
        Type::Matter(_) | Type::Document { .. } => "number",
        Type::Act { .. } => "on",
        _ => return None,
    };
    let thing = match value {
        Value::Thing(thing) => thing.clone(),
        _ => super::eval::handle(value, ty)?,
    };
    Some((thing, member))
}
