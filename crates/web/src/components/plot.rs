//! The plan of a plot (宗地图): its corners and sides, what lies beside it, north, a scale. And a map of many plots.
//!
//! Drawn in tenths of a pixel with whole numbers, so that the same plot gives the same picture everywhere; black on white, so that it
//! prints and copies.

use crate::lang::Lang;
use maud::{Markup, PreEscaped, html};
use plots::{Boundary, Corner, Plot, metres};

/// Width of the picture in pixels.
const WIDTH: i64 = 420;
/// Room around the plot for numbers and lengths.
const MARGIN: i64 = 46;
/// Room below for the scale.
const FOOT: i64 = 26;
/// The longer side of the plot in the picture.
const REACH: i64 = WIDTH - 2 * MARGIN;
/// With more corners than this only every tenth is numbered.
const NUMBERED: usize = 40;
/// Sides shorter than this in the picture go without their length; the table has it.
const SHORT: i64 = 260;

/// Another plot on a picture.
#[derive(Debug, Clone)]
pub struct Beside<'a> {
    /// What it is called.
    pub label: String,
    /// Where more is said of it.
    pub href: Option<String>,
    /// Its boundary.
    pub boundary: &'a Boundary,
}

/// From millimetres on the ground to tenths of a pixel.
struct Scale {
    west: i64,
    north: i64,
    /// Millimetres that are as long as [`REACH`].
    longest: i64,
    /// Height of the picture.
    height: i64,
}

impl Scale {
    /// Of a picture that shows what lies between these corners.
    fn new(low: Corner, high: Corner) -> Scale {
        let (width, height) = (high.east - low.east, high.north - low.north);
        let longest = width.max(height).max(1);
        let slack = (longest - width) / 2;
        Scale {
            west: low.east - slack,
            north: high.north,
            longest,
            height: height * REACH / longest + 2 * MARGIN + FOOT,
        }
    }

    fn length(&self, millimetres: i64) -> i64 {
        millimetres * REACH * 10 / self.longest
    }

    fn at(&self, corner: Corner) -> (i64, i64) {
        (MARGIN * 10 + self.length(corner.east - self.west), MARGIN * 10 + self.length(self.north - corner.north))
    }

    /// The points of a polygon.
    fn points(&self, corners: &[Corner]) -> String {
        let point = |corner: &Corner| {
            let (x, y) = self.at(*corner);
            format!("{},{}", pixels(x), pixels(y))
        };
        corners.iter().map(point).collect::<Vec<_>>().join(" ")
    }

    fn shows(&self, boundary: &Boundary) -> bool {
        let (low, high) = boundary.frame();
        let ((left, bottom), (right, top)) = (self.at(low), self.at(high));
        right > 0 && left < WIDTH * 10 && bottom > 0 && top < (self.height - FOOT) * 10
    }

    fn middle(&self, boundary: &Boundary) -> (i64, i64) {
        let (low, high) = boundary.frame();
        let middle = Corner { north: (low.north + high.north) / 2, east: (low.east + high.east) / 2 };
        let (x, y) = self.at(middle);
        // What lies half outside is named where it can be read.
        (x.clamp(200, WIDTH * 10 - 200), y.clamp(150, (self.height - FOOT) * 10 - 50))
    }
}

/// Tenths of a pixel as SVG writes them.
fn pixels(tenths: i64) -> String {
    let sign = if tenths < 0 { "-" } else { "" };
    format!("{sign}{}.{}", tenths.abs() / 10, tenths.abs() % 10)
}

fn text(class: &str, (x, y): (i64, i64), says: &str) -> Markup {
    html! { text class=(class) x=(pixels(x)) y=(pixels(y)) text-anchor="middle" { (says) } }
}

/// A plot with what lies beside it, and the table of its corners.
#[must_use]
pub fn plan(lang: Lang, title: &str, plot: &Plot, beside: &[Beside<'_>]) -> Markup {
    html! {
        figure class="plot" {
            @match plot {
                Plot::Surveyed(boundary) => { (surveyed(lang, title, boundary, beside)) }
                Plot::Measured(measured) => { (rectangle(lang, title, measured)) }
            }
            figcaption {
                (lang.say("面积 ", "Area ")) b { (plot.area_text()) } (lang.say(" 平方米", " m²"))
                @match plot {
                    Plot::Surveyed(boundary) => { (lang.say("，", ", ")) (corner_count(lang, boundary)) (lang.say("，2000国家大地坐标系三度带第", ", CGCS2000, 3-degree zone ")) (boundary.zone().number()) (lang.say("带", "")) }
                    Plot::Measured(_) => { (lang.say("，按长宽丈量，没有坐标", ", measured by its sides, without coordinates")) }
                }
            }
            @if let Plot::Surveyed(boundary) = plot { (corners(lang, title, boundary)) }
        }
    }
}

fn corner_count(lang: Lang, boundary: &Boundary) -> String {
    lang.count(boundary.corners().len(), "个界址点", "corner", "corners")
}

fn surveyed(lang: Lang, title: &str, boundary: &Boundary, beside: &[Beside<'_>]) -> Markup {
    let (low, high) = boundary.frame();
    let scale = Scale::new(low, high);
    let said = format!("{title}：{} {}", boundary_area(boundary), lang.say("平方米", "m²"));
    html! {
        svg viewBox=(format!("0 0 {WIDTH} {}", scale.height)) role="img" aria-label=(said) {
            @for other in beside.iter().filter(|other| scale.shows(other.boundary)) { (neighbour(&scale, other)) }
            polygon class="own" points=(scale.points(boundary.corners())) fill="none" stroke="#000" stroke-width="2" stroke-linejoin="round" {}
            (numbers_and_lengths(&scale, boundary))
            (north())
            (bar(&scale))
        }
    }
}

fn boundary_area(boundary: &Boundary) -> String {
    Plot::Surveyed(boundary.clone()).area_text()
}

fn neighbour(scale: &Scale, other: &Beside<'_>) -> Markup {
    let drawn = html! {
        polygon class="beside" points=(scale.points(other.boundary.corners())) fill="#fff" fill-opacity="0" stroke="#555" stroke-width="0.8" stroke-dasharray="5 2" {}
        (text("small", scale.middle(other.boundary), &other.label))
    };
    match &other.href {
        Some(href) => html! { a href=(href) { (drawn) } },
        None => drawn,
    }
}

/// Corners J1, J2 … and the lengths of sides, outside of the line.
fn numbers_and_lengths(scale: &Scale, boundary: &Boundary) -> Markup {
    let points: Vec<(i64, i64)> = boundary.corners().iter().map(|corner| scale.at(*corner)).collect();
    let count = points.len();
    let outward = |index: usize| outward(points[index], points[(index + 1) % count]);
    html! {
        @for (index, (_, _, length)) in boundary.sides().enumerate() {
            @let (from, to) = (points[index], points[(index + 1) % count]);
            @let (x, y) = outward(index);
            @if scale.length(length) >= SHORT {
                (text("small", ((from.0 + to.0) / 2 + x * 16 / 100, (from.1 + to.1) / 2 + y * 12 / 100 + 40), &metres(length)))
            }
        }
        @for (index, point) in points.iter().enumerate() {
            circle cx=(pixels(point.0)) cy=(pixels(point.1)) r="2.2" fill="#fff" stroke="#000" stroke-width="1.2" {}
            @if count <= NUMBERED || index % 10 == 0 {
                @let (before, after) = (outward((index + count - 1) % count), outward(index));
                @let (x, y) = unit(before.0 + after.0, before.1 + after.1);
                (text("corner", (point.0 + x * 15 / 100, point.1 + y * 15 / 100 + 40), &format!("J{}", index + 1)))
            }
        }
    }
}

/// The direction out of a plot whose corners run clockwise, a thousand long: to the left of the side.
fn outward(from: (i64, i64), to: (i64, i64)) -> (i64, i64) {
    unit(to.1 - from.1, from.0 - to.0)
}

fn unit(x: i64, y: i64) -> (i64, i64) {
    let length = (x * x + y * y).isqrt().max(1);
    (x * 1000 / length, y * 1000 / length)
}

/// North is up.
fn north() -> Markup {
    html! {
        g class="north" transform=(format!("translate({} 6)", WIDTH - 22)) {
            polygon points="0,26 6,8 12,26 6,21" fill="#000" {}
            text class="small" x="6" y="6" text-anchor="middle" { "N" }
        }
    }
}

/// A bar of a round length, at most a third of the picture.
fn bar(scale: &Scale) -> Markup {
    let most = (scale.longest / 3).max(1);
    let power = 10_i64.pow(most.ilog10());
    let length = [5, 2].map(|step| step * power).into_iter().find(|length| *length <= most).unwrap_or(power);
    let (x, y) = (MARGIN * 10, (scale.height - 8) * 10);
    let end = x + scale.length(length);
    let says = if length >= 1000 { format!("{} m", length / 1000) } else { format!("{} mm", length) };
    html! {
        path d=(format!("M{} {} v4 H{} v-4", pixels(x), pixels(y - 40), pixels(end))) fill="none" stroke="#000" stroke-width="1.2" {}
        text class="small" x=(pixels(end + 60)) y=(pixels(y)) { (says) }
    }
}

/// A rectangle of which only its sides are known, between its bounds.
fn rectangle(lang: Lang, title: &str, measured: &plots::Measured) -> Markup {
    let (width, height) = (measured.east_west(), measured.north_south());
    let scale = Scale::new(Corner { north: 0, east: 0 }, Corner { north: height, east: width });
    let ((left, top), (right, bottom)) =
        (scale.at(Corner { north: height, east: 0 }), scale.at(Corner { north: 0, east: width }));
    let [east, south, west, north] = measured.bounds();
    let (middle, centre) = ((left + right) / 2, (top + bottom) / 2);
    let short = |bound: &String| bound.chars().take(10).collect::<String>();
    html! {
        svg viewBox=(format!("0 0 {WIDTH} {}", scale.height)) role="img" aria-label=(title) {
            rect class="own" x=(pixels(left)) y=(pixels(top)) width=(pixels(right - left)) height=(pixels(bottom - top)) fill="none" stroke="#000" stroke-width="2" {}
            (text("small", (middle, top + 160), &metres(width)))
            (text("small", (left + 260, centre + 40), &metres(height)))
            (text("bound", (middle, top - 100), &short(north)))
            (text("bound", (middle, bottom + 200), &short(south)))
            (text("bound", ((right + 220).min(WIDTH * 10 - 220), centre), &short(east)))
            (text("bound", ((left - 220).max(220), centre), &short(west)))
            (self::north())
            (bar(&scale))
        }
        @if measured.bounds().iter().any(|bound| !bound.is_empty()) {
            p class="small" {
                @for (side, bound) in [("东", "east"), ("南", "south"), ("西", "west"), ("北", "north")].iter().zip(measured.bounds()) {
                    @if !bound.is_empty() { (lang.say(side.0, side.1)) (lang.say("至", ": ")) (bound) (lang.say("　", "; ")) }
                }
            }
        }
    }
}

/// The coordinates, for whom a picture says nothing, and for copying.
fn corners(lang: Lang, title: &str, boundary: &Boundary) -> Markup {
    use crate::components::table::{Column, table};
    let columns = [
        Column::text(lang.say("界址点", "Corner")),
        Column::number(lang.say("X（北，米）", "X (north, m)")),
        Column::number(lang.say("Y（东，米）", "Y (east, m)")),
        Column::number(lang.say("到下一点（米）", "To the next (m)")),
    ];
    let written = Plot::Surveyed(boundary.clone()).to_string();
    let rows: Vec<Vec<Markup>> = written
        .split("; ")
        .zip(boundary.sides())
        .zip(1..)
        .map(|((coordinates, (_, _, length)), number)| {
            let (x, y) = coordinates.split_once(' ').unwrap_or((coordinates, ""));
            vec![html! { "J" (number) }, html! { (x) }, html! { (y) }, html! { (metres(length)) }]
        })
        .collect();
    html! {
        details {
            summary { (lang.say("界址点坐标", "Coordinates of the corners")) }
            div { (table(title, &columns, &rows)) }
        }
    }
}

/// Many plots on one sheet, each with its name and a link.
#[must_use]
pub fn map(title: &str, all: &[Beside<'_>]) -> Markup {
    let frames = all.iter().map(|one| one.boundary.frame());
    let Some((low, high)) = frames.reduce(|(low, high), (other_low, other_high)| {
        let low = Corner { north: low.north.min(other_low.north), east: low.east.min(other_low.east) };
        (low, Corner { north: high.north.max(other_high.north), east: high.east.max(other_high.east) })
    }) else {
        return PreEscaped(String::new());
    };
    let scale = Scale::new(low, high);
    html! {
        figure class="plot map" {
            svg viewBox=(format!("0 0 {WIDTH} {}", scale.height)) role="group" aria-label=(title) {
                @for one in all { (mapped(&scale, one)) }
                (north())
                (bar(&scale))
            }
        }
    }
}

fn mapped(scale: &Scale, one: &Beside<'_>) -> Markup {
    let (low, high) = one.boundary.frame();
    let room = scale.length(high.east - low.east);
    let drawn = html! {
        polygon class="own" points=(scale.points(one.boundary.corners())) fill="#fff" stroke="#000" stroke-width="0.8" {}
        @if room >= 300 { (text("tiny", scale.middle(one.boundary), &one.label)) }
    };
    match &one.href {
        Some(href) => html! { a href=(href) aria-label=(one.label) { (drawn) title { (one.label) } } },
        None => drawn,
    }
}

/// Examples for the style guide.
#[must_use]
pub fn examples() -> Markup {
    let plot = |text: &str| plots::read(text).expect("the examples are good plots");
    let own = plot("4133000 37516000; 4133001.5 37516013; 4132986 37516014; 4132985 37516000");
    let east = plot("4133001.5 37516013; 4133001 37516026; 4132986 37516026; 4132986 37516014");
    let measured = plot("东西 12; 南北 15; 东至 村道; 北至 水渠");
    let beside: Vec<Beside<'_>> =
        east.boundary().into_iter().map(|boundary| Beside { label: "甲0002".into(), href: None, boundary }).collect();
    html! {
        (plan(Lang::Zh, "拟用宗地", &own, &beside))
        (plan(Lang::Zh, "丈量的宗地", &measured, &[]))
    }
}
