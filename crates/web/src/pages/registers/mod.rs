//! `/registers/{name}`: a register as a table; `/registers/{name}/{key}`: a row and its history. Read only.

use super::documents::viewer;
use super::home::names;
use crate::components::crumbs::crumbs;
use crate::components::pagination::pagination;
use crate::components::summary::summary;
use crate::components::table::{Column, table};
use crate::forms::{mask, show as values};
use crate::layout::{self, Nav, with_query};
use crate::problem::Problem;
use crate::site::{App, Running, work};
use crate::visit::{Visitor, query_value};
use axum::extract::{Path, State};
use axum::http::Uri;
use engine::env::Scope;
use engine::rights::{Access, may_read_register};
use maud::{Markup, html};
use regulation::expr::{Record, Type, Value};
use regulation::model::{Field, Reader, Register};
use std::sync::Arc;
use store::Snapshot;
use store::pages::{Cut, MatterQuery, Page, RowQuery};

/// Rows on a page.
const LINES: usize = 50;
/// Columns of the table; the rest stands on the row's own page.
const COLUMNS: usize = 8;

/// Where a visitor may read a register: everywhere (`None` inside), or in a place.
#[must_use]
pub fn scope(snapshot: &dyn Snapshot, visitor: &Visitor, register: &Register) -> Option<(Option<String>, Access)> {
    if register.readers.contains(&Reader::Public) {
        return Some((None, Access::Public));
    }
    let world = snapshot.world();
    let county = world.county();
    let places = visitor.person.iter().flat_map(|person| &person.posts).map(|post| post.place.clone());
    let read = |place: &String| may_read_register(world, &viewer(visitor), register, None, place, visitor.now.date());
    let best = places.map(|place| (read(&place), place)).filter(|(access, _)| *access > Access::None);
    // The widest area: a county post before a township one.
    let (access, place) = best
        .min_by_key(|(_, place)| county.places.values().filter(|other| county.contains(&other.code, place)).count())?;
    Some((Some(place), access))
}

/// A register of the regulations in force.
pub fn register<'a>(snapshot: &'a dyn Snapshot, name: &str) -> Result<&'a Arc<Register>, Problem> {
    let found = snapshot.world().rulebook().register(name).map(|(_, register)| register);
    found.ok_or_else(|| Problem::not_found("没有这个登记簿", "There is no such register"))
}

/// Why a register stays shut.
#[must_use]
pub fn closed(visitor: &Visitor) -> Problem {
    match visitor.person {
        None => Problem::sign_in_first(),
        Some(_) => Problem::forbidden("您的岗位不能查看这个登记簿", "Your post may not read this register"),
    }
}

/// A row as pages show it: key and columns.
pub struct Line {
    /// Key of the row, number of the matter.
    pub key: String,
    href: String,
    /// Columns.
    pub record: Record,
}

/// The table.
pub async fn show(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path(name): Path<String>,
    uri: Uri,
) -> Result<Markup, Problem> {
    let app: App = state;
    let value = |name: &str| query_value(&uri, name).filter(|value| !value.is_empty());
    let (text, sort, after) = (value("q"), value("sort"), value("after"));
    work(&app, move |app| {
        app.read(|snapshot| {
            let register = register(snapshot, &name)?;
            let (place, access) = scope(snapshot, &visitor, register).ok_or_else(|| closed(&visitor))?;
            let query = RowQuery {
                register: name.clone(),
                place,
                text,
                sort: sort.as_deref().map(read_sort),
                ..RowQuery::default()
            };
            page(snapshot, &visitor, register, access, &query, after)
        })
    })
    .await
}

/// `-area` sorts downwards.
fn read_sort(text: &str) -> (String, bool) {
    text.strip_prefix('-').map_or_else(|| (text.to_owned(), false), |column| (column.to_owned(), true))
}

fn page(
    snapshot: &dyn Snapshot,
    visitor: &Visitor,
    register: &Register,
    access: Access,
    query: &RowQuery,
    after: Option<String>,
) -> Result<Markup, Problem> {
    let lang = visitor.lang;
    let cut = Cut { limit: LINES, after: after.clone() };
    let lines = lines(snapshot, visitor, register, query, &cut)?;
    let title = lang.label(&register.title);
    let plain = with_query(&visitor.here, "after", "");
    let next = lines.next.as_ref().map(|next| with_query(&plain, "after", next));
    let content = html! {
        (crumbs(lang, &[(lang.say("工作台", "Desk"), "/desk")]))
        h1 { (title) }
        form class="search" role="search" method="get" {
            input class="input" type="search" name="q" value=(query.text.clone().unwrap_or_default()) aria-label=(lang.say("在本簿中查找", "Find in this register"));
            button class="button secondary" type="submit" { (lang.say("查找", "Find")) }
        }
        @if lines.lines.is_empty() { p class="soft" { (lang.say("没有记录。", "No rows.")) } }
        @else { (rows(snapshot, visitor, register, access, query, &lines.lines)) }
        (pagination(lang, after.as_ref().map(|_| plain.as_str()), next.as_deref()))
    };
    Ok(layout::page(visitor, Nav::Desk, title, &content))
}

fn shown(register: &Register) -> impl Iterator<Item = &Field> {
    let plain =
        register.fields.iter().filter(|field| !matches!(field.ty, Type::Records(_) | Type::List(_) | Type::File));
    plain.take(COLUMNS)
}

fn rows(
    snapshot: &dyn Snapshot,
    visitor: &Visitor,
    register: &Register,
    access: Access,
    query: &RowQuery,
    lines: &[Line],
) -> Markup {
    let lang = visitor.lang;
    let columns: Vec<Column> = shown(register)
        .map(|field| {
            let name = lang.label(&field.label);
            let number = matches!(field.ty, Type::Number { .. });
            let column = if number { Column::number(name) } else { Column::text(name) };
            if register.rows_of.is_some() {
                return column;
            }
            let down = query.sort.as_ref().is_some_and(|(column, down)| *column == field.name && !down);
            let sort = if down { format!("-{}", field.name) } else { field.name.clone() };
            column.linked(&with_query(&with_query(&visitor.here, "after", ""), "sort", &sort))
        })
        .collect();
    let body: Vec<Vec<Markup>> = lines
        .iter()
        .map(|line| {
            let cells = shown(register).enumerate();
            cells
                .map(|(place, field)| {
                    let text =
                        text(snapshot, visitor, field, access, line.record.get(&field.name).unwrap_or(&Value::Missing));
                    if place == 0 {
                        html! { a href=(line.href) { @if text.is_empty() { (line.key) } @else { (text) } } }
                    } else if field.ty == Type::Date {
                        html! { time { (text) } }
                    } else {
                        html! { (text) }
                    }
                })
                .collect()
        })
        .collect();
    table(lang.label(&register.title), &columns, &body)
}

/// A column's value; personal data is covered, except names for those who may read all.
fn text(snapshot: &dyn Snapshot, visitor: &Visitor, field: &Field, access: Access, value: &Value) -> String {
    let text = values::show(names(snapshot, visitor), &field.ty, value);
    let covered = mask::is_masked(field) || (access < Access::Full && field.personal.is_some());
    if covered { mask::cover(&text) } else { text }
}

/// A page of rows.
pub fn lines(
    snapshot: &dyn Snapshot,
    visitor: &Visitor,
    register: &Register,
    query: &RowQuery,
    cut: &Cut,
) -> Result<Page<Line>, Problem> {
    let Some(procedure) = &register.rows_of else {
        let found = snapshot.rows(query, cut)?;
        let line = |key: &str, record: &Record| Line {
            key: key.to_owned(),
            href: format!("/registers/{}/{}", register.name, layout::encode(key)),
            record: record.clone(),
        };
        let lines = found.lines.iter().map(|line_| line(&line_.row.key, &line_.row.record)).collect();
        return Ok(Page { lines, next: found.next });
    };
    let matters = MatterQuery {
        procedure: Some(procedure.clone()),
        place: query.place.clone(),
        text: query.text.clone(),
        ..MatterQuery::default()
    };
    let found = snapshot.matters(&matters, cut)?;
    let scope = Scope::new(snapshot.world(), visitor.now);
    let lines = found.lines.iter().map(|matter| Line {
        key: matter.number.clone().unwrap_or_else(|| matter.id.clone()),
        href: format!("/matters/{}", matter.id),
        record: derived(&scope, register, &matter.id),
    });
    Ok(Page { lines: lines.collect(), next: found.next.clone() })
}

/// The columns of a register whose rows are matters.
fn derived(scope: &Scope<'_>, register: &Register, matter: &str) -> Record {
    let Some(env) = scope.matter(matter) else { return Record::new() };
    let value = |field: &Field| field.derived.as_ref().map(|derived| (field.name.clone(), derived.eval(&env)));
    register.fields.iter().filter_map(value).collect()
}

/// A row.
pub async fn row(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path((name, key)): Path<(String, String)>,
) -> Result<Markup, Problem> {
    let app: App = state;
    work(&app, move |app| app.read(|snapshot| row_page(snapshot, &visitor, &name, &key))).await
}

fn row_page(snapshot: &dyn Snapshot, visitor: &Visitor, name: &str, key: &str) -> Result<Markup, Problem> {
    let lang = visitor.lang;
    let register = register(snapshot, name)?;
    let missing = || Problem::not_found("没有这条记录，或者您无权查看", "No such row, or not for you to see");
    let line = snapshot.row(name, key)?.ok_or_else(missing)?;
    let today = visitor.now.date();
    let access =
        may_read_register(snapshot.world(), &viewer(visitor), register, Some(&line.row), &line.row.place, today);
    if access == Access::None {
        return Err(if visitor.person.is_none() { Problem::sign_in_first() } else { missing() });
    }
    let lines = record_lines(snapshot, visitor, register, access, &line.row.record);
    let history = snapshot.row_history(name, key)?;
    let title = format!("{} {key}", lang.label(&register.title));
    let content = html! {
        (crumbs(lang, &[(lang.label(&register.title), &format!("/registers/{name}"))]))
        h1 { (title) }
        p class="soft" { (lang.say("自 ", "Since ")) (lang.date(line.row.since)) }
        (summary(&lines))
        @if history.len() > 1 {
            h2 { (lang.say("历史", "History")) }
            @for version in history.iter().rev() {
                details {
                    summary { (lang.date(version.since)) @if let Some(person) = &version.person { " " (names(snapshot, visitor).person(person)) } @if version.record.is_none() { (lang.say("：已注销", ": closed")) } }
                    @if let Some(record) = &version.record { div { (summary(&record_lines(snapshot, visitor, register, access, record))) } }
                }
            }
        }
    };
    Ok(layout::page(visitor, Nav::Desk, &title, &content))
}

/// A column's value for programs; personal data is covered.
#[must_use]
pub fn shown_value(field: &Field, access: Access, value: &Value) -> serde_json::Value {
    let shown = crate::forms::json::value(value);
    let personal = mask::is_masked(field) || (access < Access::Full && field.personal.is_some());
    match (&shown, value) {
        (_, Value::Records(_)) => serde_json::Value::Null,
        (serde_json::Value::String(text), _) if personal => serde_json::Value::String(mask::cover(text)),
        _ if personal => serde_json::Value::Null,
        _ => shown,
    }
}

fn record_lines(
    snapshot: &dyn Snapshot,
    visitor: &Visitor,
    register: &Register,
    access: Access,
    record: &Record,
) -> Vec<(String, Markup)> {
    let names = names(snapshot, visitor);
    let line = |field: &Field| {
        let value = record.get(&field.name).filter(|value| !value.is_missing())?;
        let content = match value {
            Value::Records(_) if access == Access::Full => values::content(names, &field.ty, value),
            value => html! { (text(snapshot, visitor, field, access, value)) },
        };
        Some((visitor.lang.label(&field.label).to_owned(), content))
    };
    register.fields.iter().filter_map(line).collect()
}
