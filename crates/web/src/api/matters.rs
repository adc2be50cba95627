//! `/matters`: started, looked at, acted on.

use super::acting::{act_of, actors, check_form, read_form, who_acts, who_starts};
use super::body::Body;
use super::matter_view::{self, Looking};
use super::model::Model;
use super::procedures;
use super::query::{Query, encoded, page};
use super::{Answered, ROOT, created, idempotency_key, ok};
use crate::forms::names::Names;
use crate::forms::uploads::scan;
use crate::identity::proving::{self, Proof};
use crate::pages::documents::viewer;
use crate::pages::matter::within_sight;
use crate::pages::subjects::{OFFERED_MAX, own_matters};
use crate::problem::Problem;
use crate::site::{App, Running, long_work, submit, work};
use crate::visit::{Person, Visitor};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use engine::act::{Act, RefusalKind, Target};
use engine::rights::{Access, areas, may_see};
use engine::{FieldFault, Matter, Reason, Refusal};
use regulation::expr::{Type, Value as Answer};
use regulation::model::{About, AboutTarget, Name, Procedure};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::pages::{Cut, MatterLine, MatterQuery, Page};
use store::{Snapshot, Submitted};

/// Matters that one's posts or one's household let one see, the newest first.
pub(super) async fn list(state: State<Arc<Running>>, visitor: Visitor, query: Query) -> Answered {
    let app: App = state;
    let person = visitor.signed_in()?.clone();
    let cut = query.cut()?;
    let wanted = MatterQuery {
        text: query.get("text").map(str::to_owned),
        procedure: query.get("procedure").map(str::to_owned),
        step: query.get("step").map(str::to_owned),
        place: query.get("place").map(str::to_owned),
        open: query.get("open").map(|open| open != "no" && open != "false"),
        ..MatterQuery::default()
    };
    let answer = work(&app, move |app| app.read(|snapshot| lines(snapshot, &visitor, &person, &wanted, &cut))).await?;
    Ok(ok(answer))
}

fn lines(
    snapshot: &dyn Snapshot,
    visitor: &Visitor,
    person: &Person,
    wanted: &MatterQuery,
    cut: &Cut,
) -> Result<Value, Problem> {
    let names = Names { world: snapshot.world(), lang: visitor.lang };
    let found = if !visitor.is_staff() {
        Page {
            lines: own_matters(snapshot, &person.id, OFFERED_MAX)?
                .into_iter()
                .filter(|line| fits(line, wanted))
                .collect(),
            next: None,
        }
    } else {
        snapshot.matters(&MatterQuery { place: around(names, visitor, wanted), ..wanted.clone() }, cut)?
    };
    let lines = found.lines.iter().filter_map(|line| within_sight(names.world, visitor, &line.id)).collect();
    Ok(page(visitor, &Page { lines, next: found.next }, |matter: &Arc<Matter>| matter_view::line(names, matter)))
}

/// Where an officer looks unless they say: in their area, if it is one.
fn around(names: Names<'_>, visitor: &Visitor, wanted: &MatterQuery) -> Option<String> {
    let mut areas = areas(names.world.county(), &viewer(visitor), visitor.now);
    let area = if areas.len() == 1 { areas.pop() } else { None };
    wanted.place.clone().or(area)
}

/// A resident's own matters are few: they are sifted here.
fn fits(line: &MatterLine, wanted: &MatterQuery) -> bool {
    let same = |wanted: &Option<String>, own: &str| wanted.as_ref().is_none_or(|wanted| wanted == own);
    let words = format!("{} {}", line.number.as_deref().unwrap_or_default(), line.title.as_deref().unwrap_or_default());
    same(&wanted.procedure, &line.procedure)
        && same(&wanted.step, line.step.as_deref().unwrap_or_default())
        && wanted.open.is_none_or(|open| open == line.ended.is_none())
        && wanted.text.as_ref().is_none_or(|text| words.contains(text.as_str()))
}

/// A matter as this visitor may see it.
pub(super) async fn show(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path(id): Path<String>,
    query: Query,
) -> Answered {
    let app: App = state;
    let looking = Looking::new(&visitor, &query)?;
    let answer = work(&app, move |app| {
        let (answer, readings) = app.read(|snapshot| matter_view::whole(snapshot, &visitor, &id, &looking))?;
        for reading in readings {
            app.store().log_reading(reading)?;
        }
        Ok(answer)
    })
    .await?;
    Ok(ok(answer))
}

/// Starts a matter.
pub(super) async fn start(state: State<Arc<Running>>, visitor: Visitor, headers: HeaderMap, body: Body) -> Answered {
    let app: App = state;
    visitor.signed_in()?;
    body.only(&["procedure", "act", "place", "about", "form", "post", "proof"])?;
    let key = idempotency_key(&headers)?;
    let proof = body.proof()?;
    let act = prepared(&app, &visitor, body, starting).await?;
    let act = proved(&app, &visitor, key.as_deref(), proof, act).await?;
    let name = act.name.clone();
    match submit(&app, act, key).await? {
        Submitted::Refused(refusal) => Err(refusal.into()),
        Submitted::Done(receipt) => {
            let id = receipt.subject.clone();
            let answer = app.read(|snapshot| matter_view::done(snapshot, &visitor, &id, &name, &receipt))?;
            Ok(created(&format!("{ROOT}/matters/{}", encoded(&id)), answer))
        }
    }
}

/// The act of a program whose user proved anew who they are; of one that sent no proof as it is. What was done before under the same key costs no
/// second code.
async fn proved(
    app: &App,
    visitor: &Visitor,
    key: Option<&str>,
    proof: Option<Proof>,
    act: Act,
) -> Result<Act, Problem> {
    let Some(proof) = proof else { return Ok(act) };
    let (visitor, key) = (visitor.clone(), key.map(str::to_owned));
    work(app, move |app| {
        let person = &visitor.signed_in()?.id;
        let done = match &key {
            Some(key) => app.read(|snapshot| Ok(snapshot.done_under(person, key)?))?,
            None => None,
        };
        if done.is_some() {
            return Ok(act);
        }
        match proving::wrong(app, &visitor, &proof)? {
            None => Ok(Act { proved: true, ..act }),
            Some(said) => Err(proving::refusal(&said).into()),
        }
    })
    .await
}

/// The act that was asked for. Reading a form takes less time than handing it to another thread; reading a sheet does not.
async fn prepared(
    app: &App,
    visitor: &Visitor,
    body: Body,
    prepare: impl FnOnce(&dyn Snapshot, &Visitor, &Body) -> Result<Act, Problem> + Send + 'static,
) -> Result<Act, Problem> {
    if body.sheets().is_empty() {
        return app.read(|snapshot| prepare(snapshot, visitor, &body));
    }
    let visitor = visitor.clone();
    long_work(app, move |app| {
        body.sheets().iter().try_for_each(|sheet| scan(app, &sheet.name, &sheet.bytes))?;
        app.read(|snapshot| prepare(snapshot, &visitor, &body))
    })
    .await
}

fn starting(snapshot: &dyn Snapshot, visitor: &Visitor, body: &Body) -> Result<Act, Problem> {
    let world = snapshot.world();
    let names = Names { world, lang: visitor.lang };
    let name = body.text("procedure")?;
    let Some((regulation, procedure)) = world.rulebook().procedure(&name) else {
        return Err(procedures::unknown(world.rulebook()));
    };
    let act = match body.optional_text("act")? {
        Some(act) => act,
        None => only_start(procedure)?,
    };
    let subjects = Subjects { snapshot, visitor, procedure };
    let about = subjects.about(body.object("about")?)?;
    let actors = actors(visitor.signed_in()?, body.optional_text("post")?.as_deref())?;
    let place = match body.optional_text("place")? {
        Some(place) => subjects.known_place(place)?,
        None => subjects.place(&about)?,
    };
    let model = Model { names, regulation };
    let defined = procedure.start.iter().find(|start| start.name == act);
    let read = read_form(&model, defined, visitor, body.object("form")?).with_sheets(&model, defined, body.sheets());
    let actor = who_starts(world, (&procedure.name, &act), &place, &about, actors, visitor.now)
        .expect("there is at least one actor");
    let target = Target::Start { procedure: procedure.name.clone(), place, about };
    let act = Act { target, name: act, actor, form: read.record, fresh_ids: Vec::new(), proved: false };
    check_form(world, &act, read.faults, visitor.now)?;
    Ok(act)
}

/// The starting act where the program names none: there must be one only.
fn only_start(procedure: &Procedure) -> Result<String, Problem> {
    let human = procedure.start.iter().filter(|act| {
        act.by
            .iter()
            .any(|by| !matches!(by.party, regulation::model::Party::Clock | regulation::model::Party::Act { .. }))
    });
    let acts: Vec<&str> = human.map(|act| act.name.as_str()).collect();
    match acts[..] {
        [act] => Ok(act.to_owned()),
        [] => Err(super::body::wrong_member(
            "act",
            "应写明：这一程序只由系统或者别的事项起始",
            "must be written: only the clock or another matter starts this procedure",
        )),
        _ => Err(super::body::wrong_member(
            "act",
            &format!("应写明：{}", acts.join("、")),
            &format!("must be one of: {}", acts.join(", ")),
        )),
    }
}

/// What a matter is to be about, and where: as given, else what follows without doubt.
pub(crate) struct Subjects<'a> {
    pub(crate) snapshot: &'a dyn Snapshot,
    pub(crate) visitor: &'a Visitor,
    pub(crate) procedure: &'a Procedure,
}

impl Subjects<'_> {
    /// What was given, and what follows; what is missing is a fault.
    pub(crate) fn about(&self, given: &Map<String, Value>) -> Result<BTreeMap<Name, Answer>, Problem> {
        let mut found = self.given(given)?;
        for about in &self.procedure.about {
            if !found.contains_key(&about.name)
                && let Some(value) = self.derived(about, &found)?
            {
                found.insert(about.name.clone(), value);
            }
        }
        Ok(found)
    }

    /// As [`Subjects::about`], but what is missing stays so.
    pub(crate) fn about_if_known(&self, given: &Map<String, Value>) -> Result<BTreeMap<Name, Answer>, Problem> {
        let mut found = self.given(given)?;
        for about in &self.procedure.about {
            if !found.contains_key(&about.name)
                && let Ok(Some(value)) = self.derived(about, &found)
            {
                found.insert(about.name.clone(), value);
            }
        }
        Ok(found)
    }

    fn given(&self, given: &Map<String, Value>) -> Result<BTreeMap<Name, Answer>, Problem> {
        let known: Vec<&str> = self.procedure.about.iter().map(|about| about.name.as_str()).collect();
        let mut found = BTreeMap::new();
        for (name, value) in given {
            let Some(about) = self.procedure.about.iter().find(|about| about.name == *name) else {
                return Err(wrong(
                    format!("about.{name}"),
                    format!("这一程序不涉及“{name}”；可用：{}", known.join("、")),
                    format!("the procedure is not about `{name}`; known: {}", known.join(", ")),
                ));
            };
            let Some(text) = value.as_str() else {
                return Err(wrong(format!("about.{name}"), "应是编号（文字）".into(), "must be an id (text)".into()));
            };
            found.insert(name.clone(), self.existing(about, text)?);
        }
        Ok(found)
    }

    fn existing(&self, about: &About, text: &str) -> Result<Answer, Problem> {
        let world = self.snapshot.world();
        let (exists, value) = match &about.target {
            AboutTarget::Register(register) => (world.row(register, text).is_some(), Answer::Key(text.to_owned())),
            AboutTarget::Procedure(procedure) => {
                let right = world.matter(text).is_some_and(|matter| matter.procedure == *procedure);
                (right, Answer::Text(text.to_owned()))
            }
        };
        if exists {
            Ok(value)
        } else {
            Err(wrong(
                format!("about.{}", about.name),
                format!("没有编号为“{text}”的记录"),
                format!("there is no `{text}`"),
            ))
        }
    }

    /// What follows without doubt; nothing for what may be left out.
    fn derived(&self, about: &About, found: &BTreeMap<Name, Answer>) -> Result<Option<Answer>, Problem> {
        let candidates = match &about.target {
            AboutTarget::Register(register) => self.own_rows(register).into_iter().map(Answer::Key).collect(),
            AboutTarget::Procedure(procedure) => self.matters_about(procedure, found)?,
        };
        match &candidates[..] {
            [one] if !about.optional => Ok(Some(one.clone())),
            _ if about.optional => Ok(None),
            candidates => {
                let ids: Vec<&str> = candidates.iter().filter_map(Answer::as_text).collect();
                let (zh, en) = if ids.is_empty() {
                    ("请指明".to_owned(), "must be given".to_owned())
                } else {
                    (format!("请指明其一：{}", ids.join("、")), format!("must be one of: {}", ids.join(", ")))
                };
                Err(wrong(format!("about.{}", about.name), zh, en))
            }
        }
    }

    /// Rows of a register that name the visitor in a column of their own.
    fn own_rows(&self, register: &str) -> Vec<String> {
        let world = self.snapshot.world();
        let (Some(person), Some((_, register))) = (self.visitor.person_id(), world.rulebook().register(register))
        else {
            return Vec::new();
        };
        let columns = register.fields.iter().filter(|field| field.ty == Type::Person && field.derived.is_none());
        let mut keys: Vec<String> = columns
            .flat_map(|field| world.rows(&register.name, Some((&field.name, &Answer::Key(person.to_owned())))))
            .collect();
        keys.sort();
        keys.dedup();
        keys
    }

    /// Matters of a procedure about the same row, as far as one is known.
    fn matters_about(&self, procedure: &str, found: &BTreeMap<Name, Answer>) -> Result<Vec<Answer>, Problem> {
        let Some((_, defined)) = self.snapshot.world().rulebook().procedure(procedure) else { return Ok(Vec::new()) };
        let shared = defined
            .about
            .iter()
            .find_map(|about| Some((about.name.clone(), found.get(&about.name)?.as_text()?.to_owned())));
        let Some(shared) = shared else { return Ok(Vec::new()) };
        let query =
            MatterQuery { procedure: Some(procedure.to_owned()), about: Some(shared), ..MatterQuery::default() };
        let page = self.snapshot.matters(&query, &Cut::first(10))?;
        Ok(page.lines.into_iter().map(|line| Answer::Text(line.id)).collect())
    }

    pub(crate) fn known_place(&self, place: String) -> Result<String, Problem> {
        if self.snapshot.world().county().places.contains_key(&place) {
            return Ok(place);
        }
        Err(wrong(
            "place".into(),
            format!("本县没有代码为“{place}”的地方"),
            format!("there is no place `{place}` in this county"),
        ))
    }

    /// The place of what the matter is about; else that of the only post.
    pub(crate) fn place(&self, about: &BTreeMap<Name, Answer>) -> Result<String, Problem> {
        let world = self.snapshot.world();
        let place_of = |subject: &About| {
            let text = about.get(&subject.name)?.as_text()?;
            match &subject.target {
                AboutTarget::Register(register) => world.row(register, text).map(|row| row.place.clone()),
                AboutTarget::Procedure(_) => world.matter(text).map(|matter| matter.place.clone()),
            }
        };
        let mut places: Vec<String> = self.procedure.about.iter().filter_map(place_of).collect();
        if places.is_empty() {
            places.extend(self.visitor.signed_in()?.posts.iter().map(|post| post.place.clone()));
        }
        places.sort();
        places.dedup();
        match &places[..] {
            [place] => Ok(place.clone()),
            _ => Err(wrong("place".into(), "请写明地方代码".into(), "must be given: the code of a place".into())),
        }
    }
}

fn wrong(field: String, zh: String, en: String) -> Problem {
    let fault = FieldFault {
        label: field.as_str().into(),
        zh: format!("“{field}”{zh}"),
        en: format!("`{field}` {en}"),
        field,
        clauses: Vec::new(),
    };
    Refusal { kind: RefusalKind::Form, reasons: Vec::new(), fields: vec![fault] }.into()
}

/// Does an act on a matter.
pub(super) async fn act(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Answered {
    let app: App = state;
    visitor.signed_in()?;
    body.only(&["act", "form", "seen", "post", "proof"])?;
    let key = idempotency_key(&headers)?;
    let proof = body.proof()?;
    let of = id.clone();
    let act =
        prepared(&app, &visitor, body, move |snapshot, visitor, body| acting(snapshot, visitor, &of, body)).await?;
    let act = proved(&app, &visitor, key.as_deref(), proof, act).await?;
    let name = act.name.clone();
    match submit(&app, act, key).await? {
        Submitted::Refused(refusal) => Err(refusal.into()),
        Submitted::Done(receipt) => {
            let answer = app.read(|snapshot| matter_view::done(snapshot, &visitor, &id, &name, &receipt))?;
            Ok(ok(answer))
        }
    }
}

fn acting(snapshot: &dyn Snapshot, visitor: &Visitor, id: &str, body: &Body) -> Result<Act, Problem> {
    let world = snapshot.world();
    let (matter, regulation, procedure) = matter_view::existing(snapshot, id)?;
    let name = body.text("act")?;
    let actors = actors(visitor.signed_in()?, body.optional_text("post")?.as_deref())?;
    if may_see(world, &viewer(visitor), &matter, visitor.now) == Access::None {
        return Err(no_part(act_of(&procedure, &matter, &name)).of_refused_look(id));
    }
    let model = Model { names: Names { world, lang: visitor.lang }, regulation: &regulation };
    let defined = act_of(&procedure, &matter, &name);
    let read = read_form(&model, defined, visitor, body.object("form")?).with_sheets(&model, defined, body.sheets());
    let actor = who_acts(world, &matter, &procedure, &name, actors, visitor.now).expect("there is at least one actor");
    let target = Target::Matter { id: matter.id.clone(), seen: body.optional_count("seen")? };
    let act = Act { target, name, actor, form: read.record, fresh_ids: Vec::new(), proved: false };
    check_form(world, &act, read.faults, visitor.now)?;
    Ok(act)
}

/// Who has no part in a matter is told that and nothing of how it stands.
fn no_part(act: Option<&regulation::model::Act>) -> Problem {
    let clauses = act.map(|act| act.clauses.as_slice()).unwrap_or_default();
    let (zh, en) = ("您的岗位与这一事项无关", "none of your posts has a part in this matter");
    let reason = Reason::general("not-your-desk", zh, en)
        .under(clauses)
        .hint("请由事项所在地的有权岗位办理", "The post whose right it is where the matter lies does it");
    Refusal { kind: RefusalKind::Rights, reasons: vec![reason], fields: Vec::new() }.into()
}

/// No such matter, or none that this visitor may know of.
pub(crate) fn unknown_matter() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "unknown",
        "没有这一事项，或者您无权查看",
        "No such matter, or not for you to see",
    )
}
