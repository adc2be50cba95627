//! Cases (案例): tables in Markdown that say who does what on which day and what must come of it. The format is docs/cases.md.
//!
//! Pure like the rest: texts come in, a report goes out. A case runs against [`crate::Memory`] through [`decide`](crate::decide()), as everything does.

mod act;
mod expect;
mod fixture;
mod markdown;
mod player;
mod posts;
pub mod sample;
pub mod story;
pub mod usual;
mod value;
mod words;

use calendar::Holidays;
use fixture::Fixtures;
use markdown::{Document, Row, Section};
use player::Player;
use regulation::model::Rulebook;
use std::collections::BTreeMap;

use crate::county::County;

/// What came of the cases of one file.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Cases run, each example counted.
    pub cases: usize,
    /// What did not come out as written.
    pub failures: Vec<Failure>,
    /// Clauses and acceptance ids named, with the titles of the cases that name them.
    pub ids: BTreeMap<String, Vec<String>>,
}

/// Something that did not come out as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Title of the case.
    pub case: String,
    /// Line in the file, from 1.
    pub line: usize,
    /// What was written.
    pub expected: String,
    /// What happened.
    pub happened: String,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "第{}行《{}》：应为 {}；实为 {}", self.line, self.case, self.expected, self.happened)
    }
}

/// Runs the cases of a file. `fixtures` is the text of the fixtures file; empty where there is none.
#[must_use]
pub fn run(text: &str, fixtures: &str, rulebook: &Rulebook, county: &County, holidays: &Holidays) -> Report {
    let mut report = Report::default();
    let document = Document::read(text);
    let shared = Document::read(fixtures);
    let fixtures = match Fixtures::read(&[&shared, &document]) {
        Ok(fixtures) => fixtures,
        Err(failure) => {
            report.failures.push(*failure);
            return report;
        }
    };
    let start = match Player::start(rulebook, county, holidays, &fixtures) {
        Ok(start) => start,
        Err(failure) => {
            report.failures.push(*failure);
            return report;
        }
    };
    for section in document.sections.iter().filter(|section| is_case(section)) {
        run_section(section, &start, &mut report);
    }
    report
}

fn is_case(section: &Section) -> bool {
    !section.tables.is_empty() && !fixture::is_fixture(section)
}

fn run_section(section: &Section, start: &Player<'_>, report: &mut Report) {
    report.name(&section.ids, &section.title);
    let steps = &section.tables[0];
    let Some(examples) = section.tables.get(1) else {
        report.run(&section.title, &steps.rows, start);
        return;
    };
    for example in &examples.rows {
        let ids = words::cell(example, &words::ID);
        let ids: Vec<String> = ids.split_whitespace().map(str::to_owned).collect();
        report.name(&ids, &section.title);
        let rows: Vec<Row> = steps.rows.iter().map(|row| row.filled(example)).collect();
        let title = format!("{}（第{}行的例）", section.title, example.line);
        report.run(&title, &rows, start);
    }
}

impl Report {
    fn name(&mut self, ids: &[String], title: &str) {
        for id in ids {
            let titles = self.ids.entry(id.clone()).or_default();
            if !titles.iter().any(|known| known == title) {
                titles.push(title.to_owned());
            }
        }
    }

    fn run(&mut self, title: &str, rows: &[Row], start: &Player<'_>) {
        self.cases += 1;
        let mut player = start.clone();
        for row in rows {
            let found = player.line(row);
            let failed = found.into_iter().map(|(expected, happened)| Failure {
                case: title.to_owned(),
                line: row.line,
                expected,
                happened,
            });
            let before = self.failures.len();
            self.failures.extend(failed);
            if self.failures.len() > before {
                return;
            }
        }
    }
}
