//! The table of rights (权限表): who may do which act at which step, see how much of a matter, read and keep which register, ask for which
//! report. One snapshot for each regulation, asked of `engine::rights` with a post for every desk of the county, here and elsewhere, and with
//! the people whom a matter names, with somebody who only administers the system and, for registers, with deputies for some acts only. What does
//! not stand in it is denied; a change of a right shows as a difference of the snapshot. A matter of a confidential procedure is asked about once
//! for each act that begins one.

use super::{CHECKED, county};
use calendar::Holidays;
use engine::county::{Administration, Appointment, Post};
use engine::env::{MatterEnv, Scope, imagined};
use engine::fold::Sink;
use engine::matter::{ActRecord, Matter};
use engine::rights::{self, Access, Cause, Viewer};
use engine::{Actor, County, Memory, World};
use jiff::civil::{Date, DateTime, date};
use regulation::expr::{Record, Type, Value};
use regulation::model::{AboutTarget, Act, By, Field, Party, Procedure, Register, Regulation, Rulebook, Step};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::Arc;

pub(super) const HERE: &str = "141129100201001";
const ELSEWHERE: &str = "141129101201001";
const TODAY: Date = date(2022, 6, 1);
const NOW: DateTime = TODAY.at(9, 0, 0, 0);
const STARTER: &str = "starter";
const NOBODY: &str = "somebody signed in";
const ADMINISTRATOR: &str = "administrator";
const DEPUTY: &str = "deputy for some acts";
const MATTER: &str = "m-1";

/// A desk of its level that a procedure does not name.
const OTHER: &str = "(any other desk)";

/// A post for each of these desks: one where the matter is, and one of another place of its level.
pub(super) fn seated(mut county: County, desks: impl IntoIterator<Item = (String, String)>) -> County {
    for (level, desk) in desks {
        for (at, suffix) in [(HERE, ""), (ELSEWHERE, " elsewhere")] {
            let Some(place) = county.at_level(at, &level).map(|place| place.code.clone()) else { continue };
            let id = format!("{level}/{desk}{suffix}");
            if suffix.is_empty() || county.at_level(HERE, &level).is_some_and(|here| here.code != place) {
                seat(&mut county, &id, (&level, &desk, &place));
            }
        }
    }
    county
}

fn seat(county: &mut County, id: &str, (level, desk, place): (&str, &str, &str)) {
    let post = Post {
        id: id.into(),
        title: id.into(),
        level: level.into(),
        desk: desk.into(),
        place: place.into(),
        ..Post::default()
    };
    county.posts.insert(id.into(), post);
    county.people.insert(id.into(), id.into());
    let tenure = Appointment { person: id.into(), post: id.into(), from: date(2020, 1, 1), ..Appointment::default() };
    county.appointments.push(tenure);
}

/// Somebody who administers the system, at a desk of the county of their own.
fn administered(mut county: County) -> County {
    let place = county.code.clone();
    seat(&mut county, ADMINISTRATOR, ("county", ADMINISTRATOR, &place));
    county.administrations.insert(ADMINISTRATOR.into(), Administration::System);
    county
}

/// A deputy in every post, for one act that no regulation has.
fn deputised(mut county: County) -> County {
    let posts: Vec<String> = county.posts.keys().cloned().collect();
    for post in posts {
        county.appointments.push(Appointment {
            person: DEPUTY.into(),
            behalf: Some(post.clone()),
            post,
            from: date(2020, 1, 1),
            to: Some(date(2030, 1, 1)),
            only: vec!["nothing".into()],
            ..Appointment::default()
        });
    }
    county
}

/// A county with one matter of a procedure, whose subjects are people called as the regulation calls them.
struct Sample {
    memory: Memory,
    actors: Vec<(String, Actor)>,
}

impl Sample {
    fn new(rulebook: &Rulebook, regulation: &Regulation, procedure: &Procedure, county: &County) -> Sample {
        let parties: BTreeSet<&Party> = procedure.parties().collect();
        let offices = parties.iter().filter_map(|party| match party {
            Party::Office { level, desk } => Some((level.clone(), desk.clone())),
            _ => None,
        });
        let levels: BTreeSet<&String> = county.desks.keys().map(|(level, _)| level).collect();
        let others = levels.into_iter().map(|level| (level.clone(), OTHER.to_owned()));
        let mut county = administered(seated(county.clone(), offices.chain(others)));
        let mut names: Vec<String> = county.posts.keys().cloned().collect();
        for party in &parties {
            if let Party::Post { .. } = party {
                let id = rights::party_name(party);
                let code = county.code.clone();
                seat(&mut county, &id, ("county", "named", &code));
                names.push(id);
            }
        }
        let posted = |id: String| (id.clone(), Actor::Person { person: id.clone(), post: Some(id) });
        let mut actors: Vec<(String, Actor)> = names.into_iter().map(posted).collect();
        let subjects =
            parties.iter().filter(|party| matches!(party, Party::Subject { .. }) && ***party != Party::starter());
        let subjects = subjects.map(|party| rights::party_name(party));
        for person in subjects.chain([STARTER.to_owned(), NOBODY.to_owned()]) {
            actors.push((person.clone(), Actor::Person { person, post: None }));
        }
        actors.push(("clock".to_owned(), Actor::Clock));
        let mut memory = Memory::new(rulebook.clone(), county, Holidays::built_in());
        let matter = open(&mut memory, rulebook, regulation, procedure);
        memory.put_matter(matter);
        Sample { memory, actors }
    }

    /// Who passes a test, in words.
    fn who(&self, passes: impl Fn(&Actor) -> bool) -> Vec<String> {
        let passing: Vec<String> =
            self.actors.iter().filter(|(_, actor)| passes(actor)).map(|(name, _)| name.clone()).collect();
        if passing.iter().any(|name| name == NOBODY) { vec!["anyone".to_owned()] } else { passing }
    }
}

/// A matter that names a person, or a post, for every role its procedure knows.
fn open(memory: &mut Memory, rulebook: &Rulebook, regulation: &Regulation, procedure: &Procedure) -> Matter {
    let mut rows: BTreeMap<&str, Record> = BTreeMap::new();
    let mut root = Record::new();
    for party in procedure.parties() {
        let (of, role) = match party {
            Party::Subject { about, role } => (about.as_str(), role),
            Party::Post { of, field } => (of.as_str(), field),
            _ => continue,
        };
        let named = Value::Key(rights::party_name(party));
        let fields = if of == Party::THIS { &mut root } else { rows.entry(of).or_default() };
        fields.insert(role.clone(), named);
    }
    let mut matter = imagined(regulation, &procedure.name, HERE, NOW);
    for (of, mut record) in rows {
        let about = procedure.about.iter().find(|about| about.name == of).map(|about| about.target.clone());
        let key = format!("{of}-1");
        if let Some(AboutTarget::Procedure(name)) = &about {
            let (owner, other) = rulebook.procedure(name).unwrap();
            put_other(memory, owner, other, &key, record);
            matter.about.insert(of.to_owned(), Value::Text(key));
            continue;
        }
        let field = start_field(rulebook, procedure, of);
        let register = match (&about, field.map(|field| &field.ty)) {
            (Some(AboutTarget::Register(name)), _) | (None, Some(Type::Row(name))) => name.clone(),
            _ => continue,
        };
        let fields = &rulebook.register(&register).unwrap().1.fields;
        for (role, value) in &mut record {
            if fields.iter().any(|field| field.name == *role && matches!(field.ty, Type::List(_))) {
                *value = Value::List(vec![value.clone()]);
            }
        }
        memory.put_row(&register, &key, &HERE.to_owned(), Some(&record), TODAY);
        let named = Value::Key(key);
        if about.is_some() {
            matter.about.insert(of.to_owned(), named)
        } else {
            root.insert(of.to_owned(), named)
        };
    }
    matter.id = MATTER.to_owned();
    matter.root = Arc::new(root);
    matter.acts.push(Arc::new(begun_with("begin")));
    matter
}

fn put_other(memory: &mut Memory, regulation: &Regulation, procedure: &Procedure, id: &str, root: Record) {
    let mut other = imagined(regulation, &procedure.name, HERE, NOW);
    other.id = id.to_owned();
    other.root = Arc::new(root);
    memory.put_matter(other);
}

fn begun_with(act: &str) -> ActRecord {
    ActRecord {
        act: act.into(),
        actor: Actor::Person { person: STARTER.into(), post: None },
        party: "anyone".into(),
        on: TODAY,
        at: NOW,
        step: None,
        clauses: Vec::new(),
        warnings: Vec::new(),
    }
}

fn start_field<'r>(rulebook: &'r Rulebook, procedure: &Procedure, name: &str) -> Option<&'r Field> {
    let forms = procedure.start.iter().flat_map(|act| &act.forms);
    forms.filter_map(|form| rulebook.form(form)).find_map(|(_, form)| form.field(name))
}

/// Who may do an act, in words; `?` marks whom the regulation asks only where a routing condition holds.
fn doers(sample: &Sample, env: &MatterEnv<'_, '_>, step: Option<&Step>, act: &Act) -> String {
    let mut found = Vec::new();
    for by in rights::parties(step, act) {
        let always = [By { party: by.party.clone(), when: None }];
        let cause = match &by.party {
            Party::Act { procedure, act } => Some(Cause { procedure, act }),
            _ => None,
        };
        let name = |who: String| if by.when.is_some() { format!("{who}?") } else { who };
        if let Some(cause) = cause {
            let follows = rights::capacities(env, &always, &Actor::Clock, Some(cause)).len() == 1;
            let unasked = sample.who(|actor| !rights::capacities(env, &always, actor, None).is_empty());
            assert!(follows && unasked.is_empty(), "{}: {unasked:?}", act.name);
            found.push(name(format!("after {}", rights::party_name(&by.party))));
            continue;
        }
        let who = sample.who(|actor| !rights::capacities(env, &always, actor, None).is_empty());
        if who.is_empty() {
            // Found by a fact that looks elsewhere; the sample has nobody there, and so nobody else may pass either.
            found.push(name(format!("{} by a fact", rights::party_name(&by.party))));
        }
        found.extend(who.into_iter().map(name));
    }
    found.dedup();
    found.join(", ")
}

fn line(table: &mut String, place: &str, what: &str, who: &str) {
    writeln!(table, "  {place:<24} {what:<28} {who}").unwrap();
}

fn procedure_table(rulebook: &Rulebook, regulation: &Regulation, procedure: &Procedure, county: &County) -> String {
    let mut sample = Sample::new(rulebook, regulation, procedure, county);
    let mut table = format!("procedure {} {}\n", procedure.name, procedure.title.zh);
    acts(&mut table, &sample, procedure);
    if procedure.confidential {
        for act in &procedure.start {
            let mut matter = env_matter(&sample.memory);
            matter.acts = vec![Arc::new(begun_with(&act.name))];
            sample.memory.put_matter(matter);
            seen(&mut table, &sample, &format!("sees after {}", act.name));
        }
    } else {
        seen(&mut table, &sample, "sees");
    }
    opens(&mut table, rulebook, procedure);
    table
}

/// For what personal data is opened, and which kinds, to whoever sees everything.
fn opens(table: &mut String, rulebook: &Rulebook, procedure: &Procedure) {
    let forms: BTreeSet<&String> = procedure.all_acts().flat_map(|(_, act)| &act.forms).collect();
    let forms = forms.into_iter().filter_map(|name| rulebook.form(name));
    let mut fields: Vec<&Field> = forms.flat_map(|(_, form)| &form.fields).collect();
    let rows = fields.iter().filter_map(|field| match &field.ty {
        Type::Records(form) => rulebook.form(form),
        _ => None,
    });
    let rows: Vec<&Field> = rows.flat_map(|(_, form)| &form.fields).collect();
    fields.extend(rows);
    let masked = rights::masked_kinds(fields);
    for purpose in rights::purposes(&procedure.purposes, &masked) {
        let kinds: Vec<String> = rights::opened(Access::Full, purpose, &masked)
            .iter()
            .map(|kind| format!("{kind:?}").to_lowercase())
            .collect();
        line(table, "opens", &purpose.name, &kinds.join(", "));
    }
}

/// Who may do which act where.
fn acts(table: &mut String, sample: &Sample, procedure: &Procedure) {
    let scope = Scope::new(&sample.memory, NOW);
    let env = scope.matter(MATTER).unwrap();
    for act in &procedure.start {
        line(table, "begins with", &act.name, &doers(sample, &env, None, act));
    }
    for act in &procedure.acts {
        let at = if act.not_at.is_empty() { "any step".to_owned() } else { format!("not at {}", act.not_at.join(" ")) };
        line(table, &at, &act.name, &doers(sample, &env, None, act));
    }
    for step in &procedure.steps {
        for act in &step.acts {
            line(table, &step.name, &act.name, &doers(sample, &env, Some(step), act));
        }
    }
}

/// Who sees how much of the matter.
fn seen(table: &mut String, sample: &Sample, when: &str) {
    let matter = env_matter(&sample.memory);
    let may_see = |(name, actor): &(String, Actor)| {
        (name.clone(), rights::may_see(&sample.memory, &Viewer::acting(actor), &matter, NOW))
    };
    let seen: Vec<(String, Access)> = sample.actors.iter().map(may_see).collect();
    for (access, what) in
        [(Access::Full, "everything"), (Access::Masked, "personal data masked"), (Access::Public, "what is public")]
    {
        let who: Vec<&str> = seen.iter().filter(|(_, own)| *own == access).map(|(name, _)| name.as_str()).collect();
        if !who.is_empty() {
            line(table, when, what, &who.join(", "));
        }
    }
}

fn env_matter(memory: &Memory) -> Matter {
    let found = memory.all_matters().find(|matter| matter.id == MATTER).unwrap();
    Matter::clone(found)
}

/// Who reads and keeps a register, who asks for a report: by post alone, so that one county serves for all.
fn by_post(memory: &Memory, regulation: &Arc<Regulation>) -> String {
    let county = memory.county();
    let desks: Vec<&str> = county.posts.keys().map(String::as_str).chain([NOBODY]).collect();
    let actor = |name: &str| Actor::Person {
        person: name.to_owned(),
        post: county.posts.contains_key(name).then(|| name.to_owned()),
    };
    let who = |passes: &dyn Fn(&Actor) -> bool| {
        let found: Vec<&str> = desks.iter().copied().filter(|name| passes(&actor(name))).collect();
        match found {
            found if found.contains(&NOBODY) => "anyone".to_owned(),
            found if found.is_empty() => "nobody".to_owned(),
            found => shortened(county, &found),
        }
    };
    let mut table = String::new();
    for register in regulation.registers.values() {
        let reads = |actor: &Actor| reads(memory, register, actor);
        line(&mut table, "reads register", &register.name, &who(&reads));
        for part in &register.part_readers {
            let reads = |actor: &Actor| {
                let only = rights::confined(memory, &Viewer::acting(actor), register, HERE, TODAY);
                only.is_some_and(|(_, codes)| codes.contains(part.code.as_str()))
            };
            let rows = format!("{} where {} == {}", register.name, part.column, part.code);
            line(&mut table, "reads rows of", &rows, &who(&reads));
        }
        let scope = Scope::new(memory, NOW);
        let bare = scope.bare(regulation, &HERE.to_owned());
        let keeps = |actor: &Actor| rights::may_keep(&bare, register, actor).is_ok();
        for post in county.posts.keys() {
            let deputy = Actor::Person { person: DEPUTY.into(), post: Some(post.clone()) };
            assert!(!keeps(&deputy), "a {DEPUTY} in {post} keeps {}", register.name);
            assert_eq!(reads(&deputy), reads(&actor(post)), "a {DEPUTY} in {post} reads {}", register.name);
        }
        let masked = rights::masked_kinds(&register.fields);
        for purpose in rights::purposes(&register.purposes, &masked) {
            line(
                &mut table,
                "opens in register",
                &format!("{} for {}", register.name, purpose.name),
                "whoever reads it in full",
            );
        }
        if !register.keepers.is_empty() {
            line(&mut table, "keeps register", &register.name, &who(&keeps));
        }
    }
    for view in regulation.views.values() {
        let asks =
            |actor: &Actor| !rights::view_areas(county, &Viewer::acting(actor), (regulation, view), TODAY).is_empty();
        line(&mut table, "asks for report", &view.name, &who(&asks));
    }
    for fund in regulation.funds.values() {
        let sees = |actor: &Actor| rights::may_see_fund(county, &Viewer::acting(actor), fund, TODAY) == Access::Full;
        line(&mut table, "sees accounts of", &fund.name, &who(&sees));
    }
    for share in regulation.shares.values() {
        let oversees = |actor: &Actor| rights::may_oversee_share(county, &Viewer::acting(actor), share, TODAY);
        line(&mut table, "answers for share", &share.name, &who(&oversees));
    }
    table
}

fn reads(memory: &Memory, register: &Register, actor: &Actor) -> bool {
    let viewer = Viewer::acting(actor);
    rights::may_read_register(memory, &viewer, register, None, HERE, TODAY) > Access::None
}

/// Every desk of a level is said as `every desk of LEVEL`.
fn shortened(county: &County, found: &[&str]) -> String {
    let mut said: Vec<String> = Vec::new();
    let levels: BTreeSet<&str> = county.posts.values().map(|post| post.level.as_str()).collect();
    let mut rest: Vec<&str> = found.to_vec();
    for (level, suffix) in levels.iter().flat_map(|level| [(level, ""), (level, " elsewhere")]) {
        let is =
            |name: &&str| name.starts_with(&format!("{level}/")) && name.ends_with(" elsewhere") != suffix.is_empty();
        let all = county.posts.keys().map(String::as_str).filter(|name| is(name)).count();
        if all > 1 && rest.iter().filter(|name| is(name)).count() == all {
            rest.retain(|name| !is(name));
            said.push(format!("every {level} desk{suffix}"));
        }
    }
    said.extend(rest.into_iter().map(str::to_owned));
    said.join(", ")
}

#[test]
fn every_right_of_every_regulation_stands_in_the_table() {
    let rulebook = &CHECKED.rulebook;
    let county = county();
    let desks: Vec<(String, String)> = county.desks.keys().cloned().collect();
    let posts = deputised(administered(seated(county.clone(), desks)));
    let posts = Memory::new(rulebook.clone(), posts, Holidays::built_in());
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        for (id, regulation) in &rulebook.regulations {
            let procedures = regulation.procedures.values();
            let mut table: Vec<String> =
                procedures.map(|procedure| procedure_table(rulebook, regulation, procedure, &county)).collect();
            table.push(by_post(&posts, regulation));
            insta::assert_snapshot!(id.as_str(), table.join("\n"));
        }
    });
}
