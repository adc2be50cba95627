//! The area that two boundaries share.

use crate::boundary::{Boundary, Corner};
use i_overlay::core::fill_rule::FillRule;
use i_overlay::core::overlay_rule::OverlayRule;
use i_overlay::core::single::SingleIntOverlay;
use i_overlay::i_float::int::point::IntPoint;

/// Crossings of sides are rounded to the grid of the whole numbers. Each millimetre is therefore divided into 2¹⁶ parts: sixty-six
/// thousandths of a micrometre lost at a crossing are less than a square millimetre over a side of ten kilometres.
const FINER: u32 = 16;

/// The shared area in square millimetres, rounded down; `None` in different zones.
pub(crate) fn shared(one: &Boundary, other: &Boundary) -> Option<i128> {
    if one.zone() != other.zone() {
        return None;
    }
    if apart(one, other) {
        return Some(0);
    }
    // The same two plots give the same figure whoever asks first.
    let (one, other) = if one <= other { (one, other) } else { (other, one) };
    let (origin, _) = one.frame();
    let shapes = ring(one, origin).overlay(&ring(other, origin)[..], OverlayRule::Intersect, FillRule::NonZero);
    // The outer ring of a shape runs one way, its holes the other: the sum of signed areas is what is left.
    let doubled: i128 = shapes.iter().flatten().map(|contour| doubled_area(contour)).sum();
    Some(doubled.abs() >> (2 * FINER + 1))
}

/// Whether the upright rectangles around them have no inside in common: most neighbours of a village.
pub(crate) fn apart(one: &Boundary, other: &Boundary) -> bool {
    let ((low, high), (other_low, other_high)) = (one.frame(), other.frame());
    high.north <= other_low.north
        || other_high.north <= low.north
        || high.east <= other_low.east
        || other_high.east <= low.east
}

fn ring(boundary: &Boundary, origin: Corner) -> Vec<IntPoint<i64>> {
    let fine = |millimetres: i64| millimetres << FINER;
    let point = |corner: &Corner| IntPoint::new(fine(corner.east - origin.east), fine(corner.north - origin.north));
    boundary.corners().iter().map(point).collect()
}

fn doubled_area(contour: &[IntPoint<i64>]) -> i128 {
    let next = contour.iter().cycle().skip(1);
    let wide = |point: &IntPoint<i64>| (i128::from(point.x), i128::from(point.y));
    let products = contour.iter().zip(next).map(|(from, to)| {
        let ((x1, y1), (x2, y2)) = (wide(from), wide(to));
        x1 * y2 - x2 * y1
    });
    products.sum()
}
