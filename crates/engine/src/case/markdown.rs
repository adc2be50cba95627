//! The little Markdown that cases are written in: front matter, headings with ids, pipe tables.

use std::collections::BTreeMap;

/// A read file.
#[derive(Debug, Clone, Default)]
pub(super) struct Document {
    /// Front matter: `key: value` lines.
    pub(super) front: BTreeMap<String, String>,
    /// Sections in order.
    pub(super) sections: Vec<Section>,
}

/// A heading and the tables under it.
#[derive(Debug, Clone, Default)]
pub(super) struct Section {
    pub(super) title: String,
    pub(super) ids: Vec<String>,
    pub(super) tables: Vec<Table>,
}

/// A table.
#[derive(Debug, Clone, Default)]
pub(super) struct Table {
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Row>,
}

/// A row: cells by the heading of their column.
#[derive(Debug, Clone, Default)]
pub(super) struct Row {
    pub(super) line: usize,
    pub(super) cells: BTreeMap<String, String>,
}

impl Row {
    /// With `<column>` replaced by the cells of an example.
    pub(super) fn filled(&self, example: &Row) -> Row {
        let fill = |text: &String| {
            let mut text = text.clone();
            for (column, value) in &example.cells {
                text = text.replace(&format!("<{column}>"), value);
            }
            text
        };
        let cells = self.cells.iter().map(|(column, text)| (column.clone(), fill(text))).collect();
        Row { line: self.line, cells }
    }
}

impl Document {
    pub(super) fn read(text: &str) -> Document {
        let mut reader = Reader::default();
        for (index, line) in text.lines().enumerate() {
            reader.line(index + 1, line.trim_end());
        }
        reader.document
    }
}

#[derive(Default)]
struct Reader {
    document: Document,
    in_front: bool,
    in_fence: bool,
    in_table: bool,
}

impl Reader {
    fn line(&mut self, number: usize, line: &str) {
        if line == "---" && (number == 1 || self.in_front) {
            self.in_front = number == 1;
        } else if self.in_front {
            if let Some((key, value)) = line.split_once(':') {
                let value = value.split(" #").next().unwrap_or_default().trim().trim_matches('"');
                self.document.front.insert(key.trim().to_owned(), value.to_owned());
            }
        } else if line.trim_start().starts_with("```") {
            self.in_fence = !self.in_fence;
            self.in_table = false;
        } else if self.in_fence {
        } else if let Some(heading) = line.strip_prefix('#') {
            self.heading(heading.trim_start_matches('#').trim());
        } else if line.trim_start().starts_with('|') {
            self.table_line(number, line.trim());
        } else {
            self.in_table = false;
        }
    }

    fn heading(&mut self, heading: &str) {
        self.in_table = false;
        let (title, ids) = match heading.strip_suffix('}').and_then(|rest| rest.rsplit_once('{')) {
            Some((title, ids)) => (title.trim(), ids),
            None => (heading, ""),
        };
        let ids = ids.split_whitespace().map(|id| id.trim_start_matches('#').to_owned()).collect();
        self.document.sections.push(Section { title: title.to_owned(), ids, tables: Vec::new() });
    }

    fn table_line(&mut self, line: usize, text: &str) {
        if self.document.sections.is_empty() {
            self.document.sections.push(Section::default());
        }
        let Some(section) = self.document.sections.last_mut() else {
            return;
        };
        let cells = cells(text);
        if !self.in_table {
            self.in_table = true;
            section.tables.push(Table { columns: cells, rows: Vec::new() });
            return;
        }
        let Some(table) = section.tables.last_mut() else {
            return;
        };
        let is_rule = cells.iter().all(|cell| !cell.is_empty() && cell.chars().all(|c| c == '-' || c == ':'));
        if is_rule && table.rows.is_empty() {
            return;
        }
        let cells = table.columns.iter().cloned().zip(cells).collect();
        table.rows.push(Row { line, cells });
    }
}

/// The cells of a table line; `\|` is a bar within a cell.
fn cells(line: &str) -> Vec<String> {
    let inner = line.strip_prefix('|').unwrap_or(line);
    let inner = inner.strip_suffix('|').unwrap_or(inner);
    let mut cells = vec![String::new()];
    let mut escaped = false;
    for character in inner.chars() {
        match character {
            '|' if !escaped => cells.push(String::new()),
            '\\' if !escaped => {
                escaped = true;
                continue;
            }
            _ => {
                if let Some(cell) = cells.last_mut() {
                    if escaped && character != '|' {
                        cell.push('\\');
                    }
                    cell.push(character);
                }
            }
        }
        escaped = false;
    }
    cells.iter().map(|cell| unquoted(cell.trim())).collect()
}

/// Backquotes around a whole cell are only for the eye.
fn unquoted(cell: &str) -> String {
    let inner = cell.strip_prefix('`').and_then(|rest| rest.strip_suffix('`'));
    inner.filter(|inner| !inner.contains('`')).unwrap_or(cell).to_owned()
}
