//! Analyses that decide by exact reasoning over finite sets and intervals, without a solver.

pub(crate) mod conditions;
