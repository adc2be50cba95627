//! What works beside the pages of a county: clocks that run out, messages, the log, the county's key, sessions.

use crate::county_key::CountyKey;
use crate::deliver::Deliverer;
use crate::notary::Notary;
use crate::system::off_thread;
use crate::witness::{AtAddress, collect};
use anyhow::Result;
use jiff::civil::DateTime;
use std::sync::Arc;
use std::time::Duration;
use store::aside::GoingOn;
use store::{Store, StoreExt, Ticked};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio::time::{Instant, Interval};
use trust::NoteKey;
use web::{Clock, Site};

/// How often sessions that are over are removed.
const SWEEP: Duration = Duration::from_secs(24 * 60 * 60);
/// How often clocks are looked at.
const TICK: Duration = Duration::from_secs(5);
/// How often the outbox is.
const DELIVER: Duration = Duration::from_secs(5);
/// How often the log is looked at.
const LOG_LOOK: Duration = Duration::from_secs(5);
/// So many new acts are signed at once; fewer wait until a minute has passed.
const LOG_ACTS: u64 = 1_000;
const LOG_WAIT: Duration = Duration::from_secs(60);
/// How often a next county key is looked for.
const KEY_LOOK: Duration = Duration::from_secs(5);

/// Sessions of many counties are first swept within this time.
const SWEEP_SPREAD: Duration = Duration::from_secs(60);

/// A county's turn among those of a process: what is done for each again and again is not done for all in the same second.
#[derive(Debug, Clone, Copy)]
pub struct Turn {
    pub index: u32,
    pub of: u32,
}

impl Turn {
    /// How long after the start of a period a county's turn comes; that of the first, and of one alone, at once.
    fn within(self, period: Duration) -> Duration {
        period * self.index / self.of.max(1)
    }

    /// Begins at its turn, and then once a period.
    fn every(self, period: Duration) -> Interval {
        tokio::time::interval_at(Instant::now() + self.within(period), period)
    }
}

/// What works beside the pages of one county.
pub struct Beside {
    pub deliverer: Arc<Deliverer>,
    pub signing: Arc<Signing>,
    pub county_key: Arc<CountyKey>,
}

impl Beside {
    /// Begins it.
    pub fn begin(self, site: &Site, on: &Handle, turn: Turn) -> [JoinHandle<()>; 5] {
        let (store, clock) = (|| Arc::clone(&site.store), || Arc::clone(&site.clock));
        let idle_minutes = site.going_on(site.clock.now()).idle_minutes;
        [
            on.spawn(tick(store(), clock(), turn)),
            on.spawn(deliver(self.deliverer, clock(), turn)),
            on.spawn(log(store(), self.signing, clock(), turn)),
            on.spawn(change_key(store(), self.county_key, turn)),
            on.spawn(sweep(store(), clock(), idle_minutes, turn)),
        ]
    }
}

/// Lets clocks run out. One at a time, off the request threads; a fault is logged and tried again.
async fn tick(store: Arc<dyn Store>, clock: Arc<dyn Clock>, turn: Turn) {
    let mut interval = turn.every(TICK);
    loop {
        interval.tick().await;
        let (store, now) = (Arc::clone(&store), clock.now());
        let ticked = move || if store.leads() { Ok(store.tick(now)?) } else { Ok(Ticked::default()) };
        match off_thread(ticked).await {
            Ok(ticked) => {
                if ticked.fired > 0 {
                    tracing::info!(fired = ticked.fired, "clocks ran out");
                }
                for (duty, unit, reason) in ticked.not_begun {
                    tracing::warn!(duty, unit, reason, "a duty could not begin");
                }
            }
            Err(fault) => tracing::error!("{fault:#}"),
        }
    }
}

/// Removes sessions that are over: at the start, and then once a day.
async fn sweep(store: Arc<dyn Store>, clock: Arc<dyn Clock>, idle_minutes: Option<i64>, turn: Turn) {
    let first = Instant::now() + turn.within(SWEEP_SPREAD);
    let mut interval = tokio::time::interval_at(first, SWEEP);
    loop {
        interval.tick().await;
        let (store, going) = (Arc::clone(&store), GoingOn { now: clock.now(), idle_minutes });
        if let Err(fault) = off_thread(move || Ok(store.sweep_sessions(going)?)).await {
            tracing::error!("{fault:#}");
        }
    }
}

/// Sends what is due. One round at a time, off the request threads; a fault is logged and tried again.
async fn deliver(deliverer: Arc<Deliverer>, clock: Arc<dyn Clock>, turn: Turn) {
    let mut interval = turn.every(DELIVER);
    loop {
        interval.tick().await;
        let (deliverer, now) = (Arc::clone(&deliverer), clock.now());
        let round = move || if deliverer.store.leads() { deliverer.round(now) } else { Ok(0) };
        match off_thread(round).await {
            Ok(0) => {}
            Ok(sent) => tracing::info!(sent, "messages went out"),
            Err(fault) => tracing::error!("{fault:#}"),
        }
    }
}

/// Has checkpoints signed. One step at a time, off the request threads and off the writer's path; a fault is logged and tried again.
async fn log(store: Arc<dyn Store>, signing: Arc<Signing>, clock: Arc<dyn Clock>, turn: Turn) {
    let mut interval = turn.every(LOG_LOOK);
    let mut last: Option<Instant> = None;
    loop {
        interval.tick().await;
        let waited = last.is_none_or(|last| last.elapsed() >= LOG_WAIT);
        let (store, signing, now) = (Arc::clone(&store), Arc::clone(&signing), clock.now());
        let signed = off_thread(move || {
            if !store.leads() {
                return Ok(false);
            }
            let signed = sign_log(store.as_ref(), &signing.notary, now, waited)?;
            signing.ask_witnesses(store.as_ref(), signed);
            Ok(signed)
        });
        match signed.await {
            Ok(false) => {}
            Ok(true) => last = Some(Instant::now()),
            Err(fault) => {
                tracing::error!("no checkpoint of the log was signed: {fault:#}");
                last = Some(Instant::now());
            }
        }
    }
}

/// Takes up the next county key once `gongbao keys next` has made one: step by step, with acts in between.
async fn change_key(store: Arc<dyn Store>, county_key: Arc<CountyKey>, turn: Turn) {
    let mut interval = turn.every(KEY_LOOK);
    let mut said = String::new();
    loop {
        interval.tick().await;
        loop {
            let (store, county_key) = (Arc::clone(&store), Arc::clone(&county_key));
            match off_thread(move || county_key.step(store.as_ref())).await {
                Ok(Some(false)) => continue,
                Ok(Some(true)) => tracing::info!("the county's key was changed"),
                Ok(None) => {}
                Err(fault) => say_once(&mut said, format!("the county's key could not be changed: {fault:#}")),
            }
            break;
        }
    }
}

/// A fault that lasts is said once, until there is another.
fn say_once(said: &mut String, fault: String) {
    if *said != fault {
        tracing::error!("{fault}");
        *said = fault;
    }
}

/// What signs checkpoints.
pub struct Signing {
    pub notary: Arc<Notary>,
    pub witnesses: Vec<(AtAddress, NoteKey)>,
}

impl Signing {
    /// Has a new checkpoint cosigned. A witness that cannot be reached is asked again at the next one: nothing waits for it.
    fn ask_witnesses(&self, store: &dyn Store, signed: bool) {
        for (witness, key) in self.witnesses.iter().filter(|_| signed) {
            if let Err(fault) = collect(store, witness, key) {
                tracing::warn!(witness = key.name(), "did not cosign: {fault:#}");
            }
        }
    }
}

/// Signs what is new, if there is enough or it has waited; whether it did.
fn sign_log(store: &dyn Store, notary: &Notary, now: DateTime, waited: bool) -> Result<bool> {
    let fresh = store.read(|snapshot| {
        let covered = snapshot.log_newest()?.map_or(0, |newest| newest.acts);
        Ok(snapshot.journal_length()?.saturating_sub(covered))
    })?;
    if fresh < LOG_ACTS && !waited {
        return Ok(false);
    }
    let mut signed = false;
    while store.log_step(notary, now)?.is_some() {
        signed = true;
    }
    Ok(signed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn counties_have_their_turns_at_different_times_of_a_period() {
        let of = 1_000;
        let turns: Vec<Duration> = (0..of).map(|index| Turn { index, of }.within(TICK)).collect();
        assert_eq!(turns.iter().collect::<BTreeSet<_>>().len(), 1_000);
        assert!(turns.first() == Some(&Duration::ZERO) && turns.iter().all(|turn| *turn < TICK));
        // No second of the five has more than its share.
        let most = (0..5).map(|second| turns.iter().filter(|turn| turn.as_secs() == second).count()).max();
        assert_eq!(most, Some(200));
        assert_eq!(Turn { index: 0, of: 1 }.within(TICK), Duration::ZERO);
    }
}
