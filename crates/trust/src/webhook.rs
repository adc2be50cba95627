//! Signatures on what goes out to other programs, by the Standard Webhooks scheme: HMAC-SHA-256 over id, moment and body, so
//! that the receiver knows who sent it, that it is whole, and that it is not an old one sent again.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Bytes of a secret as made here; the scheme allows 24 to 64.
pub const WEBHOOK_SECRET_BYTES: usize = 32;

const PREFIX: &str = "whsec_";

/// A secret as people copy it: `whsec_` and base64.
#[must_use]
pub fn print_webhook_secret(secret: &[u8]) -> String {
    format!("{PREFIX}{}", BASE64.encode(secret))
}

/// Reads a secret as printed, with or without its prefix; `None` unless it has 24 to 64 bytes.
///
/// ```
/// let secret = trust::read_webhook_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
/// assert_eq!(trust::print_webhook_secret(&secret), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
/// assert_eq!(trust::read_webhook_secret("whsec_c2hvcnQ="), None);
/// ```
#[must_use]
pub fn read_webhook_secret(text: &str) -> Option<Vec<u8>> {
    let text = text.trim();
    let bytes = BASE64.decode(text.strip_prefix(PREFIX).unwrap_or(text)).ok()?;
    (24..=64).contains(&bytes.len()).then_some(bytes)
}

/// The signature of a message: `v1,` and the base64 of HMAC-SHA-256 over `id.timestamp.body`. `timestamp` is in seconds since 1970.
#[must_use]
pub fn sign_webhook(secret: &[u8], id: &str, timestamp: i64, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes keys of any length");
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body);
    format!("v1,{}", BASE64.encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the scheme's own documentation (standard-webhooks/standard-webhooks: spec, libraries).
    #[test]
    fn the_published_example_comes_out() {
        let secret = read_webhook_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signature =
            sign_webhook(&secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn another_id_moment_body_or_secret_gives_another_signature() {
        let base = sign_webhook(&[1; 32], "a", 1, b"x");
        for other in [
            sign_webhook(&[2; 32], "a", 1, b"x"),
            sign_webhook(&[1; 32], "b", 1, b"x"),
            sign_webhook(&[1; 32], "a", 2, b"x"),
            sign_webhook(&[1; 32], "a", 1, b"y"),
        ] {
            assert_ne!(base, other);
        }
    }
}
