//! Asking (试算): what the rules of a procedure say about an application that has not been made, and what would have to be otherwise.

use crate::act::{Actor, PlaceCode, Reason, Refusal, RefusalKind};
use crate::env::{MatterEnv, Scope, imagined};
use crate::event::Event;
use crate::form::{Asked, Converted, convert};
use crate::reach::Reach;
use crate::reference::kept;
use crate::verdict::{RuleVerdict, verdict};
use crate::world::World;
use crate::{act::FieldFault, scratch::Scratch};
use jiff::civil::DateTime;
use regulation::analysis::change::{Change, smallest_change};
use regulation::expr::{Env, NameKind, Record, Value};
use regulation::model::{Act, Condition, Field, Form, Holds, Name, Need, Procedure, RuleRow};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// An application to be tried.
#[derive(Debug, Clone)]
pub struct Question<'a> {
    /// Procedure.
    pub procedure: &'a str,
    /// Starting act; the first one of the procedure if `None`.
    pub act: Option<&'a str>,
    /// Where.
    pub place: PlaceCode,
    /// What it is about, as far as known.
    pub about: BTreeMap<Name, Value>,
    /// Fields of the forms of the starting act, as far as filled in.
    pub form: Record,
}

/// What the rules say about an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// No rule that can be told already stands against it.
    Eligible,
    /// A rule stands against it.
    Ineligible,
    /// Something that the applicant would fill in is missing.
    Undetermined,
}

/// The answer to a [`Question`].
#[derive(Debug, Clone)]
pub struct Answer {
    /// Verdict.
    pub verdict: Verdict,
    /// Every rule that an act of the procedure names, with the rows that can be told from the application.
    pub rules: Vec<RuleVerdict>,
    /// Fields that cannot be read.
    pub faults: Vec<FieldFault>,
    /// What is missing, by name.
    pub missing: Vec<Name>,
    /// The smallest changes after which nothing would stand against it, alternatives first to last.
    pub change: Vec<Vec<Change>>,
}

/// Evaluates the rules of a procedure on an application at a moment. The county's registers are those of the world.
///
/// Rows that look at what offices only file later (their own forms, acts and documents) are left out while they cannot be told.
///
/// # Errors
/// The procedure, its starting act or the place does not exist.
pub fn ask(world: &dyn World, question: &Question<'_>, now: DateTime) -> Result<Answer, Box<Refusal>> {
    let found = world.rulebook().procedure(question.procedure);
    let (regulation, procedure) = found.ok_or_else(|| unknown("unknown-procedure", "程序", question.procedure))?;
    let start = match question.act {
        Some(name) => procedure.start.iter().find(|act| act.name == name),
        None => procedure.start.first(),
    };
    let start = start.ok_or_else(|| unknown("unknown-act", "起始动作", question.act.unwrap_or_default()))?;
    if world.county().place(&question.place).is_none() {
        return Err(unknown("unknown-place", "地方", &question.place));
    }
    let about = question.about.iter().map(|(name, value)| (name.clone(), kept(value.clone()))).collect();
    let matter = crate::matter::Matter { about, ..imagined(regulation, &procedure.name, &question.place, now) };
    let mut scratch = Scratch::new(world);
    let id = "ask".to_owned();
    crate::fold::Sink::put_matter(&mut scratch, crate::matter::Matter { id: id.clone(), ..matter });
    let forms: Vec<Arc<Form>> =
        start.forms.iter().filter_map(|name| world.rulebook().form(name).map(|(_, form)| Arc::clone(form))).collect();
    let converted = {
        let scope = Scope::new(&scratch, now);
        let env = scope.matter(&id).ok_or_else(|| unknown("unknown-procedure", "程序", question.procedure))?;
        read(&env, &forms, &question.form)
    };
    file(&mut scratch, &id, start, &forms, &converted.record, now);
    let scope = Scope::new(&scratch, now).trying(&id, later(procedure, start));
    let env = scope.matter(&id).ok_or_else(|| unknown("unknown-procedure", "程序", question.procedure))?;
    Ok(answer(&env, procedure, start, converted.faults))
}

/// What can only come after the starting act: acts, their forms, documents.
fn later(procedure: &Procedure, start: &Act) -> BTreeSet<Name> {
    let others = || procedure.all_acts().map(|(_, act)| act).filter(|act| act.name != start.name);
    let forms = others().flat_map(|act| &act.forms).filter(|form| !start.forms.contains(form));
    let acts = others().map(|act| &act.name);
    forms.chain(acts).chain(procedure.documents.keys()).cloned().collect()
}

fn unknown(code: &str, what: &str, name: &str) -> Box<Refusal> {
    let reason = Reason::general(code, format!("没有名为“{name}”的{what}"), format!("there is no `{name}`"));
    Box::new(Refusal::one(RefusalKind::Unknown, reason))
}

fn read(env: &MatterEnv<'_, '_>, forms: &[Arc<Form>], record: &Record) -> Converted {
    let fields: Vec<&[Field]> = forms.iter().map(|form| form.fields.as_slice()).collect();
    convert(env, &Asked { forms: &fields, clauses: &[] }, record, "")
}

/// Files the application and does the starting act in the scratch world, without asking whether it may be done.
fn file(scratch: &mut Scratch<'_>, id: &str, start: &Act, forms: &[Arc<Form>], record: &Record, now: DateTime) {
    for form in forms {
        let own = record.iter().filter(|(name, _)| form.field(name).is_some());
        let own: Record = own.map(|(name, value)| (name.clone(), value.clone())).collect();
        scratch.apply(&Event::Filed {
            matter: id.to_owned(),
            form: form.name.clone(),
            record: Arc::new(own),
            party: None,
        });
    }
    scratch.apply(&Event::Acted {
        matter: id.to_owned(),
        act: start.name.clone(),
        actor: Actor::Clock,
        party: String::new(),
        on: now.date(),
        at: now,
        step: None,
        clauses: Vec::new(),
        warnings: Vec::new(),
    });
}

fn answer(env: &MatterEnv<'_, '_>, procedure: &Procedure, start: &Act, faults: Vec<FieldFault>) -> Answer {
    let mut rules = Vec::new();
    let mut missing = Vec::new();
    for rule in rules_named(procedure).into_iter().filter_map(|name| procedure.rules.get(name)) {
        let mut found = verdict(env, rule);
        let mut told = Vec::new();
        for (row, verdict) in rule.rows.iter().zip(found.rows) {
            let open = if verdict.holds.is_none() { unfilled(env, procedure, row) } else { Vec::new() };
            if verdict.holds.is_some() || !open.is_empty() || !is_later(env, procedure, start, row) {
                told.push(verdict);
            }
            missing.extend(open);
        }
        found.rows = told;
        found.holds = held(&found);
        rules.push(found);
    }
    missing.sort();
    missing.dedup();
    let failing = rules.iter().any(|rule| rule.holds == Some(false));
    let open = rules.iter().any(|rule| rule.holds.is_none()) || !faults.is_empty();
    let verdict = match (failing, open) {
        (true, _) => Verdict::Ineligible,
        (false, true) => Verdict::Undetermined,
        (false, false) => Verdict::Eligible,
    };
    let wanted: Vec<&str> =
        rules.iter().filter(|rule| rule.holds == Some(false)).map(|rule| rule.rule.as_str()).collect();
    let change =
        if wanted.is_empty() { Vec::new() } else { smallest_change(procedure, &wanted, &open_fields(env), env) };
    Answer { verdict, rules, faults, missing, change }
}

/// The rules on the merits; where the procedure names none, those that its acts require or warn of, each once, in the order of
/// the acts.
fn rules_named(procedure: &Procedure) -> Vec<&str> {
    if !procedure.merits.is_empty() {
        return procedure.merits.iter().map(String::as_str).collect();
    }
    let mut names: Vec<&str> = Vec::new();
    for (_, act) in procedure.all_acts() {
        for condition in act.require.iter().chain(&act.warn) {
            if let Condition::Rule(name) = condition
                && !names.contains(&name.as_str())
            {
                names.push(name);
            }
        }
    }
    names
}

/// Whether a row waits for something that is filed, done or issued only after the start.
fn is_later(env: &MatterEnv<'_, '_>, procedure: &Procedure, start: &Act, row: &RuleRow) -> bool {
    let mut reach = Reach::new(env, procedure);
    reach.row(row);
    let later_form = |form: &Name| {
        let filed = procedure.all_acts().any(|(_, act)| act.forms.contains(form));
        filed && !start.forms.contains(form)
    };
    reach.forms.iter().any(later_form)
        || reach.names.iter().any(|(name, kind)| match kind {
            NameKind::Form => later_form(name),
            NameKind::Act => *name != start.name,
            NameKind::Document => true,
            _ => false,
        })
}

/// Fields that the applicant still has to fill in before a row can be told.
fn unfilled(env: &MatterEnv<'_, '_>, procedure: &Procedure, row: &RuleRow) -> Vec<Name> {
    let mut reach = Reach::new(env, procedure);
    reach.row(row);
    let asked = |name: &Name| match env.frame.start_field(name) {
        Some(field) if field.derived.is_none() => match &field.need {
            Need::Must => true,
            Need::May => false,
            Need::If(condition) => condition.holds(env),
        },
        Some(_) => false,
        None => procedure.about.iter().any(|about| about.name == *name && !about.optional),
    };
    let names = reach.names.keys().filter(|name| asked(name) && env.root(name).is_missing());
    names.cloned().collect()
}

/// Fields of the application that are still to be filled in.
fn open_fields(env: &MatterEnv<'_, '_>) -> Vec<Name> {
    let asked = |field: &&Field| match &field.need {
        Need::Must => true,
        Need::May => false,
        Need::If(condition) => condition.holds(env),
    };
    let fields = env.frame.start_fields().filter(|field| field.derived.is_none());
    let open = fields.filter(asked).filter(|field| env.root(&field.name).is_missing());
    open.map(|field| field.name.clone()).collect()
}

/// Whether a rule holds by the rows that can be told.
fn held(rule: &RuleVerdict) -> Option<bool> {
    let hits = || rule.rows.iter().filter(|row| row.holds == Some(true) && !row.candidate);
    let open = rule.rows.iter().any(|row| row.holds.is_none());
    let decided = match rule.how {
        Holds::None => hits().next().map(|_| false),
        Holds::All => rule.rows.iter().any(|row| row.holds == Some(false)).then_some(false),
        Holds::Any => hits().next().map(|_| true),
    };
    match decided {
        Some(holds) => Some(holds),
        None if open => None,
        None => Some(rule.how != Holds::Any || rule.rows.is_empty()),
    }
}
