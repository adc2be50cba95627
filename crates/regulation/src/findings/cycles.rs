//! Circles through rules and decision tables. Those of facts and derived fields alone show when their types are found.

use super::case::{Case, Checks};
use super::names::cycle;
use super::usage;
use crate::expr::{Expr, NameKind, Reads, Type};
use crate::model::{Name, Rule, Table};
use crate::scope::At;
use crate::span::Span;
use std::collections::{BTreeMap, BTreeSet};

/// Something with a value of its own that is computed from others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Node {
    Fact(Name, Name),
    Rule(Name, Name),
    Table(Name, Name),
    Field(Name, Name),
    Column(Name, Name),
}

impl Node {
    fn name(&self) -> &str {
        let (Node::Fact(_, name)
        | Node::Rule(_, name)
        | Node::Table(_, name)
        | Node::Field(_, name)
        | Node::Column(_, name)) = self;
        name
    }

    fn shows_in_types(&self) -> bool {
        !matches!(self, Node::Rule(..) | Node::Table(..))
    }
}

#[derive(Default)]
struct Graph<'a> {
    needs: BTreeMap<Node, BTreeSet<Node>>,
    places: BTreeMap<Node, &'a Span>,
}

pub(super) fn run(checks: &Checks<'_>) {
    let mut graph = Graph::default();
    for case in checks.cases() {
        of_case(checks, case, &mut graph);
    }
    of_fields(checks, &mut graph);
    for circle in graph.circles() {
        let Some(first) = circle.iter().find(|node| !node.shows_in_types()) else { continue };
        let names: Vec<String> = circle.iter().map(|node| node.name().to_string()).collect();
        let from = circle.iter().position(|node| node == first).unwrap_or(0);
        let path: Vec<String> = names[from..].iter().chain(&names[..from]).cloned().collect();
        if let Some(place) = graph.places.get(first) {
            checks.sink.add(cycle(place, first.name(), &path));
        }
    }
}

fn of_case<'a>(checks: &Checks<'a>, case: Case<'a>, graph: &mut Graph<'a>) {
    let procedure = &case.model.name;
    for fact in &case.model.facts {
        let node = Node::Fact(procedure.clone(), fact.name.clone());
        graph.add(checks, node, fact.value.span(), Some(procedure), [&fact.value]);
    }
    for rule in case.model.rules.values() {
        let node = Node::Rule(procedure.clone(), rule.name.clone());
        graph.add(checks, node, &rule.span, Some(procedure), conditions(rule));
    }
    for table in case.model.tables.values() {
        let node = Node::Table(procedure.clone(), table.name.clone());
        graph.add(checks, node, &table.span, Some(procedure), columns(table));
    }
}

fn conditions(rule: &Rule) -> Vec<&Expr> {
    rule.rows.iter().flat_map(|row| std::iter::once(&row.when).chain(&row.confirm)).collect()
}

fn columns(table: &Table) -> Vec<&Expr> {
    table.inputs.iter().chain(table.rows.iter().flat_map(|row| &row.outputs)).collect()
}

fn of_fields<'a>(checks: &Checks<'a>, graph: &mut Graph<'a>) {
    for form in checks.parts.iter().flat_map(|parts| parts.forms.values()) {
        let uses = checks.outline.users.get(&form.name).map(Vec::as_slice).unwrap_or_default();
        let procedure = uses.first().map(|using| using.procedure.as_str());
        for (field, value) in form.fields.iter().filter_map(|field| Some((field, field.derived.as_ref()?))) {
            graph.add(checks, Node::Field(form.name.clone(), field.name.clone()), &field.span, procedure, [value]);
        }
    }
    for register in checks.parts.iter().flat_map(|parts| parts.registers.values()) {
        for field in register.fields.iter().filter(|field| field.derived.is_some()) {
            let mut values = Vec::new();
            usage::of_field(field, &mut |expr| values.push(expr));
            let node = Node::Column(register.name.clone(), field.name.clone());
            graph.add(checks, node, &field.span, register.rows_of.as_deref(), values);
        }
    }
}

impl<'a> Graph<'a> {
    fn add<'e>(
        &mut self,
        checks: &Checks<'_>,
        node: Node,
        place: &'a Span,
        procedure: Option<&str>,
        values: impl IntoIterator<Item = &'e Expr>,
    ) {
        let needs = values.into_iter().flat_map(|value| needed(checks, procedure, value.reads())).collect();
        self.needs.insert(node.clone(), needs);
        self.places.insert(node, place);
    }

    /// The circles, each once. What needs nothing, or only what needs nothing, is taken away first.
    fn circles(&self) -> Vec<Vec<Node>> {
        let mut left: BTreeMap<&Node, Vec<&Node>> = self
            .needs
            .iter()
            .map(|(node, needs)| (node, needs.iter().filter(|need| self.needs.contains_key(need)).collect()))
            .collect();
        loop {
            let done: BTreeSet<&Node> =
                left.iter().filter(|(_, needs)| needs.is_empty()).map(|(node, _)| *node).collect();
            if done.is_empty() {
                break;
            }
            left.retain(|node, _| !done.contains(node));
            left.values_mut().for_each(|needs| needs.retain(|need| !done.contains(need)));
        }
        let mut circles = Vec::new();
        let mut seen: BTreeSet<&Node> = BTreeSet::new();
        for start in left.keys() {
            let mut path: Vec<&Node> = Vec::new();
            let mut here = *start;
            while !seen.contains(here) {
                seen.insert(here);
                path.push(here);
                let Some(next) = left.get(here).and_then(|needs| needs.first()) else { break };
                here = next;
            }
            if let Some(from) = path.iter().position(|node| *node == here) {
                circles.push(path[from..].iter().map(|node| (*node).clone()).collect());
            }
        }
        circles
    }
}

/// What an expression of a procedure needs.
fn needed(checks: &Checks<'_>, procedure: Option<&str>, reads: &Reads) -> Vec<Node> {
    let mut nodes = Vec::new();
    if let Some(procedure) = procedure {
        for (name, kind) in &reads.names {
            nodes.extend(root(checks, procedure, name, Some(*kind)));
        }
        nodes.extend(reads.hits.iter().map(|rule| Node::Rule(procedure.to_string(), rule.clone())));
    }
    for (of, name) in &reads.members {
        match of {
            Type::Matter(procedure) => nodes.extend(root(checks, procedure, name, None)),
            Type::Form(form) => nodes.push(Node::Field(form.clone(), name.clone())),
            Type::Row(register) => nodes.push(Node::Column(register.clone(), name.clone())),
            _ => {}
        }
    }
    nodes
}

/// What a root name of a procedure stands for, if it is computed.
fn root(checks: &Checks<'_>, procedure: &str, name: &str, kind: Option<NameKind>) -> Option<Node> {
    let names = checks.outline.procedures.get(procedure)?;
    let (of, own) = (procedure.to_string(), name.to_string());
    let is = |wanted: NameKind| kind.is_none_or(|kind| kind == wanted);
    if is(NameKind::Fact) && names.facts.iter().any(|fact| fact.name.text == name) {
        return Some(Node::Fact(of, own));
    }
    if is(NameKind::Rule) && names.rules.contains_key(name) {
        return Some(Node::Rule(of, own));
    }
    if is(NameKind::TableOutput) {
        let has = |table: &str| names.tables[table].outputs.iter().any(|(_, output)| output.text == name);
        let table = names.tables.keys().find(|table| has(table) || *table == name);
        if let Some(table) = table {
            return Some(Node::Table(of, table.clone()));
        }
    }
    let start = names.acts.iter().filter(|act| act.at == At::Start).flat_map(|act| &act.forms);
    let mut forms = start.filter_map(|form| Some((form, checks.outline.forms.get(&form.text)?)));
    let (form, _) = forms.find(|(_, names)| names.fields.iter().any(|field| field.name.text == name))?;
    is(NameKind::Field).then(|| Node::Field(form.text.clone(), own))
}
