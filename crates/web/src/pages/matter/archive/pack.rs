//! The package as a stream: each file is made when the reader has taken the one before.

use super::plan::{Plan, Source};
use super::{index, manifest};
use crate::pages::matter::files::content;
use crate::problem::Problem;
use crate::site::{App, Running, long_work};
use crate::typeset;
use futures_util::stream::{Stream, StreamExt, unfold};
use sha2::{Digest as _, Sha256};
use std::io::{Error, Write};
use std::sync::{Arc, Mutex};
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{DateTime, ZipWriter};

/// A file of the package as it was written.
pub(super) struct Written {
    /// Its place, from the package's root.
    pub(super) path: String,
    /// SHA-256 in hexadecimal.
    pub(super) sha256: String,
    /// Bytes.
    pub(super) size: usize,
}

/// What waits to be sent: the packer writes into it, the stream takes out.
#[derive(Clone, Default)]
struct Outbound(Arc<Mutex<Vec<u8>>>);

impl Outbound {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.lock().expect("no thread panics while it holds the bytes"))
    }
}

impl Write for Outbound {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no thread panics while it holds the bytes").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A package half sent.
struct Packing {
    plan: Plan,
    next: usize,
    zip: ZipWriter<StreamWriter<Outbound>>,
    outbound: Outbound,
    options: SimpleFileOptions,
    /// One for each item of the plan so far: nothing for what could not be had.
    written: Vec<Option<Written>>,
}

/// The bytes of a package. After a fault it breaks off, and whoever reads knows that it is not whole.
pub(super) fn stream(app: App, plan: Plan) -> impl Stream<Item = Result<Vec<u8>, Error>> + Send {
    let files = unfold(Some(Packing::new(plan)), move |packing| {
        let app = app.clone();
        async move {
            let packing = packing?;
            match long_work(&app, move |running| packing.step(running)).await {
                Ok((rest, bytes)) => Some((Ok(bytes), rest)),
                Err(problem) => {
                    tracing::error!(code = problem.code, problem = %problem.title.en, "an archive package broke off");
                    Some((Err(Error::other(problem.title.en.clone())), None))
                }
            }
        }
    });
    // A layer above may ask again after the end.
    files.fuse()
}

impl Packing {
    fn new(plan: Plan) -> Packing {
        let outbound = Outbound::default();
        let zip = ZipWriter::new_stream(outbound.clone());
        // The time of the last act, and not of the download: so the same state gives the same bytes.
        let time = zip_time(plan.as_of).unwrap_or_default();
        let options = SimpleFileOptions::default().last_modified_time(time).unix_permissions(0o644);
        Packing { plan, next: 0, zip, outbound, options, written: Vec::new() }
    }

    /// Writes the next file, or what comes last; gives the rest of the work, if any, and the bytes so far.
    fn step(mut self, app: &Running) -> Result<(Option<Packing>, Vec<u8>), Problem> {
        let Some(item) = self.plan.items.get(self.next) else {
            return Ok((None, self.finish()?));
        };
        let made = item.source.bytes(app)?;
        let path = item.path.clone();
        let written = made.map(|bytes| self.write(path, &bytes)).transpose()?;
        self.written.push(written);
        self.next += 1;
        let bytes = self.outbound.take();
        Ok((Some(self), bytes))
    }

    fn write(&mut self, path: String, bytes: &[u8]) -> Result<Written, Problem> {
        self.zip.start_file(path.as_str(), self.options).map_err(|error| not_packed(error.into()))?;
        self.zip.write_all(bytes).map_err(not_packed)?;
        Ok(Written { path, sha256: hex::encode(Sha256::digest(bytes)), size: bytes.len() })
    }

    fn finish(mut self) -> Result<Vec<u8>, Problem> {
        let index = index::page(&self.plan, &self.written).into_string();
        let manifest = manifest::text(&self.plan, &self.written);
        let mut last = Vec::new();
        for (path, text) in [("index.html", index), ("manifest.json", manifest)] {
            last.push(self.write(path.to_owned(), text.as_bytes())?);
        }
        let all = self.written.iter().flatten().chain(&last);
        // As `sha256sum` writes and checks them.
        let sums: String = all.map(|one| format!("{}  {}\n", one.sha256, one.path)).collect();
        self.write("SHA256SUMS".to_owned(), sums.as_bytes())?;
        self.zip.finish().map_err(|error| not_packed(error.into()))?;
        Ok(self.outbound.take())
    }
}

impl Source {
    /// The bytes of a file; nothing where they were erased, or the log has not been signed since.
    fn bytes(&self, app: &Running) -> Result<Option<Vec<u8>>, Problem> {
        match self {
            Source::Text(text) => Ok(Some(text.clone().into_bytes())),
            Source::Upload { owner, digest } => content(app, owner.as_deref(), digest),
            Source::Proof(seq) => {
                let proof = app.read(|snapshot| Ok(snapshot.log_proof(*seq)?))?;
                Ok(proof.map(|proof| proof.to_string().into_bytes()))
            }
            Source::Document { line, matter, model } => {
                let bytes = app.read(|snapshot| typeset::issued(app, snapshot, line, matter, model));
                paper(bytes.map(|bytes| bytes.to_vec()))
            }
            Source::Form { matter, form, record, on } => {
                let Some(code) = app.store().form_code(&matter.id, &form.name)? else { return Ok(None) };
                paper(app.read(|snapshot| typeset::filed(app, snapshot, matter, form, record, *on, &code)))
            }
        }
    }
}

/// A paper whose regulation has no template for it any more is left out; any other failure ends the package.
fn paper(made: Result<Vec<u8>, Problem>) -> Result<Option<Vec<u8>>, Problem> {
    match made {
        Err(problem) if problem.status == axum::http::StatusCode::NOT_FOUND => Ok(None),
        made => made.map(Some),
    }
}

/// A moment as packages write it: from 1980 on.
fn zip_time(at: jiff::civil::DateTime) -> Option<DateTime> {
    let small = |number: i8| u8::try_from(number).ok();
    let (month, day) = (small(at.month())?, small(at.day())?);
    let (hour, minute, second) = (small(at.hour())?, small(at.minute())?, small(at.second())?);
    DateTime::from_date_and_time(u16::try_from(at.year()).ok()?, month, day, hour, minute, second).ok()
}

fn not_packed(error: Error) -> Problem {
    Problem::fault(&anyhow::Error::new(error).context("an archive package could not be written"))
}
