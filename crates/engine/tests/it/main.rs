//! Tests of the engine against a small invented regulation.

mod administering;
mod ask;
mod cases;
mod confidential;
mod decide;
mod delegation;
mod emergency;
mod figures;
mod funds;
mod keeping;
mod notes;
mod posts;
mod replay;
mod sharing;
mod usual;
mod views;
mod world;
