//! From a syntax tree to a typed expression, or findings. Every mistake is found once: what is wrong has the type
//! [`Type::Unknown`], which fits everywhere.

mod calls;
mod compare;
mod names;
mod query;
mod shares;

#[cfg(test)]
pub(crate) use calls::FUNCTIONS;
pub(super) use compare::term_kind;

use super::ast::{Ast, AstKind, Operator};
use super::codes;
use super::scope::Scope;
use super::typed::{Expr, Kind, Node, Reads, Typed};
use super::types::Type;
use super::value::{Unit, Value};
use crate::finding::Finding;
use crate::span::Span;
use rust_decimal::Decimal;

/// Checks a tree against the names of its place. With `expected`, the result must be of that type, and bare words that
/// are codes of that enumeration are understood.
///
/// There is always an expression; with an error among the findings it must not be run (it would give missing values).
pub fn check(ast: &Ast, scope: &dyn Scope, expected: Option<&Type>) -> (Expr, Vec<Finding>) {
    let mut checker = Checker { scope, frames: Vec::new(), findings: Vec::new(), reads: Reads::default() };
    let node = checker.node(ast, expected);
    if let Some(expected) = expected {
        checker.expect(&node, expected, &ast.span);
    }
    let text = ast.to_string().into_boxed_str();
    let typed = scope.same(Typed::new(Node { text, ..node }, checker.reads));
    (Expr::new(typed, ast.span.clone()), checker.findings)
}

/// Parses and checks in one go.
pub fn compile(source: &str, at: &Span, scope: &dyn Scope, expected: Option<&Type>) -> (Option<Expr>, Vec<Finding>) {
    match super::parser::parse(source, at) {
        Ok(ast) => {
            let (expr, findings) = check(&ast, scope, expected);
            (Some(expr), findings)
        }
        Err(findings) => (None, findings),
    }
}

struct Checker<'a> {
    scope: &'a dyn Scope,
    /// Types of the elements that enclosing queries look at, outermost first.
    frames: Vec<Type>,
    findings: Vec<Finding>,
    reads: Reads,
}

impl Checker<'_> {
    fn find(&mut self, code: &'static str, span: &Span, zh: impl Into<String>, en: impl Into<String>) -> &mut Finding {
        self.findings.push(Finding::error(code, span, zh, en));
        self.findings.last_mut().expect("a finding was just pushed")
    }

    fn mistake(ast: &Ast) -> Node {
        Node::new(Kind::Mistake, Type::Unknown, ast.to_string())
    }

    /// Checks a node; `hint` is the type that its place suggests, for codes.
    fn node(&mut self, ast: &Ast, hint: Option<&Type>) -> Node {
        match &ast.kind {
            AstKind::Bool(yes) => literal(ast, Value::Bool(*yes), Type::Bool),
            AstKind::Number(number, unit) => number_literal(ast, *number, unit.as_deref()),
            AstKind::Term(term) => literal(ast, Value::Term(*term), Type::TermOf(term.unit)),
            AstKind::Date(date) => literal(ast, Value::Date(*date), Type::Date),
            AstKind::Moment(moment) => literal(ast, Value::Moment(*moment), Type::Moment),
            AstKind::Text(text) => literal(ast, Value::Text(text.clone()), Type::Text { max: length(text) }),
            AstKind::Name(_) | AstKind::Member(..) => self.name_or_member(ast, hint),
            AstKind::List(all) => self.list(ast, all, hint),
            AstKind::Call(name, arguments) => self.call(ast, name, arguments),
            AstKind::Not(of) => {
                let of = self.condition(of);
                Node::new(Kind::Not(Box::new(of)), Type::Bool, ast.to_string())
            }
            AstKind::And(all) => {
                let all = all.iter().map(|one| self.condition(one)).collect();
                Node::new(Kind::And(all), Type::Bool, ast.to_string())
            }
            AstKind::Or(all) => {
                let all = all.iter().map(|one| self.condition(one)).collect();
                Node::new(Kind::Or(all), Type::Bool, ast.to_string())
            }
            AstKind::Compare(comparison, left, right) => self.compare(ast, *comparison, left, right),
            AstKind::In { item, list, negated } => self.contained(ast, item, list, *negated),
            AstKind::Given(of) => {
                let of = self.node(of, None);
                Node::new(Kind::Given(Box::new(of)), Type::Bool, ast.to_string())
            }
            AstKind::Missing(of) => {
                let of = self.node(of, None);
                Node::new(Kind::Missing(Box::new(of)), Type::Bool, ast.to_string())
            }
            AstKind::Default(left, right) => self.default(ast, left, right, hint),
            AstKind::If { then, condition, otherwise } => self.conditional(ast, then, condition, otherwise, hint),
            AstKind::Negate(of) => self.negate(ast, of),
            AstKind::Arithmetic(operator, left, right) => self.arithmetic(ast, *operator, left, right),
            AstKind::Counted { term, date, after } => self.counted(ast, term, date, *after),
            AstKind::Where(source, condition) => self.filtered(ast, source, condition),
        }
    }

    /// Checks a node that must be yes or no.
    fn condition(&mut self, ast: &Ast) -> Node {
        let node = self.node(ast, Some(&Type::Bool));
        self.expect(&node, &Type::Bool, &ast.span);
        node
    }

    /// Finds fault if a node does not have the wanted type.
    fn expect(&mut self, node: &Node, wanted: &Type, span: &Span) {
        if node.ty.fits(wanted) {
            return;
        }
        let text = &node.text;
        if wanted.is_condition() {
            self.find(
                codes::NOT_A_CONDITION,
                span,
                format!("`{text}` 是{}，不是条件", node.ty.zh()),
                format!("`{text}` is {}, not a condition", node.ty.en()),
            )
            .hint = Some(crate::finding::Said::new(
                format!("要问是否已填、已办，请写 `{text} given`"),
                format!("to ask whether it was filled in or done, write `{text} given`"),
            ));
            return;
        }
        let units = matches!((&node.ty, wanted), (Type::Number { unit, .. }, Type::Number { unit: other, .. }) if unit != other);
        let code = if units { codes::UNIT_MISMATCH } else { codes::TYPE_MISMATCH };
        self.find(
            code,
            span,
            format!("`{text}` 是{}，此处应为{}", node.ty.zh(), wanted.zh()),
            format!("`{text}` is {}, expected {}", node.ty.en(), wanted.en()),
        );
    }

    fn list(&mut self, ast: &Ast, all: &[Ast], hint: Option<&Type>) -> Node {
        let mut element = hint.and_then(Type::element);
        let mut joined: Option<Type> = None;
        let mut nodes = Vec::new();
        for one in all {
            let node = self.node(one, element.as_ref());
            element.get_or_insert_with(|| node.ty.clone());
            joined = Some(match joined {
                Some(joined) => self.join(joined, &node, &one.span),
                None => node.ty.clone(),
            });
            nodes.push(node);
        }
        let ty = Type::List(Box::new(joined.unwrap_or(Type::Unknown)));
        let list = Node::new(Kind::List(Vec::new()), ty, ast.to_string()).showing(&nodes);
        Node { kind: Kind::List(nodes), ..list }
    }

    /// The type that holds both; a finding if there is none.
    fn join(&mut self, left: Type, right: &Node, span: &Span) -> Type {
        if let Some(ty) = joined(&left, &right.ty) {
            return ty;
        }
        self.expect(right, &left, span);
        Type::Unknown
    }

    fn default(&mut self, ast: &Ast, left: &Ast, right: &Ast, hint: Option<&Type>) -> Node {
        let left = self.node(left, hint);
        let right_node = self.node(right, Some(&left.ty));
        let ty = self.join(left.ty.clone(), &right_node, &right.span);
        let shell = Node::new(Kind::Mistake, ty, ast.to_string()).showing([&left, &right_node]);
        Node { kind: Kind::Default(Box::new(left), Box::new(right_node)), ..shell }
    }

    fn conditional(&mut self, ast: &Ast, then: &Ast, condition: &Ast, otherwise: &Ast, hint: Option<&Type>) -> Node {
        let condition = self.condition(condition);
        // A code can only be understood next to an enumeration: the branch that is one goes first.
        let otherwise_first = hint.is_none() && self.is_unknown_word(then) && !self.is_unknown_word(otherwise);
        let (then_node, otherwise_node) = if otherwise_first {
            let otherwise = self.node(otherwise, None);
            (self.node(then, Some(&otherwise.ty)), otherwise)
        } else {
            let then = self.node(then, hint);
            let hint = hint.unwrap_or(&then.ty).clone();
            let otherwise = self.node(otherwise, Some(&hint));
            (then, otherwise)
        };
        let ty = self.join(then_node.ty.clone(), &otherwise_node, &otherwise.span);
        let shell = Node::new(Kind::Mistake, ty, ast.to_string()).showing([&then_node, &otherwise_node]);
        Node {
            kind: Kind::If {
                then: Box::new(then_node),
                condition: Box::new(condition),
                otherwise: Box::new(otherwise_node),
            },
            ..shell
        }
    }

    fn negate(&mut self, ast: &Ast, of: &Ast) -> Node {
        let node = self.node(of, None);
        if let Some(Value::Number(number, unit)) = node.as_literal() {
            return literal(ast, Value::Number(-*number, unit.clone()), node.ty.clone());
        }
        if node.ty.unit().is_none() && node.ty != Type::Unknown {
            self.find(
                codes::TYPE_MISMATCH,
                &of.span,
                format!("`{}` 是{}，不能取负", node.text, node.ty.zh()),
                format!("`{}` is {}, and has no negative", node.text, node.ty.en()),
            );
            return Self::mistake(ast);
        }
        let shell = Node::new(Kind::Mistake, node.ty.clone(), ast.to_string()).showing([&node]);
        Node { kind: Kind::Negate(Box::new(node)), ..shell }
    }

    fn arithmetic(&mut self, ast: &Ast, operator: Operator, left: &Ast, right: &Ast) -> Node {
        let left_node = self.node(left, None);
        let right_node = self.node(right, None);
        if left_node.ty == Type::Unknown || right_node.ty == Type::Unknown {
            return Self::mistake(ast);
        }
        match (operator, &left_node.ty, &right_node.ty) {
            (Operator::Plus | Operator::Minus, date, term) if date.is_time() && term.is_term() => {
                self.shift(ast, left_node, right_node, operator == Operator::Minus, &right.span)
            }
            (Operator::Plus, term, date) if date.is_time() && term.is_term() => {
                self.shift(ast, right_node, left_node, false, &left.span)
            }
            (_, Type::Number { .. }, Type::Number { .. }) => self.numbers(ast, operator, left_node, right_node),
            _ => {
                let hint = (left_node.ty.is_time() && right_node.ty.is_time()).then_some((
                    "两个日期之间的天数请写 `days-between(A, B)`",
                    "for the days between two dates write `days-between(A, B)`",
                ));
                let finding = self.find(
                    codes::TYPE_MISMATCH,
                    &ast.span,
                    format!("{}和{}之间没有 `{}`", left_node.ty.zh(), right_node.ty.zh(), operator.sign()),
                    format!("there is no `{}` of {} and {}", operator.sign(), left_node.ty.en(), right_node.ty.en()),
                );
                finding.hint = hint.map(|(zh, en)| crate::finding::Said::new(zh, en));
                Self::mistake(ast)
            }
        }
    }

    fn numbers(&mut self, ast: &Ast, operator: Operator, left: Node, right: Node) -> Node {
        let zero = matches!(right.as_literal(), Some(Value::Number(number, _)) if number.is_zero());
        if operator == Operator::Over && zero {
            self.find(codes::DIVISION_BY_ZERO, &ast.span, "除数是零", "the divisor is zero");
            return Self::mistake(ast);
        }
        let (Some(left_unit), Some(right_unit)) = (left.ty.unit().cloned(), right.ty.unit().cloned()) else {
            return Self::mistake(ast);
        };
        let sums = matches!(operator, Operator::Plus | Operator::Minus);
        if sums && left_unit != right_unit {
            self.unit_mismatch(&left, &right, &ast.span, ("相加减", "added"));
            return Self::mistake(ast);
        }
        let unit = match operator {
            Operator::Plus | Operator::Minus => left_unit,
            Operator::Times => product_unit(&left_unit, &right_unit),
            Operator::Over => left_unit.per(&right_unit),
        };
        let whole = |node: &Node| matches!(node.ty, Type::Number { whole: true, .. });
        let percents = left.ty.unit() == Some(&percent()) || right.ty.unit() == Some(&percent());
        let whole = operator != Operator::Over && whole(&left) && whole(&right) && !percents;
        let shell = Node::new(Kind::Mistake, Type::Number { unit, whole }, ast.to_string()).showing([&left, &right]);
        Node { kind: Kind::Arithmetic(operator, Box::new(left), Box::new(right)), ..shell }
    }

    fn unit_mismatch(&mut self, left: &Node, right: &Node, span: &Span, verb: (&str, &str)) {
        let bare = |node: &Node| node.as_literal().is_some() && node.ty.unit().is_some_and(Unit::is_none);
        let (wanted, literal) = if bare(right) { (left, right) } else { (right, left) };
        let hint = bare(literal).then(|| {
            let unit = wanted.ty.unit().map(Unit::code).unwrap_or_default();
            let better = format!("{} {unit}", literal.text);
            crate::finding::Said::new(format!("请写 `{better}`"), format!("write `{better}`"))
        });
        self.find(
            codes::UNIT_MISMATCH,
            span,
            format!("`{}` 是{}，`{}` 是{}，不能{}", left.text, left.ty.zh(), right.text, right.ty.zh(), verb.0),
            format!(
                "`{}` is {} and `{}` is {}: they cannot be {}",
                left.text,
                left.ty.en(),
                right.text,
                right.ty.en(),
                verb.1
            ),
        )
        .hint = hint;
    }

    fn counted(&mut self, ast: &Ast, term: &Ast, date: &Ast, after: bool) -> Node {
        let term_node = self.node(term, Some(&Type::Term));
        let date_node = self.node(date, Some(&Type::Date));
        if !term_node.ty.is_clock_term() {
            self.expect(&term_node, &Type::Term, &term.span);
        }
        self.expect(&date_node, &Type::Date, &date.span);
        if !after && term_node.ty != Type::TermOf(calendar::Unit::WorkingDays) {
            return self.shift(ast, date_node, term_node, true, &term.span);
        }
        let ty = self.end(&date_node, &term_node, &term.span);
        let shell = Node::new(Kind::Mistake, ty, ast.to_string()).showing([&date_node, &term_node]);
        let (term, date) = (Box::new(term_node), Box::new(date_node));
        let kind = if after { Kind::Due { term, date } } else { Kind::Shift { date, term, back: true } };
        Node { kind, ..shell }
    }

    /// What a term leads to: hours lead from a moment to a moment, anything longer to a day.
    fn end(&mut self, date: &Node, term: &Node, term_span: &Span) -> Type {
        if !term.ty.is_clock_term() {
            return Type::Date;
        }
        if date.ty == Type::Date {
            self.find(
                codes::TERM_UNIT,
                term_span,
                format!("按小时的期限要从时刻起算，`{}` 只是日期", date.text),
                format!("a term in hours runs from a moment, but `{}` is only a date", date.text),
            )
            .hint = Some(crate::finding::Said::new(
                "请写动作的时刻 `ACT.at`，或 `moment(DATE, \"17:00\")`",
                "write the moment of an act, `ACT.at`, or `moment(DATE, \"17:00\")`",
            ));
        }
        Type::Moment
    }

    fn shift(&mut self, ast: &Ast, date: Node, term: Node, back: bool, term_span: &Span) -> Node {
        if term.ty == Type::TermOf(calendar::Unit::WorkingDays) {
            self.find(
                codes::TERM_UNIT,
                term_span,
                "工作日要看放假安排，不能直接加减",
                "working days depend on holidays and cannot simply be added",
            )
            .hint = Some(crate::finding::Said::new(
                "请写 `5 working-days after DATE`",
                "write `5 working-days after DATE`",
            ));
        }
        let ty = self.end(&date, &term, term_span);
        let shell = Node::new(Kind::Mistake, ty, ast.to_string()).showing([&date, &term]);
        Node { kind: Kind::Shift { date: Box::new(date), term: Box::new(term), back }, ..shell }
    }
}

fn literal(ast: &Ast, value: Value, ty: Type) -> Node {
    Node::new(Kind::Literal(Box::new(value)), ty, ast.to_string())
}

fn number_literal(ast: &Ast, number: Decimal, unit: Option<&str>) -> Node {
    let unit = Unit::symbol(unit.unwrap_or_default());
    let ty = Type::Number { unit: unit.clone(), whole: number.fract().is_zero() };
    literal(ast, Value::Number(number, unit), ty)
}

fn length(text: &str) -> u32 {
    u32::try_from(text.chars().count()).unwrap_or(u32::MAX)
}

pub(super) fn percent() -> Unit {
    Unit::symbol("percent")
}

/// The unit of a product. A percentage of something is of that thing's unit: 5 % of 200 m² are 10 m².
fn product_unit(left: &Unit, right: &Unit) -> Unit {
    match (*left == percent(), *right == percent()) {
        (true, _) => right.clone(),
        (false, true) => left.clone(),
        (false, false) => left.times(right),
    }
}

/// The type that holds values of both.
fn joined(left: &Type, right: &Type) -> Option<Type> {
    match (left, right) {
        (Type::Unknown, other) | (other, Type::Unknown) => Some(other.clone()),
        (Type::Number { unit, whole }, Type::Number { unit: other, whole: also }) if unit == other => {
            Some(Type::Number { unit: unit.clone(), whole: *whole && *also })
        }
        (Type::OneOf(codes), Type::OneOf(others)) => {
            let mut all = codes.to_vec();
            all.extend(others.iter().filter(|(code, _)| !codes.iter().any(|(known, _)| known == code)).cloned());
            Some(Type::OneOf(all.into()))
        }
        (Type::Text { max }, Type::Text { max: other }) => Some(Type::Text { max: *max.max(other) }),
        (left, right) if left.is_text() && right.is_text() && left != right => Some(Type::Text { max: u32::MAX }),
        (left, right) if left.is_clock_term() && right.is_term() => Some(left.clone()),
        (left, right) if left.is_term() && right.is_clock_term() => Some(right.clone()),
        (left, right) if left.is_term() && right.is_term() && left != right => Some(Type::Term),
        (left, right) if left.fits(right) => Some(right.clone()),
        (left, right) if right.fits(left) => Some(left.clone()),
        _ => None,
    }
}
