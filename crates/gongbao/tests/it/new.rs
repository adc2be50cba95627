//! `gongbao new`: what it writes checks clean and runs; what is there is never written over.

use std::path::Path;
use std::process::{Command, Output};

fn run(home: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gongbao"));
    command.arg("--home").arg(home).args(arguments).output().expect("the binary runs")
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn what_it_writes_checks_clean_and_its_cases_come_out() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path();
    // Both kinds beside each other, one also with a date far from today; a home that does not have regulations yet.
    let all: [&[&str]; 3] = [
        &["new", "stalls", "--title", "摆摊备案办法", "--effective", "2026-01-01"],
        &["new", "lamps", "--title", "路灯管护办法", "--kind", "register", "--effective", "2026-01-01"],
        &["new", "kiosks", "--issuer", "county-market", "--effective", "2022-07-01"],
    ];
    for arguments in all {
        let output = run(home, arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", said(&output));
    }
    let checked = run(home, &["check"]);
    assert_eq!(checked.status.code(), Some(0), "{}", said(&checked));
    assert!(said(&checked).contains("3 份文件，0 个错误，0 个提示"), "{}", said(&checked));
    let cases = run(home, &["cases"]);
    assert_eq!(cases.status.code(), Some(0), "{}", said(&cases));
    assert!(said(&cases).contains("10 个案例，0 处不符"), "{}", said(&cases));
    let one = run(home, &["cases", "lamps"]);
    assert!(said(&one).contains("2 个案例"), "{}", said(&one));
}

#[test]
fn a_case_that_does_not_come_out_is_told_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["new", "stalls", "--effective", "2026-01-01"]);
    let path = folder.path().join("regulations/stalls/cases/first.md");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("→ approved", "→ refused")).unwrap();
    let output = run(folder.path(), &["cases", "stalls"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("first.md 第10行《批准》"), "{}", said(&output));
    assert_eq!(run(folder.path(), &["cases", "nowhere"]).status.code(), Some(2));
}

#[test]
fn nothing_is_written_over_and_no_bad_name_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path();
    assert!(run(home, &["new", "stalls"]).status.success());
    let before = std::fs::read(home.join("regulations/stalls.md")).unwrap();
    for name in ["stalls", "Stalls", "../stalls", "stalls-", "1stall", "摆摊", "", "a b", "x/y"] {
        let output = run(home, &["new", name, "--title", "另一份"]);
        assert_eq!(output.status.code(), Some(2), "{name}: {}", said(&output));
    }
    // A title that is no plain text cannot be read; then nothing is left behind.
    assert_eq!(run(home, &["new", "other", "--title", "{ 甲: ["]).status.code(), Some(2));
    let mut names: Vec<String> = std::fs::read_dir(home.join("regulations"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert_eq!(names, ["stalls", "stalls.md"]);
    assert_eq!(std::fs::read(home.join("regulations/stalls.md")).unwrap(), before);
}

/// The blocks of one kind in the guide, one behind the other.
fn in_guide(kind: &str) -> String {
    let guide = include_str!("../../../../docs/authoring.md");
    let begin = format!("````markdown {kind}\n");
    let blocks: Vec<&str> =
        guide.split(&begin).skip(1).map(|rest| rest.split("\n````").next().unwrap_or_default()).collect();
    assert!(!blocks.is_empty(), "the guide has no {kind}");
    blocks.join("\n\n") + "\n"
}

#[test]
fn the_example_of_the_guide_checks_clean_and_runs() {
    let folder = tempfile::tempdir().unwrap();
    let cases = folder.path().join("regulations/stalls/cases");
    std::fs::create_dir_all(&cases).unwrap();
    std::fs::write(folder.path().join("regulations/stalls.md"), in_guide("regulation")).unwrap();
    std::fs::write(cases.join("fixtures.md"), in_guide("fixtures")).unwrap();
    std::fs::write(cases.join("stalls.md"), in_guide("cases")).unwrap();
    let checked = run(folder.path(), &["check"]);
    assert!(said(&checked).contains("1 份文件，0 个错误，0 个提示"), "{}", said(&checked));
    let output = run(folder.path(), &["cases"]);
    assert!(said(&output).contains("3 个案例，0 处不符"), "{}", said(&output));
}
