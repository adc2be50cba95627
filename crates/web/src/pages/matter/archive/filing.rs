//! What was filed with an act, as a page that needs nothing but itself and the files beside it.

use super::index::{STYLE, document};
use super::plan::{ActLine, Plan};
use crate::forms::{mask, show as values};
use crate::pages::matter::View;
use maud::{Markup, html};
use regulation::expr::{FileRef, Record, Type, Value};
use regulation::model::{Field, Form};
use std::collections::BTreeMap;

/// Where files stand that were handed in, by their digest.
type Uploads = BTreeMap<String, String>;

/// The page of one filing.
pub(super) fn page(
    view: &View<'_>,
    plan: &Plan,
    act: &ActLine,
    form: &Form,
    record: &Record,
    uploads: &Uploads,
) -> Markup {
    let lang = plan.lang;
    let title = lang.label(&form.title);
    let content = html! {
        p { a href="../index.html" { (lang.say("目录", "Index")) } }
        h1 { (title) }
        p { (act.label) " · " (act.who) " · " (lang.date(act.record.on)) }
        (table(view, &form.fields, record, uploads))
    };
    document(lang, &format!("{title} · {}", plan.title), STYLE, &content)
}

fn table(view: &View<'_>, fields: &[Field], record: &Record, uploads: &Uploads) -> Markup {
    html! {
        table class="stacked" {
            @for (field, value) in given(fields, record) {
                tr { th scope="row" { (view.lang().label(&field.label)) } td { (content(view, field, value, uploads)) } }
            }
        }
    }
}

fn given<'r>(fields: &'r [Field], record: &'r Record) -> impl Iterator<Item = (&'r Field, &'r Value)> {
    let value = |field: &'r Field| record.get(&field.name).filter(|value| !value.is_missing());
    fields.iter().filter_map(move |field| Some((field, value(field)?)))
}

fn content(view: &View<'_>, field: &Field, value: &Value, uploads: &Uploads) -> Markup {
    if let Value::Records(rows) = value {
        return rows_of(view, &field.ty, rows, uploads);
    }
    let all = match value {
        Value::List(all) => all.as_slice(),
        one => std::slice::from_ref(one),
    };
    let files: Vec<&FileRef> = all.iter().filter_map(file).collect();
    if !files.is_empty() {
        return html! { @for file in files { p { (handed_in(file, uploads)) } } };
    }
    let text = values::show(view.names(), &field.ty, value);
    if view.covers(field) {
        return html! { (mask::cover(&text)) };
    }
    if let Value::Figures(figures) = value {
        return values::figures(view.lang(), figures);
    }
    // A regulation's text, an explanation: lines as they were written.
    html! { div class="text" { (text) } }
}

fn file(value: &Value) -> Option<&FileRef> {
    match value {
        Value::File(file) => Some(file),
        _ => None,
    }
}

/// A file: its name, where it stands in the package if it does, and the digest by which the act names it.
fn handed_in(file: &FileRef, uploads: &Uploads) -> Markup {
    html! {
        @match uploads.get(&file.digest) {
            Some(path) => a href={ "../" (path) } { (file.name) },
            None => (file.name),
        }
        " " small { "SM3 " code { (file.digest) } }
    }
}

/// Every row of a list, also those that the site's page cuts off.
fn rows_of(view: &View<'_>, ty: &Type, rows: &[Record], uploads: &Uploads) -> Markup {
    let Type::Records(name) = ty else { return html! {} };
    let Some(form) = view.form(name) else { return html! {} };
    let is_given =
        |field: &&Field| rows.iter().any(|row| row.get(&field.name).is_some_and(|value| !value.is_missing()));
    let used: Vec<&Field> = form.fields.iter().filter(is_given).collect();
    html! {
        table {
            tr { @for field in &used { th scope="col" { (view.lang().label(&field.label)) } } }
            @for row in rows {
                tr {
                    @for field in &used {
                        td { @if let Some(value) = row.get(&field.name).filter(|value| !value.is_missing()) { (content(view, field, value, uploads)) } }
                    }
                }
            }
        }
    }
}
