//! Rules (规则): rows that must hold, each with its reason and clause.

use super::Keys;
use super::block::{Block, is_name};
use super::field::Columns;
use crate::findings::{names, reading};
use crate::model::{Holds, Rule, RuleRow};
use crate::scope::{Compiler, View};
use crate::source::Words;
use crate::text::{Grid, GridRow};

const KEYS: [&str; 6] = ["rule", "title", "holds", "require", "because", "clause"];
const COLUMNS: [&str; 6] = ["code", "when", "because", "because-en", "clause", "confirm"];

/// A rule of a procedure.
pub(crate) fn read(block: &Block, view: &View<'_>, compiler: &Compiler<'_>) -> Rule {
    let keys = Keys::open(&block.node, &KEYS, compiler.sink);
    let mut rule = Rule {
        name: block.name.text.clone(),
        title: keys.label("title", &block.name.text),
        holds: keys.words("holds").map_or(Holds::All, |words| holds(words, compiler)),
        rows: Vec::new(),
        because: keys.sentence("because").map(|said| compiler.sentence(view, said)),
        clauses: block.clauses.clone(),
        span: block.head().clone(),
    };
    match (keys.words("require"), &block.grid) {
        (Some(require), _) => rule.rows.push(single(block, require, &keys, view, compiler)),
        (None, Some(grid)) => rule.rows = rows(block, grid, view, compiler),
        (None, None) => compiler.sink.add(reading::grid_missing(block.head(), "rule")),
    }
    rule
}

fn holds(words: &Words, compiler: &Compiler<'_>) -> Holds {
    match words.text.as_str() {
        "all" => Holds::All,
        "any" => Holds::Any,
        "none" => Holds::None,
        _ => {
            compiler.sink.add(reading::wrong_shape(&words.span, " `all`、`any` 或 `none`", "`all`, `any` or `none`"));
            Holds::All
        }
    }
}

/// `require: EXPR` is a rule of one row.
fn single(block: &Block, require: &Words, keys: &Keys<'_>, view: &View<'_>, compiler: &Compiler<'_>) -> RuleRow {
    if keys.get("because").is_none() {
        compiler.sink.add(reading::missing_key(block.head(), "because"));
    }
    let because = keys.sentence("because").unwrap_or((require, None));
    RuleRow {
        code: block.name.text.clone(),
        when: compiler.condition(view, require),
        because: compiler.sentence(view, because),
        confirm: None,
        clauses: block.clauses.clone(),
        span: require.span.clone(),
    }
}

fn rows(block: &Block, grid: &Grid, view: &View<'_>, compiler: &Compiler<'_>) -> Vec<RuleRow> {
    let sink = compiler.sink;
    let columns = Columns::find(grid, &COLUMNS, &["code", "when", "because"], block.head(), sink);
    let mut rows: Vec<RuleRow> = Vec::new();
    for row in &grid.rows {
        let Some(row) = one(block, &columns, row, view, compiler) else { continue };
        match rows.iter().find(|other| other.code == row.code) {
            Some(first) => sink.add(names::duplicate(&row.span, &row.code, &first.span)),
            None => rows.push(row),
        }
    }
    rows
}

fn one(block: &Block, columns: &Columns, row: &GridRow, view: &View<'_>, compiler: &Compiler<'_>) -> Option<RuleRow> {
    let code = columns.cell(row, "code")?;
    if !is_name(&code.text) {
        compiler.sink.add(reading::bad_name(&code.span, &code.text));
        return None;
    }
    let own = columns.clauses(row);
    Some(RuleRow {
        code: code.text.clone(),
        when: compiler.condition(view, columns.cell(row, "when")?),
        because: compiler.sentence(view, (columns.cell(row, "because")?, columns.filled(row, "because-en"))),
        confirm: columns.filled(row, "confirm").map(|words| compiler.condition(view, words)),
        clauses: if own.is_empty() { block.clauses.clone() } else { own },
        span: code.span.clone(),
    })
}
