//! What other offices have of shares (数据共享): their keys, and what they did with them. Beside the journal: a key is no act of the
//! law, and neither is a look.

use crate::aside::Reading;
use crate::fault::Fault;
use engine::event::Desk;
use jiff::civil::DateTime;

/// A key with which programs of an office ask for shares (共享密钥). Only its digest is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessKey {
    /// Id.
    pub id: String,
    /// The office whose key it is.
    pub office: Desk,
    /// What the office calls it: the system that has it.
    pub label: String,
    /// [`trust::token_digest`] of the key.
    pub digest: String,
    /// Made at.
    pub made: DateTime,
    /// By whom.
    pub person: String,
    /// It holds until.
    pub ends: DateTime,
    /// Taken back at, and by whom; it never holds again.
    pub revoked: Option<(DateTime, String)>,
}

impl AccessKey {
    /// Whether it holds.
    #[must_use]
    pub fn holds(&self, now: DateTime) -> bool {
        now < self.ends && self.revoked.is_none()
    }
}

/// A use of a share (使用记录).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShareUse {
    /// Of which share.
    pub share: String,
    /// Id, drawn by the caller.
    pub id: String,
    /// When.
    pub at: DateTime,
    /// By which office.
    pub office: Desk,
    /// With which key.
    pub key: String,
    /// Under which grant; none where none is needed.
    pub grant: Option<String>,
    /// For what.
    pub purpose: String,
    /// Which columns, in the order of the share.
    pub fields: Vec<String>,
    /// How many rows it got.
    pub rows: u64,
}

/// What a register holds, for its changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangesOf<'c> {
    /// Rows that were entered.
    Register(&'c str),
    /// Matters of a procedure.
    Procedure(&'c str),
}

/// Rows that changed after a place in the journal.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changes {
    /// Keys of rows, or ids of matters, in the order of their latest changes; each once.
    pub keys: Vec<String>,
    /// They are all the changes up to this place: ask for those after it next.
    pub seq: u64,
    /// There are more.
    pub more: bool,
}

/// Keeping keys and uses. Each write returns once it is on disk.
#[expect(clippy::missing_errors_doc, reason = "each fails only if the database or the disk cannot be written")]
pub trait Sharing {
    /// Keeps a fresh key.
    fn put_access_key(&self, key: AccessKey) -> Result<(), Fault>;
    /// Takes a key back for good. `false`: there is none, or it was taken back before.
    fn revoke_access_key(&self, id: &str, at: DateTime, person: &str) -> Result<bool, Fault>;
    /// Notes a use, and whose personal data was looked at in it, all at once.
    fn log_share_use(&self, share_use: ShareUse, readings: Vec<Reading>) -> Result<(), Fault>;
}
