//! The verification code (核验码) printed on a certificate.
//!
//! It stands for the document's bytes, so a certificate with another area or another name has another code. Its last
//! character checks the others: whoever types the code from paper learns that they mistyped it, rather than that the
//! certificate is unknown. Format and vectors: `docs/formats/verification-code.md`.

use crate::base32::ALPHABET;
use crate::commitment::SALT_BYTES;
use crate::digest::{Sm3, TreeHash};

const LENGTH: usize = 20;
const GROUP: usize = 5;
/// First byte of what is hashed into a code; differs from those of leaves, nodes and commitments.
const CODE_PREFIX: u8 = 0x03;

/// Why a typed text cannot be a verification code at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodeFault {
    /// It does not have 20 characters, separators aside.
    #[error("核验码应为 20 位，现有 {found} 位，请核对是否漏填 / a code has 20 characters, found {found}")]
    Length {
        /// How many characters it has.
        found: usize,
    },
    /// A character that no code contains.
    #[error("核验码第 {place} 位“{found}”不是可用字符 / character {place}, `{found}`, cannot occur in a code")]
    Character {
        /// Its place, counted from 1 without separators.
        place: usize,
        /// The character.
        found: char,
    },
    /// The check character does not fit the others.
    #[error("核验码有误，请对照证书逐位核对 / the code is mistyped: compare it with the certificate")]
    Check,
}

/// The code of a document: 19 characters (95 bits) of the salted SM3 of its canonical bytes and a check character.
///
/// ```
/// let code = trust::verification_code("批准书".as_bytes(), &[7; 32]);
/// assert_eq!(code.len(), 23); // four groups of five and three hyphens
/// assert_eq!(trust::read_verification_code(&code.to_lowercase().replace('-', " ")), Ok(code));
/// ```
pub fn verification_code(document: &[u8], salt: &[u8; SALT_BYTES]) -> String {
    let digest = Sm3::hash(&[&[CODE_PREFIX], salt, document]);
    let mut values = [0; LENGTH];
    for (place, value) in values[..LENGTH - 1].iter_mut().enumerate() {
        *value = five_bits(digest.as_bytes(), place);
    }
    values[LENGTH - 1] = times_alpha(remainder(&values[..LENGTH - 1]));
    print(&values)
}

/// Reads a typed code and returns it as printed, or says what is wrong with it.
///
/// Small letters, spaces, hyphens and full-width characters are fine; O is read as 0, I and L as 1.
pub fn read_verification_code(typed: &str) -> Result<String, CodeFault> {
    let characters: Vec<char> = typed.chars().map(half_width).filter(|character| !separates(*character)).collect();
    if characters.len() != LENGTH {
        return Err(CodeFault::Length { found: characters.len() });
    }
    let mut values = [0; LENGTH];
    for (place, (value, character)) in values.iter_mut().zip(&characters).enumerate() {
        *value = value_of(*character).ok_or(CodeFault::Character { place: place + 1, found: *character })?;
    }
    if remainder(&values) == 0 { Ok(print(&values)) } else { Err(CodeFault::Check) }
}

fn five_bits(bytes: &[u8], place: usize) -> u8 {
    let (byte, bit) = (place * 5 / 8, place * 5 % 8);
    let pair = u16::from_be_bytes([bytes[byte], bytes[byte + 1]]);
    (pair >> (11 - bit)) as u8 & 0x1f
}

/// The characters as a polynomial over the field of 32 elements, evaluated at its generator α. A valid code gives
/// 0. Powers of α differ over 31 places, so any one wrong character and any two swapped ones are found.
fn remainder(values: &[u8]) -> u8 {
    values.iter().fold(0, |sum, value| times_alpha(sum) ^ value)
}

/// Multiplies by α in GF(2⁵) with the polynomial x⁵ + x² + 1.
fn times_alpha(value: u8) -> u8 {
    let doubled = value << 1;
    if doubled & 0x20 == 0 { doubled } else { doubled ^ 0x25 }
}

fn print(values: &[u8; LENGTH]) -> String {
    let mut code = String::with_capacity(LENGTH + LENGTH / GROUP - 1);
    for (place, value) in values.iter().enumerate() {
        if place > 0 && place % GROUP == 0 {
            code.push('-');
        }
        code.push(char::from(ALPHABET[usize::from(*value)]));
    }
    code
}

fn value_of(character: char) -> Option<u8> {
    let letter = match character.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let place = ALPHABET.iter().position(|known| char::from(*known) == letter)?;
    u8::try_from(place).ok()
}

/// Chinese input methods type full-width letters and digits.
fn half_width(character: char) -> char {
    match character {
        '！'..='～' => char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character),
        other => other,
    }
}

fn separates(character: char) -> bool {
    character.is_whitespace() || matches!(character, '-' | '—' | '–' | '‐')
}

#[cfg(test)]
mod tests {
    use super::*;

    const SALT: [u8; SALT_BYTES] = [7; SALT_BYTES];

    #[test]
    fn another_document_or_salt_has_another_code() {
        let code = verification_code(b"190.00", &SALT);
        assert_ne!(code, verification_code(b"190.01", &SALT));
        assert_ne!(code, verification_code(b"190.00", &[8; SALT_BYTES]));
    }

    #[test]
    fn lenient_in_form() {
        let code = verification_code(b"190.00", &SALT);
        let wide: String =
            code.chars().map(|character| char::from_u32(u32::from(character) + 0xfee0).unwrap()).collect();
        for typed in [code.to_lowercase(), code.replace('-', ""), code.replace('-', " — "), wide] {
            assert_eq!(read_verification_code(&typed).as_deref(), Ok(code.as_str()), "{typed}");
        }
        let confusable = "O0000-00000-00000-0000o";
        assert_eq!(read_verification_code(confusable).as_deref(), Ok("00000-00000-00000-00000"));
    }

    #[test]
    fn every_single_error_and_every_swap_is_found() {
        let code = verification_code(b"190.00", &SALT).replace('-', "");
        for place in 0..LENGTH {
            for wrong in ALPHABET.iter().filter(|wrong| **wrong != code.as_bytes()[place]) {
                let mut typed = code.clone().into_bytes();
                typed[place] = *wrong;
                let typed = String::from_utf8(typed).unwrap();
                assert_eq!(read_verification_code(&typed), Err(CodeFault::Check), "{typed}");
            }
            for other in place + 1..LENGTH {
                let mut typed = code.clone().into_bytes();
                typed.swap(place, other);
                if typed != code.as_bytes() {
                    let typed = String::from_utf8(typed).unwrap();
                    assert_eq!(read_verification_code(&typed), Err(CodeFault::Check), "{typed}");
                }
            }
        }
    }

    #[test]
    fn says_what_is_wrong() {
        assert_eq!(read_verification_code(""), Err(CodeFault::Length { found: 0 }));
        assert_eq!(read_verification_code("00000-0000"), Err(CodeFault::Length { found: 9 }));
        let found = read_verification_code("0000U-00000-00000-00000");
        assert_eq!(found, Err(CodeFault::Character { place: 5, found: 'U' }));
        let found = read_verification_code("00证00-00000-00000-00000");
        assert_eq!(found, Err(CodeFault::Character { place: 3, found: '证' }));
    }
}
