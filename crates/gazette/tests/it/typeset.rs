//! What a template can see, and what an author is told.

use std::collections::BTreeMap;

use gazette::typeset::{Finding, Job, Standard};
use jiff::civil::date;
use serde_json::{Value, json};

use crate::fonts::typesetter;

/// The PDF of a template, or nothing where the fonts are missing.
fn pdf(main: &str, data: &Value, files: &[(&str, &str)], standard: Standard) -> Option<Result<Vec<u8>, Vec<Finding>>> {
    let files: BTreeMap<String, Vec<u8>> =
        files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    let job = Job { name: "letter.typ", main, files: &files, data, today: date(2022, 3, 22), standard };
    Some(typesetter()?.pdf(&job))
}

fn findings(main: &str, files: &[(&str, &str)]) -> Option<Vec<String>> {
    let pdf = pdf(main, &json!({}), files, Standard::Plain)?;
    let found = pdf.map(|pdf| pdf.len()).expect_err("the template is wrong");
    Some(found.iter().map(ToString::to_string).collect())
}

const FONT: &str = "#set text(font: (\"FangSong\", \"Noto Serif CJK SC\"))\n";

#[test]
fn the_same_job_gives_the_same_bytes() {
    let main = format!("{FONT}#json(\"data.json\").name，#datetime.today().display()");
    let data = json!({ "name": "王示例" });
    let Some(first) = pdf(&main, &data, &[], Standard::A2b) else {
        return;
    };
    let first = first.expect("a sound template");
    assert!(first.starts_with(b"%PDF-1.7"));
    assert_eq!(pdf(&main, &data, &[], Standard::A2b), Some(Ok(first.clone())));
    let other = pdf(&main, &json!({ "name": "钱样本" }), &[], Standard::A2b);
    assert_ne!(other, Some(Ok(first)));
}

#[test]
fn a_template_can_import_what_the_job_hands_in() {
    let main = format!("{FONT}#import \"parts/office.typ\": greet\n#greet");
    let files = [("parts/office.typ", "#let greet = json(\"/data.json\").at(\"name\", default: [同志])")];
    let Some(result) = pdf(&main, &json!({}), &files, Standard::Plain) else {
        return;
    };
    assert!(result.is_ok(), "{result:?}");
}

#[test]
fn findings_name_file_and_line() {
    let Some(found) = findings("text\n\n#unknown", &[]) else {
        return;
    };
    assert_eq!(found, ["letter.typ:3: unknown variable: unknown"]);
    let files = [("office.typ", "\n#let sum = {1 + \"two\"}")];
    let found = findings("#import \"office.typ\": *", &files).expect("fonts are there");
    assert_eq!(found, ["office.typ:2: cannot add integer and string"]);
    let found = findings("#json(\"data.json\").at(\"name\")", &[]).expect("fonts are there");
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("letter.typ:1: dictionary does not contain key \"name\""), "{found:?}");
}

#[test]
fn nothing_outside_the_job_can_be_read() {
    for main in ["#read(\"/etc/passwd\")", "#read(\"../letter.typ\")", "#import \"@preview/example:1.0.0\": *"] {
        let Some(found) = findings(main, &[]) else {
            return;
        };
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("letter.typ:1: "), "{found:?}");
    }
}

#[test]
fn a_character_that_no_font_has_is_told_before_it_is_archived() {
    // An unassigned ideograph stands for a character too rare for the county's fonts.
    let main = format!("{FONT}王\u{3AAAA}");
    let Some(plain) = pdf(&main, &json!({}), &[], Standard::Plain) else {
        return;
    };
    assert!(plain.is_ok());
    let archived = pdf(&main, &json!({}), &[], Standard::A2b).expect("fonts are there");
    assert_eq!(archived.map(|pdf| pdf.len()).expect_err("it cannot be shown").len(), 1);
}
