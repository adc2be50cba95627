//! The shell of docs/api.md, run as it stands there against the sample county: each command goes through, and prints what `#→` says of it.

use crate::root;
use std::path::Path;
use std::process::Command;

/// The address that the page speaks of.
const ADDRESS: &str = "127.0.0.1:8080";
/// Keeps what was printed since the last expectation, and stops where the expected is not in it.
const BEFORE: &str = r#"set -euo pipefail
exec >>printed
expect() { grep -qF -- "$1" printed || { echo "expected: $1"; echo "printed:"; cat printed; exit 1; } >&2; }
over() { : > printed; }
"#;

/// The script: commands as they are written, `#→ TEXT` as an expectation. Several in a row speak of the same command.
fn script(page: &str, address: &str) -> String {
    let (_, rest) = page.split_once("```sh\n").expect("the page has an example");
    let (example, _) = rest.split_once("\n```").expect("the example ends");
    let mut script = BEFORE.to_owned();
    let mut expected = false;
    for line in example.replace(ADDRESS, address).lines() {
        match line.strip_prefix("#→ ") {
            Some(text) => script.push_str(&format!("expect '{}'\n", text.replace('\'', r"'\''"))),
            None if expected => script.push_str(&format!("over\n{line}\n")),
            None => script.push_str(&format!("{line}\n")),
        }
        expected = line.starts_with("#→ ");
    }
    script
}

/// Runs the page against a server at an address, in a folder of its own.
pub fn the_shell_of_the_page_does_what_it_says(address: &str, folder: &Path) {
    let page = std::fs::read_to_string(root().join("docs/api.md")).unwrap();
    let script = script(&page, address);
    assert!(script.matches("\nexpect ").count() >= 20, "the page says what comes of its commands: {script}");
    let folder = folder.join("examples");
    std::fs::create_dir(&folder).unwrap();
    let run = Command::new("bash").args(["-c", &script]).current_dir(&folder).output().expect("bash runs");
    let printed = std::fs::read_to_string(folder.join("printed")).unwrap_or_default();
    let told = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{told}\nlast printed:\n{printed}");
}

#[test]
fn an_expectation_is_of_the_command_above_it() {
    let page = "text\n```sh\ncurl http://127.0.0.1:8080/a\n#→ it's\n#→ b\njq .\n```\n";
    let script = script(page, "127.0.0.1:1");
    assert_eq!(
        script.strip_prefix(BEFORE).unwrap(),
        "curl http://127.0.0.1:1/a\nexpect 'it'\\''s'\nexpect 'b'\nover\njq .\n"
    );
}
