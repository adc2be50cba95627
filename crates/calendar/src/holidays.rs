//! The holiday arrangement: weekdays first, then the exceptions that the State Council's notices name.
//!
//! Notices name only exceptions, so an ordinary weekend needs no fact. Facts are keyed by date, never by the
//! year of the notice: a notice also arranges days of the December before. A fact may be known only since a
//! day in mid-year; [`Holidays::known_on`] gives the arrangement as an office could know it on a past day.

use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday};

/// What a notice says about one date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A day off (放假).
    Off,
    /// A working day (上班), usually a weekend day worked in exchange (调休).
    Work,
}

/// One date of a holiday notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// The day arranged.
    pub date: Date,
    /// Off or working.
    pub kind: Kind,
    /// The festival, in Chinese, as the notice calls it.
    pub name: String,
    /// The day the arrangement was published; `None` when that is not known, and then it counts as always known.
    pub known_since: Option<Date>,
}

/// Whether the arrangement of a year is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum YearState {
    /// The year's notice is in the data.
    Complete,
    /// No notice is in the data: working days are assumed from weekdays alone.
    Assumed,
}

/// One day as the arrangement sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// The day.
    pub date: Date,
    /// Whether it is a working day (工作日).
    pub working: bool,
    /// Why it is or is not.
    pub why: DayWhy,
    /// Whether this rests on a year without a published arrangement.
    pub assumed: bool,
}

/// Why a day is a working day or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DayWhy {
    /// Monday to Friday, and no notice gives it off.
    Ordinary,
    /// Saturday or Sunday, and no notice makes it a working day.
    Weekend,
    /// Off for the named festival.
    Holiday(String),
    /// A weekend day worked in exchange for a day of the named festival (调休上班).
    MakeUp(String),
}

/// Days off and make-up working days, with the years whose arrangement is complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holidays {
    /// Later knowledge of the same date sorts after, and so wins over, earlier knowledge.
    facts: BTreeMap<(Date, Option<Date>), Fact>,
    complete: BTreeMap<i16, Option<Date>>,
    table: Table,
}

impl Holidays {
    /// The arrangement this program carries: every year from 2007 to 2026, with sources in `data/SOURCES.md`.
    pub fn built_in() -> Holidays {
        Holidays::parse(include_str!("../data/holidays-cn.csv"))
            .expect("the carried data is read by a test of this crate")
    }

    /// No facts at all: every year is assumed, Monday to Friday.
    pub fn none() -> Holidays {
        Holidays::from_parts(BTreeMap::new(), BTreeMap::new())
    }

    /// The arrangement with these facts. A year is complete when its 1 January is off in them.
    ///
    /// Every notice of the State Council names New Year's Day, so that day shows that the notice was read, and
    /// its `known_since` is the day the year became known.
    pub fn from_facts(facts: impl IntoIterator<Item = Fact>) -> Holidays {
        let facts = keyed(facts);
        let mut complete = BTreeMap::new();
        for fact in facts.values().filter(|fact| is_new_year_off(fact)) {
            complete.entry(fact.date.year()).or_insert(fact.known_since);
        }
        Holidays::from_parts(facts, complete)
    }

    /// This arrangement with a year declared complete since `known_since`, and the facts of its notice.
    ///
    /// For the year a county enters by hand when its notice appears. Facts may lie in the December before.
    #[must_use]
    pub fn with_year(self, year: i16, known_since: Option<Date>, facts: impl IntoIterator<Item = Fact>) -> Holidays {
        let mut with_facts = self.with_facts(facts);
        with_facts.complete.insert(year, known_since);
        Holidays::from_parts(with_facts.facts, with_facts.complete)
    }

    /// This arrangement with more facts, which replace facts of the same date known since the same day.
    /// They make no year complete.
    #[must_use]
    pub fn with_facts(mut self, facts: impl IntoIterator<Item = Fact>) -> Holidays {
        self.facts.extend(keyed(facts));
        Holidays::from_parts(self.facts, self.complete)
    }

    /// Both arrangements together; where they speak of the same date since the same day, `later` holds.
    #[must_use]
    pub fn merge(mut self, later: Holidays) -> Holidays {
        self.facts.extend(later.facts);
        for (year, since) in later.complete {
            let earliest = self.complete.get(&year).map_or(since, |known| since.min(*known));
            self.complete.insert(year, earliest);
        }
        Holidays::from_parts(self.facts, self.complete)
    }

    /// The arrangement as it was known at the end of `date`: later notices are left out.
    #[must_use]
    pub fn known_on(&self, date: Date) -> Holidays {
        let known = |since: &Option<Date>| since.is_none_or(|since| since <= date);
        let mut view = self.clone();
        view.facts.retain(|_, fact| known(&fact.known_since));
        view.complete.retain(|_, since| known(since));
        Holidays::from_parts(view.facts, view.complete)
    }

    /// Whether the year's arrangement is known or assumed.
    pub fn state(&self, year: i16) -> YearState {
        match self.table.year(year) {
            Some(row) if row.complete => YearState::Complete,
            _ => YearState::Assumed,
        }
    }

    /// The years whose arrangement is complete, in order.
    pub fn complete_years(&self) -> impl Iterator<Item = i16> + '_ {
        self.complete.keys().copied()
    }

    /// Every fact, by date and then by the day it became known.
    pub fn facts(&self) -> impl Iterator<Item = &Fact> {
        self.facts.values()
    }

    /// Whether `date` is a working day (工作日): make-up Saturdays and Sundays are, days off are not.
    pub fn is_working_day(&self, date: Date) -> bool {
        match self.table.year(date.year()) {
            Some(row) => row.is_working_day(date),
            None => !is_weekend(date),
        }
    }

    /// The day with the reason why it is a working day or not.
    pub fn day(&self, date: Date) -> Day {
        let why = match self.fact(date) {
            Some(fact) if fact.kind == Kind::Off => DayWhy::Holiday(fact.name.clone()),
            Some(fact) if is_weekend(date) => DayWhy::MakeUp(fact.name.clone()),
            _ if is_weekend(date) => DayWhy::Weekend,
            _ => DayWhy::Ordinary,
        };
        Day {
            date,
            working: matches!(why, DayWhy::Ordinary | DayWhy::MakeUp(_)),
            why,
            assumed: self.state(date.year()) == YearState::Assumed,
        }
    }

    /// What the notices say about `date`, by the latest of them.
    fn fact(&self, date: Date) -> Option<&Fact> {
        let of_this_date = (date, None)..=(date, Some(Date::MAX));
        self.facts.range(of_this_date).next_back().map(|(_, fact)| fact)
    }

    fn from_parts(facts: BTreeMap<(Date, Option<Date>), Fact>, complete: BTreeMap<i16, Option<Date>>) -> Holidays {
        let table = Table::of(&facts, &complete);
        Holidays { facts, complete, table }
    }
}

/// The working days of consecutive years as bits, so that a look-up costs no search.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Table {
    first_year: i16,
    rows: Vec<Row>,
}

/// One year: bit `n` is the day `n + 1` of the year.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    complete: bool,
    working: [u64; 6],
}

impl Table {
    fn of(facts: &BTreeMap<(Date, Option<Date>), Fact>, complete: &BTreeMap<i16, Option<Date>>) -> Table {
        let years = || facts.keys().map(|(date, _)| date.year()).chain(complete.keys().copied());
        let Some((first_year, last_year)) = years().min().zip(years().max()) else {
            return Table { first_year: 0, rows: Vec::new() };
        };
        let row = |year| Row::of_weekdays(year, complete.contains_key(&year));
        let rows = (first_year..=last_year).map(row).collect();
        let mut table = Table { first_year, rows };
        for fact in facts.values() {
            table.set(fact.date, fact.kind == Kind::Work);
        }
        table
    }

    fn year(&self, year: i16) -> Option<&Row> {
        self.rows.get(self.index(year)?)
    }

    fn set(&mut self, date: Date, working: bool) {
        let index = self.index(date.year());
        let row = index.and_then(|index| self.rows.get_mut(index));
        row.expect("the table spans every year that has a fact").set(date, working);
    }

    fn index(&self, year: i16) -> Option<usize> {
        usize::try_from(i32::from(year) - i32::from(self.first_year)).ok()
    }
}

impl Row {
    fn of_weekdays(year: i16, complete: bool) -> Row {
        let mut row = Row { complete, working: [0; 6] };
        let first = Date::new(year, 1, 1).expect("the year comes from a date");
        for date in first.series(jiff::Span::new().days(1)).take_while(|date| date.year() == year) {
            row.set(date, !is_weekend(date));
        }
        row
    }

    fn is_working_day(&self, date: Date) -> bool {
        let (word, bit) = place(date);
        self.working[word] & bit != 0
    }

    fn set(&mut self, date: Date, working: bool) {
        let (word, bit) = place(date);
        match working {
            true => self.working[word] |= bit,
            false => self.working[word] &= !bit,
        }
    }
}

/// The word and the bit of a date in its year's row.
fn place(date: Date) -> (usize, u64) {
    let index = date.day_of_year().unsigned_abs() - 1;
    (usize::from(index / 64), 1 << (index % 64))
}

fn keyed(facts: impl IntoIterator<Item = Fact>) -> BTreeMap<(Date, Option<Date>), Fact> {
    facts.into_iter().map(|fact| ((fact.date, fact.known_since), fact)).collect()
}

fn is_new_year_off(fact: &Fact) -> bool {
    fact.kind == Kind::Off && fact.date.day_of_year() == 1
}

fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}
