//! One act: decided, recorded and projected inside the writer's transaction.

use crate::chance::Chance;
use crate::contract::{Receipt, Request, Submitted};
use crate::db::params;
use crate::fault::Fault;
use crate::library::Changes;
use crate::personal::{ActPrivacy, matter_holder};
use crate::record::v1::{Actor, Event, Head, KeyUse, Payload, Printed, Publication, Sealable, Writing};
use crate::record::write;
use crate::ring::{FreshKeys, Sealer};
use engine::env::Scope;
use engine::{Act, Decision, Outcome, Target};
use jiff::civil::{Date, DateTime};
use std::collections::BTreeMap;
use std::sync::Arc;
use trust::{SALT_BYTES, commit};

use super::bounds;
use super::change::{Change, Touched, fold_events, open_events};
use super::fold::{Folded, Title};
use super::forget::{Forgotten, destroy, live_keys};
use super::journal;
use super::project::project;
use super::proof;
use super::view::View;

/// Ids drawn for an act that brought none: for the matters and documents it may make.
const FRESH_IDS: usize = 16;
/// Where they do not suffice, so many times more are drawn: what was decided in vain is a small part of the whole.
const FRESH_IDS_TIMES: usize = 8;
/// No act makes more matters and documents than this: an order for each enterprise of a province.
const FRESH_IDS_MAX: usize = FRESH_IDS * FRESH_IDS_TIMES.pow(5);

/// The kind of the acts that write or strike out notes (内部留言): they stand in no timeline of their matter.
pub(crate) const NOTE: &str = "note";

/// What became of an act in the transaction.
pub(crate) enum Performed {
    /// Recorded: true once committed.
    Recorded {
        receipt: Receipt,
        keys: FreshKeys,
        /// What it changed in the library.
        changes: Changes,
        /// Owners whose keys it destroyed.
        forgotten: Vec<Forgotten>,
    },
    /// Nothing was written.
    Answered(Submitted),
}

/// Decides and records an act as the next one of the journal.
pub(crate) fn perform(view: &View<'_>, chance: &mut Chance, seq: u64, request: Request) -> Result<Performed, Fault> {
    let Request { key, mut act, now } = request;
    key.as_deref().map_or(Ok(()), bounds::key)?;
    if let Some(refusal) = bounds::before(&act) {
        return Ok(Performed::Answered(Submitted::Refused(refusal)));
    }
    if let Some(key) = &key
        && let Some(receipt) = repeated(view, key, &act)?
    {
        return Ok(Performed::Answered(Submitted::Done(receipt)));
    }
    let salt = chance.draw()?;
    let key = key.map(|key| KeyUse { key, request: commit(&salt, request_text(&act).as_bytes()).to_string() });
    let draws = act.fresh_ids.is_empty() && !matches!(act.target, Target::Register { .. });
    if draws {
        draw_ids(&mut act, chance, now, FRESH_IDS)?;
    }
    let mut outcome = engine::decide(view, &act, now);
    // An act that opens a matter for each of many needs more; deciding is pure, so it is simply asked again.
    while draws && outcome.lacks_ids() && act.fresh_ids.len() < FRESH_IDS_MAX {
        let more = (FRESH_IDS_TIMES - 1) * act.fresh_ids.len();
        draw_ids(&mut act, chance, now, more)?;
        outcome = engine::decide(view, &act, now);
    }
    view.take_fault()?;
    match outcome {
        Outcome::Refused(refusal) => Ok(Performed::Answered(Submitted::Refused(refusal))),
        Outcome::Done(decision) => {
            if let Some(refusal) = bounds::after(&decision.events) {
                return Ok(Performed::Answered(Submitted::Refused(refusal)));
            }
            let head = head(view, seq, &act, &decision, key, now);
            let changes = Changes::of(&decision.events);
            let (receipt, keys, forgotten) = record_act(view, chance, salt, head, decision)?;
            view.change_county(&changes.county);
            Ok(Performed::Recorded { receipt, keys, changes, forgotten })
        }
    }
}

fn draw_ids(act: &mut Act, chance: &mut Chance, now: DateTime, count: usize) -> Result<(), Fault> {
    act.fresh_ids.extend(chance.ids(now.date(), count)?);
    Ok(())
}

fn head(view: &View<'_>, seq: u64, act: &Act, decision: &Decision, key: Option<KeyUse>, now: DateTime) -> Head {
    let opened = decision.events.iter().find_map(|event| match event {
        engine::Event::Opened { matter, .. } => Some(matter.clone()),
        _ => None,
    });
    let (kind, matter) = match &act.target {
        Target::Start { .. } => ("start", opened),
        Target::Matter { id, .. } => ("matter", Some(id.clone())),
        Target::Note { matter, .. } => (NOTE, Some(matter.clone())),
        Target::Register { .. } => ("register", None),
        Target::Clock { matter, .. } => ("clock", Some(matter.clone())),
        Target::Duty { .. } => ("duty", opened),
        Target::Printed { .. } => ("printed", None),
    };
    let regulation = match &act.target {
        Target::Register { register, .. } | Target::Printed { register } => {
            let known = view.library.rulebook.register(register);
            known.map(|(regulation, _)| (regulation.id.clone(), regulation.version.clone()))
        }
        _ => None,
    };
    let (regulation, version) = regulation.unzip();
    Head {
        actor: (&act.actor).into(),
        at: now,
        clauses: decision.clauses.clone(),
        county: view.county.to_owned(),
        documents: Vec::new(),
        key,
        kind: kind.to_owned(),
        matter,
        name: act_name(act, decision),
        on: legal_date(decision, now),
        published: BTreeMap::new(),
        regulation,
        seq,
        subject: decision.subject.clone(),
        titles: BTreeMap::new(),
        version,
    }
}

/// The clock's acts are named by what they bring about, those on notes by what they are.
fn act_name(act: &Act, decision: &Decision) -> String {
    let acted = decision.events.iter().find_map(|event| match event {
        engine::Event::Acted { act, .. } => Some(act.clone()),
        _ => None,
    });
    match act.target {
        Target::Clock { .. } | Target::Duty { .. } => acted.unwrap_or_else(|| "clock".to_owned()),
        Target::Note { strike: None, .. } => NOTE.to_owned(),
        Target::Note { strike: Some(_), .. } => "strike-note".to_owned(),
        _ => act.name.clone(),
    }
}

fn legal_date(decision: &Decision, now: DateTime) -> Date {
    let dated = decision.events.iter().find_map(|event| match event {
        engine::Event::Acted { on, .. } | engine::Event::RowChanged { on, .. } => Some(*on),
        _ => None,
    });
    dated.unwrap_or_else(|| now.date())
}

fn record_act(
    view: &View<'_>,
    chance: &mut Chance,
    salt: [u8; SALT_BYTES],
    mut head: Head,
    decision: Decision,
) -> Result<(Receipt, FreshKeys, Vec<Forgotten>), Fault> {
    let mut touched = fold_events(view, head.seq, &decision.events)?;
    let pending = Pending::show(view, &touched);
    let mut privacy = ActPrivacy::new(&view.library);
    for touched in &touched {
        privacy.matter(&touched.after.matter);
        if head.matter.as_deref() == Some(&touched.after.matter.id) {
            head.regulation = Some(touched.after.matter.regulation.clone());
            head.version = Some(touched.after.matter.version.clone());
        }
    }
    let mut sealer = Sealer::new(view.ring, view.conn, chance);
    let mut writing = Writing { privacy: &privacy, sealing: &mut sealer };
    // A note changes nothing of its matter, nor what it is called.
    for touched in touched.iter_mut().filter(|_| head.kind != NOTE) {
        if let Some(title) = new_title(view, &mut writing, touched, head.at)? {
            head.titles.insert(touched.after.matter.id.clone(), title);
        }
    }
    head.published = published(view, &decision.published)?;
    let mut events = decision.events.iter().map(|event| writing.event(event)).collect::<Result<Vec<_>, _>>()?;
    let forgotten = name_keys(view, &mut events)?;
    head.documents = proof::seal(view, &mut sealer, &decision.events, &touched)?;
    let payload = Payload::new(head, events);
    let leaf = journal::append(view.conn, &payload, &salt)?;
    let opened: Vec<_> = decision.events.into_iter().map(Some).collect();
    let change = Change { payload: &payload, events: &opened, salt: &salt, touched };
    project(view, &change)?;
    pending.keep(&change.touched);
    let head = payload.act;
    // Last of all: until here the keys opened what had to be taken out of the tables, and sealed what this act says.
    forgotten.iter().try_for_each(|one| destroy(view, one, head.at))?;
    let receipt = Receipt {
        seq: head.seq,
        at: head.at,
        subject: head.subject,
        clauses: head.clauses,
        warnings: decision.warnings,
        leaf,
        repeated: false,
    };
    let fresh = sealer.keep().without(forgotten.iter().map(|one| one.owner.as_str()));
    Ok((receipt, fresh, forgotten))
}

/// Says in each erasure which keys go with it.
fn name_keys(view: &View<'_>, events: &mut [Event]) -> Result<Vec<Forgotten>, Fault> {
    let mut forgotten = Vec::new();
    for event in events {
        if let Event::Forgotten { keys, owner, .. } = event {
            *keys = live_keys(view, owner)?;
            forgotten.push(Forgotten { owner: owner.clone(), keys: keys.clone() });
        }
    }
    Ok(forgotten)
}

/// What the matters publish since this act, where it changed. Recorded, not computed anew by a rebuild: parameters and places may
/// change, a text that was public may not.
fn published(
    view: &View<'_>,
    after: &[(String, Option<engine::Publication>)],
) -> Result<BTreeMap<String, Option<Publication>>, Fault> {
    let mut changed = BTreeMap::new();
    for (matter, publication) in after {
        let publication = publication.as_ref().map(Publication::from);
        if super::read::published(view, matter)? != publication {
            changed.insert(matter.clone(), publication);
        }
    }
    Ok(changed)
}

/// Sets the title of a matter as it now stands; returns its record if it changed.
fn new_title(
    view: &View<'_>,
    writing: &mut Writing<'_>,
    touched: &mut Touched,
    now: DateTime,
) -> Result<Option<Sealable<String>>, Fault> {
    let Some((plain, personal)) = title(view, &touched.after, now) else {
        return Ok(None);
    };
    view.take_fault()?;
    let before = touched.before.as_ref().and_then(|before| before.title.as_ref());
    if before.is_some_and(|before| before.plain.as_ref() == Some(&plain)) {
        return Ok(None);
    }
    let matter = &touched.after.matter;
    let sealable = if personal {
        writing.sealable(&matter_holder(&matter.id, matter.owner.as_deref()), plain.clone())?
    } else {
        Sealable::Plain(plain.clone())
    };
    let title = Title { leaf: write(&sealable), plain: Some(plain) };
    Arc::make_mut(&mut touched.after).title = Some(title);
    Ok(Some(sealable))
}

/// The title that the procedure's `subject` gives a matter, and whether it tells something about a person.
fn title(view: &View<'_>, folded: &Folded, now: DateTime) -> Option<(String, bool)> {
    let matter = &folded.matter;
    let regulation = view.library.regulation(&matter.regulation, &matter.version)?;
    let subject = regulation.procedures.get(&matter.procedure)?.subject.as_ref()?;
    let scope = Scope::new(view, now);
    let env = scope.matter(&matter.id)?;
    Some((subject.fill(&env, &[]), !subject.personal().is_empty()))
}

/// Matters shown to the transaction before they are committed; taken back unless kept.
struct Pending<'v, 'c> {
    view: &'v View<'c>,
    saved: Vec<(String, Option<Arc<Folded>>)>,
}

impl<'v, 'c> Pending<'v, 'c> {
    fn show(view: &'v View<'c>, touched: &[Touched]) -> Self {
        let mut pending = view.pending.borrow_mut();
        let saved = touched.iter().map(|touched| {
            let id = touched.after.matter.id.clone();
            let before = pending.insert(id.clone(), Arc::clone(&touched.after));
            (id, before)
        });
        let saved = saved.collect();
        drop(pending);
        Pending { view, saved }
    }

    fn keep(mut self, touched: &[Touched]) {
        self.saved.clear();
        let mut pending = self.view.pending.borrow_mut();
        for touched in touched {
            pending.insert(touched.after.matter.id.clone(), Arc::clone(&touched.after));
        }
    }
}

impl Drop for Pending<'_, '_> {
    fn drop(&mut self) {
        let mut pending = self.view.pending.borrow_mut();
        for (id, before) in self.saved.drain(..) {
            match before {
                Some(before) => pending.insert(id, before),
                None => pending.remove(&id),
            };
        }
    }
}

/// The receipt of an act that came under the same key before; a fault if it was another.
fn repeated(view: &View<'_>, key: &str, act: &Act) -> Result<Option<Receipt>, Fault> {
    let actor = Actor::from(&act.actor);
    // Whoever comes second in the transaction finds it used.
    if view.unused.borrow_mut().remove(&(actor.id().to_owned(), key.to_owned())) {
        return Ok(None);
    }
    let sql = format!(
        "SELECT {} FROM act_key JOIN act USING (county, seq)
         WHERE act_key.county = ?1 AND act_key.actor = ?2 AND act_key.key = ?3",
        journal::STORED
    );
    let mut statement = view.conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params![view.county, actor.id(), key])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let kept = journal::kept(row)?;
    let used = kept.payload.act.key.as_ref().map(|used| used.request.as_str());
    let same = commit(&kept.stored.salt, request_text(act).as_bytes()).to_string();
    if used != Some(same.as_str()) {
        return Err(Fault::KeyReused { key: key.to_owned() });
    }
    receipt(view, kept).map(Some)
}

fn receipt(view: &View<'_>, kept: journal::Kept) -> Result<Receipt, Fault> {
    let mut given = Vec::new();
    for event in open_events(view, &kept.payload)?.into_iter().flatten() {
        if let engine::Event::Acted { warnings, .. } = event {
            given.extend(warnings);
        }
    }
    let head = kept.payload.act;
    Ok(Receipt {
        seq: head.seq,
        at: head.at,
        subject: head.subject,
        clauses: head.clauses,
        warnings: given,
        leaf: kept.stored.leaf,
        repeated: true,
    })
}

/// What must be the same for a request to be the same (members in alphabetical order, as every canonical text). Only ever hashed
/// with a salt.
#[derive(serde::Serialize)]
struct RequestText<'a> {
    act: &'a str,
    actor: Actor,
    form: Printed<'a>,
    target: TargetText<'a>,
}

#[derive(serde::Serialize)]
#[serde(untagged)]
enum TargetText<'a> {
    Start { about: Printed<'a>, place: &'a str, procedure: &'a str },
    Matter { matter: &'a str, seen: Option<u64> },
    Register { place: &'a str, register: &'a str, row: Option<&'a str> },
    Clock { clock: u32, matter: &'a str },
    Note { notes_of: &'a str, strike: Option<u32> },
    Duty { duty: &'a str, unit: &'a str },
    Printed { printed: &'a str },
}

fn request_text(act: &Act) -> String {
    let target = match &act.target {
        Target::Start { procedure, place, about } => TargetText::Start { about: Printed(about), place, procedure },
        Target::Matter { id, seen } => TargetText::Matter { matter: id, seen: *seen },
        Target::Register { register, row, place } => TargetText::Register { place, register, row: row.as_deref() },
        Target::Note { matter, strike } => TargetText::Note { notes_of: matter, strike: *strike },
        Target::Clock { matter, clock } => TargetText::Clock { clock: *clock, matter },
        Target::Duty { duty, unit } => TargetText::Duty { duty, unit },
        Target::Printed { register } => TargetText::Printed { printed: register },
    };
    write(&RequestText { act: &act.name, actor: (&act.actor).into(), form: Printed(&act.form), target })
}

/// Records what no regulation decides: an erasure.
pub(crate) fn record_system(view: &View<'_>, chance: &mut Chance, head: Head, event: Event) -> Result<Receipt, Fault> {
    let salt = chance.draw()?;
    let payload = Payload::new(head, vec![event]);
    let leaf = journal::append(view.conn, &payload, &salt)?;
    project(view, &Change { payload: &payload, events: &[None], salt: &salt, touched: Vec::new() })?;
    let head = payload.act;
    Ok(Receipt {
        seq: head.seq,
        at: head.at,
        subject: head.subject,
        clauses: head.clauses,
        warnings: Vec::new(),
        leaf,
        repeated: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::canonical;
    use regulation::expr::Value;

    #[test]
    fn a_request_has_one_text() {
        let actor = engine::Actor::Person { person: "li".into(), post: Some("window".into()) };
        let form = BTreeMap::from([
            ("note".to_owned(), Value::Text("公示栏".into())),
            ("complete".to_owned(), Value::Bool(true)),
        ]);
        let about = BTreeMap::from([("household".to_owned(), Value::Key("h1".into()))]);
        let text = |value: &str| value.to_owned();
        let targets = [
            Target::Start { procedure: text("p"), place: text("1"), about },
            Target::Matter { id: text("m"), seen: None },
            Target::Register { register: text("r"), row: Some(text("k")), place: text("1") },
            Target::Clock { matter: text("m"), clock: 3 },
            Target::Note { matter: text("m"), strike: Some(2) },
            Target::Duty { duty: text("d"), unit: text("u") },
        ];
        for target in targets {
            let act = Act {
                target,
                name: text("a"),
                actor: actor.clone(),
                form: form.clone(),
                fresh_ids: Vec::new(),
                proved: false,
            };
            let text = request_text(&act);
            assert!(canonical::is_canonical(&text), "{text}");
        }
    }
}
