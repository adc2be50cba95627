//! Forms (表单): what is filed is complete and right, or every fault of it is named at once.

mod convert;

use crate::act::{Actor, FieldFault, Reason};
use crate::decide::force;
use crate::env::{MatterEnv, RecordEnv};
use crate::eval;
use regulation::expr::{Env, Record, Type, Value};
use regulation::model::{ClauseId, Field, FieldCheck, Need};
use std::collections::BTreeSet;

/// What came of looking at a form.
#[derive(Debug, Default)]
pub(crate) struct Examined {
    /// Faults, in the order of the fields.
    pub(crate) faults: Vec<FieldFault>,
    /// Warnings.
    pub(crate) warnings: Vec<Reason>,
    /// Fields that are not asked under these circumstances, and are dropped.
    pub(crate) dropped: Vec<String>,
}

/// A filed record with values of the right types, and the faults found on the way.
#[derive(Debug, Default)]
pub(crate) struct Converted {
    pub(crate) record: Record,
    pub(crate) faults: Vec<FieldFault>,
}

/// The fields of the forms of an act, with the clauses to name where a field has none.
pub(crate) struct Asked<'f> {
    pub(crate) forms: &'f [&'f [Field]],
    pub(crate) clauses: &'f [ClauseId],
}

impl<'f> Asked<'f> {
    fn fields(&self) -> impl Iterator<Item = &'f Field> + use<'f> {
        self.forms.iter().flat_map(|fields| fields.iter())
    }

    fn fault(&self, field: &Field, path: String, zh: String, en: String) -> FieldFault {
        let clauses = if field.clauses.is_empty() { self.clauses } else { &field.clauses };
        FieldFault { field: path, label: field.label.clone(), zh, en, clauses: clauses.to_vec() }
    }
}

fn path_of(prefix: &str, name: &str) -> String {
    if prefix.is_empty() { name.to_owned() } else { format!("{prefix}.{name}") }
}

/// Turns a record as handed in into one of the right types. What is empty is left out; unknown and derived fields are faults.
pub(crate) fn convert(env: &MatterEnv<'_, '_>, asked: &Asked<'_>, record: &Record, prefix: &str) -> Converted {
    let mut converted = Converted::default();
    for (name, value) in record {
        let path = path_of(prefix, name);
        let Some(field) = asked.fields().find(|field| field.name == *name) else {
            converted.faults.push(unknown_field(path));
            continue;
        };
        if value.is_missing() || (field.ty == Type::Agreed && *value == Value::Bool(false)) {
            continue;
        }
        if field.derived.is_some() {
            let zh = format!("“{}”由系统计算，不能填写", field.label.zh);
            let en = format!("“{}” is computed and cannot be filled in", field.label.english());
            converted.faults.push(asked.fault(field, path, zh, en));
            continue;
        }
        converted.field(env, asked, field, value, path);
    }
    converted
}

impl Converted {
    fn field(&mut self, env: &MatterEnv<'_, '_>, asked: &Asked<'_>, field: &Field, value: &Value, path: String) {
        if let (Type::Records(form), Value::Records(rows)) = (&field.ty, value) {
            let value = self.rows(env, form, rows, &path);
            self.record.insert(field.name.clone(), value);
            return;
        }
        match convert::convert(env, &field.ty, value) {
            Ok(value) => {
                self.record.insert(field.name.clone(), value);
            }
            Err(wrong) => {
                let zh = format!("“{}”{}", field.label.zh, wrong.zh);
                let en = format!("“{}” {}", field.label.english(), wrong.en);
                self.faults.push(asked.fault(field, path, zh, en));
            }
        }
    }

    fn rows(&mut self, env: &MatterEnv<'_, '_>, form: &str, rows: &[Record], path: &str) -> Value {
        let Some(form) = env.form(form) else {
            return Value::Records(rows.into());
        };
        let forms = [form.fields.as_slice()];
        let asked = Asked { forms: &forms, clauses: &form.clauses };
        let convert_row = |(index, row): (usize, &Record)| {
            let converted = convert(env, &asked, row, &format!("{path}.{}", index + 1));
            self.faults.extend(converted.faults);
            converted.record
        };
        Value::Records(rows.iter().enumerate().map(convert_row).collect())
    }
}

fn unknown_field(path: String) -> FieldFault {
    FieldFault {
        label: path.as_str().into(),
        zh: format!("没有“{path}”这一栏"),
        en: format!("there is no field `{path}`"),
        field: path,
        clauses: Vec::new(),
    }
}

/// A look at a converted record.
pub(crate) struct Examination<'x, 's, 'w> {
    pub(crate) env: &'x MatterEnv<'s, 'w>,
    pub(crate) actor: &'x Actor,
    /// Paths of fields that are known to be faulty: they are not reported as missing as well.
    pub(crate) faulty: &'x BTreeSet<String>,
}

impl Examination<'_, '_, '_> {
    /// Looks at each field: is it needed, is it there, do its checks hold. Fields that are not asked are removed from the record.
    pub(crate) fn examine(&self, outer: &dyn Env, asked: &Asked<'_>, record: &mut Record, prefix: &str) -> Examined {
        let mut found = Examined::default();
        for field in asked.fields() {
            let path = path_of(prefix, &field.name);
            let needed = match &field.need {
                Need::Must => field.derived.is_none(),
                Need::May => false,
                Need::If(condition) => {
                    let env = RecordEnv::new(self.env, outer, record, asked.forms);
                    let needed = eval::holds(condition, &env) == Some(true);
                    if !needed && record.remove(&field.name).is_some() {
                        found.dropped.push(field.name.clone());
                    }
                    needed
                }
            };
            match record.get(&field.name) {
                None if needed && !self.faulty.contains(&path) => found.faults.push(missing(asked, field, path)),
                None if field.derived.is_none() => {}
                _ => self.examine_value(outer, asked, field, record, &path, &mut found),
            }
        }
        found
    }

    fn examine_value(
        &self,
        outer: &dyn Env,
        asked: &Asked<'_>,
        field: &Field,
        record: &mut Record,
        path: &str,
        found: &mut Examined,
    ) {
        if let Type::Records(form) = &field.ty {
            self.examine_rows(outer, asked, (field, form), record, path, found);
        }
        if let (true, Some(value)) = (field.regulation, record.get(&field.name)) {
            let clauses = if field.clauses.is_empty() { asked.clauses } else { &field.clauses };
            found.faults.extend(force::fault(self.env.scope.world.rulebook(), field, value, path, clauses));
        }
        if let Some(fault) = self.signer_fault(asked, field, record, path) {
            found.faults.push(fault);
        }
        let env = RecordEnv::new(self.env, outer, record, asked.forms);
        for check in field.checks.iter().filter(|check| eval::holds(&check.condition, &env) == Some(false)) {
            let zh = check_text(check, field, &env);
            let en = format!("“{}” fails the check `{}`", field.label.english(), eval::source(&check.condition));
            found.faults.push(asked.fault(field, path.to_owned(), zh, en));
        }
        for check in field.warnings.iter().filter(|check| eval::holds(&check.condition, &env) == Some(false)) {
            let zh = check_text(check, field, &env);
            let en = format!("“{}”: `{}` does not hold", field.label.english(), eval::source(&check.condition));
            let clauses = if field.clauses.is_empty() { asked.clauses } else { &field.clauses };
            let mut reason = Reason::general(&field.name, zh, en).under(clauses);
            reason.values = eval::values(&check.condition, &env);
            found.warnings.push(reason);
        }
    }

    fn examine_rows(
        &self,
        outer: &dyn Env,
        asked: &Asked<'_>,
        (field, form): (&Field, &str),
        record: &mut Record,
        path: &str,
        found: &mut Examined,
    ) {
        let (Some(form), Some(Value::Records(rows))) = (self.env.form(form), record.get(&field.name).cloned()) else {
            return;
        };
        let forms = [form.fields.as_slice()];
        let row_asked = Asked { forms: &forms, clauses: &form.clauses };
        let mut kept = rows.to_vec();
        for (index, row) in kept.iter_mut().enumerate() {
            let env = RecordEnv::new(self.env, outer, record, asked.forms);
            let examined = self.examine(&env, &row_asked, row, &format!("{path}.{}", index + 1));
            found.faults.extend(examined.faults);
            found.warnings.extend(examined.warnings);
            if !examined.dropped.is_empty() {
                found.dropped.push(field.name.clone());
            }
        }
        record.insert(field.name.clone(), Value::Records(kept.into()));
    }

    /// An electronic signature is the acting person's own.
    fn signer_fault(&self, asked: &Asked<'_>, field: &Field, record: &Record, path: &str) -> Option<FieldFault> {
        let (Value::Signature(signature), Actor::Person { person, .. }) = (record.get(&field.name)?, self.actor) else {
            return None;
        };
        if signature.method != "electronic" || signature.person == *person {
            return None;
        }
        let zh = format!("“{}”须由办理人本人电子签名；代他人提交的，上传其手写签名", field.label.zh);
        let en = format!("“{}” must be the acting person's own electronic signature", field.label.english());
        Some(asked.fault(field, path.to_owned(), zh, en))
    }
}

fn missing(asked: &Asked<'_>, field: &Field, path: String) -> FieldFault {
    let (zh, en) = (&field.label.zh, field.label.english());
    let (zh, en) = match field.ty {
        Type::Agreed => (format!("请勾选“{zh}”"), format!("tick “{en}”")),
        Type::File => (format!("请上传“{zh}”"), format!("upload “{en}”")),
        Type::Signature => (format!("请在“{zh}”处签名"), format!("sign at “{en}”")),
        Type::OneOf(_) | Type::SomeOf(_) | Type::Bool => (format!("请选择“{zh}”"), format!("choose “{en}”")),
        _ => (format!("请填写“{zh}”"), format!("fill in “{en}”")),
    };
    asked.fault(field, path, zh, en)
}

fn check_text(check: &FieldCheck, field: &Field, env: &dyn Env) -> String {
    match &check.because {
        Some(because) => eval::text(because, env),
        None => format!("“{}”不符合要求：{}", field.label.zh, eval::explained(&check.condition, env)),
    }
}
