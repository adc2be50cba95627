//! Every party that takes part in a procedure.

use super::{By, Consequence, Party, Procedure};

impl Procedure {
    /// Every party that it names: who acts, who is alarmed, who signs. A party may come several times.
    pub fn parties(&self) -> impl Iterator<Item = &Party> {
        fn party(by: &By) -> &Party {
            &by.party
        }
        let acts = self.all_acts().flat_map(|(_, act)| act.by.iter().map(party));
        let steps = self.steps.iter().flat_map(|step| step.by.iter().map(party));
        let signers = self.documents.values().filter_map(|document| document.signed.as_ref());
        acts.chain(steps).chain(self.alarmed()).chain(signers)
    }

    /// Every party that is told when a deadline passes.
    pub fn alarmed(&self) -> impl Iterator<Item = &Party> {
        let deadlines = self.steps.iter().flat_map(|step| &step.due);
        deadlines.flat_map(|deadline| match &deadline.consequence {
            Consequence::Alarm { to } => to.as_slice(),
            Consequence::Act(_) => &[],
        })
    }
}
