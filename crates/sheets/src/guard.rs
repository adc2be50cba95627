//! Before a file is read: what it unpacks to is counted without being kept, so that no small file fills the memory.

use crate::read::{Limits, Unreadable};
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// Parts of a workbook at most; large ones have some hundreds.
const PARTS_MAX: usize = 5_000;
/// What a look at a part needs at a time.
const CHUNK: usize = 64 * 1024;
/// Shared texts are held in memory while a sheet is read.
const TEXTS: &str = "sharedStrings.xml";
/// Cells are read one by one, and pictures not at all.
const STREAMED: [&str; 2] = ["xl/worksheets/", "xl/media/"];
/// Bytes to which any other part may unpack: names, styles and the like are held in memory.
const PART_MAX: u64 = 32 << 20;

/// Unpacks everything once, within the limits.
pub(crate) fn check(bytes: &[u8], limits: &Limits) -> Result<(), Unreadable> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Unreadable::damaged())?;
    if archive.len() > PARTS_MAX {
        return Err(Unreadable::too_large());
    }
    let mut chunk = vec![0; CHUNK];
    let mut unpacked: u64 = 0;
    for place in 0..archive.len() {
        let mut part = archive.by_index(place).map_err(|_| Unreadable::damaged())?;
        let most = most(&part.name().unwrap_or_default(), limits);
        let mut size: u64 = 0;
        loop {
            let read = part.read(&mut chunk).map_err(|_| Unreadable::damaged())?;
            if read == 0 {
                break;
            }
            size += read as u64;
            if unpacked + size > limits.unpacked || size > most {
                return Err(Unreadable::too_large());
            }
        }
        unpacked += size;
    }
    Ok(())
}

/// What a part may unpack to.
fn most(name: &str, limits: &Limits) -> u64 {
    let name = name.trim_start_matches('/').to_ascii_lowercase();
    if STREAMED.iter().any(|folder| name.starts_with(folder)) {
        limits.unpacked
    } else if name.ends_with(&TEXTS.to_ascii_lowercase()) {
        limits.texts
    } else {
        PART_MAX
    }
}
