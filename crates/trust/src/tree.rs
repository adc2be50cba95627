//! The Merkle tree (默克尔树) over the leaves of a journal, in the shape of RFC 6962.
//!
//! The tree only grows. It keeps the root of every complete subtree, so that the root and any proof at any earlier
//! size cost a logarithm. Leaves come from [`leaf`](crate::leaf); the tree never sees what they commit to.

use std::convert::Infallible;
use std::marker::PhantomData;

use crate::commitment::leaf_with;
use crate::digest::{Digest, Sm3, TreeHash};
use crate::nodes::{self, Nodes, node};

/// A Merkle tree that grows one leaf at a time.
///
/// ```
/// use trust::{Tree, commit, leaf, verify_inclusion, Sm3};
///
/// let leaves: Vec<_> = (0u8..5).map(|act| leaf(&commit(&[act; 32], b"an act"))).collect();
/// let tree: Tree = leaves.iter().copied().collect();
/// let proof = tree.inclusion(3, 5).expect("the tree has five leaves");
/// assert!(verify_inclusion::<Sm3>(&leaves[3], 3, 5, &proof, &tree.root()));
/// ```
#[derive(Debug, Clone)]
pub struct Tree<H = Sm3> {
    /// `complete[k][i]` is the root over the 2^k leaves that start with leaf i · 2^k.
    complete: Vec<Vec<Digest>>,
    hash: PhantomData<H>,
}

impl<H: TreeHash> Tree<H> {
    /// A tree without leaves.
    pub fn new() -> Self {
        Tree { complete: Vec::new(), hash: PhantomData }
    }

    /// The hash of a leaf of this tree that holds some entry; [`leaf`](crate::leaf) is this for SM3.
    pub fn leaf(entry: &[u8]) -> Digest {
        leaf_with::<H>(entry)
    }

    /// Appends a leaf's hash.
    pub fn push(&mut self, leaf: Digest) {
        let mut root = leaf;
        for level in 0.. {
            if self.complete.len() == level {
                self.complete.push(Vec::new());
            }
            let row = &mut self.complete[level];
            row.push(root);
            if row.len() % 2 == 1 {
                return;
            }
            root = node::<H>(&row[row.len() - 2], &root);
        }
    }

    /// How many leaves the tree has.
    pub fn size(&self) -> u64 {
        self.complete.first().map_or(0, |leaves| leaves.len() as u64)
    }

    /// The root over all leaves. The root of the empty tree is the hash of nothing.
    pub fn root(&self) -> Digest {
        self.root_at(self.size()).expect("a tree has a root at its own size")
    }

    /// The root when the tree had `size` leaves, or nothing if it never had so many.
    pub fn root_at(&self, size: u64) -> Option<Digest> {
        (size <= self.size()).then(|| certain(nodes::root(self, size)))
    }

    /// The proof that leaf `index` is in the tree of `size` leaves, from the leaf upwards.
    ///
    /// Nothing if the tree never had `size` leaves or the leaf is not among them. Source: RFC 6962 §2.1.1.
    pub fn inclusion(&self, index: u64, size: u64) -> Option<Vec<Digest>> {
        (index < size && size <= self.size()).then(|| certain(nodes::inclusion(self, index, size)))
    }

    /// The proof that the tree of `new` leaves only appends to the tree of `old` leaves.
    ///
    /// Nothing if `old` is greater than `new` or the tree never had `new` leaves. The proof from the empty tree, or
    /// from a tree to itself, is empty. Source: RFC 6962 §2.1.2.
    pub fn consistency(&self, old: u64, new: u64) -> Option<Vec<Digest>> {
        (old <= new && new <= self.size()).then(|| certain(nodes::consistency(self, old, new)))
    }
}

impl<H: TreeHash> Nodes<H> for Tree<H> {
    type Fault = Infallible;

    fn node(&self, level: u32, index: u64) -> Result<Digest, Infallible> {
        Ok(self.complete[address(level.into())][address(index)])
    }
}

/// What a tree held in memory answers.
fn certain<T>(answer: Result<T, Infallible>) -> T {
    let Ok(found) = answer;
    found
}

impl<H: TreeHash> Default for Tree<H> {
    fn default() -> Self {
        Self::new()
    }
}

impl<H: TreeHash> Extend<Digest> for Tree<H> {
    fn extend<I: IntoIterator<Item = Digest>>(&mut self, leaves: I) {
        for leaf in leaves {
            self.push(leaf);
        }
    }
}

impl<H: TreeHash> FromIterator<Digest> for Tree<H> {
    fn from_iter<I: IntoIterator<Item = Digest>>(leaves: I) -> Self {
        let mut tree = Self::new();
        tree.extend(leaves);
        tree
    }
}

/// Whether a proof shows that a leaf's hash is leaf `index` of the tree of `size` leaves with this root.
///
/// Source: RFC 9162 §2.1.3.2.
#[must_use]
pub fn verify_inclusion<H: TreeHash>(leaf: &Digest, index: u64, size: u64, proof: &[Digest], root: &Digest) -> bool {
    reached_root::<H>(leaf, index, size, proof).is_some_and(|reached| reached == *root)
}

/// The root to which a proof leads from leaf `index` of a tree of `size` leaves; nothing if it has too few or too many hashes.
///
/// Source: RFC 9162 §2.1.3.2.
#[must_use]
pub fn reached_root<H: TreeHash>(leaf: &Digest, index: u64, size: u64, proof: &[Digest]) -> Option<Digest> {
    if index >= size {
        return None;
    }
    let mut path = Path { place: index, last: size - 1 };
    let mut reached = *leaf;
    for sibling in proof {
        if path.last == 0 {
            return None;
        }
        if path.sibling_is_left() {
            reached = node::<H>(sibling, &reached);
            path.skip_levels_without_sibling();
        } else {
            reached = node::<H>(&reached, sibling);
        }
        path.ascend();
    }
    (path.last == 0).then_some(reached)
}

/// Whether a proof shows that the tree of `new` leaves with root `new_root` only appends to the tree of `old` leaves
/// with root `old_root`.
///
/// Source: RFC 9162 §2.1.4.2. Every tree appends to the empty tree.
#[must_use]
pub fn verify_consistency<H: TreeHash>(
    (old, old_root): (u64, &Digest),
    (new, new_root): (u64, &Digest),
    proof: &[Digest],
) -> bool {
    if old > new {
        return false;
    }
    if old == new {
        return proof.is_empty() && old_root == new_root;
    }
    if old == 0 {
        return proof.is_empty() && *old_root == H::hash(&[]);
    }
    let (seed, rest) = match (old.is_power_of_two(), proof.split_first()) {
        (true, _) => (*old_root, proof),
        (false, Some((first, rest))) => (*first, rest),
        (false, None) => return false,
    };
    let mut path = Path { place: old - 1, last: new - 1 };
    path.skip_complete_levels();
    let (mut reached_old, mut reached_new) = (seed, seed);
    for sibling in rest {
        if path.last == 0 {
            return false;
        }
        if path.sibling_is_left() {
            reached_old = node::<H>(sibling, &reached_old);
            reached_new = node::<H>(sibling, &reached_new);
            path.skip_levels_without_sibling();
        } else {
            reached_new = node::<H>(&reached_new, sibling);
        }
        path.ascend();
    }
    path.last == 0 && reached_old == *old_root && reached_new == *new_root
}

/// Where a verifier stands while it climbs: its place on a level, and the last place there.
struct Path {
    place: u64,
    last: u64,
}

impl Path {
    fn sibling_is_left(&self) -> bool {
        self.place % 2 == 1 || self.place == self.last
    }

    fn skip_levels_without_sibling(&mut self) {
        while self.place != 0 && self.place.is_multiple_of(2) {
            self.ascend();
        }
    }

    fn skip_complete_levels(&mut self) {
        while self.place % 2 == 1 {
            self.ascend();
        }
    }

    fn ascend(&mut self) {
        self.place /= 2;
        self.last /= 2;
    }
}

fn address(place: u64) -> usize {
    usize::try_from(place).expect("a tree held in memory fits the address space")
}
