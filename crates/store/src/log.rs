//! The journal as a transparency log (透明日志): steps, checkpoints, tiles and proofs (`docs/formats/log.md`).
//!
//! An act's transaction writes its leaf and nothing more. A step, made off the writer's path, takes the acts since the
//! step before into both trees and has the root signed; only what it made is then written in one short transaction.

use crate::fault::Fault;
use jiff::civil::DateTime;
use trust::{Checkpoint, Digest, DocumentProof, LogProof, Note, NoteSignature, ShortTile, SignFault, TileId};

/// Which of the two trees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogTree {
    /// SHA-256, over commitments and national roots.
    Public,
    /// SM3, over commitments (国密树).
    National,
}

impl LogTree {
    /// As it is stored.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            LogTree::Public => "public",
            LogTree::National => "national",
        }
    }
}

/// A checkpoint as it was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogCheckpoint {
    /// Which step, from 1.
    pub step: u64,
    /// How many acts it covers.
    pub acts: u64,
    /// How many entries the public tree has.
    pub size: u64,
    /// The root of the public tree.
    pub root: Digest,
    /// The root of the national tree over the acts.
    pub national: Digest,
    /// When: county local time.
    pub at: DateTime,
    /// The signed note.
    pub note: String,
}

/// Who signs for the log, and remembers what was signed last: apart from the database, so that a database put back to an
/// earlier state cannot make the log contradict itself.
pub trait LogKeeper: Send + Sync {
    /// The log's name for ever.
    fn origin(&self) -> &str;

    /// The last checkpoint that was signed.
    ///
    /// # Errors
    /// If it cannot be read.
    fn last(&self) -> Result<Option<Checkpoint>, SignFault>;

    /// Whether one of the keys signed a checkpoint.
    fn is_own(&self, note: &str) -> bool;

    /// Whether a checkpoint is of the log of this name and none of the keys signed it. One of a log that was begun anew has another name.
    fn is_anothers(&self, note: &str) -> bool {
        note.lines().next() == Some(self.origin()) && !self.is_own(note)
    }

    /// Signs a checkpoint that appends to the last one.
    ///
    /// # Errors
    /// If the keys cannot be used.
    fn sign(&self, checkpoint: &Checkpoint) -> Result<Note, SignFault>;

    /// Told once a signed checkpoint is on disk.
    ///
    /// # Errors
    /// If it cannot be remembered.
    fn kept(&self, note: &str) -> Result<(), SignFault>;
}

/// Why no checkpoint was signed. All but the first two mean that the record was tampered with or put back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LogFault {
    /// The store could not be read or written.
    #[error(transparent)]
    Store(#[from] Fault),
    /// The keys could not be used.
    #[error(transparent)]
    Sign(#[from] SignFault),
    /// An act does not fit its leaf.
    #[error(
        "第 {seq} 号动作与其叶摘要不符，不予签署；用 `gongbao verify` 查明 / act {seq} does not fit its leaf: nothing was signed; see `gongbao verify`"
    )]
    Altered {
        /// The act.
        seq: u64,
    },
    /// An act that should be there is not.
    #[error("日志缺第 {seq} 号动作，不予签署 / act {seq} is missing from the journal: nothing was signed")]
    Missing {
        /// The act.
        seq: u64,
    },
    /// More was signed than there is.
    #[error(
        "已签署到 {signed} 条，现只有 {has} 条：数据库被退回到以前的状态，不予签署。请恢复较新的备份，或换用新的日志密钥和名称 / {signed} entries were signed and {has} are there: the database was put back; restore a newer backup, or begin a new log with a new key and name"
    )]
    PutBack {
        /// Entries signed.
        signed: u64,
        /// Entries there.
        has: u64,
    },
    /// The log of this name has begun with other keys: another node's.
    #[error(
        "日志 {origin} 已由另一节点的密钥开始，这里的密钥不予签署：请把签署节点数据目录里的 log.key 和 log.signed 拷过来再启动 / the log {origin} has begun with the keys of another node: nothing was signed with those here; copy log.key and log.signed from that node's data folder and start again"
    )]
    OtherKeys {
        /// The log's name.
        origin: String,
    },
    /// The tree does not append to what was signed.
    #[error(
        "与已签署的检查点（{size} 条）不一致：已签署的内容被改动，不予签署 / the tree does not append to the checkpoint signed at {size} entries: what was signed has been altered"
    )]
    Fork {
        /// Entries of the signed checkpoint.
        size: u64,
    },
    /// A tile is damaged.
    #[error(transparent)]
    Tile(#[from] ShortTile),
}

impl From<crate::db::Error> for LogFault {
    fn from(error: crate::db::Error) -> Self {
        LogFault::Store(error.into())
    }
}

/// What a store does for the log.
pub trait Log {
    /// Takes acts into the log and has a checkpoint signed. Nothing if there are no new acts. One step takes a bounded number of
    /// acts: repeat it until there is nothing.
    ///
    /// # Errors
    /// If it could not be done, or must not: then nothing was signed and nothing written.
    fn log_step(&self, keeper: &dyn LogKeeper, now: DateTime) -> Result<Option<LogCheckpoint>, LogFault>;

    /// Keeps the cosignature of a witness with the checkpoint of a step.
    ///
    /// # Errors
    /// If it cannot be written.
    fn log_cosigned(&self, step: u64, line: &NoteSignature) -> Result<(), Fault>;
}

/// What can be read of the log, at one moment.
pub trait LogReading {
    /// The newest checkpoint.
    ///
    /// # Errors
    /// If it cannot be read.
    fn log_newest(&self) -> Result<Option<LogCheckpoint>, Fault>;

    /// The first checkpoint that covers an act.
    ///
    /// # Errors
    /// If it cannot be read.
    fn log_covering(&self, seq: u64) -> Result<Option<LogCheckpoint>, Fault>;

    /// Checkpoints before a step, the newest first.
    ///
    /// # Errors
    /// If they cannot be read.
    fn log_before(&self, step: u64, limit: usize) -> Result<Vec<LogCheckpoint>, Fault>;

    /// The last checkpoint that covers only acts before one: what a document that this act issued could print.
    ///
    /// # Errors
    /// If it cannot be read.
    fn log_before_act(&self, seq: u64) -> Result<Option<LogCheckpoint>, Fault>;

    /// The proof that the newest national root is in the public log, with its entry as extra data.
    ///
    /// # Errors
    /// If it cannot be read.
    fn log_root_proof(&self) -> Result<Option<LogProof>, Fault>;

    /// Hashes of a tile, as many as there are; none where there is no such tile.
    ///
    /// # Errors
    /// If it cannot be read.
    fn log_tile(&self, tree: LogTree, tile: TileId) -> Result<Vec<Digest>, Fault>;

    /// A bundle of entries, as many as there are.
    ///
    /// # Errors
    /// If it cannot be read.
    fn log_bundle(&self, place: u64) -> Result<Vec<Vec<u8>>, Fault>;

    /// The proof that an act is in the log at its newest checkpoint, with its entry as extra data; nothing while no checkpoint covers
    /// it.
    ///
    /// # Errors
    /// If it cannot be read.
    fn log_proof(&self, seq: u64) -> Result<Option<LogProof>, Fault>;

    /// The proof of a document by its id, under the first checkpoint that covers the act that issued it: the same for ever. Nothing
    /// while no checkpoint covers it, where it was issued before there were such proofs, and where what it said was erased.
    ///
    /// # Errors
    /// If it cannot be read.
    fn document_proof(&self, document: &str) -> Result<Option<DocumentProof>, Fault>;

    /// Whether there is a proof of a document, found without making it.
    ///
    /// # Errors
    /// If it cannot be read.
    fn is_provable(&self, document: &str) -> Result<bool, Fault>;

    /// The proof that the public tree of `new` entries appends to that of `old`; nothing where it never had so many.
    ///
    /// # Errors
    /// If it cannot be read.
    fn log_consistency(&self, old: u64, new: u64) -> Result<Option<Vec<Digest>>, Fault>;
}

impl LogCheckpoint {
    /// Where an act stands among the entries of the public tree, if this is the first checkpoint that covers it.
    #[must_use]
    pub fn index_of(&self, seq: u64) -> u64 {
        // One national root for each step before, and entries count from 0.
        (seq - 1) + (self.step - 1)
    }
}
