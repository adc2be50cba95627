//! Seals of rows (行封签) on PostgreSQL: the same codes over the same bytes as on SQLite, made in this program, for the key must not reach
//! the server.
//!
//! Triggers note each row that a transaction of the writer changes, with the bytes of its code; before the commit the writer makes the codes
//! of what was noted. Notes lie in a temporary table, which only the session that made it can write to: what another session changes leaves
//! no note, so that nothing but the writer's own transactions gets a row sealed. Verification runs over a copy ([`super::copy`]).

use crate::db::{Connection, params};
use crate::fault::Fault;
use crate::ring::Ring;
use crate::sql::rebuild::print_value;
use crate::sqlite::guard::is_guarded;
use std::collections::BTreeMap;
use trust::Digest;

use super::{in_transaction, migrations};

/// Stands before a table's name where a row is the mark of the table. On SQLite the marks lie under no county; here several counties share
/// the tables.
pub(crate) const MARK: &str = "=";

const NOTES: &str = "CREATE TEMP TABLE IF NOT EXISTS row_touched
    (n BIGINT GENERATED ALWAYS AS IDENTITY, name TEXT NOT NULL, key TEXT NOT NULL, bytes BYTEA)";
const TAKE_NOTES: &str =
    "DELETE FROM pg_temp.row_touched RETURNING n, name, key, bytes, pg_relation_size('pg_temp.row_touched')";
/// Bytes of the table of notes: deleted ones leave room behind that nobody but this session can clear.
const NOTES_MAX: u64 = 8 << 20;
const PUT_CODE: &str = "INSERT INTO row_code (county, name, key, code) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (county, name, key) DO UPDATE SET code = excluded.code";
const DROP_CODE: &str = "DELETE FROM row_code WHERE county = ?1 AND name = ?2 AND key = ?3";

/// A table with its columns and their types, in order, and those of its key.
struct Guarded {
    name: String,
    columns: Vec<(String, String)>,
    key: Vec<(String, String)>,
}

/// What was noted of a row: the later note holds.
#[derive(Default)]
struct Note {
    n: u64,
    /// What its code is made of; nothing where the row is gone.
    bytes: Option<Vec<u8>>,
}

/// Readies a connection that will write: from now on what it changes is noted.
pub(crate) fn prepare(conn: &Connection) -> Result<(), Fault> {
    Ok(conn.execute_batch(NOTES)?)
}

/// Makes the codes of the rows that the transaction at hand has changed. The last thing before its commit.
pub(crate) fn seal(conn: &Connection, ring: &Ring, county: &str) -> Result<(), Fault> {
    if !conn.take_changed().iter().any(|table| &**table == "*" || is_guarded(table)) {
        return Ok(());
    }
    let mut latest: BTreeMap<(String, String), Note> = BTreeMap::new();
    let mut size = 0;
    let mut statement = conn.prepare_cached(TAKE_NOTES)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let n: u64 = row.get(0)?;
        let noted = latest.entry((row.get(1)?, row.get(2)?)).or_default();
        if noted.n <= n {
            *noted = Note { n, bytes: row.get(3)? };
        }
        size = row.get(4)?;
    }
    drop(rows);
    for ((name, key), note) in latest {
        let code = note.bytes.map(|bytes| code(ring, &name, &bytes));
        put_code(conn, county, &name, &key, code)?;
    }
    if size > NOTES_MAX {
        conn.execute_batch("TRUNCATE pg_temp.row_touched")?;
    }
    // Taking the notes and writing the codes changed nothing that has a code.
    conn.take_changed();
    Ok(())
}

/// Sets up the triggers. The rows of a table that was not guarded before, or not with these columns, get their codes; those of a table that
/// is known keep theirs, also when somebody took the triggers away.
pub(crate) fn install(conn: &Connection, ring: &Ring, county: &str) -> Result<(), Fault> {
    let tables = guarded(conn)?;
    in_transaction(conn, || {
        conn.execute("SELECT pg_advisory_xact_lock(?1)", [migrations::LOCK])?;
        for table in &tables {
            table.put_triggers(conn)?;
            if !is_known(conn, ring, county, table)? {
                table.code_all(conn, ring, county)?;
            }
        }
        Ok(())
    })
}

/// Writes down a row's code, or that there is none any more.
fn put_code(conn: &Connection, county: &str, name: &str, key: &str, code: Option<Digest>) -> Result<(), Fault> {
    match code {
        Some(code) => conn.prepare_cached(PUT_CODE)?.put(params![county, name, key, code.as_bytes().as_slice()])?,
        None => conn.prepare_cached(DROP_CODE)?.put([county, name, key])?,
    }
    Ok(())
}

/// The code of a row from its columns as the server prints them.
fn code(ring: &Ring, name: &str, printed: &[u8]) -> Digest {
    let mut bytes = Vec::new();
    print_value(&mut bytes, crate::db::ValueRef::Text(name.as_bytes()));
    bytes.extend_from_slice(printed);
    trust::mac(ring.row_key().as_bytes(), &bytes)
}

/// What stands for a table among the codes.
fn mark_code(ring: &Ring, name: &str, mark: &str) -> Digest {
    let mut bytes = Vec::new();
    for text in [name, mark] {
        print_value(&mut bytes, crate::db::ValueRef::Text(text.as_bytes()));
    }
    code(ring, "", &bytes)
}

/// Whether the rows of a table have their codes: its mark says so, or was altered, which verification tells.
fn is_known(conn: &Connection, ring: &Ring, county: &str, table: &Guarded) -> Result<bool, Fault> {
    let mut statement = conn.prepare("SELECT key, code FROM row_code WHERE county = ?1 AND name = ?2")?;
    let marks = statement.query_map(params![county, table.mark_name()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let marks: Vec<(String, Vec<u8>)> = marks.collect::<Result<_, _>>()?;
    let altered =
        marks.iter().any(|(mark, code)| mark_code(ring, &table.name, mark).as_bytes().as_slice() != code.as_slice());
    Ok(altered || marks.iter().any(|(mark, _)| *mark == table.mark()))
}

fn guarded(conn: &Connection) -> Result<Vec<Guarded>, Fault> {
    let sql = "SELECT CAST(c.relname AS TEXT), CAST(a.attname AS TEXT), format_type(a.atttypid, NULL),
            coalesce(array_position(CAST(i.indkey AS int2[]), a.attnum), -1)
        FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        JOIN pg_index AS i ON i.indrelid = c.oid AND i.indisprimary
        WHERE c.relnamespace = CAST(current_schema() AS regnamespace) AND c.relkind IN ('r', 'p')
        ORDER BY c.relname, a.attnum";
    let mut tables: Vec<Guarded> = Vec::new();
    let mut places: Vec<(i64, (String, String))> = Vec::new();
    let mut statement = conn.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (name, column, place): (String, (String, String), i64) =
            (row.get(0)?, (row.get(1)?, row.get(2)?), row.get(3)?);
        if !is_guarded(&name) {
            continue;
        }
        if tables.last().is_none_or(|last| last.name != name) {
            places.clear();
            tables.push(Guarded { name, columns: Vec::new(), key: Vec::new() });
        }
        let table = tables.last_mut().expect("one was pushed");
        table.columns.push(column.clone());
        if place >= 0 {
            places.push((place, column));
            places.sort_by_key(|(place, _)| *place);
            table.key = places.iter().map(|(_, column)| column.clone()).collect();
        }
    }
    Ok(tables)
}

impl Guarded {
    fn mark(&self) -> String {
        self.columns.iter().map(|(column, _)| column.as_str()).collect::<Vec<_>>().join(" ")
    }

    fn mark_name(&self) -> String {
        format!("{MARK}{}", self.name)
    }

    /// Makes the codes of a county's rows anew.
    fn code_all(&self, conn: &Connection, ring: &Ring, county: &str) -> Result<(), Fault> {
        let forget = "DELETE FROM row_code WHERE county = ?1 AND name IN (?2, ?3)";
        conn.execute(forget, params![county, self.name, self.mark_name()])?;
        let mark = self.mark();
        put_code(conn, county, &self.mark_name(), &mark, Some(mark_code(ring, &self.name, &mark)))?;
        let sql =
            format!("SELECT {}, {} FROM {} AS t WHERE county = ?1", self.key_of("t"), self.printed("t"), self.name);
        let mut statement = conn.prepare(&sql)?;
        let mut rows = statement.query([county])?;
        while let Some(row) = rows.next()? {
            let printed: Vec<u8> = row.get(1)?;
            put_code(conn, county, &self.name, row.text(0)?, Some(code(ring, &self.name, &printed)))?;
        }
        Ok(())
    }

    /// The trigger and its function, if they are not there as they must be.
    fn put_triggers(&self, conn: &Connection) -> Result<(), Fault> {
        let (name, body) = (&self.name, self.body());
        let there = "SELECT 1 FROM pg_trigger AS t JOIN pg_proc AS p ON p.oid = t.tgfoid
            WHERE t.tgrelid = CAST(CAST(?1 AS TEXT) AS regclass) AND CAST(t.tgname AS TEXT) = ?2 AND t.tgenabled = 'O'
            AND CAST(p.proname AS TEXT) = ?2 AND p.prosrc = ?3";
        let trigger = format!("row_touched_{name}");
        if conn.prepare(there)?.exists(params![name, trigger, body])? {
            return Ok(());
        }
        conn.execute_batch(&format!(
            "CREATE OR REPLACE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $body${body}$body$;
             DROP TRIGGER IF EXISTS {trigger} ON {name};
             CREATE TRIGGER {trigger} AFTER INSERT OR UPDATE OR DELETE ON {name} FOR EACH ROW EXECUTE FUNCTION {trigger}();"
        ))?;
        Ok(())
    }

    fn body(&self) -> String {
        format!(
            "
BEGIN
    IF to_regclass('pg_temp.row_touched') IS NULL THEN
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO pg_temp.row_touched (name, key) VALUES ('{name}', {old});
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO pg_temp.row_touched (name, key, bytes) VALUES ('{name}', {new}, {printed});
    END IF;
    RETURN NULL;
END
",
            name = self.name,
            old = self.key_of("OLD"),
            new = self.key_of("NEW"),
            printed = self.printed("NEW"),
        )
    }

    /// The key of a row as one text, as SQLite's `quote` writes it.
    fn key_of(&self, row: &str) -> String {
        let quoted = self.key.iter().map(|(column, kind)| match kind.as_str() {
            "bigint" => format!("CAST({row}.{column} AS TEXT)"),
            "bytea" => format!("'X''' || upper(encode({row}.{column}, 'hex')) || ''''"),
            _ => format!("'''' || replace({row}.{column}, '''', '''''') || ''''"),
        });
        quoted.collect::<Vec<_>>().join(" || ',' || ")
    }

    /// The columns of a row, as [`print_value`] prints them.
    fn printed(&self, row: &str) -> String {
        let printed = self.columns.iter().map(|(column, kind)| {
            let value = format!("{row}.{column}");
            let bytes = match kind.as_str() {
                "bigint" => format!("'\\x01'::bytea || int8send({value})"),
                "bytea" => format!("'\\x04'::bytea || int8send(octet_length({value})) || {value}"),
                _ => format!("'\\x03'::bytea || int8send(octet_length({value})) || convert_to({value}, 'UTF8')"),
            };
            format!("coalesce({bytes}, '\\x000000000000000000'::bytea)")
        });
        printed.collect::<Vec<_>>().join(" || ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::postgres::copy;
    use crate::postgres::server::{self, connected};
    use crate::sqlite;

    const COUNTY: &str = "999999";

    fn ring() -> Ring {
        Ring::new(COUNTY, [7; 16])
    }

    fn guarded_county(database: &server::Database) -> Connection {
        let conn = connected(database);
        migrations::migrate(&conn).unwrap();
        install(&conn, &ring(), COUNTY).unwrap();
        prepare(&conn).unwrap();
        conn
    }

    /// As a transaction of the writer.
    fn written(conn: &Connection, sql: &str) {
        in_transaction(conn, || {
            conn.execute_batch(sql)?;
            seal(conn, &ring(), COUNTY)
        })
        .unwrap();
    }

    /// What verification says of the rows beside the journal.
    fn wrongs(conn: &Connection) -> Vec<String> {
        conn.begin_reading().unwrap();
        let copy = copy::to_nowhere(conn, COUNTY).unwrap();
        conn.roll_back().unwrap();
        sqlite::guard::register(copy.sqlite(), &ring()).unwrap();
        let (_, wrongs) = sqlite::guard::wrongs(copy.sqlite(), "main").unwrap();
        wrongs.into_iter().map(|(place, _)| place).collect()
    }

    const ROWS: &str =
        "INSERT INTO seen (county, recipient, person, seq) VALUES ('999999', 'o''ffice \\ 甲', 'zhou', -1);
        INSERT INTO wrong_try (county, counter, failures, last) VALUES ('999999', '\\x00ff27', 3, '2022-03-01');
        INSERT INTO key_turn (county, blind, next, reached) VALUES ('999999', '', NULL, '');
        INSERT INTO session (county, digest, person, way, stage, address, agent, created, seen, ends)
        SELECT '999999', 'd' || n, 'zhou', '', '', '', '', '', '', '' FROM generate_series(1, 3000) AS n";

    #[test]
    fn the_codes_are_those_of_sqlite() {
        let Some(database) = server::database() else { return };
        let conn = guarded_county(&database);
        written(&conn, ROWS);
        written(
            &conn,
            "UPDATE seen SET seq = 9 WHERE county = '999999'; UPDATE seen SET recipient = 'x' WHERE county = '999999'",
        );
        written(&conn, "DELETE FROM session WHERE county = '999999' AND digest <= 'd2'");
        assert_eq!(wrongs(&conn), Vec::<String>::new());
        let codes: u64 = conn
            .query_row("SELECT count(*) FROM row_code WHERE county = ?1 AND name = 'session'", [COUNTY], |row| {
                row.get(0)
            })
            .unwrap();
        let rows: u64 =
            conn.query_row("SELECT count(*) FROM session WHERE county = ?1", [COUNTY], |row| row.get(0)).unwrap();
        assert_eq!((codes, rows > 1000), (rows, true));
    }

    #[test]
    fn what_is_taken_back_leaves_no_code() {
        let Some(database) = server::database() else { return };
        let conn = guarded_county(&database);
        in_transaction(&conn, || {
            conn.savepoint("job")?;
            conn.execute_batch(ROWS)?;
            conn.roll_back_to("job")?;
            conn.release("job")?;
            seal(&conn, &ring(), COUNTY)
        })
        .unwrap();
        let codes: u64 = conn
            .query_row("SELECT count(*) FROM row_code WHERE county = ?1 AND name = 'seen'", [COUNTY], |row| row.get(0))
            .unwrap();
        assert_eq!(codes, 0);
    }

    /// Whoever has the database and not the program gets nothing sealed: not by changing a row, not by making notes.
    #[test]
    fn what_another_session_changes_is_found() {
        let Some(database) = server::database() else { return };
        let conn = guarded_county(&database);
        written(&conn, ROWS);
        let mut other = database.connect();
        other
            .batch_execute(
                "CREATE TEMP TABLE row_touched (n BIGINT, name TEXT, key TEXT, bytes BYTEA);
                 UPDATE seen SET seq = 0; UPDATE key_turn SET reached = 'x'; DELETE FROM session WHERE digest = 'd7';",
            )
            .unwrap();
        written(&conn, "UPDATE wrong_try SET failures = 0 WHERE county = '999999'");
        let found = [
            "table key_turn, row '999999'",
            "table seen, row '999999','o''ffice \\ 甲','zhou'",
            "table session, row '999999','d7'",
        ];
        assert_eq!(wrongs(&conn), found);
    }

    /// What stood there before a table was guarded gets its codes once; triggers that somebody changed are put back.
    #[test]
    fn a_start_codes_what_was_not_guarded_and_nothing_else() {
        let Some(database) = server::database() else { return };
        let conn = connected(&database);
        migrations::migrate(&conn).unwrap();
        conn.execute_batch(ROWS).unwrap();
        install(&conn, &ring(), COUNTY).unwrap();
        assert_eq!(wrongs(&conn), Vec::<String>::new());
        conn.execute_batch("ALTER TABLE seen DISABLE TRIGGER ALL; UPDATE seen SET seq = 0 WHERE county = '999999'")
            .unwrap();
        install(&conn, &ring(), COUNTY).unwrap();
        assert_eq!(wrongs(&conn).len(), 1);
        prepare(&conn).unwrap();
        written(&conn, "UPDATE seen SET seq = 2 WHERE county = '999999'");
        assert_eq!(wrongs(&conn), Vec::<String>::new());
    }
}
