//! Tests of the engine against a small invented regulation.

mod ask;
mod cases;
mod decide;
mod replay;
mod views;
mod world;
