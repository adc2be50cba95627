//! `/views`: the reports of regulations (报表) as data, for the period and place asked for.

use super::query::Query;
use super::{Answered, ok};
use crate::forms::json;
use crate::pages::matter::within_sight;
use crate::problem::Problem;
use crate::reports::{Look, Wanted, open_to, shown};
use crate::site::{App, Running, long_work, work};
use crate::visit::Visitor;
use axum::extract::{Path, State};
use engine::view::{Group, Line, Report, Subject};
use regulation::expr::Value as Answer;
use regulation::model::view::{Column, Figure, PeriodKind, Role, Source};
use regulation::model::{Regulation, View};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Views that the caller may ask for.
pub(super) async fn list(state: State<Arc<Running>>, visitor: Visitor) -> Answered {
    let app: App = state;
    let answer = work(&app, move |app| {
        app.read(|snapshot| {
            let open = open_to(snapshot, &visitor);
            Ok(json!({ "items": open.iter().map(|(regulation, view)| line(&visitor, regulation, view)).collect::<Vec<_>>() }))
        })
    })
    .await?;
    Ok(ok(answer))
}

fn line(visitor: &Visitor, regulation: &Regulation, view: &View) -> Value {
    json!({
        "regulation": regulation.id,
        "view": view.name,
        "number": view.number,
        "title": visitor.lang.label(&view.title),
        "note": view.note.as_ref().map(|note| visitor.lang.label(note)),
        "period": view.period.map(period_name),
        "clauses": view.clauses,
        "columns": view.columns.iter().map(|column| self::column(visitor, column)).collect::<Vec<_>>(),
        "parts": match &view.source {
            Source::Sheet(parts) => parts.as_slice(),
            _ => &[],
        },
    })
}

fn period_name(kind: PeriodKind) -> &'static str {
    match kind {
        PeriodKind::Month => "month",
        PeriodKind::Quarter => "quarter",
        PeriodKind::HalfYear => "half-year",
        PeriodKind::Year => "year",
    }
}

fn column(visitor: &Visitor, column: &Column) -> Value {
    let role = match column.role {
        Role::Shown => "shown",
        Role::By => "by",
        Role::ByTime(PeriodKind::Month) => "by month",
        Role::ByTime(PeriodKind::Quarter) => "by quarter",
        Role::ByTime(PeriodKind::HalfYear) => "by half-year",
        Role::ByTime(PeriodKind::Year) => "by year",
        Role::Figure(Figure::Count) => "count",
        Role::Figure(Figure::Share) => "share",
        Role::Figure(Figure::Sum) => "sum",
        Role::Figure(Figure::Mean) => "mean",
        Role::Figure(Figure::Min) => "min",
        Role::Figure(Figure::Max) => "max",
        Role::Figure(Figure::First) => "first",
    };
    json!({
        "name": column.name,
        "label": visitor.lang.label(&column.label),
        "role": role,
        "type": super::model::type_name(&column.ty),
        "unit": column.ty.unit().map(regulation::expr::Unit::code).filter(|unit| !unit.is_empty()),
    })
}

/// One view for a period and a place; with `group`, the lines behind it.
pub(super) async fn show(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path((regulation, view)): Path<(String, String)>,
    query: Query,
) -> Answered {
    let app: App = state;
    let wanted = Wanted::read(|name| query.get(name).map(str::to_owned));
    let cut = query.cut()?;
    let after = cut
        .after
        .as_deref()
        .map_or(Some(0), |after| after.parse().ok())
        .ok_or_else(|| Problem::unreadable("after 应取自上一页的答复", "after must come from the page before"))?;
    let answer = long_work(&app, move |app| {
        app.read(|snapshot| {
            let look = Look::new(snapshot, &visitor, (&regulation, &view), &wanted)?;
            let report = look.report()?;
            Ok(whole(&look, &report, after, cut.limit))
        })
    })
    .await?;
    Ok(ok(answer))
}

fn whole(look: &Look<'_>, report: &Report, after: usize, limit: usize) -> Value {
    let next = after.saturating_add(limit);
    let period = look.asked.period;
    let mut answer = line(look.visitor, look.regulation, look.view);
    answer["place"] = json!(look.asked.area);
    answer["asked_period"] = json!(period.map(|period| period.code()));
    answer["from"] = json!(period.map(|period| period.from.to_string()));
    answer["to"] = json!(period.map(|period| period.to.to_string()));
    answer["at"] = json!(look.visitor.now.to_string());
    answer["found"] = json!(report.found);
    answer["late"] = json!(look.view.late.as_ref().map(|_| report.late));
    answer["cut"] = json!(report.cut);
    answer["groups"] = report.groups.iter().map(|group| self::group(look, group)).collect();
    answer["total"] = values(look, look.view.of_groups(), &report.total);
    answer["lines"] = report.lines.iter().skip(after).take(limit).map(|line| self::of_line(look, line)).collect();
    answer["after"] = json!((next < report.lines.len()).then(|| next.to_string()));
    answer
}

fn group(look: &Look<'_>, group: &Group) -> Value {
    json!({
        "key": group.key,
        "values": values(look, look.view.of_groups(), &group.values),
        "lines": group.lines,
        "late": group.late,
    })
}

/// A line. What it is about is named only to those who may see it.
fn of_line(look: &Look<'_>, line: &Line) -> Value {
    let world = look.snapshot.world();
    let subject = match &line.subject {
        Subject::Matter(id) => within_sight(world, look.visitor, id).map(|_| json!({ "matter": id })),
        Subject::Row { register, key } => Some(json!({ "register": register, "key": key })),
        Subject::Place(code) => Some(json!({ "place": code })),
        Subject::None => None,
    };
    json!({
        "subject": subject,
        "place": line.place,
        "values": values(look, look.view.of_lines(), &line.values),
        "late": line.late,
    })
}

/// Values by column: as they are kept, personal data as pages show it.
fn values<'v>(look: &Look<'_>, columns: impl Iterator<Item = (usize, &'v Column)>, all: &[Answer]) -> Value {
    let names = look.names(look.visitor.lang);
    let mut answer = Map::new();
    for (index, column) in columns {
        let value = match &all[index] {
            value if value.is_missing() => Value::Null,
            value if column.personal.is_some() => Value::String(shown(names, column, value)),
            value => json::value(value),
        };
        answer.insert(column.name.clone(), value);
    }
    Value::Object(answer)
}
