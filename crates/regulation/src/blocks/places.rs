//! Effects on the county's places: `found`, `merge`, `move`, `rename`.

use super::effect::EffectReader;
use super::keys::Keys;
use super::party::LEVELS;
use crate::expr::{Expr, Type};
use crate::findings::reading;
use crate::model::{Founding, PlaceEffect};
use crate::source::Words;
use crate::text::yaml::Node;

/// The effects in the order in which they happen, with the keys of each.
pub(super) const KINDS: [(&str, &[&str]); 4] = [
    ("found", &["each", "when", "code", "name", "short", "level", "in", "on"]),
    ("merge", &["each", "when", "place", "into", "on", "posts"]),
    ("move", &["each", "when", "place", "into", "on"]),
    ("rename", &["each", "when", "place", "name", "short", "on"]),
];

/// The longest code or name of a place.
const TEXT: Type = Type::Text { max: 100 };

impl EffectReader<'_> {
    pub(super) fn place_effect(&self, kind: &str, keys: &Keys<'_>, head: &Node) -> Option<PlaceEffect> {
        let on = self.may(keys, "on", &Type::Date);
        Some(match kind {
            "found" => PlaceEffect::Found(Box::new(Founding {
                code: self.must(keys, "code", head, &TEXT)?,
                name: self.must(keys, "name", head, &TEXT)?,
                short: self.may(keys, "short", &TEXT),
                level: self.level(keys.required("level", &head.span)?),
                parent: self.must(keys, "in", head, &Type::Place)?,
                on,
            })),
            "merge" => PlaceEffect::Merge {
                place: self.must(keys, "place", head, &Type::Place)?,
                into: self.must(keys, "into", head, &Type::Place)?,
                on,
                keeps_posts: self.keeps_posts(keys),
            },
            "move" => PlaceEffect::Move {
                place: self.must(keys, "place", head, &Type::Place)?,
                into: self.must(keys, "into", head, &Type::Place)?,
                on,
            },
            _ => PlaceEffect::Rename {
                place: self.must(keys, "place", head, &Type::Place)?,
                name: self.must(keys, "name", head, &TEXT)?,
                short: self.may(keys, "short", &TEXT),
                on,
            },
        })
    }

    /// `township` as it stands, or an expression that gives such a text.
    fn level(&self, words: &Words) -> Expr {
        if LEVELS.contains(&words.text.as_str()) {
            return self.compiler.typed(
                self.view,
                &Words::new(format!("\"{}\"", words.text), words.span.clone()),
                &TEXT,
            );
        }
        self.compiler.typed(self.view, words, &TEXT)
    }

    /// `posts: keep`, or `close`, as without it.
    fn keeps_posts(&self, keys: &Keys<'_>) -> bool {
        let Some(words) = keys.words("posts") else { return false };
        if words.text != "keep" && words.text != "close" {
            let (zh, en) = ("`keep`（随转）或 `close`（撤销）", "`keep` or `close`");
            self.compiler.sink.add(reading::wrong_shape(&words.span, zh, en));
        }
        words.text == "keep"
    }
}
