//! A disk that is full: acts are turned away with the reason, readers go on, and so does everybody once it is mended.
//!
//! The child runs on a small file system of its own, which only a system that allows name spaces of users can give.

use crate::fixture::*;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use store::{Fault, Sqlite, Store, StoreExt};

const FOLDER: &str = "STORE_FULL_FOLDER";
/// Makes a file system of twelve megabytes for the command that follows.
const SMALL_DISK: &str = "mount -t tmpfs -o size=12m none \"$STORE_FULL_FOLDER\" && exec \"$@\"";

/// Enters households until the store says no: how many were acknowledged, and what it said.
fn until_refused(store: &Sqlite, prefix: &str) -> (u64, Fault) {
    for n in 0.. {
        match store.submit(request(None, enter_home(&format!("{prefix}-{n}")), start())) {
            Ok(submitted) => assert!(submitted.receipt().is_some()),
            Err(fault) => return (n, fault),
        }
    }
    unreachable!("the disk has an end")
}

fn length(store: &Sqlite) -> u64 {
    store.read(|snapshot| snapshot.journal_length()).unwrap()
}

/// Not a test by itself: what is done on the small disk.
#[test]
fn child() {
    let Ok(folder) = std::env::var(FOLDER) else {
        return;
    };
    let path = PathBuf::from(&folder);
    let spare = path.join("spare");
    fs::write(&spare, vec![7; 2 * 1024 * 1024]).unwrap();
    let store = open(&path.join("data"));

    let (acknowledged, fault) = until_refused(&store, "full");
    assert!(acknowledged > 0 && matches!(fault, Fault::Database { .. }), "{fault:?}");
    assert!(fault.to_string().contains("磁盘空间"), "{fault}");
    assert_eq!(length(&store), acknowledged, "readers go on, and nothing half is seen");
    assert!(store.submit(request(None, enter_home("again"), start())).is_err(), "still full");
    fs::remove_file(&spare).unwrap();
    done(&store, request(None, enter_home("room"), start()));
    assert_eq!(length(&store), acknowledged + 1, "what was turned away was not done later");

    drop(store);
    let store = open(&path.join("data"));
    assert_eq!(length(&store), acknowledged + 1);
    assert_eq!(store.verify(&mut |_, _| ()).unwrap().wrongs, Vec::new());
    println!("full after {acknowledged}");
}

#[test]
fn a_full_disk_turns_acts_away_and_loses_none() {
    let folder = tempfile::tempdir().unwrap();
    let run = |command: &[&str]| {
        Command::new("unshare")
            .args(["--map-root-user", "--mount", "sh", "-c", SMALL_DISK, "sh"])
            .args(command)
            .env(FOLDER, folder.path())
            .output()
    };
    match run(&["true"]) {
        Ok(probe) if probe.status.success() => {}
        refused => {
            println!("skipped: no file system of one's own here: {refused:?}");
            return;
        }
    }
    let program = std::env::current_exe().unwrap();
    let child = run(&[program.to_str().unwrap(), "full::child", "--exact", "--nocapture"]).unwrap();
    let said = String::from_utf8_lossy(&child.stdout);
    assert!(
        child.status.success() && said.contains("full after"),
        "{said}\n{}",
        String::from_utf8_lossy(&child.stderr)
    );
}
