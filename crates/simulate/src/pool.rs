//! What a matter's subjects say (已知的事实): values that forms of the matter may repeat.

use crate::fill::Pool;
use crate::run::{Asked, Run};
use engine::env::{Scope, imagined};
use engine::{Matter, Target, World};
use regulation::expr::{Env, Record, Value};
use regulation::model::{AboutTarget, Name, Procedure};
use std::collections::BTreeMap;

impl Run<'_> {
    /// What the subjects of a matter say of themselves: an applicant writes it again.
    pub(crate) fn pool_of(&self, procedure: &Procedure, about: &BTreeMap<Name, Value>) -> Pool {
        let mut pool = Pool::new();
        for subject in &procedure.about {
            let key = about.get(&subject.name).and_then(Value::as_text);
            match (&subject.target, key) {
                (AboutTarget::Register(register), Some(key)) => {
                    if let Some(row) = self.world.row(register, key) {
                        self.add_row(&mut pool, register, &row.record);
                    }
                }
                (AboutTarget::Procedure(_), Some(id)) => self.add_matter(&mut pool, id),
                _ => {}
            }
        }
        pool
    }

    /// What a matter and its subjects say.
    pub(crate) fn pool_at(&self, procedure: &Procedure, matter: &Matter) -> Pool {
        let mut pool = self.pool_of(procedure, &matter.about);
        self.add_matter(&mut pool, &matter.id);
        pool
    }

    /// What the forms of an act say before anybody types: what the text presets, and in a start form of the matter what it said before.
    pub(crate) fn presets(&self, asked: &Asked<'_>) -> Record {
        let scope = Scope::new(&self.world, self.now).by(&asked.act.actor);
        let fields = || asked.forms.iter().flat_map(|form| &form.fields).filter(|field| field.derived.is_none());
        let preset = |env: &dyn Env| -> Record {
            let known = fields().filter_map(|field| Some((field.name.clone(), field.preset.as_ref()?.eval(env))));
            known.filter(|(_, value)| !matches!(value, Value::Missing | Value::Thing(_))).collect()
        };
        match &asked.act.target {
            Target::Start { procedure, place, about } => {
                let Some((regulation, _)) = self.world.rulebook().procedure(procedure) else { return Record::new() };
                let matter = Matter { about: about.clone(), ..imagined(regulation, procedure, place, self.now) };
                scope.imagined(matter).map_or_else(Record::new, |env| preset(&env))
            }
            Target::Matter { id, .. } => {
                let mut record = scope.matter(id).map_or_else(Record::new, |env| preset(&env));
                let Some(matter) = self.world.matter(id) else { return record };
                let Some(procedure) = self.procedure(&matter) else { return record };
                let starts = |name: &Name| procedure.start.iter().any(|act| act.forms.contains(name));
                for form in asked.forms.iter().filter(|form| starts(&form.name)) {
                    let own = form.fields.iter().filter(|field| field.derived.is_none());
                    let said = |name: &Name| matter.root.get(name).cloned().unwrap_or_default();
                    record.extend(own.map(|field| (field.name.clone(), said(&field.name))));
                }
                record
            }
            _ => Record::new(),
        }
    }

    fn add_row(&self, pool: &mut Pool, register: &str, record: &Record) {
        let Some((_, register)) = self.world.rulebook().register(register) else { return };
        for field in &register.fields {
            if let Some(value) = record.get(&field.name) {
                pool.push((field.ty.clone(), value.clone()));
            }
        }
    }

    /// What a matter's forms say.
    pub(crate) fn add_matter(&self, pool: &mut Pool, id: &str) {
        let Some(matter) = self.world.matter(id) else { return };
        for (name, filings) in &matter.forms {
            let (Some(filing), Some((_, form))) = (filings.last(), self.world.rulebook().form(name)) else { continue };
            for field in &form.fields {
                if let Some(value) = filing.record.get(&field.name) {
                    pool.push((field.ty.clone(), value.clone()));
                }
            }
        }
    }
}
