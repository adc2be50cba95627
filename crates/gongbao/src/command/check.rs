//! `gongbao check`: all findings of regulations, rendered like a good compiler's errors, or as JSON.

use crate::home::Home;
use crate::installation::SITE;
use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, NamedSource, Report};
use regulation::finding::{Finding, Severity};
use regulation::findings::check_templates;
use regulation::model::ClauseStatus;
use regulation::{Checked, OVERLAYS, SourceFile, check, overlay_of};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

#[derive(Args)]
pub struct Check {
    /// 要检查的文件或者文件夹；默认 regulations/ 下全部。文件用到而旁边没有的规定，取自 --home / files or folders; default: all in
    /// regulations/. What a file uses and does not lie beside it comes from --home
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
        let Read { files, shown, templates, cases } = self.read(home)?;
        // Templates that others share print for those as well, which are not all here.
        let named = files.iter().filter(|file| is_shown(&shown, &file.name));
        let own: Vec<&str> = named.filter_map(|file| front(&file.text, "id:")).collect();
        let is_own = |template: &str| folder(template).is_some_and(|folder| own.contains(&folder));
        let mut checked = check(&files);
        if !templates.is_empty() {
            checked.findings.extend(check_templates(&checked, &templates));
        }
        let all: Vec<SourceFile> = files.iter().chain(&templates).cloned().collect();
        let is_wanted = |file: &str| is_shown(&shown, file) || (file.ends_with(".typ") && is_own(file));
        let findings: Vec<&Finding> = checked.findings.iter().filter(|finding| is_wanted(&finding.span.file)).collect();
        match self.format {
            Format::Text => print_text(&all, &findings, &checked, &shown),
            Format::Json => outln!("{:#}", as_json(&all, &findings, &checked, &shown, &cases)),
        }
        Ok(ExitCode::from(u8::from(!findings.is_empty())))
    }

    /// What to check together. A named file brings along what it uses, its templates and its cases: those beside it, else those of the home, over
    /// whose version of the same regulation it is laid.
    fn read(&self, home: Option<&Path>) -> Result<Read> {
        if self.files.is_empty() {
            return Ok(Read::whole(&Home::open(home)?));
        }
        let mut files: BTreeMap<PathBuf, SourceFile> = BTreeMap::new();
        let mut read = Read::default();
        let named = named_files(&self.files)?;
        for path in &named {
            let bytes = std::fs::read(path).with_context(|| format!("无法读取 {} / cannot read it", path.display()))?;
            let name = path.display().to_string();
            read.shown.push(name.clone());
            files.insert(path.clone(), SourceFile::from_bytes(name, &bytes));
        }
        let mut lacking = Vec::new();
        for path in &named {
            lacking.extend(add_neighbours(path, &mut files)?);
        }
        // What a regulation uses has templates that it shares.
        let folders: Vec<PathBuf> = files.keys().map(|path| path.with_extension("")).collect();
        for folder in folders.iter().filter(|folder| folder.is_dir()) {
            read.add_folder(folder)?;
        }
        read.files = files.into_values().collect();
        lacking.extend(read.files.iter().filter_map(|file| overlay_of(&file.text)));
        if !lacking.is_empty() || named.iter().any(|path| !path.with_extension("").is_dir()) {
            read.add_from_home(&Home::open(home.or_else(|| county_of(&named)))?, lacking);
        }
        Ok(read)
    }
}

/// The folder of the county in whose `overlays/` a file lies.
fn county_of(named: &[PathBuf]) -> Option<&Path> {
    let mut above = named.iter().filter_map(|file| file.parent().filter(|folder| folder.ends_with(OVERLAYS))?.parent());
    above.find(|county| county.join(SITE).is_file())
}

/// The folder in which a template lies.
fn folder(template: &str) -> Option<&str> {
    let (path, _) = template.rsplit_once(['/', '\\'])?;
    path.rsplit(['/', '\\']).next()
}

/// The files that are named, those of a folder in their order.
fn named_files(named: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in named {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let unreadable = || format!("无法读取 {} / cannot read it", path.display());
        let within = std::fs::read_dir(path).with_context(unreadable)?.collect::<Result<Vec<_>, _>>();
        let within = within.with_context(unreadable)?.into_iter().map(|entry| entry.path());
        let mut found: Vec<PathBuf> =
            within.filter(|file| file.extension().is_some_and(|extension| extension == "md")).collect();
        found.sort();
        files.append(&mut found);
    }
    Ok(files)
}

/// What a run checks.
#[derive(Default)]
struct Read {
    files: Vec<SourceFile>,
    /// Names of the files whose findings are wanted.
    shown: Vec<String>,
    templates: Vec<SourceFile>,
    cases: Cases,
}

impl Read {
    fn whole(home: &Home) -> Read {
        let named = |(name, bytes): (&String, &Vec<u8>)| SourceFile::from_bytes(format!("regulations/{name}"), bytes);
        let files = home.sources();
        Read {
            shown: files.iter().map(|file| file.name.clone()).collect(),
            files,
            templates: home.templates.iter().map(named).collect(),
            cases: count_cases(&home.cases),
        }
    }

    /// Adds what the home has of the regulations that are used, and the templates that do not lie beside them.
    fn add_from_home(&mut self, home: &Home, mut wanted: Vec<String>) {
        let known = |files: &[SourceFile], id: &str| files.iter().any(|file| front(&file.text, "id:") == Some(id));
        while let Some(id) = wanted.pop() {
            let file_name = format!("{id}.md");
            let found = home.regulations.iter().find(|(name, _)| *name == file_name);
            let Some((_, bytes)) = found.filter(|_| !known(&self.files, &id)) else { continue };
            let file = SourceFile::from_bytes(format!("regulations/{id}.md"), bytes);
            wanted.extend(used_ids(&file.text));
            self.files.push(file);
        }
        let is_beside = |name: &str| self.templates.iter().any(|template| template.name.ends_with(&format!("/{name}")));
        let lacking = home.templates.iter().filter(|(name, _)| !is_beside(name));
        let named = lacking.map(|(name, bytes)| SourceFile::from_bytes(format!("regulations/{name}"), bytes));
        let named: Vec<SourceFile> = named.collect();
        self.templates.extend(named);
    }

    /// Adds the templates and cases of a regulation's folder, if it has one.
    fn add_folder(&mut self, folder: &Path) -> Result<()> {
        let (Some(id), true) = (folder.file_name(), folder.is_dir()) else { return Ok(()) };
        let mut files = BTreeMap::new();
        crate::home::read_tree(folder, folder, &mut files)?;
        let id = id.to_string_lossy();
        let mut cases = BTreeMap::new();
        for (name, bytes) in files {
            if name.ends_with(".typ") {
                self.templates.push(SourceFile::from_bytes(folder.join(&name).display().to_string(), &bytes));
            } else if name.starts_with("cases/") {
                cases.insert(format!("{id}/{name}"), bytes);
            }
        }
        self.cases.extend(count_cases(&cases));
        Ok(())
    }
}

/// Adds the regulations beside a file that the file (or what it uses) names in `uses`; those that do not lie there.
fn add_neighbours(path: &Path, files: &mut BTreeMap<PathBuf, SourceFile>) -> Result<Vec<String>> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut wanted = used_ids(&files[path].text);
    let mut lacking = Vec::new();
    while let Some(id) = wanted.pop() {
        let neighbour = folder.join(format!("{id}.md"));
        if files.contains_key(&neighbour) {
            continue;
        }
        if !neighbour.is_file() {
            lacking.push(id);
        } else {
            let bytes = std::fs::read(&neighbour)
                .with_context(|| format!("无法读取 {} / cannot read it", neighbour.display()))?;
            let file = SourceFile::from_bytes(neighbour.display().to_string(), &bytes);
            wanted.extend(used_ids(&file.text));
            files.insert(neighbour, file);
        }
    }
    Ok(lacking)
}

/// What stands behind a key of the front matter; the reader proper reports what is wrong with it.
fn front<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    let (front, _) = text.trim_start_matches('\u{feff}').strip_prefix("---")?.split_once("\n---")?;
    front.lines().find_map(|line| line.strip_prefix(key)).map(str::trim)
}

/// The ids in `uses: [a, b]` of the front matter.
fn used_ids(text: &str) -> Vec<String> {
    let uses = front(text, "uses:").unwrap_or("");
    uses.split(['[', ']', ',']).map(str::trim).filter(|id| !id.is_empty()).map(String::from).collect()
}

fn print_text(files: &[SourceFile], findings: &[&Finding], checked: &Checked, shown: &[String]) {
    let theme = if coloured() { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler = GraphicalReportHandler::new_themed(theme);
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
    outln!(
        "{} 份文件，{errors} 个错误，{} 个提示 / {} files, {errors} errors, {} warnings",
        shown.len(),
        findings.len() - errors,
        shown.len(),
        findings.len() - errors
    );
    outln!(
        "条款：{implemented} 条已实现，{narrative} 条叙述，{uncovered} 条未覆盖 / clauses: {implemented} implemented, {narrative} narrative, {uncovered} uncovered"
    );
    for procedure in &checked.procedures {
        let longest =
            procedure.worst_case.as_ref().map_or_else(|| "–".into(), |worst| format!("{} 天 / days", worst.days));
        outln!("  {} {}：{} 个环节，法定最长 {longest}", procedure.name, procedure.title.zh, procedure.steps.len());
    }
}

/// Colours are for a terminal: a file or a pipe gets none, nor does whoever asks for none (`NO_COLOR`).
fn coloured() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|wish| wish.is_empty())
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

fn as_json(files: &[SourceFile], findings: &[&Finding], checked: &Checked, shown: &[String], cases: &Cases) -> Value {
    let wanted = Checked { findings: findings.iter().map(|finding| (*finding).clone()).collect(), ..checked.clone() };
    let report = regulation::report::json(&wanted, files);
    let own = |regulation: &str| {
        checked.clauses.iter().any(|(id, clause)| id == regulation && is_shown(shown, &clause.span.file))
    };
    let findings: Vec<Value> = report
        .findings
        .iter()
        .map(|finding| {
            json!({
                "code": finding.code, "severity": finding.severity, "file": finding.file, "line": finding.line, "column": finding.column,
                "clause": finding.clause, "message": finding.message, "message_en": finding.message_en,
                "hint": finding.hint, "hint_en": finding.hint_en,
            })
        })
        .collect();
    let clauses: Vec<Value> = report
        .clauses
        .iter()
        .filter(|clause| own(&clause.regulation))
        .map(|clause| {
            let named = cases.get(&(clause.regulation.clone(), clause.id.clone())).copied().unwrap_or(0);
            json!({ "regulation": clause.regulation, "id": clause.id, "status": clause.status, "cases": named })
        })
        .collect();
    let procedures: Vec<Value> = report
        .procedures
        .iter()
        .filter(|record| checked.procedures.iter().any(|own| own.name == record.id && is_shown(shown, &own.span.file)))
        .map(|record| {
            json!({ "id": record.id, "steps": record.steps, "worst_case_days": record.worst_case_days, "unlimited": record.unlimited })
        })
        .collect();
    json!({ "findings": findings, "clauses": clauses, "procedures": procedures })
}

fn is_shown(shown: &[String], file: &str) -> bool {
    shown.iter().any(|name| name == file)
}

/// How many cases name a clause, by regulation and clause.
type Cases = BTreeMap<(String, String), usize>;

/// Counts the ids in braces at the ends of the headings of `ID/cases/*.md`.
fn count_cases(files: &BTreeMap<String, Vec<u8>>) -> Cases {
    let mut cases = Cases::new();
    for (name, bytes) in files {
        let Some((regulation, _)) = name.split_once("/cases/") else { continue };
        let text = String::from_utf8_lossy(bytes);
        let ids = text
            .lines()
            .filter(|line| line.starts_with('#'))
            .filter_map(|line| line.trim_end().strip_suffix('}')?.rsplit_once('{'));
        for id in ids.flat_map(|(_, ids)| ids.split_whitespace()) {
            *cases.entry((regulation.to_owned(), id.to_owned())).or_default() += 1;
        }
    }
    cases
}
