//! The database as the store's statements speak to it (数据库接口): as much of one as they use, and alike for both.
//!
//! What a statement means is said once, in the SQL of [`crate::sql`]. What only one database has (pragmas, functions, triggers) stays with
//! it, in [`crate::sqlite`].

mod error;
mod row;
mod statement;
mod value;

pub(crate) use error::{Error, OptionalExtension, Result};
pub(crate) use row::{MappedRows, Row, Rows};
pub(crate) use statement::Statement;
pub(crate) use value::{FromValue, Params, ToValue, Value, ValueRef, params};

/// A connection.
pub(crate) enum Connection {
    Sqlite(rusqlite::Connection),
}

impl Connection {
    /// SQLite's own, for what only it can do.
    pub(crate) fn sqlite(&self) -> &rusqlite::Connection {
        let Connection::Sqlite(conn) = self;
        conn
    }

    /// A statement for once.
    pub(crate) fn prepare(&self, sql: &str) -> Result<Statement<'_>> {
        let Connection::Sqlite(conn) = self;
        Ok(Statement::Once(conn.prepare(sql)?))
    }

    /// A statement that will come again: it is parsed once per connection.
    pub(crate) fn prepare_cached(&self, sql: &str) -> Result<Statement<'_>> {
        let Connection::Sqlite(conn) = self;
        Ok(Statement::Cached(conn.prepare_cached(sql)?))
    }

    /// Runs a statement; says how many rows it changed.
    pub(crate) fn execute(&self, sql: &str, params: impl Params) -> Result<usize> {
        self.prepare(sql)?.execute(params)
    }

    /// Runs statements without values, one after the other.
    pub(crate) fn execute_batch(&self, sql: &str) -> Result<()> {
        let Connection::Sqlite(conn) = self;
        Ok(conn.execute_batch(sql)?)
    }

    /// The first row, as `read` has it; [`Error::NoRow`] if there is none.
    pub(crate) fn query_row<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(Row<'_>) -> Result<T>,
    ) -> Result<T> {
        self.prepare(sql)?.query_row(params, read)
    }

    /// Whether no transaction is open.
    pub(crate) fn is_autocommit(&self) -> bool {
        let Connection::Sqlite(conn) = self;
        conn.is_autocommit()
    }
}
