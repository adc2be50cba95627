//! Posts and their holders as acts change them: seen within the transaction, by everybody after it, and after a restart.

use crate::fixture::*;
use engine::county::{Appointment, Change, County, Post};
use engine::event::Desk;
use engine::{Act, Actor, Target};
use jiff::civil::{Date, date};
use regulation::expr::{Record, Value};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use store::{Address, Batch, Batched, Library, Server, Settings, Sqlite, Store, StoreExt, Submitted};

const TEXT: &str = include_str!("../../../regulation/tests/fixtures/posts.md");

fn library_of_posts() -> Arc<Library> {
    let mut library = Library::clone(&library_of("posts", TEXT));
    let county = &mut library.county;
    for person in ["clerk", "wei", "an", "bo"] {
        county.people.insert(person.into(), person.into());
    }
    for (id, desk, person) in
        [("po-clerk", "personnel", "clerk"), ("po-a", "deputy-a", "wei"), ("po-b", "deputy-b", "")]
    {
        county.desks.insert(("county".into(), desk.into()), desk.into());
        let post = Post {
            id: id.into(),
            title: desk.into(),
            level: "county".into(),
            desk: desk.into(),
            place: "999999".into(),
            ..Post::default()
        };
        county.posts.insert(id.into(), post);
        if !person.is_empty() {
            let from = date(2020, 1, 1);
            let tenure = Appointment { person: person.into(), post: id.into(), from, ..Appointment::default() };
            county.appointments.push(tenure);
        }
    }
    Arc::new(library)
}

fn open_posts(data: &Path) -> Sqlite {
    Sqlite::open(Settings { data: data.to_owned(), county_key: KEY, library: library_of_posts() }).unwrap()
}

fn begin(procedure: &str, name: &str, form: Record) -> Act {
    Act {
        target: Target::Start { procedure: procedure.into(), place: "999999".into(), about: BTreeMap::new() },
        name: name.into(),
        actor: Actor::Person { person: "clerk".into(), post: Some("po-clerk".into()) },
        form,
        fresh_ids: Vec::new(),
        proved: false,
    }
}

fn change(kind: &str, post: &str, person: &str, from: Date) -> Act {
    let mut form = record([("kind", Value::Code(kind.into())), ("from", Value::Date(from))]);
    form.insert("post".into(), Value::Key(post.into()));
    if !person.is_empty() {
        form.insert("person".into(), Value::Key(person.into()));
    }
    begin("change", "decide", form)
}

fn holders(county: &County, post: &str, on: Date) -> Vec<String> {
    county.holders(post, on).iter().map(|tenure| tenure.person.clone()).collect()
}

fn held(store: &dyn Store, post: &str, on: Date) -> Vec<String> {
    let mut seen = Vec::new();
    store
        .read(|snapshot| {
            seen.push(holders(snapshot.world().county(), post, on));
            Ok(())
        })
        .unwrap();
    assert_eq!(seen[0], holders(&store.library().county, post, on));
    seen.remove(0)
}

const DAY: Date = date(2022, 3, 1);

#[test]
fn who_holds_a_post_is_a_fact_of_the_journal() {
    let folder = tempfile::tempdir().unwrap();
    let live = {
        let store = open_posts(folder.path());
        let matter = done(&store, request(None, change("swap", "po-a", "an", date(2022, 4, 1)), start()));
        assert_eq!(held(&store, "po-a", date(2022, 3, 31)), ["wei"]);
        assert_eq!(held(&store, "po-a", date(2022, 4, 1)), ["an"]);
        let again = store.submit(request(None, change("appoint", "po-a", "bo", date(2022, 5, 1)), start())).unwrap();
        let Submitted::Refused(refusal) = again else { panic!("{again:?}") };
        assert_eq!(refusal.reasons[0].code, "post-filled");
        let lines = store.read(|snapshot| snapshot.county_changes("po-a")).unwrap();
        let told = |line: &store::pages::CountyLine| (line.matter.clone(), line.act.clone(), line.clauses.clone());
        let decided = (matter, "decide".to_owned(), vec!["po-1".to_owned()]);
        assert_eq!(lines.iter().map(told).collect::<Vec<_>>(), [decided.clone(), decided]);
        let Change::Appointed(tenure) = &lines[1].change else { panic!("{lines:?}") };
        assert_eq!((tenure.person.as_str(), tenure.matter.as_deref()), ("an", Some(lines[1].matter.as_str())));
        assert!(store.read(|snapshot| snapshot.county_changes("po-b")).unwrap().is_empty());
        let live = store.projection_digests().unwrap();
        store.rebuild(&mut |_, _| ()).unwrap();
        assert_eq!(store.projection_digests().unwrap(), live);
        live
    };
    let store = open_posts(folder.path());
    assert_eq!(held(&store, "po-a", date(2022, 4, 1)), ["an"]);
    assert_eq!(store.projection_digests().unwrap(), live);
    // Earlier versions that are handed in neither undo what acts decided nor do it twice.
    let known = store.library();
    let earlier = known.rulebook.regulations.values().map(|own| ((own.id.clone(), "before".to_owned()), own.clone()));
    store.keep_earlier(earlier.collect()).unwrap();
    assert_eq!(held(&store, "po-a", date(2022, 4, 1)), ["an"]);
    assert_eq!(store.library().county.appointments.len(), known.county.appointments.len());
    assert!(known.rulebook.regulations.keys().all(|id| store.library().regulation(id, "before").is_some()));
}

#[test]
fn another_node_knows_at_once_who_holds_a_post() {
    let Some(database) = crate::postgres::database() else { return };
    let [one, other] = [(), ()].map(|()| {
        let address = Address::read(&database.url()).unwrap();
        store::Database::connect(Server { address, county_key: KEY, library: library_of_posts() }).unwrap()
    });
    done(&one, request(None, change("swap", "po-a", "an", date(2022, 4, 1)), start()));
    for node in [&one, &other] {
        assert_eq!(held(node, "po-a", date(2022, 3, 31)), ["wei"]);
        assert_eq!(held(node, "po-a", date(2022, 4, 1)), ["an"]);
    }
    let again = other.submit(request(None, change("appoint", "po-a", "bo", date(2022, 5, 1)), start())).unwrap();
    assert_eq!(again.refusal().map(|refusal| refusal.reasons[0].code.as_str()), Some("post-filled"));
    done(&other, request(None, change("swap", "po-a", "bo", date(2022, 6, 1)), start()));
    for node in [&one, &other] {
        assert_eq!(held(node, "po-a", date(2022, 6, 1)), ["bo"]);
    }
}

fn batch(acts: Vec<Act>) -> Batch {
    let mut acts = acts.into_iter();
    Batch {
        key: format!("batch-{}", acts.len()),
        now: start(),
        next: Box::new(move |_| acts.next().map(Ok)),
        progress: Box::new(|_| ()),
    }
}

#[test]
fn within_a_transaction_a_later_act_sees_the_earlier_and_a_refusal_takes_all_back() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_posts(folder.path());
    let (b, relieved) = (change("appoint", "po-b", "bo", DAY), change("relieve", "po-b", "", date(2022, 3, 5)));
    // The third is refused: the post is filled since the first.
    let bad = vec![b.clone(), relieved.clone(), change("appoint", "po-b", "an", date(2022, 3, 4))];
    let Batched::Refused(refusals) = store.submit_all(batch(bad)).unwrap() else { panic!() };
    assert_eq!(refusals.iter().map(|(place, _)| *place).collect::<Vec<_>>(), [2]);
    assert!(held(&store, "po-b", DAY).is_empty());
    let good = vec![b, relieved, change("appoint", "po-b", "an", date(2022, 3, 6)), change("act", "po-b", "wei", DAY)];
    assert!(matches!(store.submit_all(batch(good)).unwrap(), Batched::Done { acts: 4, .. }));
    assert_eq!(held(&store, "po-b", date(2022, 3, 5)), ["bo", "wei"]);
    assert_eq!(held(&store, "po-b", date(2022, 3, 6)), ["an", "wei"]);
}

fn lying(store: &dyn Store, desk: &str) -> u64 {
    let desk = Desk::Office { level: "county".into(), desk: desk.into(), place: "999999".into() };
    store.read(|snapshot| snapshot.todo_count(std::slice::from_ref(&desk), DAY.at(12, 0, 0, 0))).unwrap().all
}

#[test]
fn a_matter_lies_at_the_desk_of_the_post_that_its_field_names_now() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_posts(folder.path());
    let errand = begin("errand", "entrust", record([("deputy", Value::Key("po-a".into()))]));
    let matter = done(&store, request(None, errand, start()));
    assert_eq!((lying(&store, "deputy-a"), lying(&store, "deputy-b")), (1, 0));
    let hand_on = Act {
        target: Target::Matter { id: matter, seen: None },
        name: "hand-on".into(),
        actor: Actor::Person { person: "wei".into(), post: Some("po-a".into()) },
        form: record([("next", Value::Key("po-b".into()))]),
        fresh_ids: Vec::new(),
        proved: false,
    };
    done(&store, request(None, hand_on, start()));
    assert_eq!((lying(&store, "deputy-a"), lying(&store, "deputy-b")), (0, 1));
    let live = store.projection_digests().unwrap();
    store.rebuild(&mut |_, _| ()).unwrap();
    assert_eq!(store.projection_digests().unwrap(), live);
}
