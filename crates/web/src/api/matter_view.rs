//! A matter as JSON (事项): where it stands, what may be done, until when and why, what was decided.

use super::acting::actors;
use super::body::wrong_member;
use super::masking::{KINDS, Veil, Writer, kind_name};
use super::matters::unknown_matter;
use super::model::Model;
use super::problem::reason;
use super::query::Query;
use super::{ROOT, clock};
use crate::forms::mask::access_name;
use crate::forms::names::Names;
use crate::lang::Lang;
use crate::pages::documents::{self, of_matter, title, viewer};
use crate::pages::matter::unread;
use crate::problem::Problem;
use crate::visit::{Person, Visitor};
use axum::http::StatusCode;
use engine::Matter;
use engine::act::{Actor, Reason};
use engine::env::Scope;
use engine::event::{Desk, Event};
use engine::offer::{AvailableAct, available_acts};
use engine::rights::{Access, Viewer, emergency, masked_in, may_see, opened, purposes};
use engine::verdict::{RowVerdict, RuleVerdict, verdicts};
use jiff::civil::{Date, DateTime};
use regulation::model::{Field, Personal, Procedure, Purpose, Regulation};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::aside::Reading;
use store::pages::{DocumentLine, Entry};
use store::{Receipt, Snapshot};

/// How a visitor looks at a matter.
#[derive(Debug, Clone)]
pub(crate) struct Looking {
    /// Only in this capacity: through one post, or as themselves.
    only: Option<Actor>,
    /// For what personal data is opened, by name.
    purpose: Option<String>,
    /// Kinds of personal data to open; none: all that the purpose opens.
    opened: BTreeSet<Personal>,
    /// Why they are opened.
    why: String,
}

impl Looking {
    /// Through whatever posts, with nothing opened.
    pub(crate) fn plain() -> Looking {
        Looking { only: None, purpose: None, opened: BTreeSet::new(), why: String::new() }
    }

    /// Out of the query: `post`, `reveal_for` (a purpose), `reveal` (kinds, divided by commas) and `why`.
    pub(crate) fn new(visitor: &Visitor, query: &Query) -> Result<Looking, Problem> {
        let only = match (&visitor.person, query.get("post")) {
            (Some(person), Some(post)) => actors(person, Some(post))?.pop(),
            _ => None,
        };
        Ok(Looking { only, ..Looking::everywhere(query)? })
    }

    /// The same where no post is chosen: of a list every name that is not the interface's own is a column.
    pub(crate) fn everywhere(query: &Query) -> Result<Looking, Problem> {
        let mut opened = BTreeSet::new();
        for asked in query.get("reveal").into_iter().flat_map(|kinds| kinds.split(',')) {
            let known = KINDS.iter().find(|(_, name)| *name == asked.trim());
            let (kind, _) = known.ok_or_else(|| {
                wrong_member(
                    "reveal",
                    "只能是 identity、contact、bank、health、family",
                    "must be of identity, contact, bank, health, family",
                )
            })?;
            opened.insert(*kind);
        }
        let why = query.get("why").unwrap_or_default().to_owned();
        let purpose = query.get("reveal_for").map(str::to_owned);
        if (!opened.is_empty() || purpose.is_some()) && why.trim().is_empty() {
            return Err(wrong_member("why", "应写明查阅个人信息的理由", "must say why personal data is read"));
        }
        Ok(Looking { only: None, purpose, opened, why })
    }

    /// The same where these purposes open these kinds: no kind is opened but by a purpose that needs it.
    pub(crate) fn bound(&self, all: &[Purpose], masked: &BTreeSet<Personal>) -> Result<Looking, Problem> {
        if self.purpose.is_none() && self.opened.is_empty() {
            return Ok(self.clone());
        }
        let offered = purposes(all, masked);
        let names: Vec<&str> = offered.iter().map(|purpose| purpose.name.as_str()).collect();
        let Some(purpose) = offered.iter().find(|purpose| Some(&purpose.name) == self.purpose.as_ref()) else {
            let (zh, en) =
                (format!("应写明用途，可选：{}", names.join("、")), format!("must be one of: {}", names.join(", ")));
            return Err(wrong_member("reveal_for", &zh, &en));
        };
        if !self.opened.is_subset(&purpose.opens) {
            return Err(wrong_member("reveal", "超出了这个用途需要的种类", "goes beyond what the purpose needs"));
        }
        let mut opened = opened(Access::Full, purpose, masked);
        if !self.opened.is_empty() {
            opened.retain(|kind| self.opened.contains(kind));
        }
        Ok(Looking { opened, why: format!("{}：{}", purpose.label.zh, self.why.trim()), ..self.clone() })
    }

    /// Who looks.
    pub(crate) fn viewer(&self, visitor: &Visitor) -> Viewer {
        self.only.as_ref().map_or_else(|| viewer(visitor), Viewer::acting)
    }

    /// Those in whose name the visitor might act.
    fn actors(&self, person: &Person) -> Result<Vec<Actor>, Problem> {
        self.only.clone().map_or_else(|| actors(person, None), |only| Ok(vec![only]))
    }

    /// What stays covered for this visitor.
    pub(crate) fn veil(&self, own: bool, access: Access) -> Veil {
        match access {
            _ if own => Veil::Nothing,
            Access::Full => Veil::Usual(self.opened.clone()),
            _ => Veil::All,
        }
    }

    /// What the log of readings keeps of it: only others' data that was opened, with the post through which the visitor sees it.
    pub(crate) fn readings(
        &self,
        visitor: &Visitor,
        subject: &str,
        veil: &Veil,
        access: impl Fn(&Viewer) -> Access,
    ) -> Vec<Reading> {
        let (Some(person), Veil::Usual(opened)) = (visitor.person_id(), veil) else { return Vec::new() };
        if opened.is_empty() {
            return Vec::new();
        }
        let post = match &self.only {
            Some(only) => Viewer::acting(only).posts.pop().unwrap_or_default(),
            None => visitor.through(|viewer| access(viewer) == Access::Full),
        };
        let reading = |kind: &Personal| Reading {
            subject: subject.to_owned(),
            at: visitor.now,
            person: person.to_owned(),
            post: post.clone(),
            kind: kind_name(*kind).to_owned(),
            why: self.why.clone(),
        };
        opened.iter().map(reading).collect()
    }
}

/// A matter with its regulation and procedure.
pub(crate) type Seen = (Arc<Matter>, Arc<Regulation>, Arc<Procedure>);

/// A matter of which this visitor may see at least so much; for others it does not exist.
pub(crate) fn seen(snapshot: &dyn Snapshot, visitor: &Visitor, id: &str, least: Access) -> Result<Seen, Problem> {
    let matter = snapshot.world().matter(id).ok_or_else(unknown_matter)?;
    if let Some(problem) = unread::problem(snapshot.world(), visitor, &matter) {
        return Err(Problem { status: StatusCode::NOT_FOUND, ..problem });
    }
    let found = existing(snapshot, id)?;
    if may_see(snapshot.world(), &viewer(visitor), &found.0, visitor.now) < least {
        Err(unknown_matter().of_refused_look(id))
    } else {
        Ok(found)
    }
}

/// A matter, whoever asks.
pub(crate) fn existing(snapshot: &dyn Snapshot, id: &str) -> Result<Seen, Problem> {
    let world = snapshot.world();
    let matter = world.matter(id).ok_or_else(unknown_matter)?;
    let regulation = world.regulation(&matter.regulation, &matter.version).ok_or_else(unknown_matter)?;
    let procedure = regulation.procedures.get(&matter.procedure).cloned().ok_or_else(unknown_matter)?;
    Ok((matter, regulation, procedure))
}

/// A line of a list.
pub(crate) fn line(names: Names<'_>, matter: &Matter) -> Value {
    let procedure = names
        .world
        .regulation(&matter.regulation, &matter.version)
        .and_then(|regulation| regulation.procedures.get(&matter.procedure).cloned());
    let mut line = json!({
        "id": matter.id,
        "number": matter.number,
        "procedure": matter.procedure,
        "title": procedure.as_ref().map(|procedure| names.lang.label(&procedure.title)),
        "place": matter.place,
        "place_name": names.place_path(&matter.place),
        "opened_at": matter.opened_at.to_string(),
        "seq": matter.seq,
    });
    standing_now(matter).write(names, procedure.as_deref(), &mut line);
    line
}

fn standing_now(matter: &Matter) -> Standing<'_> {
    match &matter.ended {
        Some((end, on)) => Standing { open: false, name: end, since: *on },
        None => Standing { open: true, name: matter.step.as_deref().unwrap_or_default(), since: matter.entered_on },
    }
}

/// Where a matter stands, or stood after an act: at a step, or at its end.
struct Standing<'m> {
    open: bool,
    name: &'m str,
    since: Date,
}

impl Standing<'_> {
    fn write(&self, names: Names<'_>, procedure: Option<&Procedure>, answer: &mut Value) {
        answer["state"] = json!(self.name);
        answer["state_label"] = json!(procedure.map(|procedure| names.step(procedure, self.name)));
        answer["open"] = json!(self.open);
        answer["since"] = json!(self.since.to_string());
    }
}

/// A desk: whose it is.
pub(crate) fn desk(names: Names<'_>, desk: &Desk) -> Value {
    match desk {
        Desk::Office { level, desk: office, place } => {
            json!({ "party": format!("{level}/{office}"), "place": place, "name": names.desk(desk) })
        }
        Desk::Person(id) => json!({ "person": id, "name": names.desk(desk) }),
        Desk::Anyone => json!({ "party": "anyone", "name": names.desk(desk) }),
        Desk::Clock => json!({ "party": "clock", "name": names.desk(desk) }),
    }
}

/// A matter whole, as far as the visitor may see it, and what is to be logged about reading it.
pub(crate) fn whole(
    snapshot: &dyn Snapshot,
    visitor: &Visitor,
    id: &str,
    looking: &Looking,
) -> Result<(Value, Vec<Reading>), Problem> {
    let found = seen(snapshot, visitor, id, Access::Public)?;
    let (matter, regulation, procedure) = &found;
    let names = Names { world: snapshot.world(), lang: visitor.lang };
    let access = may_see(names.world, &looking.viewer(visitor), matter, visitor.now);
    if access == Access::None {
        return Err(unknown_matter());
    }
    let mut answer = line(names, matter);
    answer["regulation"] = Model { names, regulation }.regulation_line();
    answer["access"] = json!(access_name(access));
    let documents = of_matter(snapshot, visitor, matter)?;
    answer["documents"] = documents.iter().map(|seen| seen_line(snapshot, visitor, seen)).collect();
    if access == Access::Public {
        return Ok((answer, Vec::new()));
    }
    let own = visitor.person_id().is_some_and(|person| {
        let own = Viewer { person: Some(person.to_owned()), posts: Vec::new() };
        may_see(names.world, &own, matter, visitor.now) == Access::Full
    });
    let masked = masked_in(names.world, matter);
    let looking = &looking.bound(&procedure.purposes, &masked)?;
    let veil = looking.veil(own, access);
    answer["purposes"] = purposes_of(visitor.lang, &procedure.purposes, &masked);
    let view = View { names, visitor, matter, regulation, procedure, veil: &veil };
    view.write(&mut answer, looking)?;
    answer["timeline"] = snapshot.timeline(id)?.iter().map(|entry| view.entry(entry)).collect();
    let access = |viewer: &Viewer| may_see(names.world, viewer, matter, visitor.now);
    Ok((answer, looking.readings(visitor, id, &veil, access)))
}

/// The purposes that open something, with the kinds that they open.
pub(crate) fn purposes_of(lang: Lang, all: &[Purpose], masked: &BTreeSet<Personal>) -> Value {
    let one = |purpose: &&Purpose| {
        let opens: Vec<&str> = opened(Access::Full, purpose, masked).into_iter().map(kind_name).collect();
        json!({ "name": purpose.name, "label": lang.label(&purpose.label), "opens": opens })
    };
    purposes(all, masked).iter().map(one).collect()
}

/// A document in short, and where it is found.
pub(crate) fn document_line(snapshot: &dyn Snapshot, visitor: &Visitor, line: &DocumentLine) -> Value {
    let document = &line.document;
    json!({
        "id": document.id,
        "document": document.name,
        "title": title(snapshot, visitor, line),
        "number": document.number,
        "on": document.on.to_string(),
        "last_day": document.display.as_ref().map(|display| display.last_day.to_string()),
        "voided": document.voided.map(|on| on.to_string()),
        "url": format!("{ROOT}/documents/{}", document.id),
        "pdf": format!("/documents/{}.pdf", document.id),
    })
}

/// The same of a document as a reader may see it: of one that is covered for them the address of its paper is left out, since the paper holds
/// whatever it holds.
pub(crate) fn seen_line(snapshot: &dyn Snapshot, visitor: &Visitor, seen: &documents::Seen) -> Value {
    let mut line = document_line(snapshot, visitor, &seen.line);
    if seen.covered {
        line["pdf"] = Value::Null;
    }
    line["covered"] = json!(seen.covered);
    line
}

struct View<'a> {
    names: Names<'a>,
    visitor: &'a Visitor,
    matter: &'a Matter,
    regulation: &'a Regulation,
    procedure: &'a Procedure,
    veil: &'a Veil,
}

impl View<'_> {
    fn model(&self) -> Model<'_> {
        Model { names: self.names, regulation: self.regulation }
    }

    fn write(&self, answer: &mut Value, looking: &Looking) -> Result<(), Problem> {
        let names = self.names;
        answer["about"] = self
            .matter
            .about
            .iter()
            .map(|(name, value)| (name.clone(), crate::forms::json::value(value)))
            .collect::<Map<_, _>>()
            .into();
        self.write_forms(answer);
        let (acts, other) = self.acts(looking)?;
        answer["acts"] = json!(acts);
        answer["other_acts"] = json!(other);
        let (now, holidays) = (self.visitor.now, names.world.holidays());
        answer["clocks"] = self.matter.clocks.iter().map(|one| clock::clock(names, one, now, holidays)).collect();
        answer["light"] = json!(clock::light_name(clock::worst(self.matter, now, holidays)));
        answer["verdicts"] = self.verdicts();
        let told = |(at, text): &(jiff::civil::DateTime, String)| json!({ "at": at.to_string(), "text": text });
        answer["desks"] = self.matter.desks.iter().map(|one| desk(names, one)).collect();
        answer["suspended_step"] = json!(self.matter.suspended_step);
        answer["messages"] =
            if *self.veil == Veil::All { json!([]) } else { self.matter.messages.iter().map(told).collect() };
        Ok(())
    }

    fn write_forms(&self, answer: &mut Value) {
        let mut writer = Writer::new(self.names, self.veil);
        let model = self.model();
        let starting: Vec<_> = self.procedure.start.iter().flat_map(|act| model.forms_of(act)).collect();
        let fields: Vec<&Field> = starting.iter().flat_map(|form| &form.fields).collect();
        answer["form"] = writer.record(&fields, &self.matter.root, "");
        let mut filings = Map::new();
        for (form, filed) in &self.matter.forms {
            let defined = model.form_of(form);
            let fields: Vec<&Field> = defined.iter().flat_map(|form| &form.fields).collect();
            let mut all = Vec::new();
            for (at, filing) in filed.iter().enumerate() {
                let act = self.matter.acts.get(filing.act);
                all.push(json!({
                    "act": act.map(|act| act.act.as_str()),
                    "on": act.map(|act| act.on.to_string()),
                    "party": filing.party,
                    "record": writer.record(&fields, &filing.record, &format!("filings.{form}.{at}.")),
                }));
            }
            filings.insert(form.clone(), Value::Array(all));
        }
        answer["filings"] = Value::Object(filings);
        answer["masked"] = json!(writer.covered);
    }

    /// Acts that the visitor may do now, with forms; and the others of this step, with reasons.
    fn acts(&self, looking: &Looking) -> Result<(Vec<Value>, Vec<Value>), Problem> {
        let Some(person) = &self.visitor.person else { return Ok((Vec::new(), Vec::new())) };
        let (mut allowed, mut denied) = (Vec::new(), Vec::new());
        let offers: Vec<(Actor, Vec<AvailableAct>)> = looking
            .actors(person)?
            .into_iter()
            .map(|actor| {
                let offered = available_acts(self.names.world, self.matter, &actor, self.visitor.now);
                (actor, offered)
            })
            .collect();
        let Some((_, first)) = offers.first() else { return Ok((allowed, denied)) };
        for (at, act) in first.iter().enumerate() {
            let of_each = offers.iter().filter_map(|(actor, offered)| Some((actor, offered.get(at)?)));
            match of_each.clone().find(|(_, one)| one.allowed.is_ok()) {
                Some((actor, one)) => allowed.push(self.offer(actor, one)),
                None => denied.push(self.denial(act, of_each.filter_map(|(_, one)| one.allowed.as_ref().err()))),
            }
        }
        Ok((allowed, denied))
    }

    fn offer(&self, actor: &Actor, offered: &AvailableAct) -> Value {
        let model = self.model();
        let post = match actor {
            Actor::Person { post, .. } => post.as_deref(),
            Actor::Clock => None,
        };
        json!({
            "act": offered.act,
            "label": self.names.lang.label(&offered.label),
            "post": post.unwrap_or("self"),
            "party": offered.allowed.as_ref().ok(),
            "forms": offered.forms.iter().filter_map(|name| model.form_of(name)).map(|form| model.form(&form)).collect::<Vec<_>>(),
        })
    }

    /// The reasons of the capacity that comes closest: rather a condition than somebody else's desk.
    fn denial<'r>(&self, offered: &AvailableAct, reasons: impl Iterator<Item = &'r Vec<Reason>>) -> Value {
        let all: Vec<&Vec<Reason>> = reasons.collect();
        let nearest =
            all.iter().find(|reasons| reasons.iter().all(|reason| reason.code != "not-your-desk")).or(all.first());
        json!({
            "act": offered.act,
            "label": self.names.lang.label(&offered.label),
            "reasons": nearest.into_iter().flat_map(|reasons| reasons.iter()).map(|one| reason(self.names.lang, one)).collect::<Vec<_>>(),
        })
    }

    fn verdicts(&self) -> Value {
        let scope = Scope::new(self.names.world, self.visitor.now);
        let Some(env) = scope.matter(&self.matter.id) else { return json!([]) };
        let rules = self.procedure.rules.keys().map(String::as_str);
        verdicts(&env, rules).iter().map(|one| verdict(self.names.lang, one, *self.veil != Veil::All)).collect()
    }

    fn entry(&self, entry: &Entry) -> Value {
        let label = self
            .procedure
            .all_acts()
            .find(|(_, act)| act.name == entry.name)
            .map(|(_, act)| self.names.lang.label(&act.label));
        let record = entry.events.iter().find_map(|event| match event {
            Event::Acted { matter, step, party, .. } if *matter == self.matter.id => {
                Some((step.clone(), party.clone()))
            }
            _ => None,
        });
        let (step, party) = record.unzip();
        json!({
            "entry": entry.seq,
            "act": entry.name,
            "label": label,
            "on": entry.on.to_string(),
            "at": entry.at.to_string(),
            "step": step.flatten(),
            "party": party,
            "actor": self.actor(&entry.actor, entry.at),
            "clauses": entry.clauses,
            "leaf": entry.leaf.to_string(),
        })
    }

    /// Who acted: officers by name and post; others' names only where nothing personal is covered.
    fn actor(&self, actor: &Actor, at: DateTime) -> Value {
        match actor {
            Actor::Clock => json!({ "clock": true }),
            Actor::Person { person, post: Some(post) } => {
                let county = self.names.world.county();
                let title = county.posts.get(post).map(|post| post.title.as_str());
                let mut said =
                    json!({ "person": person, "name": self.names.person(person), "post": post, "title": title });
                if let Some(holder) = county.behalf(person, post, at.date()) {
                    said["on_behalf_of"] = json!({ "person": holder, "name": self.names.person(holder) });
                }
                if let Some(tenure) = emergency(county, actor, at) {
                    let until = tenure.hours.map(|hours| hours.until.to_string());
                    said["by_the_hour"] = json!({ "kind": tenure.kind, "until": until });
                }
                said
            }
            Actor::Person { .. } if *self.veil == Veil::All => json!({ "name": null }),
            Actor::Person { person, post: None } => json!({ "person": person, "name": self.names.person(person) }),
        }
    }
}

/// What a rule says; its texts and values only to who may see everything.
pub(crate) fn verdict(lang: Lang, verdict: &RuleVerdict, whole: bool) -> Value {
    json!({
        "rule": verdict.rule,
        "title": lang.label(&verdict.title),
        "holds": verdict.holds,
        "because": verdict.because.as_ref().filter(|_| whole && verdict.holds == Some(false)).map(|because| lang.label(because)),
        "clauses": verdict.clauses,
        "rows": verdict.rows.iter().map(|row| row_verdict(lang, row, whole)).collect::<Vec<_>>(),
    })
}

fn row_verdict(lang: Lang, row: &RowVerdict, whole: bool) -> Value {
    let values: Map<String, Value> =
        row.values.iter().filter(|_| whole).map(|(name, value)| (name.clone(), json!(value))).collect();
    json!({
        "code": row.code,
        "holds": row.holds,
        "candidate": row.candidate,
        "because": Some(lang.label(&row.because)).filter(|_| whole),
        "clauses": row.clauses,
        "values": values,
    })
}

/// What an act brought about. The same act gives the same answer however often it is asked, whatever has happened since.
pub(crate) fn done(
    snapshot: &dyn Snapshot,
    visitor: &Visitor,
    id: &str,
    act: &str,
    receipt: &Receipt,
) -> Result<Value, Problem> {
    let (matter, _, procedure) = existing(snapshot, id)?;
    let names = Names { world: snapshot.world(), lang: visitor.lang };
    let mut answer = json!({
        "id": id,
        "number": matter.number,
        "warnings": receipt.warnings.iter().map(|warning| reason(visitor.lang, warning)).collect::<Vec<_>>(),
        "opened": [],
        "repeated": receipt.repeated,
        "receipt": self::receipt(receipt),
    });
    if is_latest(&matter, &procedure, act, receipt) {
        standing_now(&matter).write(names, Some(&procedure), &mut answer);
        answer["seq"] = json!(matter.seq);
    } else {
        write_history(snapshot, names, (&matter, &procedure), receipt, &mut answer)?;
    }
    let documents = if matter.documents.is_empty() { Vec::new() } else { snapshot.documents(id)? };
    let issued = documents.iter().filter(|line| line.seq == receipt.seq);
    answer["documents"] = issued.map(|line| document_line(snapshot, visitor, line)).collect();
    Ok(answer)
}

/// The matter stands as the act left it, and the act opened no other: then its history need not be read.
fn is_latest(matter: &Matter, procedure: &Procedure, act: &str, receipt: &Receipt) -> bool {
    let last = matter.acts.last().is_some_and(|last| last.act == act && last.at == receipt.at);
    let opens = procedure.all_acts().any(|(_, one)| one.name == act && !one.open.is_empty());
    last && !opens && !receipt.repeated
}

/// State, sequence and opened matters as the act left them, out of the journal.
fn write_history(
    snapshot: &dyn Snapshot,
    names: Names<'_>,
    (matter, procedure): (&Matter, &Procedure),
    receipt: &Receipt,
    answer: &mut Value,
) -> Result<(), Problem> {
    let id = &matter.id;
    let entries: Vec<Entry> = snapshot.timeline(id)?.into_iter().filter(|entry| entry.seq <= receipt.seq).collect();
    let events = || entries.iter().flat_map(|entry| &entry.events);
    let acts = events().filter(|event| matches!(event, Event::Acted { matter, .. } if matter == id)).count();
    let mut stood = events().filter_map(|event| match event {
        Event::Entered { matter, step, on, .. } if matter == id => {
            Some(Standing { open: true, name: step, since: *on })
        }
        Event::Ended { matter, end, on } if matter == id => Some(Standing { open: false, name: end, since: *on }),
        _ => None,
    });
    let stood = stood.next_back().unwrap_or(Standing { open: true, name: "", since: matter.opened_at.date() });
    let made = entries.iter().filter(|entry| entry.seq == receipt.seq).flat_map(|entry| &entry.events);
    let opened: Vec<Value> = made
        .filter_map(|event| match event {
            Event::Opened { matter, procedure, number, .. } if matter != id => {
                Some(json!({ "id": matter, "procedure": procedure, "number": number }))
            }
            _ => None,
        })
        .collect();
    answer["seq"] = json!(acts);
    answer["opened"] = json!(opened);
    stood.write(names, Some(procedure), answer);
    Ok(())
}

/// A receipt: the place in the journal and the leaf by which it can be proved.
pub(crate) fn receipt(receipt: &Receipt) -> Value {
    json!({
        "entry": receipt.seq,
        "at": receipt.at.to_string(),
        "clauses": receipt.clauses,
        "leaf": receipt.leaf.to_string(),
    })
}
