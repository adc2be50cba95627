//! A deadline does not lie before the document that sets it (gz-d.20): 2月10日前 in a document of 15 February.

use jiff::civil::{Date, date};

use crate::model::{BlockKind, Code, Document};
use crate::reading::findings::Findings;

pub(super) fn check(document: &Document, findings: &mut Findings) {
    let Some(signed_on) = document.signed_on else { return };
    document.walk(&mut |block| {
        if matches!(block.kind, BlockKind::Date | BlockKind::Title) {
            return;
        }
        let lines = block.line_index();
        for (at, due) in deadlines(&block.text, signed_on.year()) {
            if due < signed_on {
                let zh = format!("期限{}早于成文日期", calendar::zh_date(due));
                findings.doubt(
                    lines.at(at),
                    Code::F23,
                    zh,
                    format!("the deadline {due} lies before the document's own date"),
                );
            }
        }
    });
}

/// The deadlines of a text: 2月10日前, 2022年1月底前, 2021年底前. Without a year it is the document's.
fn deadlines(text: &str, year: i16) -> Vec<(usize, Date)> {
    let days = text.match_indices("日前").filter_map(|(at, _)| Some((at, day_before(&text[..at], year)?)));
    let ends = text.match_indices("底前").filter_map(|(at, _)| Some((at, end_before(&text[..at], year)?)));
    days.chain(ends).collect()
}

/// …2022年2月10
fn day_before(text: &str, year: i16) -> Option<Date> {
    let (rest, day) = number_before(text)?;
    let (month, year) = month_before(rest, year)?;
    Date::new(year, month, i8::try_from(day).ok()?).ok()
}

/// …2022年1月 or …2021年
fn end_before(text: &str, year: i16) -> Option<Date> {
    if let Some(rest) = text.strip_suffix('年') {
        let (_, year) = number_before(rest).filter(|(_, year)| (1900..2200).contains(year))?;
        return Date::new(year, 12, 31).ok();
    }
    let (month, year) = month_before(text, year)?;
    Date::new(year, month, 1).ok().map(|_| date(year, month, 1).last_of_month())
}

/// …2022年1月, the year if it stands there.
fn month_before(text: &str, year: i16) -> Option<(i8, i16)> {
    let (rest, month) = number_before(text.strip_suffix('月')?)?;
    let printed = rest.strip_suffix('年').and_then(number_before).map(|(_, year)| year);
    Some((i8::try_from(month).ok()?, printed.unwrap_or(year)))
}

/// The number of at most four digits that a text ends with, and what stands before it.
fn number_before(text: &str) -> Option<(&str, i16)> {
    let text = text.trim_end();
    let digits = text.bytes().rev().take(5).take_while(u8::is_ascii_digit).count();
    let (rest, number) = text.split_at(text.len() - digits);
    Some((rest.trim_end(), number.parse().ok().filter(|_| digits <= 4)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deadlines_are_read_with_and_without_their_year() {
        for (text, expected) in [
            ("于2月10日前函复", Some(date(2022, 2, 10))),
            ("于 2021 年 3 月 4 日前报送", Some(date(2021, 3, 4))),
            ("2022年2月底前完成", Some(date(2022, 2, 28))),
            ("2021年底前完成", Some(date(2021, 12, 31))),
            ("2月30日前", None),
            ("届满前三十日", None),
            ("年底前", None),
            ("99999月底前", None),
        ] {
            assert_eq!(deadlines(text, 2022).first().map(|(_, due)| *due), expected, "{text}");
        }
    }
}
