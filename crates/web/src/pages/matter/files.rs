//! `/matters/{id}/files/{digest}`, `/matters/{id}/forms/{form}.pdf`: what was handed in, and a filed form on paper.

use super::find;
use crate::disposition::shown;
use crate::problem::Problem;
use crate::site::{App, Running, work};
use crate::typeset;
use crate::visit::Visitor;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use engine::Matter;
use engine::rights::Access;
use regulation::expr::{FileRef, Record, Value};
use std::sync::Arc;

fn missing() -> Problem {
    Problem::not_found("没有这个文件，或者您无权查看", "No such file, or not for you to see")
}

/// A file.
pub async fn show(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path((id, digest)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let app: App = state;
    work(&app, move |app| {
        let (file, owner) = app.read(|snapshot| {
            let (matter, access) = find(snapshot, &visitor, &id)?;
            let file = file_of(&matter, &digest).filter(|_| access == Access::Full).ok_or_else(missing)?;
            Ok((file, matter.owner.clone()))
        })?;
        let bytes = content(app, owner.as_deref(), &digest)?.ok_or_else(missing)?;
        let disposition = shown("file", &file.name);
        Ok(([(CONTENT_TYPE, file.media), (CONTENT_DISPOSITION, disposition)], bytes).into_response())
    })
    .await
}

/// The bytes of a file, sealed with the key of the matter's owner or of nobody; nothing where they were erased.
pub(super) fn content(app: &Running, owner: Option<&str>, digest: &str) -> Result<Option<Vec<u8>>, Problem> {
    let sealed = owner.map(|owner| app.store().file(Some(owner), digest)).transpose()?.flatten();
    match sealed {
        Some(bytes) => Ok(Some(bytes)),
        None => Ok(app.store().file(None, digest)?),
    }
}

fn file_of(matter: &Matter, digest: &str) -> Option<FileRef> {
    let filed = matter.forms.values().flatten().map(|filing| filing.record.as_ref());
    std::iter::once(matter.root.as_ref()).chain(filed).find_map(|record| in_record(record, digest))
}

pub(crate) fn in_record(record: &Record, digest: &str) -> Option<FileRef> {
    record.values().find_map(|value| in_value(value, digest))
}

fn in_value(value: &Value, digest: &str) -> Option<FileRef> {
    match value {
        Value::File(file) if file.digest == digest => Some(file.clone()),
        Value::List(values) => values.iter().find_map(|value| in_value(value, digest)),
        Value::Records(rows) => rows.iter().find_map(|row| in_record(row, digest)),
        _ => None,
    }
}

/// A filed form as PDF, with personal data in full: only for those who see all of the matter.
pub async fn form(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path((id, name)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let app: App = state;
    work(&app, move |app| {
        let (bytes, title, readings) = app.read(|snapshot| {
            let view = super::View::open(snapshot, &visitor, &id)?.opening(&super::ALL);
            let name = name.strip_suffix(".pdf").unwrap_or(&name);
            let form = view.form(name).filter(|_| view.access == Access::Full).ok_or_else(missing)?;
            let matter = &view.matter;
            let filing = matter.last_filing(name).ok_or_else(missing)?;
            let started = view.procedure.start.iter().any(|act| act.forms.iter().any(|form| form == name));
            let record = if started { &matter.root } else { &filing.record };
            let on = matter.acts.get(filing.act).map_or(matter.opened_at.date(), |act| act.on);
            let code = app.store().form_code(&matter.id, name)?.ok_or_else(missing)?;
            let bytes = typeset::filed(app, snapshot, matter, form, record, on, &code)?;
            Ok((bytes, form.title.zh.clone(), view.readings(&format!("打印：{}", form.title.zh))))
        })?;
        for reading in readings {
            app.store().log_reading(reading)?;
        }
        Ok(crate::pages::documents::pdf(&bytes, &title))
    })
    .await
}
