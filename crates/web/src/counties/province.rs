//! The province's own host (省级页面): its counties, and how their matters stand.

use super::{Housed, answer, cards as county_cards, language, missing as elsewhere};
use crate::components::table::{Column, table};
use crate::disposition::saved;
use crate::lang::Lang;
use crate::router::protected;
use crate::site::Clock;
use crate::statistics::{Line, Statistics, cells, figures, headings};
use axum::Router;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};
use std::sync::Arc;
use store::{Store, StoreExt};
use tokio::sync::Mutex;

/// For how long figures are told before they are made anew: everybody may ask, and each county is read in full.
const FRESH_SECONDS: i64 = 300;

/// A province, or whoever answers for several counties.
pub struct Province {
    /// What it is called.
    pub name: String,
    /// Names by which requests are for it, in small letters and without a port.
    pub hosts: Vec<String>,
    /// Its counties that are open.
    pub counties: Vec<Reporting>,
    /// What tells how old figures are.
    pub clock: Arc<dyn Clock>,
}

/// A county whose figures are asked for.
pub struct Reporting {
    /// What it is called.
    pub name: String,
    /// Its store.
    pub store: Arc<dyn Store>,
}

/// The figures of every county, one after the other; one that cannot be read is named, and the log says why.
fn read(counties: &[Reporting]) -> Statistics {
    let mut all = Statistics::default();
    for county in counties {
        match county.store.read(figures) {
            Ok(figures) => all.counties.push(figures),
            Err(fault) => {
                tracing::error!(county = county.name, "its figures cannot be read: {fault}");
                all.missing.push(county.name.clone());
            }
        }
    }
    all
}

/// Figures with the second at which they were made.
type Made = Option<(i64, Arc<Statistics>)>;

struct Office {
    province: Arc<Province>,
    /// Counties out of service.
    closed: Vec<String>,
    made: Mutex<Made>,
}

impl Office {
    /// What was made lately, or new figures; whoever asks meanwhile waits for the same.
    async fn figures(&self) -> Arc<Statistics> {
        let mut made = self.made.lock().await;
        let now = self.province.clock.seconds();
        if let Some((_, figures)) = made.as_ref().filter(|(at, _)| now - at < FRESH_SECONDS) {
            return Arc::clone(figures);
        }
        let province = Arc::clone(&self.province);
        let read = tokio::task::spawn_blocking(move || read(&province.counties)).await;
        let mut all = read.unwrap_or_default();
        all.missing.extend(self.closed.iter().cloned());
        let all = Arc::new(all);
        *made = Some((now, Arc::clone(&all)));
        all
    }
}

/// The router of a province's host.
pub(super) fn router(province: Province, listed: &Arc<Vec<(Housed, bool)>>) -> Router {
    let (home, other, name) = (Arc::clone(listed), Arc::clone(listed), province.name.clone());
    let closed = listed.iter().filter(|(_, is_open)| !is_open).map(|(county, _)| county.name.clone()).collect();
    let office = Arc::new(Office { province: Arc::new(province), closed, made: Mutex::default() });
    let (shown, as_json, as_csv) = (Arc::clone(&office), Arc::clone(&office), office);
    let root = async move |headers: HeaderMap, uri: Uri| {
        let lang = language(&headers, &uri);
        let content = html! {
            h1 { (name) }
            p class="lead" { a href="/statistics" { (lang.say("各县办理情况", "How matters stand in each county")) } }
            (county_cards(lang, &home))
        };
        answer(StatusCode::OK, lang, &name, &content)
    };
    let page = async move |headers: HeaderMap, uri: Uri| page(&*shown.figures().await, language(&headers, &uri));
    let figures = Router::new()
        .route("/statistics", get(page))
        .route("/statistics.json", get(async move || axum::Json(as_json.figures().await.json())))
        .route("/statistics.csv", get(async move || sheet(&*as_csv.figures().await)));
    let missing = async move |headers: HeaderMap, uri: Uri| elsewhere(&headers, &uri, &other);
    protected(figures.route("/", get(root)).fallback(missing))
}

fn page(all: &Statistics, lang: Lang) -> Response {
    let title = lang.say("各县办理情况", "How matters stand in each county");
    let totals = match lang {
        Lang::Zh => format!("合计（{}县）", all.counties.len()),
        Lang::En => format!("Total of {} counties", all.counties.len()),
    };
    let content = html! {
        h1 { (title) }
        p { (lang.say(
            "件数取整到五，一至四件写作“<5”；受理数、比率、合计都由这样的数算出，另有不足五件的以“+”表示。不公开的规定、保密的程序不在其中。",
            "Counts are to the nearest five, one to four is <5; opened, rates and totals are made of such counts, with + where fewer than five come on top. Confidential procedures and regulations that are not public are left out.",
        )) }
        @if !all.missing.is_empty() {
            p class="late" { (lang.say("未能读取，不在合计内：", "Could not be read, and in no total: ")) (all.missing.join(lang.say("、", ", "))) }
        }
        h2 { (totals) }
        (of(&totals, &all.totals(), lang))
        @for county in &all.counties {
            h2 { (county.name) }
            (of(&county.name, &county.lines, lang))
        }
        p { a href="/statistics.csv" { (lang.say("导出（CSV）", "As CSV")) } " · " a href="/statistics.json" { "JSON" } " · " a href="/" { (lang.say("各县", "Counties")) } }
    };
    answer(StatusCode::OK, lang, title, &content)
}

fn of(caption: &str, lines: &[Line], lang: Lang) -> Markup {
    let [procedure, rest @ ..] = headings(lang);
    let columns: Vec<Column> = std::iter::once(Column::text(procedure)).chain(rest.map(Column::number)).collect();
    let rows: Vec<Vec<Markup>> =
        lines.iter().map(|line| cells(line).iter().map(|cell| html! { (cell) }).collect()).collect();
    html! {
        @if rows.is_empty() { p class="soft" { (lang.say("还没有事项。", "No matters yet.")) } } @else { (table(caption, &columns, &rows)) }
    }
}

fn sheet(all: &Statistics) -> Response {
    let head = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, saved("statistics.csv", "各县办理情况.csv")),
    ];
    (head, all.csv()).into_response()
}
