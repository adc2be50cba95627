//! Members of handles: `lodge.on`, `notice.last-day`, `filing.requested-plot-area`, `household.head`, `township.name`.

use super::{MatterEnv, RecordEnv};
use crate::act::Actor;
use crate::event::IssuedDocument;
use crate::matter::ActRecord;
use regulation::expr::{Env, Thing, Value};
use regulation::model::Register;

impl MatterEnv<'_, '_> {
    pub(super) fn find_member(&self, of: &Thing, name: &str) -> Value {
        match of {
            Thing::Matter(id) => self.other(id).map_or(Value::Missing, |matter| matter.matter_member(name)),
            Thing::Act { matter, act } => {
                let found = self.other(matter);
                let record = found.as_ref().and_then(|env| env.matter().last_act(act));
                record.map_or(Value::Missing, |record| act_member(record, name))
            }
            Thing::Document { matter, document } => {
                let found = self.other(matter);
                let issued = found.as_ref().and_then(|env| env.matter().last_document(document));
                issued.map_or(Value::Missing, |issued| self.document_member(issued, name))
            }
            Thing::Form { matter, form } => {
                self.other(matter).map_or(Value::Missing, |env| env.form_member(form, name))
            }
            Thing::Row { register, key } => self.row_member(register, key, name),
            Thing::Sub { account, key } => self.sub_member(account, key, name),
            Thing::Place(code) => self.place_member(code, name),
            Thing::Person(id) => self.person_member(id, name),
            Thing::Post(id) => self.post_member(id, name),
            Thing::Tenure(place) => self.tenure_member(place, name),
        }
    }

    /// Where the matter stands, before its root names: a form field called `step` does not hide the step.
    fn matter_member(&self, name: &str) -> Value {
        let matter = self.matter();
        match name {
            "open" => Value::Bool(matter.is_open()),
            "step" => matter.step.clone().map_or(Value::Missing, Value::Code),
            "ended" => matter.ended.as_ref().map_or(Value::Missing, |(end, _)| Value::Code(end.clone())),
            _ => self.find_root(name),
        }
    }

    fn document_member(&self, issued: &IssuedDocument, name: &str) -> Value {
        let today = self.today();
        let display = issued.display.as_ref();
        match name {
            "on" => Value::Date(issued.on),
            "number" => issued.number.clone().map_or(Value::Missing, Value::Text),
            "voided" => Value::Bool(issued.voided.is_some()),
            "last-day" => display.map_or(Value::Missing, |display| Value::Date(display.last_day)),
            "shown" => Value::Bool(issued.is_shown(today)),
            "over" => Value::Bool(issued.is_over(today)),
            _ => issued.data.get(name).cloned().unwrap_or_default(),
        }
    }

    fn form_member(&self, form: &str, name: &str) -> Value {
        let (Some(filing), Some(form)) = (self.matter().last_filing(form), self.form(form)) else {
            return Value::Missing;
        };
        RecordEnv::new(self, self, &filing.record, &[&form.fields]).own(name)
    }

    fn row_member(&self, register: &str, key: &str, name: &str) -> Value {
        let Some(register) = self.register(register) else {
            return Value::Missing;
        };
        if register.rows_of.is_some() {
            return self.other(key).map_or(Value::Missing, |env| env.column(&register, name));
        }
        let Some(row) = self.world().row(&register.name, key) else {
            return Value::Missing;
        };
        if register.fields.iter().any(|field| field.name == name) {
            return RecordEnv::new(self, self, &row.record, &[&register.fields]).own(name);
        }
        self.place_level(&row.place, name)
    }

    /// A column of a register whose rows are matters: an expression over the matter.
    fn column(&self, register: &Register, name: &str) -> Value {
        let field = register.fields.iter().find(|field| field.name == name);
        match field.and_then(|field| field.derived.as_ref()) {
            Some(derived) => self.scope.deeper(|| crate::eval::value(derived, self)),
            None => self.matter_member(name),
        }
    }

    fn place_member(&self, code: &str, name: &str) -> Value {
        let county = self.world().county();
        let Some(place) = county.place(code) else {
            return Value::Missing;
        };
        let ending = county.ended.get(code);
        match name {
            "current" => Value::Bool(ending.is_none()),
            "ended-on" => ending.and_then(|ending| ending.to.tomorrow().ok()).map_or(Value::Missing, Value::Date),
            "successor" => ending.map_or(Value::Missing, |ending| Value::Thing(Thing::Place(ending.into.clone()))),
            "name" => Value::Text(place.name.clone()),
            "short" => Value::Text(place.short.clone()),
            "code" => Value::Text(place.code.clone()),
            "level" => Value::Code(place.level.clone()),
            _ => match self.place_level(code, name) {
                Value::Missing => Value::Bool(place.attributes.get(name).copied().unwrap_or(false)),
                level => level,
            },
        }
    }

    fn person_member(&self, id: &str, name: &str) -> Value {
        match name {
            "name" => self.world().county().people.get(id).cloned().map_or(Value::Missing, Value::Text),
            "id" => Value::Text(id.to_owned()),
            _ => Value::Missing,
        }
    }
}

fn act_member(record: &ActRecord, name: &str) -> Value {
    match (name, &record.actor) {
        ("on", _) => Value::Date(record.on),
        ("at", _) => Value::Moment(record.at),
        ("by", Actor::Person { person, .. }) => Value::Thing(Thing::Person(person.clone())),
        // An office's party is `level/desk`; who acts for themselves, and the clock, are of no office.
        ("office", Actor::Person { post: Some(_), .. }) => Value::Text(record.party.clone()),
        _ => Value::Missing,
    }
}
