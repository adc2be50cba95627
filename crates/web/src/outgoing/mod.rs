//! What leaves the site (外发): the text of mails and the body of events for other programs. How they travel is not said here.

pub mod address;
pub mod event;
pub mod mail;
mod privacy;
