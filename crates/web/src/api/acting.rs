//! Acting (办理): in whose name, with which form, and what came of it. Shared by matters and registers.

use super::model::Model;
use crate::forms::lists::{self, KeptSheet, List};
use crate::forms::read::{Reader, Signer};
use crate::problem::Problem;
use crate::sent::Upload;
use crate::site::actor;
use crate::visit::{Person, Visitor};
use axum::http::StatusCode;
use engine::act::{Act, Actor, Outcome, Refusal, RefusalKind};
use engine::env::Scope;
use engine::offer::available_starts;
use engine::rights::{capacities, parties};
use engine::{FieldFault, Matter, World};
use jiff::civil::DateTime;
use regulation::expr::{Record, Value as Answer};
use regulation::model::{Act as ActModel, ClauseId, Field, Name, Procedure, Step};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// How a program says that it acts in nobody's post but its own name.
const SELF: &str = "self";

/// The actors that somebody may be: the post asked for; else in their own name and in each of their posts.
pub(crate) fn actors(person: &Person, asked: Option<&str>) -> Result<Vec<Actor>, Problem> {
    match asked {
        Some(SELF) => Ok(vec![actor(&person.id, None)]),
        Some(post) if person.holdings().any(|held| held.id == post) => Ok(vec![actor(&person.id, Some(post))]),
        Some(post) => Err(not_your_post(person, post)),
        None => {
            let posts = person.holdings().map(|held| actor(&person.id, Some(&held.id)));
            Ok(std::iter::once(actor(&person.id, None)).chain(posts).collect())
        }
    }
}

fn not_your_post(person: &Person, post: &str) -> Problem {
    let held: Vec<&str> = person.holdings().map(|held| held.id.as_str()).collect();
    let held = held.join(", ");
    Problem::new(
        StatusCode::FORBIDDEN,
        "not-your-post",
        format!("您今天不在岗位“{post}”"),
        format!("You do not hold the post `{post}` today"),
    )
    .hint(
        format!("您现任岗位：{held}；以本人名义办理用 self。"),
        format!("Your posts: {held}; in your own name: self."),
    )
}

/// The first of these actors who may do an act of a matter, by post and place alone; else the first. Where the matter stands
/// does not count, so that a request sent again comes from the same actor.
pub(crate) fn who_acts(
    world: &dyn World,
    matter: &Matter,
    procedure: &Procedure,
    act: &str,
    actors: Vec<Actor>,
    now: DateTime,
) -> Option<Actor> {
    let may = |actor: &Actor| {
        let scope = Scope::new(world, now).by(actor);
        let Some(env) = scope.matter(&matter.id) else { return false };
        places_of(procedure, matter, act)
            .any(|(step, act)| !capacities(&env, parties(step, act), actor, None).is_empty())
    };
    let found = actors.iter().position(may).unwrap_or(0);
    actors.into_iter().nth(found)
}

/// Where an act of that name stands: at the present step first.
fn places_of<'p>(
    procedure: &'p Procedure,
    matter: &'p Matter,
    act: &'p str,
) -> impl Iterator<Item = (Option<&'p Step>, &'p ActModel)> {
    let here = |step: Option<&Step>| step.map(|step| &step.name) == matter.step.as_ref();
    let named = move || procedure.all_acts().filter(move |(_, one)| one.name == act);
    named().filter(move |(step, _)| here(*step)).chain(named().filter(move |(step, _)| !here(*step)))
}

/// An act of that name as the regulation defines it.
pub(crate) fn act_of<'p>(procedure: &'p Procedure, matter: &'p Matter, act: &'p str) -> Option<&'p ActModel> {
    places_of(procedure, matter, act).next().map(|(_, act)| act)
}

/// The first of these actors who may start a procedure with an act there; else the first.
pub(crate) fn who_starts(
    world: &dyn World,
    (procedure, act): (&str, &str),
    place: &str,
    about: &BTreeMap<Name, Answer>,
    actors: Vec<Actor>,
    now: DateTime,
) -> Option<Actor> {
    let may = |actor: &Actor| {
        let starts = available_starts(world, procedure, place, about, actor, now);
        let Some(start) = starts.into_iter().find(|start| start.act == act) else { return false };
        start.allowed.is_ok()
            || start.allowed.is_err_and(|reasons| reasons.iter().all(|reason| reason.code != "not-your-desk"))
    };
    let found = actors.iter().position(may).unwrap_or(0);
    actors.into_iter().nth(found)
}

/// A form as read: its fields, and what could not be read of it.
#[derive(Debug, Default)]
pub(crate) struct Read {
    pub(crate) record: Record,
    pub(crate) faults: Vec<FieldFault>,
}

/// Reads the form of an act; `true` where a signature is asked signs in the visitor's name.
pub(crate) fn read_form(
    model: &Model<'_>,
    act: Option<&ActModel>,
    visitor: &Visitor,
    sent: &Map<String, Value>,
) -> Read {
    // An act that nobody knows has no form; the engine refuses the act, not the form.
    let Some(act) = act else { return Read::default() };
    let forms = model.forms_of(act);
    let parts: Vec<Part<'_>> = forms.iter().map(|form| Part { fields: &form.fields, clauses: &form.clauses }).collect();
    read_fields(model, &parts, visitor, sent)
}

impl Read {
    /// With lists that came as sheets beside the JSON, each in place of what the JSON says of its field.
    pub(crate) fn with_sheets(mut self, model: &Model<'_>, act: Option<&ActModel>, sheets: &[Upload]) -> Read {
        let world = model.names.world;
        let forms = act.map(|act| model.forms_of(act)).unwrap_or_default();
        for sheet in sheets {
            let field = forms.iter().flat_map(|form| &form.fields).find(|field| field.name == sheet.field);
            let Some((field, form)) = field.and_then(|field| Some((field, lists::form_of(world, field)?))) else {
                self.faults.push(no_list(&sheet.field));
                continue;
            };
            self.faults.retain(|fault| fault.field != field.name);
            let kept = KeptSheet { file: sheet.name.clone(), bytes: sheet.bytes.clone() };
            match List::read(world, field, form, &world.county().code, &kept) {
                Ok(list) => {
                    self.record.insert(field.name.clone(), Answer::Records(list.records));
                    self.faults.extend(list.unread);
                }
                Err(fault) => self.faults.push(*fault),
            }
        }
        self
    }
}

fn no_list(field: &str) -> FieldFault {
    FieldFault {
        field: field.to_owned(),
        label: field.into(),
        zh: format!("“{field}”不是可以用表格填写的清单"),
        en: format!("`{field}` is no list that can be filled in from a sheet"),
        clauses: Vec::new(),
    }
}

/// Fields that belong together, and the clauses to name where a field has none of its own.
#[derive(Clone, Copy)]
pub(crate) struct Part<'f> {
    pub(crate) fields: &'f [Field],
    pub(crate) clauses: &'f [ClauseId],
}

/// Reads the fields of several parts out of one object.
pub(crate) fn read_fields(model: &Model<'_>, parts: &[Part<'_>], visitor: &Visitor, sent: &Map<String, Value>) -> Read {
    let signer = visitor.person.as_ref().map(|person| Signer {
        person: person.id.clone(),
        name: person.name.clone(),
        on: visitor.now.date(),
    });
    let reader = Reader { rulebook: model.names.world.rulebook(), signer: signer.as_ref() };
    let fields: Vec<&Field> = parts.iter().flat_map(|part| part.fields).collect();
    let mut faults = Vec::new();
    let record = reader.object(&fields, sent, "", &mut faults);
    for fault in faults.iter_mut().filter(|fault| fault.clauses.is_empty()) {
        let top = fault.field.split('.').next().unwrap_or_default();
        let part = parts.iter().find(|part| part.fields.iter().any(|field| field.name == top));
        fault.clauses = part.map(|part| part.clauses.to_vec()).unwrap_or_default();
    }
    Read { record, faults }
}

/// Refuses an act whose form could not be read, with everything else that is wrong with it: the act as far as it was read is
/// decided without being done.
pub(crate) fn check_form(world: &dyn World, act: &Act, faults: Vec<FieldFault>, now: DateTime) -> Result<(), Problem> {
    if faults.is_empty() {
        return Ok(());
    }
    let tried = Act { fresh_ids: (0..TRIED_IDS).map(|n| format!("trial-{n}")).collect(), ..act.clone() };
    match engine::decide(world, &tried, now) {
        Outcome::Refused(refusal) if is_before_form(refusal.kind) => Err(refusal.into()),
        Outcome::Refused(refusal) => Err(form_problem(faults, refusal.fields)),
        Outcome::Done(_) => Err(form_problem(faults, Vec::new())),
    }
}

/// Ids for what a trial might make; nothing of it is kept.
const TRIED_IDS: usize = 1024;

/// Whether a refusal would have come whatever the form says.
fn is_before_form(kind: RefusalKind) -> bool {
    matches!(kind, RefusalKind::Unknown | RefusalKind::Rights | RefusalKind::State | RefusalKind::Stale)
}

/// What could not be read, then what else the engine finds; a field that could not be read is not also missing.
fn form_problem(unread: Vec<FieldFault>, found: Vec<FieldFault>) -> Problem {
    let other = |fault: &FieldFault| !unread.iter().any(|known| known.field == fault.field);
    let more: Vec<FieldFault> = found.into_iter().filter(other).collect();
    let fields = unread.into_iter().chain(more).collect();
    Refusal { kind: RefusalKind::Form, reasons: Vec::new(), fields }.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::visit::Holding;

    fn officer() -> Person {
        let post = |id: &str| Holding {
            id: id.into(),
            title: id.into(),
            level: "township".into(),
            desk: "planning".into(),
            place: "1".into(),
        };
        Person { id: "p1".into(), name: "测试员".into(), posts: vec![post("a"), post("b")], administers: Vec::new() }
    }

    #[test]
    fn one_acts_in_a_post_one_holds() {
        assert_eq!(actors(&officer(), None).unwrap().len(), 3);
        assert_eq!(actors(&officer(), Some("b")).unwrap(), [actor("p1", Some("b"))]);
        assert_eq!(actors(&officer(), Some("self")).unwrap(), [actor("p1", None)]);
        let problem = actors(&officer(), Some("c")).unwrap_err();
        assert_eq!((problem.status, problem.code), (StatusCode::FORBIDDEN, "not-your-post"));
        assert!(problem.hint.unwrap().en.contains("a, b"));
    }

    #[test]
    fn faults_of_reading_come_first_and_once() {
        let fault = |field: &str, zh: &str| FieldFault {
            field: field.into(),
            label: field.into(),
            zh: zh.into(),
            en: zh.into(),
            clauses: Vec::new(),
        };
        let problem =
            form_problem(vec![fault("area", "应是数")], vec![fault("area", "请填写"), fault("name", "请填写")]);
        let said: Vec<(&str, &str)> =
            problem.fields.iter().map(|fault| (fault.field.as_str(), fault.zh.as_str())).collect();
        assert_eq!(said, [("area", "应是数"), ("name", "请填写")]);
    }
}
