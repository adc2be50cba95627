//! Root names of a matter, in the order in which they are looked for.

use super::MatterEnv;
use crate::eval;
use crate::reference::about_handle;
use crate::table;
use crate::verdict;
use regulation::expr::{Thing, Unit, Value};
use regulation::model::Procedure;
use std::sync::Arc;

impl MatterEnv<'_, '_> {
    pub(super) fn find_root(&self, name: &str) -> Value {
        match name {
            "this" => return Value::Thing(Thing::Matter(self.matter().id.clone())),
            "actor" => {
                let person = self.scope.actor.clone();
                return person.map_or(Value::Missing, |id| Value::Thing(Thing::Person(id)));
            }
            _ => {}
        }
        let Some(procedure) = self.frame.procedure.clone() else {
            // Without a matter the place is what is asked about: a duty's unit.
            let level = if name == "here" { "place" } else { name };
            return self.place_level(&self.matter().place, level);
        };
        let field = self.field_root(name);
        let found = field.or_else(|| self.subject_root(&procedure, name)).or_else(|| self.rule_root(&procedure, name));
        let found = found.or_else(|| self.handle_root(&procedure, name));
        found.unwrap_or_else(|| self.place_level(&self.matter().place, name))
    }

    /// A field of a start form, stored or derived.
    fn field_root(&self, name: &str) -> Option<Value> {
        let field = self.frame.start_field(name)?;
        if let Some(derived) = &field.derived {
            return Some(self.once(name, || eval::value(derived, self)));
        }
        let Some(value) = self.matter().root.get(name) else {
            return Some(Value::Missing);
        };
        Some(match value {
            Value::Records(_) => self.once(name, || self.lift(self, value, &field.ty)),
            _ => self.lift(self, value, &field.ty),
        })
    }

    /// What the matter is about, or a fact.
    fn subject_root(&self, procedure: &Procedure, name: &str) -> Option<Value> {
        if let Some(about) = procedure.about.iter().find(|about| about.name == name) {
            let value = self.matter().about.get(name);
            return Some(value.map_or(Value::Missing, |value| about_handle(value, &about.target)));
        }
        let fact = procedure.facts.iter().find(|fact| fact.name == name)?;
        Some(self.once(name, || eval::value(&fact.value, self)))
    }

    /// A rule or an output of a decision table.
    fn rule_root(&self, procedure: &Procedure, name: &str) -> Option<Value> {
        if let Some(rule) = procedure.rules.get(name) {
            return Some(self.once(name, || verdict::truth(self, rule)));
        }
        let (table, output) = procedure.tables.values().find_map(|table| {
            let output = table.outputs.iter().position(|(output, _)| output == name);
            output.or((table.name == name).then_some(0)).map(|output| (table, output))
        })?;
        Some(self.once(name, || table::output(self, table, output)))
    }

    /// A form, an act or a document: missing until it is filed, done or issued.
    fn handle_root(&self, procedure: &Arc<Procedure>, name: &str) -> Option<Value> {
        let matter = || self.matter().id.clone();
        if self.matter().forms.contains_key(name) {
            return Some(self.form_root(procedure, name));
        }
        if self.matter().last_act(name).is_some() {
            return Some(Value::Thing(Thing::Act { matter: matter(), act: name.to_owned() }));
        }
        if self.matter().last_document(name).is_some() {
            return Some(Value::Thing(Thing::Document { matter: matter(), document: name.to_owned() }));
        }
        self.state_root(name)
    }

    fn form_root(&self, procedure: &Procedure, name: &str) -> Value {
        let parallel = procedure
            .all_acts()
            .any(|(step, act)| act.forms.iter().any(|form| form == name) && crate::rights::is_each(step, act));
        match self.form(name) {
            Some(form) if parallel => self.once(name, || self.filings_by_party(&form)),
            _ => Value::Thing(Thing::Form { matter: self.matter().id.clone(), form: name.to_owned() }),
        }
    }

    /// Where the matter stands.
    fn state_root(&self, name: &str) -> Option<Value> {
        let matter = self.matter();
        Some(match name {
            "open" => Value::Bool(matter.is_open()),
            "step" => matter.step.clone().map_or(Value::Missing, Value::Code),
            "ended" => matter.ended.as_ref().map_or(Value::Missing, |(end, _)| Value::Code(end.clone())),
            "number" => matter.number.clone().map_or(Value::Missing, Value::Text),
            "opened-on" => Value::Date(matter.opened_at.date()),
            "chance" => Value::Number(matter.chance().into(), Unit::none()),
            "duty" | "period" | "period-from" | "period-to" => {
                matter.instance.as_ref().map_or(Value::Missing, |own| match name {
                    "duty" => Value::Code(own.duty.clone()),
                    "period" => Value::Text(own.name.clone()),
                    "period-from" => Value::Date(own.from),
                    // A period that ends at a time of its last day ends at that moment.
                    _ => own.until().map_or(Value::Missing, |until| match until.time {
                        None => Value::Date(until.on),
                        Some(time) => Value::Moment(until.on.to_datetime(time)),
                    }),
                })
            }
            _ => return None,
        })
    }

    /// The place at a level around a place; `place` is the place itself.
    pub(super) fn place_level(&self, place: &str, level: &str) -> Value {
        if level == "place" {
            return Value::Thing(Thing::Place(self.world().county().now(place).to_owned()));
        }
        let found = self.world().county().at_level(place, level);
        found.map_or(Value::Missing, |place| Value::Thing(Thing::Place(place.code.clone())))
    }
}
