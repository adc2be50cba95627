//! Whatever is typed or uploaded as land is a plot or refused: boundary files of surveyors, lines of coordinates, GeoJSON, extents of a county.

use plots::{Extent, Plot, geojson, read};

/// What boundary files and lines of corners are made of, in any order.
const PIECES: [&str; 44] = [
    "\n",
    "\r\n",
    " ",
    "\t",
    ",",
    ";",
    "；",
    "，",
    ".",
    "-",
    "+",
    "0",
    "1",
    "9",
    "J1",
    "J2",
    "@",
    "[属性描述]",
    "[地块坐标]",
    "带号=37",
    "带号=",
    "几度分带=3",
    "计量单位=米",
    "4133000",
    "4133040.5",
    "37516000",
    "37516030.25",
    "516000",
    "111.18",
    "37.34",
    "1e400",
    "-0",
    "NaN",
    "99999999999999999999",
    "东至",
    "南至",
    "西至路",
    "长",
    "宽",
    "米",
    "\u{feff}",
    "J1,1,4133000,37516000",
    "12.5",
    "×",
];

fn text(choices: &[u8]) -> String {
    choices.iter().take(60).map(|choice| PIECES[usize::from(*choice) % PIECES.len()]).collect()
}

/// What must hold of every plot, however it was stated.
fn hold(plot: &Plot) {
    assert!(plot.area_halves() > 0 && plot.corner_count() >= 3);
    assert_eq!(read(&plot.to_string()).as_ref(), Ok(plot), "{plot}");
    if plot.boundary().is_some() {
        assert!(plot.is_near(plot) && plot.overlap(plot).is_some_and(|shared| shared >= 0));
        assert!(!plot.squares_kept().is_disjoint(&plot.squares_asked()), "an index finds it");
        assert!(geojson::geometry(plot).is_some());
    }
    assert!(!plot.area_text().is_empty());
}

#[test]
fn no_text_is_more_than_a_plot() {
    bolero::check!().with_iterations(4_000).with_type::<(Vec<u8>, bool)>().for_each(|(choices, raw)| {
        let text = if *raw { String::from_utf8_lossy(choices).into_owned() } else { text(choices) };
        if let Ok(plot) = read(&text) {
            hold(&plot);
        }
        _ = text.parse::<Extent>();
    });
}

/// Corners near one another, in any order, some of them the same: crossings, spikes and slivers.
#[test]
fn no_corners_are_more_than_a_plot() {
    bolero::check!().with_iterations(3_000).with_type::<Vec<(u8, u8, u8)>>().for_each(|corners| {
        let lines: Vec<String> = corners
            .iter()
            .take(12)
            .map(|(north, east, fine)| {
                format!(
                    "{}.{:03} {}",
                    4_133_000 + u32::from(*north),
                    u32::from(*fine) * 3,
                    37_516_000 + u32::from(*east)
                )
            })
            .collect();
        if let Ok(plot) = read(&lines.join("; ")) {
            hold(&plot);
        }
    });
}

#[test]
fn no_geojson_is_more_than_its_plots() {
    const PARTS: [&str; 36] = [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"type\"",
        "\"Polygon\"",
        "\"MultiPolygon\"",
        "\"Feature\"",
        "\"FeatureCollection\"",
        "\"features\"",
        "\"geometry\"",
        "\"properties\"",
        "\"coordinates\"",
        "\"crs\"",
        "\"plane\"",
        "null",
        "true",
        "111.18",
        "37.34",
        "111.181",
        "37.341",
        "1e308",
        "-1e-308",
        "180",
        "91",
        "0",
        "\"\"",
        "[[[111.18,37.34],[111.181,37.34],[111.181,37.341],[111.18,37.34]]]",
        "[[111.18,37.34],[111.18,37.34]]",
        "[[],[]]",
        "{\"type\":\"Polygon\",\"coordinates\":",
        "{\"type\":\"Feature\",\"geometry\":",
        "{\"type\":\"FeatureCollection\",\"features\":[",
        "[[[",
    ];
    bolero::check!().with_iterations(4_000).with_type::<(Vec<u8>, bool)>().for_each(|(choices, raw)| {
        let text = if *raw {
            String::from_utf8_lossy(choices).into_owned()
        } else {
            choices.iter().take(40).map(|choice| PARTS[usize::from(*choice) % PARTS.len()]).collect()
        };
        if let Ok(features) = geojson::features(&text) {
            features.iter().filter_map(|feature| geojson::plot(&feature.geometry).ok()).for_each(|plot| hold(&plot));
        }
        if let Ok(plot) = read(&text) {
            hold(&plot);
        }
    });
}
