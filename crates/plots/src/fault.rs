//! What is wrong with a plot as stated.

use std::fmt;

/// Why a plot cannot be taken as it was stated, in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Fault {
    pub(crate) fn new(zh: impl Into<String>, en: impl Into<String>) -> Fault {
        Fault { zh: zh.into(), en: en.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} / {}", self.zh, self.en)
    }
}

impl std::error::Error for Fault {}
