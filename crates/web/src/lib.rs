//! Pages and interface for programs: the only HTTP and the only HTML.
//!
//! Pages are made on the server out of the checked regulation and the state; they work without scripts. Nothing here
//! decides: what may be done, seen and said the engine knows ([`engine::rights`]), and what happened the store.
//!
//! [`serve`] takes a [`Site`], in which everything is handed in, and gives a router.

pub mod api;
mod assets;
mod brief;
pub mod components;
pub mod counties;
mod disposition;
pub mod examine;
mod foreign;
pub mod forms;
mod funds;
mod ical;
pub mod identity;
mod keeping;
pub mod lang;
pub mod layout;
mod letters;
mod limits;
mod looking;
pub mod outgoing;
pub mod pages;
pub mod posts;
pub mod problem;
mod proofs;
mod recent;
mod registers;
mod reports;
pub mod router;
pub mod sent;
mod sharing;
pub mod site;
pub mod statistics;
pub mod taking_in;
mod training;
mod trials;
mod typeset;
pub mod visit;

pub use gazette::typeset::Fonts;
pub use identity::SignInRules;
pub use identity::provider::{Named, Provider, ProviderFault, ProviderSettings, Wire};
pub use router::serve;
pub use site::{Clock, DemoSignIn, NoSeals, Office, Scanned, Scanner, Seals, Site, Ways, typesetter};
