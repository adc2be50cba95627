//! Money in the store, whatever happens: random acts on a fund, some of them refused, leave books that balance; they come out the same
//! when they are made anew from the journal, here and in another store.

use crate::fixture::*;
use crate::log::Keeper;
use engine::books::{Balance, Books};
use engine::{Act, Target};
use jiff::ToSpan;
use jiff::civil::DateTime;
use proptest::prelude::*;
use regulation::expr::{Record, Unit, Value};
use regulation::model::fund::{Fund, Side};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use store::{Log as _, Settings, Sqlite, Store, StoreExt, Submitted, restore};

const REGULATION: &str = include_str!("../../../engine/tests/it/upkeep/regulation.md");
/// Households at most; an account of one that was not opened is refused.
const HOMES: usize = 6;

fn opened(data: &Path) -> Sqlite {
    let library = library_of("upkeep", REGULATION);
    Sqlite::open(Settings { data: data.to_owned(), county_key: KEY, library }).unwrap()
}

fn yuan(fen: i64) -> Value {
    Value::Number(rust_decimal::Decimal::new(fen, 2), Unit::symbol("yuan"))
}

fn home(n: usize) -> String {
    format!("U{n}")
}

/// What somebody tries; most of it is possible, some is refused.
#[derive(Debug, Clone)]
enum Try {
    Open(usize),
    Deposit(usize, i64),
    Undo(usize),
    /// Money is reserved from everybody's account.
    Reserve(i64),
    Pay(usize, i64),
    TakeBack(usize),
    Release(usize),
    Close(usize),
    Divide(usize, usize, i64),
    Refund(usize),
    Interest(i64),
}

fn tries() -> impl Strategy<Value = Vec<Try>> {
    // Also nought and what is not there.
    let amount = || -99_i64..9_999_999;
    let one = prop_oneof![
        2 => (0..HOMES).prop_map(Try::Open),
        5 => (0..HOMES, amount()).prop_map(|(home, fen)| Try::Deposit(home, fen)),
        1 => (0..4_usize).prop_map(Try::Undo),
        2 => amount().prop_map(Try::Reserve),
        3 => (0..4_usize, amount()).prop_map(|(matter, fen)| Try::Pay(matter, fen / 4)),
        2 => (0..4_usize).prop_map(Try::TakeBack),
        1 => (0..4_usize).prop_map(Try::Release),
        1 => (0..HOMES).prop_map(Try::Close),
        1 => (0..4_usize, 0..HOMES, amount()).prop_map(|(matter, heir, fen)| Try::Divide(matter, heir, fen / 9)),
        1 => (0..4_usize).prop_map(Try::Refund),
        2 => amount().prop_map(|fen| Try::Interest(fen / 99)),
    ];
    proptest::collection::vec(one, 8..48)
}

/// A store that people try things on, with what they did and what the bank should hold by it.
struct Run {
    store: Sqlite,
    now: DateTime,
    bank: i128,
    refused: usize,
    deposits: Vec<(String, i64)>,
    /// With the latest payment that was not taken back.
    uses: Vec<(String, i64)>,
    /// With who is to have the money.
    closings: Vec<(String, String)>,
    numbers: usize,
}

impl Run {
    fn new(data: &Path) -> Run {
        let (store, now) = (opened(data), start());
        let (deposits, uses, closings) = (Vec::new(), Vec::new(), Vec::new());
        let mut run = Run { store, now, bank: 0, refused: 0, deposits, uses, closings, numbers: 0 };
        (0..2).for_each(|home| run.attempt(&Try::Open(home)));
        run
    }

    fn act(&mut self, act: Act) -> Option<String> {
        let length = |store: &Sqlite| store.read(|snapshot| snapshot.journal_length()).unwrap();
        let before = length(&self.store);
        match self.store.submit(request(None, act, self.now)).unwrap() {
            Submitted::Done(receipt) => Some(receipt.subject),
            Submitted::Refused(_) => {
                assert_eq!(length(&self.store), before, "what is refused leaves no trace");
                self.refused += 1;
                None
            }
        }
    }

    fn begin(&mut self, procedure: &str, name: &str, form: Record) -> Option<String> {
        let target = Target::Start { procedure: procedure.into(), place: VILLAGE.into(), about: BTreeMap::new() };
        self.act(Act { target, name: name.into(), actor: actor("qian"), form, fresh_ids: Vec::new(), proved: false })
    }

    fn go_on(&mut self, matter: &str, name: &str, form: Record) -> bool {
        self.act(on(matter, None, "qian", name, form)).is_some()
    }

    /// A name that no other has.
    fn fresh(&mut self, what: &str) -> String {
        self.numbers += 1;
        format!("{what}{}", self.numbers)
    }

    fn owed(&self, payee: &str) -> i128 {
        let owed = |books: &dyn Books| books.balance("upkeep.owed", payee).of(Side::Credit);
        self.store.read(|snapshot| Ok(owed(snapshot.world().books()))).unwrap()
    }

    fn attempt(&mut self, one: &Try) {
        self.now = self.now.checked_add(1.day()).unwrap();
        match *one {
            Try::Open(n) => self.open(n),
            Try::Deposit(n, fen) => self.deposit(n, fen),
            Try::Reserve(fen) => {
                let form = record([("use-no", text(&self.fresh("u"))), ("approved", yuan(fen))]);
                let matter = self.begin("use", "approve", form);
                self.uses.extend(matter.map(|matter| (matter, 0)));
            }
            Try::Close(n) => {
                let payee = self.fresh("测试人");
                let form = record([("closed", Value::Key(home(n))), ("payee", text(&payee))]);
                let matter = self.begin("closing-home", "lose", form);
                self.closings.extend(matter.map(|matter| (matter, payee)));
            }
            Try::Interest(fen) => self.interest(fen),
            Try::Undo(n) if !self.deposits.is_empty() => {
                let (matter, fen) = self.deposits[n % self.deposits.len()].clone();
                if self.go_on(&matter, "undo", Record::new()) {
                    self.bank -= i128::from(fen);
                }
            }
            Try::Pay(n, _) | Try::TakeBack(n) | Try::Release(n) if !self.uses.is_empty() => self.spend(one, n),
            Try::Divide(n, heir, fen) if !self.closings.is_empty() => {
                let (matter, _) = self.closings[n % self.closings.len()].clone();
                self.go_on(&matter, "divide", record([("part", yuan(fen)), ("heir", Value::Key(home(heir)))]));
            }
            Try::Refund(n) if !self.closings.is_empty() => {
                let (matter, payee) = self.closings[n % self.closings.len()].clone();
                let owed = self.owed(&payee);
                if self.go_on(&matter, "refund", Record::new()) {
                    self.bank -= owed;
                }
            }
            _ => {}
        }
    }

    fn open(&mut self, n: usize) {
        let target = Target::Register { register: "homes".into(), row: None, place: VILLAGE.into() };
        let area = Value::Number(rust_decimal::Decimal::new(5_021 + 1_733 * n as i64, 2), Unit::symbol("m²"));
        let form = record([("code", text(&home(n))), ("area", area)]);
        self.act(Act {
            target,
            name: "enter".into(),
            actor: actor("qian"),
            form,
            fresh_ids: Vec::new(),
            proved: false,
        });
    }

    fn deposit(&mut self, n: usize, fen: i64) {
        let day = Value::Date(self.now.date());
        let form = record([("of-home", Value::Key(home(n))), ("amount", yuan(fen)), ("value-date", day)]);
        let Some(matter) = self.begin("deposit", "claim", form) else { return };
        if self.go_on(&matter, "receive", Record::new()) {
            self.bank += i128::from(fen);
            self.deposits.push((matter, fen));
        }
    }

    fn spend(&mut self, one: &Try, n: usize) {
        let at = n % self.uses.len();
        let (matter, paid) = self.uses[at].clone();
        match one {
            Try::Pay(_, fen) if self.go_on(&matter, "pay", record([("paid", yuan(*fen))])) => {
                self.bank -= i128::from(*fen);
                self.uses[at].1 = *fen;
            }
            Try::TakeBack(_) if self.go_on(&matter, "unpay", Record::new()) => {
                self.bank += i128::from(paid);
                self.uses[at].1 = 0;
            }
            Try::Release(_) => _ = self.go_on(&matter, "settle", Record::new()),
            _ => {}
        }
    }

    fn interest(&mut self, fen: i64) {
        let day = |back: i32| Value::Date(self.now.date().checked_sub(back.days()).unwrap());
        let (from, till) = (day(10), day(1));
        let form = record([("slip", text(&self.fresh("q"))), ("from", from), ("till", till), ("gain", yuan(fen))]);
        let Some(matter) = self.begin("interest", "receive-interest", form) else { return };
        self.bank += i128::from(fen);
        assert!(self.go_on(&matter, "allocate", Record::new()), "what came in can be allocated");
    }
}

/// What is wrong with the books, if anything is.
fn wrong(books: &dyn Books, fund: &Fund) -> Option<String> {
    let mut sides = [0_i128; 2];
    for account in &fund.accounts {
        let (path, side) = (account.path(fund), account.side);
        let total = books.total(&path).of(side);
        let subs = books.subs(&path, None);
        let mut sum = 0;
        for key in &subs {
            let held = books.balance(&path, key).of(side);
            let moved: i128 = books.movements(&path, key).iter().map(|movement| movement.adds(side)).sum();
            if held < 0 {
                return Some(format!("{path} {key} is overdrawn: {held}"));
            }
            if moved != held {
                return Some(format!("the movements of {path} {key} come to {moved}, it holds {held}"));
            }
            sum += held;
        }
        if sum != total {
            return Some(format!("the parts of {path} come to {sum}, the whole to {total}"));
        }
        match side {
            Side::Debit => sides[0] += total,
            Side::Credit => sides[1] += total,
            Side::Memo => {}
        }
    }
    (sides[0] != sides[1]).then(|| format!("debit {} and credit {} differ", sides[0], sides[1]))
}

/// What is wrong with the postings: vouchers without a gap, nothing taken back twice, one amount on both sides.
fn misposted(books: &dyn Books) -> Option<String> {
    let posted = books.posted_on("upkeep", 0, usize::MAX);
    let numbers: Vec<u64> = posted.iter().map(|posting| posting.number).collect();
    if numbers != (1..=numbers.len() as u64).collect::<Vec<_>>() {
        return Some(format!("the numbers of the postings have a gap: {numbers:?}"));
    }
    let mut reversed = BTreeSet::new();
    let again = posted.iter().filter_map(|posting| posting.reverses).find(|number| !reversed.insert(*number));
    again.map(|number| format!("posting {number} was taken back twice"))
}

/// Every sub-account with what it comes to.
fn whole(store: &Sqlite) -> BTreeMap<(String, String), Balance> {
    let all = |books: &dyn Books, fund: &Fund| {
        let paths = fund.accounts.iter().map(|account| account.path(fund));
        paths
            .flat_map(|path| books.subs(&path, None).into_iter().map(move |key| (path.clone(), key.to_string())))
            .map(|(path, key)| (books.balance(&path, &key), (path, key)))
            .map(|(balance, at)| (at, balance))
            .collect()
    };
    store
        .read(|snapshot| {
            let world = snapshot.world();
            Ok(all(world.books(), world.rulebook().fund("upkeep").unwrap().1))
        })
        .unwrap()
}

fn found_wrong(store: &Sqlite) -> Option<String> {
    store
        .read(|snapshot| {
            let world = snapshot.world();
            let books = world.books();
            Ok(wrong(books, world.rulebook().fund("upkeep").unwrap().1).or_else(|| misposted(books)))
        })
        .unwrap()
}

fn bank(store: &Sqlite) -> i128 {
    store.read(|snapshot| Ok(snapshot.world().books().total("upkeep.bank").of(Side::Debit))).unwrap()
}

/// The roots of both trees over everything that happened.
fn roots(store: &Sqlite, now: DateTime) -> (u64, trust::Digest, trust::Digest) {
    let keeper = Keeper::new();
    while store.log_step(&keeper, now).unwrap().is_some() {}
    let newest = store.read(|snapshot| snapshot.log_newest()).unwrap().unwrap();
    (newest.acts, newest.root, newest.national)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 60, ..ProptestConfig::default() })]

    #[test]
    fn random_acts_conserve_money(all in tries()) {
        let folder = tempfile::tempdir().unwrap();
        let mut run = Run::new(&folder.path().join("data"));
        for one in &all {
            run.attempt(one);
            prop_assert_eq!(found_wrong(&run.store), None, "after {:?}", one);
            prop_assert_eq!(bank(&run.store), run.bank, "the bank holds what came in less what went out, after {:?}", one);
        }
        let live = run.store.projection_digests().unwrap();
        run.store.rebuild(&mut |_, _| ()).unwrap();
        prop_assert_eq!(run.store.projection_digests().unwrap(), live.clone(), "made anew they are the same");
        let copy = folder.path().join("journal.db");
        run.store.backup(&copy).unwrap();
        restore(&copy, &folder.path().join("elsewhere")).unwrap();
        let other = opened(&folder.path().join("elsewhere"));
        other.rebuild(&mut |_, _| ()).unwrap();
        prop_assert_eq!(other.projection_digests().unwrap(), live, "another store makes the same of the journal");
        prop_assert_eq!(whole(&other), whole(&run.store));
        prop_assert_eq!(roots(&other, run.now), roots(&run.store, run.now), "and has the same roots");
    }
}

/// What the property above rests on: whatever row of the books goes missing or changes, it is found.
#[test]
fn a_posting_that_goes_missing_is_found() {
    for (spoil, expected) in [
        ("DELETE FROM fund_line WHERE account = 'upkeep.free' AND sub = 'U1' AND debit = 0", "the movements of"),
        ("DELETE FROM fund_posting WHERE number = 2", "have a gap"),
        ("UPDATE fund_sub SET credits = credits + 1 WHERE account = 'upkeep.free' AND sub = 'U1'", "the movements of"),
        ("UPDATE fund_total SET debits = debits - 1 WHERE account = 'upkeep.bank'", "the parts of upkeep.bank"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        {
            let mut run = Run::new(folder.path());
            for one in [Try::Deposit(0, 10_000), Try::Deposit(1, 20_001), Try::Reserve(15_000), Try::Pay(0, 7_001)] {
                run.attempt(&one);
            }
            assert_eq!((found_wrong(&run.store), run.refused), (None, 0));
        }
        let conn = rusqlite::Connection::open(folder.path().join(store::DATABASE)).unwrap();
        assert!(conn.execute(spoil, []).unwrap() > 0, "{spoil}");
        drop(conn);
        let found = found_wrong(&opened(folder.path()));
        assert!(found.as_ref().is_some_and(|found| found.contains(expected)), "{spoil}: {found:?}");
    }
}
