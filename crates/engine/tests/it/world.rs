//! The invented county and regulation that the tests share.

use calendar::Holidays;
use engine::county::{Appointment, County, Place, Post};
use engine::{Actor, Event, Memory};
use jiff::civil::{Date, date};
use regulation::expr::{Record, Signature, Unit, Value};
use regulation::model::Rulebook;
use regulation::{SourceFile, check};
use std::collections::{BTreeMap, BTreeSet};

pub(crate) const VILLAGE: &str = "999999100201";

pub(crate) fn rulebook() -> Rulebook {
    rulebook_of("tiny.md", include_str!("../../../regulation/tests/fixtures/tiny.md"))
}

pub(crate) fn rulebook_of(name: &str, text: &str) -> Rulebook {
    let checked = check(&[SourceFile { name: name.into(), text: text.into() }]);
    assert_eq!(checked.rulebook.regulations.len(), 1, "{:#?}", checked.findings);
    checked.rulebook
}

pub(crate) fn county() -> County {
    let place = |code: &str, name: &str, short: &str, level: &str, parent: Option<&str>| Place {
        code: code.into(),
        name: name.into(),
        short: short.into(),
        level: level.into(),
        parent: parent.map(str::to_owned),
        ..Place::default()
    };
    let places = [
        place("999999", "示例县", "示", "county", None),
        place("999999100", "示例镇", "示", "township", Some("999999")),
        place(VILLAGE, "东村", "东", "village", Some("999999100")),
        place("999999100202", "西村", "西", "village", Some("999999100")),
    ];
    County {
        code: "999999".into(),
        places: places.into_iter().map(|place| (place.code.clone(), place)).collect(),
        desks: BTreeMap::from([(("village".into(), "head".into()), "村民委员会主任".into())]),
        ..County::default()
    }
}

/// The county with a second township, 旧镇, and a village in it.
pub(crate) fn two_townships() -> County {
    let mut county = county();
    let place = |code: &str, name: &str, short: &str, level: &str, parent: &str| Place {
        code: code.into(),
        name: name.into(),
        short: short.into(),
        level: level.into(),
        parent: Some(parent.into()),
        ..Place::default()
    };
    let places = [
        place("999999101", "旧镇", "旧", "township", "999999"),
        place("999999101201", "南村", "南", "village", "999999101"),
    ];
    county.places.extend(places.into_iter().map(|place| (place.code.clone(), place)));
    county
}

/// A county with people in posts, a home and nothing else.
pub(crate) fn memory() -> Memory {
    let mut county = county();
    let posts = [
        ("head", "village", "head", VILLAGE),
        ("clerk", "village", "assistant", VILLAGE),
        ("vet", "township", "vet", "999999100"),
        ("police", "township", "police", "999999100"),
        ("mayor", "township", "head", "999999100"),
        ("far-head", "village", "head", "999999100202"),
    ];
    for (person, level, desk, place) in posts {
        let post = Post {
            id: format!("post-{person}"),
            title: desk.into(),
            level: level.into(),
            desk: desk.into(),
            place: place.into(),
            ..Post::default()
        };
        county.appointments.push(Appointment {
            person: person.into(),
            post: post.id.clone(),
            from: date(2022, 1, 1),
            to: Some(date(2029, 12, 31)),
            ..Appointment::default()
        });
        county.posts.insert(post.id.clone(), post);
    }
    let mut memory = Memory::new(rulebook(), county, Holidays::built_in());
    let home = [("code", text("h1")), ("head", Value::Key("owner".into())), ("address", text("村东一号"))];
    memory.apply(&Event::RowChanged {
        register: "homes".into(),
        key: "h1".into(),
        place: VILLAGE.into(),
        record: Some(record(home)),
        on: date(2022, 1, 1),
        actor: Actor::Clock,
        owner: Some("homes/h1".into()),
    });
    memory
}

pub(crate) fn text(text: &str) -> Value {
    Value::Text(text.into())
}

pub(crate) fn record<const N: usize>(fields: [(&str, Value); N]) -> Record {
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

pub(crate) fn owner() -> Actor {
    Actor::Person { person: "owner".into(), post: None }
}

pub(crate) fn in_post(person: &str) -> Actor {
    Actor::Person { person: person.into(), post: Some(format!("post-{person}")) }
}

pub(crate) fn application(on: Date) -> Record {
    let shot = record([
        ("vaccine", text("狂犬")),
        ("given-on", Value::Date(date(2021, 6, 1))),
        ("due-on", Value::Date(date(2024, 6, 1))),
    ]);
    let signature = Signature { name: "犬主".into(), person: "owner".into(), on, method: "electronic".into() };
    record([
        ("dog-name", text("大黄")),
        ("breed", Value::Code("village".into())),
        ("chip", text("001")),
        ("born", Value::Date(date(2021, 1, 1))),
        ("weight", Value::Number(12.into(), Unit::symbol("kg"))),
        ("shots", Value::Records([shot].into())),
        ("traits", Value::Codes(BTreeSet::from(["calm".into()]))),
        ("phone", text("000-0000-0000")),
        ("promise", Value::Bool(true)),
        ("signature", Value::Signature(signature)),
    ])
}
