//! Results about documents: issued or not, numbers, what they say.

use super::{current, listed, sides, split_text};
use crate::case::player::Player;
use regulation::expr::Value;
use regulation::model::Label;

pub(super) fn is_issued(player: &Player<'_>, name: &str) -> Result<bool, String> {
    let matter = current(player)?;
    Ok(matter.last_document(name).is_some_and(|document| document.voided.is_none()))
}

pub(super) fn issued(player: &mut Player<'_>, names: &str) -> Result<(), String> {
    for name in listed(names) {
        if !is_issued(player, name)? {
            return Err(format!("没有有效的 {name}"));
        }
    }
    Ok(())
}

pub(super) fn not_issued(player: &mut Player<'_>, names: &str) -> Result<(), String> {
    for name in listed(names) {
        if is_issued(player, name)? {
            return Err(format!("已有 {name}"));
        }
    }
    Ok(())
}

pub(super) fn number(player: &mut Player<'_>, text: &str) -> Result<(), String> {
    let (name, wanted) = sides(text)?;
    let matter = current(player)?;
    let found = match name {
        "" => matter.number.clone(),
        name => matter.last_document(name).and_then(|document| document.number.clone()),
    };
    match found {
        Some(found) if found == wanted => Ok(()),
        found => Err(found.unwrap_or_else(|| "没有编号".to_owned())),
    }
}

/// Names, values, paragraphs and reasons of a document, as text.
pub(super) fn text_of(player: &Player<'_>, name: &str) -> Result<Vec<String>, String> {
    let matter = current(player)?;
    let document = matter.last_document(name).ok_or_else(|| format!("没有 {name}"))?;
    let mut texts: Vec<String> = document.data.keys().cloned().collect();
    texts.extend(document.data.values().flat_map(leaves));
    texts.extend(document.paragraphs.iter().cloned());
    texts.extend(document.reasons.iter().map(|reason| format!("{} {}", reason.code, reason.zh)));
    Ok(texts)
}

pub(super) fn leaves(value: &Value) -> Vec<String> {
    match value {
        Value::List(values) => values.iter().flat_map(leaves).collect(),
        Value::Records(rows) => rows
            .iter()
            .flat_map(|row| row.iter())
            .flat_map(|(name, value)| [vec![name.clone()], leaves(value)].concat())
            .collect(),
        Value::Figures(figures) => {
            let row = |row: &Vec<Label>| row.iter().map(|cell| cell.zh.as_str()).collect::<Vec<_>>().join(" / ");
            std::iter::once(figures.caption_zh()).chain(figures.rows.iter().map(row)).collect()
        }
        value => vec![value.show()],
    }
}

pub(super) fn within(player: &mut Player<'_>, text: &str) -> Result<(), String> {
    let (name, wanted) = split_text(text)?;
    let texts = text_of(player, name)?;
    if texts.iter().any(|text| text.contains(wanted)) { Ok(()) } else { Err(texts.join(" | ")) }
}

pub(super) fn not_within(player: &mut Player<'_>, text: &str) -> Result<(), String> {
    let (name, unwanted) = split_text(text)?;
    let texts = text_of(player, name)?;
    match texts.iter().find(|text| text.contains(unwanted)) {
        Some(found) => Err(found.clone()),
        None => Ok(()),
    }
}
