//! The county in which a simulation begins: that of the files, with the forms that its cases show.

use crate::county;
use crate::system::Loaded;
use anyhow::Result;
use engine::case::sample::{Samples, samples};
use jiff::civil::Date;
use simulate::{Start, StartRow};

/// Reads it; the forms are those of somebody who fills them in on its first day.
pub fn read(loaded: &Loaded, from: Date) -> Result<Start> {
    let library = &loaded.library;
    let rows = county::rows(&loaded.home, &library.rulebook)?;
    let rows = rows.into_iter().map(|row| StartRow { register: row.register, place: row.place, record: row.record });
    Ok(Start {
        rulebook: library.rulebook.clone(),
        county: library.county.clone(),
        holidays: library.holidays.clone(),
        overrides: library.overrides.clone(),
        rows: rows.collect(),
        samples: shown(loaded, from),
    })
}

/// The forms that the cases of each regulation show.
fn shown(loaded: &Loaded, from: Date) -> Samples {
    let library = &loaded.library;
    let mut all = Samples::new();
    for regulation in library.rulebook.regulations.values() {
        let folder = format!("{}/cases/", regulation.id);
        let files = loaded.home.cases.iter().filter(|(name, _)| name.starts_with(&folder));
        // What they share comes first, so that each file may say it otherwise.
        let (shared, own): (Vec<_>, Vec<_>) = files.partition(|(name, _)| name.ends_with("/fixtures.md"));
        let texts = shared.into_iter().chain(own).filter_map(|(_, bytes)| std::str::from_utf8(bytes).ok());
        let texts: Vec<&str> = texts.collect();
        all.extend(samples(&texts, regulation, &library.rulebook, &library.county, from));
    }
    all
}
