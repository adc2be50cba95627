//! The site in process: pages, rights and the interface for programs, over a store in a temporary folder.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

mod admin;
mod api;
mod archive;
mod brief;
mod codes;
mod counties;
#[expect(dead_code, reason = "the attacks use what is left")]
mod county;
mod desk;
mod documents;
mod door;
mod duties;
mod editor;
mod emergency;
mod everything;
mod factor;
mod funds;
mod imports;
mod journey;
mod keeping;
mod lists;
mod log;
mod looks;
mod notes;
mod offers;
mod outbox;
mod pages;
mod parts;
mod passkey;
mod places;
mod plots;
mod posts;
mod program;
mod proofs;
mod provider;
mod publications;
mod registers;
mod reports;
mod rights;
mod scanning;
mod sharing;
mod training;
mod trouble;
mod unknown_version;
mod unpublished;
