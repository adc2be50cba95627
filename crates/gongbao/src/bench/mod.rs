//! `gongbao bench`: the workload over HTTP on the embedded database, the to-do list at two sizes, start and memory.

mod http;
mod machine;
mod workload;

use crate::clock::CountyClock;
use anyhow::{Context, Result};
use calendar::Holidays;
use engine::County;
use engine::county::{Appointment, Place, Post};
use jiff::civil::date;
use regulation::{SourceFile, check};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use store::aside::{Account, AccountState};
use store::{Aside, Library, Settings, Sqlite};
use workload::{DESKS, Measured};

/// The township in which everything happens.
pub const TOWNSHIP: &str = "990001001";
const COUNTY: &str = "990001";
const PASSWORD: &str = "bench";
const USERS: [u64; 4] = [1, 8, 64, 512];

/// Runs everything in a folder; `seconds` for each number of users.
pub fn run(folder: &Path, seconds: u64, executable: &Path) -> Result<Value> {
    let raw = machine::raw(folder)?;
    let library = Arc::new(library());
    let store = Arc::new(open(&folder.join("county"), &library)?);
    accounts(&store)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let mut rates = serde_json::Map::new();
    let mut latencies = serde_json::Map::new();
    let mut grouping = serde_json::Map::new();
    runtime.block_on(async {
        let address = start(&store).await?;
        let tokens = workload::sign_in(address, PASSWORD).await?;
        for users in USERS {
            let before = (store.flushes(), acts(&store)?);
            let measured = workload::run(address, &tokens, users, seconds).await?;
            let after = (store.flushes(), acts(&store)?);
            #[expect(clippy::cast_precision_loss, reason = "far fewer acts than 2^52")]
            let per_flush = (after.1 - before.1) as f64 / (after.0 - before.0).max(1) as f64;
            rates.insert(users.to_string(), round(measured.rate));
            latencies.insert(users.to_string(), percentiles(&measured));
            grouping.insert(users.to_string(), round(per_flush));
        }
        anyhow::Ok(())
    })?;
    let start = machine::start(executable, folder)?;
    Ok(json!({
        "acts_per_second": rates,
        "latency_ms": latencies,
        "acts_per_flush": grouping,
        "todo_ms": todo(folder, &library)?,
        "cold_start_ms": round(start.ready_ms),
        "rss_mb": round(start.rss_mb),
        "raw": raw,
    }))
}

fn percentiles(measured: &Measured) -> Value {
    json!({ "p50": round(measured.percentile(0.50)), "p99": round(measured.percentile(0.99)) })
}

/// Three significant decimals are more than such a machine repeats.
fn round(value: f64) -> Value {
    json!((value * 1000.0).round() / 1000.0)
}

fn acts(store: &Sqlite) -> Result<u64> {
    use store::StoreExt as _;
    Ok(store.read(|snapshot| snapshot.journal_length())?)
}

/// The to-do list of one officer with a hundred thousand and a million open matters.
fn todo(folder: &Path, library: &Arc<Library>) -> Result<Value> {
    let mut sizes = serde_json::Map::new();
    for size in [100_000_u32, 1_000_000] {
        let folder = folder.join(format!("todo-{size}"));
        let milliseconds = store::measure::todo_page(&folder, size, library).context("the to-do list at size")?;
        sizes.insert(size.to_string(), round(milliseconds));
        std::fs::remove_dir_all(&folder)?;
    }
    Ok(Value::Object(sizes))
}

async fn start(store: &Arc<Sqlite>) -> Result<SocketAddr> {
    let site = web::Site {
        store: Arc::clone(store) as Arc<dyn store::Store>,
        clock: Arc::new(CountyClock::standing(date(2022, 6, 1).at(9, 0, 0, 0))),
        typesetter: web::typesetter(Vec::new),
        templates: BTreeMap::new(),
        demo: Vec::new(),
        public_url: String::new(),
        secure: false,
        ways: web::Ways::default(),
        chance: |bytes| getrandom::fill(bytes).expect("the operating system gives random bytes"),
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, web::serve(site)).await });
    Ok(address)
}

fn open(folder: &Path, library: &Arc<Library>) -> Result<Sqlite> {
    let county_key = [7; store::COUNTY_KEY_BYTES];
    Ok(Sqlite::open(Settings { data: folder.to_owned(), county_key, library: Arc::clone(library) })?)
}

fn library() -> Library {
    let file = SourceFile { name: "bench.md".into(), text: include_str!("../../bench/bench.md").into() };
    Library {
        rulebook: check(&[file]).rulebook,
        earlier: BTreeMap::new(),
        overrides: BTreeMap::new(),
        county: county(),
        holidays: Holidays::built_in(),
    }
}

fn county() -> County {
    let mut county = County { code: COUNTY.into(), ..County::default() };
    let place = |code: &str, level: &str, parent: Option<&str>| Place {
        code: code.into(),
        name: "测速".into(),
        short: "测".into(),
        level: level.into(),
        parent: parent.map(String::from),
        attributes: BTreeMap::new(),
    };
    county.places.insert(COUNTY.into(), place(COUNTY, "county", None));
    county.places.insert(TOWNSHIP.into(), place(TOWNSHIP, "township", Some(COUNTY)));
    for desk in DESKS {
        county.people.insert(desk.into(), desk.into());
        if desk != "applicant" {
            let post = Post {
                id: desk.into(),
                title: desk.into(),
                level: "township".into(),
                desk: desk.into(),
                place: TOWNSHIP.into(),
            };
            county.posts.insert(desk.into(), post);
            county.appointments.push(Appointment {
                person: desk.into(),
                post: desk.into(),
                from: date(2022, 1, 1),
                to: None,
            });
        }
    }
    county
}

fn accounts(store: &Sqlite) -> Result<()> {
    let password =
        trust::hash_password(PASSWORD, &[1; 16], &trust::Cost::cheap()).map_err(|fault| anyhow::anyhow!("{fault}"))?;
    for desk in DESKS {
        store.put_account(Account {
            person: desk.into(),
            login: desk.into(),
            password: password.clone(),
            state: AccountState::Active,
            failures: 0,
            locked_until: None,
        })?;
    }
    Ok(())
}
