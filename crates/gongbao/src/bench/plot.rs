//! The figures of a run as an SVG: one panel for each, by the number of counties on a logarithmic axis.

use serde_json::Value;
use std::fmt::Write as _;

/// A panel: its title, and where its figure stands in a line.
const PANELS: [(&str, &str); 4] = [
    ("办理，件/秒 · acts a second", "/acts_per_second"),
    ("页面，毫秒（中位） · page, ms (median)", "/page_ms/p50"),
    ("办理，毫秒（中位） · act, ms (median)", "/act_ms/p50"),
    ("内存，每县 MB · MB per county", "/mb_per_county"),
];
const WIDTH: f64 = 300.0;
const HEIGHT: f64 = 200.0;
const LEFT: f64 = 16.0;
const TOP: f64 = 44.0;
const BOTTOM: f64 = 28.0;

/// The plot of what [`super::counties::run`] gave.
pub fn svg(measured: &Value) -> String {
    let lines = measured["counties"].as_array().map(Vec::as_slice).unwrap_or_default();
    let (wide, high) = (WIDTH * 2.0, HEIGHT * 2.0);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {wide} {high}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"{wide}\" height=\"{high}\" fill=\"#fff\"/>\n"
    );
    let places = [(0.0, 0.0), (WIDTH, 0.0), (0.0, HEIGHT), (WIDTH, HEIGHT)];
    for ((title, pointer), (x, y)) in PANELS.iter().zip(places) {
        panel(&mut out, title, &points(lines, pointer), (x, y));
    }
    out.push_str("</svg>\n");
    out
}

/// Number of counties and figure.
fn points(lines: &[Value], pointer: &str) -> Vec<(f64, f64)> {
    let point = |line: &Value| Some((line["counties"].as_f64()?, line.pointer(pointer)?.as_f64()?));
    lines.iter().filter_map(point).collect()
}

fn panel(out: &mut String, title: &str, points: &[(f64, f64)], (x, y): (f64, f64)) {
    let most = points.iter().map(|(_, figure)| *figure).fold(f64::MIN_POSITIVE, f64::max);
    let decades = points.iter().map(|(counties, _)| counties.log10()).fold(1.0, f64::max);
    let at = |(counties, figure): &(f64, f64)| {
        let across = LEFT + 16.0 + counties.log10() / decades * (WIDTH - 2.0 * LEFT - 40.0);
        let down = HEIGHT - BOTTOM - figure / most * (HEIGHT - TOP - BOTTOM);
        (x + across, y + down)
    };
    let floor = y + HEIGHT - BOTTOM;
    _ = writeln!(out, "<text x=\"{:.1}\" y=\"{:.1}\" font-weight=\"bold\">{title}</text>", x + LEFT, y + 18.0);
    _ = writeln!(
        out,
        "<line x1=\"{:.1}\" y1=\"{floor:.1}\" x2=\"{:.1}\" y2=\"{floor:.1}\" stroke=\"#888\"/>",
        x + LEFT,
        x + WIDTH - LEFT
    );
    let path: Vec<String> = points.iter().map(at).map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
    _ = writeln!(out, "<polyline points=\"{}\" fill=\"none\" stroke=\"#1d5fa8\" stroke-width=\"2\"/>", path.join(" "));
    for point in points {
        let (px, py) = at(point);
        _ = writeln!(out, "<circle cx=\"{px:.1}\" cy=\"{py:.1}\" r=\"3\" fill=\"#1d5fa8\"/>");
        _ = writeln!(out, "<text x=\"{px:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>", py - 8.0, short(point.1));
        _ = writeln!(
            out,
            "<text x=\"{px:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"#555\">{}</text>",
            floor + 16.0,
            point.0
        );
    }
}

/// As many digits as a figure of its size is good for.
fn short(figure: f64) -> String {
    if figure < 10.0 { format!("{figure:.2}") } else { format!("{figure:.0}") }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn every_figure_has_its_point() {
        let line = |counties: u64, rate: u64| json!({ "counties": counties, "acts_per_second": rate, "page_ms": { "p50": 1.5 }, "act_ms": { "p50": 9 }, "mb_per_county": 2.25 });
        let svg = super::svg(&json!({ "counties": [line(1, 1000), line(10, 900), line(100, 800)] }));
        assert_eq!(svg.matches("<circle").count(), 12, "{svg}");
        assert!(svg.contains(">1000<") && svg.contains(">2.25<") && svg.contains(">100<"), "{svg}");
    }
}
