//! Personal data (个人信息) on its way out: covered unless it is one's own, or one's post may see it and says why.

use crate::forms::json;
use crate::forms::mask::cover;
use crate::forms::names::Names;
use crate::forms::show::show;
use engine::rights::{kind_of, stays_masked};
use regulation::expr::{Record, Type, Value as Answer};
use regulation::model::{Field, Personal, Rulebook};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// The kinds of personal data, with their names in the interface.
pub(crate) const KINDS: [(Personal, &str); 5] = [
    (Personal::Identity, "identity"),
    (Personal::Contact, "contact"),
    (Personal::Bank, "bank"),
    (Personal::Health, "health"),
    (Personal::Family, "family"),
];

/// The name of a kind.
#[must_use]
pub(crate) fn kind_name(kind: Personal) -> &'static str {
    KINDS.iter().find(|(known, _)| *known == kind).map_or("identity", |(_, name)| name)
}

/// How much is covered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Veil {
    /// Nothing: one's own data.
    Nothing,
    /// What is covered on screens, except kinds that were opened for a stated reason.
    Usual(BTreeSet<Personal>),
    /// All that is personal.
    All,
}

impl Veil {
    fn covers(&self, field: &Field) -> bool {
        match self {
            Veil::Nothing => false,
            Veil::Usual(opened) => stays_masked(field, opened),
            Veil::All => kind_of(field).is_some(),
        }
    }
}

/// Writes records with what a veil covers covered, and notes the paths of what was covered.
pub(crate) struct Writer<'a> {
    /// Names, for covered references.
    pub(crate) names: Names<'a>,
    /// The veil.
    pub(crate) veil: &'a Veil,
    /// Paths covered so far.
    pub(crate) covered: Vec<String>,
}

impl<'a> Writer<'a> {
    pub(crate) fn new(names: Names<'a>, veil: &'a Veil) -> Self {
        Writer { names, veil, covered: Vec::new() }
    }

    fn rulebook(&self) -> &'a Rulebook {
        self.names.world.rulebook()
    }

    /// A record of these fields. What no field explains is covered whenever everything personal is.
    pub(crate) fn record(&mut self, fields: &[&Field], record: &Record, prefix: &str) -> Value {
        let mut members = Map::new();
        for (name, answer) in record {
            let path = format!("{prefix}{name}");
            let value = match fields.iter().find(|field| field.name == *name) {
                Some(field) => self.value(field, answer, path),
                None if *self.veil == Veil::All => self.cover(&Type::Unknown, answer, path),
                None => json::value(answer),
            };
            members.insert(name.clone(), value);
        }
        Value::Object(members)
    }

    fn value(&mut self, field: &Field, answer: &Answer, path: String) -> Value {
        if let (Type::Records(form), Answer::Records(rows)) = (&field.ty, answer)
            && let Some((_, form)) = self.rulebook().form(form)
        {
            let fields: Vec<&Field> = form.fields.iter().collect();
            return rows
                .iter()
                .enumerate()
                .map(|(at, row)| self.record(&fields, row, &format!("{path}.{}.", at + 1)))
                .collect();
        }
        if self.veil.covers(field) { self.cover(&field.ty, answer, path) } else { json::value(answer) }
    }

    fn cover(&mut self, ty: &Type, answer: &Answer, path: String) -> Value {
        if answer.is_missing() {
            return Value::Null;
        }
        self.covered.push(path);
        Value::String(cover(&show(self.names, ty, answer)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;
    use serde_json::json;

    fn field(name: &str, ty: Type, personal: Option<Personal>) -> Field {
        Field { name: name.into(), ty, personal, ..Field::default() }
    }

    fn written(veil: &Veil) -> (Value, Vec<String>) {
        let county = engine::Memory::new(Rulebook::default(), engine::County::default(), calendar::Holidays::none());
        let fields = [
            field("name", Type::PersonName, None),
            field("id", Type::IdNumber, Some(Personal::Identity)),
            field("account", Type::Text { max: 30 }, Some(Personal::Bank)),
            field("floors", Type::whole(), None),
        ];
        let text = |text: &str| Answer::Text(text.into());
        let record = Record::from([
            ("name".into(), text("测试户主")),
            ("id".into(), text("99999919790412001X")),
            ("account".into(), text("12345678")),
            ("floors".into(), Answer::Number(2.into(), regulation::expr::Unit::none())),
        ]);
        let mut writer = Writer::new(Names { world: &county, lang: Lang::Zh }, veil);
        let value = writer.record(&fields.iter().collect::<Vec<_>>(), &record, "");
        (value, writer.covered)
    }

    #[test]
    fn ones_own_data_is_open() {
        let (value, covered) = written(&Veil::Nothing);
        assert_eq!(value["id"], "99999919790412001X");
        assert!(covered.is_empty());
    }

    #[test]
    fn a_post_sees_names_but_opens_numbers_one_kind_at_a_time() {
        let (value, covered) = written(&Veil::Usual(BTreeSet::new()));
        assert_eq!(
            value,
            json!({"account": "12****78", "floors": "2", "id": "999999********001X", "name": "测试户主"})
        );
        assert_eq!(covered, ["account", "id"]);
        let (value, covered) = written(&Veil::Usual(BTreeSet::from([Personal::Identity])));
        assert_eq!((value["id"].as_str(), covered), (Some("99999919790412001X"), vec!["account".to_owned()]));
    }

    #[test]
    fn others_see_nothing_personal() {
        let (value, covered) = written(&Veil::All);
        assert_eq!(value["name"], "测**主");
        assert_eq!((value["floors"].as_str(), covered.len()), (Some("2"), 3));
    }
}
