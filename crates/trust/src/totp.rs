//! One-time codes from a telephone (动态口令): TOTP (RFC 6238) over HMAC-SHA-1, six digits, half a minute, as every authenticator app makes
//! them; and recovery codes for who has lost the telephone.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use std::fmt::Write;

use crate::base32;
use crate::token::same_bytes;

/// Bytes of a secret: as long as the digest (RFC 4226, section 4, R6).
pub const TOTP_SECRET_BYTES: usize = 20;
/// Seconds for which a code stands.
const STEP_SECONDS: i64 = 30;
/// Steps before and after the present one that count: clocks differ, and typing takes time.
const DRIFT_STEPS: u64 = 1;
/// Digits of a code.
const DIGITS: usize = 6;

/// The code of a step.
fn code(secret: &[u8], step: u64) -> String {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret).expect("HMAC takes keys of any length");
    mac.update(&step.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    // Dynamic truncation (RFC 4226, section 5.3): the last half byte says where the four bytes are taken from.
    let from = usize::from(digest[digest.len() - 1] & 0x0f);
    let taken = u32::from_be_bytes([digest[from], digest[from + 1], digest[from + 2], digest[from + 3]]) & 0x7fff_ffff;
    format!("{:06}", taken % 1_000_000)
}

/// The code that an authenticator app shows at a moment, in seconds since 1970.
///
/// ```
/// // RFC 6238, appendix B: 94287082 with eight digits.
/// assert_eq!(trust::totp_code(b"12345678901234567890", 59), "287082");
/// ```
#[must_use]
pub fn totp_code(secret: &[u8], seconds: i64) -> String {
    code(secret, step_at(seconds))
}

fn step_at(seconds: i64) -> u64 {
    u64::try_from(seconds.div_euclid(STEP_SECONDS)).unwrap_or(0)
}

/// The step whose code was typed, if it is one of now and none that was used before; spaces do not count.
///
/// `used` is the last step that was accepted: no code serves twice, and none before one that served.
#[must_use]
pub fn check_totp(secret: &[u8], typed: &str, seconds: i64, used: u64) -> Option<u64> {
    let typed: String = typed.chars().filter(|character| !character.is_whitespace()).collect();
    if typed.len() != DIGITS {
        return None;
    }
    let now = step_at(seconds);
    let steps = now.saturating_sub(DRIFT_STEPS)..=now.saturating_add(DRIFT_STEPS);
    // Every step is compared, so that the time tells nothing.
    let mut found = None;
    for step in steps {
        if same_bytes(code(secret, step).as_bytes(), typed.as_bytes()) && step > used {
            found = Some(step);
        }
    }
    found
}

/// Bytes in base 32 (RFC 4648), without padding: how authenticator apps take a secret that is typed.
#[must_use]
pub fn print_base32(bytes: &[u8]) -> String {
    base32::encode(base32::RFC_4648, bytes)
}

/// What the QR code says: the app keeps the secret under the issuer's and the account's name.
///
/// ```
/// let uri = trust::totp_uri("示例县", "zhou.x", b"12345678901234567890");
/// assert!(uri.starts_with("otpauth://totp/%E7%A4%BA%E4%BE%8B%E5%8E%BF:zhou.x?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer="));
/// ```
#[must_use]
pub fn totp_uri(issuer: &str, account: &str, secret: &[u8]) -> String {
    let (issuer, account) = (encoded(issuer), encoded(account));
    format!(
        "otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}&algorithm=SHA1&digits={DIGITS}&period={STEP_SECONDS}",
        print_base32(secret)
    )
}

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            write!(out, "%{byte:02X}").expect("writing to a string never fails");
        }
        out
    })
}

/// A recovery code of ten random bytes, in four groups: `7k3m-…`. Eighty bits: what is stored of it is a plain digest.
#[must_use]
pub fn print_recovery_code(bytes: &[u8; 10]) -> String {
    let text = print_base32(bytes).to_lowercase();
    let groups: Vec<&str> = [0, 4, 8, 12].iter().map(|from| &text[*from..from + 4]).collect();
    groups.join("-")
}

/// What is stored of a recovery code, however it was typed: hyphens, spaces and capitals do not count.
#[must_use]
pub fn recovery_digest(typed: &str) -> String {
    let plain: String = typed.chars().filter(|character| character.is_ascii_alphanumeric()).collect();
    crate::token_digest(&format!("recovery {}", plain.to_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, the six last digits of each.
    #[test]
    fn the_vectors_of_the_rfc() {
        for (seconds, digits) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(totp_code(b"12345678901234567890", seconds), digits);
        }
    }

    /// RFC 4648, section 10.
    #[test]
    fn base_32_of_the_rfc() {
        for (bytes, text) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(print_base32(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn a_code_serves_once_and_for_a_minute_and_a_half() {
        let secret = b"12345678901234567890";
        let code = totp_code(secret, 3_000);
        assert_eq!(check_totp(secret, &code, 3_000, 0), Some(100));
        assert_eq!(check_totp(secret, &format!("{} {}", &code[..3], &code[3..]), 3_029, 0), Some(100));
        assert_eq!(check_totp(secret, &code, 3_000, 100), None, "it was used");
        assert_eq!(check_totp(secret, &code, 3_000, 101), None, "a later one was");
        assert_eq!(check_totp(secret, &code, 2_970, 0), Some(100), "the telephone is ahead");
        assert_eq!(check_totp(secret, &code, 3_059, 0), Some(100));
        assert_eq!(check_totp(secret, &code, 3_060, 0), None);
        for wrong in ["", "12345", "1234567", "一二三四五六"] {
            assert_eq!(check_totp(secret, wrong, 3_000, 0), None, "{wrong}");
        }
        assert_eq!(check_totp(secret, &code, i64::MIN, 0), None);
    }

    #[test]
    fn recovery_codes_are_read_however_they_are_typed() {
        let code = print_recovery_code(&[7; 10]);
        assert_eq!((code.len(), code.matches('-').count()), (19, 3));
        assert_eq!(recovery_digest(&code), recovery_digest(&code.to_uppercase().replace('-', " ")));
        assert_ne!(recovery_digest(&code), recovery_digest(&print_recovery_code(&[8; 10])));
    }
}
