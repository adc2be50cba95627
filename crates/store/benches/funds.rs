//! What funds and rosters promise in numbers: deposits in batches of a thousand lines, interest to every one of a million sub-accounts in
//! one act, posted and journaled, with the memory it takes, one sub-account's statement among them; two lists of people merged into one
//! roster, each checked and once only, and a voucher for each.
//!
//! `cargo bench --bench funds` measures (`docs/performance.md`); `GONGBAO_SUBS` and `GONGBAO_PEOPLE` say other sizes, `-- money` or
//! `-- roster` one of both parts. Without `--bench` it runs once on small input, so that it never rots.
#![expect(clippy::unwrap_used, reason = "a bench that cannot go on has nothing to report")]

#[path = "../tests/it/fixture.rs"]
#[expect(dead_code, reason = "shared with the tests, which use more of it")]
mod fixture;
mod told;

use engine::{Act, Target};
use fixture::*;
use jiff::civil::{Date, date};
use regulation::expr::{Record, Unit, Value};
use regulation::model::fund::Side;
use serde_json::json;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use store::{Settings, Sqlite, Store, StoreExt};
use told::{asked_for, measured, size, tell};

/// Lines of a batch.
const BATCH: usize = 1_000;
/// People on one sheet at most.
const SHEET: usize = 5_000;
const POOL: &str = include_str!("funds/pool.md");
const ROSTER: &str = include_str!("funds/roster.md");

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let opened = |name: &str, id: &str, text: &str| {
        let data = folder.path().join(name);
        Sqlite::open(Settings { data, county_key: KEY, library: library_of(id, text) }).unwrap()
    };
    if asked_for("roster") {
        roster(&opened("people", "roster", ROSTER), size("GONGBAO_PEOPLE", 100_000, 500));
    }
    if asked_for("money") {
        let (store, subs) = (opened("money", "pool", POOL), size("GONGBAO_SUBS", 1_000_000, 2_000));
        deposits(&store, subs);
        interest(&store, subs);
        statements(&store, subs, if measured() { 1_000 } else { 5 });
        proven(&store, subs);
    }
}

/// An identity number of nobody: an impossible region, a valid day and check character.
fn identity(n: usize) -> String {
    let (year, day, sequence) = (40 + n / 28_000 % 60, 1 + n / 1_000 % 28, n % 1_000);
    // Fifteen digits become eighteen with their check character.
    regulation::expr::identity::normal(&format!("999999{year:02}01{day:02}{sequence:03}"))
}

/// Two lists, in sheets: everybody on the first, every tenth on the second too; then a voucher for each.
fn roster(store: &Sqlite, people: usize) {
    let person = |seq: usize, n: usize| {
        let seq = Value::Number(seq.into(), Unit::none());
        record([("seq", seq), ("own-id", text(&identity(n))), ("called", text(&format!("测试{n}")))])
    };
    let begun = Instant::now();
    let both = (0..people).step_by(10);
    for (name, listed) in [("a", (0..people).collect::<Vec<_>>()), ("b", both.collect())] {
        for (sheet, part) in listed.chunks(SHEET).enumerate() {
            let lines: Vec<Record> = part.iter().enumerate().map(|(at, n)| person(at + 1, *n)).collect();
            let form = record([("part", text(&format!("{name}{sheet}"))), ("lines", Value::Records(lines.into()))]);
            done(store, request(None, act("merging", "merge", form), noon(date(2022, 3, 1))));
        }
    }
    let merged = begun.elapsed();
    for (sheet, part) in (0..people).collect::<Vec<_>>().chunks(SHEET).enumerate() {
        let ticket = |at: usize| record([("number", text(&format!("a{sheet}-{}", at + 1)))]);
        let tickets: Vec<Record> = (0..part.len()).map(ticket).collect();
        let form = record([("tickets", Value::Records(tickets.into()))]);
        done(store, request(None, act("giving", "give-out", form), noon(date(2022, 3, 2))));
    }
    let took = begun.elapsed();
    store
        .read(|snapshot| {
            let held = snapshot.world().books().total("tickets.held").of(Side::Memo);
            assert_eq!(held, i128::try_from(people).unwrap() * 100_000, "a voucher for everybody, once");
            Ok(())
        })
        .unwrap();
    let more = [("merged_seconds", json!(merged.as_secs_f64()))];
    tell("roster", people, took, Some(Duration::from_secs(60)), &more);
}

fn unit(n: usize) -> String {
    // Neighbours in time are not neighbours in the table.
    format!("{:07}", n * 7_919 % 10_000_019)
}

fn yuan(fen: i64) -> Value {
    Value::Number(rust_decimal::Decimal::new(fen, 2), Unit::symbol("yuan"))
}

fn act(procedure: &str, name: &str, form: Record) -> Act {
    let target = Target::Start { procedure: procedure.into(), place: VILLAGE.into(), about: BTreeMap::new() };
    Act { target, name: name.into(), actor: actor("qian"), form, fresh_ids: Vec::new(), proved: false }
}

fn noon(day: Date) -> jiff::civil::DateTime {
    day.at(12, 0, 0, 0)
}

fn deposits(store: &Sqlite, subs: usize) {
    let begun = Instant::now();
    for first in (0..subs).step_by(BATCH) {
        let line = |n: usize| record([("unit", text(&unit(n))), ("amount", yuan(100_000 + n as i64 % 9_973))]);
        let lines: Vec<Record> = (first..subs.min(first + BATCH)).map(line).collect();
        let form = record([("lines", Value::Records(lines.into()))]);
        done(store, request(None, act("deposits", "receive", form), noon(date(2022, 3, 1))));
    }
    let took = begun.elapsed();
    tell("deposits", subs, took, None, &[("batch", json!(BATCH))]);
}

fn interest(store: &Sqlite, subs: usize) {
    let form = record([
        ("from", Value::Date(date(2022, 3, 1))),
        ("till", Value::Date(date(2022, 6, 20))),
        ("gain", yuan(123_456_789)),
    ]);
    let begun = Instant::now();
    done(store, request(None, act("interest", "allocate", form), noon(date(2022, 6, 21))));
    let took = begun.elapsed();
    store
        .read(|snapshot| {
            let books = snapshot.world().books();
            assert_eq!(books.total("pool.pending").of(Side::Credit), 0, "all of it is allocated");
            assert_eq!(books.total("pool.bank").of(Side::Debit), books.total("pool.free").of(Side::Credit));
            Ok(())
        })
        .unwrap();
    tell("interest", subs, took, Some(Duration::from_secs(60)), &[("goal_mb", json!(1_024))]);
}

/// Every row of the journal fits its leaf, and the books are what the journal gives.
fn proven(store: &Sqlite, subs: usize) {
    let begun = Instant::now();
    let found = store.verify(&mut |_, _| ()).unwrap();
    assert!(found.wrongs.is_empty(), "{:?}", found.wrongs);
    tell("proof", subs, begun.elapsed(), None, &[]);
}

fn statements(store: &Sqlite, subs: usize, reads: usize) {
    let year = (date(2022, 1, 1), date(2022, 12, 31));
    let mut latencies = Vec::new();
    for n in 0..reads {
        let key = unit(n * 104_729 % subs);
        let begun = Instant::now();
        let lines = store
            .read(|snapshot| {
                let books = snapshot.world().books();
                assert_eq!(books.before("pool.free", &key, year.0).of(Side::Credit), 0);
                Ok(books.statement("pool.free", &key, year, 500))
            })
            .unwrap();
        latencies.push(begun.elapsed());
        assert_eq!(lines.len(), 2);
    }
    latencies.sort_unstable();
    let quantile = |percent: usize| latencies[(latencies.len() - 1) * percent / 100];
    let (median, most) = (quantile(50), Duration::from_millis(20));
    tell("statement", subs, median, Some(most), &[("p99_seconds", json!(quantile(99).as_secs_f64()))]);
    assert!(median < most, "a statement takes less than {most:?}");
}
