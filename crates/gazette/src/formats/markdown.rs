//! Markdown (GFM): one document after the other, headings as headings, tables as tables.

use super::{is_title, split_marker};
use crate::model::{Block, BlockKind, Document, Gazette, Level, Part, PartKind, Table};

/// A gazette as Markdown.
pub fn markdown(gazette: &Gazette) -> String {
    let mut page = Page::default();
    let issue = &gazette.issue;
    page.heading(1, issue.name.as_deref().unwrap_or("公报"));
    if let (Some(year), Some(number)) = (issue.year, issue.number) {
        let date = issue.published_on.map(|date| format!("，{}出版", calendar::zh_date(date))).unwrap_or_default();
        page.paragraph(&format!("{year}年第{number}期{date}"));
    }
    for document in &gazette.documents {
        self::document(document, &mut page);
    }
    page.text
}

fn document(document: &Document, page: &mut Page) {
    page.heading(2, &document.title);
    page.paragraph(&document.number.to_string());
    for block in document.head.iter().filter(|block| block.kind == BlockKind::Addressee) {
        page.paragraph(&block.text);
    }
    blocks(&document.body, page);
    blocks(&document.foot, page);
    for part in &document.parts {
        self::part(part, page);
    }
}

fn part(part: &Part, page: &mut Page) {
    let mut marker = match part.kind {
        PartKind::Annex { ordinal: Some(ordinal) } => format!("附件{ordinal} "),
        PartKind::Annex { ordinal: None } => "附件 ".to_owned(),
        PartKind::Instrument | PartKind::Sheet => String::new(),
    };
    marker.push_str(&part.title);
    page.heading(3, marker.trim());
    let told = |block: &&Block| !matches!(block.kind, BlockKind::Title | BlockKind::AnnexMarker);
    part.blocks.iter().filter(told).for_each(|told| block(told, page));
}

fn blocks(blocks: &[Block], page: &mut Page) {
    blocks.iter().for_each(|visited| block(visited, page));
}

fn block(block: &Block, page: &mut Page) {
    match block.kind {
        BlockKind::Heading(level) if is_title(block) => page.heading(depth(level), &block.text),
        BlockKind::Item => page.item(block.text.trim_start_matches("- ")),
        BlockKind::Table => block.table.iter().for_each(|table| self::table(table, page)),
        BlockKind::Heading(_) => {
            let (marker, text) = split_marker(block);
            page.paragraph(&[marker, text].join(if marker.is_ascii() { " " } else { "" }));
        }
        _ => page.paragraph(&block.text),
    }
    blocks(&block.children, page);
}

/// Documents are headings of depth 2, their parts of depth 3.
fn depth(level: Level) -> usize {
    match level {
        Level::Chapter | Level::Article | Level::One => 4,
        Level::Two => 5,
        Level::Three | Level::Four => 6,
    }
}

fn table(table: &Table, page: &mut Page) {
    let roster = ["角色", "姓名", "职务"].map(str::to_owned).to_vec();
    let header = match table.header.last() {
        Some(last) => last.iter().enumerate().map(|(column, label)| label_over(table, column, label)).collect(),
        None if table.members.is_empty() => table.rows.first().cloned().unwrap_or_default(),
        None => roster,
    };
    let first_is_header = table.header.is_empty() && table.members.is_empty();
    if header.is_empty() {
        return table.notes.iter().for_each(|note| page.paragraph(note));
    }
    page.row(&header);
    page.rule(header.len());
    table.rows.iter().skip(usize::from(first_is_header)).for_each(|row| page.row(row));
    page.text.push('\n');
    table.notes.iter().for_each(|note| page.paragraph(note));
}

/// The label of a column under two header rows: the lower one, else the upper.
fn label_over(table: &Table, column: usize, label: &str) -> String {
    let upper = table.header.first().and_then(|row| row.get(column));
    if label.is_empty() { upper.cloned().unwrap_or_default() } else { label.to_owned() }
}

/// A page under construction.
#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    fn heading(&mut self, depth: usize, text: &str) {
        self.text.extend(std::iter::repeat_n('#', depth));
        self.text.push(' ');
        escape(text, &mut self.text);
        self.text.push_str("\n\n");
    }

    fn paragraph(&mut self, text: &str) {
        if !text.is_empty() {
            escape(text, &mut self.text);
            self.text.push_str("\n\n");
        }
    }

    fn item(&mut self, text: &str) {
        self.text.push_str("- ");
        self.paragraph(text);
    }

    fn rule(&mut self, columns: usize) {
        self.text.push_str(&"| --- ".repeat(columns));
        self.text.push_str("|\n");
    }

    fn row(&mut self, cells: &[String]) {
        for cell in cells {
            self.text.push_str("| ");
            for (at, line) in cell.lines().enumerate() {
                self.text.push_str(if at > 0 { "<br>" } else { "" });
                escape(line, &mut self.text);
            }
            self.text.push(' ');
        }
        self.text.push_str("|\n");
    }
}

/// A text in which no character means anything to Markdown.
fn escape(text: &str, out: &mut String) {
    let ordered = text.find(|c: char| !c.is_ascii_digit()).filter(|at| *at > 0 && text[*at..].starts_with(['.', ')']));
    for (at, c) in text.char_indices() {
        let list = at == 0 && matches!(c, '-' | '+' | '=' | ':');
        let special = matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '~' | '&');
        if list || special || ordered == Some(at) {
            out.push('\\');
        }
        out.push(c);
    }
}
