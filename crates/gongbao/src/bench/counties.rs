//! What one process costs by the number of counties in it: acts a second over all of them, the time of a page, memory and the start.
//!
//! Counties are added to those that run already, so that memory at each number is that of one process. They are alike, invented, and each has
//! a folder, a writer, readers and a host of its own, as under `serve --counties`; what they share there they share here.

use super::case::{DESKS, STEPS, fields};
use super::http::Connection;
use super::{PASSWORD, TOWNSHIP, accounts, count, library, machine, open, percentiles, round, site, workload};
use anyhow::{Context, Result};
use axum::Router;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use store::Library;
use web::counties::{Housed, by_host};
use workload::Measured;

/// People at work at once, spread over the counties.
const USERS: usize = 64;
/// Pages asked for, one after the other, each of another county.
const PAGES: usize = 200;

/// Measures one process with these numbers of counties, ascending.
pub fn run(folder: &Path, counts: &[usize], seconds: u64) -> Result<Value> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let base = library();
    let mut counties: Vec<(Housed, Router)> = Vec::new();
    let mut tokens = Vec::new();
    let mut measured = Vec::new();
    let before = machine::resident_mb(std::process::id()).unwrap_or(f64::NAN);
    for &wanted in counts {
        let (began, new) = (Instant::now(), wanted.saturating_sub(counties.len()));
        while counties.len() < wanted {
            counties.push(county(folder, &base, counties.len())?);
        }
        let opened_ms = began.elapsed().as_secs_f64() * 1000.0 / count(new.max(1) as u64);
        let all: Vec<(Housed, Option<Router>)> =
            counties.iter().map(|(housed, router)| (housed.clone(), Some(router.clone()))).collect();
        let line = runtime.block_on(async {
            let (server, address) = start(by_host(all, None)).await?;
            while tokens.len() < wanted {
                let host = host(tokens.len());
                tokens.push(workload::sign_in(address, &host, PASSWORD).await?);
            }
            let pages = pages(address, wanted).await?;
            let acts = acts(address, &tokens, seconds).await?;
            let rss_mb = machine::resident_mb(std::process::id()).unwrap_or(f64::NAN);
            server.abort();
            anyhow::Ok(json!({
                "counties": wanted,
                "acts_per_second": round(acts.rate),
                "act_ms": percentiles(&acts),
                "page_ms": percentiles(&pages),
                "rss_mb": round(rss_mb),
                "mb_per_county": round((rss_mb - before) / count(wanted as u64)),
                "open_ms_per_county": round(opened_ms),
            }))
        })?;
        measured.push(line);
    }
    Ok(json!({ "users": USERS, "counties": measured }))
}

fn host(index: usize) -> String {
    format!("county-{index}.example")
}

/// One more county: its folder, its people, its site.
fn county(folder: &Path, base: &Library, index: usize) -> Result<(Housed, Router)> {
    let mut library = base.clone();
    let code = format!("{}", 990_001 + index);
    let former = std::mem::replace(&mut library.county.code, code.clone());
    let mut place = library.county.places.remove(&former).context("the county is a place")?;
    place.code.clone_from(&code);
    library.county.places.insert(code.clone(), place);
    let township = library.county.places.get_mut(TOWNSHIP).context("the township is a place")?;
    township.parent = Some(code);
    let store = Arc::new(open(&folder.join(format!("county-{index}")), &Arc::new(library))?);
    accounts(&store)?;
    let name = format!("测速县{index}");
    let housed = Housed { name, public_url: format!("http://{}", host(index)), hosts: vec![host(index)] };
    Ok((housed, web::serve(site(&store))))
}

async fn start(router: Router) -> Result<(tokio::task::JoinHandle<()>, SocketAddr)> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let served = async move {
        if let Err(fault) = axum::serve(listener, router.into_make_service()).await {
            tracing::error!("{fault:#}");
        }
    };
    Ok((tokio::spawn(served), address))
}

/// The list of services of one county after the other.
async fn pages(address: SocketAddr, counties: usize) -> Result<Measured> {
    let mut connection = Connection::open(address).await?;
    let mut latencies = Vec::new();
    // The first look at each opens its database for reading.
    for index in (0..counties).chain((0..PAGES).map(|page| page % counties)) {
        connection.host = host(index);
        let began = Instant::now();
        workload::accepted(connection.send("GET", "/services", None, None, "").await?)?;
        latencies.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    let mut latencies = latencies.split_off(counties);
    latencies.sort_by(f64::total_cmp);
    Ok(Measured { rate: 0.0, latencies })
}

/// Acts of everybody, each case in another county.
async fn acts(address: SocketAddr, tokens: &[BTreeMap<String, String>], seconds: u64) -> Result<Measured> {
    let shared = Arc::new(Work {
        tokens: tokens.to_vec(),
        counting: AtomicBool::new(false),
        over: AtomicBool::new(false),
        turn: AtomicU64::new(0),
    });
    let users: Vec<_> = (0..USERS).map(|_| tokio::spawn(Arc::clone(&shared).user(address))).collect();
    workload::pass(1).await;
    let began = Instant::now();
    shared.counting.store(true, Ordering::Relaxed);
    workload::pass(seconds).await;
    shared.counting.store(false, Ordering::Relaxed);
    let took: Duration = began.elapsed();
    shared.over.store(true, Ordering::Relaxed);
    let mut latencies = Vec::new();
    for user in users {
        latencies.extend(user.await.context("a user of the workload")??);
    }
    latencies.sort_by(f64::total_cmp);
    Ok(Measured { rate: count(latencies.len() as u64) / took.as_secs_f64(), latencies })
}

struct Work {
    /// By county: desk → token.
    tokens: Vec<BTreeMap<String, String>>,
    counting: AtomicBool,
    over: AtomicBool,
    /// Which county has the next case.
    turn: AtomicU64,
}

impl Work {
    async fn user(self: Arc<Self>, address: SocketAddr) -> Result<Vec<f64>> {
        let mut connection = Connection::open(address).await?;
        let mut latencies = Vec::new();
        let start = json!({ "procedure": "bench-case", "place": TOWNSHIP, "form": fields("") }).to_string();
        let entry = fields("e-").to_string();
        while !self.over.load(Ordering::Relaxed) {
            let turn = self.turn.fetch_add(1, Ordering::Relaxed);
            let county = usize::try_from(turn).unwrap_or_default() % self.tokens.len();
            connection.host = host(county);
            let opened = self.act(&mut connection, county, "/api/v1/matters", DESKS[0], &start, &mut latencies).await?;
            let path = format!("/api/v1/matters/{}/acts", opened["id"].as_str().context("a new matter has an id")?);
            for (act, desk) in STEPS {
                if self.over.load(Ordering::Relaxed) {
                    break;
                }
                let body = format!(r#"{{"act":"{act}","form":{entry}}}"#);
                self.act(&mut connection, county, &path, desk, &body, &mut latencies).await?;
            }
        }
        Ok(latencies)
    }

    async fn act(
        &self,
        connection: &mut Connection,
        county: usize,
        path: &str,
        desk: &str,
        body: &str,
        latencies: &mut Vec<f64>,
    ) -> Result<Value> {
        let began = Instant::now();
        let token = self.tokens.get(county).and_then(|tokens| tokens.get(desk)).map(String::as_str);
        let answer = workload::accepted(connection.send("POST", path, token, None, body).await?)?;
        if self.counting.load(Ordering::Relaxed) {
            latencies.push(began.elapsed().as_secs_f64() * 1000.0);
        }
        workload::parse(&answer)
    }
}
