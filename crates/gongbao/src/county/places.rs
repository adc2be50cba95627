//! `places.csv`, and `places-past.csv`: which places there are, what became of those that ended, and how they were before.

use super::{Line, Sheet};
use crate::home::Home;
use anyhow::{Result, anyhow, bail};
use engine::county::{County, Ending, Past, Place};

/// The places of the county; nothing else of it is filled in.
pub(super) fn read(home: &Home) -> Result<County> {
    let mut county = County::default();
    let mut lines = Vec::new();
    for line in Sheet::open(home, "places.csv")? {
        let (place, ending) = place(&line)?;
        if place.parent.is_none() {
            county.code.clone_from(&place.code);
        }
        if let Some(ending) = ending {
            county.ended.insert(place.code.clone(), ending);
        }
        let code = place.code.clone();
        if county.places.insert(code.clone(), place).is_some() {
            bail!("{}：地方代码重复 / duplicate place code", line.at("code"));
        }
        lines.push((code, line));
    }
    for (code, line) in &lines {
        known(&county, line, "parent")?;
        known(&county, line, "successor")?;
        ends_well(&county, code, line)?;
    }
    if home.county.contains_key("places-past.csv") {
        for line in Sheet::open(home, "places-past.csv")? {
            past(&mut county, &line)?;
        }
    }
    Ok(county)
}

fn place(line: &Line) -> Result<(Place, Option<Ending>)> {
    let attributes = line.optional("attributes").unwrap_or("").split(';').filter(|name| !name.is_empty());
    let place = Place {
        code: line.get("code")?.into(),
        name: line.get("name")?.into(),
        en: line.optional("en").map(String::from),
        short: line.get("short")?.into(),
        level: line.get("level")?.into(),
        parent: line.optional("parent").map(String::from),
        attributes: attributes.map(|name| (name.into(), true)).collect(),
        from: line.date("from")?,
        past: Vec::new(),
    };
    let ending = match (line.date("to")?, line.optional("successor")) {
        (None, None) => None,
        (Some(to), Some(into)) => Some(Ending { to, into: into.into() }),
        (Some(_), None) => {
            bail!("{}：撤销的地方须写明并入哪里 / say what it is part of since", line.at("successor"))
        }
        (None, Some(_)) => bail!("{}：须写明最后一日 / its last day is missing", line.at("to")),
    };
    Ok((place, ending))
}

/// That a column, where it is filled in, names a place of the county.
fn known(county: &County, line: &Line, column: &str) -> Result<()> {
    match line.optional(column).filter(|code| !county.places.contains_key(*code)) {
        Some(code) => bail!("{}：没有这个地方 {code} / no such place", line.at(column)),
        None => Ok(()),
    }
}

/// That a place that ended is part of one of its level which has not, at last; and that every place lies in the county.
fn ends_well(county: &County, code: &str, line: &Line) -> Result<()> {
    let level = |code: &str| county.places.get(code).map(|place| &place.level);
    let now = county.now(code);
    if county.ended.contains_key(now) || level(now) != level(code) {
        bail!("{}：并入的应是同级、未撤销的地方 / it must become part of a place of its level", line.at("successor"));
    }
    let above = |code: &str| county.places.get(code).and_then(|place| county.parent(place));
    let mut here = above(now);
    for _ in 0..county.places.len() {
        let Some(place) = here else { break };
        here = county.parent(place);
    }
    if here.is_some() {
        bail!("{}：上级成环 / it lies in itself", line.at("parent"));
    }
    Ok(())
}

/// How a place was until a day; what is left empty was as it is now.
fn past(county: &mut County, line: &Line) -> Result<()> {
    let code = line.get("code")?;
    known(county, line, "parent")?;
    let until = line.date("until")?.ok_or_else(|| anyhow!("{}：缺末日 / last day missing", line.at("until")))?;
    let Some(place) = county.places.get_mut(code) else {
        bail!("{}：没有这个地方 {code} / no such place", line.at("code"));
    };
    let or = |column: &str, now: &str| line.optional(column).unwrap_or(now).to_owned();
    place.past.push(Past {
        until,
        name: or("name", &place.name),
        short: or("short", &place.short),
        parent: line.optional("parent").map(String::from).or_else(|| place.parent.clone()),
    });
    place.past.sort_by_key(|past| past.until);
    Ok(())
}
