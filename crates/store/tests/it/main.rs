//! The store as its users see it: the contract, and what only holds when everything works together.

mod backup;
mod concurrency;
mod contract;
mod crash;
mod erasure;
mod fixture;
mod golden;
mod rebuild;
mod tick;
mod verify;
