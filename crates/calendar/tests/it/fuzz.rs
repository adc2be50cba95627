//! Whatever is typed as a date, a time, a term or a schedule, or stands in a file of holidays, is read or refused. What was read prints as it
//! reads, and computing with it ends in a day or a fault.

use calendar::{
    BeyondData, Cutoff, EARLIEST, Holidays, LATEST, Rules, Schedule, Term, before, before_at, due, due_at, parse_date,
    parse_time, periods, plus, read_number,
};
use jiff::ToSpan;
use jiff::civil::Date;

/// What dates, terms and schedules are made of, in any order.
const PIECES: [&str; 48] = [
    " ",
    "-",
    "/",
    ".",
    ":",
    ",",
    "0",
    "1",
    "2",
    "3",
    "5",
    "10",
    "12",
    "25",
    "29",
    "30",
    "31",
    "2022",
    "2199",
    "65535",
    "4294967295",
    "99999999999999999999",
    "年",
    "月",
    "日",
    "天",
    "周",
    "个工作日",
    "小时",
    "分钟",
    "以内",
    "十",
    "百",
    "万",
    "零",
    "〇",
    "廿",
    "working-days",
    "day",
    "days",
    "months",
    "hours",
    "every",
    "since",
    "last",
    "week",
    "lunar",
    "wed",
];

fn text(choices: &[u8]) -> String {
    choices.iter().take(24).map(|choice| PIECES[usize::from(*choice) % PIECES.len()]).collect()
}

/// A day that the calendar knows.
fn day(number: u32) -> Date {
    let days = i64::from(number % 109_000);
    EARLIEST.checked_add(days.days()).ok().filter(|day| *day <= LATEST).unwrap_or(LATEST)
}

fn count(term: Term, from: Date, holidays: &Holidays) {
    let rules = Rules { beyond_data: BeyondData::Assume, ..Rules::default() };
    let noon = from.at(12, 0, 0, 0);
    if let Ok(due) = due(from, term, &rules, holidays) {
        assert!(due.on >= due.raw && due.raw >= from, "{from} and {term} end on {}", due.on);
        assert!(due.expires_on() > due.on);
    }
    if let Ok(to) = plus(from, term) {
        assert!(to > from);
    }
    if let Ok(at) = due_at(noon, term) {
        assert!(at > noon);
    }
    if let Ok(earlier) = before(from, term, &rules, holidays) {
        assert!(earlier < from);
    }
    if let Ok(earlier) = before_at(noon, term) {
        assert!(earlier < noon);
    }
}

#[test]
fn no_text_is_more_than_a_date_a_time_a_term_or_a_schedule() {
    let holidays = Holidays::built_in();
    bolero::check!().with_iterations(20_000).with_type::<(Vec<u8>, u32, bool)>().for_each(|(choices, number, raw)| {
        let text = if *raw { String::from_utf8_lossy(choices).into_owned() } else { text(choices) };
        let from = day(*number);
        if let Ok(date) = parse_date(&text) {
            assert_eq!(parse_date(&date.to_string()), Ok(date));
        }
        if let Ok(time) = parse_time(&text) {
            assert_eq!((time.second(), time.subsec_nanosecond()), (0, 0));
        }
        if let Ok(cutoff) = text.parse::<Cutoff>() {
            let received = cutoff.received_on(from.at(23, 59, 0, 0));
            assert!(received == from || Some(received) == from.tomorrow().ok());
        }
        if let Ok(term) = text.parse::<Term>() {
            assert_eq!(term.to_string().parse::<Term>(), Ok(term));
            count(term, from, &holidays);
        }
        if let Ok(schedule) = text.parse::<Schedule>() {
            assert_eq!(schedule.to_string().parse::<Schedule>(), Ok(schedule));
            let to = from.checked_add(3.years()).unwrap_or(LATEST);
            let mut last = None;
            for period in periods(&schedule, from, to).take(400) {
                assert!(period.from <= period.to && last.is_none_or(|last: Date| last < period.from), "{schedule}");
                assert!(!period.name().is_empty());
                last = Some(period.to);
            }
            _ = schedule.next_due(from);
        }
        _ = read_number(&text);
    });
}

#[test]
fn no_file_of_holidays_is_more_than_holidays() {
    const CELLS: [&str; 16] = [
        "2022-01-01",
        "2022-01-02",
        "2022-02-30",
        "2199-12-31",
        "0000-00-00",
        "off",
        "work",
        "元旦",
        "",
        "\"",
        ",",
        "\n",
        "\r\n",
        "#",
        "2021-10-25",
        "date,kind,name\n",
    ];
    bolero::check!().with_iterations(4_000).with_type::<(Vec<u8>, u32)>().for_each(|(choices, number)| {
        let lines: Vec<String> = choices
            .chunks(4)
            .map(|line| line.iter().map(|cell| CELLS[usize::from(*cell) % CELLS.len()]).collect::<Vec<_>>().join(","))
            .collect();
        for head in ["date,kind,name\n", "date,kind,name,known_since\n", ""] {
            match Holidays::parse(&format!("{head}{}", lines.join("\n"))) {
                Ok(holidays) => {
                    for term in ["5 working-days", "15 days", "1 month"] {
                        count(term.parse().expect("a term"), day(*number), &holidays);
                    }
                }
                Err(faults) => assert!(!faults.is_empty() && faults.iter().all(|fault| fault.line > 0)),
            }
        }
    });
}
