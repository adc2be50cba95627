//! Parties (办理主体): who acts, who keeps, who reads.

use super::Name;
use crate::expr::Expr;

/// Who may do an act or keep a register.
#[derive(Debug, Clone)]
pub struct By {
    /// The party.
    pub party: Party,
    /// Only if this holds (routing).
    pub when: Option<Expr>,
}

/// A party to a matter, resolved through the matter's place and subjects.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Party {
    /// A post in an office of the matter's place: level (`township`) and desk (`planning`).
    Office {
        /// `group`, `village`, `township`, `county`.
        level: Name,
        /// Desk in it.
        desk: Name,
    },
    /// The person behind a subject of the matter: `household/head` = field `head` of the row that `household` points at.
    Subject {
        /// The `about` name.
        about: Name,
        /// The person field of its row.
        role: Name,
    },
    /// Whoever holds the post that a field names: `this/deputy` is a field or fact of the matter itself, `item/deputy` a column or field of
    /// what it is about.
    Post {
        /// `this`, or the name of what has the field.
        of: Name,
        /// The field, of the type `post`.
        field: Name,
    },
    /// Any signed-in person.
    Anyone,
    /// The clock.
    Clock,
    /// Only as the consequence of another act.
    Act {
        /// Procedure.
        procedure: Name,
        /// Act.
        act: Name,
    },
}

impl Party {
    /// The subject name under which [`Party::starter`] is kept.
    pub const STARTER: &str = "starter";

    /// The name by which a matter names itself.
    pub const THIS: &str = "this";

    /// The person who did the starting act of the matter (发起人): a subject like any other, found in the record of that act.
    #[must_use]
    pub fn starter() -> Party {
        Party::Subject { about: Party::STARTER.to_owned(), role: "by".to_owned() }
    }
}

/// Who reads only some rows of a register (只看归口的记录): those where a column has a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartReader {
    /// Who.
    pub reader: Reader,
    /// A column of the type `one of`.
    pub column: Name,
    /// The code that it has in the rows that they read.
    pub code: Name,
}

/// Who may read a register or a document: everyone, or parties, or all offices of a level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reader {
    /// Everyone, also without signing in.
    Public,
    /// All posts of a level whose place contains the matter's place.
    Level(Name),
    /// One party.
    Party(Party),
}
