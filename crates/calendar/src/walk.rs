//! The walk over the days behind every due date, with or without its reasons.

use jiff::civil::Date;

use crate::arithmetic::{day_before, in_range, next_day, not_zero, plus};
use crate::due::Due;
use crate::error::TimeError;
use crate::holidays::{Holidays, YearState};
use crate::rules::{BeyondData, Roll, Rules};
use crate::term::{Term, Unit};
use crate::why::Why;

/// What a count arrives at; the fields are those of [`Due`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct End {
    pub(crate) starts_on: Date,
    pub(crate) raw: Date,
    pub(crate) on: Date,
    pub(crate) unit: Unit,
}

/// Where a walk leaves its reasons. Reasons are built only when they are kept, so a walk without them is fast.
pub(crate) trait Record {
    fn add(&mut self, why: impl FnOnce() -> Why);
}

impl Record for Vec<Why> {
    fn add(&mut self, why: impl FnOnce() -> Why) {
        self.push(why());
    }
}

/// Keeps no reasons.
pub(crate) struct Forget;

impl Record for Forget {
    fn add(&mut self, _: impl FnOnce() -> Why) {}
}

/// A walk over the days. It notices every year without data that a date comes to rest on.
pub(crate) struct Walk<'a, R> {
    rules: &'a Rules,
    holidays: &'a Holidays,
    assumed_year: Option<i16>,
    pub(crate) record: R,
}

impl<'a> Walk<'a, Forget> {
    pub(crate) fn new(rules: &'a Rules, holidays: &'a Holidays) -> Self {
        Walk { rules, holidays, assumed_year: None, record: Forget }
    }
}

impl<'a> Walk<'a, Vec<Why>> {
    pub(crate) fn recording(rules: &'a Rules, holidays: &'a Holidays) -> Self {
        Walk { rules, holidays, assumed_year: None, record: Vec::new() }
    }

    pub(crate) fn into_due(mut self, end: End) -> Due {
        self.record.push(Why::Ends { on: end.on });
        Due {
            on: end.on,
            raw: end.raw,
            starts_on: end.starts_on,
            unit: end.unit,
            provisional: self.assumed_year.is_some(),
            why: self.record,
        }
    }
}

impl<R: Record> Walk<'_, R> {
    /// The end of a term that starts with an event on `event_on`.
    pub(crate) fn term(&mut self, event_on: Date, term: Term) -> Result<End, TimeError> {
        not_zero(term)?;
        let term = self.rules.read(term);
        let day_zero = self.day_zero(in_range(event_on)?)?;
        match term.unit {
            Unit::WorkingDays => self.working_term(day_zero, term.length),
            _ => self.calendar_term(day_zero, term),
        }
    }

    /// The day of the event, or the next working day if an event on a day off counts only then.
    fn day_zero(&mut self, event_on: Date) -> Result<Date, TimeError> {
        if !self.rules.receipt_next_working_day || self.is_working_day(event_on)? {
            return Ok(event_on);
        }
        let mut counts_on = next_day(event_on)?;
        while !self.is_working_day(counts_on)? {
            counts_on = next_day(counts_on)?;
        }
        let holidays = self.holidays;
        self.record.add(|| Why::ReceivedOnDayOff { day: holidays.day(event_on), counts_on });
        Ok(counts_on)
    }

    fn working_term(&mut self, day_zero: Date, length: u32) -> Result<End, TimeError> {
        let first = self.first_day(day_zero)?;
        let last = self.forward(first, 0, length)?;
        Ok(End { starts_on: first, raw: last, on: last, unit: Unit::WorkingDays })
    }

    fn calendar_term(&mut self, day_zero: Date, term: Term) -> Result<End, TimeError> {
        let first = self.first_day(day_zero)?;
        let corresponding = plus(day_zero, term)?;
        let raw = if self.rules.count_event_day { day_before(corresponding)? } else { corresponding };
        let clamped = matches!(term.unit, Unit::Months | Unit::Years) && corresponding.day() != day_zero.day();
        self.record.add(|| Why::Span { first, last: raw, term });
        if clamped {
            self.record.add(|| Why::NoCorrespondingDay { wanted: day_zero.day(), month_end: corresponding });
        }
        let on = self.roll(raw)?;
        Ok(End { starts_on: first, raw, on, unit: term.unit })
    }

    /// The first day that counts: the day after the event, or the day itself if the rules count it.
    fn first_day(&mut self, day_zero: Date) -> Result<Date, TimeError> {
        let counted = self.rules.count_event_day;
        self.record.add(|| Why::EventDay { on: day_zero, counted });
        if counted { Ok(day_zero) } else { next_day(day_zero) }
    }

    /// The day on which the count reaches `length` working days, from `first` on and `first` included.
    ///
    /// `counted` of them have passed already, fewer than `length`.
    pub(crate) fn forward(&mut self, first: Date, mut counted: u32, length: u32) -> Result<Date, TimeError> {
        let mut date = first;
        loop {
            let holidays = self.holidays;
            if self.is_working_day(date)? {
                counted += 1;
                self.record.add(|| Why::Counted { day: holidays.day(date), number: counted });
                if counted >= length {
                    return Ok(date);
                }
            } else {
                self.record.add(|| Why::Skipped { day: holidays.day(date) });
            }
            date = next_day(date)?;
        }
    }

    /// The working day so many working days before `until`, which itself does not count.
    pub(crate) fn back(&mut self, until: Date, length: u32) -> Result<Date, TimeError> {
        let mut date = until;
        let mut counted = 0;
        while counted < length {
            date = day_before(date)?;
            counted += u32::from(self.is_working_day(date)?);
        }
        Ok(date)
    }

    /// The last day of a calendar term after rolling past days off, if the rules roll.
    pub(crate) fn roll(&mut self, raw: Date) -> Result<Date, TimeError> {
        match self.rules.roll {
            Roll::None => Ok(raw),
            Roll::NextWorkingDay => self.roll_to_working_day(raw),
        }
    }

    fn roll_to_working_day(&mut self, raw: Date) -> Result<Date, TimeError> {
        let holidays = self.holidays;
        let mut on = raw;
        while !self.is_working_day(on)? {
            self.record.add(|| Why::PassedOver { day: holidays.day(on) });
            on = next_day(on)?;
        }
        if on != raw {
            self.record.add(|| Why::RolledTo { day: holidays.day(on) });
        }
        Ok(on)
    }

    /// Whether the date is a working day; a year without data is noted, or refused.
    pub(crate) fn is_working_day(&mut self, date: Date) -> Result<bool, TimeError> {
        if self.holidays.state(date.year()) == YearState::Assumed {
            self.assume(date.year())?;
        }
        Ok(self.holidays.is_working_day(date))
    }

    fn assume(&mut self, year: i16) -> Result<(), TimeError> {
        if self.rules.beyond_data == BeyondData::Refuse {
            return Err(TimeError::NoHolidayData { year });
        }
        if self.assumed_year != Some(year) {
            self.assumed_year = Some(year);
            self.record.add(|| Why::Assumed { year });
        }
        Ok(())
    }
}
