//! The index of words (词语索引) on PostgreSQL: a row per publication with its texts, and its words in two vectors, of titles and of all
//! texts. The vectors have no positions: PostgreSQL keeps no more than 256 of a word and none beyond 16383, which a five-year plan
//! exceeds. So the index says which texts have all words, and the texts themselves whether they stand side by side.
//!
//! The county and the values that searches are narrowed by are words with a sign before them: the index is as good as one by county.

use crate::db::{Connection, params};
use crate::fault::Fault;
use crate::search::{Expression, Phrase, Sought, Texts};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Bytes of a word in a vector. What is longer is cut there, and the texts are asked.
const WORD_MAX: usize = 200;
/// Bytes of all words of a vector; PostgreSQL takes no more than a megabyte.
const VECTOR_MAX: usize = 1_000_000;
/// Stands for all words of a text that has more than fit: its texts are always asked.
const ALL: &str = "*";
/// Stands before the values that searches are narrowed by, so that they are no words.
const VALUE: &str = "=";

/// Makes the index say what a publication has now; `None` = it is not found any more.
pub(crate) fn put(conn: &Connection, county: &str, entry: i64, texts: Option<&Texts>) -> Result<(), Fault> {
    let forget = "DELETE FROM publication_index WHERE county = ?1 AND entry = ?2";
    conn.prepare_cached(forget)?.execute(params![county, entry])?;
    let Some(texts) = texts else { return Ok(()) };
    let row = indexed(county, texts);
    conn.prepare_cached(
        "INSERT INTO publication_index (county, entry, title, texts, words, title_words, cut)
         VALUES (?1, ?2, ?3, ?4, CAST(CAST(?5 AS TEXT) AS tsvector), CAST(CAST(?6 AS TEXT) AS tsvector), ?7)",
    )?
    .execute(params![county, entry, row.title, row.texts, row.words, row.title_words, row.cut])?;
    Ok(())
}

pub(crate) fn empty(conn: &Connection, county: &str) -> Result<(), Fault> {
    conn.execute("DELETE FROM publication_index WHERE county = ?1", [county])?;
    Ok(())
}

/// What a row of the index has.
struct Indexed {
    title: String,
    texts: String,
    words: String,
    title_words: String,
    cut: bool,
}

/// A row of the index: words between blanks; a bar, which is no word, between texts.
fn indexed(county: &str, texts: &Texts) -> Indexed {
    let all = format!(" {} | {} | {} ", texts.title, texts.head, texts.body);
    let (words, title_words) = (distinct(&all), distinct(&texts.title));
    let cut = words.iter().map(String::len).sum::<usize>() > VECTOR_MAX;
    let kept = |words: BTreeSet<String>| if cut { BTreeSet::from([lexeme(ALL)]) } else { words };
    Indexed {
        title: format!(" {} ", texts.title),
        words: vector(county, texts, kept(words)),
        title_words: vector(county, texts, kept(title_words)),
        texts: all,
        cut,
    }
}

fn distinct(words: &str) -> BTreeSet<String> {
    words.split(' ').filter(|word| !word.is_empty() && *word != "|").map(lexeme).collect()
}

fn vector(county: &str, texts: &Texts, words: BTreeSet<String>) -> String {
    let values = texts.filter.iter().map(|word| value(word));
    words.into_iter().chain(values).chain([home(county)]).collect::<Vec<_>>().join(" ")
}

/// A word as a vector and a query are written.
fn lexeme(word: &str) -> String {
    let mut end = word.len().min(WORD_MAX);
    while !word.is_char_boundary(end) {
        end -= 1;
    }
    format!("'{}'", word[..end].replace('\\', "\\\\").replace('\'', "''"))
}

fn value(word: &str) -> String {
    lexeme(&format!("{VALUE}{word}"))
}

fn home(county: &str) -> String {
    value(&format!("n{county}"))
}

/// What finds entries, the latest first, in a column `found`: SQL and its value `?2`; `?1` is the county.
pub(crate) fn entries(county: &str, sought: Sought<'_>) -> (String, String) {
    let words = sought.expression.map(|expression| format!("('{ALL}' | {})", query(expression)));
    let values = sought.filter.iter().map(|word| value(word));
    let query: Vec<String> = [home(county)].into_iter().chain(values).chain(words).collect();
    let ways = sought.expression.map_or_else(|| vec![Vec::new()], ways);
    // Where there are several ways, a text is in the index for one of them, and nobody knows for which.
    let sure = ways.len() == 1 && ways[0].iter().all(|part| part["sure"] == true);
    let value = json!({ "words": query.join(" & "), "ways": ways, "sure": sure }).to_string();
    (if sought.titles { sql("title_words", "title") } else { sql("words", "texts") }, value)
}

/// Candidates are sorted before any of their texts is read, which ends when there are enough: a phrase that everything has costs no more than
/// a rare one. `OFFSET 0` keeps the planner from doing it the other way round.
fn sql(words: &str, text: &str) -> String {
    let asked = "CAST(CAST(?2 AS TEXT) AS jsonb)";
    format!(
        "SELECT entry AS found FROM (
            SELECT entry FROM publication_index WHERE county = ?1 AND {words} @@ CAST({asked} ->> 'words' AS tsquery)
            ORDER BY entry DESC OFFSET 0
        ) AS candidate WHERE EXISTS (
            SELECT 1 FROM publication_index AS whole WHERE county = ?1 AND whole.entry = candidate.entry
            AND ((cut = 0 AND (SELECT CAST({asked} ->> 'sure' AS boolean))) OR EXISTS (
                SELECT 1 FROM jsonb_array_elements({asked} -> 'ways') AS way (parts) WHERE NOT EXISTS (
                    SELECT 1 FROM jsonb_array_elements(parts) AS one (part) WHERE NOT (
                        strpos({text}, part ->> 'has') > 0 AND coalesce({text} ~ (part ->> 'like'), true)
                    )
                )
            )) OFFSET 0
        ) ORDER BY found DESC"
    )
}

/// What every hit has among its words.
fn query(expression: &Expression) -> String {
    let joined = |parts: Vec<String>, by: &str| format!("({})", parts.join(by));
    match expression {
        Expression::Phrase(phrase) => joined(lexemes(phrase), " & "),
        Expression::Near(left, right, _) => joined([lexemes(left), lexemes(right)].concat(), " & "),
        Expression::All(parts) => joined(parts.iter().map(query).collect(), " & "),
        Expression::Any(parts) => joined(parts.iter().map(query).collect(), " | "),
    }
}

fn lexemes(phrase: &Phrase) -> Vec<String> {
    let last = phrase.words.len() - 1;
    let mark = |place: usize| if place == last && phrase.open { ":*" } else { "" };
    phrase.words.iter().enumerate().map(|(place, word)| lexeme(word) + mark(place)).collect()
}

/// The ways to have it: one of them, and of that one all parts.
fn ways(expression: &Expression) -> Vec<Vec<Value>> {
    match expression {
        Expression::Phrase(phrase) => vec![vec![side_by_side(phrase)]],
        Expression::Near(left, right, between) => vec![vec![near(&left.words, &right.words, *between)]],
        Expression::Any(parts) => parts.iter().flat_map(ways).collect(),
        Expression::All(parts) => parts.iter().map(ways).fold(vec![Vec::new()], |done, next| {
            done.iter().flat_map(|way| next.iter().map(|more| [way.as_slice(), more].concat())).collect()
        }),
    }
}

/// A word alone that is shorter than any that was cut is as the index says.
fn side_by_side(phrase: &Phrase) -> Value {
    let sure = phrase.words.len() == 1 && phrase.words[0].len() + char::MAX_LEN_UTF8 < WORD_MAX;
    let end = if phrase.open { "" } else { " " };
    json!({ "has": format!(" {}{end}", phrase.words.join(" ")), "sure": sure })
}

/// Two phrases as FTS5 understands it: in either order, and they may share words. Words are letters and digits, so nothing in them means
/// anything to a pattern.
fn near(left: &[String], right: &[String], between: usize) -> Value {
    let (one, other) = (left.join(" "), right.join(" "));
    let gap = format!("(?: [^ |]+){{0,{between}}}");
    let mut patterns = vec![format!(" {one}{gap} {other} "), format!(" {other}{gap} {one} ")];
    patterns.extend(sharing(left, right));
    patterns.extend(sharing(right, left));
    json!({ "has": format!(" {one} "), "like": patterns.join("|"), "sure": false })
}

/// The words of two phrases of which the second begins within the first.
fn sharing(first: &[String], second: &[String]) -> Vec<String> {
    let begins = (0..first.len()).filter(|start| {
        let shared = first[*start..].iter().zip(second);
        shared.into_iter().all(|(one, other)| one == other)
    });
    let shared = |start: usize| {
        let more = second.iter().skip(first.len() - start);
        let words: Vec<&str> = first.iter().chain(more).map(String::as_str).collect();
        format!(" {} ", words.join(" "))
    };
    begins.map(shared).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::postgres::migrations;
    use crate::postgres::server::{self, connected};
    use crate::sql::words;
    use proptest::prelude::*;
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;

    const COUNTY: &str = "999999";

    /// The same index on SQLite and on PostgreSQL.
    struct Both([Connection; 2]);

    impl Both {
        fn on(database: &server::Database) -> Both {
            let large = connected(database);
            migrations::migrate(&large).unwrap();
            let small = Connection::Sqlite(rusqlite::Connection::open_in_memory().unwrap());
            small.execute_batch(include_str!("../sqlite/schema.sql")).unwrap();
            Both([small, large])
        }

        fn put(&self, entry: i64, texts: &Texts) {
            self.0.iter().for_each(|conn| words::put(conn, COUNTY, entry, Some(texts)).unwrap());
        }

        fn empty(&self) {
            self.0.iter().for_each(|conn| words::empty(conn, COUNTY).unwrap());
        }

        fn found(&self, sought: Sought<'_>) -> [Vec<i64>; 2] {
            self.0.each_ref().map(|conn| found(conn, COUNTY, sought))
        }
    }

    fn found(conn: &Connection, county: &str, sought: Sought<'_>) -> Vec<i64> {
        let (sql, value) = words::entries(conn, county, sought);
        let mut statement = conn.prepare_cached(&sql).unwrap();
        let rows = statement.query_map(params![county, value], |row| row.get(0)).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    }

    /// Few words, so that they meet often; one is the beginning of another.
    fn word() -> impl Strategy<Value = String> {
        prop::sample::select(vec!["甲乙", "乙丙", "丙丁", "甲", "乙", "a1", "a", "2022"]).prop_map(str::to_owned)
    }

    fn text(most: usize) -> impl Strategy<Value = String> {
        prop::collection::vec(word(), 0..most).prop_map(|words| words.join(" "))
    }

    fn values() -> impl Strategy<Value = Vec<String>> {
        prop::sample::subsequence(vec!["kdocument".to_owned(), "y2022".to_owned(), "i12ab".to_owned()], 0..=3)
    }

    fn texts() -> impl Strategy<Value = Texts> {
        (text(6), text(4), text(30), values()).prop_map(|(title, head, body, filter)| Texts {
            title,
            head,
            body,
            filter,
        })
    }

    fn side_by_side_words(open: bool) -> impl Strategy<Value = Phrase> {
        (prop::collection::vec(word(), 1..4), prop::bool::ANY)
            .prop_map(move |(words, goes_on)| Phrase { words, open: open && goes_on })
    }

    fn expression() -> impl Strategy<Value = Expression> {
        let leaf = prop_oneof![
            side_by_side_words(true).prop_map(Expression::Phrase),
            (side_by_side_words(false), side_by_side_words(false), 0usize..4)
                .prop_map(|(left, right, between)| Expression::Near(left, right, between)),
        ];
        leaf.prop_recursive(2, 8, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 1..4).prop_map(Expression::All),
                prop::collection::vec(inner, 1..4).prop_map(Expression::Any),
            ]
        })
    }

    #[test]
    fn both_databases_find_the_same() {
        let Some(database) = server::database() else { return };
        let both = Both::on(&database);
        let asked = (prop::collection::vec(texts(), 1..12), expression(), values(), prop::bool::ANY);
        let mut runner = TestRunner::deterministic();
        for _ in 0..300 {
            let (documents, expression, filter, titles) = asked.new_tree(&mut runner).unwrap().current();
            let filter: Vec<String> = filter;
            both.empty();
            for (entry, document) in (1..).zip(&documents) {
                both.put(entry, document);
            }
            let expression = Some(&expression);
            let [lite, large] = both.found(Sought { titles, expression, filter: &filter });
            assert_eq!(lite, large, "{expression:?} with {filter:?} in {documents:#?}");
            if filter.is_empty() {
                continue;
            }
            let [lite, large] = both.found(Sought { titles, expression: None, filter: &filter });
            assert_eq!(lite, large, "{filter:?} in {documents:#?}");
        }
    }

    fn one(words: &str, open: bool) -> Expression {
        Expression::Phrase(Phrase { words: words.split(' ').map(str::to_owned).collect(), open })
    }

    fn texts_of(body: String) -> Texts {
        Texts { title: "甲乙".to_owned(), body, ..Texts::default() }
    }

    /// A text longer than what PostgreSQL keeps positions of, one with more words than fit, and words too long for a vector.
    #[test]
    fn long_texts_are_found_by_what_stands_anywhere_in_them() {
        let Some(database) = server::database() else { return };
        let both = Both::on(&database);
        let often = "乙丙 ".repeat(20_000) + "丙丁 丁戊";
        let many: String = (0..200_000).map(|n| format!("w{n} ")).collect::<String>() + "丙丁 丁戊";
        let long = format!("{} {}", "长".repeat(900), "长".repeat(66) + "字");
        for (entry, body) in (1..).zip([often, many, long]) {
            both.put(entry, &texts_of(body));
        }
        let found = |words: &str, open: bool| {
            let expression = Some(&one(words, open));
            let [lite, large] = both.found(Sought { titles: false, expression, filter: &[] });
            assert_eq!(lite, large, "{words}");
            large
        };
        assert_eq!(found("丙丁 丁戊", false), [2, 1]);
        assert_eq!(found("丁戊 丙丁", false), [0i64; 0]);
        assert_eq!(found("w199999", false), [2]);
        assert_eq!(found("w200000", false), [0i64; 0]);
        assert_eq!(found(&"长".repeat(900), false), [3]);
        assert_eq!(found(&"长".repeat(899), false), [0i64; 0]);
        assert_eq!(found(&"长".repeat(66), false), [0i64; 0]);
        assert_eq!(found(&"长".repeat(66), true), [3]);
    }

    #[test]
    fn each_county_has_its_own_words() {
        let Some(database) = server::database() else { return };
        let conn = connected(&database);
        migrations::migrate(&conn).unwrap();
        let text = texts_of("乙丙".to_owned());
        put(&conn, COUNTY, 1, Some(&text)).unwrap();
        put(&conn, "888888", 2, Some(&text)).unwrap();
        let sought = Sought { titles: false, expression: Some(&one("乙丙", false)), filter: &[] };
        assert_eq!(found(&conn, COUNTY, sought), [1]);
        empty(&conn, COUNTY).unwrap();
        assert_eq!(found(&conn, COUNTY, sought), [0i64; 0]);
        assert_eq!(found(&conn, "888888", sought), [2]);
    }
}
