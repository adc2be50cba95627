//! What a group will ask for (预读): on a server each question is a journey, so those that every act has are asked for all that wait together.

use crate::contract::Request;
use crate::db::ToValue;
use crate::fault::Fault;
use crate::record::v1::Actor;
use engine::Target;
use std::collections::BTreeSet;

use super::bounds;
use super::view::View;

impl View<'_> {
    /// Finds out which keys are new and how matters stand, before these requests are decided.
    pub(super) fn foresee<'r>(&self, requests: impl Iterator<Item = &'r Request> + Clone) -> Result<(), Fault> {
        if !self.conn.is_postgres() {
            return Ok(());
        }
        let keyed = requests.clone().filter_map(|request| {
            let key = request.key.clone().filter(|key| bounds::key(key).is_ok())?;
            Some((Actor::from(&request.act.actor).id().to_owned(), key))
        });
        self.foresee_keys(keyed.collect())?;
        let matters = requests.filter_map(|request| match &request.act.target {
            Target::Matter { id, .. } if bounds::fits(id) => Some(id.as_str()),
            _ => None,
        });
        self.foresee_matters(matters.collect())
    }

    fn foresee_keys(&self, keyed: Vec<(String, String)>) -> Result<(), Fault> {
        if keyed.is_empty() {
            return Ok(());
        }
        let values: Vec<[&dyn ToValue; 3]> =
            keyed.iter().map(|(actor, key)| [&self.county as &dyn ToValue, actor, key]).collect();
        let each: Vec<&[&dyn ToValue]> = values.iter().map(<[_; 3]>::as_slice).collect();
        let sql = "SELECT seq FROM act_key WHERE county = ?1 AND actor = ?2 AND key = ?3";
        let found = self.conn.prepare_cached(sql)?.first_each(&each, |row| row.get::<u64>(0))?;
        let unused = keyed.into_iter().zip(found).filter(|(_, found)| found.is_none());
        self.unused.borrow_mut().extend(unused.map(|(keyed, _)| keyed));
        Ok(())
    }

    fn foresee_matters(&self, ids: BTreeSet<&str>) -> Result<(), Fault> {
        let ids: Vec<&str> = ids.into_iter().filter(|id| !self.pending.borrow().contains_key(*id)).collect();
        if ids.is_empty() {
            return Ok(());
        }
        let values: Vec<[&dyn ToValue; 2]> = ids.iter().map(|id| [&self.county as &dyn ToValue, id]).collect();
        let each: Vec<&[&dyn ToValue]> = values.iter().map(<[_; 2]>::as_slice).collect();
        let found = self.conn.prepare_cached(super::fold::STANDING)?.first_each(&each, super::fold::standing)?;
        for (id, stored) in ids.into_iter().zip(found) {
            self.know_if_cached(id, stored);
        }
        Ok(())
    }
}
