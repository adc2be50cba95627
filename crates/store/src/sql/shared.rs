//! What the writer and the readers share.

use crate::library::Library;
use crate::ring::Ring;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use super::fold::Cache;

pub(crate) struct Shared {
    /// The county's code: the first part of every key.
    pub(crate) county: String,
    /// The database file.
    pub(crate) database: PathBuf,
    /// Where files lie.
    pub(crate) files: PathBuf,
    pub(crate) ring: Ring,
    pub(crate) cache: Cache,
    library: RwLock<Arc<Library>>,
    /// Transactions committed, each with one flush.
    pub(crate) flushes: AtomicU64,
    /// Microseconds that each flush takes longer than the disk needs: only for measuring.
    flush_extra_us: AtomicU64,
}

impl Shared {
    pub(crate) fn new(
        county: String,
        database: PathBuf,
        files: PathBuf,
        ring: Ring,
        cache: Cache,
        library: Arc<Library>,
    ) -> Self {
        Shared {
            county,
            database,
            files,
            ring,
            cache,
            library: RwLock::new(library),
            flushes: AtomicU64::new(0),
            flush_extra_us: AtomicU64::new(0),
        }
    }

    pub(crate) fn library(&self) -> Arc<Library> {
        Arc::clone(&self.library.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn set_library(&self, library: Arc<Library>) {
        *self.library.write().unwrap_or_else(PoisonError::into_inner) = library;
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
