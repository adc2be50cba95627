//! Commitments to acts, and the leaves that the tree is built from.
//!
//! The journal publishes commitments, never acts: an identity number can be guessed from a bare hash of the act
//! that names it, and a leaf can never be taken back. A commitment mixes in a secret salt of its own. Who is given
//! the act and the salt can check the leaf; once the salt is destroyed, the leaf says nothing about anybody.

use crate::digest::{Digest, Sm3, TreeHash};

/// The length of a salt in bytes. Salts are drawn at random, one for each act.
pub const SALT_BYTES: usize = 32;

/// First byte of what is hashed into a leaf (RFC 6962 §2.1).
pub(crate) const LEAF_PREFIX: u8 = 0x00;
/// First byte of what is hashed into an inner node (RFC 6962 §2.1).
pub(crate) const NODE_PREFIX: u8 = 0x01;
/// First byte of what is hashed into a commitment; differs from both, so none can pass for another.
const COMMITMENT_PREFIX: u8 = 0x02;

/// The salted commitment to an act: SM3 of `0x02`, the salt and the act's canonical payload.
///
/// The salt has a fixed length, so salt and payload cannot be told apart in two ways. The payload is hashed as it
/// is: who calls makes it canonical. Format and vectors: `docs/formats/journal-leaf.md`.
pub fn commit(salt: &[u8; SALT_BYTES], canonical_payload: &[u8]) -> Digest {
    Sm3::hash(&[&[COMMITMENT_PREFIX], salt, canonical_payload])
}

/// The hash of a leaf that holds a commitment, in the shape of RFC 6962: SM3 of `0x00` and the commitment.
pub fn leaf(commitment: &Digest) -> Digest {
    leaf_with::<Sm3>(commitment.as_bytes())
}

/// The hash of a leaf under any tree hash.
pub(crate) fn leaf_with<H: TreeHash>(entry: &[u8]) -> Digest {
    H::hash(&[&[LEAF_PREFIX], entry])
}
