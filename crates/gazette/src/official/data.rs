//! What the template of one document reads.

use jiff::civil::Date;
use serde_json::{Value, json};

use super::title::Cohesion;
use super::{Error, Form, Options, Punctuation, UPWARD, flow, title};
use crate::model::{Attachment, Block, BlockKind, Document, Part, PartKind, Signature};
use crate::qr::{TooLong, qr_svg};

/// How many characters of size 2 (22 pt) stand on 156 mm.
const TITLE_MOST: usize = 20;

/// More characters than fit one page with a head: 13 lines.
const ONE_PAGE: usize = 13 * 28;

pub(super) fn of(document: &Document, options: &Options) -> Result<Value, Error> {
    check(document)?;
    let form = options.form.unwrap_or_else(|| Form::of(document));
    let cohesion = cohesion(document);
    let shown = |text: &str| flow::shown(text, options.punctuation);
    let mut masthead = vec![document.issuer.clone()];
    masthead.extend(options.joint_issuers.iter().cloned());
    if form == Form::Letter {
        // A joint letter carries the name of the body that leads (10.1).
        masthead.truncate(1);
    }
    let body = body_records(document, options.punctuation);
    let (copies_to, printed_by) = (options.copies_to.as_deref(), options.printed_by.as_deref());
    Ok(json!({
        "form": if form == Form::Letter { "letter" } else { "general" },
        "issuer": document.issuer,
        "masthead": masthead,
        "masthead-suffix": if form == Form::Letter { "" } else { "文件" },
        "stamps": stamps(options),
        "number": document.number.to_string(),
        "kind": document.kind,
        "signers": signers(document, options),
        "title": title::lines(&shown(&document.title), &document.issuer, TITLE_MOST, &cohesion),
        "addressees": shown(&document.addressees.join("、")),
        "short": is_short(&body),
        "body": body,
        "annexes": listed(document, &document.foot, options.punctuation),
        "signature": signature(document, options),
        "notes": document.public_mark.map(|_| "（此件公开发布）").into_iter().collect::<Vec<_>>(),
        "parts": part_records(document, TITLE_MOST, options.punctuation),
        "copies-to": copies_to.map(|names| names.trim_end_matches(['。', '.'])),
        "printed-by": printed_by,
        "printed-on": options.printed_on.map(date_text),
        "duplex": options.duplex,
        "proof": proof_of(options.permalink.as_deref())?,
    }))
}

/// Whether a text may fit one page with its head and signature: then the template looks whether it does.
fn is_short(body: &[Value]) -> bool {
    let letters = |record: &Value| record["text"].as_str().map_or(ONE_PAGE, |text| text.chars().count());
    body.iter().map(letters).sum::<usize>() <= ONE_PAGE
}

/// Whether a document has what every print of it shows.
pub(crate) fn check(document: &Document) -> Result<(), Error> {
    let lacks = |zh, en| Error::Lacks { number: document.number.to_string(), zh, en };
    if document.title.trim().is_empty() {
        return Err(lacks("标题", "title"));
    }
    if document.issuer.trim().is_empty() { Err(lacks("发文机关", "issuer")) } else { Ok(()) }
}

/// An address and its QR code, if there is one.
pub(crate) fn proof_of(address: Option<&str>) -> Result<Value, TooLong> {
    address.map_or(Ok(Value::Null), |address| Ok(json!({"address": address, "qr-svg": qr_svg(address)?})))
}

/// A date as documents write it: Arabic numerals, no leading zero (gz-x.5).
pub(crate) fn date_text(date: Date) -> String {
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}

/// The text proper, with the closing words that stand before the signature.
pub(crate) fn body_records(document: &Document, punctuation: Punctuation) -> Vec<Value> {
    let mut records = flow::records(&document.body, punctuation);
    records.extend(flow::records(&document.foot, punctuation));
    records
}

/// What the words of a document are, for the breaking of its titles.
pub(crate) fn cohesion(document: &Document) -> Cohesion {
    let mut cohesion = Cohesion::default();
    cohesion.learn(&document.title);
    let parts = document.parts.iter().flat_map(|part| &part.blocks);
    for block in document.body.iter().chain(&document.foot).chain(parts) {
        learn(&mut cohesion, block);
    }
    cohesion
}

fn learn(cohesion: &mut Cohesion, block: &Block) {
    cohesion.learn(&block.text);
    block.children.iter().for_each(|child| learn(cohesion, child));
}

/// The annex list, at the place where it was printed: under the document or at the end of a part.
pub(crate) fn listed(document: &Document, blocks: &[Block], punctuation: Punctuation) -> Vec<Value> {
    if !flow::has(blocks, BlockKind::AnnexEntry) {
        return Vec::new();
    }
    let annex = |annex: &Attachment| {
        let title = annex.listed_title.as_deref()?;
        Some(json!({"ordinal": annex.ordinal, "title": flow::shown(title, punctuation)}))
    };
    document.attachments.iter().filter_map(annex).collect()
}

/// Instruments, annexes and sheets in their order.
pub(crate) fn part_records(document: &Document, title_most: usize, punctuation: Punctuation) -> Vec<Value> {
    let cohesion = cohesion(document);
    let part = |part: &Part| {
        let mark = match part.kind {
            PartKind::Annex { ordinal } => {
                Some(ordinal.map_or_else(|| "附件".to_owned(), |ordinal| format!("附件{ordinal}")))
            }
            PartKind::Instrument | PartKind::Sheet => None,
        };
        let title = flow::shown(part.title.trim(), punctuation);
        let title = if title.is_empty() { Vec::new() } else { title::lines(&title, "", title_most, &cohesion) };
        json!({
            "mark": mark,
            "title": title,
            "body": flow::records(&part.blocks, punctuation),
            "annexes": listed(document, &part.blocks, punctuation),
        })
    };
    document.parts.iter().map(part).collect()
}

/// Who signs and when; the seal goes over both unless the holder of a post signs.
pub(crate) fn signature_record(document: &Document, joint: &[String], sealed: bool) -> Value {
    let Signature { issuer, post, holder, .. } = &document.signature;
    let mut issuers = vec![issuer.as_deref().unwrap_or(&document.issuer)];
    issuers.extend(joint.iter().map(String::as_str));
    json!({
        "issuers": issuers,
        "post": post,
        "holder": holder.as_deref().unwrap_or_default(),
        "date": document.signed_on.map_or_else(|| "　　年　月　日".to_owned(), date_text),
        "sealed": sealed && post.is_none(),
    })
}

fn signature(document: &Document, options: &Options) -> Value {
    signature_record(document, &options.joint_issuers, options.sealed)
}

fn stamps(options: &Options) -> Vec<String> {
    let copy_number = options.copy_number.map(|number| format!("{number:06}"));
    copy_number.into_iter().chain(options.secrecy.clone()).chain(options.urgency.clone()).collect()
}

/// Who signed for issue; a document that goes up without a name keeps the room for it.
fn signers(document: &Document, options: &Options) -> Vec<String> {
    let upward = document.kind.as_deref().is_some_and(|kind| UPWARD.contains(&kind));
    if options.signers.is_empty() && upward { vec!["　　　".to_owned()] } else { options.signers.clone() }
}
