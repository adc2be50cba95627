//! Personal data sealed at rest (个人信息加密存储).
//!
//! Each person has a key of their own; it is kept only wrapped under the county's master key and bound to the
//! person's id. Destroying the wrapped key erases everything that was sealed for that person, in every copy of the
//! journal and every backup made since, and breaks no proof, because leaves commit to acts with a salt.
//!
//! Format: one version byte, the 12-byte nonce, the SM4-GCM ciphertext, the 16-byte tag (`docs/formats/seal.md`).

use std::fmt;

use aes_gcm::aead::consts::U12;
use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{AesGcm, Nonce};
use sm4::Sm4;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The length of a nonce in bytes. A nonce is never used twice with one key: draw it at random.
pub const NONCE_BYTES: usize = 12;

const VERSION: u8 = 1;
const KEY_BYTES: usize = 16;
/// Keeps a wrapped key from being opened as anything else that is sealed under the master key.
const KEY_CONTEXT: &[u8] = b"gongbao person key 1\0";

/// A 16-byte SM4 key. Overwritten in memory when dropped, and never shown.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Key([u8; KEY_BYTES]);

/// Why something sealed could not be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealFault {
    /// It is too short, or of a version that this program does not know.
    #[error("密文格式无法识别 / the sealed bytes are not in a format known here")]
    Format,
    /// The key or the context is not the one it was sealed with, or the bytes were changed.
    #[error("密文与密钥不符或已被改动 / the key does not fit, or the sealed bytes were altered")]
    Mismatch,
}

impl Key {
    /// A key from 16 random bytes.
    pub fn new(bytes: [u8; KEY_BYTES]) -> Self {
        Key(bytes)
    }

    fn cipher(&self) -> AesGcm<Sm4, U12> {
        AesGcm::new(&self.0.into())
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Key(…)")
    }
}

/// Seals `plain` under a key. `aad` is the context that must be given again to open it, such as the table, column
/// and row; it is authenticated but not stored.
///
/// ```
/// use trust::{Key, open, seal};
///
/// let key = Key::new([7; 16]);
/// let sealed = seal(&key, [1; 12], b"person/7/phone", "10000000001".as_bytes());
/// assert_eq!(open(&key, b"person/7/phone", &sealed).as_deref(), Ok("10000000001".as_bytes()));
/// assert!(open(&key, b"person/8/phone", &sealed).is_err());
/// ```
pub fn seal(key: &Key, nonce: [u8; NONCE_BYTES], aad: &[u8], plain: &[u8]) -> Vec<u8> {
    let sealed = key
        .cipher()
        .encrypt(&Nonce::from(nonce), Payload { msg: plain, aad })
        .expect("SM4-GCM refuses only texts beyond 64 GiB, which no memory here holds");
    [&[VERSION], nonce.as_slice(), &sealed].concat()
}

/// Opens what [`seal`] made with the same key and context.
pub fn open(key: &Key, aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealFault> {
    let body = sealed.strip_prefix(&[VERSION]).ok_or(SealFault::Format)?;
    let (nonce, text) = body.split_first_chunk::<NONCE_BYTES>().ok_or(SealFault::Format)?;
    key.cipher().decrypt(&Nonce::from(*nonce), Payload { msg: text, aad }).map_err(|_| SealFault::Mismatch)
}

/// Wraps a person's key under the county's master key, bound to the person's id.
pub fn wrap_key(master: &Key, person_id: &str, nonce: [u8; NONCE_BYTES], key: &Key) -> Vec<u8> {
    seal(master, nonce, &key_context(person_id), &key.0)
}

/// The person's key out of what [`wrap_key`] made. A wrapped key moved to another person does not open.
pub fn unwrap_key(master: &Key, person_id: &str, wrapped: &[u8]) -> Result<Key, SealFault> {
    let bytes = Zeroizing::new(open(master, &key_context(person_id), wrapped)?);
    let key = <[u8; KEY_BYTES]>::try_from(bytes.as_slice()).map_err(|_| SealFault::Format)?;
    Ok(Key(key))
}

fn key_context(person_id: &str) -> Vec<u8> {
    [KEY_CONTEXT, person_id.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_changed_byte_keeps_it_shut() {
        let key = Key([3; KEY_BYTES]);
        let sealed = seal(&key, [9; NONCE_BYTES], b"context", b"text");
        assert_eq!(open(&Key([4; KEY_BYTES]), b"context", &sealed), Err(SealFault::Mismatch));
        assert_eq!(open(&key, b"other", &sealed), Err(SealFault::Mismatch));
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert!(open(&key, b"context", &changed).is_err(), "byte {place}");
            assert!(open(&key, b"context", &sealed[..place]).is_err(), "cut at {place}");
        }
    }

    #[test]
    fn a_wrapped_key_belongs_to_one_person() {
        let (master, key) = (Key([1; KEY_BYTES]), Key([2; KEY_BYTES]));
        let wrapped = wrap_key(&master, "person-7", [0; NONCE_BYTES], &key);
        assert_eq!(unwrap_key(&master, "person-7", &wrapped), Ok(key));
        assert_eq!(unwrap_key(&master, "person-8", &wrapped), Err(SealFault::Mismatch));
    }

    #[test]
    fn a_key_is_never_shown() {
        assert_eq!(format!("{:?}", Key([0xab; KEY_BYTES])), "Key(…)");
    }

    #[test]
    fn a_key_is_wiped_when_it_ends() {
        // What this bound asks for: dropping a key does what the next line does.
        fn wiped_at_its_end<T: Zeroize + ZeroizeOnDrop>(key: &mut T) {
            key.zeroize();
        }
        let mut key = Key([0xab; KEY_BYTES]);
        wiped_at_its_end(&mut key);
        assert!(key == Key([0; KEY_BYTES]), "no byte of it is left");
    }
}
