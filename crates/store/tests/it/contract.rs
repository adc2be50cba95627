//! The contract suite, on SQLite and on PostgreSQL.

use crate::door::{enter, going};
use crate::fixture::*;
use calendar::Until;
use engine::event::Desk;
use engine::{RefusalKind, Target};
use jiff::civil::{Date, date, datetime};
use regulation::expr::{Record, Value};
use store::aside::{Account, AccountState, Draft, Given, GoingOn, Reading, Session, Stage, Upload, Way};
use store::identity::Advance;
use store::pages::{Cut, MatterQuery, RowQuery, TodoQuery};
use store::sharing::{AccessKey, Changes, ChangesOf, ShareUse};
use store::{Fault, Store, StoreExt};

/// One promise: its name and the check.
type Check = (&'static str, fn(&dyn Store));

/// Every promise that holds for any store. `make` gives a new, empty one each time, with what keeps it alive.
fn suite<K>(make: impl Fn() -> (K, Box<dyn Store>)) {
    let checks: [Check; 20] = [
        ("an act is seen at once", an_act_is_seen_at_once),
        ("the same key happens once", the_same_key_happens_once),
        ("a refusal changes nothing", a_refusal_changes_nothing),
        ("what cannot be kept is refused", what_cannot_be_kept_is_refused),
        ("who saw an older state is refused", who_saw_an_older_state_is_refused),
        ("to-do lists page and filter", todo_lists_page_and_filter),
        ("matters are found", matters_are_found),
        ("registers keep their history", registers_keep_their_history),
        ("documents and notices are found", documents_and_notices_are_found),
        ("messages reach desks and persons", messages_reach_desks_and_persons),
        ("accounts and sessions", accounts_and_sessions),
        ("wrong tries are counted by their source", crate::door::wrong_tries_are_counted_by_their_source),
        ("what happened at the door is found", crate::door::what_happened_at_the_door_is_found),
        ("passkeys count up and go with their codes", crate::door::passkeys_count_up_and_go_with_their_codes),
        (
            "calendar addresses end with the sessions",
            crate::door::calendar_addresses_note_their_use_and_end_with_the_sessions,
        ),
        ("a second factor serves step by step", crate::door::a_second_factor_serves_step_by_step),
        ("a new password ends what the old one began", crate::door::a_new_password_ends_what_the_old_one_began),
        ("drafts, files and readings", drafts_files_and_readings),
        ("refusals are counted", refusals_are_counted),
        ("keys, uses and changes", keys_uses_and_changes),
    ];
    for (name, check) in checks {
        let (kept, store) = make();
        eprintln!("contract: {name}");
        check(store.as_ref());
        drop(store);
        drop(kept);
    }
}

#[test]
fn sqlite() {
    suite(|| {
        let (folder, store) = fresh();
        (folder, Box::new(store) as Box<dyn Store>)
    });
}

#[test]
fn postgres() {
    if crate::postgres::database().is_none() {
        return;
    }
    suite(|| {
        let database = crate::postgres::database().unwrap();
        let store = node(&database.url());
        (database, Box::new(store) as Box<dyn Store>)
    });
}

fn an_act_is_seen_at_once(store: &dyn Store) {
    let matter = applied(store, "h1");
    store
        .read(|snapshot| {
            let found = snapshot.matter(&matter)?.expect("the matter is there");
            assert_eq!(found.step.as_deref(), Some("village-check"));
            assert_eq!(found.root["phone"], text(PHONE));
            let line = snapshot.matter_line(&matter)?.expect("the line is there");
            assert_eq!(line.title.as_deref(), Some("阿黄养犬登记"));
            assert_eq!(line.due, Some(Until::day(date(2022, 3, 7))));
            assert_eq!(line.acts, 1);
            let timeline = snapshot.timeline(&matter)?;
            assert_eq!(timeline.len(), 1);
            assert_eq!((timeline[0].name.as_str(), timeline[0].kind.as_str()), ("apply", "start"));
            assert_eq!(snapshot.journal_length()?, 2);
            let stored = snapshot.stored(2)?.expect("act 2 is there");
            assert_eq!(trust::leaf(&trust::commit(&stored.salt, stored.payload.as_bytes())), stored.leaf);
            assert_eq!(snapshot.leaves(1, 10)?.last(), Some(&stored.leaf));
            assert_eq!(
                snapshot.world().matters("dog-licence", Some(("home", &Value::Key("h1".into())))),
                vec![matter.clone()]
            );
            snapshot.fault()
        })
        .unwrap();
}

fn the_same_key_happens_once(store: &dyn Store) {
    done(store, request(None, enter_home("h1"), start()));
    let first = store.submit(request(Some("k1"), apply("h1", "c1"), start())).unwrap();
    let again = store.submit(request(Some("k1"), apply("h1", "c1"), start())).unwrap();
    let (first, again) = (first.receipt().unwrap(), again.receipt().unwrap());
    assert!(!first.repeated && again.repeated);
    assert_eq!((first.seq, &first.subject, first.leaf, first.at), (again.seq, &again.subject, again.leaf, again.at));
    let other = store.submit(request(Some("k1"), apply("h1", "c2"), start()));
    assert_eq!(other.unwrap_err(), Fault::KeyReused { key: "k1".into() });
    done(store, request(None, enter_home("h2"), start()));
    let anothers = store.submit(request(Some("k1"), apply("h2", "c1"), start())).unwrap();
    assert!(!anothers.receipt().unwrap().repeated, "keys are each actor's own");
    let (length, done, none) = store
        .read(|snapshot| {
            let under = |key| snapshot.done_under("resident-h1", key);
            Ok((snapshot.journal_length()?, under("k1")?, under("k2")?))
        })
        .unwrap();
    assert_eq!((length, done, none), (4, Some((first.subject.clone(), None)), None));
}

fn a_refusal_changes_nothing(store: &dyn Store) {
    let matter = applied(store, "h1");
    let before = store.projection_digest().unwrap();
    let refused = store.submit(request(Some("k"), on(&matter, None, "wei", "pass", Record::new()), start())).unwrap();
    assert_eq!(refused.refusal().unwrap().kind, RefusalKind::Rights);
    assert_eq!(store.projection_digest().unwrap(), before);
    // A refused key is free: what was refused may be asked again when it has become possible.
    let allowed = store.submit(request(Some("k"), on(&matter, None, "zhou", "pass", Record::new()), start())).unwrap();
    assert!(allowed.receipt().is_some());
}

fn what_cannot_be_kept_is_refused(store: &dyn Store) {
    let matter = applied(store, "h1");
    let before = store.projection_digest().unwrap();
    for key in ["k".repeat(256), "k\0".to_owned()] {
        let unfit = store.submit(request(Some(&key), enter_home("h2"), start())).unwrap_err();
        assert!(matches!(&unfit, Fault::Unfit { what } if what.contains("255")), "{unfit}");
    }
    let refused = |act| {
        let answer = store.submit(request(None, act, start())).unwrap();
        let refusal = answer.refusal().expect("it cannot be kept").clone();
        let codes: Vec<String> = refusal.reasons.iter().map(|reason| reason.code.clone()).collect();
        let fields: Vec<String> = refusal.fields.iter().map(|fault| fault.field.clone()).collect();
        (refusal.kind, codes, fields)
    };
    let unfit = vec!["key-unfit".to_owned()];
    // Long and unlike itself, so that no index makes it shorter.
    let long: String = (0..1_500_u64).map(|n| format!("{:03x}", n * n * 7_919 % 4_096)).collect();
    for key in [long.as_str(), "h\0"] {
        let (kind, _, fields) = refused(enter_home(key));
        assert!(kind == RefusalKind::Form && fields[0] == "code", "{fields:?}");
        assert_eq!(refused(apply(key, "c1")), (RefusalKind::Unknown, unfit.clone(), vec![]));
        assert_eq!(
            refused(on(key, None, "zhou", "pass", Record::new())),
            (RefusalKind::Unknown, unfit.clone(), vec![])
        );
    }
    let spoilt = record([("text", text("缺\0章"))]);
    let asked = refused(on(&matter, None, "zhou", "ask-more", spoilt));
    assert_eq!(asked, (RefusalKind::Form, vec!["form".to_owned()], vec!["text".to_owned()]));
    assert_eq!(store.projection_digest().unwrap(), before);
    done(store, request(Some(&"k".repeat(255)), enter_home("h2"), start()));
}

fn who_saw_an_older_state_is_refused(store: &dyn Store) {
    let matter = applied(store, "h1");
    let seen = store.read(|snapshot| Ok(snapshot.matter(&matter)?.unwrap().seq)).unwrap();
    done(store, request(None, on(&matter, Some(seen), "zhou", "ask-more", reasons()), start()));
    let late = store.submit(request(None, on(&matter, Some(seen), "zhou", "pass", Record::new()), start())).unwrap();
    assert_eq!(late.refusal().unwrap().kind, RefusalKind::Stale);
}

fn todo_lists_page_and_filter(store: &dyn Store) {
    let mut matters: Vec<String> = (0..7).map(|n| applied(store, &format!("h{n}"))).collect();
    let query = TodoQuery { desks: vec![village_desk()], ..TodoQuery::default() };
    let page = |query: &TodoQuery, after: Option<String>| {
        store.read(|snapshot| snapshot.todo(query, &Cut { limit: 3, after: after.clone() })).unwrap()
    };
    let mut listed = Vec::new();
    let mut next = None;
    loop {
        let found = page(&query, next);
        listed.extend(found.lines.iter().map(|line| line.matter.clone()));
        next = found.next;
        if next.is_none() {
            break;
        }
    }
    matters.sort();
    assert_eq!(listed, matters, "same last day, so by matter");
    let one = page(&query, None).lines.remove(0);
    assert_eq!(one.title.as_deref(), Some("阿黄养犬登记"));
    assert_eq!(
        (one.step.as_str(), one.due, one.entered_on),
        ("village-check", Some(Until::day(date(2022, 3, 7))), date(2022, 3, 1))
    );
    assert_eq!(one.desk, village_desk());

    let found = |query: TodoQuery| page(&query, None).lines.len();
    let with = |change: fn(&mut TodoQuery)| {
        let mut query = query.clone();
        change(&mut query);
        query
    };
    assert_eq!(found(with(|query| query.text = Some("阿黄".into()))), 3);
    assert_eq!(found(with(|query| query.text = Some("黑背".into()))), 0);
    assert_eq!(found(with(|query| query.due_by = Some(date(2022, 3, 6)))), 0);
    assert_eq!(found(with(|query| query.step = Some("village-check".into()))), 3);
    assert_eq!(found(with(|query| query.place = Some("999999".into()))), 3);
    assert_eq!(found(with(|query| query.place = Some("999998".into()))), 0);
    let number = store.read(|snapshot| Ok(snapshot.matter_line(&matters[4])?.unwrap().number.unwrap())).unwrap();
    let by_number = TodoQuery { text: Some(number), ..query.clone() };
    assert_eq!(page(&by_number, None).lines.iter().map(|line| &line.matter).collect::<Vec<_>>(), [&matters[4]]);

    let count = |day: Date| store.read(|snapshot| snapshot.todo_count(&[village_desk()], day.at(12, 0, 0, 0))).unwrap();
    assert_eq!((count(date(2022, 3, 7)).all, count(date(2022, 3, 7)).late), (7, 0));
    assert_eq!(count(date(2022, 3, 8)).late, 7);
    done(store, request(None, on(&matters[0], None, "zhou", "pass", Record::new()), start()));
    assert_eq!(count(date(2022, 3, 7)).all, 6);
}

fn matters_are_found(store: &dyn Store) {
    let matters = story(store);
    let find = |query: MatterQuery| {
        let page = store.read(|snapshot| snapshot.matters(&query, &Cut::first(10))).unwrap();
        page.lines.into_iter().map(|line| line.id).collect::<Vec<_>>()
    };
    let newest_first: Vec<String> = matters.iter().rev().cloned().collect();
    assert_eq!(find(MatterQuery::default()), newest_first);
    let text = |text: &str| MatterQuery { text: Some(text.to_owned()), ..MatterQuery::default() };
    assert_eq!(find(text("养犬登记")), newest_first);
    let without = |procedure: &str, query: MatterQuery| MatterQuery { without: vec![procedure.to_owned()], ..query };
    for query in [MatterQuery::default(), text("养犬登记")] {
        assert_eq!(find(without("dog-licence", query.clone())), Vec::<String>::new());
        assert_eq!(find(without("another", query)), newest_first);
    }
    assert_eq!(find(text("阿黑")), Vec::<String>::new());
    assert_eq!(find(text("犬999999001-2022-00002")), vec![matters[1].clone()]);
    assert_eq!(find(text("00003")), vec![matters[2].clone()]);
    assert_eq!(find(MatterQuery { open: Some(false), ..MatterQuery::default() }), vec![matters[0].clone()]);
    assert_eq!(
        find(MatterQuery {
            step: Some("correcting".into()),
            procedure: Some("dog-licence".into()),
            ..MatterQuery::default()
        }),
        vec![matters[1].clone()]
    );
    assert_eq!(
        find(MatterQuery { owner: Some("homes/h3".into()), ..MatterQuery::default() }),
        vec![matters[2].clone()]
    );
    let about = MatterQuery {
        procedure: Some("dog-licence".into()),
        about: Some(("home".into(), "h1".into())),
        ..MatterQuery::default()
    };
    assert_eq!(find(about), vec![matters[0].clone()]);
    let first = store.read(|snapshot| snapshot.matters(&MatterQuery::default(), &Cut::first(2))).unwrap();
    let rest = Cut { limit: 2, after: first.next };
    let rest = store.read(|snapshot| snapshot.matters(&MatterQuery::default(), &rest)).unwrap();
    assert_eq!((rest.lines[0].id.as_str(), rest.next), (matters[0].as_str(), None));
}

fn registers_keep_their_history(store: &dyn Store) {
    for code in ["h1", "h2", "h3"] {
        done(store, request(None, enter_home(code), start()));
    }
    let mut change = enter_home("h2");
    change.target = Target::Register { register: "homes".into(), row: Some("h2".into()), place: VILLAGE.into() };
    change.name = "change".into();
    change.form = record([("address", text("虚构村二组"))]);
    let later = datetime(2022, 4, 1, 9, 0, 0, 0);
    done(store, request(None, change.clone(), later));
    let address = |as_of| {
        let query = RowQuery { register: "homes".into(), as_of, ..RowQuery::default() };
        let page = store.read(|snapshot| snapshot.rows(&query, &Cut::first(9))).unwrap();
        page.lines.into_iter().map(|line| line.row.record["address"].clone()).collect::<Vec<_>>()
    };
    let old = text(HEAD_ADDRESS);
    assert_eq!(address(None), vec![old.clone(), text("虚构村二组"), old.clone()]);
    assert_eq!(address(Some(date(2022, 3, 31))), vec![old.clone(), old.clone(), old.clone()]);
    assert_eq!(address(Some(date(2022, 2, 1))), Vec::new());
    change.name = "close".into();
    change.form = Record::new();
    done(store, request(None, change, datetime(2022, 5, 1, 9, 0, 0, 0)));
    assert_eq!(address(None).len(), 2);
    assert_eq!(address(Some(date(2022, 4, 30))).len(), 3);

    store
        .read(|snapshot| {
            assert_eq!(snapshot.row_count("homes", None)?, 2);
            assert!(snapshot.row("homes", "h2")?.is_none());
            assert_eq!(snapshot.row("homes", "h1")?.unwrap().owner.as_deref(), Some("homes/h1"));
            let history = snapshot.row_history("homes", "h2")?;
            assert_eq!(history.iter().map(|version| version.record.is_some()).collect::<Vec<_>>(), [true, true, false]);
            assert_eq!(history[1].person.as_deref(), Some("wu"));
            let world = snapshot.world();
            let head = Value::Key("resident-h3".into());
            assert_eq!(world.rows("homes", Some(("head", &head))), ["h3"], "personal columns are looked up blindly");
            assert_eq!(world.rows("homes", Some(("address", &text("虚构村二组")))), Vec::<String>::new());
            let equal = vec![("head".to_owned(), head)];
            let query = RowQuery { register: "homes".into(), equal, ..RowQuery::default() };
            assert_eq!(snapshot.rows(&query, &Cut::first(9))?.lines.len(), 1);
            let sort = Some(("code".to_owned(), true));
            let query = RowQuery { register: "homes".into(), sort, ..RowQuery::default() };
            let first = snapshot.rows(&query, &Cut::first(1))?;
            assert_eq!(first.lines[0].row.key, "h3");
            let second = snapshot.rows(&query, &Cut { limit: 1, after: first.next })?;
            assert_eq!((second.lines[0].row.key.as_str(), second.next), ("h1", None));
            snapshot.fault()
        })
        .unwrap();
}

fn documents_and_notices_are_found(store: &dyn Store) {
    let matters = story(store);
    store
        .read(|snapshot| {
            let documents = snapshot.documents(&matters[0])?;
            let names: Vec<&str> = documents.iter().map(|line| line.document.name.as_str()).collect();
            assert_eq!(names, ["receipt", "licence-notice", "licence"]);
            let licence = &documents[2];
            assert_eq!(licence.document.data["dog"], text("阿黄"));
            assert_eq!(snapshot.document(&licence.document.id)?.as_ref(), Some(licence));
            assert_eq!(snapshot.document_by_code(&licence.code.to_lowercase())?.as_ref(), Some(licence));
            assert_eq!(snapshot.document_by_code("00000-00000-00000-00000")?, None);
            let number = licence.document.number.clone().expect("the licence is numbered");
            assert_eq!(snapshot.document_by_number(&number)?.as_ref(), Some(licence));
            let on = |day| snapshot.notices(date(2022, 3, day), &Cut::first(5)).map(|page| page.lines.len());
            assert_eq!((on(6)?, on(7)?, on(14)?, on(15)?), (0, 1, 1, 0));
            Ok(())
        })
        .unwrap();
}

fn messages_reach_desks_and_persons(store: &dyn Store) {
    let matter = applied(store, "h1");
    done(store, request(None, on(&matter, None, "zhou", "ask-more", reasons()), start()));
    store.tick(datetime(2022, 4, 25, 9, 0, 0, 0)).unwrap();
    let resident = Desk::Person("resident-h1".into());
    let read = |limit| {
        let asked = [resident.clone()];
        store.read(|snapshot| snapshot.inbox(&asked, "resident-h1", &Cut::first(limit))).unwrap()
    };
    let page = read(10);
    assert!(page.lines.iter().any(|message| message.text == "请在期满前补正"), "{page:?}");
    let unseen = || store.read(|snapshot| snapshot.unseen(std::slice::from_ref(&resident), "resident-h1")).unwrap();
    assert_eq!(unseen(), page.lines.len() as u64);
    store.mark_seen(&resident, "resident-h1", page.lines[0].seq).unwrap();
    assert_eq!(unseen(), 0);
    assert!(read(10).lines.iter().all(|message| message.seen));
}

fn accounts_and_sessions(store: &dyn Store) {
    let account = Account {
        person: "zhou".into(),
        login: "zhou.x".into(),
        password: "$argon2id$invented".into(),
        given: Given::Office,
        since: start(),
        state: AccountState::Active,
    };
    store.put_account(account.clone()).unwrap();
    assert_eq!(store.read(|snapshot| snapshot.account_by_login("zhou.x")).unwrap(), Some(account.clone()));
    assert_eq!(store.read(|snapshot| snapshot.account("zhou")).unwrap(), Some(account));

    let session = |digest: &str| Session {
        digest: digest.into(),
        person: "zhou".into(),
        way: Way::Provider,
        stage: Stage::Password,
        address: "192.0.2.*".into(),
        agent: "test".into(),
        created: start(),
        seen: start(),
        ends: datetime(2022, 3, 1, 17, 0, 0, 0),
    };
    enter(store, session("a"));
    enter(store, session("b"));
    let at = |minute| datetime(2022, 3, 1, 9, minute, 0, 0);
    let found = || store.read(|snapshot| snapshot.session("a", going(at(6)))).unwrap().unwrap();
    assert!(!found().to_mark(at(4)), "a mark holds for five minutes");
    assert!(found().to_mark(at(6)));
    store.touch_session("a", at(6)).unwrap();
    assert_eq!(found().seen, at(6));
    assert_eq!(found().stage, Stage::Password);
    let advance = Advance { session: "a".into(), renewed: None, stage: Stage::Full, device: None, event: None };
    store.advance(advance).unwrap();
    assert_eq!((found().stage, found().address.as_str()), (Stage::Full, "192.0.2.*"));
    let within_half_an_hour = |minute| GoingOn { idle_minutes: Some(30), ..going(at(minute)) };
    let goes_on = |at: GoingOn| {
        let (one, of_zhou, all) = store
            .read(|snapshot| {
                Ok((snapshot.session("a", at)?, snapshot.sessions("zhou", at)?, snapshot.all_sessions(at, 9)?))
            })
            .unwrap();
        let is_a = |session: &Session| session.digest == "a";
        let found = [one.is_some(), of_zhou.iter().any(is_a), all.iter().any(is_a)];
        assert!(found == [found[0]; 3], "{found:?} at {at:?}");
        found[0]
    };
    assert!(goes_on(within_half_an_hour(40)), "used at 09:06, marked once in five minutes");
    assert!(!goes_on(within_half_an_hour(42)) && goes_on(going(at(42))), "idle, where the county asks for it");
    store.end_sessions("zhou", Some("a")).unwrap();
    let left = store.read(|snapshot| snapshot.sessions("zhou", going(start()))).unwrap();
    assert_eq!(left.iter().map(|session| session.digest.as_str()).collect::<Vec<_>>(), ["a"]);
    let evening = going(datetime(2022, 3, 1, 18, 0, 0, 0));
    assert!(!goes_on(evening));
    assert_eq!(store.sweep_sessions(within_half_an_hour(40)).unwrap(), 0);
    assert_eq!(store.sweep_sessions(within_half_an_hour(42)).unwrap(), 1, "nobody comes back to it");
    enter(store, Session { created: at(50), ..session("a") });
    assert_eq!(store.sweep_sessions(evening).unwrap(), 1);
    store.end_session("a").unwrap();
}

fn drafts_files_and_readings(store: &dyn Store) {
    let draft = Draft {
        person: "resident-h1".into(),
        id: "d1".into(),
        name: "dog-licence/apply".into(),
        matter: None,
        saved: start(),
        record: record([("phone", text(PHONE)), ("weight", Value::Missing)]),
    };
    store.put_draft(draft.clone()).unwrap();
    assert_eq!(store.read(|snapshot| snapshot.draft("resident-h1", "d1")).unwrap(), Some(draft.clone()));
    assert_eq!(store.read(|snapshot| snapshot.draft("resident-h2", "d1")).unwrap(), None);
    let changed = Draft { record: record([("phone", text("1"))]), ..draft };
    store.put_draft(changed.clone()).unwrap();
    assert_eq!(store.read(|snapshot| snapshot.drafts("resident-h1")).unwrap(), vec![changed]);
    store.drop_draft("resident-h1", "d1").unwrap();
    assert_eq!(store.read(|snapshot| snapshot.drafts("resident-h1")).unwrap(), Vec::new());

    let upload = |holder: Option<&str>| Upload {
        holder: holder.map(str::to_owned),
        name: "照片.jpg".into(),
        media: "image/jpeg".into(),
        bytes: "某甲的照片".as_bytes().to_vec(),
        now: start(),
    };
    let kept = store.put_file(upload(Some("homes/h1"))).unwrap();
    assert_eq!(store.put_file(upload(Some("homes/h1"))).unwrap(), kept);
    let read = |holder| store.file(holder, &kept.digest).unwrap();
    assert_eq!(read(Some("homes/h1")).as_deref(), Some("某甲的照片".as_bytes()));
    assert_eq!((read(Some("homes/h2")), read(None)), (None, None));
    store.put_file(upload(None)).unwrap();
    assert!(read(None).is_some());
    let large = Upload { bytes: vec![0; 20 * 1024 * 1024 + 1], ..upload(None) };
    assert!(matches!(store.put_file(large), Err(Fault::TooLarge { .. })));

    let reading = Reading {
        subject: "homes/h1".into(),
        at: start(),
        person: "zhou".into(),
        post: "v-head".into(),
        kind: "contact".into(),
        why: "village-check".into(),
    };
    store.log_reading(reading.clone()).unwrap();
    store.log_reading(reading.clone()).unwrap();
    assert_eq!(store.read(|snapshot| snapshot.readings("homes/h1", 9)).unwrap(), vec![reading.clone()]);
    assert_eq!(store.read(|snapshot| snapshot.readings_by("zhou", 9)).unwrap(), vec![reading.clone()]);
    let day = start().date();
    let within = |from, to| store.read(|snapshot| snapshot.readings_within(from, to, 9)).unwrap();
    assert_eq!(within(day, day), vec![reading]);
    assert_eq!(
        (
            within(day.tomorrow().unwrap(), day.tomorrow().unwrap()).len(),
            within(day.yesterday().unwrap(), day.yesterday().unwrap()).len()
        ),
        (0, 0)
    );
}

fn refusals_are_counted(store: &dyn Store) {
    let matter = applied(store, "h1");
    for _ in 0..3 {
        store.submit(request(None, on(&matter, None, "wei", "pass", Record::new()), start())).unwrap();
    }
    done(store, request(None, on(&matter, None, "zhou", "pass", Record::new()), start()));
    let counts = store.read(|snapshot| snapshot.refusals(date(2022, 3, 1))).unwrap();
    assert_eq!(
        counts.iter().map(|count| (count.kind.as_str(), count.name.as_str(), count.n)).collect::<Vec<_>>(),
        [("rights", "pass", 3)]
    );
}

fn keys_uses_and_changes(store: &dyn Store) {
    let key = |id: &str| AccessKey {
        id: id.into(),
        office: village_desk(),
        label: "统计系统".into(),
        digest: format!("digest of {id}"),
        made: start(),
        person: "zhou".into(),
        ends: datetime(2022, 6, 1, 0, 0, 0, 0),
        revoked: None,
    };
    store.put_access_key(key("k1")).unwrap();
    store.put_access_key(key("k2")).unwrap();
    assert!(store.put_access_key(AccessKey { id: "k3".into(), ..key("k1") }).is_err(), "no two keys have one digest");
    assert!(store.revoke_access_key("k1", start(), "wei").unwrap());
    assert!(
        !store.revoke_access_key("k1", start(), "zhou").unwrap()
            && !store.revoke_access_key("k9", start(), "x").unwrap()
    );
    let kept = |id: &str| store.read(|snapshot| snapshot.access_key(&format!("digest of {id}"))).unwrap();
    assert_eq!(kept("k1").unwrap().revoked, Some((start(), "wei".to_owned())));
    assert_eq!((kept("k2"), kept("k9")), (Some(key("k2")), None));
    assert!(!kept("k1").unwrap().holds(start()) && kept("k2").unwrap().holds(start()));
    assert!(!kept("k2").unwrap().holds(datetime(2022, 6, 1, 0, 0, 0, 0)), "the end does not belong to it");
    assert_eq!(store.read(|snapshot| snapshot.access_keys()).unwrap().len(), 2);

    let one = |id: &str, at| ShareUse {
        share: "homes-known".into(),
        id: id.into(),
        at,
        office: village_desk(),
        key: "k2".into(),
        grant: Some("g1".into()),
        purpose: "核对".into(),
        fields: vec!["code".into(), "address".into()],
        rows: 3,
    };
    let later = datetime(2022, 3, 2, 9, 0, 0, 0);
    let reading = Reading {
        subject: "homes/h1".into(),
        at: later,
        person: "zhou".into(),
        post: "post-zhou".into(),
        kind: "contact".into(),
        why: "共享".into(),
    };
    store.log_share_use(one("u1", start()), Vec::new()).unwrap();
    store.log_share_use(one("u2", later), vec![reading.clone()]).unwrap();
    let uses = |share: &str| store.read(|snapshot| snapshot.share_uses(share, 10)).unwrap();
    assert_eq!((uses("homes-known"), uses("other")), (vec![one("u2", later), one("u1", start())], vec![]));
    assert_eq!(store.read(|snapshot| snapshot.readings("homes/h1", 10)).unwrap(), [reading]);

    let changes =
        |since, limit| store.read(|snapshot| snapshot.changes(ChangesOf::Register("homes"), since, limit)).unwrap();
    assert_eq!(changes(0, 10), Changes::default());
    assert_eq!(store.read(|snapshot| snapshot.changed_on(ChangesOf::Register("homes"))).unwrap(), None);
    let matter = applied(store, "h1");
    done(store, request(None, enter_home("h2"), later));
    let keys = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>();
    assert_eq!(changes(0, 10), Changes { keys: keys(&["h1", "h2"]), seq: 3, more: false });
    assert_eq!(changes(0, 1), Changes { keys: keys(&["h1"]), seq: 1, more: true });
    assert_eq!(changes(1, 1), Changes { keys: keys(&["h2"]), seq: 3, more: false });
    assert_eq!(changes(3, 1), Changes { keys: Vec::new(), seq: 3, more: false });
    let of_procedure =
        |since| store.read(|snapshot| snapshot.changes(ChangesOf::Procedure("dog-licence"), since, 10)).unwrap();
    assert_eq!((of_procedure(0).keys, of_procedure(2).keys), (vec![matter], vec![]));
    let on = store.read(|snapshot| snapshot.changed_on(ChangesOf::Register("homes"))).unwrap();
    assert_eq!(on, Some(date(2022, 3, 2)));
}
