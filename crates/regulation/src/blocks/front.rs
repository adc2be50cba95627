//! The front matter of a regulation.

use super::Keys;
use super::block::is_name;
use crate::findings::{Sink, reading};
use crate::model::{Label, Name, Supplement};
use crate::source::{Source, Words};
use crate::span::Span;
use crate::text::Piece;
use crate::text::yaml::{Anchors, Node, parse};
use jiff::civil::Date;

/// What the front matter says.
#[derive(Debug, Clone)]
pub(crate) struct Front {
    pub id: Name,
    pub title: Label,
    pub number: String,
    pub issuer: Name,
    pub issued: Date,
    pub effective: Date,
    pub until: Option<Date>,
    pub trial: bool,
    pub public: bool,
    pub supplement: Option<Supplement>,
    pub basis: Vec<String>,
    pub uses: Vec<Words>,
    /// Where the id stands.
    pub span: Span,
}

const KEYS: [&str; 12] = [
    "id",
    "title",
    "number",
    "issuer",
    "issued",
    "effective",
    "until",
    "status",
    "public",
    "basis",
    "supplement",
    "uses",
];

/// Reads it; what is missing is a finding, and then the regulation has no front matter.
pub(crate) fn read(source: &Source, piece: &Piece, sink: &Sink) -> Option<Front> {
    let node = parse(source, piece, &mut Anchors::new(), sink)?;
    let keys = Keys::open(&node, &KEYS, sink);
    let head = source.span(0, 3);
    let id = keys.required("id", &head);
    let good_id = id.filter(|id| is_name(&id.text));
    if let (Some(id), None) = (id, good_id) {
        sink.add(reading::bad_name(&id.span, &id.text));
    }
    if keys.get("title").is_none() {
        sink.add(reading::missing_key(&head, "title"));
    }
    let number = keys.required("number", &head);
    let issuer = keys.required("issuer", &head);
    let issued = keys.required("issued", &head).and_then(|words| date(words, sink));
    let effective = keys.required("effective", &head).and_then(|words| date(words, sink));
    let until = keys.words("until").and_then(|words| date(words, sink));
    let trial = keys.words("status").is_some_and(|status| trial(status, sink));
    order(effective, until, keys.words("until"), sink);
    let id = good_id?;
    Some(Front {
        id: id.text.clone(),
        title: keys.label("title", &id.text),
        number: number?.text.clone(),
        issuer: issuer?.text.clone(),
        issued: issued?,
        effective: effective?,
        until,
        trial,
        public: keys.get("public").is_none() || keys.yes("public"),
        supplement: keys.get("supplement").and_then(|node| supplement(node, sink)),
        basis: keys.list("basis").into_iter().map(|words| words.text.clone()).collect(),
        uses: keys.names("uses"),
        span: id.span.clone(),
    })
}

/// What weaving a county's supplement into the text left in its front matter.
fn supplement(node: &Node, sink: &Sink) -> Option<Supplement> {
    let keys = Keys::open(node, &["title", "number", "issuer", "issued", "effective"], sink);
    Some(Supplement {
        title: keys.required("title", &node.span)?.text.clone(),
        number: keys.required("number", &node.span)?.text.clone(),
        issuer: keys.required("issuer", &node.span)?.text.clone(),
        issued: keys.required("issued", &node.span).and_then(|words| date(words, sink))?,
        effective: keys.required("effective", &node.span).and_then(|words| date(words, sink))?,
        at: 0,
    })
}

/// A date, written `2022-02-10`.
pub(crate) fn date(words: &Words, sink: &Sink) -> Option<Date> {
    let date = words.text.trim().parse::<Date>().ok().filter(|_| words.text.trim().len() == 10);
    if date.is_none() {
        sink.add(reading::wrong_shape(&words.span, "日期，如 2022-02-10", "a date such as 2022-02-10"));
    }
    date
}

fn trial(status: &Words, sink: &Sink) -> bool {
    if status.text != "trial" {
        sink.add(reading::bad_front(
            &status.span,
            "`status` 只能写 `trial`（试行）或不写",
            "`status` is `trial` or absent",
        ));
    }
    status.text == "trial"
}

fn order(effective: Option<Date>, until: Option<Date>, words: Option<&Words>, sink: &Sink) {
    if let (Some(effective), Some(until), Some(words)) = (effective, until, words)
        && until < effective
    {
        sink.add(reading::bad_front(&words.span, "失效日早于生效日", "the last day in force is before the first"));
    }
}
