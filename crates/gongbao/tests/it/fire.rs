//! Nodes of one county on a database server, and the way to whichever of them answers.

use crate::json;
use crate::work::{Chance, Connection, Sent, ready};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex};
use std::time::{Duration, Instant};

pub const NODES: usize = 3;
/// The program of the nodes, where it is not the one of this build.
const PROGRAM: &str = "GONGBAO_KILLED";
/// So long somebody waits for an answer before they ask elsewhere.
const PATIENCE: Duration = Duration::from_secs(10);
/// Nobody who asks again and again stays without an answer for longer.
const ANSWERED: Duration = Duration::from_secs(180);

pub fn program() -> Command {
    Command::new(std::env::var_os(PROGRAM).unwrap_or_else(|| env!("CARGO_BIN_EXE_gongbao").into()))
}

/// A node, running or not.
pub struct Node {
    child: Option<Child>,
    pub home: PathBuf,
    pub data: PathBuf,
    url: String,
}

impl Node {
    pub fn new(folder: &Path, n: usize, home: &Path, url: &str) -> Node {
        Node::at(home, &folder.join(format!("node-{n}")), url)
    }

    pub fn at(home: &Path, data: &Path, url: &str) -> Node {
        Node { child: None, home: home.to_owned(), data: data.to_owned(), url: url.to_owned() }
    }

    /// Starts it and waits until it listens; where.
    pub fn start(&mut self) -> Option<String> {
        self.begin(Stdio::inherit());
        self.listens()
    }

    /// Waits until it listens; where.
    pub fn listens(&mut self) -> Option<String> {
        self.child.as_mut().and_then(ready)
    }

    /// What it said of faults until it ended.
    pub fn last_words(&mut self) -> String {
        let output = self.child.take().unwrap().wait_with_output().unwrap();
        String::from_utf8(output.stderr).unwrap()
    }

    /// Starts it.
    pub fn begin(&mut self, faults: Stdio) {
        let child = program()
            .args(["serve", "--sample", "--now", "2022-06-01T09:00"])
            .args(self.place())
            .stdout(Stdio::piped())
            .stderr(faults)
            .spawn();
        self.child = Some(child.unwrap());
    }

    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    pub fn signal(&self, signal: &str) {
        let id = self.child.as_ref().unwrap().id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }

    fn place(&self) -> Vec<String> {
        let text = |path: &Path| path.to_str().unwrap().to_owned();
        let place = ["--home", &text(&self.home), "--data", &text(&self.data), "--database", &self.url];
        place.map(str::to_owned).to_vec()
    }

    /// What a command says over its data.
    pub fn told(&self, command: &[&str]) -> String {
        let place = self.place();
        // The log's keys lie in the folder, and are asked for without a database.
        let place = if command[0] == "log" { &place[..4] } else { &place[..] };
        let arguments: Vec<&str> = command.iter().copied().chain(place.iter().map(String::as_str)).collect();
        let output = program().args(&arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Gives others the keys that it made.
    pub fn share_keys(&self, others: &[Node]) {
        for other in others.iter().filter(|other| other.data != self.data) {
            fs::create_dir_all(&other.data).unwrap();
            for name in ["county.key", "log.key"] {
                fs::copy(self.data.join(name), other.data.join(name)).unwrap();
            }
        }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Acts in the journal, after all of it was verified with what a node has signed.
pub fn verified(node: &Node) -> u64 {
    let place = node.place();
    let arguments = ["verify", "--json"].into_iter().chain(place.iter().map(String::as_str));
    let found = json(&program().args(arguments).output().unwrap());
    assert_eq!(found["ok"], true, "{found:#}");
    found["checked"]["acts"].as_u64().unwrap()
}

/// What everybody shares who works at the nodes.
pub struct Field {
    /// Where each node listens that is not known to be down.
    addresses: Mutex<Vec<Option<String>>>,
    pub tokens: BTreeMap<&'static str, String>,
    over: AtomicBool,
    never: (Mutex<()>, Condvar),
}

impl Field {
    pub fn new(tokens: BTreeMap<&'static str, String>, first: String) -> Field {
        let mut addresses = vec![None; NODES];
        addresses[0] = Some(first);
        Field { addresses: Mutex::new(addresses), tokens, over: AtomicBool::new(false), never: Default::default() }
    }

    /// Says where a node is now.
    pub fn put(&self, n: usize, address: Option<String>) {
        self.addresses.lock().unwrap()[n] = address;
    }

    pub fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    /// Ends it for all once one of them has ended, by a fault too.
    pub fn is_over_with_me(&self) -> Ending<'_> {
        Ending(&self.over)
    }

    /// Lets time go by.
    pub fn pass(&self, time: Duration) {
        let (lock, never) = &self.never;
        let nothing = never.wait_timeout_while(lock.lock().unwrap(), time, |()| true);
        assert!(nothing.unwrap().1.timed_out());
    }

    /// A node that may be there.
    pub fn somewhere(&self, chance: &mut Chance) -> Option<String> {
        let addresses = self.addresses.lock().unwrap();
        let there: Vec<&String> = addresses.iter().flatten().collect();
        let n = usize::try_from(chance.below(there.len().max(1) as u64)).unwrap();
        there.get(n).map(|address| (*address).clone())
    }

    /// Sends something to one node after the other until one answers; in which status, with what, and at which try.
    pub fn answered(&self, desk: &str, sent: &Sent, chance: &mut Chance) -> (u16, Value, u64) {
        let began = Instant::now();
        for tries in 1.. {
            let connection = self.somewhere(chance).and_then(|address| Connection::patient(&address, PATIENCE));
            match connection.and_then(|mut connection| connection.send(&self.tokens[desk], sent)) {
                // It is not known whether it happened, or it did not: send it again.
                Some((503, _)) | None => self.pass(Duration::from_millis(50)),
                Some((status, answer)) => return (status, answer, tries),
            }
            assert!(began.elapsed() < ANSWERED, "no node answers {sent:?}");
        }
        unreachable!("it is tried until the time is over")
    }

    /// A page of some node, if that answers.
    pub fn page(&self, path: &str, chance: &mut Chance) -> Option<String> {
        let address = self.somewhere(chance)?;
        let agent: ureq::Agent = ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).build().into();
        agent.get(format!("http://{address}{path}")).call().ok()?.body_mut().read_to_string().ok()
    }
}

/// See [`Field::is_over_with_me`].
pub struct Ending<'f>(&'f AtomicBool);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
