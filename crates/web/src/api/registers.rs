//! `/registers`: what they hold, read and kept by those who may (台账、名录).

use super::acting::{Part, actors, check_form, read_fields};
use super::body::{Body, wrong_member};
use super::masking::Writer;
use super::matter_view::{Looking, receipt};
use super::model::Model;
use super::problem::reason;
use super::query::{Query, encoded, page};
use super::{Answered, ROOT, created, idempotency_key, ok};
use crate::forms::names::Names;
use crate::forms::read::Reader;
use crate::problem::Problem;
use crate::registers::listing::{Line, Listing};
use crate::registers::{Reach, plots, reach};
use crate::site::{App, Running, long_work, submit, work};
use crate::visit::Visitor;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use engine::act::{Act, Actor, Target};
use engine::env::Scope;
use engine::rights::{Access, Viewer, capacities, masked_kinds, may_read_register, party_name};
use engine::{Row, World};
use regulation::expr::Value as Answer;
use regulation::model::{Field, Reader as Readers, Register, Regulation};
use serde_json::{Value, json};
use std::sync::Arc;
use store::aside::Reading;
use store::pages::{Cut, Entry, RowQuery, RowVersion};
use store::{Receipt, Snapshot, Submitted};

/// Names of a query that are not columns.
const NOT_COLUMNS: [&str; 9] = ["as_of", "after", "limit", "place", "sort", "text", "reveal_for", "reveal", "why"];

/// All registers and their columns.
pub(super) async fn list(state: State<Arc<Running>>, visitor: Visitor) -> Answered {
    let app: App = state;
    let answer = work(&app, move |app| {
        app.read(|snapshot| {
            let names = Names { world: snapshot.world(), lang: visitor.lang };
            let regulations = names.world.rulebook().regulations.values().filter(|one| visitor.reads(one));
            let items: Vec<Value> = regulations
                .flat_map(|regulation| {
                    regulation.registers.values().map(move |register| definition(Model { names, regulation }, register))
                })
                .collect();
            Ok(json!({ "items": items }))
        })
    })
    .await?;
    Ok(ok(answer))
}

fn definition(model: Model<'_>, register: &Register) -> Value {
    json!({
        "register": register.name,
        "title": model.names.lang.label(&register.title),
        "regulation": model.regulation.id,
        "keepers": register.keepers.iter().map(|by| party_name(&by.party)).collect::<Vec<_>>(),
        "readers": reader_names(register),
        "key": register.key,
        "rows_of": register.rows_of,
        "columns": register.fields.iter().map(|field| model.field(field, 0)).collect::<Vec<_>>(),
        "clauses": register.clauses,
    })
}

/// Who reads all rows, and who reads only some, as the regulation says it.
fn reader_names(register: &Register) -> Vec<String> {
    let parts = register.part_readers.iter();
    let parts = parts.map(|part| format!("{} where {} == {}", reader_name(&part.reader), part.column, part.code));
    register.readers.iter().map(reader_name).chain(parts).collect()
}

fn reader_name(reader: &Readers) -> String {
    match reader {
        Readers::Public => "public".to_owned(),
        Readers::Level(level) => level.clone(),
        Readers::Party(party) => party_name(party),
    }
}

/// A register that a visitor asks about.
struct Asked<'a> {
    snapshot: &'a dyn Snapshot,
    visitor: &'a Visitor,
    regulation: &'a Arc<Regulation>,
    register: &'a Arc<Register>,
}

impl<'a> Asked<'a> {
    fn new(snapshot: &'a dyn Snapshot, visitor: &'a Visitor, name: &str) -> Result<Asked<'a>, Problem> {
        let rulebook = snapshot.world().rulebook();
        let Some((regulation, register)) = rulebook.register(name) else {
            let known: Vec<&str> =
                rulebook.regulations.values().flat_map(|one| one.registers.keys()).map(String::as_str).collect();
            let known = known.join(", ");
            return Err(Problem::not_found("没有这个登记簿", "There is no such register")
                .hint(format!("现有：{known}"), format!("There are: {known}")));
        };
        Ok(Asked { snapshot, visitor, regulation, register })
    }

    fn world(&self) -> &'a dyn World {
        self.snapshot.world()
    }

    fn names(&self) -> Names<'a> {
        Names { world: self.world(), lang: self.visitor.lang }
    }

    fn access(&self, viewer: &Viewer, row: &Row) -> Access {
        may_read_register(self.world(), viewer, self.register, Some(row), &row.place, self.visitor.now)
    }

    fn is_own(&self, row: &Row) -> bool {
        let Some(person) = self.visitor.person_id() else { return false };
        let own = Viewer { person: Some(person.to_owned()), posts: Vec::new() };
        self.access(&own, row) == Access::Full
    }

    /// The part of the county that the visitor may list: all of it, the place asked for, or the place of one of their posts.
    fn reach(&self, wanted: Option<&str>) -> Result<Reach, Problem> {
        reach(self.snapshot, self.visitor, self.register, wanted).ok_or_else(|| self.denied())
    }

    fn listing(&self) -> Listing<'a> {
        Listing { snapshot: self.snapshot, regulation: self.regulation, register: self.register, now: self.visitor.now }
    }

    fn denied(&self) -> Problem {
        if self.visitor.person.is_none() {
            return Problem::sign_in_first();
        }
        let readers = reader_names(self.register).join(", ");
        Problem::forbidden("您的岗位不能查阅这个登记簿", "Your posts may not read this register")
            .detail(format!("可查阅：{readers}"), format!("Readers: {readers}"))
    }

    fn bound(&self, looking: &Looking) -> Result<Looking, Problem> {
        looking.bound(&self.register.purposes, &masked_kinds(&self.register.fields))
    }

    fn line(&self, line: &Line, looking: &Looking, readings: &mut Vec<Reading>) -> Value {
        let row = row_of(line);
        let veil = looking.veil(self.is_own(&row), self.access(&looking.viewer(self.visitor), &row));
        let mut writer = Writer::new(self.names(), &veil);
        let fields: Vec<&Field> = self.register.fields.iter().collect();
        let record = writer.record(&fields, &row.record, "");
        let subject = line.matter.clone().unwrap_or_else(|| format!("{}/{}", self.register.name, row.key));
        readings.extend(looking.readings(self.visitor, &subject, &veil, |viewer| self.access(viewer, &row)));
        json!({
            "key": row.key,
            "matter": line.matter,
            "place": row.place,
            "place_name": self.names().place_path(&row.place),
            "since": row.since.to_string(),
            "record": record,
            "masked": writer.covered,
        })
    }
}

fn row_of(line: &Line) -> Row {
    Row { key: line.key.clone(), place: line.place.clone(), record: line.record.clone(), since: line.since }
}

/// Rows of a register: by columns, by place, as of a day. `NAME.geojson` are its plots: names of registers have no dot.
pub(super) async fn rows(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path(name): Path<String>,
    query: Query,
) -> Answered {
    let app: App = state;
    if let Some(name) = name.strip_suffix(".geojson") {
        return geojson(&app, visitor, name.to_owned(), query.get("place").map(str::to_owned)).await;
    }
    let looking = Looking::everywhere(&query)?;
    // Rows that are matters are put in order one by one.
    let sorts = query.get("sort").is_some();
    let see = logged(move |snapshot| {
        let asked = Asked::new(snapshot, &visitor, &name)?;
        let mut readings = Vec::new();
        let (wanted, cut) = (asked.query(&query)?, query.cut()?);
        let looking = asked.bound(&looking)?;
        let answer = asked.page(&wanted, &cut, &looking, &mut readings)?;
        Ok((answer, readings))
    });
    let answer = if sorts { long_work(&app, see).await? } else { work(&app, see).await? };
    Ok(ok(answer))
}

impl Asked<'_> {
    fn query(&self, query: &Query) -> Result<RowQuery, Problem> {
        let reader = Reader { rulebook: self.world().rulebook(), signer: None };
        let reach = self.reach(query.get("place"))?;
        // Who may not see a column learns nothing of it by asking for its value or its order either.
        let hidden = |field: &Field| reach.access < Access::Full && field.personal.is_some();
        let mut equal = Vec::new();
        for (name, text) in query.others(&NOT_COLUMNS) {
            let Some(field) = self.register.fields.iter().find(|field| field.name == name && !hidden(field)) else {
                return Err(self.no_column(name));
            };
            let value = reader.text(&field.ty, text).map_err(|said| wrong_member(name, &said.zh, &said.en))?;
            equal.push((name.to_owned(), value));
        }
        let sort = query.get("sort").map(|column| match column.strip_prefix('-') {
            Some(column) => (column.to_owned(), true),
            None => (column.to_owned(), false),
        });
        if let Some((column, _)) = &sort
            && !self.register.fields.iter().any(|field| field.name == *column && !hidden(field))
        {
            return Err(self.no_column(column));
        }
        Ok(RowQuery {
            register: self.register.name.clone(),
            equal,
            text_in: Some(
                self.register.fields.iter().filter(|field| !hidden(field)).map(|field| field.name.clone()).collect(),
            ),
            conditions: reach.conditions(),
            place: reach.place,
            text: query.get("text").map(str::to_owned),
            sort,
            as_of: query.date("as_of")?,
        })
    }

    fn no_column(&self, name: &str) -> Problem {
        let known: Vec<&str> = self.register.fields.iter().map(|field| field.name.as_str()).collect();
        wrong_member(
            name,
            &format!("不是这个登记簿的栏目；栏目有：{}", known.join("、")),
            &format!("is not a column; columns are {}", known.join(", ")),
        )
    }

    fn page(
        &self,
        wanted: &RowQuery,
        cut: &Cut,
        looking: &Looking,
        readings: &mut Vec<Reading>,
    ) -> Result<Value, Problem> {
        let found = self.listing().page(wanted, cut)?;
        let mut answer = page(self.visitor, &found, |line: &Line| self.line(line, looking, readings));
        answer["register"] = json!(self.register.name);
        answer["title"] = json!(self.names().lang.label(&self.register.title));
        answer["place"] = json!(wanted.place);
        answer["as_of"] = json!(wanted.as_of.map(|on| on.to_string()));
        Ok(answer)
    }
}

/// The plots of a register as GeoJSON.
async fn geojson(app: &App, visitor: Visitor, name: String, place: Option<String>) -> Answered {
    let answer = work(app, move |app| {
        app.read(|snapshot| {
            let asked = Asked::new(snapshot, &visitor, &name)?;
            if !plots::has_plots(asked.register) {
                return Err(Problem::not_found("这个登记簿没有宗地图形", "This register has no plots"));
            }
            let reach = asked.reach(place.as_deref())?;
            let all = plots::of_register(snapshot, &visitor, asked.regulation, asked.register, &reach)?;
            Ok(plots::collection(&all))
        })
    })
    .await?;
    Ok(([(CONTENT_TYPE, "application/geo+json")], answer.to_string()).into_response())
}

/// One row with its history.
pub(super) async fn row(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path((name, key)): Path<(String, String)>,
    query: Query,
) -> Answered {
    let app: App = state;
    let looking = Looking::new(&visitor, &query)?;
    let see = logged(move |snapshot| {
        let asked = Asked::new(snapshot, &visitor, &name)?;
        let (line, history) = asked.found(&key)?;
        if asked.access(&looking.viewer(&visitor), &row_of(&line)) == Access::None {
            return Err(if visitor.person.is_none() { Problem::sign_in_first() } else { asked.no_row(&key) });
        }
        let mut readings = Vec::new();
        let looking = asked.bound(&looking)?;
        let mut answer = asked.line(&line, &looking, &mut readings);
        answer["history"] = Value::Array(history);
        Ok((answer, readings))
    });
    let answer = work(&app, see).await?;
    Ok(ok(answer))
}

impl Asked<'_> {
    /// A row in force with its history; of a matter what was done in it.
    fn found(&self, key: &str) -> Result<(Line, Vec<Value>), Problem> {
        if self.register.rows_of.is_some() {
            let line = self.listing().find(key)?.ok_or_else(|| self.no_row(key))?;
            let acts = self.snapshot.timeline(line.matter.as_deref().unwrap_or(key))?;
            let history = acts.iter().map(|entry| acted(self.names(), entry)).collect();
            return Ok((line, history));
        }
        let line = self.snapshot.row(&self.register.name, key)?.ok_or_else(|| self.no_row(key))?;
        let versions = self.snapshot.row_history(&self.register.name, key)?;
        let history = versions.iter().map(|version| self::version(self.names(), version)).collect();
        Ok((self.listing().entered(line), history))
    }

    fn existing(&self, key: &str) -> Result<Row, Problem> {
        let row = self.world().row(&self.register.name, key).ok_or_else(|| self.no_row(key))?;
        Ok(Row::clone(&row))
    }

    fn no_row(&self, key: &str) -> Problem {
        Problem::not_found(
            &format!("登记簿中没有“{key}”，或者您无权查阅"),
            &format!("The register has no row `{key}`, or not for you to see"),
        )
    }
}

fn version(names: Names<'_>, version: &RowVersion) -> Value {
    json!({
        "since": version.since.to_string(),
        "entry": version.seq,
        "by": version.person.as_ref().map(|person| names.person(person)),
        "closed": version.record.is_none(),
    })
}

fn acted(names: Names<'_>, entry: &Entry) -> Value {
    let by = match &entry.actor {
        Actor::Person { person, .. } => Some(names.person(person)),
        Actor::Clock => None,
    };
    json!({ "since": entry.on.to_string(), "entry": entry.seq, "by": by, "closed": false })
}

/// Reads, and then logs what personal data was opened.
fn logged(
    see: impl FnOnce(&dyn Snapshot) -> Result<(Value, Vec<Reading>), Problem> + Send + 'static,
) -> impl FnOnce(&Running) -> Result<Value, Problem> + Send + 'static {
    move |app| {
        let (answer, readings) = app.read(see)?;
        for reading in readings {
            app.store().log_reading(reading)?;
        }
        Ok(answer)
    }
}

/// Enters a row.
pub(super) async fn enter(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Answered {
    visitor.signed_in()?;
    body.only(&["place", "record", "post"])?;
    let place = body.text("place")?;
    let keeping = Keeping { register: name.clone(), row: None, act: "enter", place, headers, visitor };
    let (receipt, visitor) = keeping.keep(state, body).await?;
    let key = receipt.subject.split_once('/').map_or_else(|| receipt.subject.clone(), |(_, key)| key.to_owned());
    let location = format!("{ROOT}/registers/{}/rows/{}", encoded(&name), encoded(&key));
    Ok(created(&location, kept(&visitor, &key, &receipt)))
}

/// Changes columns of a row; those not named stay as they are.
pub(super) async fn change(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path((name, key)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    visitor.signed_in()?;
    body.only(&["record", "post"])?;
    let keeping =
        Keeping { register: name, row: Some(key.clone()), act: "change", place: String::new(), headers, visitor };
    let (receipt, visitor) = keeping.keep(state, body).await?;
    Ok(ok(kept(&visitor, &key, &receipt)))
}

/// Closes a row: it stays in the history.
pub(super) async fn close(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path((name, key)): Path<(String, String)>,
    headers: HeaderMap,
    query: Query,
) -> Answered {
    let body = Body::read(&json!({ "post": query.get("post") }).to_string())?;
    let keeping =
        Keeping { register: name, row: Some(key.clone()), act: "close", place: String::new(), headers, visitor };
    let (receipt, visitor) = keeping.keep(state, body).await?;
    Ok(ok(kept(&visitor, &key, &receipt)))
}

fn kept(visitor: &Visitor, key: &str, done: &Receipt) -> Value {
    json!({
        "key": key,
        "warnings": done.warnings.iter().map(|warning| reason(visitor.lang, warning)).collect::<Vec<_>>(),
        "repeated": done.repeated,
        "receipt": receipt(done),
    })
}

/// A change of a register that somebody asks for.
struct Keeping {
    register: String,
    row: Option<String>,
    act: &'static str,
    place: String,
    headers: HeaderMap,
    visitor: Visitor,
}

impl Keeping {
    async fn keep(self, state: State<Arc<Running>>, body: Body) -> Result<(Receipt, Visitor), Problem> {
        let app: App = state;
        self.visitor.signed_in()?;
        let key = idempotency_key(&self.headers)?;
        let visitor = self.visitor.clone();
        let act = work(&app, move |app| app.read(|snapshot| self.act(snapshot, &body))).await?;
        match submit(&app, act, key).await? {
            Submitted::Refused(refusal) => Err(refusal.into()),
            Submitted::Done(receipt) => Ok((receipt, visitor)),
        }
    }

    fn act(&self, snapshot: &dyn Snapshot, body: &Body) -> Result<Act, Problem> {
        let asked = Asked::new(snapshot, &self.visitor, &self.register)?;
        let place = match &self.row {
            Some(key) => asked.existing(key)?.place,
            None => self.place.clone(),
        };
        let part = Part { fields: &asked.register.fields, clauses: &asked.register.clauses };
        let model = Model { names: asked.names(), regulation: asked.regulation };
        let sent = body.object("record")?;
        let mut read = read_fields(&model, &[part], &self.visitor, sent);
        // A column that is sent as null is emptied; one that is not sent stays.
        let emptied =
            sent.iter().filter(|(name, value)| value.is_null() && part.fields.iter().any(|field| field.name == **name));
        read.record.extend(emptied.map(|(name, _)| (name.clone(), Answer::Missing)));
        let actors = actors(self.visitor.signed_in()?, body.optional_text("post")?.as_deref())?;
        let actor = asked.keeper(&place, actors);
        let target = Target::Register { register: self.register.clone(), row: self.row.clone(), place };
        let act =
            Act { target, name: self.act.to_owned(), actor, form: read.record, fresh_ids: Vec::new(), proved: false };
        check_form(asked.world(), &act, read.faults, self.visitor.now)?;
        Ok(act)
    }
}

impl Asked<'_> {
    /// The first of these actors who keeps the register at a place; else the first.
    fn keeper(&self, place: &str, actors: Vec<Actor>) -> Actor {
        let keeps = |actor: &Actor| {
            let scope = Scope::new(self.world(), self.visitor.now).by(actor);
            !capacities(&scope.bare(self.regulation, &place.to_owned()), &self.register.keepers, actor, None).is_empty()
        };
        let found = actors.iter().position(keeps).unwrap_or(0);
        actors.into_iter().nth(found).expect("there is at least one actor")
    }
}
