//! Acts (动作): who may do them, with which form, under which conditions, and what follows.

use super::Keys;
use super::effect::EffectReader;
use super::keys::{self, name, tight};
use crate::expr::ast::{Ast, AstKind};
use crate::expr::{Expr, Type, parse};
use crate::findings::{names, reading};
use crate::model::{Act, By, Condition, Instrument, Name, To};
use crate::notes::SymbolKind;
use crate::scope::{ActNames, At, Compiler, ProcedureNames, View};
use crate::source::Words;
use crate::span::Span;
use crate::text::yaml::{Node, Yaml};
use crate::trial::TEXT_MAX;

const KEYS: [&str; 31] = [
    "label",
    "by",
    "form",
    "require",
    "warn",
    "dated",
    "once",
    "identify",
    "not-at",
    "stops",
    "restart",
    "issue",
    "void",
    "open",
    "do",
    "enter",
    "post",
    "tell",
    "erase",
    "enact",
    "revoke",
    "to",
    "clause",
    "relieve",
    "abolish",
    "establish",
    "appoint",
    "found",
    "merge",
    "move",
    "rename",
];

/// Where acts stand.
pub(crate) struct ActReader<'a> {
    pub view: &'a View<'a>,
    pub compiler: &'a Compiler<'a>,
    pub procedure: &'a ProcedureNames<'a>,
    /// Inherited from the step.
    pub by: Vec<By>,
    pub each: bool,
}

impl ActReader<'_> {
    /// An act of that name.
    pub fn read(&self, act: &ActNames<'_>) -> Option<Act> {
        let (view, compiler) = (self.view, self.compiler);
        let keys = Keys::open(act.node, &KEYS, compiler.sink);
        let (own_by, own_each) = compiler.parties(view, keys.get("by"));
        let inherits = keys.get("by").is_none();
        let effects = EffectReader { view, compiler };
        Some(Act {
            name: name(act.name, compiler.sink)?,
            label: keys.label("label", &act.name.text),
            by: if inherits { self.by.clone() } else { own_by },
            each: if inherits { self.each } else { own_each },
            forms: act.forms.iter().filter_map(|form| compiler.form(view.draft, form)).collect(),
            not_at: self.not_at(&keys, act.at),
            require: self.conditions(&keys, "require"),
            warn: self.conditions(&keys, "warn"),
            dated: keys.words("dated").map(|words| compiler.typed(view, words, &Type::Date)),
            once: keys.yes("once"),
            identify: keys.yes("identify"),
            stops: keys.names("stops").into_iter().map(|words| self.clock(words)).collect(),
            restart: keys.words("restart").map(|words| compiler.typed(view, words, &Type::Date)),
            issue: self.issue(&keys),
            void: keys.names("void").into_iter().filter_map(|words| self.document(&words)).collect(),
            open: tight(mappings(keys.get("open"), compiler).filter_map(|(name, node)| effects.open(name, node))),
            does: tight(mappings(keys.get("do"), compiler).filter_map(|(name, node)| effects.does(name, node))),
            enter: tight(mappings(keys.get("enter"), compiler).filter_map(|(name, node)| effects.enter(name, node))),
            county: tight(effects.county(&keys).into_iter()),
            post: self.posts(keys.get("post")),
            tell: tight(
                keys.get("tell").map(Node::items).unwrap_or_default().iter().filter_map(|node| effects.tell(node)),
            ),
            erase: tight(
                keys.get("erase").map(Node::items).unwrap_or_default().iter().filter_map(|node| effects.erase(node)),
            ),
            enact: self.instrument(&keys, "enact").map(Box::new),
            revoke: self.instrument(&keys, "revoke").map(Box::new),
            to: keys.words("to").and_then(|words| self.to(words)),
            clauses: keys.clauses(),
            span: act.name.span.clone(),
        })
    }

    fn found(&self, span: &Span, kind: SymbolKind, name: &str) {
        self.compiler.sink.found(span, kind, &self.procedure.block.name.text, name);
    }

    /// A clock is called after its step, unless it has a name of its own.
    fn clock(&self, words: Words) -> Name {
        let is_step = self.procedure.steps.iter().any(|step| step.name.text == words.text);
        self.found(&words.span, if is_step { SymbolKind::Step } else { SymbolKind::Clock }, &words.text);
        words.text
    }

    fn not_at(&self, keys: &Keys<'_>, at: At<'_>) -> Vec<Name> {
        let steps = keys.names("not-at");
        if let (Some(first), true) = (steps.first(), at != At::AnyStep) {
            self.compiler.sink.add(reading::wrong_shape(
                &first.span,
                "：`not-at` 只用于任何环节都能做的动作（procedure 的 `acts`）",
                "`not-at` only in acts of any step (`acts` of the procedure)",
            ));
        }
        steps.into_iter().filter_map(|step| self.step(&step)).collect()
    }

    /// A step of this procedure.
    pub fn step(&self, words: &Words) -> Option<Name> {
        if self.procedure.steps.iter().any(|step| step.name.text == words.text) {
            self.found(&words.span, SymbolKind::Step, &words.text);
            return Some(words.text.clone());
        }
        let known = self.procedure.steps.iter().map(|step| step.name.text.as_str());
        self.compiler.sink.add(names::unknown_step(&words.span, &words.text, known));
        None
    }

    fn document(&self, words: &Words) -> Option<Name> {
        if self.procedure.documents.contains_key(&words.text) {
            self.found(&words.span, SymbolKind::Document, &words.text);
            return Some(words.text.clone());
        }
        let known = self.procedure.documents.keys().map(String::as_str);
        self.compiler.sink.add(names::unknown_document(&words.span, &words.text, known));
        None
    }

    /// A rule's name, an expression, or `{ that: EXPR, because: "…" }`.
    fn conditions(&self, keys: &Keys<'_>, key: &str) -> Vec<Condition> {
        let items = keys.get(key).map(Node::items).unwrap_or_default();
        tight(items.iter().filter_map(|item| self.condition(item)))
    }

    fn condition(&self, node: &Node) -> Option<Condition> {
        if let Some(words) = node.scalar() {
            let trimmed = words.trimmed();
            if self.procedure.rules.contains_key(&trimmed.text) {
                self.found(&trimmed.span, SymbolKind::Rule, &trimmed.text);
                return Some(Condition::Rule(trimmed.text));
            }
            return Some(Condition::Expr {
                condition: Box::new(self.compiler.condition(self.view, words)),
                because: None,
            });
        }
        let keys = Keys::open(node, &["that", "because"], self.compiler.sink);
        let that = keys.required("that", &node.span)?;
        let because = keys.sentence("because").map(|said| self.compiler.sentence(self.view, said));
        Some(Condition::Expr { condition: Box::new(self.compiler.condition(self.view, that)), because })
    }

    /// A document, a list of them, or `{ doc: WHEN }`.
    fn issue(&self, keys: &Keys<'_>) -> Vec<(Name, Option<Expr>)> {
        let Some(node) = keys.get("issue") else { return Vec::new() };
        if let Yaml::Map(entries) = &node.yaml {
            let one = |(name, when): &(Words, Node)| {
                let when = keys::words(when, self.compiler.sink)?;
                Some((self.document(name)?, Some(self.compiler.condition(self.view, when))))
            };
            return tight(entries.iter().filter_map(one));
        }
        tight(keys.names("issue").into_iter().filter_map(|words| Some((self.document(&words)?, None))))
    }

    /// `{ text: EXPR, number: EXPR, issued: EXPR, effective: EXPR, when: EXPR }`, or the text alone.
    fn instrument(&self, keys: &Keys<'_>, key: &str) -> Option<Instrument> {
        let node = keys.get(key)?;
        let text = |words: &Words| self.compiler.typed(self.view, words, &Type::Text { max: TEXT_MAX });
        if let Some(words) = node.scalar() {
            return Some(Instrument { text: text(words), number: None, issued: None, effective: None, when: None });
        }
        let keys = Keys::open(node, &["text", "number", "issued", "effective", "when"], self.compiler.sink);
        let date = |key: &str| keys.words(key).map(|words| self.compiler.typed(self.view, words, &Type::Date));
        Some(Instrument {
            text: text(keys.required("text", &node.span)?),
            number: keys.words("number").map(text),
            issued: date("issued"),
            effective: date("effective"),
            when: keys.words("when").map(|words| self.compiler.condition(self.view, words)),
        })
    }

    /// A step, an end, `back`, `stay`, or `A if EXPR else B`.
    fn to(&self, words: &Words) -> Option<To> {
        match parse(&words.text, &words.span) {
            Ok(ast) => self.to_of(&ast, words),
            Err(findings) => {
                findings.into_iter().for_each(|finding| self.compiler.sink.add(finding));
                None
            }
        }
    }

    fn to_of(&self, ast: &Ast, words: &Words) -> Option<To> {
        match &ast.kind {
            AstKind::Name(name) if name == "back" => Some(To::Back),
            AstKind::Name(name) if name == "stay" => Some(To::Stay),
            AstKind::Name(name) => Some(self.station(name, &ast.span)),
            AstKind::If { then, condition, otherwise } => Some(To::If {
                condition: self.compiler.condition(self.view, &written(condition, words)),
                then: Box::new(self.to_of(then, words)?),
                otherwise: Box::new(self.to_of(otherwise, words)?),
            }),
            _ => {
                self.compiler.sink.add(reading::bad_to(&ast.span));
                None
            }
        }
    }

    /// A step or end of the procedure.
    fn station(&self, name: &str, span: &Span) -> To {
        let steps = self.procedure.steps.iter().map(|step| step.name.text.as_str());
        let known: Vec<&str> = steps.chain(self.procedure.ends.iter().map(|(end, _)| end.text.as_str())).collect();
        if !known.contains(&name) {
            self.compiler.sink.add(names::unknown_place(span, name, known));
        }
        let is_end = self.procedure.ends.iter().any(|(end, _)| end.text == name);
        self.found(span, if is_end { SymbolKind::End } else { SymbolKind::Step }, name);
        // Kept also where there is none, so that what else is written here still counts as read.
        To::Place(name.to_string())
    }
}

/// The text of a part of an expression.
pub(crate) fn written(ast: &Ast, words: &Words) -> Words {
    let start = ast.span.start.saturating_sub(words.span.start);
    let end = ast.span.end.saturating_sub(words.span.start);
    match words.text.get(start..end) {
        Some(_) => words.part(start, end),
        None => Words::new(ast.to_string(), ast.span.clone()),
    }
}

/// The entries of a mapping or of a list of mappings.
fn mappings<'a>(node: Option<&'a Node>, compiler: &Compiler<'_>) -> impl Iterator<Item = (&'a Words, &'a Node)> {
    let items = node.map(Node::items).unwrap_or_default();
    for item in items.iter().filter(|item| !matches!(item.yaml, Yaml::Map(_))) {
        compiler.sink.add(reading::wrong_shape(&item.span, "“名称: { … }”", "`NAME: { … }`"));
    }
    items.iter().flat_map(Node::entries).map(|(name, node)| (name, node))
}
