//! The binary as people and other tools use it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "../../src/bench/case.rs"]
mod case;
mod commands;
mod counties;
mod disk;
mod examples;
mod fire;
mod import;
mod kills;
mod lsp;
mod new;
mod nodes;
#[path = "../../../store/tests/it/own_server.rs"]
mod own_server;
mod print;
mod proofs;
mod server;
mod token;
mod witness;
mod work;

use std::path::PathBuf;
use std::process::{Command, Output};

/// The project's root, where `regulations/` and `county/` lie.
fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn gongbao(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gongbao")).current_dir(root()).args(arguments).output().expect("the binary runs")
}

/// Standard output as JSON; panics with what was printed otherwise.
fn json(output: &Output) -> serde_json::Value {
    let text = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(&text)
        .unwrap_or_else(|fault| panic!("{fault}: {text}{}", String::from_utf8_lossy(&output.stderr)))
}
