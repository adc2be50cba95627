//! What a province sees of its counties (省级统计): per county and procedure how many matters were closed, how many of them on time, how many are
//! open and late. Counts of one county at a time, out of its projections; nothing of any person.
//!
//! No count of people can be had from it: each count is told to the nearest five, and one to four only as fewer than five. Everything else
//! (opened, rates, totals of counties) is made of what is told, never of the counts behind it, so that no subtraction leads back to them.
//! Confidential procedures, and those of regulations that are not public, are left out.

use crate::lang::Lang;
use regulation::model::Rulebook;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::iter::Sum;
use store::pages::StandingLine;
use store::{Fault, Snapshot};

/// Counts below this are not told, and the others to the nearest multiple of it.
const FEW: u64 = 5;

/// Columns of the sheet: the county, and those of [`headings`].
const COLUMNS: usize = 7;

/// The figures of an installation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Statistics {
    /// County by county.
    pub counties: Vec<Figures>,
    /// Counties that could not be read: they are in no total.
    pub missing: Vec<String>,
}

/// One county's figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// The county's code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// A line for each procedure that has matters, in order of name.
    pub lines: Vec<Line>,
}

/// The matters of one procedure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The procedure's name.
    pub procedure: String,
    /// Its title in Chinese.
    pub title: String,
    /// Ended (办结).
    pub closed: Told,
    /// Ended, and no alarm of a deadline went off on the way (按时办结).
    pub on_time: Told,
    /// Not ended (在办).
    pub open: Told,
    /// Not ended, and an alarm of a deadline has gone off (逾期).
    pub late: Told,
}

/// What may be told of a count, or of several together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Told {
    /// To the nearest five.
    pub about: u64,
    /// Counts from one to four that are not in it.
    pub few: u64,
}

impl Told {
    fn of(count: u64) -> Told {
        match count {
            1..FEW => Told { about: 0, few: 1 },
            count => Told { about: (count + FEW / 2) / FEW * FEW, few: 0 },
        }
    }

    /// As people read it: `40`, `<5` for one to four, `40+` where such counts come on top.
    #[must_use]
    pub fn said(self) -> String {
        match self {
            Told { about, few: 0 } => about.to_string(),
            Told { about: 0, few } => format!("<{}", few * (FEW - 1) + 1),
            Told { about, .. } => format!("{about}+"),
        }
    }
}

impl Sum for Told {
    fn sum<I: Iterator<Item = Told>>(all: I) -> Told {
        all.fold(Told::default(), |sum, one| Told { about: sum.about + one.about, few: sum.few + one.few })
    }
}

impl Line {
    /// Begun so far (受理).
    #[must_use]
    pub fn opened(&self) -> Told {
        [self.closed, self.open].into_iter().sum()
    }

    /// The part of those ended that was on time, in whole percent; where few ended there is none.
    #[must_use]
    pub fn on_time_percent(&self) -> Option<u64> {
        let is_told = self.closed.few == 0 && self.on_time.few == 0 && self.closed.about > 0;
        is_told.then(|| (self.on_time.about * 100 / self.closed.about).min(100))
    }
}

/// The figures of a county.
///
/// # Errors
/// If the database cannot be read.
pub fn figures(snapshot: &dyn Snapshot) -> Result<Figures, Fault> {
    let world = snapshot.world();
    let county = world.county();
    let name = county.places.get(&county.code).map_or_else(|| county.code.clone(), |place| place.name.clone());
    let lines = snapshot.standing()?.iter().filter_map(|line| told(world.rulebook(), line)).collect();
    Ok(Figures { code: county.code.clone(), name, lines })
}

fn told(rulebook: &Rulebook, line: &StandingLine) -> Option<Line> {
    let (regulation, procedure) = rulebook.procedure(&line.procedure)?;
    let line = Line {
        procedure: line.procedure.clone(),
        title: procedure.title.zh.clone(),
        closed: Told::of(line.closed),
        on_time: Told::of(line.on_time),
        open: Told::of(line.open),
        late: Told::of(line.late),
    };
    (regulation.public && !procedure.confidential).then_some(line)
}

impl Statistics {
    /// Each procedure over all counties, in order of name.
    #[must_use]
    pub fn totals(&self) -> Vec<Line> {
        let mut by_name: BTreeMap<&str, Vec<&Line>> = BTreeMap::new();
        for line in self.counties.iter().flat_map(|figures| &figures.lines) {
            by_name.entry(&line.procedure).or_default().push(line);
        }
        let total = |(name, lines): (&str, Vec<&Line>)| {
            let sum = |pick: fn(&Line) -> Told| lines.iter().map(|line| pick(line)).sum();
            Line {
                procedure: name.to_owned(),
                title: lines.first().map_or_else(|| name.to_owned(), |line| line.title.clone()),
                closed: sum(|line| line.closed),
                on_time: sum(|line| line.on_time),
                open: sum(|line| line.open),
                late: sum(|line| line.late),
            }
        };
        by_name.into_iter().map(total).collect()
    }

    /// As JSON: of each count what is `about` told, and how many `few` counts from one to four are not in it.
    #[must_use]
    pub fn json(&self) -> Value {
        let county = |figures: &Figures| json!({ "code": figures.code, "name": figures.name, "procedures": lines(&figures.lines) });
        json!({
            "counties": self.counties.iter().map(county).collect::<Vec<_>>(),
            "totals": lines(&self.totals()),
            "missing": self.missing,
        })
    }

    /// As a sheet in CSV: counties, then the totals, then who is missing.
    #[must_use]
    pub fn csv(&self) -> Vec<u8> {
        let text = |text: &str| sheets::Value::Text(text.to_owned());
        let row = |county: &str, line: &Line| {
            std::iter::once(text(county)).chain(cells(line).iter().map(|cell| text(cell))).collect()
        };
        let counties =
            self.counties.iter().flat_map(|figures| figures.lines.iter().map(|line| row(&figures.name, line)));
        let total = format!("合计（{}县）", self.counties.len());
        let totals = self.totals();
        let mut missing =
            self.missing.iter().map(|name| vec![text(name), text("未能读取，不在合计内")]).collect::<Vec<_>>();
        missing.iter_mut().for_each(|row| row.resize(COLUMNS, text("")));
        let rows: Vec<Vec<_>> = counties.chain(totals.iter().map(|line| row(&total, line))).chain(missing).collect();
        let columns: Vec<&str> = std::iter::once("县").chain(headings(Lang::Zh)).collect();
        sheets::csv_table(&columns, &rows)
    }
}

fn lines(all: &[Line]) -> Value {
    let count = |told: Told| json!({ "about": told.about, "few": told.few });
    let line = |line: &Line| {
        json!({
            "procedure": line.procedure, "title": line.title, "opened": count(line.opened()), "closed": count(line.closed),
            "on_time": count(line.on_time), "on_time_percent": line.on_time_percent(), "open": count(line.open), "late": count(line.late),
        })
    };
    all.iter().map(line).collect()
}

/// Headings of a table of lines.
#[must_use]
pub fn headings(lang: Lang) -> [&'static str; 6] {
    match lang {
        Lang::Zh => ["程序", "受理", "办结", "按时办结率", "在办", "其中逾期"],
        Lang::En => ["Procedure", "Opened", "Closed", "Closed on time", "Open", "of these late"],
    }
}

/// A line under [`headings`].
#[must_use]
pub fn cells(line: &Line) -> [String; 6] {
    let percent = line.on_time_percent().map_or_else(|| "–".to_owned(), |percent| format!("{percent}%"));
    [line.title.clone(), line.opened().said(), line.closed.said(), percent, line.open.said(), line.late.said()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(closed: u64, on_time: u64, open: u64, late: u64) -> Line {
        let [closed, on_time, open, late] = [closed, on_time, open, late].map(Told::of);
        Line { procedure: "stalls".into(), title: "摊位".into(), closed, on_time, open, late }
    }

    fn county(name: &str, lines: Vec<Line>) -> Figures {
        Figures { code: "999901".into(), name: name.into(), lines }
    }

    #[test]
    fn a_count_is_told_to_the_nearest_five_and_few_as_few() {
        let told: Vec<String> = [0, 1, 4, 5, 7, 8, 12, 13].map(|count| Told::of(count).said()).into();
        assert_eq!(told, ["0", "<5", "<5", "5", "5", "10", "10", "15"]);
    }

    #[test]
    fn whatever_is_behind_the_same_cells_all_that_is_told_is_the_same() {
        // Opened, rates and totals would tell these apart if they were made of the counts.
        let all = |counts: [(u64, u64, u64, u64); 2]| {
            let [east, west] = counts.map(|(closed, on_time, open, late)| vec![line(closed, on_time, open, late)]);
            let statistics =
                Statistics { counties: vec![county("东县", east), county("西县", west)], missing: Vec::new() };
            (statistics.json(), statistics.csv())
        };
        let first = all([(8, 8, 1, 1), (1, 0, 5, 4)]);
        for other in [[(12, 9, 4, 2), (4, 0, 7, 1)], [(10, 12, 3, 3), (2, 0, 6, 2)]] {
            assert_eq!(all(other), first);
        }
        assert_ne!(all([(13, 13, 1, 1), (1, 0, 5, 4)]), first);
    }

    #[test]
    fn totals_are_those_of_what_is_told() {
        let statistics = Statistics {
            counties: vec![county("东县", vec![line(41, 40, 3, 0)]), county("西县", vec![line(2, 1, 1, 1)])],
            missing: vec!["north".into()],
        };
        let total = statistics.totals().pop().expect("one procedure");
        assert_eq!(cells(&total), ["摊位", "40+", "40+", "–", "<9", "<5"]);
        assert_eq!(cells(&line(41, 40, 3, 0)), ["摊位", "40+", "40", "100%", "<5", "0"]);
        let sheet = String::from_utf8(statistics.csv()).expect("it is UTF-8");
        assert!(sheet.contains("合计（2县）,摊位,40+") && sheet.contains("north,未能读取"), "{sheet}");
    }
}
