//! Passkeys.

use crate::db::params;
use crate::fault::Fault;
use crate::identity::DoorEvent;
use crate::passkey::{Passkey, PasskeyReading, Passkeys};
use jiff::civil::DateTime;

use super::Database;
use super::aside::accounts::ask_for_code;
use super::factor::{drop_last_codes, put_codes};
use super::identity::note;
use super::read::moment;
use super::view::View;

impl Passkeys for Database {
    fn put_passkey(&self, passkey: Passkey, recovery: Option<Vec<String>>, event: DoorEvent) -> Result<bool, Fault> {
        self.write(move |view, _| {
            let kept = view
                .conn
                .prepare_cached(
                    "INSERT INTO passkey (county, credential, person, key, counter, verifies, label, since)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING",
                )?
                .execute(params![
                    view.county,
                    passkey.credential,
                    passkey.person,
                    passkey.key,
                    passkey.counter,
                    passkey.verifies,
                    passkey.label,
                    passkey.since.to_string(),
                ])?;
            if kept == 0 {
                return Ok(false);
            }
            if let Some(recovery) = recovery {
                put_codes(view, &passkey.person, &recovery)?;
            }
            ask_for_code(view, &passkey.person)?;
            note(view, &event)?;
            Ok(true)
        })
    }

    fn use_passkey(&self, credential: &str, counter: u32, at: DateTime) -> Result<bool, Fault> {
        let credential = credential.to_owned();
        self.write(move |view, _| {
            let used = view
                .conn
                .prepare_cached(
                    "UPDATE passkey SET counter = ?3, used = ?4
                     WHERE county = ?1 AND credential = ?2 AND (counter < ?3 OR (counter = 0 AND ?3 = 0))",
                )?
                .execute(params![view.county, credential, counter, at.to_string()])?;
            Ok(used > 0)
        })
    }

    fn drop_passkey(&self, person: &str, credential: &str, event: DoorEvent) -> Result<bool, Fault> {
        let (person, credential) = (person.to_owned(), credential.to_owned());
        self.write(move |view, _| {
            let gone = view
                .conn
                .prepare_cached("DELETE FROM passkey WHERE county = ?1 AND credential = ?2 AND person = ?3")?
                .execute(params![view.county, credential, person])?;
            if gone == 0 {
                return Ok(false);
            }
            drop_last_codes(view, &person)?;
            note(view, &event)?;
            Ok(true)
        })
    }
}

/// Takes all of a person's away.
pub(super) fn drop_all(view: &View<'_>, person: &str) -> Result<(), Fault> {
    view.conn
        .prepare_cached("DELETE FROM passkey WHERE county = ?1 AND person = ?2")?
        .execute(params![view.county, person])?;
    Ok(())
}

impl PasskeyReading for View<'_> {
    fn passkey(&self, credential: &str) -> Result<Option<Passkey>, Fault> {
        Ok(found(self, "credential", credential)?.pop())
    }

    fn passkeys(&self, person: &str) -> Result<Vec<Passkey>, Fault> {
        found(self, "person", person)
    }
}

fn found(view: &View<'_>, column: &str, value: &str) -> Result<Vec<Passkey>, Fault> {
    let sql = format!(
        "SELECT credential, person, key, counter, verifies, label, since, used FROM passkey
         WHERE county = ?1 AND {column} = ?2 ORDER BY since, credential"
    );
    let mut statement = view.conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params![view.county, value])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let used: Option<String> = row.get(7)?;
        found.push(Passkey {
            credential: row.get(0)?,
            person: row.get(1)?,
            key: row.get(2)?,
            counter: row.get(3)?,
            verifies: row.get(4)?,
            label: row.get(5)?,
            since: moment(&row.get::<String>(6)?, "passkey")?,
            used: used.map(|used| moment(&used, "passkey")).transpose()?,
        });
    }
    Ok(found)
}
