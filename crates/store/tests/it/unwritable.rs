//! A disk that takes no more writes: one that was mounted so that it can only be read, and one on which writing fails in the middle. Acts are
//! turned away, nothing is half done, and once it is mended nothing is missing.
//!
//! The children run apart: one on a file system of its own, one with a limit of its own on how long files may grow.

use crate::fixture::*;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};
use store::{DATABASE, Fault, Settings, Sqlite, Store, StoreExt};

const READ_ONLY: &str = "STORE_READ_ONLY_FOLDER";
const FAILING: &str = "STORE_FAILING_FOLDER";
/// Makes a file system for the command that follows.
const OWN_DISK: &str = "mount -t tmpfs -o size=32m none \"$STORE_READ_ONLY_FOLDER\" && exec \"$@\"";
/// A write beyond the limit fails instead of ending the process.
const OWN_LIMIT: &str = "trap '' XFSZ && exec \"$@\"";

fn length(store: &Sqlite) -> u64 {
    store.read(|snapshot| snapshot.journal_length()).unwrap()
}

fn whole(store: &Sqlite) {
    assert_eq!(store.verify(&mut |_, _| ()).unwrap().wrongs, Vec::new());
}

fn ran(command: &str, arguments: &[&str]) -> bool {
    Command::new(command).args(arguments).status().is_ok_and(|status| status.success())
}

/// Not a test by itself: what is done on the disk that can only be read.
#[test]
fn read_only_child() {
    let Ok(folder) = std::env::var(READ_ONLY) else {
        return;
    };
    let data = PathBuf::from(&folder).join("data");
    let store = open(&data);
    story(&store);
    let acts = length(&store);
    drop(store);
    assert!(ran("mount", &["-o", "remount,ro", &folder]));
    let opened = Sqlite::open(Settings { data: data.clone(), county_key: KEY, library: library() });
    let Err(fault) = opened else { panic!("a store opens where it cannot write") };
    assert!(matches!(fault, Fault::File { .. }), "{fault:?}");
    assert!(fault.to_string().contains(&folder), "{fault} says where");
    assert!(ran("mount", &["-o", "remount,rw", &folder]));
    let store = open(&data);
    assert_eq!(length(&store), acts);
    whole(&store);
    done(&store, request(None, enter_home("room"), start()));
    println!("read only after {acts}");
}

/// Sets how long a file of this process may grow, in bytes.
fn grow_to(bytes: &str) {
    assert!(ran("prlimit", &["--pid", &std::process::id().to_string(), &format!("--fsize={bytes}:")]));
}

/// Not a test by itself: what is done while writes fail.
#[test]
fn failing_child() {
    let Ok(folder) = std::env::var(FAILING) else {
        return;
    };
    let data = PathBuf::from(&folder).join("data");
    let store = open(&data);
    story(&store);
    let log = data.join(format!("{DATABASE}-wal"));
    let mut acknowledged = length(&store);
    let mut turned_away = 0;
    for round in 0..40_u64 {
        // Each time a little further into what the next acts write.
        grow_to(&(fs::metadata(&log).unwrap().len() + 1_024 + round * 1_777).to_string());
        for n in 0..50 {
            match store.submit(request(None, enter_home(&format!("{round}-{n}")), start())) {
                Ok(submitted) => {
                    assert!(submitted.receipt().is_some());
                    acknowledged += 1;
                }
                Err(fault) => {
                    assert!(matches!(fault, Fault::Database { .. }), "{fault:?}");
                    turned_away += 1;
                    break;
                }
            }
        }
        assert_eq!(length(&store), acknowledged, "readers go on, and nothing half is seen");
        grow_to("unlimited");
        done(&store, request(None, enter_home(&format!("{round}-room")), start()));
        acknowledged += 1;
        assert_eq!(length(&store), acknowledged, "what was turned away was not done later");
    }
    whole(&store);
    drop(store);
    let store = open(&data);
    assert_eq!(length(&store), acknowledged);
    whole(&store);
    assert!(turned_away >= 30, "writing failed {turned_away} times only");
    println!("turned away {turned_away} of {acknowledged}");
}

fn child(test: &str, command: &mut Command) -> Output {
    command.args([std::env::current_exe().unwrap().to_str().unwrap(), test, "--exact", "--nocapture"]).output().unwrap()
}

fn said(output: &Output, words: &str) {
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && out.contains(words), "{out}\n{err}");
}

#[test]
fn a_disk_that_can_only_be_read_is_said_at_the_start_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let apart = || {
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--mount", "sh", "-c", OWN_DISK, "sh"]).env(READ_ONLY, folder.path());
        command
    };
    match apart().arg("true").output() {
        Ok(probe) if probe.status.success() => {}
        refused => {
            println!("skipped: no file system of one's own here: {refused:?}");
            return;
        }
    }
    said(&child("unwritable::read_only_child", &mut apart()), "read only after");
}

#[test]
fn writes_that_fail_in_the_middle_turn_acts_away_and_lose_none() {
    let folder = tempfile::tempdir().unwrap();
    let mut apart = Command::new("sh");
    apart.args(["-c", OWN_LIMIT, "sh"]).env(FAILING, folder.path());
    said(&child("unwritable::failing_child", &mut apart), "turned away");
}
