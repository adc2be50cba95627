//! Filling in forms (填表): values by the type of each field, out of what the county has and what the matter already says. Nothing here knows a
//! regulation: what a field must be, [`engine::decide`] says, and what it says leads the next try ([`learn`](crate::learn)).

mod renew;

pub(crate) use renew::Model;

use crate::chance::Chance;
use crate::people;
use calendar::{Term, Unit as TermUnit};
use engine::World;
use engine::figures::printable;
use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime};
use regulation::expr::{FileRef, Record, Signature, Type, Unit, Value};
use regulation::model::{EXTENT, Field, Form, Label, Name, Need};
use regulation::trial::version;
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What stands in every text that the filler invents, so that it invents another the next time.
pub(crate) const MARK: &str = "模拟";
/// What every uploaded file holds.
pub const FILE: &str = "模拟材料\n";
/// A regulation that changes nothing, for fields that take the text of one.
const NOTHING: &str = "---\nid: simulated\ntitle: 模拟文本\nnumber: 模拟〔2024〕1号\nissuer: office\nissued: 2024-01-01\n\
                       effective: 2024-01-01\n---\n# 一、说明 {#simulated-1 .narrative}\n本文只供模拟使用。\n";
/// How deep lists of rows lie in one another, at most.
const DEEPEST: usize = 3;

/// Values that a matter or its subjects have already: what a form says again is often the same.
pub(crate) type Pool = Vec<(Type, Value)>;

/// Who fills in, where and when.
pub(crate) struct Filler<'a> {
    pub(crate) world: &'a dyn World,
    pub(crate) now: DateTime,
    /// Place of the matter.
    pub(crate) place: &'a str,
    /// Who acts.
    pub(crate) person: &'a str,
    pub(crate) residents: &'a [String],
    /// Keys of rows by register.
    pub(crate) rows: &'a BTreeMap<Name, Vec<String>>,
    pub(crate) pool: &'a Pool,
    /// What the forms say before anybody types; what is missing in it is left empty.
    pub(crate) presets: Record,
    /// The desk of whoever acts in a post.
    pub(crate) desk: Option<&'a str>,
    /// Sets the texts of this form apart from those of all others.
    pub(crate) serial: String,
    pub(crate) chance: Chance,
}

impl Filler<'_> {
    /// A form filled in for the first time: what must be, what may be asked, and half of what may be left out.
    pub(crate) fn record(&mut self, forms: &[Arc<Form>]) -> Record {
        let mut record = Record::new();
        for form in forms {
            self.fields(&form.fields, &mut record, 0);
        }
        self.prefill(&mut record);
        record
    }

    /// Leaves what is filled in already as it is, as people do.
    fn prefill(&self, record: &mut Record) {
        for (name, value) in &self.presets {
            match value {
                Value::Missing => record.remove(name),
                value => record.insert(name.clone(), value.clone()),
            };
        }
    }

    fn fields(&mut self, fields: &[Field], record: &mut Record, depth: usize) {
        for field in fields.iter().filter(|field| field.derived.is_none()) {
            let leaves_out = matches!(field.need, Need::May) && self.chance.happens(500);
            if !leaves_out && let Some(value) = self.value(field, depth) {
                record.insert(field.name.clone(), value);
            }
        }
    }

    /// A value for a field; none where there is nothing to choose from.
    pub(crate) fn value(&mut self, field: &Field, depth: usize) -> Option<Value> {
        if field.regulation {
            return Some(Value::Text(NOTHING.to_owned()));
        }
        // Nobody signs for another. A row of a list speaks of somebody or something else, which it may only point to.
        let may_repeat = |value: &Value| match value {
            Value::Signature(_) => false,
            value => depth == 0 || matches!(value, Value::Key(_)),
        };
        let alike = self.pool.iter().filter(|(ty, value)| *ty == field.ty && may_repeat(value));
        let known: Vec<&Value> = alike.map(|(_, value)| value).collect();
        if !known.is_empty() && self.chance.happens(400) {
            return self.chance.pick(&known).map(|value| (*value).clone());
        }
        self.typed(&field.ty, &field.label.zh, depth)
    }

    fn typed(&mut self, ty: &Type, label: &str, depth: usize) -> Option<Value> {
        Some(match ty {
            Type::Bool => Value::Bool(self.chance.happens(850)),
            Type::Agreed => Value::Bool(true),
            Type::Number { unit, whole } => self.number(unit, *whole),
            Type::Text { max } => Value::Text(self.text(label, *max as usize)),
            Type::PersonName => Value::Text(people::name(&mut self.chance)),
            Type::Phone => Value::Text(format!("100{:08}", self.chance.below(100_000_000))),
            Type::IdNumber => Value::Text(people::identity_number(&mut self.chance)),
            Type::CreditCode => Value::Text(people::credit_code(&mut self.chance)),
            Type::BankCard => Value::Text(people::bank_card(&mut self.chance)),
            Type::OneOf(codes) if depth == 0 && self.chance.happens(900) && self.own_desk(codes).is_some() => {
                self.own_desk(codes)?
            }
            Type::OneOf(codes) if self.chance.happens(400) => Value::Code(codes.first()?.0.clone()),
            Type::OneOf(codes) => Value::Code(self.chance.pick(codes)?.0.clone()),
            Type::SomeOf(codes) => {
                let chosen: BTreeSet<String> =
                    codes.iter().filter(|_| self.chance.happens(400)).map(|(code, _)| code.clone()).collect();
                let first = self.chance.pick(codes)?.0.clone();
                Value::Codes(if chosen.is_empty() { BTreeSet::from([first]) } else { chosen })
            }
            Type::Date => Value::Date(self.date()),
            Type::Moment => Value::Moment(self.moment()),
            Type::Term => Value::Term(self.term(TermUnit::Days)),
            Type::TermOf(unit) => Value::Term(self.term(*unit)),
            Type::File => Value::File(self.file(label)),
            Type::Signature => self.signature(),
            Type::Plot => Value::Text(self.plot()),
            Type::Report => {
                let views: Vec<(String, String)> = printable(self.world.rulebook(), self.now.date())
                    .map(|(regulation, view)| (regulation.id.clone(), view.name.clone()))
                    .collect();
                let (regulation, view) = self.chance.pick(&views)?;
                Value::Key(format!("{regulation}/{view}"))
            }
            Type::Place => Value::Key(self.some_place()),
            Type::Person => Value::Key(self.some_person()?),
            Type::Post => {
                let today = self.now.date();
                let county = self.world.county();
                let posts: Vec<&String> =
                    county.posts.values().filter(|post| post.exists_on(today)).map(|post| &post.id).collect();
                Value::Key((*self.chance.pick(&posts)?).clone())
            }
            Type::Row(register) => Value::Key(self.some_row(register)?),
            Type::Records(form) => {
                let form = self.world.rulebook().form(form).map(|(_, form)| Arc::clone(form))?;
                let rows = 1 + self.chance.below(2);
                let rows = (0..rows).filter(|_| depth < DEEPEST).map(|_| self.row(&form, depth));
                Value::Records(rows.collect())
            }
            Type::List(inner) => {
                let length = 1 + self.chance.below(2);
                Value::List((0..length).filter_map(|_| self.typed(inner, label, depth)).collect())
            }
            _ => return None,
        })
    }

    /// Which of these codes names the desk of whoever fills in: where several offices write the same form, each ticks itself.
    fn own_desk(&self, codes: &[(String, Label)]) -> Option<Value> {
        let own = codes.iter().find(|(code, _)| Some(code.as_str()) == self.desk);
        own.map(|(code, _)| Value::Code(code.clone()))
    }

    fn row(&mut self, form: &Form, depth: usize) -> Record {
        let mut record = Record::new();
        self.fields(&form.fields, &mut record, depth + 1);
        record
    }

    fn number(&mut self, unit: &Unit, whole: bool) -> Value {
        let alike: Vec<Decimal> = self
            .pool
            .iter()
            .filter_map(|(_, value)| match value {
                Value::Number(number, own) if own == unit => Some(*number),
                _ => None,
            })
            .collect();
        let code = unit.code();
        let usual: [u64; 3] = match code.as_str() {
            "yuan" => [1_000, 20_000, 500_000],
            "m²" => [60, 150, 200],
            "percent" => [20, 60, 100],
            "m" => [4, 10, 20],
            _ => [1, 5, 50],
        };
        let drawn = match self.chance.below(10) {
            0 => 0,
            1 => 1,
            2 | 3 => usual[0],
            4 => usual[2],
            _ => 1 + self.chance.below(usual[1]),
        };
        let drawn = i64::try_from(drawn).expect("what is drawn is below a million");
        let number = match self.chance.pick(&alike).copied().filter(|_| self.chance.happens(300)) {
            Some(alike) => alike,
            None if whole || !self.chance.happens(200) => Decimal::from(drawn),
            None => Decimal::new(drawn.saturating_mul(100) + 50, 2),
        };
        Value::Number(if whole { number.trunc() } else { number }, unit.clone())
    }

    fn text(&mut self, label: &str, max: usize) -> String {
        let mark = format!("{MARK}{}", self.serial);
        let room = max.saturating_sub(mark.chars().count());
        let label: String = label.chars().take(room.min(12)).collect();
        let serial: String = mark.chars().rev().take(max).collect::<Vec<_>>().into_iter().rev().collect();
        self.serial = next_serial(&self.serial);
        format!("{label}{serial}")
    }

    fn date(&mut self) -> Date {
        let today = self.now.date();
        let days = |days: u64| i64::try_from(days).unwrap_or_default().days();
        match self.chance.below(20) {
            0..=8 => today,
            9..=12 => today.saturating_sub(days(1 + self.chance.below(5))),
            13 | 14 => today.saturating_sub(days(5 + self.chance.below(60))),
            15 => today.saturating_sub(days(200 + self.chance.below(2_000))),
            16 | 17 => today.saturating_add(days(1 + self.chance.below(10))),
            18 => today.saturating_add(days(10 + self.chance.below(90))),
            _ => today.saturating_add(days(200 + self.chance.below(900))),
        }
    }

    fn moment(&mut self) -> DateTime {
        let minutes = i64::try_from(self.chance.below(240)).unwrap_or_default();
        match self.chance.below(4) {
            0 => self.now,
            1 => self.now.saturating_add(minutes.minutes()),
            _ => self.now.saturating_sub(minutes.minutes()),
        }
    }

    fn term(&mut self, unit: TermUnit) -> Term {
        Term::new(1 + u32::try_from(self.chance.below(12)).unwrap_or_default(), unit)
    }

    fn file(&mut self, label: &str) -> FileRef {
        let digest = version(FILE);
        FileRef { name: format!("{label}.txt"), digest, size: FILE.len() as u64, media: "text/plain".to_owned() }
    }

    fn signature(&self) -> Value {
        let name = self.world.county().people.get(self.person).cloned();
        Value::Signature(Signature {
            name: name.unwrap_or_else(|| self.person.to_owned()),
            person: self.person.to_owned(),
            on: self.now.date(),
            method: "electronic".to_owned(),
        })
    }

    /// A rectangle: by its sides, or with corners somewhere in the county where it says where its plots lie.
    fn plot(&mut self) -> String {
        let (width, length) = (8 + self.chance.below(6), 10 + self.chance.below(8));
        let Some((south, west)) = self.corner().filter(|_| self.chance.happens(600)) else {
            return format!("东西 {width}；南北 {length}；东至 路；南至 地；西至 地；北至 地");
        };
        let (north, east) = (south + length, west + width);
        format!("{north}.000 {west}.000; {north}.000 {east}.000; {south}.000 {east}.000; {south}.000 {west}.000")
    }

    /// A corner in whole metres within the extent of the county's plots.
    fn corner(&mut self) -> Option<(u64, u64)> {
        let regulations = self.world.rulebook().regulations.values();
        let extent = regulations.filter_map(|regulation| regulation.parameters.get(EXTENT)).find_map(|parameter| {
            let own = parameter.values.last().and_then(|(_, value)| value.as_text().map(str::to_owned));
            own.filter(|text| !text.trim().is_empty())
        })?;
        let numbers: Vec<u64> =
            extent.split_whitespace().filter_map(|part| part.split('.').next()?.parse().ok()).collect();
        let [south, west, north, east] = numbers[..] else { return None };
        let (rows, columns) = (north.checked_sub(south)? / 40, east.checked_sub(west)? / 40);
        let place = |count: u64, chance: &mut Chance| (1 + chance.below(count.saturating_sub(2))) * 40;
        Some((south + place(rows, &mut self.chance), west + place(columns, &mut self.chance)))
    }

    fn some_place(&mut self) -> String {
        let county = self.world.county();
        let levels: Vec<&str> = ["group", "village", "township", "county"]
            .into_iter()
            .filter_map(|level| county.at_level(self.place, level).map(|place| place.code.as_str()))
            .collect();
        if let Some(own) = self.chance.pick(&levels).filter(|_| self.chance.happens(700)) {
            return (*own).to_owned();
        }
        let all: Vec<&String> = county.present().map(|place| &place.code).collect();
        self.chance.pick(&all).map_or_else(|| self.place.to_owned(), |code| (*code).clone())
    }

    fn some_person(&mut self) -> Option<String> {
        if self.chance.happens(500) {
            return Some(self.person.to_owned());
        }
        self.chance.pick(self.residents).cloned()
    }

    fn some_row(&mut self, register: &str) -> Option<String> {
        let keys = self.rows.get(register)?;
        let first = self.chance.pick(keys)?;
        // Closed ones stand in the list too.
        (0..4)
            .filter_map(|_| self.chance.pick(keys))
            .find(|key| self.world.row(register, key).is_some())
            .or(Some(first))
            .cloned()
    }
}

/// The text after this one in a form that has several.
fn next_serial(serial: &str) -> String {
    let (base, number) = serial.rsplit_once('.').unwrap_or((serial, "0"));
    format!("{base}.{}", number.parse::<u32>().unwrap_or_default() + 1)
}
