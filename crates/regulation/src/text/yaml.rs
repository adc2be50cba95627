//! YAML in fences: a tree in which every node knows its place in the file.
//!
//! Anchors hold across the fences of one file, so that an act shared by several steps is written once.

use super::Piece;
use crate::findings::{Sink, reading};
use crate::source::{Source, Words};
use crate::span::Span;
use saphyr_parser::{Event, Parser, ScalarStyle};
use std::collections::BTreeMap;

/// Deeper nesting is refused.
const MAX_DEPTH: usize = 24;
/// More nodes in one fence are refused, those that aliases repeat included.
const MAX_NODES: usize = 50_000;

/// A node.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub yaml: Yaml,
    pub span: Span,
}

/// What a node is.
#[derive(Debug, Clone)]
pub(crate) enum Yaml {
    /// Nothing written.
    Empty,
    /// A scalar; `quoted` if it stood in quotes or was a block of text.
    Scalar {
        words: Words,
        quoted: bool,
    },
    List(Vec<Node>),
    Map(Vec<(Words, Node)>),
}

impl Node {
    /// The number of nodes in it.
    fn size(&self) -> usize {
        match &self.yaml {
            Yaml::Empty | Yaml::Scalar { .. } => 1,
            Yaml::List(nodes) => 1 + nodes.iter().map(Node::size).sum::<usize>(),
            Yaml::Map(entries) => 1 + entries.iter().map(|(_, node)| 1 + node.size()).sum::<usize>(),
        }
    }

    /// How deep it nests.
    fn depth(&self) -> usize {
        let below = match &self.yaml {
            Yaml::Empty | Yaml::Scalar { .. } => 0,
            Yaml::List(nodes) => nodes.iter().map(Node::depth).max().unwrap_or(0),
            Yaml::Map(entries) => entries.iter().map(|(_, node)| node.depth()).max().unwrap_or(0),
        };
        below + 1
    }

    /// The scalar's text, if it is one.
    pub fn scalar(&self) -> Option<&Words> {
        match &self.yaml {
            Yaml::Scalar { words, .. } => Some(words),
            _ => None,
        }
    }

    /// The value under a key of a mapping.
    pub fn get(&self, key: &str) -> Option<&Node> {
        match &self.yaml {
            Yaml::Map(entries) => entries.iter().find(|(name, _)| name.text == key).map(|(_, node)| node),
            _ => None,
        }
    }

    /// The entries of a mapping; none of anything else.
    pub fn entries(&self) -> &[(Words, Node)] {
        match &self.yaml {
            Yaml::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list, or the node itself as the only one.
    pub fn items(&self) -> &[Node] {
        match &self.yaml {
            Yaml::List(nodes) => nodes,
            Yaml::Empty => &[],
            _ => std::slice::from_ref(self),
        }
    }
}

/// Nodes with an anchor, by its name, of the file so far.
pub(crate) type Anchors = BTreeMap<String, Node>;

/// Reads a fence's body. `None` after a finding about YAML itself.
pub(crate) fn parse(source: &Source, piece: &Piece, anchors: &mut Anchors, sink: &Sink) -> Option<Node> {
    let known: Vec<(&String, &Node)> = if piece.text.contains('*') { anchors.iter().collect() } else { Vec::new() };
    let prelude = prelude(known.iter().map(|(name, _)| name.as_str()));
    let text = format!("{prelude}{}", piece.text);
    let mut names: Vec<String> = known.iter().map(|(name, _)| name.to_string()).collect();
    names.extend(anchor_names(&piece.text));
    let bytes = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let builder = Builder {
        source,
        piece,
        text: &text,
        prelude: prelude.len(),
        bytes,
        known: known.into_iter().map(|(_, node)| node).collect(),
        anchored: BTreeMap::new(),
        nodes: 0,
        sink,
    };
    let earlier = builder.known.len();
    let (node, anchored) = builder.build()?;
    // The first ones are the prelude's: only names, which must not hide the nodes they stand for.
    for (id, node) in anchored.into_iter().filter(|(id, _)| *id > earlier) {
        if let Some(name) = names.get(id - 1) {
            anchors.insert(name.clone(), node);
        }
    }
    Some(node)
}

/// A first entry that declares the anchors of earlier fences, so that the parser knows their names.
fn prelude<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let declared: Vec<String> = names.map(|name| format!("&{name} ~")).collect();
    if declared.is_empty() { String::new() } else { format!("\"\": [{}]\n", declared.join(", ")) }
}

/// The names of a text's anchors in order; the parser gives only their numbers.
fn anchor_names(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    for line in text.lines() {
        let mut quote = None;
        let mut before = ' ';
        for (at, character) in line.char_indices() {
            let begins_word = before == ' ' || matches!(before, '[' | '{' | ',' | '-');
            match (quote, character) {
                (None, '#') if before == ' ' => break,
                (None, '"' | '\'') if begins_word => quote = Some(character),
                (Some(open), _) if open == character => quote = None,
                (None, '&') if begins_word => {
                    let name = line[at + 1..].chars().take_while(|c| !c.is_whitespace() && !",[]{}".contains(*c));
                    names.push(name.collect());
                }
                _ => {}
            }
            before = character;
        }
    }
    names
}

/// Builds the tree from parser events, without recursion.
struct Builder<'a> {
    source: &'a Source,
    piece: &'a Piece,
    text: &'a str,
    prelude: usize,
    /// Byte offset of each character; the parser counts characters.
    bytes: Vec<usize>,
    known: Vec<&'a Node>,
    anchored: BTreeMap<usize, Node>,
    nodes: usize,
    sink: &'a Sink,
}

/// A list or mapping that is not complete yet.
struct Open {
    map: bool,
    anchor: usize,
    start: usize,
    nodes: Vec<Node>,
}

impl Builder<'_> {
    fn build(mut self) -> Option<(Node, BTreeMap<usize, Node>)> {
        let mut stack: Vec<Open> = Vec::new();
        let mut root: Option<Node> = None;
        let mut documents = 0;
        for event in Parser::new_from_str(self.text) {
            let (event, place) = match event {
                Ok(next) => next,
                Err(error) => {
                    let at = self.byte(error.marker().index());
                    self.sink.add(reading::yaml(&self.span(at, at), error.info()));
                    return None;
                }
            };
            let (start, end) = (self.byte(place.start.index()), self.byte(place.end.index()));
            let done = match event {
                Event::DocumentStart(_) => {
                    documents += 1;
                    None
                }
                Event::SequenceStart(anchor, _) => {
                    stack.push(Open { map: false, anchor, start, nodes: Vec::new() });
                    None
                }
                Event::MappingStart(anchor, _) => {
                    stack.push(Open { map: true, anchor, start, nodes: Vec::new() });
                    None
                }
                Event::SequenceEnd | Event::MappingEnd => stack.pop().map(|open| self.close(open)),
                Event::Scalar(value, style, anchor, _) => {
                    let node = self.scalar(&value, style, start, end);
                    Some(self.remember(anchor, node))
                }
                Event::Alias(id) => Some(self.alias(id, start, end)),
                _ => None,
            };
            if stack.len() > MAX_DEPTH || self.nodes > MAX_NODES || documents > 1 {
                let span = self.span(start, start);
                self.sink.add(reading::yaml_budget(&span, MAX_DEPTH, MAX_NODES));
                return None;
            }
            if let Some(node) = done {
                match stack.last_mut() {
                    Some(open) => open.nodes.push(node),
                    None => root = Some(node),
                }
            }
        }
        let root = root.unwrap_or_else(|| Node { yaml: Yaml::Empty, span: self.span(self.prelude, self.prelude) });
        Some((self.without_prelude(root), self.anchored))
    }

    fn without_prelude(&self, root: Node) -> Node {
        match root.yaml {
            Yaml::Map(mut entries) if self.prelude > 0 => {
                entries.remove(0);
                Node { yaml: Yaml::Map(entries), span: root.span }
            }
            yaml => Node { yaml, span: root.span },
        }
    }

    fn close(&mut self, open: Open) -> Node {
        let end = open.nodes.last().map(|node| node.span.end);
        let start = self.span(open.start, open.start);
        let span = Span::new(&self.source.file, start.start, end.unwrap_or(start.end).max(start.start));
        let yaml = if open.map { self.map(open.nodes) } else { Yaml::List(open.nodes) };
        self.nodes += 1;
        self.remember(open.anchor, Node { yaml, span })
    }

    fn map(&self, nodes: Vec<Node>) -> Yaml {
        let mut entries: Vec<(Words, Node)> = Vec::with_capacity(nodes.len() / 2);
        let mut nodes = nodes.into_iter();
        while let (Some(key), Some(value)) = (nodes.next(), nodes.next()) {
            let Yaml::Scalar { words, .. } = key.yaml else {
                self.sink.add(reading::key_not_text(&key.span));
                continue;
            };
            match entries.iter().find(|(name, _)| name.text == words.text) {
                Some((first, _)) => self.sink.add(reading::duplicate_key(&words.span, &words.text, &first.span)),
                None => entries.push((words, value)),
            }
        }
        Yaml::Map(entries)
    }

    fn scalar(&mut self, value: &str, style: ScalarStyle, start: usize, end: usize) -> Node {
        self.nodes += 1;
        let quoted = style != ScalarStyle::Plain;
        if value.is_empty() && !quoted {
            return Node { yaml: Yaml::Empty, span: self.span(start, start) };
        }
        let inner = match style {
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => (start + 1, end.saturating_sub(1).max(start + 1)),
            _ => (start, start + self.text[start..end.max(start)].trim_end().len()),
        };
        let words = Words::new(value, self.span(inner.0, inner.1));
        Node { span: words.span.clone(), yaml: Yaml::Scalar { words, quoted } }
    }

    fn remember(&mut self, anchor: usize, node: Node) -> Node {
        if anchor > 0 {
            self.anchored.insert(anchor, node.clone());
        }
        node
    }

    /// What an alias stands for. It keeps the place where it was written, so findings show the one text to mend.
    fn alias(&mut self, id: usize, start: usize, end: usize) -> Node {
        let known = id.checked_sub(1).and_then(|index| self.known.get(index)).copied();
        match known.or_else(|| self.anchored.get(&id)) {
            Some(node) if node.depth() <= MAX_DEPTH => {
                let node = node.clone();
                self.nodes += node.size();
                node
            }
            Some(_) => {
                self.nodes = MAX_NODES + 1;
                Node { yaml: Yaml::Empty, span: self.span(start, end) }
            }
            None => Node { yaml: Yaml::Empty, span: self.span(start, end) },
        }
    }

    fn byte(&self, character: usize) -> usize {
        self.bytes.get(character).copied().unwrap_or(self.text.len())
    }

    fn span(&self, start: usize, end: usize) -> Span {
        let place = |at: usize| self.piece.offset(at.saturating_sub(self.prelude));
        self.source.span(place(start), place(end).max(place(start)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Finding;
    use std::sync::Arc;

    /// Every scalar with the text of the file at its place.
    fn scalars(node: &Node, text: &str, all: &mut Vec<(String, String)>) {
        let mut add =
            |words: &Words| all.push((words.text.clone(), text[words.span.start..words.span.end].to_string()));
        match &node.yaml {
            Yaml::Scalar { words, .. } => add(words),
            Yaml::List(nodes) => nodes.iter().for_each(|node| scalars(node, text, all)),
            Yaml::Map(entries) => {
                entries.iter().for_each(|(key, _)| add(key));
                entries.iter().for_each(|(_, node)| scalars(node, text, all));
            }
            Yaml::Empty => {}
        }
    }

    fn parsed(fences: &[&str]) -> (Vec<(String, String)>, Vec<Finding>) {
        let text = fences.join("｜");
        let source = Source { file: Arc::from("x.md"), text: Arc::from(text.as_str()) };
        let (sink, mut anchors, mut all, mut at) = (Sink::default(), Anchors::new(), Vec::new(), 0);
        for fence in fences {
            let mut piece = Piece::default();
            piece.push(fence, at);
            at += fence.len() + "｜".len();
            if let Some(node) = parse(&source, &piece, &mut anchors, &sink) {
                scalars(&node, &text, &mut all);
            }
        }
        (all, sink.sorted())
    }

    #[test]
    fn places_are_exact_among_wide_characters() {
        let (all, findings) = parsed(&["标题: { 中文: 甲乙, b: [\"丙, 丁\", 戊 己] }   # 注\nnext: '单 引'\n"]);
        assert_eq!(findings, []);
        assert_eq!(all.len(), 8);
        for (text, written) in all {
            assert_eq!(text, written);
        }
    }

    #[test]
    fn anchors_hold_in_later_fences() {
        let (all, findings) = parsed(&["a: &lapse   # 共用\n  by: 时钟\n", "b: *lapse\nc: { by: *lapse }\n"]);
        assert_eq!(findings, []);
        let clocks = all.iter().filter(|(text, written)| text == "时钟" && written == "时钟").count();
        assert_eq!(clocks, 3);
    }

    #[test]
    fn anchors_hold_in_every_later_fence() {
        let (all, findings) =
            parsed(&["a: &one { by: 甲 }\n", "n: 2 * 3\n", "b: *one\n", "c: *one\nd: &two { by: 乙 }\n", "e: *two\n"]);
        assert_eq!(findings, []);
        let names: Vec<&str> =
            all.iter().map(|(text, _)| text.as_str()).filter(|text| ["甲", "乙"].contains(text)).collect();
        assert_eq!(names, ["甲", "甲", "甲", "乙", "乙"]);
    }

    #[test]
    fn an_unknown_alias_is_a_finding() {
        let (_, findings) = parsed(&["a: *nobody\n"]);
        assert_eq!(findings.iter().map(|finding| finding.code).collect::<Vec<_>>(), ["GB0004"]);
    }
}
