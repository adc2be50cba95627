//! The engine: `decide` says what an act brings about or why not, `apply` makes it so. Pure: no clock, no chance, no files.

pub mod act;
pub mod county;
pub mod event;
pub mod matter;
pub mod world;

pub use act::{Act, Actor, Decision, FieldFault, Outcome, Reason, Refusal, RefusalKind, Target};
pub use county::County;
pub use event::Event;
pub use matter::Matter;
pub use world::{Row, World};
