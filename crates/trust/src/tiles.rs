//! A tree kept in tiles (瓦片): files or rows of at most 256 hashes, as C2SP tlog-tiles lays them out.
//!
//! A tile of level `l` holds roots over 256^`l` leaves each. Full tiles never change, so they can be copied and kept for
//! ever; a proof of a tree of a million leaves reads six of them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::marker::PhantomData;

use crate::digest::{Digest, TreeHash};
use crate::nodes::{self, Nodes, node};

/// Hashes in a full tile, and entries in a full bundle.
pub const TILE_WIDTH: u64 = 256;
/// The logarithm of it: a tile stands for a subtree of so many levels.
const TILE_HEIGHT: u32 = 8;
/// The highest level that a tree of 2^64 leaves could have.
const LEVEL_MAX: u8 = 7;

/// Which tile of a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TileId {
    /// Level: 0 holds hashes of leaves.
    pub level: u8,
    /// Place on its level, from the left.
    pub index: u64,
}

impl TileId {
    /// How many hashes the tile has in a tree of `size` leaves: 0 where there is no such tile, 256 when it is full.
    #[must_use]
    pub fn width(&self, size: u64) -> u64 {
        let on_level = size.checked_shr(TILE_HEIGHT * u32::from(self.level)).unwrap_or(0);
        on_level.saturating_sub(self.index.saturating_mul(TILE_WIDTH)).min(TILE_WIDTH)
    }

    /// The last tile of each level in a tree of `size` leaves, partial or full, from the leaves upwards.
    #[must_use]
    pub fn last(size: u64) -> Vec<TileId> {
        let levels = (0..=LEVEL_MAX).map(|level| (level, size >> (TILE_HEIGHT * u32::from(level))));
        levels
            .take_while(|(_, hashes)| *hashes > 0)
            .map(|(level, hashes)| TileId { level, index: (hashes - 1) / TILE_WIDTH })
            .collect()
    }
}

/// A tile or a bundle has fewer hashes than the tree's size asks for: it is damaged or not the one of this tree.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("瓦片 {level}/{index} 不足 {wanted} 个摘要 / tile {level}/{index} has fewer than {wanted} hashes")]
pub struct ShortTile {
    /// Level of the tile.
    pub level: u8,
    /// Place on its level.
    pub index: u64,
    /// How many hashes it should have at least.
    pub wanted: u64,
}

/// A tree read from tiles. Each tile is read once.
///
/// ```
/// use std::collections::BTreeMap;
/// use trust::{Sha256, ShortTile, TileId, Tiles, Tree, grow};
///
/// let leaves: Vec<_> = (0u16..700).map(|place| Tree::<Sha256>::leaf(&place.to_be_bytes())).collect();
/// let tiles: BTreeMap<_, _> = grow::<Sha256, ShortTile>(0, |_| Ok(Vec::new()), &leaves)?;
/// let kept = Tiles::<Sha256, _>::new(|tile: TileId| Ok::<_, ShortTile>(tiles.get(&tile).cloned().unwrap_or_default()));
/// assert_eq!(kept.root(700)?, leaves.into_iter().collect::<Tree<Sha256>>().root());
/// # Ok::<(), ShortTile>(())
/// ```
pub struct Tiles<H, F> {
    read: F,
    known: RefCell<BTreeMap<TileId, Vec<Digest>>>,
    hash: PhantomData<H>,
}

impl<H, F, E> Tiles<H, F>
where
    H: TreeHash,
    F: Fn(TileId) -> Result<Vec<Digest>, E>,
    E: From<ShortTile>,
{
    /// A tree over a way to read tiles. What is read may hold more hashes than asked for, as a log grows.
    pub fn new(read: F) -> Self {
        Tiles { read, known: RefCell::default(), hash: PhantomData }
    }

    /// The root over the first `size` leaves.
    ///
    /// # Errors
    /// If a tile cannot be read or is too short.
    pub fn root(&self, size: u64) -> Result<Digest, E> {
        nodes::root(self, size)
    }

    /// The proof that leaf `index` is among the first `size`, or nothing if it is not.
    ///
    /// # Errors
    /// If a tile cannot be read or is too short.
    pub fn inclusion(&self, index: u64, size: u64) -> Result<Option<Vec<Digest>>, E> {
        (index < size).then(|| nodes::inclusion(self, index, size)).transpose()
    }

    /// The proof that the first `new` leaves append to the first `old`, or nothing if there are more old ones.
    ///
    /// # Errors
    /// If a tile cannot be read or is too short.
    pub fn consistency(&self, old: u64, new: u64) -> Result<Option<Vec<Digest>>, E> {
        (old <= new).then(|| nodes::consistency(self, old, new)).transpose()
    }
}

impl<H, F, E> Nodes<H> for Tiles<H, F>
where
    H: TreeHash,
    F: Fn(TileId) -> Result<Vec<Digest>, E>,
    E: From<ShortTile>,
{
    type Fault = E;

    fn node(&self, level: u32, index: u64) -> Result<Digest, E> {
        let tile_level = u8::try_from(level / TILE_HEIGHT).expect("a tree has at most 64 levels");
        let inside = level % TILE_HEIGHT;
        let first = index << inside;
        let tile = TileId { level: tile_level, index: first / TILE_WIDTH };
        let mut known = self.known.borrow_mut();
        let hashes = match known.entry(tile) {
            std::collections::btree_map::Entry::Occupied(found) => found.into_mut(),
            std::collections::btree_map::Entry::Vacant(place) => place.insert((self.read)(tile)?),
        };
        let from = within(first % TILE_WIDTH);
        let to = from + (1 << inside);
        let Some(hashes) = hashes.get(from..to) else {
            return Err(ShortTile { level: tile.level, index: tile.index, wanted: to as u64 }.into());
        };
        Ok(complete::<H>(hashes))
    }
}

/// Appends hashes of leaves to a tree of `size` leaves: the tiles that are new or longer than before.
///
/// `read` gives the last tiles of the tree as they stand. Hashes beyond `size` that they hold, left by a work that was not
/// finished, are dropped.
///
/// # Errors
/// If a tile cannot be read or is too short.
pub fn grow<H: TreeHash, E: From<ShortTile>>(
    size: u64,
    read: impl Fn(TileId) -> Result<Vec<Digest>, E>,
    leaves: &[Digest],
) -> Result<BTreeMap<TileId, Vec<Digest>>, E> {
    let mut grown = BTreeMap::new();
    let mut fresh = leaves.to_vec();
    for level in 0..=LEVEL_MAX {
        if fresh.is_empty() {
            break;
        }
        let before = size >> (TILE_HEIGHT * u32::from(level));
        let mut tile = TileId { level, index: before / TILE_WIDTH };
        let mut hashes = kept(&read, tile, before % TILE_WIDTH)?;
        let mut above = Vec::new();
        for hash in fresh {
            hashes.push(hash);
            if hashes.len() as u64 == TILE_WIDTH {
                above.push(complete::<H>(&hashes));
                grown.insert(tile, std::mem::take(&mut hashes));
                tile.index += 1;
            }
        }
        if !hashes.is_empty() {
            grown.insert(tile, hashes);
        }
        fresh = above;
    }
    Ok(grown)
}

/// The first `wanted` hashes of a tile that is there.
fn kept<E: From<ShortTile>>(
    read: impl Fn(TileId) -> Result<Vec<Digest>, E>,
    tile: TileId,
    wanted: u64,
) -> Result<Vec<Digest>, E> {
    if wanted == 0 {
        return Ok(Vec::new());
    }
    let mut hashes = read(tile)?;
    if (hashes.len() as u64) < wanted {
        return Err(ShortTile { level: tile.level, index: tile.index, wanted }.into());
    }
    hashes.truncate(within(wanted));
    Ok(hashes)
}

/// The root of a complete subtree from the hashes of one of its levels, whose number is a power of two.
fn complete<H: TreeHash>(hashes: &[Digest]) -> Digest {
    let mut level = hashes.to_vec();
    while level.len() > 1 {
        level = level.chunks(2).map(|pair| node::<H>(&pair[0], &pair[1])).collect();
    }
    level[0]
}

fn within(place: u64) -> usize {
    usize::try_from(place).expect("a place within a tile")
}

/// The bytes of a tile as it is served: its hashes one after the other.
#[must_use]
pub fn tile_bytes(hashes: &[Digest]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| *hash.as_bytes()).collect()
}

/// The hashes in a tile's bytes, or nothing if they are no whole number of hashes or too many.
#[must_use]
pub fn read_tile(bytes: &[u8]) -> Option<Vec<Digest>> {
    let (hashes, rest) = bytes.as_chunks::<32>();
    (rest.is_empty() && hashes.len() as u64 <= TILE_WIDTH).then(|| hashes.iter().copied().map(Digest).collect())
}
