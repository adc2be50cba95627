//! What the store on PostgreSQL (大型数据库) needs besides the statements that both databases share.

pub(crate) mod copy;
pub(crate) mod guard;
pub(crate) mod migrations;
pub(crate) mod words;

use crate::db::Connection;
use crate::fault::Fault;

/// Does something in a transaction: all or nothing.
pub(crate) fn in_transaction<T>(conn: &Connection, work: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    conn.begin_writing()?;
    match work() {
        Ok(done) => {
            conn.commit()?;
            Ok(done)
        }
        Err(fault) => {
            // What went wrong is told; that it cannot even be undone changes nothing.
            _ = conn.roll_back();
            Err(fault)
        }
    }
}

#[cfg(test)]
pub(crate) mod server;
