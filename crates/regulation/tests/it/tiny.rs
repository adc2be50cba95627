//! The small valid regulation that uses every kind of block.

use regulation::{LineIndex, SourceFile, check};

/// `FILE:LINE:COLUMN CODE message` for each finding.
pub(crate) fn lines(files: &[SourceFile]) -> Vec<String> {
    let checked = check(files);
    let line = |finding: &regulation::finding::Finding| {
        let file = files.iter().find(|file| file.name == *finding.span.file).expect("findings name a given file");
        let (line, column) = LineIndex::new(&file.text).line_column(&file.text, finding.span.start);
        format!("{}:{line}:{column} {} {}", file.name, finding.code, finding.message.en)
    };
    checked.findings.iter().map(line).collect()
}

fn tiny() -> SourceFile {
    SourceFile { name: "tiny.md".into(), text: include_str!("../fixtures/tiny.md").into() }
}

#[test]
fn tiny_has_no_findings() {
    assert_eq!(lines(&[tiny()]), Vec::<String>::new());
    assert!(check(&[tiny()]).rulebook.regulations.contains_key("dogs"));
}
