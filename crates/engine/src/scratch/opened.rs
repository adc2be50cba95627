//! The matters that an act opens (另立的事项), by what questions ask for: an act that opens a hundred thousand asks of each what went before.

use crate::act::{MatterId, PlaceCode};
use crate::matter::Matter;
use regulation::expr::Value;
use regulation::model::Name;
use std::collections::BTreeMap;

/// In the order in which they were opened.
#[derive(Default)]
pub(super) struct Opened {
    of: BTreeMap<Name, Vec<MatterId>>,
    about: BTreeMap<Name, BTreeMap<Name, BTreeMap<String, Vec<MatterId>>>>,
    at: BTreeMap<Name, BTreeMap<PlaceCode, Vec<MatterId>>>,
    /// The latest instance of a duty for a unit.
    instances: BTreeMap<Name, BTreeMap<String, MatterId>>,
}

impl Opened {
    pub(super) fn put(&mut self, matter: &Matter) {
        let (procedure, id) = (&matter.procedure, &matter.id);
        self.of.entry(procedure.clone()).or_default().push(id.clone());
        let at = self.at.entry(procedure.clone()).or_default();
        at.entry(matter.place.clone()).or_default().push(id.clone());
        for (name, value) in &matter.about {
            let Some(text) = value.as_text() else { continue };
            let about = self.about.entry(procedure.clone()).or_default().entry(name.clone()).or_default();
            about.entry(text.to_owned()).or_default().push(id.clone());
        }
        if let Some(instance) = &matter.instance {
            self.instances.entry(instance.duty.clone()).or_default().insert(instance.unit.clone(), id.clone());
        }
    }

    pub(super) fn of(&self, procedure: &str) -> Vec<MatterId> {
        self.of.get(procedure).cloned().unwrap_or_default()
    }

    pub(super) fn about(&self, procedure: &str, name: &str, value: &Value) -> Vec<MatterId> {
        let about = self.about.get(procedure).and_then(|names| names.get(name));
        about.zip(value.as_text()).and_then(|(about, text)| about.get(text)).cloned().unwrap_or_default()
    }

    /// At a place that has these codes.
    pub(super) fn at(&self, procedure: &str, codes: &[&str]) -> Vec<MatterId> {
        let Some(at) = self.at.get(procedure) else { return Vec::new() };
        codes.iter().filter_map(|code| at.get(*code)).flatten().cloned().collect()
    }

    pub(super) fn instance(&self, duty: &str, unit: &str) -> Option<&MatterId> {
        self.instances.get(duty).and_then(|units| units.get(unit))
    }
}
