//! Publications: the latest of each matter with its words in the index, its versions, and what it does to others.

use crate::db::{Connection, OptionalExtension, params};
use crate::fault::Fault;
use crate::record::v1::{Head, Kind, Mention, Publication, Relation};
use crate::record::write;
use crate::search::{Number, Texts, digest_token, index_text};
use jiff::civil::Date;
use regulation::model;
use std::collections::BTreeSet;

use crate::sql::read::read_publication;
use crate::sql::view::View;
use crate::sql::words;

/// Stands among relations for being a part of something.
const PART_OF: &str = "part-of";

/// One text for what a publication names: another one's matter, or its number in any style.
fn mention_key(mention: &Mention) -> String {
    match mention {
        Mention::Matter(id) => format!("matter:{id}"),
        Mention::Number(number) => number_key(number),
    }
}

fn number_key(number: &str) -> String {
    let key = Number::read(number).map_or_else(|| crate::search::normal(number), |number| number.key());
    format!("number:{key}")
}

/// The texts under which others name a publication.
pub(crate) fn target_keys(matter: &str, number: Option<&str>) -> Vec<String> {
    std::iter::once(format!("matter:{matter}")).chain(number.map(number_key)).collect()
}

/// What a matter publishes since an act; `None` = it is taken back.
pub(super) fn project(
    view: &View<'_>,
    head: &Head,
    matter: &str,
    published: Option<&Publication>,
) -> Result<(), Fault> {
    view.conn
        .prepare_cached(
            "INSERT INTO publication_version (county, matter, seq, since, at, record) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .put(params![view.county, matter, head.seq, head.on.to_string(), head.at.to_string(), published.map(write)])?;
    let before = repealed_by(view, matter)?;
    let entry = entry(view, matter)?;
    match published {
        Some(published) => latest(view, head.seq, matter, entry, published)?,
        None => {
            view.conn
                .prepare_cached("UPDATE publication SET withdrawn = 1, seq = ?3 WHERE county = ?1 AND matter = ?2")?
                .put(params![view.county, matter, head.seq])?;
        }
    }
    words::put(view.conn, view.county, entry, published.map(texts).as_ref())?;
    links(view, matter, published)?;
    let after = repealed_by(view, matter)?;
    for target in before.union(&after) {
        end(view, target)?;
    }
    let number = published.and_then(|published| published.number.as_deref());
    target_keys(matter, number).iter().try_for_each(|own| end(view, own))
}

/// The publication's row in the index: kept for ever, or the next one.
fn entry(view: &View<'_>, matter: &str) -> Result<i64, Fault> {
    let known = view
        .conn
        .prepare_cached("SELECT entry FROM publication WHERE county = ?1 AND matter = ?2")?
        .query_row(params![view.county, matter], |row| row.get(0))
        .optional()?;
    if let Some(entry) = known {
        return Ok(entry);
    }
    let last: Option<i64> = view
        .conn
        .prepare_cached("SELECT max(entry) FROM publication WHERE county = ?1")?
        .query_row([view.county], |row| row.get(0))?;
    Ok(last.unwrap_or(0) + 1)
}

fn latest(view: &View<'_>, seq: u64, matter: &str, entry: i64, published: &Publication) -> Result<(), Fault> {
    let number = published.number.as_deref().and_then(|number| match published.kind {
        Kind::Document => Number::read(number),
        Kind::Issue => Number::issue(number),
    });
    let day = |day: Option<Date>| day.map(|day| day.to_string());
    view.conn
        .prepare_cached(
            "INSERT INTO publication (county, matter, entry, kind, number, series, year, serial, title, issuer, category,
             public_on, day, signed_on, effective_on, until_day, part_of, withdrawn, seq)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, 0, ?18)
             ON CONFLICT (county, matter) DO UPDATE SET kind = excluded.kind, number = excluded.number,
             series = excluded.series, year = excluded.year, serial = excluded.serial, title = excluded.title,
             issuer = excluded.issuer, category = excluded.category, public_on = excluded.public_on, day = excluded.day,
             signed_on = excluded.signed_on, effective_on = excluded.effective_on, until_day = excluded.until_day,
             part_of = excluded.part_of, withdrawn = 0, seq = excluded.seq",
        )?
        .put(params![
            view.county,
            matter,
            entry,
            kind_code(published.kind),
            published.number,
            number.as_ref().map(|number| &number.series),
            number.as_ref().map(|number| number.year),
            number.as_ref().map(|number| number.serial),
            published.title,
            published.issuer,
            published.category,
            published.public_on.to_string(),
            published.signed_on.unwrap_or(published.public_on).to_string(),
            day(published.signed_on),
            day(published.effective_on),
            day(published.until),
            published.part_of.as_ref().map(write),
            seq,
        ])?;
    Ok(())
}

fn kind_code(kind: Kind) -> &'static str {
    model::PublicationKind::from(kind).code()
}

/// The words of a publication, and the values that searches are narrowed by.
fn texts(published: &Publication) -> Texts {
    let parts = [&published.number, &published.issuer, &published.category];
    let head: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
    let number = published.number.as_deref().and_then(Number::read);
    let mut filter = vec![
        format!("k{}", kind_code(published.kind)),
        format!("y{}", published.signed_on.unwrap_or(published.public_on).year()),
    ];
    filter.extend(published.issuer.iter().map(|issuer| digest_token('i', issuer)));
    filter.extend(published.category.iter().map(|category| digest_token('c', category)));
    filter.extend(number.map(|number| digest_token('s', &number.series)));
    let mut body = index_text(published.body.as_deref().unwrap_or_default());
    for name in &published.attachments {
        body.push(' ');
        body.push_str(&index_text(&name.name));
    }
    Texts { title: index_text(&published.title), head: index_text(&head.join("，")), body, filter }
}

/// Makes the index of words anew from what is published.
pub(crate) fn reindex(conn: &Connection, county: &str) -> Result<(), Fault> {
    let latest = "SELECT publication.matter, entry, record FROM publication JOIN publication_version AS version
        ON version.county = publication.county AND version.matter = publication.matter AND version.seq = publication.seq
        WHERE publication.county = ?1 ORDER BY entry";
    let mut statement = conn.prepare(latest)?;
    let mut rows = statement.query([county])?;
    while let Some(row) = rows.next()? {
        let record = row.text_or_null(2)?.map(|record| read_publication(record, row.text(0)?)).transpose()?;
        words::put(conn, county, row.get(1)?, record.as_ref().map(texts).as_ref())?;
    }
    Ok(())
}

/// What it does to others: written anew.
fn links(view: &View<'_>, matter: &str, published: Option<&Publication>) -> Result<(), Fault> {
    view.conn
        .prepare_cached("DELETE FROM publication_link WHERE county = ?1 AND matter = ?2")?
        .put(params![view.county, matter])?;
    let Some(published) = published else { return Ok(()) };
    let mut insert = view.conn.prepare_cached(
        "INSERT INTO publication_link (county, relation, target, matter) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
    )?;
    let part_of = published.part_of.iter().map(|whole| (PART_OF, whole));
    let related = published.relations.iter().map(|one| (model::Relation::from(one.relation).code(), &one.to));
    for (relation, target) in part_of.chain(related) {
        insert.put(params![view.county, relation, mention_key(target), matter])?;
    }
    Ok(())
}

/// What a publication repeals, by key.
fn repealed_by(view: &View<'_>, matter: &str) -> Result<BTreeSet<String>, Fault> {
    let mut statement = view
        .conn
        .prepare_cached("SELECT target FROM publication_link WHERE county = ?1 AND matter = ?2 AND relation = ?3")?;
    let repeals = model::Relation::from(Relation::Repeals).code();
    let found = statement.query_map(params![view.county, matter, repeals], |row| row.get(0))?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// Notes with what is named by a key from when on it is repealed: the earliest of those that do so and are still published.
fn end(view: &View<'_>, target: &str) -> Result<(), Fault> {
    let named = match target.strip_prefix("matter:") {
        Some(matter) => vec![(matter.to_owned(), None)],
        None => numbered(view, target)?,
    };
    for (matter, number) in named {
        let number = match number {
            Some(number) => Some(number),
            None => number_of(view, &matter)?,
        };
        let mut repealed: Option<String> = None;
        for key in target_keys(&matter, number.as_deref()) {
            let since: Option<String> = view
                .conn
                .prepare_cached(
                    "SELECT min(coalesce(effective_on, day)) FROM publication_link AS link
                     JOIN publication USING (county, matter)
                     WHERE county = ?1 AND relation = 'repeals' AND target = ?2 AND withdrawn = 0",
                )?
                .query_row(params![view.county, key], |row| row.get(0))?;
            repealed = repealed.into_iter().chain(since).min();
        }
        view.conn
            .prepare_cached("UPDATE publication SET repealed_on = ?3 WHERE county = ?1 AND matter = ?2")?
            .put(params![view.county, matter, repealed])?;
    }
    Ok(())
}

fn number_of(view: &View<'_>, matter: &str) -> Result<Option<String>, Fault> {
    let found = view
        .conn
        .prepare_cached("SELECT number FROM publication WHERE county = ?1 AND matter = ?2")?
        .query_row(params![view.county, matter], |row| row.get(0))
        .optional()?;
    Ok(found.flatten())
}

/// Publications whose number has that key.
fn numbered(view: &View<'_>, key: &str) -> Result<Vec<(String, Option<String>)>, Fault> {
    let parts: Vec<&str> = key.strip_prefix("number:").unwrap_or(key).rsplitn(3, ' ').collect();
    let [serial, year, series] = parts.as_slice() else { return Ok(Vec::new()) };
    let (Ok(serial), Ok(year)) = (serial.parse::<u32>(), year.parse::<i16>()) else { return Ok(Vec::new()) };
    let mut statement = view.conn.prepare_cached(
        "SELECT matter, number FROM publication
         WHERE county = ?1 AND year = ?2 AND serial = ?3 AND series = ?4 AND serial IS NOT NULL ORDER BY matter",
    )?;
    let found =
        statement.query_map(params![view.county, year, serial, series], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(found.collect::<Result<_, _>>()?)
}
