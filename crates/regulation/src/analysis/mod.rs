//! Analyses that decide by exact reasoning over finite sets and intervals, without a solver.

pub mod boxes;
pub mod change;
pub(crate) mod conditions;
pub mod difference;
