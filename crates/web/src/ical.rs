//! Calendars as programs subscribe to them (iCalendar, RFC 5545 and 7986). They leave for phones and programs of others, so no title goes along:
//! titles name people. Times are the county's own and carry no zone, so that each reads as on the matter's page.

use crate::forms::names::Names;
use jiff::ToSpan;
use jiff::civil::DateTime;
use store::pages::Todo;

/// Bytes of a line (§3.1); what is longer goes on in the next one behind a blank.
const LINE_BYTES: usize = 75;
/// How often a program that subscribes looks again, at most.
const REFRESH: &str = "PT4H";

/// The media type.
pub const MEDIA: &str = "text/calendar; charset=utf-8";

/// A calendar of what is due: its name, and where the matters' pages are.
///
/// An event is known again by its matter. It rises in sequence with each act on it, and says when the last one was: the same state gives the
/// same bytes.
#[must_use]
pub fn calendar(names: Names<'_>, name: &str, url: &str, todos: &[Todo]) -> String {
    let mut out = String::new();
    for line in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Gongbao//Gongbao//ZH", "CALSCALE:GREGORIAN"] {
        put(&mut out, line);
    }
    for property in ["NAME", "X-WR-CALNAME"] {
        put(&mut out, &format!("{property}:{}", escaped(name)));
    }
    put(&mut out, &format!("REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}"));
    put(&mut out, &format!("X-PUBLISHED-TTL:{REFRESH}"));
    todos.iter().for_each(|todo| event(&mut out, names, url, todo));
    put(&mut out, "END:VCALENDAR");
    out
}

fn event(out: &mut String, names: Names<'_>, url: &str, todo: &Todo) {
    let (Some(due), Some(matter)) = (todo.due, names.world.matter(&todo.matter)) else { return };
    let page = format!("{url}/matters/{}", todo.matter);
    let changed = in_utc(matter.acts.last().map_or(matter.opened_at, |act| act.at));
    put(out, "BEGIN:VEVENT");
    put(out, &format!("UID:{page}"));
    put(out, &format!("DTSTAMP:{changed}"));
    put(out, &format!("LAST-MODIFIED:{changed}"));
    put(out, &format!("SEQUENCE:{}", matter.seq));
    match due.time {
        Some(_) => put(out, &format!("DTSTART:{}", due.ends_at().strftime("%Y%m%dT%H%M%S"))),
        None => put(out, &format!("DTSTART;VALUE=DATE:{}", due.on.strftime("%Y%m%d"))),
    }
    put(out, &format!("SUMMARY:{}", escaped(&called(names, todo))));
    put(out, &format!("URL:{page}"));
    put(out, "TRANSP:TRANSPARENT");
    put(out, "END:VEVENT");
}

/// The step, the procedure and the number: what is about nobody.
fn called(names: Names<'_>, todo: &Todo) -> String {
    let model = names.world.rulebook().procedure(&todo.procedure).map(|(_, model)| model);
    let step = model.map_or_else(|| todo.step.clone(), |model| names.step(model, &todo.step));
    let procedure = model.map_or(todo.procedure.as_str(), |model| names.lang.label(&model.title));
    let number = todo.number.as_deref().unwrap_or_default();
    format!("{step}：{procedure} {number}").trim().to_owned()
}

/// County time is eight hours before UTC.
fn in_utc(now: DateTime) -> String {
    now.saturating_sub(8.hours()).strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// A text as a value (§3.3.11).
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' | ';' | ',' => out.extend(['\\', letter]),
            '\n' => out.push_str("\\n"),
            letter if letter.is_control() => {}
            letter => out.push(letter),
        }
    }
    out
}

fn put(out: &mut String, line: &str) {
    let mut room = LINE_BYTES;
    for letter in line.chars() {
        if letter.len_utf8() > room {
            out.push_str("\r\n ");
            room = LINE_BYTES - 1;
        }
        room -= letter.len_utf8();
        out.push(letter);
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::datetime;

    #[test]
    fn long_lines_are_folded_between_letters() {
        let mut out = String::new();
        put(&mut out, &format!("SUMMARY:{}", "公".repeat(60)));
        let lines: Vec<&str> = out.strip_suffix("\r\n").unwrap().split("\r\n").collect();
        assert!(lines.len() == 3 && lines.iter().all(|line| line.len() <= LINE_BYTES), "{lines:?}");
        let whole: String =
            lines.iter().enumerate().map(|(place, line)| if place == 0 { line } else { &line[1..] }).collect();
        assert_eq!(whole, format!("SUMMARY:{}", "公".repeat(60)));
    }

    #[test]
    fn what_stands_in_a_title_ends_no_line() {
        assert_eq!(escaped("甲\r\nEND:VEVENT;a,b\\"), "甲\\nEND:VEVENT\\;a\\,b\\\\");
    }

    #[test]
    fn stamps_are_in_utc() {
        assert_eq!(in_utc(datetime(2024, 4, 10, 7, 30, 0, 0)), "20240409T233000Z");
    }
}
