//! Keys in a token (密码设备), tried with SoftHSM: moved into it, made in it, changed, and of no use without it.

use crate::root;
use crate::work::{apply, home, ready};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Where Debian's libsofthsm2 puts its module.
const MODULE: &str = "/usr/lib/softhsm/libsofthsm2.so";
const LABEL: &str = "county";

/// A county, and a token of its own beside it.
struct Place {
    folder: tempfile::TempDir,
    home: PathBuf,
}

impl Place {
    /// Nothing where SoftHSM is not installed.
    fn new() -> Option<Place> {
        let folder = tempfile::tempdir().unwrap();
        let home = home(folder.path());
        let place = Place { folder, home };
        fs::create_dir(place.path("tokens")).unwrap();
        let settings =
            format!("directories.tokendir = {}\nobjectstore.backend = file\n", place.path("tokens").display());
        fs::write(place.path("softhsm2.conf"), settings).unwrap();
        fs::write(place.path("pin"), "4711\n").unwrap();
        let made = Command::new("softhsm2-util")
            .args(["--init-token", "--free", "--label", LABEL, "--pin", "4711", "--so-pin", "12345678"])
            .env("SOFTHSM2_CONF", place.path("softhsm2.conf"))
            .output();
        match made {
            Ok(made) if made.status.success() && Path::new(MODULE).is_file() => Some(place),
            other => {
                println!("skipped: no SoftHSM here: {other:?}");
                None
            }
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The program over a data folder, with the token or without it.
    fn command(&self, arguments: &[&str], data: &str, token: bool) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gongbao"));
        command.current_dir(root()).args(arguments).arg("--data").arg(self.path(data)).arg("--home").arg(&self.home);
        if token {
            command.env("SOFTHSM2_CONF", self.path("softhsm2.conf")).env("GONGBAO_PKCS11_MODULE", MODULE);
            command.env("GONGBAO_PKCS11_TOKEN", LABEL).env("GONGBAO_PKCS11_PIN_FILE", self.path("pin"));
        }
        command
    }

    fn run(&self, arguments: &[&str], data: &str, token: bool) -> Output {
        self.command(arguments, data, token).output().unwrap()
    }

    /// Serves until there is an act: the keys are made, the county is filled in.
    fn serve(&self, data: &str, token: bool) {
        let mut command = self.command(&["serve", "--sample", "--now", "2022-06-01T09:00"], data, token);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        apply(&ready(&mut child).unwrap());
        child.kill().unwrap();
        child.wait().unwrap();
    }

    fn text(&self, file: &str) -> String {
        fs::read_to_string(self.path(file)).unwrap()
    }

    fn verifies(&self, data: &str) {
        let output = self.run(&["verify", "--json"], data, true);
        let found: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
        assert_eq!(found["ok"], true, "{found:#}");
    }
}

fn done(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn keys_are_moved_into_a_token_and_nothing_opens_without_it() {
    let Some(place) = Place::new() else { return };
    place.serve("data", false);
    // A key from before a change; the one before that was destroyed with the backups that it opened.
    fs::write(place.path("data/county.key.former-2"), "07".repeat(16)).unwrap();
    let files = ["data/county.key", "data/county.key.former-2", "data/log.key", "data/seals/authority.key"];
    let before = files.map(|file| place.text(file));
    let known = done(&place.run(&["log", "keys"], "data", false));
    assert!(!place.run(&["keys", "token"], "data", false).status.success(), "no token is named");

    let moved = done(&place.run(&["keys", "token"], "data", true));
    for (file, before) in files.iter().zip(&before) {
        let after = place.text(file);
        assert!(
            after.starts_with("TOKEN+SEALED+") && moved.contains(file.rsplit('/').next().unwrap()),
            "{file}: {moved}"
        );
        assert!(before.lines().all(|line| !after.contains(line)));
    }
    assert_eq!(
        done(&place.run(&["keys", "token"], "data", true)).lines().count(),
        moved.lines().count(),
        "it may be done again"
    );
    place.verifies("data");
    // The same log goes on: its keys are the same, one of them signs in the token.
    assert_eq!(done(&place.run(&["log", "keys"], "data", true)), known);
    let note = done(&place.run(&["log", "checkpoint"], "data", true));
    assert_eq!(note.matches("\n— ").count(), 2, "{note}");
    fs::write(place.path("note"), note).unwrap();
    fs::write(place.path("keys"), known).unwrap();
    let (note, keys) = (place.path("note"), place.path("keys"));
    let arguments = ["verify", note.to_str().unwrap(), "--key", keys.to_str().unwrap()];
    done(&Command::new(env!("CARGO_BIN_EXE_gongbao")).current_dir(root()).args(arguments).output().unwrap());

    let without = place.run(&["verify"], "data", false);
    let said = String::from_utf8_lossy(&without.stderr);
    assert!(without.status.code() == Some(2) && said.contains("GONGBAO_PKCS11_MODULE"), "{said}");
    fs::write(place.path("pin"), "0000").unwrap();
    let wrong = place.run(&["verify"], "data", true);
    let said = String::from_utf8_lossy(&wrong.stderr);
    assert!(wrong.status.code() == Some(2) && said.contains("PIN"), "{said}");
}

#[test]
fn keys_that_are_made_with_a_token_never_lie_open_and_are_changed_in_it() {
    let Some(place) = Place::new() else { return };
    place.serve("data", true);
    let sealed = |file: &str| assert!(place.text(file).starts_with("TOKEN+SEALED+"), "{file}");
    ["data/county.key", "data/log.key", "data/seals/authority.key"].iter().for_each(|file| sealed(file));
    let first = place.text("data/county.key");
    done(&place.run(&["keys", "rotate"], "data", true));
    ["data/county.key", "data/county.key.former-1"].iter().for_each(|file| sealed(file));
    assert_eq!(place.text("data/county.key.former-1"), first);
    assert_ne!(place.text("data/county.key"), first);
    place.verifies("data");
    let note = done(&place.run(&["log", "checkpoint"], "data", true));
    assert_eq!(note.matches("\n— ").count(), 2, "{note}");
    // What was sealed by one token is nothing to another of the same name.
    let other = Place::new().unwrap();
    for file in ["county.key", "county.db"] {
        fs::create_dir_all(other.path("data")).unwrap();
        fs::copy(place.path(&format!("data/{file}")), other.path(&format!("data/{file}"))).unwrap();
    }
    assert_eq!(other.run(&["verify"], "data", true).status.code(), Some(2));
}
