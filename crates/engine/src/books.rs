//! Books (账簿): what was posted on the funds, and what their sub-accounts come to.
//!
//! A posting is one entry with a line for each amount; each line debits one sub-account and credits another with the same whole fen, so
//! that nothing unbalanced can be written down. A sub-account is found by the path of its account (`recovery.free`) and a key: the values
//! of its dimensions, in order.

use crate::act::MatterId;
use jiff::civil::Date;
use regulation::expr::{Type, Value};
use regulation::model::fund::{Account, Fund, Side};
use regulation::model::{ClauseId, Name};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What stands between the values of a key. No text that is typed may hold it.
const BETWEEN: char = '\u{1f}';

/// An entry posted (凭证).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posting {
    /// Fund.
    pub fund: Name,
    /// Its number in the fund, from 1, without gap.
    pub number: u64,
    /// Entry.
    pub entry: Name,
    /// Value date (起息日).
    pub on: Date,
    /// The account debited, if any.
    pub debit: Option<Name>,
    /// The account credited, if any.
    pub credit: Option<Name>,
    /// Lines; at least one.
    pub lines: Vec<Line>,
    /// Matter.
    pub matter: MatterId,
    /// The act that posted it, as the count of acts done in the matter before it.
    pub act: u32,
    /// The posting that it reverses.
    pub reverses: Option<u64>,
    /// Clauses.
    pub clauses: Vec<ClauseId>,
}

/// One amount of a posting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The sub-account debited; empty where nothing is, or the account is not divided.
    pub debit: Arc<str>,
    /// The sub-account credited.
    pub credit: Arc<str>,
    /// Fen, above nought.
    pub fen: i64,
}

/// What a sub-account or account comes to, in fen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Balance {
    /// All that was debited.
    pub debits: i128,
    /// All that was credited.
    pub credits: i128,
    /// The latest value date.
    pub last_on: Option<Date>,
}

/// A sub-account (明细账) with what it comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sub {
    /// Its key.
    pub key: Arc<str>,
    /// What it comes to.
    pub balance: Balance,
}

/// What moved on a sub-account on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Movement {
    /// Value date.
    pub on: Date,
    /// Debited.
    pub debit: i128,
    /// Credited.
    pub credit: i128,
}

/// A line of a statement (对账单).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entered {
    /// The posting's number.
    pub number: u64,
    /// Value date.
    pub on: Date,
    /// Entry.
    pub entry: Name,
    /// Matter.
    pub matter: MatterId,
    /// The posting that it reverses.
    pub reverses: Option<u64>,
    /// Which side.
    pub debit: bool,
    /// Fen.
    pub fen: i64,
}

/// The books as a decision reads them. An account is named by its path, a sub-account by path and key.
pub trait Books {
    /// What a sub-account comes to; nought where nothing was posted.
    fn balance(&self, account: &str, key: &str) -> Balance;
    /// What a whole account comes to.
    fn total(&self, account: &str) -> Balance;
    /// Keys of the sub-accounts on which something was posted, ascending; of those whose dimension at this place has this value.
    fn subs(&self, account: &str, dimension: Option<(usize, &str)>) -> Vec<Arc<str>>;
    /// What moved on a sub-account, by value date.
    fn movements(&self, account: &str, key: &str) -> Vec<Movement>;
    /// The same sub-accounts with what they come to, in one question: those that come after a key, so many at most.
    fn page(&self, account: &str, dimension: Option<(usize, &str)>, after: Option<&str>, limit: usize) -> Vec<Sub> {
        let keys = self.subs(account, dimension).into_iter().filter(|key| after.is_none_or(|after| **key > *after));
        let held = |key: Arc<str>| Sub { balance: self.balance(account, &key), key };
        keys.take(limit).map(held).collect()
    }
    /// What stood on a sub-account before a day.
    fn before(&self, account: &str, key: &str, day: Date) -> Balance;
    /// What was posted on a sub-account from a day to a day, by day and number, so many at most.
    fn statement(&self, account: &str, key: &str, days: (Date, Date), limit: usize) -> Vec<Entered>;
    /// What was posted in a matter, in order.
    fn posted_in(&self, matter: &str) -> Vec<Arc<Posting>>;
    /// What was posted on a fund after that number, in order, so many at most.
    fn posted_on(&self, fund: &str, after: u64, limit: usize) -> Vec<Arc<Posting>>;
    /// The number of the latest posting on a fund; 0 if none.
    fn last_posting(&self, fund: &str) -> u64;
    /// Whether a posting was reversed.
    fn is_reversed(&self, fund: &str, number: u64) -> bool;
}

impl Balance {
    fn add(&mut self, debit: bool, fen: i64, on: Date) {
        let side = if debit { &mut self.debits } else { &mut self.credits };
        *side += i128::from(fen);
        self.last_on = self.last_on.max(Some(on));
    }

    fn join(self, other: Balance) -> Balance {
        Balance {
            debits: self.debits + other.debits,
            credits: self.credits + other.credits,
            last_on: self.last_on.max(other.last_on),
        }
    }

    /// The balance on the account's own side.
    #[must_use]
    pub fn of(&self, side: Side) -> i128 {
        match side {
            Side::Debit | Side::Memo => self.debits - self.credits,
            Side::Credit => self.credits - self.debits,
        }
    }
}

impl Movement {
    /// What it adds to a balance on the account's own side.
    #[must_use]
    pub fn adds(&self, side: Side) -> i128 {
        Balance { debits: self.debit, credits: self.credit, last_on: None }.of(side)
    }
}

impl Posting {
    /// The path of one of its accounts.
    #[must_use]
    pub fn path(&self, account: &str) -> String {
        format!("{}.{account}", self.fund)
    }

    /// Its sides, the debit side first: whether it is debited, the account, and how to find the sub-account in a line.
    pub fn sides(&self) -> impl Iterator<Item = (bool, &Name)> {
        let debit = self.debit.iter().map(|account| (true, account));
        debit.chain(self.credit.iter().map(|account| (false, account)))
    }

    /// The mirror of this posting.
    #[must_use]
    pub fn reversed(&self) -> Posting {
        let mirror =
            |line: &Line| Line { debit: Arc::clone(&line.credit), credit: Arc::clone(&line.debit), fen: line.fen };
        Posting {
            debit: self.credit.clone(),
            credit: self.debit.clone(),
            lines: self.lines.iter().map(mirror).collect(),
            reverses: Some(self.number),
            ..self.clone()
        }
    }
}

impl Line {
    /// The sub-account on a side.
    #[must_use]
    pub fn key(&self, debit: bool) -> &Arc<str> {
        if debit { &self.debit } else { &self.credit }
    }
}

/// The key of the values of a sub-account's dimensions; `None` where one is missing or cannot stand in a key.
#[must_use]
pub fn key(values: &[Value]) -> Option<Arc<str>> {
    let parts = values.iter().map(part).collect::<Option<Vec<String>>>()?;
    Some(parts.join(&BETWEEN.to_string()).into())
}

/// A value as it stands in a key.
#[must_use]
pub fn part(value: &Value) -> Option<String> {
    let text = match value {
        Value::Text(text) | Value::Code(text) | Value::Key(text) => text.clone(),
        Value::Date(date) => date.to_string(),
        Value::Bool(yes) => (if *yes { "yes" } else { "no" }).to_owned(),
        Value::Number(number, _) => number.normalize().to_string(),
        _ => return None,
    };
    let fits = !text.trim().is_empty() && !text.contains(BETWEEN);
    fits.then_some(text)
}

/// The parts of a key, one for each dimension.
#[must_use]
pub fn parts(key: &str) -> Vec<&str> {
    if key.is_empty() { Vec::new() } else { key.split(BETWEEN).collect() }
}

/// The value of a part of a key, as records keep it.
#[must_use]
pub fn value(part: &str, ty: &Type) -> Value {
    match ty {
        Type::OneOf(_) => Value::Code(part.to_owned()),
        Type::Date => part.parse().map_or(Value::Missing, Value::Date),
        Type::Bool => Value::Bool(part == "yes"),
        Type::Number { unit, .. } => part.parse().map_or(Value::Missing, |number| Value::Number(number, unit.clone())),
        Type::Row(_) | Type::Place | Type::Person | Type::Post => Value::Key(part.to_owned()),
        _ => Value::Text(part.to_owned()),
    }
}

/// The values of a sub-account's dimensions, as records keep them.
#[must_use]
pub fn values(fund: &Fund, account: &Account, key: &str) -> Vec<(Name, Value)> {
    let dimensions = fund.dimensions_of(account).zip(parts(key));
    dimensions.map(|(own, part)| (own.name.clone(), value(part, &own.ty))).collect()
}

/// What a sub-account held at the end of a day, on its own side.
#[must_use]
pub fn balance_on(movements: &[Movement], side: Side, on: Date) -> i128 {
    movements.iter().filter(|movement| movement.on <= on).map(|movement| movement.adds(side)).sum()
}

/// The sum of what it held at the end of each day, from the first to the last, both included: fen times days.
#[must_use]
pub fn day_sum(movements: &[Movement], side: Side, from: Date, to: Date) -> i128 {
    let days = |first: Date| first.until(to).map_or(0, |span| i128::from(span.get_days()) + 1);
    let counted = movements.iter().filter(|movement| movement.on <= to && from <= to);
    counted.map(|movement| movement.adds(side) * days(movement.on.max(from))).sum()
}

/// The books in memory.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    /// By account and key.
    balances: BTreeMap<Arc<str>, BTreeMap<Arc<str>, Balance>>,
    totals: BTreeMap<Arc<str>, Balance>,
    postings: BTreeMap<Name, Vec<Arc<Posting>>>,
    by_matter: BTreeMap<MatterId, Vec<Arc<Posting>>>,
    reversed: BTreeSet<(Name, u64)>,
}

impl Kept {
    /// Makes a posting part of the books.
    pub fn post(&mut self, posting: &Arc<Posting>) {
        for (debit, account) in posting.sides() {
            let path: Arc<str> = posting.path(account).into();
            let subs = self.balances.entry(Arc::clone(&path)).or_default();
            let mut total = Balance::default();
            for line in &posting.lines {
                total.add(debit, line.fen, posting.on);
                subs.entry(Arc::clone(line.key(debit))).or_default().add(debit, line.fen, posting.on);
            }
            let known = self.totals.entry(path).or_default();
            *known = known.join(total);
        }
        if let Some(number) = posting.reverses {
            self.reversed.insert((posting.fund.clone(), number));
        }
        self.postings.entry(posting.fund.clone()).or_default().push(Arc::clone(posting));
        self.by_matter.entry(posting.matter.clone()).or_default().push(Arc::clone(posting));
    }
}

impl Books for Kept {
    fn balance(&self, account: &str, key: &str) -> Balance {
        self.balances.get(account).and_then(|subs| subs.get(key)).copied().unwrap_or_default()
    }

    fn total(&self, account: &str) -> Balance {
        self.totals.get(account).copied().unwrap_or_default()
    }

    fn subs(&self, account: &str, dimension: Option<(usize, &str)>) -> Vec<Arc<str>> {
        let fits = |key: &str| dimension.is_none_or(|(place, value)| parts(key).get(place) == Some(&value));
        let subs = self.balances.get(account).into_iter().flat_map(BTreeMap::keys);
        subs.filter(|key| fits(key)).cloned().collect()
    }

    fn movements(&self, account: &str, key: &str) -> Vec<Movement> {
        let Some((fund, account)) = account.split_once('.') else { return Vec::new() };
        let mut days: BTreeMap<Date, Balance> = BTreeMap::new();
        for posting in self.postings.get(fund).into_iter().flatten() {
            for (debit, _) in posting.sides().filter(|(_, own)| *own == account) {
                for line in posting.lines.iter().filter(|line| **line.key(debit) == *key) {
                    days.entry(posting.on).or_default().add(debit, line.fen, posting.on);
                }
            }
        }
        days.into_iter().map(|(on, day)| Movement { on, debit: day.debits, credit: day.credits }).collect()
    }

    fn before(&self, account: &str, key: &str, day: Date) -> Balance {
        let mut sum = Balance::default();
        for movement in self.movements(account, key).iter().filter(|movement| movement.on < day) {
            let moved = Balance { debits: movement.debit, credits: movement.credit, last_on: Some(movement.on) };
            sum = sum.join(moved);
        }
        sum
    }

    fn statement(&self, account: &str, key: &str, (from, to): (Date, Date), limit: usize) -> Vec<Entered> {
        let Some((fund, account)) = account.split_once('.') else { return Vec::new() };
        let postings = self.postings.get(fund).into_iter().flatten();
        let mut all = Vec::new();
        for posting in postings.filter(|posting| from <= posting.on && posting.on <= to) {
            for (debit, _) in posting.sides().filter(|(_, own)| *own == account) {
                let own = posting.lines.iter().filter(|line| **line.key(debit) == *key);
                let fen = own.map(|line| line.fen).sum();
                all.extend((fen > 0).then(|| Entered {
                    number: posting.number,
                    on: posting.on,
                    entry: posting.entry.clone(),
                    matter: posting.matter.clone(),
                    reverses: posting.reverses,
                    debit,
                    fen,
                }));
            }
        }
        all.sort_by_key(|entered| (entered.on, entered.number, entered.debit));
        all.truncate(limit);
        all
    }

    fn posted_in(&self, matter: &str) -> Vec<Arc<Posting>> {
        self.by_matter.get(matter).cloned().unwrap_or_default()
    }

    fn posted_on(&self, fund: &str, after: u64, limit: usize) -> Vec<Arc<Posting>> {
        let all = self.postings.get(fund).map(Vec::as_slice).unwrap_or_default();
        all.iter().filter(|posting| posting.number > after).take(limit).cloned().collect()
    }

    fn last_posting(&self, fund: &str) -> u64 {
        self.postings.get(fund).and_then(|all| all.last()).map_or(0, |posting| posting.number)
    }

    fn is_reversed(&self, fund: &str, number: u64) -> bool {
        self.reversed.contains(&(fund.to_owned(), number))
    }
}

/// Books that go on from others: what an act has posted so far, over what was there before.
pub(crate) struct Continued<'b> {
    pub(crate) before: &'b dyn Books,
    pub(crate) since: Kept,
}

impl Books for Continued<'_> {
    fn balance(&self, account: &str, key: &str) -> Balance {
        self.before.balance(account, key).join(self.since.balance(account, key))
    }

    fn total(&self, account: &str) -> Balance {
        self.before.total(account).join(self.since.total(account))
    }

    fn subs(&self, account: &str, dimension: Option<(usize, &str)>) -> Vec<Arc<str>> {
        let mut all = self.before.subs(account, dimension);
        let since = self.since.subs(account, dimension);
        if !since.is_empty() {
            all.extend(since);
            all.sort_unstable();
            all.dedup();
        }
        all
    }

    fn movements(&self, account: &str, key: &str) -> Vec<Movement> {
        let mut all = self.before.movements(account, key);
        let since = self.since.movements(account, key);
        if !since.is_empty() {
            all.extend(since);
            all.sort_by_key(|movement| movement.on);
        }
        all
    }

    fn before(&self, account: &str, key: &str, day: Date) -> Balance {
        self.before.before(account, key, day).join(self.since.before(account, key, day))
    }

    fn statement(&self, account: &str, key: &str, days: (Date, Date), limit: usize) -> Vec<Entered> {
        let mut all = self.before.statement(account, key, days, limit);
        all.extend(self.since.statement(account, key, days, limit));
        all.sort_by_key(|entered| (entered.on, entered.number, entered.debit));
        all.truncate(limit);
        all
    }

    fn posted_in(&self, matter: &str) -> Vec<Arc<Posting>> {
        let mut all = self.before.posted_in(matter);
        all.extend(self.since.posted_in(matter));
        all
    }

    fn posted_on(&self, fund: &str, after: u64, limit: usize) -> Vec<Arc<Posting>> {
        let mut all = self.before.posted_on(fund, after, limit);
        all.extend(self.since.posted_on(fund, after, limit - all.len()));
        all
    }

    fn last_posting(&self, fund: &str) -> u64 {
        match self.since.last_posting(fund) {
            0 => self.before.last_posting(fund),
            number => number,
        }
    }

    fn is_reversed(&self, fund: &str, number: u64) -> bool {
        self.before.is_reversed(fund, number) || self.since.is_reversed(fund, number)
    }
}
