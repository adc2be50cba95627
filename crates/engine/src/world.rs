//! What `decide` may look at besides the act: read-only, answered by whoever keeps the state.

use crate::act::{MatterId, PlaceCode};
use crate::county::County;
use crate::matter::Matter;
use calendar::Holidays;
use jiff::civil::Date;
use regulation::expr::{Record, Value};
use regulation::model::{Regulation, Rulebook};
use std::sync::Arc;

/// The state of the county, as `decide` reads it. Implemented in memory ([`crate::memory::Memory`]) for tests and simulation,
/// and by the store inside its transaction. Look-ups by key or index only.
pub trait World {
    /// Regulations in force now.
    fn rulebook(&self) -> &Rulebook;
    /// A regulation in the version a matter runs under; `None` if unknown.
    fn regulation(&self, id: &str, version: &str) -> Option<Arc<Regulation>>;
    /// County overrides of a parameter, with their first days, ascending.
    fn overrides(&self, regulation: &str, parameter: &str) -> Vec<(Date, Value)>;
    /// Places and posts.
    fn county(&self) -> &County;
    /// Holiday facts.
    fn holidays(&self) -> &Holidays;
    /// A matter.
    fn matter(&self, id: &str) -> Option<Arc<Matter>>;
    /// Matters of a procedure whose `about` name has that value, or whose `place` is that; all of the procedure when `None` (small
    /// procedures only).
    fn matters(&self, procedure: &str, about: Option<(&str, &Value)>) -> Vec<MatterId>;
    /// The latest instance of a duty for one of its units.
    fn latest_instance(&self, duty: &str, unit: &str) -> Option<MatterId>;
    /// A register row now in force.
    fn row(&self, register: &str, key: &str) -> Option<Arc<Row>>;
    /// Keys of rows now in force whose column has that value; all when `None` (small registers only).
    fn rows(&self, register: &str, column: Option<(&str, &Value)>) -> Vec<String>;
    /// The last number used in a series; 0 if none.
    fn last_number(&self, series: &str) -> u64;
}

/// The name under which the place of a matter is looked up as if the matter were about it.
pub const PLACE: &str = "place";

/// A register row.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Key.
    pub key: String,
    /// Place.
    pub place: PlaceCode,
    /// Columns.
    pub record: Record,
    /// In force since.
    pub since: Date,
}
