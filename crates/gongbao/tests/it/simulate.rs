//! `gongbao simulate`: its report, and what must hold of every run.

use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

/// So few come that a year takes seconds: some three to each procedure.
const FEW: &str = "setting,for,value\narrivals,,0.01\n";

fn gongbao(folder: &Path, arguments: &[&str]) -> Output {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    std::fs::write(folder.join("few.csv"), FEW).unwrap();
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
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let output = gongbao(folder.path(), &[arguments, &["--out", out.to_str().unwrap()]].concat());
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
fn what_cannot_be_run_is_said() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, said) in [
        (&["no-such-procedure"][..], "no-such-procedure"),
        (&["supervision", "--from", "someday"], "--from"),
        (&["supervision", "--draft", "nowhere.md"], "nowhere.md"),
    ] {
        let output = gongbao(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains(said), "{arguments:?}");
    }
}
