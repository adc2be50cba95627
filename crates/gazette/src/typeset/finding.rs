//! What is wrong with a job, for whoever writes the template.

use std::fmt;

use typst_library::diag::SourceDiagnostic;
use typst_library::{World as _, WorldExt as _};

use super::world::{self, World};

/// Something wrong with a template, its data or the fonts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The file it is in, as the job names it; empty if it is in none.
    pub file: String,
    /// The line in that file, counted from 1; 0 if it is in none.
    pub line: usize,
    /// What was found, what was expected, and what may help.
    pub message: String,
}

impl Finding {
    pub(super) fn new(world: &World<'_>, diagnostic: &SourceDiagnostic) -> Self {
        let mut message = diagnostic.message.to_string();
        for hint in &diagnostic.hints {
            message.push_str("; ");
            message.push_str(&hint.v);
        }
        let (file, line) = place(world, diagnostic).unwrap_or_default();
        Finding { file, line, message }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.file.is_empty() {
            return formatter.write_str(&self.message);
        }
        write!(formatter, "{}:{}: {}", self.file, self.line, self.message)
    }
}

fn place(world: &World<'_>, diagnostic: &SourceDiagnostic) -> Option<(String, usize)> {
    let id = diagnostic.span.id()?;
    let start = world.range(diagnostic.span)?.start;
    let bytes = world.file(id).ok()?;
    let line = bytes.get(..start)?.iter().filter(|byte| **byte == b'\n').count() + 1;
    Some((world::path(id).to_owned(), line))
}
