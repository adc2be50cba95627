//! A step of the log (一步): acts since the step before, taken into both trees, checked against everything signed so far.

use crate::db::params;
use crate::fault::Fault;
use crate::log::{LogCheckpoint, LogFault, LogKeeper, LogTree};
use crate::sql::journal::{self, STORED, length};
use crate::sql::proof;
use crate::sql::view::View;
use jiff::civil::DateTime;
use std::collections::BTreeMap;
use trust::{
    Checkpoint, Digest, Entry, RootEntry, Sha256, Sm3, TILE_WIDTH, TileId, Tiles, Tree, TreeHash, commit, grow, leaf,
    verify_consistency,
};

/// Acts taken by one step at most: some megabytes of tiles in one transaction.
const STEP_ACTS_MAX: u64 = 20_000;

/// What a step makes, not signed and not written yet.
pub(super) struct Step {
    /// The checkpoint, its note still empty.
    pub(super) checkpoint: LogCheckpoint,
    /// Tiles that are new or longer.
    pub(super) tiles: BTreeMap<(LogTree, TileId), Vec<Digest>>,
    /// Bundles that are new or longer, by place.
    pub(super) bundles: BTreeMap<u64, Vec<Vec<u8>>>,
}

impl Step {
    /// Takes the acts that no checkpoint covers; nothing if there are none.
    pub(super) fn prepare(view: &View<'_>, keeper: &dyn LogKeeper, now: DateTime) -> Result<Option<Step>, LogFault> {
        let newest = super::one(view.conn, "county = ?1 ORDER BY step DESC", &[&view.county])?;
        if newest.as_ref().is_some_and(|newest| keeper.is_anothers(&newest.note)) {
            return Err(LogFault::OtherKeys { origin: keeper.origin().to_owned() });
        }
        let signed = keeper.last()?;
        let (before, acts_before) = newest.as_ref().map_or((0, 0), |newest| (newest.size, newest.acts));
        let ahead = signed.iter().map(|signed| signed.size).find(|signed| *signed > before);
        if let Some(signed) = ahead {
            return Err(LogFault::PutBack { signed, has: before });
        }
        let acts = length(view.conn, view.county)?;
        if acts < acts_before {
            return Err(LogFault::PutBack { signed: acts_before, has: acts });
        }
        let taken = taken(view, acts_before)?;
        if taken.commitments.is_empty() {
            return Ok(None);
        }
        let mut step = Step::made(view, newest.as_ref(), &taken, now)?;
        step.check(view, newest.as_ref(), signed.as_ref())?;
        let root = step.tree::<Sha256>(view, LogTree::Public).root(step.checkpoint.size)?;
        step.checkpoint.root = root;
        Ok(Some(step))
    }

    fn made(
        view: &View<'_>,
        newest: Option<&LogCheckpoint>,
        Taken { commitments, documents }: &Taken,
        now: DateTime,
    ) -> Result<Step, LogFault> {
        let (before, acts_before, step) = newest.map_or((0, 0, 0), |newest| (newest.size, newest.acts, newest.step));
        let acts = acts_before + commitments.len() as u64;
        let nothing = Digest([0; 32]);
        let checkpoint = LogCheckpoint {
            step: step + 1,
            acts,
            size: before + commitments.len() as u64 + 1,
            root: nothing,
            national: nothing,
            at: now,
            note: String::new(),
        };
        let mut step = Step { checkpoint, tiles: BTreeMap::new(), bundles: BTreeMap::new() };
        let leaves: Vec<Digest> = commitments.iter().map(leaf).collect();
        step.take::<Sm3>(view, LogTree::National, acts_before, &leaves)?;
        let national = step.tree::<Sm3>(view, LogTree::National).root(acts)?;
        step.checkpoint.national = national;
        let root = RootEntry {
            acts,
            root: step.checkpoint.national,
            at: now.to_string(),
            documents: proof::document_root(documents),
        };
        let acts = commitments.iter().map(|commitment| Entry::Act(*commitment));
        let entries: Vec<Vec<u8>> = acts.chain([Entry::Root(root)]).map(|entry| entry.bytes()).collect();
        let leaves: Vec<Digest> = entries.iter().map(|entry| Tree::<Sha256>::leaf(entry)).collect();
        step.take::<Sha256>(view, LogTree::Public, before, &leaves)?;
        step.bundle(view, before, entries)?;
        Ok(step)
    }

    fn take<H: TreeHash>(
        &mut self,
        view: &View<'_>,
        tree: LogTree,
        before: u64,
        leaves: &[Digest],
    ) -> Result<(), LogFault> {
        let read = |tile| Ok::<_, LogFault>(super::tile_hashes(view.conn, view.county, tree, tile)?);
        let grown = grow::<H, LogFault>(before, read, leaves)?;
        self.tiles.extend(grown.into_iter().map(|(tile, hashes)| ((tree, tile), hashes)));
        Ok(())
    }

    fn bundle(&mut self, view: &View<'_>, before: u64, entries: Vec<Vec<u8>>) -> Result<(), Fault> {
        let mut place = before / TILE_WIDTH;
        let kept = usize::try_from(before % TILE_WIDTH).expect("less than a bundle");
        let mut open = super::bundle_entries(view.conn, view.county, place)?;
        open.truncate(kept);
        if open.len() < kept {
            return Err(Fault::unreadable(format!("log_bundle {place}"), "entries are missing"));
        }
        for entry in entries {
            open.push(entry);
            if open.len() as u64 == TILE_WIDTH {
                self.bundles.insert(place, std::mem::take(&mut open));
                place += 1;
            }
        }
        if !open.is_empty() {
            self.bundles.insert(place, open);
        }
        Ok(())
    }

    /// A tree as it stands after this step.
    fn tree<'s, H: TreeHash>(
        &'s self,
        view: &'s View<'_>,
        tree: LogTree,
    ) -> Tiles<H, impl Fn(TileId) -> Result<Vec<Digest>, LogFault> + 's> {
        Tiles::new(move |tile| match self.tiles.get(&(tree, tile)) {
            Some(hashes) => Ok(hashes.clone()),
            None => Ok(super::tile_hashes(view.conn, view.county, tree, tile)?),
        })
    }

    /// Both trees must append to the newest checkpoint, and the public one to what the keeper signed last.
    fn check(
        &self,
        view: &View<'_>,
        newest: Option<&LogCheckpoint>,
        signed: Option<&Checkpoint>,
    ) -> Result<(), LogFault> {
        let public = self.tree::<Sha256>(view, LogTree::Public);
        let newest_public = newest.map(|newest| (newest.size, newest.root));
        for (size, root) in newest_public.into_iter().chain(signed.map(|signed| (signed.size, signed.root))) {
            appends(&public, (size, &root), self.checkpoint.size, size)?;
        }
        let national = self.tree::<Sm3>(view, LogTree::National);
        match newest {
            Some(newest) => appends(&national, (newest.acts, &newest.national), self.checkpoint.acts, newest.size),
            None => Ok(()),
        }
    }

    /// What is to be signed.
    pub(super) fn unsigned(&self, origin: &str) -> Checkpoint {
        Checkpoint { origin: origin.to_owned(), size: self.checkpoint.size, root: self.checkpoint.root }
    }
}

fn appends<H: TreeHash, F: Fn(TileId) -> Result<Vec<Digest>, LogFault>>(
    tree: &Tiles<H, F>,
    old: (u64, &Digest),
    new: u64,
    signed: u64,
) -> Result<(), LogFault> {
    let fork = LogFault::Fork { size: signed };
    let Some(proof) = tree.consistency(old.0, new)? else { return Err(fork) };
    let root = tree.root(new)?;
    if verify_consistency::<H>(old, (new, &root), &proof) { Ok(()) } else { Err(fork) }
}

/// What a step takes into the trees.
#[derive(Default)]
struct Taken {
    /// Commitments of acts.
    commitments: Vec<Digest>,
    /// Digests of the documents that they issued.
    documents: Vec<Digest>,
}

/// The acts after `acts_before`, each checked against its leaf.
fn taken(view: &View<'_>, acts_before: u64) -> Result<Taken, LogFault> {
    let sql = format!("SELECT {STORED} FROM act WHERE county = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3");
    let mut statement = view.conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params![view.county, acts_before, STEP_ACTS_MAX])?;
    let mut taken = Taken::default();
    while let Some(row) = rows.next()? {
        let (_, stored) = journal::stored(row)?;
        let expected = acts_before + taken.commitments.len() as u64 + 1;
        if stored.seq != expected {
            return Err(LogFault::Missing { seq: expected });
        }
        let commitment = commit(&stored.salt, stored.payload.as_bytes());
        if leaf(&commitment) != stored.leaf {
            return Err(LogFault::Altered { seq: stored.seq });
        }
        taken.documents.extend(proof::digests(&stored)?);
        taken.commitments.push(commitment);
    }
    Ok(taken)
}
