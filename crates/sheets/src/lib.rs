//! Sheets (电子表格): Excel and WPS files in and out, CSV in, as rows of plain cells. It has never heard of a register, a store or a page.
//!
//! - [`read()`] finds the table in a file by its headings and gives its rows, or says why the file is no use. It never
//!   panics, and what a file unpacks to is bounded before any of it is looked at.
//! - [`File`] is for tables whose headings nobody knows beforehand: it shows the first rows of each sheet, and reads the table below the
//!   headings that it is told, which may take up several rows and have merged cells.
//! - [`Writer`] makes a file row by row; what it holds does not grow with the rows.
//!
//! Text stays text both ways: a cell is never written as a formula, and of a formula only the value that it had is read.
#![warn(missing_docs)]

mod book;
mod cell;
mod csv;
mod guard;
mod read;
mod template;
mod write;

pub use cell::{Cell, date_of_serial, number_text};
pub use csv::csv_table;
pub use read::{File, Headings, Limits, Row, Sheet, Top, Unreadable, best_known, read};
pub use rust_xlsxwriter::XlsxError;
pub use template::{TemplateColumn, template};
pub use write::{Column, Kind, Out, Value, Writer, column_name};

/// The media type of an Excel file.
pub const MEDIA: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
