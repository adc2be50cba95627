//! What is asked of those who are watched: single looks at personal data, and what somebody did in a post.

use jiff::civil::{Date, DateTime};

/// Which looks at personal data are asked for: all of the days unless something narrows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LooksQuery {
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// By any of these persons.
    pub by: Option<Vec<String>>,
    /// At any of these: matters by id, rows as `register/key`.
    pub of: Option<Vec<String>>,
    /// Of this kind.
    pub kind: Option<String>,
    /// With this in the reason that was given.
    pub why: Option<String>,
}

/// Something that somebody did in a post: what the journal says of it without opening anything sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    /// Place in the journal.
    pub seq: u64,
    /// When recorded.
    pub at: DateTime,
    /// Act: of a matter, or `enter`, `change`, `close` of a register.
    pub name: String,
    /// The matter, or the register and the key of its row.
    pub subject: String,
    /// The matter that it was done to.
    pub matter: Option<String>,
}
