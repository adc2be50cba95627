//! Second factors and recovery codes.

use crate::db::{OptionalExtension, params};
use crate::factor::{Factor, FactorReading, Factors, FirstCode};
use crate::fault::Fault;
use crate::identity::DoorEvent;
use crate::passkey::PasskeyReading;
use crate::ring::Sealer;
use jiff::civil::DateTime;

use super::Database;
use super::aside::accounts::{ask_for_code, end_all};
use super::identity::note;
use super::passkey::drop_all;
use super::read::moment;
use super::view::View;

impl Factors for Database {
    fn propose_factor(&self, person: &str, secret: Vec<u8>) -> Result<bool, Fault> {
        let person = person.to_owned();
        self.write(move |view, chance| {
            let (key, sealed) = Sealer::new(view.ring, view.conn, chance).seal_bytes(&person, &secret)?;
            let changed = view
                .conn
                .prepare_cached(
                    "INSERT INTO second_factor (county, person, key, secret, since, step) VALUES (?1, ?2, ?3, ?4, NULL, 0)
                     ON CONFLICT (county, person) DO UPDATE SET key = excluded.key, secret = excluded.secret
                     WHERE second_factor.since IS NULL",
                )?
                .execute(params![view.county, person, key, sealed])?;
            Ok(changed > 0)
        })
    }

    fn confirm_factor(&self, first: FirstCode, recovery: Vec<String>, event: DoorEvent) -> Result<bool, Fault> {
        self.write(move |view, _| {
            let FirstCode { person, secret, step } = first;
            let proposed = view.factor(&person)?.filter(|factor| factor.since.is_none());
            let known = proposed.and_then(|factor| factor.secret);
            if !known.is_some_and(|known| trust::same_bytes(&known, &secret)) {
                return Ok(false);
            }
            view.conn
                .prepare_cached("UPDATE second_factor SET since = ?3, step = ?4 WHERE county = ?1 AND person = ?2")?
                .execute(params![view.county, person, event.at.to_string(), step])?;
            put_codes(view, &person, &recovery)?;
            ask_for_code(view, &person)?;
            note(view, &event)?;
            Ok(true)
        })
    }

    fn use_step(&self, person: &str, step: u64) -> Result<bool, Fault> {
        let person = person.to_owned();
        self.write(move |view, _| {
            let changed = view
                .conn
                .prepare_cached(
                    "UPDATE second_factor SET step = ?3
                     WHERE county = ?1 AND person = ?2 AND step < ?3 AND since IS NOT NULL",
                )?
                .execute(params![view.county, person, step])?;
            Ok(changed > 0)
        })
    }

    fn use_recovery_code(&self, person: &str, digest: &str, at: DateTime) -> Result<bool, Fault> {
        let (person, digest) = (person.to_owned(), digest.to_owned());
        self.write(move |view, _| {
            let changed = view
                .conn
                .prepare_cached(
                    "UPDATE recovery_code SET used = ?4
                     WHERE county = ?1 AND person = ?2 AND digest = ?3 AND used IS NULL",
                )?
                .execute(params![view.county, person, digest, at.to_string()])?;
            Ok(changed > 0)
        })
    }

    fn put_recovery_codes(&self, person: &str, digests: Vec<String>) -> Result<(), Fault> {
        let person = person.to_owned();
        self.write(move |view, _| put_codes(view, &person, &digests))
    }

    fn drop_factor(&self, person: &str, event: DoorEvent) -> Result<(), Fault> {
        let person = person.to_owned();
        self.write(move |view, _| {
            view.conn
                .prepare_cached("DELETE FROM second_factor WHERE county = ?1 AND person = ?2")?
                .execute(params![view.county, person])?;
            if event.by.is_some() {
                drop_all(view, &person)?;
                end_all(view, &person, "")?;
            }
            drop_last_codes(view, &person)?;
            note(view, &event)
        })
    }
}

/// Recovery codes stand in for a factor: without any they go.
pub(super) fn drop_last_codes(view: &View<'_>, person: &str) -> Result<(), Fault> {
    let app = view.factor(person)?.is_some_and(|factor| factor.since.is_some());
    if app || !view.passkeys(person)?.is_empty() { Ok(()) } else { put_codes(view, person, &[]) }
}

pub(super) fn put_codes(view: &View<'_>, person: &str, digests: &[String]) -> Result<(), Fault> {
    view.conn
        .prepare_cached("DELETE FROM recovery_code WHERE county = ?1 AND person = ?2")?
        .execute(params![view.county, person])?;
    let sql = "INSERT INTO recovery_code (county, person, digest, used) VALUES (?1, ?2, ?3, NULL)";
    let mut put = view.conn.prepare_cached(sql)?;
    for digest in digests {
        put.execute(params![view.county, person, digest])?;
    }
    Ok(())
}

impl FactorReading for View<'_> {
    fn factor(&self, person: &str) -> Result<Option<Factor>, Fault> {
        let sql = "SELECT key, secret, since, step FROM second_factor WHERE county = ?1 AND person = ?2";
        let found: Option<(String, Vec<u8>, Option<String>, u64)> = self
            .conn
            .prepare_cached(sql)?
            .query_row(params![self.county, person], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
            .optional()?;
        let Some((key, sealed, since, step)) = found else { return Ok(None) };
        let secret = self.opener().open_bytes(&key, &sealed)?;
        let since = since.map(|since| moment(&since, "second_factor")).transpose()?;
        Ok(Some(Factor { person: person.to_owned(), secret, since, step }))
    }

    fn recovery_codes_left(&self, person: &str) -> Result<u64, Fault> {
        let sql = "SELECT count(*) FROM recovery_code WHERE county = ?1 AND person = ?2 AND used IS NULL";
        Ok(self.conn.prepare_cached(sql)?.query_row(params![self.county, person], |row| row.get(0))?)
    }
}
