//! What is to be simulated (计划), and what it takes besides: procedures that make what others are about, duties, registers.

use crate::assumptions::Assumptions;
use calendar::Holidays;
use engine::County;
use engine::case::sample::Samples;
use jiff::civil::Date;
use regulation::expr::{Record, Value};
use regulation::model::{AboutTarget, Act, By, Name, Party, Procedure, Rulebook};
use std::collections::{BTreeMap, BTreeSet};

/// The county as it begins: what `gongbao` reads from its files.
#[derive(Debug, Clone)]
pub struct Start {
    /// Regulations in force.
    pub rulebook: Rulebook,
    /// Places, offices, posts and people.
    pub county: County,
    /// Holiday facts.
    pub holidays: Holidays,
    /// Parameters that the county has set: regulation and parameter → values with their first days.
    pub overrides: BTreeMap<(Name, Name), Vec<(Date, Value)>>,
    /// Rows of its registers, those that others refer to first.
    pub rows: Vec<StartRow>,
    /// Filled-in forms out of cases.
    pub samples: Samples,
}

/// A register row of the county as it begins.
#[derive(Debug, Clone)]
pub struct StartRow {
    /// Register.
    pub register: Name,
    /// Place of the row.
    pub place: String,
    /// Columns.
    pub record: Record,
}

/// A run to be made.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The procedures to which people come.
    pub procedures: Vec<Name>,
    /// First day.
    pub from: Date,
    /// First day after it.
    pub until: Date,
    /// Seed.
    pub seed: u64,
    /// What it supposes.
    pub assumptions: Assumptions,
    /// Whether to keep every act in order, to do them again on a store.
    pub keep_acts: bool,
}

/// Whether people start a procedure with an act.
pub(crate) fn is_for_people(by: &[By]) -> bool {
    by.iter().any(|by| !matches!(by.party, Party::Clock | Party::Act { .. }))
}

/// The procedures that must run for these to run: those their matters are about, those that open them, and those that enter the rows they need where nobody
/// keeps these by hand.
pub(crate) fn scope(rulebook: &Rulebook, wanted: &[Name]) -> BTreeSet<Name> {
    let mut scope = BTreeSet::new();
    let mut open: Vec<Name> = wanted.to_vec();
    while let Some(name) = open.pop() {
        let Some((_, procedure)) = rulebook.procedure(&name) else { continue };
        if !scope.insert(name.clone()) {
            continue;
        }
        for about in procedure.about.iter().filter(|about| !about.optional) {
            match &about.target {
                AboutTarget::Procedure(of) => open.push(of.clone()),
                AboutTarget::Register(register) => open.extend(entering(rulebook, register)),
            }
        }
        if !procedure.start.iter().any(|act| is_for_people(&act.by)) {
            open.extend(with_act(rulebook, |act| act.open.iter().any(|effect| effect.procedure == name)));
        }
    }
    scope
}

/// Procedures that enter rows into a register that has no keeper of its own.
fn entering(rulebook: &Rulebook, register: &str) -> Vec<Name> {
    match rulebook.register(register) {
        Some((_, own)) if own.keepers.is_empty() => match &own.rows_of {
            Some(procedure) => vec![procedure.clone()],
            None => with_act(rulebook, |act| act.enter.iter().any(|effect| effect.register == register)),
        },
        _ => Vec::new(),
    }
}

fn with_act(rulebook: &Rulebook, is: impl Fn(&Act) -> bool) -> Vec<Name> {
    let procedures = rulebook.regulations.values().flat_map(|regulation| regulation.procedures.values());
    procedures
        .filter(|procedure| procedure.all_acts().any(|(_, act)| is(act)))
        .map(|found| found.name.clone())
        .collect()
}

/// The lowest level of which the procedure has an office: its matters lie there or below.
pub(crate) fn lowest_level(procedure: &Procedure, levels: &[&'static str]) -> Option<&'static str> {
    let steps = procedure.steps.iter().flat_map(|step| &step.by);
    let acts = procedure.all_acts().flat_map(|(_, act)| &act.by);
    let used: BTreeSet<&str> = steps
        .chain(acts)
        .filter_map(|by| match &by.party {
            Party::Office { level, .. } => Some(level.as_str()),
            _ => None,
        })
        .collect();
    levels.iter().copied().find(|level| used.contains(level))
}
