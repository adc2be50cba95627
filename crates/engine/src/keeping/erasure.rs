//! What one key seals (信息主体名下的信息), and what stands against erasing it.
//!
//! (Personal Information Protection Law, art. 47: nothing is erased before the term of keeping that the law sets is over.)

use super::{Kept, OF_MATTER, OF_ROW, matter_owner, of_matter, of_row, owner_of_row};
use crate::act::{MatterId, Reason};
use crate::rights::{Access, Viewer, may_read_register, may_see, names_person};
use crate::world::World;
use calendar::zh_date;
use jiff::civil::{Date, DateTime};
use regulation::expr::{Owned, Thing, Value};
use regulation::model::ClauseId;
use std::collections::BTreeMap;

/// A part of what one key seals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// A row, in force or closed.
    Row {
        /// Register.
        register: String,
        /// Key.
        key: String,
    },
    /// A matter.
    Matter(MatterId),
}

/// So many parts of one kind: a register's rows or a procedure's matters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The register's or procedure's title.
    pub title: String,
    /// They are matters, not rows.
    pub matters: bool,
    /// How many.
    pub count: usize,
}

/// The owner that a value names: a row or matter, or a text such as `households/h-12`, or the number of a matter's owner as pages hand it on.
#[must_use]
pub fn named(world: &dyn World, value: &Value) -> Option<String> {
    match value {
        Value::Thing(Thing::Row { register, key }) => {
            let (_, register) = world.rulebook().register(register)?;
            match &register.rows_of {
                Some(_) => of_matter_id(world, key),
                None => Some(owner_of_row(register, key)),
            }
        }
        Value::Thing(Thing::Matter(id)) => of_matter_id(world, id),
        Value::Text(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        _ => None,
    }
}

fn of_matter_id(world: &dyn World, id: &str) -> Option<String> {
    world.matter(id).map(|matter| matter_owner(&matter.id, matter.owner.as_deref()))
}

/// Everything that the keys of an owner seal; nothing where there is no such owner.
#[must_use]
pub fn parts(world: &dyn World, owner: &str) -> Vec<Part> {
    if let Some(id) = owner.strip_prefix(OF_MATTER) {
        let own = world.matter(id).filter(|matter| matter.owner.is_none());
        return own.map(|matter| Part::Matter(matter.id.clone())).into_iter().collect();
    }
    let row = owner.strip_prefix(OF_ROW).unwrap_or(owner).split_once('/').filter(|(register, key)| {
        let known = world.rulebook().register(register);
        known.is_some_and(|(_, known)| known.rows_of.is_none()) && world.last_row(register, key).is_some()
    });
    let row = row.map(|(register, key)| Part::Row { register: register.to_owned(), key: key.to_owned() });
    row.into_iter().chain(world.matters_owned(owner).into_iter().map(Part::Matter)).collect()
}

/// What would be erased with the keys of an owner: how many of what, and nothing of what stands in it.
#[must_use]
pub fn holdings(world: &dyn World, owner: &str) -> Vec<Held> {
    let mut counts: BTreeMap<(bool, String), usize> = BTreeMap::new();
    for part in parts(world, owner) {
        *counts.entry((matches!(part, Part::Matter(_)), title(world, &part))).or_default() += 1;
    }
    counts.into_iter().map(|((matters, title), count)| Held { title, matters, count }).collect()
}

fn title(world: &dyn World, part: &Part) -> String {
    match part {
        Part::Row { register, .. } => {
            world.rulebook().register(register).map_or_else(|| register.clone(), |(_, known)| known.title.zh.clone())
        }
        Part::Matter(id) => {
            let matter = world.matter(id);
            let procedure = matter.as_ref().and_then(|matter| {
                let regulation = world.regulation(&matter.regulation, &matter.version)?;
                regulation.procedures.get(&matter.procedure).map(|procedure| procedure.title.zh.clone())
            });
            procedure.unwrap_or_else(|| matter.map_or_else(|| id.clone(), |matter| matter.procedure.clone()))
        }
    }
}

/// The same in one line, for documents: 户名册1条、建房审批2件. Nothing where no personal data of the owner can be read.
#[must_use]
pub fn holdings_said(world: &dyn World, owner: &str) -> Option<String> {
    let held = if world.has_sealed(owner) { holdings(world, owner) } else { Vec::new() };
    let one = |held: &Held| format!("{}{}{}", held.title, held.count, if held.matters { "件" } else { "条" });
    (!held.is_empty()).then(|| held.iter().map(one).collect::<Vec<_>>().join("、"))
}

/// Why a part may not go.
#[derive(PartialEq, Eq, PartialOrd, Ord, Clone, Copy)]
enum Bar {
    Open,
    Permanent,
    Unsaid,
    Begins,
    Until,
}

/// Parts of one title that may not go for the same reason.
struct Barred {
    count: usize,
    /// Until when the last of them is kept, where that is a day.
    until: Option<Date>,
    clauses: Vec<ClauseId>,
}

/// What stands against erasing all that an owner's keys seal, each kind of it once; nothing where it may go.
#[must_use]
pub fn hindrances(world: &dyn World, owner: &str, now: DateTime) -> Vec<Reason> {
    let parts = parts(world, owner);
    if parts.is_empty() {
        let zh = format!("没有“{owner}”这一信息主体");
        return vec![Reason::general("unknown-owner", zh, format!("nothing is kept under `{owner}`"))];
    }
    if !world.has_sealed(owner) {
        let zh = format!("“{owner}”名下没有可以删除的个人信息，或者已经删除");
        return vec![Reason::general("nothing-sealed", zh, format!("no personal data of `{owner}` can be read"))];
    }
    let mut found: BTreeMap<(Bar, String), Barred> = BTreeMap::new();
    for part in parts {
        let Some((bar, until, clauses)) = bar(world, &part, now) else { continue };
        let known = found.entry((bar, title(world, &part))).or_insert(Barred { count: 0, until: None, clauses });
        known.count += 1;
        known.until = known.until.max(until);
    }
    let said = |((bar, title), Barred { count, until, clauses }): ((Bar, String), Barred)| {
        reason(bar, &title, count, until).under(&clauses)
    };
    found.into_iter().map(said).collect()
}

/// The same in one text; nothing where it may go.
#[must_use]
pub fn hindrances_said(world: &dyn World, owner: &str, now: DateTime) -> Option<String> {
    let reasons = hindrances(world, owner, now);
    (!reasons.is_empty()).then(|| reasons.into_iter().map(|reason| reason.zh).collect::<Vec<_>>().join("；"))
}

fn bar(world: &dyn World, part: &Part, now: DateTime) -> Option<(Bar, Option<Date>, Vec<ClauseId>)> {
    let keeping = match part {
        Part::Row { register, key } => {
            let (row, closed) = world.last_row(register, key)?;
            of_row(world, register, &row, closed, now)
        }
        Part::Matter(id) => {
            let matter = world.matter(id)?;
            if matter.is_open() {
                return Some((Bar::Open, None, Vec::new()));
            }
            of_matter(world, &matter, now)
        }
    };
    if keeping.kept.is_over(now.date()) {
        return None;
    }
    let bar = match keeping.kept {
        Kept::Unsaid => Bar::Unsaid,
        Kept::Permanent => Bar::Permanent,
        Kept::Begins => Bar::Begins,
        Kept::Until(last) => return Some((Bar::Until, Some(last), keeping.clauses)),
    };
    Some((bar, None, keeping.clauses))
}

fn reason(bar: Bar, title: &str, count: usize, until: Option<Date>) -> Reason {
    match bar {
        Bar::Open => Reason::general(
            "still-open",
            format!("《{title}》还有{count}件没有办结"),
            format!("{count} of “{title}” have not ended"),
        ),
        Bar::Permanent => Reason::general(
            "kept-for-ever",
            format!("《{title}》的{count}份永久保存"),
            format!("{count} of “{title}” are kept for ever"),
        ),
        Bar::Unsaid => Reason::general(
            "keeping-unsaid",
            format!("《{title}》没有写保存期限，不能说{count}份已经期满"),
            format!("it is not said how long {count} of “{title}” are kept"),
        ),
        Bar::Begins => Reason::general(
            "term-not-begun",
            format!("《{title}》的{count}份还在使用，保存期限没有开始"),
            format!("the term of {count} of “{title}” has not begun"),
        ),
        Bar::Until => {
            let (zh, en) = until.map(|on| (zh_date(on), on.to_string())).unwrap_or_default();
            Reason::general(
                "term-not-over",
                format!("《{title}》的{count}份保存期限未满，最晚到{zh}"),
                format!("the term of {count} of “{title}” runs until {en} at the latest"),
            )
        }
    }
}

/// What expressions ask of an owner.
pub(crate) fn answer(world: &dyn World, owner: &Value, question: Owned<'_>, now: DateTime) -> Value {
    let Some(owner) = named(world, owner) else { return Value::Missing };
    let text = |text: Option<String>| text.map_or(Value::Missing, Value::Text);
    match question {
        Owned::Holdings => text(holdings_said(world, &owner)),
        Owned::Hindrances => text(hindrances_said(world, &owner, now)),
        Owned::Concerns(person) => Value::Bool(concerns(world, &owner, person, now)),
        Owned::Sees(person) => Value::Bool(sees(world, &owner, person, now)),
    }
}

/// Whether what an owner's keys seal is about a person: the row names them, or the matter is theirs.
#[must_use]
pub fn concerns(world: &dyn World, owner: &str, person: &str, now: DateTime) -> bool {
    let viewer = Viewer { person: Some(person.to_owned()), posts: Vec::new() };
    // The row stands for all that belongs to it; where there is none, each matter does.
    let of = |part: &Part| match part {
        Part::Row { register, key } => {
            let known = world.rulebook().register(register).zip(world.last_row(register, key));
            known.is_some_and(|((_, register), (row, _))| names_person(&row, register, person))
        }
        Part::Matter(id) => {
            world.matter(id).is_some_and(|matter| may_see(world, &viewer, &matter, now) == Access::Full)
        }
    };
    match parts(world, owner).as_slice() {
        [row @ Part::Row { .. }, ..] => of(row),
        matters => !matters.is_empty() && matters.iter().all(of),
    }
}

/// Whether a person sees all of some part of what an owner's keys seal, for themselves or through a post that they have now: who sees none of
/// it keeps none of it either.
#[must_use]
pub fn sees(world: &dyn World, owner: &str, person: &str, now: DateTime) -> bool {
    let viewer = Viewer::everywhere(world.county(), person, now);
    let seen = |part: &Part| match part {
        Part::Row { register, key } => {
            let known = world.rulebook().register(register).zip(world.last_row(register, key));
            known.map(|((_, register), (row, _))| {
                may_read_register(world, &viewer, register, Some(&row), &row.place, now)
            })
        }
        Part::Matter(id) => world.matter(id).map(|matter| may_see(world, &viewer, &matter, now)),
    };
    parts(world, owner).iter().any(|part| seen(part) == Some(Access::Full))
}
