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
        let (series, rest) = text.trim().split_once(['〔', '[', '［']).ok_or(NumberError::Shape)?;
        let (year, rest) = rest.split_once(['〕', ']', '］']).ok_or(NumberError::Shape)?;
        let serial = rest.trim().strip_suffix('号').ok_or(NumberError::Shape)?.trim();
        let series = series.trim();
        if series.is_empty() || !series.chars().all(is_ideograph) || !digits(year) || !digits(serial) {
            return Err(NumberError::Shape);
        }
        if year.len() != 4 {
            return Err(NumberError::Year);
        }
        if serial.starts_with('0') {
            return Err(NumberError::Serial);
        }
        let year = year.parse().map_err(|_| NumberError::Year)?;
        let serial = serial.parse().map_err(|_| NumberError::Serial)?;
        Ok(Number { series: series.to_owned(), year, serial })
    }
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{323af}')
}
