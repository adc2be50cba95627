//! Functions of plain values.

use super::document_number;
use super::identity;
use super::likeness;
use super::personal;
use super::typed::Function;
use super::value::{Unit, Value};
use calendar::Term;
use jiff::ToSpan;
use jiff::civil::{Date, DateTime};
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
        Function::Lunar => Value::Text(calendar::lunar(first.as_date()?).ok()?.zh_day()),
        Function::Moment => Value::Moment(moment(first.as_date()?, arguments.get(1)?.as_text()?)?),
        Function::Concat => Value::Text(concat(arguments)?),
        Function::MonthEnd => Value::Date(first.as_date()?.last_of_month()),
        Function::Date => Value::Date(date_of(arguments)?),
        Function::DaysBetween => whole(days_between(first.as_date()?, arguments.get(1)?.as_date()?)),
        Function::Contains => Value::Bool(first.as_text()?.contains(arguments.get(1)?.as_text()?)),
        Function::Alike => {
            let percent = likeness::percent(first.as_text()?, arguments.get(1)?.as_text()?);
            Value::Number(percent.into(), Unit::symbol("percent"))
        }
        Function::StartsWith => Value::Bool(first.as_text()?.starts_with(arguments.get(1)?.as_text()?)),
        Function::EndsWith => Value::Bool(first.as_text()?.ends_with(arguments.get(1)?.as_text()?)),
        Function::PersonalIn => Value::Codes(personal::found_in(first.as_text()?)),
        Function::Masked => Value::Text(personal::masked(first.as_text()?)),
        Function::Figures => Value::Text(figures_of(first)?),
        Function::DocumentNumber => Value::Text(document_number::normal(first.as_text()?)),
        Function::Overlap => square_millimetres(plot_of(first)?.overlap(plot_of(arguments.get(1)?)?)?)?,
        _ => return None,
    })
}

/// The moment of a day at a time; its 24:00 is the beginning of the day after.
fn moment(day: Date, time: &str) -> Option<DateTime> {
    if time == "24:00" {
        return Some(day.tomorrow().ok()?.at(0, 0, 0, 0));
    }
    Some(day.to_datetime(calendar::parse_time(time).ok()?))
}

/// Values one behind the other; `None` where one is missing.
fn concat(values: &[Value]) -> Option<String> {
    let given = |value: &Value| (!value.is_missing()).then(|| value.show());
    values.iter().map(given).collect()
}

/// The figures of a report, or of several one below the other.
fn figures_of(value: &Value) -> Option<String> {
    match value {
        Value::Figures(figures) => Some(figures.markdown()),
        Value::List(reports) => {
            let texts: Vec<String> = reports.iter().filter_map(figures_of).collect();
            (!texts.is_empty()).then(|| texts.join("\n\n"))
        }
        _ => None,
    }
}

fn plot_of(value: &Value) -> Option<&plots::Plot> {
    match value {
        Value::Plot(plot) => Some(plot),
        _ => None,
    }
}

fn square_millimetres(area: i128) -> Option<Value> {
    Some(Value::Number(Decimal::try_from_i128_with_scale(area, 6).ok()?, Unit::symbol("m²")))
}

/// A member of a plot: its area and spans exact, as they follow from whole millimetres; `None` if there is no such member.
#[must_use]
pub fn of_plot(plot: &plots::Plot, name: &str) -> Option<Value> {
    let metres = |millimetres: i64| Some(Value::Number(Decimal::new(millimetres, 3), Unit::symbol("m")));
    match name {
        // A half of a square millimetre is 5 × 10⁻⁷ m².
        "area" => {
            let area = plot.area_halves().checked_mul(5)?;
            Some(Value::Number(Decimal::try_from_i128_with_scale(area, 7).ok()?.normalize(), Unit::symbol("m²")))
        }
        "corners" => Some(whole(plot.corner_count() as i128)),
        "east-west" => metres(plot.spans().0),
        "north-south" => metres(plot.spans().1),
        _ => None,
    }
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
        calendar::Unit::Minutes | calendar::Unit::Hours | calendar::Unit::WorkingDays => return None,
    };
    let earlier = date.checked_sub(span.ok()?).ok()?;
    (calendar::EARLIEST..=calendar::LATEST).contains(&earlier).then_some(earlier)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]
mod tests {
    use super::*;

    fn plot(text: &str) -> Value {
        Value::Plot(plots::read(text).unwrap().into())
    }

    fn figure(value: &Value) -> String {
        value.show()
    }

    #[test]
    fn areas_and_spans_of_plots_are_exact() {
        let Value::Plot(half) = plot("4133000.000 37516000 / 4133000.001 37516000.001 / 4133000.000 37516000.001")
        else {
            panic!()
        };
        let area = of_plot(&half, "area").unwrap();
        assert_eq!(area, Value::Number("0.0000005".parse().unwrap(), Unit::symbol("m²")), "half a square millimetre");
        let Value::Plot(tape) = plot("东西 12.5 / 南北 16") else { panic!() };
        let member = |name: &str| figure(&of_plot(&tape, name).unwrap());
        assert_eq!(["area", "corners", "east-west", "north-south"].map(member), ["200 m²", "4", "12.5 m", "16 m"]);
        assert_eq!(of_plot(&tape, "owner"), None);
    }

    #[test]
    fn overlap_is_an_area_and_missing_where_nobody_can_tell() {
        let one = plot("4133000 37516000 / 4133000 37516012 / 4132985 37516012 / 4132985 37516000");
        let other = plot("4133000 37516011 / 4133000 37516023 / 4132985 37516023 / 4132985 37516011");
        let tape = plot("东西 12.5 / 南北 16");
        let overlap = |one: &Value, other: &Value| of_values(Function::Overlap, &[one.clone(), other.clone()]);
        assert_eq!(figure(&overlap(&one, &other)), "15 m²");
        assert_eq!(overlap(&one, &tape), Value::Missing);
        assert_eq!(overlap(&one, &Value::Missing), Value::Missing);
    }
}
