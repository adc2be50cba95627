//! Procedures (程序): what a matter is about, how it starts and ends, and what belongs to it.

use super::act::ActReader;
use super::keys::{self, plain_label, tight};
use super::{Keys, document, keep, publish, purpose, rule, step, table};
use crate::expr::{Expr, Found, Scope, Type};
use crate::findings::{names, reading};
use crate::model::{About, AboutTarget, Fact, Label, Name, Procedure};
use crate::notes::SymbolKind;
use crate::scope::{At, Compiler, ProcedureNames, View};
use crate::source::Words;
use std::sync::Arc;

const KEYS: [&str; 21] = [
    "procedure",
    "title",
    "service",
    "occasion",
    "disclose",
    "confidential",
    "publish",
    "keep",
    "about",
    "owner",
    "number",
    "subject",
    "stages",
    "facts",
    "start",
    "acts",
    "apart",
    "purposes",
    "merits",
    "ends",
    "clause",
];

/// A procedure with its steps, rules, tables and documents.
pub(crate) fn read(names: &ProcedureNames<'_>, base: &View<'_>, compiler: &Compiler<'_>) -> Procedure {
    let block = names.block;
    let name = &block.name.text;
    let keys = Keys::open(&block.node, &KEYS, compiler.sink);
    let view = &base.of_procedure(name);
    let reader = ActReader { view, compiler, procedure: names, by: Vec::new(), each: false };
    for key in ["about", "start", "acts", "facts"] {
        keys.entries(key);
    }
    let acts_at = |at: At<'_>| tight(names.acts.iter().filter(|act| act.at == at).filter_map(|act| reader.read(act)));
    Procedure {
        name: name.clone(),
        title: keys.label("title", name),
        stages: stages(&keys, &reader),
        about: about(&keys, names, view, compiler),
        owner: owner(&keys, view, compiler),
        number: keys.get("number").and_then(|node| document::series(node, view, compiler)),
        subject: keys.words("subject").map(|words| compiler.template(view, words)),
        facts: facts(names, view, compiler),
        start: acts_at(At::Start),
        acts: acts_at(At::AnyStep),
        apart: apart(&keys, names, compiler),
        purposes: purpose::read(&keys, compiler.sink),
        merits: merits(&keys, names, compiler),
        ends: names.ends.iter().map(|(name, label)| (name.text.clone(), label.clone())).collect(),
        steps: names.steps.iter().map(|block| step::read(block, names, view, compiler)).collect(),
        rules: names
            .rules
            .iter()
            .map(|(name, block)| (name.clone(), Arc::new(rule::read(block, view, compiler))))
            .collect(),
        tables: names
            .tables
            .iter()
            .map(|(name, table)| (name.clone(), Arc::new(table::read(table.block, view, compiler))))
            .collect(),
        documents: names
            .documents
            .iter()
            .map(|(name, block)| (name.clone(), Arc::new(document::read(block, view, compiler))))
            .collect(),
        worst_case: None,
        service: keys.yes("service"),
        confidential: keys.yes("confidential"),
        keep: keep::read(&keys, view, compiler, &block.clauses),
        occasion: keys.get("occasion").and_then(|node| keys::label(node, compiler.sink)),
        disclose: disclose(&keys, view, compiler),
        publish: keys.get("publish").and_then(|node| publish::read(node, view, compiler)).map(Box::new),
        clauses: block.clauses.clone(),
        span: block.head().clone(),
    }
}

/// What matters are about, with what is offered to whoever starts one.
fn about(keys: &Keys<'_>, names: &ProcedureNames<'_>, view: &View<'_>, compiler: &Compiler<'_>) -> Vec<About> {
    let mut subjects: Vec<About> = names.about.iter().map(|(about, _)| about.clone()).collect();
    for (name, node) in keys.entries("about").iter().filter(|(_, node)| node.scalar().is_none()) {
        let keys = Keys::open(node, &["of", "offer"], compiler.sink);
        let _ = keys.required("of", &name.span);
        let Some(words) = keys.required("offer", &name.span) else { continue };
        let Some(subject) = subjects.iter_mut().find(|subject| subject.name == name.text) else { continue };
        let element = match &subject.target {
            AboutTarget::Register(register) => Type::Row(register.clone()),
            AboutTarget::Procedure(procedure) => Type::Matter(procedure.clone()),
        };
        subject.offer = Some(Box::new(compiler.typed(view, words, &Type::List(Box::new(element)))));
    }
    subjects
}

/// Parts of the procedure's page, most often a parameter `some of {…}` of them.
fn disclose(keys: &Keys<'_>, view: &View<'_>, compiler: &Compiler<'_>) -> Option<Expr> {
    let words = keys.words("disclose")?;
    let expr = compiler.any(view, words);
    let known = |(code, _): &(Name, Label)| Procedure::PARTS.contains(&code.as_str());
    let fits = match &expr.ty {
        Type::SomeOf(codes) => codes.iter().all(known),
        Type::Unknown => true,
        _ => false,
    };
    if !fits {
        let parts = Procedure::PARTS.join(", ");
        let (zh, en) = (format!(" `some of`，只含 {parts}"), format!("`some of` with nothing but {parts}"));
        compiler.sink.add(reading::wrong_shape(&words.span, &zh, &en));
    }
    fits.then_some(expr)
}

/// Facts, each after those it needs.
fn facts(names: &ProcedureNames<'_>, view: &View<'_>, compiler: &Compiler<'_>) -> Vec<Fact> {
    let block = names.block;
    let mut facts: Vec<Fact> = Vec::new();
    for fact in &names.facts {
        view.derived.fact(view, &block.name.text, fact);
        facts.push(Fact {
            name: fact.name.text.clone(),
            label: fact.label.clone(),
            value: compiler.any(view, &fact.value),
            clauses: if fact.clauses.is_empty() { block.clauses.clone() } else { fact.clauses.clone() },
        });
    }
    let order = view.derived.order(&block.name.text);
    facts.sort_by_key(|fact| order.iter().position(|name| *name == fact.name));
    facts
}

/// The subject, or a fact that is a register row, whose personal data the matter holds.
fn owner(keys: &Keys<'_>, view: &View<'_>, compiler: &Compiler<'_>) -> Option<Name> {
    let words = keys.words("owner")?;
    match view.derived_type(&words.text) {
        Some(Type::Row(_) | Type::Unknown) => {
            view.found(Found::Name(&words.text), &words.span);
            Some(words.text.clone())
        }
        _ => {
            let known = view.procedure.as_deref().and_then(|name| compiler.outline.procedures.get(name));
            let known = known.map(|names| names.about.as_slice()).unwrap_or_default();
            let known = known.iter().map(|(about, _)| about.name.as_str());
            compiler.sink.add(names::unknown_subject(&words.span, &words.text, known));
            None
        }
    }
}

fn stages(keys: &Keys<'_>, reader: &ActReader<'_>) -> Vec<(Label, Vec<Name>)> {
    let stage = |(name, node): &(Words, crate::text::yaml::Node)| {
        let items = node.items().iter().filter_map(|item| keys::words(item, reader.compiler.sink));
        (plain_label(&name.text), items.filter_map(|words| reader.step(words)).collect())
    };
    keys.entries("stages").iter().map(stage).collect()
}

/// Names of rules.
fn merits(keys: &Keys<'_>, names: &ProcedureNames<'_>, compiler: &Compiler<'_>) -> Vec<Name> {
    let rule = |node: &crate::text::yaml::Node| {
        let words = keys::words(node, compiler.sink)?;
        if names.rules.contains_key(&words.text) {
            compiler.sink.found(&words.span, SymbolKind::Rule, &names.block.name.text, &words.text);
            return Some(words.text.clone());
        }
        compiler.sink.add(names::unknown_rule(&words.span, &words.text, names.rules.keys().map(String::as_str)));
        None
    };
    keys.get("merits").map_or_else(Vec::new, |node| node.items().iter().filter_map(rule).collect())
}

/// `[[a, b], [c, d]]`, or one set `[a, b]`.
fn apart(keys: &Keys<'_>, names: &ProcedureNames<'_>, compiler: &Compiler<'_>) -> Vec<Vec<Name>> {
    let Some(node) = keys.get("apart") else { return Vec::new() };
    let items = node.items();
    let is_one_set = items.iter().all(|item| item.scalar().is_some());
    let sets: Vec<&[crate::text::yaml::Node]> =
        if is_one_set { vec![items] } else { items.iter().map(|item| item.items()).collect() };
    let act = |node: &crate::text::yaml::Node| {
        let words = keys::words(node, compiler.sink)?;
        if names.acts.iter().any(|act| act.name.text == words.text) {
            compiler.sink.found(&words.span, SymbolKind::Act, &names.block.name.text, &words.text);
            return Some(words.text.clone());
        }
        let known = names.acts.iter().map(|act| act.name.text.as_str());
        compiler.sink.add(names::unknown_act(&words.span, &words.text, known));
        None
    };
    sets.into_iter().map(|set| set.iter().filter_map(act).collect()).collect()
}
