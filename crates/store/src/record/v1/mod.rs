//! Format versions 1 and 2, which differ in how the lines of a posting stand. Described in `docs/formats/journal.md`; held by the golden
//! files in `tests/golden/`.
//!
//! Fields stand in alphabetical order: printing a struct then prints canonical JSON.

mod act;
mod clock;
mod county;
mod document;
mod event;
mod figures;
mod from;
mod into;
mod posted;
mod publication;
mod seal;
mod value;

pub use act::{Actor, Head, KeyUse, Payload};
pub use clock::{Clock, ClockKind, ClockState, Day, DayWhy, Party, Why};
pub use county::Change;
pub use document::{Body, Display, Document, DocumentHead, Proof, Reason, Said};
pub use event::{Desk, Event, Instance};
pub(crate) use from::open_record;
pub use from::{Closed, ERASED, Opening, erased};
pub(crate) use into::Printed;
pub use into::{Sealing, Writing, row_holder};
pub use posted::{Column, Columns, PostedLine, PostedLines, Sides};
pub use publication::{Kind, Mention, Publication, Related, Relation};
pub use seal::{Sealable, Sealed};
pub use value::{Record, Value};
