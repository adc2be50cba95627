//! The `publish:` key of a procedure.

use super::{Keys, keys};
use crate::expr::{Expr, Template, Type};
use crate::findings::reading;
use crate::model::{ClauseId, Name, PublicationKind, Publish, Relation};
use crate::scope::{Compiler, View};
use crate::source::Words;
use crate::text::yaml::Node;

const KEYS: [&str; 18] = [
    "kind",
    "public",
    "title",
    "number",
    "issuer",
    "category",
    "body",
    "note",
    "signed",
    "effective",
    "until",
    "attachments",
    "part-of",
    "amends",
    "repeals",
    "corrects",
    "cites",
    "release",
];

/// How the matters become public; `None` also where what is needed for it cannot be read.
pub(crate) fn read(node: &Node, view: &View<'_>, compiler: &Compiler<'_>) -> Option<Publish> {
    let sink = compiler.sink;
    let keys = Keys::open(node, &KEYS, sink);
    let kind = keys.required("kind", &node.span);
    let public = keys.required("public", &node.span);
    let title = keys.required("title", &node.span);
    let reader = Reader { keys: &keys, view, compiler };
    let text = |key| reader.text(key);
    let date = |key| reader.date(key);
    Some(Publish {
        kind: reader.kind(kind?)?,
        public: compiler.typed(view, public?, &Type::Date),
        title: compiler.template(view, title?),
        number: text("number"),
        issuer: text("issuer"),
        category: text("category"),
        body: keys.list("body").into_iter().map(|words| compiler.template(view, words)).collect(),
        note: text("note"),
        signed: date("signed"),
        effective: date("effective"),
        until: date("until"),
        attachments: keys.list("attachments").into_iter().map(|words| reader.files(words)).collect(),
        part_of: keys.words("part-of").map(|words| reader.target(words)),
        relations: reader.relations(),
        release: reader.release(),
        span: node.span.clone(),
    })
}

struct Reader<'a> {
    keys: &'a Keys<'a>,
    view: &'a View<'a>,
    compiler: &'a Compiler<'a>,
}

impl Reader<'_> {
    fn kind(&self, words: &Words) -> Option<PublicationKind> {
        let found = PublicationKind::ALL.iter().find(|(code, _)| *code == words.text).map(|(_, kind)| *kind);
        if found.is_none() {
            let sink = self.compiler.sink;
            sink.add(reading::wrong_shape(&words.span, " `document` 或 `issue`", "`document` or `issue`"));
        }
        found
    }

    fn text(&self, key: &str) -> Option<Template> {
        self.keys.words(key).map(|words| self.compiler.template(self.view, words))
    }

    fn date(&self, key: &str) -> Option<Expr> {
        self.keys.words(key).map(|words| self.compiler.typed(self.view, words, &Type::Date))
    }

    /// A file, or a list of files.
    fn files(&self, words: &Words) -> Expr {
        let expr = self.compiler.any(self.view, words);
        if !fits(&expr.ty, &|ty| matches!(ty, Type::File)) {
            self.compiler.sink.add(reading::wrong_shape(&words.span, "文件或文件列表", "a file or a list of files"));
        }
        expr
    }

    /// Numbers in a text, a matter that is published itself, or a list of these.
    fn target(&self, words: &Words) -> Expr {
        let expr = self.compiler.any(self.view, words);
        if !fits(&expr.ty, &|ty| ty.is_text() || matches!(ty, Type::Matter(_))) {
            let (zh, en) = ("文号（文字）、事项或它们的列表", "numbers (a text), a matter, or a list of these");
            self.compiler.sink.add(reading::wrong_shape(&words.span, zh, en));
        }
        expr
    }

    fn relations(&self) -> Vec<(Relation, Expr)> {
        let of = |(key, relation): &(&'static str, Relation)| {
            let targets = self.keys.list(key).into_iter().map(|words| (*relation, self.target(words)));
            targets.collect::<Vec<_>>()
        };
        Relation::ALL.iter().flat_map(of).collect()
    }

    fn release(&self) -> Vec<(Name, ClauseId)> {
        let sink = self.compiler.sink;
        let entry = |(field, node): &(Words, Node)| Some((field.text.clone(), keys::words(node, sink)?.text.clone()));
        self.keys.entries("release").iter().filter_map(entry).collect()
    }
}

/// Whether a type, or the element of a list, is as wanted.
fn fits(ty: &Type, wanted: &dyn Fn(&Type) -> bool) -> bool {
    matches!(ty, Type::Unknown) || wanted(ty) || ty.element().is_some_and(|element| wanted(&element))
}
