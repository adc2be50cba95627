//! `/places/{code}/plots`: the plots of a place on one sheet, each a link, as far as the visitor may see them; and the same as GeoJSON.

use crate::components::button;
use crate::components::crumbs::crumbs;
use crate::components::plot::{self, Beside, map};
use crate::components::table::{Column, table};
use crate::disposition::saved;
use crate::layout::{self, Nav};
use crate::problem::Problem;
use crate::registers::plots::{Seen, collection, of_place};
use crate::sent::Sent;
use crate::site::{Running, look};
use crate::visit::Visitor;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use std::sync::Arc;
use store::Snapshot;

/// Plots in the table, at most; the picture and the file have all.
const LINES: usize = 500;

/// The page.
pub async fn show(state: State<Arc<Running>>, visitor: Visitor, Path(code): Path<String>) -> Result<Markup, Problem> {
    look(&state, move |snapshot| page(snapshot, &visitor, &code)).await
}

/// What has been typed so far as a plan, or what is wrong with it: scripts show it beside the field.
pub async fn plan(visitor: Visitor, sent: Sent) -> Markup {
    let lang = visitor.lang;
    let typed = sent.text("plot").map(str::trim).filter(|text| !text.is_empty());
    match typed.map(plots::read) {
        None => html! {},
        Some(Ok(read)) => plot::plan(lang, lang.say("宗地图", "Plan of the plot"), &read, &[]),
        Some(Err(fault)) => html! { p class="error" { (lang.say(&fault.zh, &fault.en)) } },
    }
}

/// The file.
pub async fn file(state: State<Arc<Running>>, visitor: Visitor, Path(code): Path<String>) -> Result<Response, Problem> {
    let name = saved("plots.geojson", &format!("plots-{code}.geojson"));
    let all = look(&state, move |snapshot| seen(snapshot, &visitor, &code)).await?;
    let headers = [(CONTENT_TYPE, "application/geo+json".to_owned()), (CONTENT_DISPOSITION, name)];
    Ok((headers, collection(&all).to_string()).into_response())
}

fn seen(snapshot: &dyn Snapshot, visitor: &Visitor, code: &str) -> Result<Vec<Seen>, Problem> {
    if !snapshot.world().county().places.contains_key(code) {
        return Err(Problem::not_found("没有这个地方", "There is no such place"));
    }
    match of_place(snapshot, visitor, code)? {
        Some(all) => Ok(all),
        None if visitor.person.is_none() => Err(Problem::sign_in_first()),
        None => Err(Problem::forbidden("您的岗位不能查看这里的宗地", "Your posts may not see the plots of this place")),
    }
}

fn page(snapshot: &dyn Snapshot, visitor: &Visitor, code: &str) -> Result<Markup, Problem> {
    let lang = visitor.lang;
    let all = seen(snapshot, visitor, code)?;
    let names = super::home::names(snapshot, visitor);
    let title = format!("{}{}", names.place(code), lang.say("的宗地图", ": plots"));
    let drawn: Vec<Beside<'_>> = all.iter().filter_map(Seen::beside).collect();
    let content = html! {
        (crumbs(lang, &[(&names.place(code), &format!("/places/{code}"))]))
        h1 { (title) }
        @if all.is_empty() {
            p class="soft" { (lang.say("这里的登记簿里还没有画了图形的宗地。", "No register has a plot with a plan here yet.")) }
        } @else {
            p {
                (lang.count(all.len(), "宗", "plot", "plots"))
                @if drawn.len() < all.len() { (lang.say("，其中有坐标的 ", ", with coordinates ")) (drawn.len()) }
            }
            (map(&title, &drawn))
            div class="row no-print" { (button::secondary_link(lang.say("下载 GeoJSON", "GeoJSON"), &format!("/places/{code}/plots.geojson"))) }
            (lines(snapshot, visitor, &title, &all))
        }
    };
    Ok(layout::page(visitor, Nav::Desk, &title, &content))
}

fn lines(snapshot: &dyn Snapshot, visitor: &Visitor, title: &str, all: &[Seen]) -> Markup {
    let lang = visitor.lang;
    let names = super::home::names(snapshot, visitor);
    let columns = [
        Column::text(lang.say("宗地", "Plot")),
        Column::text(lang.say("登记簿", "Register")),
        Column::text(lang.say("地方", "Place")),
        Column::number(lang.say("面积（平方米）", "Area (m²)")),
    ];
    let row = |seen: &Seen| {
        let label = seen.key.clone().unwrap_or_else(|| lang.say("查看", "Look").to_owned());
        vec![
            html! { a href=(seen.href) { (label) } },
            html! { (seen.title) },
            html! { (names.place(&seen.place)) },
            html! { (seen.plot.area_text()) },
        ]
    };
    let rows: Vec<Vec<Markup>> = all.iter().take(LINES).map(row).collect();
    html! {
        (table(title, &columns, &rows))
        @if all.len() > LINES { p class="soft" { (lang.say("表里只列前 500 宗；图和文件是全部。", "The table has the first 500; the picture and the file have all.")) } }
    }
}
