//! What a cell holds, as it can be read out of any kind of sheet.

use calamine::{DataRef, ExcelDateTime, ExcelDateTimeType};
use jiff::civil::Date;

/// From here on a number has lost its last digits: sheets keep fifteen.
const EXACT_BELOW: f64 = 1e15;

/// What a cell holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing, or blanks.
    Empty,
    /// Text, blanks around it taken off. Dates are `2022-03-01`, yes and no are `是` and `否`.
    Text(Box<str>),
    /// A number; see [`number_text`] and [`date_of_serial`].
    Number(f64),
    /// A number of so many digits that the sheet has lost the last ones, such as an identity number entered as a number.
    Lost(f64),
    /// A formula that failed: `#N/A`.
    Fault(Box<str>),
}

impl Cell {
    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Cell::Empty
    }

    /// What stands in it as text; of a fault its name.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Cell::Empty => String::new(),
            Cell::Text(text) | Cell::Fault(text) => text.to_string(),
            Cell::Number(number) | Cell::Lost(number) => number_text(*number),
        }
    }

    pub(crate) fn of_text(text: &str) -> Cell {
        let text = text.trim_matches(is_blank);
        if text.is_empty() { Cell::Empty } else { Cell::Text(text.into()) }
    }

    fn of_number(number: f64) -> Cell {
        if number.abs() >= EXACT_BELOW { Cell::Lost(number) } else { Cell::Number(number) }
    }

    fn of_moment(moment: &ExcelDateTime) -> Cell {
        if moment.is_duration() {
            return Cell::of_number(moment.as_f64());
        }
        let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
        if (hour, minute, second) == (0, 0, 0) {
            Cell::Text(format!("{year:04}-{month:02}-{day:02}").into())
        } else {
            Cell::Text(format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}").into())
        }
    }

    fn of_bool(yes: bool) -> Cell {
        Cell::Text(if yes { "是" } else { "否" }.into())
    }
}

/// Blanks of any kind, also those that people cannot see.
fn is_blank(character: char) -> bool {
    character.is_whitespace() || matches!(character, '\u{200b}' | '\u{feff}' | '\u{a0}')
}

impl From<&DataRef<'_>> for Cell {
    fn from(data: &DataRef<'_>) -> Cell {
        match data {
            DataRef::Empty => Cell::Empty,
            DataRef::String(text) => Cell::of_text(text),
            DataRef::SharedString(text) => Cell::of_text(text),
            DataRef::Int(number) => Cell::of_number(*number as f64),
            DataRef::Float(number) => Cell::of_number(*number),
            DataRef::Bool(yes) => Cell::of_bool(*yes),
            DataRef::DateTime(moment) => Cell::of_moment(moment),
            DataRef::DateTimeIso(text) => Cell::of_text(text.split('T').next().unwrap_or(text)),
            DataRef::DurationIso(text) => Cell::of_text(text),
            DataRef::Error(error) => Cell::Fault(error.to_string().into()),
        }
    }
}

/// A number as a sheet shows it: fifteen digits, so that the remainder of a binary fraction is not seen.
///
/// ```
/// assert_eq!(sheets::number_text(0.1 + 0.2), "0.3");
/// assert_eq!(sheets::number_text(10000000000.0), "10000000000");
/// ```
#[must_use]
pub fn number_text(number: f64) -> String {
    let rounded: f64 = format!("{number:.14e}").parse().unwrap_or(number);
    format!("{rounded}")
}

/// The day that a sheet's serial number stands for (44621 is 1 March 2022); `None` for what is no day.
///
/// ```
/// assert_eq!(sheets::date_of_serial(44621.0), Some(jiff::civil::date(2022, 3, 1)));
/// assert_eq!(sheets::date_of_serial(-1.0), None);
/// ```
#[must_use]
pub fn date_of_serial(serial: f64) -> Option<Date> {
    // Up to the end of the year 9999, where sheets end.
    if !(1.0..2_958_466.0).contains(&serial) {
        return None;
    }
    let moment = ExcelDateTime::new(serial, ExcelDateTimeType::DateTime, false);
    let (year, month, day, ..) = moment.to_ymd_hms_milli();
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}
