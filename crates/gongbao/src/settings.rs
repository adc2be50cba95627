//! Files of settings: `setting,value` in CSV, lines that begin with `#` left out.

use anyhow::{Result, bail};
use std::collections::BTreeMap;

/// The settings of a text, each known and each at most once. An empty value is none.
pub fn read(text: &str, known: &[&str]) -> Result<BTreeMap<String, String>> {
    let mut reader =
        csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    if reader.headers()?.iter().ne(["setting", "value"]) {
        bail!("第一行应是 setting,value / the first line must be setting,value");
    }
    let mut found = BTreeMap::new();
    for line in reader.into_records() {
        let line = line?;
        let (name, value) = (line[0].trim().to_owned(), line[1].trim().to_owned());
        if !known.contains(&name.as_str()) {
            bail!("没有这个设置 {name} / no such setting");
        }
        if !value.is_empty() && found.insert(name.clone(), value).is_some() {
            bail!("{name} 写了两次 / stands there twice");
        }
    }
    Ok(found)
}
