//! A PostgreSQL server for tests: the one that the environment names, else one of this process, which ends with it.
//!
//! Where PostgreSQL is not installed, tests that need it say so and end; `./test` installs it.

use postgres::{Client, NoTls};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

/// Names a running server, as `./test` does for all tests together.
const SERVER: &str = "GONGBAO_POSTGRES";

/// A database of one test, gone with it.
pub struct Database {
    server: &'static str,
    name: String,
}

/// The server, and where it is this process's own, the script that ends it when its input closes.
struct Server {
    url: String,
    _script: Option<Child>,
}

/// A new database, empty. `None` where there is no PostgreSQL.
pub fn database() -> Option<Database> {
    database_as("ENCODING 'UTF8'")
}

/// The same, made as the words behind its template say.
pub fn database_as(made: &str) -> Option<Database> {
    let Some(server) = server() else {
        eprintln!("skipped: PostgreSQL is not installed");
        return None;
    };
    let mut tag = [0; 8];
    getrandom::fill(&mut tag).unwrap();
    let name = format!("test_{}", hex::encode(tag));
    let mut client = Client::connect(server, NoTls).unwrap();
    client.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE template0 {made}")).unwrap();
    Some(Database { server, name })
}

impl Database {
    /// Where it is, for whoever connects.
    pub fn url(&self) -> String {
        self.server.replacen("/postgres?", &format!("/{}?", self.name), 1)
    }

    pub fn connect(&self) -> Client {
        Client::connect(&self.url(), NoTls).unwrap()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let dropped = Client::connect(self.server, NoTls)
            .and_then(|mut client| client.batch_execute(&format!("DROP DATABASE {} WITH (FORCE)", self.name)));
        if let Err(error) = dropped {
            eprintln!("{} stays: {error}", self.name);
        }
    }
}

fn server() -> Option<&'static str> {
    static RUNNING: OnceLock<Option<Server>> = OnceLock::new();
    RUNNING.get_or_init(|| named().or_else(start)).as_ref().map(|server| server.url.as_str())
}

fn named() -> Option<Server> {
    std::env::var(SERVER).ok().map(|url| Server { url, _script: None })
}

fn start() -> Option<Server> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/postgres");
    let mut command = Command::new(script);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut url = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut url).unwrap();
    if url.is_empty() {
        let ended = child.wait().unwrap();
        assert_eq!(ended.code(), Some(3), "the server does not start: tests/postgres says why");
        return None;
    }
    Some(Server { url: url.trim_end().to_owned(), _script: Some(child) })
}
