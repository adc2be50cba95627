//! `check`, `calendar`, `ask`, `gazette`.

use crate::{gongbao, json};
use serde_json::{Value, json as object};
use std::path::Path;

#[test]
fn the_regulations_are_clean_and_every_clause_is_accounted_for() {
    let output = gongbao(&["check", "--format", "json"]);
    let found = json(&output);
    assert_eq!(found["findings"], object!([]), "{found:#}");
    assert_eq!(output.status.code(), Some(0));
    let clauses = found["clauses"].as_array().unwrap();
    assert!(clauses.len() > 200 && clauses.iter().all(|clause| clause["status"] != "uncovered"));
    assert!(clauses.iter().any(|clause| clause["id"] == "hs-4.3.1.c" && clause["cases"].as_u64() > Some(0)));
}

#[test]
fn a_mistake_is_found_with_line_and_hint() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wrong.md");
    let front =
        "---\nid: wrong\ntitle: 错\nnumber: 1\nissuer: county-office\nissued: 2022-01-01\neffective: 2022-01-01\n---\n";
    std::fs::write(
        &file,
        format!("{front}# 一 {{#w-1}}\n\n```yaml parameter\nlimit: 200 m²\n```\n\n```yaml stp\nstep: a\n```\n"),
    )
    .unwrap();
    let output = gongbao(&["check", "--format", "json", file.to_str().unwrap()]);
    let found = json(&output);
    assert_eq!(output.status.code(), Some(1));
    let block = found["findings"].as_array().unwrap().iter().find(|finding| finding["line"] == 15);
    assert!(block.is_some_and(|finding| finding["hint"].is_string()), "{found:#}");
}

#[test]
fn a_draft_elsewhere_is_checked_over_the_regulations_of_the_home() {
    let folder = tempfile::tempdir().unwrap();
    let running = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../regulations/homestead.md");
    let draft = folder.path().join("draft.md");
    std::fs::copy(running, &draft).unwrap();
    let output = gongbao(&["check", draft.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));

    let wrong = std::fs::read_to_string(&draft).unwrap().replace("uses: [", "uses: [nowhere, ");
    std::fs::write(&draft, wrong).unwrap();
    let output = gongbao(&["check", folder.path().to_str().unwrap()]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(1) && said.contains("nowhere"), "a folder is all of its files: {said}");
    assert!(!said.contains('\u{1b}'), "no colours into a pipe: {said}");
}

#[test]
fn a_file_that_is_not_there_is_unusable() {
    assert_eq!(gongbao(&["check", "no-such-file.md"]).status.code(), Some(2));
}

#[test]
fn a_draft_is_compared_with_the_regulation_that_runs() {
    let folder = tempfile::tempdir().unwrap();
    let running = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../regulations/gazette.md");
    let text = std::fs::read_to_string(running).unwrap();
    let draft = folder.path().join("gazette.md");
    std::fs::write(
        &draft,
        text.replace("cosign.term: { value: 5 working-days", "cosign.term: { value: 7 working-days"),
    )
    .unwrap();
    let output = gongbao(&["diff", draft.to_str().unwrap(), "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let found = json(&output);
    let changes = found["changes"].as_array().unwrap();
    assert_eq!((changes.len(), changes[0]["name"].as_str()), (1, Some("cosign.term")), "{found:#}");
    assert!(!changes[0]["for"].as_array().unwrap().is_empty(), "{found:#}");
    assert!(
        changes[0]["lines"]
            .as_array()
            .unwrap()
            .iter()
            .any(|line| line["after"].as_str().is_some_and(|line| line.contains("7 working-days")))
    );

    std::fs::write(&draft, &text).unwrap();
    assert_eq!(gongbao(&["diff", draft.to_str().unwrap()]).status.code(), Some(0));
    std::fs::write(&draft, "一、总则").unwrap();
    assert_eq!(gongbao(&["diff", draft.to_str().unwrap()]).status.code(), Some(2));
}

#[test]
fn five_working_days_over_spring_festival() {
    let due = json(&gongbao(&["calendar", "add", "2022-01-28", "5 working-days", "--json"]));
    assert_eq!(due["due"], "2022-02-09");
    assert_eq!(due["provisional"], false);
    assert!(due["why"].as_array().unwrap().iter().any(|why| why.as_str().unwrap().contains("春节调休上班")));
}

#[test]
fn nonsense_dates_and_terms_are_explained() {
    for (date, term) in [("2022-02-30", "5 days"), ("2022-02-01", "some days"), ("2022-02-01", "0 days")] {
        let output = gongbao(&["calendar", "add", date, term]);
        assert_eq!(output.status.code(), Some(2), "{date} {term}");
        assert!(!output.stderr.is_empty());
    }
}

/// An application to split off, with four members; what differs is put over it.
fn application(over: &Value) -> Value {
    let member = |name: &str, id: &str| object!({ "member-name": name, "member-relation": "child", "member-id-number": id, "member-is-member": true });
    let mut application = object!({
        "place": "141129100201001", "today": "2022-03-01",
        "grounds": ["household-split"], "split-paper": "分户说明.pdf", "remaining-members": 2, "build-type": "new-site",
        "current-plot-area": "199.99", "requested-plot-area": 160, "requested-footprint-area": 100, "land-class": "construction-land",
        "applicant-is-member": true, "disposed-original-dwelling": "no", "neighbours-consulted": "yes",
        "members": [member("甲", "999999198602030122"), member("乙", "999999201007040232"), member("丙", "999999201309150349")],
    });
    for (name, value) in over.as_object().unwrap() {
        application[name] = value.clone();
    }
    application
}

fn ask(folder: &Path, over: &Value) -> Value {
    let file = folder.join("application.json");
    std::fs::write(&file, application(over).to_string()).unwrap();
    json(&gongbao(&["ask", "homestead-application", "--json", file.to_str().unwrap()]))
}

fn against(answer: &Value) -> Vec<&str> {
    let reasons = answer["reasons"].as_array().unwrap().iter();
    reasons
        .filter(|reason| reason["against"] == true && reason["rule"] == "no-bar")
        .map(|reason| reason["code"].as_str().unwrap())
        .collect()
}

#[test]
fn boundaries_of_the_conditions_hs_t50_hs_t51_hs_t54() {
    let folder = tempfile::tempdir().unwrap();
    let below = ask(folder.path(), &object!({}));
    assert_eq!((&below["verdict"], against(&below)), (&object!("eligible"), vec![]), "{below:#}");
    let reached = ask(folder.path(), &object!({ "current-plot-area": "200.00" }));
    assert_eq!((&reached["verdict"], against(&reached)), (&object!("ineligible"), vec!["rf-5-per-capita"]));
    let full = ask(folder.path(), &object!({ "requested-plot-area": "200.00" }));
    assert_eq!(full["verdict"], "eligible");
    let over = ask(folder.path(), &object!({ "requested-plot-area": "200.01" }));
    assert_eq!(against(&over), vec!["rf-9-over-area"]);
    let needed: Vec<&Value> = over["change"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|set| set.as_array().unwrap())
        .map(|change| &change["needed"])
        .collect();
    assert!(needed.contains(&&object!("requested-plot-area <= 200 m²")), "{needed:?}");
}

#[test]
fn what_is_missing_leaves_it_undetermined() {
    let folder = tempfile::tempdir().unwrap();
    let answer = ask(folder.path(), &object!({ "disposed-original-dwelling": null }));
    assert_eq!(answer["verdict"], "undetermined");
    assert_eq!(answer["missing"], object!(["disposed-original-dwelling"]));
}

#[test]
fn unknown_procedures_and_fields_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("empty.json");
    std::fs::write(&file, "{}").unwrap();
    let output = gongbao(&["ask", "no-such-procedure", "--json", file.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("homestead-application"));
    let answer = ask(folder.path(), &object!({ "requested-plot-aera": 100 }));
    assert_eq!(answer["faults"][0]["field"], "requested-plot-aera");
}

/// The command on a text in a file, in one format.
fn parse(text: &[u8], format: &str) -> std::process::Output {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("gazette.txt");
    std::fs::write(&file, text).unwrap();
    gongbao(&["gazette", "parse", file.to_str().unwrap(), "--format", format])
}

#[test]
fn a_gazette_is_parsed_in_every_format() {
    let text = "中阳县人民政府关于修桥的通知\n\n中政发〔2022〕9号\n\n各乡镇：\n\n请尽快\n\n修好。\n\n中阳县人民政府\n2022年3月1日\n\n（此件公开发布）\n";
    let found = json(&parse(text.as_bytes(), "json"));
    let document = &found["documents"][0];
    assert_eq!(document["number"], "中政发〔2022〕9号");
    assert_eq!((&document["public"], &document["listed"]), (&object!(true), &object!(false)));
    assert_eq!(found["repairs"][0]["line"], 9);
    assert_eq!(found["doubts"][0]["code"], "GZ-F10");
    for (format, expected) in
        [("md", "## 中阳县人民政府关于修桥的通知"), ("akn", "<officialGazette"), ("text", "请尽快修好。")]
    {
        let output = parse(text.as_bytes(), format);
        assert!(String::from_utf8(output.stdout).unwrap().contains(expected), "{format}");
        assert!(String::from_utf8(output.stderr).unwrap().contains("1 documents, 1 repairs, 1 doubts"), "{format}");
    }
}

#[test]
fn what_is_no_text_is_unusable() {
    let output = parse(b"%PDF-1.7", "json");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("GZ-E01"));
    assert_eq!(gongbao(&["gazette", "parse", "no-such-file.txt"]).status.code(), Some(2));
}
