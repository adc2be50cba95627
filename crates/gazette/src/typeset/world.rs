//! All that a template can see.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::civil::Date;
use typst::utils::LazyHash;
use typst_library::Library;
use typst_library::diag::{FileError, FileResult};
use typst_library::foundations::{Bytes, Datetime, Duration};
use typst_library::text::{Font, FontBook};
use typst_syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};

use super::{Finding, Job, Typesetter};

/// The file under which the job's data can be read.
const DATA: &str = "data.json";

/// One job as Typst wants to see it: files in memory, a date that stands still.
pub(super) struct World<'a> {
    typesetter: &'a Typesetter,
    main: FileId,
    files: BTreeMap<String, Bytes>,
    sources: BTreeMap<String, Source>,
    today: Date,
}

impl<'a> World<'a> {
    pub(super) fn new(typesetter: &'a Typesetter, job: &Job<'_>) -> Result<Self, Vec<Finding>> {
        let mut files: BTreeMap<String, Bytes> =
            job.files.iter().map(|(path, bytes)| (path.clone(), Bytes::new(bytes.clone()))).collect();
        files.insert(DATA.to_owned(), Bytes::from_string(job.data.to_string()));
        files.insert(job.name.to_owned(), Bytes::from_string(job.main.to_owned()));
        Ok(World { typesetter, main: id(job.name)?, sources: sources(&files)?, files, today: job.today })
    }
}

impl typst_library::World for World<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.typesetter.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.typesetter.fonts.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        find(&self.sources, id)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        find(&self.files, id)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.typesetter.fonts.faces.get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        datetime(self.today, None)
    }
}

/// A date as Typst has it, with a time of day if one is given.
pub(super) fn datetime(date: Date, time: Option<(u8, u8, u8)>) -> Option<Datetime> {
    let (year, month, day) = (date.year().into(), u8::try_from(date.month()).ok()?, u8::try_from(date.day()).ok()?);
    match time {
        Some((hour, minute, second)) => Datetime::from_ymd_hms(year, month, day, hour, minute, second),
        None => Datetime::from_ymd(year, month, day),
    }
}

/// The path of a file as a job names it.
pub(super) fn path(id: FileId) -> &'static str {
    id.get().vpath().get_without_slash()
}

fn sources(files: &BTreeMap<String, Bytes>) -> Result<BTreeMap<String, Source>, Vec<Finding>> {
    let mut sources = BTreeMap::new();
    for (path, bytes) in files.iter().filter(|(path, _)| path.ends_with(".typ")) {
        let text = std::str::from_utf8(bytes)
            .map_err(|_| refuse(path, "模板应为 UTF-8 文本 / a template must be UTF-8 text"))?;
        sources.insert(path.clone(), Source::new(id(path)?, text.to_owned()));
    }
    Ok(sources)
}

fn id(path: &str) -> Result<FileId, Vec<Finding>> {
    let path = VirtualPath::new(path).map_err(|error| refuse(path, &error.to_string()))?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

fn refuse(file: &str, message: &str) -> Vec<Finding> {
    vec![Finding { file: file.to_owned(), line: 0, message: message.to_owned() }]
}

fn find<T: Clone>(files: &BTreeMap<String, T>, id: FileId) -> FileResult<T> {
    match id.get().root() {
        VirtualRoot::Project => {
            files.get(path(id)).cloned().ok_or_else(|| FileError::NotFound(PathBuf::from(path(id))))
        }
        // Packages would come from the network.
        VirtualRoot::Package(_) => Err(FileError::AccessDenied),
    }
}
