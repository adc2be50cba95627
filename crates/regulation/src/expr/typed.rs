//! The checked expression: every name resolved, every node typed.

use super::ast::{Comparison, Operator};
use super::scope::NameKind;
use super::types::Type;
use super::value::Value;
use crate::model::{Name, Personal};
use crate::span::Span;
use std::collections::{BTreeSet, HashMap};
use std::ops::Deref;
use std::sync::Arc;

/// A checked expression. Only [`super::check`] makes it, so evaluating it cannot go wrong.
///
/// Shared, since a checked regulation is copied but never changed; and no wider than a pointer, since most places where one may stand have none.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr(Arc<Placed>);

/// An expression where it stands.
#[derive(Debug, PartialEq)]
struct Placed {
    span: Span,
    typed: Arc<Typed>,
}

/// What is known of an expression, wherever it stands: most stand in a regulation more than once.
#[derive(Debug, PartialEq)]
pub struct Typed {
    node: Node,
    reads: Reads,
}

/// Expressions that were checked before (同一写法), by how they are written: what says and means the same is kept once.
#[derive(Debug, Default)]
pub struct Known(HashMap<Box<str>, Vec<Arc<Typed>>>);

impl Known {
    /// The one that is the same as this, which may be this.
    pub(crate) fn same(&mut self, typed: Typed) -> Arc<Typed> {
        let alike = self.0.entry(typed.node.text.clone()).or_default();
        match alike.iter().find(|known| ***known == typed) {
            Some(known) => Arc::clone(known),
            None => {
                let typed = Arc::new(typed);
                alike.push(Arc::clone(&typed));
                typed
            }
        }
    }
}

impl Typed {
    pub(super) fn new(mut node: Node, reads: Reads) -> Typed {
        node.fix(false);
        Typed { node, reads: reads.fitted() }
    }
}

impl Deref for Expr {
    type Target = Node;

    fn deref(&self) -> &Node {
        self.node()
    }
}

impl Expr {
    pub(super) fn new(typed: Arc<Typed>, span: Span) -> Expr {
        Expr(Arc::new(Placed { span, typed }))
    }

    /// Where it stands.
    #[must_use]
    pub fn span(&self) -> &Span {
        &self.0.span
    }

    pub(crate) fn node(&self) -> &Node {
        &self.0.typed.node
    }

    /// How people call it: its label, or as written.
    #[must_use]
    pub fn called(&self) -> &str {
        self.label.as_deref().unwrap_or(&self.text)
    }

    /// Whether this condition on a matter holds only while it is open (`open and …`), so that those that ended need not be looked at.
    #[must_use]
    pub fn asks_open(&self) -> bool {
        let names = &self.reads().names;
        let is_state = names.iter().any(|(name, kind)| name == "open" && *kind == NameKind::Element);
        is_state && self.has_part(&|part| part.kind == Kind::Root("open".into()))
    }

    /// Whether this condition holds only where a name has that code (`name == code and …`).
    #[must_use]
    pub fn asks_code(&self, name: &str, code: &str) -> bool {
        let names = |node: &Node| match &node.kind {
            Kind::Root(known) | Kind::ElementField { up: 0, name: known, .. } => known == name,
            _ => false,
        };
        let is_code = |node: &Node| matches!(node.as_literal(), Some(Value::Code(known)) if known == code);
        self.has_part(&|part| match &part.kind {
            Kind::Compare(Comparison::Equal, one, other) => {
                (names(one) && is_code(other)) || (names(other) && is_code(one))
            }
            _ => false,
        })
    }

    /// What it looks at.
    #[must_use]
    pub fn reads(&self) -> &Reads {
        &self.0.typed.reads
    }

    /// The kinds of personal data whose values can be seen in its value.
    ///
    /// Comparisons, conditions and counts do not carry what they look at: that an applicant is of age does not tell the
    /// identity number. Everything else does: members, choices between values, sums, ages and birth dates.
    #[must_use]
    pub fn personal(&self) -> &BTreeSet<Personal> {
        &self.personal
    }

    /// The value of an expression that looks at nothing: a literal.
    #[must_use]
    pub fn as_literal(&self) -> Option<&Value> {
        Node::as_literal(self)
    }

    /// The root name, if it is nothing but one (`requested-plot-area`).
    #[must_use]
    pub fn as_root(&self) -> Option<&str> {
        match &self.kind {
            Kind::Root(name) | Kind::Parameter(name) => Some(name),
            _ => None,
        }
    }
}

/// What an expression looks at, each once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reads {
    /// Root names and parameters, with where their values come from, in the order of names.
    pub names: Vec<(Name, NameKind)>,
    /// Members, with the type of what they belong to: form fields, columns, acts' dates.
    pub members: Vec<(Type, Name)>,
    /// Registers and procedures queried, in order.
    pub collections: Vec<Name>,
    /// Rules whose hits are listed, in order.
    pub hits: Vec<Name>,
}

// Lists, not maps: an expression looks at two or three names, there are ten thousands of expressions, and a map takes ten times the room.
impl Reads {
    pub(super) fn name(&mut self, name: &str, kind: NameKind) {
        match self.place_of(name) {
            Ok(known) => self.names[known].1 = kind,
            Err(place) => self.names.insert(place, (name.to_owned(), kind)),
        }
    }

    pub(super) fn collection(&mut self, name: &str) {
        insert(&mut self.collections, name);
    }

    pub(super) fn hits_of(&mut self, rule: &str) {
        insert(&mut self.hits, rule);
    }

    /// Where the value of a root name comes from, if it is looked at.
    #[must_use]
    pub fn kind_of(&self, name: &str) -> Option<NameKind> {
        self.place_of(name).ok().map(|place| self.names[place].1)
    }

    fn place_of(&self, name: &str) -> Result<usize, usize> {
        self.names.binary_search_by(|(known, _)| known.as_str().cmp(name))
    }

    pub(super) fn member(&mut self, of: &Type, name: &str) {
        if let Type::Share(of, added) = of {
            if name != added.name() {
                self.member(of, name);
            }
            return;
        }
        let known = self.members.iter().any(|(ty, member)| ty == of && member == name);
        if !known {
            self.members.push((of.clone(), name.to_owned()));
        }
    }

    /// Adds what another expression looks at.
    pub fn add(&mut self, other: &Reads) {
        other.names.iter().for_each(|(name, kind)| self.name(name, *kind));
        for (of, name) in &other.members {
            self.member(of, name);
        }
        other.collections.iter().for_each(|name| self.collection(name));
        other.hits.iter().for_each(|rule| self.hits_of(rule));
    }

    /// Without room for more.
    fn fitted(mut self) -> Reads {
        self.names.shrink_to_fit();
        self.members.shrink_to_fit();
        self.collections.shrink_to_fit();
        self.hits.shrink_to_fit();
        self
    }
}

fn insert(names: &mut Vec<Name>, name: &str) {
    if let Err(place) = names.binary_search_by(|known| known.as_str().cmp(name)) {
        names.insert(place, name.to_owned());
    }
}

/// A typed node.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    pub(crate) kind: Kind,
    /// Its type.
    pub ty: Type,
    /// As written, with regular spacing.
    pub text: Box<str>,
    /// How people call it, where it is a name with a label.
    pub(crate) label: Option<Box<str>>,
    pub(crate) personal: BTreeSet<Personal>,
    /// It stands in the condition of a query and is the same for every element: it looks at none.
    pub(crate) is_fixed: bool,
}

/// What a typed node does.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    Literal(Box<Value>),
    Parameter(Name),
    Root(Name),
    Today,
    /// The element of the query so many levels out.
    It {
        up: usize,
    },
    /// A member of that element.
    ElementField {
        up: usize,
        of: Box<Type>,
        name: Name,
    },
    Member {
        of: Box<Node>,
        name: Name,
    },
    /// A member of each element of a list.
    Project {
        of: Box<Node>,
        name: Name,
    },
    List(Vec<Node>),
    Not(Box<Node>),
    Negate(Box<Node>),
    And(Vec<Node>),
    Or(Vec<Node>),
    Compare(Comparison, Box<Node>, Box<Node>),
    In {
        item: Box<Node>,
        list: Box<Node>,
        negated: bool,
    },
    Given(Box<Node>),
    Missing(Box<Node>),
    Default(Box<Node>, Box<Node>),
    If {
        then: Box<Node>,
        condition: Box<Node>,
        otherwise: Box<Node>,
    },
    Arithmetic(Operator, Box<Node>, Box<Node>),
    /// The corresponding day a term later or earlier; never rolls.
    Shift {
        date: Box<Node>,
        term: Box<Node>,
        back: bool,
    },
    /// The statutory last day of a term after a date.
    Due {
        term: Box<Node>,
        date: Box<Node>,
    },
    Query(Box<Query>),
    Call(Function, Vec<Node>),
    AsOf {
        parameter: Name,
        date: Box<Node>,
    },
    Changed(Vec<Name>),
    Hits(Name),
    /// For each element of a list a row with these members.
    Rows {
        of: Box<Node>,
        columns: Vec<Name>,
    },
    /// An amount split over the elements of a list.
    Split {
        amount: Box<Node>,
        of: Box<Node>,
        weight: Box<Node>,
        tie: Box<Node>,
    },
    /// The elements of a list in the order of what each comes to by some keys.
    Ranked {
        of: Box<Node>,
        keys: Vec<Node>,
    },
    /// Of a mistaken expression.
    Mistake,
}

/// Elements of a collection or list that fulfil a condition.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Query {
    pub(crate) source: Source,
    pub(crate) narrowed: Option<Narrowed>,
    /// Its condition asks for matters that are open: those that ended need not be looked at.
    pub(crate) open: bool,
    pub(crate) condition: Option<Node>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Source {
    List(Node),
    Collection(Name),
}

/// The index look-up that a condition allows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Narrowed {
    /// The field is one of these values.
    Equal { field: Name, values: Vec<Node> },
    /// The field is a plot that shares more land with this one than that.
    Near { field: Name, plot: Box<Node>, above: Box<Node> },
}

/// A function of the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Function {
    /// The figures of reports as a text.
    Figures,
    Count,
    Some,
    None,
    Each,
    /// No value occurs twice.
    Distinct,
    Sum,
    First,
    Only,
    Min,
    Max,
    /// To so many decimal places, half away from zero.
    Round(u32),
    /// The whole number at or below.
    Floor,
    /// The whole number at or above.
    Ceil,
    Age,
    Birth,
    Sex,
    Year,
    Quarter,
    MonthEnd,
    /// The day of the lunar calendar, in words.
    Lunar,
    /// The moment of a day at a time.
    Moment,
    /// Values as one text.
    Concat,
    /// Of a year, month and day.
    Date,
    DaysBetween,
    /// The first text holds the second.
    Contains,
    StartsWith,
    EndsWith,
    /// The kinds of personal data in a text.
    PersonalIn,
    /// How alike two names are, in percent.
    Alike,
    /// A text with its personal data covered.
    Masked,
    /// A document number in its normal form.
    DocumentNumber,
    /// The area that two plots share.
    Overlap,
    /// Who holds a post on a day.
    Holder,
    /// Whether a person holds a post on a day.
    Holds,
    /// What is kept of an owner, counted.
    Holdings,
    /// What stands against erasing it.
    Hindrances,
    /// Whether it is about a person.
    Concerns,
    /// Whether a person sees some of it.
    Sees,
    /// What sub-accounts held at the end of a day.
    BalanceOn,
    /// The sum of what sub-accounts held at the end of each day of a period, in fen.
    DaySum,
    /// The code of the place of a level at or above a place, as it was on a day.
    CodeOn,
    /// Its name on that day.
    NameOn,
}

impl Node {
    pub(super) fn new(kind: Kind, ty: Type, text: String) -> Node {
        Node { kind, ty, text: text.into_boxed_str(), label: None, personal: BTreeSet::new(), is_fixed: false }
    }

    /// With the personal data of the nodes that its value shows.
    pub(super) fn showing<'a>(mut self, nodes: impl IntoIterator<Item = &'a Node>) -> Node {
        for node in nodes {
            self.personal.extend(node.personal.iter().copied());
        }
        self
    }

    pub(crate) fn as_literal(&self) -> Option<&Value> {
        match &self.kind {
            Kind::Literal(value) => Some(value.as_ref()),
            _ => None,
        }
    }

    /// The nodes directly below, in reading order.
    pub(crate) fn children(&self) -> Vec<&Node> {
        match &self.kind {
            Kind::Literal(_)
            | Kind::Parameter(_)
            | Kind::Root(_)
            | Kind::Today
            | Kind::It { .. }
            | Kind::ElementField { .. }
            | Kind::Changed(_)
            | Kind::Hits(_)
            | Kind::Mistake => Vec::new(),
            Kind::Member { of, .. } | Kind::Project { of, .. } | Kind::Rows { of, .. } => vec![of],
            Kind::Not(of) | Kind::Negate(of) | Kind::Given(of) | Kind::Missing(of) => vec![of],
            Kind::List(all) | Kind::And(all) | Kind::Or(all) | Kind::Call(_, all) => all.iter().collect(),
            Kind::Compare(_, left, right) | Kind::Default(left, right) | Kind::Arithmetic(_, left, right) => {
                vec![left, right]
            }
            Kind::In { item, list, .. } => vec![item, list],
            Kind::If { then, condition, otherwise } => vec![then, condition, otherwise],
            Kind::Shift { date, term, .. } | Kind::Due { term, date } => vec![term, date],
            Kind::AsOf { date, .. } => vec![date],
            Kind::Split { amount, of, weight, tie } => vec![amount, of, weight, tie],
            Kind::Ranked { of, keys } => std::iter::once(&**of).chain(keys).collect(),
            Kind::Query(query) => query.children(),
        }
    }
}

impl Kind {
    /// Whether its value is a list made here, element by element.
    pub(crate) fn is_list(&self) -> bool {
        matches!(self, Kind::List(_) | Kind::Project { .. } | Kind::Query(_) | Kind::Split { .. } | Kind::Ranked { .. })
    }
}

/// What does not change from one element of a query to the next.
impl Node {
    /// Marks the nodes inside of conditions that look at no element. From how many queries around this node it takes elements: as far out as
    /// the farthest one.
    fn fix(&mut self, inside: bool) -> usize {
        let reach = match &mut self.kind {
            Kind::Literal(_) | Kind::Today | Kind::Mistake => return 0,
            Kind::It { up } | Kind::ElementField { up, .. } => *up + 1,
            Kind::Query(query) => query.fix(inside),
            Kind::Split { amount, of, weight, tie } => {
                let around = amount.fix(inside).max(of.fix(inside));
                around.max(weight.fix(true).max(tie.fix(true)).saturating_sub(1))
            }
            Kind::Ranked { of, keys } => {
                let keys = keys.iter_mut().map(|key| key.fix(true)).max().unwrap_or(0);
                of.fix(inside).max(keys.saturating_sub(1))
            }
            kind => kind.children_mut().into_iter().map(|child| child.fix(inside)).max().unwrap_or(0),
        };
        self.is_fixed = inside && reach == 0;
        reach
    }
}

impl Kind {
    /// The nodes directly below, where all of them see the same elements.
    fn children_mut(&mut self) -> Vec<&mut Node> {
        match self {
            Kind::Literal(_)
            | Kind::Parameter(_)
            | Kind::Root(_)
            | Kind::Today
            | Kind::It { .. }
            | Kind::ElementField { .. }
            | Kind::Changed(_)
            | Kind::Hits(_)
            | Kind::Query(_)
            | Kind::Split { .. }
            | Kind::Ranked { .. }
            | Kind::Mistake => Vec::new(),
            Kind::Member { of, .. } | Kind::Project { of, .. } | Kind::Rows { of, .. } => vec![of],
            Kind::Not(of) | Kind::Negate(of) | Kind::Given(of) | Kind::Missing(of) => vec![of],
            Kind::List(all) | Kind::And(all) | Kind::Or(all) | Kind::Call(_, all) => all.iter_mut().collect(),
            Kind::Compare(_, left, right) | Kind::Default(left, right) | Kind::Arithmetic(_, left, right) => {
                vec![left, right]
            }
            Kind::In { item, list, .. } => vec![item, list],
            Kind::If { then, condition, otherwise } => vec![then, condition, otherwise],
            Kind::Shift { date, term, .. } | Kind::Due { term, date } => vec![term, date],
            Kind::AsOf { date, .. } => vec![date],
        }
    }
}

impl Node {
    /// Whether it is such a node, or several joined by `and` of which one is.
    pub(crate) fn has_part(&self, is: &dyn Fn(&Node) -> bool) -> bool {
        match &self.kind {
            Kind::And(all) => all.iter().any(|one| one.has_part(is)),
            _ => is(self),
        }
    }
}

impl Query {
    fn fix(&mut self, inside: bool) -> usize {
        let around = match &mut self.source {
            Source::List(list) => list.fix(inside),
            Source::Collection(_) => 0,
        };
        let looked_up: Vec<&mut Node> = match &mut self.narrowed {
            Some(Narrowed::Equal { values, .. }) => values.iter_mut().collect(),
            Some(Narrowed::Near { plot, above, .. }) => vec![plot, above],
            None => Vec::new(),
        };
        let within = looked_up.into_iter().chain(&mut self.condition).map(|node| node.fix(true)).max().unwrap_or(0);
        around.max(within.saturating_sub(1))
    }

    fn children(&self) -> Vec<&Node> {
        let mut all = Vec::new();
        if let Source::List(list) = &self.source {
            all.push(list);
        }
        match &self.narrowed {
            Some(Narrowed::Equal { values, .. }) => all.extend(values),
            Some(Narrowed::Near { plot, above, .. }) => all.extend([plot.as_ref(), above.as_ref()]),
            None => {}
        }
        all.extend(&self.condition);
        all
    }
}
