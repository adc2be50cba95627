//! Reading what was added.

use std::ops::Range;

use super::write::find;
use super::{PLACE_DIGITS, PROOF_HEAD, SEAL_HEAD, SIGNATURE_BYTES};

/// What stands behind a PDF.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found<'a> {
    /// The proof of the document.
    pub proof: Option<&'a str>,
    /// The seal.
    pub seal: Option<Seal<'a>>,
}

/// A seal as it stands in a PDF; nothing about it is checked yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal<'a> {
    /// The parts of the file that it covers.
    pub covered: [&'a [u8]; 2],
    /// The signature.
    pub signature: Vec<u8>,
    /// When it claims to have been made: `20220322100000`.
    pub at: &'a str,
    /// Bytes that were added to the file later, which it does not cover.
    pub added_later: usize,
}

/// Reads a file; nothing if it is no PDF.
#[must_use]
pub fn read(file: &[u8]) -> Option<Found<'_>> {
    if !file.starts_with(b"%PDF-") {
        return None;
    }
    let seal = seal(file);
    // What was added behind the seal is nobody's.
    let whole = seal.as_ref().map_or(file.len(), |seal| file.len() - seal.added_later);
    Some(Found { proof: proof(&file[..whole]), seal })
}

fn proof(file: &[u8]) -> Option<&str> {
    let start = places(file, PROOF_HEAD.as_bytes()).pop()? + PROOF_HEAD.len();
    let rest = &file[start..];
    let end = rest.iter().position(|byte| !byte.is_ascii_digit())?;
    let length: usize = std::str::from_utf8(&rest[..end]).ok()?.parse().ok()?;
    let stream = rest[end..].strip_prefix(b">>stream\n")?;
    let text = stream.get(..length)?;
    stream[length..].starts_with(b"\nendstream").then(|| std::str::from_utf8(text).ok())?
}

/// The last seal that says of itself, in exactly the words that are written here, what it covers, and is right about it. What looks like the
/// beginning of one and is none hides none that stands before it.
fn seal(file: &[u8]) -> Option<Seal<'_>> {
    places(file, SEAL_HEAD.as_bytes()).into_iter().rev().find_map(|place| seal_at(file, place + SEAL_HEAD.len()))
}

fn seal_at(file: &[u8], start: usize) -> Option<Seal<'_>> {
    let [before, behind, length] = range(file.get(start..)?)?;
    let hole = start + 3 * PLACE_DIGITS + 2 + "]/Contents".len();
    let whole = behind.checked_add(length)?;
    if before != hole || behind != hole + 2 * SIGNATURE_BYTES + 2 || whole > file.len() {
        return None;
    }
    let signature = contents(&file[before..behind])?;
    let tail = &file[behind..whole];
    let at = tail.strip_prefix(b"/M(D:").and_then(|rest| std::str::from_utf8(rest.get(..14)?).ok())?;
    Some(Seal { covered: [&file[..before], tail], signature, at, added_later: file.len() - whole })
}

fn range(text: &[u8]) -> Option<[usize; 3]> {
    let number = |place: Range<usize>| std::str::from_utf8(text.get(place)?).ok()?.parse::<usize>().ok();
    let step = PLACE_DIGITS + 1;
    let found = [0, 1, 2].map(|at| number(at * step..at * step + PLACE_DIGITS));
    let ends = text.get(3 * step - 1..)?.starts_with(b"]/Contents<");
    ends.then_some([found[0]?, found[1]?, found[2]?])
}

/// The signature between its brackets, without the noughts that fill the room. It says its own length, as all DER does.
fn contents(hole: &[u8]) -> Option<Vec<u8>> {
    let digits = hole.strip_prefix(b"<")?.strip_suffix(b">")?;
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let bytes: Vec<u8> = digits.chunks(2).map(byte).collect::<Option<_>>()?;
    let length = match bytes.get(..4)? {
        [0x30, 0x82, high, low] => 4 + usize::from(u16::from_be_bytes([*high, *low])),
        _ => return None,
    };
    let rest = bytes.get(length..)?;
    rest.iter().all(|byte| *byte == 0).then(|| bytes[..length].to_vec())
}

/// Where something stands, from the front.
fn places(bytes: &[u8], wanted: &[u8]) -> Vec<usize> {
    let mut found: Vec<usize> = Vec::new();
    let mut from = 0;
    while let Some(place) = find(&bytes[from..], wanted) {
        found.push(from + place);
        from += place + wanted.len();
    }
    found
}
