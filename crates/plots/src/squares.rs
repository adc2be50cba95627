//! Squares by which plots are found (索引网格): an index of equal texts, so that it may be kept as blind digests, finds the plots whose
//! upright rectangles may meet.
//!
//! The land is divided into squares of several sizes. A plot is kept under the squares of the smallest size not smaller than itself, at
//! most four, as one *of* that size; and under those of each larger size as one *within*. Who asks for a plot looks for what lies within the
//! squares of its own size, which are all plots that are not larger, and for what is of each larger size. A county's index is so asked a dozen
//! times, wherever the plot lies and however many there are.

use crate::boundary::Boundary;
use std::collections::BTreeSet;

/// Sides of the squares in millimetres, ascending: a house, a village, a township, more than a county.
const SIDES: [i64; 4] = [100_000, 1_600_000, 25_600_000, 409_600_000];

/// Where a plot is kept.
pub(crate) fn kept(boundary: &Boundary) -> BTreeSet<String> {
    let own = size(boundary);
    let within = (own..SIDES.len()).flat_map(|size| squares(boundary, size, "within"));
    squares(boundary, own, "of").chain(within).collect()
}

/// Where to look for the plots that may meet one.
pub(crate) fn asked(boundary: &Boundary) -> BTreeSet<String> {
    let own = size(boundary);
    let larger = (own + 1..SIDES.len()).flat_map(|size| squares(boundary, size, "of"));
    squares(boundary, own, "within").chain(larger).collect()
}

fn size(boundary: &Boundary) -> usize {
    let (width, height) = boundary.spans();
    SIDES.iter().position(|side| *side >= width.max(height)).unwrap_or(SIDES.len() - 1)
}

fn squares(boundary: &Boundary, size: usize, how: &'static str) -> impl Iterator<Item = String> + use<> {
    let (zone, (low, high), side) = (boundary.zone().number(), boundary.frame(), SIDES[size]);
    let easts = low.east.div_euclid(side)..=high.east.div_euclid(side);
    let norths = low.north.div_euclid(side)..=high.north.div_euclid(side);
    easts.flat_map(move |east| norths.clone().map(move |north| format!("{zone} {how} {size} {east} {north}")))
}

#[cfg(test)]
mod tests {
    use crate::{Boundary, Corner, Plot, Zone};

    fn rectangle(north: i64, east: i64, height: i64, width: i64) -> Plot {
        let corner =
            |up: i64, right: i64| Corner { north: 4_133_000_000 + north + up, east: 516_000_000 + east + right };
        let corners = vec![corner(0, 0), corner(height, 0), corner(height, width), corner(0, width)];
        let zone = Zone::new(37).expect("zone 37 is in China");
        Plot::Surveyed(Boundary::new(zone, corners).expect("a rectangle is a plot"))
    }

    #[test]
    fn plots_that_share_land_are_found_whatever_their_sizes() {
        let sizes = [5_000, 12_000, 99_999, 100_000, 130_000, 1_600_001, 30_000_000];
        for own in sizes {
            for other in sizes {
                for shift in [0, own - 1, -other + 1, own / 2, 77_777] {
                    let (one, two) = (rectangle(0, 0, own, own), rectangle(shift, -shift, other, other));
                    let share = one.overlap(&two).is_some_and(|area| area > 0);
                    let found = !one.squares_asked().is_disjoint(&two.squares_kept());
                    assert!(found || !share, "{own} and {other}, {shift} apart");
                    assert!(one.is_near(&two) || !share, "{own} and {other}, {shift} apart");
                }
            }
        }
    }

    #[test]
    fn a_house_is_kept_in_few_squares_and_found_by_few_questions() {
        let house = rectangle(0, 0, 12_000, 15_000);
        assert!(house.squares_kept().len() <= 20 && house.squares_asked().len() <= 16);
        let far = rectangle(250_000, 0, 12_000, 15_000);
        assert!(house.squares_asked().is_disjoint(&far.squares_kept()) && !house.is_near(&far));
    }

    #[test]
    fn a_plot_without_position_is_nowhere() {
        let tape = crate::read("东西 12.5 / 南北 16 / 东至 村道").expect("a measured plot");
        assert!(tape.squares_kept().is_empty() && !tape.is_near(&rectangle(0, 0, 12_000, 15_000)));
    }
}
