//! A township that becomes part of another one: its work lies at the other's desks at once, nothing is lost, a rebuild gives the same bytes.

use crate::fixture::*;
use engine::county::{Appointment, Place, Post};
use engine::event::Desk;
use engine::{Act, Target};
use jiff::civil::{Date, date, datetime};
use regulation::expr::{Record, Value};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use store::pages::{Cut, MatterQuery, RowQuery, TodoQuery};
use store::{Library, Settings, Sqlite, Store, StoreExt, Submitted};

const MERGERS: &str = include_str!("../../../engine/tests/it/mergers/regulation.md");
const OLD: &str = "999999002";
const OLD_VILLAGE: &str = "999999002001";

/// The county with a second township; each has a window and a head.
fn library() -> Arc<Library> {
    let mut library = Library::clone(&library_of("mergers", MERGERS));
    let county = &mut library.county;
    for (code, level, name, parent) in [(OLD, "township", "旧镇", "999999"), (OLD_VILLAGE, "village", "南村", OLD)]
    {
        let (name, short) = (name.to_owned(), "旧".to_owned());
        let (level, parent) = (level.to_owned(), Some(parent.to_owned()));
        county.places.insert(code.into(), Place { code: code.into(), name, short, level, parent, ..Place::default() });
    }
    for (person, desk, place) in
        [("old-window", "window", OLD), ("new-window", "window", TOWN), ("county-office", "office", "999999")]
    {
        let level = if place == "999999" { "county" } else { "township" };
        county.people.insert(person.into(), person.into());
        let (id, title) = (format!("p-{person}"), person.to_owned());
        let (level, desk, place) = (level.to_owned(), desk.to_owned(), place.to_owned());
        county.posts.insert(id.clone(), Post { id: id.clone(), title, level, desk, place, ..Post::default() });
        let from = date(2020, 1, 1);
        county.appointments.push(Appointment { person: person.into(), post: id, from, ..Appointment::default() });
    }
    Arc::new(library)
}

fn open(data: &Path) -> Sqlite {
    Sqlite::open(Settings { data: data.to_owned(), county_key: KEY, library: library() }).unwrap()
}

fn act_of(person: &str, target: Target, name: &str, form: Record) -> Act {
    let actor = engine::Actor::Person {
        person: person.into(),
        post: (!person.starts_with("resident")).then(|| format!("p-{person}")),
    };
    Act { target, name: name.into(), actor, form, fresh_ids: Vec::new(), proved: false }
}

fn start_at(person: &str, procedure: &str, place: &str, name: &str, form: Record) -> Act {
    let target = Target::Start { procedure: procedure.into(), place: place.into(), about: BTreeMap::new() };
    act_of(person, target, name, form)
}

fn window(place: &str) -> Desk {
    Desk::Office { level: "township".into(), desk: "window".into(), place: place.into() }
}

fn merger(since: Date) -> Record {
    record([
        ("kind", Value::Code("merge".into())),
        ("of", Value::Key(OLD.into())),
        ("target", Value::Key(TOWN.into())),
        ("moved", Value::Bool(false)),
        ("since", Value::Date(since)),
    ])
}

/// How many to-dos a desk has by its count, and how many its list shows.
fn todos(store: &dyn Store, place: &str) -> (u64, usize) {
    let query = TodoQuery { desks: vec![window(place)], ..TodoQuery::default() };
    store
        .read(|snapshot| {
            let count = snapshot.todo_count(&[window(place)], datetime(2022, 3, 24, 0, 0, 0, 0))?.all;
            let page = snapshot.todo(&query, &Cut::first(50))?;
            assert!(page.lines.iter().all(|line| line.desk == window(TOWN) || place == OLD));
            Ok((count, page.lines.len()))
        })
        .unwrap()
}

/// What lies in a place: matters, rows of shops.
fn within(store: &dyn Store, place: &str) -> (usize, usize) {
    let matters = MatterQuery { procedure: Some("permit".into()), place: Some(place.into()), ..MatterQuery::default() };
    let rows = RowQuery { register: "shops".into(), place: Some(place.into()), ..RowQuery::default() };
    store
        .read(|snapshot| {
            Ok((
                snapshot.matters(&matters, &Cut::first(50))?.lines.len(),
                snapshot.rows(&rows, &Cut::first(50))?.lines.len(),
            ))
        })
        .unwrap()
}

#[test]
fn work_lies_at_the_other_desk_from_midnight_on() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let now = start();
    for place in [OLD, OLD_VILLAGE, VILLAGE] {
        done(&store, request(None, start_at("resident-1", "permit", place, "lodge", Record::new()), now));
    }
    let shop = Target::Register { register: "shops".into(), row: None, place: OLD.into() };
    let row = record([("code", text("s1")), ("seat", Value::Key(OLD_VILLAGE.into()))]);
    done(&store, request(None, act_of("old-window", shop, "enter", row), now));
    let change = start_at("county-office", "change", "999999", "propose", merger(date(2022, 3, 24)));
    done(&store, request(None, change, now));
    assert_eq!((todos(&store, OLD), todos(&store, TOWN)), ((2, 2), (1, 1)));
    assert_eq!((within(&store, OLD), within(&store, TOWN)), ((2, 1), (1, 0)));

    store.tick(datetime(2022, 3, 24, 0, 0, 0, 0)).unwrap();
    // Whoever still asks by the old code is answered for the place that took it in.
    assert_eq!((todos(&store, OLD).0, todos(&store, TOWN)), (3, (3, 3)));
    assert_eq!((within(&store, OLD), within(&store, TOWN)), ((3, 1), (3, 1)));
    let later = datetime(2022, 3, 24, 10, 0, 0, 0);
    let refused = store.submit(request(None, start_at("resident-1", "permit", OLD, "lodge", Record::new()), later));
    let Submitted::Refused(refusal) = refused.unwrap() else { panic!("nothing begins there") };
    assert_eq!(refusal.reasons[0].code, "place-ended");
    let old = store.read(|snapshot| snapshot.matters(&MatterQuery::default(), &Cut::first(50))).unwrap().lines;
    let old = old.iter().find(|line| line.place == OLD && line.procedure == "permit").unwrap();
    assert_eq!(old.number.as_deref(), Some("999999002-2022-001"), "a number stays");
    let grant =
        |person: &str| act_of(person, Target::Matter { id: old.id.clone(), seen: None }, "grant", Record::new());
    let refused = store.submit(request(None, grant("old-window"), later)).unwrap();
    assert!(matches!(refused, Submitted::Refused(_)), "who held a post of the old township holds none");
    done(&store, request(None, grant("new-window"), later));
    assert_eq!(todos(&store, TOWN), (2, 2));

    let live = store.projection_digests().unwrap();
    store.rebuild(&mut |_, _| ()).unwrap();
    assert_eq!(store.projection_digests().unwrap(), live);
    drop(store);
    let again = open(folder.path());
    assert_eq!((todos(&again, TOWN), within(&again, TOWN)), ((2, 2), (3, 1)), "a store that opens knows it");
}
