//! A publication in other formats, all made from the same sections: JSON, Markdown, Akoma Ntoso, and linked data for search engines.

use super::text::Shown;
use super::{address, citation, missing, number};
use crate::problem::Problem;
use crate::site::Running;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use gazette::body::{Meta, SectionKind, akn};
use regulation::model::PublicationKind;
use serde_json::{Value, json};
use store::Snapshot;
use store::search::Number;

/// A format by the end of the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Page,
    Json,
    Markdown,
    Xml,
    Pdf,
}

impl Format {
    /// The formats beside the page: end of the address, and name.
    pub const OFFERED: [(&'static str, &'static str); 4] =
        [(".pdf", "PDF"), (".md", "Markdown"), (".xml", "XML (Akoma Ntoso)"), (".json", "JSON")];

    /// The last part of an address without its format.
    pub fn split(part: &str) -> (&str, Format) {
        let ends = [(".json", Format::Json), (".md", Format::Markdown), (".xml", Format::Xml), (".pdf", Format::Pdf)];
        let found = ends.iter().find_map(|(end, format)| Some((part.strip_suffix(end)?, *format)));
        found.unwrap_or((part, Format::Page))
    }
}

/// The publication in a format.
pub(super) fn answer(
    app: &Running,
    snapshot: &dyn Snapshot,
    shown: &Shown,
    format: Format,
) -> Result<Response, Problem> {
    let url = &app.site.public_url;
    let (media, text) = match format {
        Format::Json => ("application/json", data(url, shown).to_string()),
        Format::Markdown => ("text/markdown; charset=utf-8", markdown(url, shown)),
        Format::Xml => ("application/akn+xml; charset=utf-8", xml(url, shown)),
        Format::Pdf => return super::print::answer(app, snapshot, shown),
        Format::Page => return Err(missing()),
    };
    Ok(([(CONTENT_TYPE, media)], text).into_response())
}

/// All of it as data.
pub(crate) fn data(url: &str, shown: &Shown) -> Value {
    let (line, publication) = (&shown.line, shown.publication());
    let parts = line.number.as_deref().and_then(Number::read);
    let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string());
    let related = |line: &store::publications::PublicationLine| json!({ "number": number(line), "title": line.title, "url": format!("{url}{}", address(line)) });
    let sections: Vec<Value> = shown
        .sections
        .iter()
        .map(|section| match &section.kind {
            SectionKind::Table(head, rows) => json!({ "kind": "table", "head": head, "rows": rows }),
            kind => json!({ "kind": kind_name(kind), "text": section.text, "anchor": section.anchor, "cited": section.cited }),
        })
        .collect();
    json!({
        "url": format!("{url}{}", address(line)),
        "kind": line.kind.code(),
        "number": number(line),
        "series": parts.as_ref().map(|number| &number.series),
        "year": parts.as_ref().map(|number| number.year),
        "serial": parts.as_ref().map(|number| number.serial),
        "title": publication.title,
        "issuer": publication.issuer,
        "category": publication.category,
        "signed_on": day(publication.signed_on),
        "published_on": line.public_on.to_string(),
        "effective_on": day(line.effective_on),
        "until": day(line.until),
        "repealed_on": day(line.repealed_on),
        "note": publication.note,
        "issue": shown.whole.as_ref().map(related),
        "parts": shown.parts.iter().map(related).collect::<Vec<_>>(),
        "relations": shown.own.iter().map(|(relation, named, other)| json!({ "relation": relation.code(), "to": named, "url": other.as_ref().map(|line| format!("{url}{}", address(line))) })).collect::<Vec<_>>(),
        "related": shown.about.iter().map(|one| json!({ "relation": one.relation.code(), "by": related(&one.line) })).collect::<Vec<_>>(),
        "versions": shown.versions.iter().map(|version| json!({ "version": version.seq, "since": version.since.to_string(), "recorded_at": version.at.to_string() })).collect::<Vec<_>>(),
        "version": shown.versions[shown.read].seq,
        "regulation": shown.runs.as_ref().map(|runs| &runs.id),
        "attachments": publication.attachments.iter().map(|file| json!({ "name": file.name, "size": file.size, "sm3": file.digest, "url": format!("{url}/gazette/items/{}/files/{}", line.matter, file.digest) })).collect::<Vec<_>>(),
        "body": publication.body,
        "sections": sections,
    })
}

fn kind_name(kind: &SectionKind) -> &'static str {
    match kind {
        SectionKind::Heading(_) => "heading",
        SectionKind::Paragraph => "paragraph",
        SectionKind::Item => "item",
        SectionKind::Table(..) => "table",
    }
}

fn markdown(url: &str, shown: &Shown) -> String {
    let (line, publication) = (&shown.line, shown.publication());
    let mut out = String::from("---\n");
    let quoted = |text: &str| serde_json::to_string(text).expect("a text always prints");
    let mut put = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            out.push_str(&format!("{name}: {value}\n"));
        }
    };
    put("title", Some(quoted(&publication.title)));
    put("number", number(line).map(|number| quoted(&number)));
    put("issuer", publication.issuer.as_deref().map(quoted));
    put("signed", publication.signed_on.map(|day| day.to_string()));
    put("published", Some(line.public_on.to_string()));
    put("effective", line.effective_on.map(|day| day.to_string()));
    put("until", line.until.map(|day| day.to_string()));
    put("url", Some(format!("{url}{}", address(line))));
    out.push_str("---\n\n");
    out.push_str(&format!("# {}\n", publication.title));
    for section in &shown.sections {
        out.push('\n');
        match &section.kind {
            SectionKind::Heading(level) => {
                out.push_str(&format!("{} {}", "#".repeat(usize::from(*level) + 1), section.text))
            }
            SectionKind::Item => out.push_str(&format!("- {}", section.text)),
            SectionKind::Paragraph => out.push_str(&section.text),
            SectionKind::Table(head, rows) => table(&mut out, head, rows),
        }
        if let Some(anchor) = &section.anchor {
            out.push_str(&format!(" {{#{anchor}}}"));
        }
        out.push('\n');
    }
    for part in &shown.parts {
        out.push_str(&format!("\n- [{}]({url}{})\n", citation(part), address(part)));
    }
    out
}

fn table(out: &mut String, head: &[String], rows: &[Vec<String>]) {
    let row = |cells: &[String]| {
        let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
        format!("| {} |", cells.join(" | "))
    };
    out.push_str(&row(head));
    out.push_str(&format!("\n|{}", " --- |".repeat(head.len())));
    for cells in rows {
        out.push('\n');
        out.push_str(&row(cells));
    }
}

fn xml(url: &str, shown: &Shown) -> String {
    let (line, publication) = (&shown.line, shown.publication());
    let (permalink, shown_number) = (format!("{url}{}", address(line)), number(line));
    let meta = Meta {
        address: &permalink,
        title: &publication.title,
        number: shown_number.as_deref(),
        issuer: publication.issuer.as_deref(),
        dated: line.day(),
        since: shown.versions[shown.read].since,
    };
    akn(&meta, &shown.sections)
}

/// `schema.org/Legislation` (or an issue of a periodical) as JSON-LD, safe within a page.
pub(super) fn linked_data(url: &str, shown: &Shown) -> String {
    let (line, publication) = (&shown.line, shown.publication());
    let kind = match line.kind {
        PublicationKind::Document => "Legislation",
        PublicationKind::Issue => "PublicationIssue",
    };
    let in_force = if line.repealed_on.is_some() { "NotInForce" } else { "InForce" };
    let mut data = json!({
        "@context": "https://schema.org",
        "@type": kind,
        "@id": format!("{url}{}", address(line)),
        "name": publication.title,
        "inLanguage": "zh-CN",
        "datePublished": line.public_on.to_string(),
        "publisher": { "@type": "GovernmentOrganization", "name": publication.issuer },
    });
    if line.kind == PublicationKind::Document {
        data["legislationIdentifier"] = json!(number(line));
        data["legislationDate"] = json!(line.day().to_string());
        data["legislationLegalForce"] = json!(format!("https://schema.org/{in_force}"));
        data["legislationPassedBy"] = data["publisher"].clone();
    } else {
        data["issueNumber"] = json!(number(line));
    }
    data.to_string().replace('<', "\\u003c")
}
