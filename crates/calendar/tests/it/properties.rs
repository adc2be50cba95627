//! What must hold for every date, term and arrangement.

use std::sync::LazyLock;

use calendar::{Fact, Holidays, Kind, Roll, Rules, Suspension, Term, Unit, due, due_on, parse_date, suspend, zh_date};
use jiff::Span;
use jiff::civil::{Date, date};
use proptest::prelude::*;

static BUILT_IN: LazyLock<Holidays> = LazyLock::new(Holidays::built_in);

proptest! {
    #[test]
    fn one_more_day_off_never_makes_a_due_date_earlier(
        event_on in days(), term in terms(), rules in rules(), offset in 0i32..400,
    ) {
        let off = Fact {
            date: later(event_on, offset),
            kind: Kind::Off,
            name: "县庆".to_owned(),
            known_since: Some(Date::MAX),
        };
        let before = due_on(event_on, term, &rules, &BUILT_IN)?;
        let after = due_on(event_on, term, &rules, &BUILT_IN.clone().with_facts([off]))?;
        prop_assert!(after >= before);
    }

    #[test]
    fn a_due_date_is_not_before_its_event(event_on in days(), term in terms(), rules in rules()) {
        let due = due(event_on, term, &rules, &BUILT_IN)?;
        prop_assert!(due.on >= event_on);
        prop_assert!(due.on >= due.raw && due.raw >= due.starts_on);
    }

    #[test]
    fn a_rolled_day_is_a_working_day(event_on in days(), term in terms(), rules in rules()) {
        let due = due(event_on, term, &rules, &BUILT_IN)?;
        let unrolled = rules.roll == Roll::None && due.unit != Unit::WorkingDays;
        prop_assert!(unrolled || BUILT_IN.is_working_day(due.on));
    }

    #[test]
    fn with_and_without_reasons_agree(event_on in days(), term in terms(), rules in rules()) {
        let explained = due(event_on, term, &rules, &BUILT_IN)?.on;
        prop_assert_eq!(due_on(event_on, term, &rules, &BUILT_IN)?, explained);
    }

    #[test]
    fn working_days_agree_with_counting_by_hand(event_on in days(), length in 1u32..80) {
        let term = Term::new(length, Unit::WorkingDays);
        let due_on = due_on(event_on, term, &Rules::default(), &BUILT_IN)?;
        let mut day = event_on;
        let mut counted = 0;
        while counted < length {
            day = later(day, 1);
            if BUILT_IN.day(day).working {
                counted += 1;
            }
        }
        prop_assert_eq!(due_on, day);
    }

    #[test]
    fn the_table_agrees_with_the_facts(day in days()) {
        prop_assert_eq!(BUILT_IN.is_working_day(day), BUILT_IN.day(day).working);
    }

    #[test]
    fn a_suspension_of_no_days_changes_nothing(
        event_on in days(), term in terms(), rules in rules(), offset in -10i32..100,
    ) {
        let before = due(event_on, term, &rules, &BUILT_IN)?;
        let at = later(event_on, offset);
        let after = suspend(&before, Suspension { from: at, to: at }, &rules, &BUILT_IN)?;
        prop_assert_eq!(after, before);
    }

    #[test]
    fn a_suspension_never_makes_a_due_date_earlier_nor_lets_it_fall_within(
        event_on in days(), term in terms(), rules in rules(), offset in -10i32..100, length in 1i32..60,
    ) {
        let before = due(event_on, term, &rules, &BUILT_IN)?;
        let from = later(event_on, offset);
        let to = later(from, length);
        let after = suspend(&before, Suspension { from, to }, &rules, &BUILT_IN)?;
        prop_assert!(after.on >= before.on);
        prop_assert!(!(from..to).contains(&after.on));
    }

    #[test]
    fn terms_are_read_as_written(length in 1u32.., unit in units()) {
        let term = Term::new(length, unit);
        prop_assert_eq!(term.to_string().parse(), Ok(term));
        prop_assert_eq!(term.zh().parse(), Ok(term));
    }

    #[test]
    fn dates_are_read_as_written(day in days()) {
        prop_assert_eq!(parse_date(&day.to_string()), Ok(day));
        prop_assert_eq!(parse_date(&zh_date(day)), Ok(day));
    }

    #[test]
    fn no_text_makes_reading_panic(text in ".*") {
        let _ = text.parse::<Term>();
        let _ = text.parse::<calendar::Schedule>();
        let _ = parse_date(&text);
        let _ = Holidays::parse(&text);
    }
}

/// Days with data on both sides, and some beyond it.
fn days() -> impl Strategy<Value = Date> {
    (0i32..8_400).prop_map(|offset| later(date(2006, 12, 1), offset))
}

fn units() -> impl Strategy<Value = Unit> {
    prop::sample::select(vec![
        Unit::Minutes,
        Unit::Hours,
        Unit::Days,
        Unit::WorkingDays,
        Unit::Weeks,
        Unit::Months,
        Unit::Years,
    ])
}

/// Terms in days or longer, up to a few years.
fn terms() -> impl Strategy<Value = Term> {
    (1u32..40, units())
        .prop_filter("hours need a moment", |(_, unit)| !unit.is_of_clock())
        .prop_map(|(length, unit)| Term::new(length, unit))
}

fn rules() -> impl Strategy<Value = Rules> {
    (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
        |(rolls, count_event_day, days_are_working_days, receipt_next_working_day)| Rules {
            roll: if rolls { Roll::NextWorkingDay } else { Roll::None },
            count_event_day,
            days_are_working_days,
            receipt_next_working_day,
            ..Rules::default()
        },
    )
}

fn later(date: Date, offset_days: i32) -> Date {
    date.checked_add(Span::new().days(offset_days)).expect("test dates stay within the calendar")
}
