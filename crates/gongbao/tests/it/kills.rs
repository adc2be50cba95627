//! The serving program is killed at random moments while people work (强行终止): what was acknowledged is there, what was under way happens once
//! when it is sent again, and the whole verifies.
//!
//! `GONGBAO_KILLS=300 cargo nextest run --locked --workspace --test it kill_nine_under_load --no-capture` kills it three hundred times and says
//! what came of it (`docs/operations.md`).

use crate::case::{DESKS, STEPS, fields};
use crate::{gongbao, json};
use serde_json::{Value, json as object};
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

/// How often it is killed.
const ROUNDS: &str = "GONGBAO_KILLS";
/// The program that is killed, where it is not the one of this build.
const PROGRAM: &str = "GONGBAO_KILLED";
/// People who work at once, each on a matter of their own.
const CLIENTS: usize = 6;
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

fn start(home: &Path, data: &Path) -> Child {
    let program = std::env::var_os(PROGRAM).unwrap_or_else(|| env!("CARGO_BIN_EXE_gongbao").into());
    Command::new(program)
        .args(["serve", "--sample", "--now", "2022-06-01T09:00", "--home"])
        .arg(home)
        .arg("--data")
        .arg(data)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the server starts")
}

/// Where it listens, once it does.
pub fn ready(child: &mut Child) -> String {
    let lines = BufReader::new(child.stdout.take().expect("its output is piped")).lines();
    let mut lines = lines.map_while(Result::ok);
    let address = lines.find_map(|line| Some(line.split_once("http://")?.1.trim_end_matches('/').to_owned()));
    address.expect("the server announces its address")
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

fn get(path: String) -> Sent {
    Sent { method: "GET", path, key: "-".to_owned(), body: String::new() }
}

/// Somebody at work, over all rounds.
pub struct Client {
    number: usize,
    /// Requests made so far: no key twice.
    sent: u64,
    /// The matter under way, and how many of its acts were acknowledged.
    matter: Option<(String, usize)>,
    /// What was sent and not answered.
    open: Option<Sent>,
    /// Matters that are done with, and every acknowledged act.
    finished: Vec<String>,
    acknowledged: u64,
    /// Of what was sent again: how often it had happened before the kill.
    repeated: u64,
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

    fn desk(&self) -> &'static str {
        self.matter.as_ref().map_or("applicant", |(_, done)| STEPS[done - 1].1)
    }

    /// Works until the server is gone.
    fn work(&mut self, address: &str, tokens: &BTreeMap<&'static str, String>, over: &AtomicBool) {
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

    fn take(&mut self, answer: &Value, again: bool) {
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
    fn check(&self, connection: &mut Connection, token: &str, matters: &[String]) {
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
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

/// Acts in the journal, after all of it was verified.
fn verified(home: &Path, data: &Path) -> u64 {
    let output = gongbao(&["verify", "--json", "--home", home.to_str().unwrap(), "--data", data.to_str().unwrap()]);
    let found = json(&output);
    assert_eq!(found["ok"], true, "{found:#}");
    found["checked"]["acts"].as_u64().unwrap()
}

#[test]
fn kill_nine_under_load_loses_no_acknowledged_act() {
    let folder = tempfile::tempdir().unwrap();
    let (home, data) = (home(folder.path()), folder.path().join("data"));
    let rounds: u64 = std::env::var(ROUNDS).map_or(3, |rounds| rounds.parse().unwrap());
    let mut first = start(&home, &data);
    // A sign-in is kept on disk as well: whoever came in before a kill need not come in again.
    let tokens = Arc::new(sign_in(&ready(&mut first)));
    first.kill().unwrap();
    first.wait().unwrap();
    let before = verified(&home, &data);
    let (mut chance, mut early) = (Chance(rounds), 0);
    let mut clients: Vec<Client> = (0..CLIENTS).map(Client::new).collect();
    let (_never, wait) = channel::<()>();
    for round in 0..rounds {
        let mut child = start(&home, &data);
        // Now and then it dies before it listens.
        if round % 5 == 4 {
            _ = wait.recv_timeout(Duration::from_millis(chance.below(600)));
            child.kill().unwrap();
            child.wait().unwrap();
            early += 1;
            continue;
        }
        let address = ready(&mut child);
        let mut connection = Connection::open(&address).unwrap();
        clients.iter().for_each(|client| client.check(&mut connection, &tokens["window"], &[]));
        let over = Arc::new(AtomicBool::new(false));
        let working: Vec<_> = clients
            .drain(..)
            .map(|mut client| {
                let (address, tokens, over) = (address.clone(), Arc::clone(&tokens), Arc::clone(&over));
                thread::spawn(move || {
                    client.work(&address, &tokens, &over);
                    client
                })
            })
            .collect();
        _ = wait.recv_timeout(Duration::from_millis(20 + chance.below(1_200)));
        child.kill().unwrap();
        child.wait().unwrap();
        over.store(true, Ordering::Relaxed);
        clients.extend(working.into_iter().map(|one| one.join().expect("whoever works finds nothing wrong")));
        if round % 25 == 24 {
            verified(&home, &data);
        }
    }
    settle(&home, &data, &mut clients, &tokens);
    let sum = |of: fn(&Client) -> u64| clients.iter().map(of).sum::<u64>();
    let acknowledged = sum(|client| client.acknowledged);
    assert_eq!(
        verified(&home, &data) - before,
        acknowledged,
        "no act is there that nobody was told of, and none twice"
    );
    println!(
        "killed {rounds} times ({early} while it started), {acknowledged} acts acknowledged, {} of them when sent again after they had happened, \
         {} matters completed, none lost",
        sum(|client| client.repeated),
        sum(|client| client.finished.len() as u64),
    );
}

/// Sends again what was under way at the last kill, and looks at every matter of every round.
fn settle(home: &Path, data: &Path, clients: &mut [Client], tokens: &BTreeMap<&'static str, String>) {
    let mut child = start(home, data);
    let address = ready(&mut child);
    let mut connection = Connection::open(&address).unwrap();
    for client in clients {
        client.check(&mut connection, &tokens["window"], &client.finished);
        if let Some(sent) = client.open.take() {
            let (status, answer) = connection.send(&tokens[client.desk()], &sent).unwrap();
            assert!((200..300).contains(&status), "{answer:#}");
            client.take(&answer, true);
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
}
