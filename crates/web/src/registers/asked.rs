//! A sheet as it came (老台账): where its headings probably stand, what its columns hold, and how they probably fit the register. Whoever
//! sent it looks at that and corrects it, unless the headings are the register's own or known from before.

use super::fit::Fit;
use super::mapping::{Mapping, knows, plain};
use super::proposal::propose;
use super::sheet::{PLACE, REASONS};
use engine::{County, FieldFault};
use regulation::model::Register;
use sheets::{Cell, File, Headings, Limits, Sheet, Top, Unreadable, best_known, column_name};
use std::collections::{BTreeMap, BTreeSet};

/// Different texts of a column that are looked at, so that the words of a choice can be told what they stand for.
pub const TEXTS_MAX: usize = 40;
/// Characters of such a word.
pub const WORD_MAX: usize = 40;
/// Characters of a heading: longer texts are remarks.
const HEADING_MAX: usize = 40;

/// What a column holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// What it is called: by its heading, told apart from others of the same words, or by its letter.
    pub label: String,
    /// Its different texts as they come.
    pub texts: Vec<String>,
    /// Whether there are more of them.
    pub more: bool,
}

/// What is asked of whoever sent a sheet.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The first rows of its sheets.
    pub tops: Vec<Top>,
    /// Where the headings stand.
    pub at: Headings,
    /// Its columns.
    pub columns: Vec<Seen>,
    /// How it fits, as proposed or chosen.
    pub fit: Fit,
    /// The name of the kept fit that this is, if it is one.
    pub from: Option<String>,
    /// Why it cannot be read so.
    pub faults: Vec<FieldFault>,
}

/// A sheet that was looked at.
pub struct Found {
    /// Its rows.
    pub sheet: Sheet,
    /// What is asked.
    pub asked: Asked,
    /// Its columns, where nothing needs to be asked.
    pub mapping: Option<Mapping>,
}

/// What a sheet is looked at with.
pub struct Look<'l> {
    /// The register it is for.
    pub register: &'l Register,
    /// Places by name.
    pub county: &'l County,
    /// Fits that are kept, by name.
    pub kept: &'l [(String, Fit)],
    /// What was chosen; without columns, only where the headings stand.
    pub chosen: Option<&'l Fit>,
}

impl Seen {
    /// Whether there is something in it that could be imported.
    #[must_use]
    pub fn holds(&self) -> bool {
        !self.texts.is_empty() && plain(&self.label) != REASONS
    }
}

impl Asked {
    /// What stands above the headings.
    #[must_use]
    pub fn above(&self) -> Vec<String> {
        above(&self.tops, &self.at)
    }
}

impl Look<'_> {
    /// Looks at a file.
    ///
    /// # Errors
    /// If it cannot be read, or holds nothing.
    pub fn at(&self, bytes: &[u8], limits: &Limits) -> Result<Found, Unreadable> {
        let mut file = File::open(bytes, limits)?;
        let tops = file.tops()?;
        let at = self.headings(&mut file, &tops)?;
        let mut sheet = file.read(&at)?;
        let columns = seen(&sheet);
        let mut asked = Asked { tops, at, columns, fit: Fit::default(), from: None, faults: Vec::new() };
        let mapping = self.fitted(&mut asked, &sheet.headings);
        // A marked sheet that goes out has headings that are known when it comes back.
        sheet.headings = asked.columns.iter().map(|seen| seen.label.clone()).collect();
        Ok(Found { sheet, asked, mapping })
    }

    /// Where the headings stand: where somebody said, where the register's own are, or where they probably are.
    fn headings(&self, file: &mut File<'_>, tops: &[Top]) -> Result<Headings, Unreadable> {
        if let Some(at) = self.chosen.and_then(|fit| fit.at.clone()) {
            return Ok(at);
        }
        if let Some((sheet, row)) = best_known(tops, &|text| knows(self.register, text))
            && Mapping::new(self.register, &texts(tops, sheet, row)).is_ok()
        {
            return Ok(Headings { sheet: sheet.to_owned(), first: row, last: row });
        }
        let (top, row) = self.probable(tops).ok_or_else(Unreadable::no_table)?;
        file.headings(top, row)
    }

    /// The row that looks most like headings: different short words, none of them numbers, and something below.
    fn probable<'t>(&self, tops: &'t [Top]) -> Option<(&'t Top, u32)> {
        let rows = tops.iter().flat_map(|top| top.rows.iter().enumerate().map(move |(place, row)| (top, place, row)));
        let scored = rows.map(|(top, place, row)| {
            let filled: Vec<String> = row.cells.iter().map(Cell::text).filter(|text| !text.is_empty()).collect();
            let words: BTreeSet<&String> = filled.iter().filter(|text| is_heading(text)).collect();
            let known = words.iter().filter(|text| self.knows(text)).count();
            let last = place + 1 == top.rows.len();
            let score = 3 * known as i64 + 3 * words.len() as i64 - 2 * filled.len() as i64 - i64::from(last);
            (score, words.len() + known, top, row.number)
        });
        let likely = scored.filter(|(_, words, ..)| *words > 1).rev().max_by_key(|(score, ..)| *score);
        likely.map(|(_, _, top, row)| (top, row))
    }

    fn knows(&self, text: &str) -> bool {
        knows(self.register, text) || self.kept.iter().any(|(_, fit)| fit.columns.contains_key(text))
    }

    /// How the columns fit; the mapping where nothing needs to be asked.
    fn fitted(&self, asked: &mut Asked, headings: &[String]) -> Option<Mapping> {
        if let Some(fit) = self.chosen.filter(|fit| !fit.columns.is_empty()) {
            return self.as_chosen(asked, fit);
        }
        // Who says where the headings stand has not said yet how they fit, and is asked.
        if self.chosen.is_none() {
            if let Ok(mapping) = Mapping::new(self.register, headings) {
                return self.as_named(asked, mapping);
            }
            if let Some((name, fit)) = self.kept.iter().find(|(_, fit)| fit.covers(&asked.columns)) {
                asked.from = Some(name.clone());
                return self.as_chosen(asked, fit);
            }
        }
        asked.fit = self.proposed(asked);
        None
    }

    fn as_named(&self, asked: &mut Asked, mut mapping: Mapping) -> Option<Mapping> {
        asked.fit = of_mapping(self.register, &mapping, &asked.columns);
        asked.faults = mapping.scale(self.register, &asked.columns, &asked.above());
        asked.faults.is_empty().then_some(mapping)
    }

    fn as_chosen(&self, asked: &mut Asked, fit: &Fit) -> Option<Mapping> {
        asked.fit = fit.clone();
        let mapping = Mapping::chosen(self.register, &asked.columns, fit, &asked.above());
        mapping.map_err(|faults| asked.faults = faults).ok()
    }

    /// What is likely; as far as a kept fit knows most of the columns, as it says.
    fn proposed(&self, asked: &Asked) -> Fit {
        let columns = &asked.columns;
        let mut fit = Fit { columns: propose(self.register, self.county, columns, &asked.above()), ..Fit::default() };
        let nearest = self.kept.iter().map(|(_, kept)| kept).max_by_key(|kept| kept.known(columns));
        if let Some(kept) = nearest.filter(|kept| 2 * kept.known(columns) > columns.len()) {
            let known = kept.columns.iter().filter(|(label, _)| columns.iter().any(|seen| seen.label == **label));
            fit.columns.extend(known.map(|(label, field)| (label.clone(), field.clone())));
            fit.values.clone_from(&kept.values);
            fit.constants.clone_from(&kept.constants);
        }
        fit
    }
}

fn is_heading(text: &str) -> bool {
    text.chars().count() <= HEADING_MAX
        && !text.starts_with(|sign: char| sign.is_ascii_digit() || ('０'..='９').contains(&sign))
        && text.contains(char::is_alphabetic)
}

fn texts(tops: &[Top], sheet: &str, row: u32) -> Vec<String> {
    let rows = tops.iter().filter(|top| top.sheet == sheet).flat_map(|top| &top.rows);
    rows.filter(|found| found.number == row).flat_map(|found| found.cells.iter().map(Cell::text)).collect()
}

fn above(tops: &[Top], at: &Headings) -> Vec<String> {
    let rows = tops.iter().filter(|top| top.sheet == at.sheet).flat_map(|top| &top.rows);
    let above = rows.filter(|row| row.number < at.first).flat_map(|row| row.cells.iter().map(Cell::text));
    above.filter(|text| !text.is_empty()).collect()
}

/// The columns of a sheet that hold something.
fn seen(sheet: &Sheet) -> Vec<Seen> {
    let widest = sheet.rows.iter().map(|row| row.cells.len()).max().unwrap_or_default().max(sheet.headings.len());
    let mut names: BTreeMap<String, usize> = BTreeMap::new();
    let label = |column: usize| {
        let heading = sheet.headings.get(column).map(String::as_str).unwrap_or_default();
        let heading =
            if heading.is_empty() { format!("（{} 列）", column_name(column)) } else { heading.to_owned() };
        let times = names.entry(heading.clone()).or_default();
        *times += 1;
        if *times == 1 { heading } else { format!("{heading}（第{times}个）") }
    };
    let labels: Vec<String> = (0..widest).map(label).collect();
    let column = |(column, label): (usize, String)| {
        let (texts, more) = different(sheet, column);
        Seen { label, texts, more }
    };
    labels.into_iter().enumerate().map(column).collect()
}

fn different(sheet: &Sheet, column: usize) -> (Vec<String>, bool) {
    let heading = sheet.headings.get(column);
    let mut found: Vec<String> = Vec::new();
    for cell in sheet.rows.iter().filter_map(|row| row.cells.get(column)).filter(|cell| !cell.is_empty()) {
        let text = cell.text();
        // On a next page the headings come once more.
        if found.contains(&text) || heading == Some(&text) {
            continue;
        }
        if found.len() == TEXTS_MAX {
            return (found, true);
        }
        found.push(text);
    }
    (found, false)
}

/// The fit of a sheet with the register's own headings.
fn of_mapping(register: &Register, mapping: &Mapping, columns: &[Seen]) -> Fit {
    let columns = columns.iter().enumerate().map(|(column, seen)| {
        let field = mapping.fields.get(column).copied().flatten();
        let place = (mapping.place == Some(column)).then(|| PLACE.to_owned());
        let name = field.map(|place| register.fields[place].name.clone()).or(place);
        (seen.label.clone(), name.unwrap_or_default())
    });
    Fit { columns: columns.collect(), ..Fit::default() }
}
