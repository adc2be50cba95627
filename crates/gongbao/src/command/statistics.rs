//! `gongbao statistics`: how the matters of an installation's counties stand, without any personal data.

use crate::command::data::Data;
use crate::installation::{CountyFolder, Installation};
use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use store::StoreExt;
use web::statistics::{Figures, figures};

#[derive(Args)]
pub struct Statistics {
    /// 其下每县一个目录，同 serve --counties / folder with a folder for each county, as for `serve --counties`
    #[arg(long, value_name = "DIR")]
    counties: PathBuf,
    #[command(flatten)]
    data: Data,
    /// 输出格式 / output format
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Csv,
    Json,
}

impl Statistics {
    /// Exit 0: every county is in it; 1: some could not be read.
    pub fn run(self, _home: Option<&Path>) -> Result<ExitCode> {
        let mut installation = Installation::open(&self.counties)?;
        let mut all = web::statistics::Statistics::default();
        // One at a time: none of them is kept open.
        for folder in installation.folders()? {
            match self.of(&mut installation, &folder) {
                Ok(figures) => all.counties.push(figures),
                Err(fault) => {
                    eprintln!("{}：未能读取 / cannot be read: {fault:#}", folder.name);
                    all.missing.push(folder.name);
                }
            }
        }
        match self.format {
            Format::Json => outln!("{:#}", all.json()),
            Format::Csv => std::io::stdout().write_all(&all.csv()).context("standard output")?,
        }
        Ok(ExitCode::from(u8::from(!all.missing.is_empty())))
    }

    fn of(&self, installation: &mut Installation, folder: &CountyFolder) -> Result<Figures> {
        let library = installation.load(folder)?.library;
        let store = self.data.within(folder.data()).open_known(&library)?;
        Ok(store.read(figures)?)
    }
}
