//! What names stand for: the outline of all regulations read together, and the scopes of expressions over it.
//!
//! The outline knows what exists (forms with their fields, procedures with their acts, facts and documents) before any
//! expression is compiled. Types of derived names follow from their expressions and are found on demand, each once.

mod compile;
mod derive;
mod line;
mod outline;
mod symbol;
mod view;

pub(crate) use compile::Compiler;
pub(crate) use derive::Derived;
pub(crate) use line::Line;
pub(crate) use outline::{ActNames, At, Draft, Outline, ProcedureNames};
pub(crate) use view::{Own, View};
