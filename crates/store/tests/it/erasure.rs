//! Personal data: sealed wherever it is written, erased with the key, and the proofs hold all the same.

use crate::fixture::*;
use regulation::expr::{Record, Value};
use std::fs;
use std::path::Path;
use store::aside::{Draft, Upload};
use store::pages::{Cut, MatterQuery, RowQuery};
use store::record::v1::erased;
use store::{Aside, Forget, Store, StoreExt};

fn forget(store: &dyn Store, owner: &str) {
    let forget = Forget { owner: owner.into(), actor: actor("chen"), clauses: vec!["dg-1".into()], now: start() };
    store.forget(forget).unwrap();
}

fn files(folder: &Path) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(fs::read(&path).unwrap());
        }
    }
    found
}

fn on_disk(folder: &Path, text: &str) -> bool {
    let needle = text.as_bytes();
    files(folder).iter().any(|bytes| bytes.windows(needle.len()).any(|window| window == needle))
}

#[test]
fn nothing_personal_lies_open_on_disk() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    story(&store);
    let draft = Draft {
        person: "resident-h1".into(),
        id: "d".into(),
        name: "dog-licence/apply".into(),
        matter: None,
        saved: start(),
        record: record([("phone", text(PHONE))]),
    };
    store.put_draft(draft).unwrap();
    let photo = Upload {
        holder: Some("homes/h1".into()),
        name: "p".into(),
        media: "image/png".into(),
        bytes: b"invented photograph".to_vec(),
        now: start(),
    };
    store.put_file(photo).unwrap();
    for personal in [PHONE, HEAD_ADDRESS, SIGNER, "invented photograph"] {
        assert!(!on_disk(folder.path(), personal), "{personal} lies open");
    }
    assert!(on_disk(folder.path(), "village-check"), "the search finds what does lie open");
}

#[test]
fn what_was_sealed_reads_as_erased_and_proofs_hold() {
    let (folder, store) = fresh();
    let matters = story(&store);
    let upload = Upload {
        holder: Some("homes/h1".into()),
        name: "p".into(),
        media: "image/png".into(),
        bytes: b"invented photograph".to_vec(),
        now: start(),
    };
    let file = store.put_file(upload).unwrap();
    let leaves = store.read(|snapshot| snapshot.leaves(1, 1000)).unwrap();
    forget(&store, "homes/h1");
    store
        .read(|snapshot| {
            let matter = snapshot.matter(&matters[0])?.unwrap();
            assert_eq!(matter.root["phone"], erased());
            assert_eq!(matter.root["chip"], text("chip-h1"), "what is not personal stays");
            assert_eq!(snapshot.row("homes", "h1")?.unwrap().row.record["address"], erased());
            assert_eq!(snapshot.row("homes", "h2")?.unwrap().row.record["address"], text(HEAD_ADDRESS));
            let head = Value::Key("resident-h1".into());
            assert_eq!(snapshot.world().rows("homes", Some(("head", &head))), Vec::<String>::new());
            let query = RowQuery { register: "homes".into(), ..RowQuery::default() };
            assert_eq!(snapshot.rows(&query, &Cut::first(9))?.lines.len(), 3);
            assert_eq!(snapshot.leaves(1, leaves.len())?, leaves);
            assert_eq!(snapshot.matters(&MatterQuery::default(), &Cut::first(9))?.lines.len(), 3);
            snapshot.fault()
        })
        .unwrap();
    assert_eq!(store.file(Some("homes/h1"), &file.digest).unwrap(), None);
    let verification = store.verify(&mut |_, _| ()).unwrap();
    assert_eq!(verification.wrongs, Vec::new());
    drop(store);
    let store = open(folder.path());
    let phone = store.read(|snapshot| Ok(snapshot.matter(&matters[0])?.unwrap().root["phone"].clone())).unwrap();
    assert_eq!(phone, erased());
}

#[test]
fn an_erasure_is_an_act_in_the_journal() {
    let (_folder, store) = fresh();
    applied(&store, "h1");
    forget(&store, "homes/h1");
    let entry = store.read(|snapshot| Ok(snapshot.journal(&Cut::first(1))?.lines.remove(0))).unwrap();
    assert_eq!((entry.seq, entry.kind.as_str(), entry.name.as_str()), (3, "system", "forget"));
    assert_eq!((entry.subject.as_str(), entry.actor), ("homes/h1", actor("chen")));
    // A second erasure finds nothing left to destroy and is recorded all the same.
    forget(&store, "homes/h1");
    assert_eq!(store.read(|snapshot| snapshot.journal_length()).unwrap(), 4);
}

#[test]
fn a_matter_goes_on_after_an_erasure() {
    let (_folder, store) = fresh();
    let matter = applied(&store, "h1");
    forget(&store, "homes/h1");
    done(&store, request(None, on(&matter, None, "zhou", "pass", Record::new()), start()));
    let found = store.read(|snapshot| snapshot.matter(&matter)).unwrap().unwrap();
    assert_eq!(found.step.as_deref(), Some("joint-check"));
}
