//! Literate regulations (可运行的规范性文件): a Markdown text that people read and the engine runs.
//!
//! [`check`] turns files into a checked [`model::Rulebook`] and findings. This crate knows nothing of files, clocks or
//! matters; what expressions look at is handed in through [`expr::Env`].
//!
//! The way of a text: [`source::SourceFile`] → Markdown elements, clauses and fences → blocks with YAML and tables → the
//! outline of what exists → expressions compiled in their scopes → the model → static checks.

#![warn(missing_docs)]

pub mod analysis;
mod blocks;
mod checking;
pub mod editor;
pub mod expr;
pub mod finding;
pub mod findings;
pub mod model;
pub mod money;
mod near;
mod notes;
mod overlay;
pub mod report;
mod scope;
pub mod source;
pub mod span;
mod text;
pub mod trial;

pub use checking::{Checked, check};
pub use overlay::{OVERLAYS, Seams, base_text, is_overlay, overlay_of, supplemented};
pub use source::{LineIndex, SourceFile};
