//! The days of the sample county: its offices answer what the clock has asked of them, as `照办` in its stories says.

use crate::system::Loaded;
use anyhow::{Result, anyhow};
use engine::case::usual::{Day, Usual, Waiting};
use engine::{Act, Outcome};
use jiff::ToSpan;
use jiff::civil::{Date, DateTime};
use std::collections::BTreeSet;
use store::pages::{Cut, MatterLine, MatterQuery};
use store::{Request, Sqlite, Store, StoreExt};

/// Days after which offices look though nothing is told of any: what is asked in such times leaves longer.
const LOOKS_EVERY_DAYS: i64 = 7;
/// Open matters of one procedure that a day looks at.
const MATTERS_MAX: usize = 500;
/// Matters and documents that such an act may make.
const TRIED_IDS: usize = 16;

pub(super) struct Days<'a> {
    loaded: &'a Loaded,
    store: &'a Sqlite,
    usual: Vec<Usual>,
    /// When the offices looked last.
    last: DateTime,
    /// What was done with which matter at which step: an act that leaves a matter where it stands is done once.
    done: BTreeSet<(String, String, Date)>,
    /// Open matters of whose procedures something is said, as they stood when the clock or an answer last changed something.
    waiting: Option<Vec<MatterLine>>,
}

impl<'a> Days<'a> {
    /// From the first thing that a story tells.
    pub(super) fn begin(loaded: &'a Loaded, store: &'a Sqlite, first: DateTime) -> Result<Self> {
        let mut usual = Vec::new();
        for name in loaded.home.stories() {
            let text = loaded.home.county_text(name)?.unwrap_or_default();
            let read = Usual::read(&text, &loaded.library.county, &loaded.library.rulebook);
            usual.push(read.map_err(|failures| {
                let lines: Vec<String> = failures.iter().map(ToString::to_string).collect();
                anyhow!("county/{name}：\n{}", lines.join("\n"))
            })?);
        }
        Ok(Days { loaded, store, usual, last: first, done: BTreeSet::new(), waiting: None })
    }

    /// Lets time pass until something happens: the offices look on its day, before it, and once a week in between.
    pub(super) fn pass(&mut self, until: DateTime) -> Result<()> {
        loop {
            let week_later = self.last.saturating_add(LOOKS_EVERY_DAYS.days());
            if week_later >= until {
                break;
            }
            self.look(week_later)?;
        }
        if self.last.date() < until.date() { self.look(until) } else { Ok(()) }
    }

    fn look(&mut self, now: DateTime) -> Result<()> {
        if self.store.tick(now)?.fired > 0 {
            self.waiting = None;
        }
        let waiting = match self.waiting.take() {
            Some(waiting) => waiting,
            None => self.read_waiting()?,
        };
        let before = self.done.len();
        for line in &waiting {
            self.answer(line, now)?;
        }
        self.waiting = (self.done.len() == before).then_some(waiting);
        self.last = now;
        Ok(())
    }

    fn read_waiting(&self) -> Result<Vec<MatterLine>> {
        let procedures: BTreeSet<&str> = self.usual.iter().flat_map(Usual::procedures).collect();
        let read = self.store.read(|snapshot| {
            let mut waiting = Vec::new();
            for procedure in &procedures {
                let procedure = Some((*procedure).to_owned());
                let query = MatterQuery { procedure, open: Some(true), ..MatterQuery::default() };
                waiting.extend(snapshot.matters(&query, &Cut::first(MATTERS_MAX))?.lines);
            }
            Ok(waiting)
        });
        Ok(read?)
    }

    /// Does with one matter what its day has come for. What is refused is tried again the next time.
    fn answer(&mut self, line: &MatterLine, now: DateTime) -> Result<()> {
        let Some(step) = &line.step else { return Ok(()) };
        let waiting = Waiting {
            matter: line.id.clone(),
            procedure: &line.procedure,
            step,
            place: &line.place,
            entered_on: line.entered_on,
            due: line.due.as_ref().map(|due| due.on),
        };
        let library = &self.loaded.library;
        let day = Day { county: &library.county, rulebook: &library.rulebook, today: now.date() };
        let acts = self.usual.iter().flat_map(|usual| usual.acts(&waiting, &day));
        for one_or_other in acts.collect::<Vec<_>>() {
            self.first_allowed(one_or_other, line, now)?;
        }
        Ok(())
    }

    fn first_allowed(&mut self, acts: Vec<Act>, line: &MatterLine, now: DateTime) -> Result<()> {
        for act in acts {
            let mark = (line.id.clone(), act.name.clone(), line.entered_on);
            if self.done.contains(&mark) {
                return Ok(());
            }
            if self.is_allowed(&act, now)? {
                super::done(&self.store.submit(Request { key: None, act, now })?)?;
                self.done.insert(mark);
                return Ok(());
            }
        }
        Ok(())
    }

    /// Asked beforehand, because the store counts what it refuses.
    fn is_allowed(&self, act: &Act, now: DateTime) -> Result<bool> {
        let tried = Act { fresh_ids: (0..TRIED_IDS).map(|n| format!("trial-{n}")).collect(), ..act.clone() };
        let outcome = self.store.read(|snapshot| Ok(engine::decide(snapshot.world(), &tried, now)))?;
        Ok(matches!(outcome, Outcome::Done(_)))
    }
}
