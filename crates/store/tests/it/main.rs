//! The store as its users see it: the contract, and what only holds when everything works together.
#![expect(clippy::unwrap_used, reason = "a test that cannot unwrap has failed, and says where")]

mod allowance;
mod backup;
mod concurrency;
mod contract;
mod crash;
mod door;
mod duty;
mod each;
mod erasure;
mod fixture;
mod flipped;
mod force;
mod full;
mod funds;
mod golden;
mod golden_funds;
mod golden_hours;
mod golden_places;
mod hours;
mod land;
mod log;
mod looks;
mod mergers;
mod outbox;
mod posts;
mod printed;
mod proofs;
mod publications;
mod rebuild;
mod registers;
mod rotation;
mod tick;
mod torn;
mod twin;
mod verify;
