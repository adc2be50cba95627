//! The books of the funds on one connection, as the engine reads them.

use crate::db::{OptionalExtension, Row, Rows, params};
use crate::fault::Fault;
use crate::record;
use crate::record::v1::Sealable;
use engine::Books;
use engine::books::{Balance, Entered, Movement, Posting, Sub};
use jiff::civil::Date;
use std::sync::Arc;

use super::view::{View, read_date};

/// How a sub-account is named in the tables: by its key, or by a digest that only the county can compute.
pub(super) fn sub_of(view: &View<'_>, path: &str, key: &str, sealed: bool) -> String {
    if sealed { hex::encode(view.ring.blind(&["fund", path, key])) } else { key.to_owned() }
}

/// A value of a dimension as the index knows it.
pub(super) fn dimension_value(view: &View<'_>, path: &str, place: usize, part: &str, sealed: bool) -> String {
    if sealed {
        hex::encode(view.ring.blind(&["fund-dimension", path, &place.to_string(), part]))
    } else {
        part.to_owned()
    }
}

/// A sum as a column holds it.
pub(super) fn whole(fen: i128) -> Result<i64, Fault> {
    i64::try_from(fen).map_err(|_| Fault::unreadable("a sum of money", "it is larger than a column holds"))
}

impl View<'_> {
    /// Whether the sub-accounts of an account stand sealed.
    pub(crate) fn seals(&self, path: &str) -> bool {
        let found = path.split_once('.').and_then(|(fund, account)| {
            let (_, fund) = self.library.rulebook.fund(fund)?;
            Some(fund.is_sealed(fund.account(account)?))
        });
        found.unwrap_or(false)
    }

    fn find_balance(&self, path: &str, key: &str) -> Result<Balance, Fault> {
        let sub = sub_of(self, path, key, self.seals(path));
        let mut statement = self.conn.prepare_cached(
            "SELECT debits, credits, last_on FROM fund_sub WHERE county = ?1 AND account = ?2 AND sub = ?3",
        )?;
        let stored = statement.query_row(params![self.county, path, sub], stored_balance).optional()?;
        read_balance(stored, path)
    }

    fn find_total(&self, path: &str) -> Result<Balance, Fault> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT debits, credits, last_on FROM fund_total WHERE county = ?1 AND account = ?2")?;
        let stored = statement.query_row(params![self.county, path], stored_balance).optional()?;
        read_balance(stored, path)
    }

    fn find_subs(&self, path: &str, dimension: Option<(usize, &str)>) -> Result<Vec<Arc<str>>, Fault> {
        let sealed = self.seals(path);
        let Some((place, value)) = dimension else {
            let mut statement = self
                .conn
                .prepare_cached("SELECT sub, sealed FROM fund_sub WHERE county = ?1 AND account = ?2 ORDER BY sub")?;
            let mut rows = statement.query(params![self.county, path])?;
            return self.keys(&mut rows, sealed);
        };
        let value = dimension_value(self, path, place, value, sealed);
        let mut statement = self.conn.prepare_cached(
            "SELECT sub, sealed FROM fund_dimension JOIN fund_sub USING (county, account, sub)
             WHERE county = ?1 AND account = ?2 AND place = ?3 AND value = ?4
             UNION ALL SELECT sub, sealed FROM fund_sub
             WHERE county = ?1 AND account = ?2 AND ?3 = 0 AND sub = ?4 AND sealed IS NULL
             ORDER BY sub",
        )?;
        let mut rows = statement.query(params![self.county, path, place, value])?;
        self.keys(&mut rows, sealed)
    }

    /// Keys of sub-accounts, ascending also where the tables order them by digest.
    fn keys(&self, rows: &mut Rows<'_>, sealed: bool) -> Result<Vec<Arc<str>>, Fault> {
        let mut keys: Vec<Arc<str>> = Vec::new();
        while let Some(row) = rows.next()? {
            keys.extend(self.key(row)?);
        }
        if sealed {
            keys.sort_unstable();
        }
        Ok(keys)
    }

    /// The key in the first two columns: as it stands, or sealed.
    fn key(&self, row: Row<'_>) -> Result<Option<Arc<str>>, Fault> {
        match row.text_or_null(1)? {
            None => Ok(Some(row.text(0)?.into())),
            Some(leaf) => {
                let leaf: Sealable<String> =
                    serde_json::from_str(leaf).map_err(|error| Fault::unreadable("a sub-account", error))?;
                Ok(leaf.opened(&self.opener())?.map(Arc::from))
            }
        }
    }

    fn find_movements(&self, path: &str, key: &str) -> Result<Vec<Movement>, Fault> {
        let sub = sub_of(self, path, key, self.seals(path));
        let mut statement = self.conn.prepare_cached(
            "SELECT on_day, debit, fen FROM fund_line WHERE county = ?1 AND account = ?2 AND sub = ?3
             ORDER BY on_day, number, debit",
        )?;
        let mut rows = statement.query(params![self.county, path, sub])?;
        let mut all: Vec<Movement> = Vec::new();
        while let Some(row) = rows.next()? {
            let on = read_day(row, path)?;
            let fen = i128::from(row.get::<i64>(2)?);
            let (debit, credit) = if row.get(1)? { (fen, 0) } else { (0, fen) };
            match all.last_mut().filter(|last| last.on == on) {
                Some(last) => {
                    last.debit += debit;
                    last.credit += credit;
                }
                None => all.push(Movement { on, debit, credit }),
            }
        }
        Ok(all)
    }

    /// A page of an account's sub-accounts in the order of their keys. Those that stand sealed lie in another order: all of them are read.
    fn find_page(
        &self,
        path: &str,
        dimension: Option<(usize, &str)>,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Sub>, Fault> {
        let sealed = self.seals(path);
        let bound = i64::try_from(limit).ok().filter(|_| !sealed).unwrap_or(i64::MAX);
        let from = after.filter(|_| !sealed);
        let mut subs = match dimension {
            None => {
                let mut statement = self.conn.prepare_cached(
                    "SELECT sub, sealed, debits, credits, last_on FROM fund_sub
                     WHERE county = ?1 AND account = ?2 AND sub >= coalesce(?3, '') AND sub IS DISTINCT FROM ?3 ORDER BY sub LIMIT ?4",
                )?;
                self.held(&mut statement.query(params![self.county, path, from, bound])?, path)?
            }
            Some((place, value)) => {
                let value = dimension_value(self, path, place, value, sealed);
                let mut statement = self.conn.prepare_cached(
                    "SELECT sub, sealed, debits, credits, last_on FROM fund_dimension JOIN fund_sub USING (county, account, sub)
                     WHERE county = ?1 AND account = ?2 AND place = ?3 AND value = ?4 AND sub > coalesce(?5, '')
                     UNION ALL SELECT sub, sealed, debits, credits, last_on FROM fund_sub
                     WHERE county = ?1 AND account = ?2 AND ?3 = 0 AND sub = ?4 AND sealed IS NULL AND sub > coalesce(?5, '')
                     ORDER BY sub LIMIT ?6",
                )?;
                self.held(&mut statement.query(params![self.county, path, place, value, from, bound])?, path)?
            }
        };
        if sealed {
            subs.sort_unstable_by(|one, other| one.key.cmp(&other.key));
            subs.retain(|sub| after.is_none_or(|after| *sub.key > *after));
            subs.truncate(limit);
        }
        Ok(subs)
    }

    /// Sub-accounts with what they come to; those whose key can no longer be opened are left out.
    fn held(&self, rows: &mut Rows<'_>, path: &str) -> Result<Vec<Sub>, Fault> {
        let mut subs = Vec::new();
        while let Some(row) = rows.next()? {
            let stored = (row.get(2)?, row.get(3)?, row.get(4)?);
            if let Some(key) = self.key(row)? {
                subs.push(Sub { key, balance: read_balance(Some(stored), path)? });
            }
        }
        Ok(subs)
    }

    fn find_before(&self, path: &str, key: &str, day: Date) -> Result<Balance, Fault> {
        let sub = sub_of(self, path, key, self.seals(path));
        let mut statement = self.conn.prepare_cached(
            "SELECT coalesce(sum(CASE debit WHEN 1 THEN fen END), 0), coalesce(sum(CASE debit WHEN 0 THEN fen END), 0),
             coalesce(max(on_day), '') FROM fund_line WHERE county = ?1 AND account = ?2 AND sub = ?3 AND on_day < ?4",
        )?;
        let sums = statement.query_row(params![self.county, path, sub, day.to_string()], stored_balance)?;
        read_balance(Some(sums).filter(|(_, _, last)| !last.is_empty()), path)
    }

    fn find_statement(
        &self,
        path: &str,
        key: &str,
        (from, to): (Date, Date),
        limit: usize,
    ) -> Result<Vec<Entered>, Fault> {
        let sub = sub_of(self, path, key, self.seals(path));
        let fund = path.split_once('.').map_or(path, |(fund, _)| fund);
        let mut statement = self.conn.prepare_cached(
            "SELECT fund_line.on_day, fund_line.number, debit, fund_line.fen, entry, matter, reverses
             FROM fund_line JOIN fund_posting ON fund_posting.county = fund_line.county AND fund = ?7
             AND fund_posting.number = fund_line.number
             WHERE fund_line.county = ?1 AND account = ?2 AND sub = ?3 AND fund_line.on_day BETWEEN ?4 AND ?5
             ORDER BY fund_line.on_day, fund_line.number, debit LIMIT ?6",
        )?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let days = (from.to_string(), to.to_string());
        let mut rows = statement.query(params![self.county, path, sub, days.0, days.1, limit, fund])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(Entered {
                on: read_day(row, path)?,
                number: row.get(1)?,
                debit: row.get(2)?,
                fen: row.get(3)?,
                entry: row.get(4)?,
                matter: row.get(5)?,
                reverses: row.get(6)?,
            });
        }
        Ok(all)
    }

    /// Postings by where the journal has them.
    fn find_postings(&self, sql: &str, of: &str, after: u64, limit: usize) -> Result<Vec<Arc<Posting>>, Fault> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let found =
            statement.query_map(params![self.county, of, after, limit], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let found: Vec<(u64, usize)> = found.collect::<Result<_, _>>()?;
        let mut postings = Vec::with_capacity(found.len());
        let mut read: Option<(u64, record::v1::Payload)> = None;
        for (seq, n) in found {
            if read.as_ref().is_none_or(|(known, _)| *known != seq) {
                read = Some((seq, self.payload(seq)?));
            }
            let event = read.as_ref().and_then(|(_, payload)| payload.events.get(n));
            let opened = event.map(|event| event.opened(&self.opener())).transpose()?.flatten();
            match opened {
                Some(engine::Event::Posted { posting }) => postings.push(posting),
                _ => return Err(Fault::unreadable(format!("act {seq}"), "a posting is not where it was recorded")),
            }
        }
        Ok(postings)
    }

    fn payload(&self, seq: u64) -> Result<record::v1::Payload, Fault> {
        let mut statement =
            self.conn.prepare_cached("SELECT format, payload FROM act WHERE county = ?1 AND seq = ?2")?;
        let mut rows = statement.query(params![self.county, seq])?;
        let place = format!("act {seq}");
        match rows.next()? {
            Some(row) => record::read(row.get(0)?, row.text(1)?, &place),
            None => Err(Fault::unreadable(place, "it is not in the journal")),
        }
    }

    fn find_last_posting(&self, fund: &str) -> Result<u64, Fault> {
        let mut statement = self.conn.prepare_cached(
            "SELECT number FROM fund_posting WHERE county = ?1 AND fund = ?2 ORDER BY number DESC LIMIT 1",
        )?;
        Ok(statement.query_row(params![self.county, fund], |row| row.get(0)).optional()?.unwrap_or(0))
    }

    fn find_reversed(&self, fund: &str, number: u64) -> Result<bool, Fault> {
        let mut statement = self.conn.prepare_cached(
            "SELECT reversed IS NOT NULL FROM fund_posting WHERE county = ?1 AND fund = ?2 AND number = ?3",
        )?;
        Ok(statement.query_row(params![self.county, fund, number], |row| row.get(0)).optional()?.unwrap_or(false))
    }
}

type StoredBalance = (i64, i64, String);

fn stored_balance(row: Row<'_>) -> crate::db::Result<StoredBalance> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
}

fn read_balance(stored: Option<StoredBalance>, path: &str) -> Result<Balance, Fault> {
    let Some((debits, credits, last_on)) = stored else { return Ok(Balance::default()) };
    let last_on = Some(read_date(&last_on, path)?);
    Ok(Balance { debits: debits.into(), credits: credits.into(), last_on })
}

fn read_day(row: Row<'_>, path: &str) -> Result<Date, Fault> {
    read_date(row.text(0)?, path)
}

impl Books for View<'_> {
    fn balance(&self, account: &str, key: &str) -> Balance {
        self.answer(self.find_balance(account, key))
    }

    fn total(&self, account: &str) -> Balance {
        self.answer(self.find_total(account))
    }

    fn subs(&self, account: &str, dimension: Option<(usize, &str)>) -> Vec<Arc<str>> {
        self.answer(self.find_subs(account, dimension))
    }

    fn movements(&self, account: &str, key: &str) -> Vec<Movement> {
        self.answer(self.find_movements(account, key))
    }

    fn page(&self, account: &str, dimension: Option<(usize, &str)>, after: Option<&str>, limit: usize) -> Vec<Sub> {
        self.answer(self.find_page(account, dimension, after, limit))
    }

    fn before(&self, account: &str, key: &str, day: Date) -> Balance {
        self.answer(self.find_before(account, key, day))
    }

    fn statement(&self, account: &str, key: &str, days: (Date, Date), limit: usize) -> Vec<Entered> {
        self.answer(self.find_statement(account, key, days, limit))
    }

    fn posted_in(&self, matter: &str) -> Vec<Arc<Posting>> {
        const SQL: &str = "SELECT seq, n FROM fund_posting WHERE county = ?1 AND matter = ?2 AND number > ?3
             ORDER BY seq, n LIMIT ?4";
        self.answer(self.find_postings(SQL, matter, 0, usize::MAX))
    }

    fn posted_on(&self, fund: &str, after: u64, limit: usize) -> Vec<Arc<Posting>> {
        const SQL: &str = "SELECT seq, n FROM fund_posting WHERE county = ?1 AND fund = ?2 AND number > ?3
             ORDER BY number LIMIT ?4";
        self.answer(self.find_postings(SQL, fund, after, limit))
    }

    fn last_posting(&self, fund: &str) -> u64 {
        self.answer(self.find_last_posting(fund))
    }

    fn is_reversed(&self, fund: &str, number: u64) -> bool {
        self.answer(self.find_reversed(fund, number))
    }
}
