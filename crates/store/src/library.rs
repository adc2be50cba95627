//! What the store is told from outside: regulations, places and posts, holidays (法规库、机构、节假日).

use calendar::Holidays;
use engine::County;
use engine::county::Change;
use jiff::civil::Date;
use regulation::expr::Value;
use regulation::model::{Name, Regulation, Rulebook};
use regulation::trial::{id_of, source};
use regulation::{SourceFile, check};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Versions of regulations, by id and version.
pub type Earlier = BTreeMap<(Name, String), Arc<Regulation>>;

/// Facts that decisions rest on. Replaced as a whole when one of them changes; what acts put into force goes before what it was told.
#[derive(Debug, Clone)]
pub struct Library {
    /// Regulations in force.
    pub rulebook: Rulebook,
    /// Earlier versions that matters still run under.
    pub earlier: Earlier,
    /// The county's overrides of parameters, by regulation and parameter, with their first days, ascending.
    pub overrides: BTreeMap<(Name, Name), Vec<(Date, Value)>>,
    /// Places, offices, posts and people.
    pub county: County,
    /// Holiday facts.
    pub holidays: Holidays,
}

/// A change in the force of a regulation (施行、废止), as an act brought it about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Force {
    /// This text is in force.
    Enacted(String),
    /// The regulation takes no new matters from this day on.
    Revoked(Name, Date),
}

impl Force {
    /// The change that an event tells of, if it tells of one.
    pub(crate) fn of(event: &engine::Event) -> Option<Force> {
        match event {
            engine::Event::Enacted { text, .. } => Some(Force::Enacted(text.clone())),
            engine::Event::Revoked { regulation, on, .. } => Some(Force::Revoked(regulation.clone(), *on)),
            _ => None,
        }
    }
}

/// What acts change in a library.
#[derive(Debug, Clone, Default)]
pub(crate) struct Changes {
    /// What they put into force and out of it.
    pub(crate) force: Vec<Force>,
    /// Posts and their holders.
    pub(crate) county: Vec<Change>,
    /// Rows of registers were entered, changed or closed.
    rows: bool,
}

impl Changes {
    /// What these events change.
    pub(crate) fn of(events: &[engine::Event]) -> Changes {
        let county = events.iter().filter_map(|event| match event {
            engine::Event::County { change, .. } => Some(change.clone()),
            _ => None,
        });
        let rows = events.iter().any(|event| matches!(event, engine::Event::RowChanged { .. }));
        Changes { force: events.iter().filter_map(Force::of).collect(), county: county.collect(), rows }
    }

    /// Whether they may bring something that owes a duty.
    pub(crate) fn may_call_for_duties(&self) -> bool {
        self.rows || !self.county.is_empty() || !self.force.is_empty()
    }

    pub(crate) fn extend(&mut self, later: Changes) {
        self.force.extend(later.force);
        self.county.extend(later.county);
        self.rows |= later.rows;
    }
}

impl Library {
    /// The library after changes of posts and their holders, in their order.
    #[must_use]
    pub fn with_county(&self, changes: &[Change]) -> Library {
        Library { county: self.county.with(changes), ..self.clone() }
    }

    /// The library with further earlier versions.
    #[must_use]
    pub fn with_earlier(&self, earlier: Earlier) -> Library {
        let mut library = self.clone();
        library.earlier.extend(earlier);
        library
    }

    /// A regulation in one version, in force or earlier.
    #[must_use]
    pub fn regulation(&self, id: &str, version: &str) -> Option<Arc<Regulation>> {
        let current = self.rulebook.regulations.get(id).filter(|regulation| regulation.version == version);
        current.or_else(|| self.earlier.get(&(id.to_owned(), version.to_owned()))).cloned()
    }

    /// The library after changes of force, in their order. The versions that lose their force stay for the matters under them.
    ///
    /// # Errors
    /// The regulations that would have to be left out because of errors: the files beside them have changed since.
    pub fn with_force(&self, changes: &[Force]) -> Result<Library, Vec<Name>> {
        let known = &self.rulebook.regulations;
        let mut files: BTreeMap<Name, SourceFile> =
            known.iter().map(|(id, known)| (id.clone(), source(known))).collect();
        let mut ends: BTreeMap<Name, Date> = BTreeMap::new();
        for change in changes {
            match change {
                Force::Enacted(text) => {
                    let Some(id) = id_of(text) else { continue };
                    let file = files.get(&id).map_or_else(|| format!("regulations/{id}.md"), |file| file.name.clone());
                    ends.remove(&id);
                    files.insert(id, SourceFile { name: file, text: text.clone() });
                }
                Force::Revoked(id, on) => _ = ends.insert(id.clone(), *on),
            }
        }
        let same = |(id, file): (&Name, &SourceFile)| known.get(id).is_some_and(|known| *known.source == *file.text);
        let mut library = self.clone();
        if !files.iter().all(same) {
            let all: Vec<SourceFile> = files.values().cloned().collect();
            library.take(check(&all).rulebook);
        }
        let lost: Vec<Name> =
            files.keys().filter(|id| !library.rulebook.regulations.contains_key(*id)).cloned().collect();
        if !lost.is_empty() {
            return Err(lost);
        }
        for (id, on) in ends {
            if let Some(ended) = library.rulebook.regulations.get_mut(&id) {
                *ended = Arc::new(Regulation { until: on.yesterday().ok(), ..Regulation::clone(ended) });
            }
        }
        Ok(library)
    }

    /// Takes a rulebook in the place of the present one.
    fn take(&mut self, rulebook: Rulebook) {
        let before = std::mem::replace(&mut self.rulebook, rulebook);
        let ty = |rulebook: &Rulebook, id: &str, name: &str| {
            Some(rulebook.regulations.get(id)?.parameters.get(name)?.ty.clone())
        };
        // A value that the county set is none for a parameter that now asks for something else.
        self.overrides.retain(|(id, name), _| {
            let (then, now) = (ty(&before, id, name), ty(&self.rulebook, id, name));
            then.is_none() || now.is_none() || then == now
        });
        for (id, regulation) in before.regulations {
            if self.rulebook.regulations.get(&id).is_none_or(|now| now.version != regulation.version) {
                self.earlier.insert((id, regulation.version.clone()), regulation);
            }
        }
    }
}
