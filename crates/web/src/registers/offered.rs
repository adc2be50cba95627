//! Rows of a register to choose from (可选的行): while they are few all that somebody may see, else those that a few words find.

use super::wanted::searched;
use super::{Reach, find, reach};
use crate::forms::names::Names;
use crate::pages::documents::viewer;
use crate::problem::Problem;
use crate::visit::Visitor;
use engine::reference::row_title;
use engine::rights::{Access, may_be_offered};
use regulation::model::{AboutTarget, Register};
use std::collections::BTreeSet;
use store::Snapshot;
use store::pages::{Cut, MatterLine, MatterQuery, RowQuery};

/// More rows than these are not listed: some words are asked for first.
pub const LISTED_MAX: usize = 200;

/// What may be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// Key or id, and what it is called.
    pub options: Vec<(String, String)>,
    /// There are more, which other words would find.
    pub more: bool,
}

/// Somebody who chooses.
#[derive(Clone, Copy)]
pub struct Chooser<'a> {
    /// The state.
    pub snapshot: &'a dyn Snapshot,
    /// Who.
    pub visitor: &'a Visitor,
}

impl<'a> Chooser<'a> {
    fn names(self) -> Names<'a> {
        Names { world: self.snapshot.world(), lang: self.visitor.lang }
    }

    /// The rows that they may read and that have these words in what they may read of them; `None` where they read nothing of the register,
    /// or its rows are matters.
    pub fn rows(self, register: &str, words: &str) -> Result<Option<Offered>, Problem> {
        let (_, register) = find(self.snapshot, register)?;
        let Some(reach) = reach(self.snapshot, self.visitor, register, None).filter(|_| register.rows_of.is_none())
        else {
            return Ok(None);
        };
        let found = self.snapshot.rows(&query(register, &reach, words), &Cut::first(LISTED_MAX))?;
        let keys = found.lines.into_iter().map(|line| line.row.key).collect();
        Ok(Some(Offered { options: self.called(register, keys, reach.access), more: found.next.is_some() }))
    }

    /// The matters of a procedure that they may see through their posts and that have these words in number or title, the newest first.
    pub fn matters(self, procedure: &str, words: &str) -> Result<Offered, Problem> {
        let Some(person) = &self.visitor.person else { return Ok(Offered { options: Vec::new(), more: false }) };
        let county = self.snapshot.world().county();
        let held: Vec<&str> = person.posts.iter().map(|post| post.place.as_str()).collect();
        let is_widest = |place: &&&str| !held.iter().any(|other| other != *place && county.contains(other, place));
        let places: BTreeSet<&str> = held.iter().filter(is_widest).copied().collect();
        let mut offered = Offered { options: Vec::new(), more: false };
        for place in places {
            let query = MatterQuery {
                text: (!words.is_empty()).then(|| words.to_owned()),
                procedure: Some(procedure.to_owned()),
                place: Some(place.to_owned()),
                ..MatterQuery::default()
            };
            let found = self.snapshot.matters(&query, &Cut::first(LISTED_MAX))?;
            offered.more |= found.next.is_some();
            let target = AboutTarget::Procedure(procedure.to_owned());
            let may = |line: &MatterLine| {
                may_be_offered(self.snapshot.world(), &viewer(self.visitor), &target, &line.id, self.visitor.now)
            };
            offered.options.extend(found.lines.into_iter().filter(may).map(|line| (line.id.clone(), called(line))));
        }
        Ok(offered)
    }

    fn called(self, register: &Register, keys: Vec<String>, access: Access) -> Vec<(String, String)> {
        let shows_all = access == Access::Full;
        choices(self.names(), register, keys, shows_all)
    }
}

/// A matter by number and title.
fn called(line: MatterLine) -> String {
    match (line.title, line.number) {
        (Some(title), Some(number)) => format!("{title}（{number}）"),
        (title, number) => title.or(number).unwrap_or(line.id),
    }
}

fn query(register: &Register, reach: &Reach, words: &str) -> RowQuery {
    RowQuery {
        register: register.name.clone(),
        place: reach.place.clone(),
        text: (!words.is_empty()).then(|| words.to_owned()),
        text_in: Some(searched(register, reach.access)),
        conditions: reach.conditions(),
        ..RowQuery::default()
    }
}

/// Rows as choices: by what they are called, with the key behind it only where two are called the same.
#[must_use]
pub fn choices(names: Names<'_>, register: &Register, keys: Vec<String>, personal: bool) -> Vec<(String, String)> {
    let title =
        |key: &String| row_title(names.world, &register.name, key, |field| personal || field.personal.is_none());
    let titled: Vec<(String, Option<String>)> = keys
        .into_iter()
        .map(|key| {
            let title = title(&key);
            (key, title)
        })
        .collect();
    let is_shared = |title: &String| titled.iter().filter(|(_, other)| other.as_ref() == Some(title)).count() > 1;
    let called = |(key, title): &(String, Option<String>)| match title {
        Some(title) if is_shared(title) => (key.clone(), format!("{title}（{key}）")),
        Some(title) => (key.clone(), title.clone()),
        None => (key.clone(), key.clone()),
    };
    titled.iter().map(called).collect()
}
