//! Tests of `trust` against the formats in docs/ and against published vectors.

mod documents;
mod formats;
mod fuzz;
mod log;
mod passkey;
mod stamp;
mod tree;
mod witness;
