//! A county moves between a folder and a server, and everything that proves it moves with it.

use crate::fixture::*;
use crate::log::Keeper;
use crate::postgres::{Database, database};
use rusqlite::Connection;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use store::aside::Upload;
use store::publications::{PublicationQuery, Wanted};
use store::{
    Address, Aside, Fault, Library, Log as _, Server, Settings, Sqlite, Store, StoreExt, restore, restore_to_server,
};

fn connect(database: &Database, library: Arc<Library>) -> store::Database {
    let address = Address::read(&database.url()).unwrap();
    store::Database::connect(Server { address, county_key: KEY, library }).unwrap()
}

fn restored_to(database: &Database, backup: &Path) -> Result<String, Fault> {
    restore_to_server(&Address::read(&database.url()).unwrap(), backup)
}

/// Every row of a backup, as the database prints it, but for those of the index of words.
fn rows(backup: &Path) -> BTreeSet<String> {
    let conn = Connection::open(backup).unwrap();
    let named = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'publication_index%'
                 AND name NOT LIKE 'publication_title%'";
    let mut statement = conn.prepare(named).unwrap();
    let names: Vec<String> = statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    let mut all = BTreeSet::new();
    for name in names {
        let mut statement = conn.prepare(&format!("SELECT * FROM {name}")).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let values: Vec<String> = (0..columns).map(|at| format!("{:?}", row.get_ref(at).unwrap())).collect();
            all.insert(format!("{name}: {}", values.join(", ")));
        }
    }
    all
}

/// Projections, the last signature, the proof of each act.
type Proofs = (Vec<(String, trust::Digest)>, Option<(u64, String)>, Vec<String>);

/// What two stores of the same county have alike: every projection, the last signature, the proof of each act.
fn proofs(store: &store::Database) -> Proofs {
    let newest = store.read(|snapshot| snapshot.log_newest()).unwrap();
    let acts = store.read(|snapshot| snapshot.journal_length()).unwrap();
    let proofs: Vec<_> =
        (1..=acts).map(|seq| format!("{:?}", store.read(|snapshot| snapshot.log_proof(seq)).unwrap())).collect();
    (store.projection_digests().unwrap(), newest.map(|newest| (newest.acts, newest.note)), proofs)
}

#[test]
fn a_county_moves_to_a_server_and_back_with_its_proofs() {
    let Some(database) = database() else { return };
    let folder = tempfile::tempdir().unwrap();
    let [one, two, three] = ["one.db", "two.db", "three.db"].map(|name| folder.path().join(name));
    let before = open(&folder.path().join("data"));
    story(&before);
    let photograph = Upload {
        holder: Some("homes/h1".to_owned()),
        name: "p".into(),
        media: "image/png".into(),
        bytes: b"invented photograph".to_vec(),
        now: start(),
    };
    let file = before.put_file(photograph).unwrap();
    let keeper = Keeper::new();
    while before.log_step(&keeper, start()).unwrap().is_some() {}
    let expected = proofs(&before);
    before.backup(&one).unwrap();

    assert_eq!(restored_to(&database, &one).unwrap(), "999999");
    let served = node(&database.url());
    // Once the store has looked at the county, which takes nothing away and adds nothing.
    served.backup(&two).unwrap();
    assert_eq!(rows(&two).symmetric_difference(&rows(&one)).collect::<Vec<_>>(), Vec::<&String>::new());
    assert_eq!(proofs(&served), expected);
    assert_eq!(served.verify(&mut |_, _| ()).unwrap().wrongs, []);
    assert_eq!(served.file(Some("homes/h1"), &file.digest).unwrap().as_deref(), Some(&b"invented photograph"[..]));
    assert!(matches!(restored_to(&database, &one), Err(Fault::Server { .. })), "a county is not overwritten");

    // The county goes on where it is, and back in a folder it is the same again.
    done(&served, request(Some("later"), enter_home("later"), start()));
    while served.log_step(&keeper, start()).unwrap().is_some() {}
    let expected = proofs(&served);
    served.backup(&three).unwrap();
    restore(&three, &folder.path().join("back")).unwrap();
    let back = open(&folder.path().join("back"));
    assert_eq!(proofs(&back), expected);
    assert_eq!(back.verify(&mut |_, _| ()).unwrap().wrongs, []);
    assert_eq!(back.file(Some("homes/h1"), &file.digest).unwrap().as_deref(), Some(&b"invented photograph"[..]));
}

#[test]
fn what_is_public_is_found_after_each_move() {
    let Some(database) = database() else { return };
    let folder = tempfile::tempdir().unwrap();
    let [one, two] = ["one.db", "two.db"].map(|name| folder.path().join(name));
    let (_data, before) = crate::publications::county();
    crate::publications::papers(&before);
    before.backup(&one).unwrap();
    restored_to(&database, &one).unwrap();
    let served = connect(&database, before.library());
    served.backup(&two).unwrap();
    restore(&two, &folder.path().join("back")).unwrap();
    let settings = Settings { data: folder.path().join("back"), county_key: KEY, library: before.library() };
    let back = Sqlite::open(settings).unwrap();
    let today = jiff::civil::date(2022, 4, 1);
    for typed in ["宅基地", "宅基地流程", "农村宅鸡地审批", "2022 2号", ""] {
        let query = PublicationQuery { wanted: Wanted::read(typed), ..PublicationQuery::default() };
        let found =
            |store: &store::Database| store.read(|snapshot| snapshot.publications(&query, today, 0, 10)).unwrap();
        assert!(found(&before).total > 0, "{typed}");
        assert_eq!(found(&served), found(&before), "{typed}");
        assert_eq!(found(&back), found(&before), "{typed}");
    }
}

/// Whoever changes the server's tables without the program is found.
#[test]
fn verification_finds_what_was_changed_on_a_server() {
    let Some(database) = database() else { return };
    let store = node(&database.url());
    story(&store);
    assert_eq!(store.verify(&mut |_, _| ()).unwrap().wrongs, []);
    let mut other = database.connect();
    let places = |store: &store::Database| -> Vec<String> {
        store.verify(&mut |_, _| ()).unwrap().wrongs.into_iter().map(|wrong| wrong.where_).collect()
    };
    other.batch_execute("UPDATE county_key SET proof = ''").unwrap();
    assert_eq!(places(&store), ["table county_key, row '999999'"]);
    other.batch_execute("UPDATE todo SET title = 'x'").unwrap();
    assert_eq!(places(&store), ["table county_key, row '999999'", "table todo, row 1"]);
}
