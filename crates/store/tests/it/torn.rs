//! The machine stops in the middle of a write: what was acknowledged is there, and of the rest either all or nothing.

use crate::fixture::*;
use std::fs;
use std::path::Path;
use store::{DATABASE, Sqlite, Store, StoreExt};

/// What a disk writes at once; a torn write keeps some of these and loses others.
const SECTOR: usize = 512;

fn length(store: &Sqlite) -> u64 {
    store.read(|snapshot| snapshot.journal_length()).unwrap()
}

/// A data folder with this database and this log, opened: how many acts it has, all of them whole.
fn acts_in(folder: &Path, log: &[u8], base: &Path) -> u64 {
    fs::create_dir(folder).unwrap();
    fs::copy(base.join(DATABASE), folder.join(DATABASE)).unwrap();
    fs::write(folder.join(format!("{DATABASE}-wal")), log).unwrap();
    let store = open(folder);
    let acts = length(&store);
    assert_eq!(store.verify(&mut |_, _| ()).unwrap().wrongs, Vec::new());
    done(&store, request(None, enter_home("after"), start()));
    assert_eq!(length(&store), acts + 1, "it goes on");
    acts
}

#[test]
fn a_torn_write_loses_nothing_acknowledged_and_shows_nothing_half() {
    let whole = tempfile::tempdir().unwrap();
    let store = open(whole.path());
    story(&store);
    let log = whole.path().join(format!("{DATABASE}-wal"));
    let (acknowledged, before) = (length(&store), fs::read(&log).unwrap());
    // The act during which the machine stops: an application, which changes most tables.
    done(&store, request(None, enter_home("torn"), start()));
    let after = fs::read(&log).unwrap();
    let written = after.len() - before.len();
    assert!(after.starts_with(&before) && written > 4 * SECTOR, "the log has only grown");

    let rounds = tempfile::tempdir().unwrap();
    let mut round = 0;
    let mut acts = |log: &[u8]| {
        round += 1;
        acts_in(&rounds.path().join(round.to_string()), log, whole.path())
    };
    assert_eq!(acts(&after), acknowledged + 1, "the whole of it is there");
    let steps = 24;
    for step in 0..steps {
        let cut = before.len() + written * step / steps;
        assert_eq!(acts(&after[..cut]), acknowledged, "cut off after {cut} bytes");
        let mut torn = after.clone();
        let lost = cut / SECTOR * SECTOR;
        let sector = &mut torn[lost.max(before.len())..(lost + SECTOR).min(after.len())];
        sector.iter_mut().for_each(|byte| *byte = !*byte);
        assert_eq!(acts(&torn), acknowledged, "the sector at {lost} holds something else");
    }
}
