//! Charts (图): bars, lines and stacked bars as SVG made here, so that they print. They read in black and white: parts differ by
//! pattern and stand beside their numbers. The table below a chart says the same in figures.

use super::is_wide;
use maud::{Markup, html};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// What is drawn.
#[derive(Debug, Clone, Default)]
pub struct Chart {
    /// What it shows.
    pub title: String,
    /// Names of the parts of each point; one for bars and lines.
    pub parts: Vec<String>,
    /// Points in order.
    pub points: Vec<Point>,
}

/// A point or bar.
#[derive(Debug, Clone, Default)]
pub struct Point {
    /// Its name.
    pub label: String,
    /// A number for each part; nothing where it is not known.
    pub values: Vec<Option<Decimal>>,
    /// The whole as people read it.
    pub shown: String,
}

/// How it is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A bar for each point.
    Bars,
    /// A line through the points.
    Line,
    /// A bar for each point, in parts.
    Stacked,
}

/// Bars drawn at most; the table has all.
pub const BARS_MAX: usize = 20;
/// Patterns for parts; further parts share the last one.
const PATTERNS: usize = 6;

const WIDTH: i32 = 400;
const ROW: i32 = 40;
const BAR: i32 = 15;
const BARS_WIDTH: i32 = 320;
const LEGEND_ROW: i32 = 22;
const PLOT: (i32, i32, i32, i32) = (44, 30, 392, 190);

/// Room for half a name at both ends of a line.
const INSET: i32 = 34;

/// The chart. `id` sets its patterns apart from those of other charts on the page.
#[must_use]
pub fn chart(shape: Shape, id: &str, chart: &Chart) -> Markup {
    let words = in_words(chart);
    html! {
        figure class="chart" {
            @match shape {
                Shape::Line => { (line(chart, &words)) }
                Shape::Bars | Shape::Stacked => { (bars(shape, id, chart, &words)) }
            }
            @if shape != Shape::Line && chart.points.len() > BARS_MAX {
                figcaption class="soft small" { (BARS_MAX) " / " (chart.points.len()) }
            }
        }
    }
}

/// The chart as a sentence, for those who cannot see it.
fn in_words(chart: &Chart) -> String {
    let points = chart.points.iter().take(BARS_MAX).map(|point| format!("{} {}", point.label, point.shown));
    format!("{}：{}", chart.title, points.collect::<Vec<_>>().join("；"))
}

fn total(point: &Point) -> Decimal {
    point.values.iter().flatten().filter(|value| value.is_sign_positive()).sum()
}

/// A length in proportion; what is below zero has none.
fn length(value: Decimal, most: Decimal, full: i32) -> i32 {
    if most <= Decimal::ZERO || value <= Decimal::ZERO {
        return 0;
    }
    let exact = value.checked_div(most).and_then(|part| part.checked_mul(full.into()));
    exact.and_then(|exact| exact.round().to_i32()).unwrap_or(full).clamp(1, full)
}

fn bars(shape: Shape, id: &str, chart: &Chart, words: &str) -> Markup {
    let points = &chart.points[..chart.points.len().min(BARS_MAX)];
    let most = points.iter().map(total).max().unwrap_or_default();
    let legend = if shape == Shape::Stacked { legend_rows(&chart.parts) } else { 0 };
    let top = legend * LEGEND_ROW;
    let height = top + ROW * i32::try_from(points.len()).unwrap_or(0) + 4;
    html! {
        svg viewBox=(format!("0 0 {WIDTH} {height}")) role="img" aria-label=(words) {
            @if shape == Shape::Stacked { (patterns(id)) (self::legend(id, &chart.parts)) }
            line class="axis" x1="1" x2="1" y1=(top) y2=(height) {}
            @for (point, y) in points.iter().zip((top..).step_by(ROW as usize)) {
                text class="label" x="8" y=(y + 14) { (point.label) }
                @let parts = segments(point, most);
                @for (part, x, width) in &parts {
                    rect class=(if shape == Shape::Stacked { "part" } else { "bar" }) x=(x) y=(y + 20) width=(width) height=(BAR) fill=[(shape == Shape::Stacked).then(|| fill(id, *part))] {}
                }
                text class="value" x=(parts.last().map_or(8, |(_, x, width)| x + width + 6)) y=(y + 32) { (point.shown) }
            }
        }
    }
}

/// The parts of a bar: which, from where, how long.
fn segments(point: &Point, most: Decimal) -> Vec<(usize, i32, i32)> {
    let mut sum = Decimal::ZERO;
    let mut x = 1;
    let mut parts = Vec::new();
    for (part, value) in point.values.iter().enumerate().filter_map(|(part, value)| Some((part, (*value)?))) {
        sum += value.max(Decimal::ZERO);
        // Ends are rounded, not lengths: the whole keeps its length.
        let end = 1 + length(sum, most, BARS_WIDTH);
        if end > x {
            parts.push((part, x, end - x));
            x = end;
        }
    }
    parts
}

fn fill(id: &str, part: usize) -> String {
    format!("url(#{id}-{})", part.min(PATTERNS - 1))
}

/// Solid, white, slanted either way, dotted, level: they differ in print without colour.
fn patterns(id: &str) -> Markup {
    let drawn: [Markup; PATTERNS] = [
        html! { rect class="solid" width="8" height="8" {} },
        html! { rect class="blank" width="8" height="8" {} },
        html! { rect class="blank" width="8" height="8" {} path class="hatch" d="M-2 2l4-4M0 8l8-8M6 10l4-4" {} },
        html! { rect class="blank" width="8" height="8" {} circle class="dot" cx="4" cy="4" r="2" {} },
        html! { rect class="blank" width="8" height="8" {} path class="hatch" d="M-2 6l4 4M0 0l8 8M6-2l4 4" {} },
        html! { rect class="blank" width="8" height="8" {} path class="hatch" d="M0 4h8" {} },
    ];
    html! { defs { @for (place, content) in drawn.iter().enumerate() {
        pattern id=(format!("{id}-{place}")) width="8" height="8" patternUnits="userSpaceOnUse" { (content) }
    } } }
}

/// Rough width of a text in a legend.
fn text_width(text: &str) -> i32 {
    text.chars().map(|letter| if is_wide(letter) { 13 } else { 8 }).sum()
}

/// Where each part stands in the legend: line and left edge.
fn legend_places(parts: &[String]) -> Vec<(i32, i32)> {
    let (mut row, mut x) = (0, 2);
    let mut places = Vec::new();
    for part in parts {
        let width = 22 + text_width(part) + 14;
        if x > 2 && x + width > WIDTH {
            (row, x) = (row + 1, 2);
        }
        places.push((row, x));
        x += width;
    }
    places
}

fn legend_rows(parts: &[String]) -> i32 {
    legend_places(parts).last().map_or(0, |(row, _)| row + 1)
}

fn legend(id: &str, parts: &[String]) -> Markup {
    html! { @for (place, (part, (row, x))) in parts.iter().zip(legend_places(parts)).enumerate() {
        rect class="part" x=(x) y=(row * LEGEND_ROW + 3) width="16" height="12" fill=(fill(id, place)) {}
        text class="label" x=(x + 22) y=(row * LEGEND_ROW + 14) { (part) }
    } }
}

fn line(chart: &Chart, words: &str) -> Markup {
    let (left, top, right, bottom) = PLOT;
    let most = chart.points.iter().map(total).max().unwrap_or_default();
    let steps = i32::try_from(chart.points.len().saturating_sub(1)).unwrap_or(0).max(1);
    let place = |index: usize, point: &Point| {
        let x = left + INSET + (right - left - 2 * INSET) * i32::try_from(index).unwrap_or(0) / steps;
        let known = point.values.first().copied().flatten();
        known.map(|value| (x, bottom - length(value, most, bottom - top)))
    };
    let places: Vec<Option<(i32, i32)>> =
        chart.points.iter().enumerate().map(|(index, point)| place(index, point)).collect();
    let few = chart.points.len() <= 8;
    let every = chart.points.len().div_ceil(6).max(1);
    html! {
        svg viewBox=(format!("0 0 {WIDTH} {}", bottom + 24)) role="img" aria-label=(words) {
            @for part in 0..=2 {
                @let y = bottom - (bottom - top) * part / 2;
                line class=(if part == 0 { "axis" } else { "grid" }) x1=(left) x2=(right) y1=(y) y2=(y) {}
                text class="scale" x=(left - 6) y=(y + 4) { ((most * Decimal::from(part) / Decimal::TWO).round_dp(1).normalize()) }
            }
            path class="line" d=(path(&places)) {}
            @for (index, (point, place)) in chart.points.iter().zip(&places).enumerate() {
                @if let Some((x, y)) = place {
                    circle class="point" cx=(x) cy=(y) r="3.5" {}
                    @if few { text class="value middle" x=(x) y=(y - 8) { (point.shown) } }
                    @if index % every == 0 { text class="scale middle" x=(x) y=(bottom + 16) { (point.label) } }
                }
            }
        }
    }
}

/// A line through what is known; it breaks where a point is not.
fn path(places: &[Option<(i32, i32)>]) -> String {
    let mut path = String::new();
    let mut pen_down = false;
    for place in places {
        if let Some((x, y)) = place {
            path.push_str(&format!("{}{x} {y}", if pen_down { "L" } else { "M" }));
        }
        pen_down = place.is_some();
    }
    path
}

/// Examples for the style guide.
#[must_use]
pub fn examples() -> Markup {
    let point = |label: &str, values: &[i64]| Point {
        label: label.into(),
        values: values.iter().map(|value| Some((*value).into())).collect(),
        shown: values.iter().sum::<i64>().to_string(),
    };
    let bars = vec![point("东河镇", &[12]), point("西岭乡", &[7]), point("南山镇", &[0])];
    let months = vec![point("1月", &[3]), point("2月", &[8]), point("3月", &[5]), point("4月", &[9])];
    let stacked = vec![point("东河镇", &[6, 4, 2]), point("西岭乡", &[3, 0, 4])];
    let parts = ["新建", "改建", "扩建"].map(String::from).to_vec();
    let of = |title: &str, parts: Vec<String>, points| Chart { title: title.into(), parts, points };
    html! {
        (chart(Shape::Bars, "example-bars", &of("各乡镇批准件数", vec!["件数".into()], bars)))
        (chart(Shape::Line, "example-line", &of("各月批准件数", vec!["件数".into()], months)))
        (chart(Shape::Stacked, "example-parts", &of("各乡镇批准件数，按建设类型", parts, stacked)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(values: &[&str]) -> Point {
        let values: Vec<Option<Decimal>> = values.iter().map(|value| value.parse().ok()).collect();
        Point { label: "x".into(), shown: "x".into(), values }
    }

    #[test]
    fn bars_are_in_proportion_and_the_largest_is_full() {
        let most = Decimal::from(40);
        assert_eq!(segments(&point(&["40"]), most), [(0, 1, BARS_WIDTH)]);
        assert_eq!(segments(&point(&["10"]), most), [(0, 1, BARS_WIDTH / 4)]);
        // The smallest thing that there is can be seen; nothing cannot.
        assert_eq!(segments(&point(&["0.001"]), most), [(0, 1, 1)]);
        assert_eq!(segments(&point(&["0"]), most), []);
        assert_eq!(segments(&point(&["-5"]), most), []);
    }

    #[test]
    fn parts_stand_beside_each_other_without_gaps() {
        let parts = segments(&point(&["1", "", "1", "1"]), Decimal::from(3));
        assert_eq!(parts.iter().map(|(part, ..)| *part).collect::<Vec<_>>(), [0, 2, 3]);
        assert!(parts.windows(2).all(|pair| pair[0].1 + pair[0].2 == pair[1].1));
        assert_eq!(parts.last().map(|(_, x, width)| x + width), Some(1 + BARS_WIDTH));
    }

    #[test]
    fn a_line_breaks_where_nothing_is_known() {
        assert_eq!(path(&[Some((0, 1)), Some((2, 3)), None, Some((4, 5))]), "M0 1L2 3M4 5");
        assert_eq!(path(&[]), "");
    }

    #[test]
    fn what_it_says_to_those_who_cannot_see_it() {
        let points = vec![Point { label: "东河镇".into(), values: vec![], shown: "3".into() }];
        let drawn = chart(Shape::Bars, "x", &Chart { title: "件数".into(), parts: vec![], points }).into_string();
        assert!(drawn.contains(r#"aria-label="件数：东河镇 3""#), "{drawn}");
    }
}
