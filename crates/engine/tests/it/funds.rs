//! Money whatever happens: random acts on a fund conserve it, overdraw nothing, and their events give the same books again.

use crate::world::{VILLAGE, county, record, rulebook_of, text};
use calendar::Holidays;
use engine::books::{Balance, Books};
use engine::county::{Appointment, Post};
use engine::{Act, Actor, Event, Memory, Outcome, Target, World, decide};
use jiff::ToSpan;
use jiff::civil::{DateTime, date};
use proptest::prelude::*;
use regulation::expr::{Record, Unit, Value};
use regulation::model::fund::Side;
use std::collections::BTreeMap;

const HOMES: [&str; 4] = ["U1", "U2", "U3", "U4"];

fn yuan(fen: i64) -> Value {
    Value::Number(rust_decimal::Decimal::new(fen, 2), Unit::symbol("yuan"))
}

fn clerk() -> Actor {
    Actor::Person { person: "clerk".into(), post: Some("post-finance".into()) }
}

fn start_of_fund() -> Memory {
    let mut county = county();
    let post = Post {
        id: "post-finance".into(),
        title: "财政所".into(),
        level: "township".into(),
        desk: "finance".into(),
        place: "999999100".into(),
        ..Post::default()
    };
    let from = date(2022, 1, 1);
    let appointment = Appointment { person: "clerk".into(), post: post.id.clone(), from, ..Appointment::default() };
    county.appointments.push(appointment);
    county.posts.insert(post.id.clone(), post);
    let rulebook = rulebook_of("upkeep.md", include_str!("upkeep/regulation.md"));
    let mut memory = Memory::new(rulebook, county, Holidays::built_in());
    for (n, code) in HOMES.iter().enumerate() {
        let area = Value::Number(rust_decimal::Decimal::new(5_021 + 1_733 * n as i64, 2), Unit::symbol("m²"));
        memory.apply(&Event::RowChanged {
            register: "homes".into(),
            key: (*code).to_owned(),
            place: VILLAGE.into(),
            record: Some(record([("code", text(code)), ("area", area)])),
            on: date(2022, 1, 1),
            actor: Actor::Clock,
            owner: None,
        });
    }
    memory
}

/// What somebody tries; most of it is possible, some is refused.
#[derive(Debug, Clone)]
enum Try {
    Deposit(usize, i64),
    Approve(i64),
    Pay(usize, i64),
    TakeBack(usize),
    Settle(usize),
    Close(usize),
    Interest(i64),
}

fn tries() -> impl Strategy<Value = Vec<Try>> {
    let one = prop_oneof![
        4 => (0..HOMES.len(), 1..9_999_999_i64).prop_map(|(home, fen)| Try::Deposit(home, fen)),
        2 => (1..9_999_999_i64).prop_map(Try::Approve),
        3 => (0..4_usize, 1..5_000_000_i64).prop_map(|(matter, fen)| Try::Pay(matter, fen)),
        1 => (0..4_usize).prop_map(Try::TakeBack),
        1 => (0..4_usize).prop_map(Try::Settle),
        1 => (0..HOMES.len()).prop_map(Try::Close),
        2 => (1..99_999_i64).prop_map(Try::Interest),
    ];
    proptest::collection::vec(one, 1..24)
}

struct Run {
    memory: Memory,
    events: Vec<Event>,
    uses: Vec<String>,
    now: DateTime,
    ids: u32,
}

impl Run {
    fn act(&mut self, target: Target, name: &str, form: Record) -> Option<String> {
        let fresh_ids = (0..4).map(|n| format!("id-{}-{n}", self.ids)).collect();
        self.ids += 1;
        let act = Act { target, name: name.into(), actor: clerk(), form, fresh_ids, proved: false };
        match decide(&self.memory, &act, self.now) {
            Outcome::Refused(_) => None,
            Outcome::Done(decision) => {
                self.memory.apply_all(&decision.events);
                self.events.extend(decision.events);
                Some(decision.subject)
            }
        }
    }

    fn start(&mut self, procedure: &str, name: &str, form: Record) -> Option<String> {
        let target = Target::Start { procedure: procedure.into(), place: VILLAGE.into(), about: BTreeMap::new() };
        self.act(target, name, form)
    }

    fn on(&mut self, matter: String, name: &str, form: Record) -> Option<String> {
        self.act(Target::Matter { id: matter, seen: None }, name, form)
    }

    fn a_use(&self, n: usize) -> Option<String> {
        self.uses.get(n % self.uses.len().max(1)).cloned()
    }

    fn attempt(&mut self, one: &Try) {
        self.now = self.now.checked_add(1.day()).expect("a day of the calendar");
        let today = Value::Date(self.now.date());
        match one {
            Try::Deposit(home, fen) => {
                let slip = record([
                    ("of-home", Value::Key(HOMES[*home].into())),
                    ("amount", yuan(*fen)),
                    ("value-date", today),
                ]);
                if let Some(matter) = self.start("deposit", "claim", slip) {
                    self.on(matter, "receive", Record::new()).expect("what came in is booked");
                }
            }
            Try::Approve(fen) => {
                let name = format!("u{}", self.ids);
                let wanted = record([("use-no", text(&name)), ("approved", yuan(*fen))]);
                let started = self.start("use", "approve", wanted);
                self.uses.extend(started);
            }
            Try::Pay(n, fen) => {
                if let Some(matter) = self.a_use(*n) {
                    self.on(matter, "pay", record([("paid", yuan(*fen))]));
                }
            }
            Try::TakeBack(n) => {
                if let Some(matter) = self.a_use(*n) {
                    self.on(matter, "unpay", Record::new());
                }
            }
            Try::Settle(n) => {
                if let Some(matter) = self.a_use(*n) {
                    self.on(matter, "settle", Record::new());
                }
            }
            Try::Close(home) => {
                let gone = record([("closed", Value::Key(HOMES[*home].into())), ("payee", text("测试人"))]);
                self.start("closing-home", "lose", gone);
            }
            Try::Interest(fen) => {
                let from = Value::Date(self.now.date().checked_sub(10.days()).expect("a day of the calendar"));
                let till = Value::Date(self.now.date().checked_sub(1.day()).expect("a day of the calendar"));
                let slip = record([
                    ("slip", text(&format!("q{}", self.ids))),
                    ("from", from),
                    ("till", till),
                    ("gain", yuan(*fen)),
                ]);
                if let Some(matter) = self.start("interest", "receive-interest", slip) {
                    self.on(matter, "allocate", Record::new()).expect("interest can be allocated");
                }
            }
        }
    }
}

/// Every sub-account with what it comes to, and every total.
fn whole(memory: &Memory) -> BTreeMap<(String, String), Balance> {
    let (_, fund) = memory.rulebook().fund("upkeep").expect("the fund is there");
    let mut all = BTreeMap::new();
    for account in &fund.accounts {
        let path = account.path(fund);
        let books = memory.books();
        for key in books.subs(&path, None) {
            all.insert((path.clone(), key.to_string()), books.balance(&path, &key));
        }
        all.insert((path.clone(), "=".into()), books.total(&path));
    }
    all
}

fn is_sound(memory: &Memory) {
    let (_, fund) = memory.rulebook().fund("upkeep").expect("the fund is there");
    let books: &dyn Books = memory.books();
    let mut sides = [0_i128; 2];
    for account in &fund.accounts {
        let path = account.path(fund);
        let subs = books.subs(&path, None);
        let mut sum = 0;
        for key in &subs {
            let held = books.balance(&path, key).of(account.side);
            assert!(held >= 0, "{path} {key} holds {held}");
            let moved: i128 = books.movements(&path, key).iter().map(|movement| movement.adds(account.side)).sum();
            assert_eq!(moved, held, "the statement of {path} {key} ends at its balance");
            sum += held;
        }
        assert_eq!(sum, books.total(&path).of(account.side), "sub-accounts of {path} sum to it");
        match account.side {
            Side::Debit => sides[0] += sum,
            Side::Credit => sides[1] += sum,
            Side::Memo => {}
        }
    }
    assert_eq!(sides[0], sides[1], "what there is belongs to somebody");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn random_acts_conserve_money(all in tries()) {
        let begun = start_of_fund();
        let now = date(2022, 3, 1).at(9, 0, 0, 0);
        let mut run = Run { memory: begun.clone(), events: Vec::new(), uses: Vec::new(), now, ids: 0 };
        for one in &all {
            run.attempt(one);
            is_sound(&run.memory);
        }
        let mut again = begun;
        again.apply_all(&run.events);
        prop_assert_eq!(whole(&again), whole(&run.memory), "a journal replays to the same books");
        let numbers: Vec<u64> =
            run.memory.books().posted_on("upkeep", 0, usize::MAX).iter().map(|posting| posting.number).collect();
        prop_assert_eq!(numbers.clone(), (1..=numbers.len() as u64).collect::<Vec<_>>(), "vouchers have no gap");
    }
}
