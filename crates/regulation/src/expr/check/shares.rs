//! Splitting an amount over a list, and the members of what that gives.

use super::Checker;
use crate::expr::ast::Ast;
use crate::expr::scope::{NameKind, Named};
use crate::expr::shares::PART;
use crate::expr::typed::{Kind, Node};
use crate::expr::types::Type;

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
        let ty = Type::List(Box::new(Type::Share(Box::new(element))));
        let shell = Node::new(Kind::Mistake, ty, ast.to_string()).showing([&amount_node, &of]);
        let kind = Kind::Split {
            amount: Box::new(amount_node),
            of: Box::new(of),
            weight: Box::new(weight),
            tie: Box::new(tie),
        };
        Node { kind, ..shell }
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
            Type::Share(_) if name == PART => {
                let part = Named::new(Type::number("yuan"), NameKind::Element);
                Some(Named { label: Some("分得".to_owned()), ..part })
            }
            Type::Share(of) => self.member_of(of, name),
            _ => self.scope.member(ty, name),
        }
    }

    pub(super) fn members_of(&self, ty: &Type) -> Vec<String> {
        match ty {
            Type::Share(of) => [self.members_of(of), vec![PART.to_owned()]].concat(),
            _ => self.scope.members(ty),
        }
    }
}
