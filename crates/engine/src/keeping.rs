//! How long what is kept is kept (保存期限), whose key seals it, and what stands against erasing it (不予删除的情形).
//!
//! Personal data is sealed under one key for each owner (信息主体): a row of a register with all matters that belong to it, or a matter that
//! belongs to no row. What is erased is therefore always all that one key seals, and only when each part of it may go.

mod erasure;

pub(crate) use erasure::answer;
pub use erasure::{Held, Part, concerns, hindrances, hindrances_said, holdings, holdings_said, named, parts, sees};

use crate::env::{ElementEnv, RecordEnv, Scope};
use crate::eval;
use crate::matter::Matter;
use crate::world::{Row, World};
use calendar::Term;
use jiff::civil::{Date, DateTime};
use regulation::expr::{Env, Expr, Value};
use regulation::model::{ClauseId, Field, Keep, KeepLength, Label, Register};
use std::sync::Arc;

/// Before the id of a matter whose data belongs to no row.
const OF_MATTER: &str = "matter:";
/// Before the register and key of a row none of whose own columns is personal, though a list in it may be.
const OF_ROW: &str = "row:";

/// The owner of what a matter says: that of the row it belongs to, or the matter alone.
#[must_use]
pub fn matter_owner(id: &str, owner: Option<&str>) -> String {
    owner.map_or_else(|| format!("{OF_MATTER}{id}"), str::to_owned)
}

/// The owner of a row: the one that was recorded with it, or the row alone.
#[must_use]
pub fn row_owner(register: &str, key: &str, owner: Option<&str>) -> String {
    owner.map_or_else(|| format!("{OF_ROW}{register}/{key}"), str::to_owned)
}

/// The owner of a row as the register has it now.
#[must_use]
pub fn owner_of_row(register: &Register, key: &str) -> String {
    let personal = register.fields.iter().any(|field| field.personal.is_some());
    let own = format!("{}/{key}", register.name);
    row_owner(&register.name, key, personal.then_some(own.as_str()))
}

/// How long something is kept, as things stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// Its regulation does not say.
    Unsaid,
    /// For ever (永久).
    Permanent,
    /// For a term that has not begun: it goes on, or the day is not known.
    Begins,
    /// Until the end of this day.
    Until(Date),
}

impl Kept {
    /// Its term is over (保存期满).
    #[must_use]
    pub fn is_over(&self, today: Date) -> bool {
        matches!(self, Kept::Until(last) if *last < today)
    }
}

/// How long something is kept, with the clauses that say so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keeping {
    /// How long.
    pub kept: Kept,
    /// Clauses.
    pub clauses: Vec<ClauseId>,
}

/// How long a matter is kept: by the version it runs under, or where that says nothing, by the one in force.
#[must_use]
pub fn of_matter(world: &dyn World, matter: &Matter, now: DateTime) -> Keeping {
    let scope = Scope::new(world, now);
    let Some(env) = scope.matter(&matter.id) else { return unsaid() };
    let own = env.frame.procedure.clone().filter(|procedure| procedure.keep.is_some());
    let in_force = || world.rulebook().procedure(&matter.procedure).map(|(_, procedure)| Arc::clone(procedure));
    let Some(procedure) = own.or_else(in_force) else { return unsaid() };
    let Some(keep) = &procedure.keep else { return unsaid() };
    let ended = matter.ended.as_ref().map(|(_, on)| *on);
    let kept = match kept(keep, ended, &env) {
        // Whatever its term runs from, nothing that goes on is at its end.
        Kept::Until(_) if matter.is_open() => Kept::Begins,
        kept => kept,
    };
    Keeping { kept, clauses: keep.clauses.clone() }
}

/// How long a row is kept that is in force, or was closed on a day.
#[must_use]
pub fn of_row(world: &dyn World, register: &str, row: &Row, closed: Option<Date>, now: DateTime) -> Keeping {
    let Some((regulation, register)) = world.rulebook().register(register) else { return unsaid() };
    let Some(keep) = &register.keep else { return unsaid() };
    let scope = Scope::new(world, now);
    let bare = scope.bare(regulation, &row.place);
    let fields: [&[Field]; 1] = [&register.fields];
    let env = RecordEnv::new(&bare, &bare, &row.record, &fields);
    Keeping { kept: kept(keep, closed, &env), clauses: keep.clauses.clone() }
}

fn unsaid() -> Keeping {
    Keeping { kept: Kept::Unsaid, clauses: Vec::new() }
}

fn kept(keep: &Keep, ended: Option<Date>, env: &dyn Env) -> Kept {
    let KeepLength::For { term, from } = &keep.length else { return Kept::Permanent };
    let element = ended.map_or(Value::Missing, Value::Date);
    let inside = ElementEnv { outer: env, name: Keep::ENDED, element: &element };
    let last = term_of(term, env).zip(eval::value(from, &inside).as_date());
    let last = last.and_then(|(term, from)| calendar::plus(from, term).ok());
    last.map_or(Kept::Begins, Kept::Until)
}

fn term_of(term: &Expr, env: &dyn Env) -> Option<Term> {
    match eval::value(term, env) {
        Value::Term(term) => Some(term),
        _ => None,
    }
}

/// How long something is kept, as people read it: 永久；10年（自办结之日起）.
#[must_use]
pub fn said(keep: &Keep, env: &dyn Env) -> Label {
    let KeepLength::For { term, from } = &keep.length else {
        return Label { zh: "永久".into(), en: Some("for ever".into()) };
    };
    let term = term_of(term, env);
    let (zh, en) =
        (term.map(|term| term.zh()).unwrap_or_default(), term.map(|term| term.to_string()).unwrap_or_default());
    let (since_zh, since_en) = match eval::source(from) {
        Keep::ENDED => ("办结或者注销之日".to_owned(), "the day on which it ends".to_owned()),
        other => (from.called().to_owned(), other.to_owned()),
    };
    Label { zh: format!("{zh}（自{since_zh}起）"), en: Some(format!("{en} from {since_en}")) }
}
