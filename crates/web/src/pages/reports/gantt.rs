//! A report as a Gantt chart: a bar for each line, or for each group where the view sums up.

use crate::components::gantt::{Bar, GanttRow, gantt};
use crate::reports::{Look, shown};
use engine::view::Report;
use jiff::civil::Date;
use maud::Markup;
use regulation::expr::Value;
use regulation::model::view::Gantt;

/// The chart.
pub(super) fn drawn(look: &Look<'_>, report: &Report, gantt_of: &Gantt) -> Markup {
    let lines = report.lines.iter().map(|line| (line.values.as_slice(), line.late));
    let groups = report.groups.iter().map(|group| (group.values.as_slice(), group.late > 0));
    let rows = match look.view.sums() {
        true => groups.filter_map(|(values, late)| row(look, gantt_of, values, late)).collect(),
        false => lines.filter_map(|(values, late)| row(look, gantt_of, values, late)).collect(),
    };
    let chart =
        crate::components::gantt::Gantt { title: look.title().to_owned(), rows, today: look.visitor.now.date() };
    gantt(look.visitor.lang, &chart)
}

/// A row; none where no day is known. A single pair of days is what came of it.
fn row(look: &Look<'_>, gantt_of: &Gantt, values: &[Value], late: bool) -> Option<GanttRow> {
    let (by, column) = look.view.column(&gantt_of.by)?;
    let bars: Vec<Option<Bar>> = gantt_of.spans.iter().map(|(from, to)| bar(look, from, to, values)).collect();
    let (planned, actual) = match bars.as_slice() {
        [planned, actual] => (planned.filter(|bar| bar.to.is_some()), *actual),
        [actual] => (None, *actual),
        _ => (None, None),
    };
    let label = shown(look.names(look.visitor.lang), column, &values[by]);
    (planned.is_some() || actual.is_some()).then_some(GanttRow { label, planned, actual, late })
}

/// From the value of one column to that of the other; without a first day there is no bar.
fn bar(look: &Look<'_>, from: &str, to: &str, values: &[Value]) -> Option<Bar> {
    let value = |name: &str| look.view.column(name).map(|(index, _)| &values[index]);
    Some(Bar { from: day(value(from)?)?, to: value(to).and_then(day) })
}

fn day(value: &Value) -> Option<Date> {
    match value {
        Value::Date(day) => Some(*day),
        Value::Moment(moment) => Some(moment.date()),
        _ => None,
    }
}
