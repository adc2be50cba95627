//! Rows and cells: TABs or pipes to cells, markup out of them.

use super::lines::{Line, Row};

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cells {
    /// Line it begins at.
    pub line: u32,
    /// Whether pipes stood between the cells; a row of the layout's own.
    pub pipes: bool,
    /// The cells, as printed but for markup.
    pub cells: Vec<String>,
    /// Whether a cell had markup.
    pub markup: bool,
}

impl Cells {
    /// The cell of a column, empty beyond the last.
    pub fn get(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }
}

/// The rows of a stretch of table lines; rules between header and body and empty rows are left out.
pub(super) fn rows(lines: &[Line<'_>]) -> Vec<Cells> {
    let mut rows: Vec<Cells> = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let rest = lines[at + 1..].iter().take_while(|line| line.row == Row::PipesRest).count();
        let stretch = &lines[at..=at + rest];
        rows.extend(row(stretch));
        at += 1 + rest;
    }
    rows
}

fn row(lines: &[Line<'_>]) -> Option<Cells> {
    let first = lines.first()?;
    let (pipes, raw): (bool, Vec<String>) = match first.row {
        Row::Tabs => (false, first.raw.split('\t').map(|cell| cell.trim().to_owned()).collect()),
        _ => {
            let whole: String = lines.iter().map(|line| line.text).collect();
            let inner = whole.strip_prefix("- ").unwrap_or(&whole);
            let inner = inner.strip_prefix('|').unwrap_or(inner);
            let inner = inner.strip_suffix('|').unwrap_or(inner);
            (true, inner.split('|').map(|cell| cell.trim().to_owned()).collect())
        }
    };
    let rule = |cell: &String| cell.chars().all(|c| matches!(c, '-' | ':' | ' '));
    if raw.iter().all(rule) {
        return None;
    }
    let cells: Vec<String> = raw.iter().map(|cell| clean(cell)).collect();
    Some(Cells { line: first.number, pipes, markup: cells != raw, cells })
}

/// A cell without markup: paragraphs become lines, formulas symbols.
fn clean(cell: &str) -> String {
    if !cell.contains(['<', '$']) {
        return cell.to_owned();
    }
    let paragraphs = cell.split("</p>").map(|part| part.trim().trim_start_matches("<p>").trim());
    let text = paragraphs.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n");
    formulas(&text.replace("<p>", "\n").replace("<br/>", "\n").replace("<br>", "\n"))
}

/// LaTeX between dollar signs as symbols; a dollar sign without its fellow stays.
fn formulas(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('$') {
        let Some((formula, behind)) = behind.split_once('$') else { break };
        plain.push_str(before);
        plain.push_str(&symbols(formula));
        rest = behind;
    }
    plain.push_str(rest);
    plain
}

fn symbols(formula: &str) -> String {
    const SYMBOLS: [(&str, &str); 10] = [
        ("\\geq", "≥"),
        ("\\leq", "≤"),
        ("\\ge", "≥"),
        ("\\le", "≤"),
        ("\\times", "×"),
        ("\\pm", "±"),
        ("\\mu", "μ"),
        ("\\%", "%"),
        ("\\text{", " "),
        ("\\mathrm{", " "),
    ];
    let plain = SYMBOLS.iter().fold(formula.to_owned(), |text, (command, symbol)| text.replace(command, symbol));
    let plain = plain.replace(['{', '}', '\\'], "").split_whitespace().collect::<Vec<_>>().join(" ");
    plain.replace("≥ ", "≥").replace("≤ ", "≤").replace("< ", "<").replace("> ", ">")
}

/// How wide a row is filled up; a hostile table of one wide row and many narrow ones must not multiply.
const FILLED_WIDTH_MAX: usize = 32;

/// The rows made equally wide.
pub(super) fn rectangle(rows: &[Cells]) -> Vec<Vec<String>> {
    let width = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0).min(FILLED_WIDTH_MAX);
    rows.iter().map(|row| filled(&row.cells, width)).collect()
}

fn filled(cells: &[String], width: usize) -> Vec<String> {
    let missing = width.saturating_sub(cells.len());
    cells.iter().cloned().chain(std::iter::repeat_n(String::new(), missing)).collect()
}
