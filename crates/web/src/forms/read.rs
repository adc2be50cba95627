//! Answers as typed become values of the field's type; what cannot be read is a fault of that field.
//!
//! Only the form of an answer is judged here. Whether it must be given and what must hold of it, the engine decides.

use super::rows;
use crate::sent::Answers;
use crate::visit::Person;
use engine::FieldFault;
use jiff::civil::{Date, DateTime};
use regulation::expr::{FileRef, Record, Signature, Type, Value};
use regulation::finding::Said;
use regulation::model::{Field, Rulebook};
use std::collections::BTreeSet;

/// Who signs what is signed in a form, and when.
#[derive(Debug, Clone)]
pub struct Signer {
    /// Person.
    pub person: String,
    /// Name.
    pub name: String,
    /// Date.
    pub on: Date,
}

impl Signer {
    /// Somebody who has signed in, at a moment.
    #[must_use]
    pub fn of(person: &Person, now: DateTime) -> Signer {
        Signer { person: person.id.clone(), name: person.name.clone(), on: now.date() }
    }
}

/// What reading a form needs besides the answers.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    /// For forms within forms.
    pub rulebook: &'a Rulebook,
    /// Who signs; nobody where no signature can be given.
    pub signer: Option<&'a Signer>,
}

impl Reader<'_> {
    /// Reads the fields of a form; `prefix` is the path of the row they stand in, with its dot.
    pub fn fields(&self, fields: &[Field], answers: &Answers, prefix: &str, faults: &mut Vec<FieldFault>) -> Record {
        let mut record = Record::new();
        for field in fields.iter().filter(|field| field.derived.is_none()) {
            let path = format!("{prefix}{}", field.name);
            let value = self.field(field, answers, &path, faults);
            if !value.is_missing() {
                record.insert(field.name.clone(), value);
            }
        }
        record
    }

    fn field(&self, field: &Field, answers: &Answers, path: &str, faults: &mut Vec<FieldFault>) -> Value {
        if let Type::Records(form) = &field.ty {
            return self.records(form, answers, path, faults);
        }
        let texts: Vec<&str> = answers
            .get(path)
            .map(Vec::as_slice)
            .unwrap_or_default()
            .iter()
            .map(|text| text.trim())
            .filter(|text| !text.is_empty())
            .collect();
        match self.texts(&field.ty, &texts) {
            Ok(value) => value,
            Err(said) => {
                faults.push(fault(field, path, said));
                Value::Missing
            }
        }
    }

    fn records(&self, form: &str, answers: &Answers, path: &str, faults: &mut Vec<FieldFault>) -> Value {
        let Some((_, form)) = self.rulebook.form(form) else { return Value::Missing };
        let mut records = Vec::new();
        for row in 1..=rows::count(answers, path) {
            let record = self.fields(&form.fields, answers, &format!("{path}.{row}."), faults);
            if !record.is_empty() {
                records.push(record);
            }
        }
        if records.is_empty() { Value::Missing } else { Value::Records(records.into()) }
    }

    fn texts(&self, ty: &Type, texts: &[&str]) -> Result<Value, Said> {
        let Some(first) = texts.first() else { return Ok(Value::Missing) };
        match ty {
            Type::SomeOf(_) => {
                let mut codes = BTreeSet::new();
                for text in texts {
                    if let Value::Codes(one) = Value::parse(ty, text)? {
                        codes.extend(one);
                    }
                }
                Ok(Value::Codes(codes))
            }
            // The view and its period.
            Type::Report => self.text(ty, &texts.join("/")),
            Type::List(element) if texts.len() > 1 || is_reference(element) => {
                let values: Result<Vec<Value>, Said> = texts.iter().map(|text| self.text(element, text)).collect();
                values.map(Value::List)
            }
            _ => self.text(ty, first),
        }
    }

    /// Reads one text.
    pub fn text(&self, ty: &Type, text: &str) -> Result<Value, Said> {
        if text.contains(char::REPLACEMENT_CHARACTER) {
            let (zh, en) = ("有无法识别的字符，请重新输入", "has characters that cannot be read: type it again");
            return Err(Said { zh: zh.into(), en: en.into() });
        }
        match ty {
            Type::File => file(text).map(Value::File),
            Type::Signature => self.sign(text),
            _ => Value::parse(ty, text),
        }
    }

    fn sign(&self, text: &str) -> Result<Value, Said> {
        match (self.signer, Value::parse(&Type::Bool, text)?) {
            (Some(signer), Value::Bool(true)) => Ok(Value::Signature(Signature {
                name: signer.name.clone(),
                person: signer.person.clone(),
                on: signer.on,
                method: "electronic".into(),
            })),
            (_, Value::Bool(true)) => Err(Said::new("请先登录再签名", "sign in before signing")),
            _ => Ok(Value::Missing),
        }
    }
}

fn fault(field: &Field, path: &str, said: Said) -> FieldFault {
    FieldFault {
        field: path.to_owned(),
        label: field.label.clone(),
        zh: said.zh,
        en: said.en,
        clauses: field.clauses.clone(),
    }
}

/// Things chosen from a list or uploaded, whose text is never several in one.
fn is_reference(ty: &Type) -> bool {
    ty.is_reference() || *ty == Type::File
}

/// A file kept earlier, as its reference was sent back.
fn file(text: &str) -> Result<FileRef, Said> {
    let unreadable = || Said::new("请重新上传文件", "upload the file again");
    let value: serde_json::Value = serde_json::from_str(text).map_err(|_| unreadable())?;
    super::json::file(&value).ok_or_else(unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;
    use regulation::expr::Unit;

    fn read(ty: &Type, text: &str) -> Result<Value, String> {
        let rulebook = Rulebook::default();
        Reader { rulebook: &rulebook, signer: None }.text(ty, text).map_err(|said| said.zh)
    }

    #[test]
    fn what_was_typed_is_read_by_type() {
        let area = Type::number("m²");
        assert_eq!(read(&area, "120.5"), Ok(Value::Number("120.5".parse().unwrap(), Unit::symbol("m²"))));
        assert!(read(&area, "很大").is_err());
    }

    #[test]
    fn nobody_signs_without_signing_in() {
        assert_eq!(read(&Type::Signature, "yes"), Err("请先登录再签名".into()));
    }
}
