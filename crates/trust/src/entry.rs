//! Entries (条目) of the public log, and the bundles in which they are served.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::digest::Digest;
use crate::log_proof::read_hash;

/// First line of an entry that holds a root of the SM3 tree.
const ROOT_HEAD: &str = "gongbao sm3 root 1";
/// First line of one that holds a root over the documents of its step as well.
const DOCUMENTS_HEAD: &str = "gongbao sm3 root 2";
/// What the length in front of an entry can say.
const ENTRY_BYTES_MAX: usize = 65_535;

/// An entry of the public log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// The commitment to an act: its 32 bytes and nothing else.
    Act(Digest),
    /// The root of the SM3 tree over all acts before it (国密根): who holds the public tree holds the other one too.
    Root(RootEntry),
}

/// A root of the SM3 tree as an entry of the public log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootEntry {
    /// How many acts the SM3 tree had.
    pub acts: u64,
    /// Its root.
    pub root: Digest,
    /// When: the county's local time, `2022-03-31T18:00:00`.
    pub at: String,
    /// The documents that the acts of this step issued; nothing if they issued none.
    pub documents: Option<DocumentRoot>,
}

/// A tree over the digests of documents (文书树), in the order in which they were issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DocumentRoot {
    /// How many there are: at least one.
    pub count: u64,
    /// Its root.
    pub root: Digest,
}

impl Entry {
    /// The entry's bytes.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        match self {
            Entry::Act(commitment) => commitment.as_bytes().to_vec(),
            Entry::Root(RootEntry { acts, root, at, documents }) => {
                let head = if documents.is_some() { DOCUMENTS_HEAD } else { ROOT_HEAD };
                let mut text = format!("{head}\n{acts}\n{}\n{at}\n", BASE64.encode(root.as_bytes()));
                if let Some(DocumentRoot { count, root }) = documents {
                    text.push_str(&format!("{count}\n{}\n", BASE64.encode(root.as_bytes())));
                }
                text.into_bytes()
            }
        }
    }

    /// Reads an entry, or nothing if the bytes are none: 32 bytes are a commitment, and what begins with words is longer.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Entry> {
        if let Ok(commitment) = bytes.try_into() {
            return Some(Entry::Act(Digest(commitment)));
        }
        let mut lines = std::str::from_utf8(bytes).ok()?.strip_suffix('\n')?.split('\n');
        let (_, acts, root, at) = (lines.next()?, lines.next()?, lines.next()?, lines.next()?);
        let documents = match (lines.next(), lines.next()) {
            (Some(count), Some(root)) => Some(DocumentRoot { count: count.parse().ok()?, root: read_hash(root)? }),
            _ => None,
        };
        if documents.is_some_and(|documents| documents.count == 0) {
            return None;
        }
        let entry =
            Entry::Root(RootEntry { acts: acts.parse().ok()?, root: read_hash(root)?, at: at.to_owned(), documents });
        // There is one text for one meaning, its first line included.
        (entry.bytes() == bytes).then_some(entry)
    }
}

/// Entries as a bundle: each behind its length in two bytes, most significant first.
///
/// # Panics
/// If an entry is longer than 65,535 bytes; those of this log never are.
#[must_use]
pub fn bundle(entries: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in entries {
        assert!(entry.len() <= ENTRY_BYTES_MAX, "an entry of a log is a commitment or a few lines");
        bytes.extend_from_slice(&(entry.len() as u16).to_be_bytes());
        bytes.extend_from_slice(entry);
    }
    bytes
}

/// The entries of a bundle, or nothing if its last one is cut off.
#[must_use]
pub fn read_bundle(mut bytes: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut entries = Vec::new();
    while !bytes.is_empty() {
        let (length, rest) = bytes.split_first_chunk::<2>()?;
        let (entry, rest) = rest.split_at_checked(u16::from_be_bytes(*length).into())?;
        entries.push(entry.to_vec());
        bytes = rest;
    }
    Some(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_reads_as_it_was_written_and_nothing_else_does() {
        let at = "2022-03-31T18:00:00".to_owned();
        let root = RootEntry { acts: 5, root: Digest([9; 32]), at, documents: None };
        let documents = Some(DocumentRoot { count: 2, root: Digest([8; 32]) });
        let with_documents = RootEntry { documents, ..root.clone() };
        for entry in [Entry::Act(Digest([7; 32])), Entry::Root(root), Entry::Root(with_documents.clone())] {
            assert_eq!(Entry::read(&entry.bytes()), Some(entry.clone()));
            let mut longer = entry.bytes();
            longer.push(b'\n');
            assert_eq!(Entry::read(&longer), None);
        }
        let none =
            RootEntry { documents: Some(DocumentRoot { count: 0, root: Digest([8; 32]) }), ..with_documents.clone() };
        assert_eq!(Entry::read(&Entry::Root(none).bytes()), None);
        let text = String::from_utf8(Entry::Root(with_documents).bytes()).unwrap();
        assert_eq!(Entry::read(text.replace("root 2", "root 1").as_bytes()), None, "a head says what follows");
        assert_eq!(Entry::read(b"gongbao sm3 root 1\n05\n\n\n"), None);
        assert_eq!(Entry::read(b""), None);
    }

    #[test]
    fn a_bundle_gives_its_entries_back_and_shows_when_it_is_cut_off() {
        let entries = vec![b"one".to_vec(), Vec::new(), vec![0; 300]];
        let bytes = bundle(&entries);
        assert_eq!(read_bundle(&bytes), Some(entries));
        assert_eq!(read_bundle(&bytes[..bytes.len() - 1]), None);
        assert_eq!(read_bundle(&bytes[..1]), None);
        assert_eq!(read_bundle(&[]), Some(Vec::new()));
    }
}
