//! Statements, prepared.

use super::value::Bound;
use super::{Error, MappedRows, Params, Result, Row, Rows};

/// A prepared statement.
pub(crate) enum Statement<'c> {
    Once(rusqlite::Statement<'c>),
    Cached(rusqlite::CachedStatement<'c>),
}

impl<'c> Statement<'c> {
    fn sqlite(&mut self) -> &mut rusqlite::Statement<'c> {
        match self {
            Statement::Once(statement) => statement,
            Statement::Cached(statement) => statement,
        }
    }

    /// Runs it; says how many rows it changed.
    pub(crate) fn execute(&mut self, params: impl Params) -> Result<usize> {
        params.with(|values| {
            let values = rusqlite::params_from_iter(values.iter().map(|value| Bound(*value)));
            Ok(self.sqlite().execute(values)?)
        })
    }

    /// Its rows.
    pub(crate) fn query(&mut self, params: impl Params) -> Result<Rows<'_>> {
        params.with(|values| {
            let values = rusqlite::params_from_iter(values.iter().map(|value| Bound(*value)));
            Ok(Rows::Sqlite(self.sqlite().query(values)?))
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
        }
    }
}
