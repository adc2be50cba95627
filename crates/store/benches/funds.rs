//! What funds promise in numbers: deposits in batches of a thousand lines, interest to every one of a million sub-accounts in one act, posted
//! and journaled, with the memory it takes, and one sub-account's statement among them.
//!
//! `cargo bench -p store --bench funds` measures (`--subs N` for another size); without `--bench` it runs once on small input, so that it
//! never rots.
#![expect(clippy::unwrap_used, reason = "a bench that cannot go on has nothing to report")]

#[path = "../tests/it/fixture.rs"]
#[expect(dead_code, reason = "shared with the tests, which use more of it")]
mod fixture;

use engine::{Act, Target};
use fixture::*;
use jiff::civil::{Date, date};
use regulation::expr::{Record, Unit, Value};
use regulation::model::fund::Side;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use store::{Settings, Sqlite, StoreExt};

/// Lines of a batch.
const BATCH: usize = 1_000;
const POOL: &str = include_str!("funds/pool.md");

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let measured = arguments.iter().any(|argument| argument == "--bench");
    let given =
        arguments.iter().position(|argument| argument == "--subs").and_then(|at| arguments.get(at + 1)?.parse().ok());
    let (subs, reads): (usize, usize) = if measured { (given.unwrap_or(1_000_000), 1_000) } else { (2_000, 5) };
    let folder = tempfile::tempdir().unwrap();
    let library = library_of("pool", POOL);
    let store = Sqlite::open(Settings { data: folder.path().to_owned(), county_key: KEY, library }).unwrap();
    deposits(&store, subs);
    interest(&store, subs);
    statements(&store, subs, reads);
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
    Act { target, name: name.into(), actor: actor("qian"), form, fresh_ids: Vec::new() }
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
    println!(
        "deposits: {subs} sub-accounts in batches of {BATCH}: {:.1?}, {:.0} postings/s, peak {} MB",
        took,
        subs as f64 / took.as_secs_f64(),
        peak_mb()
    );
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
    println!("interest: to {subs} sub-accounts in one act: {took:.1?}, peak {} MB", peak_mb());
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
    let quantile = |percent: usize| latencies[(latencies.len() - 1) * percent / 100].as_secs_f64() * 1e3;
    println!("statement: of one among {subs}: p50 {:.2} ms, p99 {:.2} ms", quantile(50), quantile(99));
    let slowest = Duration::from_millis(20);
    assert!(latencies[latencies.len() / 2] < slowest, "a statement takes less than {slowest:?}");
}

/// The most memory that the process ever held, where the system tells.
fn peak_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1024
}
