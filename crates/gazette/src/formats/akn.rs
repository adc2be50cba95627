//! Akoma Ntoso 3.0 (OASIS LegalDocML): an official gazette whose components are its documents.
//!
//! Headings become the hierarchy (chapter, article, section, subsection, paragraph, subparagraph), the signature block
//! the conclusions, instruments, annexes and sheets the attachments.

use super::xml::Xml;
use super::{NAMESPACE, is_title, split_marker};
use crate::model::{Block, BlockKind, Document, Gazette, Level, Part, PartKind, Table};

/// What stands where a date must and none is known.
const NO_DATE: &str = "0001-01-01";

/// A gazette as an Akoma Ntoso document.
pub fn akn(gazette: &Gazette) -> String {
    let mut xml = Xml::new();
    xml.element("akomaNtoso", &[("xmlns", NAMESPACE)], |xml| {
        xml.element("officialGazette", &[("name", "gazette"), ("contains", "originalVersion")], |xml| {
            issue(gazette, xml)
        });
    });
    xml.finish()
}

fn issue(gazette: &Gazette, xml: &mut Xml) {
    let issue = &gazette.issue;
    let date = issue.published_on.map_or_else(|| NO_DATE.to_owned(), |date| date.to_string());
    let number =
        issue.year.zip(issue.number).map_or_else(|| "0".to_owned(), |(year, number)| format!("{year}-{number}"));
    let work = Work {
        agent: "issuer".to_owned(),
        uri: format!("/akn/cn/officialGazette/{date}/{number}"),
        date: &date,
        number: &number,
        author: issue.sponsor.as_deref().unwrap_or("-"),
        title: issue.name.as_deref().unwrap_or("-"),
    };
    work.meta(xml);
    if !gazette.front.is_empty() {
        xml.element("coverPage", &[], |xml| {
            cover(&gazette.front, xml);
            contents(gazette, xml);
        });
    }
    xml.element("collectionBody", &[], |xml| {
        for (index, document) in gazette.documents.iter().enumerate() {
            let id = format!("component_{}", index + 1);
            xml.element("component", &[("eId", &id)], |xml| self::document(document, &work, &id, xml));
        }
        if gazette.documents.is_empty() {
            xml.element("component", &[("eId", "component_1")], |xml| {
                xml.element("interstitial", &[("eId", "component_1__content")], |xml| xml.text("p", &[], ""));
            });
        }
    });
    if !gazette.back.is_empty() {
        xml.element("conclusions", &[], |xml| cover(&gazette.back, xml));
    }
}

fn contents(gazette: &Gazette, xml: &mut Xml) {
    if gazette.contents.is_empty() {
        return;
    }
    xml.element("toc", &[("eId", "toc")], |xml| {
        for entry in &gazette.contents {
            let target = entry.document.map_or_else(|| "#".to_owned(), |index| format!("#component_{}", index + 1));
            let number = entry.number.as_ref().map(|number| format!("（{number}）")).unwrap_or_default();
            let text = format!("{}{number} {}", entry.title, entry.page);
            xml.text("tocItem", &[("href", &target), ("level", "1")], &text);
        }
    });
}

/// Everything on the covers; the contents are told by what was read of them.
fn cover(blocks: &[Block], xml: &mut Xml) {
    for block in blocks.iter().filter(|block| block.kind == BlockKind::Cover) {
        xml.text("p", &[], &block.text);
    }
}

fn document(document: &Document, issue: &Work<'_>, id: &str, xml: &mut Xml) {
    let number = document.number.to_string();
    let date = document.signed_on.map_or_else(|| issue.date.to_owned(), |date| date.to_string());
    let work = Work {
        agent: format!("{id}__issuer"),
        uri: format!("/akn/cn/doc/{date}/{number}"),
        date: &date,
        number: &number,
        author: if document.issuer.is_empty() { "-" } else { &document.issuer },
        title: &document.title,
    };
    xml.element("doc", &[("name", document.kind.as_deref().unwrap_or("公文"))], |xml| {
        work.meta(xml);
        xml.element("preface", &[], |xml| {
            for block in &document.head {
                match block.kind {
                    BlockKind::Title => xml.element("p", &[], |xml| xml.text("docTitle", &[], &document.title)),
                    BlockKind::Number => xml.element("p", &[], |xml| xml.text("docNumber", &[], &number)),
                    _ => xml.text("p", &[("class", "addressee")], &block.text),
                }
            }
        });
        xml.element("mainBody", &[], |xml| body(&document.body, id, xml));
        if !document.foot.is_empty() {
            xml.element("conclusions", &[], |xml| document.foot.iter().for_each(|block| foot(block, &date, xml)));
        }
        if !document.parts.is_empty() {
            xml.element("attachments", &[], |xml| {
                for (index, part) in document.parts.iter().enumerate() {
                    let id = format!("{id}__att_{}", index + 1);
                    xml.element("attachment", &[("eId", &id)], |xml| self::part(part, &work, &id, xml));
                }
            });
        }
    });
}

fn foot(block: &Block, date: &str, xml: &mut Xml) {
    match block.kind {
        BlockKind::Signature => xml.element("p", &[], |xml| xml.text("signature", &[], &block.text)),
        BlockKind::Date => xml.element("p", &[], |xml| xml.text("docDate", &[("date", date)], &block.text)),
        _ => blocks(block, xml),
    }
}

fn part(part: &Part, document: &Work<'_>, id: &str, xml: &mut Xml) {
    let name = match part.kind {
        PartKind::Instrument => "instrument",
        PartKind::Annex { .. } => "annex",
        PartKind::Sheet => "sheet",
    };
    let uri = format!("{}/{}", document.uri, id.rsplit("__").next().unwrap_or(id));
    let work = Work { agent: format!("{id}__issuer"), uri, title: &part.title, ..*document };
    xml.element("doc", &[("name", name)], |xml| {
        work.meta(xml);
        let title = |block: &&Block| matches!(block.kind, BlockKind::Title | BlockKind::AnnexMarker);
        let head: Vec<&Block> = part.blocks.iter().take_while(title).collect();
        if !head.is_empty() {
            xml.element("preface", &[], |xml| {
                for block in &head {
                    match block.kind {
                        BlockKind::Title => xml.element("p", &[], |xml| xml.text("docTitle", &[], &part.title)),
                        _ => xml.text("p", &[("class", "annex_marker")], &block.text),
                    }
                }
            });
        }
        xml.element("mainBody", &[], |xml| body(&part.blocks[head.len()..], id, xml));
    });
}

/// A body; it has at least one element.
fn body(blocks: &[Block], id: &str, xml: &mut Xml) {
    if blocks.is_empty() {
        xml.text("p", &[], "");
    }
    for (index, block) in blocks.iter().enumerate() {
        hierarchy(block, &format!("{id}__{}", index + 1), xml);
    }
}

/// A heading with what stands under it, or a plain block.
fn hierarchy(block: &Block, id: &str, xml: &mut Xml) {
    let BlockKind::Heading(level) = block.kind else { return blocks(block, xml) };
    let (marker, text) = split_marker(block);
    let nested = block.children.iter().position(|child| matches!(child.kind, BlockKind::Heading(_)));
    let (plain, headings) = block.children.split_at(nested.unwrap_or(block.children.len()));
    let titled = is_title(block);
    xml.element(element(level), &[("eId", id)], |xml| {
        xml.text("num", &[], marker);
        if titled {
            xml.text("heading", &[], text);
        }
        if !(titled && plain.is_empty()) {
            let around = if headings.is_empty() { "content" } else { "intro" };
            xml.element(around, &[], |xml| {
                if !titled {
                    xml.text("p", &[], text);
                }
                plain.iter().for_each(|block| blocks(block, xml));
            });
        }
        for (index, heading) in headings.iter().enumerate() {
            hierarchy(heading, &format!("{id}__{}", index + 1), xml);
        }
    });
}

fn element(level: Level) -> &'static str {
    match level {
        Level::Chapter => "chapter",
        Level::Article => "article",
        Level::One => "section",
        Level::Two => "subsection",
        Level::Three => "paragraph",
        Level::Four => "subparagraph",
    }
}

fn blocks(block: &Block, xml: &mut Xml) {
    let class = match block.kind {
        BlockKind::Table => return block.table.iter().for_each(|table| self::table(table, xml)),
        BlockKind::Item => "list_item",
        BlockKind::Responsibility => "responsibility",
        BlockKind::Addressee => "addressee",
        BlockKind::Closing => "closing",
        BlockKind::PublicMark => "public_mark",
        BlockKind::AnnexMarker => "annex_marker",
        BlockKind::AnnexEntry => "annex_entry",
        BlockKind::FormFoot => "form_foot",
        _ => return xml.text("p", &[], &block.text),
    };
    xml.text("p", &[("class", class)], &block.text);
}

fn table(table: &Table, xml: &mut Xml) {
    let rows = || table.header.iter().map(|row| ("th", row)).chain(table.rows.iter().map(|row| ("td", row)));
    if rows().next().is_some() {
        xml.element("table", &[], |xml| {
            for (cell, row) in rows() {
                xml.element("tr", &[], |xml| row.iter().for_each(|text| self::cell(cell, text, xml)));
            }
        });
    }
    for note in &table.notes {
        xml.text("p", &[], note);
    }
    // Rules without rows between them leave nothing to show, but whatever holds blocks may hold only this one.
    if rows().next().is_none() && table.notes.is_empty() {
        xml.text("p", &[], "");
    }
}

fn cell(name: &str, text: &str, xml: &mut Xml) {
    xml.element(name, &[], |xml| text.lines().for_each(|line| xml.text("p", &[], line)));
}

/// What identifies a work, an expression and a manifestation (FRBR).
struct Work<'a> {
    /// Id of whom it is from, within the whole gazette.
    agent: String,
    uri: String,
    date: &'a str,
    number: &'a str,
    author: &'a str,
    title: &'a str,
}

impl Work<'_> {
    fn meta(&self, xml: &mut Xml) {
        let agent = format!("#{}", self.agent);
        xml.element("meta", &[], |xml| {
            xml.element("identification", &[("source", &agent)], |xml| {
                self.level("FRBRWork", &self.uri, xml, |xml| {
                    xml.empty("FRBRcountry", &[("value", "cn")]);
                    xml.empty("FRBRnumber", &[("value", self.number)]);
                    xml.empty("FRBRname", &[("value", self.title)]);
                });
                let expression = format!("{}/zho@", self.uri);
                self.level("FRBRExpression", &expression, xml, |xml| xml.empty("FRBRlanguage", &[("language", "zho")]));
                let manifestation = format!("{expression}.xml");
                self.level("FRBRManifestation", &manifestation, xml, |xml| {
                    xml.empty("FRBRformat", &[("value", "text/xml")])
                });
            });
            xml.element("references", &[("source", &agent)], |xml| {
                let href = format!("/akn/ontology/organization/cn/{}", self.author);
                xml.empty("TLCOrganization", &[("eId", &self.agent), ("href", &href), ("showAs", self.author)]);
            });
        });
    }

    fn level(&self, name: &str, uri: &str, xml: &mut Xml, more: impl FnOnce(&mut Xml)) {
        xml.element(name, &[], |xml| {
            xml.empty("FRBRthis", &[("value", &format!("{uri}/!main"))]);
            xml.empty("FRBRuri", &[("value", uri)]);
            xml.empty("FRBRdate", &[("date", self.date), ("name", "issued")]);
            xml.empty("FRBRauthor", &[("href", &format!("#{}", self.agent))]);
            more(xml);
        });
    }
}
