//! The leader (主节点): of several nodes the one that lets clocks run out, has the log signed and sends what is due. It is whoever holds a lock of
//! the server's, for as long as the session that took it lasts; a leader that is cut off loses it with the session.
//!
//! Two that believe it for a moment do no harm to acts or the log: acts are decided one after the other whoever asks, and a step of the log is
//! kept once. Messages are claimed one by one.

use crate::db::Connection;
use crate::db::postgres::Address;
use crate::fault::Fault;
use std::sync::{Mutex, PoisonError};

use super::place::connect;

pub(crate) struct Leader {
    address: Address,
    county: String,
    session: Mutex<Option<Session>>,
}

struct Session {
    conn: Connection,
    holds: bool,
}

impl Leader {
    pub(crate) fn new(address: Address, county: String) -> Self {
        Leader { address, county, session: Mutex::default() }
    }

    /// Whether this node is the leader now; tries to become it where there is none.
    pub(crate) fn leads(&self) -> bool {
        let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        let asked = self.ask(session.take());
        match asked {
            Ok(asked) => session.insert(asked).holds,
            Err(fault) => {
                tracing::warn!(%fault, "the leader could not be asked for");
                false
            }
        }
    }

    /// A session that is there, and has tried for the lock.
    fn ask(&self, session: Option<Session>) -> Result<Session, Fault> {
        let mut session = match session {
            Some(session) => session,
            None => Session { conn: connect(&self.address, "gongbao leader")?, holds: false },
        };
        let sql = if session.holds {
            "SELECT ?1 = ?1"
        } else {
            "SELECT pg_try_advisory_lock(hashtextextended('gongbao leader ' || ?1, 0))"
        };
        session.holds = session.conn.query_row(sql, [&self.county], |row| row.get(0))?;
        Ok(session)
    }
}
