//! Results about people: who was told, alarmed, offered what, and sees what; matters opened.

use super::{asking, current, listed, sentences, sides, split_text};
use crate::case::player::Player;
use crate::event::{Desk, Event};
use crate::offer::available_acts;
use crate::rights::{Access, Viewer, may_see, subjects};
use crate::world::World;

pub(super) fn opened(player: &mut Player<'_>, text: &str) -> Result<(), String> {
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
pub(super) fn is_among(player: &Player<'_>, who: &str, desks: &[Desk]) -> bool {
    let subject =
        who.split_once('/').map(|(about, role)| asking(player, |env| subjects(env, about, role)).unwrap_or_default());
    desks.iter().any(|desk| match desk {
        Desk::Office { level, desk, .. } => format!("{level}/{desk}") == who,
        Desk::Person(person) => person == who || subject.iter().flatten().any(|subject| subject == person),
        Desk::Anyone => who == "anyone",
        Desk::Clock => false,
    })
}

pub(super) fn told(player: &mut Player<'_>, text: &str) -> Result<(), String> {
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

pub(super) fn alarms(player: &Player<'_>) -> Vec<Vec<Desk>> {
    let alarms = player.recent.iter().filter_map(|event| match event {
        Event::ClockExpired { alarm, .. } if !alarm.is_empty() => Some(alarm.clone()),
        _ => None,
    });
    alarms.collect()
}

pub(super) fn alarm(player: &mut Player<'_>, who: &str) -> Result<(), String> {
    let alarms = alarms(player);
    let missing: Vec<&str> =
        listed(who).into_iter().filter(|who| !alarms.iter().any(|desks| is_among(player, who, desks))).collect();
    if missing.is_empty() && !(alarms.is_empty() && who.is_empty()) { Ok(()) } else { Err(format!("{alarms:?}")) }
}

pub(super) fn no_alarm(player: &mut Player<'_>, _: &str) -> Result<(), String> {
    let alarms = alarms(player);
    if alarms.is_empty() { Ok(()) } else { Err(format!("{alarms:?}")) }
}

pub(super) fn offered(player: &Player<'_>, text: &str) -> Result<(bool, String), String> {
    let (who, act) = text.split_once(' ').ok_or_else(|| "应写成 人 动作".to_owned())?;
    let role = player.cast.get(who).cloned().ok_or_else(|| format!("人员中没有“{who}”"))?;
    let matter = current(player)?;
    let capacities = player.capacities(&role);
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

pub(super) fn may(player: &mut Player<'_>, text: &str) -> Result<(), String> {
    let (allowed, why) = offered(player, text)?;
    if allowed { Ok(()) } else { Err(why) }
}

pub(super) fn may_not(player: &mut Player<'_>, text: &str) -> Result<(), String> {
    let (allowed, why) = offered(player, text)?;
    if allowed { Err(why) } else { Ok(()) }
}

pub(super) fn sees(player: &mut Player<'_>, text: &str) -> Result<(), String> {
    let (who, wanted) = sides(text)?;
    let person = player.person(who)?;
    let matter = current(player)?;
    let viewer = Viewer::everywhere(player.world.county(), &person, player.now);
    let found = match may_see(&player.world, &viewer, &matter, player.now) {
        Access::None => "none",
        Access::Public => "public",
        Access::Masked => "masked",
        Access::Full => "full",
    };
    if found == wanted { Ok(()) } else { Err(found.to_owned()) }
}

/// `POST = PERSON`, `POST on DATE = PERSON`: who holds a post, today or on that day; `none` where nobody does.
pub(super) fn holder(player: &mut Player<'_>, text: &str) -> Result<(), String> {
    let (post, wanted) = sides(text)?;
    let (post, on) = match post.split_once(" on ") {
        Some((post, day)) => (post.trim(), calendar::parse_date(day.trim()).map_err(|wrong| wrong.to_string())?),
        None => (post, player.now.date()),
    };
    let post = player.known_post(post)?;
    let held: Vec<&str> =
        player.world.county().holders(&post, on).iter().map(|tenure| tenure.person.as_str()).collect();
    let wanted: Vec<&str> = listed(wanted).into_iter().filter(|name| !matches!(*name, "none" | "无")).collect();
    let wanted: Vec<&str> =
        wanted.into_iter().map(|name| player.cast.get(name).map_or(name, |role| role.person.as_str())).collect();
    match (held == wanted, held.is_empty()) {
        (true, _) => Ok(()),
        (false, true) => Err("没有人任职".to_owned()),
        (false, false) => Err(held.join("、")),
    }
}
