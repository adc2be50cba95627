//! A plot as people type or paste it.

use crate::Plot;
use crate::boundary::{Boundary, Corner, MOST_CORNERS, Zone};
use crate::fault::Fault;
use crate::geojson;
use crate::measured::Measured;
use crate::projection::Degrees;

/// Bytes of a text, at most: five hundred corners of a GeoJSON with every digit have fewer.
const LONGEST_TEXT: usize = 200_000;
/// Northings (X) as surveyors write them, in millimetres.
const NORTHINGS: std::ops::RangeInclusive<i64> = 300_000_000..=6_200_000_000;

/// Reads a plot.
///
/// - Corners, one a line or between semicolons or slashes: `X Y` in metres, X north, Y with the number of its 3-degree zone in front; or longitude
///   and latitude in degrees. A point's name in front (`J1`) and a line of headings are passed over, so that columns can be pasted out
///   of a sheet. More decimals than three are rounded to the millimetre.
/// - A rectangle: `东西 12.5`, `南北 16`, and `东至 …` and so on for its bounds.
/// - GeoJSON: a polygon, a feature, or a collection of one.
///
/// ```
/// let plot = plots::read("J1 4133000.00 37516000.00\nJ2 4133000.00 37516012.00\nJ3 4132985.00 37516012.00\nJ4 4132985.00 37516000.00")?;
/// assert_eq!(plot.area_text(), "180.00");
/// assert_eq!(plots::read("东西 12.5米；南北 16米；东至 村道")?.area_text(), "200.00");
/// assert!(plots::read("37516000 4133000; 37516012 4133000; 37516012 4132985").unwrap_err().zh.contains("写反"));
/// # Ok::<(), plots::Fault>(())
/// ```
pub fn read(text: &str) -> Result<Plot, Fault> {
    if text.len() > LONGEST_TEXT {
        return Err(Fault::new("内容太长，不像一宗地的坐标", "the text is too long for one plot"));
    }
    let text = text.trim().trim_start_matches('\u{feff}');
    if text.starts_with('{') {
        return geojson::read(text);
    }
    let lines: Vec<String> = text.split(['\n', '\r', ';', '；', '/']).map(half_width).collect();
    let lines: Vec<&str> = lines.iter().map(|line| line.trim()).filter(|line| !line.is_empty()).collect();
    if lines.iter().any(|line| side_word(line).is_some()) { rectangle(&lines) } else { corners(&lines) }
}

/// Full-width signs as ASCII, so that what a Chinese input method writes can be read.
fn half_width(text: &str) -> String {
    let narrow = |sign: char| match sign {
        '！'..='～' => char::from_u32(u32::from(sign) - 0xFEE0).unwrap_or(sign),
        '\u{3000}' | '\u{a0}' => ' ',
        '、' => ',',
        other => other,
    };
    text.chars().map(narrow).collect()
}

/// What a line of a rectangle is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    EastWest,
    NorthSouth,
    Bound(usize),
}

const WORDS: [(&str, Side); 12] = [
    ("东西", Side::EastWest),
    ("east-west", Side::EastWest),
    ("南北", Side::NorthSouth),
    ("north-south", Side::NorthSouth),
    ("东至", Side::Bound(0)),
    ("东", Side::Bound(0)),
    ("南至", Side::Bound(1)),
    ("南", Side::Bound(1)),
    ("西至", Side::Bound(2)),
    ("西", Side::Bound(2)),
    ("北至", Side::Bound(3)),
    ("北", Side::Bound(3)),
];

fn side_word(line: &str) -> Option<(Side, &str)> {
    WORDS.iter().find_map(|(word, side)| line.strip_prefix(word).map(|rest| (*side, rest)))
}

fn rectangle(lines: &[&str]) -> Result<Plot, Fault> {
    let mut lengths = [None, None];
    let mut bounds: [Option<String>; 4] = Default::default();
    for line in lines {
        let Some((side, rest)) = side_word(line) else { return Err(no_side(line)) };
        let rest = rest.trim_start_matches([':', '长', '宽', ' ', '\t', ',']).trim();
        let twice = match side {
            Side::EastWest => lengths[0].replace(length(line, rest)?).is_some(),
            Side::NorthSouth => lengths[1].replace(length(line, rest)?).is_some(),
            Side::Bound(index) => bounds[index].replace(rest.to_owned()).is_some(),
        };
        if twice {
            return Err(Fault::new(format!("“{line}”重复了"), format!("`{line}` is stated twice")));
        }
    }
    let [Some(east_west), Some(north_south)] = lengths else {
        return Err(Fault::new(
            "长方形宗地要写“东西”和“南北”两个长度，单位米",
            "a rectangle needs both lengths in metres: `东西` (east-west) and `南北` (north-south)",
        ));
    };
    Measured::new(east_west, north_south, bounds.map(Option::unwrap_or_default)).map(Plot::Measured)
}

fn no_side(line: &str) -> Fault {
    let line: String = line.chars().take(30).collect();
    Fault::new(
        format!("“{line}”读不懂：每行写东西、南北的长度，或者东至、南至、西至、北至"),
        format!("`{line}` cannot be read: lines of a rectangle begin with 东西, 南北, 东至, 南至, 西至 or 北至"),
    )
}

fn length(line: &str, text: &str) -> Result<i64, Fault> {
    let figure = text.trim_end_matches(['m', 'M', '米', ' ']);
    plane_figure(figure).filter(|length| *length >= 0).ok_or_else(|| {
        let line: String = line.chars().take(30).collect();
        Fault::new(
            format!("“{line}”里的长度读不懂，应是米数，如 12.5"),
            format!("`{line}` has no length in metres, such as 12.5"),
        )
    })
}

fn corners(lines: &[&str]) -> Result<Plot, Fault> {
    let rows: Vec<&&str> = lines.iter().filter(|line| !is_heading(line)).collect();
    if rows.len() > MOST_CORNERS + 1 {
        return Err(Fault::new(
            format!("界址点至多{MOST_CORNERS}个，现在有{}个", rows.len()),
            format!("a plot has {MOST_CORNERS} corners at most, not {}", rows.len()),
        ));
    }
    let pairs: Result<Vec<(&str, &str)>, Fault> = (1..).zip(&rows).map(|(name, row)| pair(name, row)).collect();
    let pairs = pairs?;
    let in_degrees = |(first, second): &(&str, &str)| {
        let small = |text: &str| text.parse::<f64>().is_ok_and(|figure| figure.abs() <= 180.0);
        small(first) && small(second)
    };
    match pairs.first() {
        None => Err(Fault::new(
            "没有坐标：每行写一个界址点的 X 和 Y",
            "there are no coordinates: write X and Y of a corner on each line",
        )),
        Some(first) if in_degrees(first) => {
            let points: Result<Vec<Degrees>, Fault> =
                (1..).zip(&pairs).map(|(name, pair)| degrees(name, *pair)).collect();
            geojson::from_degrees(&points?)
        }
        Some(_) => in_plane(&pairs),
    }
}

/// A line of headings: it has no digit.
fn is_heading(line: &str) -> bool {
    !line.chars().any(|sign| sign.is_ascii_digit())
}

/// The two figures of a line, without the name of its point.
fn pair(name: usize, row: &str) -> Result<(&str, &str), Fault> {
    let words: Vec<&str> = row.split([' ', '\t', ',']).filter(|word| !word.is_empty()).collect();
    match words.as_slice() {
        [first, second] if is_figure(first) && is_figure(second) => Ok((first, second)),
        [_, first, second] if is_figure(first) && is_figure(second) => Ok((first, second)),
        _ => {
            let row: String = row.chars().take(40).collect();
            Err(Fault::new(
                format!("第{name}点“{row}”读不懂：每行写一个点的 X 和 Y，中间空格"),
                format!("corner {name} `{row}` cannot be read: write X and Y with a space between them"),
            ))
        }
    }
}

fn is_figure(word: &str) -> bool {
    let digits = word.strip_prefix(['-', '+']).unwrap_or(word);
    digits.starts_with(|sign: char| sign.is_ascii_digit())
        && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && digits.bytes().filter(|byte| *byte == b'.').count() <= 1
}

fn degrees(name: usize, (first, second): (&str, &str)) -> Result<Degrees, Fault> {
    match (first.parse(), second.parse()) {
        (Ok(longitude), Ok(latitude)) => Ok(Degrees { longitude, latitude }),
        _ => Err(Fault::new(format!("第{name}点的经纬度读不懂"), format!("corner {name} has no readable degrees"))),
    }
}

pub(crate) fn degrees_in_china(at: Degrees) -> bool {
    (73.5..=136.5).contains(&at.longitude) && (3.0..=54.0).contains(&at.latitude)
}

/// Latitude written before longitude: in China the two ranges have nothing in common.
pub(crate) fn swapped_degrees(at: Degrees) -> bool {
    degrees_in_china(Degrees { longitude: at.latitude, latitude: at.longitude })
}

fn in_plane(pairs: &[(&str, &str)]) -> Result<Plot, Fault> {
    let mut zone: Option<Zone> = None;
    let mut corners = Vec::with_capacity(pairs.len());
    for (name, (first, second)) in (1..).zip(pairs) {
        let (own, corner) = plane_corner(name, first, second)?;
        match zone {
            Some(zone) if zone != own => {
                let (zone, own) = (zone.number(), own.number());
                return Err(Fault::new(
                    format!("J{name} 的带号是{own}，前面的点是{zone}：一宗地用一个带"),
                    format!("J{name} is in zone {own}, the corners before it in zone {zone}: a plot has one zone"),
                ));
            }
            _ => zone = Some(own),
        }
        corners.push(corner);
    }
    let zone = zone.ok_or_else(|| Fault::new("没有坐标", "there are no coordinates"))?;
    Boundary::new(zone, corners).map(Plot::Surveyed)
}

fn plane_corner(name: usize, first: &str, second: &str) -> Result<(Zone, Corner), Fault> {
    let unreadable = || Fault::new(format!("J{name} 的坐标读不懂"), format!("J{name} has no readable coordinates"));
    let x = plane_figure(first).ok_or_else(unreadable)?;
    let y = plane_figure(second).ok_or_else(unreadable)?;
    if NORTHINGS.contains(&x)
        && let Some((zone, east)) = zoned(y)
    {
        return Ok((zone, Corner { north: x, east }));
    }
    if NORTHINGS.contains(&y) && zoned(x).is_some() {
        return Err(Fault::new(
            format!(
                "J{name} 的 X、Y 写反了：X 是纵坐标（向北，七位整数），写在前；Y 是横坐标（向东，带号开头，八位整数），写在后"
            ),
            format!(
                "J{name} has X and Y swapped: X (north, seven digits) comes first, Y (east, the zone in front, eight digits) second"
            ),
        ));
    }
    Err(no_zone(name, y).unwrap_or_else(|| {
        Fault::new(
            format!("J{name}（{first} {second}）不是三度带平面坐标：X 如 4133000.00，Y 如 37516000.00"),
            format!("J{name} ({first} {second}) is not in a 3-degree zone: X is like 4133000.00, Y like 37516000.00"),
        )
    }))
}

/// The two ways of writing Y that are common and do not say which 3-degree zone is meant.
fn no_zone(name: usize, y: i64) -> Option<Fault> {
    if (100_000_000..=900_000_000).contains(&y) {
        return Some(Fault::new(
            format!("J{name} 的 Y 没有带号：三度带号写在前面，如 37516000.00"),
            format!("Y of J{name} lacks its zone: put the number of the 3-degree zone in front, as in 37516000.00"),
        ));
    }
    (13_000_000_000..24_000_000_000).contains(&y).then(|| {
        Fault::new(
            format!("J{name} 的 Y 像六度带坐标：请换算成三度带"),
            format!("Y of J{name} looks like a 6-degree zone: convert it to a 3-degree zone"),
        )
    })
}

/// Metres as millimetres, rounded half up; `None` where it is no figure or too large.
pub(crate) fn plane_figure(text: &str) -> Option<i64> {
    if !is_figure(text) {
        return None;
    }
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.len() > 9 || fraction.len() > 20 {
        return None;
    }
    let padded = format!("{fraction:0<4}");
    let millimetres = whole.parse::<i64>().ok()? * 1000 + padded[..3].parse::<i64>().ok()?;
    let half_up = i64::from(padded.as_bytes()[3] >= b'5');
    Some(sign * (millimetres + half_up))
}

/// The zone in front of a Y in millimetres, and what is left.
pub(crate) fn zoned(y: i64) -> Option<(Zone, i64)> {
    // Eight digits of metres: two for the zone, six for the easting.
    const ZONE: i64 = 1_000_000_000;
    let zone = Zone::new(u8::try_from(y / ZONE).ok()?)?;
    Some((zone, y % ZONE))
}
