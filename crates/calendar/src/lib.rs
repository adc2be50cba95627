//! Statutory time (法定期限): which days are working days, when a term ends and why, what recurs when.
//!
//! A pure crate: it reads no clock, file or environment. Dates are civil dates in the county's own time zone
//! (Asia/Shanghai, without daylight saving), and the holiday arrangement is data handed in as [`Holidays`].
//! It leaves to others what a missed date means (lapse, deemed acceptance, alarm) and when a clock stands still.
//!
//! Invariants:
//! - the day of the event is day 0 unless a rule says otherwise, and a term ends at the end of its last day (24:00);
//! - a term in hours or minutes runs from its moment without a stop and ends at a moment, which is still in time;
//! - a date that rests on a year without a published arrangement is marked provisional, or refused, never silently guessed;
//! - the date with its reasons ([`due`]) and without ([`due_on`]) come from the same walk over the days.
//!
//! ```
//! use calendar::{Holidays, Rules, due, parse_date};
//!
//! let holidays = Holidays::built_in();
//! let notice_posted_on = parse_date("2022-01-28")?;
//! let due = due(notice_posted_on, "5 working-days".parse()?, &Rules::default(), &holidays)?;
//! assert_eq!(due.on, parse_date("2022年2月9日")?); // 29 and 30 January worked; 31 January to 6 February off
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![warn(missing_docs)]

mod arithmetic;
mod cutoff;
mod date_text;
mod due;
mod error;
mod holidays;
mod holidays_csv;
mod lunar;
mod numeral;
mod rules;
mod schedule;
mod schedule_text;
mod suspension;
mod term;
mod until;
mod walk;
mod why;

pub use arithmetic::{EARLIEST, LATEST, before, before_at, due_at, plus};
pub use cutoff::{Cutoff, parse_time};
pub use date_text::{parse_date, zh_date, zh_moment, zh_weekday};
pub use due::{Due, due, due_on, roll};
pub use error::{TimeError, Unreadable};
pub use holidays::{Day, DayWhy, Fact, Holidays, Kind, YearState};
pub use holidays_csv::CsvFault;
pub use lunar::{LunarDate, from_lunar, lunar};
pub use numeral::read_number;
pub use rules::{BeyondData, Roll, Rules};
pub use schedule::{Period, Schedule, periods};
pub use suspension::{Suspension, suspend, suspend_at};
pub use term::{Term, Unit};
pub use until::Until;
pub use why::Why;
