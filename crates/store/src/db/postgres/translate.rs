//! Statements as PostgreSQL writes them (方言): the store's are written as SQLite reads them, and differ in few words.

/// The statement in PostgreSQL's words.
pub(super) fn translate(sql: &str) -> String {
    let mut out = String::with_capacity(sql.len());
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\'' | '"' => quoted(rest, first),
            '?' => {
                out.push('$');
                rest = &rest[1..];
                continue;
            }
            '+' if is_sign(&out, rest) => {
                rest = &rest[1..];
                continue;
            }
            'A'..='Z' | 'a'..='z' | '_' => {
                let word = word(rest);
                rest = &rest[word.len()..];
                rest = put_word(&mut out, word, rest);
                continue;
            }
            other => other.len_utf8(),
        };
        out.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    out
}

/// Puts a word in PostgreSQL's way; what is left to read.
fn put_word<'r>(out: &mut String, word: &str, rest: &'r str) -> &'r str {
    match word {
        "INDEXED" => {
            // The planner there takes no advice.
            let index = rest.trim_start().trim_start_matches("BY").trim_start();
            return &index[self::word(index).len()..];
        }
        // Said to SQLite to keep the order of a join; the condition stays.
        "CROSS" => return rest.trim_start(),
        "LIKE" => out.push_str("ILIKE"),
        "instr" => out.push_str("strpos"),
        "min" if takes_more(rest) => out.push_str("least"),
        "max" if takes_more(rest) => out.push_str("greatest"),
        "SELECT" if rest.trim_start().starts_with("value FROM json_each(") => {
            let argument = &rest[rest.find('(').map_or(rest.len(), |at| at + 1)..];
            let end = argument.find(')').unwrap_or(argument.len());
            out.push_str(&format!("SELECT json_array_elements_text(CAST({} AS json))", translate(&argument[..end])));
            return argument.get(end + 1..).unwrap_or("");
        }
        other => out.push_str(other),
    }
    rest
}

fn word(text: &str) -> &str {
    let end = text.find(|character: char| !character.is_ascii_alphanumeric() && character != '_');
    &text[..end.unwrap_or(text.len())]
}

/// The length of a quoted text or name, its quotes included.
fn quoted(text: &str, quote: char) -> usize {
    text[1..].find(quote).map_or(text.len(), |end| end + 2)
}

/// A plus before a column, which keeps SQLite from an index; to PostgreSQL it would be a sum.
fn is_sign(before: &str, rest: &str) -> bool {
    let column = rest[1..].starts_with(|character: char| character.is_ascii_alphabetic());
    column && before.ends_with([' ', '(', '\n'])
}

/// Whether a function is called with more than one argument.
fn takes_more(rest: &str) -> bool {
    let mut depth = 0;
    for character in rest.chars() {
        match character {
            '(' => depth += 1,
            ')' if depth <= 1 => return false,
            ')' => depth -= 1,
            ',' if depth == 1 => return true,
            _ if depth == 0 => return false,
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::translate;

    #[test]
    fn each_difference_has_its_form() {
        for (sqlite, postgres) in [
            (
                "SELECT a FROM b WHERE c = ?1 AND d = '?1 min(a, b)'",
                "SELECT a FROM b WHERE c = $1 AND d = '?1 min(a, b)'",
            ),
            ("SELECT id FROM matter INDEXED BY matter_open WHERE a = ?1", "SELECT id FROM matter WHERE a = $1"),
            (
                "place IN (SELECT value FROM json_each(?3)) AND b",
                "place IN (SELECT json_array_elements_text(CAST($3 AS json))) AND b",
            ),
            ("SET seq = max(seen.seq, ?2)", "SET seq = greatest(seen.seq, $2)"),
            ("SELECT min(coalesce(a, b)), max(c), min(d)", "SELECT min(coalesce(a, b)), max(c), min(d)"),
            ("a AS a CROSS JOIN b ON c", "a AS a JOIN b ON c"),
            ("(+w.seq, w.n) > (v.seq, v.n) ORDER BY +day, a + b", "(w.seq, w.n) > (v.seq, v.n) ORDER BY day, a + b"),
            ("instr(why, ?7) > 0 AND a LIKE ?4", "strpos(why, $7) > 0 AND a ILIKE $4"),
        ] {
            assert_eq!(translate(sqlite).replace("  ", " "), postgres);
        }
    }
}
