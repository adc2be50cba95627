//! What a matter's subjects say (已知的事实): values that forms of the matter may repeat.

use crate::fill::Pool;
use crate::run::Run;
use engine::World;
use regulation::expr::{Record, Value};
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
