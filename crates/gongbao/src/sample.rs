//! The sample county: its register rows, its story, its demo sign-ins. Everything enters through acts.

mod days;

use crate::county::{self, SampleRow};
use crate::system::{self, Loaded};
use anyhow::{Context, Result, anyhow, bail};
use days::Days;
use engine::case::story;
use engine::county::{Appointment, Post};
use engine::{Act, Actor, Event, Memory, Target, printings};
use jiff::civil::{Date, DateTime};
use regulation::model::{Party, Register};
use std::collections::BTreeSet;
use std::sync::mpsc::channel;
use store::aside::{Account, AccountState, Given};
use store::{Aside, Request, Sqlite, Store, StoreExt, Submitted};
use web::DemoSignIn;

/// The password of every demo sign-in.
pub const PASSWORD: &str = "zhongyang-2022";

/// Fills an empty store.
pub fn fill(loaded: &Loaded, store: &Sqlite) -> Result<()> {
    let rows = county::rows(&loaded.home, &loaded.library.rulebook)?;
    accounts(loaded, store)?;
    let world = enter_rows(loaded, store, rows)?;
    tell_story(loaded, store, &world)
}

/// The moment at which the sample's clock stands: `clock:` in the story's front matter.
pub fn clock(loaded: &Loaded) -> Result<Option<DateTime>> {
    let text = loaded.home.county_text("story.md")?.unwrap_or_default();
    front(&text, "clock")
        .map(|moment| moment.parse().with_context(|| format!("county/story.md clock: {moment}")))
        .transpose()
}

/// A line of the front matter.
fn front<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    let front = text.strip_prefix("---\n")?.split("\n---").next()?;
    front.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':').map(str::trim))
}

fn accounts(loaded: &Loaded, store: &Sqlite) -> Result<()> {
    let salt: [u8; 16] = system::random()?;
    // One hash for all: the password is public anyway, and three hundred hashes would take a minute.
    let password = trust::hash_password(PASSWORD, &salt, &trust::Cost::cheap()).map_err(|fault| anyhow!("{fault}"))?;
    for sign_in in &loaded.sign_ins {
        store.put_account(Account {
            person: sign_in.person.clone(),
            login: sign_in.name.clone(),
            password: password.clone(),
            given: Given::Demo,
            since: DateTime::constant(2000, 1, 1, 0, 0, 0, 0),
            state: AccountState::Active,
        })?;
    }
    Ok(())
}

/// Enters rows by the register's keeper at their place, on the first day their regulation is in force. Gives the world they make.
fn enter_rows(loaded: &Loaded, store: &Sqlite, rows: Vec<SampleRow>) -> Result<Memory> {
    let library = &loaded.library;
    let mut world = Memory::new(library.rulebook.clone(), library.county.clone(), library.holidays.clone());
    let (sender, answers) = channel();
    let mut sent = 0;
    for (now, act) in printings(&library.rulebook) {
        record(&mut world, &act, now)?;
        let sender = sender.clone();
        store.submit_then(Request { key: None, act, now }, Box::new(move |answer| _ = sender.send(answer)));
        sent += 1;
    }
    for row in rows {
        let (regulation, register) = library
            .rulebook
            .register(&row.register)
            .ok_or_else(|| anyhow!("没有登记簿 {} / no such register", row.register))?;
        let on = regulation.effective;
        let actor = keeper(loaded, register, &row.place, on)?;
        let target = Target::Register { register: row.register, row: None, place: row.place };
        let act = Act { target, name: "enter".into(), actor, form: row.record, fresh_ids: Vec::new(), proved: false };
        let now = on.at(8, 0, 0, 0);
        record(&mut world, &act, now)?;
        let sender = sender.clone();
        // The receiver outlives the loop below; nobody else waits for the answer.
        store.submit_then(Request { key: None, act, now }, Box::new(move |answer| _ = sender.send(answer)));
        sent += 1;
    }
    for _ in 0..sent {
        done(&answers.recv().context("the store closed")??)?;
    }
    Ok(world)
}

fn record(world: &mut Memory, act: &Act, now: DateTime) -> Result<()> {
    match engine::decide(world, act, now) {
        engine::Outcome::Done(decision) => {
            decision.events.iter().for_each(|event: &Event| world.apply(event));
            Ok(())
        }
        engine::Outcome::Refused(refusal) => {
            bail!("样例登记簿记录不准登记 / a sample row is refused: {}", said(&refusal))
        }
    }
}

/// Who keeps a register at a place: the holder of the first post named among its keepers.
fn keeper(loaded: &Loaded, register: &Register, place: &str, on: Date) -> Result<Actor> {
    let county = &loaded.library.county;
    let posts = register.keepers.iter().filter_map(|by| match &by.party {
        Party::Office { level, desk } => Some((level, desk, &county.at_level(place, level)?.code)),
        _ => None,
    });
    for (level, desk, office) in posts {
        let held = county.appointments.iter().find(|appointment| {
            let post = county.posts.get(&appointment.post);
            appointment.from <= on
                && post.is_some_and(|post| post.level == *level && post.desk == *desk && post.place == *office)
        });
        if let Some(held) = held {
            return Ok(Actor::Person { person: held.person.clone(), post: Some(held.post.clone()) });
        }
    }
    bail!("{place} 没有登记簿 {} 的管理人 / nobody keeps that register there", register.name)
}

fn tell_story(loaded: &Loaded, store: &Sqlite, world: &Memory) -> Result<()> {
    let mut acts = Vec::new();
    for name in loaded.home.stories() {
        acts.extend(acts_of(loaded, world, name)?);
    }
    acts.sort_by_key(|(now, _)| *now);
    let Some((first, _)) = acts.first() else { return Ok(()) };
    let mut days = Days::begin(loaded, store, *first)?;
    for (now, act) in acts {
        days.pass(now)?;
        store.tick(now)?;
        done(&store.submit(Request { key: None, act, now })?)?;
    }
    match clock(loaded)? {
        Some(clock) => days.pass(clock),
        None => Ok(()),
    }
}

/// The acts that one story tells; what they make has ids by the story's name.
fn acts_of(loaded: &Loaded, world: &Memory, name: &str) -> Result<Vec<(DateTime, Act)>> {
    let text = loaded.home.county_text(name)?.unwrap_or_default();
    let fixtures = match front(&text, "fixtures") {
        Some(name) => loaded.home.case_text(name)?.ok_or_else(|| anyhow!("没有 regulations/{name} / no such file"))?,
        None => String::new(),
    };
    let mark = name.trim_start_matches("story-").trim_end_matches(".md").replace("story", "s");
    story::tell(&text, &fixtures, world, &loaded.library.rulebook, &mark).map_err(|failures| {
        let lines: Vec<String> = failures.iter().map(ToString::to_string).collect();
        anyhow!("county/{name}：\n{}", lines.join("\n"))
    })
}

fn done(submitted: &Submitted) -> Result<()> {
    match submitted.refusal() {
        None => Ok(()),
        Some(refusal) => bail!("样例动作不准 / a sample act is refused: {}", said(refusal)),
    }
}

fn said(refusal: &engine::Refusal) -> String {
    let reasons = refusal.reasons.iter().map(|reason| reason.zh.clone());
    let fields = refusal.fields.iter().map(|fault| format!("{}：{}", fault.label.zh, fault.zh));
    reasons.chain(fields).collect::<Vec<_>>().join("；")
}

/// Sign-ins to print: one for each desk around the first place of the lowest level, and residents of it.
pub fn sign_ins(loaded: &Loaded, residents: usize) -> Vec<DemoSignIn> {
    let county = &loaded.library.county;
    let name_of = |person: &str| {
        loaded.sign_ins.iter().find(|sign_in| sign_in.person == person).map(|sign_in| sign_in.name.clone())
    };
    let demo =
        |person: &str, role: String| name_of(person).map(|name| DemoSignIn { name, password: PASSWORD.into(), role });
    let Some(home) =
        county.present().filter(|place| county.children(&place.code).next().is_none()).min_by_key(|place| &place.code)
    else {
        return Vec::new();
    };
    // Those whom an application meets first stand first: the village, then the township, then the county.
    let mut around: Vec<_> = county
        .appointments
        .iter()
        .filter_map(|appointment| Some((appointment, county.posts.get(&appointment.post)?)))
        .filter(|(_, post)| county.contains(&post.place, &home.code))
        .collect();
    around.sort_by_key(|(_, post)| std::cmp::Reverse(post.place.len()));
    let mut known = BTreeSet::new();
    let once = |(appointment, _): &(&Appointment, &Post)| known.insert(appointment.person.clone());
    let holders = around.into_iter().filter(once);
    let mut shown: Vec<DemoSignIn> =
        holders.filter_map(|(appointment, post)| demo(&appointment.person, post.title.clone())).collect();
    let staff = |person: &str| county.appointments.iter().any(|appointment| appointment.person == person);
    let people = loaded.sign_ins.iter().filter(|sign_in| !staff(&sign_in.person)).take(residents);
    let mut all: Vec<DemoSignIn> = people
        .filter_map(|sign_in| demo(&sign_in.person, format!("居民 {}", county.people.get(&sign_in.person)?)))
        .collect();
    all.append(&mut shown);
    all
}
