//! Proofs of documents in few characters (紧凑证明): what the QR code on a certificate holds behind its address. What can be computed is
//! left out: both roots, and the text of the checkpoint but for its name and size.

use crate::base32;
use crate::checkpoint::Checkpoint;
use crate::digest::{Digest, Sha256, Sm3};
use crate::document_proof::{DocumentBody, DocumentProof, DocumentProofFault};
use crate::entry::{DocumentRoot, Entry, RootEntry};
use crate::log_proof::{LogProof, PATH_MAX};
use crate::note::{Note, NoteSignature};
use crate::tree::{Tree, reached_root};

/// First byte.
const VERSION: u8 = 1;
/// Both kinds of signatures have this length.
const SIGNATURE_BYTES: usize = 64;
/// The largest QR code holds less.
const TEXT_MAX: usize = 8 * 1024;

impl DocumentProof {
    /// The proof as letters and digits, with the first signature of its log and the digest of the body; nothing if it has no signature
    /// or no entry that can be written so.
    #[must_use]
    pub fn compact(&self) -> Option<String> {
        let Entry::Root(RootEntry { acts, root, at, documents: Some(documents) }) =
            Entry::read(self.log.extra.as_deref()?)?
        else {
            return None;
        };
        let checkpoint = Checkpoint::read(&self.log.checkpoint.text).ok()?;
        let own = |line: &&NoteSignature| line.name == checkpoint.origin && line.signature.len() == SIGNATURE_BYTES;
        let signature = self.log.checkpoint.signatures.iter().find(own)?;
        let mut bytes = vec![VERSION];
        put_text(&mut bytes, &self.head);
        bytes.extend(self.body.digest().as_bytes());
        bytes.extend(self.salt);
        put_number(&mut bytes, documents.count);
        put_path(&mut bytes, self.index, &self.path);
        put_number(&mut bytes, acts);
        bytes.extend(root.as_bytes());
        put_text(&mut bytes, &at);
        put_text(&mut bytes, &checkpoint.origin);
        put_number(&mut bytes, checkpoint.size);
        put_path(&mut bytes, self.log.index, &self.log.path);
        bytes.extend(signature.id);
        bytes.extend(&signature.signature);
        Some(base32::encode(base32::ALPHABET, &bytes))
    }

    /// Reads what [`DocumentProof::compact`] made.
    ///
    /// # Errors
    /// If it is none. That it can be read says nothing yet: [`DocumentProof::verify`] does.
    pub fn from_compact(text: &str) -> Result<DocumentProof, DocumentProofFault> {
        let wrong = DocumentProofFault::Form("二维码内容不全或有误 / the text of the code is cut off or wrong");
        let bytes = Some(text).filter(|text| text.len() <= TEXT_MAX).and_then(base32::decode);
        bytes.and_then(|bytes| read(&mut Reader(&bytes))).ok_or(wrong)
    }
}

fn read(reader: &mut Reader<'_>) -> Option<DocumentProof> {
    if reader.take::<1>()? != [VERSION] {
        return None;
    }
    let head = reader.text()?;
    let (body, salt) = (DocumentBody::Digest(reader.hash()?), reader.take()?);
    let count = reader.number()?;
    let (index, path) = reader.path()?;
    let (acts, root, at) = (reader.number()?, reader.hash()?, reader.text()?);
    let (origin, size) = (reader.text()?, reader.number()?);
    let (log_index, log_path) = reader.path()?;
    let (id, signature) = (reader.take()?, reader.take::<SIGNATURE_BYTES>()?.to_vec());
    if !reader.0.is_empty() || head.contains('\n') || origin.contains('\n') {
        return None;
    }
    let note = Note { text: String::new(), signatures: vec![NoteSignature { name: origin.clone(), id, signature }] };
    let log = LogProof { extra: None, index: log_index, path: log_path, checkpoint: note };
    let mut proof = DocumentProof { head, body, salt, index, path, log };
    let documents = DocumentRoot { count, root: reached_root::<Sm3>(&proof.leaf(), index, count, &proof.path)? };
    let entry = Entry::Root(RootEntry { acts, root, at, documents: Some(documents) }).bytes();
    let leaf = Tree::<Sha256>::leaf(&entry);
    let root = reached_root::<Sha256>(&leaf, log_index, size, &proof.log.path)?;
    proof.log.checkpoint.text = Checkpoint { origin, size, root }.text();
    proof.log.extra = Some(entry);
    Some(proof)
}

/// Seven bits in a byte, the lowest first; the top bit says that more follow.
fn put_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn put_text(bytes: &mut Vec<u8>, text: &str) {
    put_number(bytes, text.len() as u64);
    bytes.extend(text.as_bytes());
}

fn put_path(bytes: &mut Vec<u8>, index: u64, path: &[Digest]) {
    put_number(bytes, index);
    put_number(bytes, path.len() as u64);
    path.iter().for_each(|hash| bytes.extend(hash.as_bytes()));
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*taken)
    }

    fn hash(&mut self) -> Option<Digest> {
        self.take().map(Digest)
    }

    fn number(&mut self) -> Option<u64> {
        let mut number = 0u64;
        for shift in (0..64u32).step_by(7) {
            let [byte] = self.take::<1>()?;
            let part = u64::from(byte & 0x7f);
            if part.checked_shl(shift)? >> shift != part {
                return None;
            }
            number |= part << shift;
            if byte & 0x80 == 0 {
                // There is one way to write a number.
                return (byte != 0 || shift == 0).then_some(number);
            }
        }
        None
    }

    fn text(&mut self) -> Option<String> {
        let length = usize::try_from(self.number()?).ok()?;
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        String::from_utf8(text.to_vec()).ok()
    }

    fn path(&mut self) -> Option<(u64, Vec<Digest>)> {
        let index = self.number()?;
        let length = usize::try_from(self.number()?).ok().filter(|length| *length <= PATH_MAX)?;
        let path: Option<Vec<_>> = (0..length).map(|_| self.hash()).collect();
        Some((index, path?))
    }
}
