//! What funds and rosters promise in numbers: deposits in batches of a thousand lines, interest to every one of a million sub-accounts in
//! one act, posted and journaled, with the memory it takes, one sub-account's statement among them; two lists of people merged into one
//! roster, each checked and once only, and a voucher for each.
//!
//! `cargo bench -p store --bench funds` measures; `GONGBAO_SUBS` and `GONGBAO_PEOPLE` say other sizes. Without `--bench` it runs once on
//! small input, so that it never rots.
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
use store::{Settings, Sqlite, Store, StoreExt};

/// Lines of a batch.
const BATCH: usize = 1_000;
/// People on one sheet at most.
const SHEET: usize = 5_000;
const POOL: &str = include_str!("funds/pool.md");
const ROSTER: &str = include_str!("funds/roster.md");

fn main() {
    let measured = std::env::args().any(|argument| argument == "--bench");
    let given = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<usize>().ok());
    let size = |name: &str, large: usize, small: usize| given(name).unwrap_or(if measured { large } else { small });
    let (subs, people) = (size("GONGBAO_SUBS", 1_000_000, 2_000), size("GONGBAO_PEOPLE", 100_000, 500));
    let folder = tempfile::tempdir().unwrap();
    let opened = |name: &str, id: &str, text: &str| {
        let data = folder.path().join(name);
        Sqlite::open(Settings { data, county_key: KEY, library: library_of(id, text) }).unwrap()
    };
    roster(&opened("people", "roster", ROSTER), people);
    let store = opened("money", "pool", POOL);
    deposits(&store, subs);
    interest(&store, subs);
    statements(&store, subs, if measured { 1_000 } else { 5 });
    proven(&store, subs);
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
    println!(
        "roster: {people} people on two lists merged in {merged:.1?}, checked and issued in {took:.1?}, peak {} MB",
        peak_mb()
    );
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

/// Every row of the journal fits its leaf, and the books are what the journal gives.
fn proven(store: &Sqlite, subs: usize) {
    let begun = Instant::now();
    let found = store.verify(&mut |_, _| ()).unwrap();
    assert!(found.wrongs.is_empty(), "{:?}", found.wrongs);
    println!("proof: books of {subs} sub-accounts against the journal: {:.1?}, peak {} MB", begun.elapsed(), peak_mb());
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

/// The most memory that the process held since it was last asked, where the system tells.
fn peak_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1024;
    // Where it cannot be reset, the next figure includes this one.
    _ = std::fs::write("/proc/self/clear_refs", "5");
    peak
}
