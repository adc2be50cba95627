//! Changing the county's key (换钥): every owner's key is wrapped anew, some at a time between acts, while the site goes on.
//!
//! What is sealed is not touched, for it is sealed with owners' keys. `key_turn` holds how far it came and the next key, wrapped by the present
//! one: so whoever opens the store with the present key goes on where it stopped. With the last step the next key becomes the one in use, in
//! the same transaction; the one before opens nothing any more.

use crate::chance::Chance;
use crate::contract::Rotated;
use crate::db::{Connection, OptionalExtension, params};
use crate::fault::Fault;
use crate::ring::{COUNTY_KEY_BYTES, Ring};
use trust::Key;

use super::Database;
use super::view::View;

/// Takes up what an earlier change, or one that is not over, has left.
pub(crate) fn take_up(conn: &Connection, county: &str, ring: &mut Ring) -> Result<(), Fault> {
    let sql = "SELECT blind, next FROM key_turn WHERE county = ?1";
    let found = conn.query_row(sql, [county], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let Some((blind, next)): Option<(Vec<u8>, Option<Vec<u8>>)> = found else { return Ok(()) };
    ring.open_blind(&blind)?;
    if let Some(next) = next {
        ring.begin(ring.unwrap_next(&next)?);
    }
    Ok(())
}

/// Takes up what another node has done to the county's key.
pub(crate) fn follow(conn: &Connection, county: &str, ring: &Ring) -> Result<(), Fault> {
    let sql = "SELECT next FROM key_turn WHERE county = ?1";
    let next: Option<Option<Vec<u8>>> = conn.query_row(sql, [county], |row| row.get(0)).optional()?;
    match next.flatten() {
        Some(next) if !ring.turns() => ring.begin(ring.unwrap_next(&next)?),
        Some(_) => {}
        None => {
            ring.finish();
            let sql = "SELECT proof FROM county_key WHERE county = ?1";
            let proof: Vec<u8> = conn.query_row(sql, [county], |row| row.get(0))?;
            ring.check_proof(&proof)?;
        }
    }
    Ok(())
}

/// Lets other nodes know that they must look.
fn tell_nodes(view: &View<'_>) -> Result<(), Fault> {
    if view.conn.is_postgres() {
        let sql = "UPDATE county_mark SET turned = turned + 1 WHERE county = ?1";
        view.conn.execute(sql, [view.county])?;
    }
    Ok(())
}

impl Database {
    pub(crate) fn rotate(&self, next: [u8; COUNTY_KEY_BYTES], most: usize) -> Result<Rotated, Fault> {
        self.write(move |view, chance| begin(view, chance, next))?;
        // Only now is it on disk: a key that is made meanwhile must not be wrapped with one that a crash would lose.
        self.shared.ring.begin(Key::new(next));
        let rotated = self.write(move |view, chance| step(view, chance, &Key::new(next), most))?;
        if rotated.done {
            self.shared.ring.finish();
            // What the former key wrapped leaves the log of the database as well.
            self.between(|writer| {
                writer.checkpoint("TRUNCATE");
                Ok(())
            })?;
        }
        Ok(rotated)
    }
}

/// Notes the next key, unless it is noted already. Another than the one that was begun with is refused.
fn begin(view: &View<'_>, chance: &mut Chance, next: [u8; COUNTY_KEY_BYTES]) -> Result<(), Fault> {
    let sql = "SELECT next FROM key_turn WHERE county = ?1";
    let noted: Option<Option<Vec<u8>>> = view.conn.query_row(sql, [view.county], |row| row.get(0)).optional()?;
    if let Some(Some(noted)) = noted {
        let same = view.ring.unwrap_next(&noted)? == Key::new(next);
        return if same { Ok(()) } else { Err(Fault::CountyKey) };
    }
    let wrapped = view.ring.wrap_next(&Key::new(next), chance.draw()?);
    let blind = view.ring.seal_blind(None, chance.draw()?);
    view.conn.execute(
        "INSERT INTO key_turn (county, blind, next, reached) VALUES (?1, ?2, ?3, '')
         ON CONFLICT (county) DO UPDATE SET blind = excluded.blind, next = excluded.next, reached = ''",
        params![view.county, blind, wrapped],
    )?;
    tell_nodes(view)
}

fn step(view: &View<'_>, chance: &mut Chance, next: &Key, most: usize) -> Result<Rotated, Fault> {
    let sql = "SELECT reached FROM key_turn WHERE county = ?1";
    let reached: String = view.conn.query_row(sql, [view.county], |row| row.get(0))?;
    let sql =
        "SELECT id, wrapped FROM owner_key WHERE county = ?1 AND id > ?2 AND wrapped IS NOT NULL ORDER BY id LIMIT ?3";
    let mut statement = view.conn.prepare_cached(sql)?;
    let rows = statement.query_map(params![view.county, reached, most as u64], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let keys: Vec<(String, Vec<u8>)> = rows.collect::<Result<_, _>>()?;
    let mut put = view.conn.prepare_cached("UPDATE owner_key SET wrapped = ?3 WHERE county = ?1 AND id = ?2")?;
    for (id, wrapped) in &keys {
        put.execute(params![view.county, id, view.ring.rewrap(id, wrapped, chance.draw()?)?])?;
    }
    let done = keys.len() < most;
    if done {
        end(view, chance, next)?;
    } else if let Some((last, _)) = keys.last() {
        let sql = "UPDATE key_turn SET reached = ?2 WHERE county = ?1";
        view.conn.execute(sql, params![view.county, last])?;
    }
    Ok(Rotated { keys: keys.len() as u64, done })
}

/// Puts the next key into use.
fn end(view: &View<'_>, chance: &mut Chance, next: &Key) -> Result<(), Fault> {
    let proof = view.ring.next_proof(next, chance.draw()?);
    view.conn.execute("UPDATE county_key SET proof = ?2 WHERE county = ?1", params![view.county, proof])?;
    let blind = view.ring.seal_blind(Some(next), chance.draw()?);
    let sql = "UPDATE key_turn SET blind = ?2, next = NULL, reached = '' WHERE county = ?1";
    view.conn.execute(sql, params![view.county, blind])?;
    tell_nodes(view)
}
