//! Lists, registers and procedures as something to query, and the index look-up that a condition allows.

use super::Checker;
use super::names::end_of;
use crate::expr::ast::{Ast, AstKind, Comparison};
use crate::expr::codes;
use crate::expr::scope::Found;
use crate::expr::typed::{Function, Kind, Narrowed, Node, Query, Source};
use crate::expr::types::Type;
use crate::expr::value::Value;
use crate::finding::Finding;

impl Checker<'_> {
    /// Something with elements: a list, a query, or a register or procedure by name. A finding if it has none.
    pub(super) fn elements(&mut self, ast: &Ast) -> Node {
        let node = self.source(ast);
        if let Some(name) = whole(&node) {
            self.warn_whole(name, ast);
        }
        node
    }

    /// As [`Self::elements`], before a condition is added.
    fn source(&mut self, ast: &Ast) -> Node {
        let listless = self.peek(ast).is_some_and(|ty| ty.element().is_none());
        let collection = ast.as_name().filter(|_| listless).and_then(|name| self.whole_collection(name, ast));
        let node = match collection {
            Some(collection) => collection,
            None => self.node(ast, None),
        };
        if node.ty.element().is_none() {
            self.find(
                codes::NOT_A_LIST,
                &ast.span,
                format!("`{}` 是{}，没有可以逐个看的成员", node.text, node.ty.zh()),
                format!("`{}` is {}, which has no elements", node.text, node.ty.en()),
            );
            return Self::mistake(ast);
        }
        node
    }

    /// A register or procedure with all its members.
    pub(super) fn whole_collection(&mut self, name: &str, ast: &Ast) -> Option<Node> {
        let collection = self.scope.collection(name)?;
        self.reads.collection(name);
        self.scope.found(Found::Thing(name), &end_of(ast, name));
        let query = Query { source: Source::Collection(name.to_owned()), narrowed: None, open: false, condition: None };
        let ty = Type::List(Box::new(collection.element));
        Some(Node::new(Kind::Query(Box::new(query)), ty, ast.to_string()))
    }

    /// Warns that every member of a collection is read, unless there never are many.
    fn warn_whole(&mut self, collection: &str, ast: &Ast) {
        if self.scope.collection(collection).is_some_and(|found| found.read_whole) {
            return;
        }
        self.findings.push(
            Finding::warning(
                codes::WHOLE_COLLECTION,
                &ast.span,
                format!("`{ast}` 要读遍整个登记簿"),
                format!("`{ast}` reads the whole collection"),
            )
            .hint(
                "请加上对索引列的相等条件，如 `holder == household`",
                "compare an indexed column with a value from outside, as in `holder == household`",
            ),
        );
    }

    /// `source where condition`; `C.field where …` filters `C` and then takes the field.
    pub(super) fn filtered(&mut self, ast: &Ast, source: &Ast, condition: &Ast) -> Node {
        let source = self.source(source);
        match source.kind {
            Kind::Project { of, name } => {
                let ty = source.ty;
                let query = self.filter(ast, *of, condition);
                let shell = Node::new(Kind::Mistake, ty, ast.to_string());
                let personal = source.personal;
                Node { kind: Kind::Project { of: Box::new(query), name }, personal, ..shell }
            }
            _ => self.filter(ast, source, condition),
        }
    }

    fn filter(&mut self, ast: &Ast, source: Node, condition: &Ast) -> Node {
        let element = source.ty.element().unwrap_or(Type::Unknown);
        self.frames.push(element.clone());
        let condition = self.condition(condition);
        self.frames.pop();
        let shell = Node::new(Kind::Mistake, Type::List(Box::new(element)), ast.to_string()).showing([&source]);
        let query = match source.kind {
            Kind::Query(query) if query.condition.is_none() => self.narrow(ast, *query, condition),
            _ => Query { source: Source::List(source), narrowed: None, open: false, condition: Some(condition) },
        };
        Node { kind: Kind::Query(Box::new(query)), ..shell }
    }

    fn narrow(&mut self, ast: &Ast, query: Query, condition: Node) -> Query {
        let Source::Collection(name) = &query.source else {
            return Query { condition: Some(condition), ..query };
        };
        let found = self.scope.collection(name);
        let of_matters = found.as_ref().is_some_and(|found| matches!(found.element, Type::Matter(_)));
        let indexed = found.map(|found| found.indexed).unwrap_or_default();
        let narrowed = look_up(&condition, &indexed);
        if narrowed.is_none() {
            self.warn_whole(name, ast);
        }
        let open = of_matters && condition.has_part(&is_open);
        Query { source: query.source, narrowed, open, condition: Some(condition) }
    }

    /// For `each`, which asks about every element: a look-up would leave out those that fail.
    pub(super) fn unnarrowed(&mut self, mut list: Node, ast: &Ast) -> Node {
        if let Kind::Query(query) = &mut list.kind {
            query.open = false;
        }
        if let Kind::Query(query) = &mut list.kind
            && query.narrowed.take().is_some()
            && let Source::Collection(name) = &query.source
        {
            self.warn_whole(name, ast);
        }
        list
    }

    /// The argument of an aggregate: a query, or something with elements.
    pub(super) fn list_argument(&mut self, ast: &Ast) -> Node {
        match ast.kind {
            AstKind::Where(..) => self.node(ast, None),
            _ => self.elements(ast),
        }
    }
}

/// The register or procedure that a node is without any condition, or a column of it.
fn whole(node: &Node) -> Option<&str> {
    match &node.kind {
        Kind::Query(query) if query.condition.is_none() => match &query.source {
            Source::Collection(name) => Some(name),
            Source::List(_) => None,
        },
        Kind::Project { of, .. } => whole(of),
        _ => None,
    }
}

/// `open` of the element, a matter.
fn is_open(node: &Node) -> bool {
    match &node.kind {
        Kind::ElementField { up: 0, name, .. } => name == "open",
        Kind::Member { of, name } => of.kind == (Kind::It { up: 0 }) && name == "open",
        _ => false,
    }
}

/// The first part of a condition that says which value an indexed field has.
fn look_up(condition: &Node, indexed: &[String]) -> Option<Narrowed> {
    match &condition.kind {
        Kind::And(all) => all.iter().find_map(|one| look_up(one, indexed)),
        Kind::Compare(Comparison::Equal, left, right) => {
            by_value(left, right, indexed).or_else(|| by_value(right, left, indexed))
        }
        Kind::Compare(Comparison::Greater, shared, above) => by_land(shared, above),
        Kind::Compare(Comparison::Less, above, shared) => by_land(shared, above),
        Kind::In { item, list, negated: false } => {
            let field = indexed_field(item, indexed)?;
            let Kind::List(values) = &list.kind else {
                return None;
            };
            let fixed = values.iter().all(|value| !looks_at_element(value, 0));
            fixed.then(|| Narrowed::Equal { field, values: values.clone() })
        }
        _ => None,
    }
}

fn by_value(field: &Node, value: &Node, indexed: &[String]) -> Option<Narrowed> {
    let field = indexed_field(field, indexed)?;
    (!looks_at_element(value, 0)).then(|| Narrowed::Equal { field, values: vec![value.clone()] })
}

/// `(overlap(FIELD, PLOT) else 0 m²) > LEAST`: what lies elsewhere shares nothing, and so does what lies nobody knows where; both fail. Without
/// the `else` the latter would leave the query open, and an index that leaves it out would decide it.
fn by_land(shared: &Node, above: &Node) -> Option<Narrowed> {
    let Kind::Default(shared, otherwise) = &shared.kind else { return None };
    let nothing = matches!(otherwise.as_literal(), Some(Value::Number(number, _)) if number.is_zero());
    let Kind::Call(Function::Overlap, plots) = &shared.kind else { return None };
    let [one, other] = plots.as_slice() else { return None };
    let of = |field: &Node, plot: &Node| match &field.kind {
        Kind::ElementField { up: 0, name, .. } if !looks_at_element(plot, 0) => {
            Some(Narrowed::Near { field: name.clone(), plot: Box::new(plot.clone()), above: Box::new(above.clone()) })
        }
        _ => None,
    };
    of(one, other).or_else(|| of(other, one)).filter(|_| nothing && !looks_at_element(above, 0))
}

fn indexed_field(node: &Node, indexed: &[String]) -> Option<String> {
    match &node.kind {
        Kind::ElementField { up: 0, name, .. } if indexed.contains(name) => Some(name.clone()),
        Kind::Member { of, name } if of.kind == (Kind::It { up: 0 }) && indexed.contains(name) => Some(name.clone()),
        _ => None,
    }
}

/// Whether a node depends on the element of the query `level` levels out from it.
fn looks_at_element(node: &Node, level: usize) -> bool {
    match &node.kind {
        Kind::It { up } | Kind::ElementField { up, .. } => *up == level,
        Kind::Query(query) => {
            let source = matches!(&query.source, Source::List(list) if looks_at_element(list, level));
            let inside = query.condition.as_ref().is_some_and(|condition| looks_at_element(condition, level + 1));
            source || inside
        }
        _ => node.children().into_iter().any(|child| looks_at_element(child, level)),
    }
}
