//! Plots as people state them, and what must hold of every plot.

mod fuzz;
mod properties;
mod reading;
