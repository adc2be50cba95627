//! How far a simulation has come, told on the terminal; Ctrl-C ends it with what there is.

use jiff::civil::Date;
use simulate::Watch;
use std::io::{IsTerminal as _, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Days between two lines of progress.
const EVERY: u32 = 5;

/// Tells of it, and listens.
pub struct Progress {
    from: Date,
    days: i64,
    runs: i64,
    stop: Arc<AtomicBool>,
    shown: bool,
    count: u32,
    run: i64,
}

impl Progress {
    /// Of a run from a day until another; twice of them with a draft.
    pub fn new(from: Date, until: Date, twice: bool) -> Progress {
        let stop = Arc::new(AtomicBool::new(false));
        listen(Arc::clone(&stop));
        let days = until.since(from).map_or(1, |span| i64::from(span.get_days())).max(1);
        let runs = if twice { 2 } else { 1 };
        Progress { from, days, runs, stop, shown: std::io::stderr().is_terminal(), count: 0, run: 0 }
    }

    /// Ends the line.
    pub fn end(&self) {
        if self.shown {
            eprintln!();
        }
    }
}

impl Watch for Progress {
    fn day(&mut self, day: Date, open: usize, acts: u64) -> bool {
        if day == self.from {
            self.run += 1;
        }
        self.count += 1;
        if self.shown && self.count.is_multiple_of(EVERY) {
            let gone = day.since(self.from).map_or(0, |span| i64::from(span.get_days()));
            let percent = (100 * ((self.run - 1) * self.days + gone)) / (self.days * self.runs);
            eprint!("\r{percent:3}%  {day}  在办 {open}  办理 {acts}   ");
            // Who looks at a terminal that is gone needs no progress.
            _ = std::io::stderr().flush();
        }
        !self.stop.load(Ordering::Relaxed)
    }
}

/// Ctrl-C asks for the end; a second one does not wait for it.
fn listen(stop: Arc<AtomicBool>) {
    std::thread::spawn(move || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
        runtime.block_on(async {
            while tokio::signal::ctrl_c().await.is_ok() {
                if stop.swap(true, Ordering::Relaxed) {
                    std::process::exit(130);
                }
            }
        });
    });
}
