//! Events for other programs, as CloudEvents 1.0 in JSON: ids, state, clauses and links. No personal data: who wants more
//! follows a link and is asked for their rights there.

use engine::event::Clock;
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
    let (Some(event), Some(matter)) = (entry.events.first(), snapshot.matter(&delivery.matter)?) else {
        return Ok(None);
    };
    let county = &snapshot.world().county().code;
    let mut data = Map::new();
    data.insert("matter".into(), matter_of(&matter));
    data.insert("act".into(), act_of(&entry));
    data.extend(details(event, &matter));
    data.insert("links".into(), links(&matter.id, public_url));
    Ok(Some(json!({
        "specversion": "1.0",
        "id": id(county, delivery),
        "source": format!("{public_url}/"),
        "type": type_of(delivery.topic),
        "subject": format!("matters/{}", matter.id),
        // County local time is China Standard Time all year.
        "time": format!("{}+08:00", entry.at.strftime("%Y-%m-%dT%H:%M:%S")),
        "datacontenttype": "application/json",
        "data": data,
    })))
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
    json!({ "name": clock.name, "step": clock.step, "last_day": clock.due.to_string(), "clauses": clock.clauses })
}

fn links(matter: &str, public_url: &str) -> Value {
    json!({ "page": format!("{public_url}/matters/{matter}"), "api": format!("{public_url}/api/v1/matters/{matter}") })
}
