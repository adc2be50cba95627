//! The design system: each component is a function, and its examples are the style guide page.

pub mod banner;
pub mod button;
pub mod chart;
pub mod clause;
pub mod crumbs;
pub mod delivery;
pub mod error_summary;
pub mod figure;
pub mod gantt;
pub mod icon;
pub mod light;
pub mod pagination;
pub mod plot;
pub mod prose;
pub mod reasons;
pub mod stages;
pub mod summary;
pub mod table;
pub mod tiles;
pub mod timeline;
pub mod verdict;
pub mod why;

/// Whether a letter takes the room of two in a drawing, as Chinese ones do.
#[must_use]
pub(crate) fn is_wide(letter: char) -> bool {
    letter >= '\u{2e80}'
}
