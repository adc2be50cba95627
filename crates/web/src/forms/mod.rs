//! Forms out of the regulation: asked, read, shown. No form is written by hand here.

pub mod ask;
pub mod field;
pub mod filing;
pub mod json;
pub mod kept;
pub mod list_view;
pub mod lists;
pub mod mask;
pub mod names;
pub mod purpose;
pub mod read;
pub mod rows;
pub mod show;
pub mod uploads;
