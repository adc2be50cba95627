//! Cosignatures of witnesses (见证签名) as C2SP tlog-cosignature has them: who keeps a log from showing different people different pasts
//! signs its checkpoints, with the time, once they were found to append to what it saw before.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::Signer as _;
use zeroize::Zeroizing;

use crate::checkpoint::Checkpoint;
use crate::digest::{Digest, Sha256, TreeHash as _};
use crate::log_proof::{PATH_MAX, read_hash, read_number};
use crate::note::{Note, NoteFault, NoteSignature, is_key_name};
use crate::note_key::{NoteKey, NoteKeyFault, SECRET_HEAD, WITNESS};
use crate::tree::verify_consistency;

/// The key of a witness.
pub struct WitnessKey {
    key: NoteKey,
    secret: ed25519_dalek::SigningKey,
}

impl WitnessKey {
    /// A key of a name from 32 secret random bytes.
    ///
    /// # Errors
    /// If the name cannot be one.
    pub fn new(name: &str, seed: [u8; 32]) -> Result<WitnessKey, NoteKeyFault> {
        if !is_key_name(name) {
            return Err(NoteKeyFault("名称不对 / its name is wrong"));
        }
        let secret = ed25519_dalek::SigningKey::from_bytes(&seed);
        let key = NoteKey::witness(name, secret.verifying_key());
        Ok(WitnessKey { key, secret })
    }

    /// The public half.
    #[must_use]
    pub fn key(&self) -> &NoteKey {
        &self.key
    }

    /// The line that [`WitnessKey::read`] reads. Secret.
    #[must_use]
    pub fn secret_text(&self) -> Zeroizing<String> {
        let bytes = Zeroizing::new([&[WITNESS], self.secret.as_bytes().as_slice()].concat());
        let (name, id) = (self.key.name(), hex::encode(self.key.id()));
        Zeroizing::new(format!("{SECRET_HEAD}{name}+{id}+{}", BASE64.encode(&*bytes)))
    }

    /// Reads a secret key from its line.
    ///
    /// # Errors
    /// If it is none of a witness.
    pub fn read(text: &str) -> Result<WitnessKey, NoteKeyFault> {
        let wrong = NoteKeyFault("应为 PRIVATE+KEY+名称+编号+私钥 / it should be PRIVATE+KEY+name+id+key");
        let mut parts = text.trim().strip_prefix(SECRET_HEAD).unwrap_or_default().splitn(3, '+');
        let (Some(name), Some(id), Some(bytes)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(wrong);
        };
        let bytes = Zeroizing::new(BASE64.decode(bytes).map_err(|_| wrong.clone())?);
        let seed = bytes.strip_prefix(&[WITNESS]).and_then(|seed| seed.try_into().ok()).ok_or(wrong)?;
        let key = WitnessKey::new(name, seed)?;
        if hex::encode(key.key.id()) == id {
            Ok(key)
        } else {
            Err(NoteKeyFault("编号与私钥不符 / its id does not fit"))
        }
    }

    /// The cosignature over a checkpoint's text at a time, in seconds since 1970.
    #[must_use]
    pub fn cosign(&self, text: &str, at: u64) -> NoteSignature {
        let signature = self.secret.sign(&cosigned(text.as_bytes(), at)).to_bytes();
        let signature = [at.to_be_bytes().as_slice(), &signature].concat();
        NoteSignature { name: self.key.name().to_owned(), id: self.key.id(), signature }
    }
}

/// What a witness signs.
pub(crate) fn cosigned(text: &[u8], at: u64) -> Vec<u8> {
    [format!("cosignature/v1\ntime {at}\n").as_bytes(), text].concat()
}

/// What a log sends to a witness (C2SP tlog-witness): a checkpoint, and that it appends to the one that the witness saw last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessRequest {
    /// Entries of the checkpoint that the witness is thought to have seen last.
    pub old: u64,
    /// The proof from there to the checkpoint.
    pub proof: Vec<Digest>,
    /// The checkpoint.
    pub checkpoint: Note,
}

/// Why a witness does not sign.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WitnessFault {
    /// The request is none.
    #[error("见证请求不对 / not a request to a witness")]
    Form,
    /// The witness does not know the log.
    #[error("不见证这个日志 / the log is not one that is witnessed here")]
    Unknown,
    /// None of the log's keys signed the checkpoint.
    #[error(transparent)]
    Note(#[from] NoteFault),
    /// The witness saw another checkpoint last.
    #[error("见过的最后一个检查点是 {0} 条 / the checkpoint seen last has {0} entries")]
    Conflict(u64),
    /// The checkpoint does not append to the one seen last.
    #[error(
        "检查点与以前见过的不一致：日志分叉 / the checkpoint does not append to the one seen before: the log forked"
    )]
    Fork,
}

impl WitnessRequest {
    /// The request as it is sent.
    #[must_use]
    pub fn text(&self) -> String {
        let lines: String = self.proof.iter().map(|hash| BASE64.encode(hash.as_bytes()) + "\n").collect();
        format!("old {}\n{lines}\n{}", self.old, self.checkpoint)
    }

    /// Reads a request.
    ///
    /// # Errors
    /// If it is none.
    pub fn read(text: &str) -> Result<WitnessRequest, WitnessFault> {
        let (head, note) = text.split_once("\n\n").ok_or(WitnessFault::Form)?;
        let mut lines = head.split('\n');
        let old = lines.next().and_then(|line| line.strip_prefix("old "));
        let old = old.and_then(read_number);
        let proof: Option<Vec<_>> = lines.take(PATH_MAX + 1).map(read_hash).collect();
        let proof = proof.filter(|proof| proof.len() <= PATH_MAX).ok_or(WitnessFault::Form)?;
        let checkpoint = Note::read(note).map_err(|_| WitnessFault::Form)?;
        Ok(WitnessRequest { old: old.ok_or(WitnessFault::Form)?, proof, checkpoint })
    }

    /// The checkpoint, if a known key of its log signed it and it appends to the one seen last.
    ///
    /// # Errors
    /// If not, and why.
    pub fn check(&self, seen: Option<&Checkpoint>, known: &[NoteKey]) -> Result<Checkpoint, WitnessFault> {
        let named = Checkpoint::read(&self.checkpoint.text).map_err(|_| WitnessFault::Form)?;
        if !known.iter().any(|key| key.name() == named.origin) {
            return Err(WitnessFault::Unknown);
        }
        let (checkpoint, _) = Checkpoint::open(&self.checkpoint.to_string(), known)?;
        let nothing = Checkpoint { origin: checkpoint.origin.clone(), size: 0, root: Sha256::hash(&[]) };
        let seen = seen.unwrap_or(&nothing);
        if self.old != seen.size {
            return Err(WitnessFault::Conflict(seen.size));
        }
        let appends = checkpoint.size >= seen.size
            && verify_consistency::<Sha256>((seen.size, &seen.root), (checkpoint.size, &checkpoint.root), &self.proof);
        if appends { Ok(checkpoint) } else { Err(WitnessFault::Fork) }
    }
}
