//! Files as offices make them, in and out.
#![expect(clippy::unwrap_used, reason = "a test that cannot unwrap has failed, and says where")]

mod fuzz;
mod looking;
mod reading;
mod writing;
