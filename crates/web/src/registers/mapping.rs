//! Which column of a sheet is which of a register (栏目对应): by its own headings, or as somebody chose for an old ledger.

use super::asked::Seen;
use super::fit::Fit;
use super::sheet::{PLACE, REASONS, heading, is_filled};
use super::units::{OtherUnit, Scale, scale};
use crate::letters::narrow;
use engine::FieldFault;
use engine::decide::place_column;
use regulation::expr::Value;
use regulation::finding::Said;
use regulation::model::{Field, Need, Register};
use std::collections::{BTreeMap, BTreeSet};

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
    /// By field, of choices: what the ledger's words stand for.
    pub values: BTreeMap<usize, BTreeMap<String, String>>,
    /// Fields that the sheet does not have, with what holds for all of its rows.
    pub constants: Vec<(usize, String)>,
    /// By column: what its numbers are multiplied by.
    pub scales: BTreeMap<usize, Scale>,
}

/// A heading as headings are compared: without blanks, signs and widths.
pub(super) fn plain(heading: &str) -> String {
    let kept: String = heading.chars().map(narrow).filter(|sign| !sign.is_whitespace() && *sign != '*').collect();
    kept.trim_end_matches("(必填)").trim_end_matches("(选填)").to_lowercase()
}

/// The field that a heading means: by heading, label or name.
pub(super) fn field_of(register: &Register, text: &str) -> Option<usize> {
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

/// Whether a row cannot be entered without a field.
#[must_use]
pub fn is_must(register: &Register, field: &Field) -> bool {
    matches!(field.need, Need::Must) || register.key.contains(&field.name)
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
                Some(place) => faults.push(twice(&register.fields[place], &register.fields[place].name)),
                None if plain(text) == PLACE && place_column(register).is_none() => mapping.place = Some(column),
                None if text.is_empty() || plain(text) == REASONS => {}
                None => mapping.unknown.push(text.clone()),
            }
        }
        faults.extend(missing(register, &found));
        if faults.is_empty() { Ok(mapping) } else { Err(faults) }
    }

    /// The columns as somebody chose them; `above` is what stands above the headings.
    ///
    /// # Errors
    /// As of [`Mapping::new`]; also, a column is in a unit that cannot be turned into the field's.
    pub fn chosen(
        register: &Register,
        columns: &[Seen],
        fit: &Fit,
        above: &[String],
    ) -> Result<Mapping, Vec<FieldFault>> {
        let mut mapping = Mapping { fields: vec![None; columns.len()], ..Mapping::default() };
        let mut found: BTreeSet<usize> = BTreeSet::new();
        let mut faults = Vec::new();
        let place_of = |name: &str| register.fields.iter().position(|field| field.name == name && is_filled(field));
        for (column, seen) in columns.iter().enumerate() {
            let name = fit.columns.get(&seen.label).map(String::as_str).unwrap_or_default();
            match place_of(name) {
                Some(place) if found.insert(place) => mapping.fields[column] = Some(place),
                Some(place) => faults.push(twice(&register.fields[place], &column_input(column))),
                None if name == PLACE && place_column(register).is_none() => mapping.place = Some(column),
                None if !seen.holds() => {}
                None => mapping.unknown.push(seen.label.clone()),
            }
        }
        for (name, text) in fit.constants.iter().filter(|(_, text)| !text.trim().is_empty()) {
            let Some(place) = place_of(name).filter(|place| found.insert(*place)) else { continue };
            let field = &register.fields[place];
            match Value::parse(&field.ty, text) {
                Ok(_) => mapping.constants.push((place, text.clone())),
                Err(said) => faults.push(fault(field, &field.name, said)),
            }
        }
        for (name, texts) in &fit.values {
            mapping.values.extend(place_of(name).map(|place| (place, texts.clone())));
        }
        faults.extend(missing(register, &found));
        faults.extend(mapping.scale(register, columns, above));
        if faults.is_empty() { Ok(mapping) } else { Err(faults) }
    }

    /// Looks in which units the columns are given; what cannot be turned into the register's is a fault.
    pub fn scale(&mut self, register: &Register, columns: &[Seen], above: &[String]) -> Vec<FieldFault> {
        let mut faults = Vec::new();
        for (column, place) in self.fields.iter().enumerate() {
            let Some(field) = place.map(|place| &register.fields[place]) else { continue };
            let Some(seen) = columns.get(column) else { continue };
            match scale(&field.ty, &seen.label, above) {
                Ok(found) => self.scales.extend(found.map(|scale| (column, scale))),
                Err(other) => faults.push(in_other_unit(field, &column_input(column), &seen.label, &other)),
            }
        }
        faults
    }

    /// What a text of the ledger stands for in a field, where somebody said so.
    #[must_use]
    pub fn meant(&self, place: usize, text: &str) -> Option<&str> {
        self.values.get(&place)?.get(text).map(String::as_str)
    }
}

/// The name of the input in which a column is chosen.
#[must_use]
pub fn column_input(column: usize) -> String {
    format!("column.{column}")
}

fn missing(register: &Register, found: &BTreeSet<usize>) -> Vec<FieldFault> {
    let fields = register.fields.iter().enumerate();
    let missing =
        fields.filter(|(place, field)| is_filled(field) && is_must(register, field) && !found.contains(place));
    missing.map(|(_, field)| absent(field)).collect()
}

fn absent(field: &Field) -> FieldFault {
    let said =
        Said::new(format!("表里缺少必填的一栏“{}”", heading(field)), format!("the column `{}` is missing", field.name));
    fault(field, &field.name, said)
}

fn twice(field: &Field, input: &str) -> FieldFault {
    let said =
        Said::new(format!("表里有两栏“{}”", heading(field)), format!("the column `{}` is there twice", field.name));
    fault(field, input, said)
}

fn in_other_unit(field: &Field, input: &str, label: &str, other: &OtherUnit) -> FieldFault {
    let word = &other.word;
    let said = Said::new(
        format!("“{label}”的单位是{word}，与“{}”不同，不能照抄；请在表里换算好，改了表头再上传", heading(field)),
        format!(
            "`{label}` is in {word}, which cannot be turned into the unit of `{}` exactly: convert it in the sheet",
            field.name
        ),
    );
    fault(field, input, said)
}

fn fault(field: &Field, input: &str, said: Said) -> FieldFault {
    let clauses = field.clauses.clone();
    FieldFault { field: input.to_owned(), label: field.label.clone(), zh: said.zh, en: said.en, clauses }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_compared_without_blanks_widths_and_marks() {
        assert_eq!(plain(" 面积 （平方米）* "), "面积(平方米)");
        assert_eq!(plain("户 编 号（必填）"), "户编号");
    }
}
