//! Official documents: text to documents, documents to pages.
//!
//! This crate knows how documents look and are typeset, not what they decide. It has no clock, no files and no
//! network: templates, data, fonts and the date are handed in as bytes and values, so the same job gives the same
//! bytes everywhere.
//!
//! - [`typeset`]: Typst templates and JSON data to PDF (PDF/A for what is archived).
//! - [`body`]: the text of a publication as readers cite it.
//! - [`reading`]: the text of an issue to documents, with repairs and doubts.
//! - [`formats`]: what was read as JSON, Markdown and Akoma Ntoso.
//! - [`normal`]: a printed text as it is searched and compared.
//! - [`model`]: an issue, its contents, its documents and what is said about them.
//! - [`official`]: a document as a PDF in the layout of GB/T 9704-2012.
//! - [`issue`]: a whole issue as a PDF, from cover to back cover.
//! - [`finished`]: proofs and electronic seals behind a finished PDF.
//! - [`qr`]: QR codes as SVG, for pages and for templates.
#![warn(missing_docs)]

pub mod body;
pub mod finished;
pub mod formats;
pub mod issue;
pub mod model;
pub mod normal;
pub mod official;
pub mod qr;
pub mod reading;
pub mod typeset;
