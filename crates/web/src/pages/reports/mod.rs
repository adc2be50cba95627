//! `/reports/{regulation}/{view}`: a report (报表) for a period and a place, drawn and in figures, with the lines behind each figure.

pub mod excel;
mod gantt;
pub mod index;

use super::matter::within_sight;
use crate::components::button;
use crate::components::chart::{self, Chart, Point, Shape};
use crate::components::clause::{cite, clauses};
use crate::components::crumbs::crumbs;
use crate::components::light::{Light, light};
use crate::components::table::{Column, Row, marked_table};
use crate::layout::{self, Nav, with_query};
use crate::problem::Problem;
use crate::reports::{Look, Wanted, period_words, shown};
use crate::site::{App, Running, long_work};
use crate::visit::{Visitor, query_value};
use axum::extract::{Path, State};
use axum::http::Uri;
use engine::view::{Asked, Group, KEPT_MAX, Line, Period, Report, Subject, time_of};
use maud::{Markup, html};
use regulation::expr::Value;
use regulation::model::view::Chart as Drawing;
use regulation::model::view::{ChartKind, Figure, PeriodKind, Role, Source};
use std::sync::Arc;

/// Lines on a page; the sheet has all.
const LINES: usize = 100;
/// Periods on a line at most.
const PERIODS_MAX: usize = 120;
/// Lines of a part of a printed sheet.
const PART_LINES: usize = 10;
/// Periods offered of each kind, the present one first.
const OFFERED: [(PeriodKind, usize); 4] =
    [(PeriodKind::Month, 12), (PeriodKind::Quarter, 6), (PeriodKind::HalfYear, 4), (PeriodKind::Year, 4)];

/// One report.
pub async fn show(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path((regulation, view)): Path<(String, String)>,
    uri: Uri,
) -> Result<Markup, Problem> {
    let app: App = state;
    let wanted = Wanted::read(|name| query_value(&uri, name));
    let page = query_value(&uri, "page").and_then(|page| page.parse().ok()).unwrap_or(1).max(1);
    long_work(&app, move |app| {
        app.read(|snapshot| {
            let look = Look::new(snapshot, &visitor, (&regulation, &view), &wanted)?;
            report_page(&look, page)
        })
    })
    .await
}

fn report_page(look: &Look<'_>, page: usize) -> Result<Markup, Problem> {
    let lang = look.visitor.lang;
    let title = look.title();
    let content = html! {
        (crumbs(lang, &[(lang.say("报表", "Reports"), "/reports")]))
        h1 { (title) }
        p class="soft" {
            @if let Some(number) = &look.view.number { (number) " · " }
            (lang.label(&look.regulation.title)) " "
            (clauses(&cite(look.snapshot.world().rulebook(), &look.view.clauses)))
        }
        (chooser(look))
        (said(look))
        @if let Some(note) = &look.view.note { p { (lang.label(note)) } }
        @match &look.view.source {
            Source::Sheet(parts) => { (sheet(look, parts)?) }
            _ => { (single(look, page)?) }
        }
    };
    Ok(layout::page(look.visitor, Nav::Reports, title, &content))
}

/// What was asked, as it stands on paper.
fn said(look: &Look<'_>) -> Markup {
    let lang = look.visitor.lang;
    html! {
        p class="report-asked" {
            @if let Some(period) = &look.asked.period { (lang.say("期间：", "Period: ")) (period_words(lang, period)) " · " }
            (lang.say("范围：", "Area: ")) (look.names(lang).place_path(&look.asked.area)) " · "
            (lang.say("统计时间：", "As of ")) (lang.moment(look.visitor.now))
        }
    }
}

/// Period and place, as a form that works without scripts.
fn chooser(look: &Look<'_>) -> Markup {
    let lang = look.visitor.lang;
    let here = look.visitor.here.as_str();
    let beside = |step: i8| look.asked.period.and_then(|period| period.beside(step));
    let places = places(look);
    let moves =
        |period: Period| with_query(&with_query(&with_query(here, "from", ""), "to", ""), "period", &period.code());
    html! {
        @if look.asked.period.is_some() || places.len() > 1 {
            form class="search no-print" method="get" action=(look.address()) {
                @if let Some(period) = look.asked.period {
                    select class="input" name="period" aria-label=(lang.say("期间", "Period")) {
                        @for offered in offered(look, period) { option value=(offered.code()) selected[offered == period] { (period_words(lang, &offered)) } }
                    }
                }
                @if places.len() > 1 {
                    select class="input" name="place" aria-label=(lang.say("地方", "Place")) {
                        @for place in &places { option value=(place) selected[*place == look.asked.area] { (look.names(lang).place_path(place)) } }
                    }
                }
                button class="button secondary" type="submit" { (lang.say("查看", "Show")) }
            }
        }
        @if let Some(period) = look.asked.period {
            details class="no-print" {
                summary { (lang.say("从某日到某日", "From one day to another")) }
                form class="search" method="get" action=(look.address()) {
                    input type="hidden" name="place" value=(look.asked.area);
                    input class="input" type="date" name="from" required value=(period.from) aria-label=(lang.say("从", "From"));
                    input class="input" type="date" name="to" required value=(period.to) aria-label=(lang.say("到", "To"));
                    button class="button secondary" type="submit" { (lang.say("查看", "Show")) }
                }
            }
            nav class="pages no-print" aria-label=(lang.say("期间", "Period")) {
                @if let Some(before) = beside(-1) { a href=(moves(before)) { "← " (period_words(lang, &before)) } }
                @if let Some(after) = beside(1).filter(|after| after.from <= look.visitor.now.date()) { a href=(moves(after)) { (period_words(lang, &after)) " →" } }
            }
        }
    }
}

/// Periods to choose from, the one asked for among them.
fn offered(look: &Look<'_>, asked: Period) -> Vec<Period> {
    let mut all = Vec::new();
    for (kind, count) in OFFERED {
        let first = Period::around(kind, look.visitor.now.date());
        all.extend(std::iter::successors(Some(first), |period| period.beside(-1)).take(count));
    }
    if !all.contains(&asked) {
        all.insert(0, asked);
    }
    all
}

/// The places that may be chosen: those of the visitor's posts, and two levels below.
fn places(look: &Look<'_>) -> Vec<String> {
    let county = look.snapshot.world().county();
    let below = |outer: &String| -> Vec<String> { county.children(outer).map(|place| place.code.clone()).collect() };
    let mut all = Vec::new();
    for area in &look.areas {
        all.push(area.clone());
        for child in below(area) {
            let grandchildren = below(&child);
            all.push(child);
            all.extend(grandchildren);
        }
    }
    if !all.contains(&look.asked.area) {
        all.push(look.asked.area.clone());
    }
    all
}

fn single(look: &Look<'_>, page: usize) -> Result<Markup, Problem> {
    let lang = look.visitor.lang;
    let report = look.report()?;
    let excel = look.visitor.here.split_once('?').map_or(String::new(), |(_, query)| format!("?{query}"));
    Ok(html! {
        (counts(look, &report))
        (drawn(look, &report))
        @if look.view.sums() {
            @if report.groups.is_empty() { (nothing(look)) } @else { (groups(look, &report, usize::MAX)) }
            @if let Some(group) = &look.asked.group { (behind(look, &report, group, page)) }
        } @else {
            @if report.lines.is_empty() { (nothing(look)) } @else { (lines(look, &report.lines, page)) }
        }
        @if report.cut { p { (lang.say("记录太多，没有全部列出；请选小一些的地方或者短一些的期间。", "There are too many lines to list; choose a smaller place or a shorter period.")) } }
        p class="no-print" { (button::secondary_link(lang.say("导出 Excel", "To Excel"), &format!("{}/excel{excel}", look.address()))) }
    })
}

fn nothing(look: &Look<'_>) -> Markup {
    html! { p class="soft" { (look.visitor.lang.say("没有符合的记录。", "Nothing fits.")) } }
}

fn counts(look: &Look<'_>, report: &Report) -> Markup {
    let lang = look.visitor.lang;
    html! {
        ul class="figures" {
            li { span { b { (report.found) } (lang.say("条记录", "lines")) } }
            @if look.view.late.is_some() { li class=[(report.late > 0).then_some("late")] { span { b { (report.late) } (lang.say("逾期", "late")) } } }
        }
    }
}

/// The chart of a view, if it has one and there is something to draw.
fn drawn(look: &Look<'_>, report: &Report) -> Markup {
    match &look.view.chart {
        None => html! {},
        Some(Drawing::Gantt(of)) => gantt::drawn(look, report, of),
        Some(Drawing::Figure { kind, of }) => drawn_figure(look, report, *kind, of),
    }
}

fn drawn_figure(look: &Look<'_>, report: &Report, kind: ChartKind, of: &str) -> Markup {
    if report.groups.is_empty() {
        return html! {};
    }
    let Some((figure, column)) = look.view.column(of) else { return html! {} };
    let id = format!("chart-{}", look.view.name);
    let title = format!("{}：{}", look.title(), look.visitor.lang.label(&column.label));
    let (shape, parts, points) = match kind {
        ChartKind::Stacked => {
            let (parts, points) = stacked(look, report, figure);
            (Shape::Stacked, parts, points)
        }
        ChartKind::Bar => (Shape::Bars, vec![String::new()], points(look, report, figure)),
        ChartKind::Line => (Shape::Line, vec![String::new()], over_time(look, report, figure)),
    };
    // Where all is nought, or one bar stands alone, there are no lengths to compare; the table says it.
    let alone = matches!(shape, Shape::Bars) && points.len() < 2;
    if alone || points.iter().flat_map(|point| &point.values).flatten().all(rust_decimal::Decimal::is_zero) {
        return html! {};
    }
    chart::chart(shape, &id, &Chart { title, parts, points })
}

fn number(value: &Value) -> Option<rust_decimal::Decimal> {
    match value {
        Value::Number(number, _) => Some(*number),
        _ => None,
    }
}

/// The name of a group: what its lines share, or only the first of that.
fn name(look: &Look<'_>, group: &Group, only_first: bool) -> String {
    let names = look.names(look.visitor.lang);
    let take = if only_first { 1 } else { usize::MAX };
    let parts = look.view.groupings().take(take).map(|(index, column)| shown(names, column, &group.values[index]));
    let filled =
        |part: String| if part.is_empty() { look.visitor.lang.say("未填", "not filled in").to_owned() } else { part };
    let mut all: Vec<String> = Vec::new();
    for part in parts.map(filled) {
        // A place says itself which place it lies in.
        if all.last().is_some_and(|before| part.starts_with(before.as_str())) {
            all.pop();
        }
        all.push(part);
    }
    all.join(" · ")
}

fn points(look: &Look<'_>, report: &Report, figure: usize) -> Vec<Point> {
    let names = look.names(look.visitor.lang);
    let point = |group: &Group| Point {
        label: name(look, group, false),
        values: vec![number(&group.values[figure])],
        shown: shown(names, &look.view.columns[figure], &group.values[figure]),
    };
    report.groups.iter().map(point).collect()
}

/// A point for each period from the first to the last: where there is nothing, nothing was counted.
fn over_time(look: &Look<'_>, report: &Report, figure: usize) -> Vec<Point> {
    let all = points(look, report, figure);
    let Some((kind, (time, _))) = time_of(look.view).zip(look.view.groupings().next()) else { return all };
    let mut filled: Vec<Point> = Vec::new();
    let mut next: Option<Period> = None;
    for (group, point) in report.groups.iter().zip(all) {
        let Some(day) = group.values[time].as_date() else { continue };
        let here = Period::around(kind, day);
        while let Some(empty) = next.filter(|next| next.from < here.from && filled.len() < PERIODS_MAX) {
            filled.push(nothing_in(look, figure, &empty));
            next = empty.beside(1);
        }
        filled.push(point);
        next = here.beside(1);
    }
    filled
}

fn nothing_in(look: &Look<'_>, figure: usize, period: &Period) -> Point {
    let counts = matches!(look.view.columns[figure].role, Role::Figure(Figure::Count | Figure::Sum));
    let value = counts.then_some(rust_decimal::Decimal::ZERO);
    let shown = if counts { "0".to_owned() } else { String::new() };
    Point { label: period_words(look.visitor.lang, period), values: vec![value], shown }
}

/// Bars by the first grouping, in parts by the second.
fn stacked(look: &Look<'_>, report: &Report, figure: usize) -> (Vec<String>, Vec<Point>) {
    let names = look.names(look.visitor.lang);
    let Some((second, column)) = look.view.groupings().nth(1) else { return (Vec::new(), Vec::new()) };
    let part_of = |group: &Group| {
        let part = shown(names, column, &group.values[second]);
        if part.is_empty() { look.visitor.lang.say("未填", "not filled in").to_owned() } else { part }
    };
    let mut parts: Vec<String> = Vec::new();
    for part in report.groups.iter().map(part_of) {
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    let mut points: Vec<Point> = Vec::new();
    for group in &report.groups {
        let label = name(look, group, true);
        if points.last().is_none_or(|last| last.label != label) {
            points.push(Point { label, values: vec![None; parts.len()], shown: String::new() });
        }
        let place = parts.iter().position(|part| *part == part_of(group));
        if let (Some(point), Some(place)) = (points.last_mut(), place) {
            point.values[place] = number(&group.values[figure]);
            let sum: rust_decimal::Decimal = point.values.iter().flatten().sum();
            point.shown = sum.normalize().to_string();
        }
    }
    (parts, points)
}

fn headings(look: &Look<'_>, columns: &[(usize, &regulation::model::view::Column)]) -> Vec<Column> {
    let lang = look.visitor.lang;
    let heading = |(_, column): &(usize, &regulation::model::view::Column)| {
        let label = lang.label(&column.label);
        if column.is_number() { Column::number(label) } else { Column::text(label) }
    };
    columns.iter().map(heading).collect()
}

/// The table of groups; each figure leads to the lines behind it.
fn groups(look: &Look<'_>, report: &Report, most: usize) -> Markup {
    let columns: Vec<_> = look.view.of_groups().collect();
    let row = |group: &Group| Row { cells: cells(look, &columns, group), class: (group.late > 0).then_some("late") };
    let mut rows: Vec<Row> = report.groups.iter().take(most).map(row).collect();
    if look.view.groupings().next().is_some() && report.groups.len() > 1 {
        let total = Group {
            key: Asked::EVERY.to_owned(),
            values: report.total.clone(),
            lines: report.found,
            late: report.late,
        };
        let mut cells = cells(look, &columns, &total);
        if let Some(first) = cells.first_mut() {
            *first = html! { (look.visitor.lang.say("合计", "Total")) };
        }
        rows.push(Row { cells, class: Some("total") });
    }
    marked_table(look.title(), &headings(look, &columns), &rows)
}

fn cells(look: &Look<'_>, columns: &[(usize, &regulation::model::view::Column)], group: &Group) -> Vec<Markup> {
    let lang = look.visitor.lang;
    let names = look.names(lang);
    let here = with_query(&look.here(), "page", "");
    let key = if group.key.is_empty() { Asked::EVERY } else { &group.key };
    let behind = format!("{}#behind", with_query(&here, "group", key));
    let cell = |(index, column): &(usize, &regulation::model::view::Column)| {
        let text = shown(names, column, &group.values[*index]);
        match column.role {
            Role::Figure(_) if !text.is_empty() => html! { a href=(behind) { (text) } },
            Role::Figure(_) => html! { span class="soft" { "–" } },
            _ if text.is_empty() && key != Asked::EVERY => {
                html! { span class="soft" { (lang.say("未填", "not filled in")) } }
            }
            _ => html! { (text) },
        }
    };
    columns.iter().map(cell).collect()
}

/// The lines behind a group.
fn behind(look: &Look<'_>, report: &Report, group: &str, page: usize) -> Markup {
    let lang = look.visitor.lang;
    let known = report.groups.iter().find(|known| known.key == group);
    let title = match known {
        Some(known) if !group.is_empty() => name(look, known, false),
        _ => lang.say("全部", "All").to_owned(),
    };
    html! {
        section id="behind" {
            h2 { (lang.say("明细：", "Behind the figures: ")) (title) }
            @if report.lines.is_empty() { (nothing(look)) } @else { (lines(look, &report.lines, page)) }
            p class="no-print" { a href=(with_query(&with_query(&look.visitor.here, "group", ""), "page", "")) { (lang.say("收起明细", "Close")) } }
        }
    }
}

fn lines(look: &Look<'_>, all: &[Line], page: usize) -> Markup {
    let lang = look.visitor.lang;
    let first = (page - 1).saturating_mul(LINES);
    let here = &look.visitor.here;
    let more = all.len() > first.saturating_add(LINES);
    html! {
        (line_table(look, all.iter().skip(first).take(LINES)))
        @if all.len() > LINES {
            p class="soft" { (lang.say("共 ", "Of ")) (all.len()) (lang.say(" 条，本页从第 ", " lines, this page begins with ")) (first + 1) (lang.say(" 条起；导出的 Excel 有全部。", "; the Excel file has all.")) @if all.len() >= KEPT_MAX { " " (lang.say("明细最多列出两万条。", "At most 20,000 lines are listed.")) } }
            (crate::components::pagination::pagination(lang, (page > 1).then_some(with_query(here, "page", "")).as_deref(), more.then(|| with_query(here, "page", &(page + 1).to_string())).as_deref()))
        }
    }
}

fn line_table<'l>(look: &Look<'_>, lines: impl Iterator<Item = &'l Line>) -> Markup {
    let lang = look.visitor.lang;
    let names = look.names(lang);
    let columns: Vec<_> = look.view.of_lines().collect();
    let link_at = columns.iter().position(|(_, column)| column.role == Role::Shown);
    let mut headings = headings(look, &columns);
    if link_at.is_none() {
        headings.insert(0, Column::text(lang.say("记录", "Line")));
    }
    let late_at = look.view.late.is_some();
    if late_at {
        headings.push(Column::text(lang.say("状态", "State")));
    }
    let row = |line: &Line| {
        let texts = columns.iter().map(|(index, column)| shown(names, column, &line.values[*index]));
        let mut cells: Vec<Markup> = texts.map(|text| html! { (text) }).collect();
        match link_at {
            Some(place) => cells[place] = linked(look, line, cells[place].clone()),
            None => cells.insert(0, linked(look, line, html! {})),
        }
        if late_at {
            cells.push(html! { @if line.late { (light(Light::Red, lang.say("逾期", "late"))) } });
        }
        Row { cells, class: line.late.then_some("late") }
    };
    let rows: Vec<Row> = lines.map(row).collect();
    marked_table(look.title(), &headings, &rows)
}

/// A cell that leads to what the line is about, for those who may see it.
fn linked(look: &Look<'_>, line: &Line, text: Markup) -> Markup {
    let names = look.names(look.visitor.lang);
    let world = look.snapshot.world();
    let (address, name) = match &line.subject {
        Subject::Matter(id) => {
            let seen = within_sight(world, look.visitor, id);
            (seen.map(|_| format!("/matters/{id}")), names.matter(id))
        }
        Subject::Row { register, key } => {
            (Some(format!("/registers/{register}/{}", layout::encode_part(key))), names.row(register, key))
        }
        Subject::Place(code) => (None, names.place_path(code)),
        Subject::None => (None, String::new()),
    };
    let text = if text.0.is_empty() {
        html! { (name) }
    } else {
        text
    };
    match address {
        Some(address) => html! { a href=(address) { (text) } },
        None => text,
    }
}

/// Several views on one sheet of paper.
fn sheet(look: &Look<'_>, parts: &[String]) -> Result<Markup, Problem> {
    let lang = look.visitor.lang;
    let mut shown = Vec::new();
    for part in parts.iter().filter_map(|name| look.part(name)) {
        let report = part.report()?;
        let count = if part.view.sums() { report.groups.len() } else { report.lines.len() };
        shown.push(html! {
            section class="sheet-part" {
                h2 { a href=(part.here()) { (part.title()) } @if let Some(number) = &part.view.number { " " span class="soft small" { (number) } } }
                // Parts of a sheet may have other periods, and count other things: each says which.
                @if let Some(period) = &part.asked.period { p class="soft" { (lang.say("期间：", "Period: ")) (period_words(lang, period)) } }
                @if let Some(note) = &part.view.note { p class="soft small" { (lang.label(note)) } }
                (drawn(&part, &report))
                @if count == 0 { (nothing(&part)) }
                @else if part.view.sums() { (groups(&part, &report, PART_LINES)) }
                @else { (line_table(&part, report.lines.iter().take(PART_LINES))) }
                @if count > PART_LINES { p class="soft small" { (lang.say("以上为前 ", "The first ")) (PART_LINES) (lang.say(" 行，共 ", " of ")) (count) (lang.say(" 行", "")) } }
            }
        });
    }
    Ok(html! { @for part in &shown { (part) } })
}
