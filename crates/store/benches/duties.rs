//! What duties promise in numbers: an emergency switched on for many enterprises, every order computed, journaled and on its desk; a year of
//! duties in some counties; the supervision screen and its weekly digest among many items, most of them long done.
//!
//! `cargo bench -p store --bench duties` measures; sizes by `GONGBAO_FIRMS`, `GONGBAO_COUNTIES`, `GONGBAO_OFFICES`, `GONGBAO_DAYS`,
//! `GONGBAO_ITEMS`, `GONGBAO_OPEN`. Without `--bench` it runs once on small input, so that it never rots.
#![expect(clippy::unwrap_used, reason = "a bench that cannot go on has nothing to report")]

#[path = "../tests/it/fixture.rs"]
#[expect(dead_code, reason = "shared with the tests, which use more of it")]
mod fixture;

use engine::view::{Asked, report};
use engine::{Act, Target};
use fixture::*;
use jiff::ToSpan;
use jiff::civil::{DateTime, date};
use regulation::expr::{Record, Unit, Value};
use rusqlite::{Connection, params};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};
use store::pages::{Cut, TodoQuery};
use store::{DATABASE, Request, Settings, Sqlite, Store, StoreExt};

const WATCH: &str = include_str!("duties/watch.md");

struct Sizes {
    firms: usize,
    counties: usize,
    offices: usize,
    days: i32,
    items: usize,
    open: usize,
}

fn main() {
    let measured = std::env::args().any(|argument| argument == "--bench");
    let size = |name: &str, usual: usize, small: usize| {
        let asked = std::env::var(name).ok().and_then(|number| number.parse().ok());
        asked.unwrap_or(if measured { usual } else { small })
    };
    let sizes = Sizes {
        firms: size("GONGBAO_FIRMS", 1_000, 10),
        counties: size("GONGBAO_COUNTIES", 2, 1),
        offices: size("GONGBAO_OFFICES", 50, 2),
        days: i32::try_from(size("GONGBAO_DAYS", 365, 20)).unwrap(),
        items: size("GONGBAO_ITEMS", 20_000, 40),
        open: size("GONGBAO_OPEN", 500, 5),
    };
    emergency(&sizes);
    year(&sizes);
    supervision(&sizes);
}

fn opened(folder: &Path) -> Sqlite {
    let library = library_of("watch", WATCH);
    Sqlite::open(Settings { data: folder.to_owned(), county_key: KEY, library }).unwrap()
}

fn noon() -> DateTime {
    date(2022, 2, 10).at(12, 0, 0, 0)
}

/// Submits many acts so that they share flushes, and waits for all of them.
fn all_done(store: &Sqlite, acts: impl Iterator<Item = (Act, DateTime)>) -> Vec<String> {
    let (sender, answers) = channel();
    let mut sent = 0;
    for (act, now) in acts {
        let sender = sender.clone();
        store.submit_then(Request { key: None, act, now }, Box::new(move |answer| _ = sender.send(answer)));
        sent += 1;
    }
    (0..sent)
        .map(|_| {
            let answer = answers.recv().unwrap().unwrap();
            answer.receipt().unwrap_or_else(|| panic!("refused: {:?}", answer.refusal())).subject.clone()
        })
        .collect()
}

fn enter_firms(store: &Sqlite, firms: usize) {
    let enter = |n: usize| Act {
        target: Target::Register { register: "firms".into(), row: None, place: VILLAGE.into() },
        name: "enter".into(),
        actor: actor("wu"),
        form: record([
            ("code", text(&format!("f{n:06}"))),
            ("size", Value::Number((n % 90).into(), Unit::none())),
            ("seat", Value::Key(VILLAGE.into())),
        ]),
        fresh_ids: Vec::new(),
    };
    all_done(store, (0..firms).map(|n| (enter(n), date(2022, 1, 10).at(9, 0, 0, 0))));
}

fn begin(procedure: &str, name: &str, person: &str, form: Record) -> Act {
    let target = Target::Start { procedure: procedure.into(), place: VILLAGE.into(), about: BTreeMap::new() };
    Act { target, name: name.into(), actor: actor(person), form, fresh_ids: Vec::new() }
}

/// One act that computes, numbers and journals an order for each enterprise; then the desk where all of them lie.
fn emergency(sizes: &Sizes) {
    let folder = tempfile::tempdir().unwrap();
    let store = opened(folder.path());
    enter_firms(&store, sizes.firms);
    // Their duties begin before, so that they are not counted.
    tick(&store, noon());
    let begun = Instant::now();
    done(&store, request(None, begin("alert", "switch-on", "wei", Record::new()), noon()));
    let took = begun.elapsed();
    let begun = Instant::now();
    let desk = TodoQuery { desks: vec![village_desk()], procedure: Some("order".into()), ..TodoQuery::default() };
    let (count, page) = store
        .read(|snapshot| Ok((snapshot.todo_count(&desk.desks, noon())?, snapshot.todo(&desk, &Cut::first(50))?)))
        .unwrap();
    assert_eq!(count.all, 3 * sizes.firms as u64, "every order lies on its desk, beside two reports");
    assert_eq!(page.lines.len(), sizes.firms.min(50));
    println!(
        "emergency: {} enterprises: orders computed, journaled and on their desk in {}, the first page of them {}",
        sizes.firms,
        ms(took),
        ms(begun.elapsed())
    );
    let begun = Instant::now();
    // One reminder an hour after it began, one alarm in the second after four hours, for each order.
    let fired = tick(&store, noon().checked_add(5.hours()).unwrap());
    assert_eq!(fired, 2 * sizes.firms as u64);
    println!("           {fired} reminders and alarms at their instants in {}", ms(begun.elapsed()));
}

/// Weekly reports until Wednesday at five and monthly ones, nobody reporting: each instance begun, reminded and closed at its instant.
fn year(sizes: &Sizes) {
    let begun = Instant::now();
    let mut fired = 0;
    for _ in 0..sizes.counties {
        let folder = tempfile::tempdir().unwrap();
        let store = opened(folder.path());
        enter_firms(&store, sizes.offices);
        for day in 1..=sizes.days {
            fired += tick(&store, date(2022, 1, 10).at(9, 0, 0, 0).checked_add(day.days()).unwrap());
        }
    }
    let took = begun.elapsed();
    println!(
        "duties: {} days of 2 duties in {} offices of {} counties: {fired} acts of the clock in {}, {:.0} a second",
        sizes.days,
        sizes.offices,
        sizes.counties,
        ms(took),
        fired as f64 / took.as_secs_f64()
    );
}

/// Lets the clock catch up, as often as it takes.
fn tick(store: &Sqlite, now: DateTime) -> u64 {
    let mut fired = 0;
    loop {
        let ticked = store.tick(now).unwrap();
        assert!(ticked.refused.is_empty() && ticked.not_begun.is_empty(), "{ticked:?}");
        if ticked.fired == 0 {
            return fired;
        }
        fired += ticked.fired;
    }
}

/// The screen of what is on hand, its counts by village, and the digest that counts what is red: they look at what is open only.
fn supervision(sizes: &Sizes) {
    let folder = tempfile::tempdir().unwrap();
    let store = opened(folder.path());
    let item = |n: usize| {
        let due = date(2022, 3, 1).checked_add(i64::try_from(n % 60).unwrap().days()).unwrap();
        record([("what", text(&format!("第{n}项"))), ("due-on", Value::Date(due))])
    };
    let items = all_done(&store, (0..=sizes.open).map(|n| (begin("item", "promise", "chen", item(n)), noon())));
    let last = items.last().unwrap();
    done(&store, request(None, on(last, None, "zhou", "finish", Record::new()), noon()));
    // Nothing that was looked up before helps.
    drop(store);
    repeat(folder.path(), last, sizes.items.saturating_sub(items.len()));
    let store = opened(folder.path());
    let now = date(2022, 3, 20).at(9, 0, 0, 0);
    let mut times = [Duration::ZERO; 2];
    for time in &mut times {
        let begun = Instant::now();
        store
            .read(|snapshot| {
                let world = snapshot.world();
                let regulation = &world.rulebook().regulations["watch"];
                let view = &regulation.views["on-hand"];
                let answer = report(world, regulation, view, &Asked::new(view, "999999", now), &[]);
                assert_eq!(answer.found, sizes.open as u64);
                Ok(())
            })
            .unwrap();
        *time = begun.elapsed();
    }
    let begun = Instant::now();
    done(&store, request(None, begin("digest", "draw-up", "wu", Record::new()), now));
    println!(
        "supervision: {} open among {} items: the screen {} at first, {} again; the digest {}",
        sizes.open,
        sizes.items,
        ms(times[0]),
        ms(times[1]),
        ms(begun.elapsed())
    );
}

/// Items that were done in earlier years, put in directly as the projection writes them: a million through the engine would take minutes.
fn repeat(folder: &Path, matter: &str, times: usize) {
    let mut conn = Connection::open(folder.join(DATABASE)).unwrap();
    let transaction = conn.transaction().unwrap();
    let columns: Vec<String> = {
        let mut statement =
            transaction.prepare("SELECT name FROM pragma_table_info('matter') WHERE name <> 'id'").unwrap();
        let names = statement.query_map([], |row| row.get(0)).unwrap();
        names.collect::<Result<_, _>>().unwrap()
    };
    let columns = columns.join(", ");
    let insert = format!(
        "INSERT INTO matter (id, {columns}) SELECT ?1, {columns} FROM matter WHERE county = '999999' AND id = ?2"
    );
    let mut insert = transaction.prepare(&insert).unwrap();
    for n in 0..times {
        insert.execute(params![format!("20210101-{n:012}"), matter]).unwrap();
    }
    drop(insert);
    transaction.commit().unwrap();
}

fn ms(took: Duration) -> String {
    format!("{:.1} ms", took.as_secs_f64() * 1e3)
}
