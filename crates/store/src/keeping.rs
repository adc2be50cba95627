//! What has ended and whose term of keeping may be over (到期待销毁的候选): the store finds what ended, the engine says which term is over.

use crate::fault::Fault;
use crate::pages::{Cut, MatterLine, Page};
use engine::Row;
use jiff::civil::Date;

/// A row that was closed.
#[derive(Debug, Clone, PartialEq)]
pub struct ClosedRow {
    /// As it stood last.
    pub row: Row,
    /// The day on which it was closed.
    pub closed_on: Date,
}

/// Reading what has ended.
pub trait KeepingReading {
    /// Rows of a register that were closed, by key.
    ///
    /// # Errors
    /// If the database cannot be read.
    fn closed_rows(&self, register: &str, cut: &Cut) -> Result<Page<ClosedRow>, Fault>;

    /// Matters of a procedure that ended by a day, those that ended first on top.
    ///
    /// # Errors
    /// If the database cannot be read.
    fn ended_matters(&self, procedure: &str, by: Date, cut: &Cut) -> Result<Page<MatterLine>, Fault>;
}
