//! Tests of `regulation` on whole files.
#![expect(clippy::disallowed_methods, reason = "the corpus is read from the folder beside the tests")]

mod analysis;
mod corpus;
mod editor;
mod examples;
mod expr;
mod fuzz;
mod money;
mod overlay;
mod pages;
mod robust;
mod templates;
mod tiny;
