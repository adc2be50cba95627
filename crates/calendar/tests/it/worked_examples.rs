//! Every due date of `worked-examples.md`.

use calendar::{
    BeyondData, Due, Holidays, Roll, Rules, Suspension, Term, TimeError, before, due, due_on, parse_date, plus, suspend,
};
use jiff::civil::Date;

#[test]
fn worked_examples_hold() {
    let holidays = Holidays::built_in();
    let mut examples = 0;
    for line in include_str!("worked-examples.md").lines() {
        let Some(example) = Example::read(line) else {
            continue;
        };
        assert_eq!(example.outcome(&holidays), (example.raw.clone(), example.last.clone()), "{line}");
        examples += 1;
    }
    assert!(examples > 80, "only {examples} examples were read from the table");
}

#[test]
fn a_term_is_over_at_midnight_after_its_last_day() {
    // hs-t22, hs-t25, hs-t27, hs-t87, hs-t102: the alarm or effect at 00:00.
    let holidays = Holidays::built_in();
    for (event_on, term, over_at) in [
        ("2022-03-01", "5 days", "2022-03-08T00:00:00"),
        ("2022-03-04", "5 days", "2022-03-10T00:00:00"),
        ("2022-04-29", "5 days", "2022-05-06T00:00:00"),
        ("2022-06-10", "90 days", "2022-09-09T00:00:00"),
        ("2022-03-01", "10 days", "2022-03-12T00:00:00"),
    ] {
        let due = due(date(event_on), term_of(term), &Rules::default(), &holidays).unwrap();
        assert_eq!(due.expires_at().to_string(), over_at, "{event_on} + {term}");
    }
}

/// One line of the table.
struct Example {
    event_on: Date,
    term: Term,
    rules: Vec<String>,
    raw: String,
    last: String,
}

impl Example {
    fn read(line: &str) -> Option<Example> {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [_, event_on, term, rules, raw, last] = cells[..] else {
            return None;
        };
        Some(Example {
            event_on: parse_date(event_on).ok()?,
            term: term_of(term),
            rules: rules.split(';').map(|rule| rule.trim().to_owned()).collect(),
            raw: raw.to_owned(),
            last: last.to_owned(),
        })
    }

    /// The raw and the last day, or the refusal in place of both.
    fn outcome(&self, holidays: &Holidays) -> (String, String) {
        match self.compute(holidays) {
            Ok((raw, last)) => (raw, last),
            Err(TimeError::NoHolidayData { year }) => (format!("no data for {year}"), format!("no data for {year}")),
            Err(error) => panic!("{} + {}: {error}", self.event_on, self.term),
        }
    }

    fn compute(&self, holidays: &Holidays) -> Result<(String, String), TimeError> {
        let rules = self.rules();
        let same = |date: Date| (date.to_string(), date.to_string());
        if self.says("before") {
            return before(self.event_on, self.term, &rules, holidays).map(same);
        }
        if self.says("plus") {
            return plus(self.event_on, self.term).map(same);
        }
        let mut due = due(self.event_on, self.term, &rules, holidays)?;
        assert_eq!(due_on(self.event_on, self.term, &rules, holidays)?, due.on);
        for suspension in self.suspensions() {
            due = suspend(&due, suspension, &rules, holidays)?;
        }
        Ok((due.raw.to_string(), last_day(&due)))
    }

    fn rules(&self) -> Rules {
        Rules {
            roll: if self.says("no-roll") { Roll::None } else { Roll::NextWorkingDay },
            count_event_day: self.says("count-event-day"),
            days_are_working_days: self.says("all-working"),
            receipt_next_working_day: self.says("next-working-day"),
            beyond_data: if self.says("refuse") { BeyondData::Refuse } else { BeyondData::Assume },
        }
    }

    fn says(&self, rule: &str) -> bool {
        self.rules.iter().any(|said| said == rule)
    }

    fn suspensions(&self) -> impl Iterator<Item = Suspension> {
        self.rules.iter().filter_map(|rule| {
            let (from, to) = rule.strip_prefix("suspended ")?.split_once("..")?;
            Some(Suspension { from: date(from), to: date(to) })
        })
    }
}

fn last_day(due: &Due) -> String {
    let provisional = if due.provisional { " provisional" } else { "" };
    format!("{}{provisional}", due.on)
}

fn date(text: &str) -> Date {
    parse_date(text).expect("the tests write dates that exist")
}

fn term_of(text: &str) -> Term {
    text.parse().expect("the tests write terms that are read")
}
