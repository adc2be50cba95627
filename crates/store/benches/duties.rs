//! What duties promise in numbers: an emergency switched on for many enterprises, every order computed, journaled and on its desk; a year of
//! duties of a whole province planned, each period of each office; a year of some of them lived through, period by period as the clock
//! begins it; the supervision screen and its weekly digest among many items, most of them long done.
//!
//! `cargo bench --bench duties` measures (`docs/performance.md`); sizes by `GONGBAO_FIRMS`; `GONGBAO_COUNTIES`, `GONGBAO_OFFICES`,
//! `GONGBAO_DUTIES`; `GONGBAO_CLOCK_OFFICES`, `GONGBAO_DAYS`; `GONGBAO_ITEMS`, `GONGBAO_OPEN`; parts by `-- emergency`, `-- year`, `-- clock`,
//! `-- supervision`. Without `--bench` it runs once on small input, so that it never rots.
#![expect(clippy::unwrap_used, reason = "a bench that cannot go on has nothing to report")]

#[path = "../tests/it/fixture.rs"]
#[expect(dead_code, reason = "shared with the tests, which use more of it")]
mod fixture;
mod told;

use calendar::{Until, periods};
use engine::county::Place;
use engine::duty::{place_of, schedule, units};
use engine::view::{Asked, report};
use engine::{Act, Memory, Target, World};
use fixture::*;
use jiff::ToSpan;
use jiff::civil::{DateTime, date};
use regulation::expr::{Record, Unit, Value};
use rusqlite::{Connection, params};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};
use store::pages::{Cut, TodoQuery};
use store::{DATABASE, Request, Settings, Sqlite, Store, StoreExt};
use told::{asked_for, size, tell};

const FIRMS: &str = include_str!("duties/firms.md");
const ALERT: &str = include_str!("duties/alert.md");
const REPORTS: &str = include_str!("duties/reports.md");
const ITEMS: &str = include_str!("duties/items.md");
const PROVINCE: &str = include_str!("duties/province.md");
/// How often what an office owes recurs: some of it each week, most of it each month or seldom.
const RHYTHMS: [&str; 10] =
    ["week wed 17:00", "xun", "month", "month", "month 10", "quarter", "quarter", "half-year", "year", "year 11-30"];

fn main() {
    if asked_for("emergency") {
        emergency(size("GONGBAO_FIRMS", 100_000, 10));
    }
    if asked_for("year") {
        let (counties, offices) = (size("GONGBAO_COUNTIES", 117, 2), size("GONGBAO_OFFICES", 1_500, 3));
        year(counties, offices, size("GONGBAO_DUTIES", 60, 12));
    }
    if asked_for("clock") {
        clock(size("GONGBAO_CLOCK_OFFICES", 50, 2), i32::try_from(size("GONGBAO_DAYS", 365, 20)).unwrap());
    }
    if asked_for("supervision") {
        supervision(size("GONGBAO_ITEMS", 1_000_000, 40), size("GONGBAO_OPEN", 500, 5));
    }
}

/// A store under the register of enterprises and one part more.
fn opened(folder: &Path, part: &str) -> Sqlite {
    let library = library_of("watch", &format!("{FIRMS}{part}"));
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
        proved: false,
    };
    all_done(store, (0..firms).map(|n| (enter(n), date(2022, 1, 10).at(9, 0, 0, 0))));
}

fn begin(procedure: &str, name: &str, person: &str, form: Record) -> Act {
    let target = Target::Start { procedure: procedure.into(), place: VILLAGE.into(), about: BTreeMap::new() };
    Act { target, name: name.into(), actor: actor(person), form, fresh_ids: Vec::new(), proved: false }
}

/// One act that computes, numbers and journals an order for each enterprise; then the desk where all of them lie.
fn emergency(firms: usize) {
    let folder = tempfile::tempdir().unwrap();
    let store = opened(folder.path(), ALERT);
    enter_firms(&store, firms);
    let begun = Instant::now();
    done(&store, request(None, begin("alert", "switch-on", "wei", Record::new()), noon()));
    let switched = begun.elapsed();
    let desk = TodoQuery { desks: vec![village_desk()], procedure: Some("order".into()), ..TodoQuery::default() };
    let (count, page) = store
        .read(|snapshot| Ok((snapshot.todo_count(&desk.desks, noon())?, snapshot.todo(&desk, &Cut::first(50))?)))
        .unwrap();
    let visible = begun.elapsed();
    assert_eq!(count.all, firms as u64, "every order lies on its desk");
    assert_eq!(page.lines.len(), firms.min(50));
    let more = [("switched_seconds", json!(switched.as_secs_f64()))];
    tell("emergency", firms, visible, Some(Duration::from_secs(30)), &more);
    let begun = Instant::now();
    // One reminder an hour before its end, one alarm in the second after four hours, for each order.
    let fired = tick(&store, noon().checked_add(5.hours()).unwrap());
    assert_eq!(fired, 2 * firms as u64);
    tell("reminders", firms, begun.elapsed(), None, &[("acts", json!(fired))]);
}

/// Every period of a year, with its last day and moment, of each duty of each office: what the clock will begin, one after the other. Nothing
/// of it is kept: an instance is made on its first day, so that what nobody looks at costs nothing before.
fn year(counties: usize, offices: usize, duties: usize) {
    let mut text = PROVINCE.to_owned();
    for n in 0..duties {
        let rhythm = RHYTHMS[n % RHYTHMS.len()];
        text += &format!(
            "```yaml duty\nduty: task-{n} of task\ntitle: 任务{n}\nfor: each village\nevery: {rhythm}\n```\n\n"
        );
    }
    let library = library_of("watch", &text);
    let mut county = library.county.clone();
    let (town, village) = (county.places[TOWN].code.clone(), county.places[VILLAGE].clone());
    for n in 1..offices {
        let code = format!("{town}9{n:05}");
        county.places.insert(code.clone(), Place { code, ..village.clone() });
    }
    let (from, to) = (date(2022, 1, 1), date(2022, 12, 31));
    let begun = Instant::now();
    let (mut planned, mut instances, mut latest) = (0, 0_usize, None);
    for _ in 0..counties {
        let world = Memory::new(library.rulebook.clone(), county.clone(), library.holidays.clone());
        for (regulation, duty) in world.rulebook().duties() {
            for unit in units(&world, duty) {
                let place = place_of(&world, duty, &unit).unwrap();
                let rhythm = schedule(&world, regulation, duty, &place, from.at(0, 0, 0, 0)).unwrap();
                planned += 1;
                for period in periods(&rhythm, from, to) {
                    instances += 1;
                    latest = latest.max(Some(Until { on: period.to, time: rhythm.time() }));
                }
            }
        }
    }
    let took = begun.elapsed();
    assert_eq!(planned, counties * offices * duties, "each duty of each office of each county");
    assert!(latest.is_some_and(|latest| latest.on >= to), "to the end of the year");
    tell("year", planned, took, Some(Duration::from_secs(60)), &[("instances", json!(instances))]);
}

/// Weekly reports until Wednesday at five and monthly ones, nobody reporting: each instance begun, reminded and closed at its instant.
fn clock(offices: usize, days: i32) {
    let folder = tempfile::tempdir().unwrap();
    let store = opened(folder.path(), REPORTS);
    enter_firms(&store, offices);
    let begun = Instant::now();
    let start = date(2022, 1, 10).at(9, 0, 0, 0);
    let fired: u64 = (1..=days).map(|day| tick(&store, start.checked_add(day.days()).unwrap())).sum();
    let more = [("days", json!(days)), ("duties", json!(2)), ("acts", json!(fired))];
    tell("clock", offices, begun.elapsed(), None, &more);
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
fn supervision(items: usize, open: usize) {
    let folder = tempfile::tempdir().unwrap();
    let store = opened(folder.path(), ITEMS);
    let item = |n: usize| {
        let due = date(2022, 3, 1).checked_add(i64::try_from(n % 60).unwrap().days()).unwrap();
        record([("what", text(&format!("第{n}项"))), ("due-on", Value::Date(due))])
    };
    let promised = all_done(&store, (0..=open).map(|n| (begin("item", "promise", "chen", item(n)), noon())));
    let last = promised.last().unwrap();
    done(&store, request(None, on(last, None, "zhou", "finish", Record::new()), noon()));
    // Nothing that was looked up before helps.
    drop(store);
    repeat(folder.path(), last, items.saturating_sub(promised.len()));
    let store = opened(folder.path(), ITEMS);
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
                assert_eq!(answer.found, open as u64);
                Ok(())
            })
            .unwrap();
        *time = begun.elapsed();
    }
    let begun = Instant::now();
    done(&store, request(None, begin("digest", "draw-up", "wu", Record::new()), now));
    let digest = begun.elapsed();
    let more = [
        ("open", json!(open)),
        ("again_seconds", json!(times[1].as_secs_f64())),
        ("digest_seconds", json!(digest.as_secs_f64())),
    ];
    tell("supervision", items, times[0], Some(Duration::from_millis(50)), &more);
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
