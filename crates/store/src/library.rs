//! What the store is told from outside: regulations, places and posts, holidays (法规库、机构、节假日).

use calendar::Holidays;
use engine::County;
use jiff::civil::Date;
use regulation::expr::Value;
use regulation::model::{Name, Regulation, Rulebook};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Facts that decisions rest on and that no act here changes. Replaced as a whole when one of them changes.
#[derive(Debug, Clone)]
pub struct Library {
    /// Regulations in force.
    pub rulebook: Rulebook,
    /// Earlier versions that matters still run under, by id and version.
    pub earlier: BTreeMap<(Name, String), Arc<Regulation>>,
    /// The county's overrides of parameters, by regulation and parameter, with their first days, ascending.
    pub overrides: BTreeMap<(Name, Name), Vec<(Date, Value)>>,
    /// Places, offices, posts and people.
    pub county: County,
    /// Holiday facts.
    pub holidays: Holidays,
}

impl Library {
    /// A regulation in one version, in force or earlier.
    #[must_use]
    pub fn regulation(&self, id: &str, version: &str) -> Option<Arc<Regulation>> {
        let current = self.rulebook.regulations.get(id).filter(|regulation| regulation.version == version);
        current.or_else(|| self.earlier.get(&(id.to_owned(), version.to_owned()))).cloned()
    }
}
