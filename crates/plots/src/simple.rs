//! What makes a ring of corners a plot: no corner twice, no side across or along another, some area inside. All in whole numbers.

use crate::boundary::Corner;
use crate::fault::Fault;

/// Twice the area, positive where the corners run anticlockwise (shoelace formula). Counted from the first corner, so that products
/// stay small.
pub(crate) fn doubled_area(corners: &[Corner]) -> i128 {
    let Some(first) = corners.first() else { return 0 };
    let from_first = |corner: &Corner| (i128::from(corner.east - first.east), i128::from(corner.north - first.north));
    let next = corners.iter().cycle().skip(1);
    let products = corners.iter().zip(next).map(|(from, to)| {
        let ((x1, y1), (x2, y2)) = (from_first(from), from_first(to));
        x1 * y2 - x2 * y1
    });
    products.sum()
}

/// Fails with the first thing that makes the ring no plot.
pub(crate) fn check(corners: &[Corner]) -> Result<(), Fault> {
    no_corner_twice(corners)?;
    if every_corner_on_a_line(corners) {
        return Err(Fault::new("各界址点在一条直线上，面积是零", "all corners lie on one line: the area is zero"));
    }
    no_side_meets_another(corners)
}

fn no_corner_twice(corners: &[Corner]) -> Result<(), Fault> {
    let mut sorted: Vec<(Corner, usize)> = corners.iter().copied().zip(1..).collect();
    sorted.sort_unstable();
    match sorted.windows(2).filter(|pair| pair[0].0 == pair[1].0).map(|pair| (pair[0].1, pair[1].1)).min() {
        Some((first, second)) => Err(Fault::new(
            format!("J{first} 和 J{second} 坐标相同"),
            format!("J{first} and J{second} have the same coordinates"),
        )),
        None => Ok(()),
    }
}

fn every_corner_on_a_line(corners: &[Corner]) -> bool {
    corners.iter().all(|corner| turn(corners[0], corners[1], *corner) == 0)
}

fn no_side_meets_another(corners: &[Corner]) -> Result<(), Fault> {
    let count = corners.len();
    let side = |index: usize| (corners[index], corners[(index + 1) % count]);
    for one in 0..count {
        for other in one + 1..count {
            let (a, b) = side(one);
            let (c, d) = side(other);
            let bad = if other == one + 1 {
                folds_back(a, b, d)
            } else if one == 0 && other == count - 1 {
                folds_back(c, d, b)
            } else {
                meet(a, b, c, d)
            };
            if bad {
                return Err(crossing(one, other, count));
            }
        }
    }
    Ok(())
}

fn crossing(one: usize, other: usize, count: usize) -> Fault {
    let name = |index: usize| format!("J{}–J{}", index + 1, (index + 1) % count + 1);
    let (one, other) = (name(one), name(other));
    Fault::new(
        format!("界址线 {one} 与 {other} 相交或者重合：各点要按顺序绕宗地一周"),
        format!("the sides {one} and {other} cross or touch: state the corners in order around the plot"),
    )
}

/// Whether a side of three corners goes back over the one before it.
fn folds_back(from: Corner, through: Corner, to: Corner) -> bool {
    turn(from, through, to) == 0 && dot(from, through, to) > 0
}

/// Whether two sides that share no corner have a point in common.
fn meet(a: Corner, b: Corner, c: Corner, d: Corner) -> bool {
    let (of_c, of_d) = (turn(a, b, c).signum(), turn(a, b, d).signum());
    let (of_a, of_b) = (turn(c, d, a).signum(), turn(c, d, b).signum());
    if of_c * of_d < 0 && of_a * of_b < 0 {
        return true;
    }
    let touches = |turn: i128, from: Corner, to: Corner, point: Corner| turn == 0 && between(from, to, point);
    touches(of_c, a, b, c) || touches(of_d, a, b, d) || touches(of_a, c, d, a) || touches(of_b, c, d, b)
}

/// Positive for a turn to the left, negative to the right, zero straight on.
fn turn(from: Corner, through: Corner, to: Corner) -> i128 {
    let (x1, y1) = (i128::from(through.east - from.east), i128::from(through.north - from.north));
    let (x2, y2) = (i128::from(to.east - from.east), i128::from(to.north - from.north));
    x1 * y2 - x2 * y1
}

/// Positive where one looks from the middle corner to both others in the same direction.
fn dot(from: Corner, through: Corner, to: Corner) -> i128 {
    let (x1, y1) = (i128::from(from.east - through.east), i128::from(from.north - through.north));
    let (x2, y2) = (i128::from(to.east - through.east), i128::from(to.north - through.north));
    x1 * x2 + y1 * y2
}

/// Whether a point of the line through two corners lies between them.
fn between(from: Corner, to: Corner, point: Corner) -> bool {
    let within = |one: i64, other: i64, at: i64| (one.min(other)..=one.max(other)).contains(&at);
    within(from.east, to.east, point.east) && within(from.north, to.north, point.north)
}
