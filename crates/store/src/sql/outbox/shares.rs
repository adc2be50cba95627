//! Who is told that a shared register changed: offices that may use a share of it, through webhooks that ask for that.

use crate::outbox::{Topic, Webhook};
use crate::sql::view::View;
use engine::World;
use engine::rights::may_use_share;
use jiff::civil::DateTime;
use std::collections::BTreeMap;

/// Webhooks by register, as found so far.
pub(super) struct Told<'r> {
    webhooks: &'r [Webhook],
    found: BTreeMap<String, Vec<&'r str>>,
}

impl<'r> Told<'r> {
    pub(super) fn new(webhooks: &'r [Webhook]) -> Self {
        Told { webhooks, found: BTreeMap::new() }
    }

    /// Webhooks that are told of a row of a register.
    pub(super) fn of_register(&mut self, view: &View<'_>, register: &str, now: DateTime) -> Vec<&'r str> {
        if let Some(known) = self.found.get(register) {
            return known.clone();
        }
        let shares = || view.rulebook().shares().filter(|(_, share)| share.register == register);
        let told = |webhook: &&Webhook| {
            let may = |share| may_use_share(view, share, &webhook.office, None, now.date()).is_ok();
            webhook.topics.contains(&Topic::ShareChanged) && shares().any(|(_, share)| may(share))
        };
        let found: Vec<&'r str> = self.webhooks.iter().filter(told).map(|webhook| webhook.id.as_str()).collect();
        self.found.insert(register.to_owned(), found.clone());
        found
    }

    /// Webhooks that are told of an act on a matter which is a row of a register.
    pub(super) fn of_matter(&mut self, view: &View<'_>, matter: &str, now: DateTime) -> Vec<&'r str> {
        if !self.webhooks.iter().any(|webhook| webhook.topics.contains(&Topic::ShareChanged)) {
            return Vec::new();
        }
        let Some(matter) = World::matter(view, matter) else { return Vec::new() };
        let registers = view.rulebook().regulations.values().flat_map(|regulation| regulation.registers.values());
        let names: Vec<String> = registers
            .filter(|register| register.rows_of.as_ref() == Some(&matter.procedure))
            .map(|register| register.name.clone())
            .collect();
        let mut all: Vec<&'r str> = names.iter().flat_map(|name| self.of_register(view, name, now)).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}
