//! `/forms/{form}/template`: an empty sheet for the rows of a form; `/drafts/{draft}/lists/{field}`: the sheet of a draft with what is wrong
//! marked; `/matters/{matter}/lists/{field}`: the rows as they were filed.

use super::registers::excel::download;
use crate::forms::lists::{List, form_of, table};
use crate::forms::names::Names;
use crate::lang::Lang;
use crate::problem::Problem;
use crate::registers::sheet::{self, EXAMPLE};
use crate::site::{App, Running, long_work};
use crate::visit::Visitor;
use axum::extract::{Path, State};
use axum::response::Response;
use engine::rights::Access;
use regulation::expr::{Record, Type, Value};
use regulation::model::{Field, Form};
use sheets::{Column, Out, Writer, XlsxError};
use std::collections::BTreeSet;
use std::sync::Arc;

/// An empty sheet to fill in.
pub async fn template(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    let app: App = state;
    visitor.signed_in()?;
    long_work(&app, move |app| {
        app.read(|snapshot| {
            let world = snapshot.world();
            // Forms whose rows are a field of another form: those only are filled in as sheets.
            let forms = world.rulebook().regulations.values().flat_map(|regulation| regulation.forms.values());
            let mut fields = forms.flat_map(|form| &form.fields);
            let field = fields.find(|field| field.ty == Type::Records(name.clone())).ok_or_else(none)?;
            let form = form_of(world, field).ok_or_else(none)?;
            let names = Names { world, lang: Lang::Zh };
            let columns = sheet::template_of_rows(names, &table(form), &world.county().code);
            let title = &form.title.zh;
            let lines = [
                ("怎样填", format!("一行一条。以“{EXAMPLE}”开头的示例行不读；表头的文字不要改动，栏的次序可以变。")),
                ("必填", "表头底色较深的栏必填。".to_owned()),
            ];
            let bytes = sheets::template(title, &columns, "说明", &lines.map(|(label, text)| (label.to_owned(), text)));
            let bytes = bytes.map_err(|error| {
                Problem::fault(&anyhow::Error::new(error).context("a template could not be written"))
            })?;
            Ok(download(&format!("{title}-模板.xlsx"), bytes))
        })
    })
    .await
}

fn none() -> Problem {
    Problem::not_found("没有这样的表", "There is no such sheet")
}

/// The sheet of a draft with its bad cells coloured.
pub async fn marked(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path((draft, field)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let app: App = state;
    long_work(&app, move |app| {
        app.read(|snapshot| {
            let person = visitor.signed_in()?;
            let (list, faults): (Arc<List>, _) =
                super::drafts::list_of(snapshot, &visitor, person, &draft, &field)?.ok_or_else(none)?;
            let bytes = list.marked(&field, &faults).map_err(|error| {
                Problem::fault(&anyhow::Error::new(error).context("a marked sheet could not be written"))
            })?;
            let stem = list.file.rsplit_once('.').map_or(list.file.as_str(), |(stem, _)| stem);
            Ok(download(&format!("{stem}-核对结果.xlsx"), bytes))
        })
    })
    .await
}

/// The rows of a list as they were filed with a matter, what is personal covered as on the page.
pub async fn filed(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path((id, field)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let app: App = state;
    long_work(&app, move |app| {
        app.read(|snapshot| {
            let (matter, access) = super::matter::find(snapshot, &visitor, &id)?;
            let world = snapshot.world();
            let latest = matter.forms.iter().filter_map(|(form, filings)| Some((form, filings.last()?)));
            let found = latest.into_iter().find_map(|(form, filing)| {
                let rows = filing.record.get(&field)?;
                let (_, form) = world.rulebook().form(form)?;
                Some((form.field(&field)?, rows.clone()))
            });
            let Some((field, Value::Records(rows))) = found.filter(|_| access >= Access::Masked) else {
                return Err(none());
            };
            let form = form_of(world, field).ok_or_else(none)?;
            let bytes = written(Names { world, lang: Lang::Zh }, form, access, &rows).map_err(|error| {
                Problem::fault(&anyhow::Error::new(error).context("a filed list could not be written"))
            })?;
            let number = matter.number.as_deref().unwrap_or(&id);
            Ok(download(&format!("{}-{number}.xlsx", field.label.zh), bytes))
        })
    })
    .await
}

fn written(names: Names<'_>, form: &Form, access: Access, rows: &[Record]) -> Result<Vec<u8>, XlsxError> {
    let fields: Vec<&Field> = form.fields.iter().filter(|field| sheet::is_filled(field)).collect();
    let closed = BTreeSet::new();
    let columns: Vec<Column> = fields.iter().map(|field| sheet::column(field, access, &closed)).collect();
    let mut writer = Writer::new(&form.title.zh, &columns)?;
    for row in rows {
        let missing = Value::Missing;
        let cell =
            |field: &&Field| sheet::cell(names, field, (access, &closed), row.get(&field.name).unwrap_or(&missing));
        let cells: Vec<Out> = fields.iter().map(|field| cell(field).into()).collect();
        writer.row(&cells)?;
    }
    writer.finish("说明", &[("行数".to_owned(), rows.len().to_string())])
}
