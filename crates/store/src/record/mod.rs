//! What is written down (记录): versioned wire types apart from the engine's, and the way to and from them.
//!
//! A format is for ever. A version is never changed once a county has written it; a new one stands beside it, and
//! [`read`] understands both. The engine may rename and reshape its types freely: only the conversions here notice.

pub mod canonical;
pub mod v1;

use crate::fault::Fault;
use v1::Payload;

/// The version that is written, unless an act needs a later one.
pub const FORMAT: u32 = 1;
/// The version of an act that posts: the lines of a posting stand in columns.
pub const COLUMNS: u32 = 2;

/// Reads a payload of any known version. `place` says where it stands, for the fault.
pub fn read(format: u32, text: &str, place: &str) -> Result<Payload, Fault> {
    match format {
        FORMAT | COLUMNS => serde_json::from_str(text).map_err(|error| Fault::unreadable(place, error)),
        other => Err(Fault::unreadable(place, format!("format {other} is unknown to this program"))),
    }
}

/// The canonical text of anything made of record types.
pub(crate) fn write(record: &(impl serde::Serialize + ?Sized)) -> String {
    serde_json::to_string(record)
        .expect("record types have text keys and no floating-point numbers, so they always print")
}
