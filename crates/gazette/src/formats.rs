//! A gazette that has been read, written out: JSON, Markdown, Akoma Ntoso, and the source's own lines again.
//!
//! All four are made from one [`Gazette`](crate::model::Gazette), so they agree with each other.

mod akn;
mod json;
mod markdown;
mod text;
pub(crate) mod xml;

pub use akn::akn;
pub use json::json;
pub use markdown::markdown;
pub use text::text;

use crate::model::{Block, BlockKind, Level};
use crate::reading::marker_length;

/// The namespace of Akoma Ntoso 3.0.
pub(crate) const NAMESPACE: &str = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0";

/// The longest heading that stands on a line of its own, in characters.
const HEADING_CHARS_MAX: usize = 40;

/// The marker of a heading and the text behind it.
fn split_marker(block: &Block) -> (&str, &str) {
    let (marker, text) = block.text.split_at(marker_length(&block.text));
    (marker.trim_end(), text.trim_start())
}

/// Whether a heading is a title over what follows, not a paragraph that begins with a number.
fn is_title(block: &Block) -> bool {
    let BlockKind::Heading(level) = block.kind else { return false };
    let text = split_marker(block).1;
    let whole = !text.trim_end_matches('。').contains('。') && text.chars().nth(HEADING_CHARS_MAX).is_none();
    whole
        && !text.ends_with(['；', ';', '，', ','])
        && level != Level::Article
        && (level == Level::Chapter || !block.children.is_empty())
}
