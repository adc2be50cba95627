//! What the writer and the readers share.

use crate::library::Library;
use crate::ring::Ring;
use std::path::PathBuf;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, PoisonError, RwLock};

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
        Shared { county, database, files, ring, cache, library: RwLock::new(library), flushes: AtomicU64::new(0) }
    }

    pub(crate) fn library(&self) -> Arc<Library> {
        Arc::clone(&self.library.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn set_library(&self, library: Arc<Library>) {
        *self.library.write().unwrap_or_else(PoisonError::into_inner) = library;
    }
}
