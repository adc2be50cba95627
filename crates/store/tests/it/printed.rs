//! Rows printed in a regulation: in force with it, changed with its next version, gone when it ends, and the same after a rebuild.

use crate::fixture::*;
use jiff::civil::{DateTime, date, datetime};
use regulation::expr::Value;
use store::{Settings, Sqlite, Store, StoreExt};

const REGULATION: &str = include_str!("../../../engine/tests/it/rates/regulation.md");

fn opened(data: &std::path::Path, text: &str) -> Sqlite {
    Sqlite::open(Settings { data: data.to_owned(), county_key: KEY, library: library_of("rates", text) }).unwrap()
}

fn at(month: i8, day: i8) -> DateTime {
    datetime(2022, month, day, 9, 0, 0, 0)
}

fn keys(store: &Sqlite) -> Vec<String> {
    let mut keys = store.read(|snapshot| Ok(snapshot.world().rows("rates", None))).unwrap();
    keys.sort();
    keys
}

fn acts(store: &Sqlite) -> Vec<(String, String)> {
    let lines = store.read(|snapshot| Ok(snapshot.journal(&store::pages::Cut::first(99))?.lines)).unwrap();
    lines.into_iter().rev().map(|act| (act.kind, act.subject)).collect()
}

#[test]
fn rows_come_change_and_go_with_their_regulation() {
    let folder = tempfile::tempdir().unwrap();
    {
        let store = opened(folder.path(), REGULATION);
        store.tick(at(2, 28)).unwrap();
        assert!(acts(&store).is_empty(), "not in force yet");
        let ticked = store.tick(at(3, 4)).unwrap();
        assert_eq!((ticked.fired, ticked.not_begun), (2, Vec::new()));
        assert_eq!(keys(&store), ["A/busy", "A/slack", "B/busy"]);
        let printed = |register: &str| ("printed".to_owned(), register.to_owned());
        assert_eq!(acts(&store), [printed("grades"), printed("rates")], "those referred to come first");
        store.tick(at(3, 5)).unwrap();
        assert_eq!(acts(&store).len(), 2, "nothing changed");
    }
    let next = REGULATION.replace("| B     | busy   | 6     |        |        |\n", "").replace("12.50", "13");
    let store = opened(folder.path(), &next);
    store.tick(at(5, 1)).unwrap();
    assert_eq!(keys(&store), ["A/busy", "A/slack"]);
    let row = store.read(|snapshot| Ok(snapshot.world().row("rates", "A/busy"))).unwrap().unwrap();
    assert_eq!(row.since, date(2022, 3, 1), "a version dated as the first stands from that day");
    assert_eq!(row.record.get("rate").map(Value::show).as_deref(), Some("13.00 yuan"));
    store.tick(at(12, 31)).unwrap();
    assert_eq!(keys(&store).len(), 2, "the last day");
    store.tick(datetime(2023, 1, 1, 0, 0, 0, 0)).unwrap();
    assert!(keys(&store).is_empty(), "it has ended");
    let live = store.projection_digests().unwrap();
    store.rebuild(&mut |_, _| ()).unwrap();
    assert_eq!(store.projection_digests().unwrap(), live);
}
