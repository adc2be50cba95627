//! Effects on the county's posts: `relieve`, `abolish`, `establish`, `appoint`.

use super::effect::EffectReader;
use super::keys::{Keys, words};
use super::party::LEVELS;
use crate::expr::{Expr, Type};
use crate::findings::reading;
use crate::model::{CountyEffect, PostEffect};
use crate::source::Words;
use crate::text::yaml::{Node, Yaml};

/// The longest id, title or kind of tenure.
const TEXT_MAX: u32 = 100;

impl EffectReader<'_> {
    /// The effects on posts of an act, in the order in which they happen: whoever leaves goes before whoever comes.
    pub fn county(&self, act: &Keys<'_>) -> Vec<CountyEffect> {
        let mut all = Vec::new();
        let kinds: [(&str, &[&str]); 4] = [
            ("relieve", &["each", "when", "post", "person", "on"]),
            ("abolish", &["each", "when", "post", "on"]),
            ("establish", &["each", "when", "code", "title", "at", "place", "many"]),
            ("appoint", &["each", "when", "post", "person", "from", "to", "kind"]),
        ];
        for (kind, known) in kinds {
            let Some(node) = act.get(kind) else { continue };
            let one = std::slice::from_ref(node);
            let items = if matches!(node.yaml, Yaml::Map(_)) { one } else { node.items() };
            all.extend(items.iter().filter_map(|item| self.post_effect(kind, known, item)));
        }
        all
    }

    fn post_effect(&self, kind: &str, known: &[&str], node: &Node) -> Option<CountyEffect> {
        let keys = Keys::open(node, known, self.compiler.sink);
        let element = self.each(&keys, &[]);
        let view = self.inside(element.as_ref());
        let inner = self.with_view(&view);
        let what = match kind {
            "relieve" => PostEffect::Relieve {
                post: inner.must(&keys, "post", node, &Type::Post)?,
                on: inner.must(&keys, "on", node, &Type::Date)?,
                person: inner.may(&keys, "person", &Type::Person),
            },
            "abolish" => PostEffect::Abolish {
                post: inner.must(&keys, "post", node, &Type::Post)?,
                on: inner.must(&keys, "on", node, &Type::Date)?,
            },
            "establish" => PostEffect::Establish {
                code: inner.must(&keys, "code", node, &Type::Text { max: TEXT_MAX })?,
                title: inner.must(&keys, "title", node, &Type::Text { max: TEXT_MAX })?,
                at: inner.desk(keys.required("at", &node.span)?),
                place: inner.may(&keys, "place", &Type::Place),
                many: keys.yes("many"),
            },
            _ => PostEffect::Appoint {
                post: inner.must(&keys, "post", node, &Type::Post)?,
                person: inner.must(&keys, "person", node, &Type::Person)?,
                from: inner.must(&keys, "from", node, &Type::Date)?,
                to: inner.may(&keys, "to", &Type::Date),
                kind: keys.get("kind").and_then(|node| inner.kind(node)),
            },
        };
        Some(CountyEffect { when: inner.when(&keys), each: element.map(|element| element.each), what })
    }

    fn must(&self, keys: &Keys<'_>, key: &str, head: &Node, ty: &Type) -> Option<Expr> {
        keys.required(key, &head.span).map(|words| self.compiler.typed(self.view, words, ty))
    }

    fn may(&self, keys: &Keys<'_>, key: &str, ty: &Type) -> Option<Expr> {
        keys.words(key).map(|words| self.compiler.typed(self.view, words, ty))
    }

    /// `township/planning` as it stands, or an expression that gives such a text.
    fn desk(&self, words: &Words) -> Expr {
        let is_desk = words.text.split_once('/').is_some_and(|(level, _)| LEVELS.contains(&level));
        let text = Type::Text { max: TEXT_MAX };
        if is_desk {
            let quoted = Words::new(format!("\"{}\"", words.text), words.span.clone());
            return self.compiler.typed(self.view, &quoted, &text);
        }
        self.compiler.typed(self.view, words, &text)
    }

    /// A text, or the code of an enumeration; `acting` is a word of the language.
    fn kind(&self, node: &Node) -> Option<Expr> {
        let words = words(node, self.compiler.sink)?;
        if words.text == "acting" {
            let quoted = Words::new("\"acting\"", words.span.clone());
            return Some(self.compiler.typed(self.view, &quoted, &Type::Text { max: TEXT_MAX }));
        }
        let expr = self.compiler.any(self.view, words);
        if !expr.ty.is_text() && !matches!(expr.ty, Type::OneOf(_) | Type::Unknown) {
            self.compiler.sink.add(reading::wrong_shape(&expr.span, "一段文字或一个代码", "a text or a code"));
        }
        Some(expr)
    }
}
