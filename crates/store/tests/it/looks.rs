//! Who looked at personal data: each day is closed by an act, and what is taken away afterwards is found.

use crate::fixture::*;
use jiff::civil::{DateTime, datetime};
use rusqlite::Connection;
use store::aside::Reading;
use store::pages::Cut;
use store::record::v1::Event;
use store::{Aside, Sqlite, Store, StoreExt};

fn looked(store: &Sqlite, at: DateTime, person: &str) {
    let reading = Reading {
        subject: "homes/h1".into(),
        at,
        person: person.into(),
        post: "t-window".into(),
        kind: "identity".into(),
        why: "核对申请人".into(),
    };
    store.log_reading(reading).unwrap();
}

fn closed(store: &Sqlite) -> Vec<String> {
    let page = store.read(|snapshot| snapshot.journal(&Cut::first(50))).unwrap();
    page.lines.into_iter().filter(|entry| entry.name == "looks").map(|entry| entry.subject).collect()
}

fn wrongs(store: &Sqlite) -> Vec<String> {
    store.verify(&mut |_, _| ()).unwrap().wrongs.into_iter().map(|wrong| wrong.where_).collect()
}

#[test]
fn a_day_of_looks_is_closed_by_an_act_and_nothing_of_it_can_be_taken_away() {
    let (folder, store) = fresh();
    applied(&store, "h1");
    looked(&store, datetime(2022, 3, 1, 9, 0, 0, 0), "wang");
    looked(&store, datetime(2022, 3, 1, 23, 59, 59, 0), "feng");
    looked(&store, datetime(2022, 3, 3, 9, 0, 0, 0), "wang");
    store.tick(datetime(2022, 3, 2, 0, 30, 0, 0)).unwrap();
    assert!(closed(&store).is_empty(), "what was looked at before midnight may still be noted");
    store.tick(datetime(2022, 3, 2, 1, 0, 0, 0)).unwrap();
    store.tick(datetime(2022, 3, 2, 9, 0, 0, 0)).unwrap();
    assert_eq!(closed(&store), ["2022-03-01"], "once");
    store.tick(datetime(2022, 3, 5, 9, 0, 0, 0)).unwrap();
    assert_eq!(closed(&store), ["2022-03-03", "2022-03-01"], "and only days that had any");
    assert!(wrongs(&store).is_empty());
    let digest = store.projection_digest().unwrap();
    store.rebuild(&mut |_, _| ()).unwrap();
    assert_eq!(store.projection_digest().unwrap(), digest);
    drop(store);

    // Whoever has the database takes a look away together with its code, which nothing else would show.
    let conn = Connection::open(folder.path().join(store::DATABASE)).unwrap();
    conn.execute_batch("DROP TRIGGER row_code_reading_delete").unwrap();
    conn.execute("DELETE FROM reading WHERE person = 'feng'", []).unwrap();
    conn.execute("DELETE FROM row_code WHERE name = 'reading' AND key LIKE '%feng%'", []).unwrap();
    drop(conn);
    assert_eq!(wrongs(&open(folder.path())), ["table reading, day 2022-03-01"]);

    // And the row that says how many there were, so that the day is closed anew over what is left: the first closing holds.
    let conn = Connection::open(folder.path().join(store::DATABASE)).unwrap();
    conn.execute_batch("DELETE FROM looked_day").unwrap();
    drop(conn);
    let store = open(folder.path());
    store.tick(datetime(2022, 3, 6, 9, 0, 0, 0)).unwrap();
    assert_eq!(closed(&store).len(), 4, "both days again");
    let found = wrongs(&store);
    assert!(found.iter().any(|place| place.starts_with("table looked_day")), "{found:?}");
}

#[test]
fn a_closed_day_is_written_so_for_ever() {
    let text = r#"{"looked":{"count":2,"day":"2022-03-01","digest":"1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b"}}"#;
    let event: Event = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&event).unwrap(), text);
    assert_eq!(event.matter(), None);
}
