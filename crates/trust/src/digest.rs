//! The digest and the hash functions that make one.

use std::fmt;
use std::str::FromStr;

use sm3::Digest as _;

/// A 32-byte digest (摘要). Shown and read as 64 lower-case hexadecimal digits.
///
/// ```
/// let digest = trust::sm3(b"abc");
/// assert_eq!(digest.to_string(), "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
/// assert_eq!(digest.to_string().parse(), Ok(digest));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

/// Why a text is not a [`Digest`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("摘要应为 64 位十六进制数字 / a digest is 64 hexadecimal digits, found `{found}`")]
pub struct DigestFault {
    /// The text as it was given.
    pub found: String,
}

/// The SM3 digest of some bytes (GB/T 32905-2016).
pub fn sm3(bytes: &[u8]) -> Digest {
    Sm3::hash(&[bytes])
}

/// A hash that a [`Tree`](crate::Tree) can be built with.
///
/// The national tree uses [`Sm3`]; the public one, which witnesses anywhere can co-sign, [`Sha256`].
pub trait TreeHash {
    /// The digest of the parts, one after the other without separators.
    fn hash(parts: &[&[u8]]) -> Digest;
}

/// SM3 as the hash of a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sm3 {}

impl TreeHash for Sm3 {
    fn hash(parts: &[&[u8]]) -> Digest {
        let mut hasher = sm3::Sm3::new();
        for part in parts {
            hasher.update(part);
        }
        Digest(hasher.finalize().into())
    }
}

/// SHA-256 as the hash of a tree (FIPS 180-4), as the C2SP formats ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sha256 {}

impl TreeHash for Sha256 {
    fn hash(parts: &[&[u8]]) -> Digest {
        let mut hasher = sha2::Sha256::new();
        for part in parts {
            hasher.update(part);
        }
        Digest(hasher.finalize().into())
    }
}

impl Digest {
    /// The bytes themselves, for storing or hashing again.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Digest({self})")
    }
}

impl FromStr for Digest {
    type Err = DigestFault;

    fn from_str(text: &str) -> Result<Self, DigestFault> {
        let mut bytes = [0; 32];
        match hex::decode_to_slice(text, &mut bytes) {
            Ok(()) => Ok(Digest(bytes)),
            Err(_) => Err(DigestFault { found: text.to_owned() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sm3_matches_the_standard() {
        // GB/T 32905-2016, appendix A.2: sixteen times "abcd".
        assert_eq!(
            sm3(&b"abcd".repeat(16)).to_string(),
            "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"
        );
    }

    #[test]
    fn a_digest_is_exactly_64_hexadecimal_digits() {
        for text in ["", "66c7", &"0".repeat(63), &"0".repeat(66), &"g".repeat(64)] {
            assert_eq!(text.parse::<Digest>(), Err(DigestFault { found: text.to_owned() }));
        }
    }
}
