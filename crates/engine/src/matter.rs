//! The state of a matter (事项): a fold over its events.

use crate::act::{Actor, MatterId, PlaceCode, PostId, Reason};
use crate::duty::Instance;
use crate::event::{Clock, ClockKind, ClockState, Desk, IssuedDocument};
use calendar::Until;
use jiff::civil::{Date, DateTime};
use plots::Plot;
use regulation::expr::{Record, Value};
use regulation::model::{ClauseId, Name};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A matter as it stands. Each act makes a new state out of the last: what is long and stays the same is shared between them.
#[derive(Debug, Clone, PartialEq)]
pub struct Matter {
    /// Id.
    pub id: MatterId,
    /// Number.
    pub number: Option<String>,
    /// Regulation.
    pub regulation: Name,
    /// Version it runs under.
    pub version: String,
    /// Procedure.
    pub procedure: Name,
    /// Place.
    pub place: PlaceCode,
    /// About.
    pub about: BTreeMap<Name, Value>,
    /// Owner of its personal data.
    pub owner: Option<String>,
    /// The duty and period for which the clock opened it.
    pub instance: Option<Instance>,
    /// Began at.
    pub opened_at: DateTime,
    /// How many acts it has seen: the version for stale checks.
    pub seq: u64,
    /// Where it is; `None` once ended.
    pub step: Option<Name>,
    /// The step that the present one suspended (`back`).
    pub suspended_step: Option<Name>,
    /// How it ended, and when.
    pub ended: Option<(Name, Date)>,
    /// When the present step was entered (legal date).
    pub entered_on: Date,
    /// Whose desk it lies on.
    pub desks: Vec<Desk>,
    /// Current start-form fields.
    pub root: Arc<Record>,
    /// Filings of every form, oldest first.
    pub forms: BTreeMap<Name, Vec<Arc<Filing>>>,
    /// Acts done, oldest first.
    pub acts: Vec<Arc<ActRecord>>,
    /// Clocks, by id.
    pub clocks: Vec<Arc<Clock>>,
    /// Documents issued, oldest first.
    pub documents: Vec<Arc<IssuedDocument>>,
    /// Messages sent, oldest first.
    pub messages: Vec<(DateTime, String)>,
    /// Notes of those who handle it, oldest first ([`crate::rights::reads_notes`]); no regulation reads them.
    pub notes: Vec<Arc<Note>>,
}

/// A note among those who handle a matter (内部留言).
#[derive(Debug, Clone, PartialEq)]
pub struct Note {
    /// Who wrote it, in which post.
    pub actor: Actor,
    /// When.
    pub at: DateTime,
    /// Text.
    pub text: String,
    /// Offices mentioned.
    pub desks: Vec<Desk>,
    /// Posts mentioned.
    pub posts: Vec<PostId>,
    /// That its writer struck it out.
    pub struck: Option<Struck>,
}

/// That a note was struck out (划去).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Struck {
    /// When.
    pub at: DateTime,
    /// Why.
    pub reason: String,
}

/// One filing of a form.
#[derive(Debug, Clone, PartialEq)]
pub struct Filing {
    /// With which act (index into [`Matter::acts`]).
    pub act: usize,
    /// Parallel party, if any.
    pub party: Option<String>,
    /// Fields.
    pub record: Arc<Record>,
}

/// One act done.
#[derive(Debug, Clone, PartialEq)]
pub struct ActRecord {
    /// Act.
    pub act: Name,
    /// Who.
    pub actor: Actor,
    /// In which capacity.
    pub party: String,
    /// Legal date.
    pub on: Date,
    /// Moment.
    pub at: DateTime,
    /// At which step.
    pub step: Option<Name>,
    /// Clauses.
    pub clauses: Vec<ClauseId>,
    /// Warnings.
    pub warnings: Vec<Reason>,
}

impl Matter {
    /// Not ended.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.ended.is_none()
    }

    /// The end of the nearest deadline that runs, or ran out and was not met yet (最近的期限).
    #[must_use]
    pub fn due(&self) -> Option<Until> {
        let waits = |clock: &&Arc<Clock>| {
            let open = matches!(clock.state, ClockState::Running | ClockState::Expired { stopped: None, .. });
            open && !matches!(clock.kind, ClockKind::Reminder(_))
        };
        self.clocks.iter().filter(waits).map(|clock| clock.until()).min()
    }

    /// A number from 0 to 9999 drawn with the matter (随机数): its id is random, drawn where chance may be drawn, and journaled; so nobody
    /// foretells the number, and everybody who may see the matter computes it again.
    #[must_use]
    pub fn chance(&self) -> u32 {
        drawn(&self.id)
    }

    /// The latest record of an act.
    #[must_use]
    pub fn last_act(&self, name: &str) -> Option<&ActRecord> {
        self.acts.iter().rev().find(|record| record.act == name).map(Arc::as_ref)
    }

    /// The latest filing of a form.
    #[must_use]
    pub fn last_filing(&self, form: &str) -> Option<&Filing> {
        self.forms.get(form).and_then(|filings| filings.last()).map(Arc::as_ref)
    }

    /// Every plot that was ever filed in it, in lists of rows too.
    pub fn plots(&self) -> impl Iterator<Item = &Arc<Plot>> {
        self.forms.values().flatten().flat_map(|filing| plots_of(&filing.record))
    }

    /// The latest issue of a document.
    #[must_use]
    pub fn last_document(&self, name: &str) -> Option<&IssuedDocument> {
        self.documents.iter().rev().find(|document| document.name == name).map(Arc::as_ref)
    }
}

/// The plots of a record and of its lists of rows.
#[must_use]
pub fn plots_of<'r>(record: &'r Record) -> Vec<&'r Arc<Plot>> {
    let of = |value: &'r Value| match value {
        Value::Plot(plot) => vec![plot],
        Value::Records(rows) => rows.iter().flat_map(plots_of).collect(),
        _ => Vec::new(),
    };
    record.values().flat_map(of).collect()
}

/// The number drawn with an id.
fn drawn(id: &str) -> u32 {
    // FNV-1a, then mixed as in SplitMix64: what differs in the last character of two ids must show in every digit.
    let hash = id
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    let mixed = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    u32::try_from((mixed ^ (mixed >> 31)) % 10_000).expect("what is left of a division by 10,000 fits")
}

#[cfg(test)]
mod tests {
    use crate::matter::drawn;

    #[test]
    fn every_tenth_of_the_numbers_is_drawn_as_often() {
        let mut tenths = [0_u32; 10];
        for number in 0..10_000 {
            tenths[drawn(&format!("20220301-{number:012}")) as usize / 1_000] += 1;
        }
        assert!(tenths.iter().all(|tenth| (900..1_100).contains(tenth)), "{tenths:?}");
        assert_eq!(drawn("20220301-0123456789ab"), 8803, "and an id has its number for ever");
    }
}
