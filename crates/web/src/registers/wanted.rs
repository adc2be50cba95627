//! What is looked for in a register, as it stands in the address of a page: filters per column, order, place, day.
//!
//! `c.COLUMN=…` (text, code, place, number that must be the same), `c.COLUMN.from=…`, `c.COLUMN.to=…`, `q=…`, `place=…`, `as-of=…`,
//! `sort=COLUMN` or `sort=-COLUMN`. What cannot be read is a fault of that field and filters nothing.

use super::{Reach, is_covered};
use crate::forms::read::Reader;
use crate::sent::Answers;
use axum::extract::Query;
use axum::http::Uri;
use engine::FieldFault;
use engine::rights::Access;
use jiff::civil::Date;
use regulation::expr::{Type, Value};
use regulation::finding::Said;
use regulation::model::{Field, Label, Register, Rulebook};
use store::pages::{Condition, RowQuery};

/// How a column can be filtered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A text that occurs in it.
    Contains,
    /// The whole value: of personal numbers nobody learns a part by trying.
    Whole,
    /// Any of some codes.
    Codes,
    /// Yes or no.
    YesNo,
    /// From one value to another.
    Range,
    /// A place or what lies in it.
    Place,
}

/// How this reader can filter a column, if at all.
#[must_use]
pub fn kind(register: &Register, field: &Field, access: Access) -> Option<Kind> {
    // The store knows only what was entered; computed columns are known where rows are matters, which are looked at one by one.
    if field.derived.is_some() && register.rows_of.is_none() {
        return None;
    }
    if is_covered(field, access) {
        let whole = access == Access::Full && field.ty.is_text() && field.derived.is_none();
        return whole.then_some(Kind::Whole);
    }
    match &field.ty {
        Type::Text { .. } | Type::PersonName | Type::Row(_) => Some(Kind::Contains),
        Type::OneOf(_) | Type::SomeOf(_) => Some(Kind::Codes),
        Type::Bool | Type::Agreed => Some(Kind::YesNo),
        Type::Number { .. } | Type::Date | Type::TermOf(_) => Some(Kind::Range),
        Type::Place => Some(Kind::Place),
        _ => None,
    }
}

/// Whether this reader can order by a column: not by what they see covered, since the order tells what is under it.
#[must_use]
pub fn sorts(register: &Register, field: &Field, access: Access) -> bool {
    !matches!(kind(register, field, access), None | Some(Kind::Whole))
}

/// What is looked for.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// As typed, by the names of the address.
    pub typed: Answers,
    /// Place asked for.
    pub place: Option<String>,
    /// Day asked for.
    pub as_of: Option<Date>,
    /// From where on.
    pub after: Option<String>,
    /// What cannot be read.
    pub faults: Vec<FieldFault>,
}

/// The name of a column's filter in the address.
#[must_use]
pub fn name(field: &Field) -> String {
    format!("c.{}", field.name)
}

impl Wanted {
    /// Out of an address.
    #[must_use]
    pub fn read(uri: &Uri) -> Wanted {
        let pairs: Vec<(String, String)> = Query::try_from_uri(uri).map(|query| query.0).unwrap_or_default();
        let mut typed = Answers::new();
        for (name, value) in pairs.into_iter().filter(|(_, value)| !value.trim().is_empty()) {
            typed.entry(name).or_default().push(value);
        }
        let mut wanted = Wanted { typed, ..Wanted::default() };
        wanted.place = wanted.text("place").map(str::to_owned);
        wanted.after = wanted.text("after").map(str::to_owned);
        if let Some(day) = wanted.text("as-of").map(str::to_owned) {
            match Value::parse(&Type::Date, &day) {
                Ok(Value::Date(day)) => wanted.as_of = Some(day),
                Ok(_) => {}
                Err(said) => wanted.faults.push(fault("as-of", &"截至日期".into(), said)),
            }
        }
        wanted
    }

    /// The first text of a name.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        crate::sent::first(&self.typed, name)
    }

    /// The column to order by, and whether downwards.
    #[must_use]
    pub fn sort(&self, register: &Register, access: Access) -> Option<(String, bool)> {
        let sort = self.text("sort")?;
        let (column, down) = sort.strip_prefix('-').map_or((sort, false), |column| (column, true));
        let field = register.fields.iter().find(|field| field.name == column)?;
        sorts(register, field, access).then(|| (column.to_owned(), down))
    }

    /// The query to the store; notes what cannot be read.
    pub fn query(&mut self, rulebook: &Rulebook, register: &Register, reach: &Reach) -> RowQuery {
        let reader = Reader { rulebook, signer: None };
        let mut query = RowQuery {
            register: register.name.clone(),
            place: reach.place.clone(),
            text: self.text("q").map(str::to_owned),
            text_in: Some(searched(register, reach.access)),
            sort: self.sort(register, reach.access),
            as_of: self.as_of,
            conditions: reach.conditions(),
            ..RowQuery::default()
        };
        for field in &register.fields {
            let Some(kind) = kind(register, field, reach.access) else { continue };
            if let Err((name, said)) = self.filter(reader, field, kind, &mut query) {
                self.faults.push(fault(&name, &field.label, said));
            }
        }
        query
    }

    fn filter(
        &self,
        reader: Reader<'_>,
        field: &Field,
        kind: Kind,
        query: &mut RowQuery,
    ) -> Result<(), (String, Said)> {
        let path = name(field);
        if kind == Kind::Range {
            let end = |which: &str| {
                let path = format!("{path}.{which}");
                let text = self.text(&path).map(str::to_owned);
                let read = text.map(|text| reader.text(&field.ty, &text).map_err(|said| (path.clone(), said)));
                read.transpose()
            };
            let (from, to) = (end("from")?, end("to")?);
            if from.is_some() || to.is_some() {
                query.conditions.push((field.name.clone(), Condition::Between(from, to)));
            }
            return Ok(());
        }
        let Some(text) = self.text(&path) else { return Ok(()) };
        let read = |text: &str| reader.text(&field.ty, text).map_err(|said| (path.clone(), said));
        let condition = match kind {
            Kind::Contains => Condition::Contains(text.trim().to_owned()),
            Kind::Whole => {
                query.equal.push((field.name.clone(), read(text)?));
                return Ok(());
            }
            Kind::Codes => Condition::Codes(self.typed.get(&path).into_iter().flatten().cloned().collect()),
            Kind::YesNo => Condition::Is(read(text)? == Value::Bool(true)),
            Kind::Place => Condition::Within(text.to_owned()),
            Kind::Range => return Ok(()),
        };
        query.conditions.push((field.name.clone(), condition));
        Ok(())
    }

    /// The part of the address that a kept view consists of: filters and order, not the page.
    #[must_use]
    pub fn view(&self) -> String {
        let kept = self
            .typed
            .iter()
            .filter(|(name, _)| matches!(name.as_str(), "q" | "place" | "sort" | "as-of") || name.starts_with("c."));
        let pairs = kept.flat_map(|(name, texts)| texts.iter().map(move |text| format!("{name}={}", encoded(text))));
        pairs.collect::<Vec<_>>().join("&")
    }
}

/// Percent-encodes a text for a query, the solidus too.
#[must_use]
pub fn encoded(text: &str) -> String {
    crate::layout::encode(text).replace('/', "%2F")
}

/// The columns in which words are looked for: texts that the reader sees.
#[must_use]
pub fn searched(register: &Register, access: Access) -> Vec<String> {
    let seen = register.fields.iter().filter(|field| kind(register, field, access) == Some(Kind::Contains));
    seen.map(|field| field.name.clone()).collect()
}

fn fault(name: &str, label: &Label, said: Said) -> FieldFault {
    FieldFault { field: name.to_owned(), label: label.clone(), zh: said.zh, en: said.en, clauses: Vec::new() }
}
