//! A small run of an invented regulation, from outside.

mod same;
