//! Accounts and sessions.

use crate::aside::{Account, AccountState, GoingOn, Session, Stage};
use crate::db::params;
use crate::fault::Fault;
use jiff::civil::DateTime;

use crate::sql::calendars;
use crate::sql::view::View;

pub(in crate::sql) fn put(view: &View<'_>, account: &Account) -> Result<(), Fault> {
    let state = match account.state {
        AccountState::Active => "active",
        AccountState::Closed => "closed",
    };
    view.conn
        .prepare_cached(
            "INSERT INTO account (county, person, login, password, given, since, state)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (county, person) DO UPDATE SET login = excluded.login, password = excluded.password,
             given = excluded.given, since = excluded.since, state = excluded.state",
        )?
        .execute(params![
            view.county,
            account.person,
            account.login,
            account.password,
            account.given.code(),
            account.since.to_string(),
            state,
        ])?;
    Ok(())
}

pub(in crate::sql) fn put_session(view: &View<'_>, session: &Session) -> Result<(), Fault> {
    view.conn
        .prepare_cached(
            "INSERT INTO session (county, digest, person, way, stage, address, agent, created, seen, ends)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .execute(params![
            view.county,
            session.digest,
            session.person,
            session.way.code(),
            session.stage.code(),
            session.address,
            session.agent,
            session.created.to_string(),
            session.seen.to_string(),
            session.ends.to_string(),
        ])?;
    Ok(())
}

pub(super) fn touch(view: &View<'_>, digest: &str, now: DateTime) -> Result<(), Fault> {
    view.conn.prepare_cached("UPDATE session SET seen = ?3 WHERE county = ?1 AND digest = ?2")?.execute(params![
        view.county,
        digest,
        now.to_string()
    ])?;
    Ok(())
}

pub(super) fn end(view: &View<'_>, digest: &str) -> Result<(), Fault> {
    view.conn
        .prepare_cached("DELETE FROM session WHERE county = ?1 AND digest = ?2")?
        .execute(params![view.county, digest])?;
    Ok(())
}

/// Ends every session of a person but one, and every calendar address with them.
pub(in crate::sql) fn end_all(view: &View<'_>, person: &str, but: &str) -> Result<(), Fault> {
    calendars::drop_all(view, person)?;
    view.conn
        .prepare_cached("DELETE FROM session WHERE county = ?1 AND person = ?2 AND digest <> ?3")?
        .execute(params![view.county, person, but])?;
    Ok(())
}

/// There is a factor now: whoever is only on the way in has to show it, also where they came by before there was one.
pub(in crate::sql) fn ask_for_code(view: &View<'_>, person: &str) -> Result<(), Fault> {
    view.conn
        .prepare_cached("UPDATE session SET stage = ?3 WHERE county = ?1 AND person = ?2 AND stage <> ?4")?
        .execute(params![view.county, person, Stage::Code.code(), Stage::Full.code()])?;
    Ok(())
}

pub(super) fn sweep(view: &View<'_>, going: GoingOn) -> Result<u64, Fault> {
    let over = view
        .conn
        .prepare_cached("DELETE FROM session WHERE county = ?1 AND (ends <= ?2 OR seen < ?3)")?
        .execute(params![view.county, going.now.to_string(), going.used_since().to_string()])?;
    Ok(over as u64)
}

pub(in crate::sql) fn set_stage(view: &View<'_>, digest: &str, stage: Stage) -> Result<(), Fault> {
    view.conn.prepare_cached("UPDATE session SET stage = ?3 WHERE county = ?1 AND digest = ?2")?.execute(params![
        view.county,
        digest,
        stage.code()
    ])?;
    Ok(())
}

/// Gives a session another token.
pub(in crate::sql) fn renew(view: &View<'_>, digest: &str, renewed: &str) -> Result<(), Fault> {
    view.conn.prepare_cached("UPDATE session SET digest = ?3 WHERE county = ?1 AND digest = ?2")?.execute(params![
        view.county,
        digest,
        renewed
    ])?;
    Ok(())
}
