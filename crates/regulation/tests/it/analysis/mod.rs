//! Analyses of checked regulations.

mod change;
