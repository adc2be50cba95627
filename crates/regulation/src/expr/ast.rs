//! The syntax tree of an expression, as written. Names are not resolved here; [`super::check`] does that.

use crate::span::Span;
use calendar::Term;
use jiff::civil::{Date, DateTime};
use rust_decimal::Decimal;

/// A node with its place in the file. Two trees are equal if they say the same, wherever they stand.
#[derive(Debug, Clone)]
pub struct Ast {
    /// What it is.
    pub kind: AstKind,
    /// Where it stands.
    pub span: Span,
    depth: usize,
}

impl PartialEq for Ast {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

/// What a node is.
#[derive(Debug, Clone, PartialEq)]
pub enum AstKind {
    /// `yes`, `no`.
    Bool(bool),
    /// `3`, `200 m²`: the number and the unit's word.
    Number(Decimal, Option<String>),
    /// `5 working-days`.
    Term(Term),
    /// `2022-03-01`.
    Date(Date),
    /// A moment.
    Moment(DateTime),
    /// `"text"`.
    Text(String),
    /// A bare word: a name, or a code of the other side's enumeration.
    Name(String),
    /// `a.b`.
    Member(Box<Ast>, String),
    /// `[a, b]`.
    List(Vec<Ast>),
    /// `f(a, b)`.
    Call(String, Vec<Ast>),
    /// `not a`.
    Not(Box<Ast>),
    /// `-a`.
    Negate(Box<Ast>),
    /// `a and b and c`.
    And(Vec<Ast>),
    /// `a or b or c`.
    Or(Vec<Ast>),
    /// `a <= b`.
    Compare(Comparison, Box<Ast>, Box<Ast>),
    /// `a in b`, `a not in b`.
    In {
        /// The item.
        item: Box<Ast>,
        /// The list.
        list: Box<Ast>,
        /// `not in`.
        negated: bool,
    },
    /// `a given`.
    Given(Box<Ast>),
    /// `a missing`.
    Missing(Box<Ast>),
    /// `a else b`: `b` where `a` is missing.
    Default(Box<Ast>, Box<Ast>),
    /// `then if condition else otherwise`.
    If {
        /// The value if it holds.
        then: Box<Ast>,
        /// The condition.
        condition: Box<Ast>,
        /// The value if it does not.
        otherwise: Box<Ast>,
    },
    /// `a + b`.
    Arithmetic(Operator, Box<Ast>, Box<Ast>),
    /// `term after date` (statutory last day), `term before date` (plain day before).
    Counted {
        /// The term.
        term: Box<Ast>,
        /// The date.
        date: Box<Ast>,
        /// `after`, not `before`.
        after: bool,
    },
    /// `source where condition`.
    Where(Box<Ast>, Box<Ast>),
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    Unequal,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

/// An arithmetic operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Times,
    /// `/`
    Over,
}

impl Ast {
    /// A node; its depth follows from its children.
    #[must_use]
    pub fn new(kind: AstKind, span: Span) -> Ast {
        let depth = 1 + children(&kind).iter().map(|child| child.depth).max().unwrap_or(0);
        Ast { kind, span, depth }
    }

    /// How many nodes lie on the longest way down, this one included.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// The bare name, if it is one.
    #[must_use]
    pub fn as_name(&self) -> Option<&str> {
        match &self.kind {
            AstKind::Name(name) => Some(name),
            _ => None,
        }
    }

    /// The segments of a dotted path `a.b.c`, each with the node that ends there.
    #[must_use]
    pub fn path(&self) -> Option<Vec<(&str, &Ast)>> {
        match &self.kind {
            AstKind::Name(name) => Some(vec![(name, self)]),
            AstKind::Member(of, name) => {
                let mut path = of.path()?;
                path.push((name, self));
                Some(path)
            }
            _ => None,
        }
    }
}

fn children(kind: &AstKind) -> Vec<&Ast> {
    match kind {
        AstKind::Bool(_)
        | AstKind::Number(..)
        | AstKind::Term(_)
        | AstKind::Date(_)
        | AstKind::Moment(_)
        | AstKind::Text(_)
        | AstKind::Name(_) => Vec::new(),
        AstKind::Member(of, _) | AstKind::Not(of) | AstKind::Negate(of) | AstKind::Given(of) | AstKind::Missing(of) => {
            vec![of]
        }
        AstKind::List(all) | AstKind::Call(_, all) | AstKind::And(all) | AstKind::Or(all) => all.iter().collect(),
        AstKind::Compare(_, left, right)
        | AstKind::Default(left, right)
        | AstKind::Arithmetic(_, left, right)
        | AstKind::Where(left, right) => vec![left, right],
        AstKind::In { item, list, .. } => vec![item, list],
        AstKind::Counted { term, date, .. } => vec![term, date],
        AstKind::If { then, condition, otherwise } => vec![then, condition, otherwise],
    }
}

impl Comparison {
    /// As written.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Comparison::Equal => "==",
            Comparison::Unequal => "!=",
            Comparison::Less => "<",
            Comparison::AtMost => "<=",
            Comparison::Greater => ">",
            Comparison::AtLeast => ">=",
        }
    }

    /// As people say it.
    #[must_use]
    pub fn zh(self) -> &'static str {
        match self {
            Comparison::Equal => "等于",
            Comparison::Unequal => "不等于",
            Comparison::Less => "小于",
            Comparison::AtMost => "不大于",
            Comparison::Greater => "大于",
            Comparison::AtLeast => "不小于",
        }
    }

    /// The comparison that holds exactly when this one does not.
    #[must_use]
    pub fn opposite(self) -> Comparison {
        match self {
            Comparison::Equal => Comparison::Unequal,
            Comparison::Unequal => Comparison::Equal,
            Comparison::Less => Comparison::AtLeast,
            Comparison::AtMost => Comparison::Greater,
            Comparison::Greater => Comparison::AtMost,
            Comparison::AtLeast => Comparison::Less,
        }
    }

    /// The same comparison read from the other side.
    #[must_use]
    pub fn mirrored(self) -> Comparison {
        match self {
            Comparison::Less => Comparison::Greater,
            Comparison::AtMost => Comparison::AtLeast,
            Comparison::Greater => Comparison::Less,
            Comparison::AtLeast => Comparison::AtMost,
            same => same,
        }
    }

    /// Whether it holds for this order of left to right.
    #[must_use]
    pub fn holds(self, order: std::cmp::Ordering) -> bool {
        match self {
            Comparison::Equal => order.is_eq(),
            Comparison::Unequal => order.is_ne(),
            Comparison::Less => order.is_lt(),
            Comparison::AtMost => order.is_le(),
            Comparison::Greater => order.is_gt(),
            Comparison::AtLeast => order.is_ge(),
        }
    }

    /// `==` or `!=`, which need no order.
    #[must_use]
    pub fn is_equality(self) -> bool {
        matches!(self, Comparison::Equal | Comparison::Unequal)
    }
}

impl Operator {
    /// As written.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Operator::Plus => "+",
            Operator::Minus => "-",
            Operator::Times => "*",
            Operator::Over => "/",
        }
    }
}
