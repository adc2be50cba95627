//! What `gongbao check --format json` says, as plain records.

use crate::checking::Checked;
use crate::finding::{Finding, Severity};
use crate::model::ClauseStatus;
use crate::source::{LineIndex, SourceFile};
use std::collections::BTreeMap;

/// Everything that a run has to tell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// Findings, by file and place.
    pub findings: Vec<FindingRecord>,
    /// Clauses in document order.
    pub clauses: Vec<ClauseRecord>,
    /// Procedures by name.
    pub procedures: Vec<ProcedureRecord>,
}

/// A finding with line and column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingRecord {
    /// Stable code.
    pub code: &'static str,
    /// `error` or `warning`.
    pub severity: &'static str,
    /// File.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Clause it concerns.
    pub clause: Option<String>,
    /// Message in Chinese.
    pub message: String,
    /// Message in English.
    pub message_en: String,
    /// What to do, in Chinese.
    pub hint: Option<String>,
    /// What to do, in English.
    pub hint_en: Option<String>,
}

/// A clause and whether software carries it out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClauseRecord {
    /// Regulation.
    pub regulation: String,
    /// Clause id.
    pub id: String,
    /// `implemented`, `narrative` or `uncovered`.
    pub status: &'static str,
    /// Blocks that carry it out.
    pub blocks: Vec<String>,
}

/// A procedure and its worst case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcedureRecord {
    /// Name.
    pub id: String,
    /// Number of steps.
    pub steps: usize,
    /// Calendar days that the longest way through its deadlines takes.
    pub worst_case_days: Option<u32>,
    /// Steps on that way without a deadline.
    pub unlimited: Vec<String>,
}

/// The records of a run over these files.
#[must_use]
pub fn json(checked: &Checked, files: &[SourceFile]) -> Report {
    let indexes: BTreeMap<&str, (&SourceFile, LineIndex)> =
        files.iter().map(|file| (file.name.as_str(), (file, LineIndex::new(&file.text)))).collect();
    let clauses = checked.clauses.iter().map(|(regulation, clause)| ClauseRecord {
        regulation: regulation.clone(),
        id: clause.id.clone(),
        status: match clause.status {
            ClauseStatus::Implemented => "implemented",
            ClauseStatus::Narrative => "narrative",
            ClauseStatus::Uncovered => "uncovered",
            ClauseStatus::NotApplied => "not-applied",
        },
        blocks: clause.blocks.clone(),
    });
    let procedures = checked.procedures.iter().map(|procedure| ProcedureRecord {
        id: procedure.name.clone(),
        steps: procedure.steps.len(),
        worst_case_days: procedure.worst_case.as_ref().map(|worst| worst.days),
        unlimited: procedure.worst_case.as_ref().map(|worst| worst.unlimited.clone()).unwrap_or_default(),
    });
    Report {
        findings: checked.findings.iter().map(|finding| record(finding, &indexes)).collect(),
        clauses: clauses.collect(),
        procedures: procedures.collect(),
    }
}

fn record(finding: &Finding, indexes: &BTreeMap<&str, (&SourceFile, LineIndex)>) -> FindingRecord {
    let index = indexes.get(&*finding.span.file);
    let (line, column) = index.map_or((1, 1), |(file, index)| index.line_column(&file.text, finding.span.start));
    FindingRecord {
        code: finding.code,
        severity: match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        file: finding.span.file.to_string(),
        line,
        column,
        clause: finding.clause.clone(),
        message: finding.message.zh.clone(),
        message_en: finding.message.en.clone(),
        hint: finding.hint.as_ref().map(|hint| hint.zh.clone()),
        hint_en: finding.hint.as_ref().map(|hint| hint.en.clone()),
    }
}
