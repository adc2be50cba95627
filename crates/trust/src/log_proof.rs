//! Proofs that leave the house (离线证明): an entry's place, the hashes up to the root, and the signed checkpoint in one text, as
//! C2SP tlog-proof has them.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::checkpoint::Checkpoint;
use crate::digest::{Digest, Sha256};
use crate::note::{Note, NoteFault};
use crate::note_key::NoteKey;
use crate::tree::{Tree, verify_inclusion};

const HEAD: &str = "c2sp.org/tlog-proof@v1";
/// A tree has at most 64 levels.
pub(crate) const PATH_MAX: usize = 64;

/// A proof that can be verified without the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogProof {
    /// What else is needed to make the entry; not vouched for by the proof.
    pub extra: Option<Vec<u8>>,
    /// Place of the entry, from 0.
    pub index: u64,
    /// Hashes from the leaf upwards.
    pub path: Vec<Digest>,
    /// The signed checkpoint.
    pub checkpoint: Note,
}

/// Why a proof proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LogProofFault {
    /// It does not have the form of one.
    #[error("不是日志证明：{0} / not a proof of a log: {0}")]
    Form(&'static str),
    /// Its checkpoint is not believed.
    #[error(transparent)]
    Note(#[from] NoteFault),
    /// The checkpoint was signed before the entry was there.
    #[error(
        "检查点只有 {size} 条，第 {index} 条在它之后：证明与检查点不配 / the checkpoint has {size} entries and is older than entry {index}: they do not belong together"
    )]
    Older {
        /// Place of the entry.
        index: u64,
        /// Entries under the checkpoint.
        size: u64,
    },
    /// The hashes do not lead from the entry to the checkpoint's root.
    #[error(
        "条目不在检查点所签的树里：内容、位置或证明被改动 / the entry is not in the tree of the checkpoint: content, place or proof was altered"
    )]
    Path,
}

impl LogProof {
    /// Verifies that an entry is in the log, and returns the checkpoint that says so with the keys that signed it.
    ///
    /// # Errors
    /// If the checkpoint is not signed by a known key of the log, or does not cover the entry.
    pub fn verify<'key>(
        &self,
        entry: &[u8],
        known: &'key [NoteKey],
    ) -> Result<(Checkpoint, Vec<&'key NoteKey>), LogProofFault> {
        let (checkpoint, signed) = Checkpoint::open(&self.checkpoint.to_string(), known)?;
        if self.index >= checkpoint.size {
            return Err(LogProofFault::Older { index: self.index, size: checkpoint.size });
        }
        let leaf = Tree::<Sha256>::leaf(entry);
        if verify_inclusion::<Sha256>(&leaf, self.index, checkpoint.size, &self.path, &checkpoint.root) {
            Ok((checkpoint, signed))
        } else {
            Err(LogProofFault::Path)
        }
    }
}

impl fmt::Display for LogProof {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{HEAD}")?;
        if let Some(extra) = &self.extra {
            writeln!(formatter, "extra {}", BASE64.encode(extra))?;
        }
        writeln!(formatter, "index {}", self.index)?;
        for hash in &self.path {
            writeln!(formatter, "{}", BASE64.encode(hash.as_bytes()))?;
        }
        write!(formatter, "\n{}", self.checkpoint)
    }
}

impl FromStr for LogProof {
    type Err = LogProofFault;

    fn from_str(text: &str) -> Result<Self, LogProofFault> {
        let (proof, note) = text.split_once("\n\n").ok_or(LogProofFault::Form("没有空行 / it has no empty line"))?;
        let mut lines = proof.split('\n').peekable();
        if lines.next() != Some(HEAD) {
            return Err(LogProofFault::Form("首行不对 / its first line is wrong"));
        }
        let extra = lines.next_if(|line| line.starts_with("extra ")).map(|line| BASE64.decode(&line["extra ".len()..]));
        let extra = extra.transpose().map_err(|_| LogProofFault::Form("附加内容不对 / its extra data is wrong"))?;
        let index = lines.next().and_then(|line| line.strip_prefix("index "));
        let index = index.and_then(read_number);
        let index = index.ok_or(LogProofFault::Form("没有位置 / it has no index"))?;
        let path: Option<Vec<_>> = lines.take(PATH_MAX + 1).map(read_hash).collect();
        let path = path.filter(|path| path.len() <= PATH_MAX);
        let path = path.ok_or(LogProofFault::Form("摘要行不对 / a line with a hash is wrong"))?;
        Ok(LogProof { extra, index, path, checkpoint: Note::read(note)? })
    }
}

/// A number written as it would be printed: one number has one form.
pub(crate) fn read_number(digits: &str) -> Option<u64> {
    digits.parse::<u64>().ok().filter(|number| number.to_string() == digits)
}

pub(crate) fn read_hash(line: &str) -> Option<Digest> {
    Some(Digest(BASE64.decode(line).ok()?.try_into().ok()?))
}
