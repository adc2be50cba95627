//! Posts and their holders (任免、设立、撤销): an act says who holds which post from when to when.
//!
//! A tenure is a fact with its days. One that begins next month gives nothing before, and nothing has to happen on that day.

use super::Run;
use super::act::{Doable, clauses_of};
use super::consequence::Seen;
use super::places;
use crate::act::{Actor, MatterId, PersonId, Reason, RefusalKind};
use crate::county::{Appointment, Change, County, Hours, Post};
use crate::eval;
use crate::event::Event;
use crate::reason::{Decided, refuse};
use crate::reference::kept;
use crate::rights::{delegation, emergency, excluded_by};
use crate::world::World;
use calendar::zh_date;
use jiff::civil::{Date, DateTime};
use regulation::expr::{Env, Expr, Value};
use regulation::model::{CountyChange, CountyEffect, PostEffect, Rulebook};
use std::collections::BTreeSet;

/// What an effect says, looked up.
enum Wanted {
    /// The acts to which it is limited are a text, still to be read.
    Appoint {
        post: String,
        tenure: Appointment,
        only: Option<String>,
    },
    Relieve {
        post: String,
        person: Option<String>,
        behalf: Option<PersonId>,
        last: Date,
    },
    Lend {
        post: String,
        tenure: Appointment,
    },
    Cut {
        post: String,
        person: String,
        at: DateTime,
    },
    Establish {
        post: Post,
        place: Option<String>,
    },
    Abolish {
        post: String,
        last: Date,
    },
}

impl Run<'_> {
    pub(super) fn change_county(
        &mut self,
        seen: &Seen<'_>,
        doable: &Doable<'_>,
        effect: &CountyEffect,
        on: Date,
    ) -> Decided<()> {
        let matter = seen.view.matter.clone();
        let place = self.scratch.matter(&matter).map(|matter| matter.place.clone()).unwrap_or_default();
        let (county, rulebook) = (self.scratch.county(), self.scratch.rulebook());
        let asked = self.see(seen, |env, _| {
            eval::applies(effect.when.as_ref(), env).then(|| match &effect.what {
                CountyChange::Post(effect) => match wanted(effect, env, &matter, seen.view.actor) {
                    Ok(wanted) => changes((county, rulebook), wanted, &place),
                    Err(what) => Err(missing(what)),
                },
                CountyChange::Place(effect) => places::change(county, effect, env).map(|change| vec![change]),
            })
        })?;
        match asked.unwrap_or_else(|| Ok(Vec::new())) {
            Ok(changes) => {
                for change in changes {
                    self.emit(Event::County { matter: matter.clone(), on, change });
                }
                Ok(())
            }
            Err(reason) => refuse(RefusalKind::Condition, (*reason).under(clauses_of(doable))),
        }
    }
}

fn wanted(effect: &PostEffect, env: &dyn Env, matter: &MatterId, actor: &Actor) -> Result<Wanted, &'static str> {
    let text = |expr: &Expr, what: &'static str| {
        let value = kept(eval::value(expr, env));
        value.as_text().filter(|text| !text.trim().is_empty()).map(str::to_owned).ok_or(what)
    };
    let day = |expr: &Expr, what: &'static str| eval::value(expr, env).as_date().ok_or(what);
    let given = |expr: &Option<Expr>| expr.as_ref().map(|expr| kept(eval::value(expr, env)));
    let optional = |expr: &Option<Expr>| given(expr).as_ref().and_then(Value::as_text).map(str::to_owned);
    Ok(match effect {
        PostEffect::Appoint { post, person, from, to, kind, behalf, only } => {
            let post = text(post, "post")?;
            let tenure = Appointment {
                person: text(person, "person")?,
                post: post.clone(),
                from: day(from, "from")?,
                to: given(to).as_ref().and_then(Value::as_date),
                kind: optional(kind),
                matter: Some(matter.clone()),
                behalf: if *behalf { Some(oneself(actor)?) } else { None },
                only: Vec::new(),
                hours: None,
            };
            Wanted::Appoint { post, tenure, only: optional(only) }
        }
        PostEffect::Lend { post, person, until, kind } => {
            let (post, until) = (text(post, "post")?, eval::value(until, env).as_moment().ok_or("until")?);
            let tenure = Appointment {
                person: text(person, "person")?,
                post: post.clone(),
                from: env.today(),
                to: Some(until.date()),
                kind: optional(kind),
                matter: Some(matter.clone()),
                hours: Some(Hours { from: env.now(), until }),
                ..Appointment::default()
            };
            Wanted::Lend { post, tenure }
        }
        PostEffect::Cut { post, person, at } => Wanted::Cut {
            post: text(post, "post")?,
            person: text(person, "person")?,
            at: eval::value(at, env).as_moment().ok_or("until")?,
        },
        PostEffect::Relieve { post, person, on, behalf } => Wanted::Relieve {
            post: text(post, "post")?,
            person: optional(person),
            behalf: if *behalf { Some(oneself(actor)?) } else { None },
            last: day(on, "on")?,
        },
        PostEffect::Establish { code, title, at, place, many } => {
            let at = text(at, "at")?;
            let (level, desk) = at.split_once('/').ok_or("at")?;
            let post = Post {
                id: text(code, "code")?,
                title: text(title, "title")?,
                level: level.to_owned(),
                desk: desk.to_owned(),
                many: *many,
                ..Post::default()
            };
            Wanted::Establish { post, place: optional(place) }
        }
        PostEffect::Abolish { post, on } => Wanted::Abolish { post: text(post, "post")?, last: day(on, "on")? },
    })
}

/// Whoever delegates does it in person.
fn oneself(actor: &Actor) -> Result<PersonId, &'static str> {
    match actor {
        Actor::Person { person, .. } => Ok(person.clone()),
        Actor::Clock => Err("behalf"),
    }
}

fn changes((county, rulebook): (&County, &Rulebook), wanted: Wanted, here: &str) -> Result<Vec<Change>, Box<Reason>> {
    match wanted {
        Wanted::Appoint { post, mut tenure, only } => {
            if let Some(text) = only {
                tenure.only = delegation::acts_in(rulebook, &text)?;
            }
            appointed(county, known(county, &post)?, tenure).map(|change| vec![change])
        }
        Wanted::Lend { post, tenure } => {
            let post = known(county, &post)?;
            match emergency::undue(county, post, &tenure) {
                Some(reason) => Err(reason.into()),
                None => Ok(vec![Change::Appointed(tenure)]),
            }
        }
        Wanted::Cut { post, person, at } => {
            let post = known(county, &post)?;
            let change = Change::Cut { post: post.id.clone(), person: person.clone(), at };
            let runs = !county.running(&post.id, &person, at).is_empty();
            some(Vec::from_iter(runs.then_some(change)), || nobody_relieved(county, post, Some(&person), at.date()))
        }
        Wanted::Relieve { post, person, behalf, last } => {
            let post = known(county, &post)?;
            match behalf {
                Some(giver) => withdrawn(county, post, person.as_deref(), &giver, last),
                None => relieved(county, post, person.as_deref(), last),
            }
        }
        Wanted::Establish { post, place } => {
            established(county, post, place.as_deref().unwrap_or(here)).map(|change| vec![change])
        }
        Wanted::Abolish { post, last } => {
            let post = known(county, &post)?;
            if !post.exists_on(last) {
                return Err(gone(post));
            }
            Ok(vec![Change::Abolished { post: post.id.clone(), last }])
        }
    }
}

fn known<'c>(county: &'c County, id: &str) -> Result<&'c Post, Box<Reason>> {
    county.posts.get(id).ok_or_else(|| {
        let zh = format!("没有编号为“{id}”的岗位");
        Reason::general("no-such-post", zh, format!("there is no post `{id}`"))
            .hint("先设立这个岗位，或改选现有的岗位", "Establish the post first, or choose one that is there")
            .into()
    })
}

fn gone(post: &Post) -> Box<Reason> {
    let until = post.until.map(zh_date).unwrap_or_default();
    let en = post.until.map(|until| until.to_string()).unwrap_or_default();
    let zh = format!("“{}”{until}起已撤销", post.title);
    Reason::general("post-abolished", zh, format!("the post `{}` ended on {en}", post.id)).into()
}

fn appointed(county: &County, post: &Post, tenure: Appointment) -> Result<Change, Box<Reason>> {
    if !county.people.contains_key(&tenure.person) {
        let zh = format!("没有编号为“{}”的人员", tenure.person);
        let en = format!("there is no person `{}`", tenure.person);
        return Err(Reason::general("no-such-person", zh, en)
            .hint("人员先登记到人员名册，再任职", "Enter the person in the list of people first")
            .into());
    }
    if tenure.is_void() {
        let zh = format!("任职{}起，不能在此之前结束", zh_date(tenure.from));
        return Err(Reason::general("ends-before-it-begins", zh, "the tenure ends before it begins").into());
    }
    if let Some(other) = excluded_by(county, &tenure) {
        let held = county.posts.get(&other.post).map_or(other.post.as_str(), |post| post.title.as_str());
        let zh = format!("系统、安全、审计管理员互不兼任：此人已任“{held}”");
        let en = format!("who administers one of system, security and audit (`{}`) administers no other", other.post);
        return Err(Reason::general("administers-twice", zh, en)
            .hint("请改任另一人，或者先免去那个岗位", "Appoint somebody else, or relieve them of that post first")
            .into());
    }
    if let Some(reason) = delegation::undue(county, post, &tenure) {
        return Err(reason.into());
    }
    let last = tenure.to.unwrap_or(Date::MAX);
    if post.until.is_some_and(|until| until < last.min(Date::MAX)) {
        return Err(gone(post));
    }
    let overlaps =
        |other: &&Appointment| other.from <= last && other.to.is_none_or(|to| tenure.from <= to) && !other.is_void();
    let others = county.appointments.of_post(&post.id).filter(overlaps).filter(|other| other.hours.is_none());
    // Who acts in a post stands beside its holder; two do not act in it at once, and nobody holds it twice. Who has it on somebody's behalf
    // fills it for nobody.
    let alone = |other: &Appointment| tenure.behalf.is_none() && !post.many && other.is_acting() == tenure.is_acting();
    let taken = others
        .filter(|other| other.behalf.is_some() == tenure.behalf.is_some())
        .find(|other| other.person == tenure.person || alone(other));
    match taken {
        Some(other) => Err(filled(county, post, other)),
        None => Ok(Change::Appointed(tenure)),
    }
}

fn filled(county: &County, post: &Post, other: &Appointment) -> Box<Reason> {
    let person = county.people.get(&other.person).unwrap_or(&other.person);
    let to = other.to.map_or_else(String::new, |to| format!("至{}", zh_date(to)));
    let doing = if other.is_acting() { "代行" } else { "任职" };
    let zh = format!("“{}”已由{person}{doing}：{}起{to}", post.title, zh_date(other.from));
    let until = other.to.map_or_else(String::new, |to| format!(" until {to}"));
    let en = format!("the post `{}` is held by `{}` from {}{until}", post.id, other.person, other.from);
    Reason::general("post-filled", zh, en)
        .hint(
            "先免去，免职的最后一天应在新任职之前",
            "Relieve first; the last day there lies before the new appointment",
        )
        .into()
}

/// Ends what whoever does the act gave on their behalf, of one person or of everybody who has it from them.
fn withdrawn(
    county: &County,
    post: &Post,
    person: Option<&str>,
    giver: &PersonId,
    last: Date,
) -> Result<Vec<Change>, Box<Reason>> {
    let given = county.appointments.of_post(&post.id).filter(|tenure| tenure.behalf.as_ref() == Some(giver));
    let deputies: BTreeSet<&PersonId> = given.map(|tenure| &tenure.person).collect();
    let wanted = deputies.into_iter().filter(|deputy| person.is_none_or(|person| person == *deputy));
    let ends = wanted.filter(|deputy| !county.ended_by(&post.id, deputy, Some(giver), last).is_empty());
    let behalf = Some(giver.clone());
    let change = |deputy: &PersonId| relief(post, deputy, behalf.clone(), last);
    some(ends.map(change).collect(), || nobody_relieved(county, post, person, last))
}

/// Whoever holds the post in their own right, those who only act in it where nobody does; of a person what they hold themselves, else what they
/// have on somebody's behalf.
fn relieved(county: &County, post: &Post, person: Option<&str>, last: Date) -> Result<Vec<Change>, Box<Reason>> {
    let mut held: Vec<&Appointment> = match person {
        Some(person) => {
            let ending = county.ended_by(&post.id, person, None, last);
            ending.into_iter().filter_map(|place| county.appointments.get(place)).collect()
        }
        None => county.holders(&post.id, last).into_iter().filter(|tenure| tenure.to != Some(last)).collect(),
    };
    if person.is_none() && held.iter().any(|tenure| !tenure.is_acting()) {
        held.retain(|tenure| !tenure.is_acting());
    }
    let ended: BTreeSet<(&PersonId, Option<&PersonId>)> =
        held.iter().map(|tenure| (&tenure.person, tenure.behalf.as_ref())).collect();
    let change = |(person, behalf): (&PersonId, Option<&PersonId>)| relief(post, person, behalf.cloned(), last);
    some(ended.into_iter().map(change).collect(), || nobody_relieved(county, post, person, last))
}

fn relief(post: &Post, person: &PersonId, behalf: Option<PersonId>, last: Date) -> Change {
    Change::Relieved { post: post.id.clone(), person: person.clone(), last, behalf }
}

/// The changes, or why there are none.
fn some(changes: Vec<Change>, none: impl FnOnce() -> Box<Reason>) -> Result<Vec<Change>, Box<Reason>> {
    if changes.is_empty() { Err(none()) } else { Ok(changes) }
}

fn nobody_relieved(county: &County, post: &Post, person: Option<&str>, last: Date) -> Box<Reason> {
    let who = person.map(|person| county.people.get(person).map_or(person, String::as_str));
    let zh = match who {
        Some(name) => format!("{name}在{}没有“{}”的任职可以免去", zh_date(last), post.title),
        None => format!("“{}”在{}没有人任职，无人可免", post.title, zh_date(last)),
    };
    let en = format!("nobody is to be relieved of `{}` on {last}", post.id);
    Reason::general("nobody-relieved", zh, en)
        .hint(
            "核对任职的起止日期：免职的日期是任职的最后一天",
            "Check the days of the appointment: a relief names its last day",
        )
        .into()
}

fn established(county: &County, post: Post, place: &str) -> Result<Change, Box<Reason>> {
    if county.posts.contains_key(&post.id) {
        let zh = format!("岗位编号“{}”已经用过", post.id);
        let en = format!("the post `{}` is there already", post.id);
        return Err(Reason::general("post-exists", zh, en)
            .hint(
                "另取一个编号；撤销的岗位的编号也不再用",
                "Take another id; those of abolished posts are not used again",
            )
            .into());
    }
    let desk = (post.level.clone(), post.desk.clone());
    let Some(home) = county.at_level(place, &post.level).filter(|_| county.desks.contains_key(&desk)) else {
        let (level, desk) = desk;
        let zh = format!("没有 {level}/{desk} 这个机构");
        let en = format!("there is no office `{level}/{desk}` there");
        return Err(Reason::general("no-such-office", zh, en)
            .hint("机构见县的机构表", "See the county's list of offices")
            .into());
    };
    let post = Post { place: home.code.clone(), ..post };
    let administers = |other: &&Post| !county.is_of_business(&other.id) && other.sits_at() == post.sits_at();
    if let Some(other) = county.posts.values().find(administers) {
        let zh = format!("“{}”管理系统，它的机构不能另设岗位", other.title);
        let en = format!("the desk of `{}`, who administers the system, has no other post", other.id);
        return Err(Reason::general("desk-of-administrator", zh, en)
            .hint("请设在别的机构", "Put it into another office")
            .into());
    }
    Ok(Change::Established(post))
}

fn missing(what: &str) -> Box<Reason> {
    let zh = match what {
        "post" => "没有指明岗位",
        "person" => "没有指明人员",
        "from" => "没有任职的起日",
        "on" => "没有任职的最后一天",
        "behalf" => "委托代理要由本人办理",
        "until" => "没有指明到什么时刻",
        "at" => "没有岗位所在的机构，应写“层级/机构”",
        "code" => "没有岗位的编号",
        _ => "没有岗位的名称",
    };
    Reason::general("post-change-incomplete", zh, format!("`{what}` is missing")).into()
}
