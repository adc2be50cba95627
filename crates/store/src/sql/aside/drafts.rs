//! Drafts, what was seen, and who read what.

use crate::aside::{Draft, Reading};
use crate::chance::Chance;
use crate::db::params;
use crate::fault::Fault;
use crate::record::v1::{Printed, Sealable, Sealing};
use crate::record::write;
use crate::ring::Sealer;
use engine::event::Desk;

use crate::sql::view::View;

/// Saves a draft, sealed as a whole with the person's key.
pub(super) fn put(view: &View<'_>, chance: &mut Chance, draft: &Draft) -> Result<(), Fault> {
    let plain = write(&Printed(&draft.record));
    let mut sealer = Sealer::new(view.ring, view.conn, chance);
    let body: Sealable<String> = Sealable::Sealed(sealer.seal(&draft.person, &plain)?);
    view.conn
        .prepare_cached(
            "INSERT INTO draft (county, person, id, name, matter, saved, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (county, person, id) DO UPDATE SET name = excluded.name, matter = excluded.matter,
             saved = excluded.saved, body = excluded.body",
        )?
        .execute(params![
            view.county,
            draft.person,
            draft.id,
            draft.name,
            draft.matter,
            draft.saved.to_string(),
            write(&body),
        ])?;
    Ok(())
}

pub(super) fn drop_one(view: &View<'_>, person: &str, id: &str) -> Result<(), Fault> {
    view.conn.prepare_cached("DELETE FROM draft WHERE county = ?1 AND person = ?2 AND id = ?3")?.execute(params![
        view.county,
        person,
        id
    ])?;
    Ok(())
}

pub(super) fn mark_seen(view: &View<'_>, recipient: &Desk, person: &str, seq: u64) -> Result<(), Fault> {
    let mut mark = view.conn.prepare_cached(
        "INSERT INTO seen (county, recipient, person, seq) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (county, recipient, person) DO UPDATE SET seq = max(seen.seq, excluded.seq)",
    )?;
    for recipient in view.desk_keys(std::slice::from_ref(recipient)) {
        mark.execute(params![view.county, recipient, person, seq])?;
    }
    Ok(())
}

pub(crate) fn log_reading(view: &View<'_>, reading: &Reading) -> Result<(), Fault> {
    view.conn
        .prepare_cached(
            "INSERT INTO reading (county, subject, at, person, post, kind, why) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT DO NOTHING",
        )?
        .execute(params![
            view.county,
            reading.subject,
            reading.at.to_string(),
            reading.person,
            reading.post,
            reading.kind,
            reading.why,
        ])?;
    Ok(())
}
