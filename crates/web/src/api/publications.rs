//! `/publications`: what is public in the gazette, one of them in any of its texts, and the search among them. What a program gets is
//! what stands at the permanent address.

use super::body::wrong_member;
use super::query::Query;
use super::{Answered, ROOT, ok};
use crate::layout::with_query;
use crate::pages::publications::formats::data;
use crate::pages::publications::index::Asked;
use crate::pages::publications::text::{Shown, Wanted, public, shown};
use crate::pages::publications::{address, number};
use crate::problem::Problem;
use crate::site::{App, Running, look, work};
use crate::visit::Visitor;
use axum::extract::{Path, State};
use axum::http::Uri;
use serde_json::{Value, json};
use std::sync::Arc;
use store::publications::{Found, Looked, PublicationLine};

/// Publications that a search looks through at most; an address beyond it leads nowhere.
const FROM_MAX: usize = 100_000;

/// Publications, those with the words in their titles first, then the latest.
pub(super) async fn list(state: State<Arc<Running>>, visitor: Visitor, query: Query, uri: Uri) -> Answered {
    let cut = query.cut()?;
    let from = match cut.after.as_deref().map(str::parse::<usize>) {
        None => 0,
        Some(Ok(from)) if from <= FROM_MAX => from,
        Some(_) => return Err(wrong_member("after", "应是上一页答复中的 after", "must be `after` of the page before")),
    };
    let asked = Asked::read(&uri);
    let url = state.site.public_url.clone();
    let answer = look(&state, move |snapshot| {
        let found = snapshot.publications(&asked.query, visitor.now.date(), from, cut.limit)?;
        Ok(page(&url, &visitor, &found, from))
    })
    .await?;
    Ok(ok(answer))
}

fn page(url: &str, visitor: &Visitor, found: &Found, from: usize) -> Value {
    let end = from + found.lines.len();
    let after = (end < found.total && !found.lines.is_empty()).then(|| end.to_string());
    let count = |pairs: &[(String, usize)]| {
        pairs.iter().map(|(value, count)| json!({ "value": value, "count": count })).collect::<Vec<_>>()
    };
    let years: Vec<(String, usize)> = found.years.iter().map(|(year, count)| (year.to_string(), *count)).collect();
    let (looked, parts) = match &found.looked {
        Looked::AsTyped => ("as-typed", Vec::new()),
        Looked::Split(parts) => ("split", parts.clone()),
        Looked::Nearly => ("nearly", Vec::new()),
    };
    json!({
        "items": found.lines.iter().map(|line| line_of(url, line, visitor)).collect::<Vec<_>>(),
        "total": found.total,
        "more": found.more,
        "looked": looked,
        "parts": parts,
        "years": count(&years),
        "issuers": count(&found.issuers),
        "categories": count(&found.categories),
        "in_force": found.in_force,
        "next": after.as_ref().map(|after| with_query(&visitor.here, "after", after)),
        "after": after,
    })
}

fn line_of(url: &str, line: &PublicationLine, visitor: &Visitor) -> Value {
    let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string());
    json!({
        "id": line.matter,
        "kind": line.kind.code(),
        "number": number(line),
        "title": line.title,
        "issuer": line.issuer,
        "category": line.category,
        "signed_on": day(line.signed_on),
        "published_on": line.public_on.to_string(),
        "effective_on": day(line.effective_on),
        "until": day(line.until),
        "repealed_on": day(line.repealed_on),
        "in_force": line.in_force(visitor.now.date()),
        "page": format!("{url}{}", address(line)),
        "url": format!("{ROOT}/publications/{}", line.matter),
    })
}

/// One publication in the text that is asked for.
pub(super) async fn one(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path(id): Path<String>,
    query: Query,
) -> Answered {
    let wanted = Wanted { version: version(&query)?, on: query.date("on")? };
    with(state, visitor, id, wanted, |url, shown| {
        let mut answer = data(url, shown);
        answer["id"] = json!(shown.line.matter);
        answer
    })
    .await
}

/// The texts that a publication has had, each with the act that made it.
pub(super) async fn versions(state: State<Arc<Running>>, visitor: Visitor, Path(id): Path<String>) -> Answered {
    with(state, visitor, id, Wanted::default(), |_, shown| {
        let matter = &shown.line.matter;
        let items: Vec<Value> = shown
            .versions
            .iter()
            .map(|version| {
                let publication = version.publication.as_ref();
                json!({
                    "version": version.seq,
                    "since": version.since.to_string(),
                    "recorded_at": version.at.to_string(),
                    "title": publication.map(|publication| &publication.title),
                    "note": publication.and_then(|publication| publication.note.as_ref()),
                    "url": format!("{ROOT}/publications/{matter}?version={}", version.seq),
                })
            })
            .collect();
        json!({ "id": matter, "items": items })
    })
    .await
}

fn version(query: &Query) -> Result<Option<u64>, Problem> {
    let Some(version) = query.get("version") else { return Ok(None) };
    let wrong = || wrong_member("version", "应是 versions 中的 version", "must be a `version` of the versions");
    version.parse().map(Some).map_err(|_| wrong())
}

async fn with(
    state: State<Arc<Running>>,
    visitor: Visitor,
    id: String,
    wanted: Wanted,
    answer: impl Fn(&str, &Shown) -> Value + Send + 'static,
) -> Answered {
    let app: App = state;
    let answer = work(&app, move |app| {
        app.read(|snapshot| {
            let today = visitor.now.date();
            let line = public(snapshot.publication(&id)?, today)?;
            let shown = shown(snapshot, line, wanted, today)?;
            Ok(answer(&app.site.public_url, &shown))
        })
    })
    .await?;
    Ok(ok(answer))
}
