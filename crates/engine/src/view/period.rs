//! Periods (期间) that somebody chooses: a month, a quarter, half a year, a year, or from one day to another.

use jiff::ToSpan;
use jiff::civil::{Date, date};
use regulation::model::view::PeriodKind;

/// A period, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
}

impl Period {
    /// The month, quarter, half-year or year around a day.
    ///
    /// ```
    /// use engine::view::Period;
    /// use regulation::model::view::PeriodKind;
    /// let quarter = Period::around(PeriodKind::Quarter, jiff::civil::date(2022, 5, 20));
    /// assert_eq!(quarter.code(), "2022-Q2");
    /// assert_eq!(quarter.to, jiff::civil::date(2022, 6, 30));
    /// ```
    #[must_use]
    pub fn around(kind: PeriodKind, day: Date) -> Period {
        let (first, months) = match kind {
            PeriodKind::Month => (day.month(), 1),
            PeriodKind::Quarter => ((day.month() - 1) / 3 * 3 + 1, 3),
            PeriodKind::HalfYear => ((day.month() - 1) / 6 * 6 + 1, 6),
            PeriodKind::Year => (1, 12),
        };
        let from = date(day.year(), first, 1);
        let last = date(day.year(), first + months - 1, 1).last_of_month();
        Period { from, to: last }
    }

    /// `2022`, `2022-H1`, `2022-Q1`, `2022-03` or `2022-01-15..2022-02-14`; `None` for anything else.
    #[must_use]
    pub fn read(text: &str) -> Option<Period> {
        let text = text.trim();
        if let Some((from, to)) = text.split_once("..") {
            let (from, to) = (calendar::parse_date(from.trim()).ok()?, calendar::parse_date(to.trim()).ok()?);
            return (from <= to).then_some(Period { from, to });
        }
        let (year, rest) = text.split_once('-').unwrap_or((text, ""));
        if year.len() != 4 {
            return None;
        }
        let year: i16 = year.parse().ok()?;
        let part = |number: &str, last: i8| number.parse::<i8>().ok().filter(|n| (1..=last).contains(n));
        let (kind, month) = match rest.chars().next().map(|letter| letter.to_ascii_uppercase()) {
            None => (PeriodKind::Year, 1),
            Some('Q') => (PeriodKind::Quarter, part(&rest[1..], 4)? * 3),
            Some('H') => (PeriodKind::HalfYear, part(&rest[1..], 2)? * 6),
            Some(_) => (PeriodKind::Month, rest.parse().ok()?),
        };
        let day = Date::new(year, month, 1).ok()?;
        (calendar::EARLIEST..=calendar::LATEST).contains(&day).then(|| Period::around(kind, day))
    }

    /// The month, quarter, half-year or year that it is, if it is one.
    #[must_use]
    pub fn kind(&self) -> Option<PeriodKind> {
        let all = [PeriodKind::Month, PeriodKind::Quarter, PeriodKind::HalfYear, PeriodKind::Year];
        all.into_iter().find(|kind| Period::around(*kind, self.from) == *self)
    }

    /// As it is read.
    #[must_use]
    pub fn code(&self) -> String {
        let from = self.from;
        match self.kind() {
            Some(PeriodKind::Month) => format!("{}-{:02}", from.year(), from.month()),
            Some(PeriodKind::Quarter) => format!("{}-Q{}", from.year(), (from.month() + 2) / 3),
            Some(PeriodKind::HalfYear) => format!("{}-H{}", from.year(), (from.month() + 5) / 6),
            Some(PeriodKind::Year) => from.year().to_string(),
            None => format!("{from}..{}", self.to),
        }
    }

    /// As people say it.
    #[must_use]
    pub fn zh(&self) -> String {
        let from = self.from;
        match self.kind() {
            Some(PeriodKind::Month) => format!("{}年{}月", from.year(), from.month()),
            Some(PeriodKind::Quarter) => format!("{}年第{}季度", from.year(), (from.month() + 2) / 3),
            Some(PeriodKind::HalfYear) => {
                format!("{}年{}半年", from.year(), if from.month() == 1 { "上" } else { "下" })
            }
            Some(PeriodKind::Year) => format!("{}年", from.year()),
            None => format!("{}至{}", calendar::zh_date(from), calendar::zh_date(self.to)),
        }
    }

    /// Whether a day lies in it.
    #[must_use]
    pub fn contains(&self, day: Date) -> bool {
        self.from <= day && day <= self.to
    }

    /// The one of its kind before it (`-1`) or after it (`1`); `None` where it is of no kind.
    #[must_use]
    pub fn beside(&self, step: i8) -> Option<Period> {
        let kind = self.kind()?;
        let day = if step < 0 { self.from.checked_sub(1.day()) } else { self.to.checked_add(1.day()) };
        day.ok()
            .filter(|day| (calendar::EARLIEST..=calendar::LATEST).contains(day))
            .map(|day| Period::around(kind, day))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        for text in [
            "2022",
            "2022-H1",
            "2022-H2",
            "2022-Q1",
            "2022-Q4",
            "2022-03",
            "2022-12",
            "2022-01-15..2022-02-14",
            "2024-02-29..2024-02-29",
        ] {
            assert_eq!(Period::read(text).map(|period| period.code()).as_deref(), Some(text));
        }
    }

    #[test]
    fn what_is_no_period_is_not_read() {
        for text in [
            "",
            "22",
            "2022-H3",
            "2022-H",
            "2022-Q5",
            "2022-Q0",
            "2022-13",
            "2022-00",
            "2022-03-01",
            "2022-03-02..2022-03-01",
            "9999",
            "x",
        ] {
            assert_eq!(Period::read(text), None, "{text}");
        }
    }

    #[test]
    fn periods_follow_each_other() {
        let period = Period::read("2022-Q1").unwrap();
        assert_eq!(period.beside(-1).unwrap().code(), "2021-Q4");
        assert_eq!(period.beside(1).unwrap().code(), "2022-Q2");
        assert_eq!(Period::read("2022-01-15..2022-02-14").unwrap().beside(1), None);
        let half = Period::read("2022-H2").unwrap();
        assert_eq!((half.zh().as_str(), half.beside(-1).unwrap().code().as_str()), ("2022年下半年", "2022-H1"));
        assert!(period.contains(date(2022, 3, 31)) && !period.contains(date(2022, 4, 1)));
    }
}
