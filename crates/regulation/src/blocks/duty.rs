//! Duties (职责、定期任务): for whom, when, and which procedure begins.

use super::block::Block;
use super::effect::EffectReader;
use super::{Keys, party::LEVELS};
use crate::expr::Type;
use crate::findings::{names, reading};
use crate::model::{AboutTarget, Duty, Each, Every, Open, Rhythm};
use crate::notes::SymbolKind;
use crate::scope::{Compiler, Line, Own, ProcedureNames, View};
use crate::source::Words;
use crate::text::yaml::{Node, Yaml};
use calendar::Schedule;

const KEYS: [&str; 8] = ["duty", "title", "for", "every", "whenever", "since", "opens", "clause"];

/// A duty; none after a finding about what it cannot do without.
pub(crate) fn read(block: &Block, base: &View<'_>, compiler: &Compiler<'_>) -> Option<Duty> {
    let keys = Keys::open(&block.node, &KEYS, compiler.sink);
    let procedure = procedure(block, base, compiler)?;
    let (each, view) = each(&keys, block, procedure, base, compiler)?;
    let rhythm = rhythm(&keys, block, &view, compiler);
    let opens = opens(&keys, block, &view, compiler);
    Some(Duty {
        name: block.name.text.clone(),
        title: keys.label("title", &block.name.text),
        each,
        rhythm: rhythm?,
        since: keys.words("since").map(|words| compiler.typed(base, words, &Type::Date)),
        opens: opens?,
        clauses: block.clauses.clone(),
        span: block.head().clone(),
    })
}

fn procedure<'a>(block: &Block, base: &View<'_>, compiler: &Compiler<'a>) -> Option<&'a ProcedureNames<'a>> {
    let found = compiler.outline.procedure(base.draft, block.procedure());
    if found.is_none() {
        let known = compiler.outline.procedures.keys().map(String::as_str);
        let span = block.of.as_ref().map_or(&block.name.span, |of| &of.span);
        compiler.sink.add(names::unknown_procedure(span, block.procedure(), known));
    }
    let written = block.of.as_ref().unwrap_or(&block.name);
    compiler.sink.found(&written.span, SymbolKind::Procedure, "", &written.text);
    found
}

/// `county`, `each LEVEL where EXPR` or `each REGISTER where EXPR`; and what expressions about one of them see.
fn each<'a>(
    keys: &Keys<'_>,
    block: &Block,
    procedure: &ProcedureNames<'_>,
    base: &View<'a>,
    compiler: &Compiler<'_>,
) -> Option<(Each, View<'a>)> {
    let words = keys.required("for", block.head())?;
    let of_place = View { own: vec![Own::Line(Line::Place)], ..base.clone() };
    if words.text.trim() == "county" {
        return Some((Each::Place { level: "county".to_string(), when: None }, of_place));
    }
    let Some(what) = words.after("each ") else {
        compiler.sink.add(reading::bad_each(&words.span, &words.text));
        return None;
    };
    let (name, when) = match what.split_once(" where ") {
        Some((name, when)) => (name, Some(when)),
        None => (what, None),
    };
    if LEVELS.contains(&name.text.as_str()) {
        let when = when.map(|when| compiler.condition(&of_place, &when));
        return Some((Each::Place { level: name.text, when }, of_place));
    }
    let found = compiler.outline.register(base.draft, &name.text).filter(|register| register.rows_of.is_none());
    if found.is_none() {
        let entered = compiler.outline.registers.iter().filter(|(_, register)| register.rows_of.is_none());
        let known = LEVELS.into_iter().chain(entered.map(|(name, _)| name.as_str()));
        compiler.sink.add(names::unknown_register(&name.span, &name.text, known));
        return None;
    }
    compiler.sink.found(&name.span, SymbolKind::Register, "", &name.text);
    let register = AboutTarget::Register(name.text.clone());
    let Some((about, _)) = procedure.about.iter().find(|(about, _)| about.target == register) else {
        compiler.sink.add(reading::not_about(&name.span, &name.text, &procedure.block.name.text));
        return None;
    };
    let view = View { own: vec![Own::Register(name.text.clone())], ..base.clone() };
    let when = when.map(|when| compiler.condition(&view, &when));
    Some((Each::Row { register: name.text, about: about.name.clone(), when }, view))
}

fn rhythm(keys: &Keys<'_>, block: &Block, view: &View<'_>, compiler: &Compiler<'_>) -> Option<Rhythm> {
    match (keys.words("every"), keys.words("whenever")) {
        (Some(_), Some(whenever)) => {
            compiler.sink.add(reading::two_rhythms(&whenever.span));
            None
        }
        (Some(every), None) => self::every(every, view, compiler).map(Rhythm::Every),
        (None, Some(whenever)) => Some(Rhythm::Whenever(compiler.condition(view, whenever))),
        (None, None) => {
            compiler.sink.add(reading::missing_key(block.head(), "every"));
            None
        }
    }
}

/// A schedule, or `A if EXPR else B`.
fn every(words: &Words, view: &View<'_>, compiler: &Compiler<'_>) -> Option<Every> {
    let words = words.trimmed();
    let branches = words.split_once(" if ").and_then(|(then, rest)| Some((then, rest.split_once(" else ")?)));
    if let Some((then, (condition, otherwise))) = branches {
        return Some(Every::If {
            condition: compiler.condition(view, &condition),
            then: Box::new(every(&then, view, compiler)?),
            otherwise: Box::new(every(&otherwise, view, compiler)?),
        });
    }
    match words.text.parse::<Schedule>() {
        Ok(schedule) => Some(Every::Schedule(schedule)),
        Err(wrong) => {
            compiler.sink.add(reading::bad_schedule(&words.span, &wrong));
            None
        }
    }
}

/// A starting act by name, `{ act: …, with: { … } }`, or nothing where there is only one way to start.
fn opens(keys: &Keys<'_>, block: &Block, view: &View<'_>, compiler: &Compiler<'_>) -> Option<Open> {
    let node = match keys.get("opens") {
        Some(node) => match node.scalar() {
            Some(act) => {
                let key = Words::new("act", act.span.clone());
                Node { yaml: Yaml::Map(vec![(key, node.clone())]), span: node.span.clone() }
            }
            None => node.clone(),
        },
        None => Node { yaml: Yaml::Empty, span: block.head().clone() },
    };
    for (key, _) in node.entries().iter().filter(|(key, _)| ["when", "each"].contains(&key.text.as_str())) {
        compiler.sink.add(reading::unknown_key(&key.span, &key.text, &["act", "with"]));
    }
    let name = block.of.clone().unwrap_or_else(|| block.name.clone());
    EffectReader { view, compiler }.open(&name, &node)
}
