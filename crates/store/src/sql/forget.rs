//! Erasure of a person's data (删除个人信息): the keys go, the journal and its proofs stay.

use crate::chance::Chance;
use crate::contract::{Forget, Receipt};
use crate::db::params;
use crate::fault::Fault;
use crate::record::v1::{Event, Head};
use crate::ring::key_ids;
use jiff::civil::DateTime;
use std::collections::BTreeMap;

use super::act::record_system;
use super::view::View;

/// An owner whose keys a transaction destroyed.
pub(crate) struct Forgotten {
    pub(crate) owner: String,
    pub(crate) keys: Vec<String>,
}

/// Journals the erasure, takes derived data out while the keys still open it, then destroys them.
pub(crate) fn forget(
    view: &View<'_>,
    chance: &mut Chance,
    seq: u64,
    request: Forget,
) -> Result<(Receipt, Forgotten), Fault> {
    let Forget { owner, actor, clauses, now } = request;
    let keys = live_keys(view, &owner)?;
    let head = Head {
        actor: (&actor).into(),
        at: now,
        clauses,
        county: view.county.to_owned(),
        documents: Vec::new(),
        key: None,
        kind: "system".to_owned(),
        matter: None,
        name: "forget".to_owned(),
        on: now.date(),
        published: BTreeMap::new(),
        regulation: None,
        seq,
        subject: owner.clone(),
        titles: BTreeMap::new(),
        version: None,
    };
    let event = Event::Forgotten { keys: keys.clone(), matter: None, on: None, owner: owner.clone() };
    let receipt = record_system(view, chance, head, event)?;
    let forgotten = Forgotten { owner, keys };
    destroy(view, &forgotten, now)?;
    Ok((receipt, forgotten))
}

/// The keys of an owner that still open something, oldest first.
pub(crate) fn live_keys(view: &View<'_>, owner: &str) -> Result<Vec<String>, Fault> {
    let live = key_ids(view.conn, view.county, owner)?.into_iter().filter(|(_, destroyed)| !destroyed);
    Ok(live.map(|(id, _)| id).collect())
}

/// Destroys keys, once what was derived from what they seal is out of the tables.
pub(crate) fn destroy(view: &View<'_>, forgotten: &Forgotten, now: DateTime) -> Result<(), Fault> {
    let mut destroy = view
        .conn
        .prepare_cached("UPDATE owner_key SET wrapped = NULL, destroyed_at = ?3 WHERE county = ?1 AND id = ?2")?;
    for id in &forgotten.keys {
        destroy.put(params![view.county, id, now.to_string()])?;
    }
    // What comes next in the same transaction must not be sealed with a key that is gone.
    view.ring.leave(&forgotten.owner);
    view.look_anew();
    Ok(())
}
