//! Texts with holes (文书用语): `申请面积 {requested-plot-area} 超过上限 {max-plot-area}`.

use super::Env;
use super::check::check;
use super::codes;
use super::parser::parse;
use super::scope::Scope;
use super::typed::{Expr, Reads};
use crate::finding::Finding;
use crate::model::Personal;
use crate::span::Span;
use std::collections::BTreeSet;

/// A text with holes, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    /// As written.
    pub text: String,
    /// Where it stands.
    pub span: Span,
    parts: Vec<Part>,
}

/// A part of a template.
#[derive(Debug, Clone, PartialEq)]
enum Part {
    Text(String),
    Expr(Expr),
    /// A name that is filled in by the caller, such as the series number: padded with zeros to the width.
    Extra {
        name: String,
        width: usize,
    },
}

impl Template {
    /// Reads a text and checks each hole. `extras` are names that the caller of [`Template::fill`] provides where the
    /// scope has none of that name; `{n:4}` is always such a name, padded to four digits.
    ///
    /// Doubled braces stand for themselves. There is always a template; a mistaken hole is a finding and stays empty.
    #[must_use]
    pub fn check(source: &str, at: &Span, scope: &dyn Scope, extras: &[&str]) -> (Template, Vec<Finding>) {
        let mut reader = Reader { at, scope, extras, parts: Vec::new(), text: String::new(), findings: Vec::new() };
        reader.read(source);
        reader.parts.shrink_to_fit();
        let template = Template { text: source.to_owned(), span: at.clone(), parts: reader.parts };
        (template, reader.findings)
    }

    /// The text with its holes filled: values as people read them, and the caller's own names (`n`, `year`).
    #[must_use]
    pub fn fill(&self, env: &dyn Env, extra: &[(&str, String)]) -> String {
        self.filled(extra, |expr| expr.shown(env))
    }

    /// Whether it is one hole and nothing else.
    #[must_use]
    pub fn is_one_hole(&self) -> bool {
        matches!(self.parts.as_slice(), [Part::Expr(_)])
    }

    /// The text with its holes filled for readers of English.
    #[must_use]
    pub fn fill_en(&self, env: &dyn Env) -> String {
        self.filled(&[], |expr| expr.shown_en(env))
    }

    /// The text with its holes filled in some other way.
    #[must_use]
    pub fn fill_with(&self, shown: impl Fn(&Expr) -> String) -> String {
        self.filled(&[], shown)
    }

    fn filled(&self, extra: &[(&str, String)], shown: impl Fn(&Expr) -> String) -> String {
        let filled = self.parts.iter().map(|part| match part {
            Part::Text(text) => text.clone(),
            Part::Expr(expr) => shown(expr),
            Part::Extra { name, width } => {
                let value = extra.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value);
                format!("{value:0>width$}")
            }
        });
        filled.collect()
    }

    /// The expressions in its holes.
    pub fn holes(&self) -> impl Iterator<Item = &Expr> {
        self.parts.iter().filter_map(|part| match part {
            Part::Expr(expr) => Some(expr),
            _ => None,
        })
    }

    /// What its holes look at.
    #[must_use]
    pub fn reads(&self) -> Reads {
        let mut reads = Reads::default();
        self.holes().for_each(|hole| reads.add(hole.reads()));
        reads
    }

    /// The kinds of personal data that it shows.
    #[must_use]
    pub fn personal(&self) -> BTreeSet<Personal> {
        self.holes().flat_map(|hole| hole.personal().iter().copied()).collect()
    }
}

struct Reader<'a> {
    at: &'a Span,
    scope: &'a dyn Scope,
    extras: &'a [&'a str],
    parts: Vec<Part>,
    text: String,
    findings: Vec<Finding>,
}

impl Reader<'_> {
    fn read(&mut self, source: &str) {
        let mut position = 0;
        while let Some(character) = source[position..].chars().next() {
            let rest = &source[position..];
            let doubled = ["{{", "}}"].iter().any(|pair| rest.starts_with(pair));
            if doubled {
                self.text.push(character);
                position += 2;
            } else if character == '{' {
                position = self.hole(source, position + 1);
            } else {
                self.text.push(character);
                position += character.len_utf8();
            }
        }
        self.end_text();
    }

    fn end_text(&mut self) {
        if !self.text.is_empty() {
            self.parts.push(Part::Text(std::mem::take(&mut self.text)));
        }
    }

    /// Reads a hole from just after its brace; returns where the text goes on.
    fn hole(&mut self, source: &str, start: usize) -> usize {
        let Some(length) = hole_length(&source[start..]) else {
            let span = self.span(start - 1, source.len());
            self.findings.push(Finding::error(codes::HOLE, &span, "空格没有收尾的 `}`", "the hole has no closing `}`"));
            return source.len();
        };
        let inner = &source[start..start + length];
        let span = self.span(start, start + length);
        self.end_text();
        match self.extra(inner.trim()) {
            Some(extra) => self.parts.push(extra),
            None => self.expr(inner, &span),
        }
        start + length + 1
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(&self.at.file, self.at.start + start, self.at.start + end)
    }

    fn extra(&self, inner: &str) -> Option<Part> {
        if let Some((name, width)) = inner.split_once(':') {
            let width = width.parse().ok().filter(|width| (1..=20).contains(width))?;
            return self.extras.contains(&name).then(|| Part::Extra { name: name.to_owned(), width });
        }
        let free = self.extras.contains(&inner) && self.scope.lookup(inner).is_none();
        free.then(|| Part::Extra { name: inner.to_owned(), width: 0 })
    }

    fn expr(&mut self, inner: &str, span: &Span) {
        if inner.trim().is_empty() {
            self.findings.push(Finding::error(codes::HOLE, span, "空格里没有内容", "the hole is empty"));
            return;
        }
        match parse(inner, span) {
            Ok(ast) => {
                let (expr, findings) = check(&ast, self.scope, None);
                self.findings.extend(findings);
                self.parts.push(Part::Expr(expr));
            }
            Err(findings) => self.findings.extend(findings),
        }
    }
}

/// The bytes up to the closing brace; braces inside a quoted text do not close.
fn hole_length(text: &str) -> Option<usize> {
    let mut quoted = false;
    let mut escaped = false;
    for (offset, character) in text.char_indices() {
        match character {
            '}' if !quoted => return Some(offset),
            '"' if !escaped => quoted = !quoted,
            _ => {}
        }
        escaped = quoted && character == '\\' && !escaped;
    }
    None
}
