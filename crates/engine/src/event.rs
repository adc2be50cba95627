//! Events (事实): what an accepted act brought about. [`crate::apply`] is total over them; a journal is a list of them.

use crate::act::{Actor, MatterId, PersonId, PlaceCode, PostId, Reason};
use crate::books::Posting;
use crate::county::Change;
use crate::duty::Instance;
use calendar::{Term, Why};
use jiff::civil::{Date, DateTime, Time};
use regulation::expr::{Record, Value};
use regulation::model::{ClauseId, Name, Party};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A fact.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A matter begins.
    Opened {
        /// Matter.
        matter: MatterId,
        /// Regulation and its version.
        regulation: Name,
        /// Version (content hash).
        version: String,
        /// Procedure.
        procedure: Name,
        /// Its number, if it has one.
        number: Option<String>,
        /// Place.
        place: PlaceCode,
        /// About.
        about: BTreeMap<Name, Value>,
        /// Key of the data's owner (for sealing), if any.
        owner: Option<String>,
        /// The duty and period for which the clock opened it.
        instance: Option<Instance>,
        /// Moment.
        at: DateTime,
    },
    /// A form was filed with the act that follows. Start-form fields become root fields.
    Filed {
        /// Matter.
        matter: MatterId,
        /// Form.
        form: Name,
        /// Fields, validated; derived ones are not stored.
        record: Arc<Record>,
        /// The parallel party that filed it, `township/planning`.
        party: Option<String>,
    },
    /// An act was done.
    Acted {
        /// Matter.
        matter: MatterId,
        /// Act.
        act: Name,
        /// Who.
        actor: Actor,
        /// In which capacity: the party that allowed it (`township/window`).
        party: String,
        /// Legal date.
        on: Date,
        /// Moment of recording.
        at: DateTime,
        /// Step at which it was done.
        step: Option<Name>,
        /// Clauses it rests on.
        clauses: Vec<ClauseId>,
        /// Warnings given.
        warnings: Vec<Reason>,
    },
    /// The matter comes to a step.
    Entered {
        /// Matter.
        matter: MatterId,
        /// Step.
        step: Name,
        /// Legal date.
        on: Date,
        /// Parties whose desk it lies on.
        parties: Vec<Desk>,
        /// The step left that stands still meanwhile; `back` returns to it.
        suspended: Option<Name>,
    },
    /// The matter is over.
    Ended {
        /// Matter.
        matter: MatterId,
        /// End.
        end: Name,
        /// Legal date.
        on: Date,
    },
    /// A clock runs.
    ClockStarted {
        /// Matter.
        matter: MatterId,
        /// The clock with its explanation.
        clock: Clock,
    },
    /// A clock stands still.
    ClockSuspended {
        /// Matter.
        matter: MatterId,
        /// Clock id.
        clock: u32,
        /// From this day.
        on: Date,
        /// From this moment, where its term is in hours.
        at: Option<DateTime>,
    },
    /// A clock goes on with a new last day.
    ClockResumed {
        /// Matter.
        matter: MatterId,
        /// Clock id.
        clock: u32,
        /// Day of resumption.
        on: Date,
        /// New raw last day.
        raw: Date,
        /// New last day.
        due: Date,
        /// New time of that day, where it ends or is sent at another.
        hour: Option<Time>,
        /// Why.
        why: Vec<Why>,
    },
    /// A clock was stopped in time or late.
    ClockStopped {
        /// Matter.
        matter: MatterId,
        /// Clock id.
        clock: u32,
        /// Day.
        on: Date,
    },
    /// A clock ran out; the consequence follows as further events.
    ClockExpired {
        /// Matter.
        matter: MatterId,
        /// Clock id.
        clock: u32,
        /// Moment: 00:00 after the last day, or the second after the last moment.
        at: DateTime,
        /// It was an alarm: to these.
        alarm: Vec<Desk>,
    },
    /// A reminder was sent.
    Reminded {
        /// Matter.
        matter: MatterId,
        /// Clock id of the reminder.
        clock: u32,
        /// Day.
        on: Date,
    },
    /// A document was issued.
    Issued {
        /// Matter.
        matter: MatterId,
        /// The document.
        document: IssuedDocument,
    },
    /// A document lost its force, or a notice was taken down.
    Voided {
        /// Matter.
        matter: MatterId,
        /// Document name: its latest issue.
        document: Name,
        /// Day.
        on: Date,
        /// By which act.
        act: Name,
    },
    /// A number of a series was used.
    Numbered {
        /// Series key.
        series: String,
        /// The number.
        number: u64,
    },
    /// A register row has a new version.
    RowChanged {
        /// Register.
        register: Name,
        /// Row key.
        key: String,
        /// Place.
        place: PlaceCode,
        /// Columns, whole; empty `None` = row closed.
        record: Option<Record>,
        /// Day from which it applies.
        on: Date,
        /// Who.
        actor: Actor,
        /// Key of the data's owner (for sealing).
        owner: Option<String>,
    },
    /// A regulation's text came into force: new matters run under it (施行).
    Enacted {
        /// Matter of the act that put it into force.
        matter: MatterId,
        /// Regulation.
        regulation: Name,
        /// Its version: the hash of the text.
        version: String,
        /// The whole text.
        text: String,
        /// Legal date.
        on: Date,
    },
    /// A regulation's force ended: it takes no new matters from this day on (废止).
    Revoked {
        /// Matter of the act that ended it.
        matter: MatterId,
        /// Regulation.
        regulation: Name,
        /// The version that was in force.
        version: String,
        /// The first day without it.
        on: Date,
    },
    /// The county changed: who holds a post, which posts there are.
    County {
        /// Matter of the act that changed it.
        matter: MatterId,
        /// Legal date of that act.
        on: Date,
        /// The change.
        change: Change,
    },
    /// All personal data of an owner was erased (依法删除): what their keys sealed is not read again by anybody.
    Erased {
        /// Matter of the act that erased it.
        matter: MatterId,
        /// Owner of the keys ([`crate::keeping`]).
        owner: String,
        /// Legal date of that act.
        on: Date,
    },
    /// The matter lies at other desks than before, at the same step: the post that it goes to is another one now (转办).
    Routed {
        /// Matter.
        matter: MatterId,
        /// Whose desks.
        parties: Vec<Desk>,
    },
    /// An entry was posted on a fund.
    Posted {
        /// The posting.
        posting: Arc<Posting>,
    },
    /// A message to a person or desk.
    Told {
        /// Matter.
        matter: MatterId,
        /// Persons.
        persons: Vec<PersonId>,
        /// Desks.
        desks: Vec<Desk>,
        /// Text.
        text: String,
        /// Moment.
        at: DateTime,
    },
    /// A note was written among those who handle the matter (内部留言).
    Noted {
        /// Matter.
        matter: MatterId,
        /// Who, in which post.
        actor: Actor,
        /// Moment.
        at: DateTime,
        /// Text.
        text: String,
        /// Offices mentioned.
        desks: Vec<Desk>,
        /// Posts mentioned.
        posts: Vec<PostId>,
        /// Who held the posts mentioned.
        persons: Vec<PersonId>,
    },
    /// A note was struck out by whoever wrote it; it stays, struck out.
    NoteStruck {
        /// Matter.
        matter: MatterId,
        /// The note, counted from 0.
        note: u32,
        /// Who, in which post.
        actor: Actor,
        /// Moment.
        at: DateTime,
        /// Why.
        reason: String,
    },
}

/// A party resolved at a place: whose desk.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Desk {
    /// An office's desk at a place: `township`, `planning`, code.
    Office {
        /// Level.
        level: Name,
        /// Desk.
        desk: Name,
        /// Place code of that level.
        place: PlaceCode,
    },
    /// A person.
    Person(PersonId),
    /// Everyone signed in.
    Anyone,
    /// The clock.
    Clock,
}

/// A running clock (时钟).
#[derive(Debug, Clone, PartialEq)]
pub struct Clock {
    /// Id within the matter, counted from 0.
    pub id: u32,
    /// Name (`c-site-15`).
    pub name: Name,
    /// Step it belongs to.
    pub step: Name,
    /// Whether it is a deadline or a reminder.
    pub kind: ClockKind,
    /// Day of the event.
    pub event_on: Option<Date>,
    /// Moment of the event, where the deadline rests on one.
    pub event_at: Option<DateTime>,
    /// Term, where the deadline is a term.
    pub term: Option<Term>,
    /// Last day before rolling.
    pub raw: Date,
    /// Last day.
    pub due: Date,
    /// Time of the last day at which a deadline ends, 24:00 without one; at which a reminder is sent, 00:00 without one.
    pub hour: Option<Time>,
    /// Computed beyond the known holidays.
    pub provisional: bool,
    /// Why this date.
    pub why: Vec<Why>,
    /// Clauses.
    pub clauses: Vec<ClauseId>,
    /// State.
    pub state: ClockState,
}

/// Kind of clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClockKind {
    /// Passing it raises an alarm to these besides the step's parties.
    Alarm(Vec<Party>),
    /// Passing it makes the clock do this act.
    Act(Name),
    /// A reminder: index into the step's reminders. Fires on its `due` day itself.
    Reminder(u32),
}

/// State of a clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClockState {
    /// Running.
    Running,
    /// Standing still.
    Suspended {
        /// Since.
        on: Date,
        /// Since this moment, where its term is in hours.
        at: Option<DateTime>,
    },
    /// Stopped on.
    Stopped(Date),
    /// Ran out at; an alarm clock that ran out still shows as late until the step is left (`stopped`).
    Expired {
        /// When.
        at: DateTime,
        /// Done at last on.
        stopped: Option<Date>,
    },
}

/// An issued document (文书).
#[derive(Debug, Clone, PartialEq)]
pub struct IssuedDocument {
    /// Id, unique in the county (verification code material).
    pub id: String,
    /// Document name.
    pub name: Name,
    /// Number, if numbered.
    pub number: Option<String>,
    /// Act that issued it.
    pub act: Name,
    /// Legal date.
    pub on: Date,
    /// First and last day of display, for a notice, with why.
    pub display: Option<Display>,
    /// Issuing desk.
    pub signed: Option<Desk>,
    /// The signer.
    pub signer: Actor,
    /// Data as frozen at issue: name → value.
    pub data: Record,
    /// Paragraphs, filled in.
    pub paragraphs: Vec<String>,
    /// Reasons printed.
    pub reasons: Vec<Reason>,
    /// Voided or taken down on.
    pub voided: Option<Date>,
}

impl IssuedDocument {
    /// On public display on a day: within its term, and not taken down.
    #[must_use]
    pub fn is_shown(&self, today: Date) -> bool {
        let within = |display: &Display| display.from <= today && today <= display.last_day;
        self.voided.is_none() && self.display.as_ref().is_some_and(within)
    }

    /// Its display ran its whole term before this day and was never cut short.
    #[must_use]
    pub fn is_over(&self, today: Date) -> bool {
        let whole = |display: &Display| display.last_day < today && self.voided.is_none_or(|on| on > display.last_day);
        self.display.as_ref().is_some_and(whole)
    }
}

/// Public display of a notice (公示).
#[derive(Debug, Clone, PartialEq)]
pub struct Display {
    /// Posted on.
    pub from: Date,
    /// Last day.
    pub last_day: Date,
    /// Why this last day.
    pub why: Vec<Why>,
}
