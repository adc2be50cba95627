//! Migrations (迁移): how an older database becomes today's. A script, once released, is never edited.

use crate::fault::Fault;
use rusqlite::{Connection, TransactionBehavior, params};

/// Scripts in order; `user_version` says how many were run.
const SCRIPTS: [&str; 22] = [
    include_str!("migrations/0001-first.sql"),
    include_str!("migrations/0002-duties.sql"),
    include_str!("migrations/0003-registers.sql"),
    include_str!("migrations/0004-publications.sql"),
    include_str!("migrations/0005-outbox.sql"),
    include_str!("migrations/0006-titles.sql"),
    include_str!("migrations/0007-views.sql"),
    include_str!("migrations/0008-form-codes.sql"),
    include_str!("migrations/0009-imports.sql"),
    include_str!("migrations/0010-force.sql"),
    include_str!("migrations/0011-funds.sql"),
    include_str!("migrations/0012-sharing.sql"),
    include_str!("migrations/0013-county.sql"),
    include_str!("migrations/0014-log.sql"),
    include_str!("migrations/0015-door.sql"),
    include_str!("migrations/0016-factor.sql"),
    include_str!("migrations/0017-open.sql"),
    include_str!("migrations/0018-key-turn.sql"),
    include_str!("migrations/0019-found.sql"),
    include_str!("migrations/0020-passkey.sql"),
    include_str!("migrations/0021-ended.sql"),
    include_str!("migrations/0022-calendar.sql"),
];

const LEDGER: &str = "CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY, digest TEXT NOT NULL) STRICT";

/// Brings a database up to date, or says why it does not fit this program.
pub(crate) fn migrate(conn: &mut Connection) -> Result<(), Fault> {
    let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute_batch(LEDGER)?;
    let run: usize = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if run > SCRIPTS.len() {
        return Err(Fault::Schema { what: format!("version {run} is newer than {} known here", SCRIPTS.len()) });
    }
    for (place, script) in SCRIPTS.iter().enumerate() {
        let digest = trust::sm3(script.as_bytes()).to_string();
        if place < run {
            check(&transaction, place + 1, &digest)?;
        } else {
            transaction.execute_batch(script)?;
            transaction
                .execute("INSERT INTO migration (number, digest) VALUES (?1, ?2)", params![place + 1, digest])?;
        }
    }
    transaction.pragma_update(None, "user_version", SCRIPTS.len())?;
    transaction.commit()?;
    Ok(())
}

fn check(conn: &Connection, number: usize, digest: &str) -> Result<(), Fault> {
    let stored: String =
        conn.query_row("SELECT digest FROM migration WHERE number = ?1", [number], |row| row.get(0))?;
    if stored == digest {
        return Ok(());
    }
    Err(Fault::Schema { what: format!("migration {number} was run from a different script") })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(conn: &Connection) -> Vec<(String, String)> {
        let mut statement = conn
            .prepare("SELECT name, coalesce(sql, '') FROM sqlite_schema WHERE name <> 'migration' ORDER BY name")
            .unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    }

    #[test]
    fn migrations_from_empty_give_the_schema_in_one_file() {
        let mut migrated = Connection::open_in_memory().unwrap();
        migrate(&mut migrated).unwrap();
        migrate(&mut migrated).unwrap();
        let whole = Connection::open_in_memory().unwrap();
        whole.execute_batch(include_str!("schema.sql")).unwrap();
        assert_eq!(shape(&migrated), shape(&whole));
    }

    #[test]
    fn an_altered_or_newer_history_is_refused() {
        let mut conn = Connection::open_in_memory().unwrap();
        migrate(&mut conn).unwrap();
        conn.execute("UPDATE migration SET digest = 'x'", []).unwrap();
        assert!(matches!(migrate(&mut conn), Err(Fault::Schema { .. })));
        let mut conn = Connection::open_in_memory().unwrap();
        conn.pragma_update(None, "user_version", 99).unwrap();
        assert!(matches!(migrate(&mut conn), Err(Fault::Schema { .. })));
    }

    #[test]
    fn every_table_is_keyed_by_county_first() {
        let mut conn = Connection::open_in_memory().unwrap();
        migrate(&mut conn).unwrap();
        for (name, sql) in shape(&conn) {
            // The indexes of words have rows of their own kind, reached through a table that is keyed by county.
            if name.starts_with("publication_index") || name.starts_with("publication_title") {
                continue;
            }
            let keyed = sql.contains("PRIMARY KEY (county") || sql.contains(" (county,") || sql.is_empty();
            assert!(keyed, "{name}");
        }
    }
}
