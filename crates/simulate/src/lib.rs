//! Simulation (推演): a synthetic county on virtual time, on the very same engine, so that a regulation can be tried before it is signed.
//!
//! People come, offices work in their hours, clerks are late, papers are wrong, clocks run out; whatever happens is an act that [`engine::decide`] accepted.
//! Nothing here knows a regulation: forms are filled in by the types of their fields and by what is said against them, acts are chosen among those that the text
//! gives to whoever has the matter. What a regulation does not say stands in [`Assumptions`].
//!
//! Pure: chance follows from the seed, time is virtual, files are read and written by `gongbao`. The same plan gives the same figures.
#![warn(missing_docs)]

mod arrive;
pub mod assumptions;
mod chance;
mod fill;
mod hours;
mod learn;
mod measure;
mod people;
pub mod plan;
mod pool;
mod queue;
pub mod report;
mod run;
mod summary;
mod work;

pub use assumptions::Assumptions;
pub use fill::FILE;
pub use hours::Hours;
pub use measure::{Came, Office, Place, Refused, Week};
pub use plan::{Plan, Start, StartRow};
pub use report::report;
pub use run::Watch;
pub use summary::{Broken, OfAct, OfClock, OfEnd, OfOffice, OfProcedure, OfStep, Spread, Summary};

use engine::{Act, County, Memory};
use jiff::civil::DateTime;
use queue::Happening;
use regulation::model::Rulebook;
use run::Run;

/// What came of a plan.
pub struct Outcome {
    /// Under the regulations in force.
    pub in_force: Summary,
    /// The same arrivals under a draft.
    pub draft: Option<Summary>,
    /// Every act done under the regulations in force, if the plan asked for them.
    pub acts: Vec<(DateTime, Act)>,
    /// The state that they led to.
    pub world: Memory,
    /// The county with its synthetic people, in which they began.
    pub county: County,
}

/// Runs a plan; then, with a draft, those who came once more under it: at the same moments with the same papers, which they change only where the draft
/// refuses them.
#[must_use]
pub fn simulate(start: &Start, plan: &Plan, draft: Option<&Rulebook>, watch: &mut dyn Watch) -> Outcome {
    let mut run = Run::new(start, plan);
    let mut whole = run.go(watch);
    let in_force = run.summary(whole);
    let arrivals = std::mem::take(&mut run.arrivals);
    let (acts, world, county) = run.kept();
    let draft = draft.filter(|_| whole).map(|rulebook| {
        let start = Start { rulebook: rulebook.clone(), ..start.clone() };
        let plan = Plan { keep_acts: false, ..plan.clone() };
        let mut run = Run::new(&start, &plan);
        run.draws = false;
        for arrival in arrivals {
            let at = arrival.paper.as_ref().map_or(run.now, |paper| paper.at);
            run.queue.push(at, Happening::Arrive(Box::new(arrival)));
        }
        whole = run.go(watch);
        run.summary(whole)
    });
    Outcome { in_force, draft, acts, world, county }
}
