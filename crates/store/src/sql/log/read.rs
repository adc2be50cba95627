//! Reading the log.

use crate::db::params;
use crate::fault::Fault;
use crate::log::{LogCheckpoint, LogReading, LogTree};
use crate::sql::proof;
use crate::sql::view::View;
use trust::{Digest, DocumentProof, Entry, LogProof, Note, Sha256, ShortTile, TILE_WIDTH, TileId, Tiles, commit};

/// A tile could not be read while a proof was made.
struct Unread(Fault);

impl From<ShortTile> for Unread {
    fn from(short: ShortTile) -> Self {
        Unread(Fault::unreadable("log_tile", short))
    }
}

impl View<'_> {
    /// The proof that an entry is in the log, under a checkpoint.
    fn proof(&self, under: &LogCheckpoint, index: u64, entry: Entry) -> Result<Option<LogProof>, Fault> {
        let path = self.public().inclusion(index, under.size).map_err(|Unread(fault)| fault)?;
        let damaged = |fault| Fault::unreadable(format!("log_checkpoint {}", under.step), fault);
        let checkpoint = Note::read(&under.note).map_err(damaged)?;
        Ok(path.map(|path| LogProof { extra: Some(entry.bytes()), index, path, checkpoint }))
    }

    /// The proof that the national root of a step is in the log, under its own checkpoint.
    fn root_proof(&self, under: &LogCheckpoint) -> Result<Option<LogProof>, Fault> {
        let index = under.size - 1;
        let bundle = super::bundle_entries(self.conn, self.county, index / TILE_WIDTH)?;
        let entry = usize::try_from(index % TILE_WIDTH).ok().and_then(|at| Entry::read(bundle.get(at)?));
        match entry {
            Some(entry) => self.proof(under, index, entry),
            None => Err(Fault::unreadable(format!("log_bundle {}", index / TILE_WIDTH), "its last entry is missing")),
        }
    }

    fn public(&self) -> Tiles<Sha256, impl Fn(TileId) -> Result<Vec<Digest>, Unread>> {
        Tiles::new(|tile| super::tile_hashes(self.conn, self.county, LogTree::Public, tile).map_err(Unread))
    }
}

impl LogReading for View<'_> {
    fn log_newest(&self) -> Result<Option<LogCheckpoint>, Fault> {
        super::one(self.conn, "county = ?1 ORDER BY step DESC", &[&self.county])
    }

    fn log_covering(&self, seq: u64) -> Result<Option<LogCheckpoint>, Fault> {
        super::one(self.conn, "county = ?1 AND acts >= ?2 ORDER BY acts", &[&self.county, &seq])
    }

    fn log_before(&self, step: u64, limit: usize) -> Result<Vec<LogCheckpoint>, Fault> {
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT {} FROM log_checkpoint WHERE county = ?1 AND step < ?2 ORDER BY step DESC LIMIT ?3",
            super::CHECKPOINT
        ))?;
        let mut rows = statement.query(params![self.county, step.min(i64::MAX as u64), limit])?;
        let mut checkpoints = Vec::new();
        while let Some(row) = rows.next()? {
            checkpoints.push(super::checkpoint(row)?);
        }
        Ok(checkpoints)
    }

    fn log_before_act(&self, seq: u64) -> Result<Option<LogCheckpoint>, Fault> {
        super::one(self.conn, "county = ?1 AND acts < ?2 ORDER BY acts DESC", &[&self.county, &seq])
    }

    fn log_root_proof(&self) -> Result<Option<LogProof>, Fault> {
        let Some(newest) = self.log_newest()? else { return Ok(None) };
        self.root_proof(&newest)
    }

    fn log_tile(&self, tree: LogTree, tile: TileId) -> Result<Vec<Digest>, Fault> {
        super::tile_hashes(self.conn, self.county, tree, tile)
    }

    fn log_bundle(&self, place: u64) -> Result<Vec<Vec<u8>>, Fault> {
        super::bundle_entries(self.conn, self.county, place)
    }

    fn log_proof(&self, seq: u64) -> Result<Option<LogProof>, Fault> {
        let Some(covering) = self.log_covering(seq)? else { return Ok(None) };
        let Some(newest) = self.log_newest()? else { return Ok(None) };
        let Some(stored) = crate::sql::read::stored(self, seq)? else { return Ok(None) };
        let entry = Entry::Act(commit(&stored.salt, stored.payload.as_bytes()));
        self.proof(&newest, covering.index_of(seq), entry)
    }

    fn document_proof(&self, document: &str) -> Result<Option<DocumentProof>, Fault> {
        let Some(issue) = proof::issue(self, document)? else { return Ok(None) };
        let Some(covering) = self.log_covering(issue.seq)? else { return Ok(None) };
        let before = self.log_before(covering.step, 1)?.first().map_or(0, |before| before.acts);
        let Some(opened) = proof::open(self, &issue)? else { return Ok(None) };
        let Some(mut log) = self.root_proof(&covering)? else { return Ok(None) };
        // Witnesses sign later: what a document was printed with stays as it was.
        let origin = log.checkpoint.text.lines().next().unwrap_or_default().to_owned();
        log.checkpoint.signatures.retain(|line| line.name == origin);
        proof::prove(self, &issue, opened, (before, covering.acts), log)
    }

    fn is_provable(&self, document: &str) -> Result<bool, Fault> {
        let Some(issue) = proof::issue(self, document)? else { return Ok(false) };
        Ok(self.log_covering(issue.seq)?.is_some() && proof::open(self, &issue)?.is_some())
    }

    fn log_consistency(&self, old: u64, new: u64) -> Result<Option<Vec<Digest>>, Fault> {
        if self.log_newest()?.is_none_or(|newest| new > newest.size) {
            return Ok(None);
        }
        self.public().consistency(old, new).map_err(|Unread(fault)| fault)
    }
}
