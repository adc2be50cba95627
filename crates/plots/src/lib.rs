//! Plots of land (宗地): where they lie, how large they are, whether two of them overlap.
//!
//! A plot is kept in whole millimetres of a 3-degree Gauss–Krüger zone of CGCS2000, so that its area is exact and a journal holds no
//! floating point. Longitude and latitude exist at the edge only: [`geojson`] and [`read`] turn them into the plane and back, rounded
//! to the millimetre and to the billionth of a degree (a tenth of a millimetre). This crate has never heard of a regulation; what it
//! refuses it refuses in Chinese and English, naming the corner.

mod boundary;
mod extent;
mod fault;
pub mod geojson;
mod measured;
mod overlap;
mod projection;
mod read;
mod simple;
mod squares;

pub use boundary::{Boundary, Corner, MOST_CORNERS, Zone};
pub use extent::Extent;
pub use fault::Fault;
pub use measured::Measured;
pub use read::read;

use std::collections::BTreeSet;
use std::fmt;

/// A plot as people state it: by its corners, or by what it borders on and how long its sides are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Plot {
    /// Surveyed: corners with coordinates (界址点).
    Surveyed(Boundary),
    /// Measured with a tape: a rectangle between its bounds (四至), whose position on the map nobody knows.
    Measured(Measured),
}

impl Plot {
    /// The area in half square millimetres: exact, since twice the area of a polygon with whole coordinates is whole.
    #[must_use]
    pub fn area_halves(&self) -> i128 {
        match self {
            Plot::Surveyed(boundary) => boundary.area_halves(),
            Plot::Measured(measured) => measured.area_halves(),
        }
    }

    /// Width from west to east and height from south to north in millimetres: of the smallest upright rectangle around it.
    #[must_use]
    pub fn spans(&self) -> (i64, i64) {
        match self {
            Plot::Surveyed(boundary) => boundary.spans(),
            Plot::Measured(measured) => (measured.east_west(), measured.north_south()),
        }
    }

    /// How many corners it has.
    #[must_use]
    pub fn corner_count(&self) -> usize {
        match self {
            Plot::Surveyed(boundary) => boundary.corners().len(),
            Plot::Measured(_) => 4,
        }
    }

    /// The boundary, where it was surveyed.
    #[must_use]
    pub fn boundary(&self) -> Option<&Boundary> {
        match self {
            Plot::Surveyed(boundary) => Some(boundary),
            Plot::Measured(_) => None,
        }
    }

    /// The area that two plots share, in square millimetres; `None` where the position of one is not known, or they lie in different
    /// zones. Edges and corners that touch share none.
    #[must_use]
    pub fn overlap(&self, other: &Plot) -> Option<i128> {
        overlap::shared(self.boundary()?, other.boundary()?)
    }

    /// Whether the upright rectangles around two plots have land in common: only then may the plots themselves.
    #[must_use]
    pub fn is_near(&self, other: &Plot) -> bool {
        let both = self.boundary().zip(other.boundary());
        both.is_some_and(|(one, other)| one.zone() == other.zone() && !overlap::apart(one, other))
    }

    /// The upright rectangle around it, so many millimetres wider on each side: what lies in it is drawn beside the plot.
    #[must_use]
    pub fn surroundings(&self, millimetres: i64) -> Option<Plot> {
        let boundary = self.boundary()?;
        let (low, high) = boundary.frame();
        let (south, north) = (low.north - millimetres, high.north + millimetres);
        let (west, east) = (low.east - millimetres, high.east + millimetres);
        let corner = |north, east| Corner { north, east };
        let corners = vec![corner(north, west), corner(north, east), corner(south, east), corner(south, west)];
        Boundary::recorded(boundary.zone().number(), corners).map(Plot::Surveyed)
    }

    /// The names of the squares under which an index keeps it; none where its position is not known.
    #[must_use]
    pub fn squares_kept(&self) -> BTreeSet<String> {
        self.boundary().map(squares::kept).unwrap_or_default()
    }

    /// The names under which an index has every plot that may share land with it, and some more.
    #[must_use]
    pub fn squares_asked(&self) -> BTreeSet<String> {
        self.boundary().map(squares::asked).unwrap_or_default()
    }

    /// The area in square metres, rounded half up to hundredths, as it is drawn and printed.
    #[must_use]
    pub fn area_text(&self) -> String {
        // A hundredth of a square metre is 10 000 mm².
        let hundredths = (self.area_halves() + 10_000) / 20_000;
        format!("{}.{:02}", hundredths / 100, hundredths % 100)
    }
}

/// As it may be typed again: [`read`] gives the same plot back.
impl fmt::Display for Plot {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Plot::Surveyed(boundary) => boundary.fmt(out),
            Plot::Measured(measured) => measured.fmt(out),
        }
    }
}

/// Millimetres as metres with two decimals, rounded half up: lengths as they are drawn and printed.
#[must_use]
pub fn metres(millimetres: i64) -> String {
    let hundredths = (millimetres.max(0) + 5) / 10;
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}
