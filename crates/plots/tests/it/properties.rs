//! What holds of every plot.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

use plots::{Boundary, Corner, Plot, Zone, geojson, read};
use proptest::prelude::*;

/// A star-shaped plot around a point of the county: corners at rising angles never cross. Sines in thousandths, so that no floating
/// point is needed.
fn star() -> impl Strategy<Value = Vec<Corner>> {
    const DIRECTIONS: [(i64, i64); 12] = [
        (0, 1000),
        (500, 866),
        (866, 500),
        (1000, 0),
        (866, -500),
        (500, -866),
        (0, -1000),
        (-500, -866),
        (-866, -500),
        (-1000, 0),
        (-866, 500),
        (-500, 866),
    ];
    let radii = prop::collection::vec(3_000_i64..40_000, DIRECTIONS.len());
    (4_100_000_000_i64..4_150_000_000, 485_000_000_i64..540_000_000, radii).prop_map(|(north, east, radii)| {
        let corner = |((x, y), radius): (&(i64, i64), &i64)| Corner {
            north: north + y * radius / 1000,
            east: east + x * radius / 1000,
        };
        DIRECTIONS.iter().zip(&radii).map(corner).collect()
    })
}

fn plot(corners: &[Corner]) -> Plot {
    Plot::Surveyed(Boundary::new(Zone::new(37).unwrap(), corners.to_vec()).unwrap())
}

fn moved(corners: &[Corner], north: i64, east: i64) -> Vec<Corner> {
    corners.iter().map(|corner| Corner { north: corner.north + north, east: corner.east + east }).collect()
}

proptest! {
    #[test]
    fn area_does_not_depend_on_where_one_starts_or_which_way_round(corners in star(), start in 0_usize..12) {
        let area = plot(&corners).area_halves();
        let mut turned = corners.clone();
        turned.rotate_left(start);
        prop_assert_eq!(plot(&turned).area_halves(), area);
        turned.reverse();
        prop_assert_eq!(plot(&turned).area_halves(), area);
        // Whichever way round: the first corner stays the first.
        let Plot::Surveyed(boundary) = plot(&turned) else { unreachable!() };
        prop_assert_eq!(boundary.corners()[0], turned[0]);
    }

    #[test]
    fn overlap_is_symmetric_and_within_both(one in star(), north in -50_000_i64..50_000, east in -50_000_i64..50_000, other in star()) {
        let near = moved(&other, one[0].north - other[0].north + north, one[0].east - other[0].east + east);
        let (one, near) = (plot(&one), plot(&near));
        let shared = one.overlap(&near).unwrap();
        prop_assert_eq!(near.overlap(&one), Some(shared));
        prop_assert!(shared >= 0 && 2 * shared <= one.area_halves().min(near.area_halves()));
    }

    #[test]
    fn a_plot_overlaps_itself_wholly_and_its_neighbour_not_at_all(corners in star()) {
        let one = plot(&corners);
        let whole = one.area_halves() / 2;
        prop_assert!((one.overlap(&one).unwrap() - whole).abs() <= 1);
        let (width, _) = one.spans();
        prop_assert_eq!(one.overlap(&plot(&moved(&corners, 0, width))), Some(0));
    }

    #[test]
    fn there_and_back_through_geojson_within_a_millimetre(corners in star()) {
        let before = plot(&corners);
        let Plot::Surveyed(there) = &before else { unreachable!() };
        let json = geojson::geometry(&before).unwrap();
        let Ok(Plot::Surveyed(back)) = geojson::plot(&json) else { panic!("{json}") };
        prop_assert_eq!(back.zone(), there.zone());
        for (a, b) in there.corners().iter().zip(back.corners()) {
            prop_assert!((a.north - b.north).abs() <= 1 && (a.east - b.east).abs() <= 1, "{:?} {:?}", a, b);
        }
    }

    #[test]
    fn what_is_written_is_read_again(corners in star()) {
        let plot = plot(&corners);
        prop_assert_eq!(read(&plot.to_string()), Ok(plot));
    }

    #[test]
    fn any_text_is_answered(text in "\\PC{0,80}") {
        let _ = read(&text);
    }

    #[test]
    fn any_lines_of_figures_are_answered(text in "([J0-9;.,+\\- 东南西北至\n\t]|4133000|37516000|111\\.18|37\\.34){0,40}") {
        if let Ok(plot) = read(&text) {
            prop_assert!(plot.area_halves() > 0);
            prop_assert_eq!(read(&plot.to_string()), Ok(plot));
        }
    }

    #[test]
    fn any_json_is_answered(text in "\\{(\"(type|coordinates|features|geometry|crs)\":(\"(Polygon|Feature|FeatureCollection)\"|\\[\\[\\[1,2\\]\\]\\]|null|\\{\\}),?){0,5}\\}") {
        let _ = read(&text);
    }
}
