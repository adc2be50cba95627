//! Masks for personal data (个人信息遮盖): enough to recognise, not enough to misuse.

use engine::rights::Access;
pub use engine::rights::{is_covered, is_masked};
use store::record::v1::ERASED;

/// Covers the middle of a text: an identity number keeps six characters in front and four behind, others a quarter at each end. Of what was
/// erased nothing is left to cover.
#[must_use]
pub fn cover(text: &str) -> String {
    if text == ERASED {
        return text.to_owned();
    }
    let letters: Vec<char> = text.chars().collect();
    let (front, back) = if letters.len() == 18 { (6, 4) } else { (letters.len() / 4, letters.len() / 4) };
    let hidden = letters.len() - front - back;
    let covered: String = std::iter::repeat_n('*', hidden).collect();
    let front: String = letters[..front].iter().collect();
    let back: String = letters[letters.len() - back..].iter().collect();
    format!("{front}{covered}{back}")
}

/// How much somebody sees, as programs are told.
#[must_use]
pub fn access_name(access: Access) -> &'static str {
    match access {
        Access::Full => "full",
        Access::Masked => "masked",
        Access::Public | Access::None => "public",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_is_covered() {
        assert_eq!(cover("99999919790412001X"), "999999********001X");
        assert_eq!(cover("10000000001"), "10*******01");
        assert_eq!(cover("李"), "*");
        assert_eq!(cover(""), "");
        assert_eq!(cover(ERASED), ERASED, "nobody takes it for a number");
    }
}
