//! Functions of plain values.

use super::identity;
use super::personal;
use super::typed::Function;
use super::value::{Unit, Value};
use calendar::Term;
use jiff::ToSpan;
use jiff::civil::Date;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// A function of the values of its arguments; missing where one is.
pub(super) fn of_values(function: Function, arguments: &[Value]) -> Value {
    apply(function, arguments).unwrap_or_default()
}

fn apply(function: Function, arguments: &[Value]) -> Option<Value> {
    let first = arguments.first()?;
    Some(match function {
        Function::Birth => Value::Date(identity::birth(first.as_text()?)?),
        Function::Sex => Value::Code(identity::sex(first.as_text()?)?.to_owned()),
        Function::Age => whole(identity::age(first.as_text()?, arguments.get(1)?.as_date()?)?.into()),
        Function::Year => whole(first.as_date()?.year().into()),
        Function::Quarter => whole((i128::from(first.as_date()?.month()) + 2) / 3),
        Function::MonthEnd => Value::Date(first.as_date()?.last_of_month()),
        Function::Date => Value::Date(date_of(arguments)?),
        Function::DaysBetween => whole(days_between(first.as_date()?, arguments.get(1)?.as_date()?)),
        Function::Contains => Value::Bool(first.as_text()?.contains(arguments.get(1)?.as_text()?)),
        Function::StartsWith => Value::Bool(first.as_text()?.starts_with(arguments.get(1)?.as_text()?)),
        Function::EndsWith => Value::Bool(first.as_text()?.ends_with(arguments.get(1)?.as_text()?)),
        Function::PersonalIn => Value::Codes(personal::found_in(first.as_text()?)),
        Function::Masked => Value::Text(personal::masked(first.as_text()?)),
        _ => return None,
    })
}

/// A whole number without unit.
pub(super) fn whole(number: i128) -> Value {
    match Decimal::try_from_i128_with_scale(number, 0) {
        Ok(number) => Value::Number(number, Unit::none()),
        Err(_) => Value::Missing,
    }
}

/// The date of a year, month and day; `None` where the calendar has no such day, or it lies beyond what is counted.
fn date_of(arguments: &[Value]) -> Option<Date> {
    let [year, month, day] = arguments else {
        return None;
    };
    let number = |value: &Value| match value {
        Value::Number(number, _) if number.fract().is_zero() => number.to_i16(),
        _ => None,
    };
    let small = |value: &Value| number(value).and_then(|number| i8::try_from(number).ok());
    let date = Date::new(number(year)?, small(month)?, small(day)?).ok()?;
    (calendar::EARLIEST..=calendar::LATEST).contains(&date).then_some(date)
}

/// How many days the second date lies after the first.
fn days_between(from: Date, to: Date) -> i128 {
    from.until(to).map_or(0, |span| i128::from(span.get_days()))
}

/// The corresponding day a term earlier, never rolled; `None` for working days and hours, which need more than a date.
pub(super) fn minus(date: Date, term: Term) -> Option<Date> {
    let length = i64::from(term.length);
    let span = match term.unit {
        calendar::Unit::Days => 0.days().try_days(length),
        calendar::Unit::Weeks => 0.days().try_weeks(length),
        calendar::Unit::Months => 0.days().try_months(length),
        calendar::Unit::Years => 0.days().try_years(length),
        calendar::Unit::Hours | calendar::Unit::WorkingDays => return None,
    };
    let earlier = date.checked_sub(span.ok()?).ok()?;
    (calendar::EARLIEST..=calendar::LATEST).contains(&earlier).then_some(earlier)
}
