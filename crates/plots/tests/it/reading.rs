//! What is typed, pasted or uploaded, and what is said of what cannot be taken.

use plots::{Extent, Plot, geojson, read};

/// Twelve metres by fifteen, clockwise from the north-western corner.
const SQUARE: &str = "4133000 37516000\n4133000 37516012\n4132985 37516012\n4132985 37516000";

fn refused(text: &str) -> String {
    match read(text) {
        Ok(plot) => panic!("taken as {plot}: {text}"),
        Err(fault) => fault.zh,
    }
}

#[test]
fn ways_of_writing_the_same_plot() {
    let plot = read(SQUARE).unwrap();
    assert_eq!(plot.area_text(), "180.00");
    let same = [
        "点号\tX\tY\nJ1\t4133000.000\t37516000.000\nJ2\t4133000.000\t37516012.000\nJ3\t4132985.000\t37516012.000\nJ4\t4132985.000\t37516000.000",
        "1 4133000 37516000; 2 4133000 37516012; 3 4132985 37516012; 4 4132985 37516000",
        "４１３３０００，３７５１６０００；4133000，37516012；4132985、37516012；4132985 37516000",
        // Closed by its first corner, and anticlockwise from the same corner.
        "4133000 37516000\n4133000 37516012\n4132985 37516012\n4132985 37516000\n4133000 37516000",
        "4133000 37516000\n4132985 37516000\n4132985 37516012\n4133000 37516012",
        "4133000.0004 37516000\n4133000 37516012\n4132984.9995 37516012\n4132985 37516000",
    ];
    for text in same {
        assert_eq!(read(text).as_ref(), Ok(&plot), "{text}");
    }
    assert_eq!(read(&plot.to_string()), Ok(plot));
}

#[test]
fn a_rectangle_between_its_bounds() {
    let Ok(Plot::Measured(measured)) = read("东西长 12.5 米\n南北：16m\n东至：村道\n西至 空地") else {
        panic!()
    };
    assert_eq!((measured.east_west(), measured.north_south()), (12_500, 16_000));
    assert_eq!(measured.bounds(), &["村道".to_owned(), String::new(), "空地".into(), String::new()]);
    let plot = Plot::Measured(measured);
    assert_eq!(read(&plot.to_string()), Ok(plot.clone()));
    assert_eq!((plot.area_halves(), plot.area_text().as_str()), (400_000_000, "200.00"));
    assert_eq!(plot.overlap(&read(SQUARE).unwrap()), None, "nobody knows where it lies");
}

#[test]
fn what_is_wrong_is_said_with_the_corner() {
    let line = |count: usize| {
        (0..count).map(|at| format!("{} 37516{:03}", 4_133_000 + at * at, at)).collect::<Vec<_>>().join("\n")
    };
    let cases = [
        ("", "没有坐标"),
        ("4133000 37516000\n4133000 37516012", "至少有三个界址点，现在只有2个"),
        (&line(501), "至多500个，现在有501个"),
        ("4133000 37516000\n4133000 37516012\n4133000 37516000\n4132985 37516000", "J1 和 J3 坐标相同"),
        ("4133000 37516000\n4132985 37516012\n4133000 37516012\n4132985 37516000", "界址线 J1–J2 与 J3–J4 相交"),
        // A spike, and a corner on another side.
        (
            "4133000 37516000\n4133000 37516012\n4133000 37516006\n4132985 37516006",
            "界址线 J1–J2 与 J2–J3 相交或者重合",
        ),
        ("4133000 37516000\n4133000 37516012\n4132985 37516012\n4133000 37516006", "J1–J2 与 J3–J4"),
        ("4133000 37516000\n4133000 37516012\n4133000 37516020", "面积是零"),
        ("37516000 4133000\n37516012 4133000\n37516012 4132985", "J1 的 X、Y 写反了"),
        ("4133000 37516000\n37516012 4133000\n4132985 37516012", "J2 的 X、Y 写反了"),
        ("4133000 516000\n4133000 516012\n4132985 516012", "J1 的 Y 没有带号"),
        ("4133000 19516000\n4133000 19516012\n4132985 19516012", "像六度带"),
        ("4133000 37516000\n4133000 38516012\n4132985 37516012", "J2 的带号是38"),
        ("4133000 37516000\n4133000 37516012\n8132985 37516012", "J3（8132985 37516012）不是三度带平面坐标"),
        ("4133000 37016000\n4133000 37016012\n4132985 37016012", "离中央经线太远"),
        ("37.34 111.18\n37.34 111.181\n37.341 111.181", "J1 的经度、纬度写反了"),
        ("111.18 37.34\n111.181 57.34\n111.181 37.341", "J2 的经纬度"),
        ("4133000 37516000\n4133000\n4132985 37516012", "第2点“4133000”读不懂"),
        ("4133000 37516000\n4133000 3751x012\n4132985 37516012", "第2点"),
        ("东西 12", "两个长度"),
        ("东西 12; 南北 十六", "“南北 十六”里的长度读不懂"),
        ("东西 0; 南北 16", "东西长应大于零"),
        ("东西 12; 东西 13; 南北 16", "重复"),
        ("东西 12; 南北 16; 上至 天", "“上至 天”读不懂"),
        ("{", "读不出 GeoJSON"),
        (r#"{"type":"Point","coordinates":[111.18,37.34]}"#, "读不出 GeoJSON"),
        (r#"{"type":"Polygon","coordinates":[[[37.34,111.18],[37.35,111.18],[37.35,111.19]]]}"#, "写反"),
        (r#"{"type":"Polygon","coordinates":[[[111.18,37.34],[111.19,37.34],[111.19,37.35]],[]]}"#, "洞"),
        (
            r#"{"type":"Polygon","crs":{"properties":{"name":"EPSG:3857"}},"coordinates":[[[111.18,37.34],[111.19,37.34],[111.19,37.35]]]}"#,
            "EPSG:3857",
        ),
        (r#"{"type":"FeatureCollection","features":[]}"#, "0个要素"),
    ];
    for (text, said) in cases {
        let found = refused(text);
        assert!(found.contains(said), "{text:?}: {found}");
    }
}

#[test]
fn touching_is_no_overlap() {
    let plot = read(SQUARE).unwrap();
    let beside = read("4133000 37516012\n4133000 37516024\n4132985 37516024\n4132985 37516012").unwrap();
    let corner_to_corner = read("4133010 37516012\n4133010 37516024\n4133000 37516024\n4133000 37516012").unwrap();
    let half_a_metre_in = read("4133000 37516011.5\n4133000 37516024\n4132985 37516024\n4132985 37516011.5").unwrap();
    let inside = read("4132999 37516001\n4132999 37516003\n4132997 37516003\n4132997 37516001").unwrap();
    assert_eq!(plot.overlap(&beside), Some(0));
    assert_eq!(plot.overlap(&corner_to_corner), Some(0));
    assert_eq!(plot.overlap(&half_a_metre_in), Some(7_500_000), "15 m × 0.5 m");
    assert_eq!(plot.overlap(&inside), Some(4_000_000));
    assert_eq!(plot.overlap(&plot), Some(180_000_000));
}

#[test]
fn two_l_shapes_share_two_pieces() {
    // A comb of two teeth, and a bar across both.
    let comb = read(
        "4133010 37516000\n4133010 37516003\n4133002 37516003\n4133002 37516006\n4133010 37516006\n4133010 37516009\n4133000 37516009\n4133000 37516000",
    )
    .unwrap();
    let bar = read("4133008 37515990\n4133008 37516020\n4133006 37516020\n4133006 37515990").unwrap();
    assert_eq!(comb.overlap(&bar), Some(12_000_000), "two teeth of 3 m × 2 m");
}

#[test]
fn outside_the_county() {
    let county: Extent = "4095000 37480000 4160000 37550000".parse().unwrap();
    let boundary = |text: &str| match read(text).unwrap() {
        Plot::Surveyed(boundary) => boundary,
        Plot::Measured(_) => panic!(),
    };
    assert_eq!(county.holds(&boundary(SQUARE)), Ok(()));
    let far = "4133000 37516000\n4170000 37516012\n4132985 37516012";
    assert!(county.holds(&boundary(far)).unwrap_err().zh.starts_with("J2（4170000.000 37516012.000）在本县范围以外"));
    assert!(county.holds(&boundary(&SQUARE.replace(" 37", " 38"))).unwrap_err().zh.contains("第38带"));
    for text in ["", "1 2 3", "4160000 37480000 4095000 37550000", "4095000 37480000 4160000 38550000", "a b c d"] {
        assert!(text.parse::<Extent>().is_err(), "{text}");
    }
}

#[test]
fn longitude_and_latitude_meet_the_plane() {
    // Half a quadrant of the meridian of this ellipsoid is 4 984 944.378 m, as the tables have it.
    let Ok(Plot::Surveyed(half)) = read("111 45\n111.001 45\n111.001 44.999") else { panic!() };
    let corner = half.corners()[0];
    assert_eq!((half.zone().number(), corner.east), (37, 500_000_000));
    assert!((corner.north - 4_984_944_378).abs() <= 1, "{}", corner.north);
    let Ok(Plot::Surveyed(plot)) = read("111 37.34\n111.0001 37.34\n111.0001 37.3399") else { panic!() };
    // A ten-thousandth of a degree of latitude there is 11.10 m, of longitude 8.86 m.
    let lengths: Vec<i64> = plot.sides().map(|(_, _, length)| length / 10).collect();
    assert!((885..=887).contains(&lengths[0]) && (1109..=1111).contains(&lengths[1]), "{lengths:?}");
}

#[test]
fn features_one_by_one() {
    let text = r#"{"type":"FeatureCollection","features":[
        {"type":"Feature","properties":{"code":"z1"},"geometry":{"type":"Polygon","coordinates":[[[111.18,37.34],[111.1802,37.34],[111.1802,37.3402],[111.18,37.34]]]}},
        {"type":"Feature","properties":{"code":"z2"},"geometry":null}]}"#;
    let features = geojson::features(text).unwrap();
    assert_eq!(features[0].properties["code"], "z1");
    assert!(geojson::plot(&features[0].geometry).is_ok() && features[1].geometry.is_null());
    assert!(geojson::features("[]").is_err());
}
