//! Publications: lines, versions, relations.

mod search;

pub(super) use search::search;

use crate::db::{OptionalExtension, Row, ToValue, params};
use crate::fault::Fault;
use crate::pages::{Cut, Page};
use crate::publications::{PublicationLine, PublicationVersion, RelatedLine};
use crate::record::v1;
use crate::search::{Number, NumberWanted};
use engine::{Mention, Publication};
use regulation::model::{PublicationKind, Relation};

use super::{moment, paged};
use crate::sql::project::target_keys;
use crate::sql::view::{View, read_date};

/// The columns of [`read`].
const LINE: &str =
    "publication.matter, kind, number, title, issuer, category, public_on, signed_on, effective_on, until_day,
                    repealed_on, part_of, withdrawn, publication.seq";
/// Publications that do something to another, at most so many of each kind.
const RELATED_MAX: usize = 200;
/// Publications with the same end of a number, at most so many.
const NUMBERED_MAX: usize = 50;
/// Parts of one publication, at most so many.
const PARTS_MAX: usize = 2_000;

fn read(row: Row<'_>) -> Result<PublicationLine, Fault> {
    let matter: String = row.get(0)?;
    let place = format!("publication `{matter}`");
    let day = |column: usize| -> Result<_, Fault> {
        let text: Option<String> = row.get(column)?;
        text.map(|text| read_date(&text, &place)).transpose()
    };
    let kind: String = row.get(1)?;
    let kind = PublicationKind::ALL.iter().find(|(code, _)| *code == kind).map(|(_, kind)| *kind);
    let part_of: Option<String> = row.get(11)?;
    let part_of: Option<v1::Mention> = part_of
        .map(|text| serde_json::from_str(&text).map_err(|error| Fault::unreadable(&place, error)))
        .transpose()?;
    Ok(PublicationLine {
        kind: kind.ok_or_else(|| Fault::unreadable(&place, "unknown kind"))?,
        number: row.get(2)?,
        title: row.get(3)?,
        issuer: row.get(4)?,
        category: row.get(5)?,
        public_on: day(6)?.ok_or_else(|| Fault::unreadable(&place, "no first day"))?,
        signed_on: day(7)?,
        effective_on: day(8)?,
        until: day(9)?,
        repealed_on: day(10)?,
        part_of: part_of.as_ref().map(Mention::from),
        withdrawn: row.get(12)?,
        seq: row.get(13)?,
        matter,
    })
}

/// Lines of a query whose parameters follow the county.
fn lines(view: &View<'_>, after: &str, values: &[&dyn ToValue]) -> Result<Vec<PublicationLine>, Fault> {
    let mut statement =
        view.conn.prepare_cached(&format!("SELECT {LINE} FROM publication WHERE publication.county = ?1 {after}"))?;
    let mut all: Vec<&dyn ToValue> = vec![&view.county];
    all.extend(values);
    let mut rows = statement.query(all.as_slice())?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read(row)?);
    }
    Ok(found)
}

pub(super) fn line(view: &View<'_>, matter: &str) -> Result<Option<PublicationLine>, Fault> {
    Ok(lines(view, "AND matter = ?2", &[&matter])?.pop())
}

pub(super) fn list(view: &View<'_>, cut: &Cut) -> Result<Page<PublicationLine>, Fault> {
    let after = cut.after.clone().unwrap_or_default();
    let found = lines(view, "AND matter > ?2 ORDER BY matter LIMIT ?3", &[&after, &(cut.limit + 1)])?;
    Ok(paged(found, cut.limit, |line| line.matter.clone()))
}

/// What a matter publishes at present, as it was recorded.
pub(crate) fn published(view: &View<'_>, matter: &str) -> Result<Option<v1::Publication>, Fault> {
    let record: Option<Option<String>> = view
        .conn
        .prepare_cached(
            "SELECT record FROM publication_version WHERE county = ?1 AND matter = ?2 ORDER BY seq DESC LIMIT 1",
        )?
        .query_row(params![view.county, matter], |row| row.get(0))
        .optional()?;
    record.flatten().map(|record| read_publication(&record, matter)).transpose()
}

pub(crate) fn read_publication(record: &str, matter: &str) -> Result<v1::Publication, Fault> {
    serde_json::from_str(record).map_err(|error| Fault::unreadable(format!("publication `{matter}`"), error))
}

pub(super) fn versions(view: &View<'_>, matter: &str) -> Result<Vec<PublicationVersion>, Fault> {
    let mut statement = view.conn.prepare_cached(
        "SELECT seq, since, at, record FROM publication_version WHERE county = ?1 AND matter = ?2 ORDER BY seq",
    )?;
    let mut rows = statement.query(params![view.county, matter])?;
    let mut found = Vec::new();
    let place = format!("publication `{matter}`");
    while let Some(row) = rows.next()? {
        let record: Option<String> = row.get(3)?;
        let record = record.map(|record| read_publication(&record, matter)).transpose()?;
        found.push(PublicationVersion {
            seq: row.get(0)?,
            since: read_date(&row.get::<String>(1)?, &place)?,
            at: moment(&row.get::<String>(2)?, &place)?,
            publication: record.as_ref().map(Publication::from),
        });
    }
    Ok(found)
}

/// Publications with that serial, in the year and with the end of the series as far as these are known.
pub(super) fn numbered(view: &View<'_>, wanted: &NumberWanted) -> Result<Vec<PublicationLine>, Fault> {
    let ends = wanted.series.as_ref().map(|series| format!("%{}", series.replace(['%', '_'], "")));
    let limit = NUMBERED_MAX;
    match wanted.year {
        Some(year) => lines(
            view,
            "AND year = ?2 AND serial = ?3 AND serial IS NOT NULL AND (CAST(?4 AS TEXT) IS NULL OR series LIKE ?4)
             ORDER BY kind, length(series), day DESC, entry LIMIT ?5",
            &[&year, &wanted.serial, &ends, &limit],
        ),
        // `+day`: by the index of numbers and then sorted, not through all days.
        None => lines(
            view,
            "AND serial = ?2 AND serial IS NOT NULL AND (CAST(?3 AS TEXT) IS NULL OR series LIKE ?3)
             ORDER BY +day DESC, kind, length(series), entry LIMIT ?4",
            &[&wanted.serial, &ends, &limit],
        ),
    }
}

pub(super) fn mentioned(view: &View<'_>, mention: &Mention) -> Result<Option<PublicationLine>, Fault> {
    match mention {
        Mention::Matter(matter) => line(view, matter),
        Mention::Number(number) => match Number::read(number) {
            Some(number) => Ok(lines(
                view,
                "AND year = ?2 AND serial = ?3 AND series = ?4 AND serial IS NOT NULL ORDER BY withdrawn, entry LIMIT 1",
                &[&number.year, &number.serial, &number.series],
            )?
            .pop()),
            None => Ok(lines(view, "AND number = ?2 ORDER BY withdrawn, entry LIMIT 1", &[number])?.pop()),
        },
    }
}

pub(super) fn about(view: &View<'_>, line: &PublicationLine) -> Result<Vec<RelatedLine>, Fault> {
    let mut found: Vec<RelatedLine> = Vec::new();
    for (code, relation) in Relation::ALL {
        for key in target_keys(&line.matter, line.number.as_deref()) {
            // `+day`: by the links and then sorted, not through all days.
            let lines = lines(
                view,
                "AND withdrawn = 0 AND matter IN (SELECT link.matter FROM publication_link AS link
                 WHERE link.county = ?1 AND link.relation = ?2 AND link.target = ?3) ORDER BY +day, entry LIMIT ?4",
                &[&code, &key, &RELATED_MAX],
            )?;
            let related = lines.into_iter().map(|line| RelatedLine { relation, line });
            found.extend(related.filter(|one| one.line.matter != line.matter));
        }
    }
    Ok(found)
}

pub(super) fn parts(view: &View<'_>, whole: &PublicationLine) -> Result<Vec<PublicationLine>, Fault> {
    let mut found = Vec::new();
    for key in target_keys(&whole.matter, whole.number.as_deref()) {
        found.extend(lines(
            view,
            "AND withdrawn = 0 AND matter IN (SELECT link.matter FROM publication_link AS link
             WHERE link.county = ?1 AND link.relation = 'part-of' AND link.target = ?2)
             ORDER BY length(series), series, year, serial, entry LIMIT ?3",
            &[&key, &PARTS_MAX],
        )?);
    }
    Ok(found)
}
