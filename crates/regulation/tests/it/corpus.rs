//! Wrong regulations, each with what is to be found written under the offending line:
//! `<!-- expect GB0201 "part of the message" -->`. Findings and expectations must be the same set.

use regulation::findings::catalogue;
use regulation::trial::version;
use regulation::{SourceFile, check, is_overlay, report};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// An expectation or a finding: line, code, and the message or a part of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Mark {
    line: usize,
    code: String,
    text: String,
}

fn corpus() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let entries = std::fs::read_dir(folder).expect("the corpus is there").map(|entry| entry.expect("an entry").path());
    let mut paths: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|end| end == "md")).collect();
    paths.sort();
    paths
}

/// The regulation without its expectations, and these.
fn separate(text: &str) -> (String, Vec<Mark>) {
    let mut lines: Vec<&str> = Vec::new();
    let mut expected = Vec::new();
    for line in text.split('\n') {
        let Some(rest) = line.trim().strip_prefix("<!-- expect ") else {
            lines.push(line);
            continue;
        };
        let rest = rest.strip_suffix("-->").expect("an expectation ends with -->").trim();
        let (code, text) = rest.split_once(' ').unwrap_or((rest, "\"\""));
        let text = text.trim().trim_matches('"').to_string();
        expected.push(Mark { line: lines.len(), code: code.to_string(), text });
    }
    (lines.join("\n"), expected)
}

fn found(text: String) -> Vec<Mark> {
    let later = include_str!("../fixtures/later.md").to_string();
    let base = include_str!("../fixtures/wells.md").to_string();
    let (case, wells) = (text.replace("{version}", &version(&base)[..12]), ("wells.md", base));
    // A supplement needs what it is laid over; other cases have enough with one regulation that comes later.
    let beside = if is_overlay(&case) { wells } else { ("later.md", later) };
    let files =
        [SourceFile { name: "case.md".into(), text: case }, SourceFile { name: beside.0.into(), text: beside.1 }];
    let report = report::json(&check(&files), &files);
    let mark = |record: report::FindingRecord| Mark {
        line: record.line,
        code: record.code.to_string(),
        text: format!("{} {}", record.message, record.message_en),
    };
    report.findings.into_iter().map(mark).collect()
}

/// What is expected and not found, and what is found and not expected.
fn differences(path: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(path).expect("corpus files are UTF-8");
    let (text, expected) = separate(&text);
    let mut found = found(text);
    let mut wrong = Vec::new();
    for mark in expected {
        let fits = |other: &Mark| other.line == mark.line && other.code == mark.code && other.text.contains(&mark.text);
        match found.iter().position(fits) {
            Some(index) => drop(found.remove(index)),
            None => wrong.push(format!("missing {}:{} {} {}", path.display(), mark.line, mark.code, mark.text)),
        }
    }
    wrong.extend(
        found.iter().map(|mark| format!("unexpected {}:{} {} {}", path.display(), mark.line, mark.code, mark.text)),
    );
    wrong
}

#[test]
fn findings_are_exactly_the_expected_ones() {
    let wrong: Vec<String> = corpus().iter().flat_map(|path| differences(path)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_code_has_a_wrong_regulation() {
    let texts = corpus().into_iter().map(|path| std::fs::read_to_string(path).expect("corpus files are UTF-8"));
    let shown: BTreeSet<String> = texts.flat_map(|text| separate(&text).1).map(|mark| mark.code).collect();
    let missing: Vec<&str> = catalogue().iter().map(|page| page.code).filter(|code| !shown.contains(*code)).collect();
    // Too large to keep as a file: see `robust`. Of templates: see `templates`. Of two files: see `overlay`.
    assert_eq!(missing, ["GB0002", "GB0238", "GB0239", "GB0307"]);
}
