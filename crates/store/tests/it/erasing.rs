//! Erasure by an act on a matter: proposed by one, confirmed by another, and the keys go in the transaction of that act.

use crate::fixture::*;
use engine::{Act, Event, Target};
use jiff::civil::{DateTime, date};
use regulation::expr::{Record, Value};
use store::aside::Upload;
use store::pages::{Cut, RowQuery};
use store::record::v1::erased;
use store::{DATABASE, Receipt, Request, Settings, Sqlite, Store, StoreExt, Submitted};

const HOME: &str = "homes/h1";
const WORDS: &str = "虚构的走访内容";

fn erasing() -> (tempfile::TempDir, Sqlite) {
    let folder = tempfile::tempdir().unwrap();
    let store = opened(folder.path());
    (folder, store)
}

fn opened(data: &std::path::Path) -> Sqlite {
    let library = library_of("erasures", include_str!("../../../regulation/tests/fixtures/erasures.md"));
    Sqlite::open(Settings { data: data.to_owned(), county_key: KEY, library }).unwrap()
}

fn at(year: i16) -> DateTime {
    date(year, 3, 1).at(9, 0, 0, 0)
}

fn act(target: Target, name: &str, person: &str, form: Record) -> Act {
    Act { target, name: name.to_owned(), actor: actor(person), form, fresh_ids: Vec::new(), proved: true }
}

fn started(store: &dyn Store, procedure: &str, name: &str, person: &str, form: Record, now: DateTime) -> String {
    let home = (procedure == "visit").then(|| ("home".to_owned(), Value::Key("h1".into())));
    let target =
        Target::Start { procedure: procedure.into(), place: VILLAGE.into(), about: home.into_iter().collect() };
    done(store, request(None, act(target, name, person, form), now))
}

fn did(store: &dyn Store, request: Request) -> Receipt {
    match store.submit(request).unwrap() {
        Submitted::Done(receipt) => receipt,
        Submitted::Refused(refusal) => panic!("refused: {refusal:#?}"),
    }
}

fn register(row: Option<&str>) -> Target {
    Target::Register { register: "homes".into(), row: row.map(str::to_owned), place: VILLAGE.into() }
}

/// A household that left in 2022, with a visit that ended then, and a proposal to erase both.
fn proposed(store: &dyn Store) -> (String, String) {
    let home =
        record([("code", text("h1")), ("head", Value::Key("resident-h1".into())), ("address", text(HEAD_ADDRESS))]);
    done(store, request(None, act(register(None), "enter", "wu", home), at(2022)));
    let visit = started(store, "visit", "call", "zhou", record([("words", text(WORDS))]), at(2022));
    done(store, request(None, on(&visit, None, "zhou", "finish", Record::new()), at(2022)));
    let gone = record([("left-on", Value::Date(date(2022, 3, 1)))]);
    done(store, request(None, act(register(Some("h1")), "change", "wu", gone), at(2022)));
    let photo = Upload {
        holder: Some(HOME.into()),
        name: "p".into(),
        media: "image/png".into(),
        bytes: b"invented photograph".to_vec(),
        now: at(2022),
    };
    store.put_file(photo).unwrap();
    (visit, started(store, "erasure", "propose", "zhou", record([("whose", text(HOME))]), at(2026)))
}

#[test]
fn what_two_persons_erased_reads_as_erased_and_proofs_hold() {
    let (folder, store) = erasing();
    let (visit, matter) = proposed(&store);
    assert!(store.read(|snapshot| Ok(snapshot.world().has_sealed(HOME))).unwrap());
    let refused = store.submit(request(None, on(&matter, None, "zheng", "confirm", Record::new()), at(2023))).unwrap();
    let Submitted::Refused(refusal) = refused else { panic!("{refused:?}") };
    assert!(refusal.reasons.iter().all(|reason| reason.code == "term-not-over"), "{refusal:?}");
    assert!(store.read(|snapshot| Ok(snapshot.world().has_sealed(HOME))).unwrap(), "a refusal destroys nothing");
    let leaves = store.read(|snapshot| snapshot.leaves(1, 1000)).unwrap();

    let receipt = did(&store, request(Some("k"), on(&matter, None, "zheng", "confirm", Record::new()), at(2026)));
    let erased_everywhere = |store: &Sqlite| {
        store
            .read(|snapshot| {
                let world = snapshot.world();
                assert!(!world.has_sealed(HOME));
                assert_eq!(snapshot.matter(&visit)?.unwrap().root["words"], erased());
                assert_eq!(snapshot.matter_line(&visit)?.unwrap().title.as_deref(), erased().as_text());
                assert_eq!(snapshot.row("homes", "h1")?.unwrap().row.record["address"], erased());
                for version in snapshot.row_history("homes", "h1")? {
                    assert_eq!(version.record.unwrap()["address"], erased());
                }
                assert_eq!(
                    world.rows("homes", Some(("head", &Value::Key("resident-h1".into())))),
                    Vec::<String>::new()
                );
                assert_eq!(snapshot.matters(&query(WORDS), &Cut::first(9))?.lines, []);
                assert_eq!(snapshot.leaves(1, leaves.len())?, leaves);
                // What says who erased what is about the erasure, not about them.
                let proof = &snapshot.documents(&matter)?[0];
                assert_eq!(proof.document.data["held"], text("住户名册1条、走访1件"));
                snapshot.fault()
            })
            .unwrap();
    };
    erased_everywhere(&store);
    assert_eq!(store.verify(&mut |_, _| ()).unwrap().wrongs, Vec::new());
    let entry = store.read(|snapshot| Ok(snapshot.journal(&Cut::first(1))?.lines.remove(0))).unwrap();
    assert_eq!((entry.name.as_str(), entry.kind.as_str(), entry.actor), ("confirm", "matter", actor("zheng")));
    let forgot = entry.events.iter().find(|event| matches!(event, Event::Erased { .. }));
    assert_eq!(forgot, Some(&Event::Erased { matter: matter.clone(), owner: HOME.into(), on: at(2026).date() }));
    let again = did(&store, request(Some("k"), on(&matter, None, "zheng", "confirm", Record::new()), at(2026)));
    assert!(again.repeated && again.seq == receipt.seq, "the same request happens once");
    drop(store);
    erased_everywhere(&opened(folder.path()));
    let needle = WORDS.as_bytes();
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = if path.is_file() { std::fs::read(&path).unwrap() } else { Vec::new() };
        assert!(!bytes.windows(needle.len()).any(|window| window == needle), "{}", path.display());
    }
}

fn query(words: &str) -> store::pages::MatterQuery {
    store::pages::MatterQuery { text: Some(words.to_owned()), ..Default::default() }
}

#[test]
fn a_rebuild_after_two_persons_erased_gives_the_same_tables() {
    let (_folder, store) = erasing();
    let (_, matter) = proposed(&store);
    done(&store, request(None, on(&matter, None, "zheng", "confirm", Record::new()), at(2026)));
    let before = store.projection_digests().unwrap();
    store.rebuild(&mut |_, _| ()).unwrap();
    assert_eq!(store.projection_digests().unwrap(), before);
}

#[test]
fn what_comes_in_after_an_erasure_is_sealed_with_a_new_key() {
    let (_folder, store) = erasing();
    let (_, matter) = proposed(&store);
    done(&store, request(None, on(&matter, None, "zheng", "confirm", Record::new()), at(2026)));
    let back = record([("head", Value::Key("resident-h1".into())), ("address", text("虚构路九号"))]);
    done(&store, request(None, act(register(Some("h1")), "change", "wu", back), at(2026)));
    store
        .read(|snapshot| {
            assert!(snapshot.world().has_sealed(HOME));
            assert_eq!(snapshot.row("homes", "h1")?.unwrap().row.record["address"], text("虚构路九号"));
            let versions = snapshot.row_history("homes", "h1")?;
            assert_eq!(versions[0].record.as_ref().unwrap()["address"], erased());
            snapshot.fault()
        })
        .unwrap();
    assert_eq!(store.verify(&mut |_, _| ()).unwrap().wrongs, Vec::new());
}

#[test]
fn what_ended_is_found_oldest_first_and_what_was_closed_as_it_stood() {
    let (_folder, store) = erasing();
    proposed(&store);
    let older = started(&store, "tip", "tell-it", "resident-h1", record([("words", text("一"))]), at(2023));
    let newer = started(&store, "tip", "tell-it", "resident-h1", record([("words", text("二"))]), at(2023));
    done(&store, request(None, on(&newer, None, "zhou", "answer", Record::new()), at(2025)));
    done(&store, request(None, on(&older, None, "zhou", "answer", Record::new()), at(2024)));
    done(&store, request(None, act(register(Some("h1")), "close", "wu", Record::new()), at(2025)));
    store
        .read(|snapshot| {
            let ids = |by: i16, cut: &Cut| -> Result<_, store::Fault> {
                let page = snapshot.ended_matters("tip", at(by).date(), cut)?;
                Ok((page.lines.into_iter().map(|line| line.id).collect::<Vec<_>>(), page.next))
            };
            assert_eq!(ids(2023, &Cut::first(9))?, (vec![], None));
            assert_eq!(ids(2024, &Cut::first(9))?, (vec![older.clone()], None));
            let (first, next) = ids(2025, &Cut::first(1))?;
            assert_eq!(first, std::slice::from_ref(&older));
            assert_eq!(ids(2025, &Cut { limit: 1, after: next })?, (vec![newer.clone()], None));
            let closed = snapshot.closed_rows("homes", &Cut::first(9))?.lines;
            assert_eq!(closed.len(), 1);
            assert_eq!((closed[0].closed_on, closed[0].row.key.as_str()), (at(2025).date(), "h1"));
            assert_eq!(closed[0].row.record["address"], text(HEAD_ADDRESS));
            let (row, on) = snapshot.world().last_row("homes", "h1").unwrap();
            assert_eq!((on, &row.record["address"]), (Some(at(2025).date()), &text(HEAD_ADDRESS)));
            assert_eq!(
                snapshot.rows(&RowQuery { register: "homes".into(), ..RowQuery::default() }, &Cut::first(9))?.lines,
                []
            );
            snapshot.fault()
        })
        .unwrap();
}

#[test]
fn a_key_that_comes_back_from_a_backup_is_found() {
    let (folder, store) = erasing();
    let (_, matter) = proposed(&store);
    drop(store);
    let file = folder.path().join(DATABASE);
    let kept: Vec<u8> = rusqlite::Connection::open(&file)
        .unwrap()
        .query_row("SELECT wrapped FROM owner_key WHERE id = ?1", [HOME], |row| row.get(0))
        .unwrap();
    let store = opened(folder.path());
    done(&store, request(None, on(&matter, None, "zheng", "confirm", Record::new()), at(2026)));
    drop(store);
    let sql = "UPDATE owner_key SET wrapped = ?1, destroyed_at = NULL WHERE id = ?2";
    let conn = rusqlite::Connection::open(&file).unwrap();
    let triggers: Vec<String> = {
        let mut found =
            conn.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'owner_key'").unwrap();
        found.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    triggers.iter().for_each(|name| conn.execute_batch(&format!("DROP TRIGGER {name}")).unwrap());
    conn.execute(sql, rusqlite::params![kept, HOME]).unwrap();
    drop(conn);
    let found = opened(folder.path()).verify(&mut |_, _| ()).unwrap().wrongs;
    let back = found.iter().find(|wrong| wrong.what.contains("又回来了")).expect("a key that is back is told");
    assert!(back.where_.starts_with("act ") && back.what.contains(HOME), "{back:?}");
}
