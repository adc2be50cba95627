//! What may be done now (可办动作): the same checks as in [`decide`](crate::decide()), without a form, for the pages.

use crate::act::{Actor, Reason, Refusal, RefusalKind};
use crate::clock::stay;
use crate::decide::unmet;
use crate::env::{MatterEnv, Scope, imagined};
use crate::matter::{ActRecord, Matter};
use crate::reach::Reach;
use crate::reason::{Decided, refuse};
use crate::reference::kept;
use crate::rights::{self, Cause, PartyName, Viewer, is_each, may_be_offered, parties};
use crate::world::World;
use calendar::zh_date;
use jiff::civil::DateTime;
use regulation::expr::{Env as _, NameKind, Value};
use regulation::model::{About, Act, By, Condition, Label, Name, Party, Procedure, Step};
use std::collections::BTreeMap;

/// An act that is possible at the present step, and whether this actor may do it now.
#[derive(Debug, Clone)]
pub struct AvailableAct {
    /// Act.
    pub act: Name,
    /// Label on its button.
    pub label: Label,
    /// Forms that go with it.
    pub forms: Vec<Name>,
    /// Whether it may be done now, as far as can be told without its forms; else every reason why not.
    pub allowed: Result<PartyName, Vec<Reason>>,
}

/// A matter that would begin: where, and about what as far as that is known.
#[derive(Debug, Clone, Copy)]
pub struct Begun<'a> {
    /// Its place.
    pub place: &'a str,
    /// Its subjects.
    pub about: &'a BTreeMap<Name, Value>,
}

/// The acts of a matter's present step and those of any step that people do, in the order of the regulation.
#[must_use]
pub fn available_acts(world: &dyn World, matter: &Matter, actor: &Actor, now: DateTime) -> Vec<AvailableAct> {
    let scope = Scope::new(world, now).by(actor);
    let Some(env) = scope.matter(&matter.id).filter(|_| matter.is_open()) else {
        return Vec::new();
    };
    let Some(procedure) = env.frame.procedure.clone() else {
        return Vec::new();
    };
    let step = matter.step.as_deref().and_then(|name| procedure.step(name));
    let own = step.into_iter().flat_map(|step| step.acts.iter().map(move |act| (Some(step), act)));
    let any = procedure.acts.iter().filter(|act| !is_barred(act, matter.step.as_deref())).map(|act| (None, act));
    let by_people = |(step, act): &(Option<&Step>, &Act)| parties(*step, act).iter().any(is_human);
    own.chain(any).filter(by_people).map(|(step, act)| offer(&env, step, act, actor)).collect()
}

/// The starting acts of a procedure at a place, for what it would be about.
#[must_use]
pub fn available_starts(
    world: &dyn World,
    procedure: &str,
    place: &str,
    about: &BTreeMap<Name, Value>,
    actor: &Actor,
    now: DateTime,
) -> Vec<AvailableAct> {
    let Some((regulation, _)) = world.rulebook().procedure(procedure) else {
        return Vec::new();
    };
    let scope = Scope::new(world, now).by(actor);
    let matter = Matter { about: about.clone(), ..imagined(regulation, procedure, place, now) };
    let Some(env) = scope.imagined(matter) else {
        return Vec::new();
    };
    let Some(procedure) = env.frame.procedure.clone() else {
        return Vec::new();
    };
    let starts = procedure.start.iter().filter(|act| act.by.iter().any(is_human));
    starts.map(|act| offer(&env, None, act, actor)).collect()
}

/// What a regulation offers as a subject of a matter that would begin at a place, about what is known of it so far: keys of rows or ids of
/// matters. Nothing where it offers nothing.
///
/// What belongs to somebody is offered to those only who may see it: another's permit is no choice, a project of the village is.
#[must_use]
pub fn offered_subjects(
    world: &dyn World,
    procedure: &str,
    subject: &About,
    begun: &Begun<'_>,
    actor: &Actor,
    now: DateTime,
) -> Vec<String> {
    let (Some(query), Some((regulation, _))) = (subject.offer.as_deref(), world.rulebook().procedure(procedure)) else {
        return Vec::new();
    };
    let scope = Scope::new(world, now).by(actor);
    let matter = Matter { about: begun.about.clone(), ..imagined(regulation, procedure, begun.place, now) };
    let Some(Value::List(found)) = scope.imagined(matter).map(|env| kept(query.eval(&env))) else {
        return Vec::new();
    };
    let viewer = Viewer::acting(actor);
    let mut keys: Vec<String> = found.iter().filter_map(|value| value.as_text().map(str::to_owned)).collect();
    keys.retain(|key| may_be_offered(world, &viewer, &subject.target, key, now));
    keys
}

fn is_human(by: &By) -> bool {
    !matches!(by.party, Party::Clock | Party::Act { .. })
}

fn is_barred(act: &Act, step: Option<&str>) -> bool {
    act.not_at.iter().any(|name| Some(name.as_str()) == step)
}

fn offer(env: &MatterEnv<'_, '_>, step: Option<&Step>, act: &Act, actor: &Actor) -> AvailableAct {
    let allowed = match standing(env, step, act, actor, None) {
        Err(refusal) => Err(refusal.reasons),
        Ok(party) => {
            let conditions: Vec<Condition> = act.require.iter().filter(|c| !needs_form(env, act, c)).cloned().collect();
            let reasons = unmet(env, act, &conditions);
            if reasons.is_empty() { Ok(party) } else { Err(reasons) }
        }
    };
    AvailableAct { act: act.name.clone(), label: act.label.clone(), forms: act.forms.clone(), allowed }
}

/// Whether a condition looks at what the act itself would file, do or issue: it cannot be told beforehand.
fn needs_form(env: &MatterEnv<'_, '_>, act: &Act, condition: &Condition) -> bool {
    let Some(procedure) = env.frame.procedure.as_deref() else {
        return true;
    };
    let mut reach = Reach::new(env, procedure);
    match condition {
        Condition::Expr { condition, .. } => reach.expr(condition),
        Condition::Rule(rule) => reach.rule(rule),
    }
    let of_own_form = |name: &str| {
        let mut forms = act.forms.iter().filter_map(|form| env.form(form));
        forms.any(|form| form.field(name).is_some())
    };
    reach.forms.iter().any(|form| act.forms.contains(form))
        || reach.names.iter().any(|(name, kind)| match kind {
            NameKind::Form => act.forms.contains(name),
            NameKind::Act => act.name == *name,
            NameKind::Document => act.issue.iter().any(|(document, _)| document == name),
            NameKind::Field => of_own_form(name),
            _ => false,
        })
}

/// Whether an actor may do an act of the present step, before any form: `not-at`, rights, `each`, `once`, delegation, separation of
/// duties.
pub(crate) fn standing(
    env: &MatterEnv<'_, '_>,
    step: Option<&Step>,
    act: &Act,
    actor: &Actor,
    cause: Option<Cause<'_>>,
) -> Decided<PartyName> {
    if is_barred(act, env.matter().step.as_deref()) {
        let zh = format!("在“{}”环节不能“{}”", step_label(env, env.matter()), act.label.zh);
        let en = format!("`{}` is not possible at this step", act.name);
        return refuse(RefusalKind::State, Reason::general("wrong-step", zh, en).under(&act.clauses));
    }
    let by = parties(step, act);
    let capacities = rights::capacities(env, by, actor, cause);
    if capacities.is_empty() {
        return refuse(RefusalKind::Rights, rights::not_your_desk(env, by, &act.label.zh));
    }
    let party = not_yet(env, step, act, capacities)?;
    // What follows from an act was delegated with it.
    if cause.is_none()
        && let Some(reason) = rights::delegation::withheld(env, act, actor)
    {
        return refuse(RefusalKind::Rights, reason);
    }
    match overlap(env, act, actor) {
        Some(reason) => refuse(RefusalKind::Rights, reason),
        None => Ok(party),
    }
}

/// The first capacity in which the act has not been done yet, where it is done once, or once by each party.
fn not_yet(env: &MatterEnv<'_, '_>, step: Option<&Step>, act: &Act, capacities: Vec<PartyName>) -> Decided<PartyName> {
    let matter = env.matter();
    if let Some(done) = matter.last_act(&act.name).filter(|_| act.once) {
        let zh = format!("“{}”只能办理一次，已于{}办过", act.label.zh, zh_date(done.on));
        let en = format!("`{}` can be done once, it was done on {}", act.name, done.on);
        return refuse(RefusalKind::State, Reason::general("done-once", zh, en).under(&act.clauses));
    }
    if !is_each(step, act) {
        return capacities.into_iter().next().ok_or_else(|| done_by_you(act));
    }
    let done = |party: &PartyName| {
        let procedure = env.frame.procedure.as_deref();
        procedure.is_some_and(|procedure| {
            stay(procedure, matter).any(|record| record.act == act.name && record.party == *party)
        })
    };
    capacities.into_iter().find(|party| !done(party)).ok_or_else(|| done_by_you(act))
}

fn done_by_you(act: &Act) -> Box<Refusal> {
    let zh = format!("您的岗位已经办过“{}”，每个岗位只办一次", act.label.zh);
    let en = format!("your desk has done `{}` already", act.name);
    Box::new(Refusal::one(RefusalKind::State, Reason::general("done-already", zh, en).under(&act.clauses)))
}

/// Separation of duties: the person has done another act of a set of which one person may do only one; what somebody does on behalf of
/// another counts for both, so that nobody does both with a deputy, or by two.
fn overlap(env: &MatterEnv<'_, '_>, act: &Act, actor: &Actor) -> Option<Reason> {
    let procedure = env.frame.procedure.as_deref()?;
    let county = env.world().county();
    let own = rights::delegation::answering(county, actor, env.today());
    let sets = procedure.apart.iter().filter(|set| set.contains(&act.name));
    let mut others = sets.flatten().filter(|name| **name != act.name);
    let same = |record: &ActRecord| {
        let answering = rights::delegation::answering(county, &record.actor, record.at.date());
        answering.into_iter().flatten().any(|person| own.contains(&Some(person)))
    };
    let done = |name: &&Name| env.matter().acts.iter().any(|record| record.act == **name && same(record));
    let other = others.find(done)?;
    let label = label_of(procedure, other);
    let zh = format!("您已经办过“{label}”，同一人不能再办“{}”", act.label.zh);
    let en = format!("who did `{other}` may not do `{}`", act.name);
    Some(
        Reason::general("separation-of-duties", zh, en)
            .under(&act.clauses)
            .hint("请由其他人员办理", "Let somebody else do it"),
    )
}

fn label_of<'p>(procedure: &'p Procedure, act: &'p str) -> &'p str {
    let found = procedure.all_acts().find(|(_, own)| own.name == act);
    found.map_or(act, |(_, own)| &own.label.zh)
}

fn step_label(env: &MatterEnv<'_, '_>, matter: &Matter) -> String {
    let procedure = env.frame.procedure.as_deref();
    let step = procedure.and_then(|procedure| procedure.step(matter.step.as_deref()?));
    step.map_or_else(String::new, |step| step.label.zh.clone())
}

/// The refusal of an act that is not possible where the matter stands: where it is, how it came there, what is possible.
pub(crate) fn not_here(procedure: &Procedure, matter: &Matter, name: &str) -> Refusal {
    if !procedure.all_acts().any(|(_, act)| act.name == name) {
        let zh = format!("“{}”中没有“{name}”这个动作", procedure.title.zh);
        return Refusal::one(
            RefusalKind::Unknown,
            Reason::general("unknown-act", zh, format!("`{}` has no act `{name}`", procedure.name)),
        );
    }
    let label = label_of(procedure, name);
    if let Some((end, on)) = &matter.ended {
        let ended = procedure.end(end).map_or(end.as_str(), |label| &label.zh);
        let zh = format!("本事项已于{}办结（{ended}），不能再“{label}”", zh_date(*on));
        return Refusal::one(
            RefusalKind::State,
            Reason::general("closed", zh, format!("the matter ended on {on}: {end}")),
        );
    }
    let step = matter.step.as_deref().and_then(|name| procedure.step(name));
    let here = step.map_or("", |step| step.label.zh.as_str());
    let last = matter.acts.last().map(|record| came_by(procedure, record)).unwrap_or_default();
    let zh = format!("现在是“{here}”环节，不能“{label}”{last}");
    let en = format!("`{name}` is not possible at step `{}`", matter.step.as_deref().unwrap_or("-"));
    let possible: Vec<&Label> = step.into_iter().flat_map(|step| &step.acts).map(|act| &act.label).collect();
    let mut reason = Reason::general("wrong-step", zh, en);
    if let Some(step) = step {
        reason = reason.under(&step.clauses);
    }
    if !possible.is_empty() {
        let zh: Vec<&str> = possible.iter().map(|label| label.zh.as_str()).collect();
        let en: Vec<&str> = possible.iter().map(|label| label.english()).collect();
        reason = reason
            .hint(format!("这一环节可以：{}", zh.join("、")), format!("Possible at this step: {}", en.join(", ")));
    }
    Refusal::one(RefusalKind::State, reason)
}

fn came_by(procedure: &Procedure, record: &crate::matter::ActRecord) -> String {
    let label = label_of(procedure, &record.act);
    match record.actor {
        Actor::Clock => format!("（期限届满，{}已自动“{label}”）", zh_date(record.on)),
        Actor::Person { .. } => format!("（{}“{label}”）", zh_date(record.on)),
    }
}
