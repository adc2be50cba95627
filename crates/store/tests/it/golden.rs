//! The journal's format is for ever: what version 1 wrote stays readable, byte for byte.

use calendar::{Day, DayWhy, Term, Unit as TermUnit, Why};
use engine::county::{Appointment, Change, Post};
use engine::event::{Clock, ClockKind, ClockState, Desk, Display, IssuedDocument};
use engine::{Actor, Event, Reason};
use jiff::civil::{date, datetime};
use proptest::prelude::*;
use regulation::expr::{FileRef, Record, Signature, Thing, Unit, Value};
use regulation::model::{Field, Party, Personal};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use store::record::v1::{self, Closed, Head, KeyUse, Opening, Payload, Sealed, Sealing, Writing, erased};
use store::record::{self, canonical};
use store::{Fault, Privacy};

/// Seals by writing backwards: enough to see what is sealed, and the same every time.
pub(crate) struct Backwards;

impl Sealing for Backwards {
    fn seal(&mut self, holder: &str, plain: &str) -> Result<Sealed, Fault> {
        Ok(Sealed { of: holder.to_owned(), sealed: plain.chars().rev().collect() })
    }
}

impl Opening for Backwards {
    fn open(&self, sealed: &Sealed) -> Result<Option<String>, Fault> {
        Ok(Some(sealed.sealed.chars().rev().collect()))
    }
}

/// One form with one personal field, one nested form, and a document of which everything but `open` is personal.
pub(crate) struct Known {
    fields: Vec<Field>,
    nested: Vec<Field>,
}

impl Known {
    pub(crate) fn new() -> Self {
        let field = |name: &str, personal| Field {
            name: name.to_owned(),
            ty: if name == "members" {
                regulation::expr::Type::Records("member".to_owned())
            } else {
                regulation::expr::Type::Text { max: 9 }
            },
            personal,
            ..Field::default()
        };
        let open = values().into_keys().map(|name| field(&name, None));
        let fields = open.chain([field("phone", Some(Personal::Contact)), field("members", None)]).collect();
        Known { fields, nested: vec![field("age", None), field("name", Some(Personal::Identity))] }
    }
}

impl Privacy for Known {
    fn holder(&self, _: &str) -> String {
        "homes/h1".to_owned()
    }

    fn form(&self, _: &str, form: &str) -> Option<&[Field]> {
        match form {
            "application" => Some(&self.fields),
            "member" => Some(&self.nested),
            _ => None,
        }
    }

    fn register(&self, register: &str) -> Option<&[Field]> {
        (register == "homes").then_some(self.fields.as_slice())
    }

    fn row_form(&self, _: &str, form: &str) -> Option<&[Field]> {
        self.form("", form)
    }

    fn account(&self, _: &str, account: &str) -> bool {
        account == "owed"
    }

    fn document(&self, _: &str, _: &str, name: &str) -> bool {
        name != "open"
    }
}

/// One value of every kind, under its name.
fn values() -> Record {
    let number = |number: &str, unit| Value::Number(number.parse().unwrap(), unit);
    let metre = Unit::symbol("m");
    let matter = || "m1".to_owned();
    let things = [
        Thing::Matter(matter()),
        Thing::Act { matter: matter(), act: "apply".into() },
        Thing::Form { matter: matter(), form: "application".into() },
        Thing::Document { matter: matter(), document: "licence".into() },
        Thing::Row { register: "homes".into(), key: "h1".into() },
        Thing::Place("999999".into()),
        Thing::Person("p1".into()),
    ];
    [
        ("missing", Value::Missing),
        ("yes", Value::Bool(true)),
        ("area", number("190.50", Unit::symbol("m²"))),
        ("ratio", number("-0.10", Unit::none())),
        ("density", number("3", Unit::symbol("yuan").per(&metre).per(&metre).per(&metre))),
        ("text", Value::Text("宅\"基\\地\n\u{1}".into())),
        ("code", Value::Code("kept".into())),
        ("codes", Value::Codes(BTreeSet::from(["loud".into(), "calm".into()]))),
        ("date", Value::Date(date(2022, 2, 10))),
        ("moment", Value::Moment(datetime(2022, 2, 10, 9, 30, 0, 0))),
        ("term", Value::Term(Term::new(5, TermUnit::WorkingDays))),
        ("no-term", Value::Term(Term::new(0, TermUnit::Hours))),
        (
            "file",
            Value::File(FileRef { name: "图.png".into(), digest: "0f".into(), size: 9, media: "image/png".into() }),
        ),
        (
            "signature",
            Value::Signature(Signature {
                name: "某甲".into(),
                person: "p1".into(),
                on: date(2022, 2, 10),
                method: "ink".into(),
            }),
        ),
        ("key", Value::Key("h1".into())),
        ("list", Value::List(vec![Value::Text("a".into()), Value::Missing])),
        ("rows", Value::Records([Record::new(), Record::from([("x".into(), Value::Bool(false))])].into())),
        ("things", Value::List(things.map(Value::Thing).into())),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

fn desks() -> Vec<Desk> {
    let office = Desk::Office { level: "township".into(), desk: "planning".into(), place: "999999001".into() };
    vec![office, Desk::Person("p1".into()), Desk::Anyone, Desk::Clock]
}

fn whys() -> Vec<Why> {
    let day = |why| Day { date: date(2022, 1, 29), working: true, why, assumed: false };
    vec![
        Why::ReceivedOnDayOff { day: day(DayWhy::Weekend), counts_on: date(2022, 1, 31) },
        Why::EventDay { on: date(2022, 1, 28), counted: false },
        Why::Counted { day: day(DayWhy::MakeUp("春节".into())), number: 1 },
        Why::Skipped { day: day(DayWhy::Holiday("春节".into())) },
        Why::Span { first: date(2022, 1, 29), last: date(2022, 2, 9), term: Term::new(1, TermUnit::Months) },
        Why::NoCorrespondingDay { wanted: 31, month_end: date(2022, 2, 28) },
        Why::PassedOver { day: day(DayWhy::Ordinary) },
        Why::RolledTo { day: day(DayWhy::Ordinary) },
        Why::Suspended {
            from: date(2022, 2, 1),
            to: date(2022, 2, 3),
            remaining: Term::new(4, TermUnit::Days),
            last: date(2022, 2, 9),
        },
        Why::Assumed { year: 2031 },
        Why::Ends { on: date(2022, 2, 9) },
    ]
}

fn reason() -> Reason {
    Reason {
        code: "over-area".into(),
        clauses: vec!["hs-1".into()],
        zh: "某甲超过上限".into(),
        en: "too large".into(),
        values: vec![("area".into(), "190.50平方米".into())],
        hint: Some("请核对".into()),
    }
}

fn clock(id: u32, kind: ClockKind, state: ClockState) -> Clock {
    Clock {
        id,
        name: "c-1".into(),
        step: "check".into(),
        kind,
        event_on: Some(date(2022, 1, 28)),
        event_at: None,
        term: Some(Term::new(2, TermUnit::Weeks)),
        raw: date(2022, 2, 8),
        due: date(2022, 2, 9),
        hour: None,
        provisional: false,
        why: whys(),
        clauses: vec!["hs-2".into()],
        state,
    }
}

fn clocks() -> Vec<Clock> {
    let parties = vec![
        Party::Office { level: "township".into(), desk: "planning".into() },
        Party::Subject { about: "home".into(), role: "head".into() },
        Party::Anyone,
        Party::Clock,
        Party::Act { procedure: "licence".into(), act: "approve".into() },
    ];
    vec![
        clock(0, ClockKind::Alarm(parties), ClockState::Running),
        clock(1, ClockKind::Act("lapse".into()), ClockState::Suspended { on: date(2022, 2, 1), at: None }),
        clock(2, ClockKind::Reminder(1), ClockState::Stopped(date(2022, 2, 2))),
        clock(
            3,
            ClockKind::Alarm(Vec::new()),
            ClockState::Expired { at: datetime(2022, 2, 10, 0, 0, 0, 0), stopped: None },
        ),
    ]
}

/// Every kind of event.
fn events() -> Vec<Event> {
    let matter = || "m1".to_owned();
    let person = Actor::Person { person: "p1".into(), post: Some("t-planning".into()) };
    let on = date(2022, 2, 10);
    let at = datetime(2022, 2, 10, 9, 30, 0, 0);
    let mut form = values();
    form.insert("phone".into(), Value::Text("10000000000".into()));
    form.insert("unknown".into(), Value::Bool(true));
    let member = Record::from([
        ("name".into(), Value::Text("某乙".into())),
        ("age".into(), Value::Number(9.into(), Unit::none())),
    ]);
    form.insert("members".into(), Value::Records([member].into()));
    let document = IssuedDocument {
        id: "d1".into(),
        name: "licence".into(),
        number: Some("示字〔2022〕1号".into()),
        act: "approve".into(),
        on,
        display: Some(Display { from: on, last_day: date(2022, 2, 17), why: Vec::new() }),
        signed: Some(desks().remove(0)),
        signer: Actor::Clock,
        data: Record::from([("open".into(), Value::Code("small".into())), ("name".into(), Value::Text("某甲".into()))]),
        paragraphs: vec!["准予某甲建房。".into()],
        reasons: vec![reason()],
        voided: Some(on),
    };
    let mut all = vec![
        Event::Opened {
            matter: matter(),
            regulation: "homestead".into(),
            version: "ab".into(),
            procedure: "licence".into(),
            number: Some("1".into()),
            place: "999999001".into(),
            about: BTreeMap::from([("home".into(), Value::Key("h1".into()))]),
            owner: Some("homes/h1".into()),
            instance: None,
            at,
        },
        Event::Filed {
            matter: matter(),
            form: "application".into(),
            record: Arc::new(form.clone()),
            party: Some("township/planning".into()),
        },
        Event::Acted {
            matter: matter(),
            act: "apply".into(),
            actor: person.clone(),
            party: "home/head".into(),
            on,
            at,
            step: Some("check".into()),
            clauses: vec!["hs-1".into(), "hs-2".into()],
            warnings: vec![reason()],
        },
        Event::Entered {
            matter: matter(),
            step: "check".into(),
            on,
            parties: desks(),
            suspended: Some("review".into()),
        },
        Event::Ended { matter: matter(), end: "licensed".into(), on },
        Event::ClockSuspended { matter: matter(), clock: 0, on, at: None },
        Event::ClockResumed { matter: matter(), clock: 0, on, raw: on, due: on, hour: None, why: whys() },
        Event::ClockStopped { matter: matter(), clock: 0, on },
        Event::ClockExpired { matter: matter(), clock: 0, at, alarm: desks() },
        Event::Reminded { matter: matter(), clock: 2, on },
        Event::Issued { matter: matter(), document: document.clone() },
        Event::Issued {
            matter: matter(),
            document: IssuedDocument {
                number: None,
                display: None,
                signed: None,
                signer: person.clone(),
                paragraphs: Vec::new(),
                reasons: Vec::new(),
                voided: None,
                ..document
            },
        },
        Event::Voided { matter: matter(), document: "licence".into(), on, act: "revoke".into() },
        Event::Numbered { series: "licence/2022".into(), number: 1 },
        Event::RowChanged {
            register: "homes".into(),
            key: "h1".into(),
            place: "999999001".into(),
            record: Some(form),
            on,
            actor: person.clone(),
            owner: None,
        },
        Event::RowChanged {
            register: "homes".into(),
            key: "h1".into(),
            place: "999999001".into(),
            record: None,
            on,
            actor: Actor::Person { person: "p1".into(), post: None },
            owner: Some("homes/h1".into()),
        },
        Event::Told { matter: matter(), persons: vec!["p1".into()], desks: desks(), text: "请补正".into(), at },
    ];
    all.extend(clocks().into_iter().map(|clock| Event::ClockStarted { matter: matter(), clock }));
    all
}

fn payload() -> Payload {
    let known = Known::new();
    let mut writing = Writing { privacy: &known, sealing: &mut Backwards };
    let mut written: Vec<v1::Event> = events().iter().map(|event| writing.event(event).unwrap()).collect();
    written.push(v1::Event::Forgotten {
        keys: vec!["homes/h1".into()],
        matter: None,
        on: None,
        owner: "homes/h1".into(),
    });
    let title = writing.sealable("homes/h1", "某甲建房".to_owned()).unwrap();
    Payload {
        act: Head {
            actor: v1::Actor::Person { person: "p1".into(), post: Some("t-planning".into()) },
            at: datetime(2022, 2, 10, 9, 30, 0, 0),
            clauses: vec!["hs-1".into()],
            county: "999999".into(),
            documents: Vec::new(),
            key: Some(KeyUse { key: "k".into(), request: "00".into() }),
            kind: "start".into(),
            matter: Some("m1".into()),
            name: "apply".into(),
            on: date(2022, 2, 10),
            published: BTreeMap::new(),
            regulation: Some("homestead".into()),
            seq: 7,
            subject: "m1".into(),
            titles: BTreeMap::from([("m1".to_owned(), title)]),
            version: Some("ab".into()),
        },
        events: written,
        format: record::FORMAT,
    }
}

/// A payload is written as the golden file has it, and that reads back as the same: the file's text and what it reads as.
pub(crate) fn as_written(name: &str, payload: &Payload) -> (String, Payload) {
    let path = golden(name);
    let printed = serde_json::to_string(payload).unwrap();
    if std::env::var_os("GONGBAO_NEW_GOLDEN").is_some() && !path.exists() {
        fs::write(&path, &printed).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap();
    assert_eq!(printed, kept);
    assert!(canonical::is_canonical(&kept));
    let read = record::read(payload.format, &kept, "golden").unwrap();
    assert_eq!(read, *payload);
    (kept, read)
}

pub(crate) fn golden(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

#[test]
fn version_1_stays_as_it_was_written() {
    let (_, read) = as_written("v1-payload.json", &payload());
    let opened: Vec<Event> = read.events.iter().filter_map(|event| event.opened(&Backwards).unwrap()).collect();
    assert_eq!(opened, events());
}

/// The act by which the clock opens an instance of a duty.
pub(crate) fn duty_payload() -> Payload {
    let at = datetime(2022, 3, 2, 0, 0, 0, 0);
    let instance = engine::Instance {
        duty: "village-round".into(),
        unit: "999999001001".into(),
        from: date(2022, 3, 2),
        to: Some(date(2022, 3, 11)),
        time: None,
        name: "2022年3月2日至2022年3月11日".into(),
        waits: true,
    };
    let opened = Event::Opened {
        matter: "m2".into(),
        regulation: "watch".into(),
        version: "ab".into(),
        procedure: "village-round".into(),
        number: None,
        place: "999999001001".into(),
        about: BTreeMap::new(),
        owner: None,
        instance: Some(instance),
        at,
    };
    let known = Known::new();
    let mut sealing = Backwards;
    let mut writing = Writing { privacy: &known, sealing: &mut sealing };
    Payload {
        act: Head {
            actor: v1::Actor::Clock,
            at,
            clauses: vec!["w-1".into()],
            county: "999999".into(),
            documents: Vec::new(),
            key: None,
            kind: "duty".into(),
            matter: Some("m2".into()),
            name: "begin".into(),
            on: date(2022, 3, 2),
            published: BTreeMap::new(),
            regulation: Some("watch".into()),
            seq: 8,
            subject: "m2".into(),
            titles: BTreeMap::new(),
            version: Some("ab".into()),
        },
        events: vec![writing.event(&opened).unwrap()],
        format: record::FORMAT,
    }
}

#[test]
fn a_duty_of_version_1_stays_as_it_was_written() {
    let (_, read) = as_written("v1-duty.json", &duty_payload());
    let opened = read.events[0].opened(&Backwards).unwrap().unwrap();
    let Event::Opened { instance: Some(instance), .. } = opened else { panic!("an instance is opened") };
    assert_eq!((instance.duty.as_str(), instance.to, instance.waits), ("village-round", Some(date(2022, 3, 11)), true));
}

fn force_payload() -> Payload {
    let (matter, regulation, version) = ("m3".to_owned(), "stalls".to_owned(), "cd".to_owned());
    let on = date(2022, 3, 10);
    let enacted = Event::Enacted {
        matter: matter.clone(),
        regulation: regulation.clone(),
        version: version.clone(),
        text: "---\nid: stalls\n---\n".into(),
        on,
    };
    let revoked = Event::Revoked { matter, regulation, version, on };
    let known = Known::new();
    let mut sealing = Backwards;
    let mut writing = Writing { privacy: &known, sealing: &mut sealing };
    let events = [enacted, revoked].map(|event| writing.event(&event).unwrap()).to_vec();
    Payload { events, ..duty_payload() }
}

#[test]
fn the_force_of_regulations_of_version_1_stays_as_it_was_written() {
    let (_, read) = as_written("v1-force.json", &force_payload());
    let opened = read.events[0].opened(&Closed).unwrap().unwrap();
    let Event::Enacted { regulation, on, .. } = opened else { panic!("a regulation is enacted") };
    assert_eq!((regulation.as_str(), on), ("stalls", date(2022, 3, 10)));
}

fn county_payload() -> Payload {
    let (matter, on) = ("m4".to_owned(), date(2022, 1, 20));
    let tenure = Appointment {
        person: "p2".into(),
        post: "po-1".into(),
        from: date(2022, 1, 21),
        to: Some(date(2024, 1, 20)),
        kind: Some("secondment".into()),
        matter: Some(matter.clone()),
        ..Appointment::default()
    };
    let post = Post {
        id: "po-9".into(),
        title: "督查专员".into(),
        level: "county".into(),
        desk: "inspect".into(),
        place: "999999".into(),
        many: true,
        until: None,
    };
    let changes = [
        Change::Relieved { post: "po-1".into(), person: "p1".into(), last: on, behalf: None },
        Change::Abolished { post: "po-8".into(), last: on },
        Change::Established(post),
        Change::Appointed(tenure),
    ];
    let changed = changes.map(|change| Event::County { matter: matter.clone(), on, change });
    let desk = Desk::Office { level: "county".into(), desk: "inspect".into(), place: "999999".into() };
    let routed = Event::Routed { matter, parties: vec![desk] };
    let known = Known::new();
    let mut sealing = Backwards;
    let mut writing = Writing { privacy: &known, sealing: &mut sealing };
    let events = changed.iter().chain([&routed]).map(|event| writing.event(event).unwrap()).collect();
    Payload { events, ..duty_payload() }
}

#[test]
fn changes_of_posts_of_version_1_stay_as_they_were_written() {
    let (_, read) = as_written("v1-county.json", &county_payload());
    let opened = read.events[3].opened(&Closed).unwrap().unwrap();
    let Event::County { change: Change::Appointed(tenure), .. } = opened else { panic!("a person is appointed") };
    assert_eq!((tenure.person.as_str(), tenure.to), ("p2", Some(date(2024, 1, 20))));
    assert!(matches!(read.events[4].opened(&Closed).unwrap().unwrap(), Event::Routed { .. }));
}

#[test]
fn only_what_is_personal_is_sealed() {
    let printed = serde_json::to_string(&payload()).unwrap();
    for open in ["190.50", "\"kept\"", "\"small\"", "hs-1"] {
        assert!(printed.contains(open), "{open}");
    }
    let outside = printed.replace("某甲\",\"on\"", "");
    for personal in ["10000000000", "某乙", "准予某甲", "某甲超过", "请补正"] {
        assert!(!outside.contains(personal), "{personal}");
    }
    let read = record::read(1, &printed, "test").unwrap();
    let Some(Event::Filed { record, .. }) = read.events[1].opened(&Closed).unwrap() else {
        panic!("the second event is a filing");
    };
    assert_eq!((&record["phone"], &record["unknown"]), (&erased(), &erased()));
    assert_eq!(record["area"], values()["area"]);
    let Value::Records(members) = &record["members"] else {
        panic!("the members are rows");
    };
    assert_eq!((&members[0]["name"], &members[0]["age"]), (&erased(), &Value::Number(9.into(), Unit::none())));
}

#[test]
fn what_is_not_version_1_is_a_fault_that_says_where() {
    for (format, text) in
        [(3, "{}"), (2, "{}"), (1, "{}"), (1, "not json"), (1, r#"{"act":{},"events":[],"format":1}"#)]
    {
        let fault = record::read(format, text, "act 9").unwrap_err();
        assert!(fault.to_string().contains("act 9"), "{fault}");
    }
    let values =
        ["[]", "1", r#"{"what":1}"#, "{}", r#"{"code":"a","x":1}"#, r#"{"of":"a"}"#, r#"{"number":"1","x":"m"}"#];
    for text in values {
        assert!(serde_json::from_str::<v1::Value>(text).is_err(), "{text}");
    }
    let number: v1::Value = serde_json::from_str(r#"{"number":"one"}"#).unwrap();
    assert!(number.opened(&Closed).is_err());
    let unit: v1::Value = serde_json::from_str(r#"{"number":"1","unit":"m^x"}"#).unwrap();
    assert!(unit.opened(&Closed).is_err());
    let term: v1::Value = serde_json::from_str(r#"{"term":"5 moons"}"#).unwrap();
    assert!(term.opened(&Closed).is_err());
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Missing),
        any::<bool>().prop_map(Value::Bool),
        ".*".prop_map(Value::Text),
        "[a-z-]{1,9}".prop_map(Value::Code),
        "[a-z-]{1,9}".prop_map(Value::Key),
        (any::<i64>(), 0u32..20)
            .prop_map(|(n, scale)| Value::Number(rust_decimal::Decimal::new(n, scale), Unit::symbol("yuan"))),
        (0u32..9999, 0usize..7).prop_map(|(length, unit)| {
            let units = [
                TermUnit::Minutes,
                TermUnit::Hours,
                TermUnit::Days,
                TermUnit::WorkingDays,
                TermUnit::Weeks,
                TermUnit::Months,
                TermUnit::Years,
            ];
            Value::Term(Term::new(length, units[unit]))
        }),
    ];
    leaf.prop_recursive(3, 20, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::List),
            prop::collection::vec(prop::collection::btree_map("[a-z]{1,4}", inner, 0..4), 0..3)
                .prop_map(|rows| Value::Records(rows.into())),
        ]
    })
}

proptest! {
    #[test]
    fn any_value_comes_back(value in any_value()) {
        let written = v1::Value::from(&value);
        let printed = serde_json::to_string(&written).unwrap();
        prop_assert!(canonical::is_canonical(&printed));
        let read: v1::Value = serde_json::from_str(&printed).unwrap();
        prop_assert_eq!(&read, &written);
        prop_assert_eq!(read.opened(&Closed).unwrap(), value);
    }
}
