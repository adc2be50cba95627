//! Places that end, begin, move or take another name (行政区划变更), as an act brings it about.
//!
//! It holds from the day of the act, or from an earlier one that nothing known contradicts. What is to happen later, an act of the clock does on its
//! day: so nobody who looks at the county need know what day it is.

use crate::act::Reason;
use crate::county::{Change, County, Place};
use crate::eval;
use crate::reference::kept;
use calendar::zh_date;
use jiff::civil::Date;
use regulation::expr::{Env, Expr};
use regulation::model::{Founding, PlaceEffect};

/// The change that an effect asks for, or why it may not be.
pub(super) fn change(county: &County, effect: &PlaceEffect, env: &dyn Env) -> Result<Change, Box<Reason>> {
    let text = |expr: &Expr, what: &'static str| {
        let value = kept(eval::value(expr, env));
        value.as_text().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned).ok_or_else(|| missing(what))
    };
    let or = |expr: &Option<Expr>, other: &str| match expr {
        Some(expr) => text(expr, "short"),
        None => Ok(other.to_owned()),
    };
    let day = |expr: &Option<Expr>| {
        let day = expr.as_ref().map_or(Some(env.today()), |expr| eval::value(expr, env).as_date());
        let day = day.ok_or_else(|| missing("on"))?;
        if day > env.today() { Err(not_yet(day)) } else { Ok(day) }
    };
    match effect {
        PlaceEffect::Found(founding) => {
            let Founding { code, name, short, level, parent, on } = &**founding;
            let name = text(name, "name")?;
            let place = Place {
                code: text(code, "code")?,
                short: or(short, &name)?,
                name,
                level: text(level, "level")?,
                parent: Some(text(parent, "in")?),
                from: Some(day(on)?),
                ..Place::default()
            };
            founded(county, place)
        }
        PlaceEffect::Merge { place, into, on, keeps_posts } => {
            let (place, into) = (present(county, &text(place, "place")?)?, present(county, &text(into, "into")?)?);
            merged(county, place, into, day(on)?, *keeps_posts)
        }
        PlaceEffect::Move { place, into, on } => {
            let (place, into) = (present(county, &text(place, "place")?)?, present(county, &text(into, "into")?)?);
            moved(county, place, into, day(on)?)
        }
        PlaceEffect::Rename { place, name, short, on } => {
            let (place, name) = (present(county, &text(place, "place")?)?, text(name, "name")?);
            let short = or(short, &place.short)?;
            let from = since(county, &[place], day(on)?)?;
            Ok(Change::Renamed { place: place.code.clone(), name, short, from })
        }
    }
}

fn founded(county: &County, place: Place) -> Result<Change, Box<Reason>> {
    if let Some(known) = county.places.get(&place.code) {
        let zh = format!("代码{}已经是{}", place.code, known.name);
        let en = format!("the code `{}` is `{}` already", place.code, known.name);
        return Err(Reason::general("place-exists", zh, en)
            .hint(
                "代码不重复使用，撤销的地方的代码也不再用",
                "Codes are used once, also those of places that have ended",
            )
            .into());
    }
    let parent = present(county, place.parent.as_deref().unwrap_or_default())?;
    if !above(county, &place.level, &parent.level) {
        return Err(wrong_level(&place.name, parent));
    }
    let parent = Some(parent.code.clone());
    Ok(Change::Founded(Place { parent, ..place }))
}

fn merged(county: &County, place: &Place, into: &Place, from: Date, keeps_posts: bool) -> Result<Change, Box<Reason>> {
    if county.contains(&place.code, &into.code) {
        let zh = format!("{}不能并入它自己或者它下面的地方", place.name);
        let en = format!("`{}` cannot become part of itself, or of what lies in it", place.code);
        return Err(Reason::general("merged-into-itself", zh, en).into());
    }
    if place.level != into.level {
        let zh = format!("{}和{}不是同级，不能并入", place.name, into.name);
        let en = format!("`{}` and `{}` are not of one level", place.code, into.code);
        return Err(Reason::general("other-level", zh, en)
            .hint(
                "并入同级的地方；改变隶属的用划转",
                "Merge it into a place of the same level; a transfer changes what it belongs to",
            )
            .into());
    }
    let from = since(county, &[place, into], from)?;
    Ok(Change::Merged { place: place.code.clone(), into: into.code.clone(), from, keeps_posts })
}

fn moved(county: &County, place: &Place, into: &Place, from: Date) -> Result<Change, Box<Reason>> {
    let parent = county.parent(place);
    if parent.is_none_or(|parent| parent.level != into.level) {
        return Err(wrong_level(&place.name, into));
    }
    if parent.is_some_and(|parent| parent.code == into.code) {
        let zh = format!("{}本来就在{}", place.name, into.name);
        let en = format!("`{}` lies in `{}` already", place.code, into.code);
        return Err(Reason::general("lies-there", zh, en).into());
    }
    let from = since(county, &[place, into], from)?;
    Ok(Change::Moved { place: place.code.clone(), into: into.code.clone(), from })
}

/// Whether places of one level lie directly in those of another, as others of the county do.
fn above(county: &County, level: &str, parent: &str) -> bool {
    county.places.values().filter(|place| place.level == level).any(|place| {
        place.parent.as_deref().and_then(|code| county.places.get(code)).is_some_and(|above| above.level == parent)
    })
}

fn wrong_level(name: &str, parent: &Place) -> Box<Reason> {
    let zh = format!("{name}这一级不能直接在{}下面", parent.name);
    let en = format!("a place of the level of `{name}` does not lie directly in `{}`", parent.code);
    Reason::general("other-level", zh, en).into()
}

/// A place that has not ended.
fn present<'c>(county: &'c County, code: &str) -> Result<&'c Place, Box<Reason>> {
    let Some(place) = county.places.get(code) else {
        let zh = format!("本县没有代码为“{code}”的地方");
        return Err(Reason::general("unknown-place", zh, format!("there is no place `{code}`")).into());
    };
    match county.ended.get(code).and_then(|ending| ending.to.tomorrow().ok()) {
        Some(on) => {
            let now = county.place(code).map_or("", |now| &now.name);
            let zh = format!("{}已于{}撤销，并入{now}", place.name, zh_date(on));
            let en = format!("`{code}` ended on {on} and is part of `{}`", county.now(code));
            Err(Reason::general("place-ended", zh, en)
                .hint("改选现在的地方", "Choose the place that is there now")
                .into())
        }
        None => Ok(place),
    }
}

/// The day, unless something that is known of these places happened later.
fn since(county: &County, places: &[&Place], from: Date) -> Result<Date, Box<Reason>> {
    for place in places {
        if let Some(settled) = county.settled_since(&place.code).filter(|settled| *settled > from) {
            let zh = format!("{}自{}起才是现在这样，变更不能早于这一天", place.name, zh_date(settled));
            let en = format!("`{}` is as it is since {settled} only", place.code);
            return Err(Reason::general("before-it-was-so", zh, en).into());
        }
    }
    Ok(from)
}

fn not_yet(from: Date) -> Box<Reason> {
    let zh = format!("这项变更自{}起，还没有到", zh_date(from));
    let reason = Reason::general("not-yet-effective", zh, format!("the change is from {from} only"));
    reason
        .hint(
            "写成到期由时钟做的动作，到那一天零时变更",
            "Make it an act of the clock, which changes it at midnight of that day",
        )
        .into()
}

fn missing(what: &str) -> Box<Reason> {
    let zh = match what {
        "place" => "没有指明哪个地方变更",
        "into" | "in" => "没有指明归入哪个地方",
        "code" => "没有新地方的代码",
        "level" => "没有新地方的层级",
        "on" => "没有生效的日期",
        _ => "没有名称",
    };
    Reason::general("place-change-incomplete", zh, format!("`{what}` is missing")).into()
}
