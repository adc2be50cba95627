//! Deciding (决定): what an act brings about, or why not. Pure; the answer follows from the world, the act and the moment.
//!
//! Checks come in this order: the target exists; the regulation is in force (new matters); the actor has seen the latest state; a clock whose
//! act is due goes first; the act is possible at this step; rights; done already; what was delegated; separation of duties; the form; the
//! act's conditions; whether they proved anew that it is they. What it brings about runs on a scratch world, so that each consequence sees those
//! before it; a refusal anywhere refuses the whole act.

mod act;
mod clock;
mod consequence;
mod county;
mod document;
mod duty;
mod erase;
pub(crate) mod force;
pub mod note;
mod number;
mod places;
mod post;
mod printed;
mod register;
mod start;
mod step;

use crate::act::{Act, Actor, Decision, NO_FRESH_ID, Outcome, Reason, RefusalKind, Target};
use crate::env::{Changes, MatterEnv, Scope};
use crate::event::Event;
use crate::matter::Matter;
use crate::publication::publications;
use crate::reason::{Decided, refuse};
use crate::scratch::Scratch;
use crate::world::World;
pub(crate) use act::unmet;
pub use printed::{printings, unprinted};
pub use register::{place_column, row_key};

use act::Doing;
use jiff::civil::DateTime;
use regulation::model::ClauseId;
use start::Starting;
use std::collections::BTreeSet;
use std::rc::Rc;

/// How many acts may follow from one another.
const DEEPEST: u32 = 8;

/// What an act brings about at a moment (county local time), or every reason why not. Nothing is changed.
#[must_use]
pub fn decide(world: &dyn World, act: &Act, now: DateTime) -> Outcome {
    let mut run = Run { proved: act.proved, ..Run::new(world, act.fresh_ids.clone(), now) };
    match run.dispatch(act) {
        Ok(subject) => Outcome::Done(run.decision(subject)),
        Err(refusal) => Outcome::Refused(*refusal),
    }
}

/// A decision being made: the facts found so far and the world as it would be after them.
pub(crate) struct Run<'w> {
    scratch: Scratch<'w>,
    events: Vec<Event>,
    warnings: Vec<Reason>,
    clauses: Vec<ClauseId>,
    fresh_ids: std::vec::IntoIter<String>,
    now: DateTime,
    depth: u32,
    proved: bool,
}

/// Whose eyes an expression is evaluated through: the matter, the actor, and what the act's form changes.
#[derive(Clone)]
struct View<'a> {
    matter: String,
    actor: &'a Actor,
    changes: Option<Rc<Changes>>,
}

impl<'w> Run<'w> {
    fn new(world: &'w dyn World, fresh_ids: Vec<String>, now: DateTime) -> Self {
        Run {
            scratch: Scratch::new(world),
            events: Vec::new(),
            warnings: Vec::new(),
            clauses: Vec::new(),
            fresh_ids: fresh_ids.into_iter(),
            now,
            depth: 0,
            proved: false,
        }
    }

    fn dispatch(&mut self, act: &Act) -> Decided<String> {
        if act.actor == Actor::Clock
            && !matches!(act.target, Target::Clock { .. } | Target::Duty { .. } | Target::Printed { .. })
        {
            return refuse(RefusalKind::Rights, only_through_clock());
        }
        match &act.target {
            Target::Start { procedure, place, about } => self.start(Starting {
                procedure,
                act: &act.name,
                place,
                about: about.clone(),
                actor: &act.actor,
                form: &act.form,
                cause: None,
                instance: None,
                on: self.now.date(),
            }),
            Target::Matter { id, seen } => {
                self.is_current(id, *seen)?;
                self.clocks_first(id)?;
                self.act(Doing {
                    matter: id,
                    act: &act.name,
                    actor: &act.actor,
                    form: &act.form,
                    cause: None,
                    on: self.now.date(),
                })?;
                Ok(id.clone())
            }
            Target::Note { matter, strike } => {
                self.note(act, matter, *strike)?;
                Ok(matter.clone())
            }
            Target::Register { register, row, place } => self.keep_register(act, register, row.as_deref(), place),
            Target::Clock { matter, clock } => {
                if act.actor != Actor::Clock {
                    return refuse(RefusalKind::Rights, only_clock());
                }
                self.fire(matter, *clock)?;
                Ok(matter.clone())
            }
            Target::Duty { duty, unit } => {
                if act.actor != Actor::Clock {
                    return refuse(RefusalKind::Rights, only_clock());
                }
                self.begin(duty, unit)
            }
            Target::Printed { register } => {
                if act.actor != Actor::Clock {
                    return refuse(RefusalKind::Rights, only_clock());
                }
                self.print_rows(register)
            }
        }
    }

    fn decision(self, subject: String) -> Decision {
        let says_more = self.events.iter().filter(|event| !event.is_note());
        let touched: BTreeSet<&str> = says_more.filter_map(Event::matter).collect();
        let published = publications(&self.scratch, touched, self.now);
        Decision { subject, events: self.events, warnings: self.warnings, clauses: self.clauses, published }
    }

    fn emit(&mut self, event: Event) {
        self.scratch.apply(&event);
        self.events.push(event);
    }

    fn emit_all(&mut self, events: Vec<Event>) {
        for event in events {
            self.emit(event);
        }
    }

    /// Asks the environment of a matter as it stands now.
    fn look<T>(&self, view: &View<'_>, ask: impl FnOnce(&MatterEnv<'_, '_>) -> T) -> Decided<T> {
        let mut scope = Scope::new(&self.scratch, self.now).by(view.actor);
        if let Some(changes) = &view.changes {
            scope = scope.changing(Rc::clone(changes));
        }
        match scope.matter(&view.matter) {
            Some(env) => Ok(ask(&env)),
            None => self.unseen(&view.matter),
        }
    }

    /// A matter that cannot be looked at: there is none, or this program does not know its version of the regulation.
    fn unseen<T>(&self, id: &str) -> Decided<T> {
        match self.scratch.matter(id) {
            Some(matter) => refuse(RefusalKind::State, unknown_version(&matter)),
            None => refuse(RefusalKind::Unknown, unknown_matter(id)),
        }
    }

    fn fresh_id(&mut self) -> Decided<String> {
        match self.fresh_ids.next() {
            Some(id) => Ok(id),
            None => refuse(
                RefusalKind::Unknown,
                Reason::general(NO_FRESH_ID, "提交时备用的编号不足，请重试", "too few fresh ids were handed in"),
            ),
        }
    }

    fn add_clauses(&mut self, clauses: &[ClauseId]) {
        for clause in clauses {
            if !self.clauses.contains(clause) {
                self.clauses.push(clause.clone());
            }
        }
    }

    fn is_current(&self, id: &str, seen: Option<u64>) -> Decided<()> {
        let Some(matter) = self.scratch.matter(id) else {
            return refuse(RefusalKind::Unknown, unknown_matter(id));
        };
        match seen {
            Some(seen) if seen < matter.seq => {
                let zh = "您打开这一事项以后，它又有了新的办理".to_owned();
                let en = format!("the matter has seen {} acts, you saw {seen}", matter.seq);
                refuse(
                    RefusalKind::Stale,
                    Reason::general("stale", zh, en).hint(
                        "请刷新页面，看过新的情况再办理",
                        "Reload the page and look at what is new before you go on",
                    ),
                )
            }
            _ => Ok(()),
        }
    }
}

fn only_through_clock() -> Reason {
    Reason::general(
        "clock-only",
        "时钟只能办理到期的事、开始定期的职责、登记随文印发的记录",
        "the clock acts only through its clocks, duties and printed rows",
    )
}

fn only_clock() -> Reason {
    Reason::general("clock-only", "到期的后果只由系统时钟触发", "only the clock fires clocks")
}

/// A newer program, or one with other texts, began the matter: nobody here can say what may be done with it.
fn unknown_version(matter: &Matter) -> Reason {
    let (regulation, version) = (&matter.regulation, matter.version.get(..12).unwrap_or(&matter.version));
    let zh = format!("本系统没有这个事项所依据的规定版本（{regulation}，{version}），不能办理");
    let en = format!("the matter runs under version {version} of `{regulation}`, which is not known here");
    Reason::general("unknown-version", zh, en).hint(
        "请管理员升级程序，或补齐该版本的规定",
        "The administrator updates the program, or adds that version of the regulation",
    )
}

fn unknown_matter(id: &str) -> Reason {
    Reason::general("unknown-matter", format!("没有编号为“{id}”的事项"), format!("there is no matter `{id}`"))
}
