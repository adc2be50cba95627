//! Roots and proofs over any store of a tree's complete subtrees: kept in memory ([`Tree`](crate::Tree)) or in tiles
//! ([`Tiles`](crate::Tiles)).

use crate::commitment::NODE_PREFIX;
use crate::digest::{Digest, TreeHash};

/// Where the roots of complete subtrees come from.
pub(crate) trait Nodes<H: TreeHash> {
    /// Why one could not be had.
    type Fault;

    /// The root over the 2^`level` leaves that start with leaf `index` · 2^`level`; all of them are in the tree.
    fn node(&self, level: u32, index: u64) -> Result<Digest, Self::Fault>;
}

/// The root over the first `size` leaves.
pub(crate) fn root<H: TreeHash, N: Nodes<H>>(nodes: &N, size: u64) -> Result<Digest, N::Fault> {
    if size == 0 { Ok(H::hash(&[])) } else { range(nodes, 0, size) }
}

/// The proof that leaf `index` is among the first `size` leaves; `index` must be below `size`. Source: RFC 6962 §2.1.1.
pub(crate) fn inclusion<H: TreeHash, N: Nodes<H>>(nodes: &N, index: u64, size: u64) -> Result<Vec<Digest>, N::Fault> {
    let mut siblings = Vec::new();
    let (mut start, mut end) = (0, size);
    while end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            siblings.push(range(nodes, middle, end)?);
            end = middle;
        } else {
            siblings.push(range(nodes, start, middle)?);
            start = middle;
        }
    }
    siblings.reverse();
    Ok(siblings)
}

/// The proof that the first `new` leaves append to the first `old`; `old` must not be above `new`. Source: RFC 6962 §2.1.2.
pub(crate) fn consistency<H: TreeHash, N: Nodes<H>>(nodes: &N, old: u64, new: u64) -> Result<Vec<Digest>, N::Fault> {
    let mut proof = Vec::new();
    if old == 0 {
        return Ok(proof);
    }
    let (mut start, mut end) = (0, new);
    while end != old {
        let middle = start + split(end - start);
        if old <= middle {
            proof.push(range(nodes, middle, end)?);
            end = middle;
        } else {
            proof.push(range(nodes, start, middle)?);
            start = middle;
        }
    }
    // The verifier knows the old root; a subtree of it is news only when it is not the whole old tree.
    if start > 0 {
        proof.push(range(nodes, start, end)?);
    }
    proof.reverse();
    Ok(proof)
}

/// The root over the leaves from `start` up to `end`, at least one. Either the range is a complete subtree or
/// `start` is the first leaf of one that is at least as large.
fn range<H: TreeHash, N: Nodes<H>>(nodes: &N, start: u64, end: u64) -> Result<Digest, N::Fault> {
    let size = end - start;
    if size.is_power_of_two() {
        return nodes.node(size.ilog2(), start / size);
    }
    let middle = start + split(size);
    Ok(node::<H>(&range(nodes, start, middle)?, &range(nodes, middle, end)?))
}

/// The hash of an inner node.
pub(crate) fn node<H: TreeHash>(left: &Digest, right: &Digest) -> Digest {
    H::hash(&[&[NODE_PREFIX], left.as_bytes(), right.as_bytes()])
}

/// How many of `size` leaves stand left of the split: the largest power of two below `size`, which is at least 2.
fn split(size: u64) -> u64 {
    1 << (size - 1).ilog2()
}
