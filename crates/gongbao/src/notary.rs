//! The log's keys in a file, and beside it what they signed last. Both lie apart from the database: whoever puts that back to
//! an earlier state does not make the log contradict itself.

use crate::system::{self, secret_text};
use crate::token::{Token, TokenKey};
use anyhow::{Context, Result, anyhow, bail};
use std::path::{Path, PathBuf};
use store::KnownLog;
use store::log::{LogCheckpoint, LogFault, LogKeeper};
use trust::{Checkpoint, Note, NoteKey, NoteKeyKind, NoteSigner, SignFault, SoftwareKey};
use zeroize::Zeroizing;

/// Names another place for the keys.
const KEY_FILE: &str = "GONGBAO_LOG_KEY_FILE";

/// Keys read from their file: in memory, or in a token that the file names them in.
pub struct Notary {
    origin: String,
    keys: Vec<Box<dyn NoteSigner>>,
    /// The checkpoint signed last.
    signed: PathBuf,
}

/// Where the keys of a data folder lie.
fn key_file(data: &Path) -> PathBuf {
    std::env::var_os(KEY_FILE).map_or_else(|| data.join("log.key"), PathBuf::from)
}

/// Where what they signed last lies.
fn signed_beside(key_file: &Path) -> PathBuf {
    key_file.with_extension("signed")
}

fn make(path: &Path, origin: &str) -> Result<()> {
    let mut lines = Zeroizing::new(String::new());
    for kind in [NoteKeyKind::Ed25519, NoteKeyKind::Sm2] {
        lines.push_str(&line(&SoftwareKey::new(kind, origin, system::random()?)?)?);
        lines.push('\n');
    }
    system::write_secret(path, &lines)
}

/// The line of a key in the file. A key that the token signs with goes into it, and only its public half stays.
fn line(key: &SoftwareKey) -> Result<Zeroizing<String>> {
    match (Token::named()?, key.ed25519_seed()) {
        (Some(token), Some(seed)) => TokenKey::take(&token, key.key(), seed).map(Zeroizing::new),
        _ => Ok(key.secret_text()),
    }
}

fn read_line(line: &str) -> Result<Box<dyn NoteSigner>> {
    Ok(match TokenKey::read(line)? {
        Some(key) => Box::new(key),
        None => Box::new(SoftwareKey::read(line)?),
    })
}

/// Moves the keys of a data folder into the token: whoever signs with it does so from now on, the rest is sealed.
pub fn move_into_token(data: &Path) -> Result<Option<PathBuf>> {
    let path = key_file(data);
    if !path.exists() {
        return Ok(None);
    }
    let mut lines = Zeroizing::new(String::new());
    for kept in secret_text(&path)?.lines().filter(|line| !line.trim().is_empty()) {
        let moved = if TokenKey::read(kept)?.is_some() {
            Zeroizing::new(kept.to_owned())
        } else {
            line(&SoftwareKey::read(kept)?)?
        };
        lines.push_str(&moved);
        lines.push('\n');
    }
    system::replace_secret(&path, &lines)?;
    Ok(Some(path))
}

/// Other keys would begin another log over the acts that this one has signed.
fn missing(path: &Path, signed: &Path) -> anyhow::Error {
    let (path, signed) = (path.display(), signed.display());
    anyhow!(
        "日志已签过检查点，却缺密钥：请放回 {path} 和 {signed}（或用 {KEY_FILE} 指明其所在）；确已丢失的，按 docs/log.md 另起日志并公告 / the log has \
         signed checkpoints, but its keys are missing: put both files back, or name their place; if they are lost, begin a new log as docs/log.md says"
    )
}

impl Notary {
    /// The keys of a data folder, made under a name if its log has not begun: no checkpoint was signed, and `newest` in its store is none.
    pub fn open_or_make(data: &Path, origin: &str, newest: Option<&LogCheckpoint>) -> Result<Notary> {
        let path = key_file(data);
        if !path.exists() {
            let signed = signed_beside(&path);
            if newest.is_some() || signed.exists() {
                return Err(missing(&path, &signed));
            }
            make(&path, origin)?;
        }
        let notary = Notary::read(&path)?;
        // Two nodes that start together on a new database each make keys, and the log has those of the first to sign.
        if newest.is_some_and(|newest| notary.is_anothers(&newest.note)) {
            return Err(LogFault::OtherKeys { origin: notary.origin }).with_context(|| path.display().to_string());
        }
        Ok(notary)
    }

    /// The keys of a data folder, if it has any.
    pub fn find(data: &Path) -> Result<Option<Notary>> {
        let path = key_file(data);
        path.exists().then(|| Notary::read(&path)).transpose()
    }

    fn read(path: &Path) -> Result<Notary> {
        let place = || format!("日志密钥 {} / the log's keys there", path.display());
        let text = secret_text(path).with_context(place)?;
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        let keys: Vec<Box<dyn NoteSigner>> = lines.map(read_line).collect::<Result<_>>().with_context(place)?;
        let Some(first) = keys.first() else { bail!("{}：没有密钥 / there is none", place()) };
        let origin = first.key().name().to_owned();
        if keys.iter().any(|key| key.key().name() != origin) {
            bail!("{}：名称不一 / they have different names", place());
        }
        Ok(Notary { origin, keys, signed: signed_beside(path) })
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
        let note = system::text_if_there(&self.signed).map_err(|fault| SignFault(format!("{fault:#}")))?;
        let known = self.known();
        let opened = note.map(|note| Checkpoint::open(&note, &known).map(|(checkpoint, _)| checkpoint)).transpose();
        opened.map_err(|fault| place(fault.to_string()))
    }

    fn is_own(&self, note: &str) -> bool {
        Checkpoint::open(note, &self.known()).is_ok()
    }

    fn sign(&self, checkpoint: &Checkpoint) -> Result<Note, SignFault> {
        let signers: Vec<&dyn NoteSigner> = self.keys.iter().map(AsRef::as_ref).collect();
        checkpoint.sign(&signers)
    }

    fn kept(&self, note: &str) -> Result<(), SignFault> {
        system::write_whole(&self.signed, note.as_bytes()).map_err(|fault| SignFault(format!("{fault:#}")))
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
        let made = Notary::open_or_make(folder.path(), "gongbao.example/log", None).unwrap();
        let again = Notary::open_or_make(folder.path(), "another.example/log", None).unwrap();
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

    #[test]
    fn of_two_nodes_that_made_keys_the_first_to_sign_has_the_log() {
        let [first, other] = [(); 2].map(|()| tempfile::tempdir().unwrap());
        let open = |folder: &Path, newest| Notary::open_or_make(folder, "gongbao.example/log", newest);
        let (notary, late) = (open(first.path(), None).unwrap(), open(other.path(), None).unwrap());
        let checkpoint = Checkpoint { origin: notary.origin().to_owned(), size: 4, root: trust::sm3(b"") };
        let note = notary.sign(&checkpoint).unwrap().to_string();
        assert!(notary.is_own(&note) && !late.is_own(&note));
        let newest = LogCheckpoint {
            step: 1,
            acts: 3,
            size: 4,
            root: trust::sm3(b""),
            national: trust::sm3(b""),
            at: jiff::civil::date(2022, 3, 31).at(18, 0, 0, 0),
            note,
        };
        let refused = format!("{:#}", open(other.path(), Some(&newest)).err().unwrap());
        assert!(["log.key", "log.signed", "另一节点"].iter().all(|word| refused.contains(word)), "{refused}");
        std::fs::copy(first.path().join("log.key"), other.path().join("log.key")).unwrap();
        assert_eq!(open(other.path(), Some(&newest)).unwrap().known(), notary.known());
        // A log begun anew has another name, and signs on.
        let anew = tempfile::tempdir().unwrap();
        assert!(Notary::open_or_make(anew.path(), "gongbao.example/log-2", None).is_ok());
        assert!(Notary::open_or_make(anew.path(), "gongbao.example/log-2", Some(&newest)).is_ok());
    }

    #[test]
    fn no_keys_are_made_over_a_log_that_has_signed() {
        let folder = tempfile::tempdir().unwrap();
        let newest = LogCheckpoint {
            step: 1,
            acts: 3,
            size: 4,
            root: trust::sm3(b""),
            national: trust::sm3(b""),
            at: jiff::civil::date(2022, 3, 31).at(18, 0, 0, 0),
            note: String::new(),
        };
        let refused = |newest| {
            let refused = Notary::open_or_make(folder.path(), "gongbao.example/log", newest).err().unwrap().to_string();
            assert!(["log.key", "log.signed", "放回"].iter().all(|word| refused.contains(word)), "{refused}");
        };
        refused(Some(&newest));
        std::fs::write(folder.path().join("log.signed"), "x").unwrap();
        refused(None);
        assert!(!folder.path().join("log.key").exists());
    }
}
