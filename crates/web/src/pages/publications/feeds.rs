//! `/gazette/feed.atom`, `/gazette/feeds/{series}`: what is new, for programs that fetch it; `/sitemap.xml` and `/robots.txt` for search
//! engines.

use super::{address, number};
use crate::layout::encode_part;
use crate::problem::Problem;
use crate::site::{App, Running, work};
use crate::visit::Visitor;
use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use std::fmt::Write;
use std::sync::Arc;
use store::Snapshot;
use store::pages::Cut;
use store::publications::{PublicationLine, PublicationQuery};

/// Entries of a feed.
const ENTRIES: usize = 50;
/// Characters of a summary.
const SUMMARY: usize = 200;
/// Addresses of a sitemap: the protocol allows fifty thousand.
const ADDRESSES_MAX: usize = 50_000;
/// Publications read at once for it.
const LISTED: usize = 1_000;

/// The feed of everything.
pub async fn all(state: State<Arc<Running>>, visitor: Visitor) -> Result<Response, Problem> {
    feed(state, visitor, None).await
}

/// The feed of one series of numbers.
pub async fn series(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path(series): Path<String>,
) -> Result<Response, Problem> {
    let series = series.strip_suffix(".atom").unwrap_or(&series).to_owned();
    feed(state, visitor, Some(series)).await
}

async fn feed(state: State<Arc<Running>>, visitor: Visitor, series: Option<String>) -> Result<Response, Problem> {
    let app: App = state;
    work(&app, move |app| {
        let query = PublicationQuery { series: series.clone(), ..PublicationQuery::default() };
        let text = app.read(|snapshot| {
            let found = snapshot.publications(&query, visitor.now.date(), 0, ENTRIES)?;
            atom(snapshot, &visitor, &app.site.public_url, series.as_deref(), &found.lines)
        })?;
        Ok(([(CONTENT_TYPE, "application/atom+xml; charset=utf-8")], text).into_response())
    })
    .await
}

fn atom(
    snapshot: &dyn Snapshot,
    visitor: &Visitor,
    url: &str,
    series: Option<&str>,
    lines: &[PublicationLine],
) -> Result<String, Problem> {
    let own = match series {
        None => format!("{url}/gazette/feed.atom"),
        Some(series) => format!("{url}/gazette/feeds/{}.atom", encode_part(series)),
    };
    let title = format!("{}公报{}", visitor.county, series.map(|series| format!("（{series}）")).unwrap_or_default());
    let mut entries = String::new();
    let mut latest = visitor.now.date().at(0, 0, 0, 0);
    for (place, line) in lines.iter().enumerate() {
        let version = snapshot.publication_versions(&line.matter)?.pop();
        let updated = version.as_ref().map_or_else(|| line.public_on.at(0, 0, 0, 0), |version| version.at);
        latest = if place == 0 { updated } else { latest.max(updated) };
        let body = version.and_then(|version| version.publication).and_then(|publication| publication.body);
        let summary: String = body.unwrap_or_default().chars().take(SUMMARY).collect();
        let link = format!("{url}{}", address(line));
        let shown = number(line).map(|number| format!("{number} ")).unwrap_or_default();
        writeln!(
            entries,
            "<entry><id>{0}</id><link href=\"{0}\"/><title>{1}{2}</title><published>{3}T00:00:00+08:00</published><updated>{4}+08:00</updated>{5}{6}<summary>{7}</summary></entry>",
            escaped(&link),
            escaped(&shown),
            escaped(&line.title),
            line.public_on,
            updated.strftime("%Y-%m-%dT%H:%M:%S"),
            line.issuer.as_ref().map(|issuer| format!("<author><name>{}</name></author>", escaped(issuer))).unwrap_or_default(),
            line.category.as_ref().map(|category| format!("<category term=\"{}\"/>", escaped(category))).unwrap_or_default(),
            escaped(summary.trim()),
        )
        .expect("writing to a string never fails");
    }
    Ok(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"zh-CN\">\n<id>{0}</id><title>{1}</title>\
         <updated>{2}+08:00</updated><author><name>{3}人民政府</name></author><link rel=\"self\" href=\"{0}\"/><link href=\"{4}/gazette\"/>\n{entries}</feed>\n",
        escaped(&own),
        escaped(&title),
        latest.strftime("%Y-%m-%dT%H:%M:%S"),
        escaped(&visitor.county),
        escaped(url),
    ))
}

/// Every page that search engines should know.
pub async fn sitemap(state: State<Arc<Running>>, visitor: Visitor) -> Result<Response, Problem> {
    let app: App = state;
    work(&app, move |app| {
        let text = app.read(|snapshot| addresses(snapshot, &visitor, &app.site.public_url))?;
        Ok(([(CONTENT_TYPE, "application/xml; charset=utf-8")], text).into_response())
    })
    .await
}

fn addresses(snapshot: &dyn Snapshot, visitor: &Visitor, url: &str) -> Result<String, Problem> {
    let regulations = snapshot.world().rulebook().regulations.values();
    let regulations = regulations.filter(|one| one.public).map(|one| format!("/gazette/{}", one.id));
    let fixed = ["/", "/gazette", "/services", "/notices"].into_iter().map(str::to_owned);
    let mut paths: Vec<String> = fixed.chain(regulations).collect();
    let mut cut = Cut::first(LISTED);
    while paths.len() < ADDRESSES_MAX {
        let page = snapshot.publication_list(&cut)?;
        paths.extend(page.lines.iter().filter(|line| line.is_public(visitor.now.date())).map(address));
        match page.next {
            Some(next) => cut.after = Some(next),
            None => break,
        }
    }
    paths.truncate(ADDRESSES_MAX);
    let lines: String =
        paths.iter().map(|path| format!("<url><loc>{}</loc></url>\n", escaped(&format!("{url}{path}")))).collect();
    Ok(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n{lines}</urlset>\n"
    ))
}

/// What search engines should leave alone.
pub async fn robots(state: State<Arc<Running>>) -> Response {
    let text = format!(
        "User-agent: *\nDisallow: /api/\nDisallow: /desk\nDisallow: /drafts/\nDisallow: /matters/\nDisallow: /sign-in\nDisallow: /track\nSitemap: {}/sitemap.xml\n",
        state.site.public_url
    );
    ([(CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

/// A text within XML.
fn escaped(text: &str) -> String {
    let fits = |sign: &char| *sign >= ' ' || matches!(sign, '\t' | '\n' | '\r');
    let text: String = text.chars().filter(fits).collect();
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
