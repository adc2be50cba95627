//! The columns of a register as columns of a sheet: headings, what is written into cells, what a template says.

use super::stays_covered;
use crate::forms::mask;
use crate::forms::names::Names;
use crate::forms::purpose::ALL;
use crate::forms::show;
use crate::lang::Lang;
use engine::decide::place_column;
use engine::rights::Access;
use regulation::expr::{Type, Value};
use regulation::model::{Field, Need, Personal, Register};
use sheets::{Column, Kind, TemplateColumn};
use std::collections::BTreeSet;

/// The heading of the column that says where a row belongs, where no column of the register does.
pub const PLACE: &str = "登记地点";
/// The heading of the column in which a checked sheet says what is wrong.
pub const REASONS: &str = "导入问题";
/// A row with a cell that begins so shows how to fill in, and is not imported.
pub const EXAMPLE: &str = "【示例】";
/// What empties a column of an existing row; a cell without anything leaves it as it is.
pub const EMPTIED: &str = "清空";

/// A column's heading: its label, and its unit where it holds numbers. Sheets are in Chinese, whoever takes them out.
#[must_use]
pub fn heading(field: &Field) -> String {
    let label = &field.label.zh;
    match unit(field) {
        Some(unit) => format!("{label}（{unit}）"),
        None => label.clone(),
    }
}

fn unit(field: &Field) -> Option<String> {
    let unit = match &field.ty {
        Type::Number { unit, .. } => show::unit_words(Lang::Zh, unit),
        Type::TermOf(unit) => calendar::Term::new(1, *unit).zh().trim_start_matches('1').to_owned(),
        _ => String::new(),
    };
    (!unit.is_empty()).then_some(unit)
}

/// A column of the sheet that is taken out.
#[must_use]
pub fn column(field: &Field, access: Access, opened: &BTreeSet<Personal>) -> Column {
    let covered = stays_covered(field, access, opened);
    let kind = match &field.ty {
        _ if covered => Kind::Text,
        Type::Number { .. } | Type::TermOf(_) => Kind::Number,
        Type::Date => Kind::Date,
        _ => Kind::Text,
    };
    let heading = heading(field);
    let wide = match &field.ty {
        Type::IdNumber | Type::CreditCode | Type::BankCard => 22,
        Type::Date => 12,
        Type::Plot | Type::Report => 40,
        Type::Text { max } if *max > 60 => 30,
        Type::Place => 28,
        _ => 12,
    };
    let width = wide.max(heading.chars().count() * 2 + 2);
    Column { heading, kind, width }
}

/// What is written for a value.
#[must_use]
pub fn cell(
    names: Names<'_>,
    field: &Field,
    (access, opened): (Access, &BTreeSet<Personal>),
    value: &Value,
) -> sheets::Value {
    if value.is_missing() {
        return sheets::Value::Empty;
    }
    if stays_covered(field, access, opened) {
        return sheets::Value::Text(mask::cover(&show::show(names, &field.ty, value)));
    }
    match value {
        Value::Number(number, _) => sheets::Value::Number(*number),
        Value::Term(term) if matches!(field.ty, Type::TermOf(_)) => sheets::Value::Number(term.length.into()),
        Value::Date(day) => sheets::Value::Date(*day),
        value => sheets::Value::Text(written(names, &field.ty, value)),
    }
}

/// A value as it is written and can be read back: rows by their key, places by their whole name, choices by their label.
#[must_use]
pub fn written(names: Names<'_>, ty: &Type, value: &Value) -> String {
    match value {
        Value::Key(key) if matches!(ty, Type::Row(_)) => key.clone(),
        Value::Number(number, _) => number.normalize().to_string(),
        Value::Date(day) => day.to_string(),
        Value::Plot(plot) => plot.to_string(),
        Value::Figures(figures) => figures.reference(),
        Value::Moment(moment) => moment.strftime("%Y-%m-%d %H:%M").to_string(),
        Value::List(values) => {
            let element = ty.element().unwrap_or(Type::Unknown);
            let parts: Vec<String> = values.iter().map(|value| written(names, &element, value)).collect();
            parts.join("、")
        }
        value => show::show(names, ty, value),
    }
}

/// Whether a column can be filled in in a sheet: not what is computed, uploaded, signed or a table of its own.
#[must_use]
pub fn is_filled(field: &Field) -> bool {
    let plain = |ty: &Type| !matches!(ty, Type::Records(_) | Type::File | Type::Signature | Type::Matter(_));
    let list = |ty: &Type| match ty {
        Type::List(element) => plain(element),
        ty => plain(ty),
    };
    field.derived.is_none() && list(&field.ty)
}

/// The columns of a template, the place first where a row needs it.
#[must_use]
pub fn template(names: Names<'_>, register: &Register, place: &str) -> Vec<TemplateColumn> {
    let mut columns: Vec<TemplateColumn> = register
        .fields
        .iter()
        .filter(|field| is_filled(field))
        .map(|field| to_fill(names, register, field, place))
        .collect();
    if place_column(register).is_none() {
        columns.push(TemplateColumn {
            column: Column { heading: PLACE.to_owned(), kind: Kind::Text, width: 28 },
            must: false,
            note: "选填。记录属于哪个地方，写全称，如“某镇某村”，或写地方代码；不填的，归到导入时选的地方。".to_owned(),
            choices: Vec::new(),
            example: names.place_path(place),
        });
    }
    columns
}

/// The columns of a template for the rows of a form.
#[must_use]
pub fn template_of_rows(names: Names<'_>, rows: &Register, place: &str) -> Vec<TemplateColumn> {
    let filled = rows.fields.iter().filter(|field| is_filled(field));
    let mut columns: Vec<TemplateColumn> = filled.map(|field| to_fill(names, rows, field, place)).collect();
    if let Some(first) = columns.first_mut() {
        first.example = format!("{EXAMPLE}{}", first.example);
    }
    columns
}

fn to_fill(names: Names<'_>, register: &Register, field: &Field, place: &str) -> TemplateColumn {
    let must = matches!(field.need, Need::Must);
    let is_first_key = register.key.first() == Some(&field.name);
    let example = example(names, field, place);
    TemplateColumn {
        column: column(field, Access::Full, &ALL),
        must,
        note: note(register, field),
        choices: choices(field),
        example: if is_first_key { format!("{EXAMPLE}{example}") } else { example },
    }
}

fn choices(field: &Field) -> Vec<String> {
    match &field.ty {
        Type::OneOf(codes) => codes.iter().map(|(_, label)| label.zh.clone()).collect(),
        Type::Bool => vec!["是".to_owned(), "否".to_owned()],
        _ => Vec::new(),
    }
}

fn note(register: &Register, field: &Field) -> String {
    let need = match field.need {
        Need::Must => "必填。",
        Need::May => "选填。",
        Need::If(_) => "符合条件时必填。",
    };
    let key = if register.key.contains(&field.name) {
        "编号：表中已有这个编号的，按变更处理。"
    } else {
        ""
    };
    let kind = match &field.ty {
        Type::Date => "日期，如 2022-03-01。",
        Type::Number { whole: true, .. } => "整数。",
        Type::Number { .. } => "数字，不写单位。",
        Type::IdNumber => "18 位身份证号，按文本填写；15 位的旧号码自动换成 18 位。",
        Type::CreditCode => "18 位统一社会信用代码，按文本填写。",
        Type::BankCard => "银行卡号，按文本填写。",
        Type::Phone => "电话号码，按文本填写。",
        Type::Place => "地方的全称，如“某镇某村”，或地方代码。",
        Type::Person => "在本系统有账户的人员姓名；有同名的，写账户编号。",
        Type::Post => "岗位名称；有同名的，写岗位编号。",
        Type::Row(_) => "另一登记簿中的编号。",
        Type::Plot => "各界址点的“X Y”，点与点之间用分号，Y 带三度带号；没有坐标的写“东西 12.5; 南北 16”。",
        Type::Report => "公开报表的“规程/报表/期间”，如 air/days/2022-Q1。",
        Type::SomeOf(_) | Type::List(_) => "可以有几项，用“、”分开。",
        Type::OneOf(_) | Type::Bool => "从列表中选。",
        _ => "",
    };
    let limit = match &field.ty {
        Type::Text { max } => format!("至多 {max} 字。"),
        Type::SomeOf(codes) => {
            let labels: Vec<&str> = codes.iter().map(|(_, label)| label.zh.as_str()).collect();
            format!("可选：{}。", labels.join("、"))
        }
        _ => String::new(),
    };
    let hint = field.hint.as_ref().map_or("", |hint| hint.zh.as_str());
    format!("{need}{key}{kind}{limit}{hint}")
}

fn example(names: Names<'_>, field: &Field, place: &str) -> String {
    match &field.ty {
        Type::Date => "2022-03-01".to_owned(),
        Type::Number { .. } | Type::TermOf(_) => "100".to_owned(),
        Type::PersonName => "林示例".to_owned(),
        Type::IdNumber => "999999197904120014".to_owned(),
        Type::CreditCode => "91350100M000100Y43".to_owned(),
        Type::BankCard => "6200000000000005".to_owned(),
        Type::Phone => "10000000001".to_owned(),
        Type::OneOf(codes) | Type::SomeOf(codes) => {
            codes.first().map_or_else(String::new, |(_, label)| label.zh.clone())
        }
        Type::Bool | Type::Agreed => "是".to_owned(),
        Type::Place => names.place_path(place),
        Type::Plot => "东西 12.5; 南北 16; 东至 村道".to_owned(),
        Type::Text { .. } => "0001".to_owned(),
        _ => String::new(),
    }
}
