//! Funds kept durably: balances, statements, look-ups by a dimension, reversal, sealed keys, rebuild.

use crate::fixture::*;
use engine::books::{Books, Sub};
use engine::{Act, Target};
use jiff::civil::{Date, date, datetime};
use regulation::expr::{Record, Unit, Value};
use regulation::model::fund::Side;
use std::collections::BTreeMap;
use std::path::Path;
use store::record;
use store::record::v1::{self, Column, Payload, PostedLine, PostedLines, Sealable, Sealed};
use store::{Settings, Sqlite, Store, StoreExt};

const REGULATION: &str = include_str!("../../../engine/tests/it/upkeep/regulation.md");

fn open_upkeep(data: &Path) -> Sqlite {
    let library = library_of("upkeep", REGULATION);
    Sqlite::open(Settings { data: data.to_owned(), county_key: KEY, library }).unwrap()
}

fn yuan(text: &str) -> Value {
    Value::Number(text.parse().unwrap(), Unit::symbol("yuan"))
}

fn home(code: &str, area: &str) -> Act {
    Act {
        target: Target::Register { register: "homes".into(), row: None, place: VILLAGE.into() },
        name: "enter".into(),
        actor: actor("qian"),
        form: record([
            ("code", text(code)),
            ("area", Value::Number(area.parse().unwrap(), Unit::symbol("m²"))),
            ("holder", Value::Key(format!("resident-{code}"))),
        ]),
        fresh_ids: Vec::new(),
        proved: false,
    }
}

fn start_of(procedure: &str, act: &str, form: Record) -> Act {
    Act {
        target: Target::Start { procedure: procedure.into(), place: VILLAGE.into(), about: BTreeMap::new() },
        name: act.into(),
        actor: actor("qian"),
        form,
        fresh_ids: Vec::new(),
        proved: false,
    }
}

fn on_day(on: Date) -> jiff::civil::DateTime {
    on.at(9, 0, 0, 0)
}

/// Three deposits, a use paid once and taken back, one household gone.
fn upkeep_story(store: &Sqlite) -> String {
    for (code, area) in [("U1", "88.21"), ("U2", "102.36"), ("U3", "75.40")] {
        done(store, request(None, home(code, area), start()));
    }
    for (code, amount, on) in [
        ("U1", "5292.60", date(2022, 3, 21)),
        ("U2", "6141.60", date(2022, 3, 21)),
        ("U3", "4524.00", date(2022, 5, 10)),
    ] {
        let slip =
            record([("of-home", Value::Key(code.into())), ("amount", yuan(amount)), ("value-date", Value::Date(on))]);
        let matter = done(store, request(None, start_of("deposit", "claim", slip), on_day(on)));
        done(store, request(None, on_matter(&matter, "receive", Record::new()), on_day(on)));
    }
    let july = datetime(2022, 7, 5, 9, 0, 0, 0);
    let well = record([("use-no", text("打井")), ("approved", yuan("10000.00"))]);
    let used = done(store, request(None, start_of("use", "approve", well), july));
    done(store, request(None, on_matter(&used, "pay", record([("paid", yuan("3000.00"))])), july));
    done(store, request(None, on_matter(&used, "unpay", Record::new()), july));
    let gone = record([("closed", Value::Key("U3".into())), ("payee", text(PAYEE))]);
    done(store, request(None, start_of("closing-home", "lose", gone), july));
    used
}

/// A name that must not be found unsealed on disk.
const PAYEE: &str = "收款虚构人";

fn on_matter(matter: &str, name: &str, form: Record) -> Act {
    on(matter, None, "qian", name, form)
}

fn held(books: &dyn Books, account: &str, key: &str, side: Side) -> i128 {
    books.balance(account, key).of(side)
}

#[test]
fn balances_statements_and_look_ups() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_upkeep(folder.path());
    let used = upkeep_story(&store);
    store
        .read(|snapshot| {
            let books = snapshot.world().books();
            assert_eq!(held(books, "upkeep.free", "U1", Side::Credit), 197_606);
            assert_eq!(held(books, "upkeep.frozen", "U1\u{1f}打井", Side::Credit), 331_654);
            assert_eq!(books.total("upkeep.bank").of(Side::Debit), 1_595_820);
            assert_eq!(books.total("upkeep.unpaid").of(Side::Memo), 0);
            assert_eq!(held(books, "upkeep.owed", PAYEE, Side::Credit), 452_400 - 283_491);
            let by_use = books.subs("upkeep.frozen", Some((1, "打井")));
            assert_eq!(by_use.len(), 3);
            let by_home: Vec<String> =
                books.subs("upkeep.frozen", Some((0, "U2"))).iter().map(|key| key.to_string()).collect();
            assert_eq!(by_home, ["U2\u{1f}打井"]);
            assert_eq!(books.subs("upkeep.free", Some((0, "U2"))).len(), 1);
            assert_eq!(books.subs("upkeep.free", Some((0, "U9"))).len(), 0);
            assert_eq!(books.subs("upkeep.owed", None).iter().map(|key| key.to_string()).collect::<Vec<_>>(), [PAYEE]);
            assert_eq!(books.subs("upkeep.owed", Some((0, PAYEE))).len(), 1);
            let movements = books.movements("upkeep.free", "U1");
            assert_eq!(movements.iter().map(|one| one.on).collect::<Vec<_>>(), [date(2022, 3, 21), date(2022, 7, 5)]);
            assert_eq!(books.before("upkeep.free", "U1", date(2022, 7, 5)).of(Side::Credit), 529_260);
            assert_eq!(books.before("upkeep.free", "U1", date(2022, 3, 21)).of(Side::Credit), 0);
            let year = (date(2022, 1, 1), date(2022, 12, 31));
            let statement = books.statement("upkeep.frozen", "U1\u{1f}打井", year, 10);
            let lines: Vec<(&str, bool, i64)> =
                statement.iter().map(|line| (line.entry.as_str(), line.debit, line.fen)).collect();
            assert_eq!(lines, [("freeze", false, 331_654), ("pay", true, 99_496), ("pay", false, 99_496)]);
            assert_eq!((statement[2].reverses, &statement[2].matter), (Some(statement[1].number), &used));
            assert_eq!(books.statement("upkeep.owed", PAYEE, year, 10).len(), 1);
            pages_hold_what_each_sub_account_does(books);
            let posted = books.posted_in(&used);
            let entries: Vec<(&str, Option<u64>)> =
                posted.iter().map(|posting| (posting.entry.as_str(), posting.reverses)).collect();
            let pay = posted[1].number;
            assert_eq!(entries, [("freeze", None), ("pay", None), ("pay", Some(pay))]);
            assert!(books.is_reversed("upkeep", pay) && !books.is_reversed("upkeep", posted[0].number));
            assert_eq!(books.last_posting("upkeep"), 13);
            assert_eq!(books.posted_on("upkeep", 9, 2).iter().map(|one| one.number).collect::<Vec<_>>(), [10, 11]);
            Ok(())
        })
        .unwrap();
}

#[test]
fn an_act_that_would_overdraw_leaves_no_trace() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_upkeep(folder.path());
    let used = upkeep_story(&store);
    let before = store.projection_digests().unwrap();
    let act = on_matter(&used, "pay", record([("paid", yuan("10000.01"))]));
    let refused = store.submit(request(None, act, datetime(2022, 8, 1, 9, 0, 0, 0))).unwrap();
    let store::Submitted::Refused(refusal) = refused else { panic!("it cannot be paid") };
    assert_eq!(refusal.reasons[0].code, "overdrawn");
    assert_eq!(store.projection_digests().unwrap(), before);
}

#[test]
fn a_rebuild_gives_the_same_books() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_upkeep(folder.path());
    upkeep_story(&store);
    let live = store.projection_digests().unwrap();
    store.rebuild(&mut |_, _| ()).unwrap();
    assert_eq!(store.projection_digests().unwrap(), live);
    assert!(store.verify(&mut |_, _| ()).unwrap().wrongs.is_empty());
}

/// The postings of a journal as format 1 has them: line by line.
fn told_line_by_line(payload: &mut Payload) {
    for event in &mut payload.events {
        let v1::Event::Posted { lines, .. } = event else { continue };
        let PostedLines::Columns(columns) = &*lines else { continue };
        let side = |column: &Option<Column>, line: usize| match column.as_ref()? {
            Column::One(key) => Some(key.clone()),
            Column::Each(keys) => Some(Sealable::Plain(keys[line].to_string())),
            Column::Sealed { of, sealed } => {
                Some(Sealable::Sealed(Sealed { of: of.clone(), sealed: sealed[line].clone() }))
            }
        };
        let row = |(line, fen): (usize, &i64)| PostedLine {
            credit: side(&columns.credit, line),
            debit: side(&columns.debit, line),
            fen: *fen,
        };
        *lines = PostedLines::Rows(columns.fen.iter().enumerate().map(row).collect());
        payload.format = 1;
    }
}

#[test]
fn a_journal_of_format_1_gives_the_same_books() {
    let folder = tempfile::tempdir().unwrap();
    let live = {
        let store = open_upkeep(folder.path());
        upkeep_story(&store);
        store.projection_digests().unwrap()
    };
    let conn = rusqlite::Connection::open(folder.path().join(store::DATABASE)).unwrap();
    let mut rows = conn.prepare("SELECT seq, format, payload FROM act WHERE format = 2").unwrap();
    let kept = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
    let kept: Vec<(u64, u32, String)> = kept.map(Result::unwrap).collect();
    assert!(kept.len() > 5, "acts that post are written in format 2");
    for (seq, format, text) in kept {
        let mut payload = record::read(format, &text, "act").unwrap();
        told_line_by_line(&mut payload);
        let text = serde_json::to_string(&payload).unwrap();
        conn.execute("UPDATE act SET format = 1, payload = ?2 WHERE seq = ?1", rusqlite::params![seq, text]).unwrap();
    }
    drop(rows);
    drop(conn);
    let store = open_upkeep(folder.path());
    store.rebuild(&mut |_, _| ()).unwrap();
    let funds = |digests: Vec<(String, trust::Digest)>| -> Vec<_> {
        digests.into_iter().filter(|(table, _)| table.starts_with("fund")).collect()
    };
    assert_eq!(funds(store.projection_digests().unwrap()), funds(live));
}

#[test]
fn a_personal_key_is_nowhere_unsealed() {
    let folder = tempfile::tempdir().unwrap();
    {
        let store = open_upkeep(folder.path());
        upkeep_story(&store);
    }
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            let found = bytes.windows(PAYEE.len()).any(|window| window == PAYEE.as_bytes());
            assert!(!found, "{}", path.display());
        }
    }
}

/// Pages of sub-accounts, with what they come to, however they are cut: the same as asking one by one.
fn pages_hold_what_each_sub_account_does(books: &dyn Books) {
    let one_by_one = |account: &str, dimension: Option<(usize, &str)>| {
        let keys = books.subs(account, dimension).into_iter();
        keys.map(|key| Sub { balance: books.balance(account, &key), key }).collect::<Vec<_>>()
    };
    let accounts = ["upkeep.free", "upkeep.frozen", "upkeep.owed", "upkeep.bank", "upkeep.unpaid"];
    for account in accounts {
        for dimension in [None, Some((0, "U2")), Some((1, "打井")), Some((0, PAYEE)), Some((0, "U9"))] {
            let whole = one_by_one(account, dimension);
            assert_eq!(books.page(account, dimension, None, usize::MAX), whole, "{account} {dimension:?}");
            let (mut cut, mut after) = (Vec::new(), None);
            loop {
                let page = books.page(account, dimension, after.as_deref(), 1);
                let Some(last) = page.last() else { break };
                after = Some(last.key.to_string());
                cut.extend(page);
            }
            assert_eq!(cut, whole, "{account} {dimension:?} in pages of one");
        }
    }
    assert!(
        !books.page("upkeep.bank", None, None, 1).is_empty(),
        "an account that nothing divides is a page of its own"
    );
}
