//! The text of a publication as readers cite it: paragraphs, clauses with their anchors, tables.
//!
//! Texts come as offices write them (one paragraph a line; 第二章, 第三条, 一、（一）1.（1）; tables with bars or tabs) or as Markdown, or both
//! mixed. Whatever a line is, it stays readable: what is not understood is a paragraph. An anchor says the way to a clause,
//! `s4.3` for 四（三）, `a12` for 第十二条, so that an address to it can be written down by anybody who has the paper before them.

mod akn;
mod paper;
mod printed;

pub use akn::{Meta, akn};
pub use paper::{Heads, blocks, paper};
pub use printed::printed;

use calendar::read_number;
use std::collections::{BTreeMap, BTreeSet};

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// What it is.
    pub kind: SectionKind,
    /// Its text; empty for a table.
    pub text: String,
    /// The anchor of its clause; unique in the text.
    pub anchor: Option<String>,
    /// How its clause is cited: 四（三）1.
    pub cited: Option<String>,
}

/// The kinds of pieces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SectionKind {
    /// A heading of that level, from 1.
    Heading(u8),
    /// A paragraph.
    Paragraph,
    /// An item of a list without numbers.
    Item,
    /// A table: the heads of its columns, and its rows.
    Table(Vec<String>, Vec<Vec<String>>),
}

/// A marker of a clause, from the outside in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Marker {
    /// 附件1
    Annex(u32),
    /// 第二章
    Chapter(u32),
    /// 第十二条
    Article(u32),
    /// 四、
    One(u32),
    /// （三）
    Two(u32),
    /// 1.
    Three(u32),
    /// （1）
    Four(u32),
}

/// A marked line of more characters is a paragraph, not a heading.
const HEADING_MAX: usize = 40;

/// Reads a text. Never fails; linear in its length.
///
/// ```
/// let sections = gazette::body::read("四、流程\n（三）审批\n由乡镇审批。");
/// let anchors: Vec<_> = sections.iter().filter_map(|section| section.anchor.as_deref()).collect();
/// assert_eq!(anchors, ["s4", "s4.3"]);
/// assert_eq!(sections[1].cited.as_deref(), Some("四（三）"));
/// ```
#[must_use]
pub fn read(text: &str) -> Vec<Section> {
    let signed =
        text.lines().enumerate().filter(|(_, line)| is_public_mark(line.trim())).map(|(place, _)| place).last();
    let mut reader = Reader { above_mark: signed.unwrap_or(0), ..Reader::default() };
    for (place, line) in text.lines().enumerate() {
        reader.place = place;
        reader.line(line.trim());
    }
    reader.end_table();
    reader.sections
}

/// The anchor of a clause by its markers; `None` if there are none.
///
/// ```
/// use gazette::body::{Marker, anchor};
/// assert_eq!(anchor(&[Marker::One(4), Marker::Two(3)]).as_deref(), Some("s4.3"));
/// assert_eq!(anchor(&[Marker::Chapter(2), Marker::Article(12)]).as_deref(), Some("a12"));
/// assert_eq!(anchor(&[Marker::Chapter(2)]).as_deref(), Some("c2"));
/// assert_eq!(anchor(&[Marker::Annex(1), Marker::One(2)]).as_deref(), Some("f1-s2"));
/// ```
#[must_use]
pub fn anchor(path: &[Marker]) -> Option<String> {
    let mut annex = None;
    let mut start = None;
    let mut rest = Vec::new();
    for marker in path {
        match marker {
            Marker::Annex(number) => annex = Some(format!("f{number}")),
            Marker::Chapter(number) => start = Some(format!("c{number}")),
            // Articles are counted through all chapters.
            Marker::Article(number) => start = Some(format!("a{number}")),
            Marker::One(number) | Marker::Two(number) | Marker::Three(number) | Marker::Four(number) => {
                rest.push(number.to_string());
            }
        }
    }
    let inner = match (start, rest.is_empty()) {
        (Some(start), true) => Some(start),
        (Some(start), false) => Some(format!("{start}.{}", rest.join("."))),
        (None, true) => None,
        (None, false) => Some(format!("s{}", rest.join("."))),
    };
    match (annex, inner) {
        (Some(annex), Some(inner)) => Some(format!("{annex}-{inner}")),
        (annex, inner) => annex.or(inner),
    }
}

#[derive(Default)]
struct Reader {
    sections: Vec<Section>,
    path: Vec<Marker>,
    /// How often each anchor was asked for.
    given: BTreeMap<String, u32>,
    /// Those that were given.
    taken: BTreeSet<String>,
    rows: Vec<Vec<String>>,
    fenced: bool,
    /// The line that is read.
    place: usize,
    /// The line of the last public mark: what names an annex above it lists it, and the annex stands below.
    above_mark: usize,
}

impl Reader {
    fn line(&mut self, line: &str) {
        if line.starts_with("```") {
            self.fenced = !self.fenced;
            return;
        }
        if !self.fenced
            && let Some(cells) = cells(line)
        {
            self.rows.push(cells);
            return;
        }
        self.end_table();
        if line.is_empty() {
            return;
        }
        if self.fenced {
            self.push(SectionKind::Paragraph, line.to_owned(), None, None);
            return;
        }
        self.written(line);
    }

    fn written(&mut self, line: &str) {
        let hashes = line.chars().take_while(|character| *character == '#').count();
        let is_hashed = (1..=6).contains(&hashes) && line[hashes..].starts_with([' ', '\u{3000}']);
        let rest = if is_hashed { line[hashes..].trim() } else { line };
        let item = ["- ", "* ", "· "].iter().find_map(|sign| rest.strip_prefix(sign)).filter(|_| !is_hashed);
        let (text, id) = attribute(item.unwrap_or(rest).trim());
        let text = text.replace("**", "");
        let lists_annexes = self.place < self.above_mark && annexes_listed(&text).is_some();
        let marker = if item.is_some() || lists_annexes { None } else { marker(&text) };
        if let Some(marker) = marker {
            self.path.retain(|above| above.rank() < marker.rank());
            self.path.push(marker);
        }
        let cited = marker.map(|_| cited(&self.path));
        let own = marker.and_then(|_| anchor(&self.path));
        let anchor = match id {
            // An author may write the same id twice; an address leads to the first. The clause is counted among its like all the same.
            Some(id) => {
                if let Some(own) = own.filter(|own| *own != id) {
                    *self.given.entry(own).or_default() += 1;
                }
                Some(self.fresh(id))
            }
            None => own.map(|own| self.fresh(own)),
        };
        let is_short = text.chars().count() <= HEADING_MAX && !text.ends_with(['。', '；', ';', '，', '、']);
        let kind = match marker {
            _ if is_hashed => SectionKind::Heading(u8::try_from(hashes).expect("at most six")),
            _ if item.is_some() => SectionKind::Item,
            Some(marker) if is_short => marker.heading(),
            _ => SectionKind::Paragraph,
        };
        self.push(kind, text, anchor, cited);
    }

    fn push(&mut self, kind: SectionKind, text: String, anchor: Option<String>, cited: Option<String>) {
        self.sections.push(Section { kind, text, anchor, cited });
    }

    /// An anchor that was given before gets a number.
    fn fresh(&mut self, anchor: String) -> String {
        loop {
            let given = self.given.entry(anchor.clone()).or_default();
            *given += 1;
            let fresh = if *given == 1 { anchor.clone() } else { format!("{anchor}-{given}") };
            if self.taken.insert(fresh.clone()) {
                return fresh;
            }
        }
    }

    /// Rows that stand together are a table; the first names the columns.
    fn end_table(&mut self) {
        let mut rows = std::mem::take(&mut self.rows);
        rows.retain(|row| !row.iter().all(|cell| cell.chars().all(|sign| "-: ".contains(sign))));
        if rows.is_empty() {
            return;
        }
        let width = rows.iter().map(Vec::len).max().unwrap_or_default();
        rows.iter_mut().for_each(|row| row.resize(width, String::new()));
        let head = rows.remove(0);
        self.push(SectionKind::Table(head, rows), String::new(), None, None);
    }
}

impl Marker {
    fn rank(self) -> u8 {
        match self {
            Marker::Annex(_) => 0,
            Marker::Chapter(_) => 1,
            Marker::Article(_) => 2,
            Marker::One(_) => 3,
            Marker::Two(_) => 4,
            Marker::Three(_) => 5,
            Marker::Four(_) => 6,
        }
    }

    fn heading(self) -> SectionKind {
        match self {
            Marker::Annex(_) | Marker::Chapter(_) | Marker::One(_) => SectionKind::Heading(1),
            Marker::Two(_) => SectionKind::Heading(2),
            Marker::Three(_) => SectionKind::Heading(3),
            Marker::Article(_) | Marker::Four(_) => SectionKind::Paragraph,
        }
    }
}

/// The cells of a line of a table: between bars, or with tabs.
fn cells(line: &str) -> Option<Vec<String>> {
    let cell = |cell: &str| cell.trim().to_owned();
    if let Some(inner) = line.strip_prefix('|') {
        return Some(inner.strip_suffix('|').unwrap_or(inner).split('|').map(cell).collect());
    }
    line.contains('\t').then(|| line.split('\t').map(cell).collect())
}

/// A clause id in braces at the end: `{#hs-4.3}`, `{#hs-1 .narrative}`.
fn attribute(text: &str) -> (String, Option<String>) {
    let found = text.strip_suffix('}').and_then(|inner| inner.rsplit_once("{#"));
    match found {
        Some((before, inside)) => {
            let id = inside.split_whitespace().next().map(str::to_owned);
            (before.trim_end().to_owned(), id)
        }
        None => (text.to_owned(), None),
    }
}

/// 此件公开发布, on a line of its own.
fn is_public_mark(line: &str) -> bool {
    matches!(line, "（此件公开发布）" | "(此件公开发布)")
}

/// Characters in which a marker such as 100. and what follows it are told.
const MARKER_MAX: usize = 6;

/// The titles that a line under the text lists (附件：1.甲、2.乙), without their numbers; `None` if it lists none.
fn annexes_listed(text: &str) -> Option<Vec<&str>> {
    let (head, titles) = text.split_once(['：', ':'])?;
    let number = head.strip_prefix("附件")?;
    if !number.trim().bytes().all(|sign| sign.is_ascii_digit()) {
        return None;
    }
    let mut listed: Vec<&str> = Vec::new();
    let mut start = 0;
    // A title may have a 、 of its own: only one with a number behind it parts two titles.
    for (at, comma) in titles.match_indices('、') {
        // A marker is short: no look at the whole rest for each 、.
        let behind = &titles[at + comma.len()..];
        let near = behind.char_indices().nth(MARKER_MAX).map_or(behind, |(end, _)| &behind[..end]);
        if matches!(marker(near), Some(Marker::Three(_))) {
            listed.push(&titles[start..at]);
            start = at + comma.len();
        }
    }
    listed.push(&titles[start..]);
    let bare = |title: &'_ str| -> usize {
        let digits = title.bytes().take_while(u8::is_ascii_digit).count();
        if digits > 0 && title[digits..].starts_with(['.', '．']) { digits } else { 0 }
    };
    let titles = listed
        .into_iter()
        .map(|title| title.trim())
        .map(|title| title[bare(title)..].trim_start_matches(['.', '．']).trim());
    let titles: Vec<&str> = titles.filter(|title| !title.is_empty()).collect();
    (!titles.is_empty()).then_some(titles)
}

/// The marker that a line begins with.
fn marker(text: &str) -> Option<Marker> {
    if let Some(rest) = text.strip_prefix("附件") {
        let rest = rest.trim_start();
        let end = rest.find(|sign: char| !sign.is_ascii_digit()).unwrap_or(rest.len());
        let after = rest[end..].trim_start();
        let marks = after.is_empty() || after.starts_with([':', '：']);
        // An annex without a number is the only one.
        return marks.then(|| Marker::Annex(rest[..end].parse().unwrap_or(1)));
    }
    if let Some(rest) = text.strip_prefix('第') {
        let end = rest.find(['章', '条'])?;
        // 第16次会议 is no article: those are numbered in words.
        let number = read_number(&rest[..end]).filter(|_| !rest.starts_with(|sign: char| sign.is_ascii_digit()))?;
        return Some(if rest[end..].starts_with('章') { Marker::Chapter(number) } else { Marker::Article(number) });
    }
    if let Some(rest) = text.strip_prefix(['（', '(']) {
        let (inside, _) = rest.split_once(['）', ')'])?;
        let number = short_number(inside)?;
        return Some(if inside.starts_with(|sign: char| sign.is_ascii_digit()) {
            Marker::Four(number)
        } else {
            Marker::Two(number)
        });
    }
    if let Some((words, _)) = text.split_once('、')
        && !words.starts_with(|sign: char| sign.is_ascii_digit())
    {
        return short_number(words).map(Marker::One);
    }
    let (digits, rest) = text.split_once(['.', '．'])?;
    // 614.82 is a figure.
    let is_item =
        digits.bytes().all(|sign| sign.is_ascii_digit()) && !rest.starts_with(|sign: char| sign.is_ascii_digit());
    short_number(digits).filter(|_| is_item).map(Marker::Three)
}

/// A number of at most three signs: no paragraph is numbered further.
fn short_number(text: &str) -> Option<u32> {
    let is_short = !text.is_empty() && text.chars().count() <= 3;
    is_short.then(|| read_number(text)).flatten()
}

/// As a clause is cited: 附件1 二（三）2.
fn cited(path: &[Marker]) -> String {
    let mut out = String::new();
    for marker in path {
        match marker {
            Marker::Annex(number) => out.push_str(&format!("附件{number} ")),
            // Articles are cited without their chapter.
            Marker::Chapter(number) if path.len() == 1 => out.push_str(&format!("第{}章", in_words(*number))),
            Marker::Chapter(_) => {}
            Marker::Article(number) => out.push_str(&format!("第{}条", in_words(*number))),
            Marker::One(number) => out.push_str(&in_words(*number)),
            Marker::Two(number) => out.push_str(&format!("（{}）", in_words(*number))),
            Marker::Three(number) => out.push_str(&format!("{number}.")),
            Marker::Four(number) => out.push_str(&format!("（{number}）")),
        }
    }
    out.trim_end().to_owned()
}

/// A number below a thousand in Chinese words.
fn in_words(number: u32) -> String {
    const DIGITS: [&str; 10] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let digit = |number: u32| DIGITS[(number % 10) as usize];
    match number {
        0..=9 => digit(number).to_owned(),
        10..=19 => format!("十{}", if number == 10 { "" } else { digit(number) }),
        20..=99 => format!("{}十{}", digit(number / 10), if number.is_multiple_of(10) { "" } else { digit(number) }),
        100..=999 => match number % 100 {
            0 => format!("{}百", digit(number / 100)),
            rest @ 1..=9 => format!("{}百零{}", digit(number / 100), digit(rest)),
            rest @ 10..=19 => format!("{}百一{}", digit(number / 100), in_words(rest)),
            rest => format!("{}百{}", digit(number / 100), in_words(rest)),
        },
        _ => number.to_string(),
    }
}
