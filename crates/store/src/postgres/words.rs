//! The index of words (词语索引) on PostgreSQL: a row per publication with its texts, and its words in two vectors, of titles and of all
//! texts. The vectors have no positions: PostgreSQL keeps no more than 256 of a word and none beyond 16383, which a five-year plan
//! exceeds. So the index says which texts have all words, and the texts themselves whether they stand side by side.
//!
//! The county and the values that searches are narrowed by are words with a sign before them: the index is as good as one by county.

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

pub(crate) const FORGET: &str = "DELETE FROM publication_index WHERE county = ?1 AND entry = ?2";
pub(crate) const EMPTY: &str = "DELETE FROM publication_index WHERE county = ?1";
/// County, entry, and the fields of [`Indexed`] in their order.
pub(crate) const PUT: &str = "INSERT INTO publication_index (county, entry, title, texts, words, title_words, cut)
    VALUES (?1, ?2, ?3, ?4, CAST(CAST(?5 AS TEXT) AS tsvector), CAST(CAST(?6 AS TEXT) AS tsvector), ?7)";

/// What a row of the index has.
pub(crate) struct Indexed {
    pub(crate) title: String,
    pub(crate) texts: String,
    pub(crate) words: String,
    pub(crate) title_words: String,
    pub(crate) cut: bool,
}

/// A row of the index: words between blanks; a bar, which is no word, between texts.
pub(crate) fn indexed(county: &str, texts: &Texts) -> Indexed {
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

const IN_TITLES: &str = "SELECT entry AS found FROM publication_index WHERE county = ?1
    AND title_words @@ CAST(CAST(CAST(?2 AS TEXT) AS jsonb) ->> 'words' AS tsquery)
    AND EXISTS (SELECT 1 FROM jsonb_array_elements(CAST(CAST(?2 AS TEXT) AS jsonb) -> 'ways') AS way (parts)
        WHERE NOT EXISTS (SELECT 1 FROM jsonb_array_elements(parts) AS one (part) WHERE NOT (
            (cut = 0 AND CAST(part ->> 'sure' AS boolean))
            OR (strpos(title, part ->> 'has') > 0 AND coalesce(title ~ (part ->> 'like'), true)))))
    ORDER BY entry DESC";
const IN_TEXTS: &str = "SELECT entry AS found FROM publication_index WHERE county = ?1
    AND words @@ CAST(CAST(CAST(?2 AS TEXT) AS jsonb) ->> 'words' AS tsquery)
    AND EXISTS (SELECT 1 FROM jsonb_array_elements(CAST(CAST(?2 AS TEXT) AS jsonb) -> 'ways') AS way (parts)
        WHERE NOT EXISTS (SELECT 1 FROM jsonb_array_elements(parts) AS one (part) WHERE NOT (
            (cut = 0 AND CAST(part ->> 'sure' AS boolean))
            OR (strpos(texts, part ->> 'has') > 0 AND coalesce(texts ~ (part ->> 'like'), true)))))
    ORDER BY entry DESC";

/// What finds entries, the latest first, in a column `found`: SQL and its value `?2`; `?1` is the county.
pub(crate) fn entries(county: &str, sought: Sought<'_>) -> (&'static str, String) {
    let words = sought.expression.map(|expression| format!("('{ALL}' | {})", query(expression)));
    let values = sought.filter.iter().map(|word| value(word));
    let query: Vec<String> = [home(county)].into_iter().chain(values).chain(words).collect();
    let mut ways = sought.expression.map_or_else(|| vec![Vec::new()], ways);
    if ways.len() > 1 {
        // A text is in the index for one of the ways, and nobody knows for which.
        ways.iter_mut().flatten().for_each(|part| part["sure"] = Value::Bool(false));
    }
    let value = json!({ "words": query.join(" & "), "ways": ways }).to_string();
    (if sought.titles { IN_TITLES } else { IN_TEXTS }, value)
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
    use crate::db;
    use crate::postgres::{migrations, server};
    use crate::sqlite;
    use postgres::Client;
    use postgres::types::ToSql;
    use proptest::prelude::*;
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;

    const COUNTY: &str = "999999";

    /// The same index on both databases.
    struct Both {
        lite: db::Connection,
        large: Client,
    }

    fn numbered(sql: &str) -> String {
        sql.replace('?', "$")
    }

    impl Both {
        fn put(&mut self, county: &str, entry: i64, texts: &Texts) {
            sqlite::words::put(&self.lite, entry, Some(texts)).unwrap();
            let row = indexed(county, texts);
            let cut = i64::from(row.cut);
            let values: [&(dyn ToSql + Sync); 7] =
                [&county, &entry, &row.title, &row.texts, &row.words, &row.title_words, &cut];
            self.large.execute(&numbered(FORGET), &[&county, &entry]).unwrap();
            self.large.execute(&numbered(PUT), &values).unwrap();
        }

        fn empty(&mut self) {
            sqlite::words::empty(&self.lite).unwrap();
            self.large.execute(&numbered(EMPTY), &[&COUNTY]).unwrap();
        }

        fn found(&mut self, sought: Sought<'_>) -> [Vec<i64>; 2] {
            let (sql, value) = sqlite::words::entries(sought);
            let mut statement = self.lite.prepare(sql).unwrap();
            let lite = statement.query_map(db::params![COUNTY, value], |row| row.get(0)).unwrap();
            let lite: Vec<i64> = lite.collect::<Result<_, _>>().unwrap();
            let (sql, value) = entries(COUNTY, sought);
            let large = self.large.query(&numbered(sql), &[&COUNTY, &value]).unwrap();
            [lite, large.iter().map(|row| row.get(0)).collect()]
        }
    }

    fn both(database: &server::Database) -> Both {
        let mut large = database.connect();
        migrations::migrate(&mut large).unwrap();
        let lite = db::Connection::Sqlite(rusqlite::Connection::open_in_memory().unwrap());
        lite.execute_batch(include_str!("../sqlite/schema.sql")).unwrap();
        Both { lite, large }
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
        let mut both = both(&database);
        let asked = (prop::collection::vec(texts(), 1..12), expression(), values(), prop::bool::ANY);
        let mut runner = TestRunner::deterministic();
        for _ in 0..300 {
            let (documents, expression, filter, titles) = asked.new_tree(&mut runner).unwrap().current();
            let filter: Vec<String> = filter;
            both.empty();
            for (entry, document) in (1..).zip(&documents) {
                both.put(COUNTY, entry, document);
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
        let mut both = both(&database);
        let often = "乙丙 ".repeat(20_000) + "丙丁 丁戊";
        let many: String = (0..200_000).map(|n| format!("w{n} ")).collect::<String>() + "丙丁 丁戊";
        let long = format!("{} {}", "长".repeat(900), "长".repeat(66) + "字");
        for (entry, body) in (1..).zip([often, many, long]) {
            both.put(COUNTY, entry, &texts_of(body));
        }
        let mut found = |words: &str, open: bool| {
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
        let mut both = both(&database);
        let text = texts_of("乙丙".to_owned());
        both.put(COUNTY, 1, &text);
        both.put("888888", 2, &text);
        let (sql, value) =
            entries(COUNTY, Sought { titles: false, expression: Some(&one("乙丙", false)), filter: &[] });
        let found = both.large.query(&numbered(sql), &[&COUNTY, &value]).unwrap();
        assert_eq!(found.iter().map(|row| row.get(0)).collect::<Vec<i64>>(), [1]);
    }
}
