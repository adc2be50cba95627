//! `/shares/-/excel`: the catalogue as a sheet, a row for each column of each share.

use crate::lang::Lang;
use crate::pages::registers::excel::download;
use crate::problem::Problem;
use crate::sharing::{Offered, catalogue, terms_words, update_words};
use crate::site::{App, Running, long_work};
use crate::visit::Visitor;
use axum::extract::State;
use axum::response::Response;
use regulation::model::Field;
use sheets::{Column, Kind, Out, Value, Writer};
use std::sync::Arc;

/// Headings with their widths.
const COLUMNS: [(&str, usize); 12] = [
    ("数据", 24),
    ("编号", 22),
    ("提供部门", 24),
    ("共享类型", 14),
    ("条件或者依据", 40),
    ("更新周期", 10),
    ("最近更新", 12),
    ("逾期", 8),
    ("栏目", 20),
    ("栏目名称", 20),
    ("类型", 14),
    ("准许共享个人信息的条款", 24),
];

/// The file.
pub async fn show(state: State<Arc<Running>>, visitor: Visitor) -> Result<Response, Problem> {
    let app: App = state;
    long_work(&app, move |app| {
        app.read(|snapshot| {
            let mut rows = Vec::new();
            for offered in &catalogue(snapshot, &visitor) {
                rows.extend(rows_of(offered)?);
            }
            snapshot.fault()?;
            let bytes = file(&rows, &visitor).map_err(|error| {
                Problem::fault(&anyhow::Error::new(error).context("the catalogue could not be written as a sheet"))
            })?;
            Ok(download(&format!("数据目录-{}.xlsx", visitor.now.date()), bytes))
        })
    })
    .await
}

fn file(rows: &[Vec<Out>], visitor: &Visitor) -> Result<Vec<u8>, sheets::XlsxError> {
    let heading = |(heading, width): (&str, usize)| Column {
        heading: heading.to_owned(),
        kind: if heading == "最近更新" { Kind::Date } else { Kind::Text },
        width,
    };
    let mut writer = Writer::new("数据目录", &COLUMNS.map(heading))?;
    rows.iter().try_for_each(|row| writer.row(row))?;
    let about = [("县", visitor.county.clone()), ("时间", Lang::Zh.moment(visitor.now))];
    writer.finish("说明", &about.map(|(label, text)| (label.to_owned(), text)))
}

fn rows_of(offered: &Offered<'_>) -> Result<Vec<Vec<Out>>, Problem> {
    let (share, fresh) = (offered.share, offered.freshness()?);
    let text = |text: &str| if text.is_empty() { Value::Empty } else { Value::Text(text.to_owned()) };
    let own = [
        text(&share.title.zh),
        text(&share.name),
        text(&offered.provider(Lang::Zh)),
        text(terms_words(Lang::Zh, share.terms)),
        text(share.ground.as_ref().map_or("", |ground| ground.zh.as_str())),
        text(update_words(Lang::Zh, share)),
        fresh.changed_on.map_or(Value::Empty, Value::Date),
        text(if fresh.late { "逾期" } else { "" }),
    ];
    let of_field = |field: &Field| {
        let clause = offered.released(&field.name).map_or("", |clause| clause.as_str());
        [text(&field.label.zh), text(&field.name), text(&field.ty.zh()), text(clause)]
    };
    let mut fields: Vec<[Value; 4]> = offered.fields().map(of_field).collect();
    if fields.is_empty() {
        fields.push([Value::Empty, Value::Empty, Value::Empty, Value::Empty]);
    }
    Ok(fields.into_iter().map(|field| own.iter().cloned().chain(field).map(Out::from).collect()).collect())
}
