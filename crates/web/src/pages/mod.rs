//! The pages, one file each under its noun.

pub mod apply;
pub mod check;
pub mod clock;
pub mod conditions;
pub mod desk;
pub mod documents;
pub mod drafts;
pub mod duties;
pub mod gazette;
pub mod home;
pub mod matter;
pub mod notices;
pub mod places;
pub mod problem;
pub mod process;
pub mod publications;
pub mod registers;
pub mod search;
pub mod services;
pub mod sign_in;
pub mod styleguide;
pub mod subjects;
pub mod track;
pub mod verify;
