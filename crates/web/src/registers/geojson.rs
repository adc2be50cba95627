//! A GeoJSON collection as a table for import: a row for each feature, a column for each property, and one for the geometry.

use super::sheet::heading;
use regulation::expr::Type;
use regulation::model::Register;
use serde_json::Value;
use sheets::{Cell, Limits, Row, Sheet, Unreadable};

/// Properties of all features together, at most.
const COLUMNS_MAX: usize = 200;

/// Whether a file is JSON rather than a sheet: a sheet is an archive.
#[must_use]
pub fn is_json(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    text.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{')
}

/// The features as rows. What is wrong with a geometry is said at its cell when it is read.
///
/// # Errors
/// If the file is no such collection, is larger than the limits, or the register has no single column for a plot.
pub fn sheet(register: &Register, bytes: &[u8], limits: &Limits) -> Result<Sheet, Unreadable> {
    let unreadable = |zh: &str, en: &str| Unreadable { zh: zh.to_owned(), en: en.to_owned() };
    if bytes.len() > limits.bytes {
        return Err(unreadable("文件太大，请分几次导入", "The file is too large: import it in parts"));
    }
    let mut columns = register.fields.iter().filter(|field| field.ty == Type::Plot && field.derived.is_none());
    let (Some(plot), None) = (columns.next(), columns.next()) else {
        return Err(unreadable(
            "这个登记簿没有（或者不止一栏）宗地图形，不能从 GeoJSON 导入",
            "This register has no column for a plot, or several: GeoJSON cannot be imported",
        ));
    };
    let text = std::str::from_utf8(bytes).map_err(|_| unreadable("文件不是 UTF-8 编码", "The file is not UTF-8"))?;
    let features = plots::geojson::features(text.trim_start_matches('\u{feff}'))
        .map_err(|fault| Unreadable { zh: fault.zh, en: fault.en })?;
    let mut headings: Vec<String> = Vec::new();
    for name in features.iter().flat_map(|feature| feature.properties.keys()) {
        if !headings.contains(name) {
            headings.push(name.clone());
        }
    }
    if features.len() > limits.rows || headings.len() > COLUMNS_MAX {
        return Err(unreadable(
            "要素或者属性太多，请分几次导入",
            "Too many features or properties: import them in parts",
        ));
    }
    let row = |(number, feature): (u32, &plots::geojson::Feature)| {
        let property = |name: &String| feature.properties.get(name).map_or(Cell::Empty, cell);
        let geometry =
            if feature.geometry.is_null() { Cell::Empty } else { Cell::Text(feature.geometry.to_string().into()) };
        Row { number, cells: headings.iter().map(property).chain([geometry]).collect() }
    };
    let rows = (1..).zip(&features).map(row).collect();
    headings.push(heading(plot));
    Ok(Sheet { name: "GeoJSON".to_owned(), others: Vec::new(), heading_row: 1, headings, rows })
}

fn cell(value: &Value) -> Cell {
    let text = match value {
        Value::Null => return Cell::Empty,
        Value::Bool(yes) => if *yes { "是" } else { "否" }.to_owned(),
        Value::String(text) => text.trim().to_owned(),
        other => other.to_string(),
    };
    if text.is_empty() { Cell::Empty } else { Cell::Text(text.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_told_from_a_sheet() {
        assert!(is_json(b"\xef\xbb\xbf \n{\"type\":1}"));
        assert!(!is_json(b"PK\x03\x04"));
        assert!(!is_json(b""));
    }

    #[test]
    fn properties_become_cells() {
        assert_eq!(cell(&serde_json::json!("  z1 ")), Cell::Text("z1".into()));
        assert_eq!(cell(&serde_json::json!(180.5)), Cell::Text("180.5".into()));
        assert_eq!(cell(&Value::Null), Cell::Empty);
        assert_eq!(cell(&serde_json::json!(true)), Cell::Text("是".into()));
    }
}
