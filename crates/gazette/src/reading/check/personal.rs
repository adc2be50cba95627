//! Personal data that must not be published as it stands (gz §4.11), and a text's own word that it is not for the public.

use crate::model::{Block, BlockKind, Code};
use crate::reading::findings::Findings;

/// Checks each line of a block; what a line holds of one kind is one doubt.
pub(super) fn check(block: &Block, findings: &mut Findings) {
    if !may_hold(block) {
        return;
    }
    for piece in &block.pieces {
        for kind in kinds(&piece.text) {
            let (zh, en) = kind.words();
            findings.doubt(piece.line, Code::F25, format!("含{zh}"), format!("contains {en}"));
        }
    }
    if let Some(at) = ["不宣传", "不报道", "不予公开", "不得公开"].iter().find_map(|words| block.text.find(words))
    {
        let (zh, en) =
            ("正文要求不宣传、不公开，公开前由审核人决定", "the text asks for no publicity: the reviewer decides");
        findings.doubt(block.line_index().at(at), Code::F25, zh, en);
    }
}

fn may_hold(block: &Block) -> bool {
    !matches!(block.kind, BlockKind::Number | BlockKind::Date | BlockKind::PublicMark)
}

/// What kind of personal data a text holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Mobile,
    Identity,
    Card,
    Mail,
}

impl Kind {
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Kind::Mobile => ("手机号码", "a mobile number"),
            Kind::Identity => ("公民身份号码", "an identity number"),
            Kind::Card => ("银行卡号", "a bank card number"),
            Kind::Mail => ("电子邮箱", "an e-mail address"),
        }
    }
}

fn kinds(text: &str) -> Vec<Kind> {
    let runs = text.split(|c: char| !c.is_ascii_digit() && !matches!(c, 'X' | 'x'));
    let mut kinds: Vec<Kind> = runs.filter_map(|run| number_kind(run.as_bytes())).collect();
    kinds.extend(has_mail(text).then_some(Kind::Mail));
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

fn number_kind(run: &[u8]) -> Option<Kind> {
    match run.len() {
        11 if run[0] == b'1' && (b'3'..=b'9').contains(&run[1]) && run.iter().all(u8::is_ascii_digit) => {
            Some(Kind::Mobile)
        }
        18 if is_identity(run) => Some(Kind::Identity),
        16..=19 if is_card(run) => Some(Kind::Card),
        _ => None,
    }
}

/// An 18-character identity number whose check character is right (GB 11643).
fn is_identity(run: &[u8]) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: &[u8; 11] = b"10X98765432";
    let (digits, check) = run.split_at(17);
    let sum: u32 = digits.iter().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit.wrapping_sub(b'0')) * weight).sum();
    digits.iter().all(u8::is_ascii_digit) && CHECKS[(sum % 11) as usize] == check[0].to_ascii_uppercase()
}

/// A number that passes Luhn's test.
fn is_card(run: &[u8]) -> bool {
    let doubled = |digit: u32| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let digit = |byte: &u8| u32::from(byte.wrapping_sub(b'0'));
    let values =
        run.iter().rev().map(digit).enumerate().map(|(at, digit)| if at % 2 == 1 { doubled(digit) } else { digit });
    run.iter().all(u8::is_ascii_digit) && run.iter().any(|byte| *byte != b'0') && values.sum::<u32>() % 10 == 0
}

fn has_mail(text: &str) -> bool {
    let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    text.split_once('@').is_some_and(|(before, behind)| {
        let host = behind.split(|c| !name(c)).next().unwrap_or_default();
        before.ends_with(name) && host.contains('.') && host.starts_with(|c: char| c.is_ascii_alphanumeric())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_told_apart_by_their_check_digits() {
        // Invented: region 999999 does not exist, and the card number is the one that manuals print.
        for (text, expected) in [
            ("999999199001011239", vec![]),
            ("99999919900101123X", vec![]),
            ("999999199001010016", vec![Kind::Identity]),
            ("4111 1111", vec![]),
            ("4111111111111111", vec![Kind::Card]),
            ("4111111111111112", vec![]),
            ("联系人：13900000000。", vec![Kind::Mobile]),
            ("0358-5300000", vec![]),
            ("a@b.cn", vec![Kind::Mail]),
            ("@ 例", vec![]),
        ] {
            assert_eq!(kinds(text), expected, "{text}");
        }
    }
}
