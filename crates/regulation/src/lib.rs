//! Literate regulations (可运行的规范性文件): a Markdown text that people read and the engine runs.
//!
//! [`check`] turns files into a checked [`model::Rulebook`] and findings. This crate knows nothing of files, clocks or
//! matters; what expressions look at is handed in through [`expr::Env`].

pub mod expr;
pub mod finding;
pub mod model;
pub mod span;
