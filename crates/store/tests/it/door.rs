//! The door: wrong tries, devices, passwords of before, what is noted.

use crate::fixture::start;
use jiff::ToSpan;
use jiff::civil::DateTime;
use store::aside::{Account, AccountState, Given, GoingOn, Session, Stage, Way};
use store::calendars::Calendar;
use store::factor::FirstCode;
use store::identity::{AfterRight, Counter, Device, DoorEvent, DoorKind, Entry, NewPassword, PASSWORDS_KEPT};
use store::passkey::Passkey;
use store::{Store, StoreExt};

fn event(id: &str, at: DateTime, what: DoorKind) -> DoorEvent {
    let text = |word: &str| word.to_owned();
    DoorEvent {
        id: text(id),
        at,
        person: Some(text("an")),
        by: None,
        what,
        address: text("192.0.2.*"),
        agent: text("browser"),
    }
}

fn counter(key: &str, after: AfterRight) -> Counter {
    Counter { key: key.into(), free: 5, after }
}

fn session(digest: &str, at: DateTime) -> Session {
    Session {
        digest: digest.into(),
        person: "an".into(),
        way: Way::Passkey,
        stage: Stage::Full,
        address: "192.0.2.*".into(),
        agent: "browser".into(),
        created: at,
        seen: at,
        ends: at.saturating_add(8.hours()),
    }
}

/// Begins a session of somebody, on no device that is known from then on.
pub fn enter(store: &dyn Store, session: Session) {
    let id = format!("in {} {}", session.digest, session.created);
    let event = DoorEvent { person: Some(session.person.clone()), ..event(&id, session.created, DoorKind::SignedIn) };
    store.enter(Entry { counters: Vec::new(), session, device: None, event }).unwrap();
}

/// At a moment, however long nobody was there.
pub fn going(now: DateTime) -> GoingOn {
    GoingOn { now, idle_minutes: None }
}

fn device(digest: &str, at: DateTime) -> Device {
    Device { digest: digest.into(), person: "an".into(), since: at, seen: at }
}

/// Rows in every table of the door, for tests of the whole database.
pub fn fill(store: &dyn Store, now: DateTime) {
    store.begin_try(vec![counter("name", AfterRight::Cleared)], now).unwrap();
    let entry = Entry {
        counters: Vec::new(),
        session: session("door", now),
        device: Some(device("browser", now)),
        event: event("in", now, DoorKind::SignedIn),
    };
    store.enter(entry).unwrap();
    let change = NewPassword {
        person: "zhou".into(),
        password: "$argon2id$new".into(),
        but: "digest".into(),
        then: Stage::Full,
        device: None,
        event: event("changed", now, DoorKind::PasswordChanged),
    };
    store.change_password(change).unwrap();
    store.propose_factor("zhou", vec![7; 20]).unwrap();
    let added = event("added", now, DoorKind::FactorAdded);
    let first = FirstCode { person: "zhou".into(), secret: vec![7; 20], step: 1 };
    assert!(store.confirm_factor(first, vec!["digest-1".into(), "digest-2".into()], added).unwrap());
    assert!(store.put_passkey(passkey("credential", now), None, event("key", now, DoorKind::PasskeyAdded)).unwrap());
    assert!(store.use_passkey("credential", 3, now).unwrap());
    store.put_calendar(calendar("one", "an", now), event("calendar", now, DoorKind::CalendarMade)).unwrap();
}

fn calendar(id: &str, person: &str, at: DateTime) -> Calendar {
    Calendar {
        id: id.into(),
        digest: format!("digest-{id}"),
        person: person.into(),
        post: "v-head".into(),
        made: at,
        used: None,
        address: String::new(),
        agent: String::new(),
    }
}

pub fn calendar_addresses_note_their_use_and_end_with_the_sessions(store: &dyn Store) {
    let now = start();
    let of = |person: &str| store.read(|snapshot| snapshot.calendars(person)).unwrap();
    let by = |digest: &str| store.read(|snapshot| snapshot.calendar(digest)).unwrap();
    for (id, person) in [("one", "an"), ("two", "an"), ("three", "wei")] {
        store.put_calendar(calendar(id, person, now), event(id, now, DoorKind::CalendarMade)).unwrap();
    }
    assert_eq!(of("an").iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["one", "two"]);
    let later = now.saturating_add(20.minutes());
    assert!(by("digest-one").unwrap().to_note(later));
    store.use_calendar("one", later, "192.0.2.*", "telephone").unwrap();
    let used = by("digest-one").unwrap();
    assert_eq!((used.used, used.address.as_str(), used.agent.as_str()), (Some(later), "192.0.2.*", "telephone"));
    assert!(!used.to_note(later) && by("digest-none").is_none());
    let ended = |id: &str, person: &str| {
        store.drop_calendar(person, id, event(&format!("end {id} {person}"), now, DoorKind::CalendarEnded)).unwrap()
    };
    assert!(!ended("one", "wei"), "not another's");
    assert!(ended("one", "an") && !ended("one", "an"));
    store.end_sessions("an", None).unwrap();
    assert_eq!((of("an"), of("wei").len()), (Vec::new(), 1));
}

fn passkey(credential: &str, at: DateTime) -> Passkey {
    Passkey {
        credential: credential.into(),
        person: "an".into(),
        key: vec![4; 65],
        counter: 0,
        verifies: true,
        label: "a telephone".into(),
        since: at,
        used: None,
    }
}

pub fn passkeys_count_up_and_go_with_their_codes(store: &dyn Store) {
    let now = start();
    let later = now.saturating_add(1.minute());
    let own = || store.read(|snapshot| snapshot.passkeys("an")).unwrap();
    let left = || store.read(|snapshot| snapshot.recovery_codes_left("an")).unwrap();
    let added = |id: &str| event(id, now, DoorKind::PasskeyAdded);
    let removed = |id: &str| event(id, now, DoorKind::PasskeyRemoved);
    let (first, second) = (passkey("one", now), passkey("two", later));
    assert!(store.put_passkey(first.clone(), Some(vec!["a".into(), "b".into()]), added("1")).unwrap());
    assert!(!store.put_passkey(Passkey { person: "wei".into(), ..first.clone() }, Some(vec![]), added("2")).unwrap());
    assert!(store.put_passkey(second.clone(), None, added("3")).unwrap());
    assert_eq!((own(), left()), (vec![first.clone(), second], 2), "a credential is somebody's, and stays theirs");
    assert_eq!(store.read(|snapshot| snapshot.passkey("three")).unwrap(), None);

    for (counter, serves) in [(0, true), (0, true), (5, true), (5, false), (4, false), (0, false), (u32::MAX, true)] {
        assert_eq!(store.use_passkey("one", counter, later).unwrap(), serves, "{counter}");
    }
    let used = store.read(|snapshot| snapshot.passkey("one")).unwrap();
    assert_eq!(used, Some(Passkey { counter: u32::MAX, used: Some(later), ..first }));
    assert!(!store.use_passkey("three", 1, later).unwrap());

    assert!(!store.drop_passkey("wei", "one", removed("4")).unwrap(), "not another's");
    assert!(
        store.drop_passkey("an", "one", removed("5")).unwrap()
            && !store.drop_passkey("an", "one", removed("6")).unwrap()
    );
    assert_eq!(left(), 2, "one is left, and the codes with it");
    assert!(store.propose_factor("an", vec![1; 20]).unwrap());
    let app = FirstCode { person: "an".into(), secret: vec![1; 20], step: 1 };
    let codes = || vec!["c".to_owned()];
    assert!(store.confirm_factor(app.clone(), codes(), event("app", now, DoorKind::FactorAdded)).unwrap());
    assert!(store.drop_passkey("an", "two", removed("7")).unwrap());
    assert_eq!(left(), 1, "an app is left");
    store.drop_factor("an", event("app off", now, DoorKind::FactorRemoved)).unwrap();
    assert_eq!((own(), left()), (vec![], 0), "codes go with the last factor");

    assert!(store.put_passkey(passkey("one", now), Some(codes()), added("8")).unwrap());
    store.drop_factor("an", event("none", now, DoorKind::FactorRemoved)).unwrap();
    assert_eq!((own().len(), left()), (1, 1), "its owner takes only the app away");
    let by_office = DoorEvent { by: Some("wei".into()), ..event("taken", now, DoorKind::FactorRemoved) };
    store.drop_factor("an", by_office).unwrap();
    assert_eq!((own(), left()), (vec![], 0), "an administrator takes all of them away");
}

pub fn a_second_factor_serves_step_by_step(store: &dyn Store) {
    let now = start();
    let factor = || store.read(|snapshot| snapshot.factor("an")).unwrap();
    let left = || store.read(|snapshot| snapshot.recovery_codes_left("an")).unwrap();
    assert_eq!(factor(), None);
    assert!(store.propose_factor("an", vec![1; 20]).unwrap() && store.propose_factor("an", vec![2; 20]).unwrap());
    let proposed = factor().unwrap();
    assert_eq!((proposed.secret, proposed.since), (Some(vec![2; 20]), None));
    assert!(!store.use_step("an", 5).unwrap(), "what is only proposed lets nobody in");
    let codes = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let confirm = |secret: u8, step| {
        let first = FirstCode { person: "an".into(), secret: vec![secret; 20], step };
        let id = format!("added {secret} {step}");
        store.confirm_factor(first, codes(&["a", "b"]), event(&id, now, DoorKind::FactorAdded)).unwrap()
    };
    assert!(!confirm(1, 9) && factor().unwrap().since.is_none(), "another secret was proposed meanwhile");
    let stage = |digest: &str| {
        let found = store.read(|snapshot| snapshot.session(digest, going(now))).unwrap();
        found.map(|session| session.stage)
    };
    for (digest, stage) in [("enrols", Stage::Enrol), ("changes", Stage::Password)] {
        enter(store, Session { stage, ..session(digest, now) });
    }
    assert!(confirm(2, 10));
    assert_eq!((stage("enrols"), stage("changes")), (Some(Stage::Code), Some(Stage::Code)), "it is asked for");
    for digest in ["enrols", "changes"] {
        store.end_session(digest).unwrap();
    }
    assert!(!confirm(2, 4) && factor().unwrap().step == 10, "it is confirmed once");
    assert!(!store.propose_factor("an", vec![3; 20]).unwrap(), "one that is asked for stays");
    assert_eq!(factor().unwrap().since, Some(now));
    assert!(!store.use_step("an", 10).unwrap(), "the first code served");
    assert!(
        store.use_step("an", 12).unwrap() && !store.use_step("an", 12).unwrap() && !store.use_step("an", 11).unwrap()
    );
    assert_eq!(left(), 2);
    assert!(store.use_recovery_code("an", "a", now).unwrap() && !store.use_recovery_code("an", "a", now).unwrap());
    assert!(!store.use_recovery_code("wei", "b", now).unwrap(), "codes are somebody's");
    assert_eq!(left(), 1);
    store.put_recovery_codes("an", codes(&["c", "d", "e"])).unwrap();
    assert!(left() == 3 && !store.use_recovery_code("an", "b", now).unwrap(), "earlier ones are void");
    enter(store, session("own", now));
    assert_eq!(stage("own"), Some(Stage::Full), "whoever is in stays in");
    let sessions = || store.read(|snapshot| snapshot.sessions("an", going(now))).unwrap().len();
    store.drop_factor("an", event("removed", now, DoorKind::FactorRemoved)).unwrap();
    assert_eq!((factor(), left(), sessions()), (None, 0, 1), "its owner stays signed in");
    assert!(store.propose_factor("an", vec![4; 20]).unwrap() && confirm(4, 20));
    let by_office = DoorEvent { by: Some("wei".into()), ..event("taken", now, DoorKind::FactorRemoved) };
    store.drop_factor("an", by_office).unwrap();
    assert_eq!((factor(), left(), sessions()), (None, 0, 0), "an administrator ends them");
}

pub fn wrong_tries_are_counted_by_their_source(store: &dyn Store) {
    let now = start();
    let (stranger, owner) = (counter("an/elsewhere", AfterRight::Cleared), counter("an/device", AfterRight::Cleared));
    let shared = counter("/elsewhere", AfterRight::TakenBack);
    let tries = |counters: &[&Counter], at| store.begin_try(counters.iter().copied().cloned().collect(), at).unwrap();
    for _ in 0..5 {
        assert_eq!(tries(&[&stranger], now), None);
    }
    let until = now.saturating_add(15.minutes());
    assert_eq!(tries(&[&stranger, &shared], now), Some(until));
    assert_eq!(
        tries(&[&stranger], until.saturating_sub(1.second())),
        Some(until),
        "a try in between lengthens nothing"
    );
    assert_eq!(tries(&[&owner], now), None, "a stranger keeps nobody out");
    assert_eq!(tries(&[&stranger], until), None);
    assert_eq!(tries(&[&stranger], until), Some(until.saturating_add(30.minutes())), "the next wait is longer");
    assert_eq!(tries(&[&shared], now), None, "what had to wait was not counted");

    let entry = |id: &str, counters| Entry {
        counters,
        session: session(id, now),
        device: Some(device("browser", now)),
        event: event(id, now, DoorKind::SignedIn),
    };
    store.enter(entry("in-1", vec![stranger.clone()])).unwrap();
    assert_eq!(tries(&[&stranger], now), None, "a right try clears the count");
    for _ in 0..4 {
        tries(&[&shared], now);
    }
    store.enter(entry("in-2", vec![shared.clone()])).unwrap();
    assert_eq!(tries(&[&shared], now), None);
    assert_eq!(tries(&[&shared], now), Some(until), "one try was taken back, not those for other names");
    assert_eq!(tries(&[&shared], now.saturating_add(25.hours())), None, "a day later all is forgotten");

    let known = |digest: &str, person: &str| store.read(|snapshot| snapshot.device(digest, person)).unwrap();
    assert_eq!(known("browser", "an"), Some(device("browser", now)));
    assert_eq!((known("browser", "wei"), known("other", "an")), (None, None));
    let devices = |person: &str| store.read(|snapshot| snapshot.devices(person)).unwrap();
    assert_eq!((devices("an"), devices("wei")), (vec![device("browser", now)], Vec::new()));
    let noted = store.read(|snapshot| snapshot.door_events("an", 9)).unwrap();
    assert_eq!(noted.iter().map(|event| event.id.as_str()).collect::<Vec<_>>(), ["in-1", "in-2"]);
}

pub fn what_happened_at_the_door_is_found(store: &dyn Store) {
    let now = start();
    for n in 0..40_i64 {
        let at = now.saturating_add(n.minutes());
        let what = if n % 4 == 0 { DoorKind::Wrong } else { DoorKind::SignedIn };
        let person = (n % 8 != 0).then(|| "an".to_owned());
        store.note_at_door(DoorEvent { person, ..event(&format!("e-{n:02}"), at, what) }).unwrap();
    }
    let within = |from, to, what: Option<DoorKind>, limit| {
        let fits = |event: &DoorEvent| what.is_none_or(|what| event.what == what);
        let (found, more) = store.read(|snapshot| snapshot.door_events_within(from, to, &fits, limit)).unwrap();
        (found.len(), more, found.first().map(|event| event.id.clone()))
    };
    let (today, tomorrow) = (now.date(), now.date().tomorrow().unwrap());
    assert_eq!(within(today, today, None, 40), (40, false, Some("e-39".into())));
    assert_eq!(within(today, today, None, 39), (39, true, Some("e-39".into())));
    assert_eq!(within(today, today, Some(DoorKind::Wrong), 10), (10, false, Some("e-36".into())), "fits, then the cut");
    assert_eq!(within(tomorrow, tomorrow, None, 9), (0, false, None));
    let tries = store.read(|snapshot| snapshot.wrong_tries(now.saturating_add(8.minutes()))).unwrap();
    let told: Vec<(Option<&str>, u64)> = tries.iter().map(|one| (one.person.as_deref(), one.times)).collect();
    assert_eq!(told, [(Some("an"), 4), (None, 4)]);
    assert_eq!(tries[0].last, now.saturating_add(36.minutes()));
}

pub fn a_new_password_ends_what_the_old_one_began(store: &dyn Store) {
    let now = start();
    let account = Account {
        person: "an".into(),
        login: "an.x".into(),
        password: "first".into(),
        given: Given::Office,
        since: now,
        state: AccountState::Active,
    };
    store.put_account(account.clone()).unwrap();
    enter(store, Session { stage: Stage::Password, ..session("here", now) });
    enter(store, session("elsewhere", now));
    for digest in ["browser-1", "browser-2"] {
        let entry = Entry {
            counters: Vec::new(),
            session: session(&format!("s-{digest}"), now),
            device: Some(device(digest, now)),
            event: event(digest, now, DoorKind::SignedIn),
        };
        store.enter(entry).unwrap();
    }
    for n in 0..7_i64 {
        let at = now.saturating_add(n.minutes());
        let change = NewPassword {
            person: "an".into(),
            password: format!("later-{n}"),
            but: "here".into(),
            then: Stage::Full,
            device: Some("browser-1".into()),
            event: event(&format!("change-{n}"), at, DoorKind::PasswordChanged),
        };
        store.change_password(change).unwrap();
    }
    let changed = store.read(|snapshot| snapshot.account("an")).unwrap().unwrap();
    let at = now.saturating_add(6.minutes());
    assert_eq!(changed, Account { password: "later-6".into(), given: Given::Own, since: at, ..account });
    let sessions = store.read(|snapshot| snapshot.sessions("an", going(now))).unwrap();
    let left: Vec<(&str, Stage)> = sessions.iter().map(|one| (one.digest.as_str(), one.stage)).collect();
    assert_eq!(left, [("here", Stage::Full)]);
    let past = store.read(|snapshot| snapshot.past_passwords("an")).unwrap();
    assert_eq!((past.len(), past[0].as_str(), past[4].as_str()), (PASSWORDS_KEPT, "later-5", "later-1"));
    let known = |digest: &str| store.read(|snapshot| snapshot.device(digest, "an")).unwrap().is_some();
    assert!(known("browser-1") && !known("browser-2"));
}
