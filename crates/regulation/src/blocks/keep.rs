//! `keep: permanent`, `keep: 10 years from ended`, or `keep: { term: …, clause: … }` (保存期限).

use super::Keys;
use crate::expr::{Expr, Type};
use crate::findings::keeping;
use crate::model::{ClauseId, Keep, KeepLength};
use crate::scope::{Compiler, Own, View};
use crate::source::Words;
use crate::text::yaml::Yaml;

/// The `keep` of a register or procedure; without a clause of its own it has those of the block.
pub(crate) fn read(
    keys: &Keys<'_>,
    view: &View<'_>,
    compiler: &Compiler<'_>,
    clauses: &[ClauseId],
) -> Option<Box<Keep>> {
    let node = keys.get("keep")?;
    let (words, own) = match &node.yaml {
        Yaml::Map(_) => {
            let keys = Keys::open(node, &["term", "clause"], compiler.sink);
            (keys.required("term", &node.span)?, keys.clauses())
        }
        _ => (keys.words("keep")?, Vec::new()),
    };
    let clauses = if own.is_empty() { clauses.to_vec() } else { own };
    Some(Box::new(Keep { length: length(words, view, compiler)?, clauses, span: words.span.clone() }))
}

fn length(words: &Words, view: &View<'_>, compiler: &Compiler<'_>) -> Option<KeepLength> {
    if words.text.trim() == "permanent" {
        return Some(KeepLength::Permanent);
    }
    let Some((term, from)) = words.split_once(" from ") else {
        compiler.sink.add(keeping::bad_keep(&words.span));
        return None;
    };
    let mut seen = view.clone();
    seen.own.insert(0, Own::Element { name: Keep::ENDED.to_owned(), ty: Type::Date, personal: None, at: None });
    Some(KeepLength::For { term: self::term(&term, view, compiler)?, from: compiler.typed(&seen, &from, &Type::Date) })
}

/// A term that runs by days, not by the clock, nor over days off.
fn term(words: &Words, view: &View<'_>, compiler: &Compiler<'_>) -> Option<Expr> {
    let term = compiler.any(view, words);
    let fits = match term.ty {
        Type::TermOf(unit) => !unit.is_of_clock() && unit != calendar::Unit::WorkingDays,
        Type::Term | Type::Unknown => true,
        _ => false,
    };
    if !fits {
        compiler.sink.add(keeping::bad_keep(&words.span));
    }
    fits.then_some(term)
}
