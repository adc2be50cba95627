//! What a case says must come of a line, compared with what came.

mod clock;
mod document;
mod erased;
mod fund;
mod people;
mod rule;
mod view;

use super::player::{Did, Player};
use super::value::is_written;
use super::words::{Word, after};
use crate::act::{Outcome, Reason, Refusal};
use crate::env::{MatterEnv, Scope};
use crate::matter::Matter;
use crate::world::World;
use regulation::expr::{Env, Thing, Value, of_plot};
use std::collections::BTreeSet;
use std::sync::Arc;

const OK: Word = ["办成", "ok"];
const REFUSED: Word = ["不准", "refused"];
const NOT_REFUSED: Word = ["不因", "not refused-for"];
const WARN: Word = ["提示", "warn"];
const NO_WARNING: Word = ["无提示", "no warning"];
const NO_ALARM: Word = ["无告警", "no alarm"];

/// A check: whether what follows the keyword holds; what happened instead.
type Check = fn(&mut Player<'_>, &str) -> Result<(), String>;

const CHECKS: [(Word, Check); 34] = [
    (["→", "→"], stands_at),
    (["期限", "due"], clock::due),
    (["最后一日", "raw"], clock::raw),
    (["推算", "term"], clock::term),
    (["计入", "counted"], clock::counted),
    (["时钟", "clock"], clock::clock_state),
    (["无时钟", "no clock"], clock::no_clock),
    (["已发", "issued"], document::issued),
    (["未发", "not issued"], document::not_issued),
    (["文号", "number"], document::number),
    (["文书", "in"], document::within),
    (["文书不含", "not in"], document::not_within),
    (["命中", "hits"], rule::hits),
    (["待确认", "candidates"], rule::candidates),
    (["符合", "holds"], rule::holds),
    (["不符", "fails"], rule::fails),
    (["另立", "open"], people::opened),
    (["告知", "told"], people::told),
    (["告警", "alarm"], people::alarm),
    (NO_ALARM, people::no_alarm),
    (["提醒", "reminders"], clock::reminders),
    (["任职", "holder"], people::holder),
    (["不可以", "may not"], people::may_not),
    (["可以", "may"], people::may),
    (["查阅", "sees"], people::sees),
    (["登记簿", "row"], row),
    (["登记簿无", "no row"], no_row),
    (["视图", "view"], view::shows),
    (["视图无", "no view"], view::lacks),
    (["逾期", "late"], view::late),
    (["余额", "balance"], fund::balance),
    (["过账", "posted"], fund::posted),
    (["已删除", "erased"], erased::erased),
    (["未删除", "not erased"], erased::not_erased),
];

/// Compares the results of a line; what was expected and what happened instead.
pub(super) fn check(player: &mut Player<'_>, did: &Did, results: &str) -> Vec<(String, String)> {
    let items: Vec<&str> = results.split(';').map(str::trim).filter(|item| !item.is_empty()).collect();
    let refusal_expected = items.iter().any(|item| after(item, &REFUSED).is_some());
    match did {
        Did::Decided(Outcome::Refused(refusal)) if !refusal_expected => {
            let expected = if results.is_empty() { "办成" } else { results };
            return vec![(expected.to_owned(), format!("不准：{}", said(refusal)))];
        }
        Did::Decided(Outcome::Done(_)) | Did::Nothing if refusal_expected => {
            return vec![(results.to_owned(), format!("办成；{}", standing(player)))];
        }
        _ => {}
    }
    let wrong = |item: &&str| one(player, did, item).err().map(|happened| ((*item).to_owned(), happened));
    items.iter().filter_map(wrong).collect()
}

fn one(player: &mut Player<'_>, did: &Did, item: &str) -> Result<(), String> {
    if after(item, &OK).is_some() {
        return Ok(());
    }
    if let Did::Decided(outcome) = did
        && let Some(result) = of_outcome(outcome, item)
    {
        return result;
    }
    for (word, check) in CHECKS {
        if let Some(rest) = after(item, &word).filter(|rest| !rest.starts_with('=') || takes_equation(&word)) {
            return check(player, rest);
        }
    }
    equation(player, item)
}

/// Keywords that may be followed by `=` at once; with others that is a name of the matter that happens to be spelt so.
fn takes_equation(word: &Word) -> bool {
    ["number", "reminders"].contains(&word[1])
}

fn of_outcome(outcome: &Outcome, item: &str) -> Option<Result<(), String>> {
    match outcome {
        Outcome::Refused(refusal) => {
            if let Some(words) = after(item, &REFUSED) {
                return Some(refused_for(refusal, words));
            }
            after(item, &NOT_REFUSED).map(|words| not_refused_for(refusal, words))
        }
        Outcome::Done(decision) => {
            if after(item, &NO_WARNING).is_some() {
                let none = decision.warnings.is_empty();
                return Some(if none { Ok(()) } else { Err(format!("提示：{}", sentences(&decision.warnings))) });
            }
            after(item, &WARN).map(|codes| warned(&decision.warnings, codes))
        }
    }
}

/// The words of a list: `a, b` or `a b`.
fn listed(text: &str) -> Vec<&str> {
    text.split([',', '，', '、', ' ']).map(str::trim).filter(|word| !word.is_empty()).collect()
}

fn refused_for(refusal: &Refusal, words: &str) -> Result<(), String> {
    let mut rest = words.to_owned();
    let mut quoted = Vec::new();
    while let Some((before, tail)) = rest.split_once('"') {
        let (text, after) = tail.split_once('"').unwrap_or((tail, ""));
        quoted.push(text.to_owned());
        rest = format!("{before} {after}");
    }
    let given = reasons_given(refusal);
    let missing: Vec<&str> = listed(&rest).into_iter().filter(|word| !given.contains(*word)).collect();
    let all = said(refusal);
    if missing.is_empty() && quoted.iter().all(|text| all.contains(text.as_str())) { Ok(()) } else { Err(all) }
}

fn not_refused_for(refusal: &Refusal, words: &str) -> Result<(), String> {
    let given = reasons_given(refusal);
    if listed(words).iter().any(|word| given.contains(*word)) { Err(said(refusal)) } else { Ok(()) }
}

/// Codes, clauses and fields of a refusal.
fn reasons_given(refusal: &Refusal) -> BTreeSet<String> {
    let of_reasons = refusal.reasons.iter().flat_map(|reason| reason.clauses.iter().chain([&reason.code]));
    let of_fields = refusal.fields.iter().flat_map(|fault| fault.clauses.iter().chain([&fault.field]));
    of_reasons.chain(of_fields).cloned().collect()
}

fn warned(warnings: &[Reason], codes: &str) -> Result<(), String> {
    let has =
        |word: &&str| warnings.iter().any(|reason| reason.code == **word || reason.clauses.iter().any(|c| c == *word));
    if listed(codes).iter().all(has) { Ok(()) } else { Err(format!("提示：{}", sentences(warnings))) }
}

/// Everything a refusal says.
pub(super) fn said(refusal: &Refusal) -> String {
    let faults =
        refusal.fields.iter().map(|fault| format!("[{} {}] {}", fault.field, fault.clauses.join(" "), fault.zh));
    let faults: Vec<String> = faults.collect();
    [sentences(&refusal.reasons), faults.join("；")]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("；")
}

fn sentences(reasons: &[Reason]) -> String {
    let one = |reason: &Reason| format!("[{} {}] {}", reason.code, reason.clauses.join(" "), reason.zh);
    let all: Vec<String> = reasons.iter().map(one).collect();
    if all.is_empty() { "无".to_owned() } else { all.join("；") }
}

fn current(player: &Player<'_>) -> Result<Arc<Matter>, String> {
    let id = player.current.clone().or_else(|| player.order.last().cloned());
    id.and_then(|id| player.world.matter(&id)).ok_or_else(|| "还没有事项".to_owned())
}

fn asking<T>(player: &Player<'_>, ask: impl FnOnce(&MatterEnv<'_, '_>) -> T) -> Result<T, String> {
    let matter = current(player)?;
    let scope = Scope::new(&player.world, player.now);
    let env = scope.matter(&matter.id).ok_or_else(|| "事项的条文不在".to_owned())?;
    Ok(ask(&env))
}

fn standing(player: &Player<'_>) -> String {
    match current(player) {
        Ok(matter) => place_of(&matter),
        Err(none) => none,
    }
}

fn place_of(matter: &Matter) -> String {
    let end = matter.ended.as_ref().map(|(end, _)| end.clone());
    format!("→ {}", end.or_else(|| matter.step.clone()).unwrap_or_default())
}

fn stands_at(player: &mut Player<'_>, step: &str) -> Result<(), String> {
    let matter = current(player)?;
    let here = place_of(&matter);
    if here == format!("→ {step}") { Ok(()) } else { Err(here) }
}

fn split_text(text: &str) -> Result<(&str, &str), String> {
    // The colon of a time of day (`12:00`) has no blank behind it.
    let parted = text.split_once(": ").or_else(|| text.split_once([':', '：']));
    let (name, text) = parted.ok_or_else(|| "应写成 文书: 文字".to_owned())?;
    Ok((name.trim(), text.trim()))
}

/// `NAME = VALUE`.
fn sides(text: &str) -> Result<(&str, &str), String> {
    let (left, right) = text.split_once('=').ok_or_else(|| format!("看不懂“{text}”，应为 名 = 值"))?;
    Ok((left.trim(), right.trim()))
}

fn row(player: &mut Player<'_>, text: &str) -> Result<(), String> {
    let (row, equation) = split_text(text)?;
    let (register, key) = row.split_once(' ').ok_or_else(|| "应写成 登记簿 编号: 栏 = 值".to_owned())?;
    let (column, wanted) = sides(equation)?;
    let regulation = player.rulebook.register(register).map(|(regulation, _)| Arc::clone(regulation));
    let regulation = regulation.ok_or_else(|| format!("没有登记簿 {register}"))?;
    let scope = Scope::new(&player.world, player.now);
    let env = scope.bare(&regulation, &player.place);
    let thing = row_thing(&env, register, key.trim()).ok_or_else(|| format!("登记簿 {register} 没有 {key}"))?;
    let found = env.member(&thing, column);
    compared(player, &found, wanted)
}

/// The row of that key; where the rows are matters, the one whose key columns say so.
fn row_thing(env: &MatterEnv<'_, '_>, register: &str, key: &str) -> Option<Thing> {
    let row = |key: &str| Thing::Row { register: register.to_owned(), key: key.to_owned() };
    let (_, known) = env.world().rulebook().register(register)?;
    let Some(procedure) = &known.rows_of else {
        return env.world().row(register, key).map(|_| row(key));
    };
    let matters = env.world().matters(procedure, None);
    matters.iter().map(|id| row(id)).find(|row| {
        let parts: Vec<String> = known.key.iter().map(|column| env.member(row, column).show()).collect();
        parts.join("/") == key
    })
}

fn no_row(player: &mut Player<'_>, text: &str) -> Result<(), String> {
    let (register, key) = text.split_once(' ').ok_or_else(|| "应写成 登记簿 编号".to_owned())?;
    match player.world.row(register, key.trim()) {
        Some(row) => Err(format!("{:?}", row.record)),
        None => Ok(()),
    }
}

fn compared(player: &Player<'_>, found: &Value, wanted: &str) -> Result<(), String> {
    let named = player.matter_named(wanted);
    let is_named = matches!((found, named), (Value::Thing(Thing::Matter(id)), Some(named)) if *id == named);
    if is_named || is_written(found, wanted, player.now.date()) {
        return Ok(());
    }
    Err(if found.is_missing() { "none".to_owned() } else { found.show() })
}

/// `NAME = VALUE`, `NAME != VALUE`, `NAME given`, `NAME missing`.
fn equation(player: &mut Player<'_>, item: &str) -> Result<(), String> {
    let presence = [(" given", true), (" missing", false)];
    if let Some((path, given)) =
        presence.iter().find_map(|(end, given)| item.strip_suffix(end).map(|path| (path, *given)))
    {
        let found = asking(player, |env| value_of(env, path.trim()))?;
        return if found.is_missing() != given { Ok(()) } else { Err(found.show()) };
    }
    let (path, wanted, equal) = match item.split_once("!=") {
        Some((path, wanted)) => (path.trim(), wanted.trim(), false),
        None => {
            let (path, wanted) = sides(item)?;
            (path, wanted, true)
        }
    };
    let found = asking(player, |env| value_of(env, path))?;
    match (compared(player, &found, wanted), equal) {
        (Ok(()), true) | (Err(_), false) => Ok(()),
        (Err(happened), true) => Err(happened),
        (Ok(()), false) => Err(found.show()),
    }
}

/// The value of a dotted path: a root name and members; a parameter where there is no such root.
fn value_of(env: &MatterEnv<'_, '_>, path: &str) -> Value {
    let mut parts = path.split('.');
    let mut value = env.root(parts.next().unwrap_or_default());
    for part in parts {
        value = match &value {
            Value::Thing(thing) => env.member(thing, part),
            Value::Plot(plot) => of_plot(plot, part).unwrap_or_default(),
            Value::Figures(figures) => figures.member(part).unwrap_or_default(),
            _ => Value::Missing,
        };
    }
    match value {
        Value::Missing => env.parameter(path, env.today()),
        value => value,
    }
}
