//! `/track/everything`: everything that the county keeps about oneself, to take along (个人信息副本): one archive with a page for people and JSON
//! for programs. (Personal Information Protection Law, art. 45.)

use super::readings::looks;
use super::subjects::{own_matters, own_rows, own_subjects};
use crate::api::own_matter;
use crate::disposition::saved;
use crate::forms::json::record;
use crate::problem::Problem;
use crate::site::{App, Running, long_work};
use crate::visit::{Person, Visitor};
use anyhow::Context;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use engine::event::Desk;
use maud::{DOCTYPE, Markup, html};
use serde_json::{Value, json};
use std::io::{Cursor, Write};
use std::sync::Arc;
use store::Snapshot;
use store::aside::{GoingOn, Reading, Session};
use store::identity::{Device, DoorEvent};
use store::pages::Cut;
use store::passkey::Passkey;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Archives for one person in a minute: each looks through all that is kept about them.
const PER_MINUTE: u32 = 2;
/// Looked through at a time.
const PAGE: usize = 200;
/// Matters of each row at most.
const MATTERS: usize = 10_000;
/// Looks named at most, and events at the door.
const LOOKS: usize = 10_000;
const DOOR_EVENTS: usize = 10_000;

/// The archive.
pub async fn show(state: State<Arc<Running>>, visitor: Visitor) -> Result<Response, Problem> {
    let app: App = state;
    let person = visitor.signed_in()?.clone();
    if !app.limits.admits_so_many(&format!("everything {}", person.id), visitor.now, PER_MINUTE) {
        let (zh, en) = ("刚刚下载过，请一分钟后再试", "You have just taken a copy: try again in a minute");
        return Err(Problem::new(StatusCode::TOO_MANY_REQUESTS, "too-many", zh, en));
    }
    let archive = long_work(&app, move |app| {
        let kept = app.read(|snapshot| {
            let kept =
                Gathering { snapshot, visitor: &visitor, person: &person, going: app.going_on(visitor.now) }.all()?;
            snapshot.fault()?;
            Ok(kept)
        })?;
        packed(&visitor, &kept).map_err(|fault| Problem::fault(&fault))
    })
    .await?;
    let disposition = saved("everything.zip", "我的信息.zip");
    Ok(([(CONTENT_TYPE, "application/zip".to_owned()), (CONTENT_DISPOSITION, disposition)], archive).into_response())
}

/// Whoever gathers what is kept about them.
struct Gathering<'a> {
    snapshot: &'a dyn Snapshot,
    visitor: &'a Visitor,
    person: &'a Person,
    going: GoingOn,
}

impl Gathering<'_> {
    fn all(&self) -> Result<Value, Problem> {
        let rows = own_rows(self.snapshot.world(), &self.person.id);
        let matters = own_matters(self.snapshot, &self.person.id, MATTERS)?;
        let subjects = own_subjects(&rows, &matters);
        let posts = self.person.holdings().map(|post| post.title.as_str());
        let contact = self.snapshot.contact(&self.person.id)?.map(|contact| contact.address);
        Ok(json!({
            "person": self.person.id,
            "name": self.person.name,
            "account": self.snapshot.account(&self.person.id)?.map(|account| account.login),
            "posts": posts.collect::<Vec<_>>(),
            "contact": contact,
            "taken_at": self.visitor.now.to_string(),
            "rows": rows.iter().map(|(register, key)| self.row(register, key)).collect::<Result<Vec<_>, _>>()?,
            "matters": matters.iter().map(|line| self.matter(&line.id)).collect::<Result<Vec<_>, _>>()?,
            "drafts": self.drafts()?,
            "messages": self.messages()?,
            "looks": self.looks(&subjects)?,
            "door": self.door()?,
        }))
    }

    /// A matter; of one that is about their data and not for them to see, that there is one.
    fn matter(&self, id: &str) -> Result<Value, Problem> {
        match own_matter(self.snapshot, self.visitor, id) {
            Err(problem) if problem.status == StatusCode::NOT_FOUND => Ok(json!({ "id": id })),
            found => found,
        }
    }

    fn row(&self, register: &str, key: &str) -> Result<Value, Problem> {
        let title = self.snapshot.world().rulebook().register(register);
        let title = title.map_or(register, |(_, register)| self.visitor.lang.label(&register.title));
        let row = self.snapshot.row(register, key)?.map(|line| line.row);
        Ok(json!({
            "register": register,
            "title": title,
            "key": key,
            "since": row.as_ref().map(|row| row.since.to_string()),
            "record": row.map(|row| record(&row.record)),
        }))
    }

    fn drafts(&self) -> Result<Vec<Value>, Problem> {
        let drafts = self.snapshot.drafts(&self.person.id)?.into_iter();
        Ok(drafts
            .map(|draft| json!({ "form": draft.name, "saved": draft.saved.to_string(), "record": record(&draft.record) }))
            .collect())
    }

    fn messages(&self) -> Result<Vec<Value>, Problem> {
        let own = [Desk::Person(self.person.id.clone())];
        let mut found = Vec::new();
        let mut cut = Cut::first(PAGE);
        loop {
            let page = self.snapshot.inbox(&own, &self.person.id, &cut)?;
            let said = page.lines.into_iter();
            found.extend(said.map(|one| json!({ "at": one.at.to_string(), "matter": one.matter, "text": one.text })));
            let Some(next) = page.next else { return Ok(found) };
            cut = Cut { after: Some(next), ..cut };
        }
    }

    /// Who looked, by post.
    fn looks(&self, subjects: &[String]) -> Result<Vec<Value>, Problem> {
        let posts = &self.snapshot.world().county().posts;
        let look = |reading: Reading| {
            let post = posts.get(&reading.post).map_or(reading.post.clone(), |post| post.title.clone());
            json!({ "at": reading.at.to_string(), "post": post, "of": reading.subject, "what": reading.kind, "why": reading.why })
        };
        let found = looks(self.snapshot, &self.person.id, subjects, LOOKS)?;
        Ok(found.into_iter().map(look).collect())
    }

    /// Where they are signed in, which browsers are known as theirs, and what happened at their door.
    fn door(&self) -> Result<Value, Problem> {
        let person = &self.person.id;
        let session = |one: Session| {
            json!({
                "since": one.created.to_string(),
                "by": one.way.code(),
                "last_used": one.seen.to_string(),
                "ends": one.ends.to_string(),
                "network": one.address,
                "agent": one.agent,
            })
        };
        let device = |one: Device| json!({ "since": one.since.to_string(), "last_used": one.seen.to_string() });
        let passkey = |one: Passkey| {
            json!({
                "name": one.label,
                "since": one.since.to_string(),
                "last_used": one.used.map(|used| used.to_string()),
            })
        };
        let event = |one: DoorEvent| {
            json!({
                "at": one.at.to_string(),
                "what": one.what.code(),
                "by": one.by.map_or("self", |_| "administrator"),
                "network": one.address,
                "agent": one.agent,
            })
        };
        let sessions = self.snapshot.sessions(person, self.going)?.into_iter().map(session);
        let devices = self.snapshot.devices(person)?.into_iter().map(device);
        let passkeys = self.snapshot.passkeys(person)?.into_iter().map(passkey);
        let events = self.snapshot.door_events(person, DOOR_EVENTS)?.into_iter().map(event);
        Ok(json!({
            "sessions": sessions.collect::<Vec<_>>(),
            "devices": devices.collect::<Vec<_>>(),
            "passkeys": passkeys.collect::<Vec<_>>(),
            "events": events.collect::<Vec<_>>(),
        }))
    }
}

fn packed(visitor: &Visitor, kept: &Value) -> anyhow::Result<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in
        [("data.json", serde_json::to_string_pretty(kept)?), ("index.html", page(visitor, kept).into_string())]
    {
        archive.start_file(name, SimpleFileOptions::default())?;
        archive.write_all(content.as_bytes())?;
    }
    Ok(archive.finish().context("memory takes every file")?.into_inner())
}

/// The same for people: a page that needs nothing besides itself.
fn page(visitor: &Visitor, kept: &Value) -> Markup {
    let lang = visitor.lang;
    let title = lang.say("本站保存的我的信息", "What this site keeps about me");
    html! {
        (DOCTYPE)
        html lang=(lang.code()) {
            head { meta charset="utf-8"; meta name="viewport" content="width=device-width, initial-scale=1"; title { (title) } }
            body {
                h1 { (title) }
                p { (visitor.county_name()) " · " (lang.moment(visitor.now)) }
                (shown(kept))
            }
        }
    }
}

fn shown(value: &Value) -> Markup {
    html! {
        @match value {
            Value::Object(members) => dl { @for (name, value) in members { @if !value.is_null() { dt { b { (name) } } dd { (shown(value)) } } } },
            Value::Array(values) => ol { @for value in values { li { (shown(value)) } } },
            Value::String(text) => (text),
            Value::Null => "—",
            other => (other.to_string()),
        }
    }
}
