//! The engine: [`decide`](decide()) says what an act brings about or why not, [`apply`] makes it so. Pure: no clock, no chance, no files.
#![warn(missing_docs)]

pub mod act;
pub mod ask;
pub mod books;
pub mod case;
pub mod clock;
pub mod county;
pub mod decide;
pub mod duty;
pub mod env;
mod eval;
pub mod event;
pub mod figures;
pub mod fold;
pub mod form;
pub mod keeping;
pub mod matter;
pub mod memory;
pub mod offer;
pub mod parameter;
pub mod publication;
pub mod reach;
mod reason;
pub mod reference;
pub mod rights;
mod scratch;
pub mod sharing;
mod table;
pub mod verdict;
pub mod view;
pub mod world;

pub use act::{Act, Actor, Decision, FieldFault, Outcome, Reason, Refusal, RefusalKind, Target};
pub use ask::{Answer, Question, Verdict, ask};
pub use books::{Books, Posting};
pub use county::County;
pub use decide::{decide, printings, unprinted};
pub use duty::Instance;
pub use event::Event;
pub use fold::apply;
pub use matter::Matter;
pub use memory::Memory;
pub use publication::{Mention, Publication, publication};
pub use world::{Row, World};
