//! A rectangle that was measured with a tape, between what it borders on.

use crate::boundary::exact_metres;
use crate::fault::Fault;
use std::fmt;

/// Millimetres of a side, at most: 10 km.
const LONGEST: i64 = 10_000_000;
/// Characters of a bound, at most.
const LONGEST_BOUND: usize = 60;
/// The bounds in their customary order.
const SIDES: [&str; 4] = ["东", "南", "西", "北"];

/// A rectangle (长方形宗地) by its two dimensions and its four bounds (四至). Where it lies on the map is not known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Measured {
    east_west: i64,
    north_south: i64,
    bounds: [String; 4],
}

impl Measured {
    /// A rectangle so many millimetres from west to east and from south to north; its bounds are east, south, west, north.
    pub fn new(east_west: i64, north_south: i64, bounds: [String; 4]) -> Result<Measured, Fault> {
        for (length, zh, en) in [(east_west, "东西", "east-west"), (north_south, "南北", "north-south")] {
            if !(1..=LONGEST).contains(&length) {
                return Err(Fault::new(
                    format!("{zh}长应大于零，不超过10千米"),
                    format!("the {en} length is more than zero and at most 10 km"),
                ));
            }
        }
        let bounds = bounds.map(|bound| bound.trim().to_owned());
        for (side, bound) in SIDES.iter().zip(&bounds) {
            if bound.chars().count() > LONGEST_BOUND
                || bound.chars().any(|sign| sign.is_control() || matches!(sign, ';' | '/'))
            {
                return Err(Fault::new(
                    format!("{side}至写成一行，至多{LONGEST_BOUND}字，不用分号和斜线"),
                    format!("a bound is one line of at most {LONGEST_BOUND} characters without `;` or `/`"),
                ));
            }
        }
        Ok(Measured { east_west, north_south, bounds })
    }

    /// A rectangle as it was recorded earlier, unchanged.
    #[must_use]
    pub fn recorded(east_west: i64, north_south: i64, bounds: [String; 4]) -> Measured {
        Measured { east_west, north_south, bounds }
    }

    /// Millimetres from west to east.
    #[must_use]
    pub fn east_west(&self) -> i64 {
        self.east_west
    }

    /// Millimetres from south to north.
    #[must_use]
    pub fn north_south(&self) -> i64 {
        self.north_south
    }

    /// What it borders on in the east, south, west and north; empty where nobody said.
    #[must_use]
    pub fn bounds(&self) -> &[String; 4] {
        &self.bounds
    }

    pub(crate) fn area_halves(&self) -> i128 {
        2 * i128::from(self.east_west) * i128::from(self.north_south)
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "东西 {}; 南北 {}", exact_metres(self.east_west), exact_metres(self.north_south))?;
        for (side, bound) in SIDES.iter().zip(&self.bounds).filter(|(_, bound)| !bound.is_empty()) {
            write!(out, "; {side}至 {bound}")?;
        }
        Ok(())
    }
}
