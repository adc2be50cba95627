//! `/self-check`: what the rules say to an application before anybody makes it (自查). Nothing is kept.

use super::acting::{Part, read_fields};
use super::body::Body;
use super::matters::Subjects;
use super::model::Model;
use super::problem::field_error;
use super::procedures;
use super::{Answered, ok};
use crate::forms::names::Names;
use crate::lang::Lang;
use crate::pages::documents::viewer;
use crate::problem::Problem;
use crate::site::{App, Running, work};
use crate::visit::Visitor;
use axum::extract::State;
use engine::ask::{Answer as Asked, Question, Verdict, ask};
use engine::rights::{Access, may_read_register, may_see};
use engine::verdict::{RowVerdict, RuleVerdict};
use engine::{Refusal, RefusalKind};
use regulation::analysis::change::Change;
use regulation::expr::Value as Answer;
use regulation::model::{AboutTarget, Name, Procedure};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::Snapshot;

/// Evaluates the rules on one application.
pub(super) async fn check(state: State<Arc<Running>>, visitor: Visitor, body: Body) -> Answered {
    let app: App = state;
    body.only(&["procedure", "act", "form", "about", "place"])?;
    let answer = work(&app, move |app| app.read(|snapshot| checked(snapshot, &visitor, &body))).await?;
    Ok(ok(answer))
}

fn checked(snapshot: &dyn Snapshot, visitor: &Visitor, body: &Body) -> Result<Value, Problem> {
    let world = snapshot.world();
    let name = body.text("procedure")?;
    let found = world.rulebook().procedure(&name).filter(|(regulation, _)| visitor.reads(regulation));
    let Some((regulation, procedure)) = found else {
        return Err(procedures::unknown(world.rulebook()));
    };
    let model = Model { names: Names { world, lang: visitor.lang }, regulation };
    let forms: Vec<_> = procedure.start.iter().flat_map(|act| model.forms_of(act)).collect();
    let parts: Vec<Part<'_>> = forms.iter().map(|form| Part { fields: &form.fields, clauses: &form.clauses }).collect();
    let read = read_fields(&model, &parts, visitor, body.object("form")?);
    if !read.faults.is_empty() {
        return Err(Refusal { kind: RefusalKind::Form, reasons: Vec::new(), fields: read.faults }.into());
    }
    let subjects = Subjects { snapshot, visitor, procedure };
    let about = subjects.about_if_known(body.object("about")?)?;
    may_look(snapshot, visitor, procedure, &about)?;
    let place = match body.optional_text("place")? {
        Some(place) => subjects.known_place(place)?,
        None => subjects.place(&about).unwrap_or_else(|_| world.county().code.clone()),
    };
    let act = body.optional_text("act")?;
    let question =
        Question { procedure: &procedure.name, act: act.as_deref(), place, about: about.clone(), form: read.record };
    let asked = ask(world, &question, visitor.now).map_err(|refusal| Problem::from(*refusal))?;
    let mut answer = answer(visitor.lang, &asked);
    answer["procedure"] = json!(procedure.name);
    answer["about"] = about
        .iter()
        .map(|(name, value)| (name.clone(), crate::forms::json::value(value)))
        .collect::<Map<_, _>>()
        .into();
    Ok(answer)
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
                may_read_register(world, &viewer, register, Some(&row), &row.place, visitor.now)
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

/// As `gongbao ask` answers, in the reader's language.
fn answer(lang: Lang, asked: &Asked) -> Value {
    let verdict = match asked.verdict {
        Verdict::Eligible => "eligible",
        Verdict::Ineligible => "ineligible",
        Verdict::Undetermined => "undetermined",
    };
    let rules = asked
        .rules
        .iter()
        .map(|rule| json!({ "rule": rule.rule, "title": lang.label(&rule.title), "holds": rule.holds }));
    let reasons = asked.rules.iter().flat_map(|rule| rule.rows.iter().map(move |row| reason(lang, rule, row)));
    json!({
        "verdict": verdict,
        "reasons": reasons.collect::<Vec<_>>(),
        "rules": rules.collect::<Vec<_>>(),
        "missing": asked.missing,
        "errors": asked.faults.iter().map(|fault| field_error(lang, fault)).collect::<Vec<_>>(),
        "change": asked.change.iter().map(|together| together.iter().map(|one| change(lang, one)).collect()).collect::<Vec<Value>>(),
    })
}

fn reason(lang: Lang, rule: &RuleVerdict, row: &RowVerdict) -> Value {
    let against = rule.holds == Some(false) && rule.against().any(|other| other.code == row.code);
    let values: Map<String, Value> = row.values.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    json!({
        "rule": rule.rule,
        "code": row.code,
        "clause": row.clauses.first(),
        "clauses": row.clauses,
        "holds": row.holds,
        "against": against,
        "candidate": row.candidate,
        "because": lang.label(&row.because),
        "values": values,
    })
}

fn change(lang: Lang, change: &Change) -> Value {
    json!({
        "field": change.field,
        "label": change.label,
        "now": change.now,
        "needed": change.needed,
        "message": lang.say(&change.needed_zh, &change.needed),
    })
}
