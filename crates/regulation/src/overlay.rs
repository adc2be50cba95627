//! What a county says beside a base regulation (省规定的本县补充). Base and supplement are woven into one text, which is read, checked, kept and
//! shown like any other and has a version of its own; what is found in it is led back to the file in which it stands.
//!
//! The woven text is the base with a line more in its front matter (`supplement:`), with `.not-applied` in the place of `.optional` at the
//! clauses that the county sets aside, and behind it the supplement's body under a heading that is marked `.supplement`.

use crate::blocks::Keys;
use crate::blocks::front::date;
use crate::checking::Checked;
use crate::finding::{Finding, Severity};
use crate::findings::{Sink, overlays};
use crate::model::{Name, Rulebook};
use crate::source::{Source, SourceFile, Words};
use crate::span::Span;
use crate::text;
use crate::text::yaml::{Anchors, parse};
use crate::trial::{id_of, version};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The folder in which a county's supplements lie.
pub const OVERLAYS: &str = "overlays";
/// What makes a text a supplement.
const OVERLAY_OF: &str = "overlay-of:";
/// What stands between a base and the county's part.
const SEAM: &str = "\n\n";
/// Keys of a supplement's front matter.
const KEYS: [&str; 8] = ["overlay-of", "version", "title", "number", "issuer", "issued", "effective", "not-applied"];
/// How a clause is marked that a county may set aside, and how one that it has.
const OPTIONAL: &str = ".optional";
const NOT_APPLIED: &str = ".not-applied";
/// What the front matter of a woven text says of the supplement, and how the heading of the county's part ends.
const SUPPLEMENT: &str = "supplement:";
const MARK: &str = " {.supplement}";

/// Whether a text is a supplement to another: its front matter says to which.
#[must_use]
pub fn is_overlay(text: &str) -> bool {
    named_base(text).is_some()
}

/// A base with a supplement laid over it, as one text. What is wrong with the supplement itself, [`crate::check`] tells.
#[must_use]
pub fn supplemented(base: &str, supplement: &str) -> String {
    if base_text(base) != base {
        return base.to_owned();
    }
    let file = |name: &str, text: &str| SourceFile { name: name.to_owned(), text: text.to_owned() };
    let mut woven = weave(&[file("base", base), file("supplement", supplement)]);
    woven.files.pop().map_or_else(|| base.to_owned(), |sum| sum.text)
}

/// The base of a woven text; a text in which nothing was woven is its own.
#[must_use]
pub fn base_text(text: &str) -> String {
    let Some((from, to)) = front_of(text) else { return text.to_owned() };
    let front = &text[from..to];
    let Some(line) = front.split_inclusive('\n').find(|line| line.starts_with(SUPPLEMENT)) else {
        return text.to_owned();
    };
    let body = &text[to..];
    let mut base = format!("{}{}", &text[..to].replacen(line, "", 1), &body[..part_of_county(body)]);
    while let Some(at) = base.match_indices(NOT_APPLIED).map(|(at, _)| at).find(|at| braces(&base, *at).is_some()) {
        base.replace_range(at..at + NOT_APPLIED.len(), OPTIONAL);
    }
    base
}

/// Where the seam begins behind which the county's part stands.
fn part_of_county(body: &str) -> usize {
    let mut at = 0;
    for line in body.split_inclusive('\n') {
        if line.starts_with("# ") && line.trim_end().ends_with(MARK) {
            return body[..at].strip_suffix(SEAM).map_or(at, str::len);
        }
        at += line.len();
    }
    at
}

/// The id that a text says it is a supplement of, however broken the rest is.
#[must_use]
pub fn overlay_of(text: &str) -> Option<Name> {
    named_base(text).filter(|id| !id.is_empty()).map(str::to_owned)
}

/// What the front matter names as the base, which may be nothing.
fn named_base(text: &str) -> Option<&str> {
    let (from, to) = front_of(text)?;
    text[from..to].lines().find_map(|line| line.strip_prefix(OVERLAY_OF)).map(str::trim)
}

/// Texts that were woven, the others as they are, and where each part came from.
pub(crate) struct Woven {
    pub files: Vec<SourceFile>,
    seams: Seams,
    /// What is wrong with the supplements themselves.
    findings: Vec<Finding>,
    /// Base regulations whose supplement has a mistake: they do not run without it.
    lost: BTreeSet<Name>,
}

/// Where the parts of woven texts stand, by the name of the base.
#[derive(Debug, Clone, Default)]
pub struct Seams(BTreeMap<String, Vec<Seam>>);

/// Where a part of a woven text begins, and where it stands.
#[derive(Debug, Clone)]
struct Seam {
    start: usize,
    file: Arc<str>,
    at: usize,
    /// It stands there letter by letter; else it was made from what stands there.
    copied: bool,
}

/// Weaves every supplement among the texts into its base.
pub(crate) fn weave(files: &[SourceFile]) -> Woven {
    let (overlays, bases): (Vec<&SourceFile>, Vec<&SourceFile>) = files.iter().partition(|file| is_overlay(&file.text));
    let mut woven = Woven {
        files: bases.into_iter().cloned().collect(),
        seams: Seams::default(),
        findings: Vec::new(),
        lost: BTreeSet::new(),
    };
    let mut first: BTreeMap<Name, Span> = BTreeMap::new();
    for file in overlays {
        let sink = Sink::default();
        let source = Source { file: Arc::from(file.name.as_str()), text: Arc::from(file.text.as_str()) };
        if let Some(front) = read(&source, &sink) {
            match first.get(&front.of.text) {
                Some(other) => sink.add(overlays::second(&front.of.span, &front.of.text, other)),
                None => {
                    first.insert(front.of.text.clone(), front.of.span.clone());
                    woven.lay(&source, &front, &sink);
                }
            }
        }
        let findings = sink.sorted();
        if findings.iter().any(|finding| finding.severity == Severity::Error) {
            woven.lost.extend(overlay_of(&file.text));
        }
        woven.findings.extend(findings);
    }
    woven
}

impl Woven {
    /// Lays a supplement over its base.
    fn lay(&mut self, source: &Source, front: &Front, sink: &Sink) {
        let of = &front.of;
        let ids: Vec<Name> = self.files.iter().filter_map(|file| id_of(&file.text)).collect();
        let Some(base) = self.files.iter_mut().find(|file| id_of(&file.text).as_ref() == Some(&of.text)) else {
            sink.add(overlays::unknown_base(&of.span, &of.text, ids.iter().map(String::as_str)));
            return;
        };
        let present = version(&base.text);
        if let Some(first) = front.versions.first()
            && !front.versions.iter().any(|given| is_version(&given.text, &present))
        {
            sink.add(overlays::other_version(&first.span, &of.text, &present));
        }
        let Some((_, base_end)) = front_of(&base.text) else { return };
        let mut marks = Vec::new();
        for clause in &front.not_applied {
            match optional(&base.text, &clause.text) {
                Some(at) => marks.push((at, &clause.span)),
                None => sink.add(overlays::not_optional(&clause.span, &clause.text)),
            }
        }
        marks.sort_by_key(|(at, _)| *at);
        // One clause may be named twice, and two may have one mark.
        marks.dedup_by_key(|(at, _)| *at);
        let name: Arc<str> = Arc::from(base.name.as_str());
        let mut rope = Rope::default();
        rope.copy(&name, &base.text, 0, base_end);
        rope.make(&front.line(), &of.span);
        let mut from = base_end;
        for (at, span) in marks {
            rope.copy(&name, &base.text, from, at);
            rope.make(NOT_APPLIED, span);
            from = at + OPTIONAL.len();
        }
        rope.copy(&name, &base.text, from, base.text.len());
        rope.make(&front.heading(), &of.span);
        rope.copy(&source.file, &source.text, body_of(&source.text), source.text.len());
        base.text = rope.text;
        self.seams.0.insert(base.name.clone(), rope.seams);
    }

    /// Leads what was found back to the files, and leaves out what has no sound supplement.
    pub fn lead_back(self, mut checked: Checked) -> Checked {
        checked.findings.iter_mut().for_each(|finding| self.seams.lead_back(finding));
        checked.clauses.iter_mut().for_each(|(_, clause)| self.seams.place(&mut clause.span));
        checked.seams = self.seams;
        checked.findings.extend(self.findings);
        checked.findings.sort_by(|one, other| (&one.span, one.code).cmp(&(&other.span, other.code)));
        leave_out(&mut checked.rulebook, self.lost);
        checked
    }
}

impl Seams {
    /// Leads a finding back to the files in which its places stand.
    pub(crate) fn lead_back(&self, finding: &mut Finding) {
        self.place(&mut finding.span);
        finding.related.iter_mut().for_each(|(span, _)| self.place(span));
    }

    fn place(&self, span: &mut Span) {
        let Some(seams) = self.0.get(&*span.file) else { return };
        let index = seams.partition_point(|seam| seam.start <= span.start).saturating_sub(1);
        let Some(seam) = seams.get(index) else { return };
        let end = seams.get(index + 1).map_or(usize::MAX, |next| next.start);
        let offset = |byte: usize| if seam.copied { byte.min(end).saturating_sub(seam.start) } else { 0 };
        *span = Span::new(&seam.file, seam.at + offset(span.start), seam.at + offset(span.end));
    }
}

/// Leaves out regulations, and those that use them.
fn leave_out(rulebook: &mut Rulebook, mut lost: BTreeSet<Name>) {
    while let Some(id) = lost.pop_first() {
        if rulebook.regulations.remove(&id).is_some() {
            let users = rulebook.regulations.values().filter(|other| other.uses.contains(&id));
            lost.extend(users.map(|other| other.id.clone()));
        }
    }
}

/// A text being put together.
#[derive(Default)]
struct Rope {
    text: String,
    seams: Vec<Seam>,
}

impl Rope {
    fn copy(&mut self, file: &Arc<str>, text: &str, from: usize, to: usize) {
        self.seams.push(Seam { start: self.text.len(), file: Arc::clone(file), at: from, copied: true });
        self.text.push_str(&text[from..to]);
    }

    fn make(&mut self, text: &str, of: &Span) {
        self.seams.push(Seam { start: self.text.len(), file: Arc::clone(&of.file), at: of.start, copied: false });
        self.text.push_str(text);
    }
}

/// The front matter of a supplement.
struct Front {
    of: Words,
    versions: Vec<Words>,
    title: String,
    number: String,
    issuer: String,
    issued: Date,
    effective: Date,
    not_applied: Vec<Words>,
}

impl Front {
    /// What the woven text's front matter says of it.
    fn line(&self) -> String {
        let quoted = |text: &str| format!("\"{}\"", one_line(text).replace('\\', "\\\\").replace('"', "\\\""));
        format!(
            "{SUPPLEMENT} {{ title: {}, number: {}, issuer: {}, issued: {}, effective: {} }}\n",
            quoted(&self.title),
            quoted(&self.number),
            quoted(&self.issuer),
            self.issued,
            self.effective
        )
    }

    fn heading(&self) -> String {
        format!("{SEAM}# {}（{}）{MARK}\n\n", one_line(&self.title), one_line(&self.number))
    }
}

/// A heading, and a value in the front matter, have one line.
fn one_line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

fn read(source: &Source, sink: &Sink) -> Option<Front> {
    // What is wrong with its body is found in the woven text.
    let piece = text::read(source, &Sink::default()).front?;
    let node = parse(source, &piece, &mut Anchors::new(), sink)?;
    let keys = Keys::open(&node, &KEYS, sink);
    let head = source.span(0, 3);
    let of = keys.required("overlay-of", &head);
    let title = keys.required("title", &head);
    let number = keys.required("number", &head);
    let issuer = keys.required("issuer", &head);
    let issued = keys.required("issued", &head).and_then(|words| date(words, sink));
    let effective = keys.required("effective", &head).and_then(|words| date(words, sink));
    Some(Front {
        of: of?.clone(),
        versions: keys.names("version"),
        title: title?.text.clone(),
        number: number?.text.clone(),
        issuer: issuer?.text.clone(),
        issued: issued?,
        effective: effective?,
        not_applied: keys.names("not-applied"),
    })
}

/// Eight digits of a version tell it from every other that a county will meet.
const VERSION_DIGITS: usize = 8;

fn is_version(given: &str, present: &str) -> bool {
    given.len() >= VERSION_DIGITS && present.starts_with(given)
}

/// Where the lines of the front matter begin and end.
fn front_of(text: &str) -> Option<(usize, usize)> {
    let start = if text.starts_with('\u{FEFF}') { '\u{FEFF}'.len_utf8() } else { 0 };
    let mut lines = text[start..].split_inclusive('\n');
    let first = lines.next().filter(|line| line.trim_end() == "---")?;
    let mut at = start + first.len();
    let from = at;
    for line in lines {
        if line.trim_end() == "---" {
            return Some((from, at));
        }
        at += line.len();
    }
    None
}

/// Where the text behind the front matter begins.
fn body_of(text: &str) -> usize {
    let end = front_of(text).map_or(0, |(_, end)| end);
    end + text[end..].split_inclusive('\n').next().map_or(0, str::len)
}

/// Where a clause is marked as one that counties may set aside.
fn optional(text: &str, clause: &str) -> Option<usize> {
    let id = format!("#{clause}");
    let mut marks = text.match_indices(OPTIONAL).map(|(at, _)| at);
    marks.find(|at| braces(text, *at).is_some_and(|words| words.split_whitespace().any(|word| word == id)))
}

/// What stands in the braces around a place, on one line.
fn braces(text: &str, at: usize) -> Option<&str> {
    let (before, behind) = text.split_at(at);
    let open = before.rfind('{').filter(|open| !before[*open..].contains(['}', '\n']))?;
    let close = behind.find('}').filter(|close| !behind[..*close].contains('\n'))?;
    Some(&text[open + 1..at + close])
}
