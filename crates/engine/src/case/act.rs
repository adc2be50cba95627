//! Acts in cases: which matter they mean, what they file, in which of their posts people do them.

use super::player::{Player, pairs};
use super::value::place_code;
use crate::act::{Act, Actor, MatterId, Outcome, PersonId, RefusalKind, Target};
use crate::event::Event;
use crate::world::World;
use regulation::expr::{Record, Value};
use regulation::model::{About, AboutTarget, Act as Rule, Field, Form, Name, Procedure};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What an act of a line means.
enum Meant {
    /// Starting a matter of this procedure.
    Start(Arc<Procedure>),
    /// An act on this matter.
    On(MatterId, Arc<Procedure>),
}

impl<'a> Player<'a> {
    /// Does an act; `overlays` are `ACT.field` values of the line that goes a path.
    pub(super) fn act(
        &mut self,
        name: Option<&str>,
        what: &str,
        who: &str,
        with: &str,
        overlays: &[(String, String)],
    ) -> Result<Outcome, String> {
        let meant = self.meant(name, what)?;
        let what = what.rsplit_once('.').map_or(what, |(_, act)| act);
        let (procedure, starting) = match &meant {
            Meant::Start(procedure) => (Arc::clone(procedure), true),
            Meant::On(_, procedure) => (Arc::clone(procedure), false),
        };
        let rule = rule_of(&procedure, what, starting);
        let person = self.person(who)?;
        let mut place = self.place.clone();
        let mut about = BTreeMap::new();
        let mut form = Record::new();
        let forms = self.forms(rule);
        let fields: Vec<&Field> = forms.iter().flat_map(|form| &form.fields).collect();
        let own = overlays.iter().filter_map(|(path, text)| {
            let (act, field) = path.split_once('.')?;
            (act == what).then(|| (field.to_owned(), text.clone()))
        });
        let payload = self.fixtures.payload_of(&procedure.name, what).iter().cloned();
        let known = |name: &str| {
            fields.iter().any(|field| field.name == name && field.derived.is_none())
                || (starting && (name == "place" || procedure.about.iter().any(|about| about.name == name)))
        };
        let payload: Vec<(String, String)> = payload.filter(|(name, _)| known(name)).collect();
        for (name, text) in payload.into_iter().chain(pairs(with)?).chain(own) {
            if starting && name == "place" && !fields.iter().any(|field| field.name == "place") {
                place = place_code(self.world.county(), &text).ok_or_else(|| format!("没有地方“{text}”"))?;
            } else if let Some(subject) = procedure.about.iter().find(|about| starting && about.name == name) {
                about.insert(name, self.subject(subject, &text)?);
            } else {
                form.insert(name.clone(), self.reading(&person).field(&fields, &name, &text));
            }
        }
        form.retain(|_, value| *value != Value::Missing);
        let target = match &meant {
            Meant::Start(_) => {
                self.default_subjects(&procedure, &mut about);
                Target::Start { procedure: procedure.name.clone(), place, about }
            }
            Meant::On(id, _) => Target::Matter { id: id.clone(), seen: None },
        };
        let outcome = self.decide(who, target, what, form)?;
        self.remember(name, &meant, &outcome);
        Ok(outcome)
    }

    /// The person that a name of the fixtures stands for.
    pub(super) fn person(&self, who: &str) -> Result<PersonId, String> {
        self.cast.get(who).map(|role| role.person.clone()).ok_or_else(|| format!("人员中没有“{who}”"))
    }

    /// Decides and records, in whichever post or capacity of the person has the right.
    pub(super) fn decide(&mut self, who: &str, target: Target, name: &str, form: Record) -> Result<Outcome, String> {
        let role = self.cast.get(who).cloned().ok_or_else(|| format!("人员中没有“{who}”"))?;
        let mut refused = None;
        for post in self.capacities(&role) {
            let mut act = Act {
                target: target.clone(),
                name: name.to_owned(),
                actor: Actor::Person { person: role.person.clone(), post },
                form: form.clone(),
                fresh_ids: Vec::new(),
                proved: true,
            };
            let outcome = self.decided(&mut act);
            match &outcome {
                Outcome::Refused(refusal) if refusal.kind == RefusalKind::Rights => {
                    let elsewhere = refusal.reasons.iter().any(|reason| reason.code == "not-your-desk");
                    if !elsewhere || refused.is_none() {
                        refused = Some(outcome);
                    }
                }
                Outcome::Refused(_) => return Ok(outcome),
                Outcome::Done(decision) => {
                    self.record(&decision.events);
                    self.log.push((self.now, act));
                    return Ok(outcome);
                }
            }
        }
        refused.ok_or_else(|| "没有办理".to_owned())
    }

    fn remember(&mut self, name: Option<&str>, meant: &Meant, outcome: &Outcome) {
        let id = match (meant, outcome) {
            (Meant::On(id, _), _) => id.clone(),
            (Meant::Start(_), Outcome::Done(decision)) => decision.subject.clone(),
            (Meant::Start(_), Outcome::Refused(_)) => return,
        };
        if let (Some(name), Meant::Start(_)) = (name, meant) {
            self.names.insert(name.to_owned(), id.clone());
        }
        self.current = Some(id);
    }

    /// Which matter an act means: the named one, or the latest whose procedure knows the act, best where it is possible now;
    /// otherwise it starts one.
    fn meant(&self, name: Option<&str>, what: &str) -> Result<Meant, String> {
        if let Some(id) = name.and_then(|name| self.matter_named(name)) {
            let procedure = self.procedure_of(&id).ok_or_else(|| format!("没有事项“{id}”"))?;
            return Ok(Meant::On(id, procedure));
        }
        if let Some((procedure, act)) = what.split_once('.') {
            let (_, procedure) = self.rulebook.procedure(procedure).ok_or_else(|| format!("没有程序“{procedure}”"))?;
            if procedure.start.iter().any(|own| own.name == act) {
                return Ok(Meant::Start(Arc::clone(procedure)));
            }
            let id = self.latest(&procedure.name).ok_or_else(|| format!("还没有“{}”的事项", procedure.name))?;
            return Ok(Meant::On(id, Arc::clone(procedure)));
        }
        if let Some(meant) = name.is_none().then(|| self.latest_with(what)).flatten() {
            return Ok(meant);
        }
        let starts = |procedure: &&Arc<Procedure>| procedure.start.iter().any(|own| own.name == what);
        let procedures = self.rulebook.regulations.values().flat_map(|regulation| regulation.procedures.values());
        let found: Vec<&Arc<Procedure>> = procedures.filter(starts).collect();
        match found.as_slice() {
            [procedure] => Ok(Meant::Start(Arc::clone(procedure))),
            [] => Err(format!("没有事项可以“{what}”，也没有程序由它开始")),
            several => {
                let names: Vec<&str> = several.iter().map(|procedure| procedure.name.as_str()).collect();
                Err(format!("“{what}”可以开始几个程序，请写成 程序.{what}：{}", names.join("、")))
            }
        }
    }

    fn latest_with(&self, what: &str) -> Option<Meant> {
        let knows = |procedure: &Procedure| {
            let mut acts = procedure.acts.iter().chain(procedure.steps.iter().flat_map(|step| &step.acts));
            acts.any(|act| act.name == what)
        };
        let known = self.order.iter().rev().filter_map(|id| {
            let procedure = self.procedure_of(id).filter(|procedure| knows(procedure))?;
            Some((id, procedure))
        });
        let known: Vec<(&MatterId, Arc<Procedure>)> = known.collect();
        let possible = known.iter().find(|(id, procedure)| {
            let step = self.world.matter(id).and_then(|matter| matter.step.clone());
            step.is_some_and(|step| procedure.act_at(Some(&step), what).is_some())
        });
        let (id, procedure) = possible.or(known.first())?;
        Some(Meant::On((*id).clone(), Arc::clone(procedure)))
    }

    fn procedure_of(&self, id: &str) -> Option<Arc<Procedure>> {
        let matter = self.world.matter(id)?;
        let regulation = self.world.regulation(&matter.regulation, &matter.version)?;
        regulation.procedures.get(&matter.procedure).cloned()
    }

    fn forms(&self, rule: Option<&Rule>) -> Vec<Arc<Form>> {
        let names = rule.into_iter().flat_map(|rule| &rule.forms);
        names.filter_map(|name| self.rulebook.form(name).map(|(_, form)| Arc::clone(form))).collect()
    }

    fn subject(&self, about: &About, text: &str) -> Result<Value, String> {
        match &about.target {
            AboutTarget::Register(_) => Ok(Value::Key(text.to_owned())),
            AboutTarget::Procedure(_) => {
                let id = self.matter_named(text).ok_or_else(|| format!("没有名为“{text}”的事项"))?;
                Ok(Value::Text(id))
            }
        }
    }

    fn default_subjects(&self, procedure: &Procedure, about: &mut BTreeMap<Name, Value>) {
        for subject in procedure.about.iter().filter(|subject| !subject.optional) {
            if let (AboutTarget::Procedure(of), false) = (&subject.target, about.contains_key(&subject.name))
                && let Some(id) = self.latest(of)
            {
                about.insert(subject.name.clone(), Value::Text(id));
            }
        }
    }

    /// Matters of a procedure that the last line opened, oldest first.
    pub(super) fn opened(&self, procedure: &str) -> Vec<MatterId> {
        let opened = self.recent.iter().filter_map(|event| match event {
            Event::Opened { matter, procedure: own, .. } if own == procedure => Some(matter.clone()),
            _ => None,
        });
        opened.collect()
    }
}

fn rule_of<'p>(procedure: &'p Procedure, act: &str, starting: bool) -> Option<&'p Rule> {
    let mut acts = procedure.all_acts().map(|(_, rule)| rule);
    if starting {
        return procedure.start.iter().find(|rule| rule.name == act);
    }
    acts.find(|rule| rule.name == act)
}
