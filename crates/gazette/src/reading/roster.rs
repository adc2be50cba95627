//! Rosters (名单): roles, names and posts out of lines and rows.
//!
//! A role is printed at the first line of its group and holds until the next. Rows of four columns and more are two
//! print columns side by side: the left one is read down, then the right one, and what the right one begins with
//! without a role's colon is the rest of the left one's last post.

use super::cell::Cells;
use super::marker::{self, compact};
use super::unit::Flat;
use crate::model::{BlockKind, Member};

/// A roster as far as it has been read.
#[derive(Debug, Default)]
pub(super) struct Roster {
    pub members: Vec<Member>,
    pub notes: Vec<String>,
    /// Whether rows had to be read by column.
    pub by_column: bool,
    role: Option<String>,
    in_note: bool,
}

/// Columns beyond this many are not read: no roster is as wide.
const WIDTH_MAX: usize = 8;

/// Whether a roster may begin with a block.
pub(super) fn begins(flat: &Flat) -> bool {
    match flat.block.kind {
        BlockKind::Table => flat.rows.iter().any(|row| row.cells.iter().any(|cell| marker::role_label(cell).is_some())),
        BlockKind::Paragraph | BlockKind::Item => {
            marker::role_label(undashed(&flat.block.text)).is_some_and(|(_, rest)| !rest.is_empty())
        }
        _ => false,
    }
}

/// Whether a roster goes on with a block.
pub(super) fn goes_on(flat: &Flat) -> bool {
    begins(flat)
        || match flat.block.kind {
            BlockKind::Table => mostly_names(&flat.rows),
            BlockKind::Paragraph | BlockKind::Item => marker::is_short_entry(undashed(&flat.block.text)),
            _ => false,
        }
}

fn mostly_names(rows: &[Cells]) -> bool {
    let named = |row: &&Cells| row.cells.iter().any(|cell| marker::is_name(&compact(cell)));
    !rows.is_empty() && rows.iter().filter(named).count() * 2 >= rows.len()
}

fn undashed(text: &str) -> &str {
    text.strip_prefix("- ").unwrap_or(text)
}

impl Roster {
    /// Reads a block that [`begins`] or [`goes_on`].
    pub fn read(&mut self, flat: &Flat) {
        if flat.is_table() {
            self.rows(&flat.rows);
            return;
        }
        let mut pieces = flat.block.pieces.iter();
        if let Some(first) = pieces.next() {
            self.line(undashed(first.text.trim()), first.line);
        }
        for piece in pieces {
            self.rest_of_line(piece.text.trim(), piece.line);
        }
    }

    /// A line of text: a role, names, a post.
    fn line(&mut self, text: &str, line: u32) {
        let (text, labelled) = match marker::role_label(text) {
            Some((role, rest)) => {
                self.role = Some(role);
                (rest, true)
            }
            None => (text, false),
        };
        if marker::is_number_entry(text) {
            self.contact(text);
        } else if let Some((name, post)) = marker::name_and_post(text).filter(|(_, post)| !labelled || !is_person(post))
        {
            self.member(name, post, line);
        } else if labelled && text.split_whitespace().all(marker::is_name) {
            text.split_whitespace().for_each(|name| self.member(name.to_owned(), "", line));
        } else if !text.is_empty() {
            self.member(String::new(), text, line);
        }
    }

    /// A further line of an entry: names under names, else the rest of the post.
    fn rest_of_line(&mut self, text: &str, line: u32) {
        match self.members.last_mut() {
            Some(last) if !last.post.is_empty() => last.post.push_str(text),
            _ => text.split_whitespace().for_each(|name| self.member(name.to_owned(), "", line)),
        }
    }

    fn rows(&mut self, rows: &[Cells]) {
        let width = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0).min(WIDTH_MAX);
        let half = width / 2;
        let right_half = |row: &Cells| row.cells.iter().skip(half).any(|cell| !cell.is_empty());
        let by_column = matches!(width, 4 | 6) && rows.iter().any(right_half);
        self.by_column |= by_column;
        let first = if by_column { half } else { width };
        for (index, column) in [0..first, first..width].into_iter().enumerate() {
            let mut top = index > 0;
            for row in rows {
                let cells: Vec<&str> = column.clone().map(|column| row.get(column)).collect();
                if cells.iter().any(|cell| !cell.is_empty()) {
                    self.row(&cells, row, std::mem::take(&mut top));
                }
            }
        }
    }

    /// A row of one print column; `top` is the first one of the right column.
    fn row(&mut self, cells: &[&str], row: &Cells, top: bool) {
        let (label, name, post) = match *cells {
            [name, post] => ("", name, post),
            [label, name, post] => (label, name, post),
            _ => ("", "", ""),
        };
        if cells.len() > 3 {
            return self.line(&cells.join(" "), row.line);
        }
        if let [only] = *cells {
            return self.line(only, row.line);
        }
        let name = self.role_of(label, name, top);
        match compact(name) {
            name if name.is_empty() => self.nameless(post, row, top),
            name if marker::is_name(&name) => self.member(name, post, row.line),
            _ => self.note(&[name, post].concat()),
        }
    }

    /// Takes the role from its cell or from before the name; gives the name.
    fn role_of<'a>(&mut self, label: &str, name: &'a str, top: bool) -> &'a str {
        match marker::role_label(label) {
            Some((role, _)) => self.role = Some(role),
            None if label.is_empty() => {}
            None if top => self.rest_of_post(&compact(label)),
            None => self.role = Some(compact(label)),
        }
        let Some((role, rest)) = marker::role_label(name) else { return name };
        self.role = Some(role);
        rest
    }

    /// A post without a name: a number, the rest of the post above, or a vacant seat.
    fn nameless(&mut self, post: &str, row: &Cells, top: bool) {
        if marker::is_number_entry(post) {
            self.contact(post);
        } else if row.pipes && !top {
            self.member(String::new(), post, row.line);
        } else if !post.is_empty() {
            self.rest_of_post(post);
        }
    }

    fn rest_of_post(&mut self, rest: &str) {
        if let Some(last) = self.members.last_mut() {
            last.post.push_str(rest);
        }
    }

    fn contact(&mut self, number: &str) {
        if let Some(last) = self.members.last_mut() {
            last.contact = Some(number.to_owned());
        }
    }

    fn note(&mut self, text: &str) {
        let goes_on = self.in_note;
        self.in_note = !text.ends_with('。');
        match self.notes.last_mut().filter(|_| goes_on) {
            Some(note) => note.push_str(text),
            None => self.notes.push(text.to_owned()),
        }
    }

    fn member(&mut self, name: String, post: &str, line: u32) {
        self.members.push(Member { role: self.role.clone(), name, post: post.to_owned(), contact: None, line });
    }
}

/// Whether a word behind a name is one more name: short, and not ending as posts do.
fn is_person(word: &str) -> bool {
    const POST_ENDS: &str = "长任员席记师编委办局室科股会组部院处队镇乡村站所";
    marker::is_name(word) && word.chars().count() <= 3 && !word.ends_with(|end| POST_ENDS.contains(end))
}
