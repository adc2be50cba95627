//! `gongbao simulate`: its report, and what must hold of every run. A test of its own beside `it`: these take a minute.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// So few come that a year takes seconds: some three to each procedure.
const FEW: &str = "setting,for,value\narrivals,,0.01\n";
/// Enough to one procedure that some of them get through.
const SOME: &str = "setting,for,value\narrivals,,0.1\n";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn gongbao(folder: &Path, few: &str, arguments: &[&str]) -> Output {
    let root = root();
    // Ten times as many where time does not matter.
    let few = if std::env::var_os("GONGBAO_SLOW").is_some() {
        few.replace("0.1", "1").replace("0.01", "0.1")
    } else {
        few.to_owned()
    };
    std::fs::write(folder.join("few.csv"), few).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_gongbao"));
    command.arg("--home").arg(root).args(["simulate", "--assume"]).arg(folder.join("few.csv"));
    command.args(arguments).output().unwrap()
}

fn report(folder: &Path) -> (Vec<u8>, Value) {
    let bytes = std::fs::read(folder.join("out/report.json")).unwrap();
    let value = serde_json::from_slice(&bytes).unwrap();
    (bytes, value)
}

fn run(arguments: &[&str]) -> (Vec<u8>, Value, String) {
    run_for(FEW, arguments)
}

fn run_for(few: &str, arguments: &[&str]) -> (Vec<u8>, Value, String) {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let output = gongbao(folder.path(), few, &[arguments, &["--out", out.to_str().unwrap()]].concat());
    assert!(output.status.code() == Some(0), "{:?} {}", output.status, String::from_utf8_lossy(&output.stderr));
    let (bytes, value) = report(folder.path());
    (bytes, value, std::fs::read_to_string(out.join("report.html")).unwrap())
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_does_not() {
    let first = run(&["supervision", "--seed", "3"]);
    let again = run(&["supervision", "--seed", "3"]);
    let other = run(&["supervision", "--seed", "4"]);
    assert_eq!(first.0, again.0);
    assert_eq!(first.2, again.2);
    assert_ne!(first.0, other.0);
    assert!(
        first.2.contains("推演报告") && first.2.contains("aria-label") && !first.2.contains("http"),
        "it needs nothing"
    );
    assert_eq!(first.1["in_force"]["whole"], true);
    assert!(first.1["in_force"]["acts"].as_u64().unwrap() > 100);
}

#[test]
fn people_come_to_what_they_came_for() {
    // Some thirty people: three offices have to agree, each with its own opinion, after a notice that has hung for some days.
    let (_, report, _) = run_for(SOME, &["homestead-application", "--seed", "1"]);
    let own = &report["in_force"]["procedures"][0];
    let of = |list: &str, id: &str, count: &str| {
        let found = own[list].as_array().unwrap().iter().find(|one| one["id"] == id);
        found.map_or(0, |one| one[count].as_u64().unwrap())
    };
    let opened = own["opened"].as_u64().unwrap();
    assert!(of("ends", "approved", "count") > 0, "{:#}", own["ends"]);
    // Nobody takes a notice down and hangs it up again only because there is nothing else to do until it is over.
    assert!(of("acts", "take-down-notice", "by_people") < opened, "{:#}", own["acts"]);
    // A notice that has hung for its days is no deadline missed; a filing that the clock accepted is.
    assert_eq!(of("deadlines", "c-notice-5wd", "late"), 0, "{:#}", own["deadlines"]);
    assert_eq!(of("deadlines", "c-correction-5", "late") > 0, of("acts", "deem-accepted", "by_clock") > 0);
    let follows = report["in_force"]["procedures"].as_array().unwrap().iter().find(|of| of["id"] == "homestead-permit");
    assert!(follows.is_some_and(|of| of["opened"].as_u64() > Some(0)), "what an approval opens goes on");
}

#[test]
fn what_cannot_be_run_is_said() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, said) in [
        (&["no-such-procedure"][..], "no-such-procedure"),
        (&["supervision", "--from", "someday"], "--from"),
        (&["supervision", "--draft", "nowhere.md"], "nowhere.md"),
    ] {
        let output = gongbao(folder.path(), FEW, arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains(said), "{arguments:?}");
    }
}

#[test]
fn every_procedure_of_every_regulation_goes_on_for_a_year() {
    let regulations = std::fs::read_dir(root().join("regulations")).unwrap().map(|entry| entry.unwrap().path());
    let texts = regulations.filter(|path| path.extension().is_some_and(|ending| ending == "md"));
    // Some have registers only.
    let run_by_people = texts.filter(|path| std::fs::read_to_string(path).unwrap().contains("\nprocedure: "));
    let mut ids: Vec<String> =
        run_by_people.map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect();
    ids.sort();
    assert!(ids.len() > 10, "{ids:?}");
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    // Exit code 0: no panic, every open matter on a desk or under a clock, no clock that is due and could act.
    let (_, report, _) = run(&ids);
    let procedures = report["in_force"]["procedures"].as_array().unwrap();
    let opened = procedures.iter().filter(|own| own["opened"].as_u64().unwrap() > 0).count();
    assert!(opened > 100, "only {opened} of {} procedures had a matter", procedures.len());
}

#[test]
fn a_draft_meets_the_same_arrivals() {
    let folder = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(root().join("regulations/data-sharing.md")).unwrap();
    let shorter = text.replace(
        "value: 10 working-days, label: 提供部门几日内答复",
        "value: 3 working-days, label: 提供部门几日内答复",
    );
    assert_ne!(shorter, text);
    let draft = folder.path().join("draft.md");
    std::fs::write(&draft, shorter).unwrap();
    let (_, report, page) = run(&["data-access", "--seed", "5", "--draft", draft.to_str().unwrap()]);
    let of = |run: &str| report[run]["procedures"][0].clone();
    let (now, then) = (of("in_force"), of("draft"));
    assert_eq!(now["came"], then["came"], "the same people came");
    assert_ne!(now["version"], then["version"]);
    let terms = |own: &Value| own["deadlines"][0]["terms"][0].as_str().unwrap_or_default().to_owned();
    assert_eq!((terms(&now), terms(&then)), ("10个工作日".to_owned(), "3个工作日".to_owned()));
    assert!(page.contains("修改稿") && page.contains("3个工作日"));
}

#[test]
fn a_database_that_is_killed_comes_to_the_same() {
    let folder = tempfile::tempdir().unwrap();
    // Enough that some who were sent home come again with the same paper.
    let few = FEW.replace("0.01", "0.02");
    let output = gongbao(folder.path(), &few, &["supervision", "--seed", "2", "--faults"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("断电 3 次") && said.contains("无一丢失") && said.contains("重建相同"), "{said}");
}
