//! `gongbao bench`: the workload over HTTP on the embedded database, the to-do list at two sizes, start and memory; or the workload on a
//! database server.

mod case;
mod counties;
mod cpu;
mod http;
mod machine;
mod plot;
mod workload;

use crate::clock::CountyClock;
use anyhow::{Context, Result, bail};
use axum::Router;
use calendar::Holidays;
use case::DESKS;
use cpu::Cpu;
use engine::County;
use engine::county::{Appointment, Place, Post};
use jiff::civil::date;
use regulation::{SourceFile, check};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use store::aside::{Account, AccountState, Given};
use store::{Address, Aside, Database, Library, Server, Settings, Sqlite};
use tokio::task::JoinHandle;
use workload::Measured;

/// The township in which everything happens.
pub const TOWNSHIP: &str = "990001001";
const COUNTY: &str = "990001";
const PASSWORD: &str = "bench";
const USERS: [u64; 4] = [1, 8, 64, 512];
/// Not so many on a server: what bounds them there is the server.
const USERS_ON_SERVER: [u64; 3] = [1, 8, 64];
const COUNTY_KEY: [u8; store::COUNTY_KEY_BYTES] = [7; store::COUNTY_KEY_BYTES];

/// What to measure, and for how long.
pub struct Plan {
    /// Seconds for each number of users.
    pub seconds: u64,
    /// Only the acts over HTTP.
    pub acts_only: bool,
    /// Time added to each flush to disk, to see what a slower disk would give.
    pub flush: Duration,
    /// The database server to measure on, and nothing but acts.
    pub server: Option<Address>,
}

/// Runs what is planned in a folder.
pub fn run(folder: &Path, plan: &Plan, executable: &Path) -> Result<Value> {
    let library = Arc::new(library());
    if let Some(server) = &plan.server {
        let mut measured = json!({});
        acts(on_server(server, &library)?, plan, &USERS_ON_SERVER, &mut measured)?;
        return Ok(measured);
    }
    let mut measured = json!({ "raw": machine::raw(folder)? });
    acts(open(&folder.join("county"), &library)?, plan, &USERS, &mut measured)?;
    if !plan.acts_only {
        let start = machine::start(executable, folder)?;
        measured["todo_ms"] = todo(folder, &library)?;
        measured["cold_start_ms"] = round(start.ready_ms);
        measured["rss_mb"] = round(start.rss_mb);
    }
    Ok(measured)
}

/// Durable acts over HTTP by each number of users.
fn acts(store: Database, plan: &Plan, users: &[u64], measured: &mut Value) -> Result<()> {
    let store = Arc::new(store);
    accounts(&store)?;
    store.slow_down(plan.flush);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let mut rates = BTreeMap::new();
    runtime.block_on(async {
        let (_, address) = listen(web::serve(site(&store))).await?;
        let county = [workload::sign_in(address, "bench", PASSWORD).await?];
        for &users in users {
            let (flushes, journeys, done, cpu) = (store.flushes(), store.journeys(), done(&store)?, Cpu::now());
            let one = workload::run(address, &county, users, plan.seconds).await?;
            let done = self::done(&store)? - done;
            let name = users.to_string();
            measured["acts_per_second"][&name] = round(one.rate);
            measured["latency_ms"][&name] = percentiles(&one);
            measured["acts_per_flush"][&name] = round(done / count((store.flushes() - flushes).max(1)));
            measured["cpu_ms_per_act"][&name] = json!(Cpu::now().zip(cpu).map(|(now, then)| now.per_act(then, done)));
            if plan.server.is_some() {
                measured["journeys_per_act"][&name] = round(count(store.journeys() - journeys) / done);
            }
            rates.insert(users, one.rate);
        }
        anyhow::Ok(())
    })?;
    measured["rate_64_to_1"] = round(rates[&64] / rates[&1]);
    measured["flush_added_ms"] = round(plan.flush.as_secs_f64() * 1000.0);
    Ok(())
}

fn percentiles(measured: &Measured) -> Value {
    json!({ "p50": round(measured.percentile(0.50)), "p99": round(measured.percentile(0.99)) })
}

/// Three significant decimals are more than such a machine repeats.
fn round(value: f64) -> Value {
    json!((value * 1000.0).round() / 1000.0)
}

/// Acts in the journal.
fn done(store: &Sqlite) -> Result<f64> {
    use store::StoreExt as _;
    Ok(count(store.read(|snapshot| snapshot.journal_length())?))
}

#[expect(clippy::cast_precision_loss, reason = "far fewer acts and flushes than 2^52")]
fn count(of: u64) -> f64 {
    of as f64
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

/// What growth in counties costs, and its plot.
pub fn grow(folder: &Path, counts: &[usize], seconds: u64) -> Result<(Value, String)> {
    let measured = counties::run(folder, counts, seconds)?;
    let svg = plot::svg(&measured);
    Ok((measured, svg))
}

/// Serves on a port of its own until it is ended.
async fn listen(router: Router) -> Result<(JoinHandle<std::io::Result<()>>, SocketAddr)> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    Ok((tokio::spawn(async move { axum::serve(listener, router.into_make_service()).await }), address))
}

fn site(store: &Arc<Sqlite>) -> web::Site {
    web::Site {
        store: Arc::clone(store) as Arc<dyn store::Store>,
        clock: Arc::new(CountyClock::standing(date(2022, 6, 1).at(9, 0, 0, 0))),
        typesetter: web::typesetter(|| Arc::new(web::Fonts::new(Vec::new()))),
        templates: Arc::default(),
        printed: web::taking_in::Printed::default(),
        demo: Vec::new(),
        public_url: String::new(),
        secure: false,
        proxies: 0,
        sign_in: web::SignInRules::default(),
        provider: None,
        password_cost: trust::Cost::cheap(),
        ways: web::Ways::default(),
        log_keys: Vec::new(),
        scanner: None,
        witnesses: Vec::new(),
        seals: Arc::new(web::NoSeals),
        chance: |bytes| getrandom::fill(bytes).expect("the operating system gives random bytes"),
    }
}

fn open(folder: &Path, library: &Arc<Library>) -> Result<Sqlite> {
    Ok(Sqlite::open(Settings { data: folder.to_owned(), county_key: COUNTY_KEY, library: Arc::clone(library) })?)
}

/// A county in a database that has none of that code: what is measured stays there.
fn on_server(address: &Address, library: &Arc<Library>) -> Result<Database> {
    if store::is_begun(address, COUNTY)? {
        bail!(
            "数据库 {address} 里已有县 {COUNTY}，请换一个空库 / it holds that county already: take an empty database"
        );
    }
    Ok(Database::connect(Server { address: address.clone(), county_key: COUNTY_KEY, library: Arc::clone(library) })?)
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
        ..Place::default()
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
                ..Post::default()
            };
            county.posts.insert(desk.into(), post);
            county.appointments.push(Appointment {
                person: desk.into(),
                post: desk.into(),
                from: date(2022, 1, 1),
                ..Appointment::default()
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
            given: Given::Demo,
            since: date(2022, 1, 1).at(0, 0, 0, 0),
            state: AccountState::Active,
        })?;
    }
    Ok(())
}
