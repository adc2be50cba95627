//! A fence recognised: its kind, what it defines, where it belongs, and the clauses it carries out.

use crate::findings::{Sink, reading};
use crate::model::{ClauseId, ElementKind};
use crate::source::{Source, Words};
use crate::span::Span;
use crate::text::yaml::{Anchors, Node, Yaml, parse};
use crate::text::{Fence, Grid, Text};

/// Kinds that run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Parameter,
    Register,
    Form,
    Procedure,
    Step,
    Rule,
    Table,
    Document,
    Duty,
    View,
    Fund,
    Share,
}

/// Names of [`Kind`]s.
pub(crate) const KINDS: [(&str, Kind); 12] = [
    ("parameter", Kind::Parameter),
    ("register", Kind::Register),
    ("form", Kind::Form),
    ("procedure", Kind::Procedure),
    ("step", Kind::Step),
    ("rule", Kind::Rule),
    ("table", Kind::Table),
    ("document", Kind::Document),
    ("duty", Kind::Duty),
    ("view", Kind::View),
    ("fund", Kind::Fund),
    ("share", Kind::Share),
];

/// Kinds that the language reserves and this version does not run.
const RESERVED: [&str; 4] = ["target", "body", "roster", "notice"];

impl Kind {
    pub fn word(self) -> &'static str {
        KINDS.iter().find(|(_, kind)| *kind == self).map_or("", |(word, _)| word)
    }

    /// Whether blocks of this kind belong to a procedure.
    fn is_of_procedure(self) -> bool {
        matches!(self, Kind::Step | Kind::Rule | Kind::Table | Kind::Document)
    }

    fn needs_grid(self) -> bool {
        matches!(self, Kind::Register | Kind::Form | Kind::Table | Kind::Fund)
    }
}

/// A recognised block.
#[derive(Debug)]
pub(crate) struct Block {
    pub kind: Kind,
    /// What it defines; empty for parameters.
    pub name: Words,
    /// The procedure it belongs to.
    pub of: Option<Words>,
    pub node: Node,
    pub grid: Option<Grid>,
    /// The table after that one.
    pub second: Option<Grid>,
    /// Its own `clause:`, or the clause it stands under.
    pub clauses: Vec<ClauseId>,
    pub span: Span,
}

impl Block {
    /// The place of its defining line, for findings about the whole block.
    pub fn head(&self) -> &Span {
        if self.name.text.is_empty() { &self.span } else { &self.name.span }
    }

    /// The procedure it belongs to by name; a duty that names none belongs to the one it is called after.
    pub fn procedure(&self) -> &str {
        self.of.as_ref().map_or(self.name.text.as_str(), |of| of.text.as_str())
    }
}

/// Recognises the fences of a file. Mistakes are findings; the other blocks are still read.
pub(crate) fn gather(source: &Source, text: &mut Text, sink: &Sink) -> Vec<Block> {
    let mut anchors = Anchors::new();
    let mut blocks = Vec::new();
    for fence in std::mem::take(&mut text.fences) {
        let element = fence.element;
        let name = defined_name(&fence);
        let Some(block) = recognise(source, fence, &mut anchors, sink) else {
            sink.lost(&source.file, name.as_deref());
            continue;
        };
        if let Some(element) = text.elements.get_mut(element) {
            element.kind = ElementKind::Block { kind: block.kind.word().into(), name: block.name.text.clone() };
            element.clauses = block.clauses.clone();
        }
        blocks.push(block);
    }
    blocks
}

/// The name that a fence seems to define, also where its YAML cannot be read.
fn defined_name(fence: &Fence) -> Option<String> {
    let mut values = fence.body.text.lines().filter_map(|line| line.split_once(':'));
    let (_, value) = values.find(|(key, _)| *key == fence.kind.text)?;
    value.split_whitespace().next().map(str::to_string)
}

fn recognise(source: &Source, fence: Fence, anchors: &mut Anchors, sink: &Sink) -> Option<Block> {
    let kind = kind(&fence.kind, sink)?;
    let node = parse(source, &fence.body, anchors, sink)?;
    if !matches!(node.yaml, Yaml::Map(_)) {
        sink.add(reading::wrong_shape(&node.span, "“键: 值”各行", "lines `key: value`"));
        return None;
    }
    let (name, of) = match kind {
        Kind::Parameter => (Words::new("", fence.kind.span.clone()), None),
        _ => defined(kind, &node, &fence, sink)?,
    };
    let entries_missing = kind == Kind::Fund && fence.second.is_none();
    let lacks = kind.needs_grid() && (fence.grid.is_none() || entries_missing);
    if lacks {
        sink.add(reading::grid_missing(&name.span, kind.word()));
        return None;
    }
    let own: Vec<ClauseId> = match kind {
        Kind::Parameter => Vec::new(),
        _ => node
            .get("clause")
            .into_iter()
            .flat_map(Node::items)
            .filter_map(Node::scalar)
            .map(|w| w.text.clone())
            .collect(),
    };
    let clauses = if own.is_empty() { fence.under.into_iter().collect() } else { own };
    Some(Block { kind, name, of, node, grid: fence.grid, second: fence.second, clauses, span: fence.span })
}

fn kind(word: &Words, sink: &Sink) -> Option<Kind> {
    let known = KINDS.map(|(name, _)| name);
    if let Some((_, kind)) = KINDS.iter().find(|(name, _)| *name == word.text) {
        return Some(*kind);
    }
    if RESERVED.contains(&word.text.as_str()) {
        sink.add(reading::unsupported_kind(&word.span, &word.text, &known));
    } else {
        sink.add(reading::unknown_kind(&word.span, &word.text, &known));
    }
    None
}

/// `step: NAME of PROCEDURE`.
fn defined(kind: Kind, node: &Node, fence: &Fence, sink: &Sink) -> Option<(Words, Option<Words>)> {
    let Some(value) = node.get(kind.word()) else {
        sink.add(reading::missing_key(&fence.kind.span, kind.word()));
        return None;
    };
    let Some(words) = value.scalar() else {
        sink.add(reading::wrong_shape(&value.span, "名称", "a name"));
        return None;
    };
    let (name, of) = match words.split_once(" of ") {
        Some((name, of)) => (name, Some(of)),
        None => (words.trimmed(), None),
    };
    let names_are_good = [Some(&name), of.as_ref()].into_iter().flatten().fold(true, |good, part| {
        let fine = is_name(&part.text);
        if !fine {
            sink.add(reading::bad_name(&part.span, &part.text));
        }
        good && fine
    });
    match (&of, kind.is_of_procedure()) {
        // Without another name a duty is that of the procedure it is called after.
        (Some(_), false) if kind == Kind::Duty => return names_are_good.then_some((name, of)),
        (None, true) => sink.add(reading::of_missing(&name.span, kind.word())),
        (Some(of), false) => sink.add(reading::of_superfluous(&of.span, kind.word())),
        _ => return names_are_good.then_some((name, of)),
    }
    None
}

/// Kebab-case ASCII, beginning with a letter.
pub(crate) fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && !text.ends_with('-')
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}
