//! What one process costs by the number of counties in it: acts a second over all of them, the time of a page, memory and the start.
//!
//! Counties are added to those that run already, so that memory at each number is that of one process. They are alike, invented, and each has
//! a folder, a writer, readers and a host of its own, as under `serve --counties`; what they share there they share here.

use super::http::Connection;
use super::{PASSWORD, TOWNSHIP, accounts, count, library, machine, open, percentiles, round, site, workload};
use anyhow::{Context, Result};
use axum::Router;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;
use store::Library;
use web::counties::{Housed, by_host};
use workload::Measured;

/// People at work at once, spread over the counties.
const USERS: u64 = 64;
/// Pages asked for, one after the other, each of another county.
const PAGES: usize = 200;

/// Measures one process with these numbers of counties, ascending.
pub fn run(folder: &Path, counts: &[usize], seconds: u64) -> Result<Value> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let base = library();
    let mut counties: Vec<(Housed, Router)> = Vec::new();
    let mut signed_in = Vec::new();
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
            let (server, address) = super::listen(by_host(all, None)).await?;
            while signed_in.len() < wanted {
                let host = host(signed_in.len());
                signed_in.push(workload::sign_in(address, &host, PASSWORD).await?);
            }
            let pages = pages(address, wanted).await?;
            let acts = workload::run(address, &signed_in, USERS, seconds).await?;
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
