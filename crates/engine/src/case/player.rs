//! Playing a case: time passes, people act, the world changes, results are compared.

use super::Failure;
use super::expect;
use super::fixture::{Fixtures, PathLine};
use super::markdown::Row;
use super::posts;
use super::value::{Reading, place_code};
use super::words::{self, after, cell};
use crate::act::{Act, Actor, MatterId, Outcome, PersonId, PlaceCode, PostId, Target};
use crate::clock::due_clocks;
use crate::county::{Appointment, County, Post, Tenures};
use crate::decide::{decide, printings};
use crate::duty;
use crate::event::Event;
use crate::memory::Memory;
use crate::world::World;
use calendar::Holidays;
use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Time, date};
use regulation::expr::{Record, Value};
use regulation::model::{Field, Name, Register, Rulebook};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// From when the case's people hold their posts and its rows are there.
const ALWAYS: Date = date(2000, 1, 1);

/// Ids handed to a decision at a time: more than most acts use.
const FRESH_IDS: u32 = 96;

/// A case in progress.
#[derive(Clone)]
pub(super) struct Player<'a> {
    pub(super) world: Memory,
    pub(super) rulebook: &'a Rulebook,
    pub(super) fixtures: &'a Fixtures,
    /// Default place, as code.
    pub(super) place: String,
    /// Names that the case gives to matters.
    pub(super) names: BTreeMap<String, MatterId>,
    /// Matters in the order of their opening.
    pub(super) order: Vec<MatterId>,
    /// The matter that was last acted on or looked at.
    pub(super) current: Option<MatterId>,
    pub(super) now: DateTime,
    /// Duties whose instances the clock opens: those that a line has named.
    awake: Vec<Awake>,
    /// Facts since the line before.
    pub(super) recent: Vec<Event>,
    /// Who plays whom: name in the fixtures → person and posts.
    pub(super) cast: BTreeMap<String, Role>,
    /// What people did, with its moment, in order.
    pub(super) log: Vec<(DateTime, Act)>,
    /// Who looks in this line, and at what.
    pub(super) looking: Looking,
    /// What fresh ids begin with.
    pub(super) id_prefix: String,
    next_id: u32,
}

/// A duty that a line has named, around a place.
#[derive(Debug, Clone)]
struct Awake {
    duty: Name,
    place: PlaceCode,
    /// The day of the next look, at 00:00.
    look_on: Date,
}

/// Whom a name of the fixtures stands for.
#[derive(Debug, Clone)]
pub(super) struct Role {
    pub(super) person: PersonId,
    pub(super) posts: Vec<PostId>,
}

/// Who looks in a line, and at what: a period, a place.
#[derive(Debug, Clone, Default)]
pub(super) struct Looking {
    pub(super) who: String,
    pub(super) with: Vec<(String, String)>,
}

/// What a line did.
pub(super) enum Did {
    /// Nothing but time passing or looking.
    Nothing,
    /// An act was decided.
    Decided(Outcome),
}

impl<'a> Player<'a> {
    /// The state in which every case begins.
    pub(super) fn start(
        rulebook: &'a Rulebook,
        county: &County,
        holidays: &Holidays,
        fixtures: &'a Fixtures,
    ) -> Result<Player<'a>, Box<Failure>> {
        let place = place_code(county, &fixtures.place)
            .ok_or_else(|| mistake(1, "front matter 的 `place` 是本县的地方", &format!("“{}”", fixtures.place)))?;
        let county = peopled(county, fixtures, &place)?;
        let world = Memory::new(rulebook.clone(), county, holidays.clone());
        let mut player = Player::in_world(world, rulebook, fixtures, place, own_cast(fixtures), "m".to_owned());
        for (moment, act) in printings(rulebook) {
            match decide(&player.world, &act, moment) {
                Outcome::Done(decision) => player.world.apply_all(&decision.events),
                Outcome::Refused(refusal) => return Err(mistake(1, "随文印发的记录", &expect::said(&refusal))),
            }
        }
        for (register, rows) in &fixtures.rows {
            for row in rows {
                player.given(register, row).map_err(|happened| mistake(row.line, "登记簿的记录", &happened))?;
            }
        }
        Ok(player)
    }

    /// A player in a county that is already there.
    pub(super) fn in_world(
        world: Memory,
        rulebook: &'a Rulebook,
        fixtures: &'a Fixtures,
        place: String,
        cast: BTreeMap<String, Role>,
        id_prefix: String,
    ) -> Player<'a> {
        Player {
            world,
            rulebook,
            fixtures,
            place,
            names: BTreeMap::new(),
            order: Vec::new(),
            current: None,
            now: ALWAYS.at(0, 0, 0, 0),
            awake: Vec::new(),
            recent: Vec::new(),
            cast,
            log: Vec::new(),
            looking: Looking::default(),
            id_prefix,
            next_id: 1,
        }
    }

    /// Plays a line; what did not come out as written: expected, happened.
    pub(super) fn line(&mut self, row: &Row) -> Vec<(String, String)> {
        self.recent.clear();
        self.looking = Looking::default();
        let did = self.play(row);
        let expected = cell(row, &words::RESULT);
        match did {
            Ok(did) => expect::check(self, &did, expected),
            Err(happened) => vec![(if expected.is_empty() { "办成" } else { expected }.to_owned(), happened)],
        }
    }

    fn play(&mut self, row: &Row) -> Result<Did, String> {
        let (name, what) = named(cell(row, &words::ACT));
        let quiet = after(what, &words::TICK).is_some() || after(what, &words::DUTIES).is_some();
        let moment = self.moment(cell(row, &words::DATE), quiet)?;
        let who = cell(row, &words::WHO);
        let with = cell(row, &words::WITH);
        if let Some(label) = after(what, &words::AT) {
            self.go(name, label, moment, with)?;
            return Ok(Did::Nothing);
        }
        self.pass_time(moment);
        self.now = moment;
        if after(what, &words::TICK).is_some() || after(what, &words::LOOK).is_some() {
            if let Some(name) = name {
                self.current = Some(self.matter_named(name).ok_or_else(|| format!("没有名为“{name}”的事项"))?);
            }
            if after(what, &words::LOOK).is_some() {
                self.looking = Looking { who: who.to_owned(), with: pairs(with)? };
            }
            return Ok(Did::Nothing);
        }
        if let Some(register) = after(what, &words::GIVEN) {
            let cells = pairs(with)?.into_iter().collect();
            self.given(register, &Row { line: row.line, cells })?;
            return Ok(Did::Nothing);
        }
        if after(what, &words::PARAMETER).is_some() {
            self.set_parameters(with)?;
            return Ok(Did::Nothing);
        }
        if let Some(duties) = after(what, &words::DUTIES) {
            self.wake(duties, with)?;
            return Ok(Did::Nothing);
        }
        if let Some(outcome) = self.keep_register(what, who, with)? {
            return Ok(Did::Decided(outcome));
        }
        self.act(name, what, who, with, &[]).map(Did::Decided)
    }

    fn moment(&self, text: &str, quiet: bool) -> Result<DateTime, String> {
        if text.is_empty() {
            return Ok(self.now);
        }
        let (day, time) = text.split_once([' ', 'T']).unwrap_or((text, ""));
        let day = calendar::parse_date(day).map_err(|wrong| wrong.to_string())?;
        if time.is_empty() {
            return Ok(day.at(if quiet { 0 } else { 10 }, 0, 0, 0));
        }
        let time = time_of(time.trim()).ok_or_else(|| format!("看不懂时刻“{time}”，如 23:00"))?;
        Ok(day.to_datetime(time))
    }

    /// Fires what falls due until a moment, earliest first, and looks at the duties of each day after the clocks of its 00:00. A clock whose
    /// act is refused is tried again when something has changed.
    pub(super) fn pass_time(&mut self, until: DateTime) {
        let mut refused: BTreeSet<(MatterId, u32)> = BTreeSet::new();
        loop {
            let look = self.next_look(until);
            let due = self.next_due(until, &refused);
            match (due, look) {
                (Some((moment, matter, clock)), look) if look.is_none_or(|(at, _)| moment <= at) => {
                    if self.fire(moment, &matter, clock) {
                        refused.clear();
                    } else {
                        refused.insert((matter, clock));
                    }
                }
                (_, Some((at, index))) => {
                    if self.look(at, index) {
                        refused.clear();
                    }
                }
                (_, None) => return,
            }
        }
    }

    fn fire(&mut self, moment: DateTime, matter: &str, clock: u32) -> bool {
        self.by_clock(moment, Target::Clock { matter: matter.to_owned(), clock })
    }

    /// Lets the clock do something at a moment; whether it was done.
    fn by_clock(&mut self, moment: DateTime, target: Target) -> bool {
        let form = Record::new();
        let mut act =
            Act { target, name: String::new(), actor: Actor::Clock, form, fresh_ids: Vec::new(), proved: false };
        self.now = moment.max(self.now);
        match self.decided(&mut act) {
            Outcome::Done(decision) => {
                self.record(&decision.events);
                true
            }
            Outcome::Refused(_) => false,
        }
    }

    fn next_look(&self, until: DateTime) -> Option<(DateTime, usize)> {
        let looks = self.awake.iter().enumerate().map(|(index, awake)| (awake.look_on.at(0, 0, 0, 0), index));
        looks.filter(|(at, _)| *at <= until).min()
    }

    /// Looks at a duty for every unit around its place; whether anything began.
    fn look(&mut self, at: DateTime, index: usize) -> bool {
        let Awake { duty, place, .. } = self.awake[index].clone();
        self.awake[index].look_on = at.date().tomorrow().unwrap_or(Date::MAX);
        let Some((_, model)) = self.rulebook.duty(&duty) else {
            return false;
        };
        let units = duty::units(&self.world, model).into_iter().filter(|unit| {
            let of = duty::place_of(&self.world, model, unit);
            let county = self.world.county();
            of.is_some_and(|of| county.contains(&of, &place) || county.contains(&place, &of))
        });
        let units: Vec<String> = units.collect();
        let begin = |unit: String| self.by_clock(at, Target::Duty { duty: duty.clone(), unit });
        units.into_iter().map(begin).filter(|began| *began).count() > 0
    }

    /// From now on the clock opens these duties around a place.
    fn wake(&mut self, duties: &str, with: &str) -> Result<(), String> {
        let mut place = self.place.clone();
        for (name, text) in pairs(with)? {
            match name.as_str() {
                "place" => place = place_code(self.world.county(), &text).ok_or_else(|| format!("没有地方“{text}”"))?,
                _ => return Err(format!("“职责”只能写 place，没有“{name}”")),
            }
        }
        for name in duties.split([',', '，', '、', ' ']).filter(|name| !name.is_empty()) {
            self.rulebook.duty(name).ok_or_else(|| format!("没有职责“{name}”"))?;
            self.awake.push(Awake { duty: name.to_owned(), place: place.clone(), look_on: self.now.date() });
        }
        self.pass_time(self.now);
        Ok(())
    }

    fn next_due(&self, until: DateTime, refused: &BTreeSet<(MatterId, u32)>) -> Option<(DateTime, MatterId, u32)> {
        let open = self.world.all_matters().filter(|matter| matter.is_open());
        let due = open.flat_map(|matter| {
            due_clocks(matter, until).into_iter().map(|(moment, clock)| (moment, matter.id.clone(), clock))
        });
        due.filter(|(_, matter, clock)| !refused.contains(&(matter.clone(), *clock))).min()
    }

    /// Makes facts part of the world.
    pub(super) fn record(&mut self, events: &[Event]) {
        self.world.apply_all(events);
        for event in events {
            match event {
                Event::Opened { matter, .. } => {
                    self.order.push(matter.clone());
                    self.next_id += 1;
                }
                Event::Issued { .. } => self.next_id += 1,
                _ => {}
            }
        }
        self.recent.extend(events.iter().cloned());
    }

    /// Decides an act as things stand now, with as many fresh ids as it takes; those handed in stay with the act.
    pub(super) fn decided(&self, act: &mut Act) -> Outcome {
        loop {
            let from = self.next_id + u32::try_from(act.fresh_ids.len()).unwrap_or(u32::MAX - FRESH_IDS);
            act.fresh_ids.extend((from..from + FRESH_IDS).map(|number| format!("{}{number}", self.id_prefix)));
            let outcome = decide(&self.world, act, self.now);
            if !outcome.lacks_ids() {
                return outcome;
            }
        }
    }

    pub(super) fn reading<'r>(&'r self, actor: &'r str) -> Reading<'r> {
        Reading {
            fixtures: self.fixtures,
            rulebook: self.rulebook,
            county: self.world.county(),
            today: self.now.date(),
            actor,
            cast: &self.cast,
        }
    }

    /// The matter of that name: given by the case, or the latest of a procedure.
    pub(super) fn matter_named(&self, name: &str) -> Option<MatterId> {
        self.names.get(name).cloned().or_else(|| self.latest(name))
    }

    /// The latest matter of a procedure.
    pub(super) fn latest(&self, procedure: &str) -> Option<MatterId> {
        let is = |id: &&MatterId| self.world.matter(id).is_some_and(|matter| matter.procedure == procedure);
        self.order.iter().rev().find(is).cloned()
    }

    /// Goes the usual way up to a label, so that it is reached at that moment.
    pub(super) fn go(&mut self, name: Option<&str>, label: &str, moment: DateTime, with: &str) -> Result<(), String> {
        let (label, path) = match label.split_once(" via ") {
            Some((label, path)) => (label.trim(), path.trim()),
            None => (label, ""),
        };
        let fixtures = self.fixtures;
        let lines = fixtures.paths.get(path).ok_or_else(|| format!("没有路径“{path}”"))?;
        let last = lines.iter().rposition(|line| line.label == label);
        let last = last.ok_or_else(|| format!("路径“{path}”没有“{label}”"))?;
        let overlays = pairs(with)?;
        let mut name = name;
        for line in &lines[..=last] {
            let days = lines[last].day - line.day;
            let at = moment.checked_sub(days.days()).map_err(|_| "日期超出范围".to_owned())?;
            self.path_line(&mut name, line, at, &overlays, with)?;
        }
        Ok(())
    }

    fn path_line(
        &mut self,
        name: &mut Option<&str>,
        line: &'a PathLine,
        at: DateTime,
        overlays: &[(String, String)],
        with: &str,
    ) -> Result<(), String> {
        let (own, what) = named(&line.act);
        if let Some(label) = after(what, &words::AT) {
            let with = if line.with.is_empty() { with } else { line.with.as_str() };
            return self.go(own.or_else(|| name.take()), label, at, with);
        }
        self.pass_time(at);
        self.now = at;
        let outcome = match self.keep_register(what, &line.who, &line.with)? {
            Some(outcome) => outcome,
            None => self.act(own.or(*name), what, &line.who, &line.with, overlays)?,
        };
        if self.started(&outcome) {
            *name = None;
        }
        match outcome {
            Outcome::Done(_) => Ok(()),
            Outcome::Refused(refusal) => {
                Err(format!("路径第{}行（{} {}）不准：{}", line.line, at.date(), what, expect::said(&refusal)))
            }
        }
    }

    fn started(&self, outcome: &Outcome) -> bool {
        let opened = |event: &Event| matches!(event, Event::Opened { .. });
        matches!(outcome, Outcome::Done(decision) if decision.events.first().is_some_and(opened))
    }

    fn set_parameters(&mut self, with: &str) -> Result<(), String> {
        for (name, text) in pairs(with)? {
            let found = self.rulebook.regulations.values().find_map(|regulation| {
                regulation.parameters.get(&name).map(|parameter| (regulation.id.clone(), Arc::clone(parameter)))
            });
            let (regulation, parameter) = found.ok_or_else(|| format!("没有参数“{name}”"))?;
            let value = self.reading("").read(&parameter.ty, &text);
            let from = self.now.date();
            self.world.set_parameter(&regulation, &name, from, value);
        }
        Ok(())
    }

    fn register(&self, name: &str) -> Result<Arc<Register>, String> {
        let found = self.rulebook.register(name).map(|(_, register)| Arc::clone(register));
        found.ok_or_else(|| format!("没有登记簿“{name}”"))
    }

    /// Puts a register row into the world, without asking who may.
    fn given(&mut self, register: &str, row: &Row) -> Result<(), String> {
        if register == posts::TENURES {
            return self.given_tenure(row);
        }
        let register = self.register(register)?;
        let fields: Vec<&Field> = register.fields.iter().collect();
        let special = ["地方", "@place", "自", "@since"];
        let mut record = Record::new();
        for (name, text) in row.cells.iter().filter(|(name, _)| !special.contains(&name.as_str())) {
            if !fields.iter().any(|field| field.name == *name) {
                return Err(format!("登记簿“{}”没有“{name}”一栏", register.name));
            }
            match self.reading("").field(&fields, name, text) {
                Value::Missing => {}
                value => {
                    record.insert(name.clone(), value);
                }
            }
        }
        let at = |zh: &str, en: &str| row.cells.get(zh).or_else(|| row.cells.get(en)).filter(|text| !text.is_empty());
        let place = at("地方", "@place").and_then(|text| place_code(self.world.county(), text));
        let since = at("自", "@since").and_then(|text| calendar::parse_date(text).ok());
        let key: Option<Vec<String>> = register.key.iter().map(|name| record.get(name).map(Value::show)).collect();
        let key = key.ok_or_else(|| format!("登记簿“{}”的记录缺少编号", register.name))?.join("/");
        self.world.apply(&Event::RowChanged {
            register: register.name.clone(),
            key,
            place: place.unwrap_or_else(|| self.place.clone()),
            record: Some(record),
            on: since.unwrap_or(ALWAYS),
            actor: Actor::Clock,
            owner: None,
        });
        Ok(())
    }

    /// `enter REGISTER`, `change REGISTER KEY`, `close REGISTER KEY`; `None` if it is another act.
    fn keep_register(&mut self, what: &str, who: &str, with: &str) -> Result<Option<Outcome>, String> {
        let verbs = [(&words::ENTER, "enter"), (&words::CHANGE, "change"), (&words::CLOSE, "close")];
        let found = verbs.iter().find_map(|(word, act)| after(what, word).map(|rest| (rest, *act)));
        let Some((rest, act)) = found else {
            return Ok(None);
        };
        let (name, key) = rest.split_once(' ').unwrap_or((rest, ""));
        let register = self.register(name)?;
        let fields: Vec<&Field> = register.fields.iter().collect();
        let mut form = Record::new();
        let mut place = self.place.clone();
        for (name, text) in pairs(with)? {
            if name == "place" && !fields.iter().any(|field| field.name == name) {
                place = place_code(self.world.county(), &text).ok_or_else(|| format!("没有地方“{text}”"))?;
                continue;
            }
            let person = self.person(who)?;
            form.insert(name.clone(), self.reading(&person).field(&fields, &name, &text));
        }
        let row = (!key.is_empty()).then(|| key.trim().to_owned());
        let target = Target::Register { register: name.to_owned(), row, place };
        self.decide(who, target, act, form).map(Some)
    }
}

/// `23:00`.
/// `17:00`, or `17:00:01` where a second decides.
pub(super) fn time_of(text: &str) -> Option<Time> {
    let mut parts = text.split(':').map(|part| part.parse::<i8>().ok());
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next().unwrap_or(Some(0))?);
    if parts.next().is_some() { None } else { Time::new(hour, minute, second, 0).ok() }
}

/// `甲: lodge`: the name and the rest.
pub(super) fn named(text: &str) -> (Option<&str>, &str) {
    match text.split_once([':', '：']) {
        Some((name, rest)) => (Some(name.trim()), rest.trim()),
        None => (None, text.trim()),
    }
}

/// `field=value; field=value`.
pub(super) fn pairs(text: &str) -> Result<Vec<(String, String)>, String> {
    let parts = text.split(';').map(str::trim).filter(|part| !part.is_empty());
    let pair = |part: &str| match part.split_once('=') {
        Some((name, value)) => Ok((name.trim().to_owned(), value.trim().to_owned())),
        None => Err(format!("内容“{part}”应写成 字段=值")),
    };
    parts.map(pair).collect()
}

fn mistake(line: usize, expected: &str, happened: &str) -> Box<Failure> {
    Box::new(Failure {
        case: "公用材料".to_owned(),
        line,
        expected: expected.to_owned(),
        happened: happened.to_owned(),
    })
}

/// The county with the case's people in their posts.
fn peopled(county: &County, fixtures: &Fixtures, place: &str) -> Result<County, Box<Failure>> {
    let mut county = county.clone();
    county.appointments = Tenures::default();
    for (name, person) in &fixtures.people {
        county.people.insert(name.clone(), name.clone());
        for (index, (level, desk)) in person.posts.iter().enumerate() {
            let around = match &person.place {
                Some(own) => place_code(&county, own)
                    .ok_or_else(|| mistake(person.line, "“地方”是本县的地方", &format!("“{own}”")))?,
                None => place.to_owned(),
            };
            let Some(office) = county.at_level(&around, level).map(|place| place.code.clone()) else {
                return Err(mistake(person.line, &format!("“{around}”有 {level} 一级"), "没有"));
            };
            let id = post_id(name, index);
            let post = Post {
                id: id.clone(),
                title: desk.clone(),
                level: level.clone(),
                desk: desk.clone(),
                place: office,
                ..Post::default()
            };
            county.posts.insert(id.clone(), post);
            let tenure = Appointment { person: name.clone(), post: id, from: ALWAYS, ..Appointment::default() };
            county.appointments.push(tenure);
        }
    }
    Ok(county)
}

fn post_id(person: &str, index: usize) -> String {
    format!("case/{person}/{index}")
}

/// Everybody plays themselves, in the posts that the fixtures give them.
fn own_cast(fixtures: &Fixtures) -> BTreeMap<String, Role> {
    let role = |name: &String, posts: usize| Role {
        person: name.clone(),
        posts: (0..posts).map(|index| post_id(name, index)).collect(),
    };
    fixtures.people.iter().map(|(name, person)| (name.clone(), role(name, person.posts.len()))).collect()
}
