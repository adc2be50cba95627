//! Stories (演示情景): what has happened in a county, told with the fixtures of its cases and played by its own people.
//!
//! A story file holds tables. Each row is one matter's way: where, who plays the people of the fixtures that hold no post (a column
//! by their name), the day, the label to reach and what differs (`日期`, `到`, `内容` as in a line `at LABEL` of a case). Posts are played by
//! whoever holds them around the row's place. Sections of the kinds of fixtures add to those of the cases. What comes out are acts, for a store to carry out as it does all others.

use super::Failure;
use super::fixture::{Fixtures, is_fixture};
use super::markdown::{Document, Row};
use super::player::{Player, Role};
use super::value::place_code;
use super::words::{self, after, cell};
use crate::act::Act;
use crate::county::County;
use crate::memory::Memory;
use crate::world::World;
use jiff::civil::{Date, DateTime};
use regulation::model::Rulebook;
use std::collections::BTreeMap;

/// The acts of all rows, in order of time. `county` is the world in which they begin: its places, posts, people and register rows. The ids of
/// what they make begin with `mark`, which no other story of the county has.
///
/// # Errors
/// Every row that does not go as told, with its line.
pub fn tell(
    text: &str,
    fixtures: &str,
    county: &Memory,
    rulebook: &Rulebook,
    mark: &str,
) -> Result<Vec<(DateTime, Act)>, Vec<Failure>> {
    let document = Document::read(text);
    let shared = Document::read(fixtures);
    let fixtures = Fixtures::read(&[&shared, &document]).map_err(|failure| vec![*failure])?;
    let told = document.sections.iter().filter(|section| !is_fixture(section));
    let told = told.filter(|section| after(&section.title, &words::USUAL_SECTION).is_none());
    let rows = told.flat_map(|section| section.tables.iter().map(move |table| (section, table)));
    let rows = rows.flat_map(|(section, table)| table.rows.iter().map(move |row| (section.title.as_str(), row)));
    let mut acts = Vec::new();
    let mut failures = Vec::new();
    for (number, (title, row)) in rows.enumerate() {
        match tell_row(row, &format!("{mark}{:02}-", number + 1), county, rulebook, &fixtures) {
            Ok(told) => acts.extend(told),
            Err(happened) => {
                let expected = format!("到达 {}", cell(row, &words::TO));
                failures.push(Failure { case: title.to_owned(), line: row.line, expected, happened });
            }
        }
    }
    acts.sort_by_key(|(at, _)| *at);
    if failures.is_empty() { Ok(acts) } else { Err(failures) }
}

fn tell_row(
    row: &Row,
    id_prefix: &str,
    county: &Memory,
    rulebook: &Rulebook,
    fixtures: &Fixtures,
) -> Result<Vec<(DateTime, Act)>, String> {
    let place = cell(row, &words::PLACE);
    let place = place_code(county.county(), place).ok_or_else(|| format!("没有地方“{place}”"))?;
    let day = calendar::parse_date(cell(row, &words::DATE)).map_err(|wrong| wrong.to_string())?;
    let cast = cast(row, county.county(), fixtures, &place, day);
    let mut player = Player::in_world(county.clone(), rulebook, fixtures, place, cast, id_prefix.to_owned());
    player.go(None, cell(row, &words::TO), day.at(10, 0, 0, 0), cell(row, &words::WITH))?;
    Ok(player.log)
}

/// Who plays whom: the row's own columns, and the holders of posts around the place.
fn cast(row: &Row, county: &County, fixtures: &Fixtures, place: &str, day: Date) -> BTreeMap<String, Role> {
    let role = |name: &String, posts: &[(String, String)]| {
        if let Some(person) = row.cells.get(name).filter(|person| !person.is_empty()) {
            return Some(Role { person: person.clone(), posts: Vec::new() });
        }
        let held = posts.iter().filter_map(|(level, desk)| holder(county, level, desk, place, day));
        let held: Vec<(String, String)> = held.collect();
        let person = held.first()?.0.clone();
        Some(Role { person, posts: held.into_iter().map(|(_, post)| post).collect() })
    };
    let roles = fixtures.people.iter().filter_map(|(name, person)| Some((name.clone(), role(name, &person.posts)?)));
    roles.collect()
}

/// Who holds a desk around a place on a day: person and post.
pub(super) fn holder(county: &County, level: &str, desk: &str, place: &str, day: Date) -> Option<(String, String)> {
    let office = &county.at_level(place, level)?.code;
    county.appointments.iter().find_map(|appointment| {
        let post = county.posts.get(&appointment.post)?;
        let fits = post.level == level && post.desk == desk && post.place == *office;
        let holds = appointment.from <= day && appointment.to.is_none_or(|to| day <= to);
        (fits && holds).then(|| (appointment.person.clone(), post.id.clone()))
    })
}
