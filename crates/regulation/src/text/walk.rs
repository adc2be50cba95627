//! Walks the Markdown events of one file.

use super::attributes::{Attributes, separate};
use super::{Fence, Grid, GridRow, Piece, Text};
use crate::findings::{Sink, reading};
use crate::model::{Clause, ClauseId, ClauseStatus, Element, ElementKind};
use crate::source::{MAX_BYTES, Source, Words};
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use std::collections::BTreeMap;
use std::ops::Range;

/// Takes a file apart. Every mistake is a finding; the rest of the file is still read.
pub(crate) fn read(source: &Source, sink: &Sink) -> Text {
    if source.text.len() > MAX_BYTES {
        sink.add(reading::too_large(&source.span(0, 0), source.text.len()));
        return Text::default();
    }
    if let Some(at) = source.text.find('\u{FFFD}') {
        sink.add(reading::not_utf8(&source.span(at, at + '\u{FFFD}'.len_utf8())));
    }
    let (front, body_start) = front_matter(source, sink);
    let mut walker = Walker::new(source, sink);
    let options = Options::ENABLE_TABLES;
    for (event, range) in Parser::new_ext(&source.text[body_start..], options).into_offset_iter() {
        walker.event(event, range.start + body_start..range.end + body_start);
    }
    walker.text.front = front;
    walker.text
}

/// The YAML between the first line `---` and the next one, and where the body begins.
fn front_matter(source: &Source, sink: &Sink) -> (Option<Piece>, usize) {
    let text = &*source.text;
    let start = if text.starts_with('\u{FEFF}') { '\u{FEFF}'.len_utf8() } else { 0 };
    let mut lines = text[start..].split_inclusive('\n');
    let first = lines.next().unwrap_or_default();
    if first.trim_end() != "---" {
        sink.add(reading::no_front_matter(&source.span(start, start + first.trim_end().len())));
        return (None, start);
    }
    let mut piece = Piece::default();
    let mut at = start + first.len();
    for line in lines {
        if line.trim_end() == "---" {
            return (Some(piece), at + line.len());
        }
        piece.push(line.trim_end_matches(['\r', '\n']), at);
        piece.text.push('\n');
        at += line.len();
    }
    sink.add(reading::front_matter_open(&source.span(start, start + 3)));
    (None, start + first.len())
}

struct Walker<'a> {
    source: &'a Source,
    sink: &'a Sink,
    text: Text,
    /// Open headings: level and text.
    headings: Vec<(u8, String)>,
    /// Open lists: the next number, if ordered.
    lists: Vec<Option<u64>>,
    quotes: usize,
    pending: Option<Pending>,
    fence: Option<OpenFence>,
    grid: Option<OpenGrid>,
    /// Index of the fence that ended last, while nothing but tables has followed.
    last_fence: Option<usize>,
    under: Option<ClauseId>,
    seen: BTreeMap<ClauseId, Range<usize>>,
}

/// Inline text being collected.
struct Pending {
    kind: ElementKind,
    text: String,
    range: Range<usize>,
}

struct OpenFence {
    kind: Words,
    body: Piece,
    range: Range<usize>,
}

struct OpenGrid {
    rows: Vec<GridRow>,
    range: Range<usize>,
}

impl<'a> Walker<'a> {
    fn new(source: &'a Source, sink: &'a Sink) -> Self {
        Walker {
            source,
            sink,
            text: Text::default(),
            headings: Vec::new(),
            lists: Vec::new(),
            quotes: 0,
            pending: None,
            fence: None,
            grid: None,
            last_fence: None,
            under: None,
            seen: BTreeMap::new(),
        }
    }

    fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(end) => self.end(end, range),
            Event::Text(text) => self.inline(&text, range),
            Event::Code(text) => self.inline(&text, range),
            Event::SoftBreak | Event::HardBreak => self.line_break(),
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) {
        match tag {
            Tag::Heading { level, .. } => self.open(ElementKind::Heading(level as u8), range),
            Tag::Paragraph => self.paragraph(range),
            Tag::BlockQuote(_) => {
                self.flush();
                self.quotes += 1;
            }
            Tag::List(first) => {
                self.flush();
                self.lists.push(first);
            }
            Tag::Item => self.item(range),
            Tag::CodeBlock(kind) => self.code_block(&kind, range),
            Tag::Table(_) => {
                self.flush();
                self.grid = Some(OpenGrid { rows: Vec::new(), range });
            }
            Tag::TableHead | Tag::TableRow => self.row(range),
            Tag::TableCell => self.cell(range),
            _ => {}
        }
    }

    fn end(&mut self, end: TagEnd, range: Range<usize>) {
        match end {
            TagEnd::Heading(_) | TagEnd::Paragraph | TagEnd::Item => self.flush(),
            TagEnd::BlockQuote(_) => self.quotes = self.quotes.saturating_sub(1),
            TagEnd::List(_) => {
                self.lists.pop();
            }
            TagEnd::CodeBlock => self.close_fence(range),
            TagEnd::Table => self.close_grid(),
            _ => {}
        }
    }

    fn open(&mut self, kind: ElementKind, range: Range<usize>) {
        self.flush();
        self.last_fence = None;
        self.pending = Some(Pending { kind, text: String::new(), range: range.start..range.start });
    }

    /// The first paragraph of a loose list item is the item's own text.
    fn paragraph(&mut self, range: Range<usize>) {
        let begins_item =
            self.pending.as_ref().is_some_and(|p| matches!(p.kind, ElementKind::Item { .. }) && p.text.is_empty());
        if begins_item {
            return;
        }
        let kind = if self.quotes > 0 { ElementKind::Quote } else { ElementKind::Paragraph };
        self.open(kind, range);
    }

    fn item(&mut self, range: Range<usize>) {
        let depth = u8::try_from(self.lists.len().saturating_sub(1)).unwrap_or(u8::MAX);
        let number = self.lists.last().copied().flatten();
        if let Some(Some(next)) = self.lists.last_mut() {
            *next = next.saturating_add(1);
        }
        self.open(ElementKind::Item { depth, number }, range);
    }

    fn inline(&mut self, text: &str, range: Range<usize>) {
        if let Some(fence) = &mut self.fence {
            fence.body.push(text, range.start);
        } else if let Some(pending) = &mut self.pending {
            pending.text.push_str(text);
            pending.range.end = range.end;
        }
    }

    /// Chinese lines join without a space, others with one.
    fn line_break(&mut self) {
        if let Some(pending) = &mut self.pending
            && pending.text.ends_with(|last: char| last.is_ascii() && last != ' ')
        {
            pending.text.push(' ');
        }
    }

    /// Ends the element being collected and reads its attributes.
    fn flush(&mut self) {
        let Some(pending) = self.pending.take() else { return };
        if pending.text.trim().is_empty() {
            return;
        }
        let span = self.source.span(pending.range.start, pending.range.end);
        let (text, attributes) = separate(&pending.text);
        let text = text.to_string();
        for word in &attributes.strange {
            self.sink.add(reading::strange_attribute(&span, word));
        }
        if let ElementKind::Heading(level) = pending.kind {
            self.headings.retain(|(above, _)| *above < level);
            self.headings.push((level, text.clone()));
        }
        let status = match attributes {
            Attributes { not_applied: true, .. } => ClauseStatus::NotApplied,
            Attributes { narrative: true, .. } => ClauseStatus::Narrative,
            _ => ClauseStatus::Uncovered,
        };
        if attributes.supplement {
            self.text.supplement.get_or_insert(span.start);
        }
        for id in &attributes.ids {
            self.clause(id, &text, &pending.range, status);
        }
        let element = Element { kind: pending.kind, text, clauses: attributes.ids, span };
        self.text.elements.push(element);
    }

    fn clause(&mut self, id: &str, text: &str, range: &Range<usize>, status: ClauseStatus) {
        let span = self.source.span(range.start, range.end);
        if let Some(first) = self.seen.get(id) {
            self.sink.add(reading::duplicate_clause(&span, id, &self.source.span(first.start, first.end)));
            return;
        }
        self.seen.insert(id.to_string(), range.clone());
        self.under = Some(id.to_string());
        self.text.clauses.push(Clause {
            id: id.to_string(),
            headings: self.headings.iter().map(|(_, heading)| heading.clone()).collect(),
            text: text.to_string(),
            span,
            status,
            blocks: Vec::new(),
        });
    }

    fn code_block(&mut self, kind: &CodeBlockKind<'_>, range: Range<usize>) {
        self.flush();
        self.last_fence = None;
        let CodeBlockKind::Fenced(info) = kind else { return };
        if !closed(&self.source.text[range.clone()]) {
            let line = self.source.text[range.clone()].lines().next().unwrap_or_default().len();
            self.sink.add(reading::fence_open(&self.source.span(range.start, range.start + line)));
        }
        let mut words = info.split_whitespace();
        if words.next() != Some("yaml") {
            return;
        }
        let kind = words.next().unwrap_or_default();
        let first_line = self.source.text[range.clone()].lines().next().unwrap_or_default();
        let at = range.start + first_line.rfind(kind).filter(|_| !kind.is_empty()).unwrap_or(0);
        let length = if kind.is_empty() { first_line.len() } else { kind.len() };
        let kind = Words::new(kind, self.source.span(at, at + length));
        self.fence = Some(OpenFence { kind, body: Piece::default(), range });
    }

    fn close_fence(&mut self, range: Range<usize>) {
        let Some(fence) = self.fence.take() else { return };
        let end = range.end.max(fence.range.end);
        let span = self.source.span(fence.range.start, end);
        let kind = ElementKind::Block { kind: fence.kind.text.clone(), name: String::new() };
        let element = Element { kind, text: String::new(), clauses: Vec::new(), span: span.clone() };
        if self.is_set_aside() {
            self.text.elements.push(element);
            return;
        }
        self.last_fence = Some(self.text.fences.len());
        self.text.fences.push(Fence {
            kind: fence.kind,
            body: fence.body,
            under: self.under.clone(),
            grid: None,
            second: None,
            span,
            element: self.text.elements.len(),
        });
        self.text.elements.push(element);
    }

    /// Whether what comes stands under a clause that a county has set aside.
    fn is_set_aside(&self) -> bool {
        let under = self.under.as_ref().and_then(|id| self.text.clauses.iter().rfind(|clause| clause.id == *id));
        under.is_some_and(|clause| clause.status == ClauseStatus::NotApplied)
    }

    fn row(&mut self, range: Range<usize>) {
        let span = self.source.span(range.start, range.end);
        if let Some(grid) = &mut self.grid {
            grid.rows.push(GridRow { cells: Vec::new(), span });
        }
    }

    /// Cells are taken as written, since `a * b` in an expression is not emphasis.
    fn cell(&mut self, range: Range<usize>) {
        let raw = Words::new(&self.source.text[range.clone()], self.source.span(range.start, range.end)).trimmed();
        let cell = Words::new(raw.text.replace("\\|", "|"), raw.span);
        if let Some(row) = self.grid.as_mut().and_then(|grid| grid.rows.last_mut()) {
            row.cells.push(cell);
        }
    }

    fn close_grid(&mut self) {
        let Some(grid) = self.grid.take() else { return };
        let mut rows = grid.rows.into_iter();
        let header = rows.next().map(|row| row.cells).unwrap_or_default();
        let rows: Vec<GridRow> = rows.collect();
        for row in &rows {
            if pipes(&self.source.text[row.span.start..row.span.end]) > header.len() {
                self.sink.add(reading::too_many_cells(&row.span, header.len()));
            }
        }
        let span = self.source.span(grid.range.start, grid.range.end);
        let grid = Grid { header, rows, span: span.clone() };
        let texts = |cells: &[Words]| cells.iter().map(|cell| cell.text.clone()).collect();
        let table = std::iter::once(texts(&grid.header)).chain(grid.rows.iter().map(|row| texts(&row.cells))).collect();
        let kind = ElementKind::Table(table);
        self.text.elements.push(Element { kind, text: String::new(), clauses: Vec::new(), span });
        if let Some(index) = self.last_fence.take() {
            let fence = &mut self.text.fences[index];
            if fence.grid.is_none() {
                fence.grid = Some(grid);
                self.last_fence = Some(index);
            } else {
                fence.second = Some(grid);
            }
        }
    }
}

/// Whether a fenced block ends with a line of the marks it began with.
fn closed(block: &str) -> bool {
    let block = block.trim();
    let mark = block.chars().next().unwrap_or('`');
    let opening = block.chars().take_while(|c| *c == mark).count();
    let last = block.lines().last().unwrap_or_default().trim_start_matches([' ', '>']).trim_end();
    block.lines().count() > 1 && last.chars().count() >= opening && last.chars().all(|c| c == mark)
}

/// Cells of a row as written.
fn pipes(row: &str) -> usize {
    let row = row.trim();
    let row = row.strip_prefix('|').unwrap_or(row);
    let row = row.strip_suffix('|').filter(|rest| !rest.ends_with('\\')).unwrap_or(row);
    let mut cells = 1;
    let mut escaped = false;
    for character in row.chars() {
        if character == '|' && !escaped {
            cells += 1;
        }
        escaped = character == '\\';
    }
    cells
}
