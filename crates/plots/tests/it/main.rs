//! Plots as people state them, and what must hold of every plot.

mod properties;
mod reading;
