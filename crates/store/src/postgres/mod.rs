//! The store on PostgreSQL (大型数据库): what it needs besides the statements that both databases share.

pub(crate) mod migrations;
pub(crate) mod words;

use crate::fault::Fault;

impl From<postgres::Error> for Fault {
    fn from(error: postgres::Error) -> Self {
        let said = error.as_db_error().map(ToString::to_string);
        Fault::Database { what: said.unwrap_or_else(|| error.to_string()) }
    }
}

#[cfg(test)]
#[path = "../../tests/it/postgres.rs"]
mod server;
