//! The keys of a mapping: unknown ones are findings, shapes are checked where they are read.

use super::block::is_name;
use crate::findings::{Sink, reading};
use crate::model::{ClauseId, Label, Name};
use crate::source::Words;
use crate::span::Span;
use crate::text::yaml::{Node, Yaml};

/// A list without room for more: what is read here is kept as long as the program runs, most of it lists of one or two.
pub(crate) fn tight<T>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut list: Vec<T> = items.collect();
    list.shrink_to_fit();
    list
}

/// A mapping being read.
#[derive(Clone, Copy)]
pub(crate) struct Keys<'a> {
    node: &'a Node,
    sink: &'a Sink,
}

impl<'a> Keys<'a> {
    /// Opens a mapping whose keys must be among these.
    pub fn open(node: &'a Node, known: &[&str], sink: &'a Sink) -> Self {
        match &node.yaml {
            Yaml::Map(entries) => {
                for (key, _) in entries.iter().filter(|(key, _)| !known.contains(&key.text.as_str())) {
                    sink.add(reading::unknown_key(&key.span, &key.text, known));
                }
            }
            Yaml::Empty => {}
            _ => sink.add(reading::wrong_shape(&node.span, "“键: 值”的映射", "a mapping `{ key: value }`")),
        }
        Keys { node, sink }
    }

    pub fn get(&self, key: &str) -> Option<&'a Node> {
        self.node.get(key).filter(|node| !matches!(node.yaml, Yaml::Empty))
    }

    /// A single text.
    pub fn words(&self, key: &str) -> Option<&'a Words> {
        words(self.get(key)?, self.sink)
    }

    /// A single text that must be there; the finding stands at `head`.
    pub fn required(&self, key: &str, head: &Span) -> Option<&'a Words> {
        if self.get(key).is_none() {
            self.sink.add(reading::missing_key(head, key));
        }
        self.words(key)
    }

    /// One text or a list of texts.
    pub fn list(&self, key: &str) -> Vec<&'a Words> {
        let items = self.get(key).map(Node::items).unwrap_or_default();
        items.iter().filter_map(|item| words(item, self.sink)).collect()
    }

    /// One name or a list of names.
    pub fn names(&self, key: &str) -> Vec<Words> {
        self.list(key).into_iter().map(Words::trimmed).collect()
    }

    /// `yes` or `no`; absent is no.
    pub fn yes(&self, key: &str) -> bool {
        match self.words(key) {
            None => false,
            Some(words) if words.text == "yes" || words.text == "true" => true,
            Some(words) => {
                if words.text != "no" && words.text != "false" {
                    self.sink.add(reading::wrong_shape(&words.span, " `yes` 或 `no`", "`yes` or `no`"));
                }
                false
            }
        }
    }

    /// A label; falls back to the name.
    pub fn label(&self, key: &str, fallback: &str) -> Label {
        self.get(key).and_then(|node| label(node, self.sink)).unwrap_or_else(|| plain_label(fallback))
    }

    /// A sentence in Chinese and perhaps in English, each to be compiled.
    pub fn sentence(&self, key: &str) -> Option<(&'a Words, Option<&'a Words>)> {
        let node = self.get(key)?;
        if let Some(zh) = node.scalar() {
            return Some((zh, None));
        }
        let keys = Keys::open(node, &["zh", "en"], self.sink);
        Some((keys.required("zh", &node.span)?, keys.words("en")))
    }

    /// The mapping's own `clause:`.
    pub fn clauses(&self) -> Vec<ClauseId> {
        self.names("clause").into_iter().map(|words| words.text).collect()
    }

    /// The entries of a mapping under a key, in order.
    pub fn entries(&self, key: &str) -> &'a [(Words, Node)] {
        match self.get(key) {
            None => &[],
            Some(node) => entries(node, self.sink),
        }
    }
}

/// The entries of a mapping.
pub(crate) fn entries<'a>(node: &'a Node, sink: &Sink) -> &'a [(Words, Node)] {
    if !matches!(node.yaml, Yaml::Map(_) | Yaml::Empty) {
        sink.add(reading::wrong_shape(&node.span, "“键: 值”的映射", "a mapping `{ key: value }`"));
    }
    node.entries()
}

/// A node's text.
pub(crate) fn words<'a>(node: &'a Node, sink: &Sink) -> Option<&'a Words> {
    if node.scalar().is_none() {
        sink.add(reading::wrong_shape(&node.span, "一段文字", "a text"));
    }
    node.scalar()
}

/// A text, or `{ zh: …, en: … }`.
pub(crate) fn label(node: &Node, sink: &Sink) -> Option<Label> {
    if let Some(words) = node.scalar() {
        return Some(plain_label(&words.text));
    }
    let keys = Keys::open(node, &["zh", "en"], sink);
    let zh = keys.required("zh", &node.span)?;
    Some(Label { zh: zh.text.clone(), en: keys.words("en").map(|words| words.text.clone()) })
}

pub(crate) fn plain_label(text: &str) -> Label {
    Label { zh: text.to_string(), en: None }
}

/// `乙 / Second`: Chinese, and English behind a slash that stands alone.
pub(crate) fn in_both(text: &str) -> Label {
    match text.split_once(" / ") {
        Some((zh, en)) => Label { zh: zh.trim_end().to_owned(), en: Some(en.trim_start().to_owned()) },
        None => plain_label(text),
    }
}

/// A name in kebab-case, or a finding.
pub(crate) fn name(words: &Words, sink: &Sink) -> Option<Name> {
    if is_name(&words.text) {
        return Some(words.text.clone());
    }
    sink.add(reading::bad_name(&words.span, &words.text));
    None
}
