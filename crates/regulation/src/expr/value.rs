//! Values that expressions see and forms carry.

use super::figures::Figures;
use calendar::Term;
use jiff::civil::{Date, DateTime};
use plots::Plot;
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The fields of a filled-in form or of a register row, by field name. Absent names are missing.
pub type Record = BTreeMap<String, Value>;

/// A value. Exact: numbers are decimals, never floating point.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Value {
    /// Not filled in, not known (未填).
    #[default]
    Missing,
    /// Yes or no.
    Bool(bool),
    /// A number with its unit.
    Number(Decimal, Unit),
    /// Text.
    Text(String),
    /// The code of an enumeration.
    Code(String),
    /// Several codes of an enumeration.
    Codes(BTreeSet<String>),
    /// A date.
    Date(Date),
    /// A moment in county local time.
    Moment(DateTime),
    /// A term (`5 working-days`).
    Term(Term),
    /// An uploaded file.
    File(FileRef),
    /// A signature.
    Signature(Signature),
    /// A plot of land.
    Plot(Arc<Plot>),
    /// What a public view showed on a day.
    Figures(Arc<Figures>),
    /// The key of a register row (a reference field).
    Key(String),
    /// Rows of a form within a form: shared, for every expression that looks at one of them gets all.
    Records(Arc<[Record]>),
    /// Several plain values.
    List(Vec<Value>),
    /// A handle that only an [`crate::expr::Env`] can look into: an act record, a document, a matter, a row, a place.
    Thing(Thing),
}

/// What was uploaded: the bytes are kept by their digest, elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRef {
    /// Name as uploaded.
    pub name: String,
    /// SM3 of the bytes, hex.
    pub digest: String,
    /// Size in bytes.
    pub size: u64,
    /// Media type as sniffed.
    pub media: String,
}

/// A signature: who, when, how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// The signer's name as written.
    pub name: String,
    /// The signer's person id.
    pub person: String,
    /// Date.
    pub on: Date,
    /// `electronic` or `ink` (scanned).
    pub method: String,
}

/// A handle into the world, opaque to the language.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Thing {
    /// A matter.
    Matter(String),
    /// The latest record of an act of a matter.
    Act {
        /// Matter.
        matter: String,
        /// Act.
        act: String,
    },
    /// The latest filing of a form of a matter.
    Form {
        /// Matter.
        matter: String,
        /// Form.
        form: String,
    },
    /// The latest issue of a document of a matter.
    Document {
        /// Matter.
        matter: String,
        /// Document.
        document: String,
    },
    /// A register row.
    Row {
        /// Register.
        register: String,
        /// Row key.
        key: String,
    },
    /// A sub-account of a fund: by the path of its account and the values of its dimensions as one key. There may be a million of
    /// them in one question, so both are shared.
    Sub {
        /// The account's path, `recovery.free`.
        account: Arc<str>,
        /// Its key.
        key: Arc<str>,
    },
    /// A place, by code.
    Place(String),
    /// A person, by id.
    Person(String),
    /// A post, by id.
    Post(String),
    /// A tenure of a post, by its place among all: only for as long as one looks at the county.
    Tenure(String),
}

/// The unit of a number: powers of base symbols, so `m` times `m` is `m²`, and a bare number has none. Every number carries one, so its
/// powers are shared; none of them stands for no unit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Unit(Option<Arc<BTreeMap<String, i8>>>);

impl Unit {
    /// No unit.
    #[must_use]
    pub fn none() -> Self {
        Unit::default()
    }

    /// A unit by its symbol: `m²`, `m`, `yuan` (元), `mu` (亩), `ha` (公顷), `percent` (%), or any kebab-case word (`floors`).
    /// `m²` is `m` squared.
    #[must_use]
    pub fn symbol(symbol: &str) -> Self {
        match symbol {
            "" => Unit::none(),
            "m²" | "m2" | "平方米" | "平米" => Unit::of(BTreeMap::from([("m".into(), 2)])),
            "米" => Unit::symbol("m"),
            "元" => Unit::symbol("yuan"),
            "%" => Unit::symbol("percent"),
            other => Unit::of(BTreeMap::from([(other.into(), 1)])),
        }
    }

    fn of(powers: BTreeMap<String, i8>) -> Self {
        Unit((!powers.is_empty()).then(|| Arc::new(powers)))
    }

    fn powers(&self) -> impl Iterator<Item = (&str, i8)> {
        self.0.iter().flat_map(|powers| powers.iter()).map(|(symbol, power)| (symbol.as_str(), *power))
    }

    /// Without unit.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.0.is_none()
    }

    /// Decimal places to which numbers of this unit are given, at most: hundredths of a square metre, metre or mu, and fen; others, such as
    /// rates, have six.
    #[must_use]
    pub fn places(&self) -> u32 {
        const MEASURED: [(&str, i8); 4] = [("m", 2), ("m", 1), ("yuan", 1), ("mu", 1)];
        if MEASURED.iter().any(|(symbol, power)| self.is(symbol, *power)) { 2 } else { 6 }
    }

    /// Whether it is a base symbol to some power, and nothing else: `m` and 2 for square metres.
    fn is(&self, symbol: &str, power: i8) -> bool {
        self.powers().eq([(symbol, power)])
    }

    /// The unit of a product.
    #[must_use]
    pub fn times(&self, other: &Unit) -> Unit {
        self.combine(other, 1)
    }

    /// The unit of a quotient.
    #[must_use]
    pub fn per(&self, other: &Unit) -> Unit {
        self.combine(other, -1)
    }

    fn combine(&self, other: &Unit, sign: i8) -> Unit {
        let mut powers = self.0.as_deref().cloned().unwrap_or_default();
        for (symbol, power) in other.powers() {
            let sum = powers.get(symbol).copied().unwrap_or(0) + sign * power;
            if sum == 0 {
                powers.remove(symbol);
            } else {
                powers.insert(symbol.to_owned(), sum);
            }
        }
        Unit::of(powers)
    }

    /// As written in regulations (`m²`, `yuan`); empty without unit.
    #[must_use]
    pub fn code(&self) -> String {
        self.write(|symbol| symbol.to_string())
    }

    /// As people read it (`平方米`, `元`).
    #[must_use]
    pub fn zh(&self) -> String {
        if self.is("m", 2) {
            return "平方米".into();
        }
        self.write(|symbol| {
            match symbol {
                "m" => "米",
                "yuan" => "元",
                "percent" => "%",
                "mu" => "亩",
                "ha" => "公顷",
                other => other,
            }
            .to_string()
        })
    }

    fn write(&self, name: impl Fn(&str) -> String) -> String {
        let mut out = String::new();
        for (symbol, power) in self.powers() {
            if !out.is_empty() {
                out.push('·');
            }
            out.push_str(&name(symbol));
            match power {
                1 => {}
                2 => out.push('²'),
                3 => out.push('³'),
                other => out.push_str(&format!("^{other}")),
            }
        }
        out
    }
}

impl Value {
    /// Nothing there: missing, empty text, an empty list or an unticked box does not count as given.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        match self {
            Value::Missing => true,
            Value::Text(text) => text.trim().is_empty(),
            Value::Codes(codes) => codes.is_empty(),
            Value::Records(rows) => rows.is_empty(),
            Value::List(values) => values.is_empty(),
            _ => false,
        }
    }

    /// The truth of a condition: missing is not true.
    #[must_use]
    pub fn is_true(&self) -> bool {
        *self == Value::Bool(true)
    }

    /// The date, if it is one.
    #[must_use]
    pub fn as_date(&self) -> Option<Date> {
        match self {
            Value::Date(date) => Some(*date),
            Value::Moment(moment) => Some(moment.date()),
            _ => None,
        }
    }

    /// The moment, if it is one.
    #[must_use]
    pub fn as_moment(&self) -> Option<DateTime> {
        match self {
            Value::Moment(moment) => Some(*moment),
            _ => None,
        }
    }

    /// The text of a text, code or key.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) | Value::Code(text) | Value::Key(text) => Some(text),
            _ => None,
        }
    }
}
