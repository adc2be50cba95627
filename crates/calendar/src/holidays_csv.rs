//! Reading holiday facts from text: `date,kind,name[,known_since]`, one date a line.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::date_text::parse_date;
use crate::holidays::{Fact, Holidays, Kind};

/// A line of a holiday table that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("第{line}行：{what} (line {line})")]
pub struct CsvFault {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong and what was expected, in Chinese and English.
    pub what: String,
}

impl Holidays {
    /// Reads a holiday table: a heading, then `date,kind,name` or `date,kind,name,known_since` a line.
    ///
    /// `kind` is `off` or `work`. Empty lines and lines that begin with `#` are passed over. A year is complete
    /// when its 1 January is off (see [`Holidays::from_facts`]). Fails with every faulty line at once.
    pub fn parse(csv: &str) -> Result<Holidays, Vec<CsvFault>> {
        let mut lines = csv.lines().enumerate().filter(|(_, line)| is_content(line));
        let mut faults = Vec::new();
        check_heading(lines.next(), &mut faults);
        let mut seen = BTreeMap::new();
        let mut facts = Vec::new();
        for (index, line) in lines {
            let line_number = index + 1;
            let read = read_fact(line).and_then(|fact| not_twice(fact, line_number, &mut seen));
            match read {
                Ok(fact) => facts.push(fact),
                Err(what) => faults.push(CsvFault { line: line_number, what }),
            }
        }
        if faults.is_empty() { Ok(Holidays::from_facts(facts)) } else { Err(faults) }
    }
}

fn is_content(line: &str) -> bool {
    !line.trim().is_empty() && !line.starts_with('#')
}

fn check_heading(first: Option<(usize, &str)>, faults: &mut Vec<CsvFault>) {
    let (index, heading) = first.unwrap_or((0, ""));
    let heading = heading.trim_start_matches('\u{feff}').trim();
    if heading != "date,kind,name" && heading != "date,kind,name,known_since" {
        faults.push(CsvFault {
            line: index + 1,
            what: "缺少表头 / expected the heading `date,kind,name` or `date,kind,name,known_since`".to_owned(),
        });
    }
}

fn read_fact(line: &str) -> Result<Fact, String> {
    let columns: Vec<&str> = line.split(',').map(str::trim).collect();
    let (date, kind, name, known_since) = match columns[..] {
        [date, kind, name] => (date, kind, name, ""),
        [date, kind, name, known_since] => (date, kind, name, known_since),
        _ => {
            return Err(format!("应有3或4栏，实有{n}栏 / expected 3 or 4 columns, found {n}", n = columns.len()));
        }
    };
    if name.is_empty() {
        return Err("缺少节日名称 / the festival's name is missing".to_owned());
    }
    Ok(Fact {
        date: read_date(date)?,
        kind: read_kind(kind)?,
        name: name.to_owned(),
        known_since: if known_since.is_empty() { None } else { Some(read_date(known_since)?) },
    })
}

fn read_date(text: &str) -> Result<Date, String> {
    parse_date(text).map_err(|unreadable| unreadable.to_string())
}

fn read_kind(text: &str) -> Result<Kind, String> {
    match text {
        "off" => Ok(Kind::Off),
        "work" => Ok(Kind::Work),
        _ => Err(format!("类别`{text}`应为off（放假）或work（上班） / kind `{text}` is neither `off` nor `work`")),
    }
}

/// Two lines about one date known since one day would leave it to chance which of them holds.
fn not_twice(fact: Fact, line: usize, seen: &mut BTreeMap<(Date, Option<Date>), usize>) -> Result<Fact, String> {
    match seen.insert((fact.date, fact.known_since), line) {
        None => Ok(fact),
        Some(before) => {
            Err(format!("{date}已在第{before}行列出 / {date} is already on line {before}", date = fact.date))
        }
    }
}
