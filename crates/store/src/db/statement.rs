//! Statements, prepared.

use super::postgres::{Client, Prepared};
use super::value::Bound;
use super::{Error, MappedRows, OptionalExtension, Params, Result, Row, Rows, ToValue};
use std::sync::Arc;

/// A prepared statement.
pub(crate) enum Statement<'c> {
    /// SQLite's, for once.
    Once(rusqlite::Statement<'c>),
    /// SQLite's, kept for the next time.
    Cached(rusqlite::CachedStatement<'c>),
    Postgres(&'c Client, Arc<Prepared>),
}

fn bound<'v>(values: &'v [&'v dyn ToValue]) -> impl rusqlite::Params + 'v {
    rusqlite::params_from_iter(values.iter().map(|value| Bound(*value)))
}

impl Statement<'_> {
    /// Runs it; says how many rows it changed.
    pub(crate) fn execute(&mut self, params: impl Params) -> Result<usize> {
        params.with(|values| match self {
            Statement::Once(statement) => Ok(statement.execute(bound(values))?),
            Statement::Cached(statement) => Ok(statement.execute(bound(values))?),
            Statement::Postgres(client, prepared) => client.execute(prepared, values),
        })
    }

    /// Runs it, where nobody asks how many rows it changed. On PostgreSQL it leaves with the next statement that is asked, or with the end of
    /// the savepoint, and what goes wrong with it is told then.
    pub(crate) fn put(&mut self, params: impl Params) -> Result<()> {
        params.with(|values| match self {
            Statement::Postgres(client, prepared) => client.put(prepared, values),
            _ => self.execute(values).map(|_| ()),
        })
    }

    /// Its rows.
    pub(crate) fn query(&mut self, params: impl Params) -> Result<Rows<'_>> {
        params.with(|values| match self {
            Statement::Once(statement) => Ok(Rows::Sqlite(statement.query(bound(values))?)),
            Statement::Cached(statement) => Ok(Rows::Sqlite(statement.query(bound(values))?)),
            Statement::Postgres(client, prepared) => Ok(Rows::Postgres(client.query(prepared, values)?)),
        })
    }

    /// Its rows, as `read` has them.
    pub(crate) fn query_map<T, F: FnMut(Row<'_>) -> Result<T>>(
        &mut self,
        params: impl Params,
        read: F,
    ) -> Result<MappedRows<'_, F>> {
        Ok(MappedRows::new(self.query(params)?, read))
    }

    /// The first row for each of these values, as `read` has it, where there is one. On PostgreSQL all of them take one journey.
    pub(crate) fn first_each<T>(
        &mut self,
        each: &[&[&dyn ToValue]],
        read: impl Fn(Row<'_>) -> Result<T>,
    ) -> Result<Vec<Option<T>>> {
        if let Statement::Postgres(client, prepared) = self {
            let found = client.query_each(prepared, each)?;
            return found.iter().map(|rows| rows.first().map(|row| read(Row::Postgres(row))).transpose()).collect();
        }
        each.iter().map(|values| self.query_row(*values, &read).optional()).collect()
    }

    /// The first row, as `read` has it; [`Error::NoRow`] if there is none.
    pub(crate) fn query_row<T>(&mut self, params: impl Params, read: impl FnOnce(Row<'_>) -> Result<T>) -> Result<T> {
        let mut rows = self.query(params)?;
        rows.next()?.ok_or(Error::NoRow).and_then(read)
    }

    /// Whether there is a row.
    pub(crate) fn exists(&mut self, params: impl Params) -> Result<bool> {
        Ok(self.query(params)?.next()?.is_some())
    }

    /// How many columns its rows have.
    pub(crate) fn column_count(&self) -> usize {
        match self {
            Statement::Once(statement) => statement.column_count(),
            Statement::Cached(statement) => statement.column_count(),
            Statement::Postgres(_, prepared) => prepared.column_count(),
        }
    }
}
