//! One file per command.

pub mod calendar;
pub mod check;
