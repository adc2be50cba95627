//! The log's tables.

mod read;
mod step;

use crate::db::{Connection, Row, ToValue, params};
use crate::fault::Fault;
use crate::log::{Log, LogCheckpoint, LogFault, LogKeeper};
use jiff::civil::DateTime;
use trust::{Digest, NoteSignature, TileId, bundle, tile_bytes};

use super::Database;
use super::read::moment;
use super::view::View;
use step::Step;

/// Columns of [`checkpoint`].
const CHECKPOINT: &str = "step, acts, size, root, national, at, note";

impl Log for Database {
    fn log_step(&self, keeper: &dyn LogKeeper, now: DateTime) -> Result<Option<LogCheckpoint>, LogFault> {
        // One at a time: a second one would take the same acts.
        let _turn = self.log_turn.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut prepared = Ok(None);
        self.look(|view| {
            prepared = Step::prepare(view, keeper, now);
            Ok(())
        })?;
        let Some(step) = prepared? else { return Ok(None) };
        let note = keeper.sign(&step.unsigned(keeper.origin()))?.to_string();
        let checkpoint = LogCheckpoint { note, ..step.checkpoint.clone() };
        let kept = checkpoint.clone();
        self.write(move |view, _| keep(view, &step, &kept))?;
        keeper.kept(&checkpoint.note)?;
        Ok(Some(checkpoint))
    }

    fn log_cosigned(&self, step: u64, line: &NoteSignature) -> Result<(), Fault> {
        let line = format!("{line}\n");
        self.write(move |view, _| {
            let sql =
                "UPDATE log_checkpoint SET note = note || ?3 WHERE county = ?1 AND step = ?2 AND instr(note, ?3) = 0";
            view.conn.prepare_cached(sql)?.execute(params![view.county, step, line])?;
            Ok(())
        })
    }
}

/// Writes what a step made.
fn keep(view: &View<'_>, step: &Step, signed: &LogCheckpoint) -> Result<(), Fault> {
    let mut put_tile = view.conn.prepare_cached(
        "INSERT INTO log_tile (county, tree, level, place, hashes) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (county, tree, level, place) DO UPDATE SET hashes = excluded.hashes",
    )?;
    for ((tree, tile), hashes) in &step.tiles {
        put_tile.execute(params![view.county, tree.code(), tile.level, tile.index, tile_bytes(hashes)])?;
    }
    let mut put_bundle = view.conn.prepare_cached(
        "INSERT INTO log_bundle (county, place, entries) VALUES (?1, ?2, ?3)
         ON CONFLICT (county, place) DO UPDATE SET entries = excluded.entries",
    )?;
    for (place, entries) in &step.bundles {
        put_bundle.execute(params![view.county, place, bundle(entries)])?;
    }
    view.conn
        .prepare_cached(
            "INSERT INTO log_checkpoint (county, step, acts, size, root, national, at, note)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            view.county,
            signed.step,
            signed.acts,
            signed.size,
            signed.root.as_bytes(),
            signed.national.as_bytes(),
            signed.at.to_string(),
            signed.note,
        ])?;
    Ok(())
}

/// Reads the columns [`CHECKPOINT`].
fn checkpoint(row: Row<'_>) -> Result<LogCheckpoint, Fault> {
    let step: u64 = row.get(0)?;
    Ok(LogCheckpoint {
        step,
        acts: row.get(1)?,
        size: row.get(2)?,
        root: Digest(row.get(3)?),
        national: Digest(row.get(4)?),
        at: moment(&row.get::<String>(5)?, &format!("table log_checkpoint, step {step}"))?,
        note: row.get(6)?,
    })
}

/// The checkpoint that a condition finds first.
fn one(conn: &Connection, condition: &str, values: &[&dyn ToValue]) -> Result<Option<LogCheckpoint>, Fault> {
    let mut statement =
        conn.prepare_cached(&format!("SELECT {CHECKPOINT} FROM log_checkpoint WHERE {condition} LIMIT 1"))?;
    let mut rows = statement.query(values)?;
    rows.next()?.map(checkpoint).transpose()
}

/// All checkpoints, the oldest first.
pub(crate) fn all(conn: &Connection, county: &str) -> Result<Vec<LogCheckpoint>, Fault> {
    let sql = format!("SELECT {CHECKPOINT} FROM log_checkpoint WHERE county = ?1 ORDER BY step");
    let mut statement = conn.prepare(&sql)?;
    let mut rows = statement.query([county])?;
    let mut checkpoints = Vec::new();
    while let Some(row) = rows.next()? {
        checkpoints.push(checkpoint(row)?);
    }
    Ok(checkpoints)
}

fn tile_hashes(conn: &Connection, county: &str, tree: crate::log::LogTree, tile: TileId) -> Result<Vec<Digest>, Fault> {
    let mut statement = conn
        .prepare_cached("SELECT hashes FROM log_tile WHERE county = ?1 AND tree = ?2 AND level = ?3 AND place = ?4")?;
    let mut rows = statement.query(params![county, tree.code(), tile.level, tile.index])?;
    let Some(row) = rows.next()? else { return Ok(Vec::new()) };
    let bytes: Vec<u8> = row.get(0)?;
    let damaged = || Fault::unreadable(format!("log_tile {} {}/{}", tree.code(), tile.level, tile.index), "not hashes");
    trust::read_tile(&bytes).ok_or_else(damaged)
}

fn bundle_entries(conn: &Connection, county: &str, place: u64) -> Result<Vec<Vec<u8>>, Fault> {
    let mut statement = conn.prepare_cached("SELECT entries FROM log_bundle WHERE county = ?1 AND place = ?2")?;
    let mut rows = statement.query(params![county, place])?;
    let Some(row) = rows.next()? else { return Ok(Vec::new()) };
    let bytes: Vec<u8> = row.get(0)?;
    trust::read_bundle(&bytes).ok_or_else(|| Fault::unreadable(format!("log_bundle {place}"), "it is cut off"))
}
