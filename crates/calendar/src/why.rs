//! The reasons for a date, as facts; the sentences are made here and nowhere else.

use jiff::civil::{Date, DateTime};

use crate::date_text::{en_date, en_moment, en_weekday, zh_date, zh_moment, zh_weekday};
use crate::holidays::{Day, DayWhy};
use crate::term::Term;

/// One reason for a date, in the order of the count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// The event fell on a day off and counts as happening later.
    ReceivedOnDayOff {
        /// The day it happened.
        day: Day,
        /// The day it counts for.
        counts_on: Date,
    },
    /// The day of the event, which is day 0 or, by rule, the first day.
    EventDay {
        /// The day.
        on: Date,
        /// Whether it counts.
        counted: bool,
    },
    /// A working day counted.
    Counted {
        /// The day.
        day: Day,
        /// Its number in the count, from 1.
        number: u32,
    },
    /// A day off left out of a count of working days.
    Skipped {
        /// The day.
        day: Day,
    },
    /// A term in days, weeks, months or years, summarised.
    Span {
        /// The first day that counts.
        first: Date,
        /// The last day, before any roll.
        last: Date,
        /// The term.
        term: Term,
    },
    /// The last month lacks the corresponding day, so its last day takes its place.
    NoCorrespondingDay {
        /// The day of the month that is missing.
        wanted: i8,
        /// The last day of the month.
        month_end: Date,
    },
    /// A day off on which the term would have ended.
    PassedOver {
        /// The day.
        day: Day,
    },
    /// The working day to which the end moved.
    RolledTo {
        /// The day.
        day: Day,
    },
    /// Days during which the term stood still.
    Suspended {
        /// The first day that did not count.
        from: Date,
        /// The day the term ran again.
        to: Date,
        /// What was left of the term, in days or working days.
        remaining: Term,
        /// The last day that follows, before any roll.
        last: Date,
    },
    /// A year without a published arrangement.
    Assumed {
        /// The year.
        year: i16,
    },
    /// The end of the term.
    Ends {
        /// The last day.
        on: Date,
    },
    /// A term in hours or minutes, which runs from its moment without a stop.
    Ran {
        /// The moment from which it runs.
        from: DateTime,
        /// The moment at which it ends.
        to: DateTime,
        /// The term.
        term: Term,
    },
    /// Time during which a term in hours or minutes stood still.
    StoodStill {
        /// The moment from which it did not run.
        from: DateTime,
        /// The moment from which it ran again.
        to: DateTime,
        /// The moment at which it ends therefore.
        until: DateTime,
    },
    /// The end of a term at a moment.
    EndsAt {
        /// The moment.
        at: DateTime,
    },
}

impl Why {
    /// The reason as a Chinese sentence.
    pub fn zh(&self) -> String {
        match self {
            Why::ReceivedOnDayOff { day, counts_on } => {
                format!("{}不是工作日，视为{}收到。", zh_day(day), zh_date(*counts_on))
            }
            Why::EventDay { on, counted: false } => {
                format!("{}为起始当日，不计入（民法典第二百零一条）。", zh_date(*on))
            }
            Why::EventDay { on, counted: true } => {
                format!("{}为起始当日，按规定计入。", zh_date(*on))
            }
            Why::Counted { day, number } => format!("{}计为第{number}个工作日。", zh_day(day)),
            Why::Skipped { day } => format!("{}不计。", zh_day(day)),
            Why::Span { first, last, term } => {
                format!("自{}起算{}，至{}。", zh_date(*first), term.zh(), zh_date(*last))
            }
            Why::NoCorrespondingDay { wanted, month_end } => format!(
                "{}年{}月没有{wanted}日，以月末日{}为对应日（民法典第二百零二条）。",
                month_end.year(),
                month_end.month(),
                zh_date(*month_end)
            ),
            Why::PassedOver { day } => format!("{}不是工作日，顺延。", zh_day(day)),
            Why::RolledTo { day } => {
                format!("最后一日顺延至{}（民法典第二百零三条）。", zh_day(day))
            }
            Why::Suspended { from, to, remaining, last } => format!(
                "{}起中止，{}恢复计算，余下{}，至{}。",
                zh_date(*from),
                zh_date(*to),
                remaining.zh(),
                zh_date(*last)
            ),
            Why::Assumed { year } => {
                format!("{year}年的放假安排尚未公布，暂按周一至周五为工作日推算，公布后可能变动。")
            }
            Why::Ends { on } => format!("期限至{}24时届满。", zh_date(*on)),
            Why::Ran { from, to, term } => format!(
                "自{}起算{}，至{}；按小时计算，昼夜和休息日连续计算，不顺延（民法典第二百零一条）。",
                zh_moment(*from),
                term.zh(),
                zh_moment(*to)
            ),
            Why::StoodStill { from, to, until } => {
                format!("{}起中止，{}恢复计算，余下的时间至{}。", zh_moment(*from), zh_moment(*to), zh_moment(*until))
            }
            Why::EndsAt { at } => format!("期限至{}届满。", zh_moment(*at)),
        }
    }

    /// The reason as an English sentence.
    pub fn en(&self) -> String {
        match self {
            Why::ReceivedOnDayOff { day, counts_on } => {
                format!("{} is not a working day: it counts as received on {}.", en_day(day), en_date(*counts_on))
            }
            Why::EventDay { on, counted: false } => {
                format!("{}, the day of the event, does not count (Civil Code art. 201).", en_date(*on))
            }
            Why::EventDay { on, counted: true } => {
                format!("{}, the day of the event, counts by rule.", en_date(*on))
            }
            Why::Counted { day, number } => format!("{} is working day {number}.", en_day(day)),
            Why::Skipped { day } => format!("{} does not count.", en_day(day)),
            Why::Span { first, last, term } => {
                format!("{term} from {} end on {}.", en_date(*first), en_date(*last))
            }
            Why::NoCorrespondingDay { wanted, month_end } => format!(
                "The month has no day {wanted}; its last day, {}, takes its place (Civil Code art. 202).",
                en_date(*month_end)
            ),
            Why::PassedOver { day } => {
                format!("{} is not a working day: the end moves on.", en_day(day))
            }
            Why::RolledTo { day } => {
                format!("The last day moves to {} (Civil Code art. 203).", en_day(day))
            }
            Why::Suspended { from, to, remaining, last } => format!(
                "Suspended from {}, running again on {} with {remaining} left, to {}.",
                en_date(*from),
                en_date(*to),
                en_date(*last)
            ),
            Why::Assumed { year } => format!(
                "The holiday arrangement for {year} is not published: Monday to Friday are assumed, and the date may change."
            ),
            Why::Ends { on } => format!("The term ends on {} at 24:00.", en_date(*on)),
            Why::Ran { from, to, term } => format!(
                "{term} from {} end on {}: hours run on through nights and days off and are not moved (Civil Code art. 201).",
                en_moment(*from),
                en_moment(*to)
            ),
            Why::StoodStill { from, to, until } => format!(
                "Suspended from {}, running again from {}; what was left ends on {}.",
                en_moment(*from),
                en_moment(*to),
                en_moment(*until)
            ),
            Why::EndsAt { at } => format!("The term ends on {}.", en_moment(*at)),
        }
    }
}

/// `2022年1月29日（星期六，春节调休上班）`
fn zh_day(day: &Day) -> String {
    let weekday = zh_weekday(day.date.weekday());
    let date = zh_date(day.date);
    match &day.why {
        DayWhy::Ordinary => format!("{date}（{weekday}）"),
        DayWhy::Weekend => format!("{date}（{weekday}，休息日）"),
        DayWhy::Holiday(name) => format!("{date}（{weekday}，{name}放假）"),
        DayWhy::MakeUp(name) => format!("{date}（{weekday}，{name}调休上班）"),
    }
}

/// `29 January 2022 (Saturday, make-up working day for Spring Festival)`
fn en_day(day: &Day) -> String {
    let weekday = en_weekday(day.date.weekday());
    let date = en_date(day.date);
    match &day.why {
        DayWhy::Ordinary => format!("{date} ({weekday})"),
        DayWhy::Weekend => format!("{date} ({weekday}, weekend)"),
        DayWhy::Holiday(name) => format!("{date} ({weekday}, off for {})", en_festival(name)),
        DayWhy::MakeUp(name) => format!("{date} ({weekday}, make-up working day for {})", en_festival(name)),
    }
}

/// The festival in English where it has a settled name; otherwise as the notice calls it.
fn en_festival(name: &str) -> &str {
    match name {
        "元旦" => "New Year's Day",
        "春节" => "Spring Festival",
        "清明节" => "Tomb-Sweeping Day",
        "劳动节" | "“五一”" | "“五一”国际劳动节" => "Labour Day",
        "端午节" => "Dragon Boat Festival",
        "中秋节" => "Mid-Autumn Festival",
        "国庆节" | "“十一”" => "National Day",
        "中秋节、国庆节" | "国庆节、中秋节" => "National Day and Mid-Autumn Festival",
        _ => name,
    }
}
