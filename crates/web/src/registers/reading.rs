//! Cells of a sheet as the answers of a form (读表): which column is which, and what stands in each row.

use super::is_covered;
use super::sheet::{EMPTIED, EXAMPLE, PLACE, REASONS, heading, is_filled};
use crate::forms::mask;
use crate::forms::names::Names;
use crate::forms::read::Reader;
use crate::forms::show;
use crate::lang::Lang;
use engine::decide::place_column;
use engine::rights::Access;
use engine::{County, FieldFault, Row, World};
use jiff::civil::Date;
use regulation::expr::{Record, Type, Value, identity};
use regulation::finding::Said;
use regulation::model::{Field, Need, Register};
use sheets::{Cell, Sheet};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Which column of a sheet is which of the register.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mapping {
    /// By column of the sheet: the place of the field in the register.
    pub fields: Vec<Option<usize>>,
    /// The column that says where a row belongs.
    pub place: Option<usize>,
    /// Headings of the register whose columns cannot be filled in in a sheet.
    pub unfilled: Vec<String>,
    /// Headings that the register does not know.
    pub unknown: Vec<String>,
}

/// A heading as headings are compared: without blanks, signs and widths.
fn plain(heading: &str) -> String {
    let half = heading.chars().map(|sign| match sign {
        '！'..='～' => char::from_u32(u32::from(sign) - 0xFEE0).unwrap_or(sign),
        other => other,
    });
    let kept: String = half.filter(|sign| !sign.is_whitespace() && *sign != '*').collect();
    kept.trim_end_matches("(必填)").trim_end_matches("(选填)").to_lowercase()
}

/// The field that a heading means: by heading, label or name.
fn field_of(register: &Register, text: &str) -> Option<usize> {
    let wanted = plain(text);
    let is = |name: &str| plain(name) == wanted;
    let fields = || register.fields.iter().enumerate();
    let by_heading = fields().find(|(_, field)| is(&heading(field)));
    let by_label = || {
        fields().find(|(_, field)| is(&field.label.zh) || field.label.en.as_deref().is_some_and(is) || is(&field.name))
    };
    (!wanted.is_empty()).then(|| by_heading.or_else(by_label).map(|(place, _)| place)).flatten()
}

/// Whether a text is a heading of a register.
#[must_use]
pub fn knows(register: &Register, text: &str) -> bool {
    field_of(register, text).is_some()
}

impl Mapping {
    /// Finds the columns by their headings; in any order, with others between them.
    ///
    /// # Errors
    /// The faults of a table that no row of could be entered: a column that must be there is not, or one is there twice.
    pub fn new(register: &Register, headings: &[String]) -> Result<Mapping, Vec<FieldFault>> {
        let mut mapping = Mapping { fields: vec![None; headings.len()], ..Mapping::default() };
        let mut found: BTreeSet<usize> = BTreeSet::new();
        let mut faults = Vec::new();
        for (column, text) in headings.iter().enumerate() {
            match field_of(register, text) {
                Some(place) if !is_filled(&register.fields[place]) => mapping.unfilled.push(text.clone()),
                Some(place) if found.insert(place) => mapping.fields[column] = Some(place),
                Some(place) => faults.push(twice(&register.fields[place])),
                None if plain(text) == PLACE && place_column(register).is_none() => mapping.place = Some(column),
                None if text.is_empty() || plain(text) == REASONS => {}
                None => mapping.unknown.push(text.clone()),
            }
        }
        let must = |field: &Field| matches!(field.need, Need::Must) || register.key.contains(&field.name);
        let missing = register
            .fields
            .iter()
            .enumerate()
            .filter(|(place, field)| is_filled(field) && must(field) && !found.contains(place));
        faults.extend(missing.map(|(_, field)| absent(field)));
        if faults.is_empty() { Ok(mapping) } else { Err(faults) }
    }
}

fn absent(field: &Field) -> FieldFault {
    fault(
        field,
        Said::new(format!("表里缺少必填的一栏“{}”", heading(field)), format!("the column `{}` is missing", field.name)),
    )
}

fn twice(field: &Field) -> FieldFault {
    fault(
        field,
        Said::new(format!("表里有两栏“{}”", heading(field)), format!("the column `{}` is there twice", field.name)),
    )
}

fn fault(field: &Field, said: Said) -> FieldFault {
    let clauses = field.clauses.clone();
    FieldFault { field: field.name.clone(), label: field.label.zh.clone(), zh: said.zh, en: said.en, clauses }
}

/// What is wrong with a cell, or with a row where no cell is to blame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellFault {
    /// Column of the sheet, from 0.
    pub column: Option<usize>,
    /// Heading.
    pub label: String,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// How cells are read.
pub struct Reading {
    /// The register.
    pub register: Arc<Register>,
    /// The table.
    pub sheet: Sheet,
    /// Its columns.
    pub mapping: Mapping,
    /// Where rows belong that do not say it.
    pub place: String,
    places: BTreeMap<String, Option<String>>,
    people: BTreeMap<String, Option<String>>,
}

impl Reading {
    /// How many identity numbers of fifteen digits were read as what they have become.
    #[must_use]
    pub fn renewed(&self) -> usize {
        let fields = self.mapping.fields.iter().enumerate();
        let of_people = |field: &Option<usize>| field.is_some_and(|at| self.register.fields[at].ty == Type::IdNumber);
        let columns: Vec<usize> = fields.filter(|(_, field)| of_people(field)).map(|(column, _)| column).collect();
        let old = |cell: &sheets::Cell| identity::renewed(&cell.text()).is_some();
        let cells = self.sheet.rows.iter().flat_map(|row| columns.iter().filter_map(|column| row.cells.get(*column)));
        cells.filter(|cell| old(cell)).count()
    }

    /// Reads a table for a county.
    #[must_use]
    pub fn new(world: &dyn World, register: &Arc<Register>, sheet: Sheet, mapping: Mapping, place: String) -> Reading {
        let county = world.county();
        let names = Names { world, lang: Lang::Zh };
        let paths = county.present().map(|place| (names.place_path(&place.code), place.code.clone()));
        let places = paths.chain(county.called().map(|(name, code)| (name.to_owned(), code.to_owned())));
        let people = county.people.iter().map(|(id, name)| (name.clone(), id.clone()));
        Reading {
            register: Arc::clone(register),
            sheet,
            mapping,
            place,
            places: by_name(places),
            people: by_name(people),
        }
    }

    /// The cell of a row in a column.
    fn cell(&self, row: usize, column: usize) -> &Cell {
        self.sheet.rows[row].cells.get(column).unwrap_or(&Cell::Empty)
    }

    pub(crate) fn is_example(&self, row: usize) -> bool {
        self.sheet.rows[row].cells.iter().any(|cell| matches!(cell, Cell::Text(text) if text.starts_with(EXAMPLE)))
    }

    /// The columns that a row states. `present` is the row that it would change: what stands there covered is left as it is.
    pub(crate) fn record(&self, world: &dyn World, row: usize, present: Option<&Row>) -> (Record, Vec<CellFault>) {
        let (mut record, mut faults) = (Record::new(), Vec::new());
        for (column, place) in self.mapping.fields.iter().enumerate() {
            let Some(field) = place.map(|place| &self.register.fields[place]) else { continue };
            let cell = self.cell(row, column);
            if cell.is_empty() || present.is_some_and(|row| stands_covered(world, field, cell, row)) {
                continue;
            }
            match self.value(world, field, cell, present.is_some()) {
                Ok(value) => _ = record.insert(field.name.clone(), value),
                Err(said) => {
                    faults.push(CellFault { column: Some(column), label: heading(field), zh: said.zh, en: said.en });
                }
            }
        }
        (record, faults)
    }

    fn value(&self, world: &dyn World, field: &Field, cell: &Cell, is_change: bool) -> Result<Value, Said> {
        let text = match cell {
            Cell::Fault(error) => {
                let zh = format!("公式的结果是 {error}，请改填数值或文字");
                return Err(Said::new(zh, format!("the formula gives {error}: write the value itself")));
            }
            Cell::Lost(_) => {
                let zh = "数字超过 15 位，Excel 已丢失末尾几位；请把这一格设为文本，重新填写";
                return Err(Said::new(
                    zh,
                    "more than 15 digits, of which the sheet has lost the last: write it as text",
                ));
            }
            cell if field.ty == Type::Date => serial_day(cell).map_or_else(|| cell.text(), |day| day.to_string()),
            cell => cell.text(),
        };
        if text == EMPTIED && is_change {
            return Ok(Value::Missing);
        }
        // Typed on a Chinese keyboard, a key is still the same key.
        let text = if self.register.key.contains(&field.name) { half_width(&text) } else { text };
        let reader = Reader { rulebook: world.rulebook(), signer: None };
        match &field.ty {
            Type::Place => self.place_of(world.county(), &text).map(Value::Key),
            Type::Person => self.person_of(world.county(), &text).map(Value::Key),
            Type::Post => post_of(world.county(), &text).map(Value::Key),
            Type::List(element) if matches!(**element, Type::Person | Type::Place | Type::Post) => {
                let parts =
                    text.split(['、', ',', '，', ';', '；', '\n']).map(str::trim).filter(|part| !part.is_empty());
                let read = |part: &str| match **element {
                    Type::Place => self.place_of(world.county(), part).map(Value::Key),
                    Type::Post => post_of(world.county(), part).map(Value::Key),
                    _ => self.person_of(world.county(), part).map(Value::Key),
                };
                parts.map(read).collect::<Result<Vec<Value>, Said>>().map(Value::List)
            }
            Type::Text { .. } => reader.text(&field.ty, &text),
            ty => reader.text(ty, text.trim()),
        }
    }

    fn place_of(&self, county: &County, text: &str) -> Result<String, Said> {
        let code = half_width(text);
        // An old paper names places by the codes of its day.
        if let Some(place) = county.place(&code) {
            return Ok(place.code.clone());
        }
        known(
            &self.places,
            text,
            "没有这个地方，请写全称或地方代码",
            "有几个同名的地方，请写全称",
            "is not a place of this county, or several have the name",
        )
    }

    fn person_of(&self, county: &County, text: &str) -> Result<String, Said> {
        if county.people.contains_key(text) {
            return Ok(text.to_owned());
        }
        known(
            &self.people,
            text,
            "没有这个账户，请核对姓名",
            "有几个同名的账户，请写账户编号",
            "is not a person with an account, or several have the name",
        )
    }

    /// Where a row belongs: as its column or the sheet says, else to the place chosen for the whole.
    pub(super) fn place_of_row(&self, world: &dyn World, row: usize, record: &Record) -> Result<String, CellFault> {
        let column = place_column(&self.register).and_then(|field| record.get(&field.name)?.as_text());
        if let Some(place) = column {
            return Ok(place.to_owned());
        }
        let Some(column) = self.mapping.place.filter(|column| !self.cell(row, *column).is_empty()) else {
            return Ok(self.place.clone());
        };
        let read = self.place_of(world.county(), &self.cell(row, column).text());
        read.map_err(|said| CellFault { column: Some(column), label: PLACE.to_owned(), zh: said.zh, en: said.en })
    }

    pub(crate) fn column_of(&self, field: &str) -> Option<usize> {
        let top = field.split('.').next().unwrap_or(field);
        let is = |place: &Option<usize>| place.is_some_and(|place| self.register.fields[place].name == top);
        self.mapping.fields.iter().position(is)
    }
}

/// The day of a cell that holds a serial number, as a number or as five digits of text: `44621`.
fn serial_day(cell: &Cell) -> Option<Date> {
    match cell {
        Cell::Number(serial) => sheets::date_of_serial(*serial),
        Cell::Text(text) if text.len() == 5 && text.bytes().all(|byte| byte.is_ascii_digit()) => {
            sheets::date_of_serial(text.parse().ok()?)
        }
        _ => None,
    }
}

/// Full-width letters and digits as they are usually typed.
fn half_width(text: &str) -> String {
    let half = text.chars().map(|sign| match sign {
        '！'..='～' => char::from_u32(u32::from(sign) - 0xFEE0).unwrap_or(sign),
        '\u{3000}' => ' ',
        other => other,
    });
    half.collect::<String>().trim().to_owned()
}

/// Names with what they stand for; `None` where several things have the name.
fn by_name(pairs: impl Iterator<Item = (String, String)>) -> BTreeMap<String, Option<String>> {
    let mut named: BTreeMap<String, Option<String>> = BTreeMap::new();
    for (name, id) in pairs {
        let one = named.entry(name).or_insert_with(|| Some(id.clone()));
        if one.as_ref().is_some_and(|known| *known != id) {
            *one = None;
        }
    }
    named
}

/// A post by its id or its title.
fn post_of(county: &County, text: &str) -> Result<String, Said> {
    if county.posts.contains_key(text) {
        return Ok(text.to_owned());
    }
    let mut titled = county.posts.values().filter(|post| post.title == text && post.until.is_none());
    match (titled.next(), titled.next()) {
        (Some(post), None) => Ok(post.id.clone()),
        (None, _) => Err(Said::new("没有这个岗位，请写岗位名称或编号", "is not a post of this county")),
        (Some(_), Some(_)) => {
            Err(Said::new("有几个同名的岗位，请写岗位编号", "several posts have the title; write the id"))
        }
    }
}

fn known(
    named: &BTreeMap<String, Option<String>>,
    text: &str,
    none: &str,
    several: &str,
    en: &str,
) -> Result<String, Said> {
    let joined: String = text.chars().filter(|sign| !sign.is_whitespace()).collect();
    match named.get(&joined) {
        Some(Some(id)) => Ok(id.clone()),
        Some(None) => Err(Said::new(several, en)),
        None => Err(Said::new(none, en)),
    }
}

/// Whether a cell holds the cover of what stands there: the sheet was taken out with personal data covered.
fn stands_covered(world: &dyn World, field: &Field, cell: &Cell, row: &Row) -> bool {
    let Some(value) = row.record.get(&field.name).filter(|_| is_covered(field, Access::Masked)) else { return false };
    let names = Names { world, lang: Lang::Zh };
    let text = cell.text();
    text.contains('*') && text == mask::cover(&show::show(names, &field.ty, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_compared_without_blanks_widths_and_marks() {
        assert_eq!(plain(" 面积 （平方米）* "), "面积(平方米)");
        assert_eq!(plain("户 编 号（必填）"), "户编号");
    }

    #[test]
    fn names_of_several_things_stand_for_none() {
        let pairs =
            [("上庄村", "1"), ("下庄村", "2"), ("上庄村", "3")].map(|(name, id)| (name.to_owned(), id.to_owned()));
        let named = by_name(pairs.into_iter());
        assert_eq!(known(&named, "下庄 村", "none", "several", "x").unwrap(), "2");
        assert_eq!(known(&named, "上庄村", "none", "several", "x").unwrap_err().zh, "several");
        assert_eq!(known(&named, "中庄村", "none", "several", "x").unwrap_err().zh, "none");
    }

    #[test]
    fn full_width_keys_are_the_same_keys() {
        assert_eq!(half_width("Ａ１２　"), "A12");
    }
}
