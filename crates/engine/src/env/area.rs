//! Matters of an area (辖区): a query for those of one village looks them up by the places in it, and leaves the rest of the county alone.

use super::MatterEnv;
use crate::act::MatterId;
use crate::reference::kept;
use crate::world::PLACE;
use regulation::expr::Value;
use regulation::model::Procedure;

/// An area of more places than this is not looked through place by place.
const MOST: usize = 64;

impl MatterEnv<'_, '_> {
    /// The places of an area that a query asks for by the name of its level (`village == this.village`), each as a value; `None` where it asks for
    /// something else, or the area is large.
    pub(super) fn area(&self, procedure: &str, narrowed: Option<(&str, &Value)>) -> Option<Vec<Value>> {
        let (level, value) = narrowed?;
        let area = kept(value.clone());
        let county = self.world().county();
        let area = county.place(area.as_text()?).filter(|place| place.level == level)?;
        let (_, procedure) = self.world().rulebook().procedure(procedure)?;
        if is_own_name(self, procedure, level) {
            return None;
        }
        let within = county.present().filter(|place| county.contains(&area.code, &place.code));
        let places: Vec<Value> = within.take(MOST + 1).map(|place| Value::Key(place.code.clone())).collect();
        (places.len() <= MOST).then_some(places)
    }

    /// The matters of several places in the order in which they were opened.
    pub(super) fn of_places(&self, places: &[Value], find: impl Fn((&str, &Value)) -> Vec<MatterId>) -> Vec<MatterId> {
        let mut found: Vec<MatterId> = places.iter().flat_map(|place| find((PLACE, place))).collect();
        found.sort_by_cached_key(|id| self.world().matter(id).map(|matter| matter.opened_at));
        found
    }
}

/// Whether a procedure means something of its own by the name of a level.
fn is_own_name(env: &MatterEnv<'_, '_>, procedure: &Procedure, name: &str) -> bool {
    let of_forms = || {
        let forms = procedure.start.iter().flat_map(|act| &act.forms).filter_map(|form| env.form(form));
        forms.into_iter().any(|form| form.field(name).is_some())
    };
    procedure.about.iter().any(|about| about.name == name)
        || procedure.facts.iter().any(|fact| fact.name == name)
        || procedure.rules.contains_key(name)
        || procedure.tables.values().any(|table| table.name == name || table.outputs.iter().any(|(own, _)| own == name))
        || of_forms()
}
