//! The carried arrangement, and how it is read and completed.

use calendar::{DayWhy, Fact, Holidays, Kind, YearState};
use jiff::civil::{Date, Weekday, date};

#[test]
fn working_days_of_the_years() {
    let holidays = Holidays::built_in();
    for (year, expected) in [(2020, 249), (2021, 250), (2022, 249), (2023, 249), (2024, 251), (2025, 248), (2026, 248)]
    {
        let count = days_of(year).filter(|date| holidays.is_working_day(*date)).count();
        assert_eq!(count, expected, "{year}");
    }
}

#[test]
fn exceptions_of_2022() {
    let holidays = Holidays::built_in();
    let off = |date: &Date| !holidays.is_working_day(*date);
    let weekend = |date: &Date| matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
    let weekdays_off: Vec<Date> = days_of(2022).filter(|date| off(date) && !weekend(date)).collect();
    let weekends_worked: Vec<Date> = days_of(2022).filter(|date| !off(date) && weekend(date)).collect();
    let of_2022 =
        |days: &[(i8, i8)]| -> Vec<Date> { days.iter().map(|(month, day)| date(2022, *month, *day)).collect() };
    assert_eq!(
        weekdays_off,
        of_2022(&[
            (1, 3),
            (1, 31),
            (2, 1),
            (2, 2),
            (2, 3),
            (2, 4),
            (4, 4),
            (4, 5),
            (5, 2),
            (5, 3),
            (5, 4),
            (6, 3),
            (9, 12),
            (10, 3),
            (10, 4),
            (10, 5),
            (10, 6),
            (10, 7),
        ])
    );
    assert_eq!(weekends_worked, of_2022(&[(1, 29), (1, 30), (4, 2), (4, 24), (5, 7), (10, 8), (10, 9)]));
}

/// Days that other public tables lack or had wrong for a time.
#[test]
fn days_that_other_tables_lack() {
    let holidays = Holidays::built_in();
    for (day, working) in [
        (date(2013, 4, 7), true),
        (date(2013, 10, 12), true),
        (date(2020, 1, 31), false),
        (date(2020, 2, 3), true),
        (date(2015, 9, 3), false),
        (date(2015, 9, 6), true),
        (date(2020, 10, 8), false),
        (date(2022, 12, 31), false),
        (date(2007, 12, 29), true),
    ] {
        assert_eq!(holidays.is_working_day(day), working, "{day}");
        assert_eq!(holidays.day(day).working, working, "{day}");
    }
}

#[test]
fn statutory_days_are_off() {
    let holidays = Holidays::built_in();
    let statutory = [
        "2020: 1-1 1-25 1-26 1-27 4-4 5-1 6-25 10-1 10-2 10-3",
        "2021: 1-1 2-12 2-13 2-14 4-4 5-1 6-14 9-21 10-1 10-2 10-3",
        "2022: 1-1 2-1 2-2 2-3 4-5 5-1 6-3 9-10 10-1 10-2 10-3",
        "2023: 1-1 1-22 1-23 1-24 4-5 5-1 6-22 9-29 10-1 10-2 10-3",
        "2024: 1-1 2-10 2-11 2-12 4-4 5-1 6-10 9-17 10-1 10-2 10-3",
        "2025: 1-1 1-28 1-29 1-30 1-31 4-4 5-1 5-2 5-31 10-1 10-2 10-3 10-6",
        "2026: 1-1 2-16 2-17 2-18 2-19 4-5 5-1 5-2 6-19 9-25 10-1 10-2 10-3",
    ];
    for line in statutory {
        let (year, days) = line.split_once(": ").unwrap();
        for day in days.split(' ') {
            let date = calendar::parse_date(&format!("{year}-{day}")).unwrap();
            assert!(matches!(holidays.day(date).why, DayWhy::Holiday(_)), "{date}");
        }
    }
}

#[test]
fn every_day_has_its_reason() {
    let holidays = Holidays::built_in();
    for (day, why) in [
        (date(2022, 1, 28), DayWhy::Ordinary),
        (date(2022, 1, 29), DayWhy::MakeUp("春节".to_owned())),
        (date(2022, 1, 31), DayWhy::Holiday("春节".to_owned())),
        (date(2022, 2, 5), DayWhy::Holiday("春节".to_owned())),
        (date(2022, 2, 12), DayWhy::Weekend),
        // A Monday that a notice names as worked is a Monday like others.
        (date(2020, 2, 3), DayWhy::Ordinary),
    ] {
        assert_eq!(holidays.day(day).why, why, "{day}");
        assert!(!holidays.day(day).assumed, "{day}");
    }
    assert!(holidays.day(date(2027, 1, 1)).assumed);
    assert!(holidays.day(date(2027, 1, 1)).working, "assumed from the weekday, a Friday");
}

#[test]
fn years_2007_to_2026_are_complete() {
    let holidays = Holidays::built_in();
    assert!(holidays.complete_years().eq(2007..=2026));
    assert_eq!(holidays.state(2006), YearState::Assumed);
    assert_eq!(holidays.state(2026), YearState::Complete);
    assert_eq!(holidays.state(2027), YearState::Assumed);
}

#[test]
fn what_was_known_on_a_day() {
    let holidays = Holidays::built_in();
    for (known_on, day, working) in [
        (date(2020, 1, 26), date(2020, 2, 1), true),
        (date(2020, 1, 27), date(2020, 2, 1), false),
        (date(2020, 1, 26), date(2020, 1, 31), true),
        (date(2020, 1, 27), date(2020, 1, 31), false),
        (date(2019, 3, 21), date(2019, 5, 2), true),
        (date(2019, 3, 22), date(2019, 5, 2), false),
        (date(2019, 3, 21), date(2019, 5, 1), false),
        (date(2015, 5, 12), date(2015, 9, 3), true),
        (date(2015, 5, 13), date(2015, 9, 3), false),
    ] {
        let view = holidays.known_on(known_on);
        assert_eq!(view.is_working_day(day), working, "{day} as known on {known_on}");
        assert_eq!(view.day(day).working, working, "{day} as known on {known_on}");
    }
    assert_eq!(holidays.known_on(date(2025, 11, 3)).state(2026), YearState::Assumed);
    assert_eq!(holidays.known_on(date(2025, 11, 4)).state(2026), YearState::Complete);
}

#[test]
fn a_county_adds_a_year() {
    let new_year = fact(date(2027, 1, 1), Kind::Off);
    let worked = fact(date(2026, 12, 27), Kind::Work);
    let holidays = Holidays::built_in().with_year(2027, None, [new_year, worked]);
    assert_eq!(holidays.state(2027), YearState::Complete);
    assert!(!holidays.is_working_day(date(2027, 1, 1)));
    assert!(holidays.is_working_day(date(2026, 12, 27)), "a notice also arranges the December before");
    assert_eq!(holidays.state(2028), YearState::Assumed);
}

#[test]
fn merging_keeps_both_and_the_later_holds() {
    let ours = Holidays::from_facts([fact(date(2027, 1, 1), Kind::Off), fact(date(2027, 5, 1), Kind::Off)]);
    let theirs = Holidays::from_facts([fact(date(2027, 5, 1), Kind::Work), fact(date(2028, 1, 1), Kind::Off)]);
    let merged = ours.merge(theirs);
    assert!(merged.is_working_day(date(2027, 5, 1)));
    assert!(merged.complete_years().eq([2027, 2028]));
    assert_eq!(merged.facts().count(), 3);
}

#[test]
fn a_year_named_again_stays_known_since_the_first_time() {
    let known_since = |month| Fact { known_since: Some(date(2026, month, 5)), ..fact(date(2027, 1, 1), Kind::Off) };
    let earlier = Holidays::from_facts([known_since(11)]);
    let merged = earlier.merge(Holidays::from_facts([known_since(12)]));
    assert_eq!(merged.known_on(date(2026, 11, 5)).state(2027), YearState::Complete);
    assert_eq!(merged.known_on(date(2026, 11, 4)).state(2027), YearState::Assumed);
}

#[test]
fn without_facts_weekdays_decide() {
    let holidays = Holidays::none();
    assert!(holidays.is_working_day(date(2022, 2, 1)));
    assert!(!holidays.is_working_day(date(2022, 1, 29)));
    assert_eq!(holidays.state(2022), YearState::Assumed);
}

#[test]
fn faulty_lines_are_all_named() {
    let csv = "date,kind,name\n\
               2027-01-01,off,元旦\n\
               2027-02-30,off,春节\n\
               # a comment\n\
               2027-02-05,closed,春节\n\
               \n\
               2027-02-06,off\n\
               2027-02-07,off,\n\
               2027-01-01,work,元旦\n";
    let faults = Holidays::parse(csv).unwrap_err();
    let lines: Vec<usize> = faults.iter().map(|fault| fault.line).collect();
    assert_eq!(lines, [3, 5, 7, 8, 9]);
    assert!(faults[0].what.contains("没有2027年2月30日这一天"), "{}", faults[0]);
    assert!(faults[4].to_string().contains("2027-01-01 is already on line 2"), "{}", faults[4]);
}

#[test]
fn a_table_without_heading_is_refused() {
    assert_eq!(Holidays::parse("2027-01-01,off,元旦\n").unwrap_err()[0].line, 1);
    assert_eq!(Holidays::parse("").unwrap_err()[0].line, 1);
    assert!(Holidays::parse("\u{feff}date,kind,name,known_since\n2027-01-01,off,元旦,2026-11-05\n").is_ok());
}

fn fact(date: Date, kind: Kind) -> Fact {
    Fact { date, kind, name: "元旦".to_owned(), known_since: None }
}

fn days_of(year: i16) -> impl Iterator<Item = Date> {
    date(year, 1, 1).series(jiff::Span::new().days(1)).take_while(move |date| date.year() == year)
}
