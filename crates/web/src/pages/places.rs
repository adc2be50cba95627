//! `/places/{code}`: what is under way in a place, by step and light. For the posts whose area it is.

use super::divisions::day_asked;
use super::documents::viewer;
use super::home::names;
use super::matter::within_sight;
use crate::brief::{Brief, Week};
use crate::components::button;
use crate::components::chart::{Chart, Point, Shape, chart};
use crate::components::crumbs::crumbs;
use crate::components::light::{LIGHTS, Light, light};
use crate::components::pagination::pagination;
use crate::components::table::{Column, table};
use crate::components::tiles::{Grade, Rate, Tile, tiles};
use crate::disposition;
use crate::lang::Lang;
use crate::layout::{self, Nav, with_query};
use crate::looking::{Bounds, look_through};
use crate::problem::Problem;
use crate::site::{App, Running, long_work, look};
use crate::typeset;
use crate::visit::{Visitor, query_value};
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use engine::county::Place;
use engine::rights::{confidential, is_area_of, is_confidential};
use maud::{Markup, html};
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::Snapshot;
use store::pages::{Cut, MatterLine, MatterQuery, Page};

/// Matters counted; a larger place says that it shows the newest.
const COUNTED: usize = 5000;
/// Lines on a page.
const LINES: usize = 30;

/// Matters fetched at a time, and looked at for one page.
const LOOKED_AT: Bounds = Bounds { chunk: 50, page: 1_000 };
/// Late matters looked at: the rest stand among all that is under way.
const LATE_LOOKED_AT: usize = 200;
/// Late matters shown at once.
const LATE: usize = 10;
/// Steps shown at once.
const STEPS: usize = 12;
/// Places drawn as tiles; of more, the table says it alone.
const TILES_MAX: usize = 60;
/// Desks with late matters shown at once.
const DESKS: usize = 5;

/// The page.
pub async fn show(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path(code): Path<String>,
    uri: Uri,
) -> Result<Markup, Problem> {
    let value = |name: &str| query_value(&uri, name).filter(|value| !value.is_empty());
    let (procedure, step, after) = (value("procedure"), value("step"), value("after"));
    look(&state, move |snapshot| {
        let query = MatterQuery { procedure, step, ..under_way(snapshot, &code) };
        page(snapshot, &visitor, &code, &query, after)
    })
    .await
}

/// The matters under way in a place that a list of it shows: being around a place is no reason to see its confidential ones.
fn under_way(snapshot: &dyn Snapshot, code: &str) -> MatterQuery {
    let without = confidential(snapshot.world().rulebook());
    MatterQuery { place: Some(code.to_owned()), open: Some(true), without, ..MatterQuery::default() }
}

/// What is counted of these, without what was begun under a version by which it is confidential.
fn counted(snapshot: &dyn Snapshot, query: &MatterQuery) -> Result<Page<MatterLine>, Problem> {
    without_confidential(snapshot, query.clone(), &Cut::first(COUNTED))
}

/// Matters for figures of a place, those left out that are confidential by the regulations in force or by the version they run under.
///
/// # Errors
/// If the state cannot be read.
pub(crate) fn without_confidential(
    snapshot: &dyn Snapshot,
    query: MatterQuery,
    cut: &Cut,
) -> Result<Page<MatterLine>, Problem> {
    let query = MatterQuery { without: confidential(snapshot.world().rulebook()), ..query };
    let mut all = snapshot.matters(&query, cut)?;
    let mut known: BTreeMap<(String, String, String), bool> = BTreeMap::new();
    all.lines.retain(|line| {
        let kind = (line.regulation.clone(), line.version.clone(), line.procedure.clone());
        let of = || is_confidential(snapshot.world(), (&line.regulation, &line.version), &line.procedure);
        !*known.entry(kind).or_insert_with(of)
    });
    Ok(all)
}

fn page(
    snapshot: &dyn Snapshot,
    visitor: &Visitor,
    code: &str,
    query: &MatterQuery,
    after: Option<String>,
) -> Result<Markup, Problem> {
    let lang = visitor.lang;
    let world = snapshot.world();
    let place = in_area(snapshot, visitor, code)?;
    let all = counted(snapshot, &MatterQuery { procedure: None, step: None, ..query.clone() })?;
    let cut = Cut { limit: LINES, after: after.clone() };
    let lines = look_through(
        &cut,
        LOOKED_AT,
        |cut| snapshot.matters(query, cut),
        |line| Ok(within_sight(world, visitor, &line.id).map(|_| line)),
    )?;
    let plain = with_query(&visitor.here, "after", "");
    let next = lines.next.as_ref().map(|next| with_query(&plain, "after", next));
    let children: Vec<_> = world.county().children(code).collect();
    let content = html! {
        (crumbs(lang, &[(lang.say("工作台", "Desk"), "/desk"), (lang.say("行政区划", "Places"), "/places")]))
        h1 { (place.name) }
        (ended(snapshot, visitor, code, place))
        (figures(snapshot, visitor, &all.lines))
        @if query.step.is_none() { (briefs(visitor, code)) }
        p class="no-print" { a href=(format!("/places/{code}/plots")) { (lang.say("宗地图", "Map of plots")) } }
        @if all.next.is_some() { p class="soft" { (lang.say("事项较多，以下统计最近的一部分。", "Many matters: the newest are counted.")) } }
        @if query.step.is_none() {
            (late(snapshot, visitor, &all.lines))
            @if !children.is_empty() { (by_place(snapshot, visitor, &children, &all.lines)) }
        }
        h2 { (lang.say("按环节", "By step")) }
        (by_step(snapshot, visitor, code, &all.lines))
        h2 { (lang.say("正在办理", "Under way")) }
        @if lines.lines.is_empty() { p class="soft" { (lang.say("没有正在办理的事项。", "Nothing is under way.")) } }
        @else { (super::track::list(snapshot, visitor, &lines.lines, lang.say("正在办理", "Under way"))) }
        (pagination(lang, after.as_ref().map(|_| plain.as_str()), next.as_deref()))
    };
    Ok(layout::page(visitor, Nav::Desk, &place.name, &content))
}

/// `/places/{code}/brief`: a week's brief on paper.
pub async fn brief(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path(code): Path<String>,
    uri: Uri,
) -> Result<Response, Problem> {
    let app: App = state;
    let day = day_asked(query_value(&uri, "week").as_deref(), visitor.now.date())?;
    long_work(&app, move |app| {
        app.read(|snapshot| {
            let place = in_area(snapshot, &visitor, &code)?;
            let week = Week::of(day.min(visitor.now.date()));
            let brief = Brief { snapshot, visitor: &visitor, place: &place.code, week };
            let bytes = typeset::brief(app, &brief.data()?, week.sunday())?;
            let name = format!("{}周报-{}.pdf", place.name, week.words());
            let head = [
                (CONTENT_TYPE, "application/pdf".to_owned()),
                (CONTENT_DISPOSITION, disposition::shown("brief.pdf", &name)),
            ];
            Ok((head, bytes).into_response())
        })
    })
    .await
}

/// The way to the briefs: this week's, the last one's, and that of any week.
fn briefs(visitor: &Visitor, code: &str) -> Markup {
    let lang = visitor.lang;
    let address = format!("/places/{code}/brief");
    let last = Week::of(visitor.now.date()).before(1);
    html! {
        p class="no-print row" {
            (button::secondary_link(lang.say("上周周报（PDF）", "Last week's brief (PDF)"), &format!("{address}?week={}", last.monday())))
            a href=(address) { (lang.say("本周至今", "This week so far")) }
        }
        details class="no-print" {
            summary { (lang.say("其他各周", "Another week")) }
            form class="search" method="get" action=(address) {
                label for="week" { (lang.say("哪一天所在的周", "The week of")) }
                input class="input" type="date" id="week" name="week" required value=(last.before(1).monday()) max=(visitor.now.date());
                button class="button secondary" type="submit" { (lang.say("打开周报", "Open")) }
            }
        }
    }
}

/// A place that is in the visitor's area.
fn in_area<'s>(snapshot: &'s dyn Snapshot, visitor: &Visitor, code: &str) -> Result<&'s Place, Problem> {
    visitor.signed_in()?;
    let county = snapshot.world().county();
    let Some(place) = county.place(code) else {
        return Err(Problem::not_found("没有这个地方", "There is no such place"));
    };
    if !is_area_of(county, &viewer(visitor), code, visitor.now) {
        return Err(Problem::forbidden("这里不在您的辖区", "This place is not in your area"));
    }
    Ok(place)
}

/// Where an old code led: the place that took it in.
fn ended(snapshot: &dyn Snapshot, visitor: &Visitor, code: &str, now: &Place) -> Markup {
    let (county, lang) = (snapshot.world().county(), visitor.lang);
    let former = county.places.get(code).zip(county.ended.get(code));
    let Some((former, on)) = former.and_then(|(former, ending)| Some((former, ending.to.tomorrow().ok()?))) else {
        return html! {};
    };
    let (since, former) = (lang.date(on), &former.name);
    let said = match lang {
        Lang::Zh => format!("{former}自{since}起并入{}，这里是{}的全部事项。", now.name, now.name),
        Lang::En => format!("{former} is part of {} since {since}; this is all of {}.", now.name, now.name),
    };
    html! { p class="banner" { (said) " " a href="/places" { (lang.say("行政区划沿革", "History of places")) } } }
}

fn light_of(snapshot: &dyn Snapshot, visitor: &Visitor, line: &MatterLine) -> Light {
    Light::of(line.due, visitor.now, snapshot.world().holidays())
}

fn figures(snapshot: &dyn Snapshot, visitor: &Visitor, lines: &[MatterLine]) -> Markup {
    let lang = visitor.lang;
    let count = |wanted: Light| lines.iter().filter(|line| light_of(snapshot, visitor, line) == wanted).count();
    html! {
        ul class="figures" {
            li { b { (lines.len()) } (lang.say("正在办理", "under way")) }
            li class=[(count(Light::Red) > 0).then_some("late")] { b { (count(Light::Red)) } (Light::Red.label(lang)) }
            li class=[(count(Light::Yellow) > 0).then_some("soon")] { b { (count(Light::Yellow)) } (Light::Yellow.label(lang)) }
            li { b { (count(Light::Green) + count(Light::None)) } (lang.say("期限内或无期限", "in time")) }
        }
    }
}

/// The numbers of a place and what is late there: for somebody who looks in for a minute.
pub fn at_a_glance(snapshot: &dyn Snapshot, visitor: &Visitor, code: &str) -> Result<Markup, Problem> {
    let all = counted(snapshot, &under_way(snapshot, code))?;
    Ok(html! {
        h2 { a href=(format!("/places/{code}")) { (names(snapshot, visitor).place(code)) } }
        (figures(snapshot, visitor, &all.lines))
        (late(snapshot, visitor, &all.lines))
    })
}

/// What is late, the longest first; the rest behind a line.
fn late(snapshot: &dyn Snapshot, visitor: &Visitor, lines: &[MatterLine]) -> Markup {
    let title = visitor.lang.say("已逾期", "Late");
    let mut found: Vec<MatterLine> =
        lines.iter().filter(|line| light_of(snapshot, visitor, line) == Light::Red).cloned().collect();
    found.sort_by(|one, other| one.due.cmp(&other.due).then_with(|| one.id.cmp(&other.id)));
    // The place counts them all; their names are for those who see them.
    found.truncate(LATE_LOOKED_AT);
    found.retain(|line| within_sight(snapshot.world(), visitor, &line.id).is_some());
    let rest = found.split_off(found.len().min(LATE));
    html! {
        @if !found.is_empty() { h2 { (title) } (by_whom(snapshot, visitor, found.iter().chain(&rest))) (super::track::list(snapshot, visitor, &found, title)) }
        @if !rest.is_empty() {
            details {
                summary { @match visitor.lang { Lang::Zh => { "另有 " (rest.len()) " 件逾期" } Lang::En => { (rest.len()) " more are late" } } }
                div { (super::track::list(snapshot, visitor, &rest, title)) }
            }
        }
    }
}

/// With whom what is late lies, the most first.
fn by_whom<'l>(snapshot: &dyn Snapshot, visitor: &Visitor, late: impl Iterator<Item = &'l MatterLine>) -> Markup {
    let names = names(snapshot, visitor);
    let mut desks: BTreeMap<String, usize> = BTreeMap::new();
    for matter in late.filter_map(|line| snapshot.world().matter(&line.id)) {
        for desk in &matter.desks {
            *desks.entry(names.desk(desk)).or_default() += 1;
        }
    }
    let mut desks: Vec<(String, usize)> = desks.into_iter().collect();
    desks.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let rest = desks.split_off(desks.len().min(DESKS));
    let lang = visitor.lang;
    let columns = [Column::text(lang.say("在谁手里", "With whom")), Column::number(lang.say("逾期", "Late"))];
    let lines = |desks: &[(String, usize)]| {
        let rows: Vec<Vec<Markup>> =
            desks.iter().map(|(desk, count)| vec![html! { (desk) }, html! { (count) }]).collect();
        table(lang.say("逾期的在谁手里", "With whom what is late lies"), &columns, &rows)
    };
    html! {
        (lines(&desks))
        @if !rest.is_empty() {
            details { summary { (lang.say("其余岗位", "Others")) " " (rest.len()) } div { (lines(&rest)) } }
        }
    }
}

/// How the places below stand beside one another, drawn and in figures.
fn by_place(snapshot: &dyn Snapshot, visitor: &Visitor, children: &[&Place], lines: &[MatterLine]) -> Markup {
    let lang = visitor.lang;
    let county = snapshot.world().county();
    let mut counts = vec![[0usize; LIGHTS.len()]; children.len()];
    for line in lines {
        let at = children.iter().position(|child| county.contains(&child.code, &line.place));
        let light = LIGHTS.iter().position(|one| *one == light_of(snapshot, visitor, line));
        if let (Some(at), Some(light)) = (at, light) {
            counts[at][light] += 1;
        }
    }
    let rates: Vec<Rate> = counts.iter().map(rate).collect();
    let tiled = children.iter().zip(&rates).map(|(child, rate)| Tile {
        name: child.name.clone(),
        href: format!("/places/{}", child.code),
        rate: *rate,
    });
    let tiled: Vec<Tile> = tiled.collect();
    let points = children.iter().zip(&counts).map(|(child, counts)| Point {
        label: child.name.clone(),
        values: counts.iter().map(|count| Some(Decimal::from(*count))).collect(),
        shown: counts.iter().sum::<usize>().to_string(),
    });
    let title = lang.say("各地正在办理的事项", "What is under way, by place");
    let drawn = Chart {
        title: title.to_owned(),
        parts: LIGHTS.iter().map(|light| light.label(lang).to_owned()).collect(),
        points: points.collect(),
    };
    let mut columns = vec![Column::text(lang.say("地点", "Place"))];
    columns.push(Column::number(lang.say("按期率", "Not late")));
    columns.extend(LIGHTS.iter().map(|one| Column::number(one.label(lang))));
    let row = |((child, rate), counts): ((&&Place, &Rate), &[usize; LIGHTS.len()])| {
        let name = html! { a href=(format!("/places/{}", child.code)) { (child.name) } };
        let rate = html! { @if let Some(percent) = rate.percent() { (percent) "%" } };
        [name, rate].into_iter().chain(in_lights(counts)).collect()
    };
    let rows: Vec<Vec<Markup>> = children.iter().zip(&rates).zip(&counts).map(row).collect();
    let about = lang.say(
        "按期率：有期限的在办事项里没有逾期的占多少。方格的位置不表示方位。",
        "The rate is the part of what is under way with a deadline that is not late. Where a tile stands says nothing of where the place lies.",
    );
    html! {
        h2 { (lang.say("各地情况", "By place")) }
        @if tiled.len() <= TILES_MAX {
            (tiles(lang.say("各地在办按期率", "What is not late, by place"), &tiled, |grade| grade_word(lang, grade)))
            p class="soft small" { (about) }
        }
        (chart(Shape::Stacked, "by-place", &drawn))
        (table(title, &columns, &rows))
    }
}

/// How much of what has a deadline is not late.
fn rate(counts: &[usize; LIGHTS.len()]) -> Rate {
    let of = |light: Light| LIGHTS.iter().position(|one| *one == light).map_or(0, |place| counts[place]);
    let kept = of(Light::Yellow) + of(Light::Green);
    Rate { kept, of: kept + of(Light::Red) }
}

fn grade_word(lang: Lang, grade: Grade) -> &'static str {
    match grade {
        Grade::Whole => lang.say("没有逾期", "none late"),
        Grade::Most => lang.say("少数逾期", "few late"),
        Grade::Less => lang.say("逾期较多", "many late"),
        Grade::Nothing => lang.say("没有期限", "no deadline"),
    }
}

/// A cell for each light; empty where there is none.
fn in_lights(counts: &[usize; LIGHTS.len()]) -> impl Iterator<Item = Markup> {
    LIGHTS.iter().zip(counts).map(|(one, count)| html! { @if *count > 0 { (light(*one, &count.to_string())) } })
}

fn by_step(snapshot: &dyn Snapshot, visitor: &Visitor, code: &str, lines: &[MatterLine]) -> Markup {
    let lang = visitor.lang;
    let names = names(snapshot, visitor);
    let mut steps: BTreeMap<(&str, &str), [usize; LIGHTS.len()]> = BTreeMap::new();
    for line in lines {
        let counts = steps.entry((&line.procedure, line.step.as_deref().unwrap_or_default())).or_default();
        let light = light_of(snapshot, visitor, line);
        if let Some(place) = LIGHTS.iter().position(|one| *one == light) {
            counts[place] += 1;
        }
    }
    let mut columns = vec![Column::text(lang.say("环节", "Step"))];
    columns.extend(LIGHTS.iter().map(|one| Column::number(one.label(lang))));
    let rulebook = snapshot.world().rulebook();
    let mut steps: Vec<((&str, &str), [usize; LIGHTS.len()])> = steps.into_iter().collect();
    // Where something is late or will be soon stands first.
    steps.sort_by_key(|(_, counts)| std::cmp::Reverse((counts[0], counts[1])));
    let mut rows: Vec<Vec<Markup>> = steps
        .iter()
        .map(|((procedure, step), counts)| {
            let label = rulebook.procedure(procedure).map_or_else(
                || (*step).to_owned(),
                |(_, model)| format!("{} · {}", lang.label(&model.title), names.step(model, step)),
            );
            let mut row =
                vec![html! { a href=(format!("/places/{code}?procedure={procedure}&step={step}")) { (label) } }];
            row.extend(in_lights(counts));
            row
        })
        .collect();
    let rest = rows.split_off(rows.len().min(STEPS));
    let title = lang.say("按环节和灯", "By step and light");
    html! {
        (table(title, &columns, &rows))
        @if !rest.is_empty() {
            details { summary { (lang.say("其余环节", "Other steps")) " " (rest.len()) } div { (table(title, &columns, &rest)) } }
        }
    }
}
