//! A folder of regulations as an editor sees it: files as they lie there, and over them what is open and not saved yet.

use super::answers;
use super::position::Lines;
use crate::home::{Home, read_tree};
use crate::installation::SITE;
use regulation::editor::{Beside, Edit, Workspace};
use regulation::findings::check_templates;
use regulation::trial::id_of;
use regulation::{OVERLAYS, SourceFile, is_overlay};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use url::Url;

/// What names of regulations' files begin with, as `gongbao check` names them.
const PREFIX: &str = "regulations/";

/// A folder of regulations.
#[derive(Default)]
pub struct Folder {
    /// The folder with the regulations; none until a first text is opened where the editor named none.
    path: Option<PathBuf>,
    /// Everything in it as it lies there, by its path below.
    disk: BTreeMap<String, Vec<u8>>,
    /// Open texts by their names.
    open: BTreeMap<String, Open>,
    workspace: Workspace,
    /// The workspace is older than the texts.
    stale: bool,
}

struct Open {
    uri: String,
    version: i64,
    text: String,
}

impl Folder {
    /// The folder that the command line names, or the one that the editor opened.
    pub fn open(home: Option<&Path>, asked: &Value) -> Folder {
        let uri = asked.pointer("/workspaceFolders/0/uri").or_else(|| asked.get("rootUri")).and_then(Value::as_str);
        let path = home.map(Path::to_owned).or_else(|| path_of(uri?)).map(|path| regulations_in(&path));
        let mut folder = Folder { path, ..Folder::default() };
        folder.read_again();
        folder
    }

    /// Reads what lies there; whether there is anything to check.
    pub fn read_again(&mut self) -> bool {
        self.stale = true;
        self.disk.clear();
        if let Some(path) = self.path.as_deref() {
            read_below(path, "", 0, &mut self.disk);
        }
        true
    }

    /// The name of a regulation's file by its address: those that lie in the folder itself.
    fn name(&self, uri: &str) -> Option<String> {
        let path = path_of(uri)?;
        let name = path.strip_prefix(self.path.as_deref()?).ok()?.to_string_lossy().into_owned();
        let is_regulation = name.ends_with(".md") && !name.contains(['/', '\\']);
        is_regulation.then(|| format!("{}{name}", self.prefix()))
    }

    /// Whether the texts here supplement those of a base that lies elsewhere.
    fn is_overlays(&self) -> bool {
        self.path.as_deref().is_some_and(|path| path.ends_with(OVERLAYS))
    }

    fn prefix(&self) -> String {
        if self.is_overlays() { format!("{OVERLAYS}/") } else { PREFIX.to_owned() }
    }

    /// The base over which the texts here are laid, with what else the county runs.
    fn base(&self) -> Vec<SourceFile> {
        let county = self.path.as_deref().filter(|_| self.is_overlays()).and_then(Path::parent);
        let Some(county) = county.filter(|county| county.join(SITE).is_file()) else { return Vec::new() };
        match Home::open(Some(county)) {
            Ok(home) => Home { overlays: Vec::new(), ..home }.sources(),
            Err(fault) => {
                tracing::warn!("{fault:#}");
                Vec::new()
            }
        }
    }

    pub fn opened(&mut self, params: &Value) -> bool {
        let document = &params["textDocument"];
        let (Some(uri), Some(text)) = (document["uri"].as_str(), document["text"].as_str()) else { return false };
        if self.path.is_none() {
            self.path = path_of(uri).and_then(|path| path.parent().map(Path::to_owned));
            self.read_again();
        }
        let Some(name) = self.name(uri) else { return false };
        let version = document["version"].as_i64().unwrap_or_default();
        self.open.insert(name, Open { uri: uri.to_owned(), version, text: text.to_owned() });
        self.stale = true;
        true
    }

    pub fn changed(&mut self, params: &Value) -> bool {
        let Some(name) = self.file(params) else { return false };
        let Some(open) = self.open.get_mut(&name) else { return false };
        open.version = params.pointer("/textDocument/version").and_then(Value::as_i64).unwrap_or(open.version);
        for change in params["contentChanges"].as_array().into_iter().flatten() {
            apply(&mut open.text, change);
        }
        self.stale = true;
        true
    }

    pub fn closed(&mut self, params: &Value) -> bool {
        let closed = self.file(params).and_then(|name| self.open.remove(&name));
        self.stale |= closed.is_some();
        closed.is_some()
    }

    /// The texts of all regulations, as open or as they lie there. In a folder of another name other texts lie beside them.
    fn files(&self) -> Vec<SourceFile> {
        let mixed = self.path.as_deref().and_then(Path::file_name).is_none_or(|name| name != "regulations");
        let mut files = self.texts();
        files.retain(|file| !mixed || id_of(&file.text).is_some() || is_overlay(&file.text));
        files.extend(self.base());
        files
    }

    fn texts(&self) -> Vec<SourceFile> {
        let is_regulation = |name: &&String| name.ends_with(".md") && !name.contains('/');
        let mut all: BTreeMap<String, SourceFile> = BTreeMap::new();
        for name in self.disk.keys().filter(is_regulation) {
            let full = format!("{}{name}", self.prefix());
            all.insert(full.clone(), SourceFile::from_bytes(full, &self.disk[name]));
        }
        for (name, open) in &self.open {
            all.insert(name.clone(), SourceFile { name: name.clone(), text: open.text.clone() });
        }
        all.into_values().collect()
    }

    fn templates(&self) -> Vec<SourceFile> {
        let templates = self.disk.iter().filter(|(name, _)| name.ends_with(".typ"));
        templates.map(|(name, bytes)| SourceFile::from_bytes(format!("{PREFIX}{name}"), bytes)).collect()
    }

    /// What lies beside the regulations and names what they define.
    pub fn beside(&mut self) -> Beside {
        self.read_again();
        let cases = self.disk.iter().filter(|(name, _)| name.ends_with(".md") && name.contains("/cases/"));
        let mut beside = Beside {
            cases: cases.map(|(name, bytes)| SourceFile::from_bytes(format!("{PREFIX}{name}"), bytes)).collect(),
            templates: self.templates(),
            county: Vec::new(),
        };
        let mut county = BTreeMap::new();
        let path = self.path.as_deref().and_then(Path::parent).map(|parent| parent.join("county"));
        if let Some(path) = path.filter(|path| path.is_dir())
            && let Err(fault) = read_tree(&path, &path, &mut county)
        {
            tracing::warn!("{fault:#}");
        }
        for (name, bytes) in county {
            let file = SourceFile::from_bytes(format!("county/{name}"), &bytes);
            if name.ends_with(".csv") {
                beside.county.push(file);
            } else if name.starts_with("story") {
                beside.cases.push(file);
            }
        }
        beside
    }

    /// The texts read together, as they are now.
    pub fn workspace(&mut self) -> &Workspace {
        if std::mem::take(&mut self.stale) {
            self.workspace = Workspace::read(self.files());
        }
        &self.workspace
    }

    /// As they were when somebody last asked about a name.
    pub fn workspace_as_read(&self) -> &Workspace {
        &self.workspace
    }

    /// The file that a message is about.
    pub fn file(&self, params: &Value) -> Option<String> {
        self.name(params.pointer("/textDocument/uri")?.as_str()?)
    }

    /// The file and byte that a message is about.
    pub fn place(&self, params: &Value) -> Option<(String, usize)> {
        let file = self.file(params)?;
        let byte = self.lines(&file)?.byte(params.get("position")?)?;
        Some((file, byte))
    }

    /// The lines of a file as it is now.
    pub fn lines(&self, file: &str) -> Option<Lines<'_>> {
        let read = || self.workspace.file(file).map(|file| file.text.as_str());
        let text = self.open.get(file).map(|open| open.text.as_str()).or_else(read)?;
        Some(Lines::new(text))
    }

    /// The address of a file: as the editor calls it where it has it open.
    pub fn uri(&self, file: &str) -> Option<String> {
        if let Some(open) = self.open.get(file) {
            return Some(open.uri.clone());
        }
        let path = self.path.as_deref()?;
        let below = match file.strip_prefix(&self.prefix()) {
            Some(name) => path.join(name),
            None => path.parent()?.join(file),
        };
        Url::from_file_path(std::path::absolute(below).ok()?).ok().map(String::from)
    }

    /// The version that the editor gave a text.
    pub fn version(&self, uri: &str) -> Option<i64> {
        self.open.values().find(|open| open.uri == uri).map(|open| open.version)
    }

    /// What is found in each file, by its address.
    pub fn findings(&mut self) -> BTreeMap<String, Vec<Value>> {
        self.workspace();
        let templates = self.templates();
        let mut findings = self.workspace.checked().findings.clone();
        if self.is_overlays() {
            // The base lies elsewhere, with its templates; what is wrong in it is told there.
            findings.retain(|finding| finding.span.file.starts_with(OVERLAYS));
        } else {
            findings.extend(check_templates(self.workspace.checked(), &templates));
        }
        let lines: BTreeMap<&str, Lines<'_>> = (self.workspace.files().iter().chain(&templates))
            .map(|file| (file.name.as_str(), Lines::new(&file.text)))
            .collect();
        let mut all: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for finding in &findings {
            let Some(uri) = self.uri(&finding.span.file) else { continue };
            all.entry(uri).or_default().extend(answers::diagnostic(self, &lines, finding));
        }
        all
    }

    /// The page of a finding, where the folder of pages lies beside the regulations.
    pub fn page(&self, code: &str) -> Option<String> {
        let page = self.path.as_deref()?.parent()?.join("docs/findings").join(format!("{code}.md"));
        let page = std::path::absolute(page).ok()?;
        page.is_file().then(|| Url::from_file_path(page).ok().map(String::from))?
    }

    /// Edits as the protocol has them, by the addresses of their files.
    pub fn edits(&self, edits: &[Edit], beside: &Beside) -> Value {
        let files = self.workspace.files().iter().chain(&beside.cases);
        let lines: BTreeMap<&str, Lines<'_>> = files.map(|file| (file.name.as_str(), Lines::new(&file.text))).collect();
        let mut all: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for edit in edits {
            let (Some(uri), Some(lines)) = (self.uri(&edit.span.file), lines.get(&*edit.span.file)) else { continue };
            let range = lines.range(edit.span.start, edit.span.end);
            all.entry(uri).or_default().push(json!({ "range": range, "newText": edit.text }));
        }
        json!({ "changes": all })
    }
}

/// Replaces a range of a text, or all of it.
fn apply(text: &mut String, change: &Value) {
    let Some(new) = change["text"].as_str() else { return };
    let Some(range) = change.get("range").filter(|range| !range.is_null()) else {
        new.clone_into(text);
        return;
    };
    let lines = Lines::new(text);
    if let (Some(start), Some(end)) = (lines.byte(&range["start"]), lines.byte(&range["end"])) {
        text.replace_range(start..end.max(start), new);
    }
}

fn path_of(uri: &str) -> Option<PathBuf> {
    Url::parse(uri).ok().filter(|url| url.scheme() == "file")?.to_file_path().ok()
}

/// Depth of `ID/cases/FILE.md` below the folder of regulations.
const DEPTH_MAX: usize = 2;

/// Reads regulations, templates and cases below a folder, and nothing else: somebody may have opened any folder.
fn read_below(folder: &Path, above: &str, depth: usize, into: &mut BTreeMap<String, Vec<u8>>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let name = format!("{above}{}", entry.file_name().to_string_lossy());
        let is_wanted = match depth {
            0 => name.ends_with(".md"),
            1 => name.ends_with(".typ"),
            _ => name.ends_with(".md") && name.contains("/cases/"),
        };
        if path.is_dir() {
            if depth < DEPTH_MAX && !name.starts_with('.') {
                read_below(&path, &format!("{name}/"), depth + 1, into);
            }
        } else if is_wanted {
            match std::fs::read(&path) {
                Ok(bytes) => drop(into.insert(name, bytes)),
                Err(fault) => tracing::warn!("{}: {fault}", path.display()),
            }
        }
    }
}

/// The folder with the regulations: within a county's folder, or the one named.
fn regulations_in(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let within = ["regulations", OVERLAYS].map(|folder| path.join(folder));
    within.into_iter().find(|folder| folder.is_dir()).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_made_where_the_editor_counts() {
        let mut text = "甲𠮷乙\r\n第二行".to_owned();
        let at = |line: u32, character: u32| json!({ "line": line, "character": character });
        let change =
            |start: Value, end: Value, new: &str| json!({ "range": { "start": start, "end": end }, "text": new });
        apply(&mut text, &change(at(0, 1), at(0, 3), "土"));
        assert_eq!(text, "甲土乙\r\n第二行");
        apply(&mut text, &change(at(0, 3), at(1, 1), ""));
        assert_eq!(text, "甲土乙二行");
        apply(&mut text, &change(at(5, 0), at(9, 9), "！"));
        assert_eq!(text, "甲土乙二行！");
        // What is no change changes nothing; ends before beginnings insert.
        for wrong in [json!({}), json!({ "range": 5, "text": "x" }), json!({ "range": { "start": {} }, "text": "x" })] {
            apply(&mut text, &wrong);
        }
        assert_eq!(text, "甲土乙二行！");
        apply(&mut text, &change(at(0, 1), at(0, 0), "-"));
        assert_eq!(text, "甲-土乙二行！");
        apply(&mut text, &json!({ "text": "全新" }));
        assert_eq!(text, "全新");
    }
}
