//! Proofs of documents (文书证明): that a document with these words was issued, and stands in a log that was signed. Whoever holds one
//! needs no network and believes nobody but the log's key. Format and vectors: `docs/formats/proof.md`.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::checkpoint::Checkpoint;
use crate::commitment::SALT_BYTES;
use crate::digest::{Digest, Sm3, TreeHash, sm3};
use crate::entry::{Entry, RootEntry};
use crate::log_proof::{LogProof, LogProofFault, PATH_MAX, read_hash, read_number};
use crate::note_key::NoteKey;
use crate::tree::{Tree, verify_inclusion};

const HEAD: &str = "gongbao document proof 1";
/// First byte of what is hashed into the digest of a document; differs from those of leaves, nodes, commitments and codes.
const DOCUMENT_PREFIX: u8 = 0x04;

/// The digest of a document that a journal keeps and the log's tree of documents takes.
///
/// The head is what everybody may know of it, the body what it says; both are canonical texts whose meaning this crate does not
/// know. The salt is the document's own: without it a digest says nothing, even about a document that can be guessed.
#[must_use]
pub fn document_digest(salt: &[u8; SALT_BYTES], head: &str, body: &Digest) -> Digest {
    let head = sm3(head.as_bytes());
    Sm3::hash(&[&[DOCUMENT_PREFIX], salt, head.as_bytes(), body.as_bytes()])
}

/// A proof that a document was issued and stands in a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentProof {
    /// What everybody may know of the document.
    pub head: String,
    /// What it says.
    pub body: DocumentBody,
    /// The document's own salt.
    pub salt: [u8; SALT_BYTES],
    /// Its place among the documents of its step, from 0.
    pub index: u64,
    /// Hashes from its leaf up to the root of the documents.
    pub path: Vec<Digest>,
    /// The proof that the entry with this root is in the log, the entry with it.
    pub log: LogProof,
}

/// What a document says, or the digest of that where there is no room for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DocumentBody {
    /// The text.
    Text(String),
    /// The SM3 of the text.
    Digest(Digest),
}

/// What a proof was found to prove.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proven<'key> {
    /// The entry over the documents of its step.
    pub entry: RootEntry,
    /// The signed checkpoint that covers it.
    pub checkpoint: Checkpoint,
    /// The keys that signed the checkpoint.
    pub signed: Vec<&'key NoteKey>,
}

/// Why a proof proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentProofFault {
    /// It does not have the form of one.
    #[error("不是文书证明：{0} / not a proof of a document: {0}")]
    Form(&'static str),
    /// The document is not the one that was issued.
    #[error(
        "文书内容与日志所记的不符：内容被改动，或者证明是另一份文书的 / the document is not the one in the log: it was altered, or the proof is another's"
    )]
    Document,
    /// The log does not have the entry, or its checkpoint is not believed.
    #[error(transparent)]
    Log(#[from] LogProofFault),
}

impl DocumentBody {
    /// The SM3 of the text.
    #[must_use]
    pub fn digest(&self) -> Digest {
        match self {
            DocumentBody::Text(text) => sm3(text.as_bytes()),
            DocumentBody::Digest(digest) => *digest,
        }
    }
}

impl DocumentProof {
    /// Verifies that the document was issued and is in the log, and returns what says so.
    ///
    /// # Errors
    /// If the document is another, the log does not have it, or no known key of the log signed the checkpoint.
    pub fn verify<'key>(&self, known: &'key [NoteKey]) -> Result<Proven<'key>, DocumentProofFault> {
        let bytes = self.log.extra.as_deref().unwrap_or_default();
        let entry = match Entry::read(bytes) {
            Some(Entry::Root(entry)) => entry,
            _ => return Err(DocumentProofFault::Form("没有文书根 / it has no root of documents")),
        };
        let documents = entry.documents.ok_or(DocumentProofFault::Document)?;
        let leaf = self.leaf();
        if !verify_inclusion::<Sm3>(&leaf, self.index, documents.count, &self.path, &documents.root) {
            return Err(DocumentProofFault::Document);
        }
        let (checkpoint, signed) = self.log.verify(bytes, known)?;
        Ok(Proven { entry, checkpoint, signed })
    }

    /// The leaf of the document in the tree of its step.
    #[must_use]
    pub fn leaf(&self) -> Digest {
        Tree::<Sm3>::leaf(document_digest(&self.salt, &self.head, &self.body.digest()).as_bytes())
    }
}

impl fmt::Display for DocumentProof {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{HEAD}\nhead {}", self.head)?;
        match &self.body {
            DocumentBody::Text(text) => writeln!(formatter, "body {text}")?,
            DocumentBody::Digest(digest) => writeln!(formatter, "body-digest {}", BASE64.encode(digest.as_bytes()))?,
        }
        writeln!(formatter, "salt {}\ndocument {}", BASE64.encode(self.salt), self.index)?;
        for hash in &self.path {
            writeln!(formatter, "{}", BASE64.encode(hash.as_bytes()))?;
        }
        write!(formatter, "\n{}", self.log)
    }
}

impl FromStr for DocumentProof {
    type Err = DocumentProofFault;

    fn from_str(text: &str) -> Result<Self, DocumentProofFault> {
        let wrong = |what| move || DocumentProofFault::Form(what);
        let (document, log) = text.split_once("\n\n").ok_or_else(wrong("没有空行 / it has no empty line"))?;
        let mut lines = document.split('\n');
        if lines.next() != Some(HEAD) {
            return Err(DocumentProofFault::Form("首行不对 / its first line is wrong"));
        }
        let head = lines.next().and_then(|line| line.strip_prefix("head "));
        let head = head.ok_or_else(wrong("没有文书首部 / it has no head"))?.to_owned();
        let body = lines.next().and_then(read_body).ok_or_else(wrong("没有文书内容 / it has no body"))?;
        let salt = lines.next().and_then(|line| line.strip_prefix("salt ")).and_then(read_hash);
        let salt = salt.ok_or_else(wrong("没有盐 / it has no salt"))?.0;
        let index = lines.next().and_then(|line| line.strip_prefix("document "));
        let index = index.and_then(read_number);
        let index = index.ok_or_else(wrong("没有位置 / it has no place"))?;
        let path: Option<Vec<_>> = lines.take(PATH_MAX + 1).map(read_hash).collect();
        let path = path.filter(|path| path.len() <= PATH_MAX);
        let path = path.ok_or_else(wrong("摘要行不对 / a line with a hash is wrong"))?;
        Ok(DocumentProof { head, body, salt, index, path, log: log.parse()? })
    }
}

fn read_body(line: &str) -> Option<DocumentBody> {
    match line.strip_prefix("body ") {
        Some(text) => Some(DocumentBody::Text(text.to_owned())),
        None => line.strip_prefix("body-digest ").and_then(read_hash).map(DocumentBody::Digest),
    }
}
