//! What is done as usual (照办): how the offices of a sample county answer what comes round again and again, said once for all of it.
//!
//! A story tells single matters. A duty of every day, week or quarter asks for the same each time, and the matters it opens get their ids from
//! the store: here a line says who does which act of a procedure, and how many days after the matter came to its step, or before it is due.

use super::Failure;
use super::fixture::Fixtures;
use super::markdown::{Document, Row};
use super::player::{Role, pairs};
use super::story::holder;
use super::value::{Reading, place_code};
use super::words::{self, after, cell};
use crate::act::{Act, Actor, MatterId, PlaceCode, Target};
use crate::county::County;
use jiff::ToSpan;
use jiff::civil::Date;
use regulation::expr::{Record, Value};
use regulation::model::{Act as Rule, Field, Name, Rulebook};
use std::collections::BTreeMap;

/// The name in a form that stands for whoever does the act.
const WHOEVER_ACTS: &str = "承办人";

/// What is done as usual in a county.
#[derive(Debug, Clone, Default)]
pub struct Usual {
    fixtures: Fixtures,
    habits: Vec<Habit>,
}

/// A line: who does what, and when.
#[derive(Debug, Clone)]
struct Habit {
    procedure: Name,
    act: Name,
    /// `level/desk`: whoever of them may.
    desks: Vec<(String, String)>,
    /// Days after the matter came to its step; a negative number: days before it is due.
    days: i32,
    /// Only around this place.
    place: Option<PlaceCode>,
    /// Only what came to its step by this day.
    until: Option<Date>,
    with: Vec<(String, String)>,
}

/// An open matter that may be waiting for what is done as usual.
#[derive(Debug, Clone)]
pub struct Waiting<'a> {
    /// Its id.
    pub matter: MatterId,
    /// Its procedure.
    pub procedure: &'a str,
    /// The step at which it stands.
    pub step: &'a str,
    /// Its place.
    pub place: &'a str,
    /// Since when it stands there.
    pub entered_on: Date,
    /// By when something is due.
    pub due: Option<Date>,
}

/// A day in a county.
#[derive(Clone, Copy)]
pub struct Day<'a> {
    /// The county.
    pub county: &'a County,
    /// What runs in it.
    pub rulebook: &'a Rulebook,
    /// The day.
    pub today: Date,
}

impl Usual {
    /// Reads the sections `照办` of a story, with its own forms and lists.
    ///
    /// # Errors
    /// Every line that names what there is not.
    pub fn read(text: &str, county: &County, rulebook: &Rulebook) -> Result<Usual, Vec<Failure>> {
        let document = Document::read(text);
        let fixtures = Fixtures::read(&[&document]).map_err(|failure| vec![*failure])?;
        let told = document.sections.iter().filter(|section| after(&section.title, &words::USUAL_SECTION).is_some());
        let rows = told.flat_map(|section| section.tables.iter().map(move |table| (section, table)));
        let rows = rows.flat_map(|(section, table)| table.rows.iter().map(move |row| (section.title.as_str(), row)));
        let mut usual = Usual { fixtures, habits: Vec::new() };
        let mut failures = Vec::new();
        for (title, row) in rows {
            match habit(row, county, rulebook) {
                Ok(habit) => usual.habits.push(habit),
                Err(happened) => failures.push(Failure {
                    case: title.to_owned(),
                    line: row.line,
                    expected: "照办的一行".to_owned(),
                    happened,
                }),
            }
        }
        if failures.is_empty() { Ok(usual) } else { Err(failures) }
    }

    /// The procedures of whose matters something is said.
    pub fn procedures(&self) -> impl Iterator<Item = &str> {
        self.habits.iter().map(|habit| habit.procedure.as_str())
    }

    /// What is to be done on a day with a matter: for each act that has come, by whom it may be done, one or the other.
    #[must_use]
    pub fn acts(&self, waiting: &Waiting<'_>, day: &Day<'_>) -> Vec<Vec<Act>> {
        let Some((_, procedure)) = day.rulebook.procedure(waiting.procedure) else {
            return Vec::new();
        };
        let come = self.habits.iter().filter(|habit| habit.has_come(waiting, day));
        let possible = come.filter_map(|habit| Some((habit, procedure.act_at(Some(waiting.step), &habit.act)?)));
        possible.map(|(habit, rule)| self.by_each(habit, rule, waiting, day)).collect()
    }

    fn by_each(&self, habit: &Habit, rule: &Rule, waiting: &Waiting<'_>, day: &Day<'_>) -> Vec<Act> {
        let holders = habit.desks.iter();
        let holders = holders.filter_map(|(level, desk)| holder(day.county, level, desk, waiting.place, day.today));
        let act = |(person, post): (String, String)| Act {
            target: Target::Matter { id: waiting.matter.clone(), seen: None },
            name: habit.act.clone(),
            form: self.form(habit, rule, &person, day),
            actor: Actor::Person { person, post: Some(post) },
            fresh_ids: Vec::new(),
            proved: true,
        };
        holders.map(act).collect()
    }

    fn form(&self, habit: &Habit, rule: &Rule, person: &str, day: &Day<'_>) -> Record {
        let role = Role { person: person.to_owned(), posts: Vec::new() };
        let cast = BTreeMap::from([(WHOEVER_ACTS.to_owned(), role)]);
        let Day { county, rulebook, today } = *day;
        let reading = Reading { fixtures: &self.fixtures, rulebook, county, today, actor: person, cast: &cast };
        let forms: Vec<_> = rule.forms.iter().filter_map(|name| rulebook.form(name)).collect();
        let fields: Vec<&Field> = forms.iter().flat_map(|(_, form)| &form.fields).collect();
        let usual = self.fixtures.payload_of(&habit.procedure, &rule.name);
        let mut record = Record::new();
        for (name, text) in usual.iter().chain(&habit.with) {
            match reading.field(&fields, name, text) {
                Value::Missing => {}
                value => _ = record.insert(name.clone(), value),
            }
        }
        record
    }
}

impl Habit {
    /// Whether its day has come for a matter.
    fn has_come(&self, waiting: &Waiting<'_>, day: &Day<'_>) -> bool {
        let from = if self.days < 0 { waiting.due } else { Some(waiting.entered_on) };
        let on = from.and_then(|from| from.checked_add(self.days.days()).ok());
        self.procedure == waiting.procedure
            && on.is_some_and(|on| on <= day.today)
            && self.until.is_none_or(|until| waiting.entered_on <= until)
            && self.place.as_deref().is_none_or(|place| day.county.contains(place, waiting.place))
    }
}

fn habit(row: &Row, county: &County, rulebook: &Rulebook) -> Result<Habit, String> {
    let (procedure, act) = (cell(row, &words::PROCEDURE), cell(row, &words::ACT));
    let (_, model) = rulebook.procedure(procedure).ok_or_else(|| format!("没有程序“{procedure}”"))?;
    if !model.all_acts().any(|(_, own)| own.name == act) {
        return Err(format!("“{procedure}”没有动作“{act}”"));
    }
    let desks = cell(row, &words::WHO).split([',', '，', '、']).map(str::trim);
    let desks = desks.map(|desk| desk.split_once('/').ok_or_else(|| format!("“{desk}”应写成 level/desk")));
    let desks = desks.map(|desk| desk.map(|(level, desk)| (level.to_owned(), desk.to_owned())));
    let days = cell(row, &words::DAY);
    let place = Some(cell(row, &words::PLACE)).filter(|place| !place.is_empty());
    let place = place.map(|place| place_code(county, place).ok_or_else(|| format!("没有地方“{place}”")));
    let until = Some(cell(row, &words::UNTIL)).filter(|until| !until.is_empty());
    let until = until.map(|until| calendar::parse_date(until).map_err(|wrong| wrong.to_string()));
    Ok(Habit {
        procedure: procedure.to_owned(),
        act: act.to_owned(),
        desks: desks.collect::<Result<_, _>>()?,
        days: days.parse().map_err(|_| format!("“日”一栏是整数，不是“{days}”"))?,
        place: place.transpose()?,
        until: until.transpose()?,
        with: pairs(cell(row, &words::WITH))?,
    })
}
