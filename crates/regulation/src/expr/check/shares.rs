//! Splitting an amount over a list, ranking a list, and the members of what that gives.

use super::Checker;
use crate::expr::ast::Ast;
use crate::expr::scope::{NameKind, Named};
use crate::expr::typed::{Kind, Node};
use crate::expr::types::{Added, Type};

impl Checker<'_> {
    /// `split(AMOUNT, LIST, WEIGHT, TIE)`: weight and tie are looked at for each element, as a condition is.
    pub(super) fn split(&mut self, ast: &Ast, arguments: &[Ast]) -> Node {
        let [amount, list, weight, tie] = arguments else {
            return self.not_splittable(ast);
        };
        let yuan = Type::number("yuan");
        let amount_node = self.node(amount, Some(&yuan));
        self.expect(&amount_node, &yuan, &amount.span);
        let of = self.list_argument(list);
        let Some(element) = of.ty.element() else {
            return Self::mistake(ast);
        };
        self.frames.push(element.clone());
        let (weight, tie) = (self.node(weight, None), self.node(tie, None));
        self.frames.pop();
        let weighs = matches!(weight.ty, Type::Number { .. } | Type::Unknown);
        let orders = tie.ty.is_text()
            || tie.ty.is_reference()
            || matches!(tie.ty, Type::Number { .. } | Type::Date | Type::OneOf(_) | Type::Unknown);
        if !weighs || !orders {
            return self.not_splittable(ast);
        }
        let ty = Type::List(Box::new(Type::Share(Box::new(element), Added::Part)));
        let shell = Node::new(Kind::Mistake, ty, ast.to_string()).showing([&amount_node, &of]);
        let kind = Kind::Split {
            amount: Box::new(amount_node),
            of: Box::new(of),
            weight: Box::new(weight),
            tie: Box::new(tie),
        };
        Node { kind, ..shell }
    }

    /// `ranked(LIST, KEY, …)`: the keys are looked at for each element, as a condition is.
    pub(super) fn ranked(&mut self, ast: &Ast, arguments: &[Ast]) -> Node {
        let Some((list, keys)) = arguments.split_first().filter(|(_, keys)| !keys.is_empty()) else {
            return self.not_rankable(ast);
        };
        let of = self.list_argument(list);
        let Some(element) = of.ty.element() else {
            return Self::mistake(ast);
        };
        self.frames.push(element.clone());
        let keys: Vec<Node> = keys.iter().map(|key| self.node(key, None)).collect();
        self.frames.pop();
        if keys.iter().any(|key| !matches!(key.ty, Type::Number { .. } | Type::Unknown)) {
            return self.not_rankable(ast);
        }
        let ty = Type::List(Box::new(Type::Share(Box::new(element), Added::Rank)));
        let shell = Node::new(Kind::Mistake, ty, ast.to_string()).showing([&of]);
        Node { kind: Kind::Ranked { of: Box::new(of), keys }, ..shell }
    }

    fn not_rankable(&mut self, ast: &Ast) -> Node {
        self.wrong_arguments(
            ast,
            "列表或查询、每一项据以排名的数（一个或几个，大的在前）",
            "a list or query, and what each element is ranked by (numbers, the highest first)",
        )
    }

    fn not_splittable(&mut self, ast: &Ast) -> Node {
        self.wrong_arguments(
            ast,
            "金额、列表或查询、每一项的权重（数）、余数相同时的次序",
            "an amount, a list or query, each element's weight (a number), and what orders equal remainders",
        )
    }

    /// A member of something, or of the element that a share is of.
    pub(super) fn member_of(&self, ty: &Type, name: &str) -> Option<Named> {
        match ty {
            Type::Share(_, added) if name == added.name() => {
                Some(Named { label: Some(added.label().to_owned()), ..Named::new(added.ty(), NameKind::Element) })
            }
            Type::Share(of, _) => self.member_of(of, name),
            _ => self.scope.member(ty, name),
        }
    }

    pub(super) fn members_of(&self, ty: &Type) -> Vec<String> {
        match ty {
            Type::Share(of, added) => [self.members_of(of), vec![added.name().to_owned()]].concat(),
            _ => self.scope.members(ty),
        }
    }
}
