//! Files wait for their scanner among what may take long: pages do not wait behind them.

use crate::county::Sample;
use axum::http::StatusCode;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;
use tokio::task::{JoinSet, LocalSet, spawn_blocking};
use tokio::time::timeout;
use web::Scanned;

const APPLY: &str = "/services/stall-application/apply";

/// A scanner that answers nobody until it is opened.
#[derive(Default)]
struct Gate {
    /// How many came, and whether they may go.
    state: Mutex<(usize, bool)>,
    changed: Condvar,
}

impl Gate {
    fn scan(&self) -> Scanned {
        let mut state = self.state.lock().unwrap();
        state.0 += 1;
        self.changed.notify_all();
        drop(self.changed.wait_while(state, |(_, open)| !*open).unwrap());
        Scanned::Clean
    }

    fn wait_for(&self, many: usize) {
        drop(self.changed.wait_while(self.state.lock().unwrap(), |(came, _)| *came < many).unwrap());
    }

    fn open(&self) {
        self.state.lock().unwrap().1 = true;
        self.changed.notify_all();
    }
}

#[tokio::test]
async fn pages_do_not_wait_for_the_scanner() {
    LocalSet::new().run_until(pages_while_files_wait()).await;
}

async fn pages_while_files_wait() {
    let gate = Arc::new(Gate::default());
    let scanner = Arc::clone(&gate);
    let sample = Sample::scanned_by(Arc::new(move |_: &[u8]| Ok(scanner.scan())));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut sent = JoinSet::new();
    // As many as there are places for the work of pages.
    for _ in 0..2 * cores {
        let mut resident = sample.browser("resident").await;
        let begun = resident.fill(APPLY, APPLY, &[("about.holder", "s1")]).await;
        let page = format!("{}/3", begun.location.trim_end_matches("/1"));
        let token = resident.get(&page).await.token();
        sent.spawn_local(async move {
            let paper = ("health-paper", "健康证.pdf", b"%PDF-1.7".as_slice());
            resident.upload(&page, &[("_token", &token)], paper).await.status
        });
    }
    let mut anybody = sample.browser("").await;
    let scanning = Arc::clone(&gate);
    spawn_blocking(move || scanning.wait_for(cores)).await.unwrap();
    // The first may come before the last file has; the hundredth does not.
    for _ in 0..100 {
        let page = timeout(Duration::from_secs(20), anybody.get("/notices")).await;
        if page.is_err() {
            gate.open();
        }
        assert_eq!(page.expect("a page while all files wait").status, StatusCode::OK);
    }
    gate.open();
    for status in sent.join_all().await {
        assert!(status.is_redirection() || status == StatusCode::UNPROCESSABLE_ENTITY, "{status}");
    }
}
