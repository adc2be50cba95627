//! Taking in an issue that was printed before (往期公报收录): every document enters through an act of the county's regulation. Which
//! procedures and fields, the county says; what may enter and what becomes of it, says the regulation.

use anyhow::{Result, anyhow, bail};
use engine::{Act, Actor, Target};
use gazette::body;
use gazette::model::{Code, Document, Doubt, Gazette, PartKind, Repair, Severity};
use gazette::reading::Profile;
use jiff::civil::DateTime;
use regulation::expr::{Record, Type, Value};
use regulation::model::{Party, Procedure};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::search::NumberWanted;
use store::{Library, Request, Store, StoreExt, Submitted};

/// How the county's printed gazettes are read, and where what they say goes.
#[derive(Debug, Clone, Default)]
pub struct Printed {
    /// Names that the gazette is read by.
    pub profile: Profile,
    /// Which field of which act takes what.
    pub lines: Vec<ImportLine>,
}

/// Which field of which act takes what a gazette says (`county/gazette-import.csv`).
#[derive(Debug, Clone)]
pub struct ImportLine {
    /// `issue` or `document`.
    pub record: String,
    /// Procedure.
    pub procedure: String,
    /// Its starting act.
    pub act: String,
    /// Field of the act's form, or what the matter is about.
    pub field: String,
    /// What it takes: `number`, `title`, …
    pub value: String,
}

/// What became of one document.
pub enum Became {
    /// It entered: its matter.
    Entered(String),
    /// It entered, and somebody must look at it before it is public.
    Waiting(String),
    /// It had entered before.
    Known(String),
    /// Its number stands in the register with another text.
    Conflict(String),
    /// The regulation does not let it in.
    Refused(String),
}

/// What became of the whole.
pub struct Taken {
    /// The issue's matter, and whether it was there before.
    pub issue: (String, bool),
    /// Each document, as the text has them.
    pub documents: Vec<Became>,
}

/// Enters an issue and its documents: somebody in the post they hold, or whoever holds the office that the regulation names.
///
/// # Errors
/// If the county's lines do not fit its regulations, the issue is refused, or the store has a fault.
pub fn take_in(
    store: &dyn Store,
    printed: &Printed,
    by: Option<&Actor>,
    source: &[u8],
    gazette: &Gazette,
    now: DateTime,
) -> Result<Taken> {
    let taking = Taking { store, library: store.library(), map: Map::of_lines(&printed.lines)?, by, now };
    let digest = sha256(source);
    let issue = taking.enter_issue(gazette, &digest)?;
    let mut documents = Vec::new();
    for document in &gazette.documents {
        documents.push(taking.enter_document(gazette, document, &issue.0)?);
    }
    Ok(Taken { issue, documents })
}

/// The person in a post in which they may take in issues and documents, if they hold one.
#[must_use]
pub fn taker(library: &Library, printed: &Printed, person: &str, now: DateTime) -> Option<Actor> {
    let map = Map::of_lines(&printed.lines).ok()?;
    let may = |record: &str, level: &str, desk: &str| {
        let entry = map.0.get(record)?;
        let (_, procedure) = library.rulebook.procedure(&entry.procedure)?;
        let act = procedure.start.iter().find(|act| act.name == entry.act)?;
        let office = Party::Office { level: level.to_owned(), desk: desk.to_owned() };
        act.by.iter().any(|by| by.party == office).then_some(())
    };
    let mut held = library.county.business_posts_of(person, now);
    let post = held.find(|post| {
        let here = post.place == library.county.code;
        here && may("issue", &post.level, &post.desk).and(may("document", &post.level, &post.desk)).is_some()
    })?;
    Some(Actor::Person { person: person.to_owned(), post: Some(post.id.clone()) })
}

/// One issue on its way in.
struct Taking<'a> {
    store: &'a dyn Store,
    library: Arc<Library>,
    map: Map,
    by: Option<&'a Actor>,
    now: DateTime,
}

impl Taking<'_> {
    fn enter_issue(&self, gazette: &Gazette, digest: &str) -> Result<(String, bool)> {
        let entry = self.map.of("issue")?;
        if let Some(known) = self.known(entry, digest)? {
            return Ok((known, true));
        }
        let issue = &gazette.issue;
        let values = BTreeMap::from([
            ("name", issue.name.clone()),
            ("year", issue.year.map(|year| year.to_string())),
            ("number", issue.number.map(|number| number.to_string())),
            ("sponsor", issue.sponsor.clone()),
            ("published-on", issue.published_on.map(|day| day.to_string())),
            ("digest", Some(digest.to_owned())),
            ("findings", Some(findings(gazette.repairs.iter(), gazette.doubts.iter()))),
        ]);
        match self.submit(entry, &values, digest)? {
            Submitted::Done(receipt) => Ok((receipt.subject, receipt.repeated)),
            Submitted::Refused(refusal) => bail!("这一期不能收录：{} / the issue is refused", said(&refusal)),
        }
    }

    fn enter_document(&self, gazette: &Gazette, document: &Document, issue: &str) -> Result<Became> {
        let entry = self.map.of("document")?;
        let text = body::printed(document);
        let digest = sha256(text.as_bytes());
        if let Some(known) = self.known(entry, &digest)? {
            return Ok(Became::Known(known));
        }
        let number = document.number.to_string();
        if let Some(other) = self.registered(document)? {
            return Ok(Became::Conflict(other));
        }
        let within = |line: u32| (document.lines.first..=document.lines.last).contains(&line);
        let doubts: Vec<&Doubt> = gazette.doubts.iter().filter(|doubt| within(doubt.line)).collect();
        let repairs = gazette.repairs.iter().filter(|repair| within(repair.line));
        // Biographical sheets are personal whatever stands in them (gz-3.11).
        let sheets = document.parts.iter().any(|part| part.kind == PartKind::Sheet);
        let personal = sheets || doubts.iter().any(|doubt| doubt.code == Code::F25);
        let errors = doubts
            .iter()
            .filter(|doubt| doubt.code != Code::F25 && doubt.code.meaning().level == Severity::Error)
            .count();
        let cites: Vec<String> = document.cites.iter().map(|cited| cited.number.to_string()).collect();
        let values = BTreeMap::from([
            ("issue", Some(issue.to_owned())),
            ("number", Some(number)),
            ("title", Some(document.title.clone())),
            ("kind", document.kind.clone()),
            ("issuer", Some(document.issuer.clone())),
            ("signed-on", document.signed_on.map(|day| day.to_string())),
            ("cites", Some(cites.join("、"))),
            ("digest", Some(digest.clone())),
            ("page", document.page.map(|page| page.to_string())),
            ("public", Some(yes_no(document.public_mark.is_some()))),
            ("personal", Some(yes_no(personal))),
            ("errors", Some(errors.to_string())),
            ("findings", Some(findings(repairs, doubts.into_iter()))),
            ("text", Some(text)),
        ]);
        Ok(match self.submit(entry, &values, &digest)? {
            Submitted::Done(receipt) if receipt.repeated => Became::Known(receipt.subject),
            Submitted::Done(receipt) => {
                let public = self.store.read(|snapshot| snapshot.publication(&receipt.subject))?;
                if public.is_some() { Became::Entered(receipt.subject) } else { Became::Waiting(receipt.subject) }
            }
            Submitted::Refused(refusal) => Became::Refused(said(&refusal)),
        })
    }

    /// A publication with the same number that is there already.
    fn registered(&self, document: &Document) -> Result<Option<String>> {
        let number = &document.number;
        let wanted =
            NumberWanted { series: Some(number.series.clone()), year: Some(number.year), serial: number.serial };
        let lines = self.store.read(|snapshot| snapshot.publications_numbered(&wanted))?;
        let same = |line: &&store::publications::PublicationLine| {
            let known = line.number.as_deref().and_then(store::search::Number::read);
            known.is_some_and(|known| known.series == number.series)
        };
        Ok(lines.iter().find(same).map(|line| line.title.clone()))
    }

    /// The matter that was made of the same text before.
    fn known(&self, entry: &Entry, digest: &str) -> Result<Option<String>> {
        let (_, procedure) =
            self.library.rulebook.procedure(&entry.procedure).ok_or_else(|| unknown(&entry.procedure))?;
        let Actor::Person { person, .. } = self.actor(procedure, &entry.act)? else { return Ok(None) };
        let done = self.store.read(|snapshot| snapshot.done_under(&person, &key(entry, digest)))?;
        Ok(done.map(|(matter, _)| matter))
    }

    fn submit(&self, entry: &Entry, values: &BTreeMap<&str, Option<String>>, digest: &str) -> Result<Submitted> {
        let library = &self.library;
        let (_, procedure) = library.rulebook.procedure(&entry.procedure).ok_or_else(|| unknown(&entry.procedure))?;
        let (mut form, mut about) = (Record::new(), BTreeMap::new());
        for (field, value) in &entry.fields {
            let Some(text) = values.get(value.as_str()).cloned().flatten() else { continue };
            if procedure.about.iter().any(|about| about.name == *field) {
                about.insert(field.clone(), Value::Text(text));
                continue;
            }
            let ty = self.field_type(procedure, &entry.act, field)?;
            let value = Value::parse(&ty, &text).map_err(|said| anyhow!("{field}：{} / {}", said.zh, said.en))?;
            form.insert(field.clone(), value);
        }
        let act = Act {
            target: Target::Start { procedure: entry.procedure.clone(), place: library.county.code.clone(), about },
            name: entry.act.clone(),
            actor: self.actor(procedure, &entry.act)?,
            form,
            fresh_ids: Vec::new(),
            proved: false,
        };
        Ok(self.store.submit(Request { key: Some(key(entry, digest)), act, now: self.now })?)
    }

    fn field_type(&self, procedure: &Procedure, act: &str, field: &str) -> Result<Type> {
        let act = procedure.start.iter().find(|known| known.name == act).ok_or_else(|| unknown(act))?;
        let forms = act.forms.iter().filter_map(|form| self.library.rulebook.form(form));
        let found = forms.flat_map(|(_, form)| &form.fields).find(|known| known.name == field);
        found.map(|found| found.ty.clone()).ok_or_else(|| unknown(field))
    }

    /// Who does it: the holder of the first office that may.
    fn actor(&self, procedure: &Procedure, act: &str) -> Result<Actor> {
        if let Some(by) = self.by {
            return Ok(by.clone());
        }
        let county = &self.library.county;
        let act = procedure.start.iter().find(|known| known.name == act).ok_or_else(|| unknown(act))?;
        for by in &act.by {
            let Party::Office { level, desk } = &by.party else { continue };
            let held = county.appointments.iter().find(|appointment| {
                let on_duty =
                    appointment.from <= self.now.date() && appointment.to.is_none_or(|to| self.now.date() <= to);
                let post = county.posts.get(&appointment.post);
                on_duty
                    && post.is_some_and(|post| post.level == *level && post.desk == *desk && post.place == county.code)
            });
            if let Some(held) = held {
                return Ok(Actor::Person { person: held.person.clone(), post: Some(held.post.clone()) });
            }
        }
        bail!("没有人在任，可以办理 {} / nobody holds a post that may do it", act.name)
    }
}

fn yes_no(yes: bool) -> String {
    if yes { "yes".to_owned() } else { "no".to_owned() }
}

/// Under which a text enters once.
fn key(entry: &Entry, digest: &str) -> String {
    format!("{} {digest}", entry.act)
}

fn unknown(name: &str) -> anyhow::Error {
    anyhow!("county/gazette-import.csv 所写的 `{name}` 法规里没有 / the regulations have no such name")
}

/// What reading put right and what it doubts, line by line.
fn findings<'g>(repairs: impl Iterator<Item = &'g Repair>, doubts: impl Iterator<Item = &'g Doubt>) -> String {
    let mut lines: Vec<(u32, String)> =
        repairs.map(|repair| (repair.line, format!("修复：{}", repair.said.zh))).collect();
    lines.extend(doubts.map(|doubt| (doubt.line, format!("存疑 GZ-{:?}：{}", doubt.code, doubt.said.zh))));
    lines.sort();
    lines.into_iter().map(|(line, said)| format!("第{line}行 {said}\n")).collect()
}

fn said(refusal: &engine::Refusal) -> String {
    let reasons = refusal.reasons.iter().map(|reason| reason.zh.clone());
    let fields = refusal.fields.iter().map(|fault| fault.zh.clone());
    reasons.chain(fields).collect::<Vec<_>>().join("；")
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// The procedures and fields that take an issue and its documents in.
struct Map(BTreeMap<String, Entry>);

struct Entry {
    procedure: String,
    act: String,
    /// Field and the value it takes.
    fields: Vec<(String, String)>,
}

impl Map {
    fn of_lines(lines: &[ImportLine]) -> Result<Map> {
        let mut map: BTreeMap<String, Entry> = BTreeMap::new();
        for line in lines {
            let ImportLine { record, procedure, act, field, value } = line.clone();
            let entry = map.entry(record).or_insert_with(|| Entry {
                procedure: procedure.clone(),
                act: act.clone(),
                fields: Vec::new(),
            });
            if entry.procedure != procedure || entry.act != act {
                bail!("county/gazette-import.csv：{} 和 {act} 只能写一个 / only one may be named", entry.act);
            }
            entry.fields.push((field, value));
        }
        Ok(Map(map))
    }

    fn of(&self, record: &str) -> Result<&Entry> {
        self.0.get(record).ok_or_else(|| anyhow!("county/gazette-import.csv 没有 {record} / has no such lines"))
    }
}
