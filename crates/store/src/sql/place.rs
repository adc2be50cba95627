//! Where the database is, and how one comes to it.

use crate::db::Connection;
use crate::db::postgres::{Address, Client};
use crate::fault::Fault;
use crate::sqlite::{self, DATABASE, FILES};
use std::path::{Path, PathBuf};

pub(crate) enum Place {
    /// A data folder: one file, with the uploads beside it.
    Folder(PathBuf),
    /// A server, uploads included.
    Server(Address),
}

impl Place {
    /// A connection for a reader.
    pub(crate) fn read(&self) -> Result<Connection, Fault> {
        match self {
            Place::Folder(folder) => sqlite::open_reading(&folder.join(DATABASE)),
            Place::Server(address) => connect(address, "gongbao reader"),
        }
    }

    /// The folder of uploads; none where they are in the database.
    pub(crate) fn files(&self) -> Option<PathBuf> {
        self.folder().map(|folder| folder.join(FILES))
    }

    pub(crate) fn folder(&self) -> Option<&Path> {
        match self {
            Place::Folder(folder) => Some(folder),
            Place::Server(_) => None,
        }
    }
}

/// A session on a server, under a name that its operator reads.
pub(crate) fn connect(address: &Address, name: &str) -> Result<Connection, Fault> {
    let client = Client::connect(address, name).map_err(|error| Fault::entering(address, error))?;
    Ok(Connection::Postgres(client))
}
