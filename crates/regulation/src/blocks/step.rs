//! Steps (环节): who has a matter, by when, what they may do.

use super::Keys;
use super::act::{ActReader, written};
use super::block::{Block, is_name};
use super::keys::{self, tight, words};
use crate::expr::ast::AstKind;
use crate::expr::{Expr, Type, parse};
use crate::findings::reading;
use crate::model::{Consequence, Deadline, DeadlineEnd, Name, Party, RemindAt, Reminder, Step};
use crate::notes::SymbolKind;
use crate::scope::{At, Compiler, ProcedureNames, View};
use crate::source::Words;
use crate::text::yaml::{Node, Yaml};
use calendar::Term;

const KEYS: [&str; 8] = ["step", "label", "by", "due", "remind", "suspends", "acts", "clause"];

/// A step of a procedure.
pub(crate) fn read(block: &Block, procedure: &ProcedureNames<'_>, view: &View<'_>, compiler: &Compiler<'_>) -> Step {
    let keys = Keys::open(&block.node, &KEYS, compiler.sink);
    let (by, parallel) = compiler.parties(view, keys.get("by"));
    let reader = ActReader { view, compiler, procedure, by: by.clone(), each: parallel };
    let due = keys.get("due").map(Node::items).unwrap_or_default();
    let due = due.iter().enumerate().filter_map(|(index, node)| deadline(block, index, node, view, compiler));
    let remind = keys.get("remind").map(|node| match &node.yaml {
        Yaml::Map(_) => std::slice::from_ref(node),
        _ => node.items(),
    });
    keys.entries("acts");
    let own = procedure.acts.iter().filter(|act| act.at == At::Step(&block.name.text));
    let acts = tight(own.filter_map(|act| reader.read(act)));
    Step {
        name: block.name.text.clone(),
        label: keys.label("label", &block.name.text),
        parallel,
        due: tight(due),
        remind: remind.unwrap_or_default().iter().filter_map(|node| reminder(node, view, compiler)).collect(),
        suspends: keys.names("suspends").into_iter().filter_map(|words| reader.step(&words)).collect(),
        acts,
        clauses: block.clauses.clone(),
        span: block.head().clone(),
        by,
    }
}

/// `TERM after EXPR, until ACT, named c-x, else CONSEQUENCE`, or the same under `due:` with `clause:`.
fn deadline(block: &Block, index: usize, node: &Node, view: &View<'_>, compiler: &Compiler<'_>) -> Option<Deadline> {
    let (text, own_clauses) = match &node.yaml {
        Yaml::Map(_) => {
            let keys = Keys::open(node, &["due", "clause"], compiler.sink);
            (keys.required("due", &node.span)?, keys.clauses())
        }
        _ => (words(node, compiler.sink)?, Vec::new()),
    };
    let mut pieces = text.split(",").into_iter();
    let end = end(&pieces.next()?, view, compiler)?;
    let mut deadline = Deadline {
        name: default_name(&block.name.text, index),
        end,
        until: None,
        consequence: Consequence::Alarm { to: Vec::new() },
        clauses: if own_clauses.is_empty() { block.clauses.clone() } else { own_clauses },
        span: text.span.clone(),
    };
    let mut has_consequence = false;
    for piece in pieces {
        if let Some(act) = piece.after("until ") {
            compiler.sink.found(&act.span, SymbolKind::Act, block.procedure(), &act.text);
            deadline.until = Some(act.text);
        } else if let Some(name) = piece.after("named ") {
            compiler.sink.found(&name.span, SymbolKind::Clock, block.procedure(), &name.text);
            deadline.name = name.text;
        } else if let Some(consequence) = piece.after("else ") {
            deadline.consequence = self::consequence(&consequence, view, compiler)?;
            has_consequence = true;
        } else {
            let (zh, en) =
                (format!("期限里读不懂 `{}`", piece.text), format!("`{}` is not part of a deadline", piece.text));
            compiler.sink.add(reading::bad_deadline(&piece.span, &zh, &en));
        }
    }
    if !has_consequence {
        compiler.sink.add(reading::no_consequence(&text.span));
    }
    Some(deadline)
}

fn default_name(step: &str, index: usize) -> Name {
    if index == 0 { step.to_string() } else { format!("{step}-{}", index + 1) }
}

fn end(words: &Words, view: &View<'_>, compiler: &Compiler<'_>) -> Option<DeadlineEnd> {
    let ast = match parse(&words.text, &words.span) {
        Ok(ast) => ast,
        Err(findings) => {
            findings.into_iter().for_each(|finding| compiler.sink.add(finding));
            return None;
        }
    };
    Some(match &ast.kind {
        AstKind::Counted { term, date, after: true } => {
            let term = self::term(&written(term, words), view, compiler);
            let event = if term.ty.is_clock_term() { Type::Moment } else { Type::Date };
            DeadlineEnd::After { event: compiler.typed(view, &written(date, words), &event), term }
        }
        _ => DeadlineEnd::On(compiler.typed(view, words, &Type::Date)),
    })
}

/// A term in any unit.
fn term(words: &Words, view: &View<'_>, compiler: &Compiler<'_>) -> Expr {
    let term = compiler.any(view, words);
    if term.ty.is_term() || term.ty == Type::Unknown { term } else { compiler.typed(view, words, &Type::Term) }
}

/// `alarm`, `alarm to [parties]`, or an act.
fn consequence(words: &Words, view: &View<'_>, compiler: &Compiler<'_>) -> Option<Consequence> {
    if words.text == "alarm" {
        return Some(Consequence::Alarm { to: Vec::new() });
    }
    if let Some(to) = words.after("alarm to ") {
        let to = to.inside('[', ']').unwrap_or(to);
        return Some(Consequence::Alarm {
            to: to.split(",").iter().filter_map(|party| compiler.party(view, party)).collect(),
        });
    }
    if is_name(&words.text) {
        let of = view.procedure.as_deref().unwrap_or_default();
        compiler.sink.found(&words.span, SymbolKind::Act, of, &words.text);
        return Some(Consequence::Act(words.text.clone()));
    }
    let (zh, en) = (format!("`{}` 不是后果", words.text), format!("`{}` is not a consequence", words.text));
    compiler.sink.add(reading::bad_deadline(&words.span, &zh, &en));
    None
}

/// `30 days`, `2 hours`, `30 days before`, `last day`, `1 working-days after`, `each working-day after`, a parameter in place of the term, or
/// `{ at: …, text: "…", to: [parties] }`.
fn reminder(node: &Node, view: &View<'_>, compiler: &Compiler<'_>) -> Option<Reminder> {
    if let Yaml::Map(_) = node.yaml {
        let keys = Keys::open(node, &["at", "text", "to"], compiler.sink);
        let at = when(keys.required("at", &node.span)?, view, compiler)?;
        let text = keys.words("text").map(|words| compiler.template(view, words));
        let to: Vec<Party> = keys.list("to").into_iter().filter_map(|words| compiler.party(view, words)).collect();
        return Some(Reminder { at, text, to });
    }
    let at = when(keys::words(node, compiler.sink)?, view, compiler)?;
    Some(Reminder { at, text: None, to: Vec::new() })
}

fn when(words: &Words, view: &View<'_>, compiler: &Compiler<'_>) -> Option<RemindAt> {
    let words = words.trimmed();
    let without = |suffix: &str| {
        let said = words.text.strip_suffix(suffix)?;
        Some(Words { text: said.trim_end().to_string(), ..words.clone() })
    };
    match words.text.as_str() {
        "last day" => return Some(RemindAt::LastDay),
        "each working-day after" => return Some(RemindAt::EachWorkingDay),
        _ => {}
    }
    if let Some(said) = without(" before") {
        return terms(&said, &words, view, compiler).map(RemindAt::Before);
    }
    if let Some(said) = without(" after") {
        return terms(&said, &words, view, compiler).map(RemindAt::After);
    }
    terms(&words, &words, view, compiler).map(RemindAt::Entered)
}

fn terms(said: &Words, whole: &Words, view: &View<'_>, compiler: &Compiler<'_>) -> Option<Expr> {
    if !is_term(&said.text) && !said.text.split('.').all(is_name) {
        compiler.sink.add(reading::bad_reminder(&whole.span, &whole.text));
        return None;
    }
    let terms = compiler.any(view, said);
    let one = terms.ty.element().unwrap_or_else(|| terms.ty.clone());
    if !one.is_term() && one != Type::Unknown {
        compiler.sink.add(reading::bad_reminder(&whole.span, &whole.text));
        return None;
    }
    Some(terms)
}

fn is_term(text: &str) -> bool {
    text.parse::<Term>().is_ok()
}
