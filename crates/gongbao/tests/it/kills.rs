//! The serving program is killed at random moments while people work (强行终止): what was acknowledged is there, what was under way happens once
//! when it is sent again, and the whole verifies.
//!
//! `GONGBAO_KILLS=300 cargo nextest run --locked --workspace --test it kill_nine_under_load --no-capture` kills it three hundred times and says
//! what came of it (`docs/operations.md`).

use crate::work::{Chance, Client, Connection, home, ready, sign_in};
use crate::{gongbao, json};
use std::collections::BTreeMap;
use std::path::Path;
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
    let tokens = Arc::new(sign_in(&ready(&mut first).unwrap()));
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
        let address = ready(&mut child).unwrap();
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
    let address = ready(&mut child).unwrap();
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
