//! Terms and dates as people write them, and the errors they read.

use calendar::{
    Holidays, Rules, Suspension, Term, TimeError, Unit, Until, before_at, due, due_at, parse_date, plus, roll, suspend,
    zh_date,
};
use jiff::civil::date;

#[test]
fn terms_are_read() {
    for (text, length, unit) in [
        ("5 working-days", 5, Unit::WorkingDays),
        ("1 working-day", 1, Unit::WorkingDays),
        ("5 working days", 5, Unit::WorkingDays),
        ("10 days", 10, Unit::Days),
        ("1 day", 1, Unit::Days),
        ("2 weeks", 2, Unit::Weeks),
        ("1 month", 1, Unit::Months),
        ("2 years", 2, Unit::Years),
        ("24 hours", 24, Unit::Hours),
        ("5个工作日", 5, Unit::WorkingDays),
        ("五个工作日", 5, Unit::WorkingDays),
        ("7工作日", 7, Unit::WorkingDays),
        ("十日", 10, Unit::Days),
        ("30日", 30, Unit::Days),
        ("三十日内", 30, Unit::Days),
        ("15天以内", 15, Unit::Days),
        ("２０日", 20, Unit::Days),
        ("两周", 2, Unit::Weeks),
        ("1个星期", 1, Unit::Weeks),
        ("3个月", 3, Unit::Months),
        ("六个月", 6, Unit::Months),
        ("2年", 2, Unit::Years),
        ("两周年", 2, Unit::Years),
        ("24小时", 24, Unit::Hours),
        ("30 minutes", 30, Unit::Minutes),
        ("三十分钟内", 30, Unit::Minutes),
    ] {
        assert_eq!(text.parse(), Ok(Term::new(length, unit)), "{text}");
    }
}

#[test]
fn other_words_are_no_term() {
    for text in
        ["", "5", "days", "-5 days", "+5 days", "5 fortnights", "10月", "日", "数日", "1.5 days", "99999999999 days"]
    {
        let error = text.parse::<Term>().unwrap_err();
        assert!(error.to_string().contains("5 working-days"), "{error}");
    }
    for text in ["0 days", "0日"] {
        let error = text.parse::<Term>().unwrap_err();
        assert!(error.to_string().contains("至少为一"), "{error}");
    }
}

#[test]
fn terms_are_said() {
    for (term, written, said) in [
        (Term::new(5, Unit::WorkingDays), "5 working-days", "5个工作日"),
        (Term::new(1, Unit::WorkingDays), "1 working-day", "1个工作日"),
        (Term::new(10, Unit::Days), "10 days", "10日"),
        (Term::new(1, Unit::Months), "1 month", "1个月"),
        (Term::new(2, Unit::Years), "2 years", "2年"),
        (Term::new(2, Unit::Weeks), "2 weeks", "2周"),
        (Term::new(24, Unit::Hours), "24 hours", "24小时"),
        (Term::new(30, Unit::Minutes), "30 minutes", "30分钟"),
    ] {
        assert_eq!(term.to_string(), written);
        assert_eq!(term.zh(), said);
    }
}

#[test]
fn dates_are_read_and_written() {
    for text in ["2022-01-28", "2022-1-28", "2022年1月28日", "2022年01月28日", " 2022-01-28 "] {
        assert_eq!(parse_date(text), Ok(date(2022, 1, 28)), "{text}");
    }
    assert_eq!(zh_date(date(2022, 1, 28)), "2022年1月28日");
}

#[test]
fn dates_that_are_none_are_explained() {
    for (text, said) in [
        ("2022-02-30", "没有2022年2月30日这一天"),
        ("2022年13月1日", "没有2022年13月1日这一天"),
        ("28.1.2022", "日期请写作2022-01-28或2022年1月28日"),
        ("2022年1月", "日期请写作"),
        ("22-01-28", "日期请写作"),
        ("2022-01-28T10:00", "日期请写作"),
        ("", "日期请写作"),
        ("二〇二二年一月", "日期请写作"),
    ] {
        let error = parse_date(text).unwrap_err().to_string();
        assert!(error.contains(said), "{text}: {error}");
        assert!(error.contains(text), "{text}: {error}");
    }
}

#[test]
fn computing_refuses_what_makes_no_sense() {
    let (rules, holidays) = (Rules::default(), Holidays::built_in());
    let compute = |event_on, length, unit| due(event_on, Term::new(length, unit), &rules, &holidays).map(|due| due.on);
    let day = date(2022, 3, 1);
    assert_eq!(compute(day, 0, Unit::Days), Err(TimeError::ZeroTerm));
    assert_eq!(compute(day, 0, Unit::WorkingDays), Err(TimeError::ZeroTerm));
    let hours = Term::new(24, Unit::Hours);
    assert_eq!(compute(day, 24, Unit::Hours), Err(TimeError::HoursNeedMoment { term: hours }));
    for unit in [Unit::Days, Unit::WorkingDays, Unit::Weeks, Unit::Months, Unit::Years] {
        assert_eq!(compute(day, u32::MAX, unit), Err(TimeError::OutOfRange), "{unit:?}");
    }
    assert_eq!(compute(date(2199, 12, 31), 1, Unit::WorkingDays), Err(TimeError::OutOfRange));
    assert_eq!(compute(date(1899, 12, 31), 1, Unit::Days), Err(TimeError::OutOfRange));
    let working_days = Term::new(5, Unit::WorkingDays);
    assert_eq!(plus(day, working_days), Err(TimeError::WorkingDaysNeedHolidays { term: working_days }));
    let review = due(day, Term::new(15, Unit::Days), &rules, &holidays).unwrap();
    let backwards = Suspension { from: date(2022, 3, 10), to: date(2022, 3, 9) };
    assert!(matches!(suspend(&review, backwards, &rules, &holidays), Err(TimeError::SuspensionBackwards { .. })));
}

#[test]
fn a_missing_year_is_named_in_both_languages() {
    let error = TimeError::NoHolidayData { year: 2027 }.to_string();
    assert!(error.starts_with("尚无2027年的放假安排"), "{error}");
    assert!(error.contains("no holiday arrangement for 2027"), "{error}");
}

#[test]
fn hours_run_through_nights_and_days_off() {
    let found_at = date(2022, 9, 30).at(16, 30, 0, 0);
    assert_eq!(due_at(found_at, Term::new(24, Unit::Hours)), Ok(date(2022, 10, 1).at(16, 30, 0, 0)));
    let days = Term::new(1, Unit::Days);
    assert_eq!(due_at(found_at, days), Err(TimeError::NotHours { term: days }));
    assert_eq!(before_at(found_at, Term::new(90, Unit::Minutes)), Ok(date(2022, 9, 30).at(15, 0, 0, 0)));
    assert_eq!(due_at(found_at, Term::new(u32::MAX, Unit::Hours)), Err(TimeError::OutOfRange));
    assert_eq!(due_at(found_at, Term::new(0, Unit::Hours)), Err(TimeError::ZeroTerm));
}

#[test]
fn a_fraction_of_a_second_is_left_out() {
    let reported_at = date(2022, 9, 30).at(16, 30, 12, 999_999_999);
    assert_eq!(due_at(reported_at, Term::new(1, Unit::Hours)), Ok(date(2022, 9, 30).at(17, 30, 12, 0)));
    let until = Until::moment(date(2022, 9, 30).at(17, 0, 0, 1));
    assert!(!until.is_over(date(2022, 9, 30).at(17, 0, 0, 999_999_999)), "the whole second is in time");
    assert!(until.is_over(date(2022, 9, 30).at(17, 0, 1, 0)));
}

#[test]
fn ends_are_in_order_of_time() {
    let day = date(2022, 3, 9);
    let sorted = [
        Until::day(date(2022, 3, 8)),
        Until::moment(day.at(0, 0, 0, 0)),
        Until::moment(day.at(17, 0, 0, 0)),
        Until::day(day),
    ];
    assert!(sorted.is_sorted());
    assert_eq!(sorted.map(Until::zh)[1..], ["2022年3月9日00:00", "2022年3月9日17:00", "2022年3月9日"]);
}

#[test]
fn a_fixed_day_rolls() {
    let (rules, holidays) = (Rules::default(), Holidays::built_in());
    assert_eq!(roll(date(2022, 7, 10), &rules, &holidays), Ok(date(2022, 7, 11)));
    assert_eq!(roll(date(2022, 10, 8), &rules, &holidays), Ok(date(2022, 10, 8)));
}
