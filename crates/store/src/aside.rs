//! What is kept beside the journal (非日志数据): accounts, sessions, drafts, files, and who read what.
//!
//! None of it changes a matter, and none of it can be made anew from the journal.

use crate::fault::Fault;
use crate::pages::SavedView;
use jiff::Span;
use jiff::civil::DateTime;
use regulation::expr::{FileRef, Record};

/// An account (账户).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Person.
    pub person: String,
    /// Name signed in with.
    pub login: String,
    /// PHC string of the password ([`trust::hash_password`]).
    pub password: String,
    /// Who gave the password.
    pub given: Given,
    /// Since when it holds.
    pub since: DateTime,
    /// State.
    pub state: AccountState,
}

/// Who gave a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Given {
    /// Its owner.
    Own,
    /// An administrator: it only serves to set one's own.
    Office,
    /// A sample county: everybody knows it.
    Demo,
}

impl Given {
    const CODES: [(Given, &'static str); 3] = [(Given::Own, "own"), (Given::Office, "office"), (Given::Demo, "demo")];

    pub(crate) fn code(self) -> &'static str {
        Self::CODES.iter().find(|(given, _)| *given == self).map_or("", |(_, code)| code)
    }

    pub(crate) fn read(code: &str) -> Option<Given> {
        Self::CODES.iter().find(|(_, known)| *known == code).map(|(given, _)| *given)
    }
}

/// State of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountState {
    /// May sign in.
    Active,
    /// May not.
    Closed,
}

/// A session (会话), known by the digest of its token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// [`trust::token_digest`] of the token.
    pub digest: String,
    /// Person.
    pub person: String,
    /// By what way they came in.
    pub way: Way,
    /// How far they have come in.
    pub stage: Stage,
    /// Where on the network they came from, masked.
    pub address: String,
    /// What browser.
    pub agent: String,
    /// Began.
    pub created: DateTime,
    /// Last used, as far as it was marked.
    pub seen: DateTime,
    /// Ends.
    pub ends: DateTime,
}

/// By what way somebody came in (登录方式).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// With the password.
    Password,
    /// With a passkey whose device verified its owner.
    Passkey,
    /// Through the sign-in of another organisation (统一身份认证).
    Provider,
}

impl Way {
    const CODES: [(Way, &'static str); 3] =
        [(Way::Password, "password"), (Way::Passkey, "passkey"), (Way::Provider, "provider")];

    /// Its code, in the database and for programs.
    #[must_use]
    pub fn code(self) -> &'static str {
        Self::CODES.iter().find(|(way, _)| *way == self).map_or("", |(_, code)| code)
    }

    pub(crate) fn read(code: &str) -> Option<Way> {
        Self::CODES.iter().find(|(_, known)| *known == code).map(|(way, _)| *way)
    }
}

/// How far somebody has come in with a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// All the way.
    Full,
    /// As far as to type the code of their second factor.
    Code,
    /// As far as to set a password of their own.
    Password,
    /// As far as to set up a second factor.
    Enrol,
}

impl Stage {
    const CODES: [(Stage, &'static str); 4] =
        [(Stage::Full, "full"), (Stage::Code, "code"), (Stage::Password, "password"), (Stage::Enrol, "enrol")];

    pub(crate) fn code(self) -> &'static str {
        Self::CODES.iter().find(|(stage, _)| *stage == self).map_or("", |(_, code)| code)
    }

    pub(crate) fn read(code: &str) -> Option<Stage> {
        Self::CODES.iter().find(|(_, known)| *known == code).map(|(stage, _)| *stage)
    }
}

/// A session's last use is marked once in so many minutes.
const SEEN_MINUTES: i64 = 5;

impl Session {
    /// Whether its last use was marked so long ago that it is due again.
    #[must_use]
    pub fn to_mark(&self, now: DateTime) -> bool {
        self.seen < now.saturating_sub(Span::new().minutes(SEEN_MINUTES))
    }
}

/// Which sessions go on (会话时限).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GoingOn {
    /// At this moment: those whose end has come are over.
    pub now: DateTime,
    /// Those not used for so many minutes are over as well; `None`: nobody is away, as under a standing clock.
    pub idle_minutes: Option<i64>,
}

impl GoingOn {
    /// The earliest last use of a session that goes on; as a use is marked only now and then, some minutes may be added.
    pub(crate) fn used_since(self) -> DateTime {
        let span = |minutes: i64| Span::new().minutes(minutes.saturating_add(SEEN_MINUTES));
        self.idle_minutes.map_or(DateTime::MIN, |minutes| self.now.saturating_sub(span(minutes)))
    }
}

/// A draft (草稿), sealed with the person's key.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Person.
    pub person: String,
    /// Id, made by the caller: one per form under way.
    pub id: String,
    /// Procedure and act: `dog-licence/submit`.
    pub name: String,
    /// Matter, if it exists.
    pub matter: Option<String>,
    /// Saved at.
    pub saved: DateTime,
    /// Fields as far as filled in; empty once erased.
    pub record: Record,
}

/// A file to keep (附件).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Whose key seals it; `None` leaves it in the open.
    pub holder: Option<String>,
    /// Name as uploaded.
    pub name: String,
    /// Media type as sniffed.
    pub media: String,
    /// Content.
    pub bytes: Vec<u8>,
    /// When.
    pub now: DateTime,
}

/// A sheet sent in and not imported yet (待导入的表), sealed with the key of whoever sent it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingImport {
    /// Id of the import.
    pub id: String,
    /// Who sent it.
    pub person: String,
    /// For which register.
    pub register: String,
    /// Name of the file.
    pub file: String,
    /// Where rows belong that do not say it.
    pub place: String,
    /// When it was sent.
    pub at: DateTime,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A look at personal data (查阅记录).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Matter or row read: an id, or `register/key`.
    pub subject: String,
    /// When.
    pub at: DateTime,
    /// Who.
    pub person: String,
    /// In which post; empty for oneself.
    pub post: String,
    /// Group of fields: `identity`, `contact`, `bank`, `health`, `family`.
    pub kind: String,
    /// Why: the step or the reason given.
    pub why: String,
}

/// Largest file kept, in bytes (20 MiB).
pub const FILE_BYTES_MAX: u64 = 20 * 1024 * 1024;

/// Writing what lies beside the journal. Each returns once it is on disk; they share the flushes of acts.
#[expect(clippy::missing_errors_doc, reason = "each fails only if the database or the disk cannot be written")]
pub trait Aside {
    /// Makes or replaces an account.
    fn put_account(&self, account: Account) -> Result<(), Fault>;
    /// Marks a session as used; called when [`Session::to_mark`] says so, for each mark is a write.
    fn touch_session(&self, digest: &str, now: DateTime) -> Result<(), Fault>;
    /// Ends a session.
    fn end_session(&self, digest: &str) -> Result<(), Fault>;
    /// Ends every session of a person but one, and their calendar addresses.
    fn end_sessions(&self, person: &str, but: Option<&str>) -> Result<(), Fault>;
    /// Removes sessions that are over.
    fn sweep_sessions(&self, going: GoingOn) -> Result<u64, Fault>;

    /// Saves a draft.
    fn put_draft(&self, draft: Draft) -> Result<(), Fault>;
    /// Drops a draft.
    fn drop_draft(&self, person: &str, id: &str) -> Result<(), Fault>;

    /// Keeps a sheet until it is imported, in place of an earlier one of the same person for the same register; what was sent before
    /// `stale` is dropped.
    fn put_import(&self, import: PendingImport, stale: DateTime) -> Result<(), Fault>;
    /// Drops a sheet.
    fn drop_import(&self, id: &str) -> Result<(), Fault>;

    /// Keeps a view of a register under its name, in place of an earlier one of that name.
    fn put_view(&self, view: SavedView) -> Result<(), Fault>;
    /// Drops a view.
    fn drop_view(&self, person: &str, register: &str, name: &str) -> Result<(), Fault>;

    /// Marks the messages to a recipient as seen by a person, up to a place in the journal.
    fn mark_seen(&self, recipient: &engine::event::Desk, person: &str, seq: u64) -> Result<(), Fault>;
    /// Notes that somebody read personal data.
    fn log_reading(&self, reading: Reading) -> Result<(), Fault>;

    /// The code that stands on a matter's latest filing of a form when it is printed; `None` if it was never filed.
    fn form_code(&self, matter: &str, form: &str) -> Result<Option<String>, Fault>;

    /// Keeps a file under its digest; the same content of the same holder is kept once.
    fn put_file(&self, upload: Upload) -> Result<FileRef, Fault>;
    /// A file's content; `None` if there is none, or it was erased.
    fn file(&self, holder: Option<&str>, digest: &str) -> Result<Option<Vec<u8>>, Fault>;
}
