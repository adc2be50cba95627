//! Codes that only who has the key can make (校验码, HMAC with SM3).

use hmac::{Hmac, KeyInit, Mac};

use crate::digest::Digest;

/// The HMAC-SM3 of some bytes (GB/T 15852.2, RFC 2104).
///
/// ```
/// assert_ne!(trust::mac(b"one key", b"text"), trust::mac(b"another", b"text"));
/// ```
#[must_use]
pub fn mac(key: &[u8], bytes: &[u8]) -> Digest {
    let mut mac = Hmac::<sm3::Sm3>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(bytes);
    Digest(mac.finalize().into_bytes().into())
}

#[cfg(test)]
mod tests {
    #[test]
    fn agrees_with_openssl() {
        // printf abc | openssl dgst -sm3 -hmac key
        assert_eq!(
            super::mac(b"key", b"abc").to_string(),
            "28e63256e7c5a087b1f073265dc53092163f7b82729735d06f28f10af9d52393"
        );
    }
}
