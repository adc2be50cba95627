//! Simulation (推演) from the command line: what it begins with, how it is watched, where its report goes. The run itself is `simulate`'s.

mod faults;
mod page;
mod start;
mod watch;

use crate::system::{Loaded, write_whole};
use anyhow::{Context, Result, anyhow, bail};
use calendar::{Fact, Holidays};
use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use regulation::model::{Name, Rulebook};
use regulation::trial::Trial;
use simulate::{Assumptions, Outcome, Plan, report, simulate};
use std::collections::BTreeSet;
use std::path::PathBuf;
use watch::Progress;

/// How often the crash test kills.
const KILLS: usize = 3;

/// Terms that begin in a run end so many years after it at the latest, or need no holidays.
const YEARS_AFTER: i16 = 12;

/// What somebody wants to know.
pub struct Wish {
    /// Procedures, or regulations' ids.
    pub procedures: Vec<String>,
    /// A draft: file and text.
    pub draft: Option<(PathBuf, String)>,
    /// How long.
    pub years: u32,
    /// Seed.
    pub seed: u64,
    /// Where the report goes.
    pub out: Option<PathBuf>,
    /// Assumptions: file and text.
    pub assume: Option<(PathBuf, String)>,
    /// First day.
    pub from: Option<String>,
    /// Whether all is done again on a database that crashes; the arguments for another process.
    pub faults: Option<Vec<String>>,
    /// This is that process: the database's folder, and how many acts are there already.
    pub redo: Option<(PathBuf, usize)>,
    /// Whether the report is printed as JSON.
    pub json: bool,
}

/// Runs it and writes the report; whether everything went on.
pub fn run(loaded: &Loaded, wish: Wish) -> Result<bool> {
    let rulebook = &loaded.library.rulebook;
    let draft = wish.draft.as_ref().map(|(file, text)| drafted(loaded, file, text)).transpose()?;
    let procedures = procedures(rulebook, &wish.procedures)?;
    let assumptions = match &wish.assume {
        None => Assumptions::default(),
        Some((file, text)) => Assumptions::read(text).map_err(|wrong| anyhow!("{}：{wrong}", file.display()))?,
    };
    let from = match &wish.from {
        Some(text) => calendar::parse_date(text).map_err(|wrong| anyhow!("--from：{wrong}"))?,
        None => usual_start(loaded, &procedures, draft.as_ref(), wish.years),
    };
    let until =
        from.checked_add(i64::from(wish.years).years()).context("--years：超出历法范围 / beyond the calendar")?;
    let plan = Plan {
        procedures,
        from,
        until,
        seed: wish.seed,
        assumptions,
        keep_acts: wish.faults.is_some() || wish.redo.is_some(),
    };
    let mut start = start::read(loaded, plan.from)?;
    start.holidays = with_holidays_until(&start.holidays, until.year().saturating_add(YEARS_AFTER));
    if let Some((folder, skip)) = &wish.redo {
        let outcome = simulate(&start, &plan, None, &mut ());
        faults::redo(loaded, &start, &outcome, folder, *skip)?;
        return Ok(true);
    }
    let mut progress = Progress::new(from, until, draft.is_some());
    let outcome = simulate(&start, &plan, draft.as_ref(), &mut progress);
    progress.end();
    let made = format!("{:#}\n", report(&plan, &outcome));
    if let Some(out) = &wish.out {
        std::fs::create_dir_all(out).with_context(|| format!("无法建立 {} / cannot make it", out.display()))?;
        write_whole(&out.join("report.json"), made.as_bytes())?;
        write_whole(&out.join("report.html"), page::page(&plan, &outcome, rulebook).as_bytes())?;
    }
    if wish.json {
        outln!("{}", made.trim_end());
    }
    if let Some(arguments) = wish.faults.filter(|_| outcome.in_force.whole) {
        eprintln!("{}", faults::torture(&arguments, outcome.acts.len(), KILLS)?);
    }
    Ok(went(&outcome))
}

fn went(outcome: &Outcome) -> bool {
    let all = std::iter::once(&outcome.in_force).chain(&outcome.draft);
    all.into_iter().all(|summary| summary.broken.is_empty())
}

/// The rulebook with a draft in the place of its version in force; what the county supplements stays over its base.
fn drafted(loaded: &Loaded, file: &std::path::Path, text: &str) -> Result<Rulebook> {
    let trial = Trial::of(&loaded.library.rulebook, &loaded.home.with_supplement(text));
    if trial.regulation().is_none() {
        let errors = trial.errors().count();
        bail!(
            "{} 有 {errors} 处错误，先运行 `gongbao check` / it has {errors} errors: run `gongbao check`",
            file.display()
        )
    }
    Ok(trial.checked.rulebook)
}

/// The procedures of these names, and all of the regulations of these ids, each once.
fn procedures(rulebook: &Rulebook, names: &[String]) -> Result<Vec<Name>> {
    let mut found: Vec<Name> = Vec::new();
    for name in names {
        let regulation = rulebook.regulations.get(name).filter(|regulation| !regulation.procedures.is_empty());
        let of = match (rulebook.procedure(name), regulation) {
            (Some(_), _) => vec![name.clone()],
            (None, Some(regulation)) => regulation.procedures.keys().cloned().collect(),
            (None, None) => {
                bail!("没有程序“{name}”，也没有这个短名的法规 / there is no procedure and no regulation `{name}`")
            }
        };
        found.extend(of);
    }
    let mut seen = BTreeSet::new();
    found.retain(|name| seen.insert(name.clone()));
    Ok(found)
}

/// The first of January of the latest year that has as many whole years after it with known holidays as the run takes, one more for terms that run on;
/// but of a whole year in force.
fn usual_start(loaded: &Loaded, procedures: &[Name], draft: Option<&Rulebook>, years: u32) -> Date {
    let known = loaded.library.holidays.complete_years().max().unwrap_or(2024);
    let latest = known.saturating_sub(i16::try_from(years).unwrap_or(i16::MAX));
    let rulebooks = std::iter::once(&loaded.library.rulebook).chain(draft);
    let first = rulebooks.flat_map(|rulebook| {
        procedures.iter().filter_map(|name| rulebook.procedure(name).map(|(regulation, _)| regulation.effective))
    });
    let whole = |day: Date| if day == date(day.year(), 1, 1) { day.year() } else { day.year() + 1 };
    date(first.map(whole).max().unwrap_or(latest).max(latest), 1, 1)
}

/// Holidays until some years after the run: a year without a notice has those of the last one that has, on the same days of the year.
fn with_holidays_until(holidays: &Holidays, last: i16) -> Holidays {
    let Some(known) = holidays.complete_years().max() else { return holidays.clone() };
    let pattern: Vec<Fact> = holidays.facts().filter(|fact| fact.date.year() == known).cloned().collect();
    let moved = |fact: &Fact, year: i16| {
        let day = Date::new(year, fact.date.month(), fact.date.day()).ok()?;
        Some(Fact { date: day, known_since: None, ..fact.clone() })
    };
    (known + 1..=last).fold(holidays.clone(), |holidays, year| {
        let facts: Vec<Fact> = pattern.iter().filter_map(|fact| moved(fact, year)).collect();
        holidays.with_year(year, None, facts)
    })
}
