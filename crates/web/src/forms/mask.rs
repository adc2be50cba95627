//! Masks for personal data (个人信息遮盖): enough to recognise, not enough to misuse.

use engine::rights::Access;
use regulation::expr::Type;
use regulation::model::{Field, Personal};

/// Whether a field's value is masked on screens until somebody needs it and says so.
#[must_use]
pub fn is_masked(field: &Field) -> bool {
    match field.ty {
        Type::IdNumber | Type::Phone | Type::BankCard => true,
        _ => matches!(field.personal, Some(Personal::Bank | Personal::Health)),
    }
}

/// Whether a reader sees a field's value covered: always what is masked, unless they asked for it in full; and all personal
/// data but names for those who see a matter only masked.
#[must_use]
pub fn is_covered(field: &Field, access: Access, in_full: bool) -> bool {
    (is_masked(field) && !in_full)
        || (access < Access::Full && field.personal.is_some() && field.ty != Type::PersonName)
}

/// Covers the middle of a text: an identity number keeps six characters in front and four behind, others a quarter at each end.
#[must_use]
pub fn cover(text: &str) -> String {
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
    }
}
