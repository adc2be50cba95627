//! `/track/everything`: everything that the county keeps about oneself, to take along (个人信息副本): one archive with a page for people and JSON
//! for programs. (Personal Information Protection Law, art. 45.)

use super::subjects::own_rows;
use crate::api::own_matter;
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
use store::aside::Reading;
use store::pages::{Cut, MatterQuery};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Archives for one person in a minute: each looks through all that is kept about them.
const PER_MINUTE: u32 = 2;
/// Looked through at a time.
const PAGE: usize = 200;
/// Looks named for each subject at most.
const LOOKS: usize = 2_000;

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
            let kept = Gathering { snapshot, visitor: &visitor, person: &person }.all()?;
            snapshot.fault()?;
            Ok(kept)
        })?;
        packed(&visitor, &kept).map_err(|fault| Problem::fault(&fault))
    })
    .await?;
    let disposition =
        "attachment; filename=\"everything.zip\"; filename*=UTF-8''%E6%88%91%E7%9A%84%E4%BF%A1%E6%81%AF.zip";
    Ok(([(CONTENT_TYPE, "application/zip"), (CONTENT_DISPOSITION, disposition)], archive).into_response())
}

/// Whoever gathers what is kept about them.
struct Gathering<'a> {
    snapshot: &'a dyn Snapshot,
    visitor: &'a Visitor,
    person: &'a Person,
}

impl Gathering<'_> {
    fn all(&self) -> Result<Value, Problem> {
        let rows = own_rows(self.snapshot.world(), &self.person.id);
        let matters = self.matters(&rows)?;
        let mut subjects: Vec<String> = rows.iter().map(|(register, key)| format!("{register}/{key}")).collect();
        subjects.extend(matters.iter().cloned());
        let posts = self.person.posts.iter().map(|post| post.title.as_str());
        let contact = self.snapshot.contact(&self.person.id)?.map(|contact| contact.address);
        Ok(json!({
            "person": self.person.id,
            "name": self.person.name,
            "account": self.snapshot.account(&self.person.id)?.map(|account| account.login),
            "posts": posts.collect::<Vec<_>>(),
            "contact": contact,
            "taken_at": self.visitor.now.to_string(),
            "rows": rows.iter().map(|(register, key)| self.row(register, key)).collect::<Result<Vec<_>, _>>()?,
            "matters": matters.iter().map(|id| self.matter(id)).collect::<Result<Vec<_>, _>>()?,
            "drafts": self.drafts()?,
            "messages": self.messages()?,
            "looks": self.looks(&subjects)?,
        }))
    }

    /// Every matter whose personal data is that of these rows.
    fn matters(&self, rows: &[(String, String)]) -> Result<Vec<String>, Problem> {
        let mut found = Vec::new();
        for (register, key) in rows {
            let query = MatterQuery { owner: Some(format!("{register}/{key}")), ..MatterQuery::default() };
            let mut cut = Cut::first(PAGE);
            loop {
                let page = self.snapshot.matters(&query, &cut)?;
                found.extend(page.lines.into_iter().map(|line| line.id));
                let Some(next) = page.next else { break };
                cut = Cut { after: Some(next), ..cut };
            }
        }
        found.sort();
        found.dedup();
        Ok(found)
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
        let mut found = Vec::new();
        for subject in subjects {
            let readings = self.snapshot.readings(subject, LOOKS)?.into_iter();
            found.extend(readings.filter(|reading| reading.person != self.person.id).map(look));
        }
        Ok(found)
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
                p { (visitor.county) " · " (lang.moment(visitor.now)) }
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
