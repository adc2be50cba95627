//! Bytes to text: UTF-8, UTF-16 with its mark, GB18030 (and so GBK and GB 2312); anything else is refused.

use encoding_rs::{Encoding, GB18030};

use super::Refusal;
use crate::model::{Repair, Rule, Said};

/// The most that is read at once. An issue has some 150 thousand bytes; this leaves room for the archive of a century
/// and keeps what a hostile upload can cost within bounds.
pub const BYTES_MAX: usize = 128 << 20;

/// One character in this many may be a control character or of private use; more is not a text.
const ODD_ONE_IN: usize = 200;

/// The text of a file, without mark and with `\n` as its only line end, and what was done to get it.
pub(super) fn decode(bytes: &[u8]) -> Result<(String, Vec<Repair>), Refusal> {
    if bytes.len() > BYTES_MAX {
        return Err(refusal("文件超过 128 MiB", "the file is larger than 128 MiB"));
    }
    if let Some((zh, en)) = known_binary(bytes) {
        return Err(refusal(zh, en));
    }
    let mut repairs = Vec::new();
    let text = to_text(bytes, &mut repairs)?;
    if looks_binary(&text) {
        return Err(refusal("内容不是文本（含大量控制字符）", "the content is not text: too many control characters"));
    }
    Ok((unify_line_ends(text, &mut repairs), repairs))
}

fn to_text(bytes: &[u8], repairs: &mut Vec<Repair>) -> Result<String, Refusal> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        let zh = format!("按 {} 解码，去掉字节序标记", encoding.name());
        let en = format!("decoded as {}, its byte order mark dropped", encoding.name());
        repairs.push(decoded(zh, en));
        return strict(encoding, &bytes[mark..]);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(text.to_owned());
    }
    let text = strict(GB18030, bytes)?;
    repairs.push(decoded("按 GB18030 解码".to_owned(), "decoded as GB18030".to_owned()));
    Ok(text)
}

fn strict(encoding: &'static Encoding, bytes: &[u8]) -> Result<String, Refusal> {
    match encoding.decode_without_bom_handling_and_without_replacement(bytes) {
        Some(text) => Ok(text.into_owned()),
        None => Err(refusal(
            "既不是 UTF-8 也不是 GB18030，无法解码",
            "neither UTF-8 nor GB18030: the bytes cannot be decoded",
        )),
    }
}

/// Formats that people upload for a text, by their first bytes.
fn known_binary(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    const KNOWN: [(&[u8], &str, &str); 5] = [
        (b"%PDF-", "这是 PDF 文件，不是文本", "this is a PDF, not a text"),
        (b"PK\x03\x04", "这是 Word、WPS 或压缩文件，不是文本", "this is a Word, WPS or ZIP file, not a text"),
        (b"\xd0\xcf\x11\xe0", "这是旧版 Word 或 WPS 文件，不是文本", "this is an old Word or WPS file, not a text"),
        (b"\x89PNG", "这是图片，不是文本", "this is a picture, not a text"),
        (b"\xff\xd8\xff", "这是图片，不是文本", "this is a picture, not a text"),
    ];
    KNOWN.iter().find(|(start, ..)| bytes.starts_with(start)).map(|&(_, zh, en)| (zh, en))
}

fn looks_binary(text: &str) -> bool {
    let odd = |c: &char| (c.is_control() && !c.is_ascii_whitespace()) || ('\u{e000}'..='\u{f8ff}').contains(c);
    let (mut all, mut strange) = (0, 0);
    for c in text.chars() {
        if c == '\0' {
            return true;
        }
        all += 1;
        strange += usize::from(odd(&c));
    }
    strange > 8 && strange > all / ODD_ONE_IN
}

fn unify_line_ends(text: String, repairs: &mut Vec<Repair>) -> String {
    if !text.contains('\r') {
        return text;
    }
    repairs.push(decoded("统一换行符".to_owned(), "line ends made alike".to_owned()));
    text.replace("\r\n", "\n").replace('\r', "\n")
}

fn decoded(zh: String, en: String) -> Repair {
    Repair { line: 1, rule: Rule::Decode, said: Said { zh, en } }
}

fn refusal(zh: &str, en: &str) -> Refusal {
    Refusal { said: Said { zh: zh.to_owned(), en: en.to_owned() } }
}
