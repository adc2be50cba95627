//! What acts changed in the county.

use jiff::civil::Date;

/// A change of a post or of its holders, by an act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountyLine {
    /// Place of the act in the journal.
    pub seq: u64,
    /// Matter.
    pub matter: String,
    /// Legal date of the act.
    pub on: Date,
    /// The act.
    pub act: String,
    /// Its clauses.
    pub clauses: Vec<String>,
    /// What it changed.
    pub change: engine::county::Change,
}
