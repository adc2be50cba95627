//! The door: counts, devices, passwords of before, what happened.

use crate::aside::{Account, GoingOn, Session};
use crate::db::{OptionalExtension, Row, params};
use crate::fault::Fault;
use crate::identity::{
    Advance, AfterRight, Counter, Device, DoorEvent, DoorKind, Entry, Identity, IdentityReading, NewPassword,
    PASSWORDS_KEPT, WrongTries, forgotten_before, waits_until,
};
use jiff::civil::{Date, DateTime};

use super::Database;
use super::aside::accounts;
use super::read::{self, moment};
use super::view::View;

impl Identity for Database {
    fn begin_try(&self, counters: Vec<Counter>, now: DateTime) -> Result<Option<DateTime>, Fault> {
        self.write(move |view, _| begin(view, &counters, now))
    }

    fn take_back(&self, counters: Vec<Counter>) -> Result<(), Fault> {
        self.write(move |view, _| counters.iter().try_for_each(|counter| take_back(view, counter)))
    }

    fn enter(&self, entry: Entry) -> Result<(), Fault> {
        self.write(move |view, _| {
            entry.counters.iter().try_for_each(|counter| take_back(view, counter))?;
            accounts::put_session(view, &entry.session)?;
            entry.device.iter().try_for_each(|device| put_device(view, device))?;
            note(view, &entry.event)
        })
    }

    fn administer_account(&self, account: Account, event: DoorEvent) -> Result<(), Fault> {
        self.write(move |view, _| {
            accounts::put(view, &account)?;
            accounts::end_all(view, &account.person, "")?;
            forget_devices(view, &account.person, None)?;
            note(view, &event)
        })
    }

    fn note_at_door(&self, event: DoorEvent) -> Result<(), Fault> {
        self.write(move |view, _| note(view, &event))
    }

    fn change_password(&self, change: NewPassword) -> Result<(), Fault> {
        self.write(move |view, _| {
            replace(view, &change)?;
            accounts::end_all(view, &change.person, &change.but)?;
            accounts::set_stage(view, &change.but, change.then)?;
            forget_devices(view, &change.person, change.device.as_deref())?;
            note(view, &change.event)
        })
    }

    fn advance(&self, advance: Advance) -> Result<(), Fault> {
        self.write(move |view, _| {
            accounts::set_stage(view, &advance.session, advance.stage)?;
            advance.renewed.iter().try_for_each(|digest| accounts::renew(view, &advance.session, digest))?;
            advance.device.iter().try_for_each(|device| put_device(view, device))?;
            advance.event.iter().try_for_each(|event| note(view, event))
        })
    }
}

fn digest(view: &View<'_>, counter: &Counter) -> [u8; 16] {
    view.ring.blind(&["wrong try", &counter.key])
}

fn begin(view: &View<'_>, counters: &[Counter], now: DateTime) -> Result<Option<DateTime>, Fault> {
    let forgotten = forgotten_before(now);
    view.conn
        .prepare_cached("DELETE FROM wrong_try WHERE county = ?1 AND last < ?2")?
        .execute(params![view.county, forgotten.to_string()])?;
    let mut until = None;
    for counter in counters {
        let counted: Option<(u32, String)> = view
            .conn
            .prepare_cached("SELECT failures, last FROM wrong_try WHERE county = ?1 AND counter = ?2")?
            .query_row(params![view.county, digest(view, counter)], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some((failures, last)) = counted else { continue };
        until = until.max(waits_until(failures, counter.free, moment(&last, "wrong_try")?, now));
    }
    if until.is_none() {
        for counter in counters {
            view.conn
                .prepare_cached(
                    "INSERT INTO wrong_try (county, counter, failures, last) VALUES (?1, ?2, 1, ?3)
                     ON CONFLICT (county, counter) DO UPDATE SET failures = wrong_try.failures + 1, last = excluded.last",
                )?
                .execute(params![view.county, digest(view, counter), now.to_string()])?;
        }
    }
    Ok(until)
}

fn take_back(view: &View<'_>, counter: &Counter) -> Result<(), Fault> {
    let sql = match counter.after {
        AfterRight::Cleared => "DELETE FROM wrong_try WHERE county = ?1 AND counter = ?2",
        AfterRight::TakenBack => {
            "UPDATE wrong_try SET failures = failures - 1 WHERE county = ?1 AND counter = ?2 AND failures > 0"
        }
    };
    view.conn.prepare_cached(sql)?.execute(params![view.county, digest(view, counter)])?;
    Ok(())
}

fn put_device(view: &View<'_>, device: &Device) -> Result<(), Fault> {
    view.conn
        .prepare_cached(
            "INSERT INTO device (county, digest, person, since, seen) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (county, digest, person) DO UPDATE SET seen = excluded.seen",
        )?
        .execute(params![
            view.county,
            device.digest,
            device.person,
            device.since.to_string(),
            device.seen.to_string()
        ])?;
    Ok(())
}

fn forget_devices(view: &View<'_>, person: &str, but: Option<&str>) -> Result<(), Fault> {
    view.conn
        .prepare_cached("DELETE FROM device WHERE county = ?1 AND person = ?2 AND digest <> ?3")?
        .execute(params![view.county, person, but.unwrap_or("")])?;
    Ok(())
}

pub(super) fn note(view: &View<'_>, event: &DoorEvent) -> Result<(), Fault> {
    view.conn
        .prepare_cached(
            "INSERT INTO door_event (county, at, id, person, by_whom, what, address, agent)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            view.county,
            event.at.to_string(),
            event.id,
            event.person,
            event.by,
            event.what.code(),
            event.address,
            event.agent,
        ])?;
    Ok(())
}

/// The old password goes among those of before, of which only the latest are kept.
fn replace(view: &View<'_>, change: &NewPassword) -> Result<(), Fault> {
    let values = params![view.county, change.person, change.event.at.to_string()];
    view.conn
        .prepare_cached(
            "INSERT INTO past_password (county, person, until, password)
             SELECT county, person, ?3, password FROM account WHERE county = ?1 AND person = ?2
             ON CONFLICT (county, person, until) DO UPDATE SET password = excluded.password",
        )?
        .execute(values)?;
    view.conn
        .prepare_cached(
            "DELETE FROM past_password WHERE county = ?1 AND person = ?2 AND until NOT IN
             (SELECT until FROM past_password WHERE county = ?1 AND person = ?2 ORDER BY until DESC LIMIT ?3)",
        )?
        .execute(params![view.county, change.person, PASSWORDS_KEPT])?;
    view.conn
        .prepare_cached(
            "UPDATE account SET password = ?3, given = 'own', since = ?4 WHERE county = ?1 AND person = ?2",
        )?
        .execute(params![view.county, change.person, change.password, change.event.at.to_string()])?;
    Ok(())
}

impl IdentityReading for View<'_> {
    fn device(&self, digest: &str, person: &str) -> Result<Option<Device>, Fault> {
        let sql = "SELECT since, seen FROM device WHERE county = ?1 AND digest = ?2 AND person = ?3";
        let found: Option<(String, String)> = self
            .conn
            .prepare_cached(sql)?
            .query_row(params![self.county, digest, person], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some((since, seen)) = found else { return Ok(None) };
        Ok(Some(Device {
            digest: digest.to_owned(),
            person: person.to_owned(),
            since: moment(&since, "device")?,
            seen: moment(&seen, "device")?,
        }))
    }

    fn devices(&self, person: &str) -> Result<Vec<Device>, Fault> {
        let sql = "SELECT digest, since, seen FROM device WHERE county = ?1 AND person = ?2 ORDER BY seen DESC, digest";
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query(params![self.county, person])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(Device {
                digest: row.get(0)?,
                person: person.to_owned(),
                since: moment(&row.get::<String>(1)?, "device")?,
                seen: moment(&row.get::<String>(2)?, "device")?,
            });
        }
        Ok(found)
    }

    fn past_passwords(&self, person: &str) -> Result<Vec<String>, Fault> {
        let sql = "SELECT password FROM past_password WHERE county = ?1 AND person = ?2 ORDER BY until DESC";
        let mut statement = self.conn.prepare_cached(sql)?;
        let found = statement.query_map(params![self.county, person], |row| row.get(0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    fn door_events(&self, person: &str, limit: usize) -> Result<Vec<DoorEvent>, Fault> {
        let mut statement =
            self.conn.prepare_cached(&format!("{EVENTS} AND person = ?2 ORDER BY at DESC, id LIMIT ?3"))?;
        let mut rows = statement.query(params![self.county, person, limit])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(event(row)?);
        }
        Ok(found)
    }

    fn accounts(&self) -> Result<Vec<Account>, Fault> {
        read::all_accounts(self)
    }

    fn all_sessions(&self, going: GoingOn, limit: usize) -> Result<Vec<Session>, Fault> {
        read::all_sessions(self, going, limit)
    }

    fn door_events_within(
        &self,
        from: Date,
        to: Date,
        fits: &dyn Fn(&DoorEvent) -> bool,
        limit: usize,
    ) -> Result<(Vec<DoorEvent>, bool), Fault> {
        let after = to.tomorrow().unwrap_or(to);
        let sql = format!("{EVENTS} AND at >= ?2 AND at < ?3 ORDER BY at DESC, id");
        let mut statement = self.conn.prepare_cached(&sql)?;
        let mut rows = statement.query(params![self.county, from.to_string(), after.to_string()])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let event = event(row)?;
            if !fits(&event) {
                continue;
            }
            if found.len() == limit {
                return Ok((found, true));
            }
            found.push(event);
        }
        Ok((found, false))
    }

    fn wrong_tries(&self, since: DateTime) -> Result<Vec<WrongTries>, Fault> {
        let mut statement = self.conn.prepare_cached(
            "SELECT person, address, count(*), max(at) FROM door_event
             WHERE county = ?1 AND at >= ?2 AND what IN (?3, ?4, ?5)
             GROUP BY person, address ORDER BY max(at) DESC, person, address",
        )?;
        let [wrong, code, passkey] = [DoorKind::Wrong, DoorKind::WrongCode, DoorKind::WrongPasskey].map(DoorKind::code);
        let mut rows = statement.query(params![self.county, since.to_string(), wrong, code, passkey])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let last = moment(&row.get::<String>(3)?, "door_event")?;
            found.push(WrongTries { person: row.get(0)?, address: row.get(1)?, times: row.get(2)?, last });
        }
        Ok(found)
    }
}

const EVENTS: &str = "SELECT id, at, person, by_whom, what, address, agent FROM door_event WHERE county = ?1";

fn event(row: Row<'_>) -> Result<DoorEvent, Fault> {
    let what: String = row.get(4)?;
    Ok(DoorEvent {
        id: row.get(0)?,
        at: moment(&row.get::<String>(1)?, "door_event")?,
        person: row.get(2)?,
        by: row.get(3)?,
        what: DoorKind::read(&what).ok_or_else(|| Fault::unreadable("door_event", &what))?,
        address: row.get(5)?,
        agent: row.get(6)?,
    })
}
