//! Where something stands in a file.

use std::sync::Arc;

/// A range of bytes in one file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Span {
    /// File name as given to the reader.
    pub file: Arc<str>,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// A span in a file.
    #[must_use]
    pub fn new(file: &Arc<str>, start: usize, end: usize) -> Self {
        Span { file: Arc::clone(file), start, end }
    }
}
