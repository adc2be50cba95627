//! Names of files that every system can keep: no separators, no marks that a shell or an address reads as its own.

/// Bytes of a name at most; with folder and number before it, it stays below the 255 of common file systems.
const BYTES_MAX: usize = 120;
/// Letters of an ending at most.
const ENDING_MAX: usize = 8;

/// A text as part of a file's name.
pub(super) fn clean(text: &str) -> String {
    const KEPT: &str = "-_（）〔〕《》、：";
    let kept = |letter: char| if letter.is_alphanumeric() || KEPT.contains(letter) { letter } else { '_' };
    let mut name: String = text.trim().chars().map(kept).collect();
    while name.len() > BYTES_MAX {
        name.pop();
    }
    if name.is_empty() { "_".to_owned() } else { name }
}

/// The name of an uploaded file, with its ending.
pub(super) fn of_file(name: &str) -> String {
    match name.rsplit_once('.') {
        Some((stem, ending))
            if (1..=ENDING_MAX).contains(&ending.len()) && ending.bytes().all(|byte| byte.is_ascii_alphanumeric()) =>
        {
            format!("{}.{}", clean(stem), ending.to_ascii_lowercase())
        }
        _ => clean(name),
    }
}

#[cfg(test)]
mod tests {
    use super::{clean, of_file};

    #[test]
    fn a_name_holds_nothing_that_leads_elsewhere() {
        for (name, expected) in [
            ("户口簿.JPG", "户口簿.jpg"),
            ("../../etc/passwd", "______etc_passwd"),
            ("a/b\\c:d*e?.pdf", "a_b_c_d_e_.pdf"),
            ("合同 (终稿).v2.docx", "合同__终稿__v2.docx"),
            ("evil\u{202e}fdp.exe", "evil_fdp.exe"),
            ("new\nline", "new_line"),
            (".", "_"),
            ("", "_"),
        ] {
            assert_eq!(of_file(name), expected, "{name:?}");
        }
    }

    #[test]
    fn a_long_name_is_cut_between_letters() {
        let name = clean(&"证".repeat(300));
        assert!(name.len() <= 120 && name.chars().all(|letter| letter == '证'), "{name}");
        assert!(of_file(&format!("{}.pdf", "证".repeat(300))).ends_with("证.pdf"));
    }
}
