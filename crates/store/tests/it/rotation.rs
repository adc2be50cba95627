//! The county's key is changed while the county works: nothing is lost, and the old key opens nothing any more.

use crate::fixture::*;
use regulation::expr::Value;
use rusqlite::Connection;
use std::path::Path;
use store::{Fault, Rotated, Settings, Sqlite, Store, StoreExt};
use trust::Key;

const NEXT: [u8; 16] = [0x5a; 16];

fn opened_with(folder: &Path, county_key: [u8; 16]) -> Result<Sqlite, Fault> {
    Sqlite::open(Settings { data: folder.to_owned(), county_key, library: library() })
}

/// Everything personal reads as it did, look-ups by it find it, and nothing is wrong.
fn is_whole(store: &Sqlite, matters: &[String], homes: usize) {
    store
        .read(|snapshot| {
            for matter in matters {
                assert_eq!(snapshot.matter(matter)?.unwrap().root["phone"], text(PHONE));
            }
            for home in 1..=homes {
                let head = Value::Key(format!("resident-h{home}"));
                assert_eq!(snapshot.world().rows("homes", Some(("head", &head))), [format!("h{home}")]);
            }
            snapshot.fault()
        })
        .unwrap();
    assert_eq!(store.verify(&mut |_, _| ()).unwrap().wrongs, Vec::new());
}

/// How many owners' keys a county key unwraps, straight from the table.
fn unwrapped_by(folder: &Path, county_key: [u8; 16]) -> (usize, usize) {
    let conn = Connection::open(folder.join(store::DATABASE)).unwrap();
    let mut statement = conn.prepare("SELECT id, wrapped FROM owner_key WHERE wrapped IS NOT NULL").unwrap();
    let rows = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, Vec<u8>>(1)?))).unwrap();
    let rows: Vec<(String, Vec<u8>)> = rows.collect::<Result<_, _>>().unwrap();
    let opens = |(id, wrapped): &&(String, Vec<u8>)| trust::unwrap_key(&Key::new(county_key), id, wrapped).is_ok();
    (rows.iter().filter(opens).count(), rows.len())
}

#[test]
fn the_countys_key_is_changed_step_by_step_through_a_crash() {
    let (folder, store) = fresh();
    let mut matters = story(&store);
    let (_, keys) = unwrapped_by(folder.path(), KEY);
    assert!(keys > 2);
    assert_eq!(store.rotate_county_key(NEXT, 1), Ok(Rotated { keys: 1, done: false }));
    is_whole(&store, &matters, 3);
    matters.push(applied(&store, "h4"));
    assert_eq!(store.rotate_county_key([1; 16], 1), Err(Fault::CountyKey), "another key than it began with");
    drop(store);

    // The program was stopped in the middle: the old key still opens it, and so it goes on.
    assert!(matches!(opened_with(folder.path(), NEXT), Err(Fault::CountyKey)));
    let store = opened_with(folder.path(), KEY).unwrap();
    is_whole(&store, &matters, 4);
    matters.push(applied(&store, "h5"));
    let mut steps = 0;
    while !store.rotate_county_key(NEXT, 2).unwrap().done {
        steps += 1;
    }
    assert!(steps > 0);
    is_whole(&store, &matters, 5);
    matters.push(applied(&store, "h6"));
    drop(store);

    assert!(matches!(opened_with(folder.path(), KEY), Err(Fault::CountyKey)), "the old key is of no use");
    let store = opened_with(folder.path(), NEXT).unwrap();
    is_whole(&store, &matters, 6);
    store.rebuild(&mut |_, _| ()).unwrap();
    is_whole(&store, &matters, 6);
    drop(store);
    assert_eq!(unwrapped_by(folder.path(), KEY).0, 0, "nor for what lies in the table");
    let (opened, all) = unwrapped_by(folder.path(), NEXT);
    assert!(opened == all && all > keys);
}

#[test]
fn the_key_is_changed_as_often_as_one_likes() {
    let (folder, store) = fresh();
    let matters = story(&store);
    for key in [NEXT, [0x33; 16]] {
        while !store.rotate_county_key(key, 100).unwrap().done {}
        is_whole(&store, &matters, 3);
    }
    drop(store);
    is_whole(&opened_with(folder.path(), [0x33; 16]).unwrap(), &matters, 3);
}
