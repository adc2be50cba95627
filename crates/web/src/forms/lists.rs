//! Lists filled from a sheet (从表格填的清单): a field `list of FORM` whose rows come from an Excel or CSV file instead of being typed.
//!
//! The sheet is kept, sealed, with the draft of the form, and read anew whenever the form is looked at; nothing of it is journaled but the rows that
//! are filed. It is read as a register's is: headings, widths, merged cells, digits that a sheet has lost.

use super::ask::answers_of;
use super::filing::Filing;
use super::uploads::{kept_out, scan};
use crate::registers::mapping::{Mapping, knows};
use crate::registers::marked::mark;
use crate::registers::reading::{CellFault, Reading};
use crate::registers::sheet::is_filled;
use crate::sent::{Answers, Sent, Upload};
use crate::site::Running;
use engine::{FieldFault, World};
use regulation::expr::{Record, Type, Value};
use regulation::model::{Field, Form, Name, Need, Register};
use sheets::{Limits, XlsxError};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The name of the input that takes the sheet of a field.
const INPUT: &str = "_sheet.";
/// The button that gives up the sheet, and goes on with its rows typed.
pub const UNSHEET: &str = "_unsheet";
/// The button that reads the sheet.
pub const READ: &str = "_read";
/// A sheet of at most so many rows can be turned into rows that are typed.
pub const TYPED_MAX: usize = super::rows::MOST;

/// A sheet as it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptSheet {
    /// Name of the file.
    pub file: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Sheets by field.
pub type KeptSheets = BTreeMap<Name, KeptSheet>;

/// Lists by field.
pub type Lists = BTreeMap<Name, Arc<List>>;

/// A list read from a sheet.
pub struct List {
    /// Name of the file.
    pub file: String,
    /// How its cells were read.
    pub reading: Reading,
    /// The rows, as far as they could be read.
    pub records: Arc<[Record]>,
    /// Cells that could not be read, by their path in the form.
    pub unread: Vec<FieldFault>,
    /// The row of the sheet of each record.
    rows: Vec<usize>,
}

/// The input of a field's sheet.
#[must_use]
pub fn input(field: &str) -> String {
    format!("{INPUT}{field}")
}

/// The form of a field's rows, if they can come from a sheet: each column that must be filled in can be.
#[must_use]
pub fn form_of<'w>(world: &'w dyn World, field: &Field) -> Option<&'w Arc<Form>> {
    let Type::Records(form) = &field.ty else { return None };
    let (_, form) = world.rulebook().form(form)?;
    let must = |field: &&Field| field.derived.is_none() && matches!(field.need, Need::Must);
    form.fields.iter().filter(must).all(is_filled).then_some(form)
}

/// A form's rows as a table: without key, keeper or place.
#[must_use]
pub fn table(form: &Form) -> Arc<Register> {
    Arc::new(Register {
        name: form.name.clone(),
        title: form.title.clone(),
        keepers: Vec::new(),
        key: Vec::new(),
        readers: Vec::new(),
        part_readers: Vec::new(),
        purposes: Vec::new(),
        fields: form.fields.clone(),
        rows_of: None,
        printed: Vec::new(),
        lists_shares: false,
        keep: None,
        grants: None,
        clauses: form.clauses.clone(),
        span: form.span.clone(),
    })
}

/// Takes the sheets out of what a form sent. One that the scanner keeps out, or cannot look at, is a fault of its field: nothing reads it.
pub fn take(app: &Running, sent: &mut Sent) -> (KeptSheets, Vec<FieldFault>) {
    let (sheets, files) = std::mem::take(&mut sent.files).into_iter().partition(|file| file.field.starts_with(INPUT));
    sent.files = files;
    let sheets: Vec<Upload> = sheets;
    let (mut kept, mut faults) = (KeptSheets::new(), Vec::new());
    for file in sheets {
        let field = file.field.strip_prefix(INPUT).unwrap_or_default().to_owned();
        match scan(app, &file.name, &file.bytes) {
            Ok(()) => _ = kept.insert(field, KeptSheet { file: file.name, bytes: file.bytes }),
            Err(problem) => faults.push(kept_out(field, &problem)),
        }
    }
    (kept, faults)
}

/// Which button of a sheet was pressed: the field whose sheet is to be read, and the one whose sheet is given up.
pub fn pressed(answers: &mut Answers) -> (Option<String>, Option<String>) {
    let read = crate::sent::take(answers, READ);
    (read, crate::sent::take(answers, UNSHEET))
}

impl List {
    /// Reads the sheet of a field.
    ///
    /// # Errors
    /// A fault of the field: the file cannot be read, or has not the columns.
    pub fn read(
        world: &dyn World,
        field: &Field,
        form: &Form,
        place: &str,
        sheet: &KeptSheet,
    ) -> Result<List, Box<FieldFault>> {
        let fault = |zh: String, en: String| {
            Box::new(FieldFault {
                field: field.name.clone(),
                label: field.label.clone(),
                zh,
                en,
                clauses: field.clauses.clone(),
            })
        };
        let table = table(form);
        let found = sheets::read(&sheet.bytes, &|text| knows(&table, text), &Limits::default())
            .map_err(|unreadable| fault(unreadable.zh, unreadable.en))?;
        let mapping = Mapping::new(&table, &found.headings).map_err(|faults| {
            let zh: Vec<&str> = faults.iter().map(|fault| fault.zh.as_str()).collect();
            let en: Vec<&str> = faults.iter().map(|fault| fault.en.as_str()).collect();
            fault(format!("没有读取：{}", zh.join("；")), format!("Nothing was read: {}", en.join("; ")))
        })?;
        let reading = Reading::new(world, &table, found, mapping, place.to_owned());
        let (mut records, mut rows, mut unread) = (Vec::new(), Vec::new(), Vec::new());
        for row in (0..reading.sheet.rows.len()).filter(|row| !reading.is_example(*row)) {
            let (record, faults) = reading.record(world, row, None);
            rows.push(row);
            unread.extend(faults.into_iter().map(|cell| unread_cell(&reading, field, rows.len(), cell)));
            records.push(record);
        }
        if records.is_empty() {
            return Err(fault("表里没有数据行".to_owned(), "the sheet has no rows".to_owned()));
        }
        Ok(List { file: sheet.file.clone(), reading, records: records.into(), unread, rows })
    }

    /// What is wrong, by row of the sheet; of the faults of a form, those of this list's rows.
    #[must_use]
    pub fn by_row(&self, field: &str, faults: &[FieldFault]) -> BTreeMap<usize, Vec<CellFault>> {
        let mut by_row: BTreeMap<usize, Vec<CellFault>> = BTreeMap::new();
        for fault in faults {
            let Some((row, column)) = cell_of(field, &fault.field) else { continue };
            let Some(at) = row.checked_sub(1).and_then(|row| self.rows.get(row)) else { continue };
            by_row.entry(*at).or_default().push(CellFault {
                column: self.reading.column_of(column),
                label: fault.label.zh.clone(),
                zh: fault.zh.clone(),
                en: fault.en.clone(),
            });
        }
        by_row
    }

    /// The sheet as it was sent, with what is wrong marked.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn marked(&self, field: &str, faults: &[FieldFault]) -> Result<Vec<u8>, XlsxError> {
        mark(&self.reading.sheet, &self.file, &self.by_row(field, faults), "表单还没有提交。")
    }

    /// Its rows as if they had been typed, wrong cells as they stand.
    #[must_use]
    pub fn typed(&self, field: &str) -> Answers {
        let one = Record::from([(field.to_owned(), Value::Records(Arc::clone(&self.records)))]);
        let mut answers = answers_of(&one, "");
        for fault in &self.unread {
            let Some((row, name)) = cell_of(field, &fault.field) else { continue };
            let cell = row.checked_sub(1).and_then(|row| self.rows.get(row)).zip(self.reading.column_of(name));
            let text = cell.and_then(|(row, column)| self.reading.sheet.rows[*row].cells.get(column));
            answers.extend(text.map(|cell| (fault.field.clone(), vec![cell.text()])));
        }
        answers
    }
}

fn unread_cell(reading: &Reading, field: &Field, row: usize, cell: CellFault) -> FieldFault {
    let column = cell.column.and_then(|column| reading.mapping.fields.get(column).copied().flatten());
    let of = column.map(|place| &reading.register.fields[place]);
    FieldFault {
        field: format!("{}.{row}.{}", field.name, of.map(|of| of.name.as_str()).unwrap_or_default()),
        label: of.map_or_else(|| cell.label.as_str().into(), |of| of.label.clone()),
        zh: cell.zh,
        en: cell.en,
        clauses: of.map(|of| of.clauses.clone()).unwrap_or_default(),
    }
}

/// Row and column of a fault of a list: `lines.3.name` is the third row's name.
fn cell_of<'p>(field: &str, path: &'p str) -> Option<(usize, &'p str)> {
    let (row, column) = path.strip_prefix(field)?.strip_prefix('.')?.split_once('.')?;
    Some((row.parse().ok()?, column))
}

/// The faults of a form with those of lists from sheets summed up, one for each list: a page cannot name thousands.
#[must_use]
pub fn summed(lists: &Lists, faults: Vec<FieldFault>) -> Vec<FieldFault> {
    let list_of = |fault: &FieldFault| lists.keys().find(|name| cell_of(name, &fault.field).is_some());
    let (rows, mut others): (Vec<FieldFault>, Vec<FieldFault>) =
        faults.into_iter().partition(|fault| list_of(fault).is_some());
    for (name, list) in lists {
        let wrong = list.by_row(name, &rows).len();
        if wrong > 0 {
            others.push(FieldFault {
                field: name.clone(),
                label: "".into(),
                zh: format!("表“{}”有{wrong}行要改正，见下面的说明", list.file),
                en: format!("{wrong} rows of the sheet `{}` are to be corrected, see below", list.file),
                clauses: Vec::new(),
            });
        }
    }
    others
}

/// The faults that are of rows of lists from sheets.
#[must_use]
pub fn of_rows(lists: &Lists, faults: &[FieldFault]) -> Vec<FieldFault> {
    let is_row = |fault: &&FieldFault| lists.keys().any(|name| cell_of(name, &fault.field).is_some());
    faults.iter().filter(is_row).cloned().collect()
}

/// What came of sheets that were sent, and of one that was given up.
#[derive(Debug, Default)]
pub struct Change {
    /// The sheets that the form has now.
    pub sheets: KeptSheets,
    /// Rows of the sheet that was given up, as if they had been typed.
    pub typed: Answers,
    /// Sheets that could not be read.
    pub faults: Vec<FieldFault>,
    /// Whether anything is different.
    pub changed: bool,
}

/// Takes sheets into a form, and lets one go.
#[must_use]
pub fn change(filing: &Filing<'_>, kept: KeptSheets, sent: KeptSheets, given_up: Option<String>) -> Change {
    let mut change = Change { sheets: kept, ..Change::default() };
    if let Some((field, sheet)) = given_up.and_then(|field| change.sheets.remove_entry(&field)) {
        let list = read_one(filing, &field, &sheet).and_then(Result::ok);
        let typed = list.filter(|list| list.records.len() <= TYPED_MAX).map(|list| list.typed(&field));
        change.typed = typed.unwrap_or_default();
        change.changed = true;
    }
    for (field, sheet) in sent {
        match read_one(filing, &field, &sheet) {
            Some(Ok(_)) => {
                change.sheets.insert(field, sheet);
                change.changed = true;
            }
            Some(Err(fault)) => change.faults.push(*fault),
            None => {}
        }
    }
    change
}

/// The lists of a form's sheets. One that its form no longer fits is left out.
#[must_use]
pub fn read_all(filing: &Filing<'_>, kept: &KeptSheets) -> Lists {
    let one = |(field, sheet): (&Name, &KeptSheet)| {
        let list = read_one(filing, field, sheet)?.ok()?;
        Some((field.clone(), Arc::new(list)))
    };
    kept.iter().filter_map(one).collect()
}

fn read_one(filing: &Filing<'_>, field: &str, sheet: &KeptSheet) -> Option<Result<List, Box<FieldFault>>> {
    let field = filing.fields().into_iter().find(|own| own.name == field)?;
    let form = form_of(filing.world, field)?;
    Some(List::read(filing.world, field, form, filing.place(), sheet))
}

/// The record under which a draft keeps its sheets.
#[must_use]
pub fn to_record(sheets: &KeptSheets) -> Record {
    let one = |(field, sheet): (&Name, &KeptSheet)| {
        [
            (format!("sheet.{field}"), Value::Text(hex::encode(&sheet.bytes))),
            (format!("sheet-name.{field}"), Value::Text(sheet.file.clone())),
        ]
    };
    sheets.iter().flat_map(one).collect()
}

/// The sheets that a draft keeps.
#[must_use]
pub fn from_record(record: &Record) -> KeptSheets {
    let one = |(name, value): (&String, &Value)| {
        let field = name.strip_prefix("sheet.")?;
        let bytes = hex::decode(value.as_text()?).ok()?;
        let file = record.get(&format!("sheet-name.{field}")).and_then(Value::as_text).unwrap_or_default().to_owned();
        Some((field.to_owned(), KeptSheet { file, bytes }))
    };
    record.iter().filter_map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_have_paths() {
        assert_eq!(cell_of("lines", "lines.12.person-id"), Some((12, "person-id")));
        assert_eq!(cell_of("lines", "lines-two.1.x"), None);
        assert_eq!(cell_of("lines", "lines"), None);
    }

    #[test]
    fn a_draft_keeps_its_sheets() {
        let sheets =
            KeptSheets::from([("lines".to_owned(), KeptSheet { file: "名单.xlsx".into(), bytes: vec![0, 255, 7] })]);
        assert_eq!(from_record(&to_record(&sheets)), sheets);
    }
}
