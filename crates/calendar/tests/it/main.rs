//! Integration tests: each feature is checked through one table of lines or one property.

mod fuzz;
mod holidays;
mod lunar;
mod properties;
mod reasons;
mod schedules;
mod texts;
mod worked_examples;
