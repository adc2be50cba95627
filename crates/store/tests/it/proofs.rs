//! Proofs of documents: made with the act, there since the first checkpoint over it, gone with the key of whoever it is about.

use crate::fixture::*;
use crate::log::Keeper;
use std::path::Path;
use store::record::v1::DocumentHead;
use store::{Forget, KnownLog, Log as _, Sqlite, Store, StoreExt};
use trust::{DocumentBody, DocumentProof};

fn proofs(store: &Sqlite, matter: &str) -> Vec<Option<DocumentProof>> {
    let read = store.read(|snapshot| {
        let documents = snapshot.documents(matter)?;
        documents.iter().map(|line| snapshot.document_proof(&line.document.id)).collect::<Result<Vec<_>, _>>()
    });
    read.unwrap()
}

/// The same, asked without making the proofs.
fn provable(store: &Sqlite, matter: &str) -> Vec<bool> {
    let read = store.read(|snapshot| {
        let documents = snapshot.documents(matter)?;
        documents.iter().map(|line| snapshot.is_provable(&line.document.id)).collect::<Result<Vec<_>, _>>()
    });
    read.unwrap()
}

/// A story whose first matter issues three documents, in a log of one step.
fn told(folder: &Path, keeper: &Keeper) -> (Sqlite, String) {
    let store = open(folder);
    let matter = story(&store).remove(0);
    assert!(proofs(&store, &matter).iter().all(Option::is_none), "no checkpoint covers them yet");
    assert_eq!(provable(&store, &matter), [false; 3]);
    store.log_step(keeper, start()).unwrap().unwrap();
    (store, matter)
}

#[test]
fn every_document_under_a_checkpoint_has_a_proof_that_stays_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let keeper = Keeper::new();
    let (store, matter) = told(folder.path(), &keeper);
    let first: Vec<DocumentProof> =
        proofs(&store, &matter).into_iter().map(|proof| proof.expect("it is covered")).collect();
    assert_eq!((first.len(), provable(&store, &matter)), (3, vec![true; 3]));
    let lines = store.read(|snapshot| snapshot.documents(&matter)).unwrap();
    for (proof, line) in first.iter().zip(&lines) {
        let read: DocumentProof = proof.to_string().parse().unwrap();
        let known = keeper.known();
        assert_eq!(read.verify(&known).unwrap().signed.len(), 2);
        assert!(DocumentProof::from_compact(&proof.compact().unwrap()).unwrap().verify(&known).is_ok());
        let head: DocumentHead = serde_json::from_str(&proof.head).unwrap();
        assert_eq!((&head.id, &head.number, head.on), (&line.document.id, &line.document.number, line.document.on));
    }
    let DocumentBody::Text(licence) = &first[2].body else { panic!("the text is there") };
    assert!(licence.contains(r#""dog":"阿黄""#) && !licence.contains("sealed"), "{licence}");

    store.submit(request(None, enter_home("later"), start())).unwrap();
    store.log_step(&keeper, start()).unwrap().unwrap();
    let again: Vec<DocumentProof> = proofs(&store, &matter).into_iter().flatten().collect();
    assert_eq!(again, first, "a proof is under the first checkpoint that covers the act");
}

#[test]
fn another_document_is_not_what_the_log_has() {
    let folder = tempfile::tempdir().unwrap();
    let keeper = Keeper::new();
    let (store, matter) = told(folder.path(), &keeper);
    let known = keeper.known();
    let proofs: Vec<DocumentProof> = proofs(&store, &matter).into_iter().flatten().collect();
    let mut altered = proofs[2].clone();
    altered.body = DocumentBody::Text(match &altered.body {
        DocumentBody::Text(text) => text.replace("阿黄", "阿黑"),
        DocumentBody::Digest(_) => unreachable!("a store proves the text"),
    });
    assert!(altered.verify(&known).is_err());
    let exchanged = DocumentProof { head: proofs[1].head.clone(), ..proofs[2].clone() };
    assert!(exchanged.verify(&known).is_err());
}

#[test]
fn a_proof_is_erased_with_the_key_and_the_log_verifies_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let keeper = Keeper::new();
    let (store, matter) = told(folder.path(), &keeper);
    let owner = store.read(|snapshot| Ok(snapshot.world().matter(&matter).unwrap().owner.clone())).unwrap().unwrap();
    let forget = Forget { owner, actor: actor("chen"), clauses: vec!["dg-1".into()], now: start() };
    store.forget(forget).unwrap();
    assert!(proofs(&store, &matter).iter().all(Option::is_none), "its salt is gone");
    assert_eq!(provable(&store, &matter), [false; 3]);
    store.log_step(&keeper, start()).unwrap().unwrap();
    let known = KnownLog { keys: keeper.known(), signed: keeper.last.lock().unwrap().clone() };
    let found = store.verify_with(&known, &mut |_, _| ()).unwrap();
    assert!(found.wrongs.is_empty(), "{:?}", found.wrongs);
}
