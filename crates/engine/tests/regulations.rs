//! The regulations in `regulations/` check clean, and every case under them comes out as written.
//!
//! One case file while working on it: `CASES=group-stage cargo test -p engine --test regulations`.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "these tests read the documents and the sample county from the repository"
)]

#[path = "regulations/mutations.rs"]
mod mutations;
#[path = "regulations/rights.rs"]
mod rights;
#[path = "regulations/walk.rs"]
mod walk;

use calendar::Holidays;
use engine::County;
use engine::case::{Report, run};
use engine::county::{Ending, Place};
use regulation::{Checked, LineIndex, SourceFile, check};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Files of a folder with that ending, in order of name.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|extension| extension == ending)).collect();
    found.sort();
    found
}

fn sources() -> Vec<SourceFile> {
    let read = |path: PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        SourceFile::from_bytes(name, &fs::read(&path).unwrap())
    };
    files(&root().join("regulations"), "md").into_iter().map(read).collect()
}

/// All regulations, read once for all tests.
static CHECKED: LazyLock<Checked> = LazyLock::new(|| check(&sources()));

/// Rows of a file of the sample county, without the header line.
fn county_rows(name: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(root().join("county").join(name)).unwrap();
    text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

fn county() -> County {
    let place = |row: Vec<String>| Place {
        code: row[0].clone(),
        parent: (!row[1].is_empty()).then(|| row[1].clone()),
        level: row[2].clone(),
        name: row[3].clone(),
        short: row[4].clone(),
        attributes: row[5].split(';').filter(|name| !name.is_empty()).map(|name| (name.to_owned(), true)).collect(),
        ..Place::default()
    };
    let ended = county_rows("places.csv").into_iter().filter(|row| !row[8].is_empty());
    let ended =
        ended.map(|row| (row[0].clone(), Ending { to: row[7].parse().unwrap(), into: row[8].clone() })).collect();
    let places: BTreeMap<String, Place> =
        county_rows("places.csv").into_iter().map(place).map(|place| (place.code.clone(), place)).collect();
    let desks =
        county_rows("desks.csv").into_iter().map(|row| ((row[0].clone(), row[1].clone()), row[2].as_str().into()));
    County {
        code: places.values().find(|place| place.parent.is_none()).unwrap().code.clone(),
        desks: desks.collect(),
        places,
        ended,
        ..County::default()
    }
}

#[test]
fn every_regulation_can_be_drafted_on_the_site_with_room_to_grow() {
    for source in sources() {
        let characters = source.text.chars().count();
        assert!(characters * 3 / 2 < regulation::trial::TEXT_MAX as usize, "{}: {characters}", source.name);
    }
}

#[test]
fn regulations_check_without_findings() {
    let sources = sources();
    let findings: Vec<String> = CHECKED
        .findings
        .iter()
        .map(|finding| {
            let source = sources.iter().find(|source| source.name == *finding.span.file).unwrap();
            let (line, _) = LineIndex::new(&source.text).line_column(&source.text, finding.span.start);
            format!("{} {}:{line} {}", finding.code, finding.span.file, finding.message.zh)
        })
        .collect();
    assert!(findings.is_empty(), "\n{}", findings.join("\n"));
}

#[test]
fn cases_come_out_as_written() {
    let (rulebook, county, holidays) = (&CHECKED.rulebook, county(), Holidays::built_in());
    let only = std::env::var("CASES").unwrap_or_default();
    let mut failures = Vec::new();
    let mut cases = 0;
    for regulation in rulebook.regulations.keys() {
        let folder = root().join("regulations").join(regulation).join("cases");
        if !folder.is_dir() {
            continue;
        }
        let fixtures = fs::read_to_string(folder.join("fixtures.md")).unwrap_or_default();
        for path in files(&folder, "md") {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            if name == "fixtures" || !name.contains(&only) {
                continue;
            }
            let report: Report = run(&fs::read_to_string(&path).unwrap(), &fixtures, rulebook, &county, &holidays);
            cases += report.cases;
            failures.extend(report.failures.iter().map(|failure| format!("{name}.md {failure}")));
        }
    }
    assert!(failures.is_empty(), "{} of {cases} cases fail\n{}", failures.len(), failures.join("\n"));
    assert!(cases > 0, "no case was found");
}
