//! The page on the journal's format names every event, change and member that a golden file has.

use serde_json::{Map, Value};
use std::fs;
use std::path::Path;

const PAGE: &str = include_str!("../../../../docs/formats/journal.md");

/// The row of a table under the heading `Payload` whose first cell names this.
fn row(name: &str) -> &'static str {
    let named = format!("`{name}`");
    let first = |line: &&str| line.split('|').nth(1).is_some_and(|cell| cell.contains(&named));
    let (_, payload) = PAGE.split_once("\n## Payload\n").expect("the page has that heading");
    payload.lines().filter(|line| line.starts_with('|')).find(first).unwrap_or_else(|| panic!("no row for {named}"))
}

fn told(name: &str, members: &Map<String, Value>) {
    let row = row(name);
    for member in members.keys() {
        assert!(row.contains(&format!("`{member}`")), "`{member}` of `{name}` is missing in: {row}");
    }
}

/// The one member of an object that is named after what it is.
fn named(value: &Value) -> (&str, &Map<String, Value>) {
    let (name, members) = value.as_object().and_then(|object| object.iter().next()).expect("an object with one member");
    (name, members.as_object().expect("its members"))
}

#[test]
fn every_member_of_a_golden_file_stands_on_the_page() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut events = 0;
    for file in fs::read_dir(golden).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        let payload: Value = serde_json::from_str(&text).unwrap();
        for event in payload["events"].as_array().unwrap() {
            let (name, members) = named(event);
            told(name, members);
            for (thing, held) in members {
                match (thing.as_str(), held) {
                    ("instance" | "clock" | "document", Value::Object(held)) => told(thing, held),
                    ("change", change) => {
                        let (name, members) = named(change);
                        told(name, members);
                    }
                    _ => {}
                }
            }
            events += 1;
        }
    }
    assert!(events > 20, "the golden files were read: {events} events");
}
