//! The workload: one case is fourteen completed human steps of twenty-five fields each, with a correction and three parallel
//! opinions. Every step is one durable act over HTTP by the post whose turn it is.

use super::case::{DESKS, STEPS, fields};
use super::http::{Answer, Connection};
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// What a run of some users gave.
pub struct Measured {
    /// Acts a second.
    pub rate: f64,
    /// Latencies in milliseconds, ascending.
    pub latencies: Vec<f64>,
}

impl Measured {
    /// The latency below which that share of acts stays.
    pub fn percentile(&self, share: f64) -> f64 {
        let last = self.latencies.len().saturating_sub(1);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "an index within the list"
        )]
        let index = (share * last as f64).round() as usize;
        self.latencies.get(index).copied().unwrap_or(f64::NAN)
    }
}

/// A county at whose host everybody has signed in.
#[derive(Clone)]
pub struct County {
    pub host: String,
    /// Desk → token.
    tokens: BTreeMap<String, String>,
}

/// Signs everybody of a county in.
pub async fn sign_in(address: SocketAddr, host: &str, password: &str) -> Result<County> {
    let mut connection = Connection::open(address).await?;
    host.clone_into(&mut connection.host);
    let mut tokens = BTreeMap::new();
    for desk in DESKS {
        let body = json!({ "name": desk, "password": password }).to_string();
        let answer = connection.send("POST", "/api/v1/session", None, None, &body).await?;
        let token = parse(&accepted(answer)?)?["token"].as_str().context("a session has a token")?.to_owned();
        tokens.insert(desk.to_owned(), token);
    }
    Ok(County { host: host.to_owned(), tokens })
}

/// Lets some users work without pause for the warm-up and the measured time, each case in the next of the counties.
pub async fn run(address: SocketAddr, counties: &[County], users: u64, seconds: u64) -> Result<Measured> {
    let counting = Arc::new(AtomicBool::new(false));
    let over = Arc::new(AtomicBool::new(false));
    let turn = Arc::new(AtomicUsize::new(0));
    let counties: Arc<[County]> = counties.into();
    // No run uses a key of another one.
    let run: Arc<str> = format!("bench-{}-{}-{users}", std::process::id(), counties.len()).into();
    let nonce = Arc::new(AtomicU64::new(0));
    let workers: Vec<_> = (0..users)
        .map(|_| {
            let user = User {
                counties: Arc::clone(&counties),
                turn: Arc::clone(&turn),
                counting: Arc::clone(&counting),
                over: Arc::clone(&over),
                run: Arc::clone(&run),
                nonce: Arc::clone(&nonce),
            };
            tokio::spawn(user.work(address))
        })
        .collect();
    pass(1).await;
    let began = Instant::now();
    counting.store(true, Ordering::Relaxed);
    pass(seconds).await;
    counting.store(false, Ordering::Relaxed);
    let took = began.elapsed().as_secs_f64();
    over.store(true, Ordering::Relaxed);
    let mut latencies = Vec::new();
    for worker in workers {
        latencies.extend(worker.await.context("a user of the workload")??);
    }
    latencies.sort_by(f64::total_cmp);
    #[expect(clippy::cast_precision_loss, reason = "far fewer acts than 2^52")]
    let rate = latencies.len() as f64 / took;
    Ok(Measured { rate, latencies })
}

/// Lets that many seconds go by.
async fn pass(seconds: u64) {
    let never = std::future::pending::<()>();
    tokio::time::timeout(Duration::from_secs(seconds), never).await.expect_err("what never ends does not end in time");
}

struct User {
    counties: Arc<[County]>,
    /// Which county has the next case.
    turn: Arc<AtomicUsize>,
    counting: Arc<AtomicBool>,
    over: Arc<AtomicBool>,
    run: Arc<str>,
    nonce: Arc<AtomicU64>,
}

impl User {
    async fn work(self, address: SocketAddr) -> Result<Vec<f64>> {
        let mut connection = Connection::open(address).await?;
        let mut latencies = Vec::new();
        // Written once, so that the load costs little beside what it loads.
        let start = json!({ "procedure": "bench-case", "place": super::TOWNSHIP, "form": fields("") }).to_string();
        let entry = fields("e-").to_string();
        while !self.over.load(Ordering::Relaxed) {
            let county = &self.counties[self.turn.fetch_add(1, Ordering::Relaxed) % self.counties.len()];
            connection.host.clone_from(&county.host);
            let token = |desk: &str| county.tokens.get(desk).map(String::as_str);
            let opened =
                self.timed(&mut connection, "/api/v1/matters", token(DESKS[0]), &start, &mut latencies).await?;
            let opened = parse(&opened)?;
            let path = format!("/api/v1/matters/{}/acts", opened["id"].as_str().context("a new matter has an id")?);
            for (act, desk) in STEPS {
                if self.over.load(Ordering::Relaxed) {
                    return Ok(latencies);
                }
                let body = format!(r#"{{"act":"{act}","form":{entry}}}"#);
                self.timed(&mut connection, &path, token(desk), &body, &mut latencies).await?;
            }
        }
        Ok(latencies)
    }

    async fn timed(
        &self,
        connection: &mut Connection,
        path: &str,
        token: Option<&str>,
        body: &str,
        latencies: &mut Vec<f64>,
    ) -> Result<Answer> {
        let key = format!("{}-{}", self.run, self.nonce.fetch_add(1, Ordering::Relaxed));
        let began = Instant::now();
        let answer = connection.send("POST", path, token, Some(&key), body).await?;
        if self.counting.load(Ordering::Relaxed) {
            latencies.push(began.elapsed().as_secs_f64() * 1000.0);
        }
        accepted(answer)
    }
}

pub fn accepted(answer: Answer) -> Result<Answer> {
    if !(200..300).contains(&answer.status) {
        bail!("the server answered {}: {}", answer.status, String::from_utf8_lossy(&answer.body));
    }
    Ok(answer)
}

fn parse(answer: &Answer) -> Result<Value> {
    serde_json::from_slice(&answer.body).context("an answer in JSON")
}
