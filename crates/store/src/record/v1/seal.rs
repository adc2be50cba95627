//! Leaves that may be sealed.

use serde::{Deserialize, Serialize};

/// Something sealed with a person's key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sealed {
    /// Id of the key that it is sealed with.
    pub of: String,
    /// What [`trust::seal`] made, in base 64.
    pub sealed: String,
}

/// Something that stands in the open, or sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Sealable<T> {
    /// Sealed: the canonical JSON of the plain form.
    Sealed(Sealed),
    /// In the open.
    Plain(T),
}
