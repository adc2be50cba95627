//! Acts (动作): what somebody asks to be done. The only input that can change anything.

use crate::publication::Publication;
use regulation::expr::{Record, Value};
use regulation::model::{ClauseId, Label, Name};
use std::collections::BTreeMap;

/// A matter's id: procedure-independent, unique in the county, made by the caller (chance is not the engine's).
pub type MatterId = String;
/// A person's id.
pub type PersonId = String;
/// A post's id.
pub type PostId = String;
/// A place's code (GB/T 2260 and statistical codes).
pub type PlaceCode = String;

/// A request to do something.
#[derive(Debug, Clone)]
pub struct Act {
    /// What it is done to.
    pub target: Target,
    /// Name of the act in the regulation; for registers `enter`, `change` or `close`; for clocks and duties ignored.
    pub name: Name,
    /// Who.
    pub actor: Actor,
    /// The filled-in fields of all forms of the act, flat by field name; for registers the row's columns.
    pub form: Record,
    /// Ids to use for matters and documents it creates, in order; chance comes from outside. More than needed is fine.
    pub fresh_ids: Vec<String>,
    /// Whether whoever does it has just proved anew that it is they (重新验证身份); what only some acts ask for.
    pub proved: bool,
}

/// What an act is done to.
#[derive(Debug, Clone)]
pub enum Target {
    /// Start a matter.
    Start {
        /// Procedure.
        procedure: Name,
        /// The matter's place.
        place: PlaceCode,
        /// What it is about: name → [`Value::Key`] of a row or [`Value::Text`] matter id.
        about: BTreeMap<Name, Value>,
    },
    /// An existing matter.
    Matter {
        /// Its id.
        id: MatterId,
        /// The sequence number the actor saw; a later one refuses the act as stale.
        seen: Option<u64>,
    },
    /// A register.
    Register {
        /// Its name.
        register: Name,
        /// Row key for `change` and `close`; `None` for `enter`.
        row: Option<String>,
        /// Place of the row, for rights.
        place: PlaceCode,
    },
    /// The notes of a matter (内部留言): one is written, or struck out. No regulation names this act; it changes nothing that a regulation reads.
    Note {
        /// Matter.
        matter: MatterId,
        /// The note to strike out, counted from 0; none writes a new one.
        strike: Option<u32>,
    },
    /// A clock of a matter that has fallen due.
    Clock {
        /// Matter.
        matter: MatterId,
        /// Clock id within the matter.
        clock: u32,
    },
    /// A duty whose turn it may be for one of its units.
    Duty {
        /// Its name.
        duty: Name,
        /// Place code, or key of a register row.
        unit: String,
    },
    /// A register whose rows are printed in its regulation, where they are not those in force.
    Printed {
        /// Its name.
        register: Name,
    },
}

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A person, in a post or for themselves.
    Person {
        /// Person.
        person: PersonId,
        /// Post they act in.
        post: Option<PostId>,
    },
    /// The clock.
    Clock,
}

/// The answer of [`decide`](crate::decide()).
#[derive(Debug, Clone)]
pub enum Outcome {
    /// It happens: these are the facts to record.
    Done(Decision),
    /// The law, the form or the rights say no. Nothing happens.
    Refused(Refusal),
}

impl Outcome {
    /// Whether it was refused only because [`Act::fresh_ids`] did not suffice.
    #[must_use]
    pub fn lacks_ids(&self) -> bool {
        match self {
            Outcome::Done(_) => false,
            Outcome::Refused(refusal) => refusal.reasons.iter().any(|reason| reason.code == NO_FRESH_ID),
        }
    }
}

/// The code of the reason for which [`Outcome::lacks_ids`].
pub(crate) const NO_FRESH_ID: &str = "no-fresh-id";

/// What an accepted act brings about.
#[derive(Debug, Clone)]
pub struct Decision {
    /// The matter or row it concerned.
    pub subject: String,
    /// Facts, in order.
    pub events: Vec<crate::event::Event>,
    /// Warnings that did not stop it.
    pub warnings: Vec<Reason>,
    /// Clauses it rests on.
    pub clauses: Vec<ClauseId>,
    /// What the matters that it touched publish after it, where their procedures publish anything.
    pub published: Vec<(MatterId, Option<Publication>)>,
}

/// Why an act is refused.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// Kind, for status codes and tests.
    pub kind: RefusalKind,
    /// Every reason, not only the first.
    pub reasons: Vec<Reason>,
    /// Faults of single fields.
    pub fields: Vec<FieldFault>,
}

/// Kinds of refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalKind {
    /// No such procedure, matter, row, clock or act.
    Unknown,
    /// The actor's posts and place do not allow it.
    Rights,
    /// Not at this step, closed, done already, not yet in force.
    State,
    /// The matter has moved on since the actor saw it.
    Stale,
    /// The form is incomplete or wrong.
    Form,
    /// A condition of the regulation does not hold.
    Condition,
    /// A date cannot be computed, a number cannot be given.
    Time,
}

/// One reason, with its clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Code (`rf-9-over-area`) or a general one (`not-your-desk`).
    pub code: Name,
    /// Clauses.
    pub clauses: Vec<ClauseId>,
    /// Sentence in Chinese.
    pub zh: String,
    /// Sentence in English.
    pub en: String,
    /// Values looked at: name or expression → value as people read it.
    pub values: Vec<(String, String)>,
    /// What to do next.
    pub hint: Option<Label>,
}

/// A fault of one field of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFault {
    /// Field path: `requested-plot-area`, `members.1.member-name`.
    pub field: String,
    /// Label.
    pub label: Label,
    /// What is wrong and what to do, in Chinese.
    pub zh: String,
    /// The same in English.
    pub en: String,
    /// Clauses.
    pub clauses: Vec<ClauseId>,
}
