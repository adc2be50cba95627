//! The lines of a posting on the wire: one by one in format 1; column by column in format 2, since an act may post a million of them.

use super::from::{ERASED, Opening};
use super::into::Sealing;
use super::seal::{Sealable, Sealed};
use crate::fault::Fault;
use crate::record::write;
use engine::books::Line;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Error as _, MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::sync::Arc;

/// The lines of a posting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PostedLines {
    /// One by one, as format 1 has them: a list of objects.
    Rows(Vec<PostedLine>),
    /// Column by column, as format 2 has them: an object of lists.
    Columns(Columns),
}

/// One amount of a posting: the sub-accounts by their keys, none where an account is not divided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct PostedLine {
    /// Sub-account credited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit: Option<Sealable<String>>,
    /// Sub-account debited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub debit: Option<Sealable<String>>,
    /// Fen.
    pub fen: i64,
}

/// The sub-accounts of each side and the amounts, each in the order of the lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Columns {
    /// Sub-accounts credited; nothing where the account is not divided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit: Option<Column>,
    /// Sub-accounts debited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub debit: Option<Column>,
    /// Fen.
    pub fen: Vec<i64>,
}

/// The sub-accounts of one side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Column {
    /// All lines have the same.
    One(Sealable<String>),
    /// Each line has its own, in the open.
    Each(Vec<Arc<str>>),
    /// Each line has its own, sealed with the key of this id.
    Sealed {
        /// Id of the key.
        of: String,
        /// Seals, in base 64.
        sealed: Vec<String>,
    },
}

impl PostedLines {
    /// The lines of a posting as they are written today; the sides that tell something about a person are sealed with the key of `holder`.
    ///
    /// # Errors
    /// As [`Sealing::seal`].
    pub fn of(lines: &[Line], holder: &str, seals: Sides<bool>, sealing: &mut dyn Sealing) -> Result<Self, Fault> {
        Ok(PostedLines::Columns(Columns {
            credit: Column::of(lines, false, seals.credit.then_some(holder), sealing)?,
            debit: Column::of(lines, true, seals.debit.then_some(holder), sealing)?,
            fen: lines.iter().map(|line| line.fen).collect(),
        }))
    }

    /// The lines as the engine reads them.
    ///
    /// # Errors
    /// As [`Opening::open`], or if the columns are not of one length.
    pub fn opened(&self, opening: &dyn Opening) -> Result<Vec<Line>, Fault> {
        match self {
            PostedLines::Rows(rows) => opened_rows(rows, opening),
            PostedLines::Columns(columns) => columns.opened(opening),
        }
    }

    /// The seal of the sub-account that one line has on a side; none where it stands in the open.
    #[must_use]
    pub fn seal(&self, debit: bool, line: usize) -> Option<Sealable<String>> {
        let sealed = |key: &&Sealable<String>| matches!(key, Sealable::Sealed(_));
        match self {
            PostedLines::Rows(rows) => rows.get(line)?.side(debit).as_ref().filter(sealed).cloned(),
            PostedLines::Columns(columns) => match columns.side(debit)? {
                Column::One(key) => Some(key).filter(sealed).cloned(),
                Column::Each(_) => None,
                Column::Sealed { of, sealed } => {
                    Some(Sealable::Sealed(Sealed { of: of.clone(), sealed: sealed.get(line)?.clone() }))
                }
            },
        }
    }
}

/// Something for each side of a posting.
#[derive(Debug, Clone, Copy)]
pub struct Sides<T> {
    /// For the side credited.
    pub credit: T,
    /// For the side debited.
    pub debit: T,
}

impl PostedLine {
    fn side(&self, debit: bool) -> &Option<Sealable<String>> {
        if debit { &self.debit } else { &self.credit }
    }
}

fn opened_rows(rows: &[PostedLine], opening: &dyn Opening) -> Result<Vec<Line>, Fault> {
    // Most lines of a posting have one side in common.
    let nothing: Arc<str> = "".into();
    let mut last = [Arc::clone(&nothing), nothing];
    let mut open = |place: usize, key: &Option<Sealable<String>>| {
        let key = key.as_ref().map(|key| opened_key(key, opening)).transpose()?.unwrap_or_default();
        if *last[place] != *key {
            last[place] = key.into();
        }
        Ok::<_, Fault>(Arc::clone(&last[place]))
    };
    rows.iter()
        .map(|row| Ok(Line { debit: open(0, &row.debit)?, credit: open(1, &row.credit)?, fen: row.fen }))
        .collect()
}

fn opened_key(key: &Sealable<String>, opening: &dyn Opening) -> Result<String, Fault> {
    Ok(key.opened(opening)?.unwrap_or_else(|| ERASED.to_owned()))
}

impl Columns {
    fn side(&self, debit: bool) -> Option<&Column> {
        if debit { self.debit.as_ref() } else { self.credit.as_ref() }
    }

    fn opened(&self, opening: &dyn Opening) -> Result<Vec<Line>, Fault> {
        let count = self.fen.len();
        let keys = |debit: bool| match self.side(debit) {
            Some(column) => column.opened(count, opening),
            None => Ok(vec!["".into(); count]),
        };
        let lines = keys(true)?.into_iter().zip(keys(false)?).zip(&self.fen);
        Ok(lines.map(|((debit, credit), fen)| Line { debit, credit, fen: *fen }).collect())
    }
}

impl Column {
    fn of(lines: &[Line], debit: bool, holder: Option<&str>, sealing: &mut dyn Sealing) -> Result<Option<Self>, Fault> {
        let Some(first) = lines.first().map(|line| line.key(debit)).filter(|key| !key.is_empty()) else {
            assert!(
                lines.iter().all(|line| line.key(debit).is_empty()),
                "the lines of a posting have keys on the same sides"
            );
            return Ok(None);
        };
        let same = lines.iter().all(|line| line.key(debit) == first);
        let keys = lines.iter().map(|line| line.key(debit));
        Ok(Some(match holder {
            None if same => Column::One(Sealable::Plain(first.to_string())),
            None => Column::Each(keys.cloned().collect()),
            Some(holder) if same => Column::One(Sealable::Sealed(sealing.seal(holder, &write(&**first))?)),
            Some(holder) => {
                let seals = keys.map(|key| sealing.seal(holder, &write(&**key))).collect::<Result<Vec<_>, _>>()?;
                let of = seals.first().map(|seal| seal.of.clone()).unwrap_or_default();
                assert!(seals.iter().all(|seal| seal.of == of), "one act seals for one holder with one key");
                Column::Sealed { of, sealed: seals.into_iter().map(|seal| seal.sealed).collect() }
            }
        }))
    }

    fn opened(&self, count: usize, opening: &dyn Opening) -> Result<Vec<Arc<str>>, Fault> {
        let keys: Vec<Arc<str>> = match self {
            Column::One(key) => vec![opened_key(key, opening)?.into(); count],
            Column::Each(keys) => keys.clone(),
            Column::Sealed { of, sealed } => {
                let open = |seal: &String| {
                    let key = Sealable::Sealed(Sealed { of: of.clone(), sealed: seal.clone() });
                    opened_key(&key, opening).map(Arc::from)
                };
                sealed.iter().map(open).collect::<Result<_, Fault>>()?
            }
        };
        if keys.len() != count {
            let what = format!("{} sub-accounts for {count} amounts", keys.len());
            return Err(Fault::unreadable("the lines of a posting", what));
        }
        Ok(keys)
    }
}

impl Serialize for PostedLines {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        match self {
            PostedLines::Rows(rows) => rows.serialize(out),
            PostedLines::Columns(columns) => columns.serialize(out),
        }
    }
}

impl Serialize for Column {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        match self {
            Column::One(key) => key.serialize(out),
            Column::Each(keys) => out.collect_seq(keys.iter().map(|key| &**key)),
            Column::Sealed { of, sealed } => {
                let mut map = out.serialize_map(Some(2))?;
                map.serialize_entry("of", of)?;
                map.serialize_entry("sealed", sealed)?;
                map.end()
            }
        }
    }
}

// Both are read as they come: `untagged` would first keep a million lines in a form of its own.

impl<'de> Deserialize<'de> for PostedLines {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(LinesVisitor)
    }
}

struct LinesVisitor;

impl<'de> Visitor<'de> for LinesVisitor {
    type Value = PostedLines;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a list of lines, or their columns")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<PostedLines, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(seq)).map(PostedLines::Rows)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<PostedLines, A::Error> {
        Columns::deserialize(MapAccessDeserializer::new(map)).map(PostedLines::Columns)
    }
}

impl<'de> Deserialize<'de> for Column {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(ColumnVisitor)
    }
}

struct ColumnVisitor;

impl<'de> Visitor<'de> for ColumnVisitor {
    type Value = Column;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a sub-account, a list of them, or their seals")
    }

    fn visit_str<E>(self, key: &str) -> Result<Column, E> {
        Ok(Column::One(Sealable::Plain(key.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Column, A::Error> {
        let mut keys = Vec::with_capacity(seq.size_hint().unwrap_or_default());
        while let Some(key) = seq.next_element::<String>()? {
            keys.push(key.into());
        }
        Ok(Column::Each(keys))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Column, A::Error> {
        let (mut of, mut sealed) = (None, None);
        while let Some(name) = map.next_key::<String>()? {
            match name.as_str() {
                "of" => of = Some(map.next_value()?),
                "sealed" => sealed = Some(map.next_value()?),
                other => return Err(A::Error::custom(format!("unexpected `{other}` in a column"))),
            }
        }
        let of: String = of.ok_or_else(|| A::Error::missing_field("of"))?;
        match sealed.ok_or_else(|| A::Error::missing_field("sealed"))? {
            Seals::One(sealed) => Ok(Column::One(Sealable::Sealed(Sealed { of, sealed }))),
            Seals::Each(sealed) => Ok(Column::Sealed { of, sealed }),
        }
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Seals {
    One(String),
    Each(Vec<String>),
}
