//! Document numbers (发文字号).

use std::fmt;

/// A document number (发文字号): series code (机关代字), year and serial.
///
/// It is shown in the normal form of GB/T 9704-2012: the year in full in 〔〕, the serial without leading zero and
/// without blanks.
///
/// ```
/// use gazette::model::Number;
/// let printed: Number = "某政办函[2022]6号".parse()?;
/// assert_eq!(printed.to_string(), "某政办函〔2022〕6号");
/// assert_eq!(printed, "某政办函〔2022〕6 号".parse()?);
/// # Ok::<(), gazette::model::NumberError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number {
    /// Series code, such as 国办发.
    pub series: String,
    /// Year.
    pub year: i16,
    /// Serial within series and year.
    pub serial: u32,
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}〔{}〕{}号", self.series, self.year, self.serial)
    }
}

/// Why something is not a document number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Neither series, year and serial nor their brackets.
    #[error("不是发文字号 / not a document number")]
    Shape,
    /// GZ-E05: the serial has a leading zero or is none.
    #[error("GZ-E05 序号不编虚位 / the serial must not have a leading zero")]
    Serial,
    /// GZ-E06: the year is not in full.
    #[error("GZ-E06 年份应标全称 / the year must be in full")]
    Year,
}

impl std::str::FromStr for Number {
    type Err = NumberError;

    /// Reads a number that stands alone; blanks around its parts and square brackets are accepted.
    fn from_str(text: &str) -> Result<Self, NumberError> {
        let shape = NumberShape::of(text).ok_or(NumberError::Shape)?;
        match shape.error() {
            Some(error) => Err(error),
            None => shape.number().ok_or(NumberError::Serial),
        }
    }
}

/// What looks like a document number, right or wrong.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NumberShape<'a> {
    pub series: &'a str,
    year: &'a str,
    serial: &'a str,
    /// Whether the year stands in square brackets.
    pub square: bool,
    /// Whether there are blanks inside.
    pub blanks: bool,
}

impl<'a> NumberShape<'a> {
    /// The shape of a text that is a number and nothing else.
    pub fn of(text: &'a str) -> Option<Self> {
        let text = text.trim();
        let (series, rest) = text.split_once(['〔', '[', '［'])?;
        let (year, rest) = rest.split_once(['〕', ']', '］'])?;
        let (series, year, serial) = (series.trim(), year.trim(), rest.trim().strip_suffix('号')?.trim());
        let right = !series.is_empty() && series.chars().all(is_ideograph) && digits(year) && digits(serial);
        let square = text.contains(['[', '［']);
        right.then_some(NumberShape { series, year, serial, square, blanks: text.contains(char::is_whitespace) })
    }

    /// What is wrong with it.
    pub fn error(&self) -> Option<NumberError> {
        match () {
            () if self.year.len() != 4 => Some(NumberError::Year),
            () if self.serial.starts_with('0') => Some(NumberError::Serial),
            () => None,
        }
    }

    /// The number, also when something is wrong with it; `None` if it is too large for one.
    pub fn number(&self) -> Option<Number> {
        let (year, serial) = (self.year.parse().ok()?, self.serial.parse().ok()?);
        Some(Number { series: self.series.to_owned(), year, serial })
    }
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

pub(crate) fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{323af}')
}
