//! Effects on the county: on its posts `relieve`, `abolish`, `establish`, `appoint`; on its places those of [`super::places`].

use super::effect::EffectReader;
use super::keys::{Keys, words};
use super::party::LEVELS;
use super::places;
use crate::expr::{Expr, Type};
use crate::findings::reading;
use crate::model::{CountyChange, CountyEffect, PostEffect};
use crate::source::Words;
use crate::text::yaml::{Node, Yaml};

/// The longest id, title or kind of tenure.
const TEXT_MAX: u32 = 100;

/// The longest list of acts that somebody delegates.
const ONLY_MAX: u32 = 500;

/// Effects on posts that end something, with the keys of each.
const LEAVING: [(&str, &[&str]); 2] = [
    ("relieve", &["each", "when", "post", "person", "on", "at", "behalf"]),
    ("abolish", &["each", "when", "post", "on"]),
];

/// Those that begin something.
const COMING: [(&str, &[&str]); 2] = [
    ("establish", &["each", "when", "code", "title", "at", "place", "many"]),
    ("appoint", &["each", "when", "post", "person", "from", "to", "until", "kind", "behalf", "only"]),
];

impl EffectReader<'_> {
    /// The effects on the county of an act, in the order in which they happen: whoever leaves goes before whoever comes, and places are as they
    /// will be before posts are made there.
    pub fn county(&self, act: &Keys<'_>) -> Vec<CountyEffect> {
        let mut all = Vec::new();
        for (kind, known) in LEAVING.into_iter().chain(places::KINDS).chain(COMING) {
            let Some(node) = act.get(kind) else { continue };
            let one = std::slice::from_ref(node);
            let items = if matches!(node.yaml, Yaml::Map(_)) { one } else { node.items() };
            all.extend(items.iter().filter_map(|item| self.county_effect(kind, known, item)));
        }
        all
    }

    fn county_effect(&self, kind: &str, known: &[&str], node: &Node) -> Option<CountyEffect> {
        let keys = Keys::open(node, known, self.compiler.sink);
        let element = self.each(&keys, &[]);
        let view = self.inside(element.as_ref());
        let inner = self.with_view(&view);
        let is_of_places = places::KINDS.iter().any(|(of_places, _)| *of_places == kind);
        let what = if is_of_places {
            CountyChange::Place(inner.place_effect(kind, &keys, node)?)
        } else {
            CountyChange::Post(inner.post_effect(kind, &keys, node)?)
        };
        Some(CountyEffect { when: inner.when(&keys), each: element.map(|element| element.each), what })
    }

    fn post_effect(&self, kind: &str, keys: &Keys<'_>, node: &Node) -> Option<PostEffect> {
        Some(match kind {
            "relieve" if keys.get("at").is_some() => {
                self.by_the_hour(keys, "at", &["on", "behalf"]);
                PostEffect::Cut {
                    post: self.must(keys, "post", node, &Type::Post)?,
                    person: self.must(keys, "person", node, &Type::Person)?,
                    at: self.must(keys, "at", node, &Type::Moment)?,
                }
            }
            "relieve" => PostEffect::Relieve {
                post: self.must(keys, "post", node, &Type::Post)?,
                on: self.must(keys, "on", node, &Type::Date)?,
                person: self.may(keys, "person", &Type::Person),
                behalf: keys.yes("behalf"),
            },
            "abolish" => PostEffect::Abolish {
                post: self.must(keys, "post", node, &Type::Post)?,
                on: self.must(keys, "on", node, &Type::Date)?,
            },
            "establish" => PostEffect::Establish {
                code: self.must(keys, "code", node, &Type::Text { max: TEXT_MAX })?,
                title: self.must(keys, "title", node, &Type::Text { max: TEXT_MAX })?,
                at: self.desk(keys.required("at", &node.span)?),
                place: self.may(keys, "place", &Type::Place),
                many: keys.yes("many"),
            },
            _ if keys.get("until").is_some() => {
                self.by_the_hour(keys, "until", &["from", "to", "behalf", "only"]);
                PostEffect::Lend {
                    post: self.must(keys, "post", node, &Type::Post)?,
                    person: self.must(keys, "person", node, &Type::Person)?,
                    until: self.must(keys, "until", node, &Type::Moment)?,
                    kind: keys.get("kind").and_then(|node| self.kind(node)),
                }
            }
            _ => PostEffect::Appoint {
                post: self.must(keys, "post", node, &Type::Post)?,
                person: self.must(keys, "person", node, &Type::Person)?,
                from: self.must(keys, "from", node, &Type::Date)?,
                to: self.may(keys, "to", &Type::Date),
                kind: keys.get("kind").and_then(|node| self.kind(node)),
                behalf: keys.yes("behalf"),
                only: self.may(keys, "only", &Type::Text { max: ONLY_MAX }),
            },
        })
    }

    /// What is said by days cannot be said beside what is said by the hour.
    fn by_the_hour(&self, keys: &Keys<'_>, key: &str, by_days: &[&str]) {
        for other in by_days.iter().filter_map(|other| keys.get(other)) {
            let (zh, en) = (format!("与“{key}”并用的键不包括这一个"), format!("a key that goes with `{key}`"));
            self.compiler.sink.add(reading::wrong_shape(&other.span, &zh, &en));
        }
    }

    pub(super) fn must(&self, keys: &Keys<'_>, key: &str, head: &Node, ty: &Type) -> Option<Expr> {
        keys.required(key, &head.span).map(|words| self.compiler.typed(self.view, words, ty))
    }

    pub(super) fn may(&self, keys: &Keys<'_>, key: &str, ty: &Type) -> Option<Expr> {
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
            self.compiler.sink.add(reading::wrong_shape(expr.span(), "一段文字或一个代码", "a text or a code"));
        }
        Some(expr)
    }
}
