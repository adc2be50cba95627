//! A PostgreSQL server that a test may break (自用数据库服务器).

use postgres::{Client, NoTls};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A server, and the script that ends it when its input closes.
pub struct Server {
    pub url: String,
    script: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Server {
    /// Starts one with these settings, or with `tls`. `None` where PostgreSQL is not installed.
    pub fn start(settings: &[&str]) -> Option<Server> {
        let mut command = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/postgres"));
        command.args(settings).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        let mut script = command.spawn().unwrap();
        let (orders, mut answers) = (script.stdin.take(), BufReader::new(script.stdout.take().unwrap()));
        let mut url = String::new();
        answers.read_line(&mut url).unwrap();
        if url.is_empty() {
            assert_eq!(script.wait().unwrap().code(), Some(3), "the server does not start");
            eprintln!("skipped: PostgreSQL is not installed");
            return None;
        }
        Some(Server { url: url.trim_end().to_owned(), script, orders, answers })
    }

    /// Stops it at once, without a checkpoint, and starts it again from its log.
    pub fn crash(&mut self) {
        writeln!(self.orders.as_mut().unwrap(), "restart").unwrap();
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        assert_eq!(answer, "restarted\n");
    }

    /// Ends all sessions of nodes, or some; how many.
    pub fn cut(&self, is_all: bool) -> u64 {
        let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                   WHERE application_name LIKE 'gongbao%' AND ($1 OR random() < 0.5)";
        Client::connect(&self.url, NoTls).unwrap().query(sql, &[&is_all]).unwrap().len() as u64
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.orders = None;
        self.script.wait().unwrap();
    }
}
