//! What a person may start something about: the register rows that name them, and the matters that belong to these.

use crate::forms::names::Names;
use crate::problem::Problem;
use crate::registers::offered::{Chooser, Offered};
use crate::visit::{Person, Visitor};
use engine::World;
use engine::offer::{Begun, offered_subjects};
use jiff::civil::DateTime;
use regulation::expr::{Type, Value};
use regulation::model::{About, AboutTarget, By, Name, Party, Procedure};
use std::collections::BTreeMap;
use store::Snapshot;
use store::pages::{Cut, MatterLine, MatterQuery};

/// At most so many rows or matters are offered.
pub const OFFERED_MAX: usize = 100;

/// At most so many matters are imagined to find what is offered: somebody with more households than that chooses one first.
const BEGINNINGS_MAX: usize = 20;

/// The rows that name a person: register and key.
#[must_use]
pub fn own_rows(world: &dyn World, person: &str) -> Vec<(String, String)> {
    let wanted = Value::Key(person.to_owned());
    let mut rows = Vec::new();
    for register in world.rulebook().regulations.values().flat_map(|regulation| regulation.registers.values()) {
        for field in register.fields.iter().filter(|field| field.ty == Type::Person) {
            for key in world.rows(&register.name, Some((&field.name, &wanted))) {
                let row = (register.name.clone(), key);
                if !rows.contains(&row) {
                    rows.push(row);
                }
            }
        }
    }
    rows
}

/// Matters whose personal data is that of a person's rows, the newest first: of each row so many at most.
pub fn own_matters(snapshot: &dyn Snapshot, person: &str, limit: usize) -> Result<Vec<MatterLine>, Problem> {
    let mut lines: Vec<MatterLine> = Vec::new();
    for (register, key) in own_rows(snapshot.world(), person) {
        let query = MatterQuery { owner: Some(format!("{register}/{key}")), ..MatterQuery::default() };
        lines.extend(snapshot.matters(&query, &Cut::first(limit))?.lines);
    }
    lines.sort_by(|one, other| other.opened_at.cmp(&one.opened_at).then_with(|| one.id.cmp(&other.id)));
    lines.dedup_by(|one, other| one.id == other.id);
    Ok(lines)
}

/// What looks at somebody's data are noted under: their rows and their matters.
#[must_use]
pub fn own_subjects(rows: &[(String, String)], matters: &[MatterLine]) -> Vec<String> {
    let rows = rows.iter().map(|(register, key)| format!("{register}/{key}"));
    rows.chain(matters.iter().map(|line| line.id.clone())).collect()
}

/// What is their own that a person may name as a subject: key or id, with what to call it.
pub fn own(
    snapshot: &dyn Snapshot,
    names: Names<'_>,
    person: &str,
    about: &About,
) -> Result<Vec<(String, String)>, Problem> {
    Ok(match &about.target {
        AboutTarget::Register(register) => own_rows(snapshot.world(), person)
            .into_iter()
            .filter(|(of, _)| of == register)
            .map(|(of, key)| (key.clone(), names.row(&of, &key)))
            .collect(),
        AboutTarget::Procedure(procedure) => own_matters(snapshot, person, OFFERED_MAX)?
            .into_iter()
            .filter(|line| line.procedure == *procedure)
            .map(|line| (line.id.clone(), line.title.or(line.number).unwrap_or(line.id)))
            .collect(),
    })
}

/// Somebody about to start something, with what they have chosen so far.
pub struct Choosing<'a> {
    /// The state.
    pub snapshot: &'a dyn Snapshot,
    /// Names in their language.
    pub names: Names<'a>,
    /// Who.
    pub person: &'a Person,
    /// The same as visitor.
    pub visitor: &'a Visitor,
    /// What.
    pub procedure: &'a Procedure,
    /// Subjects chosen.
    pub about: BTreeMap<Name, Value>,
    /// Now.
    pub now: DateTime,
}

/// A place and what a matter there would be about.
type Beginning = (String, BTreeMap<Name, Value>);

impl Choosing<'_> {
    /// What may be named as a subject: what the regulation offers, or else what is their own; key or id, with what to call it.
    pub fn offered(&self, about: &About) -> Result<Vec<(String, String)>, Problem> {
        if about.offer.is_none() {
            return own(self.snapshot, self.names, &self.person.id, about);
        }
        let world = self.snapshot.world();
        let mut keys: Vec<String> = Vec::new();
        for (place, known) in self.beginnings(about)? {
            for actor in super::apply::actors(self.person) {
                let begun = Begun { place: &place, about: &known };
                keys.extend(offered_subjects(world, &self.procedure.name, about, &begun, &actor, self.now));
            }
        }
        let mut options: Vec<(String, String)> = Vec::new();
        for key in keys {
            if options.len() < OFFERED_MAX && !options.iter().any(|(known, _)| *known == key) {
                let label = self.called(about, &key)?;
                options.push((key, label));
            }
        }
        Ok(options)
    }

    /// What a page lists for a subject: what is offered, and where that is nothing and not only its own people begin such a matter, what
    /// whoever chooses may see.
    pub fn listed(&self, about: &About, words: &str) -> Result<Offered, Problem> {
        let options = self.offered(about)?;
        let is_open = |by: &By| matches!(by.party, Party::Office { .. } | Party::Post { .. } | Party::Anyone);
        let begun_by_others = self.procedure.start.iter().flat_map(|act| &act.by).any(is_open);
        if !options.is_empty() || about.offer.is_some() || !begun_by_others {
            return Ok(Offered { options, more: false });
        }
        let chooser = Chooser { snapshot: self.snapshot, visitor: self.visitor };
        match &about.target {
            AboutTarget::Register(register) => {
                Ok(chooser.rows(register, words)?.unwrap_or(Offered { options, more: false }))
            }
            AboutTarget::Procedure(procedure) => chooser.matters(procedure, words),
        }
    }

    /// Whether everything that an offer may depend on is known: where the matter would begin, and about what.
    pub fn is_settled(&self, asked: &About) -> Result<bool, Problem> {
        let mut all = true;
        for about in self.before(asked).filter(|about| !self.about.contains_key(&about.name)) {
            all &= !self.offered(about)?.is_empty();
        }
        Ok(all && !self.beginnings(asked)?.is_empty())
    }

    /// What must be chosen besides, except what is only offered after it: so no two offers wait for each other.
    fn before(&self, asked: &About) -> impl Iterator<Item = &About> {
        let place = |name: &str| self.procedure.about.iter().position(|about| about.name == name);
        let (own, must) = (place(&asked.name), self.procedure.about.iter().filter(|about| !about.optional));
        must.filter(move |about| about.name != asked.name && (about.offer.is_none() || place(&about.name) < own))
    }

    /// The matters that might begin: one for each thing that it could be about, as long as they have not chosen; where nothing
    /// tells the place, one at the place of each of their posts and of what is their own.
    fn beginnings(&self, asked: &About) -> Result<Vec<Beginning>, Problem> {
        let mut ways = vec![self.about.clone()];
        for about in self.before(asked).filter(|about| !self.about.contains_key(&about.name)) {
            let options = self.offered(about)?;
            let with = |way: &BTreeMap<Name, Value>, key: &str| {
                let mut way = way.clone();
                way.insert(about.name.clone(), value_of(&about.target, key));
                way
            };
            if !options.is_empty() {
                ways = ways.iter().flat_map(|way| options.iter().map(|(key, _)| with(way, key))).collect();
                ways.truncate(BEGINNINGS_MAX);
            }
        }
        let at = |way: BTreeMap<Name, Value>| {
            let places = match self.place(&way) {
                Some(place) => vec![place],
                None => self.places(),
            };
            places.into_iter().map(move |place| (place, way.clone()))
        };
        Ok(ways.into_iter().flat_map(at).collect())
    }

    fn places(&self) -> Vec<String> {
        let world = self.snapshot.world();
        let mut places: Vec<String> = self.person.posts.iter().map(|post| post.place.clone()).collect();
        let own = own_rows(world, &self.person.id);
        places.extend(own.iter().filter_map(|(register, key)| Some(world.row(register, key)?.place.clone())));
        let mut places: Vec<String> = places.iter().map(|place| world.county().now(place).to_owned()).collect();
        places.sort();
        places.dedup();
        places.truncate(BEGINNINGS_MAX);
        places
    }

    fn place(&self, about: &BTreeMap<Name, Value>) -> Option<String> {
        let known =
            |subject: &About| place_of(self.snapshot.world(), &subject.target, about.get(&subject.name)?.as_text()?);
        self.procedure.about.iter().find_map(known)
    }

    /// What something offered is called to whoever may choose it, which may be anybody: nothing personal.
    fn called(&self, about: &About, key: &str) -> Result<String, Problem> {
        let world = self.snapshot.world();
        match &about.target {
            AboutTarget::Register(register) => Ok(self.names.open_row(register, key)),
            AboutTarget::Procedure(procedure) => {
                let line = self.snapshot.matter_line(key)?;
                let subject = world.rulebook().procedure(procedure).and_then(|(_, known)| known.subject.as_ref());
                let open = subject.is_some_and(|subject| subject.personal().is_empty());
                let title = line.and_then(|line| line.title).filter(|_| open);
                let name = self.names.matter(key);
                Ok(title.map_or_else(|| name.clone(), |title| format!("{title}（{name}）")))
            }
        }
    }
}

/// The place of a subject.
#[must_use]
pub fn place_of(world: &dyn World, target: &AboutTarget, key: &str) -> Option<String> {
    match target {
        AboutTarget::Register(register) => world.row(register, key).map(|row| row.place.clone()),
        AboutTarget::Procedure(_) => world.matter(key).map(|matter| matter.place.clone()),
    }
}

/// The value that names a subject.
#[must_use]
pub fn value_of(target: &AboutTarget, key: &str) -> Value {
    match target {
        AboutTarget::Register(_) => Value::Key(key.to_owned()),
        AboutTarget::Procedure(_) => Value::Text(key.to_owned()),
    }
}
