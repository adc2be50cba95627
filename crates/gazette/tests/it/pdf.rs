//! What a reader of a PDF finds in it: pages, text, fonts, structure, asked from poppler's tools.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A PDF in a file, where a person can look at it too.
pub struct Pdf {
    path: PathBuf,
}

impl Pdf {
    #[expect(clippy::disallowed_methods, reason = "the tests show their documents to people and to poppler")]
    pub fn new(name: &str, bytes: &[u8]) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.pdf"));
        std::fs::write(&path, bytes).expect("the test folder can be written");
        Pdf { path }
    }

    /// The pages as text without the spaces and line breaks that layout makes; nothing, with the reason printed, where
    /// poppler is not installed.
    pub fn pages(&self) -> Option<Vec<String>> {
        let text = self.ask("pdftotext", &["-raw"], &["-"])?;
        let mut pages: Vec<String> = text.split('\u{c}').map(|page| page.split_whitespace().collect()).collect();
        pages.pop();
        Some(pages)
    }

    /// What `pdfinfo` says, with these options.
    pub fn facts(&self, options: &[&str]) -> Option<String> {
        self.ask("pdfinfo", options, &[])
    }

    /// The fonts: one line each.
    pub fn fonts(&self) -> Option<Vec<String>> {
        Some(self.ask("pdffonts", &[], &[])?.lines().skip(2).map(str::to_owned).collect())
    }

    #[expect(clippy::disallowed_methods, reason = "the tests read documents with the tools that readers have")]
    fn ask(&self, tool: &str, before: &[&str], after: &[&str]) -> Option<String> {
        let Ok(output) = Command::new(tool).args(before).arg(&self.path).args(after).output() else {
            eprintln!("not read back: {tool} is missing; install poppler-utils");
            return None;
        };
        Some(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

/// Whether these texts follow each other on some pages. Blanks are ignored.
#[track_caller]
pub fn in_order(pages: &[String], texts: &[&str]) {
    let whole = pages.concat();
    let mut rest = whole.as_str();
    for text in texts {
        let wanted: String = text.split_whitespace().collect();
        let at = rest.find(&wanted).unwrap_or_else(|| panic!("`{text}` does not follow in:\n{rest}"));
        rest = &rest[at + wanted.len()..];
    }
}
