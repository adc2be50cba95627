//! The log against the journal: every signed root computed anew, every tile and bundle compared.

use crate::contract::{KnownLog, Verification};
use crate::db::{Connection, params};
use crate::fault::Fault;
use crate::log::{LogCheckpoint, LogTree};
use crate::sql::journal::{self, STORED};
use crate::sql::log;
use crate::sql::proof;
use std::collections::BTreeMap;
use trust::{
    Checkpoint, Digest, Entry, Note, NoteFault, RootEntry, Sha256, ShortTile, Sm3, TILE_WIDTH, TileId, Tiles, Tree,
    TreeHash, bundle, commit, grow, leaf, tile_bytes,
};

use super::note;

type TileMap = BTreeMap<(LogTree, TileId), Vec<Digest>>;

/// The log as the journal gives it.
#[derive(Default)]
struct Expected {
    tiles: TileMap,
    bundles: BTreeMap<u64, Vec<Vec<u8>>>,
    /// Computed leaves of acts.
    leaves: Vec<Digest>,
    /// Entries of the public tree so far.
    size: u64,
}

pub(super) fn check(conn: &Connection, county: &str, known: &KnownLog, found: &mut Verification) -> Result<(), Fault> {
    let mut expected = Expected::default();
    let mut checkpoints: Vec<LogCheckpoint> = Vec::new();
    for checkpoint in log::all(conn, county)? {
        found.checkpoints += 1;
        let (row, since) = (format!("table log_checkpoint, step {}", checkpoint.step), Some(checkpoint.at.to_string()));
        for what in row_wrongs(&checkpoint, checkpoints.last(), known) {
            note(found, what, row.clone(), since.clone());
        }
        if !expected.take(conn, county, &checkpoint)? {
            let what = "所签的动作不全 / not all acts that it was signed over are there";
            note(found, what.to_owned(), row, since);
            return Ok(());
        }
        if !expected.fits(&checkpoint) {
            return unfitting(conn, county, &expected, &checkpoint, found);
        }
        checkpoints.push(checkpoint);
    }
    tiles(conn, county, &expected, &checkpoints, found)?;
    bundles(conn, county, &expected, &checkpoints, found)?;
    signed(&expected, checkpoints.last(), known, found);
    Ok(())
}

/// What is wrong with a row by itself and after the row before it.
fn row_wrongs(checkpoint: &LogCheckpoint, before: Option<&LogCheckpoint>, known: &KnownLog) -> Vec<String> {
    let mut wrongs = Vec::new();
    let (step, acts) = before.map_or((0, 0), |before| (before.step, before.acts));
    if checkpoint.step != step + 1 || checkpoint.acts <= acts || checkpoint.size != checkpoint.acts + checkpoint.step {
        wrongs.push("步号、动作数或条目数不连续 / its numbers do not follow those of the step before".to_owned());
    }
    match opened(&checkpoint.note, known) {
        Err(fault) => wrongs.push(fault.to_string()),
        Ok(signed) if (signed.size, signed.root) != (checkpoint.size, checkpoint.root) => {
            wrongs.push("列与所签的文本不一致 / the columns do not say what was signed".to_owned());
        }
        Ok(_) => {}
    }
    wrongs
}

/// A checkpoint as signed. Without known keys only its form can be looked at.
fn opened(note: &str, known: &KnownLog) -> Result<Checkpoint, NoteFault> {
    if known.keys.is_empty() {
        return Checkpoint::read(&Note::read(note)?.text);
    }
    Checkpoint::open(note, &known.keys).map(|(checkpoint, _)| checkpoint)
}

impl Expected {
    /// Takes the acts of one step; `false` if some are missing. Numbers in rows are not believed: what was taken is counted here.
    fn take(&mut self, conn: &Connection, county: &str, step: &LogCheckpoint) -> Result<bool, Fault> {
        let acts = self.leaves.len() as u64;
        let sql = format!("SELECT {STORED} FROM act WHERE county = ?1 AND seq > ?2 AND seq <= ?3 ORDER BY seq");
        let mut statement = conn.prepare_cached(&sql)?;
        let mut rows = statement.query(params![county, acts, step.acts])?;
        let (mut commitments, mut documents) = (Vec::new(), Vec::new());
        while let Some(row) = rows.next()? {
            let (_, stored) = journal::stored(row)?;
            commitments.push(commit(&stored.salt, stored.payload.as_bytes()));
            // A payload that cannot be read any more does not fit its leaf either, and that is said.
            documents.extend(proof::digests(&stored).unwrap_or_default());
        }
        let leaves: Vec<Digest> = commitments.iter().map(leaf).collect();
        self.grow::<Sm3>(LogTree::National, acts, &leaves);
        self.leaves.extend(leaves);
        if self.leaves.len() as u64 != step.acts {
            return Ok(false);
        }
        let root = RootEntry {
            acts: step.acts,
            root: self.root::<Sm3>(LogTree::National, step.acts),
            at: step.at.to_string(),
            documents: proof::document_root(&documents),
        };
        let entries = commitments.into_iter().map(Entry::Act).chain([Entry::Root(root)]);
        let entries: Vec<Vec<u8>> = entries.map(|entry| entry.bytes()).collect();
        let leaves: Vec<Digest> = entries.iter().map(|entry| Tree::<Sha256>::leaf(entry)).collect();
        self.grow::<Sha256>(LogTree::Public, self.size, &leaves);
        for entry in entries {
            self.bundles.entry(self.size / TILE_WIDTH).or_default().push(entry);
            self.size += 1;
        }
        Ok(true)
    }

    fn grow<H: TreeHash>(&mut self, tree: LogTree, size: u64, leaves: &[Digest]) {
        let read = |tile| Ok::<_, ShortTile>(self.tiles.get(&(tree, tile)).cloned().unwrap_or_default());
        let grown = grow::<H, ShortTile>(size, read, leaves).expect("what was grown before is whole");
        self.tiles.extend(grown.into_iter().map(|(tile, hashes)| ((tree, tile), hashes)));
    }

    fn root<H: TreeHash>(&self, tree: LogTree, size: u64) -> Digest {
        root::<H>(&self.tiles, tree, size).expect("what was grown before is whole")
    }

    fn fits(&self, checkpoint: &LogCheckpoint) -> bool {
        self.root::<Sm3>(LogTree::National, self.leaves.len() as u64) == checkpoint.national
            && self.root::<Sha256>(LogTree::Public, self.size) == checkpoint.root
    }
}

fn root<H: TreeHash>(tiles: &TileMap, tree: LogTree, size: u64) -> Result<Digest, ShortTile> {
    let read = |tile| Ok::<_, ShortTile>(tiles.get(&(tree, tile)).cloned().unwrap_or_default());
    Tiles::<H, _>::new(read).root(size)
}

/// A signed root does not come out: says which acts were altered since, where the tiles still have what was signed.
fn unfitting(
    conn: &Connection,
    county: &str,
    expected: &Expected,
    checkpoint: &LogCheckpoint,
    found: &mut Verification,
) -> Result<(), Fault> {
    let since = Some(checkpoint.at.to_string());
    let kept: TileMap = stored_tiles(conn, county)?.into_iter().collect();
    let signed = root::<Sm3>(&kept, LogTree::National, checkpoint.acts).ok() == Some(checkpoint.national);
    let mut altered = false;
    for (place, leaf) in (0..).zip(&expected.leaves) {
        let tile = TileId { level: 0, index: place / TILE_WIDTH };
        let hashes = kept.get(&(LogTree::National, tile));
        let at = usize::try_from(place % TILE_WIDTH).expect("less than a tile");
        if signed && hashes.and_then(|hashes| hashes.get(at)) != Some(leaf) {
            altered = true;
            let what = "签署以后被改动：与检查点所签的叶不同 / altered after it was signed: another leaf than the one under the checkpoint";
            note(found, what.to_owned(), format!("act {}", place + 1), act_at(conn, county, place + 1)?);
        }
    }
    if !altered {
        let what = "所签的根与日志不符：检查点或其前的动作被改动 / the signed root does not fit the journal: the checkpoint or an act before it was altered";
        note(found, what.to_owned(), format!("table log_checkpoint, step {}", checkpoint.step), since);
    }
    Ok(())
}

fn act_at(conn: &Connection, county: &str, seq: u64) -> Result<Option<String>, Fault> {
    let mut statement = conn.prepare_cached("SELECT at FROM act WHERE county = ?1 AND seq = ?2")?;
    let mut rows = statement.query(params![county, seq])?;
    Ok(rows.next()?.map(|row| row.get(0)).transpose()?)
}

type StoredTile = ((LogTree, TileId), Vec<Digest>);

/// The tiles as stored; one that is damaged has no hashes.
fn stored_tiles(conn: &Connection, county: &str) -> Result<Vec<StoredTile>, Fault> {
    let mut statement = conn.prepare("SELECT tree, level, place, hashes FROM log_tile WHERE county = ?1")?;
    let mut rows = statement.query([county])?;
    let mut tiles = Vec::new();
    while let Some(row) = rows.next()? {
        let tree: String = row.get(0)?;
        let tree = if tree == LogTree::Public.code() { LogTree::Public } else { LogTree::National };
        let bytes: Vec<u8> = row.get(3)?;
        let tile = TileId { level: row.get(1)?, index: row.get(2)? };
        tiles.push(((tree, tile), trust::read_tile(&bytes).unwrap_or_default()));
    }
    Ok(tiles)
}

fn tiles(
    conn: &Connection,
    county: &str,
    expected: &Expected,
    checkpoints: &[LogCheckpoint],
    found: &mut Verification,
) -> Result<(), Fault> {
    let mut missing: BTreeMap<_, _> = expected.tiles.iter().collect();
    let mut statement =
        conn.prepare("SELECT tree, level, place, hashes FROM log_tile WHERE county = ?1 ORDER BY tree, level, place")?;
    let mut rows = statement.query([county])?;
    while let Some(row) = rows.next()? {
        let (code, level, index): (String, u64, u64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let bytes: Vec<u8> = row.get(3)?;
        let tree = [LogTree::Public, LogTree::National].into_iter().find(|tree| tree.code() == code);
        let tile = u8::try_from(level).ok().map(|level| TileId { level, index });
        let wanted = tree.zip(tile).and_then(|key| Some((key, missing.remove(&key)?)));
        let place = format!("table log_tile, {code} {level}/{index}");
        match wanted {
            None => note(found, "不该有的瓦片 / a tile that should not be there".to_owned(), place, None),
            Some((_, hashes)) if tile_bytes(hashes) == bytes => {}
            Some(((tree, tile), hashes)) => {
                let same = tile_bytes(hashes).iter().zip(&bytes).take_while(|(one, other)| one == other).count() as u64;
                let leaf = (tile.index * TILE_WIDTH + same / 32) << (8 * u32::from(tile.level));
                note(
                    found,
                    "与日志不符 / it does not fit the journal".to_owned(),
                    place,
                    since(checkpoints, tree, leaf),
                );
            }
        }
    }
    for (tree, tile) in missing.into_keys() {
        let place = format!("table log_tile, {} {}/{}", tree.code(), tile.level, tile.index);
        let first = (tile.index * TILE_WIDTH) << (8 * u32::from(tile.level));
        note(found, "缺瓦片 / it is missing".to_owned(), place, since(checkpoints, *tree, first));
    }
    Ok(())
}

/// When the checkpoint was signed that first covers a leaf.
fn since(checkpoints: &[LogCheckpoint], tree: LogTree, leaf: u64) -> Option<String> {
    let covers = |checkpoint: &&LogCheckpoint| match tree {
        LogTree::Public => leaf < checkpoint.size,
        LogTree::National => leaf < checkpoint.acts,
    };
    checkpoints.iter().find(covers).map(|checkpoint| checkpoint.at.to_string())
}

fn bundles(
    conn: &Connection,
    county: &str,
    expected: &Expected,
    checkpoints: &[LogCheckpoint],
    found: &mut Verification,
) -> Result<(), Fault> {
    let mut missing: BTreeMap<_, _> = expected.bundles.iter().collect();
    let mut statement = conn.prepare("SELECT place, entries FROM log_bundle WHERE county = ?1 ORDER BY place")?;
    let mut rows = statement.query([county])?;
    while let Some(row) = rows.next()? {
        let (index, bytes): (u64, Vec<u8>) = (row.get(0)?, row.get(1)?);
        let fits = missing.remove(&index).is_some_and(|entries| bundle(entries) == bytes);
        if !fits {
            let since = since(checkpoints, LogTree::Public, index * TILE_WIDTH);
            note(
                found,
                "与日志不符 / it does not fit the journal".to_owned(),
                format!("table log_bundle, {index}"),
                since,
            );
        }
    }
    for index in missing.into_keys() {
        let since = since(checkpoints, LogTree::Public, index * TILE_WIDTH);
        note(found, "缺条目包 / it is missing".to_owned(), format!("table log_bundle, {index}"), since);
    }
    Ok(())
}

/// What was signed last, as remembered beside the key, must be in the tree.
fn signed(expected: &Expected, newest: Option<&LogCheckpoint>, known: &KnownLog, found: &mut Verification) {
    let Some(signed) = &known.signed else { return };
    let size = expected.size;
    let since = newest.map(|newest| newest.at.to_string());
    let place = format!("checkpoint of {} entries", signed.size);
    if signed.size > size {
        let what = format!(
            "已签署到 {} 条，数据里只有 {size} 条：数据库被退回 / {} entries were signed and {size} are there: the database was put back",
            signed.size, signed.size
        );
        note(found, what, place, since);
    } else if expected.root::<Sha256>(LogTree::Public, signed.size) != signed.root {
        let what = "与最后签署的检查点不一致 / the log does not fit the checkpoint signed last";
        note(found, what.to_owned(), place, since);
    }
}
