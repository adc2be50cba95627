//! The writer's turn (轮次): one transaction at a time, on PostgreSQL also among all nodes, each beginning with what the others did meanwhile.

use crate::fault::Fault;
use crate::library::Changes;
use std::sync::Arc;

use super::fold::Cache;
use super::mark;
use super::opening;
use super::place::Place;
use super::view::View;
use super::writer::{Writer, seal};

impl Writer {
    /// Begins a transaction, the only one of the county until it ends. A connection that was lost is made anew.
    pub(crate) fn begin(&mut self) -> Result<(), Fault> {
        match self.try_begin() {
            Err(fault) if fault.is_lost() => {
                if let Place::Server(address) = &self.shared.place {
                    self.conn = opening::writer(address)?;
                }
                self.try_begin()
            }
            begun => begun,
        }
    }

    fn try_begin(&mut self) -> Result<(), Fault> {
        self.conn.begin_writing()?;
        if !self.conn.is_postgres() {
            return Ok(());
        }
        let taken = self.take_up();
        if taken.is_err() {
            // Whether this succeeds or not, the fault told is the first.
            _ = self.conn.roll_back();
        }
        taken
    }

    /// Waits for its turn, and takes up what other nodes did meanwhile.
    fn take_up(&mut self) -> Result<(), Fault> {
        mark::take_turn(&self.conn, &self.shared.county)?;
        let (length, mark) = mark::read(&self.conn, &self.shared.county)?;
        self.shared.as_of(&self.conn, mark)?;
        if length != self.mind.length {
            self.mind.length = length;
            self.mind.printed_on = None;
            self.mind.asleep.wake();
        }
        Ok(())
    }

    /// A transaction of one piece of work, between two groups.
    pub(crate) fn by_itself<T>(&mut self, work: impl FnOnce(&View<'_>) -> Result<T, Fault>) -> Result<T, Fault> {
        self.begin()?;
        let shared = Arc::clone(&self.shared);
        // What it reads is not what others have read: it may change the past.
        let cache = Cache::new();
        let view = View::new(&self.conn, &shared.county, shared.library(), &shared.ring, &cache);
        let done = work(&view).and_then(|done| {
            seal(&view)?;
            self.conn.commit()?;
            Ok(done)
        });
        if done.is_err() {
            // Whether this succeeds or not, the fault told is the first.
            _ = self.conn.roll_back();
        }
        done
    }

    /// The same as other nodes do it: what was committed is read, for a reader of this one may have taken it up already.
    pub(super) fn read_back(&mut self, changes: &Changes) {
        if changes.county.is_empty() && changes.force.is_empty() {
            return;
        }
        self.mind.printed_on = None;
        let read = self.shared.enter(&self.conn).and_then(|library| {
            self.conn.roll_back()?;
            Ok(library)
        });
        let kept = read.and_then(|library| {
            if changes.force.is_empty() {
                return Ok(());
            }
            self.by_itself(|view| opening::keep_texts(view.conn, view.county, &library))
        });
        if let Err(fault) = kept {
            tracing::error!(%fault, "what acts changed in the library could not be taken up; the next transaction does");
        }
    }
}
