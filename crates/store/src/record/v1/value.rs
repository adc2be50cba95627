//! Values on the wire.

use super::figures::Figures;
use super::seal::Sealed;
use jiff::civil::{Date, DateTime};
use serde::de::{Error as _, MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Fields by name.
pub type Record = BTreeMap<String, Value>;

/// A value. Plain ones are plain JSON; the others are objects whose one or two keys say what they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `null`.
    Missing,
    /// `true`, `false`.
    Bool(bool),
    /// `"…"`.
    Text(String),
    /// `{"code":"…"}`.
    Code(String),
    /// `{"codes":["…"]}`, ascending.
    Codes(BTreeSet<String>),
    /// `{"date":"2022-02-10"}`.
    Date(Date),
    /// `{"file":{…}}`.
    File(File),
    /// `{"figures":{…}}`.
    Figures(Figures),
    /// `{"key":"…"}`.
    Key(String),
    /// `{"list":[…]}`.
    List(Vec<Value>),
    /// `{"moment":"2022-02-10T09:30:00"}`.
    Moment(DateTime),
    /// `{"number":"190.00","unit":"m²"}`; no `unit` when it has none.
    Number {
        /// The exact decimal, scale kept.
        number: String,
        /// Unit as written in regulations.
        unit: String,
    },
    /// `{"plot":{…}}`: whole millimetres.
    Plot(Plot),
    /// `{"of":"…","sealed":"…"}`.
    Sealed(Sealed),
    /// `{"rows":[{…}]}`.
    Rows(Vec<Record>),
    /// `{"signature":{…}}`.
    Signature(Signature),
    /// `{"term":"5 working-days"}`.
    Term(String),
    /// `{"thing":{…}}`.
    Thing(Thing),
}

/// A file by its digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// SM3 of the bytes, hexadecimal.
    pub digest: String,
    /// Media type.
    pub media: String,
    /// Name as uploaded.
    pub name: String,
    /// Bytes.
    pub size: u64,
}

/// A plot of land. Its corners are `[north, east]` in their zone, its bounds east, south, west, north.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, rename_all = "kebab-case", rename_all_fields = "kebab-case", deny_unknown_fields)]
pub enum Plot {
    /// By its corners.
    Surveyed {
        /// Corners.
        corners: Vec<[i64; 2]>,
        /// Number of the 3-degree zone.
        zone: u8,
    },
    /// By its dimensions.
    Measured {
        /// What it borders on.
        bounds: [String; 4],
        /// From west to east.
        east_west: i64,
        /// From south to north.
        north_south: i64,
    },
}

/// A signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// How.
    pub method: String,
    /// Name as written.
    pub name: String,
    /// When.
    pub on: Date,
    /// Person's id.
    pub person: String,
}

/// A handle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Thing {
    /// The latest record of an act.
    Act {
        /// Act.
        act: String,
        /// Matter.
        matter: String,
    },
    /// The latest issue of a document.
    Document {
        /// Document.
        document: String,
        /// Matter.
        matter: String,
    },
    /// The latest filing of a form.
    Form {
        /// Form.
        form: String,
        /// Matter.
        matter: String,
    },
    /// A matter.
    Matter(String),
    /// A person.
    Person(String),
    /// A post.
    Post(String),
    /// A sub-account of a fund.
    Sub {
        /// The account's path.
        account: String,
        /// Key.
        key: String,
    },
    /// A place.
    Place(String),
    /// A tenure of a post.
    Tenure(String),
    /// A register row.
    Row {
        /// Key.
        key: String,
        /// Register.
        register: String,
    },
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Missing => out.serialize_unit(),
            Value::Bool(yes) => out.serialize_bool(*yes),
            Value::Text(text) => out.serialize_str(text),
            Value::Code(code) => tagged(out, "code", code),
            Value::Codes(codes) => tagged(out, "codes", codes),
            Value::Date(date) => tagged(out, "date", date),
            Value::File(file) => tagged(out, "file", file),
            Value::Figures(figures) => tagged(out, "figures", figures),
            Value::Key(key) => tagged(out, "key", key),
            Value::List(values) => tagged(out, "list", values),
            Value::Moment(moment) => tagged(out, "moment", moment),
            Value::Number { number, unit } if unit.is_empty() => tagged(out, "number", number),
            Value::Number { number, unit } => {
                let mut map = out.serialize_map(Some(2))?;
                map.serialize_entry("number", number)?;
                map.serialize_entry("unit", unit)?;
                map.end()
            }
            Value::Plot(plot) => tagged(out, "plot", plot),
            Value::Sealed(sealed) => sealed.serialize(out),
            Value::Rows(rows) => tagged(out, "rows", rows),
            Value::Signature(signature) => tagged(out, "signature", signature),
            Value::Term(term) => tagged(out, "term", term),
            Value::Thing(thing) => tagged(out, "thing", thing),
        }
    }
}

fn tagged<S: Serializer>(out: S, tag: &'static str, value: &impl Serialize) -> Result<S::Ok, S::Error> {
    let mut map = out.serialize_map(Some(1))?;
    map.serialize_entry(tag, value)?;
    map.end()
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a value: null, true, false, a text or an object such as {\"code\":…}")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Missing)
    }

    fn visit_bool<E>(self, yes: bool) -> Result<Value, E> {
        Ok(Value::Bool(yes))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<Value, A::Error> {
        Err(A::Error::custom("a bare list is not a value; lists are {\"list\":[…]}"))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let tag: String = map.next_key()?.ok_or_else(|| A::Error::custom("an empty object is not a value"))?;
        let value = match tag.as_str() {
            "code" => Value::Code(map.next_value()?),
            "codes" => Value::Codes(map.next_value()?),
            "date" => Value::Date(map.next_value()?),
            "figures" => Value::Figures(map.next_value()?),
            "file" => Value::File(map.next_value()?),
            "key" => Value::Key(map.next_value()?),
            "list" => Value::List(map.next_value()?),
            "moment" => Value::Moment(map.next_value()?),
            "number" => {
                let number = map.next_value()?;
                return Ok(Value::Number { number, unit: second(&mut map, "unit")?.unwrap_or_default() });
            }
            "of" => {
                let of = map.next_value()?;
                let sealed = second(&mut map, "sealed")?.ok_or_else(|| A::Error::custom("`of` without `sealed`"))?;
                return Ok(Value::Sealed(Sealed { of, sealed }));
            }
            "plot" => Value::Plot(map.next_value()?),
            "rows" => Value::Rows(map.next_value()?),
            "signature" => Value::Signature(map.next_value()?),
            "term" => Value::Term(map.next_value()?),
            "thing" => Value::Thing(map.next_value()?),
            other => return Err(A::Error::custom(format!("unknown kind of value `{other}`"))),
        };
        match map.next_key::<String>()? {
            None => Ok(value),
            Some(extra) => Err(A::Error::custom(format!("unexpected `{extra}` beside `{tag}`"))),
        }
    }
}

/// The second member of a two-member value, which must have that name.
fn second<'de, A: MapAccess<'de>>(map: &mut A, name: &str) -> Result<Option<String>, A::Error> {
    match map.next_key::<String>()? {
        None => Ok(None),
        Some(found) if found == name => map.next_value().map(Some),
        Some(found) => Err(A::Error::custom(format!("expected `{name}`, found `{found}`"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::v1::Closed;
    use regulation::expr;

    #[test]
    fn plots_are_kept_in_whole_millimetres_for_ever() {
        for (typed, kept) in [
            (
                "4133000 37516000 / 4133000 37516012.5 / 4132985 37516012",
                r#"{"plot":{"corners":[[4133000000,516000000],[4133000000,516012500],[4132985000,516012000]],"zone":37}}"#,
            ),
            (
                "东西 12.5 / 南北 16 / 南至 路",
                r#"{"plot":{"bounds":["","路","",""],"east-west":12500,"north-south":16000}}"#,
            ),
        ] {
            let value = expr::Value::Plot(plots::read(typed).unwrap().into());
            assert_eq!(serde_json::to_string(&Value::from(&value)).unwrap(), kept);
            let read: Value = serde_json::from_str(kept).unwrap();
            assert_eq!(read.opened(&Closed).unwrap(), value);
        }
    }

    #[test]
    fn a_damaged_plot_is_a_fault() {
        for damaged in
            [r#"{"plot":{"corners":[[1,2],[3,4]],"zone":37}}"#, r#"{"plot":{"corners":[[1,2],[3,4],[5,6]],"zone":3}}"#]
        {
            assert!(serde_json::from_str::<Value>(damaged).unwrap().opened(&Closed).is_err(), "{damaged}");
        }
        assert!(serde_json::from_str::<Value>(r#"{"plot":{"corners":[],"zone":37,"more":1}}"#).is_err());
    }
}
