//! Verification says exactly what is wrong.

use crate::fixture::*;
use rusqlite::Connection;
use std::path::Path;
use store::{DATABASE, Settings, Sqlite, Store, Verification};

/// Tampers with a closed store and verifies it.
fn after(tamper: &str) -> Verification {
    let folder = tempfile::tempdir().unwrap();
    {
        let store = open(folder.path());
        story(&store);
    }
    change(folder.path(), tamper);
    open(folder.path()).verify(&mut |_, _| ()).unwrap()
}

fn change(folder: &Path, sql: &str) {
    let conn = Connection::open(folder.join(DATABASE)).unwrap();
    conn.execute_batch(sql).unwrap();
}

#[test]
fn nothing_is_wrong_with_what_was_not_touched() {
    let found = after("");
    assert_eq!(found.wrongs, Vec::new());
    assert!(found.acts > 10 && found.leaves == found.acts && found.projections == 26, "{found:?}");
}

#[test]
fn every_kind_of_tampering_is_found_at_its_place() {
    let cases = [
        ("UPDATE act SET payload = replace(payload, 'village-check', 'village-cheat') WHERE seq = 4", "act 4"),
        ("UPDATE act SET salt = zeroblob(32) WHERE seq = 2", "act 2"),
        ("UPDATE act SET leaf = zeroblob(32) WHERE seq = 3", "act 3"),
        ("UPDATE act SET name = 'other' WHERE seq = 5", "act 5"),
        ("UPDATE act SET person = 'other' WHERE seq = 5", "act 5"),
        ("DELETE FROM act WHERE seq = 6", "act 6"),
        ("UPDATE todo SET due = '2030-01-01'", "table todo, row 1"),
        ("DELETE FROM todo_count", "table todo_count, row 1"),
        ("UPDATE row SET place = '999998' WHERE key = 'h2'", "table row, row 3"),
        ("UPDATE document SET voided = NULL, number = 'x' WHERE name = 'licence'", "table document"),
        ("DELETE FROM inbox", "table inbox, row 1"),
    ];
    for (tamper, place) in cases {
        let found = after(tamper);
        assert!(found.wrongs.iter().any(|wrong| wrong.where_.starts_with(place)), "{tamper}: {:?}", found.wrongs);
        assert_eq!(found.wrongs.len(), 1, "{tamper}: {:?}", found.wrongs);
    }
}

#[test]
fn says_since_when() {
    let found = after("UPDATE act SET leaf = zeroblob(32) WHERE seq = 3");
    assert_eq!(found.wrongs[0].since.as_deref(), Some("2022-03-01T09:00:00"));
    let found = after("UPDATE row SET place = '999998' WHERE key = 'h2'");
    assert_eq!(found.wrongs[0].since.as_deref(), Some("2022-03-01T09:00:00"));
}

#[test]
fn a_wrong_county_key_and_a_second_process_are_turned_away() {
    let folder = tempfile::tempdir().unwrap();
    let settings = |county_key| Settings { data: folder.path().to_owned(), county_key, library: library() };
    let first = Sqlite::open(settings(KEY)).unwrap();
    assert!(matches!(Sqlite::open(settings(KEY)), Err(store::Fault::File { .. })));
    drop(first);
    assert_eq!(Sqlite::open(settings([8; 16])).err(), Some(store::Fault::CountyKey));
    assert!(Sqlite::open(settings(KEY)).is_ok());
}
