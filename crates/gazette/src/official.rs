//! One official document (公文) as a PDF in the layout of GB/T 9704-2012.
//!
//! [`pdf`] takes a [`Document`] as read from a gazette or made from a draft, and what its text does not say: the
//! [`Options`]. The result is PDF/A-2a and PDF/UA-1: archived and read aloud from the same file, its text in order, its
//! headings as bookmarks. The same document with the same options and fonts gives the same bytes.
//!
//! What the layout takes from the standard: the text area of 156 mm by 225 mm with 22 lines of 28 characters, the
//! name of the issuing body in red with its line (legible in grey), number and signer, title, levels of headings, the
//! annex list, room for the seal, annexes on new pages, wide tables on their side, the imprint on the last page, page
//! numbers at the outer edge; and the form of a letter (信函格式). What it adds: the QR code of the permalink.

mod data;
pub(crate) mod flow;
pub(crate) mod title;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::Value;

use crate::model::Document;
use crate::qr::TooLong;
use crate::typeset::{Finding, Job, Standard, Typesetter};

pub(crate) use data::{body_records, check, cohesion, date_text, listed, part_records, proof_of, signature_record};
pub use flow::Punctuation;

/// What both templates import.
pub(crate) const FLOW: &str = include_str!("official/flow.typ");
const MAIN: &str = include_str!("official/official.typ");

/// What a document's text does not say about its print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The date of the PDF itself; the day of signature makes prints of one document the same for ever.
    pub today: Date,
    /// General form or letter; by default as the kind and the series ask ([`Form::of`]).
    pub form: Option<Form>,
    /// Other bodies that issue it too (联合行文), after the first.
    pub joint_issuers: Vec<String>,
    /// Who signed it for issue (签发人), as documents to a higher body show.
    pub signers: Vec<String>,
    /// Copy number (份号), shown in six digits.
    pub copy_number: Option<u32>,
    /// Secrecy and its term (密级和保密期限), such as 机密★1年.
    pub secrecy: Option<String>,
    /// Urgency (紧急程度), such as 特急.
    pub urgency: Option<String>,
    /// Whether the seal goes over signature and date; a document signed by the holder of a post has none.
    pub sealed: bool,
    /// Who gets a copy (抄送机关), without the final mark.
    pub copies_to: Option<String>,
    /// The office that printed and sent it (印发机关).
    pub printed_by: Option<String>,
    /// When it was sent (印发日期).
    pub printed_on: Option<Date>,
    /// Whether it is printed on both sides: then the imprint stands on an even page, if need be its own.
    pub duplex: bool,
    /// Where the document stands for ever on the web; its QR code is printed on the last page.
    pub permalink: Option<String>,
    /// Whether marks that were half width in a recovered text are made full width.
    pub punctuation: Punctuation,
}

impl Options {
    /// A sealed document printed on both sides, and nothing else.
    pub fn new(today: Date) -> Self {
        Options {
            today,
            form: None,
            joint_issuers: Vec::new(),
            signers: Vec::new(),
            copy_number: None,
            secrecy: None,
            urgency: None,
            sealed: true,
            copies_to: None,
            printed_by: None,
            printed_on: None,
            duplex: true,
            permalink: None,
            punctuation: Punctuation::AsPrinted,
        }
    }
}

/// The form of a document (公文格式).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// The general form: the body's name with 文件, the number under it, an imprint.
    General,
    /// The form of a letter (信函格式): the body's name between double lines.
    Letter,
}

impl Form {
    /// The form that a document asks for: what goes up has the general form, for it names its signer; letters and what
    /// is numbered among them (series that end in 函) have the form of a letter.
    pub fn of(document: &Document) -> Form {
        let kind = document.kind.as_deref().unwrap_or_default();
        let letter = kind == "函" || document.number.series.ends_with('函');
        if letter && !UPWARD.contains(&kind) && kind != "议案" { Form::Letter } else { Form::General }
    }
}

/// Kinds that go to a higher body (上行文); they name who signed them for issue.
const UPWARD: [&str; 2] = ["请示", "报告"];

/// Why a document or an issue cannot be printed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A document needs a title and an issuer before it can be printed.
    #[error("{number}没有{zh}，不能排印；请先补上 / {number} has no {en}: add it before printing")]
    Lacks {
        /// The document.
        number: String,
        /// What it lacks, in Chinese.
        zh: &'static str,
        /// What it lacks, in English.
        en: &'static str,
    },
    /// No font has these characters.
    #[error(
        "字体缺字：{}；请安装含这些字的字体（如 fonts-noto-cjk）后重试 / no font has these characters: install one that has",
        named(.0)
    )]
    MissingCharacters(Vec<char>),
    /// An address that does not fit a QR code.
    #[error(transparent)]
    Address(#[from] TooLong),
    /// A document without the public mark cannot enter an issue (gz-3.8).
    #[error(
        "{0}没有公开发布标识，不能编入公报（gz-3.8）；先经公开属性审查 / {0} has no public mark and cannot enter an issue (gz-3.8)"
    )]
    NotPublic(String),
    /// One number stands for two documents (gz-3.1).
    #[error("{0}在本期出现两次（gz-3.1）；核对发文字号 / {0} occurs twice in this issue (gz-3.1): check the numbers")]
    Twice(String),
    /// An issue needs a name, a year and a number (gz-1.2).
    #[error("本期缺少{0}（gz-1.2）；在刊头中补上 / the issue lacks its {1} (gz-1.2): add it to the masthead")]
    Masthead(&'static str, &'static str),
    /// There is no document in the issue.
    #[error("本期没有文件，不能排印 / an issue without documents cannot be printed")]
    NoDocuments,
    /// The template or the fonts: at least one finding.
    #[error("排版失败：{} / typesetting failed", joined(.0))]
    Typesetting(Vec<Finding>),
}

fn named(letters: &[char]) -> String {
    letters.iter().map(|letter| format!("{letter}（U+{:04X}）", u32::from(*letter))).collect::<Vec<_>>().join("、")
}

fn joined(findings: &[Finding]) -> String {
    findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("；")
}

/// A document as a PDF.
pub fn pdf(typesetter: &Typesetter, document: &Document, options: &Options) -> Result<Vec<u8>, Error> {
    print(typesetter, "official.typ", MAIN, &data::of(document, options)?, options.today)
}

/// One of our own templates with its data.
pub(crate) fn print(
    typesetter: &Typesetter,
    name: &str,
    main: &str,
    data: &Value,
    today: Date,
) -> Result<Vec<u8>, Error> {
    let missing = typesetter.lacks(&text_of(data));
    if !missing.is_empty() {
        return Err(Error::MissingCharacters(missing));
    }
    let files = BTreeMap::from([("flow.typ".to_owned(), FLOW.as_bytes().to_vec())]);
    let job = Job { name, main, files: &files, data, today, standard: Standard::Accessible };
    typesetter.pdf(&job).map_err(Error::Typesetting)
}

/// All the texts in some data, one after the other.
fn text_of(data: &Value) -> String {
    match data {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(text_of).collect(),
        Value::Object(values) => values.values().map(text_of).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => String::new(),
    }
}
