//! The people of a synthetic county (合成人口): every desk that the regulations name has holders, and there are residents to come to them. All invented:
//! names of two common characters, identity numbers of a region that does not exist.

use crate::chance::Chance;
use engine::County;
use engine::county::{Appointment, Post};
use jiff::civil::{Date, date};
use regulation::expr::{identity, numbers};
use regulation::model::{By, Party, Procedure, Rulebook};
use std::collections::BTreeSet;

const FAMILY: [&str; 20] = [
    "安", "柏", "常", "丁", "方", "葛", "韩", "纪", "康", "林", "米", "宁", "庞", "齐", "任", "石", "唐", "温", "叶",
    "祝",
];
const GIVEN: [&str; 20] = [
    "模一", "模二", "模三", "模四", "模五", "拟一", "拟二", "拟三", "拟四", "拟五", "合一", "合二", "合三", "合四",
    "合五", "成一", "成二", "成三", "成四", "成五",
];
/// From when the synthetic holders hold their posts: before any regulation is in force.
const ALWAYS: Date = date(2000, 1, 1);
/// A region that no division has, so that nobody has a number of it.
const NOWHERE: &str = "999999";

/// What a person is called.
pub(crate) fn name(chance: &mut Chance) -> String {
    let family = chance.pick(&FAMILY).copied().unwrap_or_default();
    let given = chance.pick(&GIVEN).copied().unwrap_or_default();
    format!("{family}{given}")
}

/// An identity number of somebody of age.
pub(crate) fn identity_number(chance: &mut Chance) -> String {
    let (year, month, day) = (60 + chance.below(39), 1 + chance.below(12), 1 + chance.below(28));
    let old = format!("{NOWHERE}{year}{month:02}{day:02}{:03}", chance.below(1000));
    identity::renewed(&old).unwrap_or(old)
}

/// A unified social credit code with a region that does not exist.
pub(crate) fn credit_code(chance: &mut Chance) -> String {
    let body = format!("91{NOWHERE}MA{:07}", chance.below(10_000_000));
    let letters = "0123456789ABCDEFGHJKLMNPQRTUWXY".chars();
    let mut codes = letters.map(|last| format!("{body}{last}"));
    codes.find(|code| numbers::credit_code_fault(code).is_none()).unwrap_or(body)
}

/// A card number with a right check digit.
pub(crate) fn bank_card(chance: &mut Chance) -> String {
    let body = format!("620000{:012}", chance.below(1_000_000_000_000));
    let mut cards = (0..10).map(|last| format!("{body}{last}"));
    cards.find(|card| numbers::bank_card_fault(card).is_none()).unwrap_or(body)
}

/// Every office that the regulations let act, by level and desk.
fn offices(rulebook: &Rulebook) -> BTreeSet<(String, String)> {
    let of = |by: &By| match &by.party {
        Party::Office { level, desk } => Some((level.clone(), desk.clone())),
        _ => None,
    };
    let mut found = BTreeSet::new();
    for regulation in rulebook.regulations.values() {
        for procedure in regulation.procedures.values() {
            found.extend(procedure.steps.iter().flat_map(|step| &step.by).filter_map(of));
            found.extend(procedure.all_acts().flat_map(|(_, act)| &act.by).filter_map(of));
        }
        found.extend(regulation.registers.values().flat_map(|register| &register.keepers).filter_map(of));
    }
    found
}

/// So many people of one desk it takes to keep apart what the regulations keep apart.
fn most_apart(rulebook: &Rulebook) -> usize {
    let procedures = rulebook.regulations.values().flat_map(|regulation| regulation.procedures.values());
    let sets = procedures.flat_map(|procedure: &std::sync::Arc<Procedure>| procedure.apart.iter().map(Vec::len));
    sets.max().unwrap_or(1)
}

/// The county with holders at every desk, and so many residents. Gives their ids.
pub(crate) fn people(county: &mut County, rulebook: &Rulebook, seed: u64, residents: u64) -> Vec<String> {
    let wanted = most_apart(rulebook).max(2);
    for (level, desk) in offices(rulebook) {
        let places: Vec<String> =
            county.present().filter(|place| place.level == level).map(|place| place.code.clone()).collect();
        for place in places {
            let own: Vec<String> = county
                .posts
                .values()
                .filter(|post| post.level == level && post.desk == desk && post.place == place && post.until.is_none())
                .map(|post| post.id.clone())
                .collect();
            let vacant = own.iter().filter(|post| county.appointments.of_post(post).next().is_none()).cloned();
            let vacant: Vec<String> = vacant.collect();
            let missing = (own.len()..wanted).map(|number| format!("sim-{level}-{desk}-{place}-{number}"));
            let made: Vec<String> = missing.collect();
            for id in &made {
                let title = format!("{}（模拟）", county.office_name(&level, &desk, &place));
                let (level, desk, place) = (level.clone(), desk.clone(), place.clone());
                county.posts.insert(id.clone(), Post { id: id.clone(), title, level, desk, place, ..Post::default() });
            }
            for post in vacant.into_iter().chain(made) {
                let person = format!("sim-{post}");
                county.people.insert(person.clone(), name(&mut Chance::of(seed, &["clerk", &person])));
                county.appointments.push(Appointment { person, post, from: ALWAYS, ..Appointment::default() });
            }
        }
    }
    let ids: Vec<String> = (1..=residents).map(|number| format!("sim-r{number:06}")).collect();
    for id in &ids {
        county.people.insert(id.clone(), name(&mut Chance::of(seed, &["resident", id])));
    }
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invented_numbers_are_well_formed() {
        let mut chance = Chance::of(1, &["numbers"]);
        for _ in 0..200 {
            let (id, code, card) = (identity_number(&mut chance), credit_code(&mut chance), bank_card(&mut chance));
            assert!(identity::fault(&id).is_none(), "{id}");
            assert!(numbers::credit_code_fault(&code).is_none(), "{code}");
            assert!(numbers::bank_card_fault(&card).is_none(), "{card}");
        }
    }
}
