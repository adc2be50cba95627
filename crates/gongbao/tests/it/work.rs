//! People who work at a served county over its API (办事的人): each on a matter of their own, one act after the other, with a key for each so that
//! whatever was not answered is sent again. Whoever breaks the server meanwhile is not their business.

use crate::case::{DESKS, STEPS, fields};
use serde_json::{Value, json as object};
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const PASSWORD: &str = "zhongyang-2022";
const TOWNSHIP: &str = "990001001";

/// A county of one township under the regulation that speed is measured with.
pub fn home(folder: &Path) -> PathBuf {
    let home = folder.join("home");
    let (regulations, county) = (home.join("regulations"), home.join("county"));
    fs::create_dir_all(&regulations).unwrap();
    fs::create_dir_all(&county).unwrap();
    fs::write(regulations.join("bench.md"), include_str!("../../bench/bench.md")).unwrap();
    let (mut people, mut posts, mut appointments) = (String::new(), String::new(), String::new());
    let mut desks = String::new();
    for desk in DESKS {
        people += &format!("{desk},某{desk},{desk}\n");
        // Whoever applies has no post.
        if desk == "applicant" {
            continue;
        }
        posts += &format!("{desk},township,{desk},{TOWNSHIP},{desk}\n");
        appointments += &format!("{desk},{desk},2022-01-01,\n");
        desks += &format!("township,{desk},{desk},\n");
    }
    for (name, head, lines) in [
        (
            "places.csv",
            "code,parent,level,name,short",
            format!("990001,,county,示例县,示\n{TOWNSHIP},990001,township,示例镇,示\n"),
        ),
        ("desks.csv", "level,desk,name,en", desks),
        ("posts.csv", "id,level,desk,place,title", posts),
        ("people.csv", "id,name,sign-in", people),
        ("appointments.csv", "person,post,from,to", appointments),
    ] {
        fs::write(county.join(name), format!("{head}\n{lines}")).unwrap();
    }
    home
}

/// Where it listens, once it does; `None` if it ends before.
pub fn ready(child: &mut Child) -> Option<String> {
    let lines = BufReader::new(child.stdout.take().expect("its output is piped")).lines();
    let mut lines = lines.map_while(Result::ok);
    lines.find_map(|line| Some(line.split_once("http://")?.1.trim_end_matches('/').to_owned()))
}

/// One connection; nothing comes back where the server has gone.
pub struct Connection {
    stream: TcpStream,
}

impl Connection {
    pub fn open(address: &str) -> Option<Connection> {
        let stream = TcpStream::connect(address).ok()?;
        stream.set_nodelay(true).ok()?;
        Some(Connection { stream })
    }

    /// One that waits for an answer so long and no longer.
    pub fn patient(address: &str, patience: Duration) -> Option<Connection> {
        let connection = Connection::open(address)?;
        connection.stream.set_read_timeout(Some(patience)).ok()?;
        Some(connection)
    }

    pub fn send(&mut self, token: &str, sent: &Sent) -> Option<(u16, Value)> {
        let Sent { method, path, key, body } = sent;
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
             authorization: Bearer {token}\r\nidempotency-key: {key}\r\n\r\n",
            body.len()
        );
        self.stream.write_all(format!("{head}{body}").as_bytes()).ok()?;
        let mut reader = BufReader::new(&mut self.stream);
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let status = line.split(' ').nth(1)?.parse().ok()?;
        let mut length = 0;
        loop {
            line.clear();
            reader.read_line(&mut line).ok()?;
            if line == "\r\n" {
                break;
            }
            let (name, value) = line.split_once(':')?;
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().ok()?;
            }
        }
        let mut bytes = vec![0; length];
        reader.read_exact(&mut bytes).ok()?;
        Some((status, serde_json::from_slice(&bytes).ok()?))
    }
}

/// A request, which may be sent again.
#[derive(Debug, Clone)]
pub struct Sent {
    method: &'static str,
    path: String,
    key: String,
    body: String,
}

impl Sent {
    /// The same by somebody else: under a key of its own.
    pub fn rival(&self) -> Sent {
        Sent { key: format!("{}-rival", self.key), ..self.clone() }
    }
}

fn get(path: String) -> Sent {
    Sent { method: "GET", path, key: "-".to_owned(), body: String::new() }
}

/// Somebody at work, over all rounds.
pub struct Client {
    number: usize,
    /// Requests made so far: no key twice.
    sent: u64,
    /// The matter under way, and how many of its acts were acknowledged.
    pub matter: Option<(String, usize)>,
    /// What was sent and not answered.
    pub open: Option<Sent>,
    /// Matters that are done with, and every acknowledged act.
    pub finished: Vec<String>,
    pub acknowledged: u64,
    /// Of what was sent again: how often it had happened before the kill.
    pub repeated: u64,
}

impl Client {
    pub fn new(number: usize) -> Client {
        Client { number, sent: 0, matter: None, open: None, finished: Vec::new(), acknowledged: 0, repeated: 0 }
    }

    pub fn next(&mut self) -> Sent {
        self.sent += 1;
        let key = format!("c{}-{}", self.number, self.sent);
        let (path, body) = match &self.matter {
            None => {
                let body = object!({ "procedure": "bench-case", "place": TOWNSHIP, "form": fields("") });
                ("/api/v1/matters".to_owned(), body)
            }
            Some((id, done)) => {
                (format!("/api/v1/matters/{id}/acts"), object!({ "act": STEPS[done - 1].0, "form": fields("e-") }))
            }
        };
        Sent { method: "POST", path, key, body: body.to_string() }
    }

    pub fn desk(&self) -> &'static str {
        self.matter.as_ref().map_or("applicant", |(_, done)| STEPS[done - 1].1)
    }

    /// Works until the server is gone.
    pub fn work(&mut self, address: &str, tokens: &BTreeMap<&'static str, String>, over: &AtomicBool) {
        let Some(mut connection) = Connection::open(address) else { return };
        while !over.load(Ordering::Relaxed) {
            let again = self.open.is_some();
            let sent = self.open.take().unwrap_or_else(|| self.next());
            self.open = Some(sent.clone());
            let Some((status, answer)) = connection.send(&tokens[self.desk()], &sent) else { return };
            assert!((200..300).contains(&status), "{status} {answer:#} to {sent:?}");
            self.open = None;
            self.take(&answer, again);
        }
    }

    pub fn take(&mut self, answer: &Value, again: bool) {
        self.acknowledged += 1;
        assert!(
            again || answer["repeated"] == false,
            "a new request was taken for one that was sent before: {answer:#}"
        );
        self.repeated += u64::from(answer["repeated"] == true);
        let done = self.matter.as_ref().map_or(0, |(_, done)| *done) + 1;
        let id = self.matter.take().map_or_else(|| answer["id"].as_str().unwrap().to_owned(), |(id, _)| id);
        assert_eq!(answer["seq"].as_u64(), Some(done as u64), "each act happened once: {answer:#}");
        if done > STEPS.len() {
            self.finished.push(id);
        } else {
            self.matter = Some((id, done));
        }
    }

    /// Everything that was acknowledged is there; what was under way is there once or not at all.
    pub fn check(&self, connection: &mut Connection, token: &str, matters: &[String]) {
        let whole = STEPS.len() as u64 + 1;
        for (id, seqs) in matters.iter().map(|id| (id, [whole; 2])).chain(self.matter.as_ref().map(|(id, done)| {
            let done = *done as u64;
            (id, [done, done + u64::from(self.open.is_some())])
        })) {
            let (status, found) = connection.send(token, &get(format!("/api/v1/matters/{id}"))).unwrap();
            assert_eq!(status, 200, "{id} is lost: {found:#}");
            let seq = found["seq"].as_u64().unwrap();
            assert!(seqs.contains(&seq), "{id} has {seq} acts, {seqs:?} were acknowledged");
        }
    }
}

pub fn sign_in(address: &str) -> BTreeMap<&'static str, String> {
    let mut connection = Connection::open(address).unwrap();
    let sign_in = |desk: &'static str| {
        let body = object!({ "name": desk, "password": PASSWORD }).to_string();
        let sent = Sent { method: "POST", path: "/api/v1/session".to_owned(), key: "-".to_owned(), body };
        let (status, answer) = connection.send("", &sent).unwrap();
        assert!((200..300).contains(&status), "{desk}: {answer:#}");
        (desk, answer["token"].as_str().unwrap().to_owned())
    };
    DESKS.into_iter().map(sign_in).collect()
}

/// One application at a served county.
pub fn apply(address: &str) {
    let sent = Client::new(0).next();
    let answer =
        Connection::open(address).and_then(|mut connection| connection.send(&sign_in(address)["applicant"], &sent));
    assert!(matches!(answer, Some((200..300, _))), "{answer:?}");
}

/// Numbers that look random and are the same every time.
pub struct Chance(pub u64);

impl Chance {
    pub fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}
