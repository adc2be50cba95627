//! What views show (视图), to whom, and what they add up to.

use super::super::player::Player;
use super::super::value::{is_written, place_code};
use super::{sides, split_text};
use crate::county::County;
use crate::rights::{Viewer, view_areas};
use crate::view::{Asked, Looked, Period, Report, Subject, report};
use crate::world::World;
use regulation::expr::Value;
use regulation::model::{Regulation, View};
use std::sync::Arc;

/// `view NAME = N`: so many lines fit. `view NAME: column = VALUE`: the figure over all. `view NAME KEY: column = VALUE`: of a group,
/// or of the line whose first column says so, or that is about the matter of that name.
pub(super) fn shows(player: &mut Player<'_>, text: &str) -> Result<(), String> {
    let Ok((row, equation)) = split_text(text) else {
        let (name, wanted) = sides(text)?;
        let found = asked(player, name)?.2.found;
        return if wanted == found.to_string() { Ok(()) } else { Err(format!("{found} 条")) };
    };
    let (name, key) = row.split_once(' ').map_or((row, ""), |(name, key)| (name, key.trim()));
    let (column, wanted) = sides(equation)?;
    let (_, view, report) = asked(player, name)?;
    let (index, _) = view.column(column).ok_or_else(|| format!("视图 {name} 没有 {column} 栏"))?;
    let values = if key.is_empty() { Some(report.total.as_slice()) } else { row_of(player, &report, key) };
    let values = values.ok_or_else(|| format!("没有“{key}”；有：{}", keys(&report)))?;
    let found = &values[index];
    if is_written(found, wanted, player.now.date()) || named(player, found, wanted) {
        return Ok(());
    }
    Err(if found.is_missing() { "none".to_owned() } else { found.show() })
}

/// `no view NAME`: who looks may not ask for it. `no view NAME KEY`: it has no such group or line.
pub(super) fn lacks(player: &mut Player<'_>, text: &str) -> Result<(), String> {
    let (name, key) = text.split_once(' ').map_or((text, ""), |(name, key)| (name, key.trim()));
    if key.is_empty() {
        let (regulation, view) = find(player, name)?;
        return if areas(player, (&regulation, &view))?.is_empty() { Ok(()) } else { Err("可以查看".to_owned()) };
    }
    let (_, _, report) = asked(player, name)?;
    if row_of(player, &report, key).is_none() { Ok(()) } else { Err(format!("有：{}", keys(&report))) }
}

/// `late NAME = N`: so many lines of it are late.
pub(super) fn late(player: &mut Player<'_>, text: &str) -> Result<(), String> {
    let (name, wanted) = sides(text)?;
    let found = asked(player, name)?.2.late;
    if wanted == found.to_string() { Ok(()) } else { Err(format!("逾期 {found} 条")) }
}

fn find(player: &Player<'_>, name: &str) -> Result<(Arc<Regulation>, Arc<View>), String> {
    let regulations = player.rulebook.regulations.values();
    let mut found = regulations.filter_map(|regulation| Some((regulation, regulation.views.get(name)?)));
    let (regulation, view) = found.next().ok_or_else(|| format!("没有视图 {name}"))?;
    Ok((Arc::clone(regulation), Arc::clone(view)))
}

/// The places on which whoever looks may ask; the whole county where nobody in particular looks.
fn areas(player: &Player<'_>, (regulation, view): (&Regulation, &View)) -> Result<Vec<String>, String> {
    let county = player.world.county();
    match player.looking.who.as_str() {
        "" => Ok(vec![county.code.clone()]),
        who => {
            let viewer = Viewer::everywhere(county, &player.person(who)?, player.now);
            Ok(view_areas(county, &viewer, (regulation, view), player.now))
        }
    }
}

fn asked(player: &Player<'_>, name: &str) -> Result<(Arc<Regulation>, Arc<View>, Report), String> {
    let (regulation, view) = find(player, name)?;
    let county = player.world.county();
    let areas = areas(player, (&regulation, &view))?;
    let mut area = areas.first().cloned().ok_or_else(|| "不可以查看".to_owned())?;
    let mut question = Asked::new(&view, &area, player.now);
    for (name, text) in &player.looking.with {
        match name.as_str() {
            "period" => {
                let period = Period::read(text).ok_or_else(|| format!("看不懂期间“{text}”"))?;
                question.period = view.period.map(|_| period);
            }
            "place" => area = place_code(county, text).ok_or_else(|| format!("没有地方“{text}”"))?,
            _ => return Err(format!("“查看”只能写 period、place，没有“{name}”")),
        }
    }
    if !areas.iter().any(|outer| county.contains(outer, &area)) {
        return Err("不在辖区之内".to_owned());
    }
    question.area = area;
    let answer = report(&player.world, &regulation, &view, &question, &Vec::<Looked>::new());
    Ok((regulation, view, answer))
}

fn row_of<'r>(player: &Player<'_>, report: &'r Report, key: &str) -> Option<&'r [Value]> {
    let county = player.world.county();
    if let Some(group) = report.groups.iter().find(|group| is_key(county, &group.key, key)) {
        return Some(&group.values);
    }
    let matter = player.matter_named(key);
    let is_line = |subject: &Subject, values: &[Value]| {
        let about = match (subject, &matter) {
            (Subject::Matter(id), Some(wanted)) => id == wanted,
            (Subject::Row { key: row, .. }, _) => row == key,
            _ => false,
        };
        about || values.first().is_some_and(|first| first.show() == key || is_key(county, &first.show(), key))
    };
    report.lines.iter().find(|line| is_line(&line.subject, &line.values)).map(|line| line.values.as_slice())
}

/// Whether a key is what a case writes: places may be written by name.
fn is_key(county: &County, key: &str, written: &str) -> bool {
    let same = |(part, written): (&str, &str)| {
        part == written || county.place(part).is_some_and(|place| place.name == written)
    };
    key.split(" / ").count() == written.split(" / ").count() && key.split(" / ").zip(written.split(" / ")).all(same)
}

fn named(player: &Player<'_>, found: &Value, wanted: &str) -> bool {
    let county = player.world.county();
    match found {
        Value::Key(key) => {
            key == wanted
                || county.place(key).is_some_and(|place| place.name == wanted)
                || player.cast.get(wanted).is_some_and(|role| role.person == *key)
        }
        _ => false,
    }
}

fn keys(report: &Report) -> String {
    let groups = report.groups.iter().map(|group| group.key.clone());
    let lines = report.lines.iter().filter_map(|line| line.values.first()).map(Value::show);
    let all: Vec<String> = groups.chain(lines).take(20).collect();
    all.join("、")
}
