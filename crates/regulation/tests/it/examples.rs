//! The examples on the pages of docs/findings, as they are printed there: the wrong one gives exactly the finding of its page, the right one none.
//!
//! The words behind ` ```` markdown` say where an example stands: `whole`; the places of a scaffold (`permit: acts + blocks`, the parts divided by a
//! line `…`); or `sketch`. A place of a scaffold is a line `%name`, up to its `%%`; what is between stands there otherwise.

use regulation::findings::catalogue;
use regulation::{SourceFile, check};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What cannot be shown in a few lines: bytes, sizes and depths, and templates, which are no regulations. The corpus and `templates` have them.
const SKETCHES: [&str; 13] = [
    "GB0001", "GB0002", "GB0103", "GB0234", "GB0238", "GB0239", "GB0301", "GB0302", "GB0303", "GB0304", "GB0305",
    "GB0306", "GB0307",
];

/// An example of a page: where it stands, and its text.
struct Example {
    within: String,
    text: String,
}

/// The examples under a heading of a page.
fn examples(page: &str, heading: &str) -> Vec<Example> {
    let section = page.split("\n## ").find(|section| section.starts_with(heading)).unwrap_or_default();
    let mut found: Vec<Example> = Vec::new();
    let mut open = false;
    for line in section.lines() {
        match line.strip_prefix("````") {
            Some("") => open = false,
            Some(info) => {
                let within = info.strip_prefix("markdown").expect("an example is Markdown").trim().to_owned();
                found.push(Example { within, text: String::new() });
                open = true;
            }
            None if open => {
                let example = found.last_mut().expect("an open example");
                example.text.push_str(line);
                example.text.push('\n');
            }
            None => {}
        }
    }
    found
}

/// The lines of a scaffold with some places filled; each that was filled is taken out of `parts`.
fn filled(lines: &[&str], parts: &mut BTreeMap<&str, Vec<&str>>) -> Vec<String> {
    let mut text = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let line = lines[at];
        let place = line.trim_start().strip_prefix('%').filter(|name| *name != "%");
        let Some(place) = place else {
            text.push(line.to_owned());
            at += 1;
            continue;
        };
        let end = at + end_of_place(&lines[at..]);
        let indent = &line[..line.len() - line.trim_start().len()];
        match parts.remove(place) {
            Some(part) => text.extend(part.iter().map(|own| format!("{indent}{own}"))),
            None => text.extend(filled(&lines[at + 1..end], parts)),
        }
        at = end + 1;
    }
    text
}

/// How many lines behind its first one a place ends; places may lie within places.
fn end_of_place(lines: &[&str]) -> usize {
    let mut depth = 0;
    let steps = lines.iter().map(|line| match line.trim_start() {
        "%%" => -1,
        line if line.starts_with('%') => 1,
        _ => 0,
    });
    for (index, step) in steps.enumerate() {
        depth += step;
        if depth == 0 {
            return index;
        }
    }
    panic!("a place has no end: {}", lines[0])
}

/// The regulation that an example makes.
fn regulation(example: &Example) -> String {
    let Some((scaffold, places)) = example.within.split_once(": ") else {
        assert_eq!(example.within, "whole", "where does it stand?");
        return example.text.clone();
    };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/scaffolds/{scaffold}.md"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("no scaffold {scaffold}"));
    let places: Vec<&str> = places.split(" + ").collect();
    let mut parts: Vec<Vec<&str>> = vec![Vec::new()];
    for line in example.text.lines() {
        match line {
            "…" => parts.push(Vec::new()),
            line => parts.last_mut().expect("there is a first part").push(line),
        }
    }
    assert_eq!(places.len(), parts.len(), "as many parts as places: {}", example.text);
    let mut parts: BTreeMap<&str, Vec<&str>> = places.into_iter().zip(parts).collect();
    let lines: Vec<&str> = text.lines().collect();
    let whole = filled(&lines, &mut parts).join("\n");
    assert!(parts.is_empty(), "{scaffold} has no place {:?}", parts.keys());
    whole
}

/// The codes found in a regulation, each once, with what is said.
fn found(text: String) -> BTreeMap<&'static str, String> {
    let later = include_str!("../fixtures/later.md").to_owned();
    let files = [SourceFile { name: "case.md".into(), text }, SourceFile { name: "later.md".into(), text: later }];
    check(&files).findings.iter().map(|finding| (finding.code, finding.message.en.clone())).collect()
}

fn page(code: &str) -> String {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/findings");
    std::fs::read_to_string(folder.join(format!("{code}.md"))).expect("each code has its page")
}

/// What is not as the page of a code says.
fn lies(code: &str) -> Vec<String> {
    let page = page(code);
    let (wrong, right) = (examples(&page, "错例"), examples(&page, "正例"));
    assert!(!wrong.is_empty() && wrong.len() == right.len(), "{code} has a wrong and a right example");
    let mut lies = Vec::new();
    for (example, expected) in wrong.iter().map(|one| (one, vec![code])).chain(right.iter().map(|one| (one, vec![]))) {
        let found = found(regulation(example));
        if found.keys().copied().collect::<Vec<_>>() != expected {
            lies.push(format!("{code}: expected {expected:?}, found {found:?} in\n{}", example.text));
        }
    }
    lies
}

#[test]
fn wrong_examples_are_found_and_right_ones_are_not() {
    let sketched = |code: &str| examples(&page(code), "错例").iter().any(|example| example.within == "sketch");
    let (sketches, tried): (Vec<&str>, Vec<&str>) =
        catalogue().iter().map(|page| page.code).partition(|code| sketched(code));
    assert_eq!(sketches, SKETCHES);
    let lies: Vec<String> = tried.into_iter().flat_map(lies).collect();
    assert!(lies.is_empty(), "{}", lies.join("\n\n"));
}

#[test]
fn scaffolds_alone_have_no_findings() {
    for scaffold in ["permit", "fund", "share"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/scaffolds/{scaffold}.md"));
        let text = std::fs::read_to_string(path).expect("the scaffold is there");
        let lines: Vec<&str> = text.lines().collect();
        let found = found(filled(&lines, &mut BTreeMap::new()).join("\n"));
        assert!(found.is_empty(), "{scaffold}: {found:?}");
    }
}
