//! Tests of `trust` against the formats in docs/ and against published vectors.

mod formats;
mod log;
mod tree;
