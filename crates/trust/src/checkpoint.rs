//! Checkpoints (日志检查点): what a log says it holds, signed, as C2SP tlog-checkpoint has them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::digest::Digest;
use crate::log_proof::read_number;
use crate::note::{Note, NoteFault};
use crate::note_key::{NoteKey, NoteSigner, SignFault, signature};

/// How many entries a log has and what their root is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log: its name for ever.
    pub origin: String,
    /// How many entries.
    pub size: u64,
    /// The root of the SHA-256 tree over them.
    pub root: Digest,
}

impl Checkpoint {
    /// The text that is signed.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, BASE64.encode(self.root.as_bytes()))
    }

    /// Reads the text of a checkpoint. Lines that others append to it are passed over.
    ///
    /// # Errors
    /// If it is none.
    pub fn read(text: &str) -> Result<Checkpoint, NoteFault> {
        let wrong = |what| move || NoteFault::Form(what);
        let mut lines = text.strip_suffix('\n').unwrap_or(text).split('\n');
        let origin = lines.next().filter(|origin| !origin.is_empty());
        let origin = origin.ok_or_else(wrong("检查点没有日志名 / a checkpoint without origin"))?;
        let size = lines.next().and_then(read_number);
        let size = size.ok_or_else(wrong("检查点没有大小 / a checkpoint without size"))?;
        let root = lines.next().and_then(|line| BASE64.decode(line).ok()?.try_into().ok());
        let root = Digest(root.ok_or_else(wrong("检查点没有根 / a checkpoint without root"))?);
        if lines.any(str::is_empty) {
            return Err(NoteFault::Form("检查点有空行 / a checkpoint with an empty line"));
        }
        Ok(Checkpoint { origin: origin.to_owned(), size, root })
    }

    /// The checkpoint as a note with a signature of each signer.
    ///
    /// # Errors
    /// If one of them cannot sign.
    pub fn sign(&self, signers: &[&dyn NoteSigner]) -> Result<Note, SignFault> {
        let text = self.text();
        let signatures = signers.iter().map(|signer| signature(*signer, &text)).collect::<Result<_, _>>()?;
        Ok(Note { text, signatures })
    }

    /// The checkpoint in a note, if a key of the log that is known signed it, and the keys that did.
    ///
    /// # Errors
    /// If it is no checkpoint, a signature is wrong, or no known key of the log signed it. A witness alone is not enough.
    pub fn open<'key>(note: &str, known: &'key [NoteKey]) -> Result<(Checkpoint, Vec<&'key NoteKey>), NoteFault> {
        let note = Note::read(note)?;
        let checkpoint = Checkpoint::read(&note.text)?;
        let signed = note.verify(known)?;
        if signed.iter().any(|key| key.name() == checkpoint.origin) {
            Ok((checkpoint, signed))
        } else {
            Err(NoteFault::Unsigned)
        }
    }
}
