//! Passkeys (通行密钥): what an authenticator signs when somebody registers or signs in (WebAuthn level 3, chapters 6 and 7).
//!
//! Attestation is not asked for: who made the device is nobody's business here, only that its key answers. So only authenticator data is
//! read, which has a fixed shape; the one structure in it, the key, has a single way to be written (CTAP2 canonical CBOR), and is compared
//! with that. What the browser signs along (challenge, origin) is JSON and the caller's to compare.

use sha2::{Digest, Sha256};

use crate::public_key::{EcdsaForm, PublicKey};
use crate::token::same_bytes;

/// The site that answers are bound to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeySite {
    /// Its domain: `gongbao.example.gov.cn`.
    pub id: String,
}

/// A registered key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyKey(PublicKey);

/// What an authenticator says when it has made a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPasskey {
    /// The id of the credential: 1 to 1023 bytes.
    pub credential: Vec<u8>,
    /// The key as it was written; [`PasskeyKey::read`] reads it again.
    pub key: Vec<u8>,
    /// How often the authenticator has answered; nought where it does not count.
    pub counter: u32,
    /// Whether it made sure who is there: by finger, face or code.
    pub verified: bool,
}

/// What an authenticator sends to sign in.
#[derive(Debug, Clone, Copy)]
pub struct PasskeyAnswer<'a> {
    /// Authenticator data.
    pub data: &'a [u8],
    /// What the browser signed along.
    pub client: &'a [u8],
    /// The signature over both.
    pub signature: &'a [u8],
}

/// An answer that is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasskeyUse {
    /// The new count.
    pub counter: u32,
    /// Whether the authenticator made sure who is there.
    pub verified: bool,
}

/// Why what an authenticator says is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasskeyFault {
    /// It is too short or has the wrong shape.
    #[error("认证器的应答无法识别 / the authenticator's answer cannot be read")]
    Shape,
    /// It was made for another site.
    #[error("认证器的应答不是给本站的 / the answer is for another site")]
    Site,
    /// Nobody was there.
    #[error("认证器没有确认有人在场 / the authenticator saw nobody")]
    Absent,
    /// The key is of a kind that is not taken.
    #[error("不支持这种密钥 / this kind of key is not supported")]
    Kind,
    /// The signature is not the key's.
    #[error("签名不对 / wrong signature")]
    Signature,
    /// The counter went back: there is a copy of the key.
    #[error("计数倒退，密钥可能被复制 / the counter went back: there may be a copy of the key")]
    Counter,
}

/// Where the flags stand in authenticator data, after the digest of the site; then the counter.
const FLAGS_AT: usize = 32;
const COUNTER_AT: usize = 33;
const HEAD_BYTES: usize = 37;
/// User present, user verified, a credential follows, extensions follow.
const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const CREDENTIAL: u8 = 0x40;
const EXTENSIONS: u8 = 0x80;
/// The id of the authenticator's model, before the credential's.
const MODEL_BYTES: usize = 16;
/// Longest id of a credential (WebAuthn, 5.4.1).
const CREDENTIAL_BYTES_MAX: usize = 1023;
/// Moduli of 2048 to 4096 bits.
const MODULUS_BYTES: std::ops::RangeInclusive<usize> = 256..=512;

/// Keys as COSE writes them (RFC 9052, 9053, 8230), before their first number.
const P256_HEAD: &[u8] = &[0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
const P256_BETWEEN: &[u8] = &[0x22, 0x58, 0x20];
const ED25519_HEAD: &[u8] = &[0xa4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21, 0x58, 0x20];
const RSA_HEAD: &[u8] = &[0xa4, 0x01, 0x03, 0x03, 0x39, 0x01, 0x00, 0x20, 0x59];
/// The exponent that every authenticator takes, 65537.
const RSA_TAIL: &[u8] = &[0x21, 0x43, 0x01, 0x00, 0x01];

/// Bytes that are taken from the front.
struct Front<'a>(&'a [u8]);

impl<'a> Front<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], PasskeyFault> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(PasskeyFault::Shape)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], PasskeyFault> {
        self.take(N)?.try_into().map_err(|_| PasskeyFault::Shape)
    }

    /// Whether these come next; then they are taken.
    fn is(&mut self, wanted: &[u8]) -> bool {
        let Some(rest) = self.0.strip_prefix(wanted) else { return false };
        self.0 = rest;
        true
    }

    fn must_be(&mut self, wanted: &[u8]) -> Result<(), PasskeyFault> {
        if self.is(wanted) { Ok(()) } else { Err(PasskeyFault::Shape) }
    }
}

impl PasskeyKey {
    /// Reads a key as authenticators write it: ES256, EdDSA with Ed25519, or RS256.
    ///
    /// # Errors
    /// If it is of another kind, cut off, or followed by something.
    pub fn read(bytes: &[u8]) -> Result<PasskeyKey, PasskeyFault> {
        let mut front = Front(bytes);
        let key = PasskeyKey::take(&mut front)?;
        if front.0.is_empty() { Ok(key) } else { Err(PasskeyFault::Shape) }
    }

    fn take(front: &mut Front<'_>) -> Result<PasskeyKey, PasskeyFault> {
        let key = if front.is(P256_HEAD) {
            let x = front.array()?;
            front.must_be(P256_BETWEEN)?;
            PublicKey::P256(x, front.array()?)
        } else if front.is(ED25519_HEAD) {
            PublicKey::Ed25519(front.array()?)
        } else if front.is(RSA_HEAD) {
            let length = usize::from(u16::from_be_bytes(front.array()?));
            if !MODULUS_BYTES.contains(&length) {
                return Err(PasskeyFault::Kind);
            }
            let modulus = front.take(length)?.to_vec();
            front.must_be(RSA_TAIL)?;
            PublicKey::Rsa(modulus, RSA_TAIL[2..].to_vec())
        } else {
            return Err(PasskeyFault::Kind);
        };
        Ok(PasskeyKey(key))
    }
}

/// What stands at the front of authenticator data.
struct Head {
    flags: u8,
    counter: u32,
}

impl PasskeySite {
    /// The front of data that is for this site, of somebody who was there.
    fn head(&self, front: &mut Front<'_>) -> Result<Head, PasskeyFault> {
        let head = front.take(HEAD_BYTES)?;
        if !same_bytes(&head[..FLAGS_AT], &Sha256::digest(self.id.as_bytes())) {
            return Err(PasskeyFault::Site);
        }
        let flags = head[FLAGS_AT];
        if flags & PRESENT == 0 {
            return Err(PasskeyFault::Absent);
        }
        Ok(Head { flags, counter: Front(&head[COUNTER_AT..]).array().map(u32::from_be_bytes)? })
    }

    /// The credential that an authenticator has made.
    ///
    /// # Errors
    /// If the data is for another site, nobody was there, no credential is in it, or its key is of a kind that is not taken.
    pub fn register(&self, data: &[u8]) -> Result<NewPasskey, PasskeyFault> {
        let mut front = Front(data);
        let Head { flags, counter } = self.head(&mut front)?;
        if flags & CREDENTIAL == 0 {
            return Err(PasskeyFault::Shape);
        }
        front.take(MODEL_BYTES)?;
        let length = usize::from(u16::from_be_bytes(front.array()?));
        if length == 0 || length > CREDENTIAL_BYTES_MAX {
            return Err(PasskeyFault::Shape);
        }
        let credential = front.take(length)?.to_vec();
        let from = front.0;
        PasskeyKey::take(&mut front)?;
        let key = from[..from.len() - front.0.len()].to_vec();
        if flags & EXTENSIONS == 0 && !front.0.is_empty() {
            return Err(PasskeyFault::Shape);
        }
        Ok(NewPasskey { credential, key, counter, verified: flags & VERIFIED != 0 })
    }

    /// Checks an answer of a key that has counted so far. Challenge and origin in what the browser signed along are the caller's to compare,
    /// and whether the user has to be verified is the caller's to say.
    ///
    /// # Errors
    /// If the answer is for another site, nobody was there, the signature is not the key's, or the counter has not gone on.
    pub fn check(
        &self,
        key: &PasskeyKey,
        counted: u32,
        answer: &PasskeyAnswer<'_>,
    ) -> Result<PasskeyUse, PasskeyFault> {
        let Head { flags, counter } = self.head(&mut Front(answer.data))?;
        let message = [answer.data, &Sha256::digest(answer.client)[..]].concat();
        if !key.0.verifies(&message, answer.signature, EcdsaForm::Der) {
            return Err(PasskeyFault::Signature);
        }
        // Keys that are shared between devices do not count: theirs stays at nought.
        if (counter != 0 || counted != 0) && counter <= counted {
            return Err(PasskeyFault::Counter);
        }
        Ok(PasskeyUse { counter, verified: flags & VERIFIED != 0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use p256::ecdsa::signature::Signer;

    const SITE: &str = "gongbao.example";
    const CLIENT: &[u8] = b"client";

    fn site() -> PasskeySite {
        PasskeySite { id: SITE.into() }
    }

    fn data(site: &str, flags: u8, counter: u32) -> Vec<u8> {
        let mut data = Sha256::digest(site.as_bytes()).to_vec();
        data.push(flags);
        data.extend(counter.to_be_bytes());
        data
    }

    fn secret() -> p256::ecdsa::SigningKey {
        p256::ecdsa::SigningKey::from_slice(&[7; 32]).unwrap()
    }

    fn cose() -> Vec<u8> {
        let point = secret().verifying_key().to_sec1_point(false);
        [P256_HEAD, &point.as_bytes()[1..33], P256_BETWEEN, &point.as_bytes()[33..]].concat()
    }

    fn checked(data: &[u8], counted: u32) -> Result<PasskeyUse, PasskeyFault> {
        let message = [data, &Sha256::digest(CLIENT)[..]].concat();
        let signature: p256::ecdsa::Signature = secret().sign(&message);
        let signature = signature.to_der();
        let answer = PasskeyAnswer { data, client: CLIENT, signature: signature.as_bytes() };
        site().check(&PasskeyKey::read(&cose()).unwrap(), counted, &answer)
    }

    #[test]
    fn an_answer_is_bound_to_site_presence_and_counter() {
        let good = data(SITE, PRESENT | VERIFIED, 8);
        assert_eq!(checked(&good, 7), Ok(PasskeyUse { counter: 8, verified: true }));
        assert_eq!(checked(&data(SITE, PRESENT, 8), 7), Ok(PasskeyUse { counter: 8, verified: false }));
        for counted in [8, 9, u32::MAX] {
            assert_eq!(checked(&good, counted), Err(PasskeyFault::Counter), "{counted}");
        }
        assert_eq!(
            checked(&data(SITE, PRESENT, 0), 0).map(|used| used.counter),
            Ok(0),
            "keys on many devices do not count"
        );
        assert_eq!(checked(&data(SITE, PRESENT, 0), 1), Err(PasskeyFault::Counter), "who counted once counts on");
        assert_eq!(checked(&data("evil.example", PRESENT | VERIFIED, 8), 7), Err(PasskeyFault::Site));
        assert_eq!(checked(&data(SITE, VERIFIED, 8), 7), Err(PasskeyFault::Absent));
        for length in 0..good.len() {
            assert_eq!(checked(&good[..length], 7), Err(PasskeyFault::Shape), "{length}");
        }
    }

    #[test]
    fn an_answer_is_signed_by_the_key_over_data_and_client() {
        let good = data(SITE, PRESENT, 1);
        let message = [&good[..], &Sha256::digest(CLIENT)[..]].concat();
        let signature: p256::ecdsa::Signature = secret().sign(&message);
        let signature = signature.to_der().as_bytes().to_vec();
        let check = |key: &PasskeyKey, client, signature: &[u8]| {
            site().check(key, 0, &PasskeyAnswer { data: &good, client, signature }).map(|used| used.counter)
        };
        let key = PasskeyKey::read(&cose()).unwrap();
        assert_eq!(check(&key, CLIENT, &signature), Ok(1));
        assert_eq!(check(&key, b"clienT", &signature), Err(PasskeyFault::Signature));
        assert_eq!(check(&key, CLIENT, &signature[..9]), Err(PasskeyFault::Signature));
        let other = PasskeyKey(crate::public_key::tests::rsa());
        assert_eq!(check(&other, CLIENT, &signature), Err(PasskeyFault::Signature));
        use ed25519_dalek::Signer as _;
        let ed25519 = ed25519_dalek::SigningKey::from_bytes(&[5; 32]);
        let cose = [ED25519_HEAD, &ed25519.verifying_key().to_bytes()].concat();
        let key = PasskeyKey::read(&cose).unwrap();
        assert_eq!(check(&key, CLIENT, &ed25519.sign(&message).to_bytes()), Ok(1));
        assert_eq!(check(&key, CLIENT, &signature), Err(PasskeyFault::Signature));
    }

    fn made(key: &[u8], flags: u8) -> Vec<u8> {
        let mut made = data(SITE, flags | CREDENTIAL, 1);
        made.extend([0; MODEL_BYTES]);
        made.extend([0, 3]);
        made.extend(b"abc");
        made.extend(key);
        made
    }

    #[test]
    fn a_credential_is_read_within_its_bounds() {
        let whole = made(&cose(), PRESENT | VERIFIED);
        let read = site().register(&whole).unwrap();
        assert_eq!(read, NewPasskey { credential: b"abc".to_vec(), key: cose(), counter: 1, verified: true });
        assert!(!site().register(&made(&cose(), PRESENT)).unwrap().verified);
        for length in 0..whole.len() {
            let fault = site().register(&whole[..length]).unwrap_err();
            assert!(matches!(fault, PasskeyFault::Shape | PasskeyFault::Kind), "{length}");
        }
        let longer = [&whole[..], &[0xa0]].concat();
        assert_eq!(site().register(&longer), Err(PasskeyFault::Shape), "more than is said");
        let extended = [&made(&cose(), PRESENT | EXTENSIONS)[..], &[0xa0]].concat();
        assert_eq!(site().register(&extended).unwrap().key, cose());
        assert_eq!(site().register(&data(SITE, PRESENT, 1)), Err(PasskeyFault::Shape), "no credential");
        for (length, name) in [(0u16, "empty"), (1024, "too long"), (u16::MAX, "longer than all")] {
            let mut wrong = whole.clone();
            wrong[HEAD_BYTES + MODEL_BYTES..HEAD_BYTES + MODEL_BYTES + 2].copy_from_slice(&length.to_be_bytes());
            wrong.extend([0; 2000]);
            assert_eq!(site().register(&wrong), Err(PasskeyFault::Shape), "{name}");
        }
    }

    #[test]
    fn keys_of_three_kinds_are_read_and_no_others() {
        let crate::PublicKey::Rsa(modulus, _) = crate::public_key::tests::rsa() else { unreachable!() };
        let rsa = [RSA_HEAD, &[1, 0], &modulus, RSA_TAIL].concat();
        assert_eq!(PasskeyKey::read(&rsa), Ok(PasskeyKey(crate::public_key::tests::rsa())));
        let ed25519 = [ED25519_HEAD, &[9; 32]].concat();
        for key in [&rsa, &ed25519, &cose()] {
            assert!(PasskeyKey::read(key).is_ok());
            assert_eq!(PasskeyKey::read(&[key, &[0][..]].concat()), Err(PasskeyFault::Shape), "something behind");
            assert!((0..key.len()).all(|length| PasskeyKey::read(&key[..length]).is_err()));
            let mut other = key.clone();
            other[4] ^= 1;
            assert_eq!(PasskeyKey::read(&other), Err(PasskeyFault::Kind), "another algorithm");
        }
        let short = [RSA_HEAD, &[0, 128], &[255; 128], RSA_TAIL].concat();
        assert_eq!(PasskeyKey::read(&short), Err(PasskeyFault::Kind), "1024 bits");
        let small = [RSA_HEAD, &[1, 0], &modulus, &[0x21, 0x41, 3]].concat();
        assert_eq!(PasskeyKey::read(&small), Err(PasskeyFault::Shape), "another exponent");
    }
}
