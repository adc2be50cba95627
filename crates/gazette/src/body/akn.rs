//! A publication as Akoma Ntoso 3.0 (OASIS LegalDocML): metadata by work, expression and manifestation, the text clause by clause.

use super::{Section, SectionKind};
use jiff::civil::Date;
use std::fmt::Write;

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
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    out.push_str("<akomaNtoso xmlns=\"http://docs.oasis-open.org/legaldocml/ns/akn/3.0\">\n<doc name=\"document\">\n");
    head(&mut out, meta);
    out.push_str("<preface>");
    for (name, text) in [("docProponent", meta.issuer), ("docTitle", Some(meta.title)), ("docNumber", meta.number)] {
        if let Some(text) = text {
            out.push_str(&format!("<p><{name}>{}</{name}></p>", escaped(text)));
        }
    }
    out.push_str("</preface>\n<mainBody>\n");
    for (place, section) in sections.iter().enumerate() {
        one(&mut out, place + 1, section);
    }
    if sections.is_empty() {
        out.push_str("<p/>\n");
    }
    out.push_str("</mainBody>\n</doc>\n</akomaNtoso>\n");
    out
}

fn head(out: &mut String, meta: &Meta<'_>) {
    let address = escaped(meta.address);
    let (dated, since) = (meta.dated, meta.since);
    write!(
        out,
        "<meta><identification source=\"#issuer\">\
         <FRBRWork><FRBRthis value=\"{address}\"/><FRBRuri value=\"{address}\"/>\
         <FRBRdate date=\"{dated}\" name=\"signed\"/><FRBRauthor href=\"#issuer\"/><FRBRcountry value=\"cn\"/>{}</FRBRWork>\
         <FRBRExpression><FRBRthis value=\"{address}?on={since}\"/><FRBRuri value=\"{address}?on={since}\"/>\
         <FRBRdate date=\"{since}\" name=\"in-this-text\"/><FRBRauthor href=\"#issuer\"/><FRBRlanguage language=\"zho\"/></FRBRExpression>\
         <FRBRManifestation><FRBRthis value=\"{address}.xml\"/><FRBRuri value=\"{address}.xml\"/>\
         <FRBRdate date=\"{since}\" name=\"generated\"/><FRBRauthor href=\"#issuer\"/></FRBRManifestation>\
         </identification><references source=\"#issuer\"><TLCOrganization eId=\"issuer\" href=\"/ontology/organization/issuer\" showAs=\"{}\"/></references></meta>\n",
        meta.number.map(|number| format!("<FRBRnumber value=\"{}\"/>", escaped(number))).unwrap_or_default(),
        escaped(meta.issuer.unwrap_or_default()),
    )
    .expect("writing to a string never fails");
}

/// One section: a heading stands in the text as a clause of its own, as gazettes print it.
fn one(out: &mut String, place: usize, section: &Section) {
    let id = section.anchor.clone().unwrap_or_else(|| format!("p{place}"));
    let id = escaped(&id);
    let text = escaped(&section.text);
    let line = match (&section.kind, &section.cited) {
        (SectionKind::Table(head, rows), _) => table(&id, head, rows),
        (SectionKind::Heading(_), _) => {
            format!("<paragraph eId=\"{id}\"><heading>{text}</heading><content><p/></content></paragraph>\n")
        }
        (_, Some(cited)) => {
            format!(
                "<paragraph eId=\"{id}\"><num title=\"{}\"/><content><p>{text}</p></content></paragraph>\n",
                escaped(cited)
            )
        }
        (_, None) => format!("<paragraph eId=\"{id}\"><content><p>{text}</p></content></paragraph>\n"),
    };
    out.push_str(&line);
}

fn table(id: &str, head: &[String], rows: &[Vec<String>]) -> String {
    let row = |cells: &[String], name: &str| {
        let cells: String = cells.iter().map(|cell| format!("<{name}><p>{}</p></{name}>", escaped(cell))).collect();
        format!("<tr>{cells}</tr>")
    };
    let rows: String = rows.iter().map(|cells| row(cells, "td")).collect();
    format!("<paragraph eId=\"{id}\"><content><table>{}{rows}</table></content></paragraph>\n", row(head, "th"))
}

/// A text within XML: marks of its own kind are written as entities, what XML cannot hold is left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(sign),
            sign if sign < ' ' || matches!(sign, '\u{fffe}' | '\u{ffff}') => {}
            sign => out.push(sign),
        }
    }
    out
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
