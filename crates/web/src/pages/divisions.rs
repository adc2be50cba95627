//! `/places`: the county's places today or on a day, and what became of them (行政区划). Everybody may know; what is under way in a place
//! only those see whose area it is.

use super::documents::viewer;
use super::home::names;
use crate::components::table::{Column, table};
use crate::forms::names::Names;
use crate::lang::Lang;
use crate::layout::{self, Nav};
use crate::problem::Problem;
use crate::site::{Running, look};
use crate::visit::{Visitor, query_value};
use axum::extract::State;
use axum::http::Uri;
use engine::County;
use engine::county::{Place, Turn, TurnKind};
use engine::rights::is_area_of;
use jiff::civil::Date;
use maud::{Markup, html};
use std::sync::Arc;
use store::Snapshot;

/// The page.
pub async fn show(state: State<Arc<Running>>, visitor: Visitor, uri: Uri) -> Result<Markup, Problem> {
    let on = day_asked(query_value(&uri, "on").as_deref(), visitor.now.date())?;
    look(&state, move |snapshot| Ok(page(snapshot, &visitor, on))).await
}

/// The day that an address asks for: today where it asks for none.
///
/// # Errors
/// What is written is no day.
pub(crate) fn day_asked(text: Option<&str>, today: Date) -> Result<Date, Problem> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(today) };
    calendar::parse_date(text).map_err(|_| Problem::unreadable("日期写作 2021-03-23", "A day is written 2021-03-23"))
}

fn page(snapshot: &dyn Snapshot, visitor: &Visitor, on: Date) -> Markup {
    let (lang, today) = (visitor.lang, visitor.now.date());
    let county = snapshot.world().county();
    let then = county.on(on);
    let title = lang.say("行政区划", "Places");
    let content = html! {
        h1 { (title) }
        form class="search wrap no-print" method="get" action="/places" {
            label for="on" { (lang.say("哪一天的区划", "As on")) }
            input class="input" type="date" id="on" name="on" value=(on.to_string());
            button class="button secondary" { (lang.say("查看", "Show")) }
            @if on != today { a href="/places" { (lang.say("回到今天", "Back to today")) } }
        }
        @if on != today {
            p class="banner" { (lang.say("以下是", "As on ")) (lang.date(on)) (lang.say("的区划和名称。", ": places and names of that day.")) }
        }
        (counts(lang, &then))
        @if let Some(root) = then.place(&then.code) { (tree(snapshot, visitor, &then, root)) }
        h2 { (lang.say("沿革", "What became of them")) }
        (history(names(snapshot, visitor), county))
    };
    layout::page(visitor, Nav::Other, title, &content)
}

/// How many there are of each level.
fn counts(lang: Lang, county: &County) -> Markup {
    let of = |level: &str| county.present().filter(|place| place.level == level).count();
    let levels = [
        ("township", lang.say("乡镇", "townships")),
        ("village", lang.say("村", "villages")),
        ("group", lang.say("村民小组", "groups")),
    ];
    html! { ul class="figures" { @for (level, name) in levels { li { b { (of(level)) } (name) } } } }
}

/// A place, and under it what lies in it; groups fold away.
fn tree(snapshot: &dyn Snapshot, visitor: &Visitor, county: &County, root: &Place) -> Markup {
    html! {
        ul class="places" {
            @for place in county.children(&root.code) {
                li {
                    (called(snapshot, visitor, place))
                    @let below: Vec<&Place> = county.children(&place.code).collect();
                    @if !below.is_empty() {
                        @if place.level == "township" { (tree(snapshot, visitor, county, place)) }
                        @else {
                            details {
                                summary { (visitor.lang.count(below.len(), "个小组", "group", "groups")) }
                                (tree(snapshot, visitor, county, place))
                            }
                        }
                    }
                }
            }
        }
    }
}

fn called(snapshot: &dyn Snapshot, visitor: &Visitor, place: &Place) -> Markup {
    let county = snapshot.world().county();
    let present = county.place(&place.code).is_some_and(|now| now.code == place.code);
    let mine = is_area_of(county, &viewer(visitor), &place.code, visitor.now);
    html! {
        @if present && mine { a href=(format!("/places/{}", place.code)) { (place.name) } }
        @else { (place.name) }
        " " span class="soft" { (place.code) }
    }
}

/// What happened to the county's places, the latest first.
fn history(names: Names<'_>, county: &County) -> Markup {
    let lang = names.lang;
    let turns = county.turns();
    if turns.is_empty() {
        return html! { p class="soft" { (lang.say("没有记载的变动。", "Nothing is on record.")) } };
    }
    let columns = [
        Column::text(lang.say("生效日", "Since")),
        Column::text(lang.say("地方", "Place")),
        Column::text(lang.say("代码", "Code")),
        Column::text(lang.say("变动", "Change")),
    ];
    let row = |turn: &Turn| {
        vec![
            html! { a href=(format!("/places?on={}", turn.on)) { (lang.date(turn.on)) } },
            html! { (own_name(county, turn)) },
            html! { (turn.place) },
            html! { (said(names, county, turn)) },
        ]
    };
    let rows: Vec<Vec<Markup>> = turns.iter().map(row).collect();
    table(lang.say("区划沿革", "History of places"), &columns, &rows)
}

/// What the place was called when it happened.
fn own_name(county: &County, turn: &Turn) -> String {
    let before = turn.on.yesterday().unwrap_or(turn.on);
    let then = county.then(&turn.place, before).filter(|then| then.code == turn.place);
    let name = then.or_else(|| county.then(&turn.place, turn.on)).map(|then| then.name);
    name.unwrap_or(&turn.place).to_owned()
}

/// What happened, in words. Other places are called as they were that day.
fn said(names: Names<'_>, county: &County, turn: &Turn) -> String {
    let on =
        |code: &str, day: Date| county.then(code, day).map_or_else(|| code.to_owned(), |then| then.name.to_owned());
    let before = turn.on.yesterday().unwrap_or(turn.on);
    match (&turn.kind, names.lang) {
        (TurnKind::Founded, Lang::Zh) => "设立".to_owned(),
        (TurnKind::Founded, Lang::En) => "founded".to_owned(),
        (TurnKind::Merged { into }, Lang::Zh) => format!("撤销，整建制并入{}（{into}）", on(into, turn.on)),
        (TurnKind::Merged { into }, Lang::En) => format!("merged whole into {} ({into})", on(into, turn.on)),
        (TurnKind::Renamed { from, to }, Lang::Zh) => format!("由{from}更名为{to}"),
        (TurnKind::Renamed { from, to }, Lang::En) => format!("renamed from {from} to {to}"),
        (TurnKind::Moved { from, to }, Lang::Zh) => format!("由{}划归{}", on(from, before), on(to, turn.on)),
        (TurnKind::Moved { from, to }, Lang::En) => format!("moved from {} to {}", on(from, before), on(to, turn.on)),
    }
}
