//! JSON Schema (2020-12) of a form, out of the regulation: what `form` of a request may hold.

use super::masking::kind_name;
use super::model::{Model, need, unit_code};
use regulation::expr::Type;
use regulation::model::{Field, Need};
use serde_json::{Map, Value, json};

/// A signature: `true` or one's own name signs electronically; an ink signature is described.
fn signature() -> Value {
    let described = json!({
        "type": "object",
        "required": ["name", "on"],
        "properties": {
            "name": { "type": "string" },
            "person": { "type": "string" },
            "on": { "type": "string", "format": "date" },
            "method": { "enum": ["electronic", "ink"] },
        },
    });
    json!({ "oneOf": [{ "const": true }, { "type": "string" }, described] })
}

/// A reference to an uploaded file, as `POST /files` answers it.
fn file() -> Value {
    json!({
        "type": "object",
        "required": ["digest"],
        "properties": {
            "name": { "type": "string" },
            "digest": { "type": "string", "pattern": "^[0-9a-f]{64}$" },
            "size": { "type": "integer" },
            "media": { "type": "string" },
        },
    })
}

impl Model<'_> {
    /// The schema of the fields of some forms together.
    pub(crate) fn schema(&self, title: &str, fields: &[&Field]) -> Value {
        let mut definitions = Map::new();
        let mut schema = self.object(fields, &mut definitions);
        schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
        schema["title"] = json!(title);
        if !definitions.is_empty() {
            schema["$defs"] = Value::Object(definitions);
        }
        schema
    }

    fn object(&self, fields: &[&Field], definitions: &mut Map<String, Value>) -> Value {
        let mut properties = Map::new();
        let asked = || fields.iter().filter(|field| field.derived.is_none());
        for field in asked() {
            properties.insert(field.name.clone(), self.property(field, definitions));
        }
        let required: Vec<&str> =
            asked().filter(|field| matches!(field.need, Need::Must)).map(|field| field.name.as_str()).collect();
        json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
    }

    fn property(&self, field: &Field, definitions: &mut Map<String, Value>) -> Value {
        let mut schema = self.type_schema(&field.ty, definitions);
        schema["title"] = json!(self.names.lang.label(&field.label));
        if let Some(hint) = &field.hint {
            schema["description"] = json!(self.names.lang.label(hint));
        }
        if let ("if", Some(when)) = need(field) {
            schema["x-needed-if"] = json!(when);
        }
        if let Some(kind) = engine::rights::kind_of(field) {
            schema["x-personal"] = json!(kind_name(kind));
        }
        if let Some(number) = &field.number {
            schema["x-number"] = json!(number);
        }
        if !field.clauses.is_empty() {
            schema["x-clauses"] = json!(field.clauses);
        }
        schema
    }

    fn type_schema(&self, ty: &Type, definitions: &mut Map<String, Value>) -> Value {
        match ty {
            Type::Bool => json!({ "type": "boolean" }),
            Type::Agreed => json!({ "const": true }),
            Type::Number { unit, whole } => number(&unit.code(), *whole),
            Type::Text { max } => json!({ "type": "string", "maxLength": max }),
            Type::OneOf(codes) => json!({ "oneOf": self.constants(codes) }),
            Type::SomeOf(codes) => {
                json!({ "type": "array", "uniqueItems": true, "items": { "oneOf": self.constants(codes) } })
            }
            Type::Date => json!({ "type": "string", "format": "date" }),
            Type::Moment => json!({ "type": "string", "pattern": "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d" }),
            Type::Term => json!({ "type": "string", "examples": ["90 days", "5 working-days"] }),
            Type::TermOf(unit) => json!({ "type": ["integer", "string"], "minimum": 1, "x-unit": unit_code(*unit) }),
            Type::File => file(),
            Type::Plot => plot(),
            Type::Report => report(),
            Type::Signature => signature(),
            Type::IdNumber => json!({ "type": "string", "pattern": "^\\d{17}[\\dX]$" }),
            Type::CreditCode => json!({ "type": "string", "pattern": "^[0-9A-HJ-NP-RTUWXY]{18}$" }),
            Type::BankCard => json!({ "type": "string", "pattern": "^\\d{12,19}$" }),
            Type::List(element) => json!({ "type": "array", "items": self.type_schema(element, definitions) }),
            Type::Records(form) => self.rows(form, definitions),
            Type::Row(register) => json!({ "type": "string", "x-register": register }),
            Type::Matter(procedure) => json!({ "type": "string", "x-procedure": procedure }),
            _ => json!({ "type": "string" }),
        }
    }

    fn rows(&self, name: &str, definitions: &mut Map<String, Value>) -> Value {
        if !definitions.contains_key(name)
            && let Some(form) = self.form_of(name)
        {
            // Known before its fields are looked at: a form within itself then ends here.
            definitions.insert(name.to_owned(), Value::Null);
            let fields: Vec<&Field> = form.fields.iter().collect();
            let mut schema = self.object(&fields, definitions);
            schema["title"] = json!(self.names.lang.label(&form.title));
            definitions.insert(name.to_owned(), schema);
        }
        json!({ "type": "array", "items": { "$ref": format!("#/$defs/{name}") } })
    }

    fn constants(&self, codes: &[(String, regulation::model::Label)]) -> Vec<Value> {
        codes.iter().map(|(code, label)| json!({ "const": code, "title": self.names.lang.label(label) })).collect()
    }
}

/// Corners or sides as text, or a polygon of GeoJSON.
fn plot() -> Value {
    json!({ "oneOf": [
        { "type": "string", "examples": ["4133000.000 37516000.000; 4133000.000 37516012.000; 4132985.000 37516012.000", "东西 12.5; 南北 16"] },
        { "type": "object", "required": ["type"], "properties": { "type": { "enum": ["Polygon", "MultiPolygon", "Feature", "FeatureCollection"] } } },
    ] })
}

/// A public view and its period, as one text or apart.
fn report() -> Value {
    json!({ "oneOf": [
        { "type": "string", "examples": ["air/days", "air/days/2022-Q1"] },
        { "type": "object", "required": ["view"], "properties": { "view": { "type": "string" }, "period": { "type": ["string", "null"] } } },
    ] })
}

fn number(unit: &str, whole: bool) -> Value {
    let mut schema = if whole {
        json!({ "type": ["integer", "string"], "pattern": "^-?\\d{1,15}$" })
    } else {
        json!({ "type": ["number", "string"], "pattern": "^-?\\d{1,15}(\\.\\d{1,6})?$" })
    };
    if !unit.is_empty() {
        schema["x-unit"] = json!(unit);
    }
    schema
}
