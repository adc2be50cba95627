//! The cases of every regulation in `regulations/`, in the sample county.

use calendar::Holidays;
use engine::case::run;
use engine::county::{County, Place};
use regulation::model::Rulebook;
use regulation::{SourceFile, check};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[expect(clippy::disallowed_methods, reason = "the cases of regulations are files; the engine itself reads none")]
fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    files.sort();
    files
}

fn is_markdown(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "md")
}

fn rulebook() -> Rulebook {
    let paths = files(&root().join("regulations")).into_iter().filter(|path| is_markdown(path));
    let sources: Vec<SourceFile> = paths
        .map(|path| SourceFile { name: path.file_name().unwrap().to_string_lossy().into_owned(), text: read(&path) })
        .collect();
    let checked = check(&sources);
    for finding in &checked.findings {
        println!("{} {} {}", finding.span.file, finding.code, finding.message.zh);
    }
    assert_eq!(checked.rulebook.regulations.len(), sources.len(), "a regulation has errors");
    checked.rulebook
}

fn county() -> County {
    let text = read(&root().join("county/places.csv"));
    let mut county = County::default();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let [code, parent, level, name, short, attributes] = cells.as_slice() else {
            panic!("places.csv: {line}");
        };
        let attributes = attributes.split(';').filter(|name| !name.is_empty());
        let place = Place {
            code: (*code).into(),
            name: (*name).into(),
            short: (*short).into(),
            level: (*level).into(),
            parent: (!parent.is_empty()).then(|| (*parent).to_owned()),
            attributes: attributes.map(|name| (name.to_owned(), true)).collect::<BTreeMap<_, _>>(),
        };
        county.places.insert(place.code.clone(), place);
    }
    county
}

#[test]
fn every_case_of_every_regulation() {
    let (rulebook, county, holidays) = (rulebook(), county(), Holidays::built_in());
    let mut failures = Vec::new();
    for folder in files(&root().join("regulations")).into_iter().filter(|path| path.is_dir()) {
        let fixtures = read(&folder.join("cases/fixtures.md"));
        for path in files(&folder.join("cases")).into_iter().filter(|path| is_markdown(path)) {
            if path.ends_with("fixtures.md") {
                continue;
            }
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let report = run(&read(&path), &fixtures, &rulebook, &county, &holidays);
            println!("{name}: {} cases, {} ids", report.cases, report.ids.len());
            failures.extend(report.failures.iter().map(|failure| format!("{name} {failure}")));
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}
