//! What can be read (查询): one moment of the state, in pages that cost the same however large the county is.

mod county;
mod rows;
mod watched;

pub use county::CountyLine;
pub use rows::{Condition, RowLine, RowQuery, RowVersion, SORTED_ROWS, SavedView, compare, in_order};
pub use watched::{Deed, LooksQuery};

use crate::aside::{Account, Draft, GoingOn, PendingImport, Reading, Session};
use crate::fault::Fault;
use crate::keeping::KeepingReading;
use crate::log::LogReading;
use crate::outbox::{Contact, Delivery, MatterMessage, Webhook};
use crate::publications::{Found, PublicationLine, PublicationQuery, PublicationVersion, RelatedLine};
use crate::search::NumberWanted;
use crate::sharing::{AccessKey, Changes, ChangesOf, ShareUse};
use calendar::Until;
use engine::event::{Desk, IssuedDocument};
use engine::{Actor, Matter, Mention, World};
use jiff::civil::{Date, DateTime};
use std::sync::Arc;
use trust::Digest;

/// One page of a list, and where the next begins.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// Lines in order.
    pub lines: Vec<T>,
    /// Hand this back for the next page; `None` at the end.
    pub next: Option<String>,
}

/// Which page is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// Lines at most.
    pub limit: usize,
    /// [`Page::next`] of the page before.
    pub after: Option<String>,
}

impl Cut {
    /// The first page.
    #[must_use]
    pub fn first(limit: usize) -> Self {
        Cut { limit, after: None }
    }
}

/// A line of a to-do list (待办).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Todo {
    /// Matter.
    pub matter: String,
    /// Its number.
    pub number: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// Procedure.
    pub procedure: String,
    /// Step.
    pub step: String,
    /// Place.
    pub place: String,
    /// Whose desk.
    pub desk: Desk,
    /// The step was entered on.
    pub entered_on: Date,
    /// End of the nearest running deadline of the step.
    pub due: Option<Until>,
}

/// What to look for in a to-do list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TodoQuery {
    /// Desks whose lists are merged: all posts of one officer, or a person.
    pub desks: Vec<Desk>,
    /// Only this procedure.
    pub procedure: Option<String>,
    /// Only this step.
    pub step: Option<String>,
    /// Only in this place or below.
    pub place: Option<String>,
    /// Only due by this day.
    pub due_by: Option<Date>,
    /// Only with these words in title or number.
    pub text: Option<String>,
}

/// How much lies on some desks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TodoCount {
    /// All.
    pub all: u64,
    /// Past their last day or moment; counted up to 1,000.
    pub late: u64,
}

/// A line of a list of matters (事项).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatterLine {
    /// Id.
    pub id: String,
    /// Number.
    pub number: Option<String>,
    /// Title.
    pub title: Option<String>,
    /// Procedure.
    pub procedure: String,
    /// Regulation.
    pub regulation: String,
    /// Version.
    pub version: String,
    /// Place.
    pub place: String,
    /// Owner of its personal data.
    pub owner: Option<String>,
    /// Step; `None` once ended.
    pub step: Option<String>,
    /// How and when it ended.
    pub ended: Option<(String, Date)>,
    /// Began at.
    pub opened_at: DateTime,
    /// The step was entered on.
    pub entered_on: Date,
    /// End of the nearest running deadline.
    pub due: Option<Until>,
    /// Acts done.
    pub acts: u64,
}

/// What to look for among matters. The newest come first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MatterQuery {
    /// Number (its beginning or its end) or words of the title.
    pub text: Option<String>,
    /// Only this procedure.
    pub procedure: Option<String>,
    /// Only at this step.
    pub step: Option<String>,
    /// Only in this place or below.
    pub place: Option<String>,
    /// Only open (`true`) or ended (`false`) ones.
    pub open: Option<bool>,
    /// Only what ended on this day or since.
    pub ended_since: Option<Date>,
    /// Only of this owner.
    pub owner: Option<String>,
    /// Only with this about value: procedure must be given too.
    pub about: Option<(String, String)>,
    /// Not of these procedures.
    pub without: Vec<String>,
}

/// One entry of a matter's timeline: one journal row.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Place in the journal.
    pub seq: u64,
    /// Kind: `start`, `matter`, `register`, `clock`, `system`.
    pub kind: String,
    /// Act.
    pub name: String,
    /// The matter, row or owner it concerned.
    pub subject: String,
    /// Matter it was done to, which may be another than the one asked for.
    pub matter: Option<String>,
    /// When recorded.
    pub at: DateTime,
    /// Legal date.
    pub on: Date,
    /// Who.
    pub actor: Actor,
    /// Clauses.
    pub clauses: Vec<String>,
    /// What it brought about, seals opened.
    pub events: Vec<engine::Event>,
    /// Its leaf.
    pub leaf: Digest,
}

/// A journal row as it stands, for proofs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Place in the journal.
    pub seq: u64,
    /// Canonical payload, personal data sealed.
    pub payload: String,
    /// Salt of its commitment.
    pub salt: [u8; trust::SALT_BYTES],
    /// Leaf.
    pub leaf: Digest,
}

/// An issued document with its place among others.
#[derive(Debug, Clone, PartialEq)]
pub struct DocumentLine {
    /// Its matter.
    pub matter: String,
    /// Verification code as printed.
    pub code: String,
    /// Place in the journal of the act that issued it.
    pub seq: u64,
    /// The document, seals opened.
    pub document: Arc<IssuedDocument>,
}

/// A printed form, as its code leads back to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormLine {
    /// Its matter.
    pub matter: String,
    /// Form.
    pub form: String,
    /// Filed on (legal date).
    pub on: Date,
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Place in the journal.
    pub seq: u64,
    /// To whom.
    pub recipient: Desk,
    /// About which matter.
    pub matter: String,
    /// When.
    pub at: DateTime,
    /// A message, or an alarm that a deadline passed.
    pub kind: MessageKind,
    /// Text of a message; name of the clock of an alarm.
    pub text: String,
    /// Seen before by who asks.
    pub seen: bool,
}

/// Kinds of message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageKind {
    /// A message.
    Told,
    /// An alarm.
    Alarm,
    /// Somebody mentions the recipient in a note of the matter.
    Noted,
}

/// A clock that will fire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueClock {
    /// Matter.
    pub matter: String,
    /// Clock id within it.
    pub clock: u32,
    /// Name.
    pub name: String,
    /// Last day.
    pub due: Date,
    /// Instant at which it fires.
    pub fires_at: DateTime,
}

/// A change in the force of a regulation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForceLine {
    /// Place in the journal.
    pub seq: u64,
    /// Matter of the act.
    pub matter: String,
    /// Version.
    pub version: String,
    /// From this day on.
    pub since: Date,
    /// Its force ended.
    pub revoked: bool,
}

/// An instance of a duty (期次).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceLine {
    /// Its matter.
    pub matter: String,
    /// First day of its period.
    pub from: Date,
    /// When it ends, if it does.
    pub to: Option<Until>,
    /// What the period is called.
    pub name: String,
    /// Where it stands.
    pub step: Option<String>,
    /// How and when it ended.
    pub ended: Option<(String, Date)>,
    /// Ended after its period.
    pub late: bool,
    /// End of the nearest deadline that is not met.
    pub due: Option<Until>,
}

/// How often acts were refused, without any personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusalCount {
    /// Day.
    pub on: Date,
    /// Kind of refusal.
    pub kind: String,
    /// Act.
    pub name: String,
    /// Reason code.
    pub code: String,
    /// How often.
    pub n: u64,
}

/// How the matters of a procedure stand (办理情况), without a word of what they are about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StandingLine {
    /// Procedure.
    pub procedure: String,
    /// Ended.
    pub closed: u64,
    /// Ended, and no alarm of a deadline went off on the way.
    pub on_time: u64,
    /// Not ended.
    pub open: u64,
    /// Not ended, and an alarm of a deadline has gone off.
    pub late: u64,
}

/// One moment of the state. As a [`World`] it also answers `decide`'s questions: which acts are possible, what a rule says.
///
/// Every method fails only if the database cannot be read or something in it is damaged.
pub trait Snapshot:
    crate::factor::FactorReading
    + crate::identity::IdentityReading
    + crate::calendars::CalendarReading
    + crate::passkey::PasskeyReading
    + KeepingReading
    + LogReading
{
    /// As a world, for the engine. Check [`Snapshot::fault`] afterwards: a world cannot fail, it answers with nothing.
    fn world(&self) -> &dyn World;
    /// The first fault that a question to [`Snapshot::world`] met.
    fn fault(&self) -> Result<(), Fault>;

    /// A matter as it stands.
    fn matter(&self, id: &str) -> Result<Option<Arc<Matter>>, Fault>;
    /// A matter as it stood at the end of a day; `None` if it had not begun.
    fn matter_as_of(&self, id: &str, day: Date) -> Result<Option<Arc<Matter>>, Fault>;
    /// A matter's line.
    fn matter_line(&self, id: &str) -> Result<Option<MatterLine>, Fault>;
    /// Matters, the newest first.
    fn matters(&self, query: &MatterQuery, cut: &Cut) -> Result<Page<MatterLine>, Fault>;
    /// What happened to a matter, oldest first.
    fn timeline(&self, matter: &str) -> Result<Vec<Entry>, Fault>;
    /// What a person did in a post in a part of the journal, `from` left out and `to` too, oldest first.
    fn deeds(&self, doer: (&str, &str), from: u64, to: u64, limit: usize) -> Result<Vec<Deed>, Fault>;

    /// How many acts the journal holds.
    fn journal_length(&self) -> Result<u64, Fault>;
    /// The latest moment at which one of the last thousand acts was recorded. Not simply that of the last: the clock's acts have the instant at
    /// which they were due.
    fn latest_moment(&self) -> Result<Option<DateTime>, Fault>;
    /// A journal row as it stands.
    fn stored(&self, seq: u64) -> Result<Option<Stored>, Fault>;
    /// Acts of the whole county, the newest first.
    fn journal(&self, cut: &Cut) -> Result<Page<Entry>, Fault>;
    /// Leaves from one place on, in order.
    fn leaves(&self, from: u64, limit: usize) -> Result<Vec<Digest>, Fault>;

    /// A to-do list: by last day, then by matter.
    fn todo(&self, query: &TodoQuery, cut: &Cut) -> Result<Page<Todo>, Fault>;
    /// How much lies on desks.
    fn todo_count(&self, desks: &[Desk], now: DateTime) -> Result<TodoCount, Fault>;

    /// A row now in force.
    fn row(&self, register: &str, key: &str) -> Result<Option<RowLine>, Fault>;
    /// Rows of a register, by key or as the query says.
    fn rows(&self, query: &RowQuery, cut: &Cut) -> Result<Page<RowLine>, Fault>;
    /// How many rows of a register are in force, in a place or below.
    fn row_count(&self, register: &str, place: Option<&str>) -> Result<u64, Fault>;
    /// Versions of a row, oldest first.
    fn row_history(&self, register: &str, key: &str) -> Result<Vec<RowVersion>, Fault>;

    /// A document by its id.
    fn document(&self, id: &str) -> Result<Option<DocumentLine>, Fault>;
    /// A document by its verification code, typed in any way that [`trust::read_verification_code`] reads.
    fn document_by_code(&self, code: &str) -> Result<Option<DocumentLine>, Fault>;
    /// The filing of a form that was printed with a code.
    fn form_by_code(&self, code: &str) -> Result<Option<FormLine>, Fault>;
    /// A document by its number.
    fn document_by_number(&self, number: &str) -> Result<Option<DocumentLine>, Fault>;
    /// Documents of a matter, oldest first.
    fn documents(&self, matter: &str) -> Result<Vec<DocumentLine>, Fault>;
    /// Notices on display on a day, those that end first on top.
    fn notices(&self, on: Date, cut: &Cut) -> Result<Page<DocumentLine>, Fault>;

    /// Publications that are public, those with the words in their titles first, then the latest: so many from one on.
    fn publications(&self, query: &PublicationQuery, today: Date, from: usize, limit: usize) -> Result<Found, Fault>;
    /// Everything that is or was public, issues and documents, by matter.
    fn publication_list(&self, cut: &Cut) -> Result<Page<PublicationLine>, Fault>;
    /// What a matter publishes or has published.
    fn publication(&self, matter: &str) -> Result<Option<PublicationLine>, Fault>;
    /// Everything that a matter has published, oldest first.
    fn publication_versions(&self, matter: &str) -> Result<Vec<PublicationVersion>, Fault>;
    /// Publications with a number, or with one that ends so.
    fn publications_numbered(&self, number: &NumberWanted) -> Result<Vec<PublicationLine>, Fault>;
    /// The publication that another one names, if it is here.
    fn publication_mentioned(&self, mention: &Mention) -> Result<Option<PublicationLine>, Fault>;
    /// Publications that do something to this one: amend, repeal, correct, cite it.
    fn publications_about(&self, line: &PublicationLine) -> Result<Vec<RelatedLine>, Fault>;
    /// Publications that are a part of this one, in the order of their numbers.
    fn publication_parts(&self, line: &PublicationLine) -> Result<Vec<PublicationLine>, Fault>;

    /// Messages to these recipients, the newest first. `person` is who asks, for what is seen.
    fn inbox(&self, recipients: &[Desk], person: &str, cut: &Cut) -> Result<Page<Message>, Fault>;
    /// Messages not yet seen; counted up to 100.
    fn unseen(&self, recipients: &[Desk], person: &str) -> Result<u64, Fault>;

    /// Messages about a matter, oldest first, each with all who got it.
    fn matter_messages(&self, matter: &str) -> Result<Vec<MatterMessage>, Fault>;
    /// One event of the journal, in an entry that holds nothing else; `None` if there is none.
    fn occurrence(&self, seq: u64, n: u64) -> Result<Option<Entry>, Fault>;
    /// A person's contact.
    fn contact(&self, person: &str) -> Result<Option<Contact>, Fault>;
    /// Webhooks by id.
    fn webhooks(&self) -> Result<Vec<Webhook>, Fault>;
    /// Deliveries of what was said about a matter, oldest first.
    fn deliveries(&self, matter: &str) -> Result<Vec<Delivery>, Fault>;
    /// Deliveries that were not taken, the latest first.
    fn deliveries_not_taken(&self, limit: usize) -> Result<Vec<Delivery>, Fault>;

    /// Clocks in the order in which they fire, up to an instant.
    fn due_clocks(&self, until: DateTime, limit: usize) -> Result<Vec<DueClock>, Fault>;
    /// Instances of a duty for one of its units, the newest first.
    fn instances(&self, duty: &str, unit: &str, limit: usize) -> Result<Vec<InstanceLine>, Fault>;
    /// How the matters of each procedure stand, by its name.
    fn standing(&self) -> Result<Vec<StandingLine>, Fault>;
    /// Refusals counted since a day.
    fn refusals(&self, since: Date) -> Result<Vec<RefusalCount>, Fault>;
    /// The text of a regulation in one version: file name and text.
    fn regulation_text(&self, regulation: &str, version: &str) -> Result<Option<(String, String)>, Fault>;
    /// What acts changed in a post and its holders, oldest first.
    fn county_changes(&self, post: &str) -> Result<Vec<CountyLine>, Fault>;
    /// What acts put into force of a regulation and out of it, oldest first.
    fn regulation_force(&self, regulation: &str) -> Result<Vec<ForceLine>, Fault>;
    /// Every version of every regulation that the store keeps a text of.
    fn regulation_versions(&self) -> Result<Vec<(String, String)>, Fault>;

    /// An account by the person's id.
    fn account(&self, person: &str) -> Result<Option<Account>, Fault>;
    /// An account by the name signed in with.
    fn account_by_login(&self, login: &str) -> Result<Option<Account>, Fault>;
    /// A session that goes on, by the digest of its token.
    fn session(&self, digest: &str, going: GoingOn) -> Result<Option<Session>, Fault>;
    /// A person's sessions that go on, the newest first.
    fn sessions(&self, person: &str, going: GoingOn) -> Result<Vec<Session>, Fault>;
    /// A draft of a person.
    fn draft(&self, person: &str, id: &str) -> Result<Option<Draft>, Fault>;
    /// A person's drafts, the latest saved first.
    fn drafts(&self, person: &str) -> Result<Vec<Draft>, Fault>;
    /// A sheet that was sent in and not imported yet.
    fn pending_import(&self, id: &str) -> Result<Option<PendingImport>, Fault>;
    /// The views of a register that a person keeps, by name.
    fn saved_views(&self, person: &str, register: &str) -> Result<Vec<SavedView>, Fault>;
    /// The act that a person did under an idempotency key: the matter or row it concerned, and the post they did it in.
    fn done_under(&self, person: &str, key: &str) -> Result<Option<(String, Option<String>)>, Fault>;
    /// Keys of offices for shares, the latest made first.
    fn access_keys(&self) -> Result<Vec<AccessKey>, Fault>;
    /// The key with this digest, whether it holds or not.
    fn access_key(&self, digest: &str) -> Result<Option<AccessKey>, Fault>;
    /// Uses of a share, the latest first.
    fn share_uses(&self, share: &str, limit: usize) -> Result<Vec<ShareUse>, Fault>;
    /// Rows changed after a place in the journal, some `limit` of them: what one act changed is never parted.
    fn changes(&self, of: ChangesOf<'_>, since: u64, limit: usize) -> Result<Changes, Fault>;
    /// The day on which anything of a register changed last.
    fn changed_on(&self, of: ChangesOf<'_>) -> Result<Option<Date>, Fault>;
    /// Who read personal data of a matter or row, the latest first.
    fn readings(&self, subject: &str, limit: usize) -> Result<Vec<Reading>, Fault>;
    /// What a person read, the latest first.
    fn readings_by(&self, person: &str, limit: usize) -> Result<Vec<Reading>, Fault>;
    /// Single looks at personal data, the latest first, and whether there are more than `limit`.
    fn looks(&self, query: &LooksQuery, limit: usize) -> Result<(Vec<Reading>, bool), Fault>;
    /// Who read personal data between two days, both included, the latest first.
    fn readings_within(&self, from: Date, to: Date, limit: usize) -> Result<Vec<Reading>, Fault>;
}
