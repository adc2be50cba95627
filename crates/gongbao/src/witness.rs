//! A witness (见证方): keeps the last checkpoint of each log that it saw, and cosigns the next only if that appends (C2SP tlog-witness).
//! And the other side: a county that asks witnesses for their cosignatures.

use crate::system;
use anyhow::{Context, Result, anyhow, bail};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use store::{Store, StoreExt};
use trust::{Checkpoint, Note, NoteKey, NoteSignature, WitnessFault, WitnessKey, WitnessRequest};

/// Where the witness's secret key lies in its folder.
const KEY_FILE: &str = "witness.key";

/// A witness over a folder.
pub struct Witness {
    key: WitnessKey,
    logs: Vec<NoteKey>,
    folder: PathBuf,
    /// One request at a time: between looking and remembering nothing may come.
    turn: Mutex<()>,
}

impl Witness {
    /// The witness of a folder, its key made under a name if there is none yet.
    pub fn open(folder: &Path, name: &str, logs: Vec<NoteKey>) -> Result<Witness> {
        std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        let file = folder.join(KEY_FILE);
        if !file.exists() {
            let mut line = WitnessKey::new(name, system::random()?)?.secret_text();
            line.push('\n');
            system::write_secret(&file, &line)?;
        }
        let text = system::secret_text(&file)?;
        let key = WitnessKey::read(&text).with_context(|| file.display().to_string())?;
        Ok(Witness { key, logs, folder: folder.to_owned(), turn: Mutex::default() })
    }

    /// The public half of its key.
    pub fn key(&self) -> &NoteKey {
        self.key.key()
    }

    /// The cosignature over a checkpoint that appends to the one seen last, which is remembered first.
    pub fn add(&self, request: &str, now: u64) -> Result<Result<NoteSignature, WitnessFault>> {
        let _turn = self.turn.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let request = match WitnessRequest::read(request) {
            Ok(request) => request,
            Err(fault) => return Ok(Err(fault)),
        };
        let origin = request.checkpoint.text.lines().next().unwrap_or_default();
        let file = self.folder.join(format!("{}.checkpoint", trust::sm3(origin.as_bytes())));
        let seen = system::text_if_there(&file)?.map(|note| Checkpoint::open(&note, &self.logs)).transpose();
        let seen = seen.with_context(|| file.display().to_string())?.map(|(checkpoint, _)| checkpoint);
        if let Err(fault) = request.check(seen.as_ref(), &self.logs) {
            return Ok(Err(fault));
        }
        system::write_whole(&file, request.checkpoint.to_string().as_bytes())?;
        Ok(Ok(self.key.cosign(&request.checkpoint.text, now)))
    }
}

/// A way to a witness.
pub trait ToWitness: Send + Sync {
    /// Sends a request: the cosignature lines; or how many entries the witness saw last, if that is not what was said.
    fn ask(&self, request: &str) -> Result<Asked>;
}

/// What a witness answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// Its cosignature lines.
    Signed(String),
    /// It saw a checkpoint of this size last.
    Saw(u64),
}

/// Asks a witness to cosign the newest checkpoint, and keeps what it signed with the checkpoint. `false`: there is nothing to sign, or it
/// has signed already.
pub fn collect(store: &dyn Store, witness: &dyn ToWitness, key: &NoteKey) -> Result<bool> {
    let Some(newest) = store.read(|snapshot| snapshot.log_newest())? else { return Ok(false) };
    let note = Note::read(&newest.note)?;
    if note.signatures.iter().any(|line| line.id == key.id() && line.name == key.name()) {
        return Ok(false);
    }
    let own = Note {
        signatures: note
            .signatures
            .iter()
            .filter(|line| note.text.starts_with(&format!("{}\n", line.name)))
            .cloned()
            .collect(),
        ..note.clone()
    };
    let mut old = 0;
    // The first answer says what the witness saw last; more than a second question means that somebody else asks too.
    for _ in 0..3 {
        let proof = store.read(|snapshot| snapshot.log_consistency(old, newest.size))?;
        let proof = proof.ok_or_else(|| anyhow!("见证方见过更长的日志（{old} 条）/ the witness saw a longer log"))?;
        match witness.ask(&WitnessRequest { old, proof, checkpoint: own.clone() }.text())? {
            Asked::Saw(size) if size != old => old = size,
            Asked::Saw(_) => break,
            Asked::Signed(lines) => {
                let signed = Note::read(&format!("{}\n{lines}", note.text))?;
                signed.verify(std::slice::from_ref(key))?;
                let line = signed.signatures.into_iter().find(|line| line.id == key.id() && line.name == key.name());
                let line =
                    line.ok_or_else(|| anyhow!("见证方没有用它的密钥签署 / the witness did not sign with its key"))?;
                store.log_cosigned(newest.step, &line)?;
                return Ok(true);
            }
        }
    }
    bail!("见证方一再说见过的是 {old} 条 / the witness keeps saying that it saw {old} entries")
}

/// A witness at an address.
pub struct AtAddress {
    /// Its address, without a slash at its end.
    pub url: String,
}

impl ToWitness for AtAddress {
    fn ask(&self, request: &str) -> Result<Asked> {
        let place = format!("{}/add-checkpoint", self.url);
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .timeout_global(Some(std::time::Duration::from_secs(20)))
            .http_status_as_error(false)
            .build()
            .into();
        let mut answer = agent.post(&place).send(request.as_bytes()).with_context(|| place.clone())?;
        let status = answer.status().as_u16();
        let text = answer.body_mut().with_config().limit(64 * 1024).read_to_string().with_context(|| place.clone())?;
        match status {
            200 => Ok(Asked::Signed(text)),
            409 => Ok(Asked::Saw(text.trim().parse().with_context(|| place)?)),
            other => bail!("{place}：{other} {}", text.trim()),
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

    use super::*;
    use crate::notary::Notary;
    use engine::Actor;
    use jiff::civil::date;
    use store::{Forget, Log as _, Sqlite};

    /// A witness in the same process.
    struct Direct<'a>(&'a Witness);

    impl ToWitness for Direct<'_> {
        fn ask(&self, request: &str) -> Result<Asked> {
            match self.0.add(request, 1_647_914_400)? {
                Ok(line) => Ok(Asked::Signed(format!("{line}\n"))),
                Err(WitnessFault::Conflict(size)) => Ok(Asked::Saw(size)),
                Err(fault) => Err(fault.into()),
            }
        }
    }

    fn county(folder: &Path) -> (Sqlite, Notary) {
        let loaded = system::load(None).unwrap();
        let store = system::open(&loaded.library, folder).unwrap();
        let newest = store.read(|snapshot| snapshot.log_newest()).unwrap();
        let notary = Notary::open_or_make(folder, "gongbao.example/log", newest.as_ref()).unwrap();
        (store, notary)
    }

    /// An act, and a checkpoint over it.
    fn step((store, notary): &(Sqlite, Notary), owner: &str) {
        let now = date(2022, 3, 22).at(10, 0, 0, 0);
        let actor = Actor::Person { person: "p".into(), post: None };
        store.forget(Forget { owner: owner.into(), actor, clauses: Vec::new(), now }).unwrap();
        store.log_step(notary, now).unwrap().unwrap();
    }

    fn newest(store: &Sqlite) -> Note {
        Note::read(&store.read(|snapshot| snapshot.log_newest()).unwrap().unwrap().note).unwrap()
    }

    #[test]
    fn checkpoints_of_a_county_are_cosigned_as_they_grow_and_a_fork_is_not() {
        let (data, forked, seen) =
            (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let own = county(data.path());
        let witness = Witness::open(seen.path(), "witness.example", own.1.known()).unwrap();
        let (way, key) = (Direct(&witness), witness.key());
        assert!(!collect(&own.0, &way, key).unwrap(), "there is nothing to sign yet");
        for owner in ["a", "b", "c"] {
            step(&own, owner);
            assert!(collect(&own.0, &way, key).unwrap());
            assert!(!collect(&own.0, &way, key).unwrap(), "it has signed already");
            let note = newest(&own.0);
            assert_eq!(note.verify(std::slice::from_ref(key)).unwrap(), [key]);
            assert_eq!(note.verify(&own.1.known()).unwrap().len(), 2, "the log's own signatures are there as before");
        }
        let again = Witness::open(seen.path(), "another.example", own.1.known()).unwrap();
        assert_eq!(again.key(), key, "the name is fixed at the first start");

        std::fs::copy(data.path().join("log.key"), forked.path().join("log.key")).unwrap();
        let other = county(forked.path());
        ["x", "y", "z", "w"].iter().for_each(|owner| step(&other, owner));
        let refused = collect(&other.0, &way, key).unwrap_err();
        assert!(refused.to_string().contains("the log forked"), "{refused}");
        let unknown = Witness::open(&seen.path().join("other"), "other.example", Vec::new()).unwrap();
        assert!(
            collect(&other.0, &Direct(&unknown), unknown.key()).unwrap_err().to_string().contains("witnessed here")
        );
    }
}
