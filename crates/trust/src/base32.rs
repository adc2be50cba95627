//! Base 32 for whole bytes: letters and digits that QR codes hold in five and a half bits each, and that stand in an address as they are.

/// Crockford's: no I, L, O or U, which are misread or spell words.
pub(crate) const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// That of RFC 4648, which authenticator apps read.
pub(crate) const RFC_4648: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Bytes as text, without padding.
pub(crate) fn encode(alphabet: &[u8; 32], bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 8 / 5 + 1);
    let (mut held, mut bits) = (0u32, 0);
    for byte in bytes {
        held = held << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(letter(alphabet, held >> bits));
        }
    }
    if bits > 0 {
        text.push(letter(alphabet, held << (5 - bits)));
    }
    text
}

/// The bytes of a text in Crockford's letters, small ones too; nothing if it is none of [`encode`]'s.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 5 / 8);
    let (mut held, mut bits) = (0u32, 0);
    for letter in text.bytes() {
        let value = ALPHABET.iter().position(|known| *known == letter.to_ascii_uppercase())?;
        held = (held << 5 | u32::try_from(value).ok()?) & 0xffff;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
        }
    }
    // What is left over is filled with nought, and less than a letter.
    (bits < 5 && held & ((1 << bits) - 1) == 0).then_some(bytes)
}

fn letter(alphabet: &[u8; 32], held: u32) -> char {
    char::from(alphabet[(held & 0x1f) as usize])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_every_length_come_back_and_nothing_else_is_read() {
        for length in 0..40u8 {
            let bytes: Vec<u8> = (0..length).map(|at| at.wrapping_mul(83).wrapping_add(length)).collect();
            let text = encode(ALPHABET, &bytes);
            assert_eq!(decode(&text), Some(bytes.clone()), "{text}");
            assert_eq!(decode(&text.to_lowercase()), Some(bytes), "{text}");
        }
        assert_eq!(encode(ALPHABET, b"\xff\x00"), "ZW00");
        for wrong in ["ZW01", "Z", "ZW0U", "ZW0 ", "宅"] {
            assert_eq!(decode(wrong), None, "{wrong}");
        }
    }
}
