//! `gongbao lsp`: what editors ask while somebody writes a regulation.

use anyhow::Result;
use clap::Args;
use std::path::Path;
use std::process::ExitCode;

#[derive(Args)]
pub struct Lsp {}

impl Lsp {
    /// Exit 0: the editor said goodbye; 2: it went away or spoke nonsense.
    pub fn run(self, home: Option<&Path>) -> Result<ExitCode> {
        crate::lsp::serve(home)?;
        Ok(ExitCode::SUCCESS)
    }
}
