//! Many acts that happen together or not at all, in the writer's transaction.

use crate::contract::{Batch, Batched, REFUSALS_MAX, Request, Submitted};
use crate::fault::Fault;
use crate::library::Changes;
use crate::ring::FreshKeys;
use engine::{Refusal, World};

use super::act::{Performed, perform};
use super::forget::Forgotten;
use super::view::View;
use super::writer::{Group, Mind, alone};

/// Acts between two reports of progress.
const PROGRESS_ACTS: u64 = 200;

/// What the acts of a batch came to.
#[derive(Default)]
struct Tally {
    acts: u64,
    keys: Vec<FreshKeys>,
    changes: Changes,
    forgotten: Vec<Forgotten>,
    refusals: Vec<(u64, Refusal)>,
    repeated: bool,
}

impl Mind {
    /// Performs a batch in a savepoint of its own. If one act is refused, all that was done is taken back, and the others are
    /// only tried, so that whoever corrects a sheet learns of every bad row at once.
    pub(crate) fn batch(&mut self, view: &View<'_>, group: &mut Group, batch: Batch) -> Result<Batched, Fault> {
        let pending = view.pending.borrow().clone();
        let county = view.county().clone();
        let done = alone(view, || {
            view.conn.savepoint("batch")?;
            let tally = self.each(view, batch)?;
            if !tally.refusals.is_empty() {
                view.conn.roll_back_to("batch")?;
                // Keys made in it are gone with it.
                view.ring.start_over();
            }
            view.conn.release("batch")?;
            Ok(tally)
        });
        let taken_back = done.as_ref().map_or(true, |tally| !tally.refusals.is_empty());
        if taken_back {
            *view.pending.borrow_mut() = pending;
            view.show_county(county);
        }
        let tally = done?;
        if tally.repeated || !tally.refusals.is_empty() {
            let Tally { refusals, .. } = tally;
            return Ok(if refusals.is_empty() {
                Batched::Done { acts: 0, repeated: true }
            } else {
                Batched::Refused(refusals)
            });
        }
        self.length += tally.acts;
        group.wrote |= tally.acts > 0;
        group.keys.extend(tally.keys);
        group.forgotten.extend(tally.forgotten);
        self.take_up(group, tally.changes);
        Ok(Batched::Done { acts: tally.acts, repeated: false })
    }

    fn each(&mut self, view: &View<'_>, batch: Batch) -> Result<Tally, Fault> {
        let Batch { key, now, mut next, mut progress } = batch;
        // The first act carries the key of the whole.
        let mut key = Some(key);
        let mut tally = Tally::default();
        for place in 0.. {
            let Some(made) = next(view) else { break };
            view.take_fault()?;
            let answer = match made {
                Err(refusal) => Performed::Answered(Submitted::Refused(refusal)),
                Ok(act) => {
                    let request = Request { key: key.take(), act, now };
                    perform(view, &mut self.chance, self.length + tally.acts + 1, request)?
                }
            };
            match answer {
                Performed::Recorded { keys, changes, forgotten, .. } => {
                    tally.forgotten.extend(forgotten);
                    tally.acts += 1;
                    tally.keys.push(keys);
                    tally.changes.extend(changes);
                }
                Performed::Answered(Submitted::Refused(refusal)) => tally.refusals.push((place, refusal)),
                Performed::Answered(Submitted::Done(_)) => {
                    tally.repeated = true;
                    break;
                }
            }
            if tally.refusals.len() >= REFUSALS_MAX {
                break;
            }
            if (place + 1) % PROGRESS_ACTS == 0 {
                progress(place + 1);
            }
        }
        Ok(tally)
    }
}
