//! Migrations (迁移) on PostgreSQL. A script, once released, is never edited.
//!
//! Nodes are changed one after the other, so an older program meets a newer schema. A script that only adds (expands) lets it go on; one that
//! takes away what older programs use (contracts) comes a release later and says who may still run: the ledger keeps it beside the script.

use crate::db::{Connection, params};
use crate::fault::Fault;

use super::in_transaction;

struct Script {
    sql: &'static str,
    /// The least number of scripts that a program must know to run on a schema with this one.
    least: i64,
}

const SCRIPTS: [Script; 2] = [
    Script { sql: include_str!("migrations/0001-first.sql"), least: 1 },
    Script { sql: include_str!("migrations/0002-calendar.sql"), least: 1 },
];

const LEDGER: &str = "CREATE TABLE IF NOT EXISTS migration
    (number BIGINT PRIMARY KEY, digest TEXT COLLATE \"C\" NOT NULL, least BIGINT NOT NULL)";
/// Held by whoever changes the schema: nodes that start together wait for each other.
pub(super) const LOCK: i64 = 0x676f_6e67_6261_6f01;

/// Brings a database up to date, or says why it does not fit this program.
pub(crate) fn migrate(conn: &Connection) -> Result<(), Fault> {
    run(conn, &SCRIPTS)
}

fn run(conn: &Connection, scripts: &[Script]) -> Result<(), Fault> {
    in_transaction(conn, || {
        conn.execute("SELECT pg_advisory_xact_lock(?1)", [LOCK])?;
        conn.execute_batch(LEDGER)?;
        let done = check(conn, scripts)?;
        for (number, script) in (1i64..).zip(scripts).skip(done) {
            conn.execute_batch(script.sql)?;
            let note = "INSERT INTO migration (number, digest, least) VALUES (?1, ?2, ?3)";
            conn.execute(note, params![number, digest(script), script.least])?;
        }
        Ok(())
    })
}

fn digest(script: &Script) -> String {
    trust::sm3(script.sql.as_bytes()).to_string()
}

/// How many of the scripts were run. Those that this program does not know must allow it.
fn check(conn: &Connection, scripts: &[Script]) -> Result<usize, Fault> {
    let mut statement = conn.prepare("SELECT number, digest, least FROM migration ORDER BY number")?;
    let run = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let run: Vec<(i64, String, i64)> = run.collect::<Result<_, _>>()?;
    for (place, (number, noted, least)) in run.iter().enumerate() {
        let what = match scripts.get(place) {
            Some(script) if *noted != digest(script) => {
                format!("migration {number} was run from a different script")
            }
            None if *least > scripts.len() as i64 => {
                format!("version {number} asks for a program that knows {least}; this one knows {}", scripts.len())
            }
            _ => continue,
        };
        return Err(Fault::Schema { what });
    }
    Ok(run.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::postgres::server::{self, connected};
    use std::collections::BTreeMap;

    /// What a database consists of: columns of each table as name, type, whether it may be null and place in the key; indexes as columns.
    #[derive(Debug, Default, PartialEq)]
    struct Shape {
        tables: BTreeMap<String, Vec<(String, String, bool, usize)>>,
        indexes: BTreeMap<String, (String, bool, bool, Vec<String>)>,
    }

    fn sqlite() -> Shape {
        let conn = rusqlite::Connection::open_in_memory().unwrap();
        conn.execute_batch(include_str!("../sqlite/schema.sql")).unwrap();
        let list = |sql: &str, name: &str| -> Vec<Vec<String>> {
            let mut statement = conn.prepare(sql).unwrap();
            let width = statement.column_count();
            let rows = statement.query_map([name], |row| {
                (0..width).map(|column| row.get::<_, String>(column)).collect::<Result<Vec<_>, _>>()
            });
            rows.unwrap().collect::<Result<_, _>>().unwrap()
        };
        let mut shape = Shape::default();
        // The indexes of words are of SQLite's own kind.
        let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'publication_index%'
                      AND name NOT LIKE 'publication_title%' AND name <> ?1";
        for table in list(tables, "migration") {
            let columns = "SELECT name, type, CAST(\"notnull\" AS TEXT), CAST(pk AS TEXT) FROM pragma_table_info(?1)";
            let columns = list(columns, &table[0]).into_iter().map(|column| {
                let kind = match column[1].as_str() {
                    "INTEGER" => "bigint",
                    "BLOB" => "bytea",
                    _ => "text",
                };
                (column[0].clone(), kind.to_owned(), column[2] == "0", column[3].parse().unwrap())
            });
            shape.tables.insert(table[0].clone(), columns.collect());
            let indexes = "SELECT name, CAST(\"unique\" AS TEXT), CAST(partial AS TEXT) FROM pragma_index_list(?1) WHERE origin = 'c'";
            for index in list(indexes, &table[0]) {
                let columns = list("SELECT name FROM pragma_index_info(?1) ORDER BY seqno", &index[0]);
                let columns = columns.into_iter().map(|column| column[0].clone()).collect();
                shape.indexes.insert(index[0].clone(), (table[0].clone(), index[1] == "1", index[2] == "1", columns));
            }
        }
        shape
    }

    fn postgres(client: &mut postgres::Client) -> Shape {
        let mut shape = Shape::default();
        let columns = "SELECT c.table_name::text, c.column_name::text, c.data_type::text, c.is_nullable = 'YES',
            coalesce(array_position(k.columns, c.column_name::text), 0), coalesce(c.collation_name::text, '')
            FROM information_schema.columns AS c LEFT JOIN (SELECT i.indrelid::regclass::text AS name,
                array_agg(a.attname::text ORDER BY array_position(i.indkey::int2[], a.attnum)) AS columns
                FROM pg_index AS i JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
                WHERE i.indisprimary GROUP BY i.indrelid) AS k ON k.name = quote_ident(c.table_name::text)
            WHERE c.table_schema = 'public' ORDER BY c.table_name, c.ordinal_position";
        for row in client.query(columns, &[]).unwrap() {
            let (table, column, kind): (String, String, String) = (row.get(0), row.get(1), row.get(2));
            let collated = row.get::<_, String>(5) == "C";
            assert_eq!(kind == "text", collated, "{table}.{column}: texts are compared byte by byte, as on SQLite");
            let place = usize::try_from(row.get::<_, i32>(4)).unwrap();
            shape.tables.entry(table).or_default().push((column, kind, row.get(3), place));
        }
        let indexes = "SELECT i.indexrelid::regclass::text, i.indrelid::regclass::text, i.indisunique, i.indpred IS NOT NULL,
            ARRAY(SELECT pg_get_indexdef(i.indexrelid, n, true) FROM generate_series(1, i.indnkeyatts) AS n)
            FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid JOIN pg_namespace AS s ON s.oid = c.relnamespace
            WHERE s.nspname = 'public' AND NOT i.indisprimary";
        for row in client.query(indexes, &[]).unwrap() {
            let table = row.get::<_, String>(1).replace('"', "");
            shape.indexes.insert(row.get(0), (table, row.get(2), row.get(3), row.get(4)));
        }
        shape
    }

    #[test]
    fn both_schemas_have_the_same_tables_columns_and_keys() {
        let Some(database) = server::database() else { return };
        let conn = connected(&database);
        migrate(&conn).unwrap();
        migrate(&conn).unwrap();
        let mut here = postgres(&mut database.connect());
        for (table, columns) in &here.tables {
            let first = columns.iter().find(|column| column.3 == 1).map(|column| column.0.as_str());
            assert_eq!(first, Some(if table == "migration" { "number" } else { "county" }), "{table}");
        }
        for own in ["county_mark", "file_content", "migration", "publication_index"] {
            here.tables.remove(own).unwrap();
        }
        // An index of words has the county as one of the words.
        for words in ["publication_index_by_word", "publication_index_by_title"] {
            here.indexes.remove(words).unwrap();
        }
        for (name, (.., columns)) in &here.indexes {
            assert_eq!(columns[0], "county", "{name}");
        }
        let there = sqlite();
        assert_eq!(here.tables, there.tables);
        assert_eq!(here.indexes, there.indexes);
    }

    #[test]
    fn an_altered_history_is_refused() {
        let Some(database) = server::database() else { return };
        let conn = connected(&database);
        migrate(&conn).unwrap();
        conn.execute_batch("UPDATE migration SET digest = 'x'").unwrap();
        assert!(matches!(migrate(&conn), Err(Fault::Schema { .. })));
    }

    /// A node of the release before goes on while the schema grows, and stops where something that it uses is gone.
    #[test]
    fn an_older_program_runs_on_what_only_grew() {
        let Some(database) = server::database() else { return };
        let conn = connected(&database);
        let first = || Script { sql: "CREATE TABLE a (county TEXT PRIMARY KEY)", least: 1 };
        let expands = || Script { sql: "ALTER TABLE a ADD COLUMN more BIGINT", least: 1 };
        let contracts = || Script { sql: "ALTER TABLE a RENAME TO b", least: 2 };
        run(&conn, &[first(), expands()]).unwrap();
        run(&conn, &[first()]).unwrap();
        run(&conn, &[first(), expands(), contracts()]).unwrap();
        run(&conn, &[first(), expands()]).unwrap();
        let refused = run(&conn, &[first()]).unwrap_err();
        assert!(matches!(refused, Fault::Schema { .. }), "{refused}");
    }

    #[test]
    fn nodes_that_start_together_make_one_schema() {
        let Some(database) = server::database() else { return };
        std::thread::scope(|scope| {
            let starts: Vec<_> = (0..4).map(|_| scope.spawn(|| migrate(&connected(&database)))).collect();
            for start in starts {
                assert_eq!(start.join().unwrap(), Ok(()));
            }
        });
    }
}
