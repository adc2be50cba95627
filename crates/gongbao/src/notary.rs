//! The log's keys in a file, and beside it what they signed last. Both lie apart from the database: whoever puts that back to
//! an earlier state does not make the log contradict itself.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use store::KnownLog;
use store::log::LogKeeper;
use trust::{Checkpoint, Note, NoteKey, NoteKeyKind, NoteSigner, SignFault, SoftwareKey};

/// Names another place for the keys.
const KEY_FILE: &str = "GONGBAO_LOG_KEY_FILE";

/// Keys in memory, read from their file.
pub struct Notary {
    origin: String,
    keys: Vec<SoftwareKey>,
    /// The checkpoint signed last.
    signed: PathBuf,
}

/// Where the keys of a data folder lie.
fn key_file(data: &Path) -> PathBuf {
    std::env::var_os(KEY_FILE).map_or_else(|| data.join("log.key"), PathBuf::from)
}

impl Notary {
    /// The keys of a data folder, made under a name if there are none yet.
    pub fn open_or_make(data: &Path, origin: &str) -> Result<Notary> {
        let path = key_file(data);
        if !path.exists() {
            let lines = [NoteKeyKind::Ed25519, NoteKeyKind::Sm2]
                .map(|kind| -> Result<String> {
                    let mut seed = [0; 32];
                    getrandom::fill(&mut seed).context("系统未能提供随机数 / no random bytes")?;
                    let key = SoftwareKey::new(kind, origin, seed)?;
                    Ok(format!("{}\n", key.secret_text().as_str()))
                })
                .into_iter()
                .collect::<Result<String>>()?;
            crate::system::write_secret(&path, &lines)?;
        }
        Notary::read(&path)
    }

    /// The keys of a data folder, if it has any.
    pub fn find(data: &Path) -> Result<Option<Notary>> {
        let path = key_file(data);
        path.exists().then(|| Notary::read(&path)).transpose()
    }

    fn read(path: &Path) -> Result<Notary> {
        let place = || format!("日志密钥 {} / the log's keys there", path.display());
        let text = std::fs::read_to_string(path).with_context(place)?;
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        let keys: Vec<SoftwareKey> = lines.map(SoftwareKey::read).collect::<Result<_, _>>().with_context(place)?;
        let Some(first) = keys.first() else { bail!("{}：没有密钥 / there is none", place()) };
        let origin = first.key().name().to_owned();
        if keys.iter().any(|key| key.key().name() != origin) {
            bail!("{}：名称不一 / they have different names", place());
        }
        Ok(Notary { origin, keys, signed: path.with_extension("signed") })
    }

    /// The public halves.
    pub fn known(&self) -> Vec<NoteKey> {
        self.keys.iter().map(|key| key.key().clone()).collect()
    }

    /// What is known of the log without the database.
    pub fn known_log(&self) -> Result<KnownLog> {
        Ok(KnownLog { keys: self.known(), signed: self.last()? })
    }
}

impl LogKeeper for Notary {
    fn origin(&self) -> &str {
        &self.origin
    }

    fn last(&self) -> Result<Option<Checkpoint>, SignFault> {
        let place = |what: String| SignFault(format!("{}：{what}", self.signed.display()));
        match std::fs::read_to_string(&self.signed) {
            Ok(note) => {
                let known = self.known();
                let opened = Checkpoint::open(&note, &known);
                opened.map(|(checkpoint, _)| Some(checkpoint)).map_err(|fault| place(fault.to_string()))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(place(error.to_string())),
        }
    }

    fn sign(&self, checkpoint: &Checkpoint) -> Result<Note, SignFault> {
        let signers: Vec<&dyn NoteSigner> = self.keys.iter().map(|key| key as &dyn NoteSigner).collect();
        checkpoint.sign(&signers)
    }

    fn kept(&self, note: &str) -> Result<(), SignFault> {
        crate::system::write_whole(&self.signed, note.as_bytes()).map_err(|fault| SignFault(format!("{fault:#}")))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

    use super::*;

    #[test]
    fn keys_are_made_once_for_their_owner_only_and_remember_what_they_signed() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Notary::find(folder.path()).unwrap().is_none());
        let made = Notary::open_or_make(folder.path(), "gongbao.example/log").unwrap();
        let again = Notary::open_or_make(folder.path(), "another.example/log").unwrap();
        assert_eq!((made.known(), again.origin()), (again.known(), "gongbao.example/log"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(folder.path().join("log.key")).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        let checkpoint = Checkpoint { origin: made.origin().to_owned(), size: 3, root: trust::sm3(b"") };
        assert_eq!(made.last(), Ok(None));
        made.kept(&made.sign(&checkpoint).unwrap().to_string()).unwrap();
        assert_eq!(again.last(), Ok(Some(checkpoint)));
        std::fs::write(folder.path().join("log.signed"), "x").unwrap();
        assert!(again.last().is_err(), "what was remembered is not believed once altered");
    }
}
