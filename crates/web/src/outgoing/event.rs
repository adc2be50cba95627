//! Events for other programs, as CloudEvents 1.0 in JSON: ids, state, clauses and links. No personal data: who wants more
//! follows a link and is asked for their rights there.

use crate::layout::with_query;
use crate::sharing::Offered;
use engine::event::Clock;
use engine::rights::may_use_share;
use engine::{Actor, Event, Matter};
use serde_json::{Map, Value, json};
use store::outbox::{Delivery, Topic};
use store::pages::Entry;
use store::{Fault, Snapshot};

/// Media type of the body.
pub const CLOUD_EVENT: &str = "application/cloudevents+json; charset=utf-8";

/// What every type of event begins with.
const TYPE_PREFIX: &str = "gongbao.";

/// The id of an event: the same on every way and at every attempt.
#[must_use]
pub fn id(county: &str, delivery: &Delivery) -> String {
    format!("{county}-{}-{}", delivery.key.seq, delivery.key.n)
}

/// The type of an event about a topic: `gongbao.step.entered`.
#[must_use]
pub fn type_of(topic: Topic) -> String {
    format!("{TYPE_PREFIX}{}", topic.code())
}

/// The event of a delivery; `None` if the journal does not know it.
///
/// # Errors
/// If the state cannot be read.
pub fn event(snapshot: &dyn Snapshot, delivery: &Delivery, public_url: &str) -> Result<Option<Value>, Fault> {
    let Some(entry) = snapshot.occurrence(delivery.key.seq, delivery.key.n)? else { return Ok(None) };
    if delivery.topic == Topic::ShareChanged {
        return share_changed(snapshot, delivery, &entry, public_url);
    }
    let (Some(event), Some(matter)) = (entry.events.first(), snapshot.matter(&delivery.matter)?) else {
        return Ok(None);
    };
    let mut data = Map::new();
    data.insert("matter".into(), matter_of(&matter));
    data.insert("act".into(), act_of(&entry));
    data.extend(details(event, &matter));
    data.insert("links".into(), links(&matter.id, public_url));
    let subject = format!("matters/{}", matter.id);
    Ok(Some(envelope(snapshot, delivery, &entry, (public_url, &subject, Value::Object(data)))))
}

/// What every event has around its data.
fn envelope(
    snapshot: &dyn Snapshot,
    delivery: &Delivery,
    entry: &Entry,
    (public_url, subject, data): (&str, &str, Value),
) -> Value {
    json!({
        "specversion": "1.0",
        "id": id(&snapshot.world().county().code, delivery),
        "source": format!("{public_url}/"),
        "type": type_of(delivery.topic),
        "subject": subject,
        // County local time is China Standard Time all year.
        "time": format!("{}+08:00", entry.at.strftime("%Y-%m-%dT%H:%M:%S")),
        "datacontenttype": "application/json",
        "data": data,
    })
}

/// A shared row that changed: which, of which shares that the webhook's office may use, and where to take it. No column goes along: what the
/// office may have of it is decided when it asks. `None` where it may use none any more.
fn share_changed(
    snapshot: &dyn Snapshot,
    delivery: &Delivery,
    entry: &Entry,
    public_url: &str,
) -> Result<Option<Value>, Fault> {
    let world = snapshot.world();
    let webhook = snapshot.webhooks()?.into_iter().find(|webhook| webhook.id == delivery.key.target);
    let (Some(webhook), Some((registers, key))) = (webhook, changed(snapshot, &delivery.matter)?) else {
        return Ok(None);
    };
    let may = |share| may_use_share(world, share, &webhook.office, None, entry.at.date()).is_ok();
    let known = world.rulebook().shares().filter(|(_, share)| registers.contains(&share.register) && may(share));
    let before = entry.seq.saturating_sub(1).to_string();
    let subject = delivery.matter.split_once('/').map_or(delivery.matter.as_str(), |(_, key)| key);
    let mut shares: Vec<Value> = Vec::new();
    for (regulation, share) in known {
        let offered = Offered::of(snapshot, regulation, share, entry.at);
        // Of a row that was never a part of the share, not even the key is told.
        if !offered.map_or(Ok(false), |offered| offered.concerns(subject))? {
            continue;
        }
        let rows = format!("{public_url}/api/v1/shares/{}/{}/rows", regulation.id, share.name);
        let links = json!({ "row": with_query(&rows, "key", &key), "changes": with_query(&rows, "since", &before) });
        shares.push(json!({ "regulation": regulation.id, "share": share.name, "links": links }));
    }
    if shares.is_empty() {
        return Ok(None);
    }
    let data = json!({ "key": key, "seq": entry.seq, "shares": shares });
    Ok(Some(envelope(snapshot, delivery, entry, (public_url, &format!("shares/{key}"), data))))
}

/// The registers that a delivery about a shared row concerns, and the row's key there.
fn changed(snapshot: &dyn Snapshot, subject: &str) -> Result<Option<(Vec<String>, String)>, Fault> {
    if let Some((register, key)) = subject.split_once('/') {
        return Ok(Some((vec![register.to_owned()], key.to_owned())));
    }
    let Some(matter) = snapshot.matter(subject)? else { return Ok(None) };
    let registers =
        snapshot.world().rulebook().regulations.values().flat_map(|regulation| regulation.registers.values());
    let own = registers.filter(|register| register.rows_of.as_ref() == Some(&matter.procedure));
    let names = own.map(|register| register.name.clone()).collect();
    Ok(Some((names, matter.number.clone().unwrap_or_else(|| matter.id.clone()))))
}

fn matter_of(matter: &Matter) -> Value {
    json!({
        "id": matter.id,
        "number": matter.number,
        "procedure": matter.procedure,
        "regulation": matter.regulation,
        "version": matter.version,
        "place": matter.place,
        "step": matter.step,
        "ended": matter.ended.as_ref().map(|(end, on)| json!({ "end": end, "on": on.to_string() })),
    })
}

fn act_of(entry: &Entry) -> Value {
    json!({
        "seq": entry.seq,
        "name": entry.name,
        "on": entry.on.to_string(),
        "by_clock": entry.actor == Actor::Clock,
        "clauses": entry.clauses,
    })
}

/// What the event itself says, as far as it is about nobody.
fn details(event: &Event, matter: &Matter) -> Map<String, Value> {
    let one = |name: &str, value: Value| Map::from_iter([(name.to_owned(), value)]);
    match event {
        Event::Entered { step, .. } => one("step", json!(step)),
        Event::Ended { end, on, .. } => one("end", json!({ "end": end, "on": on.to_string() })),
        Event::Issued { document, .. } => one(
            "document",
            json!({ "id": document.id, "name": document.name, "number": document.number, "on": document.on.to_string() }),
        ),
        Event::Voided { document, on, .. } => one("document", json!({ "name": document, "on": on.to_string() })),
        Event::ClockExpired { clock, .. } => {
            let clock = matter.clocks.iter().find(|known| known.id == *clock);
            clock.map_or_else(Map::new, |clock| one("deadline", deadline(clock)))
        }
        _ => Map::new(),
    }
}

fn deadline(clock: &Clock) -> Value {
    json!({ "name": clock.name, "step": clock.step, "last_day": clock.due.to_string(), "due_at": crate::api::clock::moment_of(clock.until()), "clauses": clock.clauses })
}

fn links(matter: &str, public_url: &str) -> Value {
    json!({ "page": format!("{public_url}/matters/{matter}"), "api": format!("{public_url}/api/v1/matters/{matter}") })
}
