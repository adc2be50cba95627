//! Cells of a sheet as the answers of a form (读表): what stands in each row.

use super::fit::BLANK;
use super::is_covered;
use super::mapping::Mapping;
use super::sheet::{EMPTIED, EXAMPLE, PLACE, heading};
use crate::forms::mask;
use crate::forms::names::Names;
use crate::forms::read::Reader;
use crate::forms::show;
use crate::lang::Lang;
use crate::letters::narrow;
use engine::decide::place_column;
use engine::rights::Access;
use engine::{County, Row, World};
use jiff::civil::Date;
use regulation::expr::{Record, Type, Value, identity, parts};
use regulation::finding::Said;
use regulation::model::{Field, Register};
use sheets::{Cell, Sheet};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

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

    /// Whether a row is none of the table's: totals, who filled in the sheet, a remark below it, its headings once more on the next page.
    pub(crate) fn is_no_record(&self, row: usize) -> bool {
        const TOTALS: [&str; 6] = ["合计", "总计", "小计", "共计", "累计", "本页合计"];
        const REMARKS: [&str; 10] =
            ["注:", "备注:", "说明:", "填表人", "填报人", "制表人", "制表:", "审核人", "负责人:", "单位负责人"];
        let cells = &self.sheet.rows[row].cells;
        let texts: Vec<String> = cells
            .iter()
            .filter(|cell| !cell.is_empty())
            .map(|cell| half_width(&cell.text()).split_whitespace().collect())
            .collect();
        let Some(first) = texts.first() else { return true };
        let total = texts.iter().take(2).any(|text| TOTALS.contains(&text.trim_end_matches(':')));
        let remark = texts.len() <= 4 && REMARKS.iter().any(|word| first.starts_with(word));
        let once_more = || {
            cells
                .iter()
                .zip(&self.sheet.headings)
                .filter(|(cell, heading)| !cell.is_empty() && cell.text() == **heading)
        };
        total || remark || (texts.len() > 1 && once_more().count() == texts.len())
    }

    /// The columns that a row states. `present` is the row that it would change: what stands there covered is left as it is.
    pub(crate) fn record(&self, world: &dyn World, row: usize, present: Option<&Row>) -> (Record, Vec<CellFault>) {
        let (mut record, mut faults) = (Record::new(), Vec::new());
        for (column, place) in self.mapping.fields.iter().enumerate() {
            let Some(field) = place.map(|place| &self.register.fields[place]) else { continue };
            let cell = self.meant(row, column);
            if cell.is_empty() || present.is_some_and(|row| stands_covered(world, field, &cell, row)) {
                continue;
            }
            match self.value(world, field, &cell, present.is_some()) {
                Ok(value) => _ = record.insert(field.name.clone(), value),
                Err(said) => {
                    faults.push(CellFault { column: Some(column), label: heading(field), zh: said.zh, en: said.en });
                }
            }
        }
        for (place, text) in &self.mapping.constants {
            let field = &self.register.fields[*place];
            match self.value(world, field, &Cell::Text(text.as_str().into()), false) {
                Ok(value) => _ = record.insert(field.name.clone(), value),
                Err(said) => faults.push(CellFault { column: None, label: heading(field), zh: said.zh, en: said.en }),
            }
        }
        (record, faults)
    }

    /// A cell as it is meant: words for choices as somebody said, numbers in the register's unit.
    fn meant(&self, row: usize, column: usize) -> Cow<'_, Cell> {
        let cell = self.cell(row, column);
        if matches!(cell, Cell::Empty | Cell::Fault(_) | Cell::Lost(_)) {
            return Cow::Borrowed(cell);
        }
        let text = || half_width(&cell.text());
        if let Some(turned) = self.mapping.scales.get(&column).and_then(|scale| scale.times(&text())) {
            return Cow::Owned(Cell::Text(turned.into()));
        }
        let place = self.mapping.fields.get(column).copied().flatten();
        match place.filter(|place| self.mapping.values.contains_key(place)) {
            Some(place) => self.in_words_of(place, &cell.text()).map_or(Cow::Borrowed(cell), Cow::Owned),
            None => Cow::Borrowed(cell),
        }
    }

    /// The words of a cell as what they stand for; `None` if nobody said so of any.
    fn in_words_of(&self, place: usize, text: &str) -> Option<Cell> {
        let meant = |word: &str| self.mapping.meant(place, word);
        let said = match meant(text) {
            Some(code) => code.to_owned(),
            None if parts(text).any(|part| meant(part).is_some()) => {
                let all: Vec<&str> =
                    parts(text).map(|part| meant(part).unwrap_or(part)).filter(|code| *code != BLANK).collect();
                all.join("、")
            }
            None => return None,
        };
        Some(if said == BLANK || said.is_empty() { Cell::Empty } else { Cell::Text(said.into()) })
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
            Cell::Number(year) if field.ty == Type::Date && (1000.0..3000.0).contains(year) => {
                return Err(Said::new("只有年份，请写到日", "only a year: write the day as well"));
            }
            cell if field.ty == Type::Date => {
                serial_day(cell).map_or_else(|| day_text(&cell.text()), |day| day.to_string())
            }
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
                let read = |part: &str| match **element {
                    Type::Place => self.place_of(world.county(), part).map(Value::Key),
                    Type::Post => post_of(world.county(), part).map(Value::Key),
                    _ => self.person_of(world.county(), part).map(Value::Key),
                };
                parts(&text).map(read).collect::<Result<Vec<Value>, Said>>().map(Value::List)
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

/// A day as old ledgers write it, as days are read: `2019、3、5`, `2019年3月5号`, `2019-03-05 00:00`.
fn day_text(text: &str) -> String {
    let text = text.trim();
    let day = match text.rsplit_once(' ') {
        Some((day, time)) if time.contains(':') => day,
        _ => text,
    };
    let day = day.strip_suffix('号').map_or_else(|| day.to_owned(), |rest| format!("{rest}日"));
    day.replace(['、', '。', '，', '\\'], "-")
}

/// Full-width letters and digits as they are usually typed.
fn half_width(text: &str) -> String {
    text.chars().map(narrow).collect::<String>().trim().to_owned()
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
    fn days_are_read_as_they_were_written() {
        for text in [
            "2019、3、5",
            "2019年3月5号",
            "2019-3-5 00:00",
            "2019。3。5",
            "2019年3月5日",
            "2019.3.5",
            "２０１９．３．５",
        ] {
            let read = Value::parse(&Type::Date, &day_text(text));
            assert_eq!(read, Ok(Value::Date(jiff::civil::date(2019, 3, 5))), "{text}");
        }
        assert!(Value::parse(&Type::Date, &day_text("2019.3")).is_err());
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
