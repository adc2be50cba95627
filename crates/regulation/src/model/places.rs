//! What an act does to the county's places (行政区划变更).

use crate::expr::Expr;

/// What is done to a place. Each takes effect on the day of the act, or on an earlier one: what is to happen in the future, an act of the clock
/// does on its day.
#[derive(Debug, Clone)]
pub enum PlaceEffect {
    /// Makes a place (设立).
    Found(Box<Founding>),
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

/// A place that is made.
#[derive(Debug, Clone)]
pub struct Founding {
    /// Its code.
    pub code: Expr,
    /// Full name.
    pub name: Expr,
    /// Short name; the full one where it is left out.
    pub short: Option<Expr>,
    /// Level.
    pub level: Expr,
    /// The place in which it lies.
    pub parent: Expr,
    /// First day; today where it is left out.
    pub on: Option<Expr>,
}

impl PlaceEffect {
    /// Its expressions.
    #[must_use]
    pub fn expressions(&self) -> Vec<&Expr> {
        match self {
            PlaceEffect::Found(founding) => {
                let Founding { code, name, short, level, parent, on } = &**founding;
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
