//! What a document and an issue cost in print, in milliseconds: `cargo bench -p gazette --bench print`.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use gazette::model::Document;
use gazette::typeset::{Fonts, Typesetter};
use gazette::{issue, official};
use jiff::civil::date;

#[path = "../tests/it/documents.rs"]
mod documents;

/// Where Debian's fonts-noto-cjk and fonts-lxgw-wenkai put their files.
const FOLDERS: [&str; 2] = ["/usr/share/fonts/opentype/noto", "/usr/share/fonts/truetype/lxgw-wenkai"];

#[expect(clippy::disallowed_methods, reason = "cargo says on the command line whether to measure")]
fn main() {
    // `cargo test` runs benches without `--bench`: one small document is enough to see that they work.
    let measured = std::env::args().any(|argument| argument == "--bench");
    let started = now();
    let typesetter = Typesetter::new(Arc::new(Fonts::new(FOLDERS.iter().flat_map(|folder| files(folder)).collect())));
    if !typesetter.lacks("宅").is_empty() {
        println!("skipped: no Chinese font in {FOLDERS:?}; install fonts-noto-cjk");
        return;
    }
    println!("fonts: {} ms", started.elapsed().as_millis());
    report_document(&typesetter, "notice, 2 pages", &documents::notice());
    if !measured {
        return;
    }
    for document in [documents::report(), documents::bill(), documents::reply(), documents::letter()] {
        report_document(&typesetter, document.kind.as_deref().unwrap_or_default(), &document);
    }
    report_document(&typesetter, "measures with annexes, 6 pages", &documents::measures());
    report_document(&typesetter, "text, 40 pages", &documents::long_text(140));
    report_document(&typesetter, "table of 300 rows", &documents::long_table(300));
    for count in [16, 64] {
        let documents = (1..=count).map(|serial| numbered(documents::long_text(12), serial)).collect();
        let gazette = documents::gazette(documents);
        report(&format!("issue of {count} documents"), || {
            issue::pdf(&typesetter, &gazette, &issue::Options::new(date(2022, 3, 31))).expect("it can be printed")
        });
    }
    println!("memory at most: {}", memory_most());
}

fn numbered(mut document: Document, serial: u32) -> Document {
    document.number.serial = serial;
    document
}

fn report_document(typesetter: &Typesetter, name: &str, document: &Document) {
    let options = official::Options::new(date(2022, 1, 20));
    report(name, || official::pdf(typesetter, document, &options).expect("it can be printed"));
}

/// The first print, and the middle one of five after it: the typesetter keeps what it can use again.
fn report(name: &str, print: impl Fn() -> Vec<u8>) {
    let time = || {
        let started = now();
        let bytes = print().len();
        (started.elapsed().as_millis(), bytes)
    };
    let (first, bytes) = time();
    let mut others: Vec<u128> = (0..5).map(|_| time().0).collect();
    others.sort_unstable();
    println!("{name}: first {first} ms, then {} ms, {} KB", others[2], bytes / 1024);
}

#[expect(clippy::disallowed_methods, reason = "a bench measures elapsed time")]
fn now() -> Instant {
    Instant::now()
}

/// The largest memory this process had, as Linux counts it.
#[expect(clippy::disallowed_methods, reason = "a bench measures memory")]
fn memory_most() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or_else(|| "unknown".to_owned(), |line| line.trim().to_owned())
}

#[expect(clippy::disallowed_methods, reason = "the crate takes fonts as bytes; the bench stands in for its caller")]
fn files(folder: &str) -> Vec<Vec<u8>> {
    let Ok(entries) = std::fs::read_dir(Path::new(folder)) else { return Vec::new() };
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths.iter().filter_map(|path| std::fs::read(path).ok()).collect()
}
