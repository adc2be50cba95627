//! Papers typeset so far (已排版的文书), kept for reuse as long as there is room: those used last stay.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use store::lru::{Limits, Lru};

/// How many are kept: together no more than 64 MB.
const KEPT: Limits = Limits { count: 1_000, weight: 64 * 1024 * 1024 };

/// Papers by what they show.
pub(crate) struct Papers(Mutex<Lru<Arc<Vec<u8>>>>);

impl Default for Papers {
    fn default() -> Papers {
        Papers(Mutex::new(Lru::new(KEPT)))
    }
}

impl Papers {
    fn all(&self) -> MutexGuard<'_, Lru<Arc<Vec<u8>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A paper that is still there.
    pub(crate) fn get(&self, key: &str) -> Option<Arc<Vec<u8>>> {
        self.all().get(key)
    }

    /// Keeps a paper.
    pub(crate) fn put(&self, key: &str, paper: &Arc<Vec<u8>>) {
        self.all().put(key, Arc::clone(paper), paper.len());
    }
}
