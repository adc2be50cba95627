//! One file per command.

pub mod ask;
pub mod bench;
pub mod calendar;
pub mod cases;
pub mod check;
pub mod data;
pub mod diff;
pub mod gazette;
pub mod import;
pub mod keys;
pub mod log;
pub mod lsp;
pub mod mirror;
pub mod new;
pub mod print;
pub mod serve;
pub mod simulate;
pub mod statistics;
pub mod verify;
pub mod witness;
