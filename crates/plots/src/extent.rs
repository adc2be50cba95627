//! Where a county's plots may lie.

use crate::boundary::{Boundary, Corner, Zone, exact_metres};
use crate::fault::Fault;
use crate::read::{plane_figure, zoned};
use std::str::FromStr;

/// A rectangle of the plane that holds a county, in its zone. Written as its south-western and its north-eastern corner,
/// `X Y X Y` in metres, Y with the zone's number in front.
///
/// ```
/// let county: plots::Extent = "4095000 37480000 4160000 37550000".parse()?;
/// let plots::Plot::Surveyed(plot) = plots::read("4133000 37516000\n4133000 37516012\n4133015 37516012")? else { unreachable!() };
/// assert!(county.holds(&plot).is_ok());
/// # Ok::<(), plots::Fault>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    zone: Zone,
    low: Corner,
    high: Corner,
}

impl Extent {
    /// Fails for a boundary in another zone or with a corner outside, naming it.
    pub fn holds(&self, boundary: &Boundary) -> Result<(), Fault> {
        let (own, other) = (self.zone.number(), boundary.zone().number());
        if own != other {
            return Err(Fault::new(
                format!("坐标在第{other}带，本县用第{own}带：请核对带号或者经度"),
                format!(
                    "the coordinates are in zone {other}, this county uses zone {own}: check the zone or the longitude"
                ),
            ));
        }
        let outside = |corner: &Corner| {
            !(self.low.north..=self.high.north).contains(&corner.north)
                || !(self.low.east..=self.high.east).contains(&corner.east)
        };
        match boundary.corners().iter().position(outside) {
            None => Ok(()),
            Some(index) => {
                let corner = boundary.corners()[index];
                let at = format!("{} {own}{:0>10}", exact_metres(corner.north), exact_metres(corner.east));
                Err(Fault::new(
                    format!("J{}（{at}）在本县范围以外：请核对坐标", index + 1),
                    format!("J{} ({at}) lies outside the county: check the coordinates", index + 1),
                ))
            }
        }
    }
}

impl FromStr for Extent {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Extent, Fault> {
        let unreadable = || {
            Fault::new(
                "范围请写作西南角和东北角的“X Y X Y”，单位米，Y 带三度带号，如 4095000 37480000 4160000 37550000",
                "an extent is its south-western and north-eastern corner, `X Y X Y` in metres with the zone in front of Y",
            )
        };
        let figures: Option<Vec<i64>> = text.split_whitespace().map(plane_figure).collect();
        let Some([south, west, north, east]) = figures.as_deref() else { return Err(unreadable()) };
        let (zone, west) = zoned(*west).ok_or_else(unreadable)?;
        let (other, east) = zoned(*east).ok_or_else(unreadable)?;
        if zone != other || south >= north || west >= east {
            return Err(unreadable());
        }
        Ok(Extent { zone, low: Corner { north: *south, east: west }, high: Corner { north: *north, east } })
    }
}
