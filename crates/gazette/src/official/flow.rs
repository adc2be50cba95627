//! The text of a document as the templates set it: the tree of blocks laid out as one row of records.
//!
//! A record says what a block looks like: a heading on a line of its own, a paragraph that begins with a heading, an
//! article, a table, a roster. Nothing of the text is left out or changed but the marks of a list made with dashes and,
//! where it is asked for, the width of punctuation.

use serde_json::{Value, json};

use crate::model::{Block, BlockKind, Level, Member, Table, TableKind};

/// A heading on a line of its own is at most this long; longer ones are sentences with a number.
const HEADING_MOST: usize = 40;
/// A sentence that opens a paragraph and names what it is about is at most this long.
const LEAD_MOST: usize = 32;

/// How a text is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Punctuation {
    /// As it stands.
    #[default]
    AsPrinted,
    /// Half-width marks between Chinese characters made full width. Recovered texts change their width with the print
    /// column and not with the sense (gz-d.4).
    FullWidth,
}

/// The records of some blocks. Title, number, addressee, signature, date, mark and annex list have places of their own
/// and are passed over.
pub(crate) fn records(blocks: &[Block], punctuation: Punctuation) -> Vec<Value> {
    let mut flow = Flow { punctuation, records: Vec::new() };
    flow.add(blocks, 1);
    flow.records
}

/// A text as it is printed.
pub(crate) fn shown(text: &str, punctuation: Punctuation) -> String {
    match punctuation {
        Punctuation::AsPrinted => text.to_owned(),
        Punctuation::FullWidth => full_width(text),
    }
}

/// Whether a block of some kind stands among others or under them.
pub(crate) fn has(blocks: &[Block], kind: BlockKind) -> bool {
    blocks.iter().any(|block| block.kind == kind || has(&block.children, kind))
}

struct Flow {
    punctuation: Punctuation,
    records: Vec<Value>,
}

impl Flow {
    /// Blocks that stand under `level - 1` headings.
    fn add(&mut self, blocks: &[Block], level: usize) {
        // Items of an enumeration end in semicolons; they are no headings, and neither is the last of them.
        let enumeration = blocks.iter().any(|block| block.text.ends_with(['；', ';']));
        for block in blocks {
            let text = shown(&block.text, self.punctuation);
            let under = match block.kind {
                BlockKind::Heading(heading) => self.heading(heading, &text, level, enumeration, &block.children),
                BlockKind::Table => {
                    self.table(block.table.as_ref());
                    level
                }
                BlockKind::Responsibility => self.push(json!({"kind": "responsibility", "text": text}), level),
                BlockKind::Item => {
                    self.push(json!({"kind": "text", "text": text.trim_start_matches(['-', ' '])}), level)
                }
                BlockKind::Paragraph | BlockKind::Closing | BlockKind::FormFoot => self.text(&text, level),
                BlockKind::Title
                | BlockKind::Number
                | BlockKind::Addressee
                | BlockKind::Signature
                | BlockKind::Date
                | BlockKind::PublicMark
                | BlockKind::AnnexMarker
                | BlockKind::AnnexEntry
                | BlockKind::Contents
                | BlockKind::Cover => level,
            };
            self.add(&block.children, under);
        }
    }

    fn push(&mut self, record: Value, level: usize) -> usize {
        self.records.push(record);
        level
    }

    fn text(&mut self, text: &str, level: usize) -> usize {
        if text.is_empty() { level } else { self.push(json!({"kind": "text", "text": text}), level) }
    }

    /// A block with a marker; returns the level of what stands under it.
    fn heading(&mut self, heading: Level, text: &str, level: usize, enumeration: bool, under: &[Block]) -> usize {
        let style = style(heading);
        match heading {
            Level::Chapter => {
                let (mark, name) = split_after(text, '章');
                let name = name.trim_start();
                let spaced = if name.is_empty() { mark.to_owned() } else { format!("{mark}　{name}") };
                self.push(json!({"kind": "chapter", "level": level, "text": spaced}), level + 1)
            }
            Level::Article => {
                let (mark, rest) = split_after(text, '条');
                let rest = format!("　{}", rest.trim_start());
                self.push(json!({"kind": "run-in", "style": style, "lead": mark, "text": rest}), level)
            }
            Level::One | Level::Two | Level::Three | Level::Four => {
                let (lead, rest) = lead(text, style);
                let alone = rest.is_empty() && text.chars().count() <= HEADING_MOST;
                let titled = !text.ends_with(['；', ';']) && !enumeration;
                if alone && titled && (style <= 2 || !under.is_empty() || !text.ends_with(['。', '：', ':'])) {
                    return self
                        .push(json!({"kind": "heading", "style": style, "level": level, "text": text}), level + 1);
                }
                let (lead, rest) = if enumeration || style > 2 { ("", text) } else { (lead, rest) };
                self.push(json!({"kind": "run-in", "style": style, "lead": lead, "text": rest}), level)
            }
        }
    }

    fn table(&mut self, table: Option<&Table>) {
        let Some(table) = table else { return };
        let listed = matches!(table.kind, TableKind::Roster | TableKind::ColumnFlow) && !table.members.is_empty();
        self.records.push(if listed { self.roster(&table.members) } else { self.grid(table) });
        for note in &table.notes {
            self.records.push(json!({"kind": "text", "text": shown(note, self.punctuation)}));
        }
    }

    fn grid(&self, table: &Table) -> Value {
        let style = if table.kind == TableKind::Form { "form" } else { "grid" };
        json!({
            "kind": "table",
            "style": style,
            "header": self.rows(&table.header),
            "rows": self.rows(&table.rows),
        })
    }

    fn rows(&self, rows: &[Vec<String>]) -> Vec<Vec<String>> {
        rows.iter().map(|row| row.iter().map(|cell| shown(cell.trim(), self.punctuation)).collect()).collect()
    }

    /// The role stands at the first member of its group only.
    fn roster(&self, members: &[Member]) -> Value {
        let mut before: Option<&str> = None;
        let members: Vec<Value> = members
            .iter()
            .map(|member| {
                let role = member.role.as_deref();
                let first = role != before;
                before = role;
                let role = role.filter(|_| first).unwrap_or_default();
                json!({
                    "role": role,
                    "name": member.name,
                    "post": shown(&member.post, self.punctuation),
                    "contact": member.contact.as_deref().unwrap_or_default(),
                })
            })
            .collect();
        json!({"kind": "roster", "members": members})
    }
}

/// 0 for what stands over the numbered levels, else the level: 一、 is 1.
fn style(heading: Level) -> u8 {
    match heading {
        Level::Chapter | Level::Article => 0,
        Level::One => 1,
        Level::Two => 2,
        Level::Three => 3,
        Level::Four => 4,
    }
}

/// A text in two, the first part up to and with a mark near its begin.
fn split_after(text: &str, mark: char) -> (&str, &str) {
    text.find(mark).map_or(("", text), |at| text.split_at(at + mark.len_utf8()))
}

/// The sentence that opens a paragraph as its heading, and the rest. A long sentence opens nothing: it is the text.
fn lead(text: &str, style: u8) -> (&str, &str) {
    let end = text
        .char_indices()
        .find(|(_, letter)| matches!(letter, '。' | '：' | ':'))
        .map(|(at, mark)| at + mark.len_utf8());
    match end {
        Some(end) if style <= 2 && text[..end].chars().count() <= LEAD_MOST => text.split_at(end),
        Some(end) if end < text.len() => ("", text),
        _ => (text, ""),
    }
}

/// Half-width marks beside Chinese characters made full width; a bracket is closed as it was opened.
fn full_width(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    let mut before = ' ';
    let mut opened = Vec::new();
    while let Some(letter) = letters.next() {
        let after = letters.peek().copied().unwrap_or(' ');
        let made = match letter {
            ',' if is_wide(before) => '，',
            ';' if is_wide(before) => '；',
            ':' if is_wide(before) => '：',
            '(' | '（' => {
                let wide = letter == '（' || is_wide(before) || is_wide(after);
                opened.push(wide);
                if wide { '（' } else { '(' }
            }
            ')' | '）' => match opened.pop() {
                Some(true) => '）',
                Some(false) => ')',
                None => letter,
            },
            other => other,
        };
        shown.push(made);
        before = made;
    }
    shown
}

fn is_wide(letter: char) -> bool {
    matches!(letter, '\u{3000}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{323af}' | '“' | '”')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Piece;

    fn block(kind: BlockKind, text: &str) -> Block {
        Block::new(kind, vec![Piece { line: 1, text: text.to_owned() }])
    }

    fn under(mut block: Block, children: Vec<Block>) -> Block {
        block.children = children;
        block
    }

    /// Each record as `kind style/level lead|text`.
    #[track_caller]
    fn check(blocks: &[Block], expected: &[&str]) {
        let part = |record: &Value, key: &str| match &record[key] {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let found: Vec<String> = records(blocks, Punctuation::AsPrinted)
            .iter()
            .map(|record| {
                let [kind, style, level, lead, text] =
                    ["kind", "style", "level", "lead", "text"].map(|key| part(record, key));
                format!("{kind} {style}/{level} {lead}|{text}")
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn headings_on_their_own_lines_are_bookmarks() {
        let text = block(BlockKind::Paragraph, "各单位要落实责任。");
        let two = under(block(BlockKind::Heading(Level::Two), "（一）加强领导。"), vec![text]);
        check(
            &[under(block(BlockKind::Heading(Level::One), "一、总体要求"), vec![two])],
            &["heading 1/1 |一、总体要求", "heading 2/2 |（一）加强领导。", "text / |各单位要落实责任。"],
        );
    }

    #[test]
    fn a_sentence_can_open_its_paragraph() {
        check(
            &[block(BlockKind::Heading(Level::Two), "（一）加强领导。各单位要落实责任。")],
            &["run-in 2/ （一）加强领导。|各单位要落实责任。"],
        );
        check(
            &[block(BlockKind::Heading(Level::Three), "1.摸底。各单位要落实责任。")],
            &["run-in 3/ |1.摸底。各单位要落实责任。"],
        );
    }

    #[test]
    fn items_of_an_enumeration_are_text() {
        check(
            &[
                block(BlockKind::Heading(Level::Two), "（一）符合规划；"),
                block(BlockKind::Heading(Level::Two), "（二）其他情形。"),
            ],
            &["run-in 2/ |（一）符合规划；", "run-in 2/ |（二）其他情形。"],
        );
    }

    #[test]
    fn chapters_and_articles_have_a_space_after_their_number() {
        let article = block(BlockKind::Heading(Level::Article), "第一条 为了示例，制定本办法。");
        check(
            &[under(block(BlockKind::Heading(Level::Chapter), "第一章 总则"), vec![article])],
            &["chapter /1 |第一章　总则", "run-in 0/ 第一条|　为了示例，制定本办法。"],
        );
    }

    #[test]
    fn what_has_its_own_place_is_passed_over() {
        check(
            &[block(BlockKind::Signature, "示例县人民政府"), block(BlockKind::Closing, "特此通知。")],
            &["text / |特此通知。"],
        );
    }

    #[test]
    fn a_role_is_said_once() {
        let member = |role: &str, name: &str| Member {
            role: Some(role.to_owned()),
            name: name.to_owned(),
            post: "局长".to_owned(),
            contact: None,
            line: 1,
        };
        let flow = Flow { punctuation: Punctuation::AsPrinted, records: Vec::new() };
        let roster = flow.roster(&[member("组长", "王示例"), member("成员", "李样"), member("成员", "张例")]);
        let roles: Vec<&str> =
            roster["members"].as_array().unwrap().iter().filter_map(|each| each["role"].as_str()).collect();
        assert_eq!(roles, ["组长", "成员", ""]);
    }

    #[test]
    fn half_width_marks_between_chinese_become_full_width() {
        for (text, expected) in [
            ("各乡镇,县直各单位:", "各乡镇，县直各单位："),
            ("(一)示例(见附件1)", "（一）示例（见附件1）"),
            ("（甲)乙", "（甲）乙"),
            ("f(x) = 1,000; 08:30", "f(x) = 1,000; 08:30"),
            ("没有开头)", "没有开头)"),
        ] {
            assert_eq!(shown(text, Punctuation::FullWidth), expected);
            assert_eq!(shown(text, Punctuation::AsPrinted), text);
        }
    }
}
