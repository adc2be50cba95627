//! A publication as Akoma Ntoso 3.0 (OASIS LegalDocML): metadata by work, expression and manifestation, the text clause by clause.

use super::{Section, SectionKind};
use crate::formats::NAMESPACE;
use crate::formats::xml::Xml;
use jiff::civil::Date;

/// What stands before the text.
#[derive(Debug, Clone, Copy)]
pub struct Meta<'a> {
    /// Its permanent address.
    pub address: &'a str,
    /// Title.
    pub title: &'a str,
    /// Number.
    pub number: Option<&'a str>,
    /// Who issues it.
    pub issuer: Option<&'a str>,
    /// Date of signature, or the first day on which it was public.
    pub dated: Date,
    /// Since when the text reads so.
    pub since: Date,
}

/// The document as XML.
#[must_use]
pub fn akn(meta: &Meta<'_>, sections: &[Section]) -> String {
    let mut xml = Xml::new();
    xml.element("akomaNtoso", &[("xmlns", NAMESPACE)], |xml| {
        xml.element("doc", &[("name", "document")], |xml| {
            xml.element("meta", &[], |xml| head(xml, meta));
            xml.element("preface", &[], |xml| preface(xml, meta));
            xml.element("mainBody", &[], |xml| {
                for (place, section) in sections.iter().enumerate() {
                    one(xml, place + 1, section);
                }
                if sections.is_empty() {
                    xml.empty("p", &[]);
                }
            });
        });
    });
    xml.finish()
}

fn head(xml: &mut Xml, meta: &Meta<'_>) {
    let (dated, since) = (meta.dated.to_string(), meta.since.to_string());
    let (then, file) = (format!("{}?on={since}", meta.address), format!("{}.xml", meta.address));
    xml.element("identification", &[("source", "#issuer")], |xml| {
        level(xml, "FRBRWork", meta.address, (&dated, "signed"), |xml| {
            xml.empty("FRBRcountry", &[("value", "cn")]);
            if let Some(number) = meta.number {
                xml.empty("FRBRnumber", &[("value", number)]);
            }
        });
        level(xml, "FRBRExpression", &then, (&since, "in-this-text"), |xml| {
            xml.empty("FRBRlanguage", &[("language", "zho")]);
        });
        level(xml, "FRBRManifestation", &file, (&since, "generated"), |_| {});
    });
    xml.element("references", &[("source", "#issuer")], |xml| {
        let shown = meta.issuer.unwrap_or_default();
        xml.empty(
            "TLCOrganization",
            &[("eId", "issuer"), ("href", "/ontology/organization/issuer"), ("showAs", shown)],
        );
    });
}

/// One of the three levels at which FRBR names a document.
fn level(xml: &mut Xml, name: &str, address: &str, (date, of): (&str, &str), more: impl FnOnce(&mut Xml)) {
    xml.element(name, &[], |xml| {
        xml.empty("FRBRthis", &[("value", address)]);
        xml.empty("FRBRuri", &[("value", address)]);
        xml.empty("FRBRdate", &[("date", date), ("name", of)]);
        xml.empty("FRBRauthor", &[("href", "#issuer")]);
        more(xml);
    });
}

fn preface(xml: &mut Xml, meta: &Meta<'_>) {
    for (name, text) in [("docProponent", meta.issuer), ("docTitle", Some(meta.title)), ("docNumber", meta.number)] {
        if let Some(text) = text {
            xml.element("p", &[], |xml| xml.text(name, &[], text));
        }
    }
}

/// One section: a heading stands in the text as a clause of its own, as gazettes print it.
fn one(xml: &mut Xml, place: usize, section: &Section) {
    let id = section.anchor.clone().unwrap_or_else(|| format!("p{place}"));
    xml.element("paragraph", &[("eId", &id)], |xml| match (&section.kind, &section.cited) {
        (SectionKind::Table(head, rows), _) => xml.element("content", &[], |xml| table(xml, head, rows)),
        (SectionKind::Heading(_), _) => {
            xml.text("heading", &[], &section.text);
            xml.element("content", &[], |xml| xml.empty("p", &[]));
        }
        (_, cited) => {
            if let Some(cited) = cited {
                xml.empty("num", &[("title", cited)]);
            }
            xml.element("content", &[], |xml| xml.text("p", &[], &section.text));
        }
    });
}

fn table(xml: &mut Xml, head: &[String], rows: &[Vec<String>]) {
    xml.element("table", &[], |xml| {
        let lines = std::iter::once((head, "th")).chain(rows.iter().map(|cells| (cells.as_slice(), "td")));
        for (cells, name) in lines {
            xml.element("tr", &[], |xml| {
                for cell in cells {
                    xml.element(name, &[], |xml| xml.text("p", &[], cell));
                }
            });
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body::read;
    use jiff::civil::date;

    #[test]
    fn every_section_has_an_id_and_every_mark_is_closed() {
        let meta = Meta {
            address: "https://example.cn/gazette/documents/a&b/2022/1",
            title: "关于<春耕>的\"通知\"",
            number: Some("示政发〔2022〕1号"),
            issuer: None,
            dated: date(2022, 1, 2),
            since: date(2022, 1, 3),
        };
        let xml = akn(&meta, &read("一、总则\n正文\u{1}\n第一条 目的。\n甲\t乙\n1\t2"));
        let ids: Vec<&str> = xml.split("eId=\"").skip(2).filter_map(|rest| rest.split('"').next()).collect();
        assert_eq!(ids, ["s1", "p2", "a1", "p4"]);
        assert!(xml.contains("关于&lt;春耕&gt;的&quot;通知&quot;") && !xml.contains('\u{1}'), "{xml}");
        let mut open = Vec::new();
        for mark in xml.split('<').skip(2).filter_map(|part| part.split('>').next()) {
            let name = mark.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default();
            if mark.starts_with('/') {
                assert_eq!(open.pop(), Some(name), "{xml}");
            } else if !mark.ends_with('/') {
                open.push(name);
            }
        }
        assert!(open.is_empty(), "{open:?}");
    }
}
