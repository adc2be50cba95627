//! A process killed under load loses nothing it acknowledged.

use crate::fixture::*;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;
use store::{Store, StoreExt};

const FOLDER: &str = "STORE_CRASH_FOLDER";
/// How often it is killed; hundreds of times in a fault run (`docs/operations.md`).
const ROUNDS: &str = "STORE_CRASH_ROUNDS";

/// Not a test by itself: what the killed process does. It writes a household's code after it was acknowledged.
#[test]
fn child() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    let store = Arc::new(open(&PathBuf::from(folder)));
    let base = store.read(|snapshot| snapshot.journal_length()).unwrap();
    let threads: Vec<_> = (0..8)
        .map(|thread| {
            let store = Arc::clone(&store);
            thread::spawn(move || {
                for n in 0.. {
                    let code = format!("{base}-{thread}-{n}");
                    done(&*store, request(Some(&code), enter_home(&code), start()));
                    let line = format!("acknowledged {code}\n");
                    std::io::stderr().lock().write_all(line.as_bytes()).unwrap();
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}

#[test]
fn kill_nine_loses_no_acknowledged_act() {
    let folder = tempfile::tempdir().unwrap();
    let mut acknowledged = Vec::new();
    let rounds = std::env::var(ROUNDS).map_or(3, |rounds| rounds.parse().unwrap());
    for round in 0..rounds {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["crash::child", "--exact", "--nocapture"])
            .env(FOLDER, folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut seen = 0;
        while seen < 20 + (round * 37) % 170 {
            let line = lines.next().expect("the child goes on until it is killed").unwrap();
            if let Some(code) = line.strip_prefix("acknowledged ") {
                acknowledged.push(code.to_owned());
                seen += 1;
            }
        }
        // `Child::kill` sends SIGKILL.
        child.kill().unwrap();
        child.wait().unwrap();
        // Whatever it still got out of the door before it died counts as well; its last line may be cut.
        let rest = lines.map_while(Result::ok).collect::<Vec<_>>();
        let whole = rest.len().saturating_sub(1);
        acknowledged
            .extend(rest[..whole].iter().filter_map(|line| line.strip_prefix("acknowledged ")).map(str::to_owned));
        // The whole is verified now and then: that takes longer the more there is.
        check(folder.path(), &acknowledged, round < 3 || round % 20 == 0 || round + 1 == rounds);
    }
    println!("killed {rounds} times, {} acts acknowledged, none lost", acknowledged.len());
}

fn check(folder: &std::path::Path, acknowledged: &[String], whole: bool) {
    let store = open(folder);
    store
        .read(|snapshot| {
            for code in acknowledged {
                assert!(snapshot.row("homes", code)?.is_some(), "{code} was acknowledged and is lost");
                assert_eq!(snapshot.row_history("homes", code)?.len(), 1, "{code} happened twice");
            }
            assert_eq!(snapshot.journal_length()?, snapshot.row_count("homes", None)?);
            Ok(())
        })
        .unwrap();
    if whole {
        assert_eq!(store.verify(&mut |_, _| ()).unwrap().wrongs, Vec::new());
    }
    let code = &acknowledged[0];
    let again = store.submit(request(Some(code), enter_home(code), start())).unwrap();
    assert!(again.receipt().unwrap().repeated, "an act sent again after the crash happens once");
}
