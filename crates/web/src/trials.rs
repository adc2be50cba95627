//! Texts tried a moment ago (已试查的文本): the editor, its preview and its comparison show one text, which is checked once.

use crate::recent::Recent;
use regulation::model::Rulebook;
use regulation::trial::{Trial, version};
use std::sync::Arc;
use store::lru::Limits;

/// How many are kept, and how much text they have together: a checked text takes some ten times its own.
const KEPT: Limits = Limits { count: 8, weight: 1024 * 1024 };

/// Trials by the text and the regulations among which it was tried.
pub(crate) struct Trials(Recent<Trial>);

impl Default for Trials {
    fn default() -> Trials {
        Trials(Recent::new(KEPT))
    }
}

impl Trials {
    /// What the check says of a text among the regulations that run.
    pub(crate) fn of(&self, rulebook: &Rulebook, text: &str) -> Arc<Trial> {
        let mut key = version(text);
        rulebook.regulations.values().for_each(|regulation| key.push_str(&regulation.version));
        if let Some(known) = self.0.get(&key) {
            return known;
        }
        // Not under the lock: a check takes a quarter of a second, and two of the same text do no harm.
        let mut trial = Trial::of(rulebook, text);
        // Its findings and its own regulation are what is shown; the others run anyway, and would take tens of megabytes.
        trial.checked.rulebook.regulations.retain(|id, _| Some(id) == trial.id.as_ref());
        trial.checked.procedures = Vec::new();
        trial.checked.clauses = Vec::new();
        let trial = Arc::new(trial);
        self.0.put(&key, &trial, text.len());
        trial
    }
}
