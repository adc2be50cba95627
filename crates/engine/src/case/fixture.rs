//! Fixtures (公用材料): people, register rows, filled-in forms, lists and the usual ways to a step.

use super::Failure;
use super::markdown::{Document, Row, Section, Table};
use super::words::{self, Word, after, cell};
use std::collections::BTreeMap;

/// What cases share.
#[derive(Debug, Clone, Default)]
pub(super) struct Fixtures {
    /// Default place: code or name.
    pub(super) place: String,
    pub(super) people: BTreeMap<String, Person>,
    /// Register → rows as written.
    pub(super) rows: BTreeMap<String, Vec<Row>>,
    /// Act → fields as written, in order.
    pub(super) payloads: BTreeMap<String, Vec<(String, String)>>,
    /// Name → rows of a list.
    pub(super) lists: BTreeMap<String, Table>,
    /// Name (empty: the usual one) → lines.
    pub(super) paths: BTreeMap<String, Vec<PathLine>>,
}

/// Somebody who acts in cases.
#[derive(Debug, Clone, Default)]
pub(super) struct Person {
    /// `level/desk`.
    pub(super) posts: Vec<(String, String)>,
    /// Where the posts are, if not around the default place.
    pub(super) place: Option<String>,
    pub(super) line: usize,
}

/// A line of a path.
#[derive(Debug, Clone)]
pub(super) struct PathLine {
    pub(super) label: String,
    pub(super) day: i32,
    pub(super) who: String,
    pub(super) act: String,
    pub(super) with: String,
    pub(super) line: usize,
}

const KINDS: [&Word; 5] = [
    &words::PEOPLE_SECTION,
    &words::REGISTER_SECTION,
    &words::PAYLOAD_SECTION,
    &words::LIST_SECTION,
    &words::PATH_SECTION,
];

/// Whether a section holds fixtures, by the first word of its heading.
pub(super) fn is_fixture(section: &Section) -> bool {
    KINDS.iter().any(|kind| after(&section.title, kind).is_some())
}

impl Fixtures {
    /// Reads files in order; a later section replaces the earlier one of the same kind and name.
    pub(super) fn read(documents: &[&Document]) -> Result<Fixtures, Box<Failure>> {
        let mut fixtures = Fixtures::default();
        for document in documents {
            if let Some(place) = document.front.get("place") {
                fixtures.place.clone_from(place);
            }
            for section in document.sections.iter().filter(|section| is_fixture(section)) {
                fixtures.section(section)?;
            }
        }
        Ok(fixtures)
    }

    fn section(&mut self, section: &Section) -> Result<(), Box<Failure>> {
        let Some(table) = section.tables.first() else {
            return Ok(());
        };
        if after(&section.title, &words::PEOPLE_SECTION).is_some() {
            self.people.extend(table.rows.iter().map(|row| (cell(row, &words::NAME).to_owned(), person(row))));
        } else if let Some(register) = after(&section.title, &words::REGISTER_SECTION) {
            self.rows.insert(register.to_owned(), table.rows.clone());
        } else if let Some(acts) = after(&section.title, &words::PAYLOAD_SECTION) {
            self.payload(acts, table);
        } else if let Some(name) = after(&section.title, &words::LIST_SECTION) {
            self.lists.insert(name.to_owned(), table.clone());
        } else if let Some(name) = after(&section.title, &words::PATH_SECTION) {
            let lines = table.rows.iter().map(|row| path_line(section, row)).collect::<Result<_, _>>()?;
            self.paths.insert(name.to_owned(), lines);
        }
        Ok(())
    }

    fn payload(&mut self, acts: &str, table: &Table) {
        let (acts, like) = match acts.split_once(" like ") {
            Some((acts, like)) => (acts, self.payloads.get(like.trim()).cloned().unwrap_or_default()),
            None => (acts, Vec::new()),
        };
        let own =
            table.rows.iter().map(|row| (cell(row, &words::FIELD).to_owned(), cell(row, &words::VALUE).to_owned()));
        let fields: Vec<(String, String)> = like.into_iter().chain(own).collect();
        for act in acts.split([',', '，', '、']) {
            self.payloads.insert(act.trim().to_owned(), fields.clone());
        }
    }

    /// The fields filed with an act unless a line says otherwise.
    pub(super) fn payload_of(&self, procedure: &str, act: &str) -> &[(String, String)] {
        let own = self.payloads.get(&format!("{procedure}.{act}"));
        own.or_else(|| self.payloads.get(act)).map_or(&[], Vec::as_slice)
    }
}

fn person(row: &Row) -> Person {
    let posts = cell(row, &words::POST).split([',', '，', '、']).filter_map(|post| {
        let (level, desk) = post.trim().split_once('/')?;
        Some((level.to_owned(), desk.to_owned()))
    });
    let place = cell(row, &words::PLACE);
    Person { posts: posts.collect(), place: (!place.is_empty()).then(|| place.to_owned()), line: row.line }
}

fn path_line(section: &Section, row: &Row) -> Result<PathLine, Box<Failure>> {
    let day = cell(row, &words::DAY);
    match day.parse() {
        Ok(day) => Ok(PathLine {
            label: cell(row, &words::TO).to_owned(),
            day,
            who: cell(row, &words::WHO).to_owned(),
            act: cell(row, &words::ACT).to_owned(),
            with: cell(row, &words::WITH).to_owned(),
            line: row.line,
        }),
        Err(_) => Err(Box::new(Failure {
            case: section.title.clone(),
            line: row.line,
            expected: "“日”一栏是整数".to_owned(),
            happened: format!("“{day}”"),
        })),
    }
}
