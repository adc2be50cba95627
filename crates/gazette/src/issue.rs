//! A whole issue (期) of the gazette as a PDF: cover, inside cover, contents, documents, back cover.
//!
//! The contents are made from the documents and never typed, so none can be missing from them (gz-2.1, gz-2.3). What is
//! not marked as public does not enter (gz-3.8). After the documents stand the county's figures; the last page carries the
//! corrections of the issue before and the root of the journal, so that paper in an archive bears witness to it.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde_json::{Value, json};

use crate::body::{self, Section};
use crate::model::{Document, Gazette, Issue};
use crate::official::{self, Error, Punctuation, flow, title};
use crate::typeset::Typesetter;

const MAIN: &str = include_str!("issue/issue.typ");
/// How many characters of a title stand on a line: 160 mm at 17 pt, and at 14 pt for what is annexed.
const TITLE_MOST: usize = 26;
const PART_TITLE_MOST: usize = 30;

/// What an issue prints besides its documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The date of the PDF itself.
    pub today: Date,
    /// Where the mobile edition (掌上公报) stands for ever (gz-1.6); its QR code is on the cover.
    pub mobile: Option<String>,
    /// Corrections of issues before (勘误).
    pub errata: Vec<Erratum>,
    /// Figures of the county (县情数据): a caption, its table, a note; and so on.
    pub figures: Vec<Section>,
    /// The root of the journal of acts; without one the page says that none was signed.
    pub root: Option<Root>,
    /// Whether each page is marked as a proof (校样).
    pub proof: bool,
    /// Whether marks that were half width in a recovered text are made full width.
    pub punctuation: Punctuation,
}

impl Options {
    /// An issue with nothing on its back cover.
    pub fn new(today: Date) -> Self {
        Options {
            today,
            mobile: None,
            errata: Vec::new(),
            figures: Vec::new(),
            root: None,
            proof: false,
            punctuation: Punctuation::AsPrinted,
        }
    }
}

/// A correction (勘误).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erratum {
    /// Issue, page and line of what was wrong.
    pub place: String,
    /// What was printed.
    pub old: String,
    /// What it should be.
    pub new: String,
}

/// The root of the journal of acts (行政行为日志根) as it is printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root {
    /// Name and value of each line: the log, its size, its hashes, when it was signed.
    pub lines: Vec<(String, String)>,
    /// The signed checkpoint itself, for the QR code.
    pub checkpoint: String,
}

/// An issue as a PDF.
pub fn pdf(typesetter: &Typesetter, gazette: &Gazette, options: &Options) -> Result<Vec<u8>, Error> {
    official::print(typesetter, "issue.typ", MAIN, &data(gazette, options)?, options.today)
}

fn data(gazette: &Gazette, options: &Options) -> Result<Value, Error> {
    check(&gazette.documents)?;
    let issue = &gazette.issue;
    let lacks = |zh, en| move || Error::Masthead(zh, en);
    let name = issue.name.as_deref().ok_or_else(lacks("刊名", "name"))?;
    let year = issue.year.ok_or_else(lacks("年份", "year"))?;
    let number = issue.number.ok_or_else(lacks("期号", "number"))?;
    let mut data = masthead(issue);
    data["name"] = json!(name);
    data["volume"] = json!(format!("{year}年第{number}期"));
    data["mobile"] = official::proof_of(options.mobile.as_deref())?;
    data["groups"] = groups(&gazette.documents, options.punctuation);
    data["errata"] =
        options.errata.iter().map(|each| json!({"place": each.place, "old": each.old, "new": each.new})).collect();
    data["figures"] = json!(flow::records(&body::blocks(&options.figures), options.punctuation));
    data["root"] = options.root.as_ref().map_or(Ok(Value::Null), root)?;
    data["proof"] = json!(options.proof);
    Ok(data)
}

/// What the law asks of the documents of an issue.
fn check(documents: &[Document]) -> Result<(), Error> {
    if documents.is_empty() {
        return Err(Error::NoDocuments);
    }
    let mut numbers = BTreeSet::new();
    for document in documents {
        official::check(document)?;
        if document.public_mark.is_none() {
            return Err(Error::NotPublic(document.number.to_string()));
        }
        if !numbers.insert(&document.number) {
            return Err(Error::Twice(document.number.to_string()));
        }
    }
    Ok(())
}

fn masthead(issue: &Issue) -> Value {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    json!({
        "name-latin": text(&issue.name_latin),
        "published-on": issue.published_on.map(official::date_text),
        "frequency": text(&issue.frequency),
        "sponsor": text(&issue.sponsor),
        "address": text(&issue.address),
        "postcode": text(&issue.postcode),
        "telephone": text(&issue.telephone),
        "distribution": text(&issue.distribution),
        "purposes": issue.purposes,
    })
}

/// The documents by issuer, groups in the order of their first document (gz-2.1).
fn groups(documents: &[Document], punctuation: Punctuation) -> Value {
    let mut groups: Vec<(String, Vec<Value>)> = Vec::new();
    for (place, document) in documents.iter().enumerate() {
        let name = document.group.clone().unwrap_or_else(|| format!("{}文件", document.issuer));
        let record = record(place, document, punctuation);
        match groups.iter_mut().find(|(known, _)| *known == name) {
            Some((_, records)) => records.push(record),
            None => groups.push((name, vec![record])),
        }
    }
    groups.into_iter().map(|(name, documents)| json!({"name": name, "documents": documents})).collect()
}

fn record(place: usize, document: &Document, punctuation: Punctuation) -> Value {
    let shown = |text: &str| official::flow::shown(text, punctuation);
    let title = shown(&document.title);
    json!({
        "anchor": format!("document-{}", place + 1),
        "title": title,
        "title-lines": title::lines(&title, &document.issuer, TITLE_MOST, &official::cohesion(document)),
        "number": document.number.to_string(),
        "addressees": shown(&document.addressees.join("、")),
        "body": official::body_records(document, punctuation),
        "annexes": official::listed(document, &document.foot, punctuation),
        "signature": official::signature_record(document, &[], false),
        "notes": ["（此件公开发布）"],
        "parts": official::part_records(document, PART_TITLE_MOST, punctuation),
    })
}

fn root(root: &Root) -> Result<Value, Error> {
    Ok(json!({"lines": root.lines, "qr-svg": crate::qr::qr_svg(&root.checkpoint)?}))
}
