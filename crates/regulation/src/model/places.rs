//! What an act does to the county's places (行政区划变更).

use crate::expr::Expr;

/// What is done to a place. Each takes effect on the day of the act, or on an earlier one: what is to happen in the future, an act of the clock
/// does on its day.
#[derive(Debug, Clone)]
#[expect(clippy::large_enum_variant, reason = "a county has a handful of acts that change its places")]
pub enum PlaceEffect {
    /// Makes a place (设立).
    Found {
        /// Its code.
        code: Expr,
        /// Full name.
        name: Expr,
        /// Short name; the full one where it is left out.
        short: Option<Expr>,
        /// Level.
        level: Expr,
        /// The place in which it lies.
        parent: Expr,
        /// First day; today where it is left out.
        on: Option<Expr>,
    },
    /// Ends a place, and makes it part of another of its level (撤销并入).
    Merge {
        /// The place that ends.
        place: Expr,
        /// The place that takes it in.
        into: Expr,
        /// The first day on which it is so; today where it is left out.
        on: Option<Expr>,
        /// Its posts, with their holders, go to the place that takes it in; else they close.
        keeps_posts: bool,
    },
    /// Puts a place into another one (划转).
    Move {
        /// The place.
        place: Expr,
        /// Where it lies since.
        into: Expr,
        /// The first day on which it is so; today where it is left out.
        on: Option<Expr>,
    },
    /// Gives a place another name (更名).
    Rename {
        /// The place.
        place: Expr,
        /// The new name.
        name: Expr,
        /// The new short name; the old one stays where it is left out.
        short: Option<Expr>,
        /// The first day on which it is so; today where it is left out.
        on: Option<Expr>,
    },
}

impl PlaceEffect {
    /// Its expressions.
    #[must_use]
    pub fn expressions(&self) -> Vec<&Expr> {
        match self {
            PlaceEffect::Found { code, name, short, level, parent, on } => {
                [code, name, level, parent].into_iter().chain(short).chain(on).collect()
            }
            PlaceEffect::Merge { place, into, on, .. } | PlaceEffect::Move { place, into, on } => {
                [place, into].into_iter().chain(on).collect()
            }
            PlaceEffect::Rename { place, name, short, on } => {
                [place, name].into_iter().chain(short).chain(on).collect()
            }
        }
    }
}
