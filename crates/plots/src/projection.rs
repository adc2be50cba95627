//! Longitude and latitude of CGCS2000 to the plane of a 3-degree Gauss–Krüger zone and back (高斯–克吕格投影).
//!
//! Krüger's series in the third flattening n to the fourth order: within a zone it is good to a hundredth of a millimetre. This is the
//! only place with floating point, and its results are rounded at once: to the millimetre in the plane, to the billionth of a degree
//! (a tenth of a millimetre) on the globe.

use crate::boundary::{Corner, FALSE_EASTING, Zone};

/// Semi-major axis of the ellipsoid in millimetres.
const AXIS: f64 = 6_378_137_000.0;
/// Flattening of the ellipsoid of CGCS2000.
const FLATTENING: f64 = 1.0 / 298.257_222_101;
/// Third flattening.
const N: f64 = FLATTENING / (2.0 - FLATTENING);

/// Degrees of longitude and latitude.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Degrees {
    pub(crate) longitude: f64,
    pub(crate) latitude: f64,
}

/// The zone whose central meridian is nearest.
pub(crate) fn zone_of(longitude: f64) -> Option<Zone> {
    let number = (longitude / 3.0).round();
    // Outside of 25 to 45 there is no zone; a number that is none compares false.
    if (25.0..=45.0).contains(&number) { Zone::new(number as u8) } else { None }
}

/// The corner in a zone at this longitude and latitude.
pub(crate) fn to_plane(zone: Zone, at: Degrees) -> Corner {
    let latitude = at.latitude.to_radians();
    let from_meridian = (at.longitude - meridian(zone)).to_radians();
    // From the geodetic latitude to the conformal sphere.
    let e = eccentricity();
    let conformal = (latitude.sin().atanh() - e * (e * latitude.sin()).atanh()).sinh();
    let xi = conformal.atan2(from_meridian.cos());
    let eta = (from_meridian.sin() / conformal.hypot(from_meridian.cos())).asinh();
    let (mut north, mut east) = (xi, eta);
    for (order, factor) in (1..).zip(forward()) {
        let angle = 2.0 * f64::from(order);
        north += factor * (angle * xi).sin() * (angle * eta).cosh();
        east += factor * (angle * xi).cos() * (angle * eta).sinh();
    }
    let radius = rectifying_radius();
    Corner { north: (radius * north).round() as i64, east: (radius * east).round() as i64 + FALSE_EASTING }
}

/// Longitude and latitude of a corner in a zone, to the billionth of a degree.
pub(crate) fn to_degrees(zone: Zone, corner: Corner) -> Degrees {
    let radius = rectifying_radius();
    let (xi, eta) = (corner.north as f64 / radius, (corner.east - FALSE_EASTING) as f64 / radius);
    let (mut on_sphere, mut across) = (xi, eta);
    for (order, factor) in (1..).zip(backward()) {
        let angle = 2.0 * f64::from(order);
        on_sphere -= factor * (angle * xi).sin() * (angle * eta).cosh();
        across -= factor * (angle * xi).cos() * (angle * eta).sinh();
    }
    let conformal = on_sphere.sin() / across.sinh().hypot(on_sphere.cos());
    let longitude = across.sinh().atan2(on_sphere.cos()).to_degrees() + meridian(zone);
    Degrees { longitude: billionths(longitude), latitude: billionths(geodetic(conformal).to_degrees()) }
}

/// The geodetic latitude whose tangent on the conformal sphere is given, by Newton's method (Karney 2011, eq. 19–21): four rounds reach
/// the precision of the numbers.
fn geodetic(conformal: f64) -> f64 {
    let e = eccentricity();
    let mut tangent = conformal;
    for _ in 0..4 {
        let sigma = (e * (e * tangent / tangent.hypot(1.0)).atanh()).sinh();
        let reached = tangent * sigma.hypot(1.0) - sigma * tangent.hypot(1.0);
        let slope = (1.0 - e * e) * reached.hypot(1.0) * tangent.hypot(1.0) / (1.0 + (1.0 - e * e) * tangent * tangent);
        tangent += (conformal - reached) / slope;
    }
    tangent.atan()
}

fn billionths(degrees: f64) -> f64 {
    (degrees * 1e9).round() / 1e9
}

fn meridian(zone: Zone) -> f64 {
    3.0 * f64::from(zone.number())
}

fn eccentricity() -> f64 {
    (FLATTENING * (2.0 - FLATTENING)).sqrt()
}

fn rectifying_radius() -> f64 {
    AXIS / (1.0 + N) * (1.0 + N * N / 4.0 + N.powi(4) / 64.0)
}

/// Krüger's α₁ … α₄.
fn forward() -> [f64; 4] {
    [
        N / 2.0 - 2.0 / 3.0 * N.powi(2) + 5.0 / 16.0 * N.powi(3) + 41.0 / 180.0 * N.powi(4),
        13.0 / 48.0 * N.powi(2) - 3.0 / 5.0 * N.powi(3) + 557.0 / 1440.0 * N.powi(4),
        61.0 / 240.0 * N.powi(3) - 103.0 / 140.0 * N.powi(4),
        49_561.0 / 161_280.0 * N.powi(4),
    ]
}

/// Krüger's β₁ … β₄.
fn backward() -> [f64; 4] {
    [
        N / 2.0 - 2.0 / 3.0 * N.powi(2) + 37.0 / 96.0 * N.powi(3) - 1.0 / 360.0 * N.powi(4),
        1.0 / 48.0 * N.powi(2) + 1.0 / 15.0 * N.powi(3) - 437.0 / 1440.0 * N.powi(4),
        17.0 / 480.0 * N.powi(3) - 37.0 / 840.0 * N.powi(4),
        4397.0 / 161_280.0 * N.powi(4),
    ]
}
