//! One case of the workload: who does which act in which order, and what they fill in. The test of kills (`tests/it/kills.rs`) takes this file in as
//! well: a test cannot import from a program.

use serde_json::{Value, json};

/// Who takes part: desk and sign-in name.
pub const DESKS: [&str; 10] =
    ["applicant", "window", "technical", "economic", "social", "planning", "assess", "draft", "legal", "sign"];

/// The acts after submission, with the desk that does each, in the order in which they are due.
pub const STEPS: [(&str, &str); 13] = [
    ("take", "window"),
    ("ask-correction", "window"),
    ("correct", "applicant"),
    ("check-ok", "window"),
    ("technical-pass", "technical"),
    ("opine", "economic"),
    ("opine", "social"),
    ("opine", "planning"),
    ("assess-done", "assess"),
    ("draft-done", "draft"),
    ("legal-pass", "legal"),
    ("sign-off", "sign"),
    ("close-case", "window"),
];

/// Twenty-five filled-in fields, about 0.9 KB.
pub fn fields(prefix: &str) -> Value {
    let mut form = serde_json::Map::new();
    for number in 1..=10 {
        form.insert(format!("{prefix}note-{number}"), json!(format!("第{number}项文字，写明情况若干")));
    }
    for number in 1..=8 {
        form.insert(format!("{prefix}count-{number}"), json!(number * 3));
    }
    for number in 1..=4 {
        form.insert(format!("{prefix}measure-{number}"), json!(format!("{number}2.50")));
    }
    form.insert(format!("{prefix}done-on"), json!("2022-03-01"));
    form.insert(format!("{prefix}complete"), json!(true));
    form.insert(format!("{prefix}mail"), json!("bench@example.invalid"));
    Value::Object(form)
}
