//! `gongbao verify` of what somebody was handed, with nothing but the log's key: the proof printed in `docs/formats/proof.md`.

use crate::{gongbao, json};
use std::path::Path;

const FORMAT: &str = include_str!("../../../../docs/formats/proof.md");
/// The example log's key (`docs/formats/log.md`).
pub(crate) const KEY: &str = "example.gov.cn/log+bd04ed9f+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";

fn fenced(name: &str) -> String {
    let (_, rest) = FORMAT.split_once(&format!("```{name}\n")).unwrap();
    rest.split_once("```").unwrap().0.to_owned()
}

/// Writes a file and has it verified: the exit code, and what was said.
fn verified(folder: &Path, text: &str, key: &str) -> (Option<i32>, serde_json::Value) {
    let file = folder.join("handed.txt");
    std::fs::write(&file, text).unwrap();
    let data = folder.join("no-data");
    let arguments = ["verify", file.to_str().unwrap(), "--key", key, "--data", data.to_str().unwrap(), "--json"];
    let output = gongbao(&arguments);
    (output.status.code(), json(&output))
}

#[test]
fn a_proof_and_its_code_hold_without_network_and_an_altered_one_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let proof = fenced("document-proof");
    let (code, said) = verified(folder.path(), &proof, KEY);
    assert_eq!((code, said["ok"].as_bool()), (Some(0), Some(true)), "{said:#}");
    let holds = said["holds"].to_string();
    assert!(holds.contains("example.gov.cn/log") && holds.contains("2022-03-31T18:00:00"), "{said:#}");

    let compact: String = fenced("compact-proof").split_whitespace().collect();
    let (code, said) = verified(folder.path(), &format!("https://example.gov.cn/verify/X#{compact}\n"), KEY);
    assert_eq!(code, Some(0), "{said:#}");
    assert!(said["open"].to_string().contains("no room for the body"), "{said:#}");

    let (code, said) = verified(folder.path(), &proof.replace("120.50", "220.50"), KEY);
    assert_eq!(code, Some(1));
    assert!(said["faults"][0]["what"].as_str().unwrap().contains("not the one in the log"), "{said:#}");
    let other = "other.gov.cn/log+7a439455+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";
    let (code, said) = verified(folder.path(), &proof, other);
    assert_eq!(code, Some(1), "{said:#}");
    assert!(said["faults"][0]["what"].as_str().unwrap().contains("another county's proof"), "{said:#}");
}
