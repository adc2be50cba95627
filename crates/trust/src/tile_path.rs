//! Addresses of tiles and bundles below a log's prefix.

use std::fmt;
use std::str::FromStr;

use crate::tiles::{TILE_WIDTH, TileId};

/// What stands at an address `tile/…` of a log.
///
/// ```
/// let path: trust::TilePath = "tile/0/x001/x234/067.p/5".parse()?;
/// assert_eq!(path, trust::TilePath { kind: trust::TileKind::Hashes(0), index: 1_234_067, width: 5 });
/// assert_eq!(path.to_string(), "tile/0/x001/x234/067.p/5");
/// # Ok::<(), trust::TilePathFault>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TilePath {
    /// Hashes of a level, or entries.
    pub kind: TileKind,
    /// Place from the left.
    pub index: u64,
    /// How many hashes or entries: 256 when full.
    pub width: u64,
}

/// What a tile holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TileKind {
    /// Hashes of a level of the tree.
    Hashes(u8),
    /// Entries.
    Entries,
}

/// Why a text is not the address of a tile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("不是瓦片地址：{found} / not the address of a tile: {found}")]
pub struct TilePathFault {
    /// The text as it was given.
    pub found: String,
}

impl TilePath {
    /// The address of a tile of hashes in a tree of `size` leaves.
    #[must_use]
    pub fn hashes(tile: TileId, size: u64) -> TilePath {
        TilePath { kind: TileKind::Hashes(tile.level), index: tile.index, width: tile.width(size) }
    }

    /// The address of a bundle of entries in a tree of `size` leaves.
    #[must_use]
    pub fn entries(index: u64, size: u64) -> TilePath {
        TilePath { kind: TileKind::Entries, index, width: TileId { level: 0, index }.width(size) }
    }
}

impl fmt::Display for TilePath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            TileKind::Hashes(level) => write!(formatter, "tile/{level}/")?,
            TileKind::Entries => formatter.write_str("tile/entries/")?,
        }
        let digits = format!("{:03}", self.index);
        let padded = format!("{digits:0>width$}", width = digits.len().next_multiple_of(3));
        let (front, last) = padded.split_at(padded.len() - 3);
        for at in (0..front.len()).step_by(3) {
            write!(formatter, "x{}/", &front[at..at + 3])?;
        }
        formatter.write_str(last)?;
        if self.width < TILE_WIDTH {
            write!(formatter, ".p/{}", self.width)?;
        }
        Ok(())
    }
}

impl FromStr for TilePath {
    type Err = TilePathFault;

    fn from_str(text: &str) -> Result<Self, TilePathFault> {
        let fault = || TilePathFault { found: text.chars().take(100).collect() };
        let path = read(text).ok_or_else(fault)?;
        // One address for one tile: nothing is cached twice.
        if path.to_string() == text { Ok(path) } else { Err(fault()) }
    }
}

fn read(text: &str) -> Option<TilePath> {
    let (kind, rest) = text.strip_prefix("tile/")?.split_once('/')?;
    let kind = match kind {
        "entries" => TileKind::Entries,
        level => TileKind::Hashes(level.parse().ok().filter(|level| *level < 64)?),
    };
    let (place, width) = match rest.split_once(".p/") {
        Some((place, width)) => (place, width.parse().ok().filter(|width| (1..TILE_WIDTH).contains(width))?),
        None => (rest, TILE_WIDTH),
    };
    let mut index: u64 = 0;
    for part in place.split('/') {
        let group: u64 = part.strip_prefix('x').unwrap_or(part).parse().ok().filter(|group| *group < 1000)?;
        index = index.checked_mul(1000)?.checked_add(group)?;
    }
    Some(TilePath { kind, index, width })
}
