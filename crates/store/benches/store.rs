//! What the store promises in numbers: durable acts per second and their latency, how many share a flush, and how long
//! the first page of a to-do list takes in a small and in a large county.
//!
//! `cargo bench -p store` measures; without `--bench` it runs once on small input, so that it never rots.
#![expect(clippy::unwrap_used, reason = "a bench that cannot go on has nothing to report")]

#[path = "../tests/it/fixture.rs"]
#[expect(dead_code, reason = "shared with the tests, which use more of it")]
mod fixture;

use fixture::*;
use jiff::civil::date;
use regulation::expr::Record;
use rusqlite::{Connection, params};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use store::pages::{Cut, TodoQuery};
use store::{DATABASE, StoreExt};

/// Desks over which open matters are spread.
const DESKS: usize = 9;
/// Lines of one page.
const PAGE: usize = 50;

struct Size {
    acts: usize,
    todo: &'static [usize],
    reads: usize,
}

fn main() {
    let measured = std::env::args().any(|argument| argument == "--bench");
    let size = if measured {
        Size { acts: 4_000, todo: &[100_000, 1_000_000], reads: 2_000 }
    } else {
        Size { acts: 64, todo: &[500], reads: 5 }
    };
    for users in [1, 8, 64] {
        acts(users, size.acts);
    }
    for open_matters in size.todo {
        todo(*open_matters, size.reads);
    }
}

/// Each act opens or moves a matter: half are applications, half the village's decision on them.
fn acts(users: usize, acts: usize) {
    let acts = if users == 1 { acts / 8 } else { acts };
    let (_folder, store) = fresh();
    let store = Arc::new(store);
    let next = Arc::new(AtomicUsize::new(0));
    let pairs = acts / 2;
    for home in 0..pairs {
        let last = home + 1 == pairs;
        let entry = request(None, enter_home(&format!("h{home}")), start());
        if last {
            done(&*store, entry);
        } else {
            store::Store::submit_then(&*store, entry, Box::new(|answer| assert!(answer.unwrap().receipt().is_some())));
        }
    }
    let flushes = store.flushes();
    let begun = Instant::now();
    let threads: Vec<_> = (0..users)
        .map(|_| {
            let (store, next) = (Arc::clone(&store), Arc::clone(&next));
            thread::spawn(move || {
                let mut latencies = Vec::new();
                loop {
                    let home = next.fetch_add(1, Ordering::Relaxed);
                    if home >= pairs {
                        return latencies;
                    }
                    let code = format!("h{home}");
                    let matter =
                        timed(&mut latencies, || done(&*store, request(Some(&code), apply(&code, &code), start())));
                    let pass = on(&matter, None, "zhou", "pass", Record::new());
                    timed(&mut latencies, || done(&*store, request(Some(&code), pass, start())));
                }
            })
        })
        .collect();
    let mut latencies: Vec<Duration> = threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
    let took = begun.elapsed();
    let flushes = store.flushes() - flushes;
    println!(
        "acts: {users:>3} users  {:>7.0} durable acts/s  p50 {:.2} ms  p99 {:.2} ms  {:.1} acts per flush",
        latencies.len() as f64 / took.as_secs_f64(),
        quantile(&mut latencies, 50).as_secs_f64() * 1e3,
        quantile(&mut latencies, 99).as_secs_f64() * 1e3,
        latencies.len() as f64 / flushes as f64,
    );
}

/// The first page of one desk, with title search and filter apart.
fn todo(open_matters: usize, reads: usize) {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path()));
    seed(folder.path(), open_matters);
    let begun = Instant::now();
    let store = open(folder.path());
    let cold = begun.elapsed();
    let plain = TodoQuery { desks: vec![desk(3)], ..TodoQuery::default() };
    let filtered = TodoQuery { step: Some("rare".into()), due_by: Some(date(2022, 12, 1)), ..plain.clone() };
    println!("to-do: {open_matters:>8} open matters  opened in {:.1} ms", cold.as_secs_f64() * 1e3);
    for (name, query) in [("first page", plain), ("filtered", filtered)] {
        let mut latencies = Vec::new();
        for _ in 0..reads {
            let page =
                timed(&mut latencies, || store.read(|snapshot| snapshot.todo(&query, &Cut::first(PAGE))).unwrap());
            assert!(!page.lines.is_empty() && page.lines.len() <= PAGE);
        }
        let (p50, p99) = (quantile(&mut latencies, 50), quantile(&mut latencies, 99));
        println!("       {name:<12} p50 {:.3} ms  p99 {:.3} ms", p50.as_secs_f64() * 1e3, p99.as_secs_f64() * 1e3);
    }
}

fn desk(n: usize) -> engine::event::Desk {
    engine::event::Desk::Office { level: "township".into(), desk: format!("desk-{n}"), place: TOWN.into() }
}

/// To-do rows as the projection writes them, put in directly: a million through the engine would take minutes.
fn seed(folder: &Path, open_matters: usize) {
    let mut conn = Connection::open(folder.join(DATABASE)).unwrap();
    let transaction = conn.transaction().unwrap();
    let mut insert = transaction
        .prepare(
            "INSERT INTO todo (county, desk, due, matter, place, procedure, step, number, title, entered_on)
             VALUES ('999999', ?1, ?2, ?3, ?4, 'dog-licence', ?5, ?6, ?7, '2022-03-01')",
        )
        .unwrap();
    for n in 0..open_matters {
        let day = date(2022, 3, 1).checked_add(jiff::Span::new().days((n * 7919 % 300) as i64)).unwrap();
        let key = format!("office/township/desk-{}/{TOWN}", n % DESKS);
        let step = if n % 500 == 3 { "rare" } else { "decision" };
        let (matter, number) = (format!("20220301-{n:012}"), format!("示字{n:08}号"));
        insert.execute(params![key, day.to_string(), matter, VILLAGE, step, number, "\"某户建房申请\""]).unwrap();
    }
    drop(insert);
    transaction.commit().unwrap();
}

fn timed<T>(latencies: &mut Vec<Duration>, work: impl FnOnce() -> T) -> T {
    let begun = Instant::now();
    let done = work();
    latencies.push(begun.elapsed());
    done
}

fn quantile(latencies: &mut [Duration], percent: usize) -> Duration {
    latencies.sort_unstable();
    latencies[(latencies.len() - 1) * percent / 100]
}
