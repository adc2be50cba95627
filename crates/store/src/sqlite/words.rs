//! The index of words (词语索引) on SQLite: two tables of FTS5, one of titles and one of all texts.

use crate::db::{Connection, params};
use crate::fault::Fault;
use crate::search::{Expression, Phrase, Sought, Texts};

/// Makes the index say what a publication has now; `None` = it is not found any more.
pub(crate) fn put(conn: &Connection, entry: i64, texts: Option<&Texts>) -> Result<(), Fault> {
    conn.prepare_cached("DELETE FROM publication_index WHERE rowid = ?1")?.execute([entry])?;
    conn.prepare_cached("DELETE FROM publication_title WHERE rowid = ?1")?.execute([entry])?;
    let Some(texts) = texts else { return Ok(()) };
    let filter = texts.filter.join(" ");
    conn.prepare_cached(
        "INSERT INTO publication_index (rowid, title, head, body, filter) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![entry, texts.title, texts.head, texts.body, filter])?;
    conn.prepare_cached("INSERT INTO publication_title (rowid, title, filter) VALUES (?1, ?2, ?3)")?
        .execute(params![entry, texts.title, filter])?;
    Ok(())
}

pub(crate) fn empty(conn: &Connection) -> Result<(), Fault> {
    conn.execute_batch(
        "INSERT INTO publication_index (publication_index) VALUES ('delete-all');
         INSERT INTO publication_title (publication_title) VALUES ('delete-all');",
    )?;
    Ok(())
}

/// What finds entries, the latest first, in a column `found`: SQL and its value `?2`.
pub(crate) fn entries(sought: Sought<'_>) -> (String, String) {
    let (sql, columns) = match sought.titles {
        true => (
            "SELECT rowid AS found FROM publication_title WHERE publication_title MATCH ?2 ORDER BY rowid DESC",
            "{title}",
        ),
        false => (
            "SELECT rowid AS found FROM publication_index WHERE publication_index MATCH ?2 ORDER BY rowid DESC",
            "{title head body}",
        ),
    };
    let words = sought.expression.map(|expression| format!("({columns} : {})", rendered(expression)));
    let filter = sought.filter.iter().map(|word| format!("filter : \"{word}\""));
    (sql.to_owned(), words.into_iter().chain(filter).collect::<Vec<_>>().join(" AND "))
}

fn rendered(expression: &Expression) -> String {
    let joined = |parts: &[Expression], by: &str| {
        let parts: Vec<String> = parts.iter().map(rendered).collect();
        format!("({})", parts.join(by))
    };
    match expression {
        Expression::Phrase(phrase) => quoted(phrase),
        Expression::Near(left, right, between) => format!("NEAR({} {}, {between})", quoted(left), quoted(right)),
        Expression::All(parts) => joined(parts, " AND "),
        Expression::Any(parts) => joined(parts, " OR "),
    }
}

fn quoted(phrase: &Phrase) -> String {
    format!("\"{}\"{}", phrase.words.join(" "), if phrase.open { " *" } else { "" })
}
