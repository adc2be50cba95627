//! A publication on paper: a document in the layout of GB/T 9704-2012, an issue from cover to back cover, with the QR code of its
//! address.

use super::text::Shown;
use super::{address, number};
use crate::lang::Lang;
use crate::pages::documents::pdf;
use crate::problem::Problem;
use crate::site::Running;
use axum::http::StatusCode;
use axum::response::Response;
use engine::Publication;
use gazette::body::{self, Heads};
use gazette::model::{self, Document, Gazette};
use gazette::{issue, official};
use regulation::model::PublicationKind;
use std::sync::Arc;
use store::Snapshot;
use store::publications::PublicationLine;
use store::search::Number;

/// The PDF. The same text gives the same bytes, so they are kept.
pub(super) fn answer(app: &Running, snapshot: &dyn Snapshot, shown: &Shown) -> Result<Response, Problem> {
    let seqs: Vec<String> = shown.parts.iter().map(|part| part.seq.to_string()).collect();
    let version = shown.versions[shown.read].seq;
    let key = format!("publication {} {version} {} {}", shown.line.matter, shown.line.seq, seqs.join(" "));
    let bytes = match app.papers.get(&key) {
        Some(bytes) => bytes,
        None => {
            let bytes = Arc::new(typeset(app, snapshot, shown)?);
            app.papers.put(&key, &bytes, bytes.len());
            bytes
        }
    };
    Ok(pdf(&bytes, &number(&shown.line).unwrap_or_else(|| shown.line.title.clone())))
}

fn typeset(app: &Running, snapshot: &dyn Snapshot, shown: &Shown) -> Result<Vec<u8>, Problem> {
    let line = &shown.line;
    let permalink = format!("{}{}", app.site.public_url, address(line));
    let typesetter = &*app.site.typesetter;
    let done = match line.kind {
        PublicationKind::Document => {
            let document = document(line, shown.publication()).ok_or_else(unnumbered)?;
            let options = official::Options { permalink: Some(permalink), ..official::Options::new(line.day()) };
            official::pdf(typesetter, &document, &options)
        }
        PublicationKind::Issue => {
            let gazette = whole(snapshot, shown)?;
            let figures = shown.sections.clone();
            let root = root(snapshot, shown)?;
            let options =
                issue::Options { mobile: Some(permalink), figures, root, ..issue::Options::new(line.public_on) };
            issue::pdf(typesetter, &gazette, &options)
        }
    };
    done.map_err(|error| unprintable(&error))
}

/// A document as the layouts take it; one without a number has no such layout.
fn document(line: &PublicationLine, publication: &Publication) -> Option<Document> {
    let Number { series, year, serial } = line.number.as_deref().and_then(Number::read)?;
    let heads = Heads {
        number: model::Number { series, year, serial },
        title: &publication.title,
        issuer: publication.issuer.as_deref().unwrap_or_default(),
        kind: publication.category.as_deref(),
        signed_on: publication.signed_on,
    };
    Some(body::paper(&heads, &body::read(publication.body.as_deref().unwrap_or_default())))
}

/// An issue with its documents, each as it reads now.
fn whole(snapshot: &dyn Snapshot, shown: &Shown) -> Result<Gazette, Problem> {
    let mut documents = Vec::new();
    for part in &shown.parts {
        let latest = snapshot.publication_versions(&part.matter)?.pop().and_then(|version| version.publication);
        if let Some(mut document) = latest.and_then(|publication| document(part, &publication)) {
            // The contents stand by issuer.
            document.group = part.issuer.as_ref().map(|issuer| format!("{issuer}文件"));
            documents.push(document);
        }
    }
    let numbered = shown.line.number.as_deref().and_then(Number::issue);
    // The cover says which issue it is under the name.
    let title = shown.publication().title.as_str();
    let name = shown.line.number.as_deref().and_then(|number| title.strip_suffix(number)).unwrap_or(title).trim();
    let issue = model::Issue {
        name: Some(if name.is_empty() { title } else { name }.to_owned()),
        year: numbered.as_ref().map(|number| number.year),
        number: numbered.as_ref().map(|number| number.serial),
        published_on: Some(shown.line.public_on),
        sponsor: shown.publication().issuer.clone(),
        ..model::Issue::default()
    };
    Ok(Gazette { issue, documents, ..Gazette::default() })
}

/// The roots of the log as they stood before the act that published the issue.
fn root(snapshot: &dyn Snapshot, shown: &Shown) -> Result<Option<issue::Root>, Problem> {
    let Some(first) = shown.versions.first() else { return Ok(None) };
    let Some(checkpoint) = snapshot.log_before_act(first.seq)? else { return Ok(None) };
    let lines = [
        ("日志", checkpoint.note.lines().next().unwrap_or_default().to_owned()),
        ("叶数", checkpoint.size.to_string()),
        ("动作", checkpoint.acts.to_string()),
        ("签署", Lang::Zh.moment(checkpoint.at)),
        ("公开根", checkpoint.root.to_string()),
        ("国密根", checkpoint.national.to_string()),
    ];
    let lines = lines.into_iter().map(|(name, shown)| (name.to_owned(), shown)).collect();
    Ok(Some(issue::Root { lines, checkpoint: checkpoint.note }))
}

fn unnumbered() -> Problem {
    Problem::not_found("没有文号的，没有公文版式", "Without a number there is no layout to print")
}

fn unprintable(error: &official::Error) -> Problem {
    let said = error.to_string();
    let (zh, en) = said.split_once(" / ").map_or((said.as_str(), said.as_str()), |both| both);
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "unprintable", zh, en)
        .hint("网页和其他格式不受影响", "the page and the other formats are not affected")
}
