//! A publication as the document that the layouts of official paper take ([`crate::official`], [`crate::issue`]).

use super::{Marker, Section, SectionKind, annexes_listed, is_public_mark, marker};
use crate::model::{
    Attachment, Block, BlockKind, Document, Level, Lines, Number, Part, PartKind, Piece, PublicMark, Signature, Table,
    TableKind,
};
use calendar::parse_date;
use jiff::civil::Date;

/// What stands above and under the text of a document.
#[derive(Debug, Clone)]
pub struct Heads<'a> {
    /// Number.
    pub number: Number,
    /// Title.
    pub title: &'a str,
    /// Who issues it.
    pub issuer: &'a str,
    /// Kind of document (文种).
    pub kind: Option<&'a str>,
    /// Date of signature.
    pub signed_on: Option<Date>,
}

/// The document. Lines that say again what stands under the text (the issuer, the date, the public mark) are taken for it; what
/// follows them is an instrument or an annex.
#[must_use]
pub fn paper(heads: &Heads<'_>, sections: &[Section]) -> Document {
    let mut sheet = Sheet::default();
    let addressee = sections.first().filter(|section| is_addressee(section));
    for section in sections.iter().skip(usize::from(addressee.is_some())) {
        sheet.take(heads, section);
    }
    let addressees = addressee.map(|section| section.text.trim_end_matches(['：', ':']).to_owned());
    Document {
        number: heads.number.clone(),
        title: heads.title.to_owned(),
        title_lines: vec![heads.title.to_owned()],
        kind: heads.kind.map(str::to_owned),
        issuer: heads.issuer.to_owned(),
        group: None,
        addressees: addressees.into_iter().collect(),
        signed_on: heads.signed_on,
        signature: Signature { issuer: Some(heads.issuer.to_owned()), ..Signature::default() },
        public_mark: Some(PublicMark { line: 0, full_width: true }),
        listed: true,
        page: None,
        cites: Vec::new(),
        head: Vec::new(),
        body: nested(sheet.body),
        // Where the list of annexes was printed.
        foot: sheet.attachments.first().map(|_| Block::new(BlockKind::AnnexEntry, Vec::new())).into_iter().collect(),
        parts: sheet.parts.into_iter().map(|(kind, title, blocks)| part(kind, title, blocks)).collect(),
        attachments: sheet.attachments,
        lines: NOWHERE,
    }
}

/// A text without head and foot: what stands in an issue beside its documents.
#[must_use]
pub fn blocks(sections: &[Section]) -> Vec<Block> {
    let flat = sections.iter().map(|section| {
        let marker = marker(section.text.trim());
        (marker, block(section, marker))
    });
    nested(flat.collect())
}

/// A publication has no lines of print.
const NOWHERE: Lines = Lines { first: 0, last: 0 };

fn is_addressee(section: &Section) -> bool {
    section.kind == SectionKind::Paragraph && section.anchor.is_none() && section.text.ends_with(['：', ':'])
}

/// A block and how deep its marker stands; text stands under whatever is above it.
type Flat = (Option<Marker>, Block);

#[derive(Default)]
struct Sheet {
    body: Vec<Flat>,
    /// Annexes listed under the text.
    attachments: Vec<Attachment>,
    /// The signature block has been passed.
    signed: bool,
    parts: Vec<(PartKind, String, Vec<Flat>)>,
}

impl Sheet {
    fn take(&mut self, heads: &Heads<'_>, section: &Section) {
        let text = section.text.trim();
        let marker = marker(text);
        let listed = annexes_listed(text).filter(|_| section.anchor.is_none() && self.parts.is_empty());
        if let Some(titles) = listed {
            self.list(&titles);
            return;
        }
        if let Some(Marker::Annex(number)) = marker {
            let title = text.split_once(['：', ':']).map_or("", |(_, title)| title.trim());
            self.parts.push((PartKind::Annex { ordinal: Some(number) }, title.to_owned(), Vec::new()));
            return;
        }
        if let Some((PartKind::Annex { .. }, title, blocks)) = self.parts.last_mut()
            && title.is_empty()
            && blocks.is_empty()
            && self.attachments.iter().any(|annex| annex.listed_title.as_deref() == Some(text))
        {
            text.clone_into(title);
            return;
        }
        if self.parts.is_empty() && says_again(heads, text) {
            self.signed = true;
            return;
        }
        if self.signed && self.parts.is_empty() {
            let is_title = marker.is_none() && section.kind == SectionKind::Paragraph;
            let title = if is_title { text.to_owned() } else { String::new() };
            self.parts.push((PartKind::Instrument, title, Vec::new()));
            if is_title {
                return;
            }
        }
        let blocks = self.parts.last_mut().map_or(&mut self.body, |(_, _, blocks)| blocks);
        blocks.push((marker, block(section, marker)));
    }
}

impl Sheet {
    /// Annexes are numbered unless there is only one.
    fn list(&mut self, titles: &[&str]) {
        let several = titles.len() > 1;
        let annexes = titles.iter().zip(1..).map(|(title, ordinal)| Attachment {
            ordinal: several.then_some(ordinal),
            listed_title: Some((*title).to_owned()),
            listed_line: None,
            body_title: None,
            part: None,
        });
        self.attachments.extend(annexes);
    }
}

/// The issuer, the date or the public mark on a line of its own.
fn says_again(heads: &Heads<'_>, text: &str) -> bool {
    let is_date = heads.signed_on.is_some() && parse_date(text).ok() == heads.signed_on;
    is_public_mark(text) || is_date || text == heads.issuer
}

fn block(section: &Section, marker: Option<Marker>) -> Block {
    let (kind, table) = match (&section.kind, marker.and_then(level)) {
        (SectionKind::Table(head, rows), _) => {
            let table = Table {
                kind: TableKind::Grid,
                header: vec![head.clone()],
                rows: rows.clone(),
                members: Vec::new(),
                notes: Vec::new(),
                page_parts: 1,
                cut_cells: Vec::new(),
            };
            (BlockKind::Table, Some(table))
        }
        (SectionKind::Item, _) => (BlockKind::Item, None),
        (_, Some(level)) => (BlockKind::Heading(level), None),
        (_, None) => (BlockKind::Paragraph, None),
    };
    let mut block = Block::new(kind, vec![Piece { line: 0, text: section.text.clone() }]);
    block.table = table;
    block
}

fn level(marker: Marker) -> Option<Level> {
    match marker {
        Marker::Annex(_) => None,
        Marker::Chapter(_) => Some(Level::Chapter),
        Marker::Article(_) => Some(Level::Article),
        Marker::One(_) => Some(Level::One),
        Marker::Two(_) => Some(Level::Two),
        Marker::Three(_) => Some(Level::Three),
        Marker::Four(_) => Some(Level::Four),
    }
}

/// Blocks under the headings that they belong to.
fn nested(flat: Vec<Flat>) -> Vec<Block> {
    let mut top: Vec<Block> = Vec::new();
    let mut open: Vec<(u8, Block)> = Vec::new();
    for (marker, block) in flat {
        let Some(rank) = marker.map(Marker::rank) else {
            match open.last_mut() {
                Some((_, above)) => above.children.push(block),
                None => top.push(block),
            }
            continue;
        };
        close(&mut top, &mut open, rank);
        open.push((rank, block));
    }
    close(&mut top, &mut open, 0);
    top
}

/// Puts away the open headings of that rank and below.
fn close(top: &mut Vec<Block>, open: &mut Vec<(u8, Block)>, rank: u8) {
    while let Some((_, done)) = open.pop_if(|(inner, _)| *inner >= rank) {
        match open.last_mut() {
            Some((_, above)) => above.children.push(done),
            None => top.push(done),
        }
    }
}

fn part(kind: PartKind, title: String, blocks: Vec<Flat>) -> Part {
    Part { kind, title, blocks: nested(blocks), lines: NOWHERE }
}
