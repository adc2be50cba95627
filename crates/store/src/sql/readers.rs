//! Connections of readers (读连接): some are kept for the next reader, and on a server there are no more at once than it is to bear. Who comes then
//! waits a while for a place.

use crate::db::Connection;
use crate::fault::Fault;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Connections kept for the next reader.
const KEPT: usize = 8;
/// Readers at once on a server.
const ON_SERVER_MAX: usize = 32;
/// So long a reader waits for a place.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) struct Readers {
    state: Mutex<State>,
    left: Condvar,
    most: usize,
    patience: Duration,
}

#[derive(Default)]
struct State {
    kept: Vec<Connection>,
    reading: usize,
}

/// A reader's place, free again when dropped.
pub(super) struct Reading<'r>(&'r Readers);

impl Readers {
    pub(super) fn new(is_on_server: bool) -> Self {
        let most = if is_on_server { ON_SERVER_MAX } else { usize::MAX };
        Readers { state: Mutex::default(), left: Condvar::new(), most, patience: PATIENCE }
    }

    /// Takes a place, once there is one.
    pub(super) fn enter(&self) -> Result<Reading<'_>, Fault> {
        let waited = self.left.wait_timeout_while(self.state(), self.patience, |state| state.reading >= self.most);
        let (mut state, waited) = waited.unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out() {
            return Err(Fault::Busy);
        }
        state.reading += 1;
        Ok(Reading(self))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reading<'_> {
    /// A connection that was kept.
    pub(super) fn kept(&self) -> Option<Connection> {
        self.0.state().kept.pop()
    }

    /// Leaves a connection for the next.
    pub(super) fn keep(&self, conn: Connection) {
        let mut state = self.0.state();
        if state.kept.len() < KEPT {
            state.kept.push(conn);
        }
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        self.0.state().reading -= 1;
        self.0.left.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_finds_no_place_in_time_is_told_so() {
        let readers = Readers { most: 2, patience: Duration::ZERO, ..Readers::new(true) };
        let (one, two) = (readers.enter().unwrap(), readers.enter().unwrap());
        assert_eq!(readers.enter().err(), Some(Fault::Busy));
        drop(one);
        let three = readers.enter().unwrap();
        assert_eq!(readers.enter().err(), Some(Fault::Busy));
        drop((two, three));
        let patient = Readers { most: 1, patience: Duration::from_secs(600), ..Readers::new(true) };
        let first = patient.enter().unwrap();
        std::thread::scope(|scope| {
            let second = scope.spawn(|| patient.enter().map(|_| ()));
            drop(first);
            assert_eq!(second.join().unwrap(), Ok(()));
        });
    }
}
