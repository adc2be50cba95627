//! The database as the store's statements speak to it (数据库接口): as much of one as they use, and alike for both.
//!
//! What a statement means is said once, in the SQL of [`crate::sql`]. What only one database has (pragmas, functions, triggers) stays with
//! it, in [`crate::sqlite`].

mod error;
#[cfg(debug_assertions)]
mod keyed;
pub(crate) mod postgres;
mod row;
mod statement;
mod value;

pub(crate) use error::{Error, OptionalExtension, Result};
pub(crate) use row::{MappedRows, Row, Rows};
pub(crate) use statement::Statement;
pub(crate) use value::{FromValue, Params, ToValue, Value, ValueRef, params};

use std::collections::BTreeSet;
use std::sync::Arc;

/// A connection.
pub(crate) enum Connection {
    Sqlite(rusqlite::Connection),
    Postgres(postgres::Client),
}

impl Connection {
    pub(crate) fn is_postgres(&self) -> bool {
        matches!(self, Connection::Postgres(_))
    }

    /// SQLite's own, for what only it can do: nobody calls it who has not opened a file.
    pub(crate) fn sqlite(&self) -> &rusqlite::Connection {
        match self {
            Connection::Sqlite(conn) => conn,
            Connection::Postgres(_) => unreachable!("what only SQLite can do is asked of it alone"),
        }
    }

    /// A statement for once.
    pub(crate) fn prepare(&self, sql: &str) -> Result<Statement<'_>> {
        #[cfg(debug_assertions)]
        keyed::check(sql, self.is_postgres());
        match self {
            Connection::Sqlite(conn) => Ok(Statement::Once(conn.prepare(sql)?)),
            Connection::Postgres(client) => Ok(Statement::Postgres(client, client.prepare(sql)?)),
        }
    }

    /// A statement that will come again: it is parsed once per connection.
    pub(crate) fn prepare_cached(&self, sql: &str) -> Result<Statement<'_>> {
        #[cfg(debug_assertions)]
        keyed::check(sql, self.is_postgres());
        match self {
            Connection::Sqlite(conn) => Ok(Statement::Cached(conn.prepare_cached(sql)?)),
            Connection::Postgres(client) => Ok(Statement::Postgres(client, client.prepare(sql)?)),
        }
    }

    /// Runs a statement; says how many rows it changed.
    pub(crate) fn execute(&self, sql: &str, params: impl Params) -> Result<usize> {
        self.prepare(sql)?.execute(params)
    }

    /// Runs statements without values, one after the other, as they are written.
    pub(crate) fn execute_batch(&self, sql: &str) -> Result<()> {
        match self {
            Connection::Sqlite(conn) => Ok(conn.execute_batch(sql)?),
            Connection::Postgres(client) => client.batch(sql),
        }
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

    /// Whether there is nobody there any more.
    pub(crate) fn is_lost(&self) -> bool {
        match self {
            Connection::Sqlite(_) => false,
            Connection::Postgres(client) => client.is_lost(),
        }
    }

    /// Whether the transaction can only be taken back.
    pub(crate) fn has_failed(&self) -> bool {
        match self {
            Connection::Sqlite(_) => false,
            Connection::Postgres(client) => client.has_failed(),
        }
    }

    /// A number that grows with every statement that may have changed something on a server.
    pub(crate) fn changes(&self) -> u64 {
        match self {
            Connection::Sqlite(_) => 0,
            Connection::Postgres(client) => client.changes(),
        }
    }

    /// The tables that were changed on a server since this was asked last; `*` stands for any.
    pub(crate) fn take_changed(&self) -> BTreeSet<Arc<str>> {
        match self {
            Connection::Sqlite(_) => BTreeSet::new(),
            Connection::Postgres(client) => client.take_changed(),
        }
    }

    /// Lets a server begin with what was only written down.
    pub(crate) fn hand_over(&self) -> Result<()> {
        match self {
            Connection::Sqlite(_) => Ok(()),
            Connection::Postgres(client) => client.hand_over(),
        }
    }

    /// How often an answer of a server was waited for.
    pub(crate) fn journeys(&self) -> u64 {
        match self {
            Connection::Sqlite(_) => 0,
            Connection::Postgres(client) => client.journeys(),
        }
    }

    /// Waits until what was only written down is done.
    pub(crate) fn settle(&self) -> Result<()> {
        match self {
            Connection::Sqlite(_) => Ok(()),
            Connection::Postgres(client) => client.settle(),
        }
    }

    /// Begins a transaction that shows one moment and changes nothing.
    pub(crate) fn begin_reading(&self) -> Result<()> {
        match self {
            Connection::Sqlite(_) => self.prepare_cached("BEGIN")?.put([]),
            Connection::Postgres(client) => client.begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"),
        }
    }

    /// Begins a transaction that writes. On PostgreSQL that is not yet the only one of the county.
    pub(crate) fn begin_writing(&self) -> Result<()> {
        match self {
            Connection::Sqlite(_) => self.prepare_cached("BEGIN IMMEDIATE")?.put([]),
            Connection::Postgres(client) => client.begin("BEGIN ISOLATION LEVEL READ COMMITTED"),
        }
    }

    /// What was written is there for good once this has returned.
    pub(crate) fn commit(&self) -> Result<()> {
        self.prepare_cached("COMMIT")?.execute([]).map(|_| ())
    }

    /// Takes back what the transaction wrote, at once: a server goes on holding its locks and its moment until it is told. Nothing, if there is
    /// none any more.
    pub(crate) fn roll_back(&self) -> Result<()> {
        let open = match self {
            Connection::Sqlite(conn) => !conn.is_autocommit(),
            Connection::Postgres(client) => client.in_transaction(),
        };
        if open {
            self.prepare_cached("ROLLBACK")?.put([])?;
        }
        self.hand_over()
    }

    /// Begins a part of a transaction that can be taken back by itself.
    pub(crate) fn savepoint(&self, name: &str) -> Result<()> {
        self.prepare_cached(&format!("SAVEPOINT {name}"))?.put([])
    }

    /// Makes the part one with the rest; whatever was still to be done in it has been done then.
    pub(crate) fn release(&self, name: &str) -> Result<()> {
        self.prepare_cached(&format!("RELEASE {name}"))?.execute([]).map(|_| ())
    }

    /// Takes the part back.
    pub(crate) fn roll_back_to(&self, name: &str) -> Result<()> {
        self.prepare_cached(&format!("ROLLBACK TO {name}"))?.put([])
    }
}
