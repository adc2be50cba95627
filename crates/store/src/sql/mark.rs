//! What nodes tell each other (节点间的标记): a few numbers that everybody compares at the start of a transaction. Whoever finds that another
//! node has changed posts, put a regulation into force, erased somebody or turned the county's key takes that up before anything else.
//!
//! On SQLite nobody else writes, and nothing is compared.

use crate::db::{Connection, Row, params};
use crate::fault::Fault;
use crate::library::Library;
use std::sync::Arc;

use super::rotate;
use super::shared::Shared;

/// How far a county's state has come that is kept in memory.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Mark {
    /// The last act that changed posts or the force of regulations.
    pub(crate) library: u64,
    /// The last act that destroyed keys.
    pub(crate) erased: u64,
    /// Steps in changes of the county's key.
    pub(crate) turned: u64,
}

impl Mark {
    /// The later of each.
    pub(crate) fn latest(self, other: Mark) -> Mark {
        Mark {
            library: self.library.max(other.library),
            erased: self.erased.max(other.erased),
            turned: self.turned.max(other.turned),
        }
    }
}

/// Waits for its turn: until the transaction ends no other node writes anything of the county.
pub(crate) fn take_turn(conn: &Connection, county: &str) -> Result<(), Fault> {
    let sql = "SELECT pg_advisory_xact_lock(hashtextextended('gongbao ' || ?1, 0))";
    Ok(conn.prepare_cached(sql)?.put([county])?)
}

/// How many acts the journal has, and the mark of that moment.
pub(crate) fn read(conn: &Connection, county: &str) -> Result<(u64, Mark), Fault> {
    let sql = "SELECT (SELECT coalesce(max(seq), 0) FROM act WHERE county = ?1), library, erased, turned
               FROM county_mark WHERE county = ?1";
    let read = conn.prepare_cached(sql)?.query_row([county], |row| {
        Ok((row.get(0)?, Mark { library: row.get(1)?, erased: row.get(2)?, turned: row.get(3)? }))
    })?;
    Ok(read)
}

/// The mark of that moment alone.
pub(crate) fn read_alone(conn: &Connection, county: &str) -> Result<Mark, Fault> {
    let sql = "SELECT library, erased, turned FROM county_mark WHERE county = ?1";
    let read = |row: Row<'_>| Ok(Mark { library: row.get(0)?, erased: row.get(1)?, turned: row.get(2)? });
    Ok(conn.prepare_cached(sql)?.query_row([county], read)?)
}

/// Begins a county's mark.
pub(crate) fn begin(conn: &Connection, county: &str) -> Result<(), Fault> {
    let sql = "INSERT INTO county_mark (county, library, erased, turned) VALUES (?1, 0, 0, 0) ON CONFLICT DO NOTHING";
    conn.execute(sql, [county])?;
    Ok(())
}

/// Tells the others, with the transaction.
pub(crate) fn write(conn: &Connection, county: &str, mark: Mark) -> Result<(), Fault> {
    let sql = "UPDATE county_mark SET library = ?2, erased = ?3, turned = ?4 WHERE county = ?1";
    conn.prepare_cached(sql)?.put(params![county, mark.library, mark.erased, mark.turned])?;
    Ok(())
}

impl Shared {
    /// The library as it was at the moment that a transaction sees. What is newer than what this node knew is taken up by it.
    pub(crate) fn as_of(&self, conn: &Connection, mark: Mark) -> Result<Arc<Library>, Fault> {
        let (known, library) = self.standing();
        if mark.erased > known.erased {
            self.drop_destroyed(conn)?;
        }
        if mark.turned > known.turned {
            rotate::follow(conn, &self.county, &self.ring)?;
        }
        let seen = if mark.library == known.library { library } else { Arc::new(self.compiled(conn, &library)?) };
        self.stand(mark, &seen);
        Ok(seen)
    }

    /// What acts have made of what this node was told.
    fn compiled(&self, conn: &Connection, last: &Library) -> Result<Library, Fault> {
        match super::opening::in_force(conn, &self.county, &self.told()) {
            // Its own files do not go with what another node put into force: it goes on as it was, and says so.
            Err(fault @ Fault::Unreadable { .. }) => {
                tracing::error!(%fault, "a regulation was enacted at another node and could not be taken up");
                Ok(last.clone())
            }
            compiled => compiled,
        }
    }

    /// Makes the erasures of other nodes hold here.
    fn drop_destroyed(&self, conn: &Connection) -> Result<(), Fault> {
        let sql = "SELECT owner, id FROM owner_key WHERE county = ?1 AND destroyed_at IS NOT NULL";
        let mut statement = conn.prepare_cached(sql)?;
        let mut rows = statement.query([&self.county])?;
        while let Some(row) = rows.next()? {
            self.ring.drop_keys(row.text(0)?, &[row.get(1)?]);
        }
        self.cache.clear();
        Ok(())
    }
}
