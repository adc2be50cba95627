//! What an input method writes at full width (全角).

/// A letter, digit or sign at half width; others as they are.
pub(crate) fn narrow(sign: char) -> char {
    match sign {
        '！'..='～' => char::from_u32(u32::from(sign) - 0xFEE0).unwrap_or(sign),
        '\u{3000}' => ' ',
        other => other,
    }
}
