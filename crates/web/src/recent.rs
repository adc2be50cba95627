//! What was made lately (近用留存): kept for reuse as long as there is room, those used last.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use store::lru::{Limits, Lru};

/// Values by what they were made of.
pub(crate) struct Recent<V>(Mutex<Lru<Arc<V>>>);

impl<V> Recent<V> {
    /// With nothing in it.
    pub(crate) fn new(limits: Limits) -> Recent<V> {
        Recent(Mutex::new(Lru::new(limits)))
    }

    fn all(&self) -> MutexGuard<'_, Lru<Arc<V>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One that is still there.
    pub(crate) fn get(&self, key: &str) -> Option<Arc<V>> {
        self.all().get(key)
    }

    /// Keeps one.
    pub(crate) fn put(&self, key: &str, value: &Arc<V>, weight: usize) {
        self.all().put(key, Arc::clone(value), weight);
    }
}
