//! Secrets handed to a browser: sessions, CSRF tokens, invitation links.

use subtle::ConstantTimeEq;

use crate::digest::sm3;

/// What is stored of a token: the hexadecimal SM3 of it. A stolen table of digests signs nobody in.
///
/// A plain hash is enough because tokens are long and random; passwords are not, see
/// [`hash_password`](crate::hash_password).
pub fn token_digest(token: &str) -> String {
    sm3(token.as_bytes()).to_string()
}

/// Whether two secrets are the same, in a time that does not tell how much of them is.
#[must_use]
pub fn same_bytes(one: &[u8], other: &[u8]) -> bool {
    one.ct_eq(other).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_stored_as_its_sm3() {
        assert_eq!(token_digest("abc"), "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    }

    #[test]
    fn only_equal_bytes_are_the_same() {
        assert!(same_bytes(b"abc", b"abc"));
        assert!(!same_bytes(b"abc", b"abd"));
        assert!(!same_bytes(b"abc", b"ab"));
        assert!(same_bytes(b"", b""));
    }
}
