//! Erasure: what was derived from a person's data goes with the key.
//!
//! Runs while the keys still open what they sealed, for only then is it known which blind words and values to take out.
//! A replay without the keys never put them in.

use crate::db::params;
use crate::fault::Fault;
use crate::personal::matter_holder;
use crate::record::v1::{Closed, row_holder};
use crate::words::{square_words, words};

use super::matter::remove_words;
use super::row::{index_entries, indexed, reindex};
use crate::sql::fold::Title;
use crate::sql::view::{View, read_record};

pub(super) fn project(view: &View<'_>, owner: &str) -> Result<(), Fault> {
    for (matter, leaf) in titles(view, owner)? {
        let title = Title::open(leaf, &view.opener())?;
        let sealed = Title::open(title.leaf, &Closed)?.plain.is_none();
        if let Some(plain) = title.plain.filter(|_| sealed) {
            remove_words(view, &matter, &words(view.ring, &plain))?;
        }
    }
    for (matter, seq) in matters(view, owner)? {
        let Some(open) = view.folded(&matter)? else { continue };
        let open = square_words(view.ring, open.matter.plots());
        let closed = square_words(view.ring, view.closed(&matter, seq)?.plots());
        remove_words(view, &matter, open.difference(&closed))?;
    }
    for (register, key, record) in rows(view, owner)? {
        let old = indexed(view, &register, &key)?;
        let open = read_record(&record, &Closed, &format!("row `{register}/{key}`"))?;
        reindex(view, &register, &key, &old, &index_entries(&open))?;
    }
    Ok(())
}

/// Titles of the matters whose data the owner's keys seal.
fn titles(view: &View<'_>, owner: &str) -> Result<Vec<(String, String)>, Fault> {
    let mut statement = view.conn.prepare_cached(
        "SELECT id, title FROM matter WHERE county = ?1 AND owner = ?2 AND title IS NOT NULL
         UNION ALL SELECT id, title FROM matter WHERE county = ?1 AND id = ?3 AND owner IS NULL AND title IS NOT NULL",
    )?;
    let alone = owner.strip_prefix(&matter_holder("", None));
    let found = statement.query_map(params![view.county, owner, alone], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// The matters whose data the owner's keys seal, with the place of their latest act.
fn matters(view: &View<'_>, owner: &str) -> Result<Vec<(String, u64)>, Fault> {
    let mut statement = view.conn.prepare_cached(
        "SELECT id, seq FROM matter WHERE county = ?1 AND owner = ?2
         UNION ALL SELECT id, seq FROM matter WHERE county = ?1 AND id = ?3 AND owner IS NULL",
    )?;
    let alone = owner.strip_prefix(&matter_holder("", None));
    let found = statement.query_map(params![view.county, owner, alone], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// Rows whose data the owner's keys seal: register, key, record.
fn rows(view: &View<'_>, owner: &str) -> Result<Vec<(String, String, String)>, Fault> {
    let mut statement = view.conn.prepare_cached(
        "SELECT register, key, record FROM row WHERE county = ?1 AND owner = ?2
         UNION ALL SELECT register, key, record FROM row
         WHERE county = ?1 AND register = ?3 AND key = ?4 AND owner IS NULL",
    )?;
    let prefix = row_holder("", "", None);
    let prefix = prefix.trim_end_matches('/');
    let (register, key) = owner.strip_prefix(prefix).and_then(|rest| rest.split_once('/')).unzip();
    let found = statement
        .query_map(params![view.county, owner, register, key], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(found.collect::<Result<_, _>>()?)
}
