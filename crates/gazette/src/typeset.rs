//! Typesetting (排版): a Typst template and its data to PDF.
//!
//! Templates come with a regulation, as text; they see the other files of the [`Job`], its data as `data.json`, its
//! date as today, and nothing else: no disk, no packages, no network. The same job with the same fonts gives the same
//! bytes.
//!
//! A template names a list of font families and ends it with `Noto Serif CJK SC`; families that are not
//! installed are passed over, so a county gets its own FangSong (仿宋) by installing it. A rare character in a name is
//! set in whatever other font has it.

mod finding;
mod fonts;
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, comemo};
use typst_layout::PagedDocument;
use typst_library::diag::SourceResult;
use typst_library::foundations::Smart;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

pub use finding::Finding;
pub use fonts::Fonts;
use world::World;

/// One document to typeset.
#[derive(Debug, Clone)]
pub struct Job<'a> {
    /// The template's file name, such as `notice.typ`; findings name it.
    pub name: &'a str,
    /// The template's source.
    pub main: &'a str,
    /// What the template may import, include or read, by path without a leading slash.
    pub files: &'a BTreeMap<String, Vec<u8>>,
    /// What the template reads as `json("data.json")`.
    pub data: &'a serde_json::Value,
    /// What the template sees as today, and the date of the PDF itself.
    pub today: Date,
    /// What the PDF must conform to.
    pub standard: Standard,
}

/// What a PDF conforms to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standard {
    /// PDF 1.7, for previews and drafts. A character that no font has is printed as an empty box.
    Plain,
    /// PDF/A-2b (GB/T 23286.2), for what is issued and archived. A character that no font has is a finding.
    A2b,
    /// PDF/A-2a and PDF/UA-1 at once, for what is published: archived and read aloud from the same file. The template
    /// must give a title, a language, headings without gaps and a text beside each picture.
    Accessible,
}

/// Typesets jobs with one set of fonts. Cheap to clone and to share between threads.
#[derive(Clone)]
pub struct Typesetter {
    fonts: Arc<Fonts>,
    library: Arc<LazyHash<Library>>,
}

/// How many jobs ago something kept for reuse must have been needed to be kept on.
const CACHE_AGE_JOBS: usize = 20;
/// China Standard Time, UTC+8.
const OFFSET_MINUTES: i32 = 8 * 60;

impl Typesetter {
    /// A typesetter with some fonts.
    pub fn new(fonts: Arc<Fonts>) -> Self {
        Typesetter { fonts, library: Arc::new(LazyHash::new(Library::default())) }
    }

    /// The characters of a text that no font has, each once, in order of appearance.
    pub fn lacks(&self, text: &str) -> Vec<char> {
        let mut missing = Vec::new();
        let mut known = BTreeSet::new();
        for letter in text.chars().filter(|letter| !letter.is_whitespace() && !letter.is_control()) {
            if known.insert(letter) && !self.fonts.has(letter) {
                missing.push(letter);
            }
        }
        missing
    }

    /// The PDF of a job, or what is wrong with its template, its data or the fonts: at least one finding.
    pub fn pdf(&self, job: &Job<'_>) -> Result<Vec<u8>, Vec<Finding>> {
        let world = World::new(self, job)?;
        let pdf = compile(&world).and_then(|document| typst_pdf::pdf(&document, &options(job)));
        comemo::evict(CACHE_AGE_JOBS);
        pdf.map_err(|diagnostics| diagnostics.iter().map(|diagnostic| Finding::new(&world, diagnostic)).collect())
    }
}

fn compile(world: &World<'_>) -> SourceResult<PagedDocument> {
    typst::compile(world).output
}

fn options(job: &Job<'_>) -> PdfOptions {
    let midnight = world::datetime(job.today, Some((0, 0, 0)));
    PdfOptions {
        creator: Smart::Custom(Some("Gongbao".to_owned())),
        timestamp: midnight.and_then(|midnight| Timestamp::new_local(midnight, OFFSET_MINUTES)),
        standards: standards(job.standard),
        ..PdfOptions::default()
    }
}

fn standards(standard: Standard) -> PdfStandards {
    let wanted: &[PdfStandard] = match standard {
        Standard::Plain => &[],
        Standard::A2b => &[PdfStandard::A_2b],
        Standard::Accessible => &[PdfStandard::A_2a, PdfStandard::Ua_1],
    };
    PdfStandards::new(wanted).expect("PDF/A-2 and PDF/UA-1 go together, as the tests show")
}
