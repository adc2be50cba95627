//! What the writer and the readers share.

use crate::db::Connection;
use crate::fault::Fault;
use crate::library::{Earlier, Library};
use crate::ring::Ring;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use super::fold::Cache;
use super::mark::{self, Mark};
use super::place::Place;

pub(crate) struct Shared {
    /// The county's code: the first part of every key.
    pub(crate) county: String,
    pub(crate) place: Place,
    pub(crate) ring: Ring,
    pub(crate) cache: Cache,
    /// What the store was told on opening, without what acts made of it.
    told: RwLock<Arc<Library>>,
    /// What stands, and how far it has come.
    standing: RwLock<(Mark, Arc<Library>)>,
    /// Transactions committed, each with one flush.
    pub(crate) flushes: AtomicU64,
    /// Waits of the writer's session for the server.
    pub(crate) journeys: AtomicU64,
    /// Microseconds that each flush takes longer than the disk needs: only for measuring.
    flush_extra_us: AtomicU64,
}

impl Shared {
    pub(crate) fn new(
        county: String,
        place: Place,
        ring: Ring,
        cache: Cache,
        told: Arc<Library>,
        standing: (Mark, Arc<Library>),
    ) -> Self {
        Shared {
            county,
            place,
            ring,
            cache,
            told: RwLock::new(told),
            standing: RwLock::new(standing),
            flushes: AtomicU64::new(0),
            journeys: AtomicU64::new(0),
            flush_extra_us: AtomicU64::new(0),
        }
    }

    pub(crate) fn library(&self) -> Arc<Library> {
        self.standing().1
    }

    pub(crate) fn set_library(&self, library: Arc<Library>) {
        self.standing.write().unwrap_or_else(PoisonError::into_inner).1 = library;
    }

    /// What stands, and how far it has come.
    pub(crate) fn standing(&self) -> (Mark, Arc<Library>) {
        self.standing.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Lets what a transaction saw stand, where nothing newer does.
    pub(crate) fn stand(&self, mark: Mark, library: &Arc<Library>) {
        let mut standing = self.standing.write().unwrap_or_else(PoisonError::into_inner);
        if mark.library > standing.0.library {
            standing.1 = Arc::clone(library);
        }
        standing.0 = standing.0.latest(mark);
    }

    pub(crate) fn told(&self) -> Arc<Library> {
        Arc::clone(&self.told.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Keeps earlier versions of regulations.
    pub(crate) fn keep_earlier(&self, earlier: &Earlier) {
        let mut told = self.told.write().unwrap_or_else(PoisonError::into_inner);
        *told = Arc::new(told.with_earlier(earlier.clone()));
        let mut standing = self.standing.write().unwrap_or_else(PoisonError::into_inner);
        standing.1 = Arc::new(standing.1.with_earlier(earlier.clone()));
    }

    /// Begins a reader's transaction; the library of its moment.
    pub(crate) fn enter(&self, conn: &Connection) -> Result<Arc<Library>, Fault> {
        conn.begin_reading()?;
        if !conn.is_postgres() {
            return Ok(self.library());
        }
        let mark = mark::read_alone(conn, &self.county)?;
        self.as_of(conn, mark)
    }

    /// Makes each flush take so much longer from now on.
    pub(crate) fn slow_down(&self, by: Duration) {
        self.flush_extra_us.store(u64::try_from(by.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// Counts a flush, and waits as long as a slower disk would.
    pub(crate) fn flushed(&self) {
        self.flushes.fetch_add(1, Ordering::Relaxed);
        let until = Instant::now() + Duration::from_micros(self.flush_extra_us.load(Ordering::Relaxed));
        while let Some(left) = until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
            std::thread::park_timeout(left);
        }
    }
}
