//! Seals of rows (行封签): what lies beside the journal cannot be computed anew from it, so each of its rows has a code over all its
//! columns that only who has the county's key can make.
//!
//! Triggers write the codes: nothing that writes a table has to know of them, and a table that a later migration adds is guarded when the
//! store is next opened. Whoever changes a row without the program has no function to make its code with. What cannot be seen is a row
//! taken away together with its code, or all codes of a table taken away together with the mark that it has any.

use crate::fault::Fault;
use crate::ring::Ring;
use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, params};

use crate::sql::project::TABLES;
use crate::sql::rebuild::print_value;

/// Tables that are checked in other ways, besides the projections.
const OTHERWISE: [&str; 8] =
    ["act", "county_mark", "file_content", "log_bundle", "log_checkpoint", "log_tile", "migration", "row_code"];
/// Indexes of words, whose tables are SQLite's own.
const WORDS: [&str; 2] = ["publication_index", "publication_title"];

/// A table with its columns, in order, and those of its key.
struct Guarded {
    name: String,
    columns: Vec<String>,
    key: Vec<String>,
}

/// Makes `row_code(table, key, column…)` known to a connection.
pub(crate) fn register(conn: &Connection, ring: &Ring) -> Result<(), Fault> {
    let key = ring.row_key();
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    conn.create_scalar_function("row_code", -1, flags, move |values| {
        let mut bytes = Vec::new();
        for place in 0..values.len() {
            print_value(&mut bytes, values.get_raw(place).into());
        }
        Ok(*trust::mac(key.as_bytes(), &bytes).as_bytes())
    })?;
    Ok(())
}

/// Sets up the triggers. The rows of a table that was not guarded before, or not with these columns, get their codes; those of a table that
/// is known keep theirs, also when somebody took the triggers away.
pub(crate) fn install(conn: &Connection, ring: &Ring) -> Result<(), Fault> {
    register(conn, ring)?;
    let transaction = conn.unchecked_transaction()?;
    for table in guarded(&transaction, "main")? {
        let mark = table.mark();
        let known = "SELECT count(*), coalesce(sum(code IS NOT row_code('', name, key)), 0), coalesce(sum(key = ?2), 0)
                     FROM row_code WHERE county = '' AND name = ?1";
        let (marks, altered, same): (u64, u64, u64) =
            transaction.query_row(known, [&table.name, &mark], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        if marks == 0 || (altered == 0 && same == 0) {
            table.code_all(&transaction, &mark)?;
        }
        table.put_triggers(&transaction)?;
    }
    transaction.commit()?;
    Ok(())
}

/// Where something is wrong, and what.
type Wrong = (String, &'static str);

/// Rows that do not have their code, and codes without a row: table and key of each, after how many tables were looked at.
pub(crate) fn wrongs(conn: &Connection, schema: &str) -> Result<(u64, Vec<Wrong>), Fault> {
    let (mut tables, mut wrongs) = (0, Vec::new());
    let marks = format!("SELECT name FROM {schema}.row_code WHERE county = '' AND code IS NOT row_code('', name, key)");
    for name in conn.prepare(&marks)?.query_map([], |row| row.get::<_, String>(0))? {
        wrongs.push((
            format!("table row_code, row {}", name?),
            "封签记录被改动 / altered: the codes of this table cannot be relied on",
        ));
    }
    for table in guarded(conn, schema)? {
        tables += 1;
        let (name, key, code) = (&table.name, table.key_of("t."), table.code_of("t."));
        let altered = format!(
            "SELECT {key} FROM {schema}.{name} AS t LEFT JOIN {schema}.row_code AS c
             ON c.county = t.county AND c.name = '{name}' AND c.key = {key} WHERE c.code IS NOT {code}"
        );
        let gone = format!(
            "SELECT c.key FROM {schema}.row_code AS c WHERE c.name = '{name}' AND c.county <> '' AND NOT EXISTS
             (SELECT 1 FROM {schema}.{name} AS t WHERE t.county = c.county AND {key} = c.key)"
        );
        let kinds = [
            (altered, "改动过：与其封签不符 / altered: it does not fit its code"),
            (gone, "被删去：只剩封签 / taken away: only its code is left"),
        ];
        for (sql, what) in kinds {
            let mut statement = conn.prepare(&sql)?;
            let keys = statement.query_map([], |row| row.get::<_, String>(0))?;
            for key in keys {
                wrongs.push((format!("table {name}, row {}", key?), what));
            }
        }
    }
    Ok((tables, wrongs))
}

/// Whether the rows of a table have codes.
pub(crate) fn is_guarded(name: &str) -> bool {
    let is_projection = TABLES.iter().any(|(table, _)| *table == name);
    !is_projection && !OTHERWISE.contains(&name) && !WORDS.iter().any(|word| name.starts_with(word))
}

fn guarded(conn: &Connection, schema: &str) -> Result<Vec<Guarded>, Fault> {
    let sql = format!(
        "SELECT name FROM {schema}.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"
    );
    let names: Vec<String> = conn.prepare(&sql)?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    names.into_iter().filter(|name| is_guarded(name)).map(|name| columns(conn, schema, name)).collect()
}

fn columns(conn: &Connection, schema: &str, name: String) -> Result<Guarded, Fault> {
    let mut statement = conn.prepare("SELECT name, pk FROM pragma_table_info(?1, ?2) ORDER BY cid")?;
    let found = statement.query_map([&name, schema], |row| Ok((row.get::<_, String>(0)?, row.get::<_, u32>(1)?)))?;
    let found: Vec<(String, u32)> = found.collect::<Result<_, _>>()?;
    let mut key: Vec<&(String, u32)> = found.iter().filter(|(_, place)| *place > 0).collect();
    key.sort_by_key(|(_, place)| place);
    let key = key.into_iter().map(|(column, _)| column.clone()).collect();
    Ok(Guarded { name, columns: found.into_iter().map(|(column, _)| column).collect(), key })
}

impl Guarded {
    /// What stands for the table among the codes: its columns. Only who has the key can write it.
    fn mark(&self) -> String {
        self.columns.join(" ")
    }

    /// Makes the codes of all rows anew.
    fn code_all(&self, conn: &Connection, mark: &str) -> Result<(), Fault> {
        let name = &self.name;
        conn.execute("DELETE FROM row_code WHERE name = ?1", [name])?;
        let put = "INSERT INTO row_code (county, name, key, code) VALUES ('', ?1, ?2, row_code('', ?1, ?2))";
        conn.execute(put, [name.as_str(), mark])?;
        conn.execute_batch(&format!(
            "INSERT INTO row_code (county, name, key, code) SELECT county, '{name}', {}, {} FROM {name}",
            self.key_of(""),
            self.code_of("")
        ))?;
        Ok(())
    }

    fn put_triggers(&self, conn: &Connection) -> Result<(), Fault> {
        let triggers = self.triggers();
        let there: u64 = conn.query_row(
            "SELECT count(*) FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?1 AND sql IN (?2, ?3, ?4)",
            params![self.name, triggers[0], triggers[1], triggers[2]],
            |row| row.get(0),
        )?;
        if there < triggers.len() as u64 {
            for event in ["insert", "update", "delete"] {
                conn.execute_batch(&format!("DROP TRIGGER IF EXISTS row_code_{}_{event}", self.name))?;
            }
            triggers.iter().try_for_each(|trigger| conn.execute_batch(trigger))?;
        }
        Ok(())
    }

    /// The key of a row as one text, in SQL.
    fn key_of(&self, row: &str) -> String {
        let quoted: Vec<String> = self.key.iter().map(|column| format!("quote({row}\"{column}\")")).collect();
        quoted.join(" || ',' || ")
    }

    /// The code of a row, in SQL.
    fn code_of(&self, row: &str) -> String {
        let columns: Vec<String> = self.columns.iter().map(|column| format!("{row}\"{column}\"")).collect();
        format!("row_code('{}', {})", self.name, columns.join(", "))
    }

    fn triggers(&self) -> [String; 3] {
        let name = &self.name;
        let put = format!(
            "INSERT OR REPLACE INTO row_code (county, name, key, code) VALUES (NEW.county, '{name}', {}, {})",
            self.key_of("NEW."),
            self.code_of("NEW.")
        );
        let drop = format!(
            "DELETE FROM row_code WHERE county = OLD.county AND name = '{name}' AND key = {}",
            self.key_of("OLD.")
        );
        [
            format!("CREATE TRIGGER row_code_{name}_insert AFTER INSERT ON {name} BEGIN {put}; END"),
            format!("CREATE TRIGGER row_code_{name}_update AFTER UPDATE ON {name} BEGIN {drop}; {put}; END"),
            format!("CREATE TRIGGER row_code_{name}_delete AFTER DELETE ON {name} BEGIN {drop}; END"),
        ]
    }
}
