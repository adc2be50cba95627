//! `gongbao check`: all findings of regulations, rendered like a good compiler's errors, or as JSON.

use crate::home::Home;
use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, NamedSource, Report};
use regulation::finding::{Finding, Severity};
use regulation::model::ClauseStatus;
use regulation::{Checked, LineIndex, SourceFile, check};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

#[derive(Args)]
pub struct Check {
    /// 要检查的文件；默认 regulations/ 下全部 / files; default: all in regulations/
    files: Vec<PathBuf>,
    /// 输出格式 / output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Json,
}

impl Check {
    pub fn run(self, home: Option<&Path>) -> Result<ExitCode> {
        let (files, shown) = self.read(home)?;
        let checked = check(&files);
        let findings: Vec<&Finding> =
            checked.findings.iter().filter(|finding| shown.iter().any(|name| **name == *finding.span.file)).collect();
        match self.format {
            Format::Text => print_text(&files, &findings, &checked, &shown),
            Format::Json => println!("{:#}", as_json(&files, &findings, &checked, &shown)),
        }
        Ok(ExitCode::from(u8::from(!findings.is_empty())))
    }

    /// The files to check together, and the names of those whose findings are wanted. A named file brings its folder along, so
    /// that what it uses is there.
    fn read(&self, home: Option<&Path>) -> Result<(Vec<SourceFile>, Vec<String>)> {
        if self.files.is_empty() {
            let home = Home::open(home)?;
            let files: Vec<SourceFile> = home
                .regulations
                .iter()
                .map(|(name, bytes)| SourceFile::from_bytes(format!("regulations/{name}"), bytes))
                .collect();
            let shown = files.iter().map(|file| file.name.clone()).collect();
            return Ok((files, shown));
        }
        let mut files: BTreeMap<PathBuf, SourceFile> = BTreeMap::new();
        let mut shown = Vec::new();
        for path in &self.files {
            let bytes = std::fs::read(path).with_context(|| format!("无法读取 {} / cannot read it", path.display()))?;
            let name = path.display().to_string();
            shown.push(name.clone());
            files.insert(path.clone(), SourceFile::from_bytes(name, &bytes));
        }
        for path in &self.files {
            add_neighbours(path, &mut files)?;
        }
        Ok((files.into_values().collect(), shown))
    }
}

/// Regulations beside a file that the file (or what it uses) names in `uses`.
fn add_neighbours(path: &Path, files: &mut BTreeMap<PathBuf, SourceFile>) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut wanted = used_ids(&files[path].text);
    while let Some(id) = wanted.pop() {
        let neighbour = folder.join(format!("{id}.md"));
        if !files.contains_key(&neighbour) && neighbour.is_file() {
            let bytes = std::fs::read(&neighbour)
                .with_context(|| format!("无法读取 {} / cannot read it", neighbour.display()))?;
            let file = SourceFile::from_bytes(neighbour.display().to_string(), &bytes);
            wanted.extend(used_ids(&file.text));
            files.insert(neighbour, file);
        }
    }
    Ok(())
}

/// The ids in `uses: [a, b]` of the front matter; the reader proper reports what is wrong with it.
fn used_ids(text: &str) -> Vec<String> {
    let front = text
        .trim_start_matches('\u{feff}')
        .strip_prefix("---")
        .and_then(|rest| rest.split_once("\n---"))
        .map_or("", |(front, _)| front);
    let uses = front.lines().find_map(|line| line.strip_prefix("uses:")).unwrap_or("");
    uses.split(['[', ']', ',']).map(str::trim).filter(|id| !id.is_empty()).map(String::from).collect()
}

fn print_text(files: &[SourceFile], findings: &[&Finding], checked: &Checked, shown: &[String]) {
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode());
    let sources: BTreeMap<&str, NamedSource<Arc<str>>> = files
        .iter()
        .map(|file| (file.name.as_str(), NamedSource::new(&file.name, Arc::from(file.text.as_str()))))
        .collect();
    for finding in findings {
        let Some(source) = sources.get(&*finding.span.file) else { continue };
        let mut out = String::new();
        let report = Report::new(diagnostic(finding)).with_source_code(source.clone());
        if handler.render_report(&mut out, report.as_ref()).is_ok() {
            eprint!("{out}");
        }
    }
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    let (implemented, narrative, uncovered) = coverage(checked);
    println!(
        "{} 份文件，{errors} 个错误，{} 个提示 / {} files, {errors} errors, {} warnings",
        shown.len(),
        findings.len() - errors,
        shown.len(),
        findings.len() - errors
    );
    println!(
        "条款：{implemented} 条已实现，{narrative} 条叙述，{uncovered} 条未覆盖 / clauses: {implemented} implemented, {narrative} narrative, {uncovered} uncovered"
    );
    for procedure in &checked.procedures {
        let longest =
            procedure.worst_case.as_ref().map_or_else(|| "–".into(), |worst| format!("{} 天 / days", worst.days));
        println!("  {} {}：{} 个环节，法定最长 {longest}", procedure.name, procedure.title.zh, procedure.steps.len());
    }
}

fn coverage(checked: &Checked) -> (usize, usize, usize) {
    let count = |status| checked.clauses.iter().filter(|(_, clause)| clause.status == status).count();
    (count(ClauseStatus::Implemented), count(ClauseStatus::Narrative), count(ClauseStatus::Uncovered))
}

fn diagnostic(finding: &Finding) -> MietteDiagnostic {
    let span = |span: &regulation::span::Span| span.start..span.end.max(span.start);
    let clause = finding.clause.as_ref().map_or_else(String::new, |clause| format!("（{clause}）"));
    let mut diagnostic = MietteDiagnostic::new(format!("{}{clause} / {}", finding.message.zh, finding.message.en))
        .with_code(finding.code)
        .with_severity(match finding.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
        })
        .with_label(LabeledSpan::new_primary_with_span(None, span(&finding.span)));
    for (place, said) in finding.related.iter().filter(|(place, _)| place.file == finding.span.file) {
        diagnostic = diagnostic.and_label(LabeledSpan::new_with_span(Some(said.zh.clone()), span(place)));
    }
    match &finding.hint {
        Some(hint) => diagnostic.with_help(format!("{} / {}", hint.zh, hint.en)),
        None => diagnostic,
    }
}

fn as_json(files: &[SourceFile], findings: &[&Finding], checked: &Checked, shown: &[String]) -> Value {
    let lines: BTreeMap<&str, (LineIndex, &str)> =
        files.iter().map(|file| (file.name.as_str(), (LineIndex::new(&file.text), file.text.as_str()))).collect();
    let place = |finding: &Finding| {
        lines.get(&*finding.span.file).map_or((1, 1), |(index, text)| index.line_column(text, finding.span.start))
    };
    let findings: Vec<Value> = findings
        .iter()
        .map(|finding| {
            let (line, column) = place(finding);
            json!({
                "code": finding.code,
                "severity": match finding.severity { Severity::Error => "error", Severity::Warning => "warning" },
                "file": &*finding.span.file,
                "line": line,
                "column": column,
                "clause": finding.clause,
                "message": finding.message.zh,
                "message_en": finding.message.en,
                "hint": finding.hint.as_ref().map(|hint| &hint.zh),
                "hint_en": finding.hint.as_ref().map(|hint| &hint.en),
            })
        })
        .collect();
    let clauses: Vec<Value> = checked
        .clauses
        .iter()
        .filter(|(_, clause)| shown.iter().any(|name| **name == *clause.span.file))
        .map(|(regulation, clause)| json!({ "regulation": regulation, "id": clause.id, "status": status(clause.status) }))
        .collect();
    let procedures: Vec<Value> = checked
        .procedures
        .iter()
        .filter(|procedure| shown.iter().any(|name| **name == *procedure.span.file))
        .map(|procedure| {
            let steps: Vec<&str> = procedure.steps.iter().map(|step| step.name.as_str()).collect();
            json!({ "id": procedure.name, "steps": steps, "worst_case_days": procedure.worst_case.as_ref().map(|worst| worst.days) })
        })
        .collect();
    json!({ "findings": findings, "clauses": clauses, "procedures": procedures })
}

fn status(status: ClauseStatus) -> &'static str {
    match status {
        ClauseStatus::Implemented => "implemented",
        ClauseStatus::Narrative => "narrative",
        ClauseStatus::Uncovered => "uncovered",
    }
}
