//! Signed notes (签名文本) as C2SP signed-note has them: a text and, below it, signatures of one or more keys.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::note_key::NoteKey;

/// How a line with a signature begins.
const SIGNATURE_HEAD: &str = "— ";
/// A note is a few lines; more than this is no note of anybody's.
const NOTE_BYTES_MAX: usize = 256 * 1024;
/// The format asks readers to take 16; witnesses may be more.
const SIGNATURES_MAX: usize = 64;

/// A text with signatures. Nothing is known about it before [`Note::verify`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The text, its last line ended.
    pub text: String,
    /// The signatures as they stand below it.
    pub signatures: Vec<NoteSignature>,
}

/// One line below a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature {
    /// Name of the key.
    pub name: String,
    /// The first bytes of a digest of the key: which of the keys of that name.
    pub id: [u8; 4],
    /// What the key made of the text.
    pub signature: Vec<u8>,
}

/// Why a note is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteFault {
    /// It does not have the form of a note.
    #[error("不是签名文本：{0} / not a signed note: {0}")]
    Form(&'static str),
    /// A key that is known did not make the signature that bears its name.
    #[error("密钥 {0} 的签名不对，文本或签名被改动 / the signature of {0} is wrong: text or signature was altered")]
    Signature(String),
    /// No key that is known signed it.
    #[error("没有一个已知密钥签署过它 / no known key signed it")]
    Unsigned,
}

impl Note {
    /// Reads a note.
    ///
    /// # Errors
    /// If it is not one.
    pub fn read(note: &str) -> Result<Note, NoteFault> {
        if note.len() > NOTE_BYTES_MAX {
            return Err(NoteFault::Form("太长 / it is too long"));
        }
        if note.chars().any(|character| character < ' ' && character != '\n') {
            return Err(NoteFault::Form("有控制字符 / it has control characters"));
        }
        let end = note.rfind("\n\n").ok_or(NoteFault::Form("没有空行 / it has no empty line"))?;
        let (text, below) = (&note[..=end], &note[end + 2..]);
        let lines = below.strip_suffix('\n').ok_or(NoteFault::Form("末行没有换行 / its last line is not ended"))?;
        let signatures: Option<Vec<_>> = lines.split('\n').take(SIGNATURES_MAX + 1).map(read_signature).collect();
        let signatures = signatures.ok_or(NoteFault::Form("签名行不对 / a line with a signature is wrong"))?;
        if signatures.len() > SIGNATURES_MAX {
            return Err(NoteFault::Form("签名太多 / it has too many signatures"));
        }
        Ok(Note { text: text.to_owned(), signatures })
    }

    /// The keys among those known that signed the text: at least one.
    ///
    /// # Errors
    /// If none did, or the signature of one is wrong. Signatures of other keys are passed over, as the format wants it.
    pub fn verify<'key>(&self, known: &'key [NoteKey]) -> Result<Vec<&'key NoteKey>, NoteFault> {
        let mut signed = Vec::new();
        for line in &self.signatures {
            let Some(key) = known.iter().find(|key| key.name() == line.name && key.id() == line.id) else { continue };
            if !key.verifies(self.text.as_bytes(), &line.signature) {
                return Err(NoteFault::Signature(key.to_string()));
            }
            signed.push(key);
        }
        if signed.is_empty() { Err(NoteFault::Unsigned) } else { Ok(signed) }
    }
}

fn read_signature(line: &str) -> Option<NoteSignature> {
    let (name, bytes) = line.strip_prefix(SIGNATURE_HEAD)?.split_once(' ')?;
    let bytes = BASE64.decode(bytes).ok()?;
    let (id, signature) = bytes.split_first_chunk::<4>()?;
    let whole = is_key_name(name) && !signature.is_empty();
    whole.then(|| NoteSignature { name: name.to_owned(), id: *id, signature: signature.to_vec() })
}

/// Whether a text can be the name of a key.
pub(crate) fn is_key_name(name: &str) -> bool {
    let fits = |character: char| !character.is_whitespace() && !character.is_control() && character != '+';
    !name.is_empty() && name.chars().all(fits)
}

impl fmt::Display for Note {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{}", self.text)?;
        self.signatures.iter().try_for_each(|line| writeln!(formatter, "{line}"))
    }
}

impl fmt::Display for NoteSignature {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let NoteSignature { name, id, signature } = self;
        write!(formatter, "{SIGNATURE_HEAD}{name} {}", BASE64.encode([id, signature.as_slice()].concat()))
    }
}
