//! Public keys of other people's devices and services (公钥): those that authenticators and sign-in services sign with.

use p256::ecdsa::signature::Verifier;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};

/// A key that signatures are checked with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublicKey {
    /// ECDSA on P-256 with SHA-256 (ES256): the two halves of the point.
    P256([u8; 32], [u8; 32]),
    /// Ed25519 (EdDSA).
    Ed25519([u8; 32]),
    /// RSA, PKCS #1 v1.5 with SHA-256 (RS256): modulus and exponent, the highest byte first.
    Rsa(Vec<u8>, Vec<u8>),
}

/// How a signature on P-256 is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EcdsaForm {
    /// As a structure in DER (WebAuthn).
    Der,
    /// As two numbers of 32 bytes (JWS).
    Fixed,
}

impl PublicKey {
    /// Whether `signature` is this key's over `message`.
    ///
    /// Moduli of 2048 to 8192 bits are taken; a key that is none (a point off the curve) verifies nothing.
    #[must_use]
    pub fn verifies(&self, message: &[u8], signature: &[u8], form: EcdsaForm) -> bool {
        match self {
            PublicKey::P256(x, y) => verifies_p256(x, y, message, signature, form),
            PublicKey::Ed25519(bytes) => {
                let key = ed25519_dalek::VerifyingKey::from_bytes(bytes);
                let signature = ed25519_dalek::Signature::from_slice(signature);
                matches!((key, signature), (Ok(key), Ok(signature)) if key.verify_strict(message, &signature).is_ok())
            }
            PublicKey::Rsa(n, e) => {
                RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature).is_ok()
            }
        }
    }
}

fn verifies_p256(x: &[u8; 32], y: &[u8; 32], message: &[u8], signature: &[u8], form: EcdsaForm) -> bool {
    let point = [&[4], &x[..], &y[..]].concat();
    let Ok(key) = p256::ecdsa::VerifyingKey::from_sec1_bytes(&point) else { return false };
    let signature = match form {
        EcdsaForm::Der => p256::ecdsa::Signature::from_der(signature),
        EcdsaForm::Fixed => p256::ecdsa::Signature::from_slice(signature),
    };
    signature.is_ok_and(|signature| key.verify(message, &signature).is_ok())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD as BASE64;

    /// Keys and signatures over `message to verify`, made with OpenSSL:
    /// `openssl dgst -sha256 -sign key.pem`, `openssl pkey -pubin -text`.
    const MESSAGE: &[u8] = b"message to verify";
    const VECTORS: &str = include_str!("../tests/it/vectors/public_key.txt");

    /// A value of the vectors.
    pub(crate) fn vector(name: &str) -> Vec<u8> {
        let line = VECTORS.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')).unwrap();
        BASE64.decode(line).unwrap()
    }

    pub(crate) fn rsa() -> PublicKey {
        PublicKey::Rsa(vector("rsa-modulus"), vec![1, 0, 1])
    }

    fn half(name: &str) -> [u8; 32] {
        vector(name).try_into().unwrap()
    }

    #[test]
    fn signatures_made_by_openssl_verify_and_no_others() {
        let p256 = PublicKey::P256(half("p256-x"), half("p256-y"));
        let ed25519 = PublicKey::Ed25519(half("ed25519-key"));
        let fixed = EcdsaForm::Fixed;
        for (key, signature, form) in [
            (&p256, "p256-signature", EcdsaForm::Der),
            (&ed25519, "ed25519-signature", fixed),
            (&rsa(), "rsa-signature", fixed),
        ] {
            let good = vector(signature);
            assert!(key.verifies(MESSAGE, &good, form), "{signature}");
            assert!(!key.verifies(b"message to verifY", &good, form), "{signature}");
            for place in [0, good.len() / 2, good.len() - 1] {
                let mut bad = good.clone();
                bad[place] ^= 1;
                assert!(!key.verifies(MESSAGE, &bad, form), "{signature} {place}");
            }
            assert!(!key.verifies(MESSAGE, &good[..good.len() - 1], form) && !key.verifies(MESSAGE, b"", form));
        }
        let der = vector("p256-signature");
        let two = p256::ecdsa::Signature::from_der(&der).unwrap().to_bytes();
        assert!(p256.verifies(MESSAGE, &two, fixed) && !p256.verifies(MESSAGE, &two, EcdsaForm::Der));
        assert!(!p256.verifies(MESSAGE, &der, fixed));
    }

    #[test]
    fn what_is_no_key_verifies_nothing() {
        for key in [
            PublicKey::P256([1; 32], [2; 32]),
            PublicKey::P256([0; 32], [0; 32]),
            PublicKey::Ed25519([2; 32]),
            PublicKey::Rsa(vec![], vec![]),
            PublicKey::Rsa(vec![255; 64], vec![1, 0, 1]),
        ] {
            for length in [0, 64, 70, 256] {
                assert!(!key.verifies(MESSAGE, &vec![0; length], EcdsaForm::Fixed), "{key:?}");
                assert!(!key.verifies(MESSAGE, &vec![0; length], EcdsaForm::Der), "{key:?}");
            }
        }
    }
}
