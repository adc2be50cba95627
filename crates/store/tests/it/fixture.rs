//! An invented county under the invented regulation of dog licences.

use calendar::Holidays;
use engine::county::{Appointment, Place, Post};
use engine::event::Desk;
use engine::{Act, Actor, County, Target};
use jiff::civil::{DateTime, date, datetime};
use regulation::SourceFile;
use regulation::expr::{Record, Signature, Unit, Value};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use store::{Address, Database, Library, Request, Server, Settings, Store, StoreExt, Submitted};

pub const KEY: [u8; 16] = [7; 16];
pub const VILLAGE: &str = "999999001001";
pub const TOWN: &str = "999999001";
/// What must not be found unsealed anywhere on disk.
pub const PHONE: &str = "10000000000";
pub const HEAD_ADDRESS: &str = "虚构村一组七号院";
pub const SIGNER: &str = "某甲签";

/// Posts: id, level, desk, place, person.
const POSTS: [(&str, &str, &str, &str, &str); 8] = [
    ("v-head", "village", "head", VILLAGE, "zhou"),
    ("v-assistant", "village", "assistant", VILLAGE, "wu"),
    ("t-vet", "township", "vet", TOWN, "zheng"),
    ("t-vet-2", "township", "vet", TOWN, "wang"),
    ("t-police", "township", "police", TOWN, "feng"),
    ("t-head", "township", "head", TOWN, "chen"),
    ("t-finance", "township", "finance", TOWN, "qian"),
    ("c-agriculture", "county", "agriculture", "999999", "wei"),
];

pub fn library() -> Arc<Library> {
    library_of("dogs", include_str!("../../../regulation/tests/fixtures/tiny.md"))
}

/// The same county under another invented regulation.
pub fn library_of(id: &str, text: &str) -> Arc<Library> {
    let file = SourceFile { name: format!("{id}.md"), text: text.to_owned() };
    let checked = regulation::check(&[file]);
    assert!(checked.rulebook.regulations.contains_key(id), "{:?}", checked.findings);
    Arc::new(Library {
        rulebook: checked.rulebook,
        earlier: BTreeMap::new(),
        overrides: BTreeMap::new(),
        county: county(),
        holidays: Holidays::built_in(),
    })
}

fn county() -> County {
    let places = [
        ("999999", "示例县", "county", None),
        (TOWN, "示例镇", "township", Some("999999")),
        (VILLAGE, "虚构村", "village", Some(TOWN)),
    ];
    let place = |(code, name, level, parent): (&str, &str, &str, Option<&str>)| Place {
        code: code.to_owned(),
        name: name.to_owned(),
        short: name.chars().next().map(String::from).unwrap_or_default(),
        level: level.to_owned(),
        parent: parent.map(str::to_owned),
        ..Place::default()
    };
    let post = |(id, level, desk, place, _): (&str, &str, &str, &str, &str)| Post {
        id: id.to_owned(),
        title: desk.to_owned(),
        level: level.to_owned(),
        desk: desk.to_owned(),
        place: place.to_owned(),
        ..Post::default()
    };
    let appointment = |(post, _, _, _, person): (&str, &str, &str, &str, &str)| Appointment {
        person: person.to_owned(),
        post: post.to_owned(),
        from: date(2020, 1, 1),
        ..Appointment::default()
    };
    County {
        code: "999999".to_owned(),
        places: places.map(|one| (one.0.to_owned(), place(one))).into(),
        posts: POSTS.map(|one| (one.0.to_owned(), post(one))).into(),
        appointments: POSTS.map(appointment).into_iter().collect(),
        ..County::default()
    }
}

pub fn open(data: &Path) -> Database {
    Database::open(Settings { data: data.to_owned(), county_key: KEY, library: library() }).unwrap()
}

/// A node on a database.
pub fn node(url: &str) -> Database {
    let address = Address::read(url).unwrap();
    Database::connect(Server { address, county_key: KEY, library: library() }).unwrap()
}

/// A store in a folder of its own, removed with it.
pub fn fresh() -> (tempfile::TempDir, Database) {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    (folder, store)
}

/// The start of the invented story.
pub fn start() -> DateTime {
    datetime(2022, 3, 1, 9, 0, 0, 0)
}

/// Somebody in the post they hold, or a resident without one.
pub fn actor(person: &str) -> Actor {
    let post = POSTS.iter().find(|post| post.4 == person).map(|post| post.0.to_owned());
    Actor::Person { person: person.to_owned(), post }
}

pub fn village_desk() -> Desk {
    Desk::Office { level: "village".to_owned(), desk: "head".to_owned(), place: VILLAGE.to_owned() }
}

pub fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

pub fn record(fields: impl IntoIterator<Item = (&'static str, Value)>) -> Record {
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

pub fn request(key: Option<&str>, act: Act, now: DateTime) -> Request {
    Request { key: key.map(str::to_owned), act, now }
}

/// Entering a household: its code and its head, the person `resident-CODE`.
pub fn enter_home(code: &str) -> Act {
    Act {
        target: Target::Register { register: "homes".to_owned(), row: None, place: VILLAGE.to_owned() },
        name: "enter".to_owned(),
        actor: actor("wu"),
        form: record([
            ("code", text(code)),
            ("head", Value::Key(format!("resident-{code}"))),
            ("address", text(HEAD_ADDRESS)),
            ("village", Value::Key(VILLAGE.to_owned())),
        ]),
        fresh_ids: Vec::new(),
        proved: false,
    }
}

/// A household's application for a dog of that chip.
pub fn apply(home: &str, chip: &str) -> Act {
    let kg = Unit::symbol("kg");
    let shot = record([
        ("vaccine", text("狂犬疫苗")),
        ("given-on", Value::Date(date(2022, 1, 5))),
        ("due-on", Value::Date(date(2023, 1, 5))),
    ]);
    Act {
        target: Target::Start {
            procedure: "dog-licence".to_owned(),
            place: VILLAGE.to_owned(),
            about: BTreeMap::from([("home".to_owned(), Value::Key(home.to_owned()))]),
        },
        name: "apply".to_owned(),
        actor: actor(&format!("resident-{home}")),
        form: record([
            ("dog-name", text("阿黄")),
            ("breed", Value::Code("village".to_owned())),
            ("chip", text(chip)),
            ("born", Value::Date(date(2021, 6, 1))),
            ("weight", Value::Number("18.5".parse().unwrap(), kg)),
            ("shots", Value::Records([shot].into())),
            ("phone", text(PHONE)),
            ("promise", Value::Bool(true)),
            ("signature", signature(home)),
        ]),
        fresh_ids: Vec::new(),
        proved: false,
    }
}

fn signature(home: &str) -> Value {
    Value::Signature(Signature {
        name: SIGNER.to_owned(),
        person: format!("resident-{home}"),
        on: date(2022, 3, 1),
        method: "electronic".to_owned(),
    })
}

/// An act on a matter by somebody who saw it at some point.
pub fn on(matter: &str, seen: Option<u64>, person: &str, name: &str, form: Record) -> Act {
    Act {
        target: Target::Matter { id: matter.to_owned(), seen },
        name: name.to_owned(),
        actor: actor(person),
        form,
        fresh_ids: Vec::new(),
        proved: false,
    }
}

pub fn reasons() -> Record {
    record([("text", text("材料不齐，请补交照片"))])
}

/// Submits and expects it to happen; returns the subject.
pub fn done(store: &dyn Store, request: Request) -> String {
    match store.submit(request).unwrap() {
        Submitted::Done(receipt) => receipt.subject,
        Submitted::Refused(refusal) => panic!("refused: {refusal:#?}"),
    }
}

/// Enters a household and submits its application; returns the matter.
pub fn applied(store: &dyn Store, home: &str) -> String {
    done(store, request(None, enter_home(home), start()));
    done(store, request(None, apply(home, &format!("chip-{home}")), start()))
}

/// A small story that touches every projection: a licence issued, one corrected and lapsed, a clock fired, messages sent.
pub fn story(store: &dyn Store) -> Vec<String> {
    let matters: Vec<String> = ["h1", "h2", "h3"].iter().map(|home| applied(store, home)).collect();
    let first = &matters[0];
    let day = |day, hour| datetime(2022, 3, day, hour, 0, 0, 0);
    done(store, request(None, on(&matters[1], None, "zhou", "ask-more", reasons()), day(2, 9)));
    done(store, request(None, on(first, None, "zhou", "pass", Record::new()), day(2, 10)));
    let visit = record([("visited-on", Value::Date(date(2022, 3, 3))), ("fenced", Value::Bool(true))]);
    done(store, request(None, on(first, None, "zheng", "visit-home", visit), day(3, 9)));
    for person in ["wang", "feng"] {
        let opinion = record([("result", Value::Code("pass".to_owned()))]);
        done(store, request(None, on(first, None, person, "give-opinion", opinion), day(4, 9)));
    }
    done(store, request(None, on(first, None, "wu", "post", Record::new()), day(7, 9)));
    store.tick(day(20, 9)).unwrap();
    done(store, request(None, on(first, None, "wu", "close-notice", Record::new()), day(21, 9)));
    done(store, request(None, on(first, None, "chen", "approve", Record::new()), day(21, 10)));
    matters
}
