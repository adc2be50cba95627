//! Queueing: what the next acts of the journal have to tell, and to whom.

use crate::db::{OptionalExtension, params};
use crate::fault::Fault;
use crate::outbox::{Channel, DeliveryKey, QUEUE_ACTS, Queued, Topic, Webhook};
use crate::record::v1::Event;
use engine::World;
use engine::county::Post;
use engine::event::Desk;
use engine::rights::{Access, Viewer, desks_of, may_see};
use jiff::civil::DateTime;
use std::collections::{BTreeMap, BTreeSet};

use super::shares::Told;
use crate::sql::journal::{STORED, kept, length};
use crate::sql::project::desk_key;
use crate::sql::view::View;

/// What was found in one go.
pub(super) struct Batch {
    lines: Vec<Line>,
    acts: u64,
    /// The journal has been looked at up to here.
    upto: u64,
    /// It had been up to here.
    mark: Option<u64>,
}

impl Batch {
    pub(super) fn is_nothing(&self) -> bool {
        self.mark == Some(self.upto)
    }
}

struct Line {
    key: DeliveryKey,
    matter: String,
    topic: Topic,
}

/// Looks at the next acts; writes nothing.
pub(super) fn look(view: &View<'_>, now: DateTime) -> Result<Batch, Fault> {
    let (mark, end) = (mark(view)?, length(view.conn, view.county)?);
    let mut batch = Batch { lines: Vec::new(), acts: 0, upto: end, mark };
    let Some(from) = mark.filter(|mark| *mark < end) else {
        return Ok(batch);
    };
    let receivers = Receivers::read(view, now)?;
    if receivers.is_empty() {
        return Ok(batch);
    }
    let sql = format!("SELECT {STORED} FROM act WHERE county = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3");
    let mut statement = view.conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params![view.county, from, QUEUE_ACTS])?;
    batch.upto = from;
    let mut seen = BTreeMap::new();
    let mut told = Told::new(&receivers.webhooks);
    while let Some(row) = rows.next()? {
        let kept = kept(row)?;
        (batch.acts, batch.upto) = (batch.acts + 1, kept.stored.seq);
        for (n, event) in kept.payload.events.iter().enumerate() {
            let mut add = |channel, target: &str, (subject, topic): (&str, Topic)| {
                let key = DeliveryKey { channel, target: target.to_owned(), seq: kept.stored.seq, n: n as u64 };
                batch.lines.push(Line { key, matter: subject.to_owned(), topic });
            };
            if let Event::RowChanged { register, key, .. } = event {
                let subject = format!("{register}/{key}");
                for webhook in told.of_register(view, register, now) {
                    add(Channel::Webhook, webhook, (&subject, Topic::ShareChanged));
                }
            }
            let (Some(topic), Some(matter)) = (topic_of(event), event.matter()) else { continue };
            receivers.by_mail(event).into_iter().for_each(|person| add(Channel::Mail, person, (matter, topic)));
            let wanted = |webhook: &&Webhook| webhook.topics.contains(&topic) && concerns(event, &webhook.office);
            for webhook in receivers.webhooks.iter().filter(wanted) {
                let sees = seen
                    .entry((webhook.id.as_str(), matter.to_owned()))
                    .or_insert_with(|| sees(view, &webhook.office, matter, now));
                if *sees {
                    add(Channel::Webhook, &webhook.id, (matter, topic));
                }
            }
            // Whoever was told of the act itself keeps that: an event goes to a webhook once.
            if matches!(event, Event::Acted { .. }) {
                for webhook in told.of_matter(view, matter, now) {
                    add(Channel::Webhook, webhook, (matter, Topic::ShareChanged));
                }
            }
        }
    }
    view.take_fault()?;
    Ok(batch)
}

/// Queues what was found and moves the mark. Whatever is queued already stays as it is.
pub(super) fn keep(view: &View<'_>, batch: &Batch, now: DateTime) -> Result<Queued, Fault> {
    let mut insert = view.conn.prepare_cached(
        "INSERT INTO delivery (county, channel, target, seq, n, matter, topic, state, attempts, queued, next, answer)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'queued', 0, ?8, ?8, '') ON CONFLICT DO NOTHING",
    )?;
    let mut queued = Queued { deliveries: 0, acts: batch.acts };
    for Line { key, matter, topic } in &batch.lines {
        let channel = super::deliveries::channel_code(key.channel);
        let made = insert.execute(params![
            view.county,
            channel,
            key.target,
            key.seq,
            key.n,
            matter,
            topic.code(),
            now.to_string(),
        ])?;
        queued.deliveries += made as u64;
    }
    view.conn
        .prepare_cached(
            "INSERT INTO outbox_mark (county, seq) VALUES (?1, ?2)
             ON CONFLICT (county) DO UPDATE SET seq = max(outbox_mark.seq, excluded.seq)",
        )?
        .execute(params![view.county, batch.upto])?;
    Ok(queued)
}

fn mark(view: &View<'_>) -> Result<Option<u64>, Fault> {
    let mark = view
        .conn
        .prepare_cached("SELECT seq FROM outbox_mark WHERE county = ?1")?
        .query_row([view.county], |row| row.get(0))
        .optional()?;
    Ok(mark)
}

fn topic_of(event: &Event) -> Option<Topic> {
    match event {
        Event::Opened { .. } => Some(Topic::MatterOpened),
        Event::Acted { .. } => Some(Topic::ActDone),
        Event::Entered { .. } => Some(Topic::StepEntered),
        Event::Ended { .. } => Some(Topic::MatterEnded),
        Event::Issued { .. } => Some(Topic::DocumentIssued),
        Event::Voided { .. } => Some(Topic::DocumentVoided),
        Event::ClockExpired { .. } => Some(Topic::DeadlinePassed),
        Event::Told { .. } | Event::Noted { .. } => Some(Topic::MessageSent),
        _ => None,
    }
}

/// Whether an event is an office's to be told of: a note only that of an office which it mentions.
fn concerns(event: &Event, office: &Desk) -> bool {
    match event {
        Event::Noted { desks, .. } => desks.iter().any(|desk| Desk::from(desk) == *office),
        _ => true,
    }
}

/// Who wants to be told of anything.
struct Receivers {
    /// By desk: who sits at it and wants its messages.
    mail: BTreeMap<String, BTreeSet<String>>,
    webhooks: Vec<Webhook>,
}

impl Receivers {
    fn read(view: &View<'_>, now: DateTime) -> Result<Receivers, Fault> {
        let mut mail: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (person, own, posts) in super::contacts::confirmed(view)? {
            let desks = desks_of(view.county(), &person, now);
            let wanted = |desk: &&Desk| if matches!(desk, Desk::Person(_)) { own } else { posts };
            for desk in desks.iter().filter(wanted).filter_map(desk_key) {
                mail.entry(desk).or_default().insert(person.clone());
            }
        }
        let webhooks = super::webhooks::all(view)?.into_iter().filter(|webhook| webhook.active).collect();
        Ok(Receivers { mail, webhooks })
    }

    fn is_empty(&self) -> bool {
        self.mail.is_empty() && self.webhooks.is_empty()
    }

    /// Who gets an event by mail: each addressee once, however many of their desks it names.
    fn by_mail(&self, event: &Event) -> BTreeSet<&str> {
        let (Event::Told { desks, persons, .. } | Event::Noted { desks, persons, .. }) = event else {
            return BTreeSet::new();
        };
        let desks = desks.iter().map(Desk::from).chain(persons.iter().map(|person| Desk::Person(person.clone())));
        let keys: Vec<String> = desks.filter_map(|desk| desk_key(&desk)).collect();
        keys.iter().filter_map(|key| self.mail.get(key)).flatten().map(String::as_str).collect()
    }
}

/// Whether an office, through whoever holds its post today, may see a matter beyond what is on public display.
fn sees(view: &View<'_>, office: &Desk, matter: &str, now: DateTime) -> bool {
    let Some(matter) = World::matter(view, matter) else { return false };
    let county = view.county();
    let holds = |person: &str| desks_of(county, person, now).contains(office);
    let officer =
        county.appointments.iter().map(|appointment| appointment.person.as_str()).find(|person| holds(person));
    officer.is_some_and(|person| {
        let viewer = Viewer { person: Some(person.to_owned()), posts: posts_at(view, office) };
        may_see(view, &viewer, &matter, now) >= Access::Masked
    })
}

/// The posts of an office.
fn posts_at(view: &View<'_>, office: &Desk) -> Vec<String> {
    let at = |post: &&Post| post.sits_at() == *office;
    view.county().posts.values().filter(at).map(|post| post.id.clone()).collect()
}
