//! Rebuilding gives the same bytes, whatever happened before.

use crate::fixture::*;
use jiff::civil::datetime;
use store::{Forget, Store, StoreExt};

#[test]
fn a_rebuild_gives_the_same_tables() {
    let (_folder, store) = fresh();
    let empty = store.projection_digests().unwrap();
    story(&store);
    let live = store.projection_digests().unwrap();
    let moved: Vec<&str> =
        live.iter().zip(&empty).filter(|(live, empty)| live != empty).map(|(live, _)| live.0.as_str()).collect();
    let all: Vec<&str> = live.iter().map(|(table, _)| table.as_str()).collect();
    let elsewhere = |table: &&str| {
        let by_others = table.starts_with("publication") || table.starts_with("fund");
        !["act_key", "instance", "looked_day", "regulation_force", "county_change"].contains(table) && !by_others
    };
    let others: Vec<&str> = all.iter().copied().filter(elsewhere).collect();
    assert_eq!(
        moved, others,
        "the story must touch every projection but those of keys, duties, force, looks, posts, funds and publications"
    );
    let mut told = Vec::new();
    store.rebuild(&mut |done, of| told.push((done, of))).unwrap();
    assert_eq!(store.projection_digests().unwrap(), live);
    assert!(told.last().is_some_and(|(done, of)| done == of && *done > 10));
}

#[test]
fn life_goes_on_after_a_rebuild_and_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let matter = {
        let store = open(folder.path());
        let matters = story(&store);
        store.rebuild(&mut |_, _| ()).unwrap();
        matters[2].clone()
    };
    let store = open(folder.path());
    let before = store.read(|snapshot| snapshot.journal_length()).unwrap();
    let now = datetime(2022, 3, 22, 9, 0, 0, 0);
    done(&store, request(Some("w"), on(&matter, None, "resident-h3", "withdraw", reasons()), now));
    assert_eq!(store.read(|snapshot| snapshot.journal_length()).unwrap(), before + 1);
    let again = store.submit(request(Some("w"), on(&matter, None, "resident-h3", "withdraw", reasons()), now)).unwrap();
    assert!(again.receipt().unwrap().repeated);
    let live = store.projection_digests().unwrap();
    store.rebuild(&mut |_, _| ()).unwrap();
    assert_eq!(store.projection_digests().unwrap(), live);
}

#[test]
fn a_rebuild_after_an_erasure_gives_the_same_tables() {
    let (_folder, store) = fresh();
    let matters = story(&store);
    let forget = Forget { owner: "homes/h2".into(), actor: actor("chen"), clauses: vec!["dg-1".into()], now: start() };
    store.forget(forget).unwrap();
    // New data about the same household is sealed with a new key.
    let mut change = enter_home("h2");
    change.target =
        engine::Target::Register { register: "homes".into(), row: Some("h2".into()), place: VILLAGE.into() };
    change.name = "change".into();
    change.form = record([("address", text("虚构村三组"))]);
    done(&store, request(None, change, datetime(2022, 4, 1, 9, 0, 0, 0)));
    let live = store.projection_digests().unwrap();
    store.rebuild(&mut |_, _| ()).unwrap();
    assert_eq!(store.projection_digests().unwrap(), live);
    store
        .read(|snapshot| {
            let row = snapshot.row("homes", "h2")?.unwrap();
            assert_eq!(row.row.record["address"], text("虚构村三组"));
            assert!(snapshot.matter(&matters[1])?.is_some());
            Ok(())
        })
        .unwrap();
}

#[test]
fn the_cache_makes_no_difference() {
    let folder = tempfile::tempdir().unwrap();
    let matters;
    let warm: Vec<_> = {
        let store = open(folder.path());
        matters = story(&store);
        let now = datetime(2022, 3, 21, 11, 0, 0, 0);
        done(&store, request(None, on(&matters[2], None, "resident-h3", "withdraw", reasons()), now));
        matters.iter().map(|id| store.read(|snapshot| snapshot.matter(id)).unwrap().unwrap()).collect()
    };
    let store = open(folder.path());
    for (id, warm) in matters.iter().zip(warm) {
        let cold = store.read(|snapshot| snapshot.matter(id)).unwrap().unwrap();
        assert_eq!(cold, warm);
    }
}
