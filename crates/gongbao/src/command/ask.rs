//! `gongbao ask PROCEDURE --json FILE`: what the rules say about one application.

use crate::system::{self, Loaded};
use anyhow::{Context, Result, anyhow, bail};
use calendar::parse_date;
use clap::Args;
use engine::ask::{Answer, Question, Verdict, ask};
use engine::event::Event;
use engine::{Actor, Memory, Outcome, decide, printings};
use jiff::civil::DateTime;
use regulation::expr::{Record, Type, Value};
use regulation::model::{AboutTarget, Act, Field, Procedure};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use web::forms::read::Reader;

#[derive(Args)]
pub struct Ask {
    /// 程序 / procedure
    procedure: String,
    /// 申请（JSON 文件，- 为标准输入）：表单各项，另可有 place、about、registers、today、act
    /// / the application: fields of its forms, and if wanted place, about, registers, today, act
    #[arg(long = "json", value_name = "FILE")]
    file: PathBuf,
}

/// Words of the application that are not fields of its forms.
const SETTINGS: [&str; 6] = ["place", "about", "registers", "today", "act", "form"];

impl Ask {
    pub fn run(self, home: Option<&Path>) -> Result<ExitCode> {
        let loaded = system::load(home)?;
        let given = self.read()?;
        let answer = answer(&loaded, &self.procedure, &given)?;
        outln!("{answer:#}");
        Ok(ExitCode::SUCCESS)
    }

    fn read(&self) -> Result<Map<String, Json>> {
        let mut text = String::new();
        if self.file.as_os_str() == "-" {
            std::io::stdin().read_to_string(&mut text)?;
        } else {
            text = std::fs::read_to_string(&self.file)
                .with_context(|| format!("无法读取 {} / cannot read it", self.file.display()))?;
        }
        match serde_json::from_str(&text).with_context(|| format!("{} 不是 JSON / is not JSON", self.file.display()))?
        {
            Json::Object(given) => Ok(given),
            _ => bail!("{} 应为一个 JSON 对象 / should hold one JSON object", self.file.display()),
        }
    }
}

fn answer(loaded: &Loaded, procedure: &str, given: &Map<String, Json>) -> Result<Json> {
    let library = &loaded.library;
    let found = library.rulebook.procedure(procedure);
    let (_, procedure) = found.ok_or_else(|| {
        let known = library.rulebook.regulations.values().flat_map(|regulation| regulation.procedures.keys().cloned());
        anyhow!("没有程序 {procedure} / no such procedure; 已有 / known: {}", known.collect::<Vec<_>>().join(", "))
    })?;
    let now = moment(given)?;
    let place = place(loaded, given)?;
    let mut world = world(loaded, given, &place)?;
    let act = given.get("act").and_then(Json::as_str);
    let (form, faults) = form(loaded, procedure, act, given)?;
    let about = about(procedure, given, &mut world, &place);
    let question = Question { procedure: &procedure.name, act, place, about, form };
    let answer = ask(&world, &question, now).map_err(|refusal| {
        anyhow!(
            "{}",
            refusal
                .reasons
                .iter()
                .map(|reason| format!("{} / {}", reason.zh, reason.en))
                .collect::<Vec<_>>()
                .join("; ")
        )
    })?;
    Ok(as_json(&answer, &faults))
}

fn moment(given: &Map<String, Json>) -> Result<DateTime> {
    match given.get("today").and_then(Json::as_str) {
        None => Ok(crate::clock::CountyClock::real_now()),
        Some(today) => Ok(parse_date(today).map_err(|fault| anyhow!("today：{fault}"))?.at(9, 0, 0, 0)),
    }
}

/// The place given by code or name, or the first one of the county that has none below it.
fn place(loaded: &Loaded, given: &Map<String, Json>) -> Result<String> {
    let county = &loaded.library.county;
    match given.get("place").and_then(Json::as_str) {
        Some(wanted) => county
            .present()
            .find(|place| place.code == county.now(wanted) || place.name == wanted)
            .map(|place| place.code.clone())
            .ok_or_else(|| anyhow!("没有地方 {wanted} / no such place")),
        None => {
            let lowest = county.present().find(|place| county.children(&place.code).next().is_none());
            lowest.map(|place| place.code.clone()).ok_or_else(|| anyhow!("本县没有地方 / the county has no places"))
        }
    }
}

/// The county with the rows of its files and those that the application brings along.
fn world(loaded: &Loaded, given: &Map<String, Json>, place: &str) -> Result<Memory> {
    let library = &loaded.library;
    let mut world = Memory::new(library.rulebook.clone(), library.county.clone(), library.holidays.clone());
    for ((regulation, parameter), values) in &library.overrides {
        for (from, value) in values {
            world.set_parameter(regulation, parameter, *from, value.clone());
        }
    }
    for (moment, act) in printings(&library.rulebook) {
        if let Outcome::Done(decision) = decide(&world, &act, moment) {
            world.apply_all(&decision.events);
        }
    }
    for own in crate::county::rows(&loaded.home, &library.rulebook)? {
        let (_, register) = library.rulebook.register(&own.register).ok_or_else(|| anyhow!("{}", own.register))?;
        let key: Vec<String> =
            register.key.iter().map(|name| own.record.get(name).map_or_else(String::new, Value::show)).collect();
        world.apply(&row(&own.register, key.join("/"), &own.place, own.record));
    }
    let Some(Json::Object(registers)) = given.get("registers") else { return Ok(world) };
    for (name, rows) in registers {
        let (_, register) =
            library.rulebook.register(name).ok_or_else(|| anyhow!("没有登记簿 {name} / no such register"))?;
        let fields: Vec<&Field> = register.fields.iter().collect();
        for line in rows.as_array().into_iter().flatten() {
            let Json::Object(columns) = line else {
                bail!("registers.{name} 应为对象的数组 / should be an array of objects")
            };
            let mut faults = Vec::new();
            let record = Reader { rulebook: &library.rulebook, signer: None }.object(&fields, columns, "", &mut faults);
            if let Some(fault) = faults.first() {
                bail!("registers.{name}.{}：{} / {}", fault.field, fault.zh, fault.en);
            }
            let key: Vec<String> =
                register.key.iter().map(|name| record.get(name).map_or_else(String::new, Value::show)).collect();
            world.apply(&row(name, key.join("/"), place, record));
        }
    }
    Ok(world)
}

fn form(
    loaded: &Loaded,
    procedure: &Procedure,
    act: Option<&str>,
    given: &Map<String, Json>,
) -> Result<(Record, Vec<engine::FieldFault>)> {
    let start: Option<&Act> = match act {
        Some(name) => procedure.start.iter().find(|start| start.name == name),
        None => procedure.start.first(),
    };
    let start = start.ok_or_else(|| anyhow!("没有这个起始动作 / no such starting act"))?;
    let forms: Vec<_> = start.forms.iter().filter_map(|name| loaded.library.rulebook.form(name)).collect();
    let fields: Vec<&Field> = forms.iter().flat_map(|(_, form)| &form.fields).collect();
    let own: Map<String, Json> = match given.get("form") {
        Some(Json::Object(form)) => form.clone(),
        _ => given
            .iter()
            .filter(|(name, _)| !SETTINGS.contains(&name.as_str()))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect(),
    };
    let own = own.into_iter().map(|(name, value)| {
        let is_file = fields.iter().any(|field| field.name == name && field.ty == Type::File);
        let value = if is_file { as_file(value) } else { value };
        (name, value)
    });
    let own: Map<String, Json> = own.collect();
    let reader = Reader { rulebook: &loaded.library.rulebook, signer: None };
    let mut faults = Vec::new();
    let record = reader.object(&fields, &own, "", &mut faults);
    Ok((record, faults))
}

/// A file that is only said to be there, by its name.
fn as_file(value: Json) -> Json {
    match value {
        Json::String(name) if !name.is_empty() => json!({ "name": name, "digest": "0".repeat(64) }),
        other => other,
    }
}

/// What it is about. A register row that is not named is that of somebody of whom the registers know nothing yet.
fn about(procedure: &Procedure, given: &Map<String, Json>, world: &mut Memory, place: &str) -> BTreeMap<String, Value> {
    let mut about = BTreeMap::new();
    for subject in procedure.about.iter().filter(|subject| !subject.optional) {
        let named = given.get("about").and_then(|about| about.get(&subject.name)).and_then(Json::as_str);
        let value = match (&subject.target, named) {
            (AboutTarget::Procedure(_), None) => continue,
            (AboutTarget::Procedure(_), Some(matter)) => Value::Text(matter.to_owned()),
            (AboutTarget::Register(_), Some(key)) => Value::Key(key.to_owned()),
            (AboutTarget::Register(register), None) => {
                world.apply(&row(register, "ask".to_owned(), place, Record::new()));
                Value::Key("ask".to_owned())
            }
        };
        about.insert(subject.name.clone(), value);
    }
    about
}

fn row(register: &str, key: String, place: &str, record: Record) -> Event {
    Event::RowChanged {
        register: register.to_owned(),
        key,
        place: place.to_owned(),
        record: Some(record),
        on: jiff::civil::date(2000, 1, 1),
        actor: Actor::Clock,
        owner: None,
    }
}

fn as_json(answer: &Answer, faults: &[engine::FieldFault]) -> Json {
    let verdict = match answer.verdict {
        Verdict::Eligible => "eligible",
        Verdict::Ineligible => "ineligible",
        Verdict::Undetermined => "undetermined",
    };
    let reasons: Vec<Json> = answer
        .rules
        .iter()
        .flat_map(|rule| rule.rows.iter().map(move |row| (rule, row)))
        .map(|(rule, row)| {
            let against = rule.holds == Some(false) && rule.against().any(|other| other.code == row.code);
            let values: Map<String, Json> = row.values.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
            json!({ "rule": rule.rule, "code": row.code, "clause": row.clauses.first(), "clauses": row.clauses, "holds": row.holds,
                    "against": against, "candidate": row.candidate, "because": row.because.zh, "values": values })
        })
        .collect();
    let rules: Vec<Json> = answer
        .rules
        .iter()
        .map(|rule| json!({ "rule": rule.rule, "title": rule.title.zh, "holds": rule.holds }))
        .collect();
    let change: Vec<Json> = answer
        .change
        .iter()
        .map(|together| {
            together
                .iter()
                .map(|change| json!({ "field": change.field, "now": change.now, "needed": change.needed }))
                .collect()
        })
        .collect();
    let faults: Vec<Json> = faults
        .iter()
        .chain(&answer.faults)
        .map(|fault| json!({ "field": fault.field, "message": fault.zh, "message_en": fault.en }))
        .collect();
    json!({ "verdict": verdict, "reasons": reasons, "rules": rules, "missing": answer.missing, "faults": faults, "change": change })
}
