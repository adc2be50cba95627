//! `/reports/{regulation}/{view}/excel`: the figures, or the lines where the view lists them or a group is asked for, as a sheet.

use crate::lang::Lang;
use crate::pages::registers::excel::download;
use crate::problem::Problem;
use crate::registers::sheet::written;
use crate::reports::{Look, Wanted, shown};
use crate::site::{App, Running, long_work};
use crate::visit::{Visitor, query_value};
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Response;
use engine::view::Report;
use regulation::expr::{Type, Value};
use regulation::model::view::{Column, Role, Source};
use sheets::{Kind, Out, Writer};
use std::sync::Arc;

/// The file.
pub async fn show(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path((regulation, view)): Path<(String, String)>,
    uri: Uri,
) -> Result<Response, Problem> {
    let app: App = state;
    let wanted = Wanted::read(|name| query_value(&uri, name));
    long_work(&app, move |app| {
        app.read(|snapshot| {
            let look = Look::new(snapshot, &visitor, (&regulation, &view), &wanted)?;
            if matches!(look.view.source, Source::Sheet(_)) {
                return Err(Problem::not_found(
                    "汇总表请打印；其中每张报表可以各自导出",
                    "A sheet is for print; each report on it can be taken out by itself",
                ));
            }
            let report = look.report()?;
            let bytes = file(&look, &report).map_err(|error| {
                Problem::fault(&anyhow::Error::new(error).context("a report could not be written as a sheet"))
            })?;
            Ok(download(&format!("{}-{}.xlsx", look.view.title.zh, look.visitor.now.date()), bytes))
        })
    })
    .await
}

fn file(look: &Look<'_>, report: &Report) -> Result<Vec<u8>, sheets::XlsxError> {
    let lists = !look.view.sums() || look.asked.group.is_some();
    let columns: Vec<(usize, &Column)> =
        if lists { look.view.of_lines().collect() } else { look.view.of_groups().collect() };
    let headings: Vec<sheets::Column> = columns.iter().map(|(_, column)| heading(column)).collect();
    let mut writer = Writer::new(&look.view.title.zh, &headings)?;
    let row = |values: &[Value]| -> Vec<Out> {
        columns.iter().map(|(index, column)| cell(look, column, &values[*index]).into()).collect()
    };
    if lists {
        report.lines.iter().try_for_each(|line| writer.row(&row(&line.values)))?;
    } else {
        report.groups.iter().try_for_each(|group| writer.row(&row(&group.values)))?;
        if look.view.groupings().next().is_some() {
            let mut total = row(&report.total);
            if let Some(first) = total.first_mut() {
                *first = sheets::Value::Text("合计".to_owned()).into();
            }
            writer.row(&total)?;
        }
    }
    writer.finish("说明", &about(look, report))
}

fn heading(column: &Column) -> sheets::Column {
    let unit = column.ty.unit().map(regulation::expr::Unit::zh).unwrap_or_default();
    let label = &column.label.zh;
    let heading = if unit.is_empty() { label.clone() } else { format!("{label}（{unit}）") };
    let kind = match &column.ty {
        _ if column.is_number() => Kind::Number,
        Type::Date if !matches!(column.role, Role::ByTime(_)) => Kind::Date,
        _ => Kind::Text,
    };
    let width = (heading.chars().count() * 2 + 2).max(if column.ty == Type::Place { 26 } else { 12 });
    sheets::Column { heading, kind, width }
}

/// Numbers and days as such; what is masked on pages is masked here.
fn cell(look: &Look<'_>, column: &Column, value: &Value) -> sheets::Value {
    let names = look.names(Lang::Zh);
    match value {
        value if value.is_missing() => sheets::Value::Empty,
        Value::Number(number, _) => sheets::Value::Number(*number),
        Value::Date(day) if !matches!(column.role, Role::ByTime(_)) => sheets::Value::Date(*day),
        Value::Moment(_) => sheets::Value::Text(written(names, &column.ty, value)),
        value => sheets::Value::Text(shown(names, column, value)),
    }
}

/// Where the figures come from.
fn about(look: &Look<'_>, report: &Report) -> Vec<(String, String)> {
    let names = look.names(Lang::Zh);
    let by = look.visitor.person.as_ref().map_or_else(
        || "未登录的访客".to_owned(),
        |person| match person.posts.first() {
            Some(post) => format!("{}（{}）", person.name, post.title),
            None => person.name.clone(),
        },
    );
    let mut lines = vec![
        ("报表", format!("{} {}", look.view.number.clone().unwrap_or_default(), look.view.title.zh).trim().to_owned()),
        ("依据", format!("{} {}", look.regulation.title.zh, look.view.clauses.join("、")).trim().to_owned()),
        ("范围", names.place_path(&look.asked.area)),
    ];
    lines.extend(look.asked.period.map(|period| ("期间", period.zh())));
    lines.extend(look.view.note.as_ref().map(|note| ("说明", note.zh.clone())));
    let cut = if report.cut { "（没有全部列出）" } else { "" };
    lines.push(("记录数", format!("{}{cut}", report.found)));
    lines.push(("统计时间", Lang::Zh.moment(look.visitor.now)));
    lines.push(("导出人", by));
    lines.into_iter().map(|(label, text)| (label.to_owned(), text)).collect()
}
