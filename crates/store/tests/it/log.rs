//! The journal as a transparency log: steps, proofs, and what is refused.

use crate::fixture::*;
use jiff::civil::DateTime;
use rusqlite::Connection;
use std::path::Path;
use std::sync::Mutex;
use store::log::{LogCheckpoint, LogFault, LogKeeper, LogTree};
use store::{DATABASE, Log as _, Sqlite, Store, StoreExt};
use trust::{
    Checkpoint, Entry, Note, NoteKey, NoteKeyKind, NoteSigner, Sha256, SignFault, Sm3, SoftwareKey, TileId, Tree,
    commit, leaf, verify_consistency,
};

/// Keys in memory, and what they signed last.
pub struct Keeper {
    keys: Vec<SoftwareKey>,
    pub last: Mutex<Option<Checkpoint>>,
}

pub const ORIGIN: &str = "gongbao.example/log";

impl Keeper {
    pub fn new() -> Keeper {
        let key = |kind, seed| SoftwareKey::new(kind, ORIGIN, [seed; 32]).unwrap();
        Keeper { keys: vec![key(NoteKeyKind::Ed25519, 1), key(NoteKeyKind::Sm2, 2)], last: Mutex::default() }
    }

    pub fn known(&self) -> Vec<NoteKey> {
        self.keys.iter().map(|key| key.key().clone()).collect()
    }
}

impl LogKeeper for Keeper {
    fn origin(&self) -> &str {
        ORIGIN
    }

    fn last(&self) -> Result<Option<Checkpoint>, SignFault> {
        Ok(self.last.lock().unwrap().clone())
    }

    fn is_own(&self, note: &str) -> bool {
        Checkpoint::open(note, &self.known()).is_ok()
    }

    fn sign(&self, checkpoint: &Checkpoint) -> Result<Note, SignFault> {
        let signers: Vec<&dyn NoteSigner> = self.keys.iter().map(|key| key as &dyn NoteSigner).collect();
        checkpoint.sign(&signers)
    }

    fn kept(&self, note: &str) -> Result<(), SignFault> {
        *self.last.lock().unwrap() = Some(Checkpoint::open(note, &self.known()).unwrap().0);
        Ok(())
    }
}

fn now() -> DateTime {
    start()
}

fn step(store: &Sqlite, keeper: &Keeper) -> Option<LogCheckpoint> {
    store.log_step(keeper, now()).unwrap()
}

/// Enters homes one after the other, with a step of the log after each of these numbers of them.
fn grown(folder: &Path, keeper: &Keeper, steps: &[usize]) -> Vec<LogCheckpoint> {
    let store = open(folder);
    let mut made = Vec::new();
    let mut entered = 0;
    for acts in steps {
        for _ in 0..*acts {
            entered += 1;
            let done = store.submit(request(None, enter_home(&format!("log-{entered}")), now())).unwrap();
            assert!(done.receipt().is_some());
        }
        made.extend(step(&store, keeper));
    }
    made
}

fn tamper(folder: &Path, sql: &str) {
    Connection::open(folder.join(DATABASE)).unwrap().execute_batch(sql).unwrap();
}

#[test]
fn a_node_with_other_keys_does_not_go_on_with_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let first = Keeper::new();
    grown(folder.path(), &first, &[1]);
    let key = |kind| SoftwareKey::new(kind, ORIGIN, [9; 32]).unwrap();
    let other = Keeper { keys: vec![key(NoteKeyKind::Ed25519)], last: Mutex::default() };
    let store = open(folder.path());
    store.submit(request(None, enter_home("log-2"), now())).unwrap();
    assert_eq!(store.log_step(&other, now()), Err(LogFault::OtherKeys { origin: ORIGIN.into() }));
    assert_eq!(step(&store, &first).map(|one| one.acts), Some(2), "the first node's do");
}

#[test]
fn steps_give_the_trees_that_the_format_describes() {
    let folder = tempfile::tempdir().unwrap();
    let keeper = Keeper::new();
    let made = grown(folder.path(), &keeper, &[1, 4, 290, 3]);
    assert_eq!(
        made.iter().map(|one| (one.step, one.acts, one.size)).collect::<Vec<_>>(),
        [(1, 1, 2), (2, 5, 7), (3, 295, 298), (4, 298, 302)]
    );
    let store = open(folder.path());
    assert_eq!(step(&store, &keeper), None, "without new acts there is no step");
    store
        .read(|snapshot| {
            let (mut public, mut national) = (Tree::<Sha256>::new(), Tree::<Sm3>::new());
            let mut seq = 0;
            for checkpoint in &made {
                while seq < checkpoint.acts {
                    seq += 1;
                    let stored = snapshot.stored(seq)?.unwrap();
                    let commitment = commit(&stored.salt, stored.payload.as_bytes());
                    national.push(leaf(&commitment));
                    public.push(Tree::<Sha256>::leaf(commitment.as_bytes()));
                }
                let entries: Vec<_> = (0..2).map(|at| snapshot.log_bundle(at)).collect::<Result<Vec<_>, _>>()?.concat();
                let Some(Entry::Root(root)) = Entry::read(&entries[checkpoint.size as usize - 1]) else { panic!() };
                assert_eq!((root.acts, root.root), (checkpoint.acts, national.root()));
                public.push(Tree::<Sha256>::leaf(&entries[checkpoint.size as usize - 1]));
                assert_eq!((checkpoint.root, checkpoint.national), (public.root(), national.root()));
            }
            let hashes = snapshot.log_tile(LogTree::Public, TileId { level: 0, index: 1 })?;
            assert_eq!(hashes.len(), 302 - 256);
            assert_eq!(snapshot.log_tile(LogTree::National, TileId { level: 1, index: 0 })?.len(), 1);
            for old in [0, 1, 2, 7, 298, 302] {
                let proof = snapshot.log_consistency(old, 302)?.unwrap();
                let roots = (public.root_at(old).unwrap(), public.root());
                assert!(verify_consistency::<Sha256>((old, &roots.0), (302, &roots.1), &proof));
            }
            assert_eq!((snapshot.log_consistency(1, 303)?, snapshot.log_consistency(9, 8)?), (None, None));
            Ok(())
        })
        .unwrap();
}

#[test]
fn every_act_that_a_checkpoint_covers_has_a_proof_that_verifies_alone() {
    let folder = tempfile::tempdir().unwrap();
    let keeper = Keeper::new();
    grown(folder.path(), &keeper, &[3, 2, 1]);
    let store = open(folder.path());
    store.submit(request(None, enter_home("late"), now())).unwrap();
    store
        .read(|snapshot| {
            for seq in 1..=6 {
                let stored = snapshot.stored(seq)?.unwrap();
                let entry = Entry::Act(commit(&stored.salt, stored.payload.as_bytes())).bytes();
                let proof = snapshot.log_proof(seq)?.unwrap().to_string();
                let proof: trust::LogProof = proof.parse().unwrap();
                assert_eq!(proof.verify(&entry, &keeper.known()).unwrap().1.len(), 2, "act {seq}");
                let other = snapshot.stored(seq % 6 + 1)?.unwrap();
                let other = Entry::Act(commit(&other.salt, other.payload.as_bytes())).bytes();
                assert!(proof.verify(&other, &keeper.known()).is_err());
            }
            assert_eq!(snapshot.log_proof(7)?, None, "no checkpoint covers it yet");
            let before = |seq| snapshot.log_before_act(seq).map(|found| found.map(|found| found.step));
            assert_eq!((before(1)?, before(4)?, before(6)?, before(7)?), (None, Some(1), Some(2), Some(3)));
            let root = snapshot.log_root_proof()?.unwrap();
            let entry = root.extra.clone().unwrap();
            root.verify(&entry, &keeper.known()).unwrap();
            assert!(matches!(Entry::read(&entry), Some(Entry::Root(root)) if root.acts == 6));
            assert_eq!(snapshot.log_before(3, 9)?.iter().map(|one| one.step).collect::<Vec<_>>(), [2, 1]);
            Ok(())
        })
        .unwrap();
}

#[test]
fn nothing_is_signed_over_what_was_altered() {
    type Told = fn(&LogFault) -> bool;
    let cases: [(&str, Told); 8] = [
        ("UPDATE act SET payload = payload || ' ' WHERE seq = 5", |fault| *fault == LogFault::Altered { seq: 5 }),
        ("DELETE FROM act WHERE seq = 5", |fault| *fault == LogFault::Missing { seq: 5 }),
        ("DELETE FROM act WHERE seq > 2", |fault| *fault == LogFault::PutBack { signed: 4, has: 2 }),
        ("DELETE FROM log_checkpoint WHERE step = 2", |fault| *fault == LogFault::PutBack { signed: 6, has: 3 }),
        ("UPDATE log_checkpoint SET root = zeroblob(32) WHERE step = 2", |fault| *fault == LogFault::Fork { size: 6 }),
        ("UPDATE log_tile SET hashes = zeroblob(length(hashes)) WHERE tree = 'public'", |fault| {
            *fault == LogFault::Fork { size: 6 }
        }),
        ("UPDATE log_tile SET hashes = zeroblob(length(hashes)) WHERE tree = 'national'", |fault| {
            *fault == LogFault::Fork { size: 6 }
        }),
        ("DELETE FROM log_tile WHERE tree = 'public'", |fault| matches!(fault, LogFault::Tile(_))),
    ];
    for (sql, expected) in cases {
        let folder = tempfile::tempdir().unwrap();
        let keeper = Keeper::new();
        grown(folder.path(), &keeper, &[2, 2]);
        for code in ["later", "and-another"] {
            open(folder.path()).submit(request(None, enter_home(code), now())).unwrap();
        }
        tamper(folder.path(), sql);
        let fault = open(folder.path()).log_step(&keeper, now()).unwrap_err();
        assert!(expected(&fault), "{sql}: {fault}");
        let signed = keeper.last.lock().unwrap().as_ref().map(|signed| signed.size);
        assert_eq!(signed, Some(6), "{sql}");
    }
}

#[test]
fn a_database_put_back_as_a_whole_is_noticed_by_who_signs() {
    let folder = tempfile::tempdir().unwrap();
    let keeper = Keeper::new();
    grown(folder.path(), &keeper, &[2]);
    let earlier = folder.path().join("earlier.backup");
    open(folder.path()).backup(&earlier).unwrap();
    open(folder.path()).submit(request(None, enter_home("later"), now())).unwrap();
    step(&open(folder.path()), &keeper).unwrap();
    let other = tempfile::tempdir().unwrap();
    store::restore(&earlier, other.path()).unwrap();
    let restored = open(other.path());
    restored.submit(request(None, enter_home("instead"), now())).unwrap();
    let fault = restored.log_step(&keeper, now()).unwrap_err();
    assert_eq!(fault, LogFault::PutBack { signed: 5, has: 3 });
}

#[test]
fn what_a_crash_left_between_the_database_and_the_keeper_heals() {
    let folder = tempfile::tempdir().unwrap();
    let keeper = Keeper::new();
    let made = grown(folder.path(), &keeper, &[2, 1]);
    // The second step was written and not remembered.
    *keeper.last.lock().unwrap() = Some(Checkpoint::open(&made[0].note, &keeper.known()).unwrap().0);
    open(folder.path()).submit(request(None, enter_home("later"), now())).unwrap();
    assert_eq!(step(&open(folder.path()), &keeper).unwrap().step, 3);
}
