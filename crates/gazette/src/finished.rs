//! What is added behind a finished PDF (增量更新): the proof of the document and room for an office's electronic seal.
//!
//! A seal covers every byte of the file but its own place. So the addition is an incremental update (ISO 32000-1 §7.5.6): the bytes
//! before stay as they were, and one new part stands behind them. [`read`] knows exactly what [`add`] writes and nothing else; other
//! files are not taken for ours.

mod read;
mod write;

use std::ops::Range;

pub use read::{Found, Seal, read};
pub use write::add;

/// What begins the stream of the proof.
const PROOF_HEAD: &str = "<</Type/GongbaoProof/Length ";
/// What begins the dictionary of a seal; its numbers have a fixed width, so that they are filled in later.
const SEAL_HEAD: &str = "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/ByteRange[0 ";
/// Digits of a place in the file.
const PLACE_DIGITS: usize = 10;
/// Bytes kept for a signature with its certificates; three times what one of a county's authority takes.
const SIGNATURE_BYTES: usize = 6 * 1024;

/// What is added.
#[derive(Debug, Clone, Copy)]
pub struct Addition<'a> {
    /// When it claims to be made, county local time: `20220322100000`.
    pub at: &'a str,
    /// The proof of the document, as text.
    pub proof: Option<&'a str>,
    /// The office whose seal there is to be room for, as readers show it before they look at its certificate.
    pub office: Option<&'a str>,
}

/// A PDF with room for a seal.
#[derive(Debug, Clone)]
pub struct Added {
    bytes: Vec<u8>,
    /// Where the signature goes, with its brackets.
    hole: Option<Range<usize>>,
}

/// Why nothing can be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FinishedFault {
    /// The PDF is not built as typesetting builds it.
    #[error("PDF 的结构不是预期的：{0} / the PDF is not built as expected: {0}")]
    Form(&'static str),
    /// The signature does not fit into the room for it.
    #[error("签章数据太长（{0} 字节）/ the signature is too long ({0} bytes)")]
    TooLong(usize),
}

impl Added {
    /// What the seal covers: everything before and behind its place.
    #[must_use]
    pub fn covered(&self) -> Option<[&[u8]; 2]> {
        let hole = self.hole.clone()?;
        Some([&self.bytes[..hole.start], &self.bytes[hole.end..]])
    }

    /// The PDF without a seal; with its proof, if one was added.
    #[must_use]
    pub fn bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// The PDF with the seal in its place.
    ///
    /// # Errors
    /// If there is no room for it.
    pub fn sealed(mut self, signature: &[u8]) -> Result<Vec<u8>, FinishedFault> {
        let hole = self.hole.ok_or(FinishedFault::Form("没有留签章的位置 / there is no room for a seal"))?;
        if signature.len() > SIGNATURE_BYTES {
            return Err(FinishedFault::TooLong(signature.len()));
        }
        for (byte, place) in signature.iter().zip((hole.start + 1..).step_by(2)) {
            self.bytes[place..place + 2].copy_from_slice(format!("{byte:02x}").as_bytes());
        }
        Ok(self.bytes)
    }
}
