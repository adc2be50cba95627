//! Templates (模板): a table to fill in, with what each column needs, choices to pick from, and one row as an example.

use crate::write::{Column, Kind, sheet_name};
use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, Format, FormatAlign, FormatBorder, Formula, Note, Workbook,
    XlsxError,
};

/// A list of choices within a cell's rule has at most so many characters; longer ones stand on a sheet of their own.
const LIST_MAX: usize = 250;
/// Rows to which choices are offered.
const ROWS: u32 = 200_000;
/// The sheet on which long lists of choices stand.
const CHOICES: &str = "选项";

/// A column to fill in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateColumn {
    /// The column.
    pub column: Column,
    /// Must be filled in.
    pub must: bool,
    /// What to know before filling it in; shown beside the heading.
    pub note: String,
    /// Choices; empty where anything may stand.
    pub choices: Vec<String>,
    /// What the row that shows how has here.
    pub example: String,
}

/// A template: headings, notes, choices, one example row, and a sheet of explanations.
///
/// # Errors
/// If it cannot be packed.
pub fn template(
    sheet: &str,
    columns: &[TemplateColumn],
    about: &str,
    lines: &[(String, String)],
) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let heading = |must: bool| {
        let colour = if must { 0x00FD_F3DC } else { 0x00E9_F0F6 };
        let format = Format::new().set_bold().set_text_wrap().set_align(FormatAlign::VerticalCenter);
        format.set_background_color(Color::RGB(colour)).set_border_bottom(FormatBorder::Thin)
    };
    let example = Format::new().set_num_format("@").set_italic().set_font_color(Color::RGB(0x0050_585F));
    let text = Format::new().set_num_format("@");
    let mut lists: Vec<&[String]> = Vec::new();
    let table = book.add_worksheet();
    table.set_name(sheet_name(sheet))?;
    table.set_freeze_panes(1, 0)?;
    for (place, wanted) in (0..).zip(columns) {
        table.set_column_width(place, wanted.column.width as f64)?;
        if wanted.column.kind == Kind::Text {
            table.set_column_format(place, &text)?;
        }
        table.write_string_with_format(0, place, &wanted.column.heading, &heading(wanted.must))?;
        table.insert_note(
            0,
            place,
            &Note::new(&wanted.note).add_author_prefix(false).set_width(260).set_height(140),
        )?;
        table.write_string_with_format(1, place, &wanted.example, &example)?;
        if let Some(rule) = choices(&wanted.choices, &mut lists)? {
            table.add_data_validation(2, place, ROWS, place, &rule)?;
        }
    }
    let page = book.add_worksheet();
    page.set_name(sheet_name(about))?;
    page.set_column_width(0, 18)?;
    page.set_column_width(1, 90)?;
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    for (row, (label, said)) in (0..).zip(lines) {
        page.write_string_with_format(row, 0, label, &heading(false))?;
        page.write_string_with_format(row, 1, said, &wrapped)?;
    }
    if !lists.is_empty() {
        let page = book.add_worksheet();
        page.set_name(CHOICES)?;
        page.set_hidden(true);
        for (column, list) in (0..).zip(lists) {
            for (row, choice) in (0..).zip(list) {
                page.write_string(row, column, choice)?;
            }
        }
    }
    book.save_to_buffer()
}

/// The rule that offers choices; a long list is put on the sheet of lists. What else is written is only warned of: the import says
/// what is wrong with it, and some choices can be written in several ways.
fn choices<'c>(wanted: &'c [String], lists: &mut Vec<&'c [String]>) -> Result<Option<DataValidation>, XlsxError> {
    if wanted.is_empty() {
        return Ok(None);
    }
    let length: usize = wanted.iter().map(|choice| choice.chars().count() + 1).sum();
    let plain = wanted.iter().all(|choice| !choice.contains([',', '，']));
    let rule = if length <= LIST_MAX && plain {
        DataValidation::new().allow_list_strings(wanted)?
    } else {
        let column = crate::write::column_name(lists.len());
        lists.push(wanted);
        let range = format!("='{CHOICES}'!${column}$1:${column}${}", wanted.len());
        DataValidation::new().allow_list_formula(Formula::new(range))
    };
    Ok(Some(rule.set_error_style(DataValidationErrorStyle::Warning)))
}
