//! Registers as lists: conditions, places, order, kept views; and many rows that are entered together or not at all.

use crate::fixture::{PHONE, TOWN, VILLAGE, actor, applied, done, enter_home, fresh, request, start, text};
use engine::{Act, Actor, Refusal, RefusalKind, Target};
use jiff::civil::date;
use regulation::expr::{Record, Value};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use store::contract::NextAct;
use store::pages::{Condition, Cut, RowQuery, SavedView};
use store::{Aside, Batch, Batched, Fault, Store, StoreExt};

fn homes(query: RowQuery, store: &dyn Store) -> Vec<String> {
    let query = RowQuery { register: "homes".into(), ..query };
    let page = store.read(|snapshot| snapshot.rows(&query, &Cut::first(50))).unwrap();
    page.lines.into_iter().map(|line| line.row.key).collect()
}

fn home_at(code: &str, address: &str) -> Act {
    let mut act = enter_home(code);
    act.form.insert("address".into(), text(address));
    act
}

#[test]
fn rows_are_found_by_conditions_place_and_text() {
    let (_folder, store) = fresh();
    for (code, address) in [("h1", "东头一号"), ("h2", "西头二号"), ("h3", "东头三号")] {
        done(&store, request(None, home_at(code, address), start()));
    }
    let with = |condition| RowQuery { conditions: vec![("address".into(), condition)], ..RowQuery::default() };
    assert_eq!(homes(with(Condition::Contains("东头".into())), &store), ["h1", "h3"]);
    assert_eq!(homes(with(Condition::Missing), &store), Vec::<String>::new());
    let within = |place: &str| RowQuery {
        conditions: vec![("village".into(), Condition::Within(place.into()))],
        ..RowQuery::default()
    };
    assert_eq!((homes(within(TOWN), &store).len(), homes(within("999998"), &store).len()), (3, 0));
    let place = |place: &str| RowQuery { place: Some(place.into()), ..RowQuery::default() };
    assert_eq!((homes(place(VILLAGE), &store).len(), homes(place("999999"), &store).len()), (3, 3));
    assert_eq!(homes(place("elsewhere"), &store), Vec::<String>::new());
    let sort = Some(("address".to_owned(), true));
    let from_third = RowQuery { sort, place: Some(TOWN.into()), ..RowQuery::default() };
    assert_eq!(homes(from_third, &store), ["h2", "h3", "h1"]);
    let searched = |columns: &[&str]| RowQuery {
        text: Some("三号".into()),
        text_in: Some(columns.iter().map(|name| (*name).to_owned()).collect()),
        ..RowQuery::default()
    };
    assert_eq!(
        (homes(searched(&["address"]), &store), homes(searched(&["code"]), &store)),
        (vec!["h3".to_owned()], vec![])
    );
    let count = |place| store.read(|snapshot| snapshot.row_count("homes", place)).unwrap();
    assert_eq!((count(Some(VILLAGE)), count(Some("elsewhere")), count(None)), (3, 0, 3));
}

#[test]
fn conditions_compare_by_type_and_never_hold_of_what_is_missing() {
    let county = engine::County::default();
    let number = |text: &str| Value::Number(text.parse().unwrap(), regulation::expr::Unit::none());
    let between = Condition::Between(Some(number("9")), Some(number("100")));
    for (value, holds) in
        [(number("9"), true), (number("100.0"), true), (number("100.01"), false), (number("8"), false)]
    {
        assert_eq!(between.holds(Some(&value), &county), holds, "{value:?}");
    }
    assert!(!between.holds(None, &county) && !between.holds(Some(&Value::Missing), &county));
    let until = Condition::Between(None, Some(Value::Date(date(2022, 3, 1))));
    assert!(until.holds(Some(&Value::Date(date(2022, 3, 1))), &county));
    assert!(!until.holds(Some(&Value::Date(date(2022, 3, 2))), &county));
    let codes = Condition::Codes(["a".to_owned(), "b".to_owned()].into());
    assert!(codes.holds(Some(&Value::Codes(["b".to_owned(), "c".to_owned()].into())), &county));
    assert!(!codes.holds(Some(&Value::Code("c".into())), &county));
}

#[test]
fn views_are_kept_per_person_and_register() {
    let (_folder, store) = fresh();
    let view = |name: &str, query: &str| SavedView {
        person: "wu".into(),
        register: "homes".into(),
        name: name.into(),
        query: query.into(),
    };
    store.put_view(view("乙", "q=1")).unwrap();
    store.put_view(view("甲", "q=2")).unwrap();
    store.put_view(view("乙", "q=3")).unwrap();
    let kept = |person: &str| store.read(|snapshot| snapshot.saved_views(person, "homes")).unwrap();
    assert_eq!(kept("wu"), [view("乙", "q=3"), view("甲", "q=2")]);
    assert!(kept("zhou").is_empty());
    store.drop_view("wu", "homes", "乙").unwrap();
    assert_eq!(kept("wu"), [view("甲", "q=2")]);
}

#[test]
fn a_matter_is_seen_as_it_stood_on_a_day() {
    let (_folder, store) = fresh();
    let matter = applied(&store, "h1");
    let later = date(2022, 3, 2).at(9, 0, 0, 0);
    done(&store, request(None, crate::fixture::on(&matter, None, "zhou", "pass", Record::new()), later));
    let step = |day| {
        let found = store.read(|snapshot| snapshot.matter_as_of(&matter, day)).unwrap();
        found.map(|matter| (matter.step.clone().unwrap_or_default(), matter.root["phone"].clone()))
    };
    assert_eq!(step(date(2022, 2, 28)), None);
    let (first, phone) = step(date(2022, 3, 1)).unwrap();
    assert_eq!(phone, text(PHONE));
    assert_ne!(first, step(date(2022, 3, 2)).unwrap().0);
}

fn batch(key: &str, acts: Vec<Act>, told: &Arc<AtomicU64>) -> Batch {
    let mut acts = acts.into_iter();
    let next: NextAct = Box::new(move |_| acts.next().map(Ok));
    let told = Arc::clone(told);
    let progress = Box::new(move |done| told.store(done, Ordering::Relaxed));
    Batch { key: key.into(), now: start(), next, progress }
}

#[test]
fn a_batch_happens_once_and_whole() {
    let (_folder, store) = fresh();
    let told = Arc::default();
    let rows: Vec<Act> = (0..450).map(|n| enter_home(&format!("b{n:03}"))).collect();
    let done = store.submit_all(batch("sheet", rows.clone(), &told)).unwrap();
    assert!(matches!(done, Batched::Done { acts: 450, repeated: false }), "{done:?}");
    assert_eq!(told.load(Ordering::Relaxed), 400);
    let again = store.submit_all(batch("sheet", rows.clone(), &told)).unwrap();
    assert!(matches!(again, Batched::Done { repeated: true, .. }), "{again:?}");
    let other = vec![enter_home("other")];
    assert!(matches!(store.submit_all(batch("sheet", other, &told)), Err(Fault::KeyReused { .. })));
    assert_eq!(homes(RowQuery::default(), &store).len(), 50);
    assert_eq!(store.read(|snapshot| snapshot.journal_length()).unwrap(), 450);
    let before = store.projection_digest().unwrap();
    store.rebuild(&mut |_, _| {}).unwrap();
    assert_eq!(store.projection_digest().unwrap(), before);
    assert!(store.verify(&mut |_, _| {}).unwrap().wrongs.is_empty());
}

#[test]
fn a_batch_with_bad_rows_leaves_nothing_and_names_them_all() {
    let (_folder, store) = fresh();
    done(&store, request(None, enter_home("taken"), start()));
    let before = store.projection_digest().unwrap();
    let mut nameless = enter_home("x");
    nameless.form.remove("code");
    let stranger = Act { actor: actor("zheng"), ..enter_home("y") };
    let acts = vec![enter_home("a"), enter_home("taken"), enter_home("b"), nameless, stranger, enter_home("a")];
    let answer = store.submit_all(batch("bad", acts, &Arc::default())).unwrap();
    let Batched::Refused(refusals) = answer else { panic!("{answer:?}") };
    let told: Vec<(u64, RefusalKind)> = refusals.iter().map(|(place, refusal)| (*place, refusal.kind)).collect();
    let expected = [(1, RefusalKind::State), (3, RefusalKind::Form), (4, RefusalKind::Rights), (5, RefusalKind::State)];
    assert_eq!(told, expected);
    assert_eq!(store.projection_digest().unwrap(), before);
    assert_eq!(store.read(|snapshot| snapshot.journal_length()).unwrap(), 1);
    // Keys made in it are gone too: the same rows can be entered, sealed and read afterwards.
    let good = store.submit_all(batch("good", vec![enter_home("a"), enter_home("b")], &Arc::default())).unwrap();
    assert!(matches!(good, Batched::Done { acts: 2, .. }), "{good:?}");
    assert_eq!(homes(RowQuery::default(), &store), ["a", "b", "taken"]);
}

#[test]
fn a_batch_makes_its_acts_from_what_stands_then() {
    let (_folder, store) = fresh();
    done(&store, request(None, enter_home("h1"), start()));
    let mut place = 0;
    let next: NextAct = Box::new(move |world| {
        place += 1;
        let known = world.row("homes", &format!("n{}", place - 1)).is_some();
        match place {
            1 => Some(Ok(enter_home("n1"))),
            2 if known => Some(Err(Refusal { kind: RefusalKind::Stale, reasons: Vec::new(), fields: Vec::new() })),
            _ => None,
        }
    });
    let batch = Batch { key: "seen".into(), now: start(), next, progress: Box::new(|_| {}) };
    let answer = store.submit_all(batch).unwrap();
    assert!(matches!(&answer, Batched::Refused(refusals) if refusals[0].0 == 1), "{answer:?}");
    let target = Target::Register { register: "homes".into(), row: None, place: VILLAGE.into() };
    let by_clock = Act { target, actor: Actor::Clock, ..enter_home("n1") };
    assert!(matches!(store.submit_all(self::batch("clock", vec![by_clock], &Arc::default())), Ok(Batched::Refused(_))));
    assert_eq!(homes(RowQuery::default(), &store), ["h1"]);
}
