//! A boundary of surveyed corners.

use crate::fault::Fault;
use crate::simple;
use std::fmt;

/// Corners of a plot, at most: more are a map of something else.
pub const MOST_CORNERS: usize = 500;
/// Sides of the smallest rectangle around a plot, at most, in millimetres: 100 km, wider than a county.
const LONGEST_SPAN: i64 = 100_000_000;
/// Millimetres from the central meridian to the axis from which eastings count: 500 km, so that none is negative.
pub(crate) const FALSE_EASTING: i64 = 500_000_000;
/// Furthest from the central meridian that a zone reaches: 3° wide at the equator with room to spare.
const WIDEST: i64 = 260_000_000;
/// Northings of China's land and sea, in millimetres: latitudes 3° to 54°.
const NORTHINGS: std::ops::RangeInclusive<i64> = 330_000_000..=6_000_000_000;

/// A 3-degree zone (三度带) by its number; its central meridian is three times that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Zone(u8);

impl Zone {
    /// Zones 25 to 45 cover China.
    #[must_use]
    pub fn new(number: u8) -> Option<Zone> {
        (25..=45).contains(&number).then_some(Zone(number))
    }

    /// Its number.
    #[must_use]
    pub fn number(self) -> u8 {
        self.0
    }
}

/// A corner (界址点) in its zone, in millimetres.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Corner {
    /// Millimetres north of the equator (surveyors' X).
    pub north: i64,
    /// Millimetres east of the axis 500 km west of the central meridian (surveyors' Y, without the zone's number in front).
    pub east: i64,
}

/// A simple polygon: three corners or more, no side crosses or touches another, some area inside. The corners run clockwise from the
/// one that was stated first, as a cadastre numbers them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Boundary {
    zone: Zone,
    corners: Vec<Corner>,
}

impl Boundary {
    /// A boundary of these corners. A last corner that repeats the first closes the ring and is left out; corners that run
    /// anticlockwise are turned round.
    ///
    /// Fails with what is wrong, naming the corners by their order as stated: J1, J2 …
    pub fn new(zone: Zone, mut corners: Vec<Corner>) -> Result<Boundary, Fault> {
        if corners.len() > 1 && corners.first() == corners.last() {
            corners.pop();
        }
        count(&corners)?;
        within_the_plane(&corners)?;
        simple::check(&corners)?;
        if simple::doubled_area(&corners) > 0 {
            // Anticlockwise: keep the first corner, turn the others round.
            corners[1..].reverse();
        }
        let boundary = Boundary { zone, corners };
        let (width, height) = boundary.spans();
        if width.max(height) > LONGEST_SPAN {
            return Err(Fault::new(
                "宗地长或者宽超过100千米，请核对各点坐标",
                "the plot is longer than 100 km: check the coordinates",
            ));
        }
        Ok(boundary)
    }

    /// A boundary as it was recorded earlier, unchanged: what is asked of new plots may have become stricter since. `None` without a
    /// zone or without three corners.
    #[must_use]
    pub fn recorded(zone: u8, corners: Vec<Corner>) -> Option<Boundary> {
        let zone = Zone::new(zone)?;
        (corners.len() >= 3).then_some(Boundary { zone, corners })
    }

    /// Its zone.
    #[must_use]
    pub fn zone(&self) -> Zone {
        self.zone
    }

    /// Corners, clockwise.
    #[must_use]
    pub fn corners(&self) -> &[Corner] {
        &self.corners
    }

    /// Sides with their lengths in millimetres, rounded half up: from each corner to the next.
    pub fn sides(&self) -> impl Iterator<Item = (Corner, Corner, i64)> {
        let next = self.corners.iter().cycle().skip(1);
        self.corners.iter().zip(next).map(|(from, to)| (*from, *to, distance(*from, *to)))
    }

    /// The corner furthest south and west, and the one furthest north and east, of the smallest upright rectangle around it.
    #[must_use]
    pub fn frame(&self) -> (Corner, Corner) {
        let first = self.corners[0];
        self.corners.iter().fold((first, first), |(low, high), corner| {
            let low = Corner { north: low.north.min(corner.north), east: low.east.min(corner.east) };
            (low, Corner { north: high.north.max(corner.north), east: high.east.max(corner.east) })
        })
    }

    pub(crate) fn spans(&self) -> (i64, i64) {
        let (low, high) = self.frame();
        (high.east - low.east, high.north - low.north)
    }

    pub(crate) fn area_halves(&self) -> i128 {
        simple::doubled_area(&self.corners).abs()
    }
}

/// `X Y` in metres, a corner after the other; Y with the zone's number in front.
impl fmt::Display for Boundary {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, corner) in self.corners.iter().enumerate() {
            if place > 0 {
                out.write_str("; ")?;
            }
            let (north, east) = (exact_metres(corner.north), exact_metres(corner.east));
            write!(out, "{north} {}{east:0>10}", self.zone.0)?;
        }
        Ok(())
    }
}

/// Millimetres as metres with all three decimals.
pub(crate) fn exact_metres(millimetres: i64) -> String {
    format!("{}.{:03}", millimetres / 1000, millimetres % 1000)
}

fn count(corners: &[Corner]) -> Result<(), Fault> {
    let count = corners.len();
    if count < 3 {
        return Err(Fault::new(
            format!("宗地至少有三个界址点，现在只有{count}个"),
            format!("a plot has three corners or more, not {count}"),
        ));
    }
    if count > MOST_CORNERS {
        return Err(Fault::new(
            format!("界址点至多{MOST_CORNERS}个，现在有{count}个"),
            format!("a plot has {MOST_CORNERS} corners at most, not {count}"),
        ));
    }
    Ok(())
}

fn within_the_plane(corners: &[Corner]) -> Result<(), Fault> {
    for (place, corner) in corners.iter().enumerate() {
        let name = place + 1;
        if !NORTHINGS.contains(&corner.north) {
            return Err(Fault::new(
                format!("J{name} 的 X（纵坐标）{} 米不在中国范围内", exact_metres(corner.north)),
                format!("X of J{name} is not in China: {} m north of the equator", exact_metres(corner.north)),
            ));
        }
        if (corner.east - FALSE_EASTING).abs() > WIDEST {
            return Err(Fault::new(
                format!("J{name} 的 Y（横坐标）离中央经线太远，带号可能不对"),
                format!("Y of J{name} lies too far from the central meridian: is the zone right?"),
            ));
        }
    }
    Ok(())
}

/// The distance of two corners in millimetres, rounded half up, without floating point.
fn distance(from: Corner, to: Corner) -> i64 {
    let (north, east) = (i128::from(to.north - from.north), i128::from(to.east - from.east));
    let square = (north * north + east * east).unsigned_abs();
    let root = square.isqrt();
    // (r + ½)² = r² + r + ¼: the next whole number is nearer beyond that.
    let rounded = if square - root * root > root { root + 1 } else { root };
    i64::try_from(rounded).unwrap_or(i64::MAX)
}
