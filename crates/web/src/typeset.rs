//! Documents and forms as paper: data for the templates of the regulation's folder (docs/formats/document-data.md).

use crate::forms::names::Names;
use crate::forms::show::{label_of, show, with_unit};
use crate::lang::Lang;
use crate::problem::Problem;
use crate::proofs::{self, sheet_data};
use crate::site::Running;
use engine::env::{MatterEnv, RecordEnv, Scope};
use engine::world::AsOn;
use engine::{Actor, Matter, World};
use gazette::typeset::{Job, Standard};
use jiff::civil::Date;
use regulation::expr::{Expr, FigureColumn, Figures, Record, Type, Value as Answer};
use regulation::model::{Document, Field, Form, Label, Procedure, Regulation};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::Snapshot;
use store::pages::DocumentLine;

/// The template of a document that names none.
const LETTER: &str = "letter.typ";

/// The name of what puts a document and the page of its proof together.
const WITH_PROOF: &str = "document-with-proof.typ";

/// The template of a week's brief.
const BRIEF: &str = include_str!("brief.typ");
const BRIEF_NAME: &str = "brief.typ";

/// The template of account books.
const LEDGER: &str = "ledger.typ";

/// An issued document as PDF. The same issue in the same state gives the same bytes, so they are kept.
pub fn issued(
    app: &Running,
    snapshot: &dyn Snapshot,
    line: &DocumentLine,
    matter: &Matter,
    model: &Document,
) -> Result<Arc<Vec<u8>>, Problem> {
    let covered = snapshot.log_covering(line.seq)?.is_some();
    // By all that it says: once something was erased or voided, no earlier paper is given out.
    let says = trust::sm3(format!("{:?}", line.document).as_bytes());
    let key = format!("{} {says} {covered}", line.document.id);
    if let Some(known) = app.papers.get(&key) {
        return Ok(known);
    }
    let then = AsOn::new(snapshot.world(), line.document.on);
    let names = Names { world: &then, lang: Lang::Zh };
    let mut data = document_data(names, &app.site.public_url, line, matter, model);
    data["log"] = log_roots(snapshot, line.seq)?;
    let proof = snapshot.document_proof(&line.document.id)?;
    let address = verify_link(&app.site.public_url, &line.code);
    data["proof"] = json!(proof.as_ref().filter(|_| model.verifiable).and_then(|proof| sheet_data(&address, proof)));
    let layout = model.layout.as_deref().unwrap_or(LETTER);
    let pdf = pdf(app, (names.world, &matter.regulation), layout, &data, line.document.on)?;
    let bytes = Arc::new(proofs::finish(app, then.county(), &line.document, proof.as_ref(), pdf)?);
    app.papers.put(&key, &bytes, bytes.len());
    Ok(bytes)
}

/// The roots of the log as they stood when a document was issued, for templates that print them. Issues of the gazette do, and so an
/// archive of paper bears witness to the acts before.
fn log_roots(snapshot: &dyn Snapshot, seq: u64) -> Result<Value, Problem> {
    let Some(checkpoint) = snapshot.log_before_act(seq)? else { return Ok(Value::Null) };
    let origin = checkpoint.note.lines().next().unwrap_or_default();
    Ok(json!({
        "origin": origin,
        "size": checkpoint.size.to_string(),
        "acts": checkpoint.acts.to_string(),
        "public-root": checkpoint.root.to_string(),
        "national-root": checkpoint.national.to_string(),
        "signed-at": Lang::Zh.moment(checkpoint.at),
        "checkpoint": checkpoint.note,
        "qr-svg": gazette::qr::qr_svg(&checkpoint.note).ok(),
    }))
}

/// A filed form as PDF.
pub fn filed(
    app: &Running,
    snapshot: &dyn Snapshot,
    matter: &Matter,
    form: &Form,
    record: &Record,
    on: Date,
    code: &str,
) -> Result<Vec<u8>, Problem> {
    let Some(layout) = &form.layout else {
        return Err(Problem::not_found("这份表没有打印版式", "This form has no layout to print"));
    };
    let then = AsOn::new(snapshot.world(), on);
    let names = Names { world: &then, lang: Lang::Zh };
    let scope = Scope::new(snapshot.world(), app.now());
    let record = match scope.matter(&matter.id) {
        Some(env) => whole(names, &env, form, record),
        None => record.clone(),
    };
    let mut data = form_data(names, matter, form, &record, on);
    data["document"]["verification-code"] = json!(code);
    data["document"]["qr-svg"] = json!(gazette::qr::qr_svg(&verify_link(&app.site.public_url, code)).ok());
    pdf(app, (names.world, &matter.regulation), layout, &data, on)
}

/// A page of account books as PDF; a regulation finds the template among those that it or what it uses prints with.
pub fn ledger(app: &Running, of: (&dyn World, &str), data: &Value, today: Date) -> Result<Vec<u8>, Problem> {
    pdf(app, of, LEDGER, data, today)
}

/// A week's brief as PDF: no regulation has a template for it.
pub fn brief(app: &Running, data: &Value, today: Date) -> Result<Vec<u8>, Problem> {
    let files = BTreeMap::new();
    let job = Job { name: BRIEF_NAME, main: BRIEF, files: &files, data, today, standard: Standard::A2b };
    app.site.typesetter.pdf(&job).map_err(|findings| Problem::fault(&anyhow::anyhow!("{BRIEF_NAME}: {findings:?}")))
}

/// A record with its derived fields, also those of its rows.
fn whole(names: Names<'_>, env: &MatterEnv<'_, '_>, form: &Form, record: &Record) -> Record {
    let mut whole = derived(env, &form.fields, record);
    for field in &form.fields {
        if let (Type::Records(rows_of), Some(Answer::Records(rows))) = (&field.ty, record.get(&field.name))
            && let Some((_, rows_of)) = names.world.rulebook().form(rows_of)
        {
            let rows = rows.iter().map(|row| derived(env, &rows_of.fields, row)).collect();
            whole.insert(field.name.clone(), Answer::Records(rows));
        }
    }
    whole
}

fn derived(env: &MatterEnv<'_, '_>, fields: &[Field], record: &Record) -> Record {
    let forms = [fields];
    let own = RecordEnv::new(env, env, record, &forms);
    let computed = |field: &Field| field.derived.as_ref().map(|derived| (field.name.clone(), derived.eval(&own)));
    let mut whole = record.clone();
    whole.extend(fields.iter().filter_map(computed));
    whole
}

fn pdf(
    app: &Running,
    (world, regulation): (&dyn World, &str),
    layout: &str,
    data: &Value,
    today: Date,
) -> Result<Vec<u8>, Problem> {
    let files = templates(app, world, regulation);
    let main = files.get(layout).and_then(|bytes| std::str::from_utf8(bytes).ok());
    let Some(main) = main else {
        return Err(Problem::not_found("这份文书没有打印版式", "This document has no layout to print"));
    };
    // A document with a page of its proof is typeset with it: the template knows nothing of that page.
    let with_proof = format!("#include \"{layout}\"\n#include \"{}\"\n", proofs::SHEET_NAME);
    let proven = data.get("proof").is_some_and(|proof| !proof.is_null());
    let (name, main) = if proven { (WITH_PROOF, with_proof.as_str()) } else { (layout, main) };
    let job = Job { name, main, files: &files, data, today, standard: Standard::A2b };
    app.site
        .typesetter
        .pdf(&job)
        .map_err(|findings| Problem::fault(&anyhow::anyhow!("{layout} of {regulation}: {findings:?}")))
}

/// The templates a regulation may print with, by name: those of its own folder before those of the regulations it uses.
fn templates(app: &Running, world: &dyn World, regulation: &str) -> BTreeMap<String, Vec<u8>> {
    let uses = world.rulebook().regulations.get(regulation).map(|found| found.uses.as_slice()).unwrap_or_default();
    let mut files = BTreeMap::from([(proofs::SHEET_NAME.to_owned(), proofs::SHEET.as_bytes().to_vec())]);
    for id in std::iter::once(regulation).chain(uses.iter().map(String::as_str)) {
        let folder = format!("{id}/");
        let own = app.site.templates.iter().filter_map(|(path, bytes)| Some((path.strip_prefix(&folder)?, bytes)));
        for (name, bytes) in own {
            files.entry(name.to_owned()).or_insert_with(|| bytes.clone());
        }
    }
    files
}

/// The address at which a document is verified: what its QR code holds.
fn verify_link(public_url: &str, code: &str) -> String {
    format!("{public_url}/verify/{code}")
}

fn document_data(names: Names<'_>, public_url: &str, line: &DocumentLine, matter: &Matter, model: &Document) -> Value {
    let document = &line.document;
    let mut data = Map::new();
    let mut labels = Map::new();
    for (name, expr) in &model.data {
        let value = document.data.get(name).unwrap_or(&Answer::Missing);
        data.insert(name.clone(), printed(names, &expr.ty, value));
        labels.insert(name.clone(), json!(label(names.world, matter, model, name, expr)));
        row_labels(names, &expr.ty, &mut labels);
    }
    add_letter(names, &mut data, document, matter, model);
    let qr = gazette::qr::qr_svg(&verify_link(public_url, &line.code)).ok();
    json!({
        "document": {
            "name": document.name,
            "title": model.title.zh,
            "number": document.number,
            "issued-on": Lang::Zh.date(document.on),
            "issuer": document.signed.as_ref().map(|desk| names.desk(desk)),
            "signed-by": signer(names, &document.signer),
            "verification-code": line.code,
            "qr-svg": qr,
            "void": document.voided.is_some(),
            "void-reason": document.voided.map(|on| format!("{}失效", Lang::Zh.date(on))),
        },
        "data": data,
        "labels": labels,
        "matter": matter_data(names, matter),
        "county": county(names),
    })
}

/// A form as data, its code left open.
fn form_data(names: Names<'_>, matter: &Matter, form: &Form, record: &Record, on: Date) -> Value {
    let mut labels = Map::new();
    for field in &form.fields {
        labels.insert(field.name.clone(), json!(field.label.zh));
        row_labels(names, &field.ty, &mut labels);
    }
    let mut data = fields(names, &form.fields, record);
    add_later(names, &mut data, matter);
    json!({
        "document": {
            "name": form.name,
            "title": form.title.zh,
            "number": matter.number,
            "issued-on": Lang::Zh.date(on),
            "issuer": null,
            "verification-code": null,
            "qr-svg": null,
            "void": false,
        },
        "data": data,
        "labels": labels,
        "matter": matter_data(names, matter),
        "county": county(names),
    })
}

/// Opinions are filed later and stand on the same sheet: what the form itself does not have comes from the other filings.
fn add_later(names: Names<'_>, data: &mut Value, matter: &Matter) {
    let Value::Object(data) = data else { return };
    for (name, filings) in &matter.forms {
        let (Some((_, form)), Some(filing)) = (names.world.rulebook().form(name), filings.last()) else { continue };
        for field in form.fields.iter().filter(|field| field.ty != Type::File) {
            if let (Some(value), false) = (filing.record.get(&field.name), data.contains_key(&field.name)) {
                data.insert(field.name.clone(), printed(names, &field.ty, value));
            }
        }
    }
}

/// What letters and notices print besides their data, unless the data has it already.
fn add_letter(
    names: Names<'_>,
    data: &mut Map<String, Value>,
    document: &engine::event::IssuedDocument,
    matter: &Matter,
    model: &Document,
) {
    let mut add = |name: &str, value: Value| {
        let empty = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
        if !empty && !data.contains_key(name) {
            data.insert(name.to_owned(), value);
        }
    };
    add("paragraphs", json!(document.paragraphs));
    let rulebook = names.world.rulebook();
    let reasons: Vec<Value> = document
        .reasons
        .iter()
        .map(|reason| {
            let cited = crate::components::clause::cite(rulebook, &reason.clauses);
            let title =
                rulebook.regulations.get(&matter.regulation).map_or("", |regulation| regulation.title.zh.as_str());
            let labels: Vec<String> = cited.into_iter().map(|citation| citation.label).collect();
            json!({ "code": reason.code, "clause": format!("《{title}》{}", labels.join("、")), "text": reason.zh })
        })
        .collect();
    add("reasons", Value::Array(reasons));
    let remedies: Vec<String> = model.remedies.iter().map(|remedy| in_chinese(remedy)).collect();
    add("remedies", json!(remedies));
    if let Some(display) = &document.display {
        add("posted-on", json!(Lang::Zh.date(display.from)));
        add("last-day", json!(Lang::Zh.date(display.last_day)));
    }
}

/// A remedy (`行政复议 60 days`) as a letter says it: 行政复议（60日内）.
pub(crate) fn in_chinese(remedy: &str) -> String {
    let term_of =
        |(at, _): (usize, &str)| Some((remedy[..at].trim(), remedy[at..].trim().parse::<calendar::Term>().ok()?));
    match remedy.match_indices(' ').find_map(term_of) {
        Some((name, term)) => format!("{name}（{}内）", term.zh()),
        None => remedy.to_owned(),
    }
}

fn signer(names: Names<'_>, actor: &Actor) -> Value {
    match actor {
        Actor::Person { person, .. } => json!(names.person(person)),
        Actor::Clock => Value::Null,
    }
}

fn matter_data(names: Names<'_>, matter: &Matter) -> Value {
    let procedure =
        names.world.rulebook().procedure(&matter.procedure).map(|(_, procedure)| procedure.title.zh.clone());
    json!({ "number": matter.number, "title": procedure, "place": names.place_path(&matter.place) })
}

fn county(names: Names<'_>) -> String {
    names.place(&names.world.county().code)
}

fn fields(names: Names<'_>, fields: &[Field], record: &Record) -> Value {
    let printed = fields.iter().map(|field| {
        let value = record.get(&field.name).unwrap_or(&Answer::Missing);
        (field.name.clone(), self::printed(names, &field.ty, value))
    });
    Value::Object(printed.collect())
}

/// A value as templates take it: text for people, choices with their code.
fn printed(names: Names<'_>, ty: &Type, value: &Answer) -> Value {
    match value {
        Answer::Missing => Value::Null,
        Answer::Bool(yes) => json!(yes),
        Answer::Code(code) => json!({ "code": code, "label": label_of(Lang::Zh, ty, code) }),
        Answer::Codes(codes) => codes.iter().map(|code| json!(label_of(Lang::Zh, ty, code))).collect(),
        Answer::Number(number, unit) => {
            let mut number = *number;
            if !unit.is_none() && !matches!(ty, Type::Number { whole: true, .. }) {
                number.rescale(2);
            }
            json!(with_unit(Lang::Zh, number, unit))
        }
        Answer::Plot(plot) => printed_plot(plot),
        Answer::Figures(figures) => printed_figures(figures),
        Answer::Signature(signature) => json!(signature.name),
        Answer::File(file) => json!({ "name": file.name, "hash": file.digest }),
        Answer::List(values) => {
            let element = ty.element().unwrap_or(Type::Unknown);
            values.iter().map(|value| printed(names, &element, value)).collect()
        }
        Answer::Records(rows) => rows.iter().map(|row| printed_row(names, ty, row)).collect(),
        value => json!(show(names, ty, value)),
    }
}

/// Figures as templates print them: a table with its caption.
fn printed_figures(figures: &Figures) -> Value {
    let text = |label: &Label| json!(label.zh);
    let column = |column: &FigureColumn| json!({ "label": column.label.zh, "number": column.is_number });
    json!({
        "figures": true,
        "text": figures.caption_zh(),
        "note": figures.note.as_ref().map(text),
        "columns": figures.columns.iter().map(column).collect::<Value>(),
        "rows": figures.rows.iter().map(|row| row.iter().map(text).collect::<Value>()).collect::<Value>(),
        "total": figures.has_total,
    })
}

/// A plot as templates draw it: text for people, and what the plan needs. Corners are millimetres east and south of the north-western
/// corner of the frame.
fn printed_plot(plot: &plots::Plot) -> Value {
    let (width, height) = plot.spans();
    let (corners, sides): (Vec<Value>, Vec<String>) = match plot {
        plots::Plot::Surveyed(boundary) => {
            let (low, high) = boundary.frame();
            let corner = |corner: &plots::Corner| json!([corner.east - low.east, high.north - corner.north]);
            let sides = boundary.sides().map(|(_, _, length)| plots::metres(length));
            (boundary.corners().iter().map(corner).collect(), sides.collect())
        }
        plots::Plot::Measured(_) => (
            vec![json!([0, 0]), json!([width, 0]), json!([width, height]), json!([0, height])],
            [width, height, width, height].map(plots::metres).to_vec(),
        ),
    };
    let coordinates: Vec<String> =
        plot.boundary().map(|_| plot.to_string().split("; ").map(str::to_owned).collect()).unwrap_or_default();
    json!({
        "text": show_plot(plot),
        "area": plot.area_text(),
        "width": width,
        "height": height,
        "corners": corners,
        "sides": sides,
        "coordinates": coordinates,
        "zone": plot.boundary().map(|boundary| boundary.zone().number()),
    })
}

fn show_plot(plot: &plots::Plot) -> String {
    format!("{}个界址点，{} 平方米", plot.corner_count(), plot.area_text())
}

fn printed_row(names: Names<'_>, ty: &Type, row: &Record) -> Value {
    if let Type::Records(form) = ty
        && let Some((_, form)) = names.world.rulebook().form(form)
    {
        return fields(names, &form.fields, row);
    }
    Value::Object(row.iter().map(|(name, value)| (name.clone(), printed(names, &Type::Unknown, value))).collect())
}

fn row_labels(names: Names<'_>, ty: &Type, labels: &mut Map<String, Value>) {
    if let Type::Records(form) = ty
        && let Some((_, form)) = names.world.rulebook().form(form)
    {
        labels.extend(form.fields.iter().map(|field| (field.name.clone(), json!(field.label.zh))));
    }
}

/// The label of a document's datum: its own, else that of the field or fact of that name, else the name.
#[must_use]
pub fn label(world: &dyn World, matter: &Matter, document: &Document, name: &str, expr: &Expr) -> String {
    if let Some(label) = document.labels.get(name) {
        return label.clone();
    }
    let regulation = world.regulation(&matter.regulation, &matter.version);
    let named = |wanted: &str| {
        let regulation: &Regulation = regulation.as_deref()?;
        let procedure: &Procedure = regulation.procedures.get(&matter.procedure)?;
        let fact = procedure.facts.iter().find(|fact| fact.name == wanted).map(|fact| fact.label.zh.clone());
        let forms = regulation.forms.values().filter_map(|form| form.field(wanted)).map(|field| field.label.zh.clone());
        fact.or_else(|| forms.into_iter().next())
    };
    let last = expr.text.rsplit('.').next().unwrap_or_default();
    named(name).or_else(|| named(last)).unwrap_or_else(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remedies_are_said_in_chinese() {
        assert_eq!(in_chinese("行政复议 60 days"), "行政复议（60日内）");
        assert_eq!(in_chinese("行政诉讼 6 months"), "行政诉讼（6个月内）");
        assert_eq!(in_chinese("向乡镇申诉"), "向乡镇申诉");
    }
}
