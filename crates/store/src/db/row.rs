//! Rows that a query gives.

use super::postgres::{Cursor, DataRow};
use super::{Error, FromValue, Result, ValueRef};
use std::any::type_name;

/// The rows of a query, one after the other.
pub(crate) enum Rows<'s> {
    Sqlite(rusqlite::Rows<'s>),
    Postgres(Cursor<'s>),
}

/// The row at hand.
#[derive(Clone, Copy)]
pub(crate) enum Row<'r> {
    Sqlite(&'r rusqlite::Row<'r>),
    Postgres(&'r DataRow),
}

impl Rows<'_> {
    /// The next row. Not an iterator: the row is there until the next one is asked for.
    pub(crate) fn next(&mut self) -> Result<Option<Row<'_>>> {
        match self {
            Rows::Sqlite(rows) => Ok(rows.next()?.map(Row::Sqlite)),
            Rows::Postgres(cursor) => Ok(cursor.next()?.map(Row::Postgres)),
        }
    }
}

impl<'r> Row<'r> {
    /// A column as a value of that type.
    pub(crate) fn get<T: FromValue>(self, column: usize) -> Result<T> {
        let value = self.value(column)?;
        T::from_value(value).ok_or(Error::Value { column, found: value.kind(), wanted: type_name::<T>() })
    }

    /// A column of text, not copied.
    pub(crate) fn text(self, column: usize) -> Result<&'r str> {
        let value = self.value(column)?;
        let text = if let ValueRef::Text(text) = value { std::str::from_utf8(text).ok() } else { None };
        text.ok_or(Error::Value { column, found: value.kind(), wanted: "text" })
    }

    /// A column of text that may be empty, not copied.
    pub(crate) fn text_or_null(self, column: usize) -> Result<Option<&'r str>> {
        if self.value(column)? == ValueRef::Null { Ok(None) } else { self.text(column).map(Some) }
    }

    /// A column as the database has it.
    pub(crate) fn value(self, column: usize) -> Result<ValueRef<'r>> {
        match self {
            Row::Sqlite(row) => Ok(row.get_ref(column)?.into()),
            Row::Postgres(row) => row.value(column),
        }
    }
}

/// Rows as a function reads them.
pub(crate) struct MappedRows<'s, F> {
    rows: Rows<'s>,
    read: F,
}

impl<'s, F> MappedRows<'s, F> {
    pub(super) fn new(rows: Rows<'s>, read: F) -> Self {
        MappedRows { rows, read }
    }
}

impl<T, F: FnMut(Row<'_>) -> Result<T>> Iterator for MappedRows<'_, F> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.rows.next() {
            Ok(row) => row.map(&mut self.read),
            Err(error) => Some(Err(error)),
        }
    }
}
