//! Search among publications.
//!
//! Two streams, each from the latest entry back: what has the words in its title, then what has them anywhere. A stream is cut at
//! [`LOOKED_MAX`], so that a word that everything has costs no more than a rare one; what is narrowed by (year, issuer, kind) is in the
//! index itself, so that a cut stream is never cut before it. No score is computed: readers understand "titles first, the latest
//! first", and a score would have to look at everything that has a word.

use crate::db::params;
use crate::fault::Fault;
use crate::publications::{Found, PublicationLine, PublicationQuery};
use crate::search::{Expression, Looked, Phrase, Sought, Word, digest_token, is_han, phrase};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

use super::{LINE, numbered, read};
use crate::sql::view::View;
use crate::sql::words;

/// Publications of a stream that are looked at: the latest.
const LOOKED_MAX: usize = 1_000;
/// The same where a mistake is forgiven: each is compared in many ways.
const NEARLY_LOOKED_MAX: usize = 200;
/// A word of more characters is not looked for with a mistake in it.
const NEARLY_MAX: usize = 16;

pub(in crate::sql::read) fn search(
    view: &View<'_>,
    query: &PublicationQuery,
    today: Date,
    from: usize,
    limit: usize,
) -> Result<Found, Fault> {
    let mut looked = Looked::AsTyped;
    let mut lines = by_number(view, query)?;
    let mut more = false;
    if query.wanted.number.is_none() || !query.wanted.words.is_empty() || lines.is_empty() {
        let found = by_words(view, query)?;
        looked = found.looked;
        more = found.more;
        let known: BTreeSet<String> = lines.iter().map(|line| line.matter.clone()).collect();
        lines.extend(found.lines.into_iter().filter(|line| !known.contains(&line.matter)));
    }
    lines.retain(|line| line.is_public(today) && fits(line, query));
    let mut found = Found { looked, more, ..Found::default() };
    count(&mut found, &lines, today);
    if let Some(wanted) = query.in_force {
        lines.retain(|line| line.in_force(today) == wanted);
    }
    found.total = lines.len();
    found.lines = lines.into_iter().skip(from).take(limit).collect();
    Ok(found)
}

/// What the number names: first of all, and alone unless words are wanted too.
fn by_number(view: &View<'_>, query: &PublicationQuery) -> Result<Vec<PublicationLine>, Fault> {
    match &query.wanted.number {
        Some(number) if query.wanted.words.is_empty() => numbered(view, number),
        _ => Ok(Vec::new()),
    }
}

/// The index has narrowed already; what came by number has not passed it.
fn fits(line: &PublicationLine, query: &PublicationQuery) -> bool {
    query.kind.is_none_or(|kind| kind == line.kind)
        && query.year.is_none_or(|year| year == line.day().year())
        && query.issuer.as_ref().is_none_or(|issuer| line.issuer.as_ref() == Some(issuer))
        && query.category.as_ref().is_none_or(|category| line.category.as_ref() == Some(category))
}

struct Streams {
    lines: Vec<PublicationLine>,
    more: bool,
    looked: Looked,
}

fn by_words(view: &View<'_>, query: &PublicationQuery) -> Result<Streams, Fault> {
    let mut typed: Vec<Expression> = query.wanted.words.iter().filter_map(|word| found(&word.text)).collect();
    typed.extend(query.wanted.number.iter().filter_map(number_phrase));
    let filter = filter(query);
    if typed.is_empty() {
        let (lines, more) = latest(view, &filter)?;
        return Ok(Streams { lines, more, looked: Looked::AsTyped });
    }
    let streams = streams(view, &Expression::All(typed), &filter, Looked::AsTyped)?;
    if !streams.lines.is_empty() {
        return Ok(streams);
    }
    if let Some((parts, expression)) = split(view, query)? {
        let streams = self::streams(view, &expression, &filter, Looked::Split(parts))?;
        if !streams.lines.is_empty() {
            return Ok(streams);
        }
    }
    match nearly(query) {
        Some(expression) => self::streams(view, &expression, &filter, Looked::Nearly),
        None => Ok(streams),
    }
}

/// What finds a text.
fn found(text: &str) -> Option<Expression> {
    phrase(text).map(Expression::Phrase)
}

/// A number that no publication bears may still be cited.
fn number_phrase(number: &crate::search::NumberWanted) -> Option<Expression> {
    let year = number.year.map(|year| year.to_string()).unwrap_or_default();
    found(&format!("{}〔{year}〕{}号", number.series.as_deref().unwrap_or_default(), number.serial))
}

/// Year, issuer and kind, as the index has them.
fn filter(query: &PublicationQuery) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    words.extend(query.kind.map(|kind| format!("k{}", kind.code())));
    words.extend(query.year.map(|year| format!("y{year}")));
    words.extend(query.issuer.as_ref().map(|issuer| digest_token('i', issuer)));
    words.extend(query.category.as_ref().map(|category| digest_token('c', category)));
    words.extend(query.series.as_ref().map(|series| digest_token('s', series)));
    words
}

/// Titles first, then everything; each from the latest back.
fn streams(view: &View<'_>, words: &Expression, filter: &[String], looked: Looked) -> Result<Streams, Fault> {
    let most = if looked == Looked::Nearly { NEARLY_LOOKED_MAX } else { LOOKED_MAX };
    let in_titles = Sought { titles: true, expression: Some(words), filter };
    let (mut lines, more_titles) = stream(view, in_titles, most)?;
    let (all, more) = stream(view, Sought { titles: false, ..in_titles }, most)?;
    lines.sort_by_key(|line| std::cmp::Reverse(line.day()));
    let known: BTreeSet<String> = lines.iter().map(|line| line.matter.clone()).collect();
    let mut others: Vec<PublicationLine> = all.into_iter().filter(|line| !known.contains(&line.matter)).collect();
    others.sort_by_key(|line| std::cmp::Reverse(line.day()));
    lines.extend(others);
    Ok(Streams { lines, more: more || more_titles, looked })
}

fn stream(view: &View<'_>, sought: Sought<'_>, most: usize) -> Result<(Vec<PublicationLine>, bool), Fault> {
    let (entries, value) = words::entries(view.conn, view.county, sought);
    // CROSS: what was found first, never every publication with a look at what was found.
    let sql = format!(
        "SELECT {LINE} FROM ({entries} LIMIT ?3) AS hits
         CROSS JOIN publication ON publication.county = ?1 AND publication.entry = found ORDER BY found DESC"
    );
    let mut statement = view.conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params![view.county, value, most + 1])?;
    let mut lines = Vec::new();
    while let Some(row) = rows.next()? {
        lines.push(read(row)?);
    }
    let more = lines.len() > most;
    lines.truncate(most);
    Ok((lines, more))
}

/// The latest, without words.
fn latest(view: &View<'_>, filter: &[String]) -> Result<(Vec<PublicationLine>, bool), Fault> {
    if !filter.is_empty() {
        let (mut lines, more) = stream(view, Sought { titles: true, expression: None, filter }, LOOKED_MAX)?;
        lines.sort_by_key(|line| std::cmp::Reverse(line.day()));
        return Ok((lines, more));
    }
    let mut lines =
        super::lines(view, "AND withdrawn = 0 ORDER BY day DESC, entry DESC LIMIT ?2", &[&(LOOKED_MAX + 1)])?;
    let more = lines.len() > LOOKED_MAX;
    lines.truncate(LOOKED_MAX);
    Ok((lines, more))
}

/// Words typed without blanks, split where the index has no such words side by side: each part the longest that it has.
fn split(view: &View<'_>, query: &PublicationQuery) -> Result<Option<(Vec<String>, Expression)>, Fault> {
    let (mut parts, mut phrases) = (Vec::new(), Vec::new());
    for word in &query.wanted.words {
        let pieces = if word.exact { vec![word.text.clone()] } else { pieces(view, &word.text)? };
        phrases.extend(pieces.iter().filter_map(|piece| found(piece)));
        parts.extend(pieces);
    }
    phrases.extend(query.wanted.number.iter().filter_map(number_phrase));
    let is_split = parts.len() > query.wanted.words.len() && !phrases.is_empty();
    Ok(is_split.then_some((parts, Expression::All(phrases))))
}

fn pieces(view: &View<'_>, word: &str) -> Result<Vec<String>, Fault> {
    let characters: Vec<char> = word.chars().collect();
    if characters.len() < 3 || !characters.iter().all(|character| is_han(*character)) {
        return Ok(vec![word.to_owned()]);
    }
    let mut pieces = Vec::new();
    let mut start = 0;
    while start < characters.len() {
        let mut end = start + 1;
        while end < characters.len() && is_known(view, &characters[start..=end])? {
            end += 1;
        }
        // A character that begins nothing is left out, unless it is all there is.
        if end > start + 1 {
            pieces.push(characters[start..end].iter().collect());
        }
        start = end;
    }
    if pieces.is_empty() {
        pieces.push(word.to_owned());
    }
    Ok(pieces)
}

fn is_known(view: &View<'_>, characters: &[char]) -> Result<bool, Fault> {
    let text: String = characters.iter().collect();
    let Some(expression) = found(&text) else { return Ok(false) };
    words::is_known(view.conn, view.county, &expression)
}

/// The words with one character wrong or missing in one of them.
fn nearly(query: &PublicationQuery) -> Option<Expression> {
    let words = &query.wanted.words;
    let phrases: Vec<Option<Expression>> = words.iter().map(|word| found(&word.text)).collect();
    let mut ways = Vec::new();
    for (place, word) in words.iter().enumerate() {
        let others = phrases.iter().enumerate().filter(|(other, _)| *other != place);
        let others: Vec<Expression> = others.filter_map(|(_, one)| one.clone()).collect();
        for way in mistaken(word) {
            ways.push(Expression::All(others.iter().cloned().chain([way]).collect()));
        }
    }
    (!ways.is_empty()).then_some(Expression::Any(ways))
}

/// A word with a character wrong (the parts around it stand apart by one) or missing (they stand beside each other but for one).
fn mistaken(word: &Word) -> BTreeSet<Expression> {
    let characters: Vec<char> = word.text.chars().collect();
    let fits = !word.exact && (3..=NEARLY_MAX).contains(&characters.len());
    if !fits || !characters.iter().all(|character| is_han(*character)) {
        return BTreeSet::new();
    }
    let mut ways = BTreeSet::new();
    for place in 0..characters.len() {
        ways.extend(around(&characters[..place], &characters[place + 1..]));
        ways.extend(around(&characters[..place], &characters[place..]));
    }
    ways
}

fn around(left: &[char], right: &[char]) -> Option<Expression> {
    let pairs = |part: &[char]| -> Option<Phrase> {
        let text: String = part.iter().collect();
        (part.len() > 1).then(|| phrase(&text)).flatten()
    };
    // The pairs that the mistake broke lie between.
    const BETWEEN: usize = 3;
    match (pairs(left), pairs(right)) {
        (Some(left), Some(right)) => Some(Expression::Near(left, right, BETWEEN)),
        (Some(one), None) | (None, Some(one))
            if left.len().max(right.len()) > 1 && left.len().min(right.len()) <= 1 =>
        {
            Some(Expression::Phrase(one))
        }
        _ => None,
    }
}

/// What the whole consists of, for narrowing further.
fn count(found: &mut Found, lines: &[PublicationLine], today: Date) {
    let mut years: BTreeMap<i16, usize> = BTreeMap::new();
    let mut issuers: BTreeMap<&str, usize> = BTreeMap::new();
    let mut categories: BTreeMap<&str, usize> = BTreeMap::new();
    for line in lines {
        *years.entry(line.day().year()).or_default() += 1;
        line.issuer.iter().for_each(|issuer| *issuers.entry(issuer).or_default() += 1);
        line.category.iter().for_each(|category| *categories.entry(category).or_default() += 1);
        found.in_force += usize::from(line.in_force(today));
    }
    found.years = years.into_iter().rev().collect();
    found.issuers = most_first(issuers);
    found.categories = most_first(categories);
}

fn most_first(counts: BTreeMap<&str, usize>) -> Vec<(String, usize)> {
    let mut counts: Vec<(String, usize)> = counts.into_iter().map(|(name, count)| (name.to_owned(), count)).collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}
