//! The server for tests, and sessions of our own on it.

use crate::db::Connection;
use crate::db::postgres::{Address, Client};

#[path = "../../tests/it/postgres.rs"]
mod shared;

pub(crate) use shared::{Database, database};

pub(crate) fn connected(database: &Database) -> Connection {
    let address = Address::read(&database.url()).unwrap();
    Connection::Postgres(Client::connect(&address, "test").unwrap())
}
