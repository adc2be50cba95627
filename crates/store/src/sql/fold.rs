//! Matters folded from the journal, and the cache of them.
//!
//! A matter is not stored as a whole: it is its acts. The cache makes that cheap; an entry that is behind is brought
//! up to date by the acts it lacks.

use crate::db::{OptionalExtension, Row, params};
use crate::fault::Fault;
use crate::lru::{Limits, Lru};
use crate::record::v1::{Closed, Event, Opening, Payload, Sealable};
use crate::record::{self};
use engine::Matter;
use engine::matter::Filing;
use regulation::expr::Value;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::view::View;

/// Matters that a view keeps at hand at most: a decision looks at a few many times, a report at many once.
const LOOKED_UP_MAX: usize = 64;

/// Matters kept in memory, some 30 KB each, and what they weigh together: 1.5 KB and more for each record.
const CACHED: Limits = Limits { count: 2_000, weight: 50_000 };

/// The records that a matter holds: forms filed, and the rows of their lists, of which one form may have thousands.
fn weight(matter: &Matter) -> usize {
    let rows = |value: &Value| if let Value::Records(rows) = value { rows.len() } else { 0 };
    let records = |filing: &Arc<Filing>| 1 + filing.record.values().map(rows).sum::<usize>();
    matter.forms.values().flatten().map(records).sum()
}

/// A matter as of a place in the journal.
#[derive(Clone)]
pub(crate) struct Folded {
    pub(crate) matter: Arc<Matter>,
    /// Place in the journal of its latest act.
    pub(crate) seq: u64,
    pub(crate) title: Option<Title>,
}

/// A title for lists.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Title {
    /// As the journal has it: canonical JSON, sealed or not.
    pub(crate) leaf: String,
    /// In the open; `None` once erased.
    pub(crate) plain: Option<String>,
}

impl Title {
    pub(crate) fn open(leaf: String, opening: &dyn Opening) -> Result<Title, Fault> {
        let sealable: Sealable<String> =
            serde_json::from_str(&leaf).map_err(|error| Fault::unreadable("a title", error))?;
        let plain = sealable.opened(opening)?;
        Ok(Title { leaf, plain })
    }
}

/// Matters that were used lately, shared by the writer and all readers.
pub(crate) struct Cache {
    matters: Mutex<Lru<Arc<Folded>>>,
    /// Counts erasures: what was read before one is not put back after it.
    generation: AtomicU64,
}

impl Cache {
    pub(crate) fn new() -> Self {
        Cache { matters: Mutex::new(Lru::new(CACHED)), generation: AtomicU64::new(0) }
    }

    fn matters(&self) -> MutexGuard<'_, Lru<Arc<Folded>>> {
        self.matters.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn generation(&self) -> u64 {
        self.generation.load(Ordering::SeqCst)
    }

    fn get(&self, id: &str) -> Option<Arc<Folded>> {
        self.matters().get(id)
    }

    /// Keeps a matter, unless a later state of it is kept or somebody was forgotten meanwhile.
    pub(crate) fn put(&self, folded: &Arc<Folded>, generation: u64) {
        let mut matters = self.matters();
        if generation != self.generation() {
            return;
        }
        let later = matters.get(&folded.matter.id).is_some_and(|kept| kept.seq > folded.seq);
        if !later {
            matters.put(&folded.matter.id, Arc::clone(folded), weight(&folded.matter));
        }
    }

    /// Drops everything.
    pub(crate) fn clear(&self) {
        let mut matters = self.matters();
        self.generation.fetch_add(1, Ordering::SeqCst);
        matters.clear();
    }
}

/// How a matter stands: its latest act and its title.
pub(super) const STANDING: &str = "SELECT seq, title FROM matter WHERE county = ?1 AND id = ?2";
pub(super) type Standing = (u64, Option<String>);

pub(super) fn standing(row: Row<'_>) -> crate::db::Result<Standing> {
    Ok((row.get(0)?, row.get(1)?))
}

impl View<'_> {
    /// A matter as this view sees it.
    pub(crate) fn folded(&self, id: &str) -> Result<Option<Arc<Folded>>, Fault> {
        if let Some(pending) = self.pending.borrow().get(id) {
            return Ok(Some(Arc::clone(pending)));
        }
        if let Some(known) = self.looked_up.borrow().get(id) {
            return Ok(known.clone());
        }
        let found = self.committed(id)?;
        let mut looked_up = self.looked_up.borrow_mut();
        if looked_up.len() >= LOOKED_UP_MAX {
            looked_up.clear();
        }
        looked_up.insert(id.to_owned(), found.clone());
        Ok(found)
    }

    /// Keeps in mind what was found out of a matter's standing, where that says all: it is not there, or as it is cached.
    pub(super) fn know_if_cached(&self, id: &str, stored: Option<Standing>) {
        let cached = self.cache.get(id);
        let known = match (stored, cached) {
            (None, _) => None,
            (Some((seq, _)), Some(cached)) if cached.seq == seq => Some(cached),
            _ => return,
        };
        self.looked_up.borrow_mut().insert(id.to_owned(), known);
    }

    /// Forgets what was looked up: the tables were changed, not through [`View::pending`].
    pub(crate) fn look_anew(&self) {
        self.looked_up.borrow_mut().clear();
    }

    /// A matter as its table and its acts have it.
    fn committed(&self, id: &str) -> Result<Option<Arc<Folded>>, Fault> {
        let stored = self.conn.prepare_cached(STANDING)?.query_row(params![self.county, id], standing).optional()?;
        let Some((seq, title)) = stored else {
            return Ok(None);
        };
        let cached = self.cache.get(id);
        if let Some(cached) = &cached
            && cached.seq == seq
        {
            return Ok(Some(Arc::clone(cached)));
        }
        let folded = Arc::new(self.fold(id, seq, title, cached.filter(|cached| cached.seq < seq))?);
        self.cache.put(&folded, self.generation);
        Ok(Some(folded))
    }

    fn fold(&self, id: &str, seq: u64, title: Option<String>, earlier: Option<Arc<Folded>>) -> Result<Folded, Fault> {
        let opener = self.opener();
        let from = earlier.as_ref().map_or(0, |earlier| earlier.seq);
        let matter = earlier.map(|earlier| (*earlier.matter).clone());
        let matter = self.fold_acts(id, (from, seq), matter, &opener)?;
        let title = title.map(|leaf| Title::open(leaf, &opener)).transpose()?;
        Ok(Folded { matter: Arc::new(matter), seq, title })
    }

    /// A matter as it reads to whoever has no keys.
    pub(crate) fn closed(&self, id: &str, seq: u64) -> Result<Matter, Fault> {
        self.fold_acts(id, (0, seq), None, &Closed)
    }

    fn fold_acts(
        &self,
        id: &str,
        (from, seq): (u64, u64),
        mut matter: Option<Matter>,
        opening: &dyn Opening,
    ) -> Result<Matter, Fault> {
        let mut statement = self.conn.prepare_cached(
            "SELECT act.seq, act.format, act.payload FROM act_matter JOIN act USING (county, seq)
             WHERE act_matter.county = ?1 AND act_matter.matter = ?2 AND act_matter.seq > ?3 AND act_matter.seq <= ?4
             ORDER BY act_matter.seq",
        )?;
        let mut rows = statement.query(params![self.county, id, from, seq])?;
        while let Some(row) = rows.next()? {
            let place = format!("act {}", row.get::<u64>(0)?);
            let payload = record::read(row.get(1)?, row.text(2)?, &place)?;
            fold_payload(&mut matter, id, &payload, opening)?;
        }
        matter.ok_or_else(|| Fault::unreadable(format!("matter `{id}`"), "the journal never opens it"))
    }
}

fn fold_payload(matter: &mut Option<Matter>, id: &str, payload: &Payload, opening: &dyn Opening) -> Result<(), Fault> {
    // Postings are a part of the books, not of the matter, and there may be a million lines of them.
    let of_matter = |event: &&Event| event.matter() == Some(id) && !matches!(event, Event::Posted { .. });
    for event in payload.events.iter().filter(of_matter) {
        if let Some(event) = event.opened(opening)? {
            apply(matter, &event);
        }
    }
    Ok(())
}

/// Makes a fact part of a matter that may begin with it.
pub(crate) fn apply(matter: &mut Option<Matter>, event: &engine::Event) {
    match matter {
        Some(matter) => matter.apply(event),
        None => *matter = Matter::opened(event),
    }
}
