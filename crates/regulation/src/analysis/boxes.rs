//! The geometry of decision tables: gaps, overlaps and rows that are never reached, exactly and with a counter-example.
//!
//! Each input is an axis, cut at every value that some cell names into pieces within which all cells agree: single codes,
//! single points, and the stretches between them. A row is then a box of pieces, and what no row covers is found by cutting
//! the rows' boxes out of the whole. Only known values are considered; a missing input matches no row but `–`.

use crate::expr::eval::{equal, order};
use crate::expr::typed::{Function, Kind};
use crate::expr::{Expr, Type, Unit, Value};
use crate::model::{CellTest, Hit};
use calendar::{EARLIEST, LATEST};
use jiff::ToSpan;
use jiff::civil::Date;
use rust_decimal::Decimal;
use std::cmp::Ordering;

/// Pieces of one axis, at most: the bits of a mask. A table that names more than 60 limits of one input is too large.
const MOST_PIECES: usize = 128;
/// Boxes held at once while cutting, at most.
const MOST_BOXES: usize = 20_000;
/// Gaps and overlaps reported, at most.
const MOST_FOUND: usize = 20;

/// An input of a table: its type, and the least value it can take, where that is known.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// Type.
    pub ty: Type,
    /// Numbers below do not occur.
    pub at_least: Option<Decimal>,
}

impl From<Type> for Input {
    fn from(ty: Type) -> Input {
        Input { ty, at_least: None }
    }
}

/// Counts and ages are never negative.
impl From<&Expr> for Input {
    fn from(expr: &Expr) -> Input {
        let counts = matches!(&expr.node().kind, Kind::Call(Function::Count | Function::Age, _));
        Input { ty: expr.ty.clone(), at_least: counts.then_some(Decimal::ZERO) }
    }
}

/// What is wrong with a table. Rows are numbered from 0.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Geometry {
    /// Cases that no row matches: one value per input.
    pub gaps: Vec<Vec<Value>>,
    /// Pairs of rows that match the same case.
    pub overlaps: Vec<Overlap>,
    /// Rows that match nothing, or nothing that a row before does not match.
    pub unreached: Vec<usize>,
}

/// Two rows that match the same case.
#[derive(Debug, Clone, PartialEq)]
pub struct Overlap {
    /// The earlier row.
    pub first: usize,
    /// The later row.
    pub second: usize,
    /// A case that both match.
    pub example: Vec<Value>,
}

/// The table has too many limits or rows to be examined exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLarge;

/// Examines the rows of a table, each with one test per input.
///
/// With [`Hit::One`] gaps, overlaps and empty rows are found; with [`Hit::First`] gaps and rows that the rows before leave
/// nothing; with [`Hit::All`] only rows that match nothing.
pub fn examine(inputs: &[Input], rows: &[&[CellTest]], hit: Hit) -> Result<Geometry, TooLarge> {
    let axes: Vec<Axis> =
        inputs.iter().enumerate().map(|(at, input)| Axis::new(input, rows, at)).collect::<Result<_, _>>()?;
    let whole = Area(axes.iter().map(Axis::all).collect());
    let boxes: Vec<Area> = (0..rows.len()).map(|row| Area::of_row(row, &axes)).collect();
    let mut geometry = Geometry::default();
    let mut open = vec![whole];
    for (index, row) in boxes.iter().enumerate() {
        let reached = match hit {
            Hit::First => open.iter().any(|area| area.meets(row)),
            Hit::One | Hit::All => !row.is_empty(),
        };
        if !reached {
            geometry.unreached.push(index);
        }
        if hit != Hit::All {
            open = cut(open, row)?;
        }
    }
    if hit != Hit::All {
        geometry.gaps = open.iter().take(MOST_FOUND).map(|area| area.example(&axes)).collect();
    }
    if hit == Hit::One {
        geometry.overlaps = overlaps(&boxes, &axes);
    }
    Ok(geometry)
}

/// Whether a value passes the test of a cell; `None` if it is missing and the test asks for something.
#[must_use]
pub fn matches(test: &CellTest, value: &Value) -> Option<bool> {
    match test {
        CellTest::Any => Some(true),
        _ if value.is_missing() => None,
        CellTest::OneOf(values) => Some(values.iter().any(|one| equal(one, value) == Some(true))),
        CellTest::NoneOf(values) => Some(!values.iter().any(|one| equal(one, value) == Some(true))),
        CellTest::Range { from, to } => {
            Some(is_beyond(value, from.as_ref(), Ordering::Greater) && is_beyond(value, to.as_ref(), Ordering::Less))
        }
    }
}

/// Whether a value lies on the given side of an end, or on an end that belongs.
fn is_beyond(value: &Value, end: Option<&(Value, bool)>, side: Ordering) -> bool {
    end.is_none_or(|(end, belongs)| match order(value, end) {
        Some(Ordering::Equal) => *belongs,
        found => found == Some(side),
    })
}

/// An input cut into pieces, each known by a value in it.
struct Axis {
    samples: Vec<Value>,
    /// The pieces that each row's test lets pass.
    masks: Vec<u128>,
}

impl Axis {
    /// The axis of the input at a position, with the mask of each row's test.
    fn new(input: &Input, rows: &[&[CellTest]], at: usize) -> Result<Axis, TooLarge> {
        let tests: Vec<&CellTest> = rows.iter().map(|row| row.get(at).unwrap_or(&CellTest::Any)).collect();
        let samples = samples(input, &tests);
        if samples.len() > MOST_PIECES {
            return Err(TooLarge);
        }
        let mask = |test: &CellTest| {
            let passing = samples.iter().enumerate().filter(|(_, sample)| matches(test, sample) == Some(true));
            passing.fold(0, |mask, (piece, _)| mask | 1 << piece)
        };
        let masks = tests.into_iter().map(mask).collect();
        Ok(Axis { samples, masks })
    }

    fn all(&self) -> u128 {
        u128::MAX.checked_shr((MOST_PIECES - self.samples.len()) as u32).unwrap_or(0)
    }
}

/// A value of each piece of an axis.
fn samples(input: &Input, tests: &[&CellTest]) -> Vec<Value> {
    match &input.ty {
        Type::Bool | Type::Agreed => vec![Value::Bool(true), Value::Bool(false)],
        Type::OneOf(codes) => codes.iter().map(|(code, _)| Value::Code(code.clone())).collect(),
        Type::Number { unit, whole } => numbers(unit, *whole, input.at_least, tests),
        Type::Date | Type::Moment => dates(tests),
        _ => named_and_other(tests),
    }
}

/// Every value that the tests name.
fn named<'a>(tests: &'a [&CellTest]) -> impl Iterator<Item = &'a Value> {
    tests.iter().flat_map(|test| match test {
        CellTest::Any => Vec::new(),
        CellTest::OneOf(values) | CellTest::NoneOf(values) => values.iter().collect(),
        CellTest::Range { from, to } => from.iter().chain(to).map(|(end, _)| end).collect(),
    })
}

fn numbers(unit: &Unit, whole: bool, at_least: Option<Decimal>, tests: &[&CellTest]) -> Vec<Value> {
    let mut points: Vec<Decimal> = named(tests)
        .filter_map(|value| match value {
            Value::Number(number, _) => Some(*number),
            _ => None,
        })
        .chain(at_least)
        .collect();
    points.sort_unstable();
    points.dedup();
    let between = |low: Option<Decimal>, high: Option<Decimal>| match (low, high) {
        (None, None) => Some(Decimal::ZERO),
        // Below a positive limit zero is the most natural example.
        (None, Some(high)) if high > Decimal::ZERO => Some(Decimal::ZERO),
        (None, Some(high)) => high.ceil().checked_sub(Decimal::ONE),
        (Some(low), None) => low.floor().checked_add(Decimal::ONE),
        (Some(low), Some(high)) => number_between(low, high, whole),
    };
    let all = along(&points, between);
    let possible = all.into_iter().filter(|number| at_least.is_none_or(|least| *number >= least));
    let possible = possible.filter(|number| !whole || number.fract().is_zero());
    possible.map(|number| Value::Number(number, unit.clone())).collect()
}

/// A number strictly between two others, as round as possible; `None` if whole numbers have none.
fn number_between(low: Decimal, high: Decimal, whole: bool) -> Option<Decimal> {
    let next = low.floor() + Decimal::ONE;
    if next < high {
        return Some(next);
    }
    let middle = (low + high) / Decimal::TWO;
    (!whole).then_some(middle)
}

fn dates(tests: &[&CellTest]) -> Vec<Value> {
    let mut points: Vec<Date> = named(tests).filter_map(Value::as_date).collect();
    points.sort_unstable();
    points.dedup();
    let between = |low: Option<Date>, high: Option<Date>| {
        let after = low.map_or(Some(EARLIEST), |low| low.checked_add(1.day()).ok());
        let before = high.map_or(Some(LATEST), |high| high.checked_sub(1.day()).ok());
        let (after, before) = (after?, before?);
        // The day next to a named one is the more telling example.
        (after <= before).then_some(if low.is_none() { before } else { after })
    };
    along(&points, between).into_iter().map(Value::Date).collect()
}

/// The points with something from each stretch before, between and after them.
fn along<T: Copy>(points: &[T], between: impl Fn(Option<T>, Option<T>) -> Option<T>) -> Vec<T> {
    let mut all = Vec::new();
    let mut last = None;
    for point in points {
        all.extend(between(last, Some(*point)));
        all.push(*point);
        last = Some(*point);
    }
    all.extend(between(last, None));
    all
}

/// Of texts and things without end: those named, and one that is none of them.
fn named_and_other(tests: &[&CellTest]) -> Vec<Value> {
    let mut all: Vec<Value> = Vec::new();
    for value in named(tests) {
        if !all.contains(value) {
            all.push(value.clone());
        }
    }
    let mut other = String::from("…");
    while all.iter().any(|value| value.as_text() == Some(&other)) {
        other.push('…');
    }
    all.push(Value::Text(other));
    all
}

/// Pieces on every axis, as masks.
#[derive(Debug, Clone, PartialEq)]
struct Area(Vec<u128>);

impl Area {
    /// The box of the row at a position.
    fn of_row(row: usize, axes: &[Axis]) -> Area {
        Area(axes.iter().map(|axis| axis.masks[row]).collect())
    }

    fn is_empty(&self) -> bool {
        self.0.contains(&0)
    }

    fn common(&self, other: &Area) -> Area {
        Area(self.0.iter().zip(&other.0).map(|(left, right)| left & right).collect())
    }

    fn meets(&self, other: &Area) -> bool {
        !self.common(other).is_empty()
    }

    /// What is left without another area, in boxes that do not overlap.
    fn without(self, other: &Area) -> Vec<Area> {
        if !self.meets(other) {
            return vec![self];
        }
        let mut rest = self;
        let mut parts = Vec::new();
        for axis in 0..rest.0.len() {
            let outside = rest.0[axis] & !other.0[axis];
            if outside != 0 {
                let mut part = rest.clone();
                part.0[axis] = outside;
                parts.push(part);
            }
            rest.0[axis] &= other.0[axis];
        }
        parts
    }

    /// One case in it.
    fn example(&self, axes: &[Axis]) -> Vec<Value> {
        let piece = |(mask, axis): (&u128, &Axis)| axis.samples[mask.trailing_zeros() as usize].clone();
        self.0.iter().zip(axes).map(piece).collect()
    }
}

fn cut(open: Vec<Area>, row: &Area) -> Result<Vec<Area>, TooLarge> {
    let rest: Vec<Area> = open.into_iter().flat_map(|area| area.without(row)).collect();
    if rest.len() > MOST_BOXES { Err(TooLarge) } else { Ok(rest) }
}

fn overlaps(boxes: &[Area], axes: &[Axis]) -> Vec<Overlap> {
    let mut found = Vec::new();
    for (second, later) in boxes.iter().enumerate() {
        for (first, earlier) in boxes[..second].iter().enumerate() {
            let common = later.common(earlier);
            if !common.is_empty() && found.len() < MOST_FOUND {
                found.push(Overlap { first, second, example: common.example(axes) });
            }
        }
    }
    found
}

#[cfg(test)]
mod tests;
