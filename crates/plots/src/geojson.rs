//! Plots as GeoJSON (RFC 7946): longitude and latitude of CGCS2000, which differs from WGS 84 by less than a survey can tell.

use crate::boundary::Boundary;
use crate::fault::Fault;
use crate::projection::{Degrees, to_degrees, to_plane, zone_of};
use crate::read::{degrees_in_china, swapped_degrees};
use crate::{Corner, Plot};
use serde_json::{Map, Value, json};

/// A thing on a map: what is said of it, and where it lies.
#[derive(Debug, Clone, PartialEq)]
pub struct Feature {
    /// Members of `properties`.
    pub properties: Map<String, Value>,
    /// Its geometry, for [`plot`].
    pub geometry: Value,
}

/// The geometry of a plot: a polygon whose ring runs anticlockwise and is closed, as the standard asks; `None` where the position is
/// not known.
#[must_use]
pub fn geometry(plot: &Plot) -> Option<Value> {
    let boundary = plot.boundary()?;
    let first = boundary.corners().first()?;
    // The cadastre numbers corners clockwise, GeoJSON's rings run the other way: the first corner stays the first.
    let ring = std::iter::once(first).chain(boundary.corners().iter().rev());
    let point = |corner: &Corner| {
        let at = to_degrees(boundary.zone(), *corner);
        json!([at.longitude, at.latitude])
    };
    let ring: Vec<Value> = ring.map(point).collect();
    Some(json!({ "type": "Polygon", "coordinates": [ring] }))
}

/// A plot out of a polygon, a feature, or a collection of one feature.
pub fn plot(value: &Value) -> Result<Plot, Fault> {
    match kind(value) {
        "Feature" => plot(value.get("geometry").unwrap_or(&Value::Null)),
        "FeatureCollection" => match features_of(value) {
            [one] => plot(one),
            several => Err(Fault::new(
                format!("GeoJSON 里有{}个要素，这里只收一宗地", several.len()),
                format!("the GeoJSON has {} features, one plot is expected", several.len()),
            )),
        },
        "Polygon" => polygon(value.get("coordinates").unwrap_or(&Value::Null)),
        "MultiPolygon" => match value.get("coordinates").and_then(Value::as_array).map(Vec::as_slice) {
            Some([one]) => polygon(one),
            _ => Err(Fault::new("一宗地是一个多边形，不是几块", "a plot is one polygon, not several")),
        },
        _ => Err(unreadable()),
    }
    .and_then(|plot| only_known_system(value).map(|()| plot))
}

/// The features of a collection.
pub fn features(text: &str) -> Result<Vec<Feature>, Fault> {
    let value: Value = serde_json::from_str(text).map_err(|_| unreadable())?;
    if kind(&value) != "FeatureCollection" || !value.get("features").is_some_and(Value::is_array) {
        return Err(Fault::new("应是 GeoJSON 的 FeatureCollection", "a GeoJSON FeatureCollection is expected"));
    }
    only_known_system(&value)?;
    let feature = |value: &Value| Feature {
        properties: value.get("properties").and_then(Value::as_object).cloned().unwrap_or_default(),
        geometry: value.get("geometry").cloned().unwrap_or_default(),
    };
    Ok(features_of(&value).iter().map(feature).collect())
}

pub(crate) fn read(text: &str) -> Result<Plot, Fault> {
    let value: Value = serde_json::from_str(text).map_err(|_| unreadable())?;
    plot(&value)
}

fn kind(value: &Value) -> &str {
    value.get("type").and_then(Value::as_str).unwrap_or_default()
}

fn features_of(value: &Value) -> &[Value] {
    value.get("features").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn unreadable() -> Fault {
    Fault::new(
        "读不出 GeoJSON：应是 Polygon、Feature 或者 FeatureCollection",
        "this is not GeoJSON: a Polygon, a Feature or a FeatureCollection is expected",
    )
}

/// Older files name a system of coordinates; any other than longitude and latitude would be read wrongly.
fn only_known_system(value: &Value) -> Result<(), Fault> {
    let Some(system) = value.get("crs").filter(|system| !system.is_null()) else { return Ok(()) };
    let name = system.pointer("/properties/name").and_then(Value::as_str).unwrap_or_default();
    if ["CRS84", "4326", "4490"].iter().any(|known| name.ends_with(known)) {
        return Ok(());
    }
    Err(Fault::new(
        format!("GeoJSON 的坐标系是 {name}，应是经纬度（CGCS2000 或 WGS 84）"),
        format!("the GeoJSON is in `{name}`; longitude and latitude of CGCS2000 or WGS 84 are expected"),
    ))
}

fn polygon(rings: &Value) -> Result<Plot, Fault> {
    let ring = match rings.as_array().map(Vec::as_slice) {
        Some([ring]) => ring.as_array().ok_or_else(unreadable)?,
        Some([_, _, ..]) => {
            return Err(Fault::new("宗地中间有洞，不能登记", "a plot with a hole in it cannot be taken"));
        }
        _ => return Err(unreadable()),
    };
    let points: Option<Vec<Degrees>> = ring.iter().map(position).collect();
    from_degrees(&points.ok_or_else(unreadable)?)
}

/// Figures may come as texts: whoever reads JSON exactly keeps their digits that way.
fn position(value: &Value) -> Option<Degrees> {
    let figure =
        |value: &Value| value.as_f64().or_else(|| value.as_str()?.parse().ok()).filter(|figure| figure.is_finite());
    let number = |index: usize| value.get(index).and_then(figure);
    Some(Degrees { longitude: number(0)?, latitude: number(1)? })
}

/// A plot of corners on the globe, in the zone nearest to the first.
pub(crate) fn from_degrees(points: &[Degrees]) -> Result<Plot, Fault> {
    for (name, point) in (1..).zip(points) {
        if swapped_degrees(*point) {
            return Err(Fault::new(
                format!("J{name} 的经度、纬度写反了：先写经度（如111.18），后写纬度（如37.34）"),
                format!("J{name} has latitude before longitude: longitude (such as 111.18) comes first"),
            ));
        }
        if !degrees_in_china(*point) {
            return Err(Fault::new(
                format!("J{name} 的经纬度 {}, {} 不在中国范围内", point.longitude, point.latitude),
                format!("J{name} at {}, {} is not in China", point.longitude, point.latitude),
            ));
        }
    }
    let few = || Fault::new("宗地至少有三个界址点", "a plot has three corners or more");
    let first = points.first().ok_or_else(few)?;
    let zone = zone_of(first.longitude).ok_or_else(few)?;
    let corners = points.iter().map(|point| to_plane(zone, *point)).collect();
    Boundary::new(zone, corners).map(Plot::Surveyed)
}
