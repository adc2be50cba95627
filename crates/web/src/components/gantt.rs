//! Gantt charts (甘特图): what takes time, a row for each, from day to day, with the line of today. What was planned is an open bar, what
//! came of it a full one below it; so they read in black and white. The table below says the same in figures.

use super::is_wide;
use crate::lang::Lang;
use jiff::civil::Date;
use maud::{Markup, html};

/// What is drawn.
#[derive(Debug, Clone)]
pub struct Gantt {
    /// What it shows.
    pub title: String,
    /// Rows in order.
    pub rows: Vec<GanttRow>,
    /// Today.
    pub today: Date,
}

/// A row.
#[derive(Debug, Clone, Default)]
pub struct GanttRow {
    /// Its name.
    pub label: String,
    /// What was planned, where that is known.
    pub planned: Option<Bar>,
    /// What came of it.
    pub actual: Option<Bar>,
    /// It is late.
    pub late: bool,
}

/// From a day to a day, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bar {
    /// The first day.
    pub from: Date,
    /// The last day; nothing while it goes on.
    pub to: Option<Date>,
}

/// Rows drawn at most; the table has all.
pub const ROWS_MAX: usize = 40;

const WIDTH: i32 = 400;
const LEFT: i32 = 4;
const RIGHT: i32 = 396;
/// Room above the rows: the legend, then the scale.
const LEGEND: i32 = 24;
const HEAD: i32 = 50;
/// A row: its name, then its bars.
const NAME: i32 = 20;
const BAR: i32 = 9;
const GAP: i32 = 7;
/// Names of days on the scale at most, so that they stand apart on a phone.
const TICKS_MAX: i32 = 6;
/// Letters of a name that fit beside its dates, full-width ones counting twice.
const NAME_WIDTH: usize = 34;

/// The chart; nothing where no row has a day.
#[must_use]
pub fn gantt(lang: Lang, chart: &Gantt) -> Markup {
    let rows = &chart.rows[..chart.rows.len().min(ROWS_MAX)];
    let Some(scale) = Scale::of(rows, chart.today) else { return html! {} };
    let both = rows.iter().any(|row| row.planned.is_some());
    let height = HEAD + rows.iter().map(row_height).sum::<i32>() + 2;
    let tops = rows.iter().scan(HEAD, |next, row| {
        let top = *next;
        *next += row_height(row);
        Some(top)
    });
    html! {
        figure class="chart gantt" {
            svg viewBox=(format!("0 0 {WIDTH} {height}")) role="img" aria-label=(in_words(lang, chart, rows)) {
                (legend(lang, both, scale.holds(chart.today)))
                (ticks(&scale, height))
                // Before the rows, so that their names stay legible above it.
                @if scale.holds(chart.today) {
                    @let x = scale.middle(chart.today);
                    line class="today" x1=(x) x2=(x) y1=(HEAD - 4) y2=(height) {}
                }
                @for (row, top) in rows.iter().zip(tops) { (self::row(lang, row, top, &scale, chart.today)) }
            }
            @if chart.rows.len() > ROWS_MAX { figcaption class="soft small" { (ROWS_MAX) " / " (chart.rows.len()) } }
        }
    }
}

/// The days that are drawn.
struct Scale {
    from: Date,
    days: i32,
}

impl Scale {
    /// From the first to the last day of all bars; what goes on goes on at least until today.
    fn of(rows: &[GanttRow], today: Date) -> Option<Scale> {
        let bars = || rows.iter().flat_map(|row| [row.planned, row.actual]).flatten();
        let from = bars().map(|bar| bar.from).min()?;
        let to = bars().map(|bar| bar.end(today)).max()?.max(from);
        Some(Scale { from, days: days_between(from, to) + 1 })
    }

    fn holds(&self, day: Date) -> bool {
        (0..self.days).contains(&days_between(self.from, day))
    }

    /// The edge at which a number of days have passed.
    fn edge(&self, days: i32) -> i32 {
        let width = i64::from(RIGHT - LEFT);
        let along = width * i64::from(days.clamp(0, self.days)) / i64::from(self.days);
        LEFT + i32::try_from(along).expect("it is within the drawing")
    }

    /// Left edge and width of a bar; what can be seen has a width.
    fn span(&self, from: Date, to: Date) -> (i32, i32) {
        let left = self.edge(days_between(self.from, from));
        let right = self.edge(days_between(self.from, to) + 1);
        (left, (right - left).max(2))
    }

    fn middle(&self, day: Date) -> i32 {
        let before = days_between(self.from, day);
        (self.edge(before) + self.edge(before + 1)) / 2
    }

    /// First days of months, as many as can be named: of each month, or of every second, third, sixth, twelfth …
    fn ticks(&self) -> Vec<(Date, i32)> {
        let months = self.days / 28;
        let every = [1, 2, 3, 6, 12, 24, 60, 120].into_iter().find(|every| months / every < TICKS_MAX).unwrap_or(240);
        let fits = |day: &Date| {
            let month = i32::from(day.year()) * 12 + i32::from(day.month()) - 1;
            month % every == 0
        };
        let first = self.from.first_of_month();
        let firsts = std::iter::successors(Some(first), |day| day.checked_add(jiff::Span::new().months(1)).ok());
        let days = firsts.map(|day| (day, days_between(self.from, day))).take_while(|(_, days)| *days < self.days);
        days.filter(|(day, days)| *days >= 0 && fits(day)).map(|(day, days)| (day, self.edge(days))).collect()
    }
}

impl Bar {
    /// The last day that is drawn. What ends before it begins is a mistake of a form, and drawn as its first day.
    fn end(&self, today: Date) -> Date {
        self.to.unwrap_or(today).max(self.from)
    }
}

fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}

fn row_height(row: &GanttRow) -> i32 {
    let bars = i32::from(row.planned.is_some()) + i32::from(row.actual.is_some() || row.planned.is_none());
    NAME + bars * (BAR + 2) + GAP
}

fn row(lang: Lang, row: &GanttRow, y: i32, scale: &Scale, today: Date) -> Markup {
    let drawn = |bar: Bar| {
        let (x, width) = scale.span(bar.from, bar.end(today));
        (x, width, bar.to.is_none())
    };
    let below = y + NAME + if row.planned.is_some() { BAR + 2 } else { 0 };
    html! {
        text class=(if row.late { "label late" } else { "label" }) x=(LEFT + 2) y=(y + 14) { (shortened(&row.label)) @if row.late { (lang.say("（逾期）", " (late)")) } }
        @if let Some((x, width, _)) = row.planned.map(drawn) {
            rect class="planned" x=(x) y=(y + NAME) width=(width) height=(BAR) {}
        }
        @if let Some((x, width, open)) = row.actual.map(drawn) {
            rect class=(if row.late { "bar late" } else { "bar" }) x=(x) y=(below) width=(width) height=(BAR) {}
            @if open { path class="open-end" d=(format!("M{} {below}l6 {}l-6 {}", x + width, BAR / 2, BAR - BAR / 2)) {} }
        }
    }
}

/// A name as far as there is room; the whole one stands in the table.
fn shortened(name: &str) -> String {
    let mut room = NAME_WIDTH;
    let mut kept = String::new();
    for letter in name.chars() {
        let width = if is_wide(letter) { 2 } else { 1 };
        if room < width {
            return format!("{kept}…");
        }
        room -= width;
        kept.push(letter);
    }
    kept
}

fn legend(lang: Lang, both: bool, today: bool) -> Markup {
    let mut x = LEFT;
    let mut place = |width: i32| {
        let here = x;
        x += width;
        here
    };
    let y = LEGEND - 12;
    html! {
        @if both {
            @let x = place(74);
            rect class="planned" x=(x) y=(y) width="18" height=(BAR) {}
            text class="label" x=(x + 24) y=(y + 9) { (lang.say("计划", "planned")) }
        }
        @let x = place(74);
        rect class="bar" x=(x) y=(y) width="18" height=(BAR) {}
        text class="label" x=(x + 24) y=(y + 9) { (lang.say("实际", "actual")) }
        @if today {
            @let x = place(74);
            line class="today" x1=(x + 9) x2=(x + 9) y1=(y - 4) y2=(y + BAR + 3) {}
            text class="label" x=(x + 16) y=(y + 9) { (lang.say("今天", "today")) }
        }
    }
}

fn ticks(scale: &Scale, height: i32) -> Markup {
    let ticks = scale.ticks();
    html! {
        line class="axis" x1=(LEFT) x2=(RIGHT) y1=(HEAD - 4) y2=(HEAD - 4) {}
        @for (day, x) in &ticks {
            line class="grid" x1=(x) x2=(x) y1=(HEAD - 4) y2=(height) {}
            // A name that would leave the drawing is left out; its line stands.
            @if *x <= RIGHT - 54 { text class="tick" x=(x + 3) y=(HEAD - 9) { (day.strftime("%Y-%m")) } }
        }
        @if ticks.is_empty() { text class="tick" x=(LEFT) y=(HEAD - 9) { (scale.from) } }
    }
}

/// The chart for those who cannot see it.
fn in_words(lang: Lang, chart: &Gantt, rows: &[GanttRow]) -> String {
    let said = |what: &str, bar: Option<Bar>| {
        let bar = bar?;
        let to = bar.to.map_or_else(|| lang.say("仍在进行", "going on").to_owned(), |to| to.to_string());
        Some(format!("{what} {} – {to}", bar.from))
    };
    let row = |row: &GanttRow| {
        let late = row.late.then(|| lang.say("逾期", "late").to_owned());
        let planned = said(lang.say("计划", "planned"), row.planned);
        let actual = said(lang.say("实际", "actual"), row.actual);
        let all: Vec<String> = [planned, actual, late].into_iter().flatten().collect();
        format!("{} {}", row.label, all.join(lang.say("，", ", ")))
    };
    let all: Vec<String> = rows.iter().map(row).collect();
    format!("{}{}{}", chart.title, lang.say("：", ": "), all.join(lang.say("；", "; ")))
}

/// An example for the style guide.
#[must_use]
pub fn examples(lang: Lang) -> Markup {
    let day = |month: i8, day: i8| jiff::civil::date(2022, month, day);
    let row = |label: &str, planned: Bar, actual: Option<Bar>, late: bool| GanttRow {
        label: label.to_owned(),
        planned: Some(planned),
        actual,
        late,
    };
    let bar = |from: Date, to: Date| Bar { from, to: Some(to) };
    let rows = vec![
        row("水表远传平台", bar(day(3, 1), day(6, 30)), Some(bar(day(3, 8), day(6, 20))), false),
        row("医保对账接口改造", bar(day(4, 1), day(7, 31)), Some(Bar { from: day(4, 20), to: None }), true),
        row("水库视频接入", bar(day(9, 1), day(11, 30)), None, false),
    ];
    gantt(lang, &Gantt { title: lang.say("项目进度", "Progress of projects").to_owned(), rows, today: day(8, 20) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn row(from: Date, to: Option<Date>) -> GanttRow {
        GanttRow { label: "x".into(), actual: Some(Bar { from, to }), ..GanttRow::default() }
    }

    #[test]
    fn a_bar_holds_its_first_and_its_last_day() {
        let rows = [row(date(2022, 3, 1), Some(date(2022, 3, 10))), row(date(2022, 3, 6), Some(date(2022, 3, 6)))];
        let scale = Scale::of(&rows, date(2022, 6, 1)).unwrap();
        assert_eq!(scale.span(date(2022, 3, 1), date(2022, 3, 10)), (LEFT, RIGHT - LEFT));
        let (left, width) = scale.span(date(2022, 3, 6), date(2022, 3, 6));
        assert_eq!((left, width), (LEFT + (RIGHT - LEFT) / 2, (RIGHT - LEFT) / 10));
        assert!(!scale.holds(date(2022, 6, 1)) && scale.holds(date(2022, 3, 10)) && !scale.holds(date(2022, 2, 28)));
    }

    #[test]
    fn what_goes_on_reaches_until_today_and_what_ends_early_is_one_day() {
        let today = date(2022, 6, 1);
        let scale = Scale::of(&[row(date(2022, 3, 1), None)], today).unwrap();
        assert!(scale.holds(today) && !scale.holds(date(2022, 6, 2)));
        assert_eq!(Bar { from: today, to: Some(date(2022, 1, 1)) }.end(today), today);
        assert!(Scale::of(&[GanttRow::default()], today).is_none(), "nothing has a day");
    }

    #[test]
    fn the_scale_names_few_days_however_long_it_is() {
        for (from, to, first) in [
            (date(2022, 3, 5), date(2022, 3, 9), None),
            (date(2022, 2, 25), date(2022, 6, 20), Some(date(2022, 3, 1))),
            (date(2022, 2, 1), date(2023, 1, 31), Some(date(2022, 4, 1))),
            (date(2010, 2, 1), date(2032, 1, 31), Some(date(2015, 1, 1))),
        ] {
            let ticks = Scale::of(&[row(from, Some(to))], to).unwrap().ticks();
            assert!(ticks.len() <= 7, "{ticks:?}");
            assert_eq!(ticks.first().map(|(day, _)| *day), first, "{from} {to}: {ticks:?}");
        }
    }

    #[test]
    fn it_is_said_in_words_and_a_long_name_is_cut() {
        let mut late = row(date(2022, 3, 1), None);
        late.late = true;
        late.label = "字".repeat(30);
        let drawn = gantt(Lang::Zh, &Gantt { title: "进度".into(), rows: vec![late], today: date(2022, 4, 1) });
        let drawn = drawn.into_string();
        assert!(drawn.contains("实际 2022-03-01 – 仍在进行，逾期\""), "{drawn}");
        assert!(drawn.contains(&format!("{}…", "字".repeat(17))) && drawn.contains("class=\"today\""), "{drawn}");
    }
}
