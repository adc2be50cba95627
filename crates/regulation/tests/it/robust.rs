//! Nothing that is handed in makes the reader panic, and mistakes of encoding and size are findings.

use crate::tiny::lines;
use regulation::{SourceFile, check};

const TINY: &str = include_str!("../fixtures/tiny.md");

fn file(text: impl Into<String>) -> SourceFile {
    SourceFile { name: "x.md".into(), text: text.into() }
}

/// Reads it, for the panics and for findings that can be shown.
fn read(files: &[SourceFile]) {
    for finding in check(files).findings {
        let text = files.iter().find(|file| file.name == *finding.span.file).map(|file| file.text.as_str());
        let shown = text.and_then(|text| text.get(finding.span.start..finding.span.end));
        assert!(shown.is_some(), "{} has no place in its file: {:?}", finding.code, finding.span);
        assert!(finding.hint.is_some(), "{} says not what to do", finding.code);
    }
}

fn codes(file: SourceFile) -> Vec<&'static str> {
    check(&[file]).findings.iter().map(|finding| finding.code).collect()
}

#[test]
fn line_ends_and_byte_order_mark_make_no_difference() {
    let windows = format!("\u{FEFF}{}", TINY.replace('\n', "\r\n"));
    assert_eq!(lines(&[file(windows)]), Vec::<String>::new());
}

#[test]
fn places_are_the_same_with_windows_line_ends() {
    let wrong = TINY.replace("own-dogs < max-dogs", "own-dogs < max-dog");
    assert_eq!(lines(&[file(wrong.clone())]), lines(&[file(wrong.replace('\n', "\r\n"))]));
}

#[test]
fn other_encodings_are_a_finding() {
    // 总则 in GB 18030.
    let bytes = [b"---\nid: x\n---\n# ".as_slice(), &[0xD7, 0xDC, 0xD4, 0xF2], b"\n"].concat();
    assert!(codes(SourceFile::from_bytes("x.md", &bytes)).contains(&"GB0001"));
}

#[test]
fn a_huge_file_is_one_finding() {
    assert_eq!(codes(file("长".repeat(2_000_000))), ["GB0002"]);
}

#[test]
fn a_large_file_is_read_in_time() {
    let many: String = (0..20_000).map(|n| format!("第{n}条。 {{#c-{n} .narrative}}\n\n")).collect();
    assert_eq!(codes(file(format!("{TINY}\n{many}"))), Vec::<&str>::new());
}

#[test]
fn deep_nesting_is_harmless() {
    for text in ["> ".repeat(20_000), "- ".repeat(5_000), "[".repeat(20_000), "#".repeat(20_000), "`".repeat(20_000)] {
        read(&[file(format!("{TINY}\n{text}"))]);
        read(&[file(format!("{TINY}\n```yaml parameter\nx: {text}\n```\n"))]);
    }
}

#[test]
fn a_regulation_cut_off_anywhere_gives_findings() {
    let cuts = TINY.char_indices().map(|(at, _)| at).step_by(61);
    for at in cuts {
        read(&[file(&TINY[..at])]);
    }
}

#[test]
fn a_regulation_with_a_line_missing_never_panics() {
    let all: Vec<&str> = TINY.lines().collect();
    for missing in (0..all.len()).step_by(3) {
        let rest: Vec<&str> =
            all.iter().enumerate().filter(|(line, _)| *line != missing).map(|(_, line)| *line).collect();
        read(&[file(rest.join("\n"))]);
    }
}

#[test]
fn no_bytes_make_the_reader_panic() {
    let bytes = bolero::produce::<Vec<u8>>().with().len(0..2_000_usize);
    bolero::check!().with_iterations(200).with_generator(bytes).for_each(|bytes| {
        read(&[SourceFile::from_bytes("x.md", bytes)]);
        let fenced = format!(
            "{}\n```yaml step\n{}\n```\n",
            TINY.split("# 一").next().unwrap_or_default(),
            String::from_utf8_lossy(bytes)
        );
        read(&[file(fenced)]);
    });
}

/// Places to change and what to put there.
type Changes = Vec<(u16, u8)>;

#[test]
fn no_change_of_a_valid_regulation_makes_the_reader_panic() {
    const PIECES: [&str; 16] =
        ["", " ", "\n", ": ", "- ", "{", "}", "[", "]", "|", "```", "\"", " of ", "&a ", "*a", "农"];
    bolero::check!().with_type::<Changes>().with_iterations(150).for_each(|changes| {
        let mut text = TINY.to_string();
        for (place, piece) in changes.iter().take(12) {
            let mut at = usize::from(*place) % text.len();
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            text.insert_str(at, PIECES[usize::from(*piece) % PIECES.len()]);
        }
        read(&[file(text)]);
    });
}
