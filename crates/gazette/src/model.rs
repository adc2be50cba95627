//! What a gazette (公报) consists of, once its text has been read.
//!
//! A [`Gazette`] owns every line of its source exactly once: the lines lie in [`Block`]s as [`Piece`]s, so whatever is
//! shown, cited or stored can be traced to the print, and the source can be printed back. The fields beside the blocks
//! (number, title, date …) are readings of them. What was put right on the way is a [`Repair`]; what a person has to
//! decide is a [`Doubt`]; neither changes a piece.
//!
//! Lines are counted from 1. Ordinals are as printed: a gap stays a gap.

mod finding;
mod number;
mod table;

use jiff::civil::Date;

pub use finding::{Code, Doubt, Meaning, Repair, Rule, Said, Severity};
pub use number::{Number, NumberError};
pub(crate) use number::{NumberShape, is_ideograph};
pub use table::{Cell, Member, Table, TableKind};

/// One issue of a gazette as read from its text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Gazette {
    /// Masthead, dates and addresses.
    pub issue: Issue,
    /// The contents (目录) as printed.
    pub contents: Vec<ContentsEntry>,
    /// The documents in their order.
    pub documents: Vec<Document>,
    /// Cover, inside cover and contents: everything before the first document.
    pub front: Vec<Block>,
    /// The back cover: what follows the last document.
    pub back: Vec<Block>,
    /// What was put right while reading, by line.
    pub repairs: Vec<Repair>,
    /// What is left to a person, by line.
    pub doubts: Vec<Doubt>,
    /// How many lines the source has, blank ones included.
    pub line_count: u32,
}

/// Masthead, distribution and dates of an issue (期). What the text does not say is absent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Issue {
    /// Name of the publication (刊名).
    pub name: Option<String>,
    /// The name in Latin letters, as printed first.
    pub name_latin: Option<String>,
    /// Year of the issue (年).
    pub year: Option<i16>,
    /// Number within the year (期).
    pub number: Option<u32>,
    /// Day of publication (出版日期).
    pub published_on: Option<Date>,
    /// How often it appears, such as 季度刊.
    pub frequency: Option<String>,
    /// Sponsoring unit (主办单位).
    pub sponsor: Option<String>,
    /// Address (地址).
    pub address: Option<String>,
    /// Postcode (邮编).
    pub postcode: Option<String>,
    /// Office telephone (电话).
    pub telephone: Option<String>,
    /// Who gets free copies (赠阅范围), as printed.
    pub distribution: Option<String>,
    /// The purposes printed on the cover (办刊宗旨).
    pub purposes: Vec<String>,
}

/// One entry of the contents (目录条目).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentsEntry {
    /// The heading it stands under (分组).
    pub group: Option<String>,
    /// Title as printed, blanks removed.
    pub title: String,
    /// Document number, when it can be read.
    pub number: Option<Number>,
    /// Start page.
    pub page: u32,
    /// Line of the entry.
    pub line: u32,
    /// Which of [`Gazette::documents`] it announces.
    pub document: Option<usize>,
}

/// An official document (公文) in an issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Document number (发文字号).
    pub number: Number,
    /// Whole title (标题): the printed lines joined, blanks between Chinese removed.
    pub title: String,
    /// The title by print lines.
    pub title_lines: Vec<String>,
    /// Kind of document (文种): the last word of the title, such as 通知.
    pub kind: Option<String>,
    /// Issuing body (发文机关) as the title names it.
    pub issuer: String,
    /// The contents group it belongs under, such as 县政府文件.
    pub group: Option<String>,
    /// To whom it is sent (主送机关), one entry each.
    pub addressees: Vec<String>,
    /// Day under the signature (成文日期).
    pub signed_on: Option<Date>,
    /// The signature block (署名).
    pub signature: Signature,
    /// The mark that it is published (此件公开发布), if it stands.
    pub public_mark: Option<PublicMark>,
    /// Whether the contents announce it.
    pub listed: bool,
    /// Start page by the contents.
    pub page: Option<u32>,
    /// Numbers of other documents that it cites (引用), in order of appearance.
    pub cites: Vec<Citation>,
    /// Title, number and addressee.
    pub head: Vec<Block>,
    /// The text proper (正文) as a tree of headings.
    pub body: Vec<Block>,
    /// Closing words, annex list, signature, date and public mark.
    pub foot: Vec<Block>,
    /// What follows the public mark: the instrument issued, annexes, biographical sheets.
    pub parts: Vec<Part>,
    /// The annexes (附件): those listed and those printed, matched.
    pub attachments: Vec<Attachment>,
    /// First and last line of the document.
    pub lines: Lines,
}

/// The signature block (署名).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Signature {
    /// The body that signs, as printed.
    pub issuer: Option<String>,
    /// Line of the body's name.
    pub line: Option<u32>,
    /// The post whose holder signs in person, such as 县长; the name may be blank.
    pub post: Option<String>,
    /// What stands behind the post: the holder's name, if printed.
    pub holder: Option<String>,
    /// Line of the date.
    pub date_line: Option<u32>,
    /// Whether it was found in the cells of a table.
    pub in_table: bool,
}

/// The mark 此件公开发布.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicMark {
    /// Where it stands.
    pub line: u32,
    /// Whether its brackets are full width; some prints use half width.
    pub full_width: bool,
}

/// A number of another document in the text (引用).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Citation {
    /// The number cited, in normal form.
    pub number: Number,
    /// Where.
    pub line: u32,
}

/// A text that follows the signed document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What it is.
    pub kind: PartKind,
    /// Its title, print lines joined.
    pub title: String,
    /// Marker, title and text in the order of print; the text is a tree as in [`Document::body`].
    pub blocks: Vec<Block>,
    /// First and last line.
    pub lines: Lines,
}

/// What follows a signed document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartKind {
    /// The instrument that a notice promulgates (印发).
    Instrument,
    /// The body of an annex (附件).
    Annex {
        /// The number on its marker.
        ordinal: Option<u32>,
    },
    /// A biographical sheet (简介).
    Sheet,
}

/// An annex: its entry in the list, its body, or both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its number; a single annex may have none.
    pub ordinal: Option<u32>,
    /// Title by the list.
    pub listed_title: Option<String>,
    /// Line of the entry in the list.
    pub listed_line: Option<u32>,
    /// Title over the body.
    pub body_title: Option<String>,
    /// Which of [`Document::parts`] is its body.
    pub part: Option<usize>,
}

impl Attachment {
    /// The title to show: the body's, else the list's.
    pub fn title(&self) -> &str {
        self.body_title.as_deref().or(self.listed_title.as_deref()).unwrap_or_default()
    }
}

/// First and last line of something, both included, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lines {
    /// First line.
    pub first: u32,
    /// Last line.
    pub last: u32,
}

/// A line of the source, as it stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Line number, counted from 1.
    pub line: u32,
    /// The line without its line end; nothing is trimmed or changed.
    pub text: String,
}

/// A paragraph, heading, list item or table, with what stands under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// The number on its marker, such as 3 in （三）.
    pub ordinal: Option<u32>,
    /// The text: pieces joined, trimmed; for a table empty.
    pub text: String,
    /// The lines that it was read from.
    pub pieces: Vec<Piece>,
    /// The table, if this is one.
    pub table: Option<Table>,
    /// What stands under this heading.
    pub children: Vec<Block>,
}

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockKind {
    /// A heading or list item with a marker.
    Heading(Level),
    /// Plain text.
    Paragraph,
    /// An item of a list with dashes.
    Item,
    /// A table, a form or a roster.
    Table,
    /// Who answers for what stands before (责任单位), on a line of its own.
    Responsibility,
    /// Title of a document, an instrument or an annex.
    Title,
    /// Document number.
    Number,
    /// To whom it is sent.
    Addressee,
    /// Closing words such as 特此通知.
    Closing,
    /// Name of the body, or the post, that signs.
    Signature,
    /// Date of the signature.
    Date,
    /// The mark 此件公开发布.
    PublicMark,
    /// The marker of an annex body.
    AnnexMarker,
    /// An entry of the annex list, or the word that opens the list.
    AnnexEntry,
    /// The foot of a form: 填报人, 审核人 and the like.
    FormFoot,
    /// A line of the contents.
    Contents,
    /// Anything on the covers.
    Cover,
}

/// Level of a heading, from the outside in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// 第一章
    Chapter,
    /// 第一条
    Article,
    /// 一、
    One,
    /// （一）
    Two,
    /// 1.
    Three,
    /// （1）
    Four,
}

impl Block {
    /// A block of one kind from its lines; the text is the lines joined.
    pub fn new(kind: BlockKind, pieces: Vec<Piece>) -> Self {
        let text = pieces.iter().map(|piece| piece.text.trim()).collect::<String>();
        Block { kind, ordinal: None, text, pieces, table: None, children: Vec::new() }
    }

    /// First and last line of the block and all under it; `None` for a block without lines.
    pub fn lines(&self) -> Option<Lines> {
        let own = self
            .pieces
            .first()
            .zip(self.pieces.last())
            .map(|(first, last)| Lines { first: first.line, last: last.line });
        self.children
            .iter()
            .filter_map(Block::lines)
            .chain(own)
            .reduce(|a, b| Lines { first: a.first.min(b.first), last: a.last.max(b.last) })
    }

    /// Tells for the bytes of [`Block::text`] which lines they were read from.
    pub fn line_index(&self) -> LineIndex {
        let mut end = 0;
        let ends = self.pieces.iter().map(|piece| {
            end += piece.text.trim().len();
            (end, piece.line)
        });
        LineIndex { ends: ends.collect() }
    }
}

/// Which line each byte of a block's text was read from.
#[derive(Debug, Clone)]
pub struct LineIndex {
    /// End of each piece in the text, and its line.
    ends: Vec<(usize, u32)>,
}

impl LineIndex {
    /// The line of a byte; of one beyond the text the last line.
    pub fn at(&self, byte: usize) -> u32 {
        let piece = self.ends.partition_point(|(end, _)| *end <= byte);
        self.ends.get(piece).or(self.ends.last()).map_or(0, |(_, line)| *line)
    }
}

impl Document {
    /// Shows every block of the document to `visit`, in the order of print; a heading before what stands under it.
    pub fn walk<'a>(&'a self, visit: &mut impl FnMut(&'a Block)) {
        for blocks in [&self.head, &self.body, &self.foot] {
            walk(blocks, visit);
        }
        for part in &self.parts {
            walk(&part.blocks, visit);
        }
    }
}

/// Shows every block to `visit`, in the order of print; a heading before what stands under it.
pub fn walk<'a>(blocks: &'a [Block], visit: &mut impl FnMut(&'a Block)) {
    for block in blocks {
        visit(block);
        walk(&block.children, visit);
    }
}
