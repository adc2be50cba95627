//! Every statement names the county (按县分布): the schema distributes by county, so a statement that does not say which would look through all
//! of them, or write to another. Checked where a statement is prepared, in every build but a release: whatever a test runs is seen.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// The tables that have a county, as a schema says.
fn tables(schema: &'static str) -> BTreeSet<&'static str> {
    let made = schema.lines().filter_map(|line| line.strip_prefix("CREATE TABLE "));
    made.filter_map(|line| line.split(' ').next()).collect()
}

static SQLITE: LazyLock<BTreeSet<&str>> = LazyLock::new(|| tables(include_str!("../sqlite/schema.sql")));
static POSTGRES: LazyLock<BTreeSet<&str>> =
    LazyLock::new(|| tables(include_str!("../postgres/migrations/0001-first.sql")));

/// Panics at a statement that leaves the county open.
pub(super) fn check(sql: &str, is_postgres: bool) {
    thread_local! {
        static SEEN: RefCell<BTreeSet<String>> = const { RefCell::new(BTreeSet::new()) };
    }
    let tables = if is_postgres { &POSTGRES } else { &SQLITE };
    SEEN.with_borrow_mut(|seen| {
        if !seen.contains(sql) {
            assert!(is_keyed(sql, tables), "a statement does not say of which county: {sql}");
            seen.insert(sql.to_owned());
        }
    });
}

/// Each table that is named has its county named, one of them as a parameter or a column that is written.
fn is_keyed(sql: &str, known: &BTreeSet<&str>) -> bool {
    let tokens = tokens(sql);
    let before = |place: usize, n: usize| place.checked_sub(n).map_or("", |place| tokens[place]);
    let introduces = |token: &str| ["FROM", "JOIN", "INTO", "UPDATE"].contains(&token);
    let (mut tables, mut counties, mut given) = (0, 0, false);
    for (place, token) in tokens.iter().enumerate() {
        let after = |n: usize| tokens.get(place + n).copied().unwrap_or_default();
        if known.contains(token) && introduces(before(place, 1)) && after(1) != "." {
            tables += 1;
        }
        if *token == "county" {
            counties += 1;
            let written = before(place, 1) == "(" && before(place, 3) == "INTO";
            given |= written || (after(1) == "=" && after(2) == "?");
        }
    }
    tables == 0 || (given && counties >= tables)
}

/// Words and signs; numbers of parameters and what stands in quotes are left out.
fn tokens(sql: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let is_word = |character: char| character.is_alphanumeric() || character == '_';
        let length = match first {
            '\'' => rest[1..].find('\'').map_or(rest.len(), |end| end + 2),
            first if is_word(first) => rest.find(|character| !is_word(character)).unwrap_or(rest.len()),
            first => first.len_utf8(),
        };
        let (token, after) = rest.split_at(length);
        if first != '\'' && !first.is_whitespace() && !first.is_ascii_digit() {
            tokens.push(if token == "$" { "?" } else { token });
        }
        rest = after;
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_says_of_which_county() {
        for sql in [
            "SELECT title FROM matter WHERE county = ?1 AND id = ?2",
            "SELECT m.title FROM todo AS t JOIN matter AS m USING (county, id) WHERE t.county = $1",
            "INSERT INTO seen (county, recipient) VALUES (?1, ?2) ON CONFLICT (county) DO UPDATE SET seq = excluded.seq",
            "SELECT name FROM pragma_table_info(?1)",
            "BEGIN",
        ] {
            assert!(is_keyed(sql, &SQLITE), "{sql}");
        }
        for sql in [
            "SELECT title FROM matter WHERE id = ?1",
            "SELECT m.title FROM todo AS t JOIN matter AS m ON m.id = t.matter WHERE t.county = ?1",
            "DELETE FROM todo",
            "UPDATE clock SET due = 'county = ?1'",
            "SELECT county FROM act WHERE seq = ?1",
            "INSERT INTO seen (recipient, county) SELECT recipient, county FROM inbox",
        ] {
            assert!(!is_keyed(sql, &SQLITE), "{sql}");
        }
    }
}
