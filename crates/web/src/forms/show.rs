//! Values as people read them.

use super::names::Names;
use crate::lang::Lang;
use calendar::Term;
use regulation::expr::{Figures, Record, Thing, Type, Unit, Value};
use regulation::model::{Field, Label};
use rust_decimal::Decimal;

/// Rows of a list that a page shows.
pub const ROWS_SHOWN: usize = 100;

/// A value of a type; empty where it is missing.
#[must_use]
pub fn show(names: Names<'_>, ty: &Type, value: &Value) -> String {
    let lang = names.lang;
    match value {
        Value::Missing => String::new(),
        Value::Bool(true) => {
            if *ty == Type::Agreed { lang.say("已同意", "agreed") } else { lang.say("是", "yes") }.to_owned()
        }
        Value::Bool(false) => lang.say("否", "no").to_owned(),
        Value::Number(number, unit) => with_unit(lang, number.normalize(), unit),
        Value::Text(text) => text.clone(),
        Value::Code(code) => label_of(lang, ty, code),
        Value::Codes(codes) => {
            let labels: Vec<String> = codes.iter().map(|code| label_of(lang, ty, code)).collect();
            labels.join(lang.say("、", ", "))
        }
        Value::Date(date) => lang.date(*date),
        Value::Moment(moment) => lang.moment(*moment),
        Value::Term(term) => self::term(lang, *term),
        Value::File(file) => file.name.clone(),
        Value::Signature(signature) => format!("{} {}", signature.name, lang.date(signature.on)),
        Value::Plot(_) => {
            if lang == Lang::Zh {
                value.zh(ty)
            } else {
                value.en(ty)
            }
        }
        Value::Figures(figures) => lang.say(&figures.caption_zh(), &figures.caption_en()).to_owned(),
        Value::Key(key) => reference(names, ty, key),
        Value::Records(rows) => lang.count(rows.len(), "项", "row", "rows"),
        Value::List(values) => {
            let element = ty.element().unwrap_or(Type::Unknown);
            let shown: Vec<String> = values.iter().map(|value| show(names, &element, value)).collect();
            shown.join(lang.say("、", ", "))
        }
        Value::Thing(thing) => self::thing(names, thing),
    }
}

fn reference(names: Names<'_>, ty: &Type, key: &str) -> String {
    match ty {
        Type::Row(register) => names.row(register, key),
        Type::Matter(_) => names.matter(key),
        Type::Place => names.filed_place(key),
        Type::Person => names.person(key),
        Type::Post => names.post(key),
        _ => key.to_owned(),
    }
}

fn thing(names: Names<'_>, thing: &Thing) -> String {
    match thing {
        Thing::Matter(id) => names.matter(id),
        Thing::Row { register, key } => names.row(register, key),
        Thing::Place(code) => names.place_path(code),
        Thing::Person(id) => names.person(id),
        Thing::Post(id) => names.post(id),
        Thing::Tenure(place) => names.tenure(place),
        Thing::Sub { key, .. } => engine::books::parts(key).join(" / "),
        Thing::Act { act, .. } => act.clone(),
        Thing::Form { form, .. } => form.clone(),
        Thing::Document { document, .. } => document.clone(),
    }
}

/// The label of a code in an enumeration; the code itself where unknown.
#[must_use]
pub fn label_of(lang: Lang, ty: &Type, code: &str) -> String {
    let codes = ty.codes().unwrap_or_default();
    codes
        .iter()
        .find(|(known, _)| known == code)
        .map_or_else(|| code.to_owned(), |(_, label)| lang.label(label).to_owned())
}

/// A number with its unit.
#[must_use]
pub fn with_unit(lang: Lang, number: Decimal, unit: &Unit) -> String {
    let words = unit_words(lang, unit);
    if words.is_empty() { number.to_string() } else { format!("{number} {words}") }
}

/// A unit as people read it.
#[must_use]
pub fn unit_words(lang: Lang, unit: &Unit) -> String {
    match lang {
        Lang::Zh => unit.zh(),
        Lang::En => unit.code(),
    }
}

/// A term as people read it.
#[must_use]
pub fn term(lang: Lang, term: Term) -> String {
    match lang {
        Lang::Zh => term.zh(),
        Lang::En => term.to_string().replace('-', " "),
    }
}

/// A value as content: rows as a list, plots as a plan, other values as text. Which fields of rows are covered, `covers` says.
#[must_use]
pub fn content(names: Names<'_>, ty: &Type, value: &Value, covers: &dyn Fn(&Field) -> bool) -> maud::Markup {
    use maud::html;
    if let (Type::Records(form), Value::Records(rows)) = (ty, value)
        && let Some((_, form)) = names.world.rulebook().form(form)
    {
        return html! {
            ol { @for row in rows.iter().take(ROWS_SHOWN) { li {
                @for (place, (field, value)) in given(&form.fields, row).enumerate() {
                    @if place > 0 { (names.lang.say("；", "; ")) }
                    span class="soft" { (names.lang.label(&field.label)) } " "
                    @let text = show(names, &field.ty, value);
                    @if covers(field) { (super::mask::cover(&text)) }
                    @else if let Value::Figures(figures) = value { (self::figures(names.lang, figures)) }
                    @else { (text) }
                }
            } } }
            @if rows.len() > ROWS_SHOWN {
                @let (all, shown) = (rows.len(), ROWS_SHOWN);
                p class="soft" { (names.lang.say(&format!("共 {all} 行，这里显示前 {shown} 行。"), &format!("{all} rows; the first {shown} are shown."))) }
            }
        };
    }
    if let Value::Figures(figures) = value {
        return self::figures(names.lang, figures);
    }
    if let Value::Plot(plot) = value {
        return crate::components::plot::plan(names.lang, names.lang.say("宗地图", "Plan of the plot"), plot, &[]);
    }
    html! { (show(names, ty, value)) }
}

/// Figures as they were taken, with their caption and what readers should know.
#[must_use]
pub fn figures(lang: Lang, figures: &Figures) -> maud::Markup {
    use crate::components::table::{Column, Row, marked_table};
    let caption = lang.say(&figures.caption_zh(), &figures.caption_en()).to_owned();
    let columns: Vec<Column> = figures
        .columns
        .iter()
        .map(|column| match column.is_number {
            true => Column::number(lang.label(&column.label)),
            false => Column::text(lang.label(&column.label)),
        })
        .collect();
    let last = figures.rows.len().saturating_sub(1);
    let row = |(place, cells): (usize, &Vec<Label>)| Row {
        cells: cells.iter().map(|cell| maud::html! { (lang.label(cell)) }).collect(),
        class: (figures.has_total && place == last).then_some("total"),
    };
    let rows: Vec<Row> = figures.rows.iter().enumerate().map(row).collect();
    maud::html! {
        p { (caption) }
        @if rows.is_empty() { p class="soft" { (lang.say("没有数据。", "Nothing to show.")) } } @else { (marked_table(&caption, &columns, &rows)) }
        @if let Some(note) = &figures.note { p class="soft small" { (lang.label(note)) } }
    }
}

fn given<'r>(fields: &'r [Field], row: &'r Record) -> impl Iterator<Item = (&'r Field, &'r Value)> {
    fields
        .iter()
        .filter_map(|field| row.get(&field.name).filter(|value| !value.is_missing()).map(|value| (field, value)))
}
