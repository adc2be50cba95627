//! Several nodes on one PostgreSQL server, under fire (多节点强行终止): nodes are killed, stopped and woken again, sessions are cut, the server itself goes
//! down as in a crash, and all the while people work, some of them two at once on the same matter. What was acknowledged is there once, and the
//! whole verifies.
//!
//! `GONGBAO_FIRE=60 cargo nextest run --locked --workspace --test it nodes_under_fire --no-capture` goes on for sixty minutes and says what came of
//! it (`docs/operations/postgresql.md`).

use crate::fire::{Field, NODES, Node, program, verified};
use crate::json;
use crate::own_server::Server;
use crate::work::{Chance, Client, Connection, home, sign_in};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

/// For how many minutes it goes on.
const MINUTES: &str = "GONGBAO_FIRE";
/// Without that.
const SHORT: Duration = Duration::from_secs(20);
/// People who work at once, each on a matter of their own.
const CLIENTS: usize = 6;
/// Pairs of people who do the same act on the same matter at two nodes.
const RIVALS: usize = 2;
/// So long everybody thinks between two acts: an hour's acts have to be verified at the end.
const THINKING: Duration = Duration::from_millis(150);

/// What was done to nodes and server.
#[derive(Debug, Default)]
struct Blows {
    kills: u64,
    /// Of these: while the node started.
    early: u64,
    /// Times that a node was stopped and went on later.
    stops: u64,
    /// Sessions that the server ended.
    cuts: u64,
    /// Crashes of the server.
    crashes: u64,
}

#[test]
fn nodes_under_fire_lose_nothing_and_double_nothing() {
    // Whoever acknowledges must have it on disk, as in earnest.
    let Some(server) = Server::start(&["synchronous_commit=on"]) else { return };
    let lasting =
        std::env::var(MINUTES).map_or(SHORT, |minutes| Duration::from_secs(60 * minutes.parse::<u64>().unwrap()));
    let folder = tempfile::tempdir().unwrap();
    let home = home(folder.path());
    let mut nodes: Vec<Node> = (0..NODES).map(|n| Node::new(folder.path(), n, &home, &server.url)).collect();
    let first = nodes[0].start().expect("the first node starts");
    let tokens = sign_in(&first);
    nodes[0].share_keys(&nodes[1..]);
    let before = verified(&nodes[0]);
    let field = &Field::new(tokens, first);
    for (n, node) in nodes.iter_mut().enumerate().skip(1) {
        field.put(n, node.start());
    }
    let (mut clients, mut rivals) = (people(0, CLIENTS), people(CLIENTS, RIVALS));
    let (blows, handed_out) = thread::scope(|scope| {
        for client in &mut clients {
            scope.spawn(move || alone(field, client));
        }
        for client in &mut rivals {
            scope.spawn(move || against_each_other(field, client));
        }
        let collecting = scope.spawn(move || checkpoints(field));
        let blows = strike(field, &mut nodes, server, lasting);
        (blows, collecting.join().unwrap())
    });
    clients.append(&mut rivals);
    let at = field.somewhere(&mut Chance(1)).unwrap();
    let mut connection = Connection::open(&at).unwrap();
    clients.iter().for_each(|client| client.check(&mut connection, &field.tokens["window"], &client.finished));
    holds_all(&at, folder.path(), &nodes[0], &handed_out);
    let (Blows { kills, early, stops, cuts, crashes }, server) = blows;
    nodes.iter_mut().for_each(Node::kill);
    let sum = |of: fn(&Client) -> u64| clients.iter().map(of).sum::<u64>();
    let acknowledged = sum(|client| client.acknowledged);
    for node in &nodes {
        assert_eq!(verified(node) - before, acknowledged, "no act is there that nobody was told of, and none twice");
    }
    let rebuilt = nodes[0].told(&["rebuild"]);
    assert!(rebuilt.contains("与重建前一致"), "{rebuilt}");
    drop(server);
    println!(
        "{} s, {NODES} nodes: {kills} killed ({early} while they started), {stops} stopped and woken, {cuts} sessions cut, {crashes} crashes of the \
         server; {acknowledged} acts acknowledged, {} of them when sent again after they had happened, {} matters completed, {} checkpoints \
         handed out and consistent, none lost, none doubled",
        lasting.as_secs(),
        sum(|client| client.repeated),
        sum(|client| client.finished.len() as u64),
        handed_out.len(),
    );
}

/// Several first nodes: the county has the key of one, and the others say what is to be copied and leave none of their own behind.
#[test]
fn of_nodes_that_start_together_on_a_new_database_one_makes_the_key() {
    let Some(server) = Server::start(&[]) else { return };
    let folder = tempfile::tempdir().unwrap();
    let home = home(folder.path());
    let mut nodes: Vec<Node> = (0..NODES).map(|n| Node::new(folder.path(), n, &home, &server.url)).collect();
    nodes.iter_mut().for_each(|node| node.begin(Stdio::piped()));
    let started: Vec<Option<String>> = nodes.iter_mut().map(Node::listens).collect();
    let first = started.iter().position(Option::is_some).expect("one of them has begun the county");
    for (n, address) in started.iter().enumerate().filter(|(n, _)| *n != first) {
        let said = nodes[n].last_words();
        assert!(address.is_none() && said.contains("county.key") && said.contains("copy"), "{address:?} {said}");
        assert!(said.contains(nodes[n].data.to_str().unwrap()), "it says where to: {said}");
        assert!(!nodes[n].data.join("county.key").exists());
    }
    let others: Vec<Node> = nodes.iter().map(|node| Node::at(&node.home, &node.data, &server.url)).collect();
    nodes[first].share_keys(&others);
    for mut node in others {
        assert!(node.data == nodes[first].data || node.start().is_some(), "with the key it starts");
    }
}

fn people(from: usize, how_many: usize) -> Vec<Client> {
    (from..from + how_many).map(Client::new).collect()
}

/// Somebody who works, at whatever node answers.
fn alone(field: &Field, client: &mut Client) {
    let _over = field.is_over_with_me();
    let mut chance = Chance(client.acknowledged + 17);
    while !field.is_over() {
        let sent = client.next();
        let (status, answer, tries) = field.answered(client.desk(), &sent, &mut chance);
        assert!((200..300).contains(&status), "{status} {answer:#} to {sent:?}");
        client.take(&answer, tries > 1);
        field.pass(THINKING);
    }
}

/// Two at the same desk who do the same act on the same matter: one of them is told that it has been done.
fn against_each_other(field: &Field, client: &mut Client) {
    let _over = field.is_over_with_me();
    let mut chances = [Chance(3), Chance(4)];
    while !field.is_over() {
        let sent = client.next();
        // Two applications are two matters.
        let both = if client.matter.is_none() { vec![sent] } else { vec![sent.rival(), sent] };
        let answers: Vec<_> = thread::scope(|scope| {
            let desk = client.desk();
            let ask = |(sent, chance)| scope.spawn(move || field.answered(desk, sent, chance));
            let asked: Vec<_> = both.iter().zip(&mut chances).map(ask).collect();
            asked.into_iter().map(|one| one.join().unwrap()).collect()
        });
        let (done, refused): (Vec<_>, Vec<_>) =
            answers.into_iter().partition(|(status, ..)| (200..300).contains(status));
        assert_eq!(done.len(), 1, "one of both happened: {done:#?} {refused:#?}");
        assert!(refused.iter().all(|(status, ..)| (400..500).contains(status)), "{refused:#?}");
        client.take(&done[0].1, done[0].2 > 1);
        field.pass(THINKING);
    }
}

/// Every checkpoint that any node showed to anybody.
fn checkpoints(field: &Field) -> BTreeSet<String> {
    let (mut chance, mut seen) = (Chance(5), BTreeSet::new());
    while !field.is_over() {
        seen.extend(field.page("/log/checkpoint", &mut chance));
        field.pass(Duration::from_millis(500));
    }
    seen
}

/// Does harm until the time is over, and leaves all nodes running. The server comes back with what was done.
fn strike(field: &Field, nodes: &mut [Node], mut server: Server, lasting: Duration) -> (Blows, Server) {
    let _over = field.is_over_with_me();
    let (mut blows, mut chance) = (Blows::default(), Chance(lasting.as_secs()));
    let until = Instant::now() + lasting;
    for blow in 0.. {
        field.pass(Duration::from_millis(200 + chance.below(2_000)));
        let n = usize::try_from(chance.below(NODES as u64)).unwrap();
        match blow % 8 {
            1 => blows.cuts += server.cut(chance.below(4) == 0),
            3 => {
                server.crash();
                blows.crashes += 1;
            }
            5 => {
                stop_and_wake(field, &nodes[n], &server, chance.below(3) > 0);
                blows.stops += 1;
            }
            _ => kill(field, &mut nodes[n], n, &mut chance, &mut blows),
        }
        if field.is_over() || Instant::now() > until {
            break;
        }
        if blow % 200 == 199 {
            verified(&nodes[0]);
        }
    }
    (blows, server)
}

fn kill(field: &Field, node: &mut Node, n: usize, chance: &mut Chance, blows: &mut Blows) {
    node.kill();
    field.put(n, None);
    blows.kills += 1;
    field.pass(Duration::from_millis(chance.below(1_500)));
    if chance.below(4) == 0 {
        node.begin(Stdio::inherit());
        field.pass(Duration::from_millis(chance.below(1_000)));
        node.kill();
        blows.kills += 1;
        blows.early += 1;
    }
    let address = node.start();
    assert!(address.is_some(), "node {n} starts again");
    field.put(n, address);
}

/// A node stands still until another leads, and then goes on as if nothing had been.
fn stop_and_wake(field: &Field, node: &Node, server: &Server, is_cut: bool) {
    node.signal("-STOP");
    if is_cut {
        server.cut(true);
    }
    // Whoever does not lead asks for it every five seconds.
    field.pass(Duration::from_secs(6));
    node.signal("-CONT");
}

/// A copy of the log has every checkpoint that was ever handed out.
fn holds_all(at: &str, folder: &Path, node: &Node, handed_out: &BTreeSet<String>) {
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    fs::write(path("keys"), node.told(&["log", "keys"])).unwrap();
    let copy = ["mirror", &format!("http://{at}/log"), &path("mirror"), "--key", &path("keys")];
    let copied = program().args(copy).output().unwrap();
    assert!(copied.status.success(), "{copied:?}");
    let notes = handed_out.iter().enumerate().map(|(n, note)| {
        fs::write(path(&format!("checkpoint-{n}")), note).unwrap();
        path(&format!("checkpoint-{n}"))
    });
    let verify = ["verify", "--json", "--key", &path("keys"), &path("mirror")];
    let found = json(&program().args(verify).args(notes).output().unwrap());
    assert_eq!(found["ok"], true, "{found:#}");
    assert!(!handed_out.is_empty(), "some were handed out");
}
