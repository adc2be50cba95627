//! `/self-check`: what the rules say to an application before anybody makes it (自查). Nothing is kept.

use super::acting::{Part, read_fields};
use super::body::Body;
use super::matter_view::verdict;
use super::matters::Subjects;
use super::model::Model;
use super::procedures;
use super::{Answered, ok};
use crate::forms::filing::imagined;
use crate::forms::names::Names;
use crate::pages::documents::viewer;
use crate::pages::services::checked_rules;
use crate::problem::Problem;
use crate::site::{App, Running, work};
use crate::visit::Visitor;
use axum::extract::State;
use engine::env::Scope;
use engine::rights::{Access, may_read_register, may_see};
use engine::verdict::{RuleVerdict, verdicts};
use engine::{Matter, Refusal, RefusalKind};
use regulation::expr::Value as Answer;
use regulation::model::{AboutTarget, Holds, Name, Procedure};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::Snapshot;

/// Evaluates the rules on one application.
pub(super) async fn check(state: State<Arc<Running>>, visitor: Visitor, body: Body) -> Answered {
    let app: App = state;
    body.only(&["procedure", "form", "about", "place"])?;
    let answer = work(&app, move |app| app.read(|snapshot| checked(snapshot, &visitor, &body))).await?;
    Ok(ok(answer))
}

fn checked(snapshot: &dyn Snapshot, visitor: &Visitor, body: &Body) -> Result<Value, Problem> {
    let world = snapshot.world();
    let name = body.text("procedure")?;
    let Some((regulation, procedure)) = world.rulebook().procedure(&name) else {
        return Err(procedures::unknown(world.rulebook()));
    };
    let model = Model { names: Names { world, lang: visitor.lang }, regulation };
    let forms: Vec<_> = procedure.start.iter().flat_map(|act| model.forms_of(act)).collect();
    let parts: Vec<Part<'_>> = forms.iter().map(|form| Part { fields: &form.fields, clauses: &form.clauses }).collect();
    let read = read_fields(&model, &parts, visitor, &body.object("form")?);
    if !read.faults.is_empty() {
        return Err(Refusal { kind: RefusalKind::Form, reasons: Vec::new(), fields: read.faults }.into());
    }
    let subjects = Subjects { snapshot, visitor, procedure };
    let about = subjects.about_if_known(&body.object("about")?)?;
    may_look(snapshot, visitor, procedure, &about)?;
    let place = match body.optional_text("place")? {
        Some(place) => subjects.known_place(place)?,
        None => subjects.place(&about).unwrap_or_else(|_| world.county().code.clone()),
    };
    let matter = Matter { root: read.record, ..imagined(regulation, &procedure.name, &place, &about, visitor.now) };
    let scope = Scope::new(world, visitor.now);
    let Some(env) = scope.imagined(matter) else { return Err(procedures::unknown(world.rulebook())) };
    let rules: Vec<&str> = checked_rules(procedure).into_iter().map(|rule| rule.name.as_str()).collect();
    Ok(answer(&verdicts(&env, rules), procedure, &about))
}

/// What the rules say of somebody shows what is known of them: only they themselves, and posts that see it anyhow, may ask.
fn may_look(
    snapshot: &dyn Snapshot,
    visitor: &Visitor,
    procedure: &Procedure,
    about: &BTreeMap<Name, Answer>,
) -> Result<(), Problem> {
    let (world, viewer) = (snapshot.world(), viewer(visitor));
    for subject in &procedure.about {
        let Some(text) = about.get(&subject.name).and_then(Answer::as_text) else { continue };
        let access = match &subject.target {
            AboutTarget::Register(name) => {
                let (Some((_, register)), Some(row)) = (world.rulebook().register(name), world.row(name, text)) else {
                    continue;
                };
                may_read_register(world, &viewer, register, Some(&row), &row.place, visitor.now.date())
            }
            AboutTarget::Procedure(_) => {
                world.matter(text).map_or(Access::None, |matter| may_see(world, &viewer, &matter, visitor.now))
            }
        };
        if access < Access::Full {
            let asked = Problem::forbidden("您不能查询他人的情况", "You may not ask about others");
            return Err(if visitor.person.is_none() { Problem::sign_in_first() } else { asked });
        }
    }
    Ok(())
}

fn answer(verdicts: &[RuleVerdict], procedure: &Procedure, about: &BTreeMap<Name, Answer>) -> Value {
    let about: Map<String, Value> =
        about.iter().map(|(name, value)| (name.clone(), crate::forms::json::value(value))).collect();
    json!({
        "procedure": procedure.name,
        "verdict": conclusion(verdicts),
        "reasons": verdicts.iter().flat_map(reasons).collect::<Vec<_>>(),
        "change": verdicts.iter().filter(|verdict| stands(verdict) == Some(false)).flat_map(changes).collect::<Vec<_>>(),
        "verdicts": verdicts.iter().map(|one| verdict(one, true)).collect::<Vec<_>>(),
        "about": about,
    })
}

/// Whether a rule stands: a rule of things that must not be holds until one of them is the case.
fn stands(verdict: &RuleVerdict) -> Option<bool> {
    verdict.holds.or((verdict.how == Holds::None).then_some(true))
}

fn conclusion(verdicts: &[RuleVerdict]) -> &'static str {
    let standings = || verdicts.iter().map(stands);
    if standings().any(|one| one == Some(false)) {
        "ineligible"
    } else if standings().all(|one| one == Some(true)) {
        "eligible"
    } else {
        "undetermined"
    }
}

/// One reason per row of a rule: whether the row stands for the application.
fn reasons(verdict: &RuleVerdict) -> Vec<Value> {
    let row = |row: &engine::verdict::RowVerdict| {
        let holds = match verdict.how {
            Holds::None => row.holds.map(|hit| !hit || row.candidate),
            Holds::All | Holds::Any => row.holds,
        };
        let values: Map<String, Value> = row.values.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        json!({
            "rule": verdict.rule,
            "code": row.code,
            "clause": row.clauses.first(),
            "clauses": row.clauses,
            "holds": holds,
            "because": row.because,
            "values": values,
        })
    };
    verdict.rows.iter().map(row).collect()
}

/// What would have to be different for a failing rule to stand: every row against it; of a rule of which one row is enough, one.
fn changes(verdict: &RuleVerdict) -> Vec<Value> {
    let against = verdict.against().filter(|row| verdict.how == Holds::None || row.holds == Some(false));
    let needed = if verdict.how == Holds::Any { 1 } else { usize::MAX };
    let change = |row: &engine::verdict::RowVerdict| json!({ "rule": verdict.rule, "code": row.code, "clauses": row.clauses, "because": row.because });
    against.take(needed).map(change).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::verdict::RowVerdict;

    fn rule(how: Holds, holds: Option<bool>, rows: &[(&str, Option<bool>)]) -> RuleVerdict {
        let row = |(code, holds): &(&str, Option<bool>)| RowVerdict {
            code: (*code).into(),
            holds: *holds,
            candidate: false,
            because: format!("说明 {code}"),
            clauses: vec!["x-1".into()],
            values: Vec::new(),
        };
        RuleVerdict {
            rule: "r".into(),
            title: "规则".into(),
            how,
            holds,
            rows: rows.iter().map(row).collect(),
            because: None,
            clauses: Vec::new(),
        }
    }

    #[test]
    fn one_failing_rule_decides_and_missing_facts_leave_it_open() {
        let holds = rule(Holds::All, Some(true), &[("a", Some(true))]);
        let fails = rule(Holds::All, Some(false), &[("b", Some(false)), ("c", Some(true))]);
        let open = rule(Holds::All, None, &[("d", None)]);
        let barred = rule(Holds::None, None, &[("e", None)]);
        assert_eq!(conclusion(&[holds.clone(), barred]), "eligible");
        assert_eq!(conclusion(&[holds.clone(), open.clone()]), "undetermined");
        assert_eq!(conclusion(&[holds, open, fails.clone()]), "ineligible");
        let codes: Vec<String> =
            changes(&fails).iter().map(|change| change["code"].as_str().unwrap().to_owned()).collect();
        assert_eq!(codes, ["b"]);
    }

    #[test]
    fn of_alternatives_one_change_is_enough_and_hits_must_go() {
        assert_eq!(changes(&rule(Holds::Any, Some(false), &[("a", Some(false)), ("b", Some(false))])).len(), 1);
        let hit = rule(Holds::None, Some(false), &[("a", Some(true)), ("b", Some(false))]);
        assert_eq!(changes(&hit).len(), 1);
        let standing: Vec<bool> = reasons(&hit).iter().map(|reason| reason["holds"].as_bool().unwrap()).collect();
        assert_eq!(standing, [false, true]);
    }
}
