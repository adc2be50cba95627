//! Values in the interface for programs: exact decimals as text, codes as text, dates as ISO 8601.

use super::read::Reader;
use engine::FieldFault;
use regulation::expr::{Figures, FileRef, Record, Signature, Thing, Type, Value as Answer};
use regulation::finding::Said;
use regulation::model::{Field, Label};
use serde_json::{Value, json};

/// A record as JSON.
#[must_use]
pub fn record(record: &Record) -> Value {
    Value::Object(record.iter().map(|(name, answer)| (name.clone(), value(answer))).collect())
}

/// A value as JSON.
#[must_use]
pub fn value(answer: &Answer) -> Value {
    match answer {
        Answer::Missing => Value::Null,
        Answer::Bool(yes) => json!(yes),
        Answer::Number(number, _) => json!(number.normalize().to_string()),
        Answer::Text(text) | Answer::Code(text) | Answer::Key(text) => json!(text),
        Answer::Plot(plot) => self::plot(plot),
        Answer::Figures(figures) => self::figures(figures),
        Answer::Codes(codes) => json!(codes),
        Answer::Date(date) => json!(date.to_string()),
        Answer::Moment(moment) => json!(moment.to_string()),
        Answer::Term(term) => json!(term.to_string()),
        Answer::File(file) => file_value(file),
        Answer::Signature(signature) => {
            json!({ "name": signature.name, "person": signature.person, "on": signature.on.to_string(), "method": signature.method })
        }
        Answer::Records(rows) => Value::Array(rows.iter().map(record).collect()),
        Answer::List(values) => Value::Array(values.iter().map(value).collect()),
        Answer::Thing(thing) => json!(thing_key(thing)),
    }
}

fn thing_key(thing: &Thing) -> &str {
    match thing {
        Thing::Matter(id) | Thing::Place(id) | Thing::Person(id) | Thing::Post(id) | Thing::Tenure(id) => id,
        Thing::Row { key, .. } => key,
        Thing::Sub { key, .. } => key,
        Thing::Act { act, .. } => act,
        Thing::Form { form, .. } => form,
        Thing::Document { document, .. } => document,
    }
}

/// A plot as the geometry of GeoJSON, with the exact coordinates of the plane and the area beside it; a rectangle without position as
/// its text.
fn plot(plot: &plots::Plot) -> Value {
    match plots::geojson::geometry(plot) {
        Some(mut geometry) => {
            geometry["plane"] = json!(plot.to_string());
            geometry["area"] = json!(plot.area_text());
            geometry
        }
        None => json!(plot.to_string()),
    }
}

/// Figures as they were taken, in Chinese as they were printed.
fn figures(figures: &Figures) -> Value {
    let columns: Vec<&str> = figures.columns.iter().map(|column| column.label.zh.as_str()).collect();
    let row = |row: &Vec<Label>| row.iter().map(|cell| json!(cell.zh)).collect::<Value>();
    json!({
        "view": figures.view,
        "period": figures.period,
        "on": figures.on.to_string(),
        "title": figures.title.zh,
        "note": figures.note.as_ref().map(|note| &note.zh),
        "columns": columns,
        "rows": figures.rows.iter().map(row).collect::<Value>(),
        "total": figures.has_total,
    })
}

/// A reference to a file as JSON.
#[must_use]
pub fn file_value(file: &FileRef) -> Value {
    json!({ "name": file.name, "digest": file.digest, "size": file.size, "media": file.media })
}

/// A reference to a file out of JSON.
#[must_use]
pub fn file(value: &Value) -> Option<FileRef> {
    let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    let digest =
        text("digest").filter(|digest| digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    Some(FileRef {
        name: text("name").unwrap_or_else(|| "file".into()),
        digest,
        size: value.get("size").and_then(Value::as_u64).unwrap_or(0),
        media: text("media").unwrap_or_else(|| "application/octet-stream".into()),
    })
}

impl Reader<'_> {
    /// Reads the fields of a form out of a JSON object; names that no field has are faults too.
    pub fn object(
        &self,
        fields: &[&Field],
        object: &serde_json::Map<String, Value>,
        prefix: &str,
        faults: &mut Vec<FieldFault>,
    ) -> Record {
        let mut record = Record::new();
        for (name, given) in object {
            let path = format!("{prefix}{name}");
            let Some(field) = fields.iter().find(|field| field.name == *name) else {
                faults.push(unknown(&path, fields));
                continue;
            };
            if field.derived.is_some() {
                continue;
            }
            match self.json(&field.ty, given, &path, faults) {
                Ok(answer) if answer.is_missing() => {}
                Ok(answer) => _ = record.insert(name.clone(), answer),
                Err(said) => faults.push(FieldFault {
                    field: path,
                    label: field.label.clone(),
                    zh: said.zh,
                    en: said.en,
                    clauses: field.clauses.clone(),
                }),
            }
        }
        record
    }

    fn json(&self, ty: &Type, given: &Value, path: &str, faults: &mut Vec<FieldFault>) -> Result<Answer, Said> {
        match (ty, given) {
            (_, Value::Null) => Ok(Answer::Missing),
            (Type::Records(form), Value::Array(rows)) => Ok(self.rows(form, rows, path, faults)),
            (Type::List(element), Value::Array(items)) => {
                let items: Result<Vec<Answer>, Said> =
                    items.iter().map(|item| self.json(element, item, path, faults)).collect();
                items.map(Answer::List)
            }
            // One file where several may stand is a list of one.
            (Type::List(element), Value::Object(_)) => {
                self.json(element, given, path, faults).map(|one| Answer::List(vec![one]))
            }
            (Type::SomeOf(_), Value::Array(items)) => {
                let mut codes = std::collections::BTreeSet::new();
                for item in items.iter().map(plain_text) {
                    if let Answer::Codes(one) = self.text(ty, &item)? {
                        codes.extend(one);
                    }
                }
                Ok(Answer::Codes(codes))
            }
            (Type::File, given @ Value::Object(_)) => file(given).map(Answer::File).ok_or_else(|| {
                Said::new(
                    "文件应写明 digest，先上传到 /api/v1/files",
                    "a file needs its `digest`: upload it to /api/v1/files first",
                )
            }),
            (Type::Plot, Value::Object(_)) => plots::geojson::plot(given)
                .map(|plot| Answer::Plot(plot.into()))
                .map_err(|fault| Said::new(fault.zh, fault.en)),
            (Type::Report, Value::Object(_)) => {
                let part = |name: &str| given.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
                let parts: Vec<&str> = ["view", "period"].into_iter().filter_map(part).collect();
                self.text(ty, &parts.join("/"))
            }
            (Type::Signature, Value::Object(_)) => signature(given),
            (Type::Signature, Value::String(name)) => self.sign_by_name(name),
            (_, Value::Array(_) | Value::Object(_)) => Err(Said::new("应为单个值", "a single value is expected")),
            (_, given) => match plain_text(given).trim() {
                "" => Ok(Answer::Missing),
                text => self.text(ty, text),
            },
        }
    }

    /// One's own name is as good as a tick; nobody signs with another's.
    fn sign_by_name(&self, name: &str) -> Result<Answer, Said> {
        match self.signer {
            Some(signer) if signer.name == name.trim() => self.text(&Type::Signature, "yes"),
            _ if matches!(name.trim(), "" | "yes" | "true" | "是") => self.text(&Type::Signature, name.trim()),
            _ => Err(Said::new(
                "电子签名须是登录人本人的姓名",
                "an electronic signature must be the signed-in person's own name",
            )),
        }
    }

    fn rows(&self, form: &str, rows: &[Value], path: &str, faults: &mut Vec<FieldFault>) -> Answer {
        let Some((_, form)) = self.rulebook.form(form) else { return Answer::Missing };
        let fields: Vec<&Field> = form.fields.iter().collect();
        let mut records = Vec::new();
        for (place, row) in rows.iter().enumerate() {
            let path = format!("{path}.{}", place + 1);
            match row {
                Value::Object(object) => records.push(self.object(&fields, object, &format!("{path}."), faults)),
                _ => faults.push(FieldFault {
                    field: path,
                    label: form.title.clone(),
                    zh: "每一行应是 JSON 对象".into(),
                    en: "each row must be a JSON object".into(),
                    clauses: form.clauses.clone(),
                }),
            }
        }
        Answer::Records(records.into())
    }
}

fn plain_text(given: &Value) -> String {
    match given {
        Value::String(text) => text.clone(),
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        other => other.to_string(),
    }
}

fn signature(given: &Value) -> Result<Answer, Said> {
    let text = |name: &str| given.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let on = calendar::parse_date(&text("on"))
        .map_err(|_| Said::new("签名应写明日期 on", "a signature needs its date `on`"))?;
    let method = match text("method") {
        method if method.is_empty() => "electronic".to_owned(),
        method => method,
    };
    Ok(Answer::Signature(Signature { name: text("name"), person: text("person"), on, method }))
}

fn unknown(path: &str, fields: &[&Field]) -> FieldFault {
    let names: Vec<&str> =
        fields.iter().filter(|field| field.derived.is_none()).map(|field| field.name.as_str()).collect();
    FieldFault {
        field: path.to_owned(),
        label: "".into(),
        zh: format!("没有 {path} 这一项；可填：{}", names.join("、")),
        en: format!("there is no field `{path}`; known: {}", names.join(", ")),
        clauses: Vec::new(),
    }
}
