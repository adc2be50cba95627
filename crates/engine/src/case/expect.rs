//! What a case says must come of a line, compared with what came.

use super::player::{Did, Player};
use super::value::{is_written, relative_date};
use super::words::{Word, after};
use crate::act::{Outcome, Reason, Refusal};
use crate::env::{MatterEnv, Scope};
use crate::event::{Clock, ClockKind, ClockState, Desk, Event};
use crate::matter::Matter;
use crate::offer::available_acts;
use crate::rights::{Access, Viewer, may_see, subjects};
use crate::verdict::{RuleVerdict, verdicts};
use crate::world::World;
use calendar::Why;
use jiff::civil::Date;
use regulation::expr::{Env, Thing, Value};
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

const CHECKS: [(Word, Check); 25] = [
    (["→", "→"], stands_at),
    (["期限", "due"], due),
    (["最后一日", "raw"], raw),
    (["计入", "counted"], counted),
    (["时钟", "clock"], clock_state),
    (["无时钟", "no clock"], no_clock),
    (["已发", "issued"], issued),
    (["未发", "not issued"], not_issued),
    (["文号", "number"], number),
    (["文书", "in"], within),
    (["文书不含", "not in"], not_within),
    (["命中", "hits"], hits),
    (["待确认", "candidates"], candidates),
    (["符合", "holds"], holds),
    (["不符", "fails"], fails),
    (["另立", "open"], opened),
    (["告知", "told"], told),
    (["告警", "alarm"], alarm),
    (NO_ALARM, no_alarm),
    (["提醒", "reminders"], reminders),
    (["不可以", "may not"], may_not),
    (["可以", "may"], may),
    (["查阅", "sees"], sees),
    (["登记簿", "row"], row),
    (["登记簿无", "no row"], no_row),
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

/// `NAME = VALUE`.
fn sides(text: &str) -> Result<(&str, &str), String> {
    let (left, right) = text.split_once('=').ok_or_else(|| format!("看不懂“{text}”，应为 名 = 值"))?;
    Ok((left.trim(), right.trim()))
}

fn latest_clock<'m>(matter: &'m Matter, name: &str) -> Result<&'m Clock, String> {
    let found = matter.clocks.iter().rev().find(|clock| clock.name == name);
    found.ok_or_else(|| {
        let names: BTreeSet<&str> = matter.clocks.iter().map(|clock| clock.name.as_str()).collect();
        format!("没有时钟 {name}（有 {}）", names.into_iter().collect::<Vec<_>>().join("、"))
    })
}

fn same_date(found: Date, text: &str, today: Date) -> Result<(), String> {
    if relative_date(text, today) == Some(found) { Ok(()) } else { Err(found.to_string()) }
}

fn due(player: &mut Player<'_>, text: &str) -> Result<(), String> {
    let (name, date) = sides(text)?;
    same_date(latest_clock(&*current(player)?, name)?.due, date, player.now.date())
}

fn raw(player: &mut Player<'_>, text: &str) -> Result<(), String> {
    let (name, date) = sides(text)?;
    same_date(latest_clock(&*current(player)?, name)?.raw, date, player.now.date())
}

fn counted(player: &mut Player<'_>, text: &str) -> Result<(), String> {
    let (name, dates) = sides(text)?;
    let matter = current(player)?;
    let display = matter.last_document(name).and_then(|document| document.display.as_ref());
    let why = match display {
        Some(display) => &display.why,
        None => &latest_clock(&matter, name)?.why,
    };
    let days = why.iter().filter_map(|why| match why {
        Why::Counted { day, .. } => Some(day.date.to_string()),
        _ => None,
    });
    let days: Vec<String> = days.collect();
    if days == listed(dates) { Ok(()) } else { Err(days.join(", ")) }
}

fn state_of(clock: &Clock) -> &'static str {
    match clock.state {
        ClockState::Running => "running",
        ClockState::Suspended(_) => "suspended",
        ClockState::Stopped(_) => "stopped",
        ClockState::Expired { .. } => "expired",
    }
}

fn clock_state(player: &mut Player<'_>, text: &str) -> Result<(), String> {
    let (name, state) = sides(text)?;
    let matter = current(player)?;
    let found = state_of(latest_clock(&matter, name)?);
    if found == state { Ok(()) } else { Err(found.to_owned()) }
}

fn no_clock(player: &mut Player<'_>, name: &str) -> Result<(), String> {
    match current(player) {
        Ok(matter) if matter.clocks.iter().any(|clock| clock.name == name) => Err(format!("有时钟 {name}")),
        _ => Ok(()),
    }
}

fn is_issued(player: &Player<'_>, name: &str) -> Result<bool, String> {
    let matter = current(player)?;
    Ok(matter.last_document(name).is_some_and(|document| document.voided.is_none()))
}

fn issued(player: &mut Player<'_>, names: &str) -> Result<(), String> {
    for name in listed(names) {
        if !is_issued(player, name)? {
            return Err(format!("没有有效的 {name}"));
        }
    }
    Ok(())
}

fn not_issued(player: &mut Player<'_>, names: &str) -> Result<(), String> {
    for name in listed(names) {
        if is_issued(player, name)? {
            return Err(format!("已有 {name}"));
        }
    }
    Ok(())
}

fn number(player: &mut Player<'_>, text: &str) -> Result<(), String> {
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
fn text_of(player: &Player<'_>, name: &str) -> Result<Vec<String>, String> {
    let matter = current(player)?;
    let document = matter.last_document(name).ok_or_else(|| format!("没有 {name}"))?;
    let mut texts: Vec<String> = document.data.keys().cloned().collect();
    texts.extend(document.data.values().flat_map(leaves));
    texts.extend(document.paragraphs.iter().cloned());
    texts.extend(document.reasons.iter().map(|reason| format!("{} {}", reason.code, reason.zh)));
    Ok(texts)
}

fn leaves(value: &Value) -> Vec<String> {
    match value {
        Value::List(values) => values.iter().flat_map(leaves).collect(),
        Value::Records(rows) => rows
            .iter()
            .flat_map(|row| row.iter())
            .flat_map(|(name, value)| [vec![name.clone()], leaves(value)].concat())
            .collect(),
        value => vec![value.show()],
    }
}

fn split_text(text: &str) -> Result<(&str, &str), String> {
    let (name, text) = text.split_once([':', '：']).ok_or_else(|| "应写成 文书: 文字".to_owned())?;
    Ok((name.trim(), text.trim()))
}

fn within(player: &mut Player<'_>, text: &str) -> Result<(), String> {
    let (name, wanted) = split_text(text)?;
    let texts = text_of(player, name)?;
    if texts.iter().any(|text| text.contains(wanted)) { Ok(()) } else { Err(texts.join(" | ")) }
}

fn not_within(player: &mut Player<'_>, text: &str) -> Result<(), String> {
    let (name, unwanted) = split_text(text)?;
    let texts = text_of(player, name)?;
    match texts.iter().find(|text| text.contains(unwanted)) {
        Some(found) => Err(found.clone()),
        None => Ok(()),
    }
}

fn verdict_of(player: &Player<'_>, rule: &str) -> Result<RuleVerdict, String> {
    let found = asking(player, |env| verdicts(env, [rule]).into_iter().next())?;
    found.ok_or_else(|| format!("没有规则 {rule}"))
}

fn rows_are(player: &Player<'_>, text: &str, candidate: bool) -> Result<(), String> {
    let (rule, codes) = sides(text)?;
    let verdict = verdict_of(player, rule)?;
    let rows = verdict.rows.iter().filter(|row| row.holds == Some(true) && row.candidate == candidate);
    let found: Vec<&str> = rows.map(|row| row.code.as_str()).collect();
    let wanted: Vec<&str> = listed(codes).into_iter().filter(|code| !["none", "无"].contains(code)).collect();
    let same = found.iter().collect::<BTreeSet<_>>() == wanted.iter().collect::<BTreeSet<_>>();
    if same { Ok(()) } else { Err(if found.is_empty() { "无".to_owned() } else { found.join(", ") }) }
}

fn hits(player: &mut Player<'_>, text: &str) -> Result<(), String> {
    rows_are(player, text, false)
}

fn candidates(player: &mut Player<'_>, text: &str) -> Result<(), String> {
    rows_are(player, text, true)
}

fn holds(player: &mut Player<'_>, rule: &str) -> Result<(), String> {
    let verdict = verdict_of(player, rule)?;
    if verdict.holds == Some(true) { Ok(()) } else { Err(rows_said(&verdict)) }
}

fn fails(player: &mut Player<'_>, rule: &str) -> Result<(), String> {
    let verdict = verdict_of(player, rule)?;
    if verdict.holds == Some(false) { Ok(()) } else { Err(rows_said(&verdict)) }
}

fn rows_said(verdict: &RuleVerdict) -> String {
    let rows: Vec<String> = verdict.rows.iter().map(|row| format!("{} {:?}", row.code, row.holds)).collect();
    format!("{:?}：{}", verdict.holds, rows.join("，"))
}

fn opened(player: &mut Player<'_>, text: &str) -> Result<(), String> {
    let (procedure, name) = match text.split_once(" as ") {
        Some((procedure, name)) => (procedure.trim(), Some(name.trim())),
        None => (text, None),
    };
    let Some(id) = player.opened(procedure).into_iter().next() else {
        return Err("没有另立".to_owned());
    };
    if let Some(name) = name {
        player.names.insert(name.to_owned(), id);
    }
    Ok(())
}

/// Whether a party or person of that name is among desks.
fn is_among(player: &Player<'_>, who: &str, desks: &[Desk]) -> bool {
    let subject =
        who.split_once('/').map(|(about, role)| asking(player, |env| subjects(env, about, role)).unwrap_or_default());
    desks.iter().any(|desk| match desk {
        Desk::Office { level, desk, .. } => format!("{level}/{desk}") == who,
        Desk::Person(person) => person == who || subject.iter().flatten().any(|subject| subject == person),
        Desk::Anyone => who == "anyone",
        Desk::Clock => false,
    })
}

fn told(player: &mut Player<'_>, text: &str) -> Result<(), String> {
    let (who, wanted) = split_text(text).unwrap_or((text, ""));
    let mut heard = Vec::new();
    for event in &player.recent {
        if let Event::Told { persons, desks, text, .. } = event {
            let all: Vec<Desk> = persons.iter().cloned().map(Desk::Person).chain(desks.iter().cloned()).collect();
            if is_among(player, who, &all) && text.contains(wanted) {
                return Ok(());
            }
            heard.push(format!("{persons:?} {desks:?}: {text}"));
        }
    }
    Err(if heard.is_empty() { "没有告知任何人".to_owned() } else { heard.join("；") })
}

fn alarms(player: &Player<'_>) -> Vec<Vec<Desk>> {
    let alarms = player.recent.iter().filter_map(|event| match event {
        Event::ClockExpired { alarm, .. } if !alarm.is_empty() => Some(alarm.clone()),
        _ => None,
    });
    alarms.collect()
}

fn alarm(player: &mut Player<'_>, who: &str) -> Result<(), String> {
    let alarms = alarms(player);
    let missing: Vec<&str> =
        listed(who).into_iter().filter(|who| !alarms.iter().any(|desks| is_among(player, who, desks))).collect();
    if missing.is_empty() && !(alarms.is_empty() && who.is_empty()) { Ok(()) } else { Err(format!("{alarms:?}")) }
}

fn no_alarm(player: &mut Player<'_>, _: &str) -> Result<(), String> {
    let alarms = alarms(player);
    if alarms.is_empty() { Ok(()) } else { Err(format!("{alarms:?}")) }
}

fn reminders(player: &mut Player<'_>, text: &str) -> Result<(), String> {
    let matter = current(player)?;
    let sent = |clock: &&Clock| {
        matches!(clock.kind, ClockKind::Reminder(_)) && matches!(clock.state, ClockState::Expired { .. })
    };
    let found = matter.clocks.iter().filter(sent).count();
    let wanted = text.trim_start_matches('=').trim();
    if found.to_string() == wanted { Ok(()) } else { Err(found.to_string()) }
}

fn offered(player: &Player<'_>, text: &str) -> Result<(bool, String), String> {
    let (who, act) = text.split_once(' ').ok_or_else(|| "应写成 人 动作".to_owned())?;
    let role = player.cast.get(who).cloned().ok_or_else(|| format!("人员中没有“{who}”"))?;
    let matter = current(player)?;
    let capacities = role.posts.into_iter().map(Some).chain([None]);
    let mut reasons = Vec::new();
    for post in capacities {
        let actor = crate::act::Actor::Person { person: role.person.clone(), post };
        let offers = available_acts(&player.world, &matter, &actor, player.now);
        match offers.into_iter().find(|offer| offer.act == act.trim()) {
            Some(offer) => match offer.allowed {
                Ok(_) => return Ok((true, "可以".to_owned())),
                Err(why) => reasons.push(sentences(&why)),
            },
            None => reasons.push(format!("这一环节没有 {act}")),
        }
    }
    Ok((false, reasons.join("；")))
}

fn may(player: &mut Player<'_>, text: &str) -> Result<(), String> {
    let (allowed, why) = offered(player, text)?;
    if allowed { Ok(()) } else { Err(why) }
}

fn may_not(player: &mut Player<'_>, text: &str) -> Result<(), String> {
    let (allowed, why) = offered(player, text)?;
    if allowed { Err(why) } else { Ok(()) }
}

fn sees(player: &mut Player<'_>, text: &str) -> Result<(), String> {
    let (who, wanted) = sides(text)?;
    let person = player.person(who)?;
    let matter = current(player)?;
    let viewer = Viewer::everywhere(player.world.county(), &person, player.now.date());
    let found = match may_see(&player.world, &viewer, &matter, player.now) {
        Access::None => "none",
        Access::Public => "public",
        Access::Masked => "masked",
        Access::Full => "full",
    };
    if found == wanted { Ok(()) } else { Err(found.to_owned()) }
}

fn row(player: &mut Player<'_>, text: &str) -> Result<(), String> {
    let (row, equation) = split_text(text)?;
    let (register, key) = row.split_once(' ').ok_or_else(|| "应写成 登记簿 编号: 栏 = 值".to_owned())?;
    let (column, wanted) = sides(equation)?;
    if player.world.row(register, key.trim()).is_none() {
        return Err(format!("登记簿 {register} 没有 {key}"));
    }
    let thing = Thing::Row { register: register.to_owned(), key: key.trim().to_owned() };
    let regulation = player.rulebook.register(register).map(|(regulation, _)| Arc::clone(regulation));
    let regulation = regulation.ok_or_else(|| format!("没有登记簿 {register}"))?;
    let scope = Scope::new(&player.world, player.now);
    let found = scope.bare(&regulation, &player.place).member(&thing, column);
    compared(player, &found, wanted)
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
            _ => Value::Missing,
        };
    }
    match value {
        Value::Missing => env.parameter(path, env.today()),
        value => value,
    }
}
