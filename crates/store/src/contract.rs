//! The contract (契约): what every store promises, whatever database keeps it.
//!
//! Synchronous: web hands work over and is called back. Three promises hold everything up. An answer is given only after
//! what it says is on disk. A reader sees one moment and waits for nobody. The same request under the same key
//! happens once.

use crate::aside::Aside;
use crate::calendars::Calendars;
use crate::factor::Factors;
use crate::fault::Fault;
use crate::identity::Identity;
use crate::library::{Earlier, Library};
use crate::log::Log;
use crate::outbox::Outbox;
use crate::pages::Snapshot;
use crate::passkey::Passkeys;
use crate::ring::COUNTY_KEY_BYTES;
use crate::sharing::Sharing;
use engine::{Act, Reason, Refusal, World};
use jiff::civil::DateTime;
use std::path::Path;
use std::sync::Arc;
use trust::{Checkpoint, Digest, NoteKey};

/// The longest idempotency key, in bytes.
pub const KEY_BYTES_MAX: usize = 255;

/// The longest text that something is looked up by, in bytes: a row's key, a number, what a matter is about. Two of them fit into one entry of
/// an index on PostgreSQL, which holds 2,704 bytes.
pub const INDEXED_BYTES_MAX: usize = 1_000;

/// A request to do something, at a moment.
#[derive(Debug, Clone)]
pub struct Request {
    /// Idempotency key, unique per actor: the same key with the same content happens once. At most [`KEY_BYTES_MAX`], without the character
    /// NUL.
    pub key: Option<String>,
    /// What to do. Without fresh ids, the store draws them.
    pub act: Act,
    /// County local time.
    pub now: DateTime,
}

/// The answer to a request.
#[derive(Debug, Clone)]
pub enum Submitted {
    /// It happened, and is on disk.
    Done(Receipt),
    /// The law, the form or the rights say no; nothing happened.
    Refused(Refusal),
}

impl Submitted {
    /// The receipt, if it happened.
    #[must_use]
    pub fn receipt(&self) -> Option<&Receipt> {
        match self {
            Submitted::Done(receipt) => Some(receipt),
            Submitted::Refused(_) => None,
        }
    }

    /// The refusal, if it was refused.
    #[must_use]
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Submitted::Done(_) => None,
            Submitted::Refused(refusal) => Some(refusal),
        }
    }
}

/// What an act that happened leaves in the hand of who did it.
#[derive(Debug, Clone, PartialEq)]
pub struct Receipt {
    /// Place in the journal, from 1 without gaps.
    pub seq: u64,
    /// When it was recorded.
    pub at: DateTime,
    /// The matter, row or person it concerned.
    pub subject: String,
    /// Clauses it rests on.
    pub clauses: Vec<String>,
    /// Warnings that did not stop it.
    pub warnings: Vec<Reason>,
    /// Its leaf in the journal's tree.
    pub leaf: Digest,
    /// It had happened before, under the same key.
    pub repeated: bool,
}

/// Many acts that happen together or not at all (批量办理), such as the rows of a sheet. They are acts like any other, each with
/// its place in the journal; while they are done, nobody else's are.
pub struct Batch {
    /// Idempotency key of the whole: the same acts by the same actor under it happen once.
    pub key: String,
    /// County local time.
    pub now: DateTime,
    /// Makes the next act out of what stands then, those before it included, or says why there can be none. `None` ends it.
    pub next: NextAct,
    /// Told how many are done, on the writer's thread.
    pub progress: Box<dyn FnMut(u64) + Send>,
}

/// See [`Batch::next`].
pub type NextAct = Box<dyn FnMut(&dyn World) -> Option<Result<Act, Refusal>> + Send>;

/// What became of a batch.
#[derive(Debug, Clone)]
pub enum Batched {
    /// All of it happened, and is on disk.
    Done {
        /// How many acts.
        acts: u64,
        /// It had happened before, under the same key.
        repeated: bool,
    },
    /// Nothing happened, because of these: the place of each in the batch, counted from 0. At most [`REFUSALS_MAX`].
    Refused(Vec<(u64, Refusal)>),
}

/// So many refusals of a batch are told; then it ends.
pub const REFUSALS_MAX: usize = 1_000;

/// Called once with the answer, on the writer's thread: hand it on, do not work there.
pub type Reply<T> = Box<dyn FnOnce(Result<T, Fault>) + Send>;

/// What a run of the clock did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ticked {
    /// Acts of the clock that happened.
    pub fired: u64,
    /// Regulations that came into force or lost it by them.
    pub enacted: u64,
    /// Clocks that the engine refused to fire: matter, clock, reason. They stay due.
    pub refused: Vec<(String, u32, String)>,
    /// Instances of duties that were due and could not begin: duty, unit, reason. They are tried again the next day.
    pub not_begun: Vec<(String, String, String)>,
}

/// A request to erase a person's data (删除个人信息).
#[derive(Debug, Clone)]
pub struct Forget {
    /// Owner of the keys to destroy.
    pub owner: String,
    /// Who decided it.
    pub actor: engine::Actor,
    /// Clauses it rests on.
    pub clauses: Vec<String>,
    /// County local time.
    pub now: DateTime,
}

/// What is known of the log from outside the database.
#[derive(Debug, Clone, Default)]
pub struct KnownLog {
    /// The keys that sign for it.
    pub keys: Vec<NoteKey>,
    /// The checkpoint signed last, as remembered beside the key.
    pub signed: Option<Checkpoint>,
}

/// What [`Store::verify_with`] found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verification {
    /// Acts read.
    pub acts: u64,
    /// Leaves computed anew.
    pub leaves: u64,
    /// Projection tables compared with a rebuild.
    pub projections: u64,
    /// Checkpoints of the log whose roots were computed anew.
    pub checkpoints: u64,
    /// Tables beside the journal whose rows were compared with their codes.
    pub beside: u64,
    /// Files read.
    pub files: u64,
    /// Everything that is wrong.
    pub wrongs: Vec<Wrong>,
}

/// One thing that is wrong with what is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// What, in Chinese and English.
    pub what: String,
    /// Where: `act 17`, `table todo, row …`.
    pub where_: String,
    /// Moment of the act from which on it is wrong, if that can be told.
    pub since: Option<String>,
}

/// How far a change of the county's key has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rotated {
    /// Owners' keys wrapped anew by this step.
    pub keys: u64,
    /// The next key is the one in use.
    pub done: bool,
}

/// Told how far a long work has come: done, of how many.
pub type Progress<'a> = &'a mut dyn FnMut(u64, u64);

/// A store. Object-safe, so that the choice of a database is made at run time.
pub trait Store: Aside + Calendars + Factors + Identity + Log + Outbox + Passkeys + Sharing + Send + Sync {
    /// Does what is asked, durably, and then calls back.
    fn submit_then(&self, request: Request, reply: Reply<Submitted>);

    /// Does all acts of a batch in one transaction, or none of them.
    ///
    /// # Errors
    /// If the database cannot be written, or the key was used for something else.
    fn submit_all(&self, batch: Batch) -> Result<Batched, Fault>;

    /// Shows one moment of the state to `work`; blocks nobody and is not blocked.
    ///
    /// # Errors
    /// Those of `work`, or if the database cannot be read.
    fn snapshot(&self, work: &mut dyn FnMut(&dyn Snapshot) -> Result<(), Fault>) -> Result<(), Fault>;

    /// Fires every clock due by `now` and lets duties begin, each at its own instant and in order, so that catching up after a rest gives what
    /// would have been without it.
    ///
    /// # Errors
    /// If the database cannot be written.
    fn tick(&self, now: DateTime) -> Result<Ticked, Fault>;

    /// Destroys a person's keys: what they sealed reads as erased from then on, everywhere. Journaled.
    ///
    /// # Errors
    /// If the database cannot be written.
    fn forget(&self, forget: Forget) -> Result<Receipt, Fault>;

    /// Wraps up to `most` owners' keys anew with the next county key; called until it says that it is done. The store goes on meanwhile, and
    /// what was interrupted goes on with the same key.
    ///
    /// # Errors
    /// If another key was begun with, a key does not open, or the database cannot be written.
    fn rotate_county_key(&self, next: [u8; COUNTY_KEY_BYTES], most: usize) -> Result<Rotated, Fault>;

    /// What is in force and the county as they stand: what it was told on opening, and what acts have made of it since.
    fn library(&self) -> Arc<Library>;

    /// Hands in versions of regulations that are in force no more, so that matters under way stay on theirs: after opening, those of
    /// [`Snapshot::regulation_versions`] that [`Library::regulation`] does not know, checked. Takes effect between two acts.
    ///
    /// # Errors
    /// If the store has stopped.
    fn keep_earlier(&self, earlier: Earlier) -> Result<(), Fault>;

    /// Makes the projections anew from the journal; all or nothing.
    ///
    /// # Errors
    /// If the journal cannot be read.
    fn rebuild(&self, progress: Progress<'_>) -> Result<(), Fault>;

    /// One digest (SM3) of each projection table, in order of name.
    ///
    /// # Errors
    /// If the database cannot be read.
    fn projection_digests(&self) -> Result<Vec<(String, Digest)>, Fault>;

    /// Computes every leaf and every signed root anew, compares the projections with a rebuild elsewhere, and checks rows beside the
    /// journal, keys and files. Finds faults of what is stored; does not repair.
    ///
    /// # Errors
    /// Only if it cannot be carried out.
    fn verify_with(&self, known: &KnownLog, progress: Progress<'_>) -> Result<Verification, Fault>;

    /// As [`Store::verify_with`], without knowing the log's keys: signatures are not checked then.
    ///
    /// # Errors
    /// Only if it cannot be carried out.
    fn verify(&self, progress: Progress<'_>) -> Result<Verification, Fault> {
        self.verify_with(&KnownLog::default(), progress)
    }

    /// Whether this node is the one of several that lets clocks run out, has the log signed and sends what is due. Asked before each time: it
    /// may have been another a moment ago.
    fn leads(&self) -> bool {
        true
    }

    /// A whole copy of one moment, files included, in one file that must not exist yet.
    ///
    /// # Errors
    /// If the file exists or cannot be written.
    fn backup(&self, path: &Path) -> Result<(), Fault>;
}

/// Conveniences over any store.
pub trait StoreExt {
    /// As [`Store::submit_then`], waiting for the answer.
    ///
    /// # Errors
    /// Any fault; a refusal is not one.
    fn submit(&self, request: Request) -> Result<Submitted, Fault>;

    /// Reads one moment of the state and returns what `work` makes of it.
    ///
    /// # Errors
    /// Those of `work`, or if the database cannot be read.
    fn read<T>(&self, work: impl FnMut(&dyn Snapshot) -> Result<T, Fault>) -> Result<T, Fault>;

    /// One digest of all projections.
    ///
    /// # Errors
    /// If the database cannot be read.
    fn projection_digest(&self) -> Result<Digest, Fault>;
}

impl<S: Store + ?Sized> StoreExt for S {
    fn submit(&self, request: Request) -> Result<Submitted, Fault> {
        let (sender, receiver) = std::sync::mpsc::sync_channel(1);
        let reply = Box::new(move |answer| {
            // Who no longer waits does not need the answer.
            let _ = sender.send(answer);
        });
        self.submit_then(request, reply);
        receiver.recv().map_err(|_| Fault::Closed)?
    }

    fn read<T>(&self, mut work: impl FnMut(&dyn Snapshot) -> Result<T, Fault>) -> Result<T, Fault> {
        let mut found = None;
        self.snapshot(&mut |snapshot| {
            found = Some(work(snapshot)?);
            Ok(())
        })?;
        found.ok_or(Fault::Closed)
    }

    fn projection_digest(&self) -> Result<Digest, Fault> {
        let mut bytes = Vec::new();
        for (table, digest) in self.projection_digests()? {
            bytes.extend_from_slice(table.as_bytes());
            bytes.push(0);
            bytes.extend_from_slice(digest.as_bytes());
        }
        Ok(trust::sm3(&bytes))
    }
}
