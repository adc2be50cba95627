//! What is offered to other offices (数据共享), for pages and programs alike: the catalogue, what a key may have, how fresh and how good it is.

use crate::forms::names::Names;
use crate::lang::Lang;
use crate::pages::documents::viewer;
use crate::problem::Problem;
use crate::registers::listing::{Line, Listing};
use crate::visit::Visitor;
use axum::http::StatusCode;
use engine::rights::{Grant, Permit, grants, may_oversee_share, may_use_share};
use engine::sharing::{QualityFault, SharedRow, Sharing, is_late};
use engine::{Reason, World};
use jiff::civil::{Date, DateTime};
use regulation::model::share::{Share, Terms};
use regulation::model::{AboutTarget, Act, Field, Party, Procedure, Register, Regulation};
use std::sync::Arc;
use store::pages::{Cut, RowQuery, RowVersion};
use store::sharing::{AccessKey, ChangesOf};
use store::{Fault, Snapshot};

/// Rows that a quality report looks at.
pub(crate) const EXAMINED_ROWS: usize = 5_000;
/// Rows fetched at a time for it.
const CHUNK: usize = 500;
/// Faults that it lists.
const FAULTS_MAX: usize = 200;

/// A share, with what it is a share of.
pub(crate) struct Offered<'a> {
    pub(crate) snapshot: &'a dyn Snapshot,
    pub(crate) regulation: &'a Arc<Regulation>,
    pub(crate) share: &'a Arc<Share>,
    pub(crate) register: &'a Arc<Register>,
    pub(crate) now: DateTime,
}

/// How fresh a share is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Freshness {
    /// The day of the latest change; none where nothing was ever entered.
    pub(crate) changed_on: Option<Date>,
    /// It should have changed since.
    pub(crate) late: bool,
}

/// What the rules of a share say of its rows.
pub(crate) struct Quality<'a> {
    /// Rows looked at.
    pub(crate) examined: usize,
    /// There are more.
    pub(crate) cut: bool,
    /// Rows without a fault.
    pub(crate) good: usize,
    /// How often each rule was broken, in their order.
    pub(crate) counts: Vec<usize>,
    /// Rows with their faults, the first [`FAULTS_MAX`].
    pub(crate) faults: Vec<(Line, Vec<QualityFault<'a>>)>,
}

/// Every share whose regulation a visitor may know of, by owner and title.
pub(crate) fn catalogue<'a>(snapshot: &'a dyn Snapshot, visitor: &Visitor) -> Vec<Offered<'a>> {
    let rulebook = snapshot.world().rulebook();
    let known = rulebook.shares().filter(|(regulation, _)| visitor.reads(regulation));
    let offered = known.filter_map(|(regulation, share)| Offered::of(snapshot, regulation, share, visitor.now));
    let mut all: Vec<Offered<'a>> = offered.collect();
    all.sort_by_key(|one| (one.provider(Lang::Zh), one.share.title.zh.clone()));
    all
}

impl<'a> Offered<'a> {
    /// A share of a regulation, while that is in force.
    pub(crate) fn of(
        snapshot: &'a dyn Snapshot,
        regulation: &'a Arc<Regulation>,
        share: &'a Arc<Share>,
        now: DateTime,
    ) -> Option<Offered<'a>> {
        let (_, register) = snapshot.world().rulebook().register(&share.register)?;
        regulation.is_in_force(now.date()).then_some(Offered { snapshot, regulation, share, register, now })
    }

    /// The share of a name, whoever asks.
    pub(crate) fn named(
        snapshot: &'a dyn Snapshot,
        (regulation, share): (&str, &str),
        now: DateTime,
    ) -> Result<Offered<'a>, Problem> {
        let found = snapshot.world().rulebook().share(share).filter(|(own, _)| own.id == regulation);
        found.and_then(|(regulation, share)| Offered::of(snapshot, regulation, share, now)).ok_or_else(|| {
            Problem::not_found("目录里没有这项数据", "The catalogue has no such share").next(
                "/shares",
                "数据目录",
                "The catalogue",
            )
        })
    }

    /// The share of a name, for a visitor who may know of it.
    pub(crate) fn seen(
        snapshot: &'a dyn Snapshot,
        visitor: &Visitor,
        name: (&str, &str),
    ) -> Result<Offered<'a>, Problem> {
        let offered = Offered::named(snapshot, name, visitor.now)?;
        if visitor.reads(offered.regulation) {
            return Ok(offered);
        }
        Err(Problem::not_found("目录里没有这项数据", "The catalogue has no such share"))
    }

    /// The same for whoever answers for it.
    pub(crate) fn overseen(self, visitor: &Visitor) -> Result<Offered<'a>, Problem> {
        visitor.signed_in()?;
        if self.is_overseen(visitor) {
            return Ok(self);
        }
        Err(Problem::forbidden("这一页只给提供部门看", "This page is for the office that owns the share"))
    }

    pub(crate) fn is_overseen(&self, visitor: &Visitor) -> bool {
        may_oversee_share(self.world().county(), &viewer(visitor), self.share, visitor.now)
    }

    pub(crate) fn world(&self) -> &'a dyn World {
        self.snapshot.world()
    }

    /// Where its pages are.
    pub(crate) fn address(&self) -> String {
        format!("/shares/{}/{}", self.regulation.id, self.share.name)
    }

    /// What the county calls its owner.
    pub(crate) fn provider(&self, lang: Lang) -> String {
        let names = Names { world: self.world(), lang };
        match &self.share.owner {
            Party::Office { level, desk } => names.office(level, desk),
            other => engine::rights::party_name(other),
        }
    }

    /// Its columns, in its order.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &'a Field> {
        let register: &'a Register = self.register;
        let share: &'a Share = self.share;
        share.fields.iter().filter_map(|name| register.fields.iter().find(|field| field.name == *name))
    }

    /// The clause that allows a personal column to be shared.
    pub(crate) fn released(&self, field: &str) -> Option<&'a String> {
        let share: &'a Share = self.share;
        share.release.iter().find(|(name, _)| name == field).map(|(_, clause)| clause)
    }

    /// Whose changes are its own.
    pub(crate) fn source(&self) -> ChangesOf<'a> {
        let register: &'a Register = self.register;
        register
            .rows_of
            .as_ref()
            .map_or(ChangesOf::Register(&register.name), |procedure| ChangesOf::Procedure(procedure))
    }

    pub(crate) fn freshness(&self) -> Result<Freshness, Problem> {
        let changed_on = self.snapshot.changed_on(self.source())?;
        Ok(Freshness { changed_on, late: is_late(self.share, changed_on, self.now.date()) })
    }

    pub(crate) fn listing(&self) -> Listing<'a> {
        Listing { snapshot: self.snapshot, regulation: self.regulation, register: self.register, now: self.now }
    }

    fn rows(&self) -> Sharing<'a> {
        Sharing::new(self.world(), self.regulation, self.share, self.now)
    }

    /// Whether a row of the register is a part of it.
    pub(crate) fn has(&self, line: &Line) -> bool {
        self.rows().has(shared_row(line))
    }

    /// The row with this key, or the matter with this id.
    pub(crate) fn line(&self, key: &str) -> Result<Option<Line>, Fault> {
        if self.register.rows_of.is_some() {
            return self.listing().find(key);
        }
        let found = self.snapshot.row(&self.register.name, key)?;
        Ok(found.map(|row| self.listing().entered(row)))
    }

    /// Whether the row with this key, or the matter with this id, is a part of it or ever was: only then may it be spoken of.
    pub(crate) fn concerns(&self, key: &str) -> Result<bool, Fault> {
        let here = self.line(key)?.is_some_and(|line| self.has(&line));
        Ok(here || self.ever_had(key)?)
    }

    fn ever_had(&self, key: &str) -> Result<bool, Fault> {
        if self.register.rows_of.is_some() {
            let entries = self.snapshot.timeline(key)?;
            return Ok(self.rows().ever_had(key, entries.iter().map(|entry| (entry.at, entry.events.as_slice()))));
        }
        let versions = self.snapshot.row_history(&self.register.name, key)?;
        let had = |version: &RowVersion| {
            let record = version.record.as_ref();
            record.is_some_and(|record| self.rows().has(SharedRow::Entered(&version.place, record)))
        };
        Ok(versions.iter().any(had))
    }

    /// What may be had of it by a key; the refusal says why not.
    pub(crate) fn permit(&self, key: &AccessKey, grant: Option<&str>, wanted: &[String]) -> Result<Permit, Problem> {
        let on = self.now.date();
        let permit =
            may_use_share(self.world(), self.share, &key.office, grant, on).map_err(|reason| denied(*reason))?;
        if wanted.is_empty() {
            return Ok(permit);
        }
        // Rows are told apart by their keys, which come with them.
        let with_key = |name: &String| wanted.contains(name) || self.register.key.contains(name);
        let asked: Vec<String> =
            wanted.iter().cloned().chain(permit.fields.iter().filter(|name| with_key(name)).cloned()).collect();
        permit.narrowed(self.share, &asked).map_err(|reason| denied(*reason))
    }

    /// Every grant of it, the latest first.
    pub(crate) fn grants(&self) -> Vec<Grant> {
        let mut all = grants(self.world(), self.share);
        all.sort_by(|a, b| (b.from, &b.number).cmp(&(a.from, &a.number)));
        all
    }

    /// The procedure and act with which an office asks for it: a procedure about the rows of a register that lists shares, which enters its
    /// register of grants.
    pub(crate) fn asking(&self) -> Option<(&'a Procedure, &'a Act)> {
        let grants = self.share.grants.as_ref()?;
        let rulebook = self.world().rulebook();
        let lists = |target: &AboutTarget| match target {
            AboutTarget::Register(name) => rulebook.register(name).is_some_and(|(_, register)| register.lists_shares),
            AboutTarget::Procedure(_) => false,
        };
        let procedures = rulebook.regulations.values().flat_map(|regulation| regulation.procedures.values());
        let enters = |procedure: &&Arc<Procedure>| {
            let mut acts = procedure.all_acts();
            procedure.about.iter().any(|about| lists(&about.target))
                && acts.any(|(_, act)| act.enter.iter().any(|enter| enter.register == *grants))
        };
        let mut found = procedures.filter(enters);
        found.find_map(|procedure| Some((&**procedure, procedure.start.first()?)))
    }

    /// What its rules say of its rows.
    pub(crate) fn quality(&self) -> Result<Quality<'a>, Problem> {
        let rules = &self.share.quality;
        let mut quality =
            Quality { examined: 0, cut: false, good: 0, counts: vec![0; rules.len()], faults: Vec::new() };
        let query = RowQuery { register: self.register.name.clone(), ..RowQuery::default() };
        let mut cut = Cut::first(CHUNK);
        loop {
            let page = self.listing().page(&query, &cut)?;
            for line in page.lines.into_iter().filter(|line| self.has(line)) {
                quality.examined += 1;
                let faults = self.rows().faults(shared_row(&line));
                quality.good += usize::from(faults.is_empty());
                for fault in &faults {
                    let place = rules.iter().position(|rule| rule.code == fault.rule.code);
                    if let Some(count) = place.and_then(|place| quality.counts.get_mut(place)) {
                        *count += 1;
                    }
                }
                if !faults.is_empty() && quality.faults.len() < FAULTS_MAX {
                    quality.faults.push((line, faults));
                }
            }
            match page.next {
                Some(next) if quality.examined < EXAMINED_ROWS => cut.after = Some(next),
                Some(_) => {
                    quality.cut = true;
                    break;
                }
                None => break,
            }
        }
        self.snapshot.fault()?;
        Ok(quality)
    }
}

/// A row as the engine is asked about it.
fn shared_row(line: &Line) -> SharedRow<'_> {
    match &line.matter {
        Some(matter) => SharedRow::Matter(matter),
        None => SharedRow::Entered(&line.place, &line.record),
    }
}

fn denied(reason: Reason) -> Problem {
    let problem =
        Problem::new(StatusCode::FORBIDDEN, "share", "不能这样取用这项数据", "This share is not open to you so");
    Problem { reasons: vec![reason], ..problem }
}

/// What terms are called.
pub(crate) fn terms_words(lang: Lang, terms: Terms) -> &'static str {
    match terms {
        Terms::Unconditional => lang.say("无条件共享", "unconditional"),
        Terms::Conditional => lang.say("有条件共享", "conditional"),
        Terms::NotShared => lang.say("不予共享", "not shared"),
    }
}

/// What a rhythm is called.
pub(crate) fn update_words(lang: Lang, share: &Share) -> &'static str {
    use regulation::model::share::Refresh;
    match share.update {
        Refresh::Realtime => lang.say("实时", "real time"),
        Refresh::Daily => lang.say("每日", "daily"),
        Refresh::Weekly => lang.say("每周", "weekly"),
        Refresh::Monthly => lang.say("每月", "monthly"),
        Refresh::Quarterly => lang.say("每季", "quarterly"),
        Refresh::Yearly => lang.say("每年", "yearly"),
        Refresh::Once => lang.say("一次性", "once"),
    }
}
