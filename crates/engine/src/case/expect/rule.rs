//! Results about rules: hits, candidates, whether they hold.

use super::{asking, listed, sides};
use crate::case::player::Player;
use crate::verdict::{RuleVerdict, verdicts};
use std::collections::BTreeSet;

pub(super) fn verdict_of(player: &Player<'_>, rule: &str) -> Result<RuleVerdict, String> {
    let found = asking(player, |env| verdicts(env, [rule]).into_iter().next())?;
    found.ok_or_else(|| format!("没有规则 {rule}"))
}

pub(super) fn rows_are(player: &Player<'_>, text: &str, candidate: bool) -> Result<(), String> {
    let (rule, codes) = sides(text)?;
    let verdict = verdict_of(player, rule)?;
    let rows = verdict.rows.iter().filter(|row| row.holds == Some(true) && row.candidate == candidate);
    let found: Vec<&str> = rows.map(|row| row.code.as_str()).collect();
    let wanted: Vec<&str> = listed(codes).into_iter().filter(|code| !["none", "无"].contains(code)).collect();
    let same = found.iter().collect::<BTreeSet<_>>() == wanted.iter().collect::<BTreeSet<_>>();
    if same { Ok(()) } else { Err(if found.is_empty() { "无".to_owned() } else { found.join(", ") }) }
}

pub(super) fn hits(player: &mut Player<'_>, text: &str) -> Result<(), String> {
    rows_are(player, text, false)
}

pub(super) fn candidates(player: &mut Player<'_>, text: &str) -> Result<(), String> {
    rows_are(player, text, true)
}

pub(super) fn holds(player: &mut Player<'_>, rule: &str) -> Result<(), String> {
    let verdict = verdict_of(player, rule)?;
    if verdict.holds == Some(true) { Ok(()) } else { Err(rows_said(&verdict)) }
}

pub(super) fn fails(player: &mut Player<'_>, rule: &str) -> Result<(), String> {
    let verdict = verdict_of(player, rule)?;
    if verdict.holds == Some(false) { Ok(()) } else { Err(rows_said(&verdict)) }
}

pub(super) fn rows_said(verdict: &RuleVerdict) -> String {
    let rows: Vec<String> = verdict.rows.iter().map(|row| format!("{} {:?}", row.code, row.holds)).collect();
    format!("{:?}：{}", verdict.holds, rows.join("，"))
}
