//! The expression language: tables of what it says, and properties of all expressions.

mod properties;
mod tables;
mod world;
