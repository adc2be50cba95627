//! Reads the county's files: places, desks, posts, people, appointments, register rows, parameter overrides.
//!
//! The format is described in `county/README.md`. Every fault names file, line and column.

#[cfg(test)]
mod fuzz;
mod places;

use crate::home::Home;
use anyhow::{Context, Result, anyhow, bail};
use calendar::parse_date;
use engine::county::{Administration, Appointment, County, DeskName, Post};
use engine::rights::administering_twice;
use jiff::civil::Date;
use regulation::expr::{Record, Type, Value};
use regulation::model::{Field, Register, Rulebook, misread};
use std::collections::BTreeMap;
use web::SignInRules;
use web::taking_in::ImportLine;

/// A person's sign-in name.
pub struct SignIn {
    /// Person id.
    pub person: String,
    /// Name to sign in with.
    pub name: String,
}

/// A register row as it stands in a file.
pub struct SampleRow {
    /// Register.
    pub register: String,
    /// Place of the row.
    pub place: String,
    /// Columns.
    pub record: Record,
}

/// Parameter values set by the county: (regulation, parameter) → (first day, value), ascending.
pub type Overrides = BTreeMap<(String, String), Vec<(Date, Value)>>;

/// Places, posts and people.
pub fn read(home: &Home) -> Result<(County, Vec<SignIn>)> {
    let mut county = places::read(home)?;
    for line in Sheet::open(home, "desks.csv")? {
        let name = DeskName { name: line.get("name")?.into(), at_place: line.optional("at-place").map(str::to_owned) };
        county.desks.insert((line.get("level")?.into(), line.get("desk")?.into()), name);
    }
    for line in Sheet::open(home, "posts.csv")? {
        let post = Post {
            id: line.get("id")?.into(),
            title: line.get("title")?.into(),
            level: line.get("level")?.into(),
            desk: line.get("desk")?.into(),
            place: line.get("place")?.into(),
            many: line.optional("many") == Some("yes"),
            until: None,
        };
        if !county.places.contains_key(&post.place) {
            bail!("{}：没有这个地方 {} / no such place", line.at("place"), post.place);
        }
        county.posts.insert(post.id.clone(), post);
    }
    let mut sign_ins = Vec::new();
    for line in Sheet::open(home, "people.csv")? {
        county.people.insert(line.get("id")?.into(), line.get("name")?.into());
        if line.optional("staff") == Some("yes") {
            county.staff.insert(line.get("id")?.into());
        }
        sign_ins.push(SignIn { person: line.get("id")?.into(), name: line.get("sign-in")?.into() });
    }
    for line in Sheet::open(home, "appointments.csv")? {
        let appointment = Appointment {
            person: line.get("person")?.into(),
            post: line.get("post")?.into(),
            from: line.date("from")?.ok_or_else(|| anyhow!("{}：缺任职起日 / first day missing", line.at("from")))?,
            to: line.date("to")?,
            kind: line.optional("kind").map(String::from),
            ..Appointment::default()
        };
        if !county.posts.contains_key(&appointment.post) || !county.people.contains_key(&appointment.person) {
            bail!("{}：没有这个人或岗位 / no such person or post", line.at("person"));
        }
        county.appointments.push(appointment);
    }
    administrators(home, &mut county)?;
    Ok((county, sign_ins))
}

/// Which posts administer the system. Each sits at a desk of its own, and nobody holds two kinds at once.
fn administrators(home: &Home, county: &mut County) -> Result<()> {
    if !home.county.contains_key("administrators.csv") {
        return Ok(());
    }
    for line in Sheet::open(home, "administrators.csv")? {
        let (id, name) = (line.get("post")?, line.get("administers")?);
        let kind = Administration::read(name).ok_or_else(|| {
            anyhow!("{}：应为 system、security 或 audit / must be one of these", line.at("administers"))
        })?;
        let Some(post) = county.posts.get(id) else {
            bail!("{}：没有这个岗位 {id} / no such post", line.at("post"));
        };
        let shares = |other: &Post| other.id != post.id && other.sits_at() == post.sits_at();
        if county.posts.values().any(shares) {
            bail!("{}：管理员的机构不能另有岗位 / the desk of an administrator has no other post", line.at("post"));
        }
        county.administrations.insert(id.to_owned(), kind);
    }
    if let Some((person, [one, other])) = administering_twice(county).first() {
        bail!(
            "county/appointments.csv：{person} 同时任 {} 和 {}，三员互不兼任 / nobody administers two things at once",
            one.post,
            other.post
        );
    }
    Ok(())
}

/// What the county asks of those who sign in; the usual where it does not say.
pub fn sign_in_rules(home: &Home) -> Result<SignInRules> {
    let mut rules = SignInRules::default();
    if !home.county.contains_key("sign-in.csv") {
        return Ok(rules);
    }
    for line in Sheet::open(home, "sign-in.csv")? {
        if line.get("setting")? == "second-factor" {
            let names = line.optional("value").unwrap_or_default().split(';').map(str::trim);
            rules.second_factor = names.filter(|name| !name.is_empty()).map(str::to_owned).collect();
            continue;
        }
        let value: i64 =
            line.get("value")?.parse().ok().filter(|value| (1..=10_000).contains(value)).ok_or_else(|| {
                anyhow!("{}：应为 1 至 10000 的整数 / must be a whole number from 1 to 10000", line.at("value"))
            })?;
        match line.get("setting")? {
            "idle-minutes" => rules.idle_minutes = value,
            "session-hours" => rules.session_hours = value,
            "password-days" => rules.password_days = value,
            other => bail!("{}：没有这个设置 {other} / no such setting", line.at("setting")),
        }
    }
    Ok(rules)
}

/// How printed issues are taken in; nothing where the county does not say.
pub fn import_lines(home: &Home) -> Result<Vec<ImportLine>> {
    if !home.county.contains_key("gazette-import.csv") {
        return Ok(Vec::new());
    }
    let line = |line: Line| {
        Ok(ImportLine {
            record: line.get("record")?.into(),
            procedure: line.get("procedure")?.into(),
            act: line.get("act")?.into(),
            field: line.get("field")?.into(),
            value: line.get("value")?.into(),
        })
    };
    Sheet::open(home, "gazette-import.csv")?.map(line).collect()
}

/// Rows of `registers/*.csv`: registers in order of name, but those that others refer to before them.
pub fn rows(home: &Home, rulebook: &Rulebook) -> Result<Vec<SampleRow>> {
    let mut waiting = Vec::new();
    for file in home.county.keys() {
        let Some(register) = file.strip_prefix("registers/").and_then(|rest| rest.strip_suffix(".csv")) else {
            continue;
        };
        if register.contains('.') {
            continue;
        }
        let (_, register) =
            rulebook.register(register).ok_or_else(|| anyhow!("county/{file}：没有这个登记簿 / no such register"))?;
        waiting.push((file, &**register));
    }
    let mut rows = Vec::new();
    while !waiting.is_empty() {
        // Registers that refer to each other in a circle keep their order; the rows then say what they miss.
        let free = waiting.iter().position(|(_, register)| waiting.iter().all(|(_, other)| !refers(register, other)));
        let (file, register) = waiting.remove(free.unwrap_or_default());
        rows.extend(register_rows(home, rulebook, register, file)?);
    }
    Ok(rows)
}

/// Whether rows of a register refer to rows of another.
fn refers(register: &Register, other: &Register) -> bool {
    let to_other = |field: &Field| matches!(&field.ty, Type::Row(name) if *name == other.name);
    register.name != other.name && register.fields.iter().any(to_other)
}

fn register_rows(home: &Home, rulebook: &Rulebook, register: &Register, file: &str) -> Result<Vec<SampleRow>> {
    let lists = nested_lists(home, rulebook, register)?;
    Sheet::open(home, file)?
        .map(|line| {
            let mut record = line.record(&register.fields)?;
            let key = register.key.iter().map(|name| line.get(name)).collect::<Result<Vec<_>>>()?.join("/");
            for (field, by_key) in &lists {
                if let Some(items) = by_key.get(&key) {
                    record.insert(field.clone(), Value::Records(items.as_slice().into()));
                }
            }
            Ok(SampleRow { register: register.name.clone(), place: line.get("@place")?.into(), record })
        })
        .collect()
}

/// `registers/NAME.FIELD.csv`: rows of a list field, by the key of the row they belong to (`@row`).
fn nested_lists(
    home: &Home,
    rulebook: &Rulebook,
    register: &Register,
) -> Result<BTreeMap<String, BTreeMap<String, Vec<Record>>>> {
    let mut lists = BTreeMap::new();
    for field in &register.fields {
        let file = format!("registers/{}.{}.csv", register.name, field.name);
        let Type::Records(form) = &field.ty else { continue };
        if !home.county.contains_key(&file) {
            continue;
        }
        let (_, form) = rulebook.form(form).ok_or_else(|| anyhow!("county/{file}：没有表单 {form} / no such form"))?;
        let mut by_key: BTreeMap<String, Vec<Record>> = BTreeMap::new();
        for line in Sheet::open(home, &file)? {
            by_key.entry(line.get("@row")?.into()).or_default().push(line.record(&form.fields)?);
        }
        lists.insert(field.name.clone(), by_key);
    }
    Ok(lists)
}

/// `parameters.csv`: what the county sets, from when, under which instrument.
pub fn overrides(home: &Home, rulebook: &Rulebook) -> Result<Overrides> {
    let mut overrides = Overrides::new();
    if !home.county.contains_key("parameters.csv") {
        return Ok(overrides);
    }
    for line in Sheet::open(home, "parameters.csv")? {
        let (id, name) = (line.get("regulation")?, line.get("parameter")?);
        let parameter = rulebook
            .regulations
            .get(id)
            .and_then(|regulation| regulation.parameters.get(name))
            .ok_or_else(|| anyhow!("{}：没有参数 {id} {name} / no such parameter", line.at("parameter")))?;
        let value = Value::parse(&parameter.ty, line.get("value")?)
            .map_err(|said| anyhow!("{}：{} / {}", line.at("value"), said.zh, said.en))?;
        if let Some(said) = misread(name, &value) {
            bail!("{}：{} / {}", line.at("value"), said.zh, said.en);
        }
        if parameter.county.as_ref().is_some_and(|open| !open.allows(&value)) {
            bail!(
                "{}：超出规定允许各县的范围 / out of the bounds that the regulation sets for counties",
                line.at("value")
            );
        }
        if line.optional("instrument").is_none() {
            bail!("{}：须写明允许改动的文件 / the instrument that allows it is missing", line.at("instrument"));
        }
        let from = line.date("since")?.ok_or_else(|| anyhow!("{}：缺起日 / first day missing", line.at("since")))?;
        overrides.entry((id.into(), name.into())).or_default().push((from, value));
    }
    for values in overrides.values_mut() {
        values.sort_by_key(|(from, _)| *from);
    }
    Ok(overrides)
}

/// A CSV file with a header line.
struct Sheet {
    file: String,
    header: csv::StringRecord,
    lines: csv::StringRecordsIntoIter<std::io::Cursor<String>>,
}

struct Line {
    file: String,
    header: csv::StringRecord,
    cells: csv::StringRecord,
    number: u64,
}

impl Sheet {
    fn open(home: &Home, file: &str) -> Result<impl Iterator<Item = Line>> {
        let text = home.county_text(file)?.ok_or_else(|| anyhow!("缺少 county/{file} / missing"))?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned();
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(std::io::Cursor::new(text));
        let header = reader.headers().with_context(|| format!("county/{file}"))?.clone();
        let sheet = Sheet { file: file.into(), header, lines: reader.into_records() };
        sheet.read()
    }

    fn read(self) -> Result<impl Iterator<Item = Line>> {
        let Sheet { file, header, lines } = self;
        let lines: Vec<Line> = lines
            .map(|cells| {
                let cells = cells.with_context(|| format!("county/{file}"))?;
                let number = cells.position().map_or(0, csv::Position::line);
                Ok(Line { file: file.clone(), header: header.clone(), cells, number })
            })
            .collect::<Result<_>>()?;
        Ok(lines.into_iter())
    }
}

impl Line {
    fn at(&self, column: &str) -> String {
        format!("county/{} 第{}行 {column}", self.file, self.number)
    }

    fn optional(&self, column: &str) -> Option<&str> {
        let index = self.header.iter().position(|name| name == column)?;
        self.cells.get(index).filter(|cell| !cell.is_empty())
    }

    fn get(&self, column: &str) -> Result<&str> {
        self.optional(column).ok_or_else(|| anyhow!("{}：空缺 / missing", self.at(column)))
    }

    fn date(&self, column: &str) -> Result<Option<Date>> {
        self.optional(column)
            .map(|text| parse_date(text).map_err(|fault| anyhow!("{}：{fault}", self.at(column))))
            .transpose()
    }

    fn record(&self, fields: &[Field]) -> Result<Record> {
        let mut record = Record::new();
        for (name, cell) in
            self.header.iter().zip(&self.cells).filter(|(name, cell)| !name.starts_with('@') && !cell.is_empty())
        {
            let field = fields
                .iter()
                .find(|field| field.name == name)
                .ok_or_else(|| anyhow!("{}：没有这一栏 / no such column", self.at(name)))?;
            let value = Value::parse(&field.ty, cell)
                .map_err(|said| anyhow!("{}：{} / {}", self.at(name), said.zh, said.en))?;
            record.insert(name.into(), value);
        }
        Ok(record)
    }
}
