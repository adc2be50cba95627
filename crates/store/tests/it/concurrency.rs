//! Many at once: every acknowledged act is there once, and many share a flush.

use crate::fixture::*;
use engine::RefusalKind;
use regulation::expr::Record;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread;
use store::pages::Cut;
use store::{Store, StoreExt};

#[test]
fn sixty_four_at_once_lose_and_double_nothing() {
    let (_folder, store) = fresh();
    let store = Arc::new(store);
    let threads: Vec<_> = (0..64)
        .map(|thread| {
            let store = Arc::clone(&store);
            thread::spawn(move || {
                let mut seqs = Vec::new();
                for n in 0..5 {
                    let key = format!("t{thread}-{n}");
                    let entry = request(Some(&key), enter_home(&key), start());
                    let first = store.submit(entry.clone()).unwrap();
                    let again = store.submit(entry).unwrap();
                    let (first, again) = (first.receipt().unwrap().seq, again.receipt().unwrap().seq);
                    assert_eq!(first, again);
                    seqs.push(first);
                }
                seqs
            })
        })
        .collect();
    let seqs: BTreeSet<u64> = threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
    assert_eq!(seqs, (1..=320).collect());
    assert_eq!(store.read(|snapshot| snapshot.row_count("homes", None)).unwrap(), 320);
    assert_eq!(store.read(|snapshot| snapshot.journal_length()).unwrap(), 320);
    assert_eq!(store.verify(&mut |_, _| ()).unwrap().wrongs, Vec::new());
}

/// As many as share one transaction at most.
const GROUP: u64 = 32;

#[test]
fn what_waits_is_committed_together() {
    let (_folder, store) = fresh();
    let (sender, receiver) = channel();
    // While the writer is busy with something else, requests gather; they then share one transaction.
    let (entered, is_held) = channel();
    let (free, freed) = channel::<()>();
    let hold = Box::new(move |_| {
        entered.send(()).unwrap();
        freed.recv().unwrap();
    });
    store.submit_then(request(None, enter_home("first"), start()), hold);
    is_held.recv().unwrap();
    for n in 0..100 {
        let sender = sender.clone();
        let reply = Box::new(move |answer: Result<_, _>| sender.send(answer).unwrap());
        store.submit_then(request(None, enter_home(&format!("h{n}")), start()), reply);
    }
    let seen = store.read(|snapshot| snapshot.row_count("homes", None)).unwrap();
    assert_eq!(seen, 1, "readers do not wait, and see nothing before its transaction");
    free.send(()).unwrap();
    for _ in 0..100 {
        assert!(receiver.recv().unwrap().unwrap().receipt().is_some());
    }
    assert_eq!(
        store.flushes(),
        1 + 100_u64.div_ceil(GROUP),
        "one for the first, and full groups of the hundred that waited"
    );
}

#[test]
fn one_of_two_officers_is_told_that_it_is_too_late() {
    let (_folder, store) = fresh();
    let store = Arc::new(store);
    let matter = applied(&*store, "h1");
    let seen = store.read(|snapshot| Ok(snapshot.matter(&matter)?.unwrap().seq)).unwrap();
    let both = ["pass", "ask-more"].map(|name| {
        let (store, matter) = (Arc::clone(&store), matter.clone());
        thread::spawn(move || {
            let form = if name == "pass" { Record::new() } else { reasons() };
            store.submit(request(None, on(&matter, Some(seen), "zhou", name, form), start())).unwrap()
        })
    });
    let answers = both.map(|thread| thread.join().unwrap());
    let happened = answers.iter().filter(|answer| answer.receipt().is_some()).count();
    let stale = answers.iter().filter_map(|answer| answer.refusal()).map(|refusal| refusal.kind).collect::<Vec<_>>();
    assert_eq!((happened, stale), (1, vec![RefusalKind::Stale]));
}

#[test]
fn a_reader_sees_one_moment() {
    let (_folder, store) = fresh();
    applied(&store, "h1");
    store
        .read(|snapshot| {
            let before = snapshot.journal_length()?;
            done(&store, request(None, enter_home("h2"), start()));
            assert_eq!(snapshot.journal_length()?, before);
            assert_eq!(snapshot.journal(&Cut::first(9))?.lines.len() as u64, before);
            assert!(snapshot.row("homes", "h2")?.is_none());
            Ok(())
        })
        .unwrap();
    assert!(store.read(|snapshot| snapshot.row("homes", "h2")).unwrap().is_some());
}
