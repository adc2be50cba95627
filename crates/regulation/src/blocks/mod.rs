//! Machine blocks: one file per kind, from YAML and tables to the model.

pub(crate) mod act;
pub(crate) mod block;
mod county;
pub(crate) mod document;
pub(crate) mod duty;
pub(crate) mod effect;
pub(crate) mod field;
pub(crate) mod form;
pub(crate) mod front;
pub(crate) mod fund;
pub(crate) mod keep;
pub(crate) mod keys;
pub(crate) mod parameter;
pub(crate) mod party;
mod places;
pub(crate) mod post;
pub(crate) mod procedure;
pub(crate) mod publish;
mod purpose;
pub(crate) mod register;
pub(crate) mod rule;
pub(crate) mod share;
pub(crate) mod step;
pub(crate) mod table;
pub(crate) mod type_cell;
pub(crate) mod view;

pub(crate) use block::{Block, Kind, gather};
pub(crate) use keys::Keys;
