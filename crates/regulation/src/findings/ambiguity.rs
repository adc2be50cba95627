//! Names that mean two things in one procedure, and fields that two forms of one act share.

use super::case::{Case, Checks};
use super::names::{ambiguous, duplicate};
use crate::scope::At;
use crate::span::Span;
use std::collections::BTreeMap;

/// What a root name is: Chinese, English.
type What = (&'static str, &'static str);

pub(super) fn run(checks: &Checks<'_>) {
    for case in checks.cases() {
        root_names(checks, case);
        shared_fields(checks, case);
    }
}

fn root_names(checks: &Checks<'_>, case: Case<'_>) {
    let mut seen: BTreeMap<&str, (What, &Span)> = BTreeMap::new();
    for (name, what, span) in all_root_names(checks, case) {
        match seen.get(name) {
            Some((first, _)) if *first == what => {}
            Some((first, at)) => checks.sink.add(ambiguous(span, name, first.0, first.1, at)),
            None => {
                seen.insert(name, (what, span));
            }
        }
    }
}

fn all_root_names<'a>(checks: &Checks<'a>, case: Case<'a>) -> Vec<(&'a str, What, &'a Span)> {
    let mut all: Vec<(&str, What, &Span)> = Vec::new();
    let names = case.names;
    all.extend(names.about.iter().map(|(about, words)| (about.name.as_str(), ("对象", "subject"), &words.span)));
    let start = names.acts.iter().filter(|act| act.at == At::Start).flat_map(|act| &act.forms);
    for form in start.filter_map(|form| checks.outline.forms.get(&form.text)) {
        let field =
            |field: &'a crate::blocks::field::RawField| (field.name.text.as_str(), ("字段", "field"), &field.name.span);
        all.extend(form.fields.iter().map(field));
    }
    all.extend(names.facts.iter().map(|fact| (fact.name.text.as_str(), ("事实", "fact"), &fact.name.span)));
    for table in names.tables.values() {
        let output = |(_, words): &'a (usize, crate::source::Words)| {
            (words.text.as_str(), ("决策表的输出", "table output"), &words.span)
        };
        all.extend(table.outputs.iter().map(output));
    }
    for act in &names.acts {
        all.push((&act.name.text, ("动作", "act"), &act.name.span));
        all.extend(act.forms.iter().filter_map(|form| {
            let block = checks.outline.forms.get(&form.text)?.block;
            Some((block.name.text.as_str(), ("表单", "form"), &block.name.span))
        }));
    }
    let block = |block: &'a crate::blocks::Block, what: What| (block.name.text.as_str(), what, &block.name.span);
    all.extend(names.rules.values().map(|rule| block(rule, ("规则", "rule"))));
    all.extend(names.documents.values().map(|document| block(document, ("文书", "document"))));
    all
}

/// The fields of all forms of an act are filed together, so each name is used once.
fn shared_fields(checks: &Checks<'_>, case: Case<'_>) {
    for act in &case.names.acts {
        let mut seen: BTreeMap<&str, (&str, &Span)> = BTreeMap::new();
        for form in &act.forms {
            let fields = checks.outline.forms.get(&form.text).map(|form| form.fields.as_slice()).unwrap_or_default();
            for field in fields {
                let name = field.name.text.as_str();
                match seen.get(name) {
                    Some((other, first)) if *other != form.text => {
                        checks.sink.add(duplicate(&field.name.span, name, first))
                    }
                    Some(_) => {}
                    None => {
                        seen.insert(name, (&form.text, &field.name.span));
                    }
                }
            }
        }
    }
}
