//! One byte changed in any column of any table is found, and its table is named.

use crate::fixture::*;
use crate::log::Keeper;
use jiff::Span;
use rusqlite::Connection;
use std::path::Path;
use store::aside::{Account, AccountState, Draft, Given, PendingImport, Reading, Session, Stage, Upload, Way};
use store::pages::SavedView;
use store::{Aside, DATABASE, KnownLog, Log as _, Sqlite, Store, Verification};

/// A store in which as many tables as can be have rows.
fn filled(folder: &Path, keeper: &Keeper) {
    let store = open(folder);
    story(&store);
    let now = start();
    let text = |word: &str| word.to_owned();
    let account = Account {
        person: text("zhou"),
        login: text("zhou"),
        password: text("$argon2id$invented"),
        given: Given::Own,
        since: now,
        state: AccountState::Active,
    };
    store.put_account(account).unwrap();
    let session = Session {
        digest: text("digest"),
        person: text("zhou"),
        way: Way::Password,
        stage: Stage::Full,
        address: text("192.0.2.*"),
        agent: text("browser"),
        created: now,
        seen: now,
        ends: now.saturating_add(Span::new().hours(8)),
    };
    crate::door::enter(&store, session);
    crate::door::fill(&store, now);
    let draft = Draft {
        person: text("zhou"),
        id: text("draft"),
        name: text("dogs/apply"),
        matter: None,
        saved: now,
        record: record([("phone", crate::fixture::text(PHONE))]),
    };
    store.put_draft(draft).unwrap();
    let view = SavedView { person: text("zhou"), register: text("homes"), name: text("mine"), query: text("q=1") };
    store.put_view(view).unwrap();
    for holder in [None, Some(text("zhou"))] {
        let upload = Upload { holder, name: text("a.txt"), media: text("text/plain"), bytes: b"content".to_vec(), now };
        store.put_file(upload).unwrap();
    }
    let import = PendingImport {
        id: text("import"),
        person: text("zhou"),
        register: text("homes"),
        file: text("homes.xlsx"),
        place: text(VILLAGE),
        at: now,
        bytes: b"a sheet".to_vec(),
    };
    store.put_import(import, now).unwrap();
    store.mark_seen(&village_desk(), "zhou", 3).unwrap();
    let reading = Reading {
        subject: text("matter:1"),
        at: now,
        person: text("zhou"),
        post: text("v-head"),
        kind: text("identity"),
        why: text("look"),
    };
    store.log_reading(reading).unwrap();
    while store.log_step(keeper, now).unwrap().is_some() {}
}

fn verified(folder: &Path, keeper: &Keeper) -> Verification {
    let known = KnownLog { keys: keeper.known(), signed: keeper.last.lock().unwrap().clone() };
    open(folder).verify_with(&known, &mut |_, _| ()).unwrap()
}

/// Tables with at least a row, and their columns.
fn columns(conn: &Connection) -> Vec<(String, Vec<(String, String)>)> {
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'publication_%' AND name NOT LIKE 'sqlite%' ORDER BY name";
    let names: Vec<String> =
        conn.prepare(sql).unwrap().query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    let mut tables = Vec::new();
    for name in names {
        let rows: u64 = conn.query_row(&format!("SELECT count(*) FROM {name}"), [], |row| row.get(0)).unwrap();
        let mut statement = conn.prepare("SELECT name, type FROM pragma_table_info(?1)").unwrap();
        let columns = statement.query_map([&name], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        let columns: Vec<(String, String)> = columns.collect::<Result<_, _>>().unwrap();
        if rows > 0 && name != "migration" {
            tables.push((name, columns));
        }
    }
    tables
}

/// Changes one byte of a column in one row: triggers are passed by, as who edits the file passes them by.
fn flip(conn: &Connection, table: &str, column: &str, kind: &str) -> bool {
    let triggers: Vec<String> = conn
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?1")
        .unwrap()
        .query_map([table], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let kept: Vec<String> = conn
        .prepare("SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?1")
        .unwrap()
        .query_map([table], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    for trigger in &triggers {
        conn.execute_batch(&format!("DROP TRIGGER {trigger}")).unwrap();
    }
    let other = match kind {
        "INTEGER" => format!("{column} + 1"),
        "BLOB" => format!("CAST(x'ff' || substr({column}, 2) AS BLOB)"),
        _ => format!("CASE WHEN {column} LIKE 'x%' THEN 'y' ELSE 'x' END || substr({column}, 2)"),
    };
    let sql = format!(
        "UPDATE {table} SET {column} = {other} WHERE {column} = (SELECT {column} FROM {table} WHERE {column} IS NOT NULL
         AND length({column}) > 0 ORDER BY {column} DESC LIMIT 1) AND {column} IS NOT {other}"
    );
    // A change that a key of the table forbids cannot be made by this means.
    let changed = conn.execute(&sql, []).unwrap_or(0);
    kept.iter().for_each(|sql| conn.execute_batch(sql).unwrap());
    changed > 0
}

#[test]
fn one_byte_in_any_column_of_any_table_is_found_and_its_table_named() {
    let folder = tempfile::tempdir().unwrap();
    let keeper = Keeper::new();
    filled(folder.path(), &keeper);
    let whole = verified(folder.path(), &keeper);
    assert_eq!(whole.wrongs, []);
    assert!(whole.checkpoints == 1 && whole.beside > 10 && whole.files == 2, "{whole:?}");

    let database = folder.path().join(DATABASE);
    let good = std::fs::read(&database).unwrap();
    let tables = columns(&Connection::open(&database).unwrap());
    for wanted in [
        "act",
        "account",
        "device",
        "door_event",
        "draft",
        "file",
        "log_tile",
        "passkey",
        "past_password",
        "recovery_code",
        "second_factor",
        "session",
        "todo",
        "wrong_try",
    ] {
        assert!(tables.iter().any(|(name, _)| name == wanted), "the store of this test has no row in {wanted}");
    }
    let mut flipped = 0;
    for (table, columns) in tables {
        // Another county's rows are none of this one's; the key of the county is proved when the store opens.
        for (column, kind) in columns.iter().filter(|(column, _)| column != "county" && table != "county_key") {
            let changed = flip(&Connection::open(&database).unwrap(), &table, column, kind);
            if changed {
                flipped += 1;
                let known = KnownLog { keys: keeper.known(), signed: keeper.last.lock().unwrap().clone() };
                let opened = Sqlite::open(store::Settings {
                    data: folder.path().to_owned(),
                    county_key: KEY,
                    library: library(),
                });
                let found = opened.and_then(|store| store.verify_with(&known, &mut |_, _| ()));
                let place = if table == "act" { "act ".to_owned() } else { format!("table {table}") };
                match found {
                    Ok(found) => {
                        let named = found.wrongs.iter().any(|wrong| wrong.where_.starts_with(&place))
                            || (table == "row_code" && !found.wrongs.is_empty());
                        assert!(named, "{table}.{column}: {:?}", found.wrongs);
                    }
                    // What is damaged beyond reading is named by the fault.
                    Err(fault) => assert!(fault.to_string().contains(&table), "{table}.{column}: {fault}"),
                }
            }
            std::fs::write(&database, &good).unwrap();
        }
    }
    assert!(flipped > 120, "only {flipped} columns could be changed");
}

#[test]
fn an_act_rewritten_with_its_leaf_after_it_was_signed_is_named_with_its_time() {
    let folder = tempfile::tempdir().unwrap();
    let keeper = Keeper::new();
    filled(folder.path(), &keeper);
    let conn = Connection::open(folder.path().join(DATABASE)).unwrap();
    let (payload, salt): (String, [u8; 32]) = conn
        .query_row("SELECT payload, salt FROM act WHERE seq = 2", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    let payload = payload.replacen("\"name\":\"", "\"name\":\"x", 1);
    let leaf = trust::leaf(&trust::commit(&salt, payload.as_bytes()));
    conn.execute("UPDATE act SET payload = ?1, leaf = ?2 WHERE seq = 2", (payload, leaf.as_bytes())).unwrap();
    drop(conn);
    let found = verified(folder.path(), &keeper).wrongs;
    let signed = found.iter().find(|wrong| wrong.what.contains("altered after it was signed"));
    assert_eq!(signed.map(|wrong| wrong.where_.as_str()), Some("act 2"), "{found:?}");
    assert!(signed.is_some_and(|wrong| wrong.since.is_some()));
}

#[test]
fn a_row_taken_away_and_a_file_altered_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let keeper = Keeper::new();
    filled(folder.path(), &keeper);
    let conn = Connection::open(folder.path().join(DATABASE)).unwrap();
    conn.execute_batch("DROP TRIGGER row_code_reading_delete; DELETE FROM reading").unwrap();
    let path: String = conn.query_row("SELECT path FROM file WHERE key IS NOT NULL", [], |row| row.get(0)).unwrap();
    drop(conn);
    std::fs::write(folder.path().join(store::FILES).join(&path), b"something else").unwrap();
    let found = verified(folder.path(), &keeper).wrongs;
    assert!(found.iter().any(|wrong| wrong.where_ == format!("file {path}")), "{found:?}");
    assert!(found.iter().any(|wrong| wrong.where_.starts_with("table reading")), "{found:?}");
}

#[test]
fn a_log_that_was_put_back_is_known_by_what_was_signed() {
    let folder = tempfile::tempdir().unwrap();
    let keeper = Keeper::new();
    filled(folder.path(), &keeper);
    Connection::open(folder.path().join(DATABASE))
        .unwrap()
        .execute_batch("DELETE FROM log_checkpoint; DELETE FROM log_tile; DELETE FROM log_bundle")
        .unwrap();
    let found = verified(folder.path(), &keeper).wrongs;
    assert!(found.iter().any(|wrong| wrong.what.contains("was put back")), "{found:?}");
}
