//! Recurring duties: their periods, their names, their words.

use calendar::{Schedule, parse_date, periods};
use jiff::civil::{Date, date, time};

/// Schedule, first and last day looked at, and the periods as `from..to name`.
#[test]
fn periods_follow_each_other() {
    let cases: [(&str, &str, &str, &[&str]); 13] = [
        (
            "xun",
            "2022-02-15",
            "2022-03-01",
            &[
                "2022-02-11..2022-02-20 2022年2月中旬",
                "2022-02-21..2022-02-28 2022年2月下旬",
                "2022-03-01..2022-03-10 2022年3月上旬",
            ],
        ),
        (
            "month",
            "2022-04-30",
            "2022-05-01",
            &["2022-04-01..2022-04-30 2022年4月", "2022-05-01..2022-05-31 2022年5月"],
        ),
        (
            "month 10",
            "2022-04-10",
            "2022-04-11",
            &[
                "2022-03-11..2022-04-10 2022年3月11日至2022年4月10日",
                "2022-04-11..2022-05-10 2022年4月11日至2022年5月10日",
            ],
        ),
        (
            "month 31",
            "2022-02-28",
            "2022-03-01",
            &[
                "2022-02-01..2022-02-28 2022年2月1日至2022年2月28日",
                "2022-03-01..2022-03-31 2022年3月1日至2022年3月31日",
            ],
        ),
        (
            "quarter",
            "2022-06-30",
            "2022-07-01",
            &["2022-04-01..2022-06-30 2022年第二季度", "2022-07-01..2022-09-30 2022年第三季度"],
        ),
        (
            "half-year",
            "2022-06-30",
            "2022-07-01",
            &["2022-01-01..2022-06-30 2022年上半年", "2022-07-01..2022-12-31 2022年下半年"],
        ),
        ("year", "2022-06-30", "2022-12-31", &["2022-01-01..2022-12-31 2022年"]),
        (
            "year 12-25",
            "2022-12-25",
            "2022-12-26",
            &[
                "2021-12-26..2022-12-25 2021年12月26日至2022年12月25日",
                "2022-12-26..2023-12-25 2022年12月26日至2023年12月25日",
            ],
        ),
        (
            "week wed 17:00",
            "2022-03-02",
            "2022-03-03",
            &[
                "2022-02-24..2022-03-02 2022年2月24日至2022年3月2日",
                "2022-03-03..2022-03-09 2022年3月3日至2022年3月9日",
            ],
        ),
        ("week", "2022-03-01", "2022-03-06", &["2022-02-28..2022-03-06 2022年2月28日至2022年3月6日"]),
        (
            "every 10 days",
            "2022-03-01",
            "2022-03-11",
            &[
                "2022-03-01..2022-03-10 2022年3月1日至2022年3月10日",
                "2022-03-11..2022-03-20 2022年3月11日至2022年3月20日",
            ],
        ),
        (
            "every 10 days since last",
            "2022-03-01",
            "2022-03-11",
            &["2022-03-02..2022-03-11 2022年3月2日至2022年3月11日"],
        ),
        (
            "lunar 12-25",
            "2022-01-27",
            "2022-01-28",
            &[
                "2021-02-07..2022-01-27 2021年2月7日至2022年1月27日（辛丑年腊月廿五）",
                "2022-01-28..2023-01-16 2022年1月28日至2023年1月16日（壬寅年腊月廿五）",
            ],
        ),
    ];
    for (schedule, from, to, expected) in cases {
        let found: Vec<String> = periods(&read(schedule), day(from), day(to))
            .map(|period| format!("{}..{} {}", period.from, period.to, period.name()))
            .collect();
        assert_eq!(found, expected, "{schedule}");
    }
}

#[test]
fn periods_leave_no_day_out() {
    for schedule in
        ["xun", "month", "month 29", "quarter", "half-year", "year 02-29", "week fri", "lunar 12-30", "every 7 days"]
    {
        let mut next = None;
        for period in periods(&read(schedule), date(2019, 1, 1), date(2026, 12, 31)) {
            assert!(period.from <= period.to, "{schedule}: {period:?}");
            assert!(next.is_none_or(|next| next == period.from), "{schedule}: {period:?}");
            next = Some(period.to.tomorrow().unwrap());
        }
        assert!(next > Some(date(2026, 12, 31)), "{schedule}");
    }
}

#[test]
fn new_years_eve_is_the_last_day_of_the_lunar_year() {
    let ends: Vec<Date> =
        periods(&read("lunar 12-30"), date(2022, 1, 1), date(2024, 2, 9)).map(|period| period.to).collect();
    assert_eq!(ends, [date(2022, 1, 31), date(2023, 1, 21), date(2024, 2, 9)]);
}

#[test]
fn no_periods_in_no_days_or_out_of_range() {
    assert_eq!(periods(&Schedule::Xun, date(2022, 3, 2), date(2022, 3, 1)).count(), 0);
    assert_eq!(periods(&Schedule::Quarterly, date(2199, 12, 1), date(2205, 1, 1)).count(), 1);
    assert_eq!(periods(&Schedule::Xun, date(9999, 12, 31), date(9999, 12, 31)).count(), 1);
}

/// hs-t103 and hs-t104: by thirds of a month, a gap is seen the day after the third; hs-t105: after the month.
#[test]
fn periods_without_a_patrol() {
    let missed = |schedule: &str, from, to, patrols: &[&str]| -> Vec<String> {
        let patrolled = |from, to| patrols.iter().any(|patrol| (from..=to).contains(&day(patrol)));
        periods(&read(schedule), day(from), day(to))
            .filter(|period| !patrolled(period.from, period.to))
            .map(|period| period.to.tomorrow().unwrap().to_string())
            .collect()
    };
    let none: [String; 0] = [];
    assert_eq!(missed("xun", "2022-03-01", "2022-03-20", &["2022-03-01", "2022-03-20"]), none);
    assert_eq!(missed("xun", "2022-03-01", "2022-03-31", &["2022-03-10", "2022-03-21"]), ["2022-03-21"]);
    assert_eq!(missed("month", "2022-04-01", "2022-04-30", &[]), ["2022-05-01"]);
    assert_eq!(missed("month", "2022-04-01", "2022-04-30", &["2022-04-30"]), none);
}

/// hs-t102: rolling, so many days since the last time.
#[test]
fn the_next_due_day_after_a_duty_is_done() {
    for (schedule, done_on, next) in [
        ("every 10 days since last", "2022-03-01", "2022-03-11"),
        ("xun", "2022-03-01", "2022-03-20"),
        ("xun", "2022-03-10", "2022-03-20"),
        ("xun", "2022-03-20", "2022-03-31"),
        ("month", "2022-03-31", "2022-04-30"),
        ("quarter", "2022-06-30", "2022-09-30"),
        ("week wed 17:00", "2022-03-02", "2022-03-09"),
    ] {
        assert_eq!(read(schedule).next_due(day(done_on)), Ok(day(next)), "{schedule} done on {done_on}");
    }
}

#[test]
fn schedules_are_read_written_and_said() {
    for (text, written, said) in [
        ("every 10 days since last", "every 10 days since last", "距上次不超过10日"),
        ("every 30 days", "every 30 days", "每30日"),
        ("xun", "xun", "每旬"),
        ("week", "week sun", "每周星期日前"),
        ("week wed 17:00", "week wed 17:00", "每周星期三17:00前"),
        ("month", "month", "每月"),
        ("month 10", "month 10", "每月10日前"),
        ("quarter", "quarter", "每季度"),
        ("year", "year", "每年"),
        ("year 3-5", "year 03-05", "每年3月5日前"),
        ("lunar 12-25", "lunar 12-25", "每年农历腊月廿五前"),
    ] {
        let schedule = read(text);
        assert_eq!(schedule.to_string(), written);
        assert_eq!(read(written), schedule);
        assert_eq!(schedule.zh(), said);
    }
    assert_eq!(read("week wed 17:00").time(), Some(time(17, 0, 0, 0)));
}

#[test]
fn other_words_are_no_schedule() {
    for text in [
        "",
        "every 0 days",
        "every day",
        "week xyz",
        "week wed 25:00",
        "month 32",
        "year 13-01",
        "lunar 12-31",
        "often",
    ] {
        let error = text.parse::<Schedule>().unwrap_err();
        assert!(error.to_string().contains("week wed 17:00"), "{error}");
    }
}

fn read(text: &str) -> Schedule {
    text.parse().expect("the tests write schedules that are read")
}

fn day(text: &str) -> Date {
    parse_date(text).expect("the tests write dates that exist")
}
