//! Webhooks, their addresses and secrets sealed with a key of each one's own.

use crate::chance::Chance;
use crate::db::params;
use crate::fault::Fault;
use crate::outbox::{Channel, Topic, Webhook};
use crate::record::v1::{Sealable, Sealing};
use crate::record::write;
use crate::ring::Sealer;
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

use super::deliveries::drop_queued;
use crate::sql::project::{desk_key, read_desk};
use crate::sql::view::View;

/// What is sealed of a webhook.
#[derive(Clone, Serialize, Deserialize)]
struct Body {
    former: Option<(String, DateTime)>,
    secret: String,
    url: String,
}

pub(super) fn put(view: &View<'_>, chance: &mut Chance, webhook: &Webhook) -> Result<(), Fault> {
    let former = webhook.former.as_ref().map(|(secret, until)| (hex::encode(secret), *until));
    let body = Body { former, secret: hex::encode(&webhook.secret), url: webhook.url.clone() };
    let mut sealer = Sealer::new(view.ring, view.conn, chance);
    let sealed: Sealable<Body> = Sealable::Sealed(sealer.seal(&format!("webhook:{}", webhook.id), &write(&body))?);
    let topics: Vec<&str> = webhook.topics.iter().map(|topic| topic.code()).collect();
    view.conn
        .prepare_cached(
            "INSERT INTO webhook (county, id, office, topics, active, changed, person, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             ON CONFLICT (county, id) DO UPDATE SET office = excluded.office, topics = excluded.topics,
             active = excluded.active, changed = excluded.changed, person = excluded.person, body = excluded.body",
        )?
        .execute(params![
            view.county,
            webhook.id,
            desk_key(&webhook.office),
            topics.join(" "),
            webhook.active,
            webhook.changed.to_string(),
            webhook.person,
            write(&sealed),
        ])?;
    Ok(())
}

pub(super) fn drop_one(view: &View<'_>, id: &str) -> Result<(), Fault> {
    drop_queued(view, Channel::Webhook, id)?;
    view.conn.prepare_cached("DELETE FROM webhook WHERE county = ?1 AND id = ?2")?.execute(params![view.county, id])?;
    Ok(())
}

/// Every webhook, by id.
pub(crate) fn all(view: &View<'_>) -> Result<Vec<Webhook>, Fault> {
    let mut statement = view.conn.prepare_cached(
        "SELECT id, office, topics, active, changed, person, body FROM webhook WHERE county = ?1 ORDER BY id",
    )?;
    let mut rows = statement.query([view.county])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let id: String = row.get(0)?;
        let place = format!("webhook `{id}`");
        let damaged = |what: String| Fault::unreadable(&place, what);
        let sealed: Sealable<Body> =
            serde_json::from_str(&row.get::<String>(6)?).map_err(|error| damaged(error.to_string()))?;
        let body = sealed.opened(&view.opener())?.ok_or_else(|| damaged("its key is gone".to_owned()))?;
        let bytes = |text: &str| hex::decode(text).map_err(|error| damaged(error.to_string()));
        let topics: BTreeSet<Topic> = row.get::<String>(2)?.split(' ').filter_map(Topic::read).collect();
        let changed: String = row.get(4)?;
        found.push(Webhook {
            office: read_desk(&row.get::<String>(1)?)?,
            url: body.url,
            secret: bytes(&body.secret)?,
            former: body.former.map(|(secret, until)| Ok::<_, Fault>((bytes(&secret)?, until))).transpose()?,
            topics,
            active: row.get(3)?,
            changed: changed.parse().map_err(|error: jiff::Error| damaged(error.to_string()))?,
            person: row.get(5)?,
            id,
        });
    }
    Ok(found)
}
