//! Comparisons and membership: what may be compared with what, and bare words as codes.

use super::Checker;
use crate::expr::ast::{Ast, AstKind, Comparison};
use crate::expr::codes;
use crate::expr::typed::{Kind, Node};
use crate::expr::types::Type;
use crate::expr::value::Value;
use crate::span::Span;

impl Checker<'_> {
    pub(super) fn compare(&mut self, ast: &Ast, comparison: Comparison, left: &Ast, right: &Ast) -> Node {
        let (left_node, right_node) = self.sides(left, right);
        if let Some(node) = emptiness(ast, comparison, &left_node, &right_node) {
            return node;
        }
        self.comparable(comparison, &left_node, &right_node, &ast.span);
        Node::new(Kind::Compare(comparison, Box::new(left_node), Box::new(right_node)), Type::Bool, ast.to_string())
    }

    /// Both sides, the one first whose type tells what codes the other may be.
    fn sides(&mut self, left: &Ast, right: &Ast) -> (Node, Node) {
        if self.is_code_for(left, right) {
            let right = self.node(right, None);
            let left = self.node(left, Some(&right.ty));
            (left, right)
        } else {
            let left = self.node(left, None);
            let right = self.node(right, Some(&left.ty));
            (left, right)
        }
    }

    /// Whether the left side is a bare word meant as a code of the right side.
    fn is_code_for(&self, left: &Ast, right: &Ast) -> bool {
        let Some(word) = left.as_name() else {
            return false;
        };
        let left_type = self.peek(left);
        match right.as_name() {
            None => !matches!(left_type, Some(Type::OneOf(_))),
            Some(_) => match self.peek(right) {
                Some(Type::OneOf(codes)) => {
                    codes.iter().any(|(code, _)| code == word) && !matches!(left_type, Some(Type::OneOf(_)))
                }
                Some(_) => left_type.is_none(),
                None => false,
            },
        }
    }

    fn comparable(&mut self, comparison: Comparison, left: &Node, right: &Node, span: &Span) {
        if left.ty == Type::Unknown || right.ty == Type::Unknown {
            return;
        }
        match (&left.ty, &right.ty) {
            (Type::Number { unit, .. }, Type::Number { unit: other, .. }) if unit != other => {
                self.unit_mismatch(left, right, span, ("比较", "compared"));
            }
            (left_type, right_type) if !may_be_equal(left_type, right_type) => {
                self.find(
                    codes::TYPE_MISMATCH,
                    span,
                    format!("`{}` 是{}，`{}` 是{}，不能比较", left.text, left_type.zh(), right.text, right_type.zh()),
                    format!(
                        "`{}` is {} and `{}` is {}: they cannot be compared",
                        left.text,
                        left_type.en(),
                        right.text,
                        right_type.en()
                    ),
                );
            }
            (left_type, _) if !comparison.is_equality() && !has_order(left_type) => {
                self.find(
                    codes::NO_ORDER,
                    span,
                    format!("{}没有大小先后，不能用 `{}`", left_type.zh(), comparison.sign()),
                    format!("{} has no order: `{}` says nothing", left_type.en(), comparison.sign()),
                );
            }
            (Type::TermOf(unit), Type::TermOf(other)) if term_kind(*unit) != term_kind(*other) => {
                self.find(
                    codes::TERM_UNIT,
                    span,
                    format!("`{}` 和 `{}` 的单位不同类，长短无从比较", left.text, right.text),
                    format!("`{}` and `{}` are counted in different kinds of units", left.text, right.text),
                );
            }
            _ if left.as_literal().is_some() && right.as_literal().is_some() => {
                self.find(
                    codes::CONSTANT,
                    span,
                    "两边都是固定的值，结果永远不变",
                    "both sides are fixed, so the result never changes",
                );
            }
            _ => {}
        }
    }

    pub(super) fn contained(&mut self, ast: &Ast, item: &Ast, list: &Ast, negated: bool) -> Node {
        let (item_node, list_node) = if matches!(list.kind, AstKind::List(_)) {
            let item = self.node(item, None);
            let hint = Type::List(Box::new(item.ty.clone()));
            let list = self.node(list, Some(&hint));
            (item, list)
        } else {
            let list = self.elements(list);
            let element = list.ty.element();
            (self.node(item, element.as_ref()), list)
        };
        if let Some(element) = list_node.ty.element() {
            self.containable(&item_node, &list_node, &element, &ast.span);
        }
        Node::new(
            Kind::In { item: Box::new(item_node), list: Box::new(list_node), negated },
            Type::Bool,
            ast.to_string(),
        )
    }

    fn containable(&mut self, item: &Node, list: &Node, element: &Type, span: &Span) {
        let unknown = item.ty == Type::Unknown || *element == Type::Unknown;
        if unknown || may_be_equal(&item.ty, element) {
            return;
        }
        let units = matches!((&item.ty, element), (Type::Number { .. }, Type::Number { .. }));
        self.find(
            if units { codes::UNIT_MISMATCH } else { codes::TYPE_MISMATCH },
            span,
            format!("`{}` 是{}，`{}` 里是{}", item.text, item.ty.zh(), list.text, element.zh()),
            format!("`{}` is {}, but `{}` holds {}", item.text, item.ty.en(), list.text, element.en()),
        );
    }
}

/// Whether values of these types can ever be equal.
fn may_be_equal(left: &Type, right: &Type) -> bool {
    match (left, right) {
        (Type::Number { unit, .. }, Type::Number { unit: other, .. }) => unit == other,
        (Type::OneOf(codes), Type::OneOf(others)) => {
            codes.iter().any(|(code, _)| others.iter().any(|(other, _)| other == code))
        }
        (Type::Bool | Type::Agreed, Type::Bool | Type::Agreed) => true,
        (Type::SomeOf(_), Type::SomeOf(_)) | (Type::List(_), Type::List(_)) => left.fits(right) || right.fits(left),
        _ => {
            let both = |test: fn(&Type) -> bool| test(left) && test(right);
            both(Type::is_text)
                || both(Type::is_time)
                || both(Type::is_term)
                || (both(Type::is_reference) && left == right)
        }
    }
}

fn has_order(ty: &Type) -> bool {
    matches!(ty, Type::Number { .. }) || ty.is_time() || ty.is_term()
}

/// Units that convert into each other have the same kind.
pub(in crate::expr) fn term_kind(unit: calendar::Unit) -> u8 {
    match unit {
        calendar::Unit::Minutes | calendar::Unit::Hours => 0,
        calendar::Unit::Days | calendar::Unit::Weeks => 1,
        calendar::Unit::WorkingDays => 2,
        calendar::Unit::Months | calendar::Unit::Years => 3,
    }
}

/// `X == ""` asks whether X is missing: an empty text counts as not filled in.
fn emptiness(ast: &Ast, comparison: Comparison, left: &Node, right: &Node) -> Option<Node> {
    let empty = |node: &Node| matches!(node.as_literal(), Some(Value::Text(text)) if text.is_empty());
    let of = match (empty(left), empty(right)) {
        (false, true) if left.ty.is_text() => left,
        (true, false) if right.ty.is_text() => right,
        _ => return None,
    };
    let kind = match comparison {
        Comparison::Equal => Kind::Missing(Box::new(of.clone())),
        Comparison::Unequal => Kind::Given(Box::new(of.clone())),
        _ => return None,
    };
    Some(Node::new(kind, Type::Bool, ast.to_string()))
}
