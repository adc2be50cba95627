//! What an act does to the county: to its posts (机构和岗位), who holds them, which there are; to its places.

use super::{ForEach, PlaceEffect};
use crate::expr::Expr;

/// A change of the county that an act brings about, once or for each element of a list.
#[derive(Debug, Clone)]
pub struct CountyEffect {
    /// Once for each element of a list.
    pub each: Option<ForEach>,
    /// Only if.
    pub when: Option<Expr>,
    /// What it does.
    pub what: CountyChange,
}

/// A change of the county.
#[derive(Debug, Clone)]
pub enum CountyChange {
    /// Of its posts and who holds them.
    Post(PostEffect),
    /// Of its places.
    Place(PlaceEffect),
}

/// What is done to a post.
#[derive(Debug, Clone)]
pub enum PostEffect {
    /// Gives it to a person (任命).
    Appoint {
        /// Post.
        post: Expr,
        /// Person.
        person: Expr,
        /// First day; may lie in the future.
        from: Expr,
        /// Last day, if it has one.
        to: Option<Expr>,
        /// Kind: `acting` beside the holder, others as the county calls them.
        kind: Option<Expr>,
        /// On behalf of whoever does the act, who holds the post (代理).
        behalf: bool,
        /// The acts to which it is limited, as a text of names.
        only: Option<Expr>,
    },
    /// Gives it by the hour, beside whoever holds it, from the moment of the act on (应急授权).
    Lend {
        /// Post.
        post: Expr,
        /// Person.
        person: Expr,
        /// The moment at which it ends.
        until: Expr,
        /// Kind, as the county calls it.
        kind: Option<Expr>,
    },
    /// Ends what a person has of it by the hour (收回应急授权).
    Cut {
        /// Post.
        post: Expr,
        /// Whose.
        person: Expr,
        /// From this moment on.
        at: Expr,
    },
    /// Ends a tenure (免去).
    Relieve {
        /// Post.
        post: Expr,
        /// Whose; whoever holds it.
        person: Option<Expr>,
        /// Last day.
        on: Expr,
        /// Only what was given on behalf of whoever does the act (代理).
        behalf: bool,
    },
    /// Makes a post (设立).
    Establish {
        /// Its id.
        code: Expr,
        /// Title.
        title: Expr,
        /// Level and desk: `township/planning`.
        at: Expr,
        /// Place of its office; else the matter's, at that level.
        place: Option<Expr>,
        /// Several people may hold it at once.
        many: bool,
    },
    /// Ends a post, and the tenures of whoever holds it (撤销).
    Abolish {
        /// Post.
        post: Expr,
        /// Last day.
        on: Expr,
    },
}

impl CountyEffect {
    /// Its expressions.
    pub fn expressions(&self) -> impl Iterator<Item = &Expr> {
        let list = self.each.as_ref().map(|each| &each.list);
        let own = match &self.what {
            CountyChange::Post(effect) => effect.expressions(),
            CountyChange::Place(effect) => effect.expressions(),
        };
        list.into_iter().chain(&self.when).chain(own)
    }
}

impl PostEffect {
    fn expressions(&self) -> Vec<&Expr> {
        match self {
            PostEffect::Appoint { post, person, from, to, kind, only, .. } => {
                [post, person, from].into_iter().chain(to).chain(kind).chain(only).collect()
            }
            PostEffect::Lend { post, person, until, kind } => [post, person, until].into_iter().chain(kind).collect(),
            PostEffect::Cut { post, person, at } => vec![post, person, at],
            PostEffect::Relieve { post, person, on, .. } => [post, on].into_iter().chain(person).collect(),
            PostEffect::Establish { code, title, at, place, .. } => {
                [code, title, at].into_iter().chain(place).collect()
            }
            PostEffect::Abolish { post, on } => vec![post, on],
        }
    }
}
